/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream.h - go through the events of a block (kinds.h), for decode.c and goods.c. */
#ifndef VRF_EVENTS_STREAM_H
#define VRF_EVENTS_STREAM_H

#include <string.h>

#include "events/kinds.h"
#include "events/pack.h"

/* A stream of events, and the beginning of the next event. */
struct stream {
    struct vrf_unpack u;
    struct context c;
    enum kind kind;
    int64_t time;       /* MIPRO_TIME_NONE if it has none */
    uint64_t end;       /* the frame after the last of the batch */
    size_t n;           /* octets that follow, of an event that is not plain */
    struct plain plain; /* the next event, if it is of that kind */
};

/* The beginning of the next event, which is struct plain. */
static inline void
get_plain_start(struct stream *s)
{
    if (s->u.left < sizeof(s->plain)) {
        s->u.failed = true;
        return;
    }
    memcpy(&s->plain, s->u.octets, sizeof(s->plain));
    s->u.octets += sizeof(s->plain);
    s->u.left -= sizeof(s->plain);
    s->c.index += s->plain.index;
    s->c.frame += s->plain.frame;
    s->c.time = (int64_t)((uint64_t)s->c.time + s->plain.time);
    s->time = s->c.time;
    s->kind = KIND_PLAIN;
    if (s->c.frame >= s->end || s->plain.kind != KIND_PLAIN || s->plain.len > s->u.left)
        s->u.failed = true;
}

/* The length of what follows; it is there. */
static inline size_t
get_length(struct vrf_unpack *u)
{
    const uint8_t *octets = vrf_unpack_octets(u, sizeof(struct length));
    struct length length = { 0 };

    if (octets != NULL)
        memcpy(&length, octets, sizeof(length));
    if (length.n > u->left)
        u->failed = true;
    return length.n;
}

/* The beginning of the next event, of any kind; KIND_END after the last. */
static inline void
get_start(struct stream *s)
{
    uint64_t start;

    s->kind = KIND_END;
    if (s->u.left == 0 || s->u.failed)
        return;
    if ((*s->u.octets & KIND_MASK) == KIND_PLAIN) {
        get_plain_start(s);
        return;
    }
    start = vrf_unpack_number(&s->u);
    if ((start & KIND_MASK) == KIND_END)
        return;
    s->c.index += (uint32_t)(start >> 4);
    s->c.frame += vrf_unpack_number(&s->u);
    s->time = MIPRO_TIME_NONE;
    if ((start >> 3 & 1) == 0) {
        s->c.time = (int64_t)((uint64_t)s->c.time + (uint64_t)vrf_unpack_signed(&s->u));
        s->time = s->c.time;
    }
    s->n = get_length(&s->u);
    s->kind = (enum kind)(start & KIND_MASK);
    if (s->kind >= KINDS || s->c.frame >= s->end)
        s->u.failed = true;
}

/* What a common block begins with, up to the rest about the batch as a whole. */
struct batch_start {
    uint64_t flags, n_frames;
    int64_t time;
    size_t n; /* octets of the rest */
};

static inline struct batch_start
get_batch_start(struct vrf_unpack *u)
{
    struct batch_start start;

    start.flags = vrf_unpack_number(u);
    start.n_frames = vrf_unpack_number(u);
    start.time = vrf_unpack_signed(u);
    start.n = get_length(u);
    return start;
}

#endif
