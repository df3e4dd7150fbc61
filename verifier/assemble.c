/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "assemble.h"

#include <glib.h>

#define UDP 17

struct vrf_assembler {
    const struct vrf_options *o;
    struct mipro_fragments *fragments;
    struct mipro_conduct *clock; /* a machine without shards, which only keeps the time */
    struct vrf_batch *b;         /* set while vrf_assemble() runs */
    uint32_t passed;             /* ticks of the batch processed so far */
    struct vrf_events events;    /* the batch's events before assembly, while new ones are made */
};

static bool
begin_state(struct vrf_assembler *a)
{
    struct mipro_conduct_config config = a->o->conduct;
    const struct mipro_conduct_sink sink = { 0 };

    config.part = config.parts = 2;
    a->fragments = mipro_fragments_new();
    a->clock = mipro_conduct_new(&config, &sink);
    return a->clock != NULL;
}

static void
end_state(struct vrf_assembler *a)
{
    mipro_fragments_free(a->fragments);
    mipro_conduct_free(a->clock);
}

struct vrf_assembler *
vrf_assembler_new(const struct vrf_options *o)
{
    struct vrf_assembler *a = g_new0(struct vrf_assembler, 1);

    a->o = o;
    if (begin_state(a))
        return a;
    vrf_assembler_free(a);
    return NULL;
}

void
vrf_assembler_free(struct vrf_assembler *a)
{
    if (a == NULL)
        return;
    end_state(a);
    g_free(a->events.at);
    g_free(a);
}

size_t
vrf_assembler_octets(const struct vrf_assembler *a)
{
    return mipro_fragments_octets(a->fragments);
}

/* Advance the clock up to this frame. */
static void
pass_time(struct vrf_assembler *a, uint64_t frame)
{
    const struct vrf_batch *b = a->b;

    for (; a->passed < b->ticks.n && b->ticks.at[a->passed].frame < frame; a->passed++)
        mipro_conduct_tick(a->clock, b->ticks.at[a->passed].frame, b->ticks.at[a->passed].time);
}

static void
add_event(
    struct vrf_assembler *a, enum vrf_event_kind kind, uint32_t at, uint64_t frame, int64_t time)
{
    *VRF_ARRAY_ADD(&a->b->events) =
        (struct vrf_event){ .kind = kind, .at = at & 0xffffff, .frame = frame, .time = time };
}

/* Content that belongs to no home address is counted only once, by the first part. */
static void
add_datagram(struct vrf_assembler *a, const struct mipro_leaf *leaf, const struct mipro_datagram *d)
{
    struct vrf_batch *b = a->b;
    uint64_t tunnel_data = b->types[MIPRO_TUNNEL_DATA];
    uint32_t n_messages = b->messages.n;

    vrf_add_leaf(b, leaf, d->frame, d->time, a->o);
    if (a->o->conduct.part == 0)
        return;
    b->types[MIPRO_TUNNEL_DATA] = tunnel_data;
    b->unopened.n = 0; /* the first part counts them */
    if (leaf->kind == MIPRO_DATAGRAM && b->messages.n == n_messages && leaf->payload.captured != 0)
        b->types[leaf->payload.octets[0]]--; /* not one of our types */
}

/* Remove all events from first on, except messages. */
static void
drop_sights(struct vrf_batch *b, uint32_t first)
{
    uint32_t n = first;

    for (uint32_t i = first; i < b->events.n; i++)
        if (b->events.at[i].kind == VRF_EVENT_MESSAGE)
            b->events.at[n++] = b->events.at[i];
    b->events.n = n;
}

/*
 * A datagram is complete or given up: unwrap it.  late: it was given up after later frames were
 * processed, so it is not passed to conduct.
 */
static void
take_datagram(struct vrf_assembler *a, struct mipro_datagram *d, bool late)
{
    struct vrf_batch *b = a->b;
    struct mipro_leaf leaf;
    bool again;

    do {
        uint32_t first_event = b->events.n, first = b->messages.n;
        bool overlap = false;

        again = false;
        leaf = d->leaf;
        *VRF_ARRAY_ADD(&b->owned) = d->octets;
        mipro_unwrap_payload(d->span, &a->o->ports, &leaf);
        if (leaf.kind == MIPRO_FRAGMENT) { /* a tunneled packet that was itself a fragment */
            struct mipro_leaf piece = mipro_leaf_alone(&leaf);

            if (!late)
                again = mipro_fragments_add(a->fragments, &piece, d->frame, d->time,
                    mipro_conduct_clock(a->clock), d, &overlap);
            if (overlap && a->o->conduct.part == 0)
                *VRF_ARRAY_ADD(&b->overlaps) = d->frame;
            leaf.kind = MIPRO_NOTHING;
        }
        add_datagram(a, &leaf, d);
        for (uint32_t i = first; i < b->messages.n; i++) {
            b->messages.at[i].late = late;
            if (!vrf_is_own(&a->o->conduct, &b->messages.at[i]))
                vrf_disown(b, &b->messages.at[i]);
            if (!b->messages.at[i].open)
                vrf_judge_message(&b->judged, &b->messages.at[i], a->o);
        }
        if (late)
            drop_sights(b, first_event);
    } while (again);
}

