/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * responder_update.c - a receiver of Binding Updates: correspondent, or the
 * mobile node's previous foreign agent.
 *
 * The order of judgement: what must be discarded in silence (RFC 2002 1.9), then
 * the form (134), then the authenticator (131), then the identification (133),
 * then the addresses.  Only then is anything changed.
 */
#include "responder.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

/* What became of a Binding Update. */
struct judgement {
    bool discard; /* no answer whatever */
    int status;
    const struct mipro_association *association; /* that the answer is signed with, or NULL */
    uint32_t spi, node;
};

/* The Binding Acknowledge, if A asks for one. */
static void
acknowledge(struct responder *r, const struct packet *p, const struct mipro_message *m,
    const struct judgement *j)
{
    uint64_t home = mipro_value(m, MIPRO_F_HOMEADDR), ident = mipro_value(m, MIPRO_F_IDENT);
    bool asked = mipro_has(m, MIPRO_F_FLAGS) && mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_A;
    uint8_t octets[64];
    struct mipro_build b = mipro_build(octets, sizeof(octets),
        mipro_msg_def(MIPRO_BINDING_ACKNOWLEDGE, MIPRO_SOURCE_DRAFT), &r->set);

    if (!mipro_has(m, MIPRO_F_HOMEADDR) || (!asked && r->fault != FAULT_IGNORES_A))
        return;
    mipro_put(&b, MIPRO_F_STATUS, (uint64_t)(r->fault == FAULT_ALL_131 ? 131 : j->status));
    mipro_put(&b, MIPRO_F_HOMEADDR, r->fault == FAULT_WRONG_HOME ? home ^ 1 : home);
    /* 16 octets even where the Binding Update had no identification: 4.4 draws it so. */
    mipro_put(&b, MIPRO_F_IDENT, r->fault == FAULT_WRONG_IDENT ? ident + 1 : ident);
    if (j->association != NULL) {
        mipro_put_auth(&b, mipro_auth_ext_type(&r->set), j->association, j->node, j->spi);
        if (r->fault == FAULT_BAD_ACK_AUTH)
            octets[b.len - 1] ^= 1;
    }
    if (!b.failed)
        send_to(r, p->src, p->sport, octets, b.len);
}

/* All but the last 4 octets are those of the right authenticator. */
static bool
begins_right(const struct mipro_message *m, const struct mipro_ext *e, const struct mipro_auth *a)
{
    size_t n;
    const uint8_t *octets = mipro_ext_octets(m, e, MIPRO_F_AUTHENTICATOR, &n);

    return octets != NULL && n > 4 && n == a->calculated_len &&
           memcmp(octets, a->calculated, n - 4) == 0;
}

/* As if the SPI were that of the association which the two nodes have. */
static bool
fits_any_spi(const struct responder *r, const struct packet *p, const struct mipro_message *m,
    const struct mipro_ext *e, struct judgement *j)
{
    uint8_t right[MIPRO_AUTH_MAX];
    uint64_t spi = 0;
    size_t n;
    const uint8_t *octets = mipro_ext_octets(m, e, MIPRO_F_AUTHENTICATOR, &n);

    j->association = any_association(r, p->src, r->address, &j->node);
    if (j->association == NULL || octets == NULL || n != mipro_auth_size(j->association) ||
        !mipro_ext_value(m, e, MIPRO_F_SPI, &spi))
        return false;
    mipro_auth_compute(j->association, j->node, m->buf, e->off + e->hdr_len, (uint32_t)spi, right);
    return memcmp(octets, right, n) == 0;
}

static bool
is_authentic(const struct responder *r, const struct packet *p, const struct mipro_message *m,
    const struct mipro_ext *e, struct judgement *j)
{
    struct mipro_scene scene = scene_of(r, p);
    struct mipro_auth auth;

    scene.dst = r->address;
    mipro_auth_judge(m, e, &scene, &auth);
    /* It may be a PFAN's, computed over the body alone (5.1): who knows. */
    if (auth.verdict == MIPRO_BAD && r->role == ROLE_PREVIOUS_AGENT)
        mipro_auth_judge_handoff(m, e, &scene, &auth);
    j->association = auth.association;
    j->node = auth.node;
    j->spi = auth.spi;
    if (auth.verdict == MIPRO_GOOD)
        return true;
    if (r->fault == FAULT_COMPARES_12_OCTETS && begins_right(m, e, &auth))
        return true;
    if (r->fault == FAULT_ANY_SPI && fits_any_spi(r, p, m, e, j))
        return true;
    return r->fault == FAULT_ACCEPTS_FORGED;
}

/* The authenticators: there, one, and good. */
static int
judge_authenticators(const struct responder *r, const struct packet *p,
    const struct mipro_message *m, struct judgement *j)
{
    unsigned n = 0, good = 0;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.type != mipro_auth_ext_type(&r->set))
            continue;
        if (e.body_len < 4)
            return 134; /* no room for an SPI */
        if (n++ == 0)
            good += is_authentic(r, p, m, &e, j);
    }
    if (r->fault == FAULT_ACCEPTS_FORGED)
        return 0;
    return n == 1 && good == 1 ? 0 : 131;
}

static int
judge_addresses(const struct responder *r, const struct mipro_message *m)
{
    uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);

    if (r->fault == FAULT_TRUSTS_ADDRESSES)
        return 0;
    if (!is_unicast(r, home) || !is_unicast(r, coa))
        return 134;
    return coa == r->address ? 129 : 0; /* it would tunnel to itself */
}

