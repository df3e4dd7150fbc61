/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * new_agent.c - the new foreign agent: it passes registrations on, and builds the Binding
 * Update to the previous agent from a Previous Foreign Agent Notification (5.1, 8.1).  It sends
 * that once: retransmission is up to the mobile node.
 */
#include "respond/parts.h"

#include <string.h>

/* Codes of a Registration Reply that a foreign agent gives (RFC 2002 3.4). */
#define CODE_AUTHENTICATION 67
#define CODE_POORLY_FORMED 70
#define CODE_CARE_OF 77
#define CODE_UNREACHABLE 80

#define RRQ_RESERVED 0x01u
#define PFAN_LEAST 15u /* the fixed part and an octet of authenticator */
#define MAX_HANDOFF_TRIES 3

static void
refuse(
    struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m, int right)
{
    const int code = inj_fault_code(r->fault, MIPRO_REGISTRATION_REPLY, right);
    struct inj_outgoing o;

    if (code > UINT8_MAX)
        return;
    inj_begin(r, &o, MIPRO_REGISTRATION_REPLY);
    mipro_put(&o.b, MIPRO_F_CODE, (uint64_t)code);
    mipro_put(&o.b, MIPRO_F_LIFE, mipro_value(m, MIPRO_F_LIFE));
    mipro_put(&o.b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    mipro_put(&o.b, MIPRO_F_HOMEAGENT, mipro_value(m, MIPRO_F_HOMEAGENT));
    mipro_put(&o.b, MIPRO_F_IDENT, mipro_value(m, MIPRO_F_IDENT));
    inj_finish(r, &o, NULL, p->src, p->sport);
}

/* 0, or the code of the denial; *end is where the part for the home agent ends. */
static int
judge_request(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m,
    size_t *end)
{
    const uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);
    bool home_signed = false;
    unsigned n_foreign = 0;

    *end = m->ext_end;
    if (m->err != MIPRO_OK && !inj_does(r, INJ_TAKES_OVERRUN))
        return CODE_POORLY_FORMED;
    if ((mipro_value(m, MIPRO_F_FLAGS) & RRQ_RESERVED) != 0 && !inj_does(r, INJ_TAKES_RESERVED))
        return CODE_POORLY_FORMED;
    if ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_RRQ_D) == 0 && mipro_value(m, MIPRO_F_LIFE) != 0 &&
        coa != r->address && !inj_does(r, INJ_TRUSTS_CARE_OF))
        return CODE_CARE_OF; /* it is not one that we offer (RFC 2002 3.7.2.1) */
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        struct mipro_auth auth;

        if (inj_is_authorizing(m, &e) && !home_signed) {
            home_signed = true;
            if (!inj_does(r, INJ_RELAYS_ALL_EXT))
                *end = e.off + mipro_ext_len(&e);
        }
        if (e.type == MIPRO_EXT_PFAN && e.body_len < PFAN_LEAST &&
            !inj_does(r, INJ_TRUSTS_PFAN_LENGTH))
            return CODE_POORLY_FORMED;
        if (e.type != MIPRO_EXT_MOBILE_FOREIGN)
            continue;
        if (!home_signed && !inj_does(r, INJ_IGNORES_33_ORDER))
            return CODE_POORLY_FORMED; /* out of order (RFC 2002 3.6.1.3) */
        if (inj_does(r, INJ_IGNORES_33))
            continue;
        if (!inj_is_authentic(r, p, m, &e, &auth) ||
            (n_foreign++ > 0 && !inj_does(r, INJ_TAKES_LAST_OF_TWO)))
            return CODE_AUTHENTICATION;
    }
    return 0;
}

/* Is the notification plausible?  If not, no Binding Update is built from it. */
static bool
is_sensible(const struct inj_responder *r, const struct mipro_message *m, const struct mipro_ext *e)
{
    const bool trusts = inj_does(r, INJ_TRUSTS_ADDRESSES);
    uint64_t agent = 0, coa = 0;

    if (!mipro_ext_value(m, e, MIPRO_F_PFAN_AGENT, &agent) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_COA, &coa))
        return false;
    if (!trusts && !inj_does(r, INJ_TRUSTS_HOME) && !inj_is_unicast(r, (uint32_t)agent))
        return false;
    if (!trusts && agent == r->address)
        return false;
    return trusts || inj_does(r, INJ_TRUSTS_CARE_OF) || coa == mipro_value(m, MIPRO_F_COA) ||
           coa == mipro_value(m, MIPRO_F_HOMEADDR);
}

