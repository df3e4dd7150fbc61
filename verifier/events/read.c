/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one task, of one part. */
#include <glib.h>
#include <string.h>

#include "events/layout.h"
#include "events/stream.h"
#include "input.h"
#include "names.h"

#define MAX_BLOCK (UINT64_C(1) << 30)

/* An events file, read from its beginning or from the beginning of a capture. */
struct reading {
    struct vrf_input input;
    struct vrf_events_block block; /* the next one, of which the octets were not taken yet */
};

/* Take what precedes the octets of the next block. */
static bool
take_head(struct reading *in)
{
    const char *head = vrf_input_take(&in->input, sizeof(in->block));

    if (head == NULL)
        return false;
    memcpy(&in->block, head, sizeof(in->block));
    return in->block.n <= MAX_BLOCK && in->block.kind <= UINT8_MAX;
}

/* Take the octets of the next block, which stay until more is taken. */
static const uint8_t *
take_octets(struct reading *in)
{
    return (const uint8_t *)vrf_input_take(&in->input, (size_t)in->block.n);
}

/* The task, by the name of its file. */
static uint64_t
task_of(const char *path)
{
    const char *name = strrchr(path, '/');

    return g_ascii_strtoull(name != NULL ? name + 1 : path, NULL, 16);
}

/* Why the file does not go on. */
static char *
cut_off(const struct reading *in, const char *fault)
{
    return g_strdup(in->input.error != 0 ? g_strerror(in->input.error) : fault);
}

/* Check the file up to its last block, which is returned in last.  Returns NULL, or the error. */
static char *
check_file(struct reading *in, const char *path, const struct vrf_events_maker *maker,
    unsigned part, unsigned n_parts, struct vrf_unpack *last)
{
    struct vrf_events_header header;
    const char *octets, *fault;
    int error = vrf_input_open(&in->input, path, 0);

    if (error != 0)
        return g_strdup(vrf_input_fault(error));
    octets = vrf_input_take(&in->input, sizeof(header));
    if (octets == NULL)
        return cut_off(in, "is cut off in its header");
    memcpy(&header, octets, sizeof(header));
    fault = vrf_events_header_fault(&header, maker, task_of(path), part, n_parts);
    if (fault != NULL)
        return g_strdup(fault);
    for (uint64_t number = 0;; number++) {
        *last = (struct vrf_unpack){ 0 };
        if (!take_head(in) || (last->octets = take_octets(in)) == NULL)
            return cut_off(in, "is cut off, or damaged");
        if (in->block.checksum != vrf_events_block_sum(&in->block, last->octets, number))
            return g_strdup("is damaged: its content was altered");
        if (in->block.kind == VRF_EVENTS_END)
            break;
    }
    last->left = (size_t)in->block.n;
    if (vrf_input_left(&in->input) != 0 || vrf_input_more(&in->input))
        return g_strdup("is damaged: it continues after its end");
    return in->input.error != 0 ? cut_off(in, "") : NULL;
}

/* Read the captures from the last blocks of all files. */
static bool
read_captures(struct vrf_events_task *task, struct vrf_unpack *last)
{
    struct vrf_unpack *common = &last[0];
    const uint64_t n = vrf_unpack_number(common);
    bool good = n <= common->left;

    for (unsigned i = 1; i < task->n_files; i++)
        good = vrf_unpack_number(&last[i]) == n && good;
    if (!good)
        return false;
    task->captures = g_new0(struct vrf_events_capture, (size_t)n + 1);
    task->at = g_new0(uint64_t, (size_t)n * task->n_files + 1);
    for (; task->n_captures < n && !common->failed; task->n_captures++) {
        struct vrf_events_capture *c = &task->captures[task->n_captures];
        uint64_t *at = &task->at[task->n_captures * task->n_files], flags;
        char *name = vrf_unpack_string(common);
        const uint8_t *fixed, *own;
        uint64_t bond;

        c->name = vrf_name_keep(name != NULL ? name : "");
        g_free(name);
        c->n_batches = vrf_unpack_number(common);
        c->n_frames = vrf_unpack_number(common);
        c->n_messages = vrf_unpack_number(common);
        fixed = vrf_unpack_octets(common, 4 * sizeof(uint64_t));
        if (fixed != NULL) {
            memcpy(&c->content, fixed, sizeof(c->content));
            memcpy(&c->cut, fixed + sizeof(uint64_t), sizeof(c->cut));
            memcpy(&c->first, fixed + 2 * sizeof(uint64_t), sizeof(c->first));
            memcpy(&c->last, fixed + 3 * sizeof(uint64_t), sizeof(c->last));
        }
        flags = vrf_unpack_number(common);
        c->broken = (flags & 1) != 0;
        c->renamed = (flags & 2) != 0;
        c->at = at;
        for (unsigned i = 0; i < task->n_files; i++)
            at[i] = vrf_unpack_number(&last[i]);
        bond = vrf_events_bond(c);
        for (unsigned i = 1; i < task->n_files; i++) {
            own = vrf_unpack_octets(&last[i], sizeof(bond));
            if (own == NULL || memcmp(own, &bond, sizeof(bond)) != 0)
                return false;
        }
    }
    for (unsigned i = 0; i < task->n_files; i++)
        good = good && !last[i].failed && last[i].left == 0;
    return good;
}

