/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragments.c - messages in fragments, as mipro-verify reads them.
 *
 * epan puts fragments together, but does not tell of those that are missing: then no dissector is
 * called.  Where fragments overlap it prefers another one than mipro-verify does, it waits for them
 * without a limit, and it may be told not to put any together.  Conduct must hear of each fragment.
 * So the first pass puts them together once more, by protocol/decap/fragment.c.  Where epan hands
 * over the same octets, nothing else happens.  Where it hands over others, the message is read from
 * ours; and a datagram that it does not hand over is shown after everything else in the frame that
 * completes it or, if it is never complete, in the frame of its last fragment.
 */
#include "record.h"

#include <epan/exceptions.h>

#include "mipro_begun.h"
#include "mipro_fragment.h"

#define UDP 17

/* A datagram that epan does not hand over like this.  Lives as long as the file. */
struct own_datagram {
    struct own_datagram *next; /* of the same frame */
    struct mipro_incomplete of;
    bool replaces; /* what epan hands over in that frame; else it is shown apart */
};

static struct {
    struct mipro_fragments *waiting; /* NULL: no fragment was seen */
    struct mipro_ports ports;
    wmem_map_t *own; /* frame to its list of struct own_datagram */
    uint32_t frame;  /* the one that was looked at last; what follows is about it */
    bool is_fragment;
    bool is_whole; /* it completes a datagram with a message */
    bool was_handed_over;
    struct mipro_datagram whole; /* its octets are ours to free */
    struct mipro_leaf leaf;      /* of it */
    struct mipro_datagram_id id; /* of the datagram that its last fragment is of */
} state;

static const struct own_datagram *shown; /* while it is dissected */

/* See mipro_register_fragments(). */
static void (*collect_ports)(struct mipro_ports *ports);
static bool (*judge_incomplete)(struct mipro_incomplete *of);

/* ---- the first pass ---- */

static void
forget_frame(void)
{
    if (state.is_whole)
        g_free(state.whole.octets);
    state.is_fragment = state.is_whole = state.was_handed_over = false;
}

static struct own_datagram *
make_own(const struct mipro_datagram *d, const struct mipro_leaf *leaf)
{
    struct own_datagram *own = wmem_new0(wmem_file_scope(), struct own_datagram);
    struct mipro_incomplete *of = &own->of;

    of->octets = wmem_memdup(wmem_file_scope(), leaf->payload.octets, leaf->payload.captured);
    of->captured = leaf->payload.captured;
    of->len = leaf->payload.len;
    of->src = leaf->src;
    of->dst = leaf->dst;
    of->sport = leaf->sport;
    of->dport = leaf->dport;
    of->frame = (uint32_t)d->frame;
    of->time = d->time;
    return own;
}

static void
keep(struct own_datagram *own)
{
    void *key = GUINT_TO_POINTER(own->of.frame);

    own->next = wmem_map_lookup(state.own, key);
    wmem_map_insert(state.own, key, own);
}

/* The whole datagram of this frame is shown from our octets: in place of epan's, or apart. */
static void
keep_whole(bool replaces)
{
    struct own_datagram *own = make_own(&state.whole, &state.leaf);

    own->replaces = replaces;
    keep(own);
}

/*
 * A datagram is done: unwrap what is in it, which may be a fragment again.  late: it was given up.
 * Conduct does not hear of it any more.
 */
static void
take_datagram(struct mipro_datagram *d, bool late, const struct mipro_conduct *conduct)
{
    struct mipro_datagram next = { 0 };
    bool again, overlap;

    do {
        struct mipro_leaf leaf = d->leaf;

        again = false;
        mipro_unwrap_payload(d->span, &state.ports, &leaf);
        if (leaf.kind == MIPRO_FRAGMENT && !late) {
            struct mipro_leaf piece = mipro_leaf_alone(&leaf);

            again = mipro_fragments_add(state.waiting, &piece, d->frame, d->time,
                mipro_conduct_clock(conduct), &next, &overlap);
        }
        if (leaf.kind == MIPRO_DATAGRAM && leaf.payload.captured != 0 && !late) {
            state.is_whole = true;
            state.whole = *d;
            state.leaf = leaf;
            return;
        }
        if (leaf.kind == MIPRO_DATAGRAM && leaf.payload.captured != 0) {
            struct own_datagram *own = make_own(d, &leaf);

            if (judge_incomplete(&own->of))
                keep(own);
        }
        g_free(d->octets);
        *d = next;
    } while (again);
}

