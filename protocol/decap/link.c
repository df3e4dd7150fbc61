/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link.c - everything below IP: the link layer header, and the tags, labels and session
 * headers between it and IP.
 */
#include "decap/layers.h"

enum {
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_MPLS_MULTICAST = 0x8848,
    ETHERTYPE_PPPOE_SESSION = 0x8864,
    ETHERTYPE_PPP = 0x880b, /* PPP in GRE */
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_METADATA = 0x8909, /* Cisco's: version, length, option, security group */
    ETHERTYPE_VNTAG = 0x8926,    /* the two virtual interfaces of a frame */
    ETHERTYPE_QINQ_OLD = 0x9100,
    MAX_8023_LENGTH = 1500, /* greater values are EtherTypes */
    COOKED_LLC = 0x0004,    /* in Linux's cooked header, in place of an EtherType */
    PPP_IPV4 = 0x0021,
    PPP_IPV6 = 0x0057,
    PPP_MPLS = 0x0281,
    PPP_MPLS_MULTICAST = 0x0283
};

/* The n octets of a cooked header are part of the route: direction, interface type, address. */
static void
add_octets(struct mipro_leaf *leaf, struct mipro_span span, size_t n)
{
    const uint8_t *h = mipro_span_header(span, n);

    for (size_t i = 0; h != NULL && i < n; i++)
        mipro_route_add(leaf, h[i]);
}

void
mipro_unwrap_ethernet(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 14);

    if (h == NULL) {
        mipro_leave_short(leaf, span, 14);
        return;
    }
    leaf->route = mipro_route_with_stations(leaf->route, h);
    mipro_next_ethertype(u, mipro_header_be16(h, 12), mipro_span_after(span, 14));
}

/* A VLAN tag.  Its priority is ignored; VLAN 0 is the untagged network with a priority. */
static void
unwrap_vlan(uint16_t ethertype, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 4);
    uint16_t vlan;

    if (h == NULL) {
        mipro_leave_short(leaf, span, 4);
        return;
    }
    vlan = mipro_header_be16(h, 0) & 0x0fff;
    mipro_route_add(leaf, (uint32_t)ethertype << 16 | vlan);
    if (vlan != 0)
        mipro_enter_network(leaf, vlan);
    mipro_next_ethertype(u, mipro_header_be16(h, 2), mipro_span_after(span, 4));
}

/* A tag of n octets and an EtherType. */
static void
unwrap_tag(size_t n, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, n + 2);

    if (h == NULL) {
        mipro_leave_short(leaf, span, n + 2);
        return;
    }
    for (size_t i = 0; i < n; i += 2)
        mipro_route_add(leaf, mipro_header_be16(h, i));
    mipro_next_ethertype(u, mipro_header_be16(h, n), mipro_span_after(span, n + 2));
}

#define SNAP_ETHERTYPE UINT64_C(0xaaaa03000000) /* RFC 1042 */
#define SNAP_BRIDGED UINT64_C(0xaaaa030000f8)   /* 802.1H */

/* 802.2 with SNAP, in which RFC 1042 carries IP after an 802.3 length. */
static void
unwrap_llc(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint64_t snap = mipro_get_be(&r, 6);
    uint16_t type = mipro_get_u16(&r);

    if (!r.failed && (snap == SNAP_ETHERTYPE || snap == SNAP_BRIDGED) && type > MAX_8023_LENGTH)
        mipro_next_ethertype(u, type, mipro_span_after(span, 8));
    else if (span.captured != 0)
        mipro_leave(leaf, MIPRO_UNOPENED_LLC, span.octets[0]);
    else
        mipro_leave_short(leaf, span, 1);
}

/* Skip the label stack; the first nibble after it identifies IP (RFC 4928). */
static void
unwrap_mpls(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    bool bottom = false;

    while (!bottom) {
        struct mipro_reader r = mipro_reader(span.octets, span.captured);
        uint32_t label = mipro_get_u32(&r);

        bottom = (label & 0x100) != 0;
        if (r.failed)
            mipro_leave_short(leaf, span, 4);
        if (r.failed || !mipro_descend(leaf))
            return;
        mipro_route_add(leaf, label >> 12);
        span = mipro_span_after(span, 4);
    }
    if (span.captured != 0 && (span.octets[0] >> 4 == 4 || span.octets[0] >> 4 == 6))
        mipro_next(u, MIPRO_LAYER_IP, span);
    else
        mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, ETHERTYPE_MPLS);
}

/* RFC 2516: version and type, code 0, session, length, PPP. */
static void
unwrap_pppoe(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint8_t version = mipro_get_u8(&r), code = mipro_get_u8(&r);
    uint16_t len;

    mipro_route_add(leaf, mipro_get_u16(&r));
    len = mipro_get_u16(&r);
    if (r.failed)
        mipro_leave_short(leaf, span, 6);
    else if (version == 0x11 && code == 0)
        mipro_next(u, MIPRO_LAYER_PPP, mipro_span_first(mipro_span_after(span, 6), len));
    else
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
}

