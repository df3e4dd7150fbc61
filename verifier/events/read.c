/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one task, of one part. */
#include <glib.h>
#include <string.h>

#include "events/layout.h"
#include "events/codec.h"
#include "input.h"
#include "names.h"

#define MAX_BLOCK (UINT64_C(1) << 30)
#define MAX_FRAMES (UINT64_C(1) << 31) /* of a batch */

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
        return g_strdup(g_strerror(error));
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

/* Read the captures from the last blocks of both files. */
static bool
read_captures(struct vrf_events_task *task, struct vrf_unpack common, struct vrf_unpack own)
{
    uint64_t n = vrf_unpack_number(&common);

    if (n != vrf_unpack_number(&own) || n > common.left)
        return false;
    task->captures = g_new0(struct vrf_events_capture, (size_t)n + 1);
    for (; task->n_captures < n && !common.failed; task->n_captures++) {
        struct vrf_events_capture *c = &task->captures[task->n_captures];
        char *name = vrf_unpack_string(&common);
        const uint8_t *fixed, *content;

        c->name = vrf_name_keep(name != NULL ? name : "");
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
    struct reading in[2] = { 0 };
    struct vrf_unpack last[2];
    char *fault = NULL;

    for (unsigned i = 0; i < 2 && fault == NULL; i++) {
        *path = task->path[i];
        fault =
            check_file(&in[i], task->path[i], maker, i == 0 ? n_parts : part, n_parts, &last[i]);
    }
    if (fault == NULL && !read_captures(task, last[0], last[1]))
        fault = g_strdup("does not belong to the common file");
    vrf_input_close(&in[0].input);
    vrf_input_close(&in[1].input);
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
    struct reading common, own;
    const struct vrf_events_task *task;       /* NULL: none is open */
    const struct vrf_events_capture *capture; /* the one that is read, or was read last */
    uint64_t batch;                           /* number of the next batch */
    bool has_own;                             /* own has another block; maybe of a later batch */
    uint64_t left;                            /* batches left of the capture */
};

struct vrf_events_reader *
vrf_events_reader_new(void)
{
    return g_new0(struct vrf_events_reader, 1);
}

/* Go on to the next block of the part's own file. */
static void
advance_own(struct vrf_events_reader *r)
{
    r->has_own = take_head(&r->own) && r->own.block.kind == VRF_EVENTS_BATCH;
}

static void
close_task(struct vrf_events_reader *r)
{
    vrf_input_close(&r->common.input);
    vrf_input_close(&r->own.input);
    r->task = NULL;
}

/* Open the files of a task where the capture begins. */
static bool
open_task(struct vrf_events_reader *r, const struct vrf_events_task *task,
    const struct vrf_events_capture *capture)
{
    struct reading *in[2] = { &r->common, &r->own };

    r->batch = 0;
    for (const struct vrf_events_capture *c = task->captures; c != capture; c++)
        r->batch += c->n_batches;
    for (unsigned i = 0; i < 2; i++)
        if (vrf_input_open(&in[i]->input, task->path[i], capture->at[i]) != 0)
            return false;
    advance_own(r);
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

bool
vrf_events_next(struct vrf_events_reader *r, struct vrf_batch *b)
{
    struct vrf_encoded e = { 0, 0 };
    struct vrf_unpack u;
    const uint8_t *common, *own;
    uint8_t *octets;
    uint64_t n_frames;

    if (r->left == 0 || !take_head(&r->common) || r->common.block.kind != VRF_EVENTS_BATCH)
        return false;
    e.n_common = (size_t)r->common.block.n;
    if (r->has_own && r->own.block.batch == r->batch)
        e.n_own = (size_t)r->own.block.n;
    vrf_block_reserve(&b->block, e.n_common + e.n_own + 1);
    octets = b->block.octets + b->block.used;
    common = take_octets(&r->common);
    own = e.n_own != 0 ? take_octets(&r->own) : common;
    if (common == NULL || own == NULL)
        return false;
    memcpy(octets, common, e.n_common);
    memcpy(octets + e.n_common, own, e.n_own);
    u = (struct vrf_unpack){ octets, e.n_common, false };
    (void)vrf_unpack_number(&u); /* flags */
    n_frames = vrf_unpack_number(&u);
    if (u.failed || n_frames > MAX_FRAMES)
        return false;
    *VRF_ARRAY_ADD(&b->encoded) = e;
    b->block.used += e.n_common + e.n_own;
    b->block.n_frames += (size_t)n_frames;
    r->batch++;
    r->left--;
    if (e.n_own != 0)
        advance_own(r);
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
    g_free(r);
}
