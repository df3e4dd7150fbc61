/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_plain.h - the fast path for nearly all frames that carry our messages, inlined where they
 * are read: Ethernet, IPv4 without options or fragmentation, and UDP, with consistent lengths and
 * captured whole.
 */
#ifndef MIPRO_PLAIN_H
#define MIPRO_PLAIN_H

#include "mipro_decap.h"

enum {
    MIPRO_PROTOCOL_UDP = 17,
    MIPRO_IP_MORE = 0x2000,
    MIPRO_IP_OFFSET = 0x1fff,
    MIPRO_ETHERTYPE_IPV4 = 0x0800
};

/* The link layer is part of the route. */
static inline void
mipro_route_begin(struct mipro_leaf *leaf, enum mipro_linktype link)
{
    leaf->route = 0;
    mipro_route_add(leaf, link);
}

/* So are the addresses of an Ethernet header. */
static inline void
mipro_route_add_stations(struct mipro_leaf *leaf, const uint8_t *header)
{
    leaf->route = (uint32_t)mipro_mix(
        mipro_be64(header), (uint64_t)leaf->route << 32 | mipro_header_be32(header, 8));
}

/*
 * Gives the same result as mipro_unwrap_frame(), or false.  The members for tunnels, fragments and
 * what was not decoded are not set.
 */
static inline __attribute__((always_inline)) bool
mipro_unwrap_plain(struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf)
{
    const uint8_t *ether = mipro_span_header(span, 14 + 20 + 8 + 1), *ip, *udp;
    uint16_t total, len;

    if (ether == NULL)
        return false;
    ip = ether + 14;
    udp = ip + 20;
    total = mipro_header_be16(ip, 2);
    len = mipro_header_be16(udp, 4);
    /* EtherType, version and length of the header at once */
    if (mipro_header_be32(ether, 12) >> 8 != (MIPRO_ETHERTYPE_IPV4 << 8 | 0x45) ||
        ip[9] != MIPRO_PROTOCOL_UDP ||
        (mipro_header_be16(ip, 6) & (MIPRO_IP_MORE | MIPRO_IP_OFFSET)) != 0 ||
        total > span.captured - 14 || len <= 8 || len + 20u > total || udp[8] == MIPRO_TUNNEL_DATA)
        return false;
    leaf->sport = mipro_header_be16(udp, 0);
    leaf->dport = mipro_header_be16(udp, 2);
    if (!mipro_ports_has(ports, leaf->sport) && !mipro_ports_has(ports, leaf->dport))
        return false;
    mipro_route_begin(leaf, MIPRO_LINKTYPE_ETHERNET); /* the compiler computes this hash */
    mipro_route_add_stations(leaf, ether);
    leaf->ident_ip = mipro_header_be16(ip, 4);
    leaf->ttl = ip[8];
    leaf->protocol = MIPRO_PROTOCOL_UDP;
    leaf->src = mipro_header_be32(ip, 12);
    leaf->dst = mipro_header_be32(ip, 16);
    leaf->payload = (struct mipro_span){ udp + 8, len - 8u, len - 8u };
    leaf->kind = MIPRO_DATAGRAM;
    return true;
}

#endif
