/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/capture_order.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events/time_order.h"
#include "names.h"
#include "warn.h"

/* ---- duplicates ---- */

static bool
is_same(const struct vrf_events_capture *a, const struct vrf_events_capture *b)
{
    return a->n_frames == b->n_frames && a->first == b->first && a->last == b->last;
}

/* Drop captures that were read by two tasks, or given under two names. */
static void
drop_doubles(struct vrf_ordered_capture *entries, size_t *n)
{
    GHashTable *seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    GHashTable *nothing = g_hash_table_new(g_str_hash, g_str_equal); /* captures without frames */
    size_t left = 0;

    for (size_t i = 0; i < *n; i++) {
        const struct vrf_events_capture *c = entries[i].capture, *same;

        same = c->n_frames != 0 ? g_hash_table_lookup(seen, &c->content)
                                : g_hash_table_lookup(nothing, c->name);
        if (same != NULL && is_same(same, c)) {
            vrf_warn(
                "%s is given twice, the second time as %s; it counts once", same->name, c->name);
            continue;
        }
        if (c->n_frames != 0)
            g_hash_table_insert(seen, (gpointer)&c->content, (gpointer)c);
        else
            g_hash_table_insert(nothing, (gpointer)c->name, (gpointer)c);
        entries[left++] = entries[i];
    }
    *n = left;
    g_hash_table_destroy(seen);
    g_hash_table_destroy(nothing);
}

/*
 * Names clash if a capture was read again after a change, if two folders have the same name, or if
 * all that differs is octets that are no text.
 */
static bool
names_are_unique(const struct vrf_ordered_capture *entries, size_t n)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool unique = true;

    for (size_t i = 0; i < n; i++) {
        char *shown = vrf_name_shown(entries[i].capture->name);
        const struct vrf_ordered_capture *same = g_hash_table_lookup(names, shown);

        if (same != NULL) {
            unique = false;
            vrf_warn("%s: two captures have this name, or it was read again after it had changed; "
                     "their events are in %s and %s",
                same->capture->name, same->task->path[0], entries[i].task->path[0]);
        }
        g_hash_table_insert(names, shown, (gpointer)&entries[i]);
    }
    g_hash_table_destroy(names);
    return unique;
}

/* ---- ring files ---- */

enum { RING_NUMBERS = 100000 };                  /* after which dumpcap restarts at 0 */
#define SET_BACK (INT64_C(86400) * MIPRO_SECOND) /* maximum; more means another run of dumpcap */

/* "tap_00017_20261129120000.pcapng": stem "tap", number 17. */
struct ring_file {
    char *stem; /* NULL: it does not have such a name */
    unsigned number;
    size_t before; /* index of the file that dumpcap wrote before it; SIZE_MAX: unknown */
    size_t rank;   /* its position, or that of an earlier file with later timestamps */
    size_t step;   /* how many files it is after that one */
};

static struct ring_file
parse_ring(const char *name)
{
    struct ring_file ring = { .before = SIZE_MAX };
    const char *base = strrchr(name, '/');
    const char *at = name + strlen(name);
    int n = 0;

    for (base = base != NULL ? base + 1 : name; at != base && ring.stem == NULL; at--)
        if (at[-1] == '_' && strspn(at, "0123456789") == 5 &&
            sscanf(at, "%5u_%*14[0-9]%n", &ring.number, &n) == 1 && n == 20)
            ring.stem = g_strndup(name, (gsize)(at - name));
    return ring;
}

/* Indices of the files of a ring with this number: several if dumpcap was restarted. */
static GArray *
find_files(GHashTable *files, const struct ring_file *ring, unsigned number)
{
    char *key = g_strdup_printf("%u %s", number % RING_NUMBERS, ring->stem);
    GArray *list = g_hash_table_lookup(files, key);

    if (list != NULL) {
        g_free(key);
        return list;
    }
    list = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_hash_table_insert(files, key, list);
    return list;
}

static uint64_t
distance(const struct vrf_ordered_capture *a, const struct vrf_ordered_capture *b)
{
    return a->last < b->first ? (uint64_t)b->first - (uint64_t)a->last
                              : (uint64_t)a->last - (uint64_t)b->first;
}

/* The file in the list that is nearest to i in time, before or after it; or SIZE_MAX. */
static size_t
nearest(const struct vrf_ordered_capture *entries, const GArray *list, size_t i, bool after)
{
    size_t best = SIZE_MAX;
    uint64_t least = UINT64_MAX;

    for (guint k = 0; k < list->len; k++) {
        size_t at = g_array_index(list, size_t, k);
        uint64_t d =
            after ? distance(&entries[i], &entries[at]) : distance(&entries[at], &entries[i]);

        if (d < least) {
            least = d;
            best = at;
        }
    }
    return best;
}

/* Link each file to its predecessor: adjacent in number, and nearest in time. */
static void
link_files(const struct vrf_ordered_capture *entries, struct ring_file *rings, size_t n)
{
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);

    for (size_t i = 0; i < n; i++)
        if (rings[i].stem != NULL)
            g_array_append_val(find_files(files, &rings[i], rings[i].number), i);
    for (size_t i = 0; i < n; i++) {
        size_t before;

        if (rings[i].stem == NULL)
            continue;
        before = nearest(
            entries, find_files(files, &rings[i], rings[i].number + RING_NUMBERS - 1), i, false);
        if (before != SIZE_MAX && distance(&entries[before], &entries[i]) <= SET_BACK &&
            nearest(entries, find_files(files, &rings[i], rings[i].number), before, true) == i)
            rings[i].before = before;
    }
    g_hash_table_destroy(files);
}

