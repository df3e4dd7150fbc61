/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one task, of one part. */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "events/layout.h"
#include "events/codec.h"

#define MAX_BLOCK (UINT64_C(1) << 31)
#define MAX_FRAMES (UINT64_C(1) << 31) /* of a batch */

/* An events file, read from its beginning or from the beginning of a capture. */
struct input {
    FILE *file;
    uint8_t *octets; /* of the current block */
    size_t n, room;
    char kind;
    uint64_t checksum;
};

static bool
read_block(struct input *in)
{
    struct vrf_events_block block;

    if (fread(&block, sizeof(block), 1, in->file) != 1 || block.n > MAX_BLOCK ||
        block.kind > UINT8_MAX)
        return false;
    if (block.n > in->room) {
        in->room = (size_t)block.n;
        in->octets = g_try_realloc(in->octets, in->room);
        if (in->octets == NULL) {
            in->room = 0;
            return false;
        }
    }
    in->n = (size_t)block.n;
    in->kind = (char)block.kind;
    in->checksum = block.checksum;
    return in->n == 0 || fread(in->octets, in->n, 1, in->file) == 1;
}

static void
close_input(struct input *in)
{
    if (in->file != NULL)
        (void)fclose(in->file);
    g_free(in->octets);
    *in = (struct input){ 0 };
}

/* Check the file up to its last block, which is left in in.  Returns NULL, or the error. */
/* The task, by the name of its file. */
static uint64_t
task_of(const char *path)
{
    const char *name = strrchr(path, '/');

    return g_ascii_strtoull(name != NULL ? name + 1 : path, NULL, 16);
}

static char *
check_file(struct input *in, const char *path, const struct vrf_events_maker *maker, unsigned part,
    unsigned n_parts)
{
    struct vrf_events_header header;
    const char *fault;

    in->file = fopen(path, "rbe");
    if (in->file == NULL)
        return g_strdup(g_strerror(errno));
    if (fread(&header, sizeof(header), 1, in->file) != 1)
        return g_strdup(ferror(in->file) ? g_strerror(errno) : "is cut off in its header");
    fault = vrf_events_header_fault(&header, maker, task_of(path), part, n_parts);
    if (fault != NULL)
        return g_strdup(fault);
    for (uint64_t number = 0;; number++) {
        if (!read_block(in))
            return g_strdup(ferror(in->file) ? g_strerror(errno) : "is cut off, or damaged");
        if (in->checksum != vrf_events_block_sum(in->octets, in->n, in->kind, number))
            return g_strdup("is damaged: its content was altered");
        if (in->kind == VRF_EVENTS_END)
            break;
    }
    return fgetc(in->file) == EOF ? NULL : g_strdup("is damaged: it continues after its end");
}

/* Read the captures from the last blocks of both files. */
static bool
read_captures(struct vrf_events_task *task, const struct input in[2])
{
    struct vrf_unpack common = { in[0].octets, in[0].n, false };
    struct vrf_unpack own = { in[1].octets, in[1].n, false };
    uint64_t n = vrf_unpack_number(&common);

    if (n != vrf_unpack_number(&own) || n > common.left)
        return false;
    task->captures = g_new0(struct vrf_events_capture, (size_t)n + 1);
    for (; task->n_captures < n && !common.failed; task->n_captures++) {
        struct vrf_events_capture *c = &task->captures[task->n_captures];
        char *name = vrf_unpack_string(&common);
        const uint8_t *fixed, *content;

        c->name = g_intern_string(name != NULL ? name : "");
        g_free(name);
        c->n_batches = vrf_unpack_number(&common);
        c->n_frames = vrf_unpack_number(&common);
        c->n_messages = vrf_unpack_number(&common);
        fixed = vrf_unpack_octets(&common, 3 * sizeof(uint64_t));
        if (fixed != NULL) {
            memcpy(&c->content, fixed, sizeof(c->content));
            memcpy(&c->first, fixed + sizeof(uint64_t), sizeof(c->first));
            memcpy(&c->last, fixed + 2 * sizeof(uint64_t), sizeof(c->last));
        }
        c->broken = vrf_unpack_number(&common) != 0;
        c->at[0] = vrf_unpack_number(&common);
        c->at[1] = vrf_unpack_number(&own);
        content = vrf_unpack_octets(&own, sizeof(c->content));
        if (content == NULL || memcmp(content, &c->content, sizeof(c->content)) != 0)
            return false;
    }
    return !common.failed && !own.failed && common.left == 0 && own.left == 0;
}

