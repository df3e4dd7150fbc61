/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * responder_home.c - the home agent of one mobile node: registers it, and tells
 * whoever asks, or whom it is told of, where the node is; of a private one, only
 * that there is nothing to tell (4.2, 4.6).
 */
#include "responder.h"

#define RRQ_RESERVED 0x01u

/* Codes of a Registration Reply (RFC 2002 3.4). */
#define CODE_ACCEPTED 0
#define CODE_AUTHENTICATION 131
#define CODE_IDENTIFICATION 133
#define CODE_POORLY_FORMED 134
#define CODE_UNKNOWN_HOME_AGENT 136

static bool
serves(const struct responder *r, uint32_t home)
{
    return home == r->home || r->fault == FAULT_SERVES_ANYBODY;
}

/* An identification of our own choice, as the association's replay protection wants it. */
static bool
own_ident(struct responder *r, const struct mipro_association *s, uint32_t node, uint64_t *ident)
{
    struct replay *p = find_replay(r, s, node);

    switch (s->replay) {
    case MIPRO_REPLAY_TIMESTAMP:
        *ident = ntp_time(r);
        return true;
    case MIPRO_REPLAY_NONCE:
        *ident = next_random(r) << 32 | (p->known ? p->last >> 32 : 1);
        p->known = true;
        p->last = *ident;
        return true;
    default:
        return false;
    }
}

/* Tell node where home is.  request: the identification of the Binding Request, or NULL. */
static void
tell(struct responder *r, uint32_t node, uint16_t port, uint32_t home, const uint64_t *request)
{
    const struct binding *b = find_binding(r, r->fault == FAULT_SERVES_ANYBODY ? r->home : home);
    bool open = b != NULL && (!b->private || r->fault == FAULT_DISCLOSES_PRIVATE);
    uint32_t key_node = 0;
    const struct mipro_association *s = any_association(r, r->address, node, &key_node);
    uint64_t ident = 0;
    uint8_t octets[64];
    struct mipro_build u = mipro_build(
        octets, sizeof(octets), mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &r->set);

    if (!is_unicast(r, node) || !serves(r, home) || s == NULL || !rate_allows(r, node, home))
        return;
    if (b != NULL && open) {
        uint64_t left = b->expires == INT64_MAX ? MIPRO_LIFE_INFINITE
                                                : (uint64_t)((b->expires - r->now) / MIPRO_SECOND);

        mipro_put(&u, MIPRO_F_LIFE, left);
    }
    mipro_put(&u, MIPRO_F_HOMEADDR, home);
    mipro_put(&u, MIPRO_F_COA, open ? b->coa : home);
    if (request != NULL)
        ident = r->fault == FAULT_ANSWERS_OTHER_IDENT ? *request + 1 : *request;
    if (request != NULL || own_ident(r, s, node, &ident)) {
        mipro_put(&u, MIPRO_F_FLAGS, MIPRO_BU_I);
        mipro_put(&u, MIPRO_F_IDENT, ident);
    }
    mipro_put_auth(&u, mipro_auth_ext_type(&r->set), s, key_node, s->spi);
    if (!u.failed)
        send_to(r, node, port, octets, u.len);
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
take_warning(struct responder *r, const struct mipro_message *m)
{
    if (m->err != MIPRO_OK || holds_unknown_ext(m))
        return;
    for (size_t i = 0; i < m->n_targets; i++) {
        if (!is_repeated(m, i) || r->fault == FAULT_NO_RATE_LIMIT)
            tell(r, mipro_target(m, i), MIPRO_PORT, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR),
                NULL);
    }
}

static void
take_request(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    uint64_t ident = mipro_value(m, MIPRO_F_IDENT);

    if (m->err == MIPRO_OK && !holds_unknown_ext(m))
        tell(r, p->src, p->sport, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR), &ident);
}