static void
give_up(struct vrf_assembler *a, bool end)
{
    int64_t clock = mipro_conduct_clock(a->clock);
    struct mipro_datagram d;

    while (mipro_fragments_give_up(a->fragments, clock, end, &d)) {
        a->b->incomplete += a->o->conduct.part == 0;
        take_datagram(a, &d, true);
    }
}

/* The first fragment of a datagram that is not whole yet.  Returns whether it shows what that is.
 */
static bool
tell_beginning(
    struct vrf_assembler *a, const struct mipro_leaf *fragment, const struct vrf_event *ev)
{
    struct mipro_begun begun;
    enum mipro_beginning is = mipro_begun_read(fragment, &a->o->ports, &a->o->conduct.set, &begun);

    if (is == MIPRO_BEGINS_MESSAGE) {
        *VRF_ARRAY_ADD(&a->b->begun) = begun;
        add_event(a, VRF_EVENT_BEGUN, a->b->begun.n - 1, ev->frame, ev->time);
    }
    return is != MIPRO_BEGINS_UNKNOWN;
}

/* Record whether a fragment completed its datagram. */
static void
tell_piece(
    struct vrf_assembler *a, const struct mipro_leaf *leaf, const struct vrf_event *ev, bool done)
{
    struct vrf_piece piece = { .id = { leaf->src, leaf->dst, leaf->ident_ip } };

    piece.known = !done && leaf->offset == 0 && tell_beginning(a, leaf, ev);
    if (leaf->protocol != UDP && leaf->dst != 0) /* 0: that of the tunnel in which it was cut */
        return;
    *VRF_ARRAY_ADD(&a->b->pieces) = piece;
    add_event(a, done ? VRF_EVENT_WHOLE : VRF_EVENT_PIECE, a->b->pieces.n - 1, ev->frame, ev->time);
}

static void
take_fragment(struct vrf_assembler *a, const struct vrf_event *ev)
{
    struct mipro_leaf leaf = a->b->fragments.at[ev->at];
    struct mipro_datagram d;
    bool overlap, done;

    pass_time(a, ev->frame);
    mipro_conduct_tick(a->clock, ev->frame, ev->time);
    give_up(a, false);
    if (leaf.offset == 0 && !leaf.more) { /* no fragment, but a datagram that was cut early */
        tell_piece(a, &leaf, ev, false);
        return;
    }
    done = mipro_fragments_add(
        a->fragments, &leaf, ev->frame, ev->time, mipro_conduct_clock(a->clock), &d, &overlap);
    if (overlap && a->o->conduct.part == 0)
        *VRF_ARRAY_ADD(&a->b->overlaps) = ev->frame;
    tell_piece(a, &leaf, ev, done && mipro_datagram_is_shown(&d));
    if (done)
        take_datagram(a, &d, false);
}

/* Merge the events made from fragments into the places of the fragments. */
static void
arrange(struct vrf_assembler *a)
{
    struct vrf_batch *b = a->b;
    struct vrf_events before = b->events;

    b->events = a->events;
    b->events.n = 0;
    for (uint32_t i = 0; i < before.n; i++)
        if (before.at[i].kind == VRF_EVENT_FRAGMENT)
            take_fragment(a, &before.at[i]);
        else
            *VRF_ARRAY_ADD(&b->events) = before.at[i];
    a->events = before;
    pass_time(a, UINT64_MAX);
    give_up(a, b->ends_state);
    vrf_share_out(b);
}

__attribute__((noinline)) bool
vrf_assemble(struct vrf_assembler *a, struct vrf_batch *b)
{
    a->b = b;
    a->passed = 0;
    if (b->fragments.n != 0 || mipro_fragments_horizon(a->fragments) != UINT64_MAX)
        arrange(a);
    pass_time(a, UINT64_MAX);
    b->horizon = mipro_fragments_horizon(a->fragments);
    if (!b->ends_state)
        return true;
    end_state(a);
    return begin_state(a);
}
