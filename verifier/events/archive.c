/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/archive.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events/file.h"
#include "mipro_mix.h"
#include "warn.h"

/* A capture, the task that read it, and where it belongs in time. */
struct entry {
    const struct vrf_events_task *task;
    const struct vrf_events_capture *capture;
    int64_t first, last;
};

struct vrf_archive {
    struct vrf_events_task *tasks;
    size_t n_tasks, max_tasks;
    struct entry *entries; /* in the order of time */
    size_t n, next;
    struct vrf_events_reader *reader; /* of the entry before next, or NULL */
    uint64_t made;
};

/* ---- what is there ---- */

/* The files of one task that were found: "all" and the part's own. */
struct found {
    char *id, *path[2];
    unsigned n_parts;
};

static void
free_found(gpointer p)
{
    struct found *f = p;

    g_free(f->id);
    g_free(f->path[0]);
    g_free(f->path[1]);
    g_free(f);
}

/* Is it the name of a file of events?  part 0: of what is common. */
static bool
parse_name(const char *name, char id[17], unsigned *part, unsigned *n_parts)
{
    int n = 0;

    *part = 0;
    if (strspn(name, "0123456789abcdef") != 16)
        return false;
    memcpy(id, name, 16);
    id[16] = '\0';
    if (sscanf(name + 16, "-all-of-%u.events%n", n_parts, &n) == 1 && n != 0 &&
        name[16 + n] == '\0')
        return true;
    n = 0;
    return sscanf(name + 16, "-%u-of-%u.events%n", part, n_parts, &n) == 2 && n != 0 &&
           name[16 + n] == '\0' && *part != 0;
}

static struct found *
find_task(GPtrArray *tasks, const char *dir, const char *id, unsigned n_parts)
{
    char *key = g_strdup_printf("%s/%s", dir, id);
    struct found *f;

    for (guint i = tasks->len; i-- > 0;) { /* with a folder for each task it is the last one */
        f = g_ptr_array_index(tasks, i);
        if (strcmp(f->id, key) == 0 && f->n_parts == n_parts) {
            g_free(key);
            return f;
        }
    }
    f = g_new0(struct found, 1);
    f->id = key;
    f->n_parts = n_parts;
    g_ptr_array_add(tasks, f);
    return f;
}

static bool
list_dir(GPtrArray *tasks, const char *dir, unsigned wanted)
{
    GDir *d = g_dir_open(dir, 0, NULL);
    const char *name;

    if (d == NULL) {
        vrf_warn("%s: %s", dir, strerror(errno));
        return false;
    }
    while ((name = g_dir_read_name(d)) != NULL) {
        unsigned part, n_parts;
        struct found *f;
        char id[17];

        if (!parse_name(name, id, &part, &n_parts))
            continue;
        f = find_task(tasks, dir, id, n_parts);
        if (part == 0)
            f->path[0] = g_build_filename(dir, name, NULL);
        else if (part == wanted + 1)
            f->path[1] = g_build_filename(dir, name, NULL);
    }
    g_dir_close(d);
    return true;
}

/* Both files of a task are there, for as many parts. */
static bool
is_complete(const struct found *f, const struct vrf_options *o)
{
    if (f->n_parts != o->n_parts)
        vrf_warn("%s: these events are for %u %s, not for %u", f->id, f->n_parts,
            f->n_parts == 1 ? "part" : "parts", o->n_parts);
    else if (f->path[0] == NULL)
        vrf_warn("%s-all-of-%02u.events is missing: the task that writes it did not end", f->id,
            f->n_parts);
    else if (f->path[1] == NULL)
        vrf_warn("%s-%02u-of-%02u.events is missing", f->id, o->conduct.part + 1, f->n_parts);
    else
        return true;
    return false;
}

