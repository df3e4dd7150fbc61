/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.c - IPv4 and the tunnels of Mobile IP: IP in IP (RFC 2003), minimal encapsulation
 * (RFC 2004), GRE (RFC 1701, 2784, 2890) and UDP (RFC 3519); also AH.
 *
 * Checksums are not checked: with checksum offload, a capture on the sender shows wrong ones in
 * good packets.
 */
#include "decap/layers.h"

#include "mipro_wire.h"

enum {
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_GRE = 47,
    PROTOCOL_AH = 51,
    PROTOCOL_MINIMAL = 55,
    PROTOCOL_MPLS = 137, /* RFC 4023 */
    ETHERTYPE_ERSPAN = 0x88be,
    ETHERTYPE_ERSPAN_3 = 0x22eb,
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGE = 0x0080,
    GRE_VERSION = 0x0007
};

static void
note_tunnel(struct mipro_leaf *leaf, uint32_t homeaddr)
{
    if (leaf->n_tunnels < MIPRO_MAX_TUNNELS && !leaf->is_ipv6)
        leaf->tunnels[leaf->n_tunnels++] = (struct mipro_tunnel){ leaf->src, leaf->dst, homeaddr };
}

/* An IP packet inside another: the outer destination is the end of the tunnel. */
static void
unwrap_inner(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint32_t dst;

    mipro_seek(&r, 16);
    dst = mipro_get_u32(&r);
    if (!r.failed && span.octets[0] >> 4 == 4)
        note_tunnel(leaf, dst);
    mipro_next(u, MIPRO_LAYER_IP, span);
}

/*
 * RFC 2004: the fields that the encapsulator removed from the IP header precede the
 * payload; once restored, source and destination are the inner ones.
 *
 *      0                   1                   2                   3
 *     +---------------+-+-------------+-------------------------------+
 *     |   protocol    |S|  reserved   |            checksum           |
 *     +---------------+-+-------------+-------------------------------+
 *     |                     original destination                      |
 *     +---------------------------------------------------------------+
 *     :               original source (if S is set)                   :
 *     +---------------------------------------------------------------+
 */
static void
unwrap_minimal(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint8_t protocol = mipro_get_u8(&r);
    bool has_src = (mipro_get_u8(&r) & 0x80) != 0;
    uint32_t dst, src;

    (void)mipro_get_u16(&r);
    dst = mipro_get_u32(&r);
    src = has_src ? mipro_get_u32(&r) : leaf->src;
    if (r.failed) {
        mipro_leave_short(leaf, span, has_src ? 12 : 8);
        return;
    }
    note_tunnel(leaf, dst);
    leaf->src = src;
    leaf->dst = dst;
    leaf->protocol = protocol;
    mipro_next(u, MIPRO_LAYER_PAYLOAD, mipro_span_after(span, r.pos));
}

/* Skip RFC 1701's source routes, up to the empty one of no address family, which ends them. */
static void
skip_routes(struct mipro_reader *r)
{
    uint16_t family;
    uint8_t len;

    do {
        family = mipro_get_u16(r);
        (void)mipro_get_u8(r);
        len = mipro_get_u8(r);
        (void)mipro_get_octets(r, len);
    } while (!r->failed && (family != 0 || len != 0));
}

static void
unwrap_gre(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint16_t flags = mipro_get_u16(&r), type = mipro_get_u16(&r);

    if (!r.failed && (flags & GRE_VERSION) > 1) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
        (void)mipro_get_u32(&r); /* checksum and offset */
    if ((flags & GRE_KEY) != 0)
        mipro_route_add(leaf, mipro_get_u32(&r));
    if ((flags & GRE_SEQUENCE) != 0)
        (void)mipro_get_u32(&r);
    if ((flags & GRE_VERSION) == 1 && (flags & GRE_ACKNOWLEDGE) != 0)
        (void)mipro_get_u32(&r);
    if ((flags & GRE_ROUTING) != 0)
        skip_routes(&r);
    if (r.failed) {
        mipro_leave_short(leaf, span, span.captured + 1);
        return;
    }
    span = mipro_span_after(span, r.pos);
    mipro_route_add(leaf, type);
    if (type == MIPRO_ETHERTYPE_IPV4)
        unwrap_inner(span, u);
    else if (type == ETHERTYPE_ERSPAN || type == ETHERTYPE_ERSPAN_3)
        mipro_unwrap_erspan(type, (flags & GRE_SEQUENCE) != 0, span, u);
    else if (type > 1500)
        mipro_next_ethertype(u, type, span);
    else
        mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, type);
}

/* RFC 4302: next header, length in words less 2, authentication data; nothing is encrypted. */
static void
unwrap_ah(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 12);
    size_t header = h != NULL ? 4u * (h[1] + 2u) : 12;

    if (span.captured < header) {
        mipro_leave_short(leaf, span, header);
        return;
    }
    if (header < 12) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    mipro_enter_tunnel(leaf);
    leaf->protocol = h[0];
    mipro_next(u, MIPRO_LAYER_PAYLOAD, mipro_span_after(span, header));
}

/*
 * RFC 3519: between the ports of registration, type 4, next header, two reserved
 * octets, and the tunneled packet.
 */
