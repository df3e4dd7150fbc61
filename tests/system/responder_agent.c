/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * responder_agent.c - the new foreign agent: passes registrations on, and makes
 * the Binding Update for the previous agent of a Previous Foreign Agent
 * Notification (5.1, 8.1).  It sends that once: retransmitting is the mobile node's.
 */
#include "responder.h"

#include <string.h>

#define RRQ_RESERVED 0x01u

/* Codes of a Registration Reply that a foreign agent gives (RFC 2002 3.4). */
#define CODE_AUTHENTICATION 67
#define CODE_POORLY_FORMED 70

#define MAX_HANDOFF_TRIES 3

static void
refuse(struct responder *r, const struct packet *p, const struct mipro_message *m, int code)
{
    uint8_t octets[64];
    struct mipro_build b = mipro_build(octets, sizeof(octets),
        mipro_msg_def(MIPRO_REGISTRATION_REPLY, MIPRO_SOURCE_BASE), &r->set);

    mipro_put(&b, MIPRO_F_CODE, (uint64_t)code);
    mipro_put(&b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    mipro_put(&b, MIPRO_F_HOMEAGENT, mipro_value(m, MIPRO_F_HOMEAGENT));
    mipro_put(&b, MIPRO_F_IDENT, mipro_value(m, MIPRO_F_IDENT));
    if (!b.failed)
        send_to(r, p->src, p->sport, octets, b.len);
}

/* 0, or why it goes no further; *end is where the part for the home agent ends. */
static int
judge_request(
    struct responder *r, const struct packet *p, const struct mipro_message *m, size_t *end)
{
    struct mipro_scene scene = scene_of(r, p);
    bool home_signed = false;

    if (m->err != MIPRO_OK || mipro_value(m, MIPRO_F_FLAGS) & RRQ_RESERVED)
        return CODE_POORLY_FORMED;
    *end = m->ext_end;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        struct mipro_auth auth;

        if (e.type == MIPRO_EXT_MOBILE_HOME && !home_signed) {
            home_signed = true;
            *end = e.off + mipro_ext_len(&e);
        }
        if (e.type == MIPRO_EXT_PFAN && e.body_len < 15)
            return CODE_POORLY_FORMED;
        if (e.type != MIPRO_EXT_MOBILE_FOREIGN)
            continue;
        if (!home_signed)
            return CODE_POORLY_FORMED; /* out of order (RFC 2002 3.6.1.3) */
        mipro_auth_judge(m, &e, &scene, &auth);
        if (auth.verdict != MIPRO_GOOD && r->fault != FAULT_IGNORES_33)
            return CODE_AUTHENTICATION;
    }
    return 0;
}

/* Does the notification make sense?  If not, no Binding Update comes of it. */
static bool
is_sensible(const struct responder *r, const struct mipro_message *m, const struct mipro_ext *e)
{
    uint64_t agent = 0, coa = 0;

    if (!mipro_ext_value(m, e, MIPRO_F_PFAN_AGENT, &agent) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_COA, &coa))
        return false;
    if (r->fault == FAULT_TRUSTS_ADDRESSES)
        return true;
    return is_unicast(r, (uint32_t)agent) && agent != r->address &&
           (coa == mipro_value(m, MIPRO_F_COA) || coa == mipro_value(m, MIPRO_F_HOMEADDR));
}

static void
notify(struct responder *r, const struct mipro_message *m, const struct mipro_ext *e)
{
    uint64_t flags = mipro_value(m, MIPRO_F_FLAGS), agent = 0, spi = 0;
    struct mipro_pfan_reading reading = {
        .ident = true, .minimal = (flags & MIPRO_RRQ_M) != 0, .gre = (flags & MIPRO_RRQ_G) != 0
    };
    uint8_t octets[20 + 2 + 255];
    size_t n_mac = 0, n = mipro_pfan_body(m, e, &reading, octets);
    const uint8_t *mac = mipro_ext_octets(m, e, MIPRO_F_PFAN_AUTHENTICATOR, &n_mac);

    if (mac == NULL || !mipro_ext_value(m, e, MIPRO_F_PFAN_AGENT, &agent) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_SPI, &spi))
        return;
    if (r->fault == FAULT_ALTERS_HANDOFF)
        octets[2] >>= 1, octets[3] >>= 1;
    if (r->fault == FAULT_CLEARS_A)
        octets[1] &= (uint8_t)~MIPRO_BU_A;
    octets[n++] = mipro_auth_ext_type(&r->set);
    octets[n++] = (uint8_t)(4 + n_mac);
    for (int shift = 24; shift >= 0; shift -= 8)
        octets[n++] = (uint8_t)(spi >> shift);
    memcpy(octets + n, mac, n_mac);
    n += n_mac;
    send_to(r, (uint32_t)agent, MIPRO_PORT, octets, n);
    if (r->fault == FAULT_RETRANSMITS_HANDOFF && n <= sizeof(r->pending.octets)) {
        r->pending = (struct pending){
            .used = true, .due = r->now + RETRANSMIT_AFTER / 4, .dst = (uint32_t)agent, .len = n
        };
        memcpy(r->pending.octets, octets, n);
    }
}

static void
remember(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    static size_t next;
    struct relayed *slot = &r->relayed[next++ % MAX_PEERS];

    *slot = (struct relayed){ true, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR), p->src, p->sport,
        mipro_value(m, MIPRO_F_IDENT) };
}

static void
take_request(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    size_t end = 0;
    int code;

    if (m->err == MIPRO_ERR_TRUNCATED || holds_unknown_ext(m))
        return;
    code = judge_request(r, p, m, &end);
    if (code != 0) {
        refuse(r, p, m, code);
        return;
    }
    remember(r, p, m);
    send_to(r, (uint32_t)mipro_value(m, MIPRO_F_HOMEAGENT), MIPRO_PORT, p->buf, end);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.type == MIPRO_EXT_PFAN) {
            if (is_sensible(r, m, &e))
                notify(r, m, &e);
            return; /* a second one is not looked at */
        }
    }
}

static void
take_reply(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    for (size_t i = 0; i < MAX_PEERS; i++) {
        struct relayed *w = &r->relayed[i];

        if (w->used && w->home == mipro_value(m, MIPRO_F_HOMEADDR) &&
            w->ident == mipro_value(m, MIPRO_F_IDENT)) {
            w->used = false;
            send_to(r, w->back_to, w->port, p->buf, p->len);
        }
    }
}

void
agent_take(struct responder *r, const struct packet *p)
{
    struct mipro_message m;

    mipro_message_parse(&m, p->buf, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (p->dst != r->address)
        return;
    if (mipro_message_type(&m) == MIPRO_REGISTRATION_REQUEST)
        take_request(r, p, &m);
    else if (mipro_message_type(&m) == MIPRO_REGISTRATION_REPLY && m.err == MIPRO_OK)
        take_reply(r, p, &m);
}

void
agent_tick(struct responder *r)
{
    struct pending *w = &r->pending;

    if (!w->used || w->due > r->now)
        return;
    send_to(r, w->dst, MIPRO_PORT, w->octets, w->len);
    w->due = r->now + RETRANSMIT_AFTER / 4;
    w->used = ++w->tries < MAX_HANDOFF_TRIES;
}
