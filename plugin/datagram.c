/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * datagram.c - what tells a datagram from its copies: for conduct, which ignores copies.
 *
 * epan hands a message over without the IP header that it came in, so the frame is unwrapped
 * once more, as mipro-verify does it: both must call the same frames copies.
 */
#include "packet-mipro.h"

#include <wiretap/wtap.h>

#include "mipro_encap.h"

/* Unwrap the frame, as far as UDP between these ports or a fragment. */
static void
unwrap(const wtap_packet_header *header, tvbuff_t *frame, uint16_t sport, uint16_t dport,
    struct mipro_leaf *leaf)
{
    static struct mipro_ports ports; /* all zero between two calls */
    size_t captured = tvb_captured_length(frame);
    struct mipro_span span = { tvb_get_ptr(frame, 0, (int)captured), captured,
        tvb_reported_length(frame) };

    mipro_ports_add(&ports, sport);
    mipro_ports_add(&ports, dport);
    mipro_unwrap_frame(mipro_link_by_encap(header->pkt_encap), span, &ports, leaf);
    ports.bit[sport / 8] = ports.bit[dport / 8] = 0;
}

bool
mipro_identify_datagram(const struct mipro_view *view, struct mipro_identity *identity)
{
    const packet_info *pinfo = view->pinfo;
    const wtap_rec *rec = pinfo->rec;
    struct mipro_leaf leaf = { 0 };

    if (rec == NULL || rec->rec_type != REC_TYPE_PACKET || pinfo->data_src == NULL)
        return false;
    unwrap(&rec->rec_header.packet_header, get_data_source_tvb(pinfo->data_src->data),
        (uint16_t)pinfo->srcport, (uint16_t)pinfo->destport, &leaf);
    if ((leaf.kind != MIPRO_DATAGRAM && leaf.kind != MIPRO_FRAGMENT) || leaf.src != view->src ||
        leaf.dst != view->dst)
        return false; /* a link layer that only epan knows, or another message of the frame */
    if ((rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0 &&
        rec->rec_header.packet_header.interface_id != 0)
        mipro_route_add(&leaf, rec->rec_header.packet_header.interface_id);
    identity->ip_id = leaf.ident_ip;
    identity->way = mipro_leaf_way(&leaf);
    return true;
}
