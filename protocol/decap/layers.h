/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers.h - what link.c and tunnel.c call of each other. */
#ifndef MIPRO_DECAP_LAYERS_H
#define MIPRO_DECAP_LAYERS_H

#include "mipro_decap.h"

enum {
    PROTOCOL_UDP = 17,
    IP_MORE = 0x2000,
    IP_OFFSET = 0x1fff,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_IPV6 = 0x86dd
};

/* The rest of the frame stays closed, for this reason. */
static inline void
mipro_leave(struct mipro_leaf *leaf, enum mipro_unopened_kind kind, unsigned number)
{
    leaf->unopened = (struct mipro_unopened){ (uint16_t)kind, (uint16_t)number };
}

/* A header of n octets is not there: the capture lacks it, or the frame was sent without. */
static inline void
mipro_leave_short(struct mipro_leaf *leaf, struct mipro_span span, size_t n)
{
    mipro_leave(leaf, span.len >= n ? MIPRO_UNOPENED_CUT : MIPRO_UNOPENED_MALFORMED, 0);
}

/* One more header.  False: there are too many. */
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
void mipro_unwrap_ppp(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);
/* By the version in its first octet. */
void mipro_unwrap_ip(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);
void mipro_unwrap_ipv4(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf);

#endif