static bool
add_tasks(struct vrf_archive *a, const struct vrf_options *o)
{
    const struct vrf_events_maker maker = vrf_events_maker(o);
    GPtrArray *found = g_ptr_array_new_with_free_func(free_found);
    bool good = true;

    a->made = mipro_mix(maker.options, maker.keys);
    for (unsigned i = 0; i < o->n_files; i++)
        good = list_dir(found, o->files[i], o->conduct.part) && good;
    a->tasks = g_new0(struct vrf_events_task, found->len + 1);
    for (guint i = 0; i < found->len; i++) {
        struct found *f = g_ptr_array_index(found, i);
        struct vrf_events_task *task = &a->tasks[a->n_tasks];
        const char *path;
        char *fault;

        if (!is_complete(f, o)) {
            good = false;
            continue;
        }
        task->path[0] = g_strdup(f->path[0]);
        task->path[1] = g_strdup(f->path[1]);
        a->n_tasks++;
        fault = vrf_events_check(task, o->conduct.part, o->n_parts, &maker, &path);
        if (fault != NULL) {
            vrf_warn("%s: %s", path, fault);
            g_free(fault);
            good = false;
        }
    }
    if (good && found->len == 0) {
        vrf_warn("%s: there are no events", o->files[0]);
        good = false;
    }
    g_ptr_array_free(found, TRUE);
    return good;
}

/* ---- their order ---- */

/*
 * By the first stamp, then the last; then as the task had them, or by the number in the name.
 * Those of a task without any stamp come last.
 */
static int
compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    uint64_t tx = (uint64_t)x->first - (uint64_t)MIPRO_TIME_NONE - 1;
    uint64_t ty = (uint64_t)y->first - (uint64_t)MIPRO_TIME_NONE - 1;

    if (tx != ty)
        return tx < ty ? -1 : 1;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    if (x->task == y->task)
        return x->capture < y->capture ? -1 : x->capture > y->capture;
    return strverscmp(x->capture->name, y->capture->name);
}

/*
 * The captures of a task.  One without a stamp, such as one that could not be opened, stays between
 * its neighbours: after the one before it, or before the first that has a stamp.
 */
static void
add_entries(struct vrf_archive *a, const struct vrf_events_task *task)
{
    int64_t at = MIPRO_TIME_NONE;

    for (size_t i = 0; i < task->n_captures && at == MIPRO_TIME_NONE; i++)
        at = task->captures[i].first;
    for (size_t i = 0; i < task->n_captures; i++) {
        const struct vrf_events_capture *c = &task->captures[i];

        if (c->first != MIPRO_TIME_NONE) {
            a->entries[a->n++] = (struct entry){ task, c, c->first, c->last };
            at = c->last;
        } else {
            a->entries[a->n++] = (struct entry){ task, c, at, at };
        }
    }
}

/* The same capture, read by two tasks, or given under two names. */
static void
drop_doubles(struct vrf_archive *a)
{
    GHashTable *seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++) {
        const struct vrf_events_capture *c = a->entries[i].capture, *same = NULL;

        if (c->n_frames != 0)
            same = g_hash_table_lookup(seen, &c->content);
        if (same != NULL && same->n_frames == c->n_frames && same->first == c->first &&
            same->last == c->last) {
            vrf_warn(
                "%s is given twice, the second time as %s; it counts once", same->name, c->name);
            continue;
        }
        g_hash_table_insert(seen, (gpointer)&c->content, (gpointer)c);
        a->entries[n++] = a->entries[i];
    }
    a->n = n;
    g_hash_table_destroy(seen);
}

static void
warn_of_overlap(const struct vrf_archive *a)
{
    size_t n = 0, first = 0;

    for (size_t i = 1; i < a->n; i++) {
        const struct vrf_events_capture *c = a->entries[i].capture;

        if (c->first == MIPRO_TIME_NONE || c->first >= a->entries[i - 1].last)
            continue;
        if (n++ == 0)
            first = i;
    }
    if (n != 0)
        vrf_warn("%s begins before %s ends%s", a->entries[first].capture->name,
            a->entries[first - 1].capture->name, n == 1 ? "" : ", and so do others");
}

