/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_decap.h - find the message in a frame: link layers (link.c), IP and the tunnels of
 * Mobile IP (tunnel.c), other encapsulations of networks and taps (overlay.c).
 *
 * As in mipro_message.h, every layer has two lengths: octets captured, and octets sent.  If the
 * capture was cut short, only the first is reduced.  Padding and trailers are removed because
 * the length of each header limits what it carries.  Nothing is copied, and nothing is kept
 * between frames.
 */
#ifndef MIPRO_DECAP_H
#define MIPRO_DECAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mipro_mix.h"
#include "mipro_reader.h"

/* The most headers unwrapped in one frame, tags and labels included. */
#define MIPRO_MAX_DEPTH 32
/* Tunnels remembered of one frame. */
#define MIPRO_MAX_TUNNELS 8

/* RFC 3519: the message type of a tunnelled packet, between the ports of registration. */
#define MIPRO_TUNNEL_DATA 4

/* What a frame begins with. */
enum mipro_linktype {
    MIPRO_LINKTYPE_NONE,  /* a record that Wireshark counts but that holds no packet */
    MIPRO_LINKTYPE_OTHER, /* an unsupported link layer, reported as such */
    MIPRO_LINKTYPE_ETHERNET,
    MIPRO_LINKTYPE_RAW,  /* an IP header */
    MIPRO_LINKTYPE_NULL, /* address family in four octets, of either order */
    MIPRO_LINKTYPE_SLL,
    MIPRO_LINKTYPE_SLL2,
    MIPRO_LINKTYPE_PPP,           /* with or without address and control */
    MIPRO_LINKTYPE_PPP_DIRECTION, /* a direction octet before PPP */
    MIPRO_LINKTYPE_PPPOE,         /* a PPPoE session header */
    MIPRO_LINKTYPE_CHDLC,         /* Cisco HDLC */
    MIPRO_LINKTYPE_MPLS
};

struct mipro_span {
    const uint8_t *octets;
    size_t captured; /* <= len */
    size_t len;
};

/* The span without its first n octets; empty if there are fewer. */
static inline struct mipro_span
mipro_span_after(struct mipro_span s, size_t n)
{
    if (n > s.captured) /* captured <= len */
        return (struct mipro_span){ NULL, 0, 0 };
    return (struct mipro_span){ s.octets + n, s.captured - n, s.len - n };
}

/* A header of n octets, with a single bounds check.  NULL if it was not captured whole. */
static inline const uint8_t *
mipro_span_header(struct mipro_span s, size_t n)
{
    return n <= s.captured ? s.octets : NULL;
}

/* Integers within a header returned by mipro_span_header(). */
static inline uint16_t
mipro_header_be16(const uint8_t *header, size_t at)
{
    return mipro_be16(header + at);
}

static inline uint32_t
mipro_header_be32(const uint8_t *header, size_t at)
{
    return mipro_be32(header + at);
}

/* The span's first len octets, or all if there are fewer. */
static inline struct mipro_span
mipro_span_first(struct mipro_span s, size_t len)
{
    return (struct mipro_span){ s.octets, s.captured < len ? s.captured : len,
        s.len < len ? s.len : len };
}

/* An encapsulated packet: tunneled from src to dst, the inner packet is for homeaddr. */
struct mipro_tunnel {
    uint32_t src, dst;
    uint32_t homeaddr;
};

enum mipro_leaf_kind {
    MIPRO_NOTHING,  /* nothing relevant */
    MIPRO_DATAGRAM, /* UDP, with one of our ports */
    MIPRO_ICMP,
    MIPRO_FRAGMENT /* of an IPv4 packet: for fragment.c */
};

/* What was found in a frame but not decoded. */
enum mipro_unopened_kind {
    MIPRO_UNOPENED_NONE,
    MIPRO_UNOPENED_LINK, /* a link layer, by the caller's number */
    MIPRO_UNOPENED_ETHERTYPE,
    MIPRO_UNOPENED_LLC, /* 802.2; number is the destination's access point */
    MIPRO_UNOPENED_PPP,
    MIPRO_UNOPENED_FAMILY, /* of a null or loopback header */
    MIPRO_UNOPENED_PROTOCOL,
    MIPRO_UNOPENED_DEPTH,     /* headers beyond MIPRO_MAX_DEPTH */
    MIPRO_UNOPENED_CUT,       /* a header that was not captured whole */
    MIPRO_UNOPENED_MALFORMED, /* a header that contradicts itself */
    MIPRO_UNOPENED_KINDS
};