/* The Mobile-Home authenticator: there, one, and good.  *first is the first of them. */
static int
judge_registration(struct responder *r, const struct packet *p, const struct mipro_message *m,
    struct mipro_auth *auth, size_t *first)
{
    struct mipro_scene scene = scene_of(r, p);
    unsigned n = 0;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.type == MIPRO_EXT_MOBILE_HOME && n++ == 0) {
            mipro_auth_judge(m, &e, &scene, auth);
            *first = e.off;
        }
    }
    if (m->err != MIPRO_OK || mipro_value(m, MIPRO_F_FLAGS) & RRQ_RESERVED)
        return CODE_POORLY_FORMED;
    if (n != 1 || auth->verdict != MIPRO_GOOD)
        return CODE_AUTHENTICATION;
    return judge_ident(r, auth->association, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR), true,
               mipro_value(m, MIPRO_F_IDENT)) == 0
               ? CODE_ACCEPTED
               : CODE_IDENTIFICATION;
}

static void
reply(struct responder *r, const struct packet *p, const struct mipro_message *m, int code,
    const struct mipro_auth *auth)
{
    uint8_t octets[64];
    struct mipro_build b = mipro_build(octets, sizeof(octets),
        mipro_msg_def(MIPRO_REGISTRATION_REPLY, MIPRO_SOURCE_BASE), &r->set);

    mipro_put(&b, MIPRO_F_CODE, (uint64_t)code);
    mipro_put(&b, MIPRO_F_LIFE, mipro_value(m, MIPRO_F_LIFE));
    mipro_put(&b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    mipro_put(&b, MIPRO_F_HOMEAGENT, r->address);
    mipro_put(&b, MIPRO_F_IDENT, mipro_value(m, MIPRO_F_IDENT));
    if (auth->association != NULL)
        mipro_put_auth(&b, MIPRO_EXT_MOBILE_HOME, auth->association, auth->node, auth->spi);
    if (!b.failed)
        send_to(r, p->src, p->sport, octets, b.len);
}

/* The targets of Binding Warning extensions that the authenticator covers, about this node. */
static void
follow_warnings(struct responder *r, const struct mipro_message *m, size_t signed_to)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        uint64_t home;

        if (e.type != r->set.warning_ext ||
            (e.off > signed_to && r->fault != FAULT_WARNS_UNPROTECTED) ||
            !mipro_ext_value(m, &e, MIPRO_F_WARN_HOMEADDR, &home) ||
            (home != mipro_value(m, MIPRO_F_HOMEADDR) && r->fault != FAULT_SERVES_ANYBODY))
            continue;
        for (size_t i = 0; i < mipro_ext_addresses(m, &e, MIPRO_F_WARN_TARGET); i++)
            tell(r, mipro_ext_address(m, &e, MIPRO_F_WARN_TARGET, i), MIPRO_PORT, (uint32_t)home,
                NULL);
    }
}

static void
take_registration(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    struct mipro_auth auth = { .verdict = MIPRO_MISSING };
    uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);
    uint16_t life = (uint16_t)mipro_value(m, MIPRO_F_LIFE);
    uint8_t flags = (uint8_t)mipro_value(m, MIPRO_F_FLAGS);
    size_t signed_to = 0;
    struct binding *b;
    int code;

    if (m->err == MIPRO_ERR_TRUNCATED || holds_unknown_ext(m) || home != r->home)
        return;
    code = judge_registration(r, p, m, &auth, &signed_to);
    if (p->dst != r->address)
        code =
            CODE_UNKNOWN_HOME_AGENT; /* a broadcast: the reply says who we are (RFC 2002 3.8.2.1) */
    reply(r, p, m, code, &auth);
    if (code != CODE_ACCEPTED)
        return;
    if (life == 0 || coa == home) {
        b = find_binding(r, home);
        if (b != NULL)
            b->used = false;
    } else {
        b = make_binding(r, home);
        b->coa = coa;
        b->expires = life_end(r, life);
        b->private = (flags & mipro_private_bit(&r->set)) != 0;
    }
    follow_warnings(r, m, signed_to);
}

void
home_take(struct responder *r, const struct packet *p)
{
    struct mipro_message m;

    mipro_message_parse(&m, p->buf, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (mipro_message_type(&m) == MIPRO_REGISTRATION_REQUEST)
        take_registration(r, p, &m);
    else if (p->dst != r->address)
        return; /* only a mobile node that seeks its home agent may broadcast */
    else if (mipro_message_type(&m) == MIPRO_BINDING_REQUEST)
        take_request(r, p, &m);
    else if (mipro_message_type(&m) == MIPRO_BINDING_WARNING)
        take_warning(r, &m);
}