/* dumpcap numbers ring files: "tap_00017_20261129120000.pcapng".  0: it has no such number. */
static unsigned
ring_number(const char *name, size_t *stem)
{
    const char *base = strrchr(name, '/');
    const char *at = name + strlen(name);
    unsigned number;
    int n = 0;

    for (base = base != NULL ? base + 1 : name; at != base; at--)
        if (at[-1] == '_' && sscanf(at, "%5u_%*14[0-9]%n", &number, &n) == 1 && n == 20) {
            *stem = (size_t)(at - name);
            return number;
        }
    return 0;
}

static void
warn_of_gaps(const struct vrf_archive *a)
{
    size_t n = 0, first = 0;
    unsigned expected = 0;

    for (size_t i = 1; i < a->n; i++) {
        const char *name = a->entries[i].capture->name, *before = a->entries[i - 1].capture->name;
        size_t stem = 0, stem_before = 0;
        unsigned number = ring_number(name, &stem), last = ring_number(before, &stem_before);

        if (number == 0 || last == 0 || stem != stem_before || strncmp(name, before, stem) != 0 ||
            number == last + 1 || number <= last)
            continue;
        n += number - last - 1;
        if (first == 0) {
            first = i;
            expected = last + 1;
        }
    }
    if (n != 0)
        vrf_warn("%s: ring file number %u, which comes before it, is missing%s",
            a->entries[first].capture->name, expected, n == 1 ? "" : ", and so are others");
}

struct vrf_archive *
vrf_archive_open(const struct vrf_options *o)
{
    struct vrf_archive *a = g_new0(struct vrf_archive, 1);

    if (!add_tasks(a, o)) {
        vrf_archive_close(a);
        return NULL;
    }
    for (size_t i = 0; i < a->n_tasks; i++)
        a->n += a->tasks[i].n_captures;
    a->entries = g_new0(struct entry, a->n + 1);
    a->n = 0;
    for (size_t i = 0; i < a->n_tasks; i++)
        add_entries(a, &a->tasks[i]);
    qsort(a->entries, a->n, sizeof(a->entries[0]), compare_entries);
    drop_doubles(a);
    warn_of_overlap(a);
    warn_of_gaps(a);
    return a;
}

/* ---- reading ---- */

static void
damaged(struct vrf_batch *b, const struct entry *e)
{
    b->broken = b->ends_file = true;
    b->name = e->capture->name;
    b->block.n_frames = 0;
    b->block.used = b->n_common = 0;
    g_strlcpy(b->error, "its events cannot be read", sizeof(b->error));
}

bool
vrf_archive_read(struct vrf_archive *a, struct vrf_batch *b)
{
    const struct entry *e;

    if (a->reader == NULL && a->next == a->n)
        return false;
    if (a->reader == NULL) {
        e = &a->entries[a->next++];
        a->reader = vrf_events_open(e->task, e->capture);
    } else {
        e = &a->entries[a->next - 1];
    }
    b->capture = (unsigned)(a->next - 1);
    b->name = e->capture->name;
    if (a->reader == NULL || !vrf_events_next(a->reader, b))
        damaged(b, e);
    if (b->ends_file) {
        vrf_events_close(a->reader);
        a->reader = NULL;
    }
    return true;
}

bool
vrf_archive_ends(const struct vrf_archive *a)
{
    return a->reader == NULL && a->next == a->n;
}

uint64_t
vrf_archive_made(const struct vrf_archive *a)
{
    return a->made;
}

size_t
vrf_archive_captures(const struct vrf_archive *a)
{
    return a->n;
}

const char *
vrf_archive_name(const struct vrf_archive *a, size_t i)
{
    return a->entries[i].capture->name;
}

uint64_t
vrf_archive_messages(const struct vrf_archive *a)
{
    uint64_t n = 0;

    for (size_t i = 0; i < a->n; i++)
        n += a->entries[i].capture->n_messages;
    return n;
}

void
vrf_archive_close(struct vrf_archive *a)
{
    if (a == NULL)
        return;
    vrf_events_close(a->reader);
    for (size_t i = 0; i < a->n_tasks; i++)
        vrf_events_task_clear(&a->tasks[i]);
    g_free(a->tasks);
    g_free(a->entries);
    g_free(a);
}
