/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overlay.c - encapsulations that networks and taps add: VXLAN (RFC 7348), GENEVE (RFC 8926),
 * GTP-U (3GPP TS 29.281), ERSPAN in GRE, and IPv6 around any of these.
 *
 * The messages themselves are carried by IPv4 only; in IPv6 they are counted as not decoded.
 */
#include "decap/layers.h"

enum {
    PORT_GTP_U = 2152,
    PORT_VXLAN = 4789,
    PORT_GENEVE = 6081,
    GTP_T_PDU = 255,
    GTP_EXTENDED = 0x04,
    GTP_OPTIONAL = 0x07, /* if any of these is set, there are four more octets */
    ETHERTYPE_ERSPAN_3 = 0x22eb,
    ERSPAN_SUBHEADER = 0x0001,
    ERSPAN_VERSION_2 = 1,
    ERSPAN_VERSION_3 = 2,
    ERSPAN_ETHERNET = 0, /* type of frame */
    ERSPAN_IP = 2,
    MAX_8023_LENGTH = 1500
};

/*
 *      +-+-+-+-+-+-+-+-+-----------------------------------------------+
 *      |R|R|R|R|I|R|R|R|                   reserved                    |
 *      +-+-+-+-+-+-+-+-+-------------------------------+---------------+
 *      |           VXLAN network identifier            |   reserved    |
 *      +-----------------------------------------------+---------------+
 */
static void
unwrap_vxlan(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 8);
    uint32_t network;

    if (h == NULL) {
        mipro_leave_short(leaf, span, 8);
        return;
    }
    network = mipro_header_be32(h, 4) >> 8;
    mipro_route_add(leaf, network);
    mipro_enter_network(leaf, network);
    mipro_next(u, MIPRO_LAYER_ETHERNET, mipro_span_after(span, 8));
}

/* Version and length of the options in words, flags, EtherType, network identifier, options. */
static void
unwrap_geneve(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 8);
    size_t header = h != NULL ? 8 + 4u * (h[0] & 0x3f) : 8;
    uint32_t network;
    uint16_t type;

    if (span.captured < header) {
        mipro_leave_short(leaf, span, header);
        return;
    }
    if (h[0] >> 6 != 0) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    type = mipro_header_be16(h, 2);
    network = mipro_header_be32(h, 4) >> 8;
    mipro_route_add(leaf, network);
    mipro_enter_network(leaf, network);
    span = mipro_span_after(span, header);
    if (type > MAX_8023_LENGTH)
        mipro_next_ethertype(u, type, span);
    else
        mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, type);
}

/* Extension headers: length in words, content, type of the next one.  False: a length of 0. */
static bool
skip_gtp_extensions(struct mipro_reader *r, uint8_t next)
{
    while (next != 0 && !r->failed) {
        size_t len = 4u * mipro_get_u8(r);

        if (len == 0)
            return r->failed;
        (void)mipro_get_octets(r, len - 2);
        next = mipro_get_u8(r);
    }
    return true;
}

/* A subscriber's packet: flags, type, length of what follows the first 8 octets, tunnel. */
static void
unwrap_gtp(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    struct mipro_reader r = mipro_reader(span.octets, span.captured);
    uint8_t flags = mipro_get_u8(&r), type = mipro_get_u8(&r), next = 0;
    uint16_t len = mipro_get_u16(&r);
    uint32_t tunnel = mipro_get_u32(&r);
    bool is_sound;

    if (!r.failed && flags >> 4 == 3 && type != GTP_T_PDU)
        return; /* signalling of the tunnel itself */
    if ((flags & GTP_OPTIONAL) != 0) {
        (void)mipro_get_octets(&r, 3); /* sequence number, number of the N-PDU */
        next = mipro_get_u8(&r);
    }
    is_sound = (flags & GTP_EXTENDED) == 0 || skip_gtp_extensions(&r, next);
    if (r.failed) {
        mipro_leave_short(leaf, span, span.captured + 1);
        return;
    }
    if (!is_sound || flags >> 4 != 3 || len + 8u < r.pos) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    mipro_route_add(leaf, tunnel);
    mipro_next(u, MIPRO_LAYER_IP, mipro_span_after(mipro_span_first(span, len + 8u), r.pos));
}

bool
mipro_unwrap_overlay(uint16_t sport, uint16_t dport, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    static const struct {
        uint16_t port;
        void (*unwrap)(struct mipro_span span, struct unwrap *u);
    } overlays[] = {
        { PORT_GTP_U, unwrap_gtp },
        { PORT_VXLAN, unwrap_vxlan },
        { PORT_GENEVE, unwrap_geneve },
    };

    for (size_t i = 0; i < sizeof(overlays) / sizeof(overlays[0]); i++) {
        if (sport != overlays[i].port && dport != overlays[i].port)
            continue;
        mipro_enter_tunnel(leaf);
        mipro_route_add(leaf, overlays[i].port);
        if (mipro_descend(leaf))
            overlays[i].unwrap(span, u);
        return true;
    }
    return false;
}

