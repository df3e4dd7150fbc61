/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * datagram.c - identify a datagram for conduct, which recognizes and ignores copies.
 *
 * epan passes a message without its IP header, so the frame is unwrapped again, as in
 * mipro-verify: both must treat the same frames as copies.
 */
#include "packet-mipro.h"

#include <wiretap/wtap.h>

#include "mipro_encap.h"

bool
mipro_unwrap(const packet_info *pinfo, const struct mipro_ports *ports, struct mipro_leaf *leaf)
{
    const wtap_rec *rec = pinfo->rec;
    struct mipro_span span;
    tvbuff_t *frame;

    if (rec == NULL || rec->rec_type != REC_TYPE_PACKET || pinfo->data_src == NULL)
        return false;
    frame = get_data_source_tvb(pinfo->data_src->data);
    span.captured = tvb_captured_length(frame);
    span.octets = tvb_get_ptr(frame, 0, (int)span.captured);
    span.len = tvb_reported_length(frame);
    mipro_unwrap_frame(
        mipro_link_by_encap(rec->rec_header.packet_header.pkt_encap), span, ports, leaf);
    if ((rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0)
        leaf->route = mipro_route_on(leaf->route, rec->rec_header.packet_header.interface_id);
    return true;
}

/* The same, as far as UDP between the ports of the message, or a fragment. */
static bool
unwrap_message(const packet_info *pinfo, struct mipro_leaf *leaf)
{
    static struct mipro_ports ports; /* all zero between calls */
    uint16_t sport = (uint16_t)pinfo->srcport, dport = (uint16_t)pinfo->destport;
    bool done;

    mipro_ports_add(&ports, sport);
    mipro_ports_add(&ports, dport);
    done = mipro_unwrap(pinfo, &ports, leaf);
    ports.bit[sport / 64] = ports.bit[dport / 64] = 0;
    return done && (leaf->kind == MIPRO_DATAGRAM || leaf->kind == MIPRO_FRAGMENT);
}

/* Does the UDP header before this payload announce more octets than epan passes? */
static bool
is_short(tvbuff_t *tvb)
{
    int at = tvb_raw_offset(tvb);

    return at >= 8 && tvb_get_ntohs(tvb_get_ds_tvb(tvb), at - 4) > tvb_reported_length(tvb) + 8;
}

tvbuff_t *
mipro_with_lost_octets(tvbuff_t *tvb, packet_info *pinfo)
{
    struct mipro_leaf leaf = { 0 };
    tvbuff_t *whole;

    if (tvb_captured_length(tvb) == 0 || !is_short(tvb) || !unwrap_message(pinfo, &leaf) ||
        leaf.kind != MIPRO_DATAGRAM || leaf.payload.len <= tvb_reported_length(tvb) ||
        leaf.payload.captured != tvb_captured_length(tvb) ||
        tvb_memeql(tvb, 0, leaf.payload.octets, leaf.payload.captured) != 0)
        return tvb;
    whole = tvb_new_child_real_data(
        tvb, leaf.payload.octets, (unsigned)leaf.payload.captured, (int)leaf.payload.len);
    add_new_data_source(pinfo, whole, "Mobile IP datagram");
    return whole;
}

bool
mipro_identify_datagram(
    const struct mipro_view *view, const struct mipro_leaf *whole, struct mipro_identity *identity)
{
    struct mipro_leaf leaf = { 0 };

    if (whole != NULL)
        leaf = *whole;
    else if (!unwrap_message(view->pinfo, &leaf))
        return false;
    if (leaf.src != view->src || leaf.dst != view->dst)
        return false; /* a link layer supported only by epan, or another message of the frame */
    identity->ip_id = leaf.ident_ip;
    identity->way = mipro_way(leaf.route, leaf.ttl);
    return true;
}