char *
vrf_events_check(struct vrf_events_task *task, unsigned part, unsigned n_parts,
    const struct vrf_events_maker *maker, const char **path)
{
    struct input in[2] = { { 0 }, { 0 } };
    char *fault = NULL;

    for (unsigned i = 0; i < 2 && fault == NULL; i++) {
        *path = task->path[i];
        fault = check_file(&in[i], task->path[i], maker, i == 0 ? n_parts : part, n_parts);
    }
    if (fault == NULL && !read_captures(task, in))
        fault = g_strdup("does not belong to the common file");
    close_input(&in[0]);
    close_input(&in[1]);
    return fault;
}

void
vrf_events_task_clear(struct vrf_events_task *task)
{
    g_free(task->path[0]);
    g_free(task->path[1]);
    g_free(task->captures);
}

struct vrf_events_reader {
    struct input common, own;
    uint64_t batch;     /* number of the next batch, as in the part's file */
    uint64_t own_batch; /* number of the batch in own; UINT64_MAX: there are no more */
    size_t own_start;   /* offset of its events in own.octets */
    uint64_t left;      /* batches left */
};

/* Read the next block of the part's own file. */
static void
advance_own(struct vrf_events_reader *r)
{
    struct vrf_unpack u;

    r->own_batch = UINT64_MAX;
    if (!read_block(&r->own) || r->own.kind != VRF_EVENTS_BATCH)
        return;
    u = (struct vrf_unpack){ r->own.octets, r->own.n, false };
    r->own_batch = vrf_unpack_number(&u);
    r->own_start = r->own.n - u.left;
}

struct vrf_events_reader *
vrf_events_open(const struct vrf_events_task *task, const struct vrf_events_capture *capture)
{
    struct vrf_events_reader *r = g_new0(struct vrf_events_reader, 1);
    struct input *in[2] = { &r->common, &r->own };

    r->left = capture->n_batches;
    for (const struct vrf_events_capture *c = task->captures; c != capture; c++)
        r->batch += c->n_batches;
    for (unsigned i = 0; i < 2; i++) {
        in[i]->file = fopen(task->path[i], "rbe");
        if (in[i]->file == NULL || fseeko(in[i]->file, (off_t)capture->at[i], SEEK_SET) != 0) {
            vrf_events_close(r);
            return NULL;
        }
    }
    advance_own(r);
    return r;
}

bool
vrf_events_next(struct vrf_events_reader *r, struct vrf_batch *b)
{
    struct vrf_unpack u;
    bool has_own = r->own_batch == r->batch;
    size_t n_own = has_own ? r->own.n - r->own_start : 0;
    uint64_t flags, n_frames;

    if (r->left == 0 || !read_block(&r->common) || r->common.kind != VRF_EVENTS_BATCH)
        return false;
    b->block.used = 0;
    vrf_block_reserve(&b->block, r->common.n + n_own + 1);
    memcpy(b->block.octets, r->common.octets, r->common.n);
    if (has_own)
        memcpy(b->block.octets + r->common.n, r->own.octets + r->own_start, n_own);
    b->block.used = r->common.n + n_own;
    b->n_common = r->common.n;
    u = (struct vrf_unpack){ r->common.octets, r->common.n, false };
    flags = vrf_unpack_number(&u);
    n_frames = vrf_unpack_number(&u);
    b->begins_file = (flags & 1) != 0;
    b->ends_file = (flags & 2) != 0;
    b->block.n_frames = (size_t)n_frames;
    if (u.failed || n_frames > MAX_FRAMES)
        return false;
    r->batch++;
    r->left--;
    if (has_own)
        advance_own(r);
    return true;
}

void
vrf_events_close(struct vrf_events_reader *r)
{
    if (r == NULL)
        return;
    close_input(&r->common);
    close_input(&r->own);
    g_free(r);
}