char *
vrf_events_check(struct vrf_events_task *task, const struct vrf_events_parts *parts,
    const struct vrf_events_maker *maker, const char **path)
{
    struct reading *in = g_new0(struct reading, task->n_files);
    struct vrf_unpack *last = g_new0(struct vrf_unpack, task->n_files);
    char *fault = NULL;

    for (unsigned i = 0; i < task->n_files && fault == NULL; i++) {
        *path = task->path[i];
        fault = check_file(&in[i], task->path[i], maker,
            i == 0 ? parts->n_parts : parts->first + i - 1, parts->n_parts, &last[i]);
    }
    if (fault == NULL && !read_captures(task, last))
        fault = g_strdup("does not belong to the common file");
    for (unsigned i = 0; i < task->n_files; i++)
        vrf_input_close(&in[i].input);
    g_free(in);
    g_free(last);
    return fault;
}

void
vrf_events_task_clear(struct vrf_events_task *task)
{
    g_strfreev(task->path);
    g_free(task->captures);
    g_free(task->at);
}

struct vrf_events_reader {
    struct reading *in; /* the common file, then those of parts */
    bool *has_head;     /* the next block of that part's file, maybe of a later batch, was begun */
    struct vrf_events_octets *blocks; /* of the batch that was taken */
    unsigned n_files;
    const struct vrf_events_task *task;       /* NULL: none is open */
    const struct vrf_events_capture *capture; /* the one that is read, or was read last */
    uint64_t batch;                           /* number of the next batch */
    uint64_t left;                            /* batches left of the capture */
};

struct vrf_events_reader *
vrf_events_reader_new(unsigned n_files)
{
    struct vrf_events_reader *r = g_new0(struct vrf_events_reader, 1);

    r->n_files = n_files;
    r->in = g_new0(struct reading, n_files);
    r->has_head = g_new0(bool, n_files);
    r->blocks = g_new0(struct vrf_events_octets, n_files);
    return r;
}

static void
close_task(struct vrf_events_reader *r)
{
    for (unsigned i = 0; i < r->n_files; i++)
        vrf_input_close(&r->in[i].input);
    r->task = NULL;
}

/* Open the files of a task where the capture begins. */
static bool
open_task(struct vrf_events_reader *r, const struct vrf_events_task *task,
    const struct vrf_events_capture *capture)
{
    r->batch = 0;
    for (const struct vrf_events_capture *c = task->captures; c != capture; c++)
        r->batch += c->n_batches;
    for (unsigned i = 0; i < r->n_files; i++) {
        r->has_head[i] = false;
        if (vrf_input_open(&r->in[i].input, task->path[i], capture->at[i]) != 0)
            return false;
    }
    return true;
}

bool
vrf_events_open(struct vrf_events_reader *r, const struct vrf_events_task *task,
    const struct vrf_events_capture *capture)
{
    if (r->task != task || r->left != 0 || r->capture + 1 != capture) {
        close_task(r);
        if (!open_task(r, task, capture)) {
            close_task(r);
            return false;
        }
    }
    r->task = task;
    r->capture = capture;
    r->left = capture->n_batches;
    return true;
}

/* The block of a part's file, if it has one of this batch. */
static bool
take_own(struct vrf_events_reader *r, unsigned i)
{
    struct reading *in = &r->in[i];
    struct vrf_events_octets *block = &r->blocks[i];

    if (!r->has_head[i] && !take_head(in))
        return false;
    r->has_head[i] = in->block.kind != VRF_EVENTS_BATCH || in->block.batch != r->batch;
    *block = (struct vrf_events_octets){ NULL, 0 };
    if (r->has_head[i])
        return true;
    *block = (struct vrf_events_octets){ take_octets(in), (size_t)in->block.n };
    return block->octets != NULL;
}

bool
vrf_events_take(struct vrf_events_reader *r, const struct vrf_events_octets **blocks)
{
    struct reading *common = &r->in[0];
    bool good = r->left != 0 && take_head(common) && common->block.kind == VRF_EVENTS_BATCH;

    if (good)
        r->blocks[0] = (struct vrf_events_octets){ take_octets(common), (size_t)common->block.n };
    good = good && r->blocks[0].octets != NULL;
    for (unsigned i = 1; i < r->n_files && good; i++)
        good = take_own(r, i);
    *blocks = r->blocks;
    r->batch++;
    r->left -= good;
    return good;
}

bool
vrf_events_next(struct vrf_events_reader *r, struct vrf_batch *b)
{
    const struct vrf_events_octets *blocks;
    struct vrf_unpack u;
    struct batch_start start;
    uint8_t *octets;
    size_t n_own;

    if (!vrf_events_take(r, &blocks))
        return false;
    n_own = r->n_files > 1 ? blocks[1].n : 0;
    vrf_block_reserve(&b->block, blocks[0].n + n_own + 1);
    octets = b->block.octets + b->block.used;
    memcpy(octets, blocks[0].octets, blocks[0].n);
    if (n_own != 0)
        memcpy(octets + blocks[0].n, blocks[1].octets, n_own);
    u = (struct vrf_unpack){ octets, blocks[0].n, false };
    start = get_batch_start(&u);
    if (u.failed || start.n_frames > VRF_EVENTS_FRAMES)
        return false;
    *VRF_ARRAY_ADD(&b->encoded) = (struct vrf_encoded){ blocks[0].n, n_own, !r->capture->renamed };
    b->block.used += blocks[0].n + n_own;
    b->block.n_frames += (size_t)start.n_frames;
    return true;
}

bool
vrf_events_end(const struct vrf_events_reader *r)
{
    return r->left == 0;
}

void
vrf_events_reader_free(struct vrf_events_reader *r)
{
    close_task(r);
    g_free(r->in);
    g_free(r->has_head);
    g_free(r->blocks);
    g_free(r);
}