struct mipro_unopened {
    uint16_t kind; /* enum mipro_unopened_kind */
    uint16_t number;
};

/* Its name: "ESP", "IPv6", "EtherType 0x88b5".  room is for names that are not in a table. */
const char *mipro_unopened_name(struct mipro_unopened what, char room[32]);

/* The innermost packet of a frame. */
struct mipro_leaf {
    enum mipro_leaf_kind kind;
    uint32_t src, dst; /* of the innermost IP header */
    uint16_t sport, dport;
    struct mipro_span payload; /* of UDP; from the ICMP type; of the fragment's IP header */
    uint16_t ident_ip;         /* identification, protocol and TTL of the innermost IP header */
    uint8_t protocol, ttl;
    bool more;       /* fragments follow this one */
    uint16_t offset; /* of a fragment, in octets; else 0 */
    /*
     * A hash of everything around the innermost datagram: link layer, tags, labels, and the
     * headers of tunnels without their TTL and identification.  It is equal for two copies of
     * a datagram that took the same route.
     */
    uint32_t route;
    uint32_t vlans; /* VLAN and virtual network identifiers, outermost first; 0: none */
    bool is_ipv6;   /* the innermost IP header so far: src and dst are 0 */
    struct mipro_unopened unopened; /* with MIPRO_NOTHING */
    unsigned depth;
    unsigned n_tunnel_data; /* UDP payloads around it that are tunnel data (type 4) */
    unsigned n_tunnels;
    struct mipro_tunnel tunnels[MIPRO_MAX_TUNNELS];
};

/* The route with one more value. */
static inline uint32_t
mipro_route_with(uint32_t route, uint32_t v)
{
    return (uint32_t)mipro_mix((uint64_t)route << 32 | v, 0);
}

static inline void
mipro_route_add(struct mipro_leaf *leaf, uint32_t v)
{
    leaf->route = mipro_route_with(leaf->route, v);
}

/* The route of what was captured on this interface. */
static inline uint32_t
mipro_route_on(uint32_t route, uint32_t interface)
{
    return route + (interface << 8);
}

/*
 * A hash of what may differ between copies of a datagram: TTL, link layer, tunnel, interface. Where
 * only TTL and interface differ, the low 12 bits do, too, up to 16 interfaces.
 */
static inline uint32_t
mipro_way(uint32_t route, uint8_t ttl)
{
    return route + ttl;
}

/*
 * Was it cut before the first octet of a UDP payload?  It may have been any message, and if both
 * ends are 0, between any two nodes.  A frame that shows no IP header at all is like a lost one.
 */
static inline bool
mipro_leaf_is_cut(const struct mipro_leaf *leaf)
{
    return leaf->kind == MIPRO_NOTHING && leaf->unopened.kind == MIPRO_UNOPENED_CUT &&
           !leaf->is_ipv6 && (leaf->protocol == 17 || (leaf->dst == 0 && leaf->protocol != 0));
}

/* A fragment without the tunnels around it, which were already reported. */
static inline struct mipro_leaf
mipro_leaf_alone(const struct mipro_leaf *fragment)
{
    struct mipro_leaf piece = *fragment;

    piece.n_tunnels = piece.n_tunnel_data = 0;
    return piece;
}

/* The UDP ports that carry registration, one bit each. */
struct mipro_ports {
    uint64_t bit[65536 / 64];
};

static inline void
mipro_ports_add(struct mipro_ports *ports, uint16_t port)
{
    ports->bit[port / 64] |= UINT64_C(1) << port % 64;
}

static inline bool
mipro_ports_has(const struct mipro_ports *ports, uint16_t port)
{
    return (ports->bit[port / 64] >> port % 64 & 1) != 0;
}

/* Unwrap a frame; span begins with the link layer's header. */
void mipro_unwrap_frame(enum mipro_linktype link, struct mipro_span span,
    const struct mipro_ports *ports, struct mipro_leaf *leaf);
/*
 * Unwrap the payload of an IP header.  On entry, leaf holds src, dst, protocol and depth of the
 * header, and the tunnels around it; all other members are set here.
 */
void mipro_unwrap_payload(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);

#endif
