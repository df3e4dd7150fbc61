/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/archive.h"

#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "events/capture_order.h"
#include "mipro_mix.h"
#include "warn.h"

struct vrf_archive {
    struct vrf_events_task *tasks;
    size_t n_tasks, max_tasks;
    struct vrf_ordered_capture *entries; /* in the order of capture_order.h */
    size_t n, next;
    struct vrf_events_reader *reader;
    bool reads; /* reader is in the entry before next */
    struct vrf_events_parts parts;
};

/* ---- finding the files ---- */

/* The files of one task that were found: the common one and those of the parts. */
struct found {
    char *id, **path;
    unsigned n_files, n_parts;
};

static void
free_found(gpointer p)
{
    struct found *f = p;

    g_free(f->id);
    for (unsigned i = 0; i < f->n_files; i++)
        g_free(f->path[i]);
    g_free(f->path);
    g_free(f);
}

/* Is it the name of an events file?  part 0: the common one. */
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

/* The files found so far, indexed by folder, ID and number of parts. */
struct finds {
    GPtrArray *tasks;
    GHashTable *by_name;
    const struct vrf_events_parts *parts; /* that are looked for */
};

static struct found *
find_task(struct finds *finds, const char *dir, const char *id, unsigned n_parts)
{
    char *key = g_strdup_printf("%s/%s %u", dir, id, n_parts);
    struct found *f = g_hash_table_lookup(finds->by_name, key);

    if (f != NULL) {
        g_free(key);
        return f;
    }
    f = g_new0(struct found, 1);
    f->id = g_strdup_printf("%s/%s", dir, id);
    f->n_parts = n_parts;
    f->n_files = finds->parts->n + 1;
    f->path = g_new0(char *, f->n_files + 1);
    g_ptr_array_add(finds->tasks, f);
    g_hash_table_insert(finds->by_name, key, f);
    return f;
}

/* A folder may be given twice. */
static void
set_path(struct found *f, unsigned which, const char *dir, const char *name)
{
    g_free(f->path[which]);
    f->path[which] = g_build_filename(dir, name, NULL);
}

static bool
list_dir(struct finds *finds, const char *dir)
{
    const struct vrf_events_parts *wanted = finds->parts;
    DIR *d = opendir(dir);
    const struct dirent *entry;
    bool good;

    if (d == NULL) {
        vrf_warn("%s: %s", dir, strerror(errno));
        return false;
    }
    while (errno = 0, (entry = readdir(d)) != NULL) {
        const char *name = entry->d_name;
        unsigned part, n_parts;
        struct found *f;
        char id[17];

        if (!parse_name(name, id, &part, &n_parts))
            continue;
        f = find_task(finds, dir, id, n_parts);
        if (part == 0)
            set_path(f, 0, dir, name);
        else if (part > wanted->first && part - wanted->first <= wanted->n)
            set_path(f, part - wanted->first, dir, name);
    }
    good = errno == 0;
    if (!good)
        vrf_warn("%s: %s", dir, strerror(errno));
    (void)closedir(d);
    return good;
}

/* Do all files of a task exist, for the same number of parts? */
static bool
is_complete(const struct found *f, const struct vrf_events_parts *parts)
{
    unsigned i = 1;

    while (i < f->n_files && f->path[i] != NULL)
        i++;
    if (f->n_parts != parts->n_parts)
        vrf_warn("%s: these events are for %u %s, not %u", f->id, f->n_parts,
            f->n_parts == 1 ? "part" : "parts", parts->n_parts);
    else if (f->path[0] == NULL)
        vrf_warn("%s-all-of-%02u.events is missing: the task that writes it did not finish", f->id,
            f->n_parts);
    else if (i < f->n_files)
        vrf_warn("%s-%02u-of-%02u.events is missing", f->id, parts->first + i, f->n_parts);
    else
        return true;
    return false;
}

