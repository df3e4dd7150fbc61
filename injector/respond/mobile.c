/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mobile.c - the mobile node: it registers with the foreign agent that it hears, asks it to
 * notify the previous one, and itself retransmits the Binding Update to the previous agent until
 * it is acknowledged (3.2, 8.1).
 */
#include "respond/parts.h"

#include <string.h>

#define LIFETIME 60
#define CACHE_LIFETIME 10
#define MAX_TRIES 20
#define CODE_IDENTIFICATION 133
#define HURRY                                                                                      \
    (3 * MIPRO_SECOND / 10) /* of a fault: an unanswered request is repeated after this            \
                             */
#define HURRIED_TRIES 5

#define ADVERT_HEADER 8
#define EXT_PADDING 0
#define EXT_PREFIX_LENGTHS 19
#define EXT_CHALLENGE 24

/* Is each extension of a router advertisement known, or one that may be skipped (RFC 2002 1.9)? */
static bool
is_understood(const struct inj_responder *r, const uint8_t *icmp, size_t n)
{
    size_t at = n < ADVERT_HEADER ? n : ADVERT_HEADER + (size_t)icmp[4] * icmp[5] * 4;

    while (at < n) {
        const uint8_t type = icmp[at];
        const bool known =
            type == MIPRO_ADVERT_TYPE || type == EXT_PREFIX_LENGTHS || type == EXT_CHALLENGE;

        if (type == EXT_PADDING) {
            at++;
            continue;
        }
        if (at + 2 > n || at + 2 + icmp[at + 1] > n)
            return false; /* it runs past the end */
        if (!known && type < 128 && !inj_does(r, INJ_TAKES_ADVERT_UNKNOWN))
            return false;
        if (!known && type >= 128 && inj_does(r, INJ_REFUSES_ADVERT_SKIPPABLE))
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

static struct inj_signer
signer_with(const struct inj_responder *r, uint8_t ext, uint32_t peer)
{
    struct inj_signer by = { .ext = ext };

    by.association = inj_any_association(r, r->home, peer, &by.node);
    by.spi = by.association != NULL ? by.association->spi : 0;
    return by;
}

/* The Binding Update that the notification asks for, which we retransmit if need be. */
static void
prepare_update(struct inj_responder *r, uint32_t old_agent, uint64_t ident)
{
    const struct inj_signer by = signer_with(r, mipro_auth_ext_type(&r->set), old_agent);
    struct inj_pending *w = &r->update;
    struct mipro_build b;

    *w = (struct inj_pending){
        .due = r->now + INJ_RETRANSMIT_AFTER, .dst = old_agent, .home = r->home, .ident = ident
    };
    if (by.association == NULL)
        return;
    b = mipro_build(w->octets, sizeof(w->octets),
        mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &r->set);
    mipro_put(&b, MIPRO_F_FLAGS, MIPRO_BU_A | MIPRO_BU_I);
    mipro_put(&b, MIPRO_F_LIFE, CACHE_LIFETIME);
    mipro_put(&b, MIPRO_F_HOMEADDR, r->home);
    mipro_put(&b, MIPRO_F_COA, r->coa);
    mipro_put(&b, MIPRO_F_IDENT, ident);
    mipro_put_auth(&b, by.ext, by.association, by.node, by.spi);
    w->len = b.len;
    w->used = !b.failed;
}

static void
ask_for_handoff(struct inj_responder *r, struct mipro_build *b, uint32_t old_agent)
{
    const struct mipro_pfan_reading reading = { .ident = true };
    const struct inj_signer by = signer_with(r, MIPRO_EXT_PFAN, old_agent);

    if (by.association == NULL)
        return;
    mipro_put_ext(b, MIPRO_EXT_PFAN);
    mipro_put_ext_field(b, MIPRO_F_PFAN_LIFE, CACHE_LIFETIME);
    mipro_put_ext_field(b, MIPRO_F_PFAN_AGENT, old_agent);
    mipro_put_ext_field(b, MIPRO_F_PFAN_COA, r->coa);
    mipro_put_ext_field(b, MIPRO_F_PFAN_SPI, by.spi);
    mipro_put_pfan_authenticator(b, by.association, by.node, &reading, MIPRO_BODY_TYPE_LENGTH);
    inj_fault_change(r->fault, MIPRO_EXT_PFAN, true, b->buf + b->ext_off, b->len - b->ext_off);
}

/* Sign with the home agent's association that answers a challenge (RFC 4721), if any. */
static void
sign_by_challenge(struct inj_responder *r, struct mipro_build *b)
{
    const uint64_t challenge[2] = { inj_draw(r), inj_draw(r) };
    const struct mipro_association *s;
    uint32_t node;

    s = inj_challenged_association(r, r->home, r->agent, &node);
    if (s == NULL)
        return;
    mipro_put_ext(b, MIPRO_EXT_CHALLENGE);
    mipro_put_ext_octets(b, (const uint8_t *)challenge, sizeof(challenge));
    mipro_put_auth(b, MIPRO_EXT_GENERALIZED, s, node, s->spi);
}

static void
register_with(struct inj_responder *r, uint32_t agent, uint32_t coa, bool smooth)
{
    const struct inj_signer home = signer_with(r, MIPRO_EXT_MOBILE_HOME, r->agent);
    const struct inj_signer foreign = signer_with(r, MIPRO_EXT_MOBILE_FOREIGN, agent);
    const uint32_t old_agent = r->visited;
    const uint64_t ident = inj_ntp_time(r);
    struct inj_outgoing o;

    r->request_ident = (uint32_t)ident;
    r->visited = agent;
    r->coa = coa;
    inj_begin(r, &o, MIPRO_REGISTRATION_REQUEST);
    mipro_put(&o.b, MIPRO_F_LIFE, LIFETIME);
    mipro_put(&o.b, MIPRO_F_HOMEADDR, r->home);
    mipro_put(&o.b, MIPRO_F_HOMEAGENT, r->agent);
    mipro_put(&o.b, MIPRO_F_COA, coa);
    mipro_put(&o.b, MIPRO_F_IDENT, ident);
    if (home.association != NULL &&
        !inj_fault_sends(r->fault, MIPRO_REGISTRATION_REQUEST, INJ_SENT_UNSIGNED))
        mipro_put_auth(&o.b, home.ext, home.association, home.node, home.spi);
    sign_by_challenge(r, &o.b);
    if (smooth && old_agent != 0 && !inj_does(r, INJ_NO_SMOOTH_HANDOFF)) {
        ask_for_handoff(r, &o.b, old_agent);
        prepare_update(r, old_agent, ident);
    }
    inj_finish(r, &o, &foreign, agent, MIPRO_PORT);
    if (!inj_does(r, INJ_HURRIES_REQUESTS) || o.b.failed)
        return;
    r->request = (struct inj_pending){
        .used = true, .due = r->now + HURRY, .dst = agent, .ident = ident, .len = o.b.len
    };
    memcpy(r->request.octets, o.octets, o.b.len);
}

void
inj_mobile_hear(struct inj_responder *r, uint32_t src, const uint8_t *icmp, size_t n)
{
    const bool any = inj_does(r, INJ_TAKES_ANY_ADVERTISER);
    struct mipro_advert a;
    uint32_t coa;

    if (!mipro_advert_parse(&a, icmp, n, n))
        return;
    if (!any && (!is_understood(r, icmp, n) || (a.ext_len - MIPRO_ADVERT_MIN_LEN) % 4 != 0))
        return;
    if (!any && (a.flags & (MIPRO_ADV_F | MIPRO_ADV_H)) == 0 && !inj_does(r, INJ_TAKES_ADVERT_NO_F))
        return;
    if (!any && a.n_coa == 0 && !inj_does(r, INJ_TAKES_ADVERT_NO_COA))
        return; /* it offers no care-of address */
    if ((a.flags & 0x7f) != 0 && inj_does(r, INJ_REFUSES_ADVERT_RESERVED))
        return;
    coa = a.n_coa != 0 ? address_at(icmp + a.off + 8) : src;
    if (coa != r->coa)
        register_with(r, src, coa, (a.flags & MIPRO_ADV_S) != 0);
}

/* Does this Binding Acknowledge answer our Binding Update?  Reserved octets are ignored. */
static bool
answers(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    struct mipro_ext e;
    struct mipro_auth auth;

    if (inj_does(r, INJ_NEVER_STOPS))
        return false;
    if (inj_does(r, INJ_STOPS_NEVER_IF_RESERVED) && mipro_value(m, MIPRO_F_RESERVED) != 0)
        return false;
    if (inj_does(r, INJ_STOPS_ON_ANY_ACK))
        return true;
    if (mipro_ext_find(m, mipro_auth_ext_type(&r->set), &e) &&
        !inj_is_authentic(r, p, m, &e, &auth))
        return false;
    if (mipro_value(m, MIPRO_F_STATUS) != 0 && !inj_does(r, INJ_STOPS_ON_REFUSAL))
        return false;
    if (mipro_value(m, MIPRO_F_HOMEADDR) != r->update.home && !inj_does(r, INJ_STOPS_ON_OTHER_HOME))
        return false;
    if (!mipro_has(m, MIPRO_F_IDENT))
        return inj_does(r, INJ_STOPS_ON_NO_IDENT);
    return mipro_value(m, MIPRO_F_IDENT) == r->update.ident ||
           inj_does(r, INJ_STOPS_ON_OTHER_IDENT);
}

/* Is this the home agent's Registration Reply to our last request (RFC 2002 3.6.2.1)? */
static bool
is_our_reply(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    bool good = false;
    unsigned n = 0;

    if (inj_does(r, INJ_TAKES_ANY_REPLY))
        return true;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        struct mipro_auth auth;

        if (e.type == MIPRO_EXT_MOBILE_HOME && n++ == 0)
            good = inj_is_authentic(r, p, m, &e, &auth);
    }
    if (n == 0 && inj_does(r, INJ_TAKES_UNSIGNED_REPLY))
        good = true;
    else if (n != 1)
        return false;
    if (inj_does(r, INJ_TAKES_OTHER_REPLY))
        return true; /* whoever signed it, and whichever request it answers */
    return good && mipro_value(m, MIPRO_F_HOMEADDR) == r->home &&
           (uint32_t)mipro_value(m, MIPRO_F_IDENT) == r->request_ident;
}

/* After a denial 133 it registers again, with a new identification (RFC 2002 3.6.2.3). */
static void
take_reply(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    if ((uint32_t)mipro_value(m, MIPRO_F_IDENT) == (uint32_t)r->request.ident)
        r->request.used = false;
    if (mipro_value(m, MIPRO_F_CODE) == CODE_IDENTIFICATION && r->visited != 0 &&
        is_our_reply(r, p, m))
        register_with(r, r->visited, r->coa, false);
}

void
inj_mobile_receive(struct inj_responder *r, const struct inj_datagram *p)
{
    struct mipro_message m;

    mipro_message_parse(&m, p->octets, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (m.err != MIPRO_OK || inj_is_discarded(r, &m))
        return;
    if (mipro_message_type(&m) == MIPRO_BINDING_ACKNOWLEDGE && answers(r, p, &m))
        r->update.used = false;
    else if (mipro_message_type(&m) == MIPRO_REGISTRATION_REPLY)
        take_reply(r, p, &m);
}

void
inj_mobile_tick(struct inj_responder *r)
{
    struct inj_pending *w = &r->update, *q = &r->request;

    if (q->used && q->due <= r->now) {
        inj_pass_on(r, MIPRO_REGISTRATION_REQUEST, q->octets, q->len, q->dst, MIPRO_PORT);
        q->due = r->now + HURRY;
        q->used = ++q->tries < HURRIED_TRIES;
    }
    if (!w->used || w->due > r->now)
        return;
    w->used = !inj_does(r, INJ_NEVER_RETRANSMITS) && ++w->tries < MAX_TRIES;
    w->due = r->now + INJ_RETRANSMIT_AFTER;
    if (!inj_does(r, INJ_NEVER_RETRANSMITS))
        inj_pass_on(r, MIPRO_BINDING_UPDATE, w->octets, w->len, w->dst, MIPRO_PORT);
}
