/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home.c - the home agent of one mobile node.  It registers the node, and tells a node that asks,
 * or is named in a Binding Warning, where the mobile node is; for a private one it discloses only
 * that there is no binding to tell (4.2, 4.6).
 */
#include "respond/parts.h"

/* Codes of a Registration Reply (RFC 2002 3.4). */
#define CODE_ACCEPTED 0
#define CODE_AUTHENTICATION 131
#define CODE_IDENTIFICATION 133
#define CODE_POORLY_FORMED 134
#define CODE_UNKNOWN_HOME_AGENT 136

#define RRQ_RESERVED 0x01u

static bool
is_served(const struct inj_responder *r, uint32_t home)
{
    return home == r->home || inj_does(r, INJ_SERVES_ANYBODY);
}

/* Choose an identification that suits the association's replay protection. */
static bool
choose_ident(
    struct inj_responder *r, const struct mipro_association *s, uint32_t node, uint64_t *ident)
{
    struct inj_replay *p = inj_find_replay(r, s, node);

    switch (s->replay) {
    case MIPRO_REPLAY_TIMESTAMP:
        *ident = inj_ntp_time(r);
        return true;
    case MIPRO_REPLAY_NONCE:
        *ident = inj_draw(r) << 32 | (p->known ? p->last >> 32 : 1);
        p->known = true;
        p->last = *ident;
        return true;
    default:
        return false;
    }
}

/* What a Binding Update discloses: lifetime and care-of address. */
static void
put_binding(struct inj_responder *r, struct inj_outgoing *o, uint32_t home)
{
    const struct inj_binding *b =
        inj_find_binding(r, inj_does(r, INJ_SERVES_ANYBODY) ? r->home : home);
    const bool open = b != NULL && !b->private;
    const bool disclosed = b != NULL && inj_does(r, INJ_DISCLOSES_PRIVATE);

    if (b != NULL && (open || disclosed || inj_does(r, INJ_PRIVATE_LIFE)))
        mipro_put(&o->b, MIPRO_F_LIFE,
            b->expires == INT64_MAX ? MIPRO_LIFE_INFINITE
                                    : (uint64_t)((b->expires - r->now) / MIPRO_SECOND));
    mipro_put(&o->b, MIPRO_F_HOMEADDR, home);
    mipro_put(&o->b, MIPRO_F_COA,
        b != NULL && (open || disclosed || inj_does(r, INJ_PRIVATE_CARE_OF)) ? b->coa : home);
}

/* Send node a Binding Update.  request: the identification of a Binding Request, or NULL. */
static void
tell(struct inj_responder *r, uint32_t node, uint16_t port, uint32_t home, const uint64_t *request)
{
    struct inj_signer by = { .ext = mipro_auth_ext_type(&r->set) };
    const struct inj_binding *b = inj_find_binding(r, home);
    struct inj_outgoing o;
    uint64_t ident = 0;
    bool has_ident;

    by.association = inj_any_association(r, r->address, node, &by.node);
    if (!inj_is_unicast(r, node) || !is_served(r, home) || by.association == NULL)
        return;
    if (b != NULL && b->private && inj_does(r, INJ_SILENT_IF_PRIVATE))
        return;
    if (!inj_rate_allows(r, node, home))
        return;
    by.spi = by.association->spi;
    inj_begin(r, &o, MIPRO_BINDING_UPDATE);
    put_binding(r, &o, home);
    if (request != NULL)
        ident = *request + inj_does(r, INJ_ANSWERS_OTHER_IDENT);
    has_ident = request != NULL ? !inj_does(r, INJ_ANSWERS_NO_IDENT)
                                : choose_ident(r, by.association, node, &ident);
    if (has_ident) {
        mipro_put(&o.b, MIPRO_F_FLAGS, MIPRO_BU_I);
        mipro_put(&o.b, MIPRO_F_IDENT, ident);
    }
    inj_finish(r, &o, &by, node, port);
}

static bool
is_repeated(const struct mipro_message *m, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (mipro_target(m, k) == mipro_target(m, i))
            return true;
    }
    return false;
}

static void
take_warning(struct inj_responder *r, const struct mipro_message *m)
{
    const uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    const size_t n = inj_does(r, INJ_FIRST_TARGET_ONLY) && m->n_targets > 1 ? 1 : m->n_targets;

    if (m->err != MIPRO_OK || inj_is_discarded(r, m))
        return;
    for (size_t i = 0; i < n; i++) {
        if (!is_repeated(m, i) || inj_does(r, INJ_NO_RATE_LIMIT))
            tell(r, mipro_target(m, i), MIPRO_PORT, home, NULL);
    }
}