static bool
add_tasks(struct vrf_archive *a, const char *const *dirs, unsigned n_dirs,
    const struct vrf_events_maker *maker)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(free_found);
    struct finds finds = { found, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        &a->parts };
    bool good = true;

    for (unsigned i = 0; i < n_dirs; i++)
        good = list_dir(&finds, dirs[i]) && good;
    a->tasks = g_new0(struct vrf_events_task, found->len + 1);
    for (guint i = 0; i < found->len; i++) {
        struct found *f = g_ptr_array_index(found, i);
        struct vrf_events_task *task = &a->tasks[a->n_tasks];
        const char *path;
        char *fault;

        if (!is_complete(f, &a->parts)) {
            good = false;
            continue;
        }
        task->path = g_steal_pointer(&f->path);
        task->n_files = f->n_files;
        f->n_files = 0;
        a->n_tasks++;
        fault = vrf_events_check(task, &a->parts, maker, &path);
        if (fault != NULL) {
            vrf_warn("%s: %s", path, fault);
            g_free(fault);
            good = false;
        }
    }
    if (good && found->len == 0) {
        vrf_warn("%s: there are no events", dirs[0]);
        good = false;
    }
    g_hash_table_destroy(finds.by_name);
    g_ptr_array_free(found, TRUE);
    return good;
}

struct vrf_archive *
vrf_archive_open(const char *const *dirs, unsigned n_dirs, const struct vrf_events_parts *parts,
    const struct vrf_events_maker *maker)
{
    struct vrf_archive *a = g_new0(struct vrf_archive, 1);

    a->parts = *parts;
    a->reader = vrf_events_reader_new(parts->n + 1);
    if (!add_tasks(a, dirs, n_dirs, maker) ||
        !vrf_capture_order(a->tasks, a->n_tasks, &a->entries, &a->n)) {
        vrf_archive_close(a);
        return NULL;
    }
    return a;
}

/* ---- reading ---- */

/*
 * A part has few messages of each batch that was written, and a batch has its cost: so several are
 * read as one, up to about as many octets as a batch of frames has.
 */
enum { ENOUGH = 40 * 1024 };

/* The files were valid when they were checked.  Nothing more is read. */
static void
lose(struct vrf_archive *a, struct vrf_batch *b)
{
    b->lost = true;
    snprintf(b->error, sizeof(b->error), "its events cannot be read any more: %s",
        a->entries[a->next - 1].task->path[0]);
    b->encoded.n = 0;
    b->block.used = b->block.n_frames = 0;
    a->reads = false;
    a->next = a->n;
}

/* Open the capture of which something comes next, unless it is.  False: its files are not there. */
static bool
go_to_next(struct vrf_archive *a)
{
    const struct vrf_ordered_capture *e = &a->entries[a->next];

    if (a->reads)
        return true;
    a->next++;
    return vrf_events_open(a->reader, e->task, e->capture);
}

/* The capture that is read. */
static const struct vrf_events_capture *
current(const struct vrf_archive *a)
{
    return a->entries[a->next - 1].capture;
}

/* Add what comes next to the batch.  False: it is damaged. */
static bool
read_next(struct vrf_archive *a, struct vrf_batch *b)
{
    const bool good = go_to_next(a) && vrf_events_next(a->reader, b);

    b->name = current(a)->name;
    a->reads = good && !vrf_events_end(a->reader);
    return good;
}

bool
vrf_archive_take(
    struct vrf_archive *a, const struct vrf_events_octets **blocks, struct vrf_archive_place *place)
{
    const bool begins = !a->reads;
    const bool good = go_to_next(a) && vrf_events_take(a->reader, blocks);

    *place = (struct vrf_archive_place){ a->next - 1, begins, !current(a)->renamed };
    a->reads = good && !vrf_events_end(a->reader);
    return good;
}

/* Is what comes next from a capture that was not read to its end?  Its batches are read alone. */
static bool
is_broken(const struct vrf_archive *a)
{
    return a->entries[a->next - a->reads].capture->broken;
}

bool
vrf_archive_read(struct vrf_archive *a, struct vrf_batch *b)
{
    bool alone;

    b->block.used = b->block.n_frames = 0;
    if (vrf_archive_ends(a))
        return false;
    do {
        alone = is_broken(a);
        if (!read_next(a, b)) {
            lose(a, b);
            break;
        }
    } while (!alone && b->block.used < ENOUGH && !vrf_archive_ends(a) && !is_broken(a));
    return true;
}

bool
vrf_archive_ends(const struct vrf_archive *a)
{
    return !a->reads && a->next == a->n;
}

uint64_t
vrf_archive_content(const struct vrf_archive *a)
{
    uint64_t content = a->n;

    for (size_t i = 0; i < a->n; i++)
        content = mipro_mix(content ^ a->entries[i].capture->content, i);
    return content;
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
    vrf_events_reader_free(a->reader);
    for (size_t i = 0; i < a->n_tasks; i++)
        vrf_events_task_clear(&a->tasks[i]);
    g_free(a->tasks);
    g_free(a->entries);
    g_free(a);
}
