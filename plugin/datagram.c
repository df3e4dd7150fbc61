/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * datagram.c - identify a datagram for conduct, which recognizes and ignores copies.
 *
 * epan passes a message without its IP header, so the frame is unwrapped again, as in
 * mipro-verify: both must treat the same frames as copies.
 */
#include "packet-mipro.h"

#include <epan/ipproto.h>
#include <wiretap/wtap.h>

#include "mipro_encap.h"

/* The route, as that of the interface which captured the frame. */
static uint32_t
route_of(const wtap_rec *rec, uint32_t route)
{
    if (rec == NULL || (rec->presence_flags & WTAP_HAS_INTERFACE_ID) == 0)
        return route;
    return mipro_route_on(route, rec->rec_header.packet_header.interface_id);
}

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
    leaf->route = route_of(rec, leaf->route);
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

/*
 * A link layer, or a tunnel, that only epan supports: the IP header is found before the UDP header
 * of the message, and nothing is known of what is around it.
 */
static bool
read_header(const struct mipro_view *view, struct mipro_leaf *leaf)
{
    tvbuff_t *source = tvb_get_ds_tvb(view->tvb);
    int udp = tvb_raw_offset(view->tvb) - 8;

    for (int size = 20; size <= 60 && size <= udp; size += 4) {
        int ip = udp - size;

        if (tvb_get_guint8(source, ip) != (0x40 | size / 4) ||
            tvb_get_guint8(source, ip + 9) != IP_PROTO_UDP ||
            tvb_get_ntohl(source, ip + 12) != view->src ||
            tvb_get_ntohl(source, ip + 16) != view->dst)
            continue;
        leaf->src = view->src;
        leaf->dst = view->dst;
        leaf->ident_ip = tvb_get_ntohs(source, ip + 4);
        leaf->ttl = tvb_get_guint8(source, ip + 8);
        leaf->route = route_of(view->pinfo->rec, 0);
        return true;
    }
    return false;
}

bool
mipro_identify_datagram(
    const struct mipro_view *view, const struct mipro_leaf *whole, struct mipro_identity *identity)
{
    struct mipro_leaf leaf = { 0 };

    if (whole != NULL)
        leaf = *whole;
    else if (!unwrap_message(view->pinfo, &leaf) && !read_header(view, &leaf))
        return false;
    if (leaf.src != view->src || leaf.dst != view->dst)
        return false; /* another message of the frame */
    identity->ip_id = leaf.ident_ip;
    identity->way = mipro_way(leaf.route, leaf.ttl);
    return true;
}