static void
take_request(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    const uint64_t ident = mipro_value(m, MIPRO_F_IDENT);

    if (m->err == MIPRO_OK && !inj_is_discarded(r, m))
        tell(r, p->src, p->sport, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR), &ident);
}

/* The code for the form of a Registration Request. */
static int
judge_form(const struct inj_responder *r, const struct mipro_message *m)
{
    const uint64_t life = mipro_value(m, MIPRO_F_LIFE);

    if (m->err == MIPRO_ERR_OVERRUN && inj_does(r, INJ_TAKES_OVERRUN))
        return CODE_ACCEPTED;
    if (m->err != MIPRO_OK)
        return CODE_POORLY_FORMED;
    if ((mipro_value(m, MIPRO_F_FLAGS) & RRQ_RESERVED) != 0 && !inj_does(r, INJ_TAKES_RESERVED))
        return CODE_POORLY_FORMED;
    if (!inj_is_unicast(r, (uint32_t)mipro_value(m, MIPRO_F_COA)) &&
        !inj_does(r, INJ_TRUSTS_CARE_OF))
        return CODE_POORLY_FORMED;
    if ((life == 0 && inj_does(r, INJ_REFUSES_ZERO_LIFE)) ||
        (life == MIPRO_LIFE_INFINITE && inj_does(r, INJ_REFUSES_INFINITE)))
        return CODE_POORLY_FORMED;
    return CODE_ACCEPTED;
}

/*
 * The authorizing extension must be present once, and good.  *signed_to is the offset of the first.
 * The reply is signed with the same association, or with another if that one answers a challenge.
 */
static int
judge_registration(struct inj_responder *r, const struct inj_datagram *p,
    const struct mipro_message *m, struct inj_signer *by, size_t *signed_to)
{
    bool good =
        inj_does(r, INJ_TAKES_UNSIGNED) || inj_fault_compares(r->fault, MIPRO_EXT_MOBILE_HOME) == 0;
    unsigned n = 0;
    const int form = judge_form(r, m);

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        struct mipro_auth auth;
        bool authentic;

        if (!inj_is_authorizing(m, &e))
            continue;
        authentic = inj_is_authentic(r, p, m, &e, &auth);
        if (n++ > 0 && !inj_does(r, INJ_TAKES_LAST_OF_TWO))
            continue;
        good = authentic;
        *signed_to = e.off;
        *by = (struct inj_signer){ MIPRO_EXT_MOBILE_HOME, auth.association, auth.node, auth.spi };
    }
    if (form != CODE_ACCEPTED)
        return form;
    if (mipro_value(m, MIPRO_F_HOMEAGENT) != r->address)
        return CODE_UNKNOWN_HOME_AGENT; /* the reply gives our address (3.8.3.2) */
    if (!good || (n > 1 && !inj_does(r, INJ_TAKES_LAST_OF_TWO)))
        return CODE_AUTHENTICATION;
    return inj_registration_fits(r, by->association, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR),
               mipro_value(m, MIPRO_F_IDENT))
               ? CODE_ACCEPTED
               : CODE_IDENTIFICATION;
}

/*
 * A copy; for a refused timestamp the low half, and our own time (RFC 2002 5.6.1); with nonces
 * the low half, and the nonce for the next request (5.6.2).
 */
static uint64_t
ident_of_reply(
    struct inj_responder *r, const struct mipro_message *m, int code, const struct inj_signer *by)
{
    const uint64_t ident = mipro_value(m, MIPRO_F_IDENT);

    if (by->association != NULL && by->association->replay == MIPRO_REPLAY_NONCE) {
        struct inj_replay *p =
            inj_find_replay(r, by->association, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));

        p->has_nonce = true;
        p->nonce = (uint32_t)inj_draw(r);
        return (uint64_t)p->nonce << 32 | (uint32_t)ident;
    }

    if (code != CODE_IDENTIFICATION || by->association == NULL ||
        by->association->replay != MIPRO_REPLAY_TIMESTAMP)
        return ident;
    return (inj_ntp_time(r) & ~(uint64_t)UINT32_MAX) | (uint32_t)ident;
}