static void
give_up(const struct mipro_conduct *conduct, bool end)
{
    struct mipro_datagram d;

    while (mipro_fragments_give_up(state.waiting, mipro_conduct_clock(conduct), end, &d))
        take_datagram(&d, true, conduct);
}

/* A fragment of a datagram that is not whole yet: what it tells. */
static void
tell_piece(struct mipro_conduct *conduct, const struct mipro_leaf *leaf, const packet_info *pinfo)
{
    enum mipro_beginning is = MIPRO_BEGINS_UNKNOWN;
    struct mipro_begun begun;

    if (leaf->offset == 0)
        is = mipro_begun_read(leaf, &state.ports, &mipro_set, &begun);
    if (is == MIPRO_BEGINS_MESSAGE) {
        struct mipro_event event = { .frame = pinfo->num,
            .time = mipro_time(pinfo),
            .src = begun.src,
            .dst = begun.dst,
            .message = &begun.m };

        mipro_conduct_begun(conduct, &event);
    }
    if (leaf->protocol == UDP)
        mipro_conduct_piece(
            conduct, pinfo->num, mipro_time(pinfo), &state.id, is != MIPRO_BEGINS_UNKNOWN);
}

static void
begin_fragments(void)
{
    state.waiting = mipro_fragments_new();
    state.own = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    collect_ports(&state.ports);
}

static void
take_fragment(
    struct mipro_conduct *conduct, const struct mipro_leaf *fragment, const packet_info *pinfo)
{
    struct mipro_leaf leaf = mipro_leaf_alone(fragment);
    struct mipro_datagram d;
    bool overlap;

    if (state.waiting == NULL)
        begin_fragments();
    state.is_fragment = true;
    state.id = (struct mipro_datagram_id){ leaf.src, leaf.dst, leaf.ident_ip };
    mipro_conduct_tick(conduct, pinfo->num, mipro_time(pinfo));
    give_up(conduct, false);
    if (!mipro_fragments_add(state.waiting, &leaf, pinfo->num, mipro_time(pinfo),
            mipro_conduct_clock(conduct), &d, &overlap)) {
        tell_piece(conduct, &leaf, pinfo);
        return;
    }
    if (!mipro_datagram_is_shown(&d))
        tell_piece(conduct, &leaf, pinfo);
    else if (leaf.protocol == UDP)
        mipro_conduct_whole(conduct, pinfo->num, mipro_time(pinfo), &state.id);
    take_datagram(&d, false, conduct);
}

/* A datagram that was cut before its payload. */
static void
take_cut(struct mipro_conduct *conduct, const struct mipro_leaf *leaf, const packet_info *pinfo)
{
    const struct mipro_datagram_id id = { leaf->src, leaf->dst, leaf->ident_ip };

    mipro_conduct_piece(conduct, pinfo->num, mipro_time(pinfo), &id, false);
}

void
mipro_look_for_fragment(struct mipro_conduct *conduct, packet_info *pinfo)
{
    struct mipro_leaf leaf;

    if (state.frame == pinfo->num)
        return;
    forget_frame();
    state.frame = pinfo->num;
    if (!mipro_unwrap(pinfo, &state.ports, &leaf))
        return;
    if (leaf.kind == MIPRO_FRAGMENT)
        take_fragment(conduct, &leaf, pinfo);
    else if (mipro_leaf_is_cut(&leaf))
        take_cut(conduct, &leaf, pinfo);
}

void
mipro_give_up_fragments(const struct mipro_conduct *conduct)
{
    if (state.waiting != NULL)
        give_up(conduct, true);
}

bool
mipro_is_piece(const packet_info *pinfo)
{
    return state.frame == pinfo->num && state.is_fragment && (pinfo->fragmented || !state.is_whole);
}

const struct mipro_leaf *
mipro_whole_leaf(const packet_info *pinfo)
{
    return state.frame == pinfo->num && state.is_whole ? &state.leaf : NULL;
}

const struct mipro_incomplete *
mipro_shown_incomplete(void)
{
    return shown != NULL && shown->of.record != NULL ? &shown->of : NULL;
}

/* ---- any pass ---- */