/*
 * Type I has no header of its own, and no sequence number in GRE; type II has 8 octets, type III
 * 12, whose last bit means 8 more.
 */
void
mipro_unwrap_erspan(uint16_t ethertype, bool has_sequence, struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    bool is_third = ethertype == ETHERTYPE_ERSPAN_3;
    size_t header = is_third ? 12 : has_sequence ? 8 : 0;
    const uint8_t *h = mipro_span_header(span, header);
    uint16_t last = 0;

    if (!mipro_descend(leaf))
        return;
    if (h != NULL && is_third)
        last = mipro_header_be16(h, 10);
    if ((last & ERSPAN_SUBHEADER) != 0)
        header += 8;
    if (span.captured < header) {
        mipro_leave_short(leaf, span, header);
        return;
    }
    if (header != 0 && h[0] >> 4 != (is_third ? ERSPAN_VERSION_3 : ERSPAN_VERSION_2)) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    span = mipro_span_after(span, header);
    if ((last >> 10 & 0x1f) == ERSPAN_IP)
        mipro_next(u, MIPRO_LAYER_IP, span);
    else if ((last >> 10 & 0x1f) == ERSPAN_ETHERNET)
        mipro_next(u, MIPRO_LAYER_ETHERNET, span);
    else
        mipro_leave(leaf, MIPRO_UNOPENED_ETHERTYPE, ethertype);
}

/* ---- IPv6 (RFC 8200) ---- */

enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_ICMP = 1,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_MINIMAL = 55,
    NEXT_OPTIONS = 60
};

/* Do the options (RFC 8200 4.2) after the first two octets of a header end where it ends? */
static bool
options_fit(const uint8_t *h, size_t len)
{
    struct mipro_reader r = mipro_reader(h, len);

    (void)mipro_get_u16(&r);
    while (!r.failed && mipro_left(&r) != 0)
        if (mipro_get_u8(&r) != 0) /* Pad1 has no length octet */
            (void)mipro_get_octets(&r, mipro_get_u8(&r));
    return !r.failed;
}

/* Skip an extension header; *next becomes the protocol that it carries. */
static bool
skip_extension(struct mipro_span *span, uint8_t *next, struct mipro_leaf *leaf)
{
    const uint8_t *h = mipro_span_header(*span, 8);
    size_t len = h == NULL || *next == NEXT_FRAGMENT ? 8 : 8u * (h[1] + 1u);

    if (h == NULL || span->captured < len) {
        mipro_leave_short(leaf, *span, len);
        return false;
    }
    if (*next == NEXT_FRAGMENT && (mipro_header_be16(h, 2) & 0xfff9) != 0) {
        mipro_leave(
            leaf, MIPRO_UNOPENED_PROTOCOL, NEXT_FRAGMENT); /* IPv6 fragments are not reassembled */
        return false;
    }
    if ((*next == NEXT_HOP_BY_HOP || *next == NEXT_OPTIONS) && !options_fit(h, len)) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return false;
    }
    *next = h[0];
    *span = mipro_span_after(*span, len);
    return mipro_descend(leaf);
}

void
mipro_unwrap_ipv6(struct mipro_span span, struct unwrap *u)
{
    struct mipro_leaf *leaf = u->leaf;
    const uint8_t *h = mipro_span_header(span, 40);
    uint8_t next;
    size_t len;

    if (h == NULL) {
        mipro_leave_short(leaf, span, 40);
        return;
    }
    if (h[0] >> 4 != 6) {
        mipro_leave(leaf, MIPRO_UNOPENED_MALFORMED, 0);
        return;
    }
    len = mipro_header_be16(h, 4);
    next = h[6];
    leaf->is_ipv6 = true;
    leaf->src = leaf->dst = 0;
    for (size_t i = 8; i < 40; i += 4)
        mipro_route_add(leaf, mipro_header_be32(h, i));
    /* Missing octets were cut.  No length but that of a jumbogram (RFC 2675) is written as 0. */
    span = mipro_span_after(span, 40);
    span = (struct mipro_span){ span.octets, span.captured < len ? span.captured : len, len };
    while (next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_FRAGMENT ||
           next == NEXT_OPTIONS)
        if (!skip_extension(&span, &next, leaf))
            return;
    leaf->protocol = next;
    if (next == NEXT_MINIMAL || next == NEXT_ICMP) /* these belong to IPv4 */
        mipro_leave(leaf, MIPRO_UNOPENED_PROTOCOL, next);
    else
        mipro_next(u, MIPRO_LAYER_PAYLOAD, span);
}