/*
 * An extension of type 0-127 that is not known discards the message, and so it
 * does if its length is wrong, too: its type is read first (RFC 2002 1.9).
 */
static bool
is_to_be_discarded(const struct responder *r, const struct mipro_message *m)
{
    bool overruns = m->err == MIPRO_ERR_OVERRUN && m->err_off < m->len;
    uint8_t type = overruns ? m->buf[m->err_off] : 255;

    if (r->fault == FAULT_ANSWERS_UNKNOWN_EXT)
        return false;
    if (overruns && type < 128 && mipro_ext_def(type, &m->set) == NULL)
        return true;
    return m->err == MIPRO_OK && holds_unknown_ext(m);
}

static struct judgement
judge(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    struct judgement j = { 0 };
    bool skips = false;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        skips = skips || (e.def == NULL && e.type >= 128);
    if (m->err == MIPRO_ERR_TRUNCATED && r->fault == FAULT_DIES_ON_CUT)
        die("the message is cut");
    if (m->err == MIPRO_ERR_OVERRUN && r->fault == FAULT_DIES_ON_OVERRUN)
        die("the extension overruns");
    j.discard = is_to_be_discarded(r, m) || (skips && r->fault == FAULT_REFUSES_SKIPPABLE);
    if (j.discard)
        return j;
    if (m->err != MIPRO_OK) {
        j.status = 134;
        return j;
    }
    if (r->fault == FAULT_REFUSES_RESERVED && mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_RESERVED) {
        j.status = 134;
        return j;
    }
    j.status = judge_authenticators(r, p, m, &j);
    if (j.status == 0 && j.association != NULL)
        j.status = judge_ident(
            r, j.association, p->src, mipro_has(m, MIPRO_F_IDENT), mipro_value(m, MIPRO_F_IDENT));
    if (j.status == 0)
        j.status = judge_addresses(r, m);
    return j;
}

/* Create, change or delete the entry; both signs of a deletion count (ruling 7). */
static void
install(struct responder *r, const struct packet *p, const struct mipro_message *m)
{
    uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);
    uint16_t life = (uint16_t)mipro_value(m, MIPRO_F_LIFE);
    struct binding *b = find_binding(r, home);

    if (life == 0 || coa == home) {
        if (b != NULL && r->fault != FAULT_KEEPS_DELETED)
            b->used = false;
        return;
    }
    b = make_binding(r, home);
    b->coa = coa;
    b->from = p->src;
    b->life = life;
    b->expires = life_end(r, life);
}

/* After a wrong nonce: ask, to be in step again (4.3). */
static void
ask_again(struct responder *r, const struct packet *p, const struct mipro_message *m,
    const struct judgement *j)
{
    struct replay *replay = find_replay(r, j->association, p->src);
    uint8_t octets[16];
    struct mipro_build b = mipro_build(
        octets, sizeof(octets), mipro_msg_def(MIPRO_BINDING_REQUEST, MIPRO_SOURCE_DRAFT), &r->set);

    replay->asked = true;
    replay->request = next_random(r);
    mipro_put(&b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    mipro_put(&b, MIPRO_F_IDENT, replay->request);
    if (!b.failed)
        send_to(r, p->src, MIPRO_PORT, octets, b.len);
}

void
take_update(struct responder *r, const struct packet *p)
{
    struct mipro_message m;
    struct judgement j;

    mipro_message_parse(&m, p->buf, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (mipro_message_type(&m) != MIPRO_BINDING_UPDATE || p->dst != r->address)
        return;
    if (r->fault == FAULT_DIES_ON_18)
        die("type 18");
    j = judge(r, p, &m);
    if (j.discard)
        return;
    acknowledge(r, p, &m, &j);
    if (j.status == 0)
        install(r, p, &m);
    if (j.status == 133 && j.association != NULL && j.association->replay == MIPRO_REPLAY_NONCE &&
        r->fault != FAULT_IGNORES_NONCE)
        ask_again(r, p, &m, &j);
}

/* One more IP header, and off it goes. */
static void
tunnel_on(struct responder *r, uint32_t coa, const uint8_t *datagram, size_t n)
{
    struct sockaddr_in to = { .sin_family = AF_INET };

    to.sin_addr.s_addr = htonl(coa);
    (void)sendto(r->ipip, datagram, n, 0, (struct sockaddr *)&to, sizeof(to));
}

/*
 * A datagram for a mobile node that is no longer here, but of which there is an
 * entry: it goes on to the care-of address, and its home agent is warned of
 * whoever tunnelled it here (4.1, 8.3).
 */
void
take_tunnelled(struct responder *r, const struct packet *inner, uint32_t outer_src,
    const uint8_t *datagram, size_t n)
{
    struct binding *b = find_binding(r, inner->dst);
    uint8_t octets[16];
    struct mipro_build w = mipro_build(
        octets, sizeof(octets), mipro_msg_def(MIPRO_BINDING_WARNING, MIPRO_SOURCE_DRAFT), &r->set);

    if (b == NULL)
        return;
    tunnel_on(r, b->coa, datagram, n);
    if (!rate_allows(r, b->from, b->home))
        return;
    mipro_put(&w, MIPRO_F_HOMEADDR, b->home);
    mipro_put_target(&w, outer_src);
    if (!w.failed)
        send_to(r, b->from, MIPRO_PORT, octets, w.len);
}