static void
reply(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m,
    int right, const struct inj_signer *by)
{
    const int code = inj_fault_code(r->fault, MIPRO_REGISTRATION_REPLY, right);
    uint64_t life = mipro_value(m, MIPRO_F_LIFE);
    struct inj_signer signer = *by;
    struct inj_outgoing o;

    if (code > UINT8_MAX)
        return;
    if (inj_does(r, INJ_GRANTS_MORE) && life < MIPRO_LIFE_INFINITE)
        life++;
    if (inj_does(r, INJ_GRANTS_ZERO))
        life = 0;
    inj_begin(r, &o, MIPRO_REGISTRATION_REPLY);
    mipro_put(&o.b, MIPRO_F_CODE, (uint64_t)code);
    mipro_put(&o.b, MIPRO_F_LIFE, life);
    mipro_put(&o.b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    mipro_put(&o.b, MIPRO_F_HOMEAGENT, r->address);
    mipro_put(&o.b, MIPRO_F_IDENT, ident_of_reply(r, m, right, by));
    if (by->association != NULL && mipro_auth_needs_challenge(by->association)) {
        signer.association = inj_any_association(
            r, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR), r->address, &signer.node);
        signer.spi = signer.association != NULL ? signer.association->spi : 0;
    }
    inj_finish(r, &o, &signer, p->src, p->sport);
}

/* Update the targets of the Binding Warning extensions that the authenticator covers. */
static void
follow_warnings(struct inj_responder *r, const struct mipro_message *m, size_t signed_to)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        uint64_t home;

        if (e.type != r->set.warning_ext ||
            (e.off > signed_to && !inj_does(r, INJ_WARNS_UNPROTECTED)) ||
            !mipro_ext_value(m, &e, MIPRO_F_WARN_HOMEADDR, &home) ||
            (home != mipro_value(m, MIPRO_F_HOMEADDR) && !inj_does(r, INJ_SERVES_ANYBODY)))
            continue;
        for (size_t i = 0; i < mipro_ext_addresses(m, &e, MIPRO_F_WARN_TARGET); i++)
            tell(r, mipro_ext_address(m, &e, MIPRO_F_WARN_TARGET, i), MIPRO_PORT, (uint32_t)home,
                NULL);
    }
}

static void
register_node(struct inj_responder *r, const struct mipro_message *m)
{
    const uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    const uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);
    const uint16_t life = (uint16_t)mipro_value(m, MIPRO_F_LIFE);
    struct inj_binding *b = inj_find_binding(r, home);

    if (inj_does(r, INJ_INSTALLS_NOTHING))
        return;
    if (life == 0 || coa == home) {
        if (b != NULL && !inj_does(r, INJ_KEEPS_DELETED))
            b->used = false;
        return;
    }
    b = inj_make_binding(r, home);
    b->coa = coa;
    b->expires = inj_life_end(r, life);
    b->private = (mipro_value(m, MIPRO_F_FLAGS) & mipro_private_bit(&r->set)) != 0;
}

static void
take_registration(
    struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    struct inj_signer by = { .ext = MIPRO_EXT_MOBILE_HOME };
    size_t signed_to = 0;
    int code;

    if (m->err == MIPRO_ERR_TRUNCATED || inj_is_discarded(r, m) ||
        !is_served(r, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR)))
        return;
    code = judge_registration(r, p, m, &by, &signed_to);
    /* A broadcast request asks for the home agent's address (RFC 2002 3.8.2.1). */
    if (p->dst != r->address && !inj_does(r, INJ_TAKES_BROADCAST))
        code = CODE_UNKNOWN_HOME_AGENT;
    reply(r, p, m, code, &by);
    if (code != CODE_ACCEPTED)
        return;
    register_node(r, m);
    if (!inj_does(r, INJ_IGNORES_WARNING_EXT))
        follow_warnings(r, m, signed_to);
}

void
inj_home_receive(struct inj_responder *r, const struct inj_datagram *p)
{
    struct mipro_message m;

    mipro_message_parse(&m, p->octets, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (mipro_message_type(&m) == MIPRO_REGISTRATION_REQUEST)
        take_registration(r, p, &m);
    else if (p->dst != r->address)
        return; /* only a mobile node looking for its home agent may broadcast */
    else if (mipro_message_type(&m) == MIPRO_BINDING_REQUEST)
        take_request(r, p, &m);
    else if (mipro_message_type(&m) == MIPRO_BINDING_WARNING)
        take_warning(r, &m);
    else if (inj_does(r, INJ_TAKES_ANY_TYPE) && p->len >= 8) {
        const uint32_t home = (uint32_t)p->octets[4] << 24 | (uint32_t)p->octets[5] << 16 |
                              (uint32_t)p->octets[6] << 8 | p->octets[7];

        tell(r, p->src, p->sport, home, NULL);
    }
}
