/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * responder_mobile.c - the mobile node: registers with the foreign agent that it
 * hears, asks it to notify the one before, and itself retransmits the Binding
 * Update to that one until it is acknowledged (3.2, 8.1).
 */
#include "responder.h"

#include <string.h>

#define LIFETIME 60
#define CACHE_LIFETIME 10
#define MAX_TRIES 20

#define ADVERT_HEADER 8
#define EXT_PADDING 0
#define EXT_PREFIX_LENGTHS 19

/* Extensions of a router advertisement: one that must be understood and is not (RFC 2002 1.9)? */
static bool
is_understood(const uint8_t *icmp, size_t n)
{
    size_t at = n < ADVERT_HEADER ? n : ADVERT_HEADER + (size_t)icmp[4] * icmp[5] * 4;

    while (at < n) {
        uint8_t type = icmp[at];

        if (type == EXT_PADDING) {
            at++;
            continue;
        }
        if (at + 2 > n || at + 2 + icmp[at + 1] > n)
            return false; /* it runs past the end */
        if (type != MIPRO_ADVERT_TYPE && type != EXT_PREFIX_LENGTHS && type < 128)
            return false;
        at += 2u + icmp[at + 1];
    }
    return true;
}

static uint32_t
address_at(const uint8_t *octets)
{
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
           octets[3];
}

/* The Binding Update that the notification asks for, to be sent by ourselves if need be. */
static void
prepare_update(struct responder *r, uint32_t old_agent, uint64_t ident)
{
    struct pending *w = &r->pending;
    uint32_t node;
    const struct mipro_association *s = any_association(r, r->home, old_agent, &node);
    struct mipro_build b;

    *w = (struct pending){
        .due = r->now + RETRANSMIT_AFTER, .dst = old_agent, .home = r->home, .ident = ident
    };
    b = mipro_build(w->octets, sizeof(w->octets),
        mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &r->set);
    mipro_put(&b, MIPRO_F_FLAGS, MIPRO_BU_A | MIPRO_BU_I);
    mipro_put(&b, MIPRO_F_LIFE, CACHE_LIFETIME);
    mipro_put(&b, MIPRO_F_HOMEADDR, r->home);
    mipro_put(&b, MIPRO_F_COA, r->mobile.coa);
    mipro_put(&b, MIPRO_F_IDENT, ident);
    if (s != NULL)
        mipro_put_auth(&b, mipro_auth_ext_type(&r->set), s, node, s->spi);
    w->len = b.len;
    w->used = s != NULL && !b.failed;
}

static void
ask_for_handoff(struct responder *r, struct mipro_build *b, uint32_t old_agent)
{
    struct mipro_pfan_reading reading = { .ident = true };
    uint32_t node;
    const struct mipro_association *s = any_association(r, r->home, old_agent, &node);

    if (s == NULL)
        return;
    mipro_put_ext(b, MIPRO_EXT_PFAN);
    mipro_put_ext_field(b, MIPRO_F_PFAN_LIFE, CACHE_LIFETIME);
    mipro_put_ext_field(b, MIPRO_F_PFAN_AGENT, old_agent);
    mipro_put_ext_field(b, MIPRO_F_PFAN_COA, r->mobile.coa);
    mipro_put_ext_field(b, MIPRO_F_PFAN_SPI, s->spi);
    mipro_put_pfan_authenticator(b, s, node, &reading, MIPRO_BODY_TYPE_LENGTH);
}

static void
register_with(struct responder *r, uint32_t agent, uint32_t coa, bool smooth)
{
    uint32_t old_agent = r->mobile.agent, node;
    const struct mipro_association *s;
    uint64_t ident = ntp_time(r);
    uint8_t octets[256];
    struct mipro_build b = mipro_build(octets, sizeof(octets),
        mipro_msg_def(MIPRO_REGISTRATION_REQUEST, MIPRO_SOURCE_BASE), &r->set);

    r->mobile = (struct mobile){ .agent = agent, .coa = coa };
    mipro_put(&b, MIPRO_F_LIFE, LIFETIME);
    mipro_put(&b, MIPRO_F_HOMEADDR, r->home);
    mipro_put(&b, MIPRO_F_HOMEAGENT, r->agent);
    mipro_put(&b, MIPRO_F_COA, coa);
    mipro_put(&b, MIPRO_F_IDENT, ident);
    s = any_association(r, r->home, r->agent, &node);
    if (s != NULL)
        mipro_put_auth(&b, MIPRO_EXT_MOBILE_HOME, s, node, s->spi);
    if (smooth && old_agent != 0 && r->fault != FAULT_NO_SMOOTH_HANDOFF) {
        ask_for_handoff(r, &b, old_agent);
        prepare_update(r, old_agent, ident);
    }
    s = any_association(r, r->home, agent, &node);
    if (s != NULL)
        mipro_put_auth(&b, MIPRO_EXT_MOBILE_FOREIGN, s, node, s->spi);
    if (!b.failed)
        send_to(r, agent, MIPRO_PORT, octets, b.len);
}

void
mobile_advert(struct responder *r, uint32_t src, const uint8_t *icmp, size_t n)
{
    struct mipro_advert a;
    uint32_t coa;

    if (!mipro_advert_parse(&a, icmp, n, n))
        return;
    if (r->fault != FAULT_ANY_ADVERTISER &&
        (!is_understood(icmp, n) || (a.ext_len - MIPRO_ADVERT_MIN_LEN) % 4 != 0 ||
            !(a.flags & (MIPRO_ADV_F | MIPRO_ADV_H))))
        return;
    if (a.n_coa == 0 && r->fault != FAULT_ANY_ADVERTISER)
        return; /* it offers no care-of address */
    coa = a.n_coa != 0 ? address_at(icmp + a.off + 8) : src;
    if (coa != r->mobile.coa)
        register_with(r, src, coa, (a.flags & MIPRO_ADV_S) != 0);
}

/* Does it answer what we sent to the previous agent?  Reserved octets are not looked at. */
void
mobile_take(struct responder *r, const struct packet *p)
{
    struct mipro_message m;
    struct mipro_ext e;
    struct mipro_scene scene = scene_of(r, p);
    struct mipro_auth auth = { .verdict = MIPRO_GOOD };

    mipro_message_parse(&m, p->buf, p->len, p->len, &r->set, MIPRO_IDENT_PRESENT);
    if (mipro_message_type(&m) != MIPRO_BINDING_ACKNOWLEDGE || m.err != MIPRO_OK ||
        holds_unknown_ext(&m) || r->fault == FAULT_NEVER_STOPS)
        return;
    if (mipro_ext_find(&m, mipro_auth_ext_type(&r->set), &e))
        mipro_auth_judge(&m, &e, &scene, &auth);
    if (auth.verdict == MIPRO_GOOD && mipro_value(&m, MIPRO_F_STATUS) == 0 &&
        mipro_value(&m, MIPRO_F_HOMEADDR) == r->pending.home && mipro_has(&m, MIPRO_F_IDENT) &&
        mipro_value(&m, MIPRO_F_IDENT) == r->pending.ident)
        r->pending.used = false;
}

void
mobile_tick(struct responder *r)
{
    struct pending *w = &r->pending;

    if (!w->used || w->due > r->now)
        return;
    w->used = r->fault != FAULT_NEVER_RETRANSMITS && ++w->tries < MAX_TRIES;
    w->due = r->now + RETRANSMIT_AFTER;
    if (r->fault != FAULT_NEVER_RETRANSMITS)
        send_to(r, w->dst, MIPRO_PORT, w->octets, w->len);
}