static void
unwrap_tunnel_data(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);

    leaf->n_tunnel_data++;
    mipro_enter_tunnel(leaf);
    (void)mipro_get_u8(&r);
    leaf->protocol = mipro_get_u8(&r);
    (void)mipro_get_u16(&r);
    if (r.failed)
        mipro_leave_short(leaf, span, 4);
    else if (leaf->protocol == PROTOCOL_IPV4 || leaf->protocol == PROTOCOL_GRE ||
             leaf->protocol == PROTOCOL_MINIMAL)
        mipro_next(u, MIPRO_LAYER_PAYLOAD, mipro_span_after(span, 4));
    else
        mipro_leave(leaf, MIPRO_UNOPENED_PROTOCOL, leaf->protocol);
}

/*
 * UDP's own length applies: octets after it are not payload.  If it exceeds the IP packet,
 * the payload ends with the packet, as in Wireshark: octets that IP did not carry were not
 * sent.
 */
static void
unwrap_udp(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 8);
    uint16_t sport, dport, len;

    if (h == NULL) { /* its two nodes are known */
        mipro_leave(leaf, span.len >= 8 ? MIPRO_UNOPENED_CUT : MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    sport = mipro_header_be16(h, 0);
    dport = mipro_header_be16(h, 2);
    len = mipro_header_be16(h, 4);
    if (len < 8) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    if (!mipro_ports_has(u->ports, sport) && !mipro_ports_has(u->ports, dport)) {
        (void)mipro_unwrap_overlay(
            sport, dport, mipro_span_after(mipro_span_first(span, len), 8), u);
        return;
    }
    if (leaf->is_ipv6) {
        mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, ETHERTYPE_IPV6);
        return;
    }
    leaf->sport = sport;
    leaf->dport = dport;
    leaf->payload = mipro_span_after(mipro_span_first(span, len), 8);
    if (leaf->payload.captured == 0) { /* without the type, the message is unknown */
        if (leaf->payload.len != 0)
            mipro_leave(leaf, MIPRO_UNOPENED_CUT, 0);
        return;
    }
    if (leaf->payload.octets[0] == MIPRO_TUNNEL_DATA)
        unwrap_tunnel_data(leaf->payload, u);
    else
        leaf->kind = MIPRO_DATAGRAM;
}

void
mipro_unwrap_content(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    leaf->kind = MIPRO_NOTHING;
    if (!mipro_descend(leaf))
        return;
    switch (leaf->protocol) {
    case MIPRO_PROTOCOL_UDP:
        unwrap_udp(span, u);
        break;
    case PROTOCOL_ICMP:
        leaf->kind = MIPRO_ICMP;
        leaf->payload = span;
        break;
    case PROTOCOL_IPV4:
        mipro_enter_tunnel(leaf);
        unwrap_inner(span, u);
        break;
    case PROTOCOL_MINIMAL:
        mipro_enter_tunnel(leaf);
        unwrap_minimal(span, u);
        break;
    case PROTOCOL_IPV6:
        mipro_enter_tunnel(leaf);
        mipro_next(u, MIPRO_LAYER_IPV6, span);
        break;
    case PROTOCOL_AH:
        unwrap_ah(span, u);
        break;
    case PROTOCOL_GRE:
        mipro_enter_tunnel(leaf);
        unwrap_gre(span, u);
        break;
    case PROTOCOL_MPLS:
        mipro_enter_tunnel(leaf);
        mipro_next_ethertype(u, ETHERTYPE_MPLS, span);
        break;
    default:
        mipro_leave(leaf, MIPRO_UNOPENED_PROTOCOL, leaf->protocol);
        break;
    }
}

void
mipro_unwrap_ipv4(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 20);
    size_t header;
    uint16_t total, fragment;

    if (h == NULL) {
        mipro_leave_short(leaf, span, 20);
        return;
    }
    header = 4u * (h[0] & 0x0f);
    total = mipro_header_be16(h, 2);
    if (h[0] >> 4 != 4 || header < 20 || (total != 0 && total < header)) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    leaf->ident_ip = mipro_header_be16(h, 4);
    fragment = mipro_header_be16(h, 6);
    leaf->is_ipv6 = false;
    leaf->ttl = h[8];
    leaf->protocol = h[9];
    leaf->src = mipro_header_be32(h, 12);
    leaf->dst = mipro_header_be32(h, 16);
    /* A total length of 0 comes from segmentation offload: the frame's length is used. */
    if (total != 0) {
        /*
         * The frame is shorter than the IP packet.  No network carries such a packet, so a
         * tool has cut the frame and its length: the rest was not captured.
         */
        span = (struct mipro_span){ span.octets, span.captured < total ? span.captured : total,
            total };
    }
    if (span.captured < header) {
        mipro_leave_short(leaf, span, header);
        return;
    }
    span = mipro_span_after(span, header);
    if ((fragment & (MIPRO_IP_MORE | MIPRO_IP_OFFSET)) == 0) {
        mipro_next(u, MIPRO_LAYER_PAYLOAD, span);
        return;
    }
    leaf->kind = MIPRO_FRAGMENT;
    leaf->offset = (uint16_t)(8 * (fragment & MIPRO_IP_OFFSET));
    leaf->more = (fragment & MIPRO_IP_MORE) != 0;
    leaf->payload = span;
}
