/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace is stored as a number (events/pack.h), the difference of its frame from that of the trace
 * before, above two bits for its kind; an octet for the extension, where the kind does not say it;
 * and the home address.
 */
#include "evidence/traces.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "events/pack.h"

enum {
    BLOCK = 1024 * 1024, /* octets */
    BLOCKS = 96,
    MAX_LATE = 1024 * 1024, /* 16 MiB */
    MAX_RANGES = 64 * 1024  /* 1 MiB */
};

/* Names for nearly all traces; the others have an octet for the extension. */
enum kind { NOT_GOOD, GOOD_35, OTHER, NAMES_NODE };

/* Frames with these running numbers, in which there may be fragments. */
struct range {
    uint64_t first, last;
};

struct vrf_traces {
    struct vrf_pack blocks[BLOCKS];
    unsigned current;
    uint64_t last; /* frame of the last trace in blocks */
    bool full;     /* there is no room for later frames, ... */
    bool blind;    /* ... or for any that came late */
    uint64_t left_out;
    VRF_ARRAY(struct vrf_trace) late; /* those that did not come in order */
    VRF_ARRAY(struct range) ranges;

    VRF_ARRAY(struct vrf_trace) found; /* of the frame that is looked up */
};

struct vrf_traces *
vrf_traces_new(void)
{
    return g_new0(struct vrf_traces, 1);
}

void
vrf_traces_free(struct vrf_traces *t)
{
    if (t == NULL)
        return;
    for (unsigned i = 0; i < BLOCKS; i++)
        vrf_pack_free(&t->blocks[i]);
    g_free(t->late.at);
    g_free(t->ranges.at);
    g_free(t->found.at);
    g_free(t);
}

uint64_t
vrf_traces_left_out(const struct vrf_traces *t)
{
    return t->left_out;
}

/* ---- adding ---- */

/* Where one more trace fits; NULL if there is no room left. */
static struct vrf_pack *
find_room(struct vrf_traces *t)
{
    enum { LONGEST = 16 };
    struct vrf_pack *p = &t->blocks[t->current];

    if (p->room - p->n >= LONGEST)
        return p;
    if (p->n != 0 && ++t->current == BLOCKS) {
        t->current--;
        return NULL;
    }
    p = &t->blocks[t->current];
    p->octets = g_malloc(BLOCK);
    p->room = BLOCK;
    return p;
}

static enum kind
kind_of(const struct vrf_trace *trace)
{
    if (trace->names_node)
        return NAMES_NODE;
    if (trace->good == 0)
        return NOT_GOOD;
    return trace->good == MIPRO_EXT_AUTH ? GOOD_35 : OTHER;
}

static void
add_late(struct vrf_traces *t, const struct vrf_trace *trace)
{
    if (t->late.n < MAX_LATE) {
        *VRF_ARRAY_ADD(&t->late) = *trace;
        return;
    }
    t->blind = true;
    t->left_out += trace->good != 0 && trace->good != VRF_ASIDE;
}

static inline void
add_trace(struct vrf_traces *t, const struct vrf_trace *trace)
{
    enum kind kind = kind_of(trace);
    struct vrf_pack *p;

    if (trace->frame < t->last) {
        add_late(t, trace);
        return;
    }
    p = t->full ? NULL : find_room(t);
    if (p == NULL) {
        t->full = true;
        t->left_out += trace->good != 0 && trace->good != VRF_ASIDE;
        return;
    }
    vrf_pack_number(p, (trace->frame - t->last) << 2 | kind);
    if (kind == OTHER || kind == NAMES_NODE)
        p->octets[p->n++] = trace->good;
    memcpy(p->octets + p->n, &trace->home, sizeof(trace->home));
    p->n += sizeof(trace->home);
    t->last = trace->frame;
}

/* The batch has fragments. */
static void
add_range(struct vrf_traces *t, const struct vrf_batch *b)
{
    struct range *last = t->ranges.n != 0 ? &t->ranges.at[t->ranges.n - 1] : NULL;
    uint64_t end = b->first_frame + b->block.n_frames - 1;

    if (last != NULL && (last->last + 1 == b->first_frame || t->ranges.n == MAX_RANGES))
        last->last = end;
    else
        *VRF_ARRAY_ADD(&t->ranges) = (struct range){ b->first_frame, end };
}

/* The share whose next trace comes first; n_shares: there are no more. */
static unsigned
first_share(const struct vrf_batch *b, const uint32_t at[VRF_MAX_SHARES])
{
    unsigned first = b->n_shares;

    for (unsigned i = 0; i < b->n_shares; i++)
        if (at[i] < b->shares[i].traces.n &&
            (first == b->n_shares ||
                b->shares[i].traces.at[at[i]].frame < b->shares[first].traces.at[at[first]].frame))
            first = i;
    return first;
}

