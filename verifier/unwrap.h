/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwrap.h - from a frame to the message: link layers (link.c), IPv4 and tunnels
 * (tunnel.c).
 *
 * Every layer knows two lengths, as mipro_message.h does: octets captured, and
 * octets sent.  A capture cut short shortens the first alone; padding and
 * trailers fall off because each header's own length governs what it bears.
 * Nothing is copied, nothing is kept between frames.
 */
#ifndef VRF_UNWRAP_H
#define VRF_UNWRAP_H

#include "capture.h"
#include "mipro_reader.h"

/* Headers unwrapped in one frame, tags and labels included; what lies deeper is left alone. */
#define VRF_MAX_DEPTH 32
/* Tunnels remembered of one frame. */
#define VRF_MAX_TUNNELS 8

struct vrf_span {
    const uint8_t *octets;
    size_t captured; /* <= len */
    size_t len;
};

/* Without its first n octets; empty if it has not so many. */
static inline struct vrf_span
vrf_behind(struct vrf_span s, size_t n)
{
    if (n > s.captured) /* captured <= len */
        return (struct vrf_span){ NULL, 0, 0 };
    return (struct vrf_span){ s.octets + n, s.captured - n, s.len - n };
}

/* A header of n octets: one test for all of it.  NULL if it was not captured whole. */
static inline const uint8_t *
vrf_header(struct vrf_span s, size_t n)
{
    return n <= s.captured ? s.octets : NULL;
}

/* Integers within a header that vrf_header() gave. */
static inline uint16_t
vrf_be16(const uint8_t *header, size_t at)
{
    return (uint16_t)(header[at] << 8 | header[at + 1]);
}

static inline uint32_t
vrf_be32(const uint8_t *header, size_t at)
{
    return (uint32_t)vrf_be16(header, at) << 16 | vrf_be16(header, at + 2);
}

/* Its first len octets, as far as it has them. */
static inline struct vrf_span
vrf_first(struct vrf_span s, size_t len)
{
    return (struct vrf_span){ s.octets, s.captured < len ? s.captured : len,
        s.len < len ? s.len : len };
}

/* An encapsulated packet that was seen: from src to dst, for homeaddr inside. */
struct vrf_tunnel {
    uint32_t src, dst;
    uint32_t homeaddr;
};

enum vrf_leaf_kind {
    VRF_NOTHING,  /* nothing of ours */
    VRF_DATAGRAM, /* UDP, one port is ours */
    VRF_ICMP,
    VRF_FRAGMENT /* of an IPv4 packet: for fragment.c */
};

/* What a frame holds at its innermost. */
struct vrf_leaf {
    enum vrf_leaf_kind kind;
    uint32_t src, dst; /* of the innermost IP header */
    uint16_t sport, dport;
    struct vrf_span payload; /* of UDP; from the ICMP type; of the fragment's IP header */
    uint16_t id;             /* the fragment's */
    uint16_t offset;         /* in octets */
    uint8_t protocol;
    bool more;
    unsigned depth;
    unsigned n_tunnel_data; /* UDP payloads on the way that are tunnel data (type 4) */
    unsigned n_tunnels;
    struct vrf_tunnel tunnels[VRF_MAX_TUNNELS];
};

/* A fragment by itself: the tunnels that it came through are told of already. */
static inline struct vrf_leaf
vrf_piece(const struct vrf_leaf *fragment)
{
    struct vrf_leaf piece = *fragment;

    piece.n_tunnels = piece.n_tunnel_data = 0;
    return piece;
}

/* The UDP ports that are ours, one bit each. */
struct vrf_ports {
    uint8_t bit[65536 / 8];
};

static inline void
vrf_ports_add(struct vrf_ports *ports, uint16_t port)
{
    ports->bit[port / 8] |= (uint8_t)(1u << port % 8);
}

static inline bool
vrf_ports_has(const struct vrf_ports *ports, uint16_t port)
{
    return (ports->bit[port / 8] >> port % 8 & 1) != 0;
}

/* Unwrap a frame; span begins with the link layer's header. */
void vrf_unwrap_frame(
    enum vrf_link link, struct vrf_span span, const struct vrf_ports *ports, struct vrf_leaf *leaf);
/*
 * Unwrap what an IP header bears.  leaf holds src, dst, protocol and depth of the
 * header, and the tunnels around it; everything else is set.
 */
void vrf_unwrap_payload(struct vrf_span span, const struct vrf_ports *ports, struct vrf_leaf *leaf);

/* Between link.c and tunnel.c. */
enum {
    PROTOCOL_UDP = 17,
    TUNNEL_DATA = 4, /* RFC 3519: message type of a tunnelled packet */
    IP_MORE = 0x2000,
    IP_OFFSET = 0x1fff
};
void vrf_unwrap_ethertype(
    uint16_t ethertype, struct vrf_span span, const struct vrf_ports *ports, struct vrf_leaf *leaf);
void vrf_unwrap_ppp(struct vrf_span span, const struct vrf_ports *ports, struct vrf_leaf *leaf);
void vrf_unwrap_ipv4(struct vrf_span span, const struct vrf_ports *ports, struct vrf_leaf *leaf);

#endif
