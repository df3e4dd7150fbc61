/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --events: write the content of captures, for the tasks that judge the parts. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "events/layout.h"
#include "events/codec.h"
#include "events/unfinished.h"
#include "mipro_mix.h"
#include "warn.h"
#include "write_all.h"

/* So many octets are written at once: a call costs as much as copying thousands of them. */
enum { ENOUGH = 128 * 1024 };

struct output {
    int fd; /* -1: not open */
    char *temporary, *path;
    uint64_t written, n_blocks; /* octets and blocks written so far */
    uint64_t begins;            /* offset of the capture that is being read */
    size_t block;               /* where the current block begins in its pack */
};

struct vrf_events_writer {
    unsigned n_parts;
    struct output *outputs; /* of the parts; [n_parts] is the common file */
    struct vrf_pack *packs; /* what was not written yet of each */
    struct vrf_pack *ends;  /* the last block of each file */
    uint64_t n_batches, n_captures;
    struct vrf_events_capture capture; /* the one being read */
    char *dir;
    int error; /* an errno that was reported already */
};

static void
fail(struct vrf_events_writer *w, const char *path, int error)
{
    if (w->error == 0)
        vrf_warn("%s: %s", path, strerror(error));
    w->error = error;
}

/* Write what is in the pack of a file. */
static void
flush(struct vrf_events_writer *w, unsigned part)
{
    struct output *out = &w->outputs[part];
    struct vrf_pack *pack = &w->packs[part];
    int error = w->error == 0 ? vrf_write_all(out->fd, pack->octets, pack->n) : 0;

    if (error != 0)
        fail(w, out->temporary, error);
    out->written += pack->n;
    pack->n = 0;
}

/* Leave room for what precedes the octets of a block, which are packed next. */
static void
begin_block(struct vrf_events_writer *w, unsigned part)
{
    struct vrf_pack *pack = &w->packs[part];

    w->outputs[part].block = pack->n;
    vrf_pack_reserve(pack, sizeof(struct vrf_events_block));
    pack->n += sizeof(struct vrf_events_block);
}

static void
end_block(struct vrf_events_writer *w, unsigned part, char kind)
{
    struct output *out = &w->outputs[part];
    struct vrf_pack *pack = &w->packs[part];
    uint8_t *head = pack->octets + out->block, *octets = head + sizeof(struct vrf_events_block);
    struct vrf_events_block block = { .n = (uint64_t)(pack->octets + pack->n - octets),
        .kind = (unsigned char)kind,
        .batch = w->n_batches };

    if (block.n == 0) { /* a batch that has no events for this part */
        pack->n = out->block;
        return;
    }
    block.checksum = vrf_events_block_sum(&block, octets, out->n_blocks++);
    memcpy(head, &block, sizeof(block));
    if (pack->n >= ENOUGH)
        flush(w, part);
}

/* A name that two tasks share only if they read the same captures with the same options. */
static uint64_t
identify(const struct vrf_options *o, const struct vrf_events_maker *maker)
{
    uint64_t id = mipro_mix(maker->options, maker->keys);

    for (unsigned i = 0; i < o->n_files; i++) {
        struct stat st;
        bool known = stat(o->files[i], &st) == 0;

        id = mipro_mix(id ^ mipro_mix_octets((const uint8_t *)o->files[i], strlen(o->files[i])), i);
        id = mipro_mix(id, known ? (uint64_t)st.st_size : UINT64_MAX);
    }
    return id;
}

static bool
open_output(
    struct vrf_events_writer *w, unsigned part, uint64_t id, const struct vrf_events_maker *maker)
{
    struct output *out = &w->outputs[part];
    const struct vrf_events_header header = vrf_events_header(maker, id, part, w->n_parts);
    char *name = part == w->n_parts
                     ? g_strdup_printf("%016" G_GINT64_MODIFIER "x-all-of-%02u.events", id, part)
                     : g_strdup_printf("%016" G_GINT64_MODIFIER "x-%02u-of-%02u.events", id,
                           part + 1, w->n_parts);