static tvbuff_t *
make_tvb(const struct own_datagram *own, tvbuff_t *parent, packet_info *pinfo)
{
    const struct mipro_incomplete *of = &own->of;
    bool lacks_fragments = of->record != NULL && of->captured < of->len;
    int captured = (int)of->captured, len = (int)MIN(of->len, INT_MAX);
    tvbuff_t *tvb = tvb_new_child_real_data(
        parent, of->octets, (unsigned)captured, lacks_fragments ? captured : len);

    add_new_data_source(pinfo, tvb, "Mobile IP datagram");
    if (!lacks_fragments)
        return tvb;
    tvb = tvb_new_subset_length_caplen(tvb, 0, captured, len); /* within what all of it has */
    tvb_set_fragment(tvb);
    return tvb;
}

/* Does epan's payload have the octets that the fragments had first? */
static bool
is_same(tvbuff_t *tvb, const struct mipro_span *ours)
{
    return tvb_captured_length(tvb) == ours->captured &&
           memcmp(tvb_get_ptr(tvb, 0, (int)ours->captured), ours->octets, ours->captured) == 0;
}

static const struct own_datagram *
find_own(const packet_info *pinfo)
{
    return state.own != NULL ? wmem_map_lookup(state.own, GUINT_TO_POINTER(pinfo->num)) : NULL;
}

/* The datagram of this frame that replaces epan's, or NULL. */
static const struct own_datagram *
find_replacement(const packet_info *pinfo)
{
    const struct own_datagram *own = find_own(pinfo);

    while (own != NULL && !own->replaces)
        own = own->next;
    return own;
}

bool
mipro_is_replaced(const packet_info *pinfo)
{
    return !pinfo->fragmented && find_replacement(pinfo) != NULL;
}

tvbuff_t *
mipro_first_octets(tvbuff_t *tvb, packet_info *pinfo)
{
    const struct own_datagram *own;

    if (shown != NULL || pinfo->fragmented || pinfo->flags.in_error_pkt)
        return tvb;
    if (!PINFO_FD_VISITED(pinfo) && state.frame == pinfo->num && state.is_whole &&
        !state.was_handed_over) {
        state.was_handed_over = true;
        if (!is_same(tvb, &state.leaf.payload))
            keep_whole(true);
    }
    own = find_replacement(pinfo);
    return own != NULL ? make_tvb(own, tvb, pinfo) : tvb;
}

static void
set_ipv4(address *addr, wmem_allocator_t *pool, uint32_t value)
{
    uint32_t octets = g_htonl(value);

    alloc_address_wmem(pool, addr, AT_IPv4, 4, &octets);
}

/* Dissect a datagram that epan did not hand over; its bounds throw, as epan wants it. */
static void
show(const struct own_datagram *own, tvbuff_t *frame, packet_info *pinfo, proto_tree *tree,
    dissector_handle_t handle)
{
    const address src = pinfo->src, dst = pinfo->dst;
    const uint32_t sport = pinfo->srcport, dport = pinfo->destport;
    const ws_bool fragmented =
        pinfo->fragmented; /* true, if it is the first fragment that came last */

    shown = own;
    set_ipv4(&pinfo->src, pinfo->pool, own->of.src);
    set_ipv4(&pinfo->dst, pinfo->pool, own->of.dst);
    pinfo->srcport = own->of.sport;
    pinfo->destport = own->of.dport;
    pinfo->fragmented = FALSE;
    TRY { call_dissector_only(handle, make_tvb(own, frame, pinfo), pinfo, tree, NULL); }
    FINALLY
    {
        shown = NULL;
        pinfo->src = src;
        pinfo->dst = dst;
        pinfo->srcport = sport;
        pinfo->destport = dport;
        pinfo->fragmented = fragmented;
    }
    ENDTRY;
}

void
mipro_show_own_datagrams(
    tvbuff_t *frame, packet_info *pinfo, proto_tree *tree, dissector_handle_t handle)
{
    if (!PINFO_FD_VISITED(pinfo) && state.frame == pinfo->num && state.is_whole &&
        !state.was_handed_over) {
        state.was_handed_over = true;
        keep_whole(false);
    }
    for (const struct own_datagram *own = find_own(pinfo); own != NULL; own = own->next)
        if (!own->replaces)
            show(own, frame, pinfo, tree, handle);
}

static void
end_file(void)
{
    forget_frame();
    mipro_fragments_free(state.waiting);
    memset(&state, 0, sizeof(state));
}

void
mipro_register_fragments(
    void (*collect)(struct mipro_ports *ports), bool (*judge)(struct mipro_incomplete *of))
{
    collect_ports = collect;
    judge_incomplete = judge;
    register_cleanup_routine(end_file);
}
