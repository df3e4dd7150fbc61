/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_plain.h - the fast path for nearly all frames that carry our messages: Ethernet, IPv4
 * without options or fragmentation, and UDP, with consistent lengths and captured whole.  Inlined
 * where frames are read, so that each value goes from the header to its place.
 * mipro_unwrap_frame() gives the same result.
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

enum {
    MIPRO_PLAIN_IP = 14, /* where the headers begin */
    MIPRO_PLAIN_UDP = MIPRO_PLAIN_IP + 20,
    MIPRO_PLAIN_PAYLOAD = MIPRO_PLAIN_UDP + 8
};

/* The octets of the payload, at MIPRO_PLAIN_PAYLOAD, if the frame is plain; else 0. */
static inline __attribute__((always_inline)) size_t
mipro_plain_len(struct mipro_span span, const struct mipro_ports *ports)
{
    const uint8_t *h = mipro_span_header(span, MIPRO_PLAIN_PAYLOAD + 1);
    uint16_t total, len;

    if (h == NULL)
        return 0;
    total = mipro_header_be16(h, MIPRO_PLAIN_IP + 2);
    len = mipro_header_be16(h, MIPRO_PLAIN_UDP + 4);
    /* EtherType, version and length of the header at once */
    if (mipro_header_be32(h, MIPRO_PLAIN_IP - 2) >> 8 != (MIPRO_ETHERTYPE_IPV4 << 8 | 0x45) ||
        h[MIPRO_PLAIN_IP + 9] != MIPRO_PROTOCOL_UDP ||
        (mipro_header_be16(h, MIPRO_PLAIN_IP + 6) & (MIPRO_IP_MORE | MIPRO_IP_OFFSET)) != 0 ||
        total > span.captured - MIPRO_PLAIN_IP || len <= 8 || len + 20u > total ||
        h[MIPRO_PLAIN_PAYLOAD] == MIPRO_TUNNEL_DATA)
        return 0;
    if (!mipro_ports_has(ports, mipro_header_be16(h, MIPRO_PLAIN_UDP)) &&
        !mipro_ports_has(ports, mipro_header_be16(h, MIPRO_PLAIN_UDP + 2)))
        return 0;
    return len - 8u;
}

static inline struct mipro_span
mipro_plain_payload(const uint8_t *h, size_t len)
{
    return (struct mipro_span){ h + MIPRO_PLAIN_PAYLOAD, len, len };
}

/* What the headers h of a plain frame say. */
static inline uint32_t
mipro_plain_src(const uint8_t *h)
{
    return mipro_header_be32(h, MIPRO_PLAIN_IP + 12);
}

static inline uint32_t
mipro_plain_dst(const uint8_t *h)
{
    return mipro_header_be32(h, MIPRO_PLAIN_IP + 16);
}

static inline uint16_t
mipro_plain_sport(const uint8_t *h)
{
    return mipro_header_be16(h, MIPRO_PLAIN_UDP);
}

static inline uint16_t
mipro_plain_dport(const uint8_t *h)
{
    return mipro_header_be16(h, MIPRO_PLAIN_UDP + 2);
}

static inline uint16_t
mipro_plain_ip_id(const uint8_t *h)
{
    return mipro_header_be16(h, MIPRO_PLAIN_IP + 4);
}

static inline uint8_t
mipro_plain_ttl(const uint8_t *h)
{
    return h[MIPRO_PLAIN_IP + 8];
}

/* The route of what has this link layer, so far. */
static inline uint32_t
mipro_route_of(enum mipro_linktype link)
{
    return mipro_route_with(0, link);
}

/* The route with the addresses of an Ethernet header. */
static inline uint32_t
mipro_route_with_stations(uint32_t route, const uint8_t *h)
{
    return (uint32_t)mipro_mix(mipro_be64(h), (uint64_t)route << 32 | mipro_header_be32(h, 8));
}

static inline uint32_t
mipro_plain_route(const uint8_t *h)
{
    /* The compiler computes the first hash. */
    return mipro_route_with_stations(mipro_route_of(MIPRO_LINKTYPE_ETHERNET), h);
}

#endif