    out->path = g_build_filename(w->dir, name, NULL);
    out->fd = vrf_unfinished_create(w->dir, name, &out->temporary);
    g_free(name);
    if (out->fd < 0) {
        fail(w, out->temporary, errno);
        return false;
    }
    vrf_pack_octets(&w->packs[part], &header, sizeof(header));
    return true;
}

static void
free_writer(struct vrf_events_writer *w)
{
    for (unsigned i = 0; i <= w->n_parts; i++) {
        struct output *out = &w->outputs[i];

        if (out->fd >= 0)
            (void)close(out->fd);
        if (out->temporary != NULL)
            (void)unlink(out->temporary); /* fails if it was renamed on success */
        g_free(out->temporary);
        g_free(out->path);
        vrf_pack_free(&w->ends[i]);
        vrf_pack_free(&w->packs[i]);
    }
    g_free(w->outputs);
    g_free(w->ends);
    g_free(w->packs);
    g_free(w->dir);
    g_free(w);
}

struct vrf_events_writer *
vrf_events_begin(const struct vrf_options *o)
{
    const struct vrf_events_maker maker = vrf_events_maker(o);
    struct vrf_events_writer *w = g_new0(struct vrf_events_writer, 1);
    uint64_t id = identify(o, &maker);

    w->n_parts = o->n_parts;
    w->dir = g_strdup(o->events);
    w->outputs = g_new0(struct output, w->n_parts + 1);
    w->packs = g_new0(struct vrf_pack, w->n_parts + 1);
    w->ends = g_new0(struct vrf_pack, w->n_parts + 1);
    for (unsigned i = 0; i <= w->n_parts; i++)
        w->outputs[i].fd = -1;
    if (g_mkdir_with_parents(w->dir, 0700) != 0)
        fail(w, w->dir, errno);
    else
        vrf_unfinished_remove(w->dir);
    for (unsigned i = 0; i <= w->n_parts && w->error == 0; i++)
        (void)open_output(w, i, id, &maker);
    if (w->error == 0)
        return w;
    free_writer(w);
    return NULL;
}

static void
begin_capture(struct vrf_events_writer *w, const struct vrf_batch *b)
{
    w->capture = (struct vrf_events_capture){
        .name = b->name, .first = MIPRO_TIME_NONE, .last = MIPRO_TIME_NONE
    };
    for (unsigned i = 0; i <= w->n_parts; i++)
        w->outputs[i].begins = w->outputs[i].written + w->packs[i].n;
}

/* A hash of the octets of a frame. */
__attribute__((noinline)) static uint64_t
hash_octets(const struct vrf_batch *b, const struct vrf_frame *frame)
{
    const uint8_t *octets = vrf_frame_octets(&b->block, frame);

    return octets != NULL ? mipro_mix_octets(octets, frame->captured) : 0;
}

/* The same of a message: hashes that were computed when it was inspected. */
static inline uint64_t
hash_message(const struct vrf_batch *b, const struct vrf_event *ev)
{
    const struct vrf_message *message = &b->messages.at[ev->at];

    return (message->content ^ message->way) + ev->datagram;
}

/* Note the first and last timestamp, for the order of captures, and a hash of all frames. */
static void
note_frames(struct vrf_events_capture *c, const struct vrf_batch *b)
{
    const struct vrf_frame *frame = b->block.frames; /* NULL if there is none */
    const struct vrf_frame *last = frame != NULL ? frame + b->block.n_frames : NULL;
    const struct vrf_event *ev = b->events.at;
    const struct vrf_event *end = b->events.n != 0 ? ev + b->events.n : ev;
    uint64_t content = c->content, number = b->first_frame;

    for (; frame != last; frame++, number++) {
        const bool is_message = ev != end && ev->frame == number && ev->kind == VRF_EVENT_MESSAGE;

        /* Frames with anything else besides are few. */
        if (is_message && (ev + 1 == end || ev[1].frame != number)) {
            content = mipro_mix(content ^ (uint64_t)frame->time, hash_message(b, ev++));
        } else {
            content = mipro_mix(content ^ (uint64_t)frame->time, hash_octets(b, frame));
            while (ev != end && ev->frame == number)
                ev++;
        }
        if (frame->time == MIPRO_TIME_NONE)
            continue;
        if (c->first == MIPRO_TIME_NONE)
            c->first = frame->time;
        c->last = frame->time;
    }
    c->content = content;
}

