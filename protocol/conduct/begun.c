/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_begun.h"

#define UDP 17
#define UDP_HEADER 8u

enum mipro_beginning
mipro_begun_read(const struct mipro_leaf *fragment, const struct mipro_ports *ports,
    const struct mipro_settings *set, struct mipro_begun *begun)
{
    struct mipro_leaf leaf = *fragment;
    struct mipro_message *m = &begun->m;

    mipro_unwrap_payload(fragment->payload, ports, &leaf);
    if (leaf.kind != MIPRO_DATAGRAM)
        return fragment->protocol == UDP && fragment->payload.captured > UDP_HEADER
                   ? MIPRO_BEGINS_OTHER
                   : MIPRO_BEGINS_UNKNOWN;
    mipro_message_parse(
        m, leaf.payload.octets, leaf.payload.captured, leaf.payload.len, set, MIPRO_IDENT_UNKNOWN);
    if (leaf.payload.captured == 0 ||
        (m->def != NULL && mipro_is_draft(m) && !mipro_has(m, MIPRO_F_HOMEADDR)))
        return MIPRO_BEGINS_UNKNOWN;
    begun->src = leaf.src; /* where a tunnel was cut up, those inside */
    begun->dst = leaf.dst;
    return MIPRO_BEGINS_MESSAGE;
}