/* RFC 1661, 1662: address and control are optional, the protocol takes one or two octets. */
void
mipro_unwrap_ppp(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint16_t protocol = mipro_get_u16(&r);

    if (!mipro_descend(leaf))
        return;
    if (protocol == 0xff03) {
        span = mipro_span_after(span, 2);
        protocol = mipro_get_u16(&r);
    }
    if (r.failed) {
        mipro_leave_short(leaf, span, 2);
        return;
    }
    if ((protocol >> 8 & 1) != 0) {
        protocol >>= 8;
        span = mipro_span_after(span, 1);
    } else {
        span = mipro_span_after(span, 2);
    }
    if (protocol == PPP_IPV4)
        mipro_next(u, MIPRO_LAYER_IPV4, span);
    else if (protocol == PPP_IPV6)
        mipro_next(u, MIPRO_LAYER_IPV6, span);
    else if (protocol == PPP_MPLS || protocol == PPP_MPLS_MULTICAST)
        unwrap_mpls(span, u);
    else
        mipro_leave(leaf, MIPRO_UNOPENED_PPP, protocol);
}

void
mipro_unwrap_ethertype(uint16_t ethertype, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    if (!mipro_descend(leaf))
        return;
    switch (ethertype) {
    case MIPRO_ETHERTYPE_IPV4:
        mipro_next(u, MIPRO_LAYER_IPV4, span);
        break;
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_OLD:
        unwrap_vlan(ethertype, span, u);
        break;
    case ETHERTYPE_IPV6:
        mipro_next(u, MIPRO_LAYER_IPV6, span);
        break;
    case ETHERTYPE_VNTAG:
        unwrap_tag(4, span, u);
        break;
    case ETHERTYPE_METADATA:
        unwrap_tag(6, span, u);
        break;
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
        unwrap_mpls(span, u);
        break;
    case ETHERTYPE_PPPOE_SESSION:
        unwrap_pppoe(span, u);
        break;
    case ETHERTYPE_ETHERNET:
        mipro_next(u, MIPRO_LAYER_ETHERNET, span);
        break;
    case ETHERTYPE_PPP:
        mipro_next(u, MIPRO_LAYER_PPP, span);
        break;
    default:
        if (ethertype <= MAX_8023_LENGTH)
            unwrap_llc(mipro_span_first(span, ethertype), u);
        else
            mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, ethertype);
        break;
    }
}

/* A header of size octets in which only the EtherType, at off, matters. */
static void
unwrap_cooked(size_t off, size_t size, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint16_t type;

    mipro_seek(&r, off);
    type = mipro_get_u16(&r);
    if (r.failed || span.captured < size)
        mipro_leave_short(leaf, span, size);
    else if (type > MAX_8023_LENGTH)
        mipro_next_ethertype(u, type, mipro_span_after(span, size));
    else if (type == COOKED_LLC)
        unwrap_llc(mipro_span_after(span, size), u);
    else
        mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, type);
}

/* An address family in four octets, of either order. */
static void
unwrap_null(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint32_t family = mipro_get_u32(&r);

    if (family > 0xffff) /* written in the other byte order */
        family = family >> 24 | (family >> 8 & 0xff00);
    if (r.failed)
        mipro_leave_short(leaf, span, 4);
    else if (family == 2) /* AF_INET */
        mipro_next(u, MIPRO_LAYER_IPV4, mipro_span_after(span, 4));
    else if (family == 10 || family == 24 || family == 28 || family == 30) /* AF_INET6 */
        mipro_next(u, MIPRO_LAYER_IPV6, mipro_span_after(span, 4));
    else
        mipro_leave(leaf, MIPRO_UNOPENED_FAMILY, family);
}

void
mipro_unwrap_link(enum mipro_linktype link, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    switch (link) {
    case MIPRO_LINKTYPE_NONE:
        break;
    case MIPRO_LINKTYPE_OTHER:
        mipro_leave(leaf, MIPRO_UNOPENED_LINK, 0);
        break;
    case MIPRO_LINKTYPE_ETHERNET:
        mipro_next(u, MIPRO_LAYER_ETHERNET, span);
        break;
    case MIPRO_LINKTYPE_RAW:
        mipro_next(u, MIPRO_LAYER_IP, span);
        break;
    case MIPRO_LINKTYPE_NULL:
        unwrap_null(span, u);
        break;
    case MIPRO_LINKTYPE_SLL:
        add_octets(leaf, span, 14);
        unwrap_cooked(14, 16, span, u);
        break;
    case MIPRO_LINKTYPE_SLL2:
        add_octets(leaf, span, 20);
        unwrap_cooked(0, 20, span, u);
        break;
    case MIPRO_LINKTYPE_PPP:
        mipro_next(u, MIPRO_LAYER_PPP, span);
        break;
    case MIPRO_LINKTYPE_PPP_DIRECTION:
        mipro_next(u, MIPRO_LAYER_PPP, mipro_span_after(span, 1));
        break;
    case MIPRO_LINKTYPE_PPPOE:
        unwrap_pppoe(span, u);
        break;
    case MIPRO_LINKTYPE_CHDLC:
        unwrap_cooked(2, 4, span, u);
        break;
    case MIPRO_LINKTYPE_MPLS:
        unwrap_mpls(span, u);
        break;
    }
}