void
vrf_traces_add(struct vrf_traces *t, const struct vrf_batch *b)
{
    uint32_t at[VRF_MAX_SHARES] = { 0 };
    unsigned i;

    if (b->fragments.n != 0 || b->folded.fragments != 0)
        add_range(t, b);
    if (b->n_shares == 1) {
        for (uint32_t k = 0; k < b->shares[0].traces.n; k++)
            add_trace(t, &b->shares[0].traces.at[k]);
        return;
    }
    while ((i = first_share(b, at)) != b->n_shares)
        add_trace(t, &b->shares[i].traces.at[at[i]++]);
}

/* ---- reading ---- */

static bool
read_trace(struct vrf_unpack *u, struct vrf_trace *trace)
{
    uint64_t start = vrf_unpack_number(u);
    enum kind kind = (enum kind)(start & 3);
    const uint8_t *octets;

    trace->frame += start >> 2;
    trace->names_node = kind == NAMES_NODE;
    trace->good = kind == GOOD_35 ? MIPRO_EXT_AUTH : 0;
    if (kind == OTHER || kind == NAMES_NODE)
        trace->good = (uint8_t)vrf_unpack_number(u);
    octets = vrf_unpack_octets(u, sizeof(trace->home));
    if (octets != NULL)
        memcpy(&trace->home, octets, sizeof(trace->home));
    return !u->failed;
}

static void
advance(const struct vrf_traces *t, struct vrf_traces_reader *r)
{
    while (r->rest.left == 0 && r->block < BLOCKS && t->blocks[r->block].n != 0) {
        const struct vrf_pack *p = &t->blocks[r->block++];

        r->rest = (struct vrf_unpack){ p->octets, p->n, false };
    }
    if (r->rest.left == 0 || !read_trace(&r->rest, &r->next))
        r->next.frame = UINT64_MAX;
}

static int
compare_traces(const void *p, const void *q)
{
    const struct vrf_trace *a = p, *b = q;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->good < b->good ? -1 : a->good > b->good;
}

struct vrf_traces_reader
vrf_traces_begin(struct vrf_traces *t)
{
    struct vrf_traces_reader r = { 0 };

    if (t->late.n != 0)
        qsort(t->late.at, t->late.n, sizeof(t->late.at[0]), compare_traces);
    advance(t, &r);
    return r;
}

/* The first frame from here on of which more is known than the traces in blocks. */
static uint64_t
first_unusual(const struct vrf_traces *t, const struct vrf_traces_reader *r)
{
    uint64_t first = t->blind ? 0 : t->full ? t->last + 1 : UINT64_MAX;

    if (r->late < t->late.n && t->late.at[r->late].frame < first)
        first = t->late.at[r->late].frame;
    if (r->range < t->ranges.n && t->ranges.at[r->range].first < first)
        first = t->ranges.at[r->range].first;
    return first;
}

uint64_t
vrf_traces_seek(const struct vrf_traces *t, struct vrf_traces_reader *r, uint64_t limit,
    bool (*wanted)(const void *ctx, const struct vrf_trace *trace), const void *ctx)
{
    uint64_t unusual = first_unusual(t, r);

    if (unusual < limit)
        limit = unusual;
    while (r->next.frame < limit && !wanted(ctx, &r->next))
        advance(t, r);
    return r->next.frame < limit ? r->next.frame : limit;
}

struct vrf_traces_of
vrf_traces_next(struct vrf_traces *t, struct vrf_traces_reader *r, uint64_t frame)
{
    const struct range *range;

    t->found.n = 0;
    for (; r->next.frame <= frame; advance(t, r))
        if (r->next.frame == frame)
            *VRF_ARRAY_ADD(&t->found) = r->next;
    for (; r->late < t->late.n && t->late.at[r->late].frame <= frame; r->late++)
        if (t->late.at[r->late].frame == frame)
            *VRF_ARRAY_ADD(&t->found) = t->late.at[r->late];
    while (r->range < t->ranges.n && t->ranges.at[r->range].last < frame)
        r->range++;
    range = r->range < t->ranges.n ? &t->ranges.at[r->range] : NULL;
    return (struct vrf_traces_of){
        .at = t->found.at,
        .n = t->found.n,
        .unknown =
            t->blind || (t->full && frame > t->last) || (range != NULL && range->first <= frame),
    };
}
