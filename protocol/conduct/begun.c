/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_begun.h"

#define UDP 17
#define UDP_HEADER 8u

bool
mipro_begun_hides_home(const struct mipro_message *m)
{
    return m->def != NULL && !mipro_has(m, MIPRO_F_HOMEADDR) &&
           (mipro_is_draft(m) || (m->def->in & MIPRO_IN_REGISTRATION) != 0);
}

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
    if (leaf.payload.captured == 0 || mipro_begun_hides_home(m))
        return MIPRO_BEGINS_UNKNOWN;
    begun->src = leaf.src; /* where a tunnel was cut up, those inside */
    begun->dst = leaf.dst;
    return MIPRO_BEGINS_MESSAGE;
}
