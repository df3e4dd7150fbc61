/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/time_order.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* ---- captures with timestamps ---- */

static bool
is_timed(const struct vrf_events_capture *c)
{
    return c->first != MIPRO_TIME_NONE;
}

/* The captures of all tasks that have timestamps; returns how many. */
static size_t
add_timed(struct vrf_ordered_capture *e, const struct vrf_events_task *tasks, size_t n_tasks)
{
    size_t n = 0;

    for (size_t t = 0; t < n_tasks; t++)
        for (size_t i = 0; i < tasks[t].n_captures; i++) {
            const struct vrf_events_capture *c = &tasks[t].captures[i];

            if (is_timed(c))
                e[n++] = (struct vrf_ordered_capture){ &tasks[t], c, c->first, c->last };
        }
    return n;
}

static int
compare_timed(const void *a, const void *b)
{
    const struct vrf_ordered_capture *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    if (x->task == y->task)
        return x->capture < y->capture ? -1 : x->capture > y->capture;
    return strverscmp(x->capture->name, y->capture->name);
}

/* ---- captures without ---- */

/*
 * One without a timestamp, such as one that is empty or could not be opened, is somewhere between
 * its neighbours in its task.  Where captures of other tasks are, too, the names decide, if those
 * of the captures that have timestamps are in order of time.  Then the result is the same whichever
 * task reads which captures.  If names tell nothing, it is next to the one before it, or else to
 * the one after it.
 */
struct untimed {
    struct vrf_ordered_capture entry;
    size_t before;    /* the index of the capture with timestamps that it precedes */
    const char *name; /* its own, or that of one of its task before it, which is greater */
};

struct timed {
    const struct vrf_ordered_capture *entries;
    size_t n;
    bool have_names; /* that are in order of time */
};

static bool
are_names_ordered(const struct vrf_ordered_capture *e, size_t n)
{
    size_t i = 1;

    while (i < n && strverscmp(e[i - 1].capture->name, e[i].capture->name) <= 0)
        i++;
    return i >= n;
}

/* Between from and to, the first capture whose name is greater; to if there is none. */
static size_t
find_name(const struct timed *t, size_t from, size_t to, const char *name)
{
    while (from < to) {
        const size_t middle = from + (to - from) / 2;

        if (strverscmp(t->entries[middle].capture->name, name) > 0)
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

/* The captures of a task without timestamps, of which places has room for all; rank is of the
 * others. */
static size_t
add_untimed(struct untimed *places, const struct timed *t, const struct vrf_events_task *task,
    const size_t *rank)
{
    const char *name = NULL;
    size_t n = 0, from = 0, to = 0;
    bool has_previous = false;

    for (size_t i = 0; i < task->n_captures; i++) {
        const struct vrf_events_capture *c = &task->captures[i];
        size_t next = i;

        if (is_timed(c)) {
            from = rank[i] + 1;
            has_previous = true;
            name = NULL;
            continue;
        }
        if (name == NULL) { /* the first of some that follow each other */
            while (next < task->n_captures && !is_timed(&task->captures[next]))
                next++;
            to = next < task->n_captures ? MAX(rank[next], from) : t->n;
        }
        if (name == NULL || strverscmp(name, c->name) < 0)
            name = c->name;
        if (t->have_names)
            from = find_name(t, from, to, name);
        else if (!has_previous)
            from = to;
        places[n++] = (struct untimed){ { .task = task, .capture = c }, from, name };
    }
    return n;
}

static int
compare_untimed(const void *a, const void *b)
{
    const struct untimed *x = a, *y = b;
    int order;

    if (x->before != y->before)
        return x->before < y->before ? -1 : 1;
    order = strverscmp(x->name, y->name);
    if (order != 0)
        return order;
    if (x->entry.task != y->entry.task)
        return x->entry.task < y->entry.task ? -1 : 1;
    return x->entry.capture < y->entry.capture ? -1 : x->entry.capture > y->entry.capture;
}

/* The index among the captures with timestamps, for each capture of each task that has them. */
static size_t **
rank_timed(const struct timed *t, const struct vrf_events_task *tasks, size_t n_tasks)
{
    size_t **ranks = g_new(size_t *, n_tasks + 1);

    for (size_t i = 0; i < n_tasks; i++)
        ranks[i] = g_new(size_t, tasks[i].n_captures + 1);
    for (size_t i = 0; i < t->n; i++) {
        const struct vrf_ordered_capture *e = &t->entries[i];

        ranks[e->task - tasks][e->capture - e->task->captures] = i;
    }
    return ranks;
}

/* Both in one list.  One without timestamps has the time where it is. */
static void
join(struct vrf_ordered_capture *entries, const struct timed *t, const struct untimed *untimed,
    size_t n_untimed)
{
    int64_t at = t->n != 0 ? t->entries[0].first : MIPRO_TIME_NONE;

    for (size_t i = 0, k = 0; i < t->n || k < n_untimed;) {
        if (k == n_untimed || untimed[k].before > i) {
            *entries = t->entries[i++];
            at = entries->last;
        } else {
            *entries = untimed[k++].entry;
            entries->first = entries->last = at;
        }
        entries++;
    }
}

struct vrf_ordered_capture *
vrf_time_order(const struct vrf_events_task *tasks, size_t n_tasks, size_t n)
{
    struct vrf_ordered_capture *entries = g_new0(struct vrf_ordered_capture, n + 1);
    struct vrf_ordered_capture *own = g_new(struct vrf_ordered_capture, n + 1);
    const size_t n_timed = add_timed(own, tasks, n_tasks);
    struct timed timed = { own, n_timed, false };
    struct untimed *untimed = g_new(struct untimed, n - n_timed + 1);
    size_t **ranks, n_untimed = 0;

    qsort(own, n_timed, sizeof(own[0]), compare_timed);
    timed.have_names = are_names_ordered(own, n_timed);
    ranks = rank_timed(&timed, tasks, n_tasks);
    for (size_t i = 0; i < n_tasks; i++) {
        n_untimed += add_untimed(untimed + n_untimed, &timed, &tasks[i], ranks[i]);
        g_free(ranks[i]);
    }
    qsort(untimed, n_untimed, sizeof(untimed[0]), compare_untimed);
    join(entries, &timed, untimed, n_untimed);
    g_free(ranks);
    g_free(untimed);
    g_free(own);
    return entries;
}