struct ranked {
    size_t rank, step;
    struct vrf_ordered_capture entry;
};

static int
compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->step < y->step ? -1 : x->step > y->step;
}

/* Set the rank of a file whose predecessors have theirs. */
static void
rank_after(struct ring_file *rings, size_t i)
{
    const struct ring_file *before = &rings[rings[i].before];

    if (before->rank > rings[i].rank) {
        rings[i].rank = before->rank;
        rings[i].step = before->step + 1;
    }
}

/* Order ring files by number where the timestamps go backwards. */
static void
follow_rings(struct vrf_ordered_capture *entries, size_t n)
{
    struct ring_file *rings = g_new(struct ring_file, n + 1);
    struct ranked *ranked = g_new(struct ranked, n + 1);
    size_t *after = g_new(size_t, n + 1); /* the inverse of before */
    size_t n_back = 0, back = 0;

    for (size_t i = 0; i < n; i++) {
        rings[i] = parse_ring(entries[i].capture->name);
        rings[i].rank = i;
        after[i] = SIZE_MAX;
    }
    link_files(entries, rings, n);
    for (size_t i = 0; i < n; i++) {
        if (rings[i].before == SIZE_MAX)
            continue;
        after[rings[i].before] = i;
        if (rings[i].before > i && n_back++ == 0)
            back = i;
    }
    for (size_t i = 0; i < n; i++) {
        if (rings[i].before != SIZE_MAX)
            continue;
        for (size_t k = after[i]; k != SIZE_MAX; k = after[k])
            rank_after(rings, k);
    }
    if (n_back != 0)
        vrf_warn(
            "%s: its timestamps precede those of %s, although it was written later; the numbers "
            "of ring files determine the order%s",
            entries[back].capture->name, entries[rings[back].before].capture->name,
            n_back == 1 ? "" : ", here and of others");
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){ rings[i].rank, rings[i].step, entries[i] };
    qsort(ranked, n, sizeof(ranked[0]), compare_ranked);
    for (size_t i = 0; i < n; i++) {
        entries[i] = ranked[i].entry;
        g_free(rings[i].stem);
    }
    g_free(rings);
    g_free(ranked);
    g_free(after);
}

/* ---- warnings ---- */

static void
warn_of_overlap(const struct vrf_ordered_capture *entries, size_t n)
{
    size_t n_over = 0, first = 0;

    for (size_t i = 1; i < n; i++) {
        const struct vrf_events_capture *c = entries[i].capture;

        if (c->first == MIPRO_TIME_NONE || c->first >= entries[i - 1].last)
            continue;
        if (n_over++ == 0)
            first = i;
    }
    if (n_over != 0)
        vrf_warn("%s begins before %s ends%s", entries[first].capture->name,
            entries[first - 1].capture->name, n_over == 1 ? "" : ", and so do others");
}

static void
warn_of_gaps(const struct vrf_ordered_capture *entries, size_t n)
{
    GHashTable *rings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t missing = 0, first = 0;
    unsigned expected = 0;

    for (size_t i = 0; i < n; i++) {
        struct ring_file ring = parse_ring(entries[i].capture->name);
        gpointer last;

        if (ring.stem == NULL)
            continue;
        if (g_hash_table_lookup_extended(rings, ring.stem, NULL, &last) &&
            ring.number > GPOINTER_TO_UINT(last) + 1) {
            if (missing == 0) {
                first = i;
                expected = GPOINTER_TO_UINT(last) + 1;
            }
            missing += ring.number - GPOINTER_TO_UINT(last) - 1;
        }
        g_hash_table_insert(rings, ring.stem, GUINT_TO_POINTER(ring.number));
    }
    if (missing != 0)
        vrf_warn("%s: ring file number %u, which comes before it, is missing%s",
            entries[first].capture->name, expected, missing == 1 ? "" : ", and so are others");
    g_hash_table_destroy(rings);
}

/* Warn if a task was given captures in another order than that in which they are judged. */
static void
warn_of_disorder(const struct vrf_ordered_capture *entries, size_t n)
{
    GHashTable *latest = g_hash_table_new(NULL, NULL); /* by task */
    const struct vrf_events_capture *after = NULL, *before = NULL;
    size_t n_wrong = 0;

    for (size_t i = 0; i < n; i++) {
        const struct vrf_events_capture *c = entries[i].capture;
        const struct vrf_events_capture *last = g_hash_table_lookup(latest, entries[i].task);

        if (last != NULL && last > c) {
            if (n_wrong++ == 0) {
                after = c;
                before = last;
            }
            continue;
        }
        g_hash_table_insert(latest, (gpointer)entries[i].task, (gpointer)c);
    }
    if (n_wrong != 0)
        vrf_warn("%s is judged after %s, according to their timestamps, although it was given "
                 "before it%s",
            after->name, before->name, n_wrong == 1 ? "" : "; so are others");
    g_hash_table_destroy(latest);
}

bool
vrf_capture_order(const struct vrf_events_task *tasks, size_t n_tasks,
    struct vrf_ordered_capture **entries, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < n_tasks; i++)
        *n += tasks[i].n_captures;
    *entries = vrf_time_order(tasks, n_tasks, *n);
    drop_doubles(*entries, n);
    follow_rings(*entries, *n);
    warn_of_overlap(*entries, *n);
    warn_of_gaps(*entries, *n);
    warn_of_disorder(*entries, *n);
    return names_are_unique(*entries, *n);
}
