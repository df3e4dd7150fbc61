/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers.h - unwrapping header after header: unwrap.c, link.c, tunnel.c, overlay.c. */
#ifndef MIPRO_DECAP_LAYERS_H
#define MIPRO_DECAP_LAYERS_H

#include "mipro_decap.h"
#include "mipro_plain.h"

enum {
    ETHERTYPE_ETHERNET = 0x6558, /* a whole frame, in GRE and GENEVE */
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_IPV6 = 0x86dd
};

/* Record why the rest of the frame is not decoded. */
static inline void
mipro_leave(struct mipro_leaf *leaf, enum mipro_unopened_kind kind, unsigned number)
{
    leaf->unopened = (struct mipro_unopened){ (uint16_t)kind, (uint16_t)number };
}

/*
 * There is no room for a header of n octets: the capture cut it, or the frame is too short.  The
 * datagram inside may be between any two nodes, which are 0 then.
 */
static inline void
mipro_leave_short(struct mipro_leaf *leaf, struct mipro_span span, size_t n)
{
    leaf->src = leaf->dst = 0;
    mipro_leave(leaf, span.len >= n ? MIPRO_UNOPENED_CUT : MIPRO_UNOPENED_MALFORMED, 0);
}

/* Count one more header; false if there are too many. */
static inline bool
mipro_descend(struct mipro_leaf *leaf)
{
    if (++leaf->depth <= MIPRO_MAX_DEPTH)
        return true;
    mipro_leave(leaf, MIPRO_UNOPENED_DEPTH, 0);
    return false;
}

/* What may follow a header. */
enum mipro_layer {
    MIPRO_LAYER_NONE, /* nothing that is decoded: the leaf is complete */
    MIPRO_LAYER_ETHERNET,
    MIPRO_LAYER_ETHERTYPE, /* unwrap.ethertype */
    MIPRO_LAYER_PPP,
    MIPRO_LAYER_IP, /* of the version in its first octet */
    MIPRO_LAYER_IPV4,
    MIPRO_LAYER_IPV6,
    MIPRO_LAYER_PAYLOAD /* of an IP packet with leaf->protocol */
};

/*
 * A frame of which some headers are unwrapped.  Each function below unwraps one, and says what
 * follows; unwrap.c goes on with that.
 */
struct unwrap {
    struct mipro_leaf *leaf;
    const struct mipro_ports *ports;
    enum mipro_layer layer;
    uint16_t ethertype;
    struct mipro_span rest;
};

static inline void
mipro_next(struct unwrap *u, enum mipro_layer layer, struct mipro_span rest)
{
    u->layer = layer;
    u->rest = rest;
}

static inline void
mipro_next_ethertype(struct unwrap *u, uint16_t ethertype, struct mipro_span rest)
{
    u->ethertype = ethertype;
    mipro_next(u, MIPRO_LAYER_ETHERTYPE, rest);
}

/* link.c */
void mipro_unwrap_link(enum mipro_linktype link, struct mipro_span span, struct unwrap *u);
void mipro_unwrap_ethernet(struct mipro_span span, struct unwrap *u);
void mipro_unwrap_ethertype(uint16_t ethertype, struct mipro_span span, struct unwrap *u);
void mipro_unwrap_ppp(struct mipro_span span, struct unwrap *u);
/* tunnel.c */
void mipro_unwrap_ipv4(struct mipro_span span, struct unwrap *u);
/* What an IP packet carries. */
void mipro_unwrap_content(struct mipro_span span, struct unwrap *u);
/* overlay.c */
void mipro_unwrap_ipv6(struct mipro_span span, struct unwrap *u);
/* A UDP datagram between these ports; false if neither is of a known encapsulation. */
bool mipro_unwrap_overlay(uint16_t sport, uint16_t dport, struct mipro_span span, struct unwrap *u);
/* A mirrored frame in GRE with this EtherType; has_sequence: GRE has a sequence number. */
void mipro_unwrap_erspan(
    uint16_t ethertype, bool has_sequence, struct mipro_span span, struct unwrap *u);

/* An IP header that carries a tunnel becomes part of the route to what is inside. */
static inline void
mipro_enter_tunnel(struct mipro_leaf *leaf)
{
    mipro_route_add(leaf, leaf->src);
    mipro_route_add(leaf, leaf->dst);
    mipro_route_add(leaf, leaf->protocol);
}

/* Enter a virtual network, in which addresses may be reused. */
static inline void
mipro_enter_network(struct mipro_leaf *leaf, uint32_t number)
{
    leaf->vlans = (leaf->vlans << 13 | leaf->vlans >> 19) ^ (number + 1);
}

#endif