static void
end_capture(struct vrf_events_writer *w)
{
    const struct vrf_events_capture *c = &w->capture;
    struct vrf_pack *end = &w->ends[w->n_parts];
    const uint64_t bond = vrf_events_bond(c);

    vrf_pack_string(end, c->name);
    vrf_pack_number(end, c->n_batches);
    vrf_pack_number(end, c->n_frames);
    vrf_pack_number(end, c->n_messages);
    vrf_pack_octets(end, &c->content, sizeof(c->content));
    vrf_pack_octets(end, &c->cut, sizeof(c->cut));
    vrf_pack_octets(end, &c->first, sizeof(c->first));
    vrf_pack_octets(end, &c->last, sizeof(c->last));
    vrf_pack_number(end, (uint64_t)c->broken | (uint64_t)c->renamed << 1);
    for (unsigned i = 0; i <= w->n_parts; i++)
        vrf_pack_number(&w->ends[i], w->outputs[i].begins);
    for (unsigned i = 0; i < w->n_parts; i++)
        vrf_pack_octets(&w->ends[i], &bond, sizeof(bond));
    w->n_captures++;
}

void
vrf_events_add(struct vrf_events_writer *w, const struct vrf_batch *b)
{
    struct vrf_events_capture *c = &w->capture;

    if (w->error != 0)
        return;
    if (b->n_begun != 0)
        begin_capture(w, b);
    note_frames(c, b);
    c->n_batches++;
    c->cut = mipro_mix(c->cut ^ b->block.n_frames, c->n_batches);
    c->n_frames += b->block.n_frames;
    c->n_messages += b->messages.n + b->fragments.n;
    c->broken |= b->broken;
    for (uint32_t i = 0; i < b->parts.n; i++)
        c->renamed |= !b->parts.at[i].begins;
    for (unsigned i = 0; i <= w->n_parts; i++)
        begin_block(w, i);
    vrf_events_encode(b, &w->packs[w->n_parts], w->packs, w->n_parts);
    for (unsigned i = 0; i <= w->n_parts; i++)
        end_block(w, i, VRF_EVENTS_BATCH);
    w->n_batches++;
    if (b->ends_file)
        end_capture(w);
}

/* Write the last block.  The disk can begin with the file while the others are finished. */
static void
end_output(struct vrf_events_writer *w, unsigned part)
{
    begin_block(w, part);
    vrf_pack_number(&w->packs[part], w->n_captures);
    vrf_pack_octets(&w->packs[part], w->ends[part].octets, w->ends[part].n);
    end_block(w, part, VRF_EVENTS_END);
    flush(w, part);
    (void)sync_file_range(w->outputs[part].fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

/* Wait until the file is on the disk. */
static void
sync_output(struct vrf_events_writer *w, struct output *out)
{
    if (fsync(out->fd) != 0)
        fail(w, out->temporary, errno);
    if (close(out->fd) != 0)
        fail(w, out->temporary, errno);
    out->fd = -1;
}

bool
vrf_events_finish(struct vrf_events_writer *w)
{
    bool done;

    for (unsigned i = 0; i <= w->n_parts && w->error == 0; i++)
        end_output(w, i);
    for (unsigned i = 0; i <= w->n_parts && w->error == 0; i++)
        sync_output(w, &w->outputs[i]);
    for (unsigned i = 0; i <= w->n_parts && w->error == 0; i++)
        if (rename(w->outputs[i].temporary, w->outputs[i].path) != 0)
            fail(w, w->outputs[i].path, errno);
    done = w->error == 0;
    free_writer(w);
    return done;
}