/* The Binding Update that the notification asks for, with the mobile node's authenticator. */
static void
notify(struct inj_responder *r, const struct mipro_message *m, const struct mipro_ext *e)
{
    const uint64_t flags = mipro_value(m, MIPRO_F_FLAGS);
    const struct mipro_pfan_reading reading = {
        .ident = true, .minimal = (flags & MIPRO_RRQ_M) != 0, .gre = (flags & MIPRO_RRQ_G) != 0
    };
    uint8_t octets[MIPRO_PFAN_SIGNED_MAX + 4 + UINT8_MAX];
    uint64_t agent = 0, spi = 0;
    size_t n_mac = 0, n = mipro_pfan_body(m, e, &reading, octets);
    const uint8_t *mac = mipro_ext_octets(m, e, MIPRO_F_PFAN_AUTHENTICATOR, &n_mac);

    if (mac == NULL || !mipro_ext_value(m, e, MIPRO_F_PFAN_AGENT, &agent) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_SPI, &spi))
        return;
    octets[n++] = mipro_auth_ext_type(&r->set);
    octets[n++] = (uint8_t)(4 + n_mac);
    for (int shift = 24; shift >= 0; shift -= 8)
        octets[n++] = (uint8_t)(spi >> shift);
    memcpy(octets + n, mac, n_mac);
    n += n_mac;
    inj_pass_on(r, MIPRO_BINDING_UPDATE, octets, n, (uint32_t)agent, MIPRO_PORT);
    if (!inj_does(r, INJ_RETRANSMITS_HANDOFF))
        return;
    r->update = (struct inj_pending){
        .used = true, .due = r->now + INJ_RETRANSMIT_AFTER / 4, .dst = (uint32_t)agent, .len = n
    };
    memcpy(r->update.octets, octets, n);
}

static void
remember(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    r->relayed[r->n_relayed++ % INJ_MAX_PEERS] =
        (struct inj_relayed){ true, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR), p->src, p->sport,
            mipro_value(m, MIPRO_F_IDENT) };
}

static void
take_request(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    uint32_t to = (uint32_t)mipro_value(m, MIPRO_F_HOMEAGENT);
    size_t end = 0;
    int code;

    if (m->err == MIPRO_ERR_TRUNCATED || inj_is_discarded(r, m))
        return;
    code = judge_request(r, p, m, &end);
    if (code != 0 || inj_does(r, INJ_GRANTS_ITSELF)) {
        refuse(r, p, m, code);
        return;
    }
    if (to == r->address)
        return; /* it is not a home agent, and must not forward the request to itself (3.7.2) */
    if (!inj_is_unicast(r, to)) {
        refuse(r, p, m, CODE_UNREACHABLE);
        return;
    }
    remember(r, p, m);
    inj_pass_on(r, MIPRO_REGISTRATION_REQUEST, p->octets, end, to, MIPRO_PORT);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.type != MIPRO_EXT_PFAN)
            continue;
        if (is_sensible(r, m, &e))
            notify(r, m, &e);
        if (!inj_does(r, INJ_HANDS_OFF_TWICE))
            return; /* a second one is ignored */
    }
}

static void
take_reply(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    for (size_t i = 0; i < INJ_MAX_PEERS; i++) {
        struct inj_relayed *w = &r->relayed[i];
        const bool fits = w->home == mipro_value(m, MIPRO_F_HOMEADDR) &&
                          (uint32_t)w->ident == (uint32_t)mipro_value(m, MIPRO_F_IDENT);

        const bool stray =
            w->home == mipro_value(m, MIPRO_F_HOMEADDR) && inj_does(r, INJ_RELAYS_STRAY_REPLY);

        if ((w->used && fits) || stray) {
            w->used = false;
            inj_pass_on(r, MIPRO_REGISTRATION_REPLY, p->octets, p->len, w->back_to, w->port);
            return;
        }
    }
}

void
inj_new_agent_receive(struct inj_responder *r, const struct inj_datagram *p)
{
    struct mipro_message m;

    mipro_message_parse(&m, p->octets, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (p->dst != r->address)
        return;
    if (mipro_message_type(&m) == MIPRO_REGISTRATION_REQUEST)
        take_request(r, p, &m);
    else if (mipro_message_type(&m) == MIPRO_REGISTRATION_REPLY && m.err == MIPRO_OK &&
             !inj_is_discarded(r, &m))
        take_reply(r, p, &m);
}

void
inj_new_agent_tick(struct inj_responder *r)
{
    struct inj_pending *w = &r->update;

    if (!w->used || w->due > r->now)
        return;
    inj_pass_on(r, MIPRO_BINDING_UPDATE, w->octets, w->len, w->dst, MIPRO_PORT);
    w->due = r->now + INJ_RETRANSMIT_AFTER / 4;
    w->used = ++w->tries < MAX_HANDOFF_TRIES;
}
