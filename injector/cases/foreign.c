/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreign.c - the Mobile-Foreign and Foreign-Home Authentication Extensions of a registration.
 *
 * An agent that shares an association with the other end denies a registration without such
 * an extension, whatever else is right or wrong with it (RFC 2002 3.7.2.1, 3.8.2.1).
 */
#include "cases/parts.h"

#define ROOM 64u /* more than any authentication extension takes */

uint8_t
inj_foreign_ext(enum inj_target target)
{
    return target == INJ_FOREIGN_AGENT ? MIPRO_EXT_MOBILE_FOREIGN : MIPRO_EXT_FOREIGN_HOME;
}

static bool
find_signer(const struct inj_world *w, enum inj_target target, const struct inj_payload *p,
    struct mipro_candidate *signer)
{
    const struct mipro_scene scene = { w->source, w->destination, w->time, w->ring };
    bool valid;

    return inj_find_signer(p, inj_foreign_ext(target), w->foreign_spi, &scene, signer, &valid);
}

bool
inj_world_signs_foreign(const struct inj_world *w, enum inj_target target)
{
    const struct inj_content content = { .type = MIPRO_REGISTRATION_REQUEST,
        .home = w->home,
        .agent = w->agent,
        .care_of = w->care_of,
        .has_ident = true };
    struct mipro_candidate signer;
    struct inj_payload p;

    return inj_compose(&p, &content, &w->set) && find_signer(w, target, &p, &signer);
}

bool
inj_sign_foreign(struct inj_maker *k)
{
    const struct inj_world *w = k->w;
    struct inj_payload *p = &k->payload;
    const uint8_t type = inj_foreign_ext(w->target);
    struct mipro_candidate signer;
    struct mipro_message m;
    struct mipro_ext e;

    if (!w->has_foreign_spi || k->no_foreign ||
        (w->target != INJ_FOREIGN_AGENT && w->target != INJ_HOME_AGENT))
        return true;
    mipro_message_parse(&m, p->octets, p->len, p->len, &w->set, MIPRO_IDENT_UNKNOWN);
    if (m.err != MIPRO_OK || mipro_message_type(&m) != MIPRO_REGISTRATION_REQUEST ||
        mipro_ext_find(&m, type, &e))
        return true;
    /* Of a node that is not the one tested for, or in a message that is full, there is none. */
    return !find_signer(w, w->target, p, &signer) || p->len + ROOM > INJ_PAYLOAD_MAX ||
           inj_sign(p, type, &signer, w->foreign_spi);
}
