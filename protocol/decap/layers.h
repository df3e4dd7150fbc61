/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers.h - the functions that link.c, tunnel.c and overlay.c share. */
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

void mipro_unwrap_ethertype(uint16_t ethertype, struct mipro_span span,
    const struct mipro_ports *ports, struct mipro_leaf *leaf);
void mipro_unwrap_ethernet(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);
void mipro_unwrap_ppp(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);
/* Unwrap IP, of the version in its first octet. */
void mipro_unwrap_ip(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);
void mipro_unwrap_ipv4(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);

void mipro_unwrap_ipv6(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);

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

/* Unwrap a UDP datagram between these ports; false if neither is of a known encapsulation. */
bool mipro_unwrap_overlay(uint16_t sport, uint16_t dport, struct mipro_span span,
    const struct mipro_ports *ports, struct mipro_leaf *leaf);
/* A mirrored frame in GRE with this EtherType; has_sequence: GRE has a sequence number. */
void mipro_unwrap_erspan(uint16_t ethertype, bool has_sequence, struct mipro_span span,
    const struct mipro_ports *ports, struct mipro_leaf *leaf);

#endif
