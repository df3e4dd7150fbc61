/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * receiver.c - a receiver of Binding Updates: a correspondent node, or the mobile node's
 * previous foreign agent.
 *
 * The order of judgement: what must be silently discarded (RFC 2002 1.9), then the form
 * (134), the authenticator (131), the identification (133), and the addresses.  Only then is
 * anything changed.
 */
#include "respond/parts.h"

#include <string.h>
#include <sys/socket.h>
#include <arpa/inet.h>

#define REFUSED_ADMINISTRATIVELY 129
#define REFUSED_AUTHENTICATION 131
#define REFUSED_IDENT 133
#define REFUSED_FORM 134

/* The decision about a Binding Update. */
struct judgement {
    bool discard; /* it is not answered at all */
    int status;
    struct inj_signer signer; /* of the answer; without an association it is not signed */
};

static void
acknowledge(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m,
    const struct judgement *j)
{
    const bool asked = (mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_A) != 0;
    const int status = inj_fault_code(r->fault, MIPRO_BINDING_ACKNOWLEDGE, j->status);
    struct inj_outgoing o;

    if (!mipro_has(m, MIPRO_F_HOMEADDR) || (!asked && !inj_does(r, INJ_ANSWERS_QUIET)) ||
        status > UINT8_MAX)
        return;
    inj_begin(r, &o, MIPRO_BINDING_ACKNOWLEDGE);
    mipro_put(&o.b, MIPRO_F_STATUS, (uint64_t)status);
    mipro_put(&o.b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    /* 16 octets even if the Binding Update had no identification, as drawn in 4.4. */
    mipro_put(&o.b, MIPRO_F_IDENT, mipro_value(m, MIPRO_F_IDENT));
    inj_finish(r, &o, &j->signer, p->src, p->sport);
}

/* Extension 35 must be present, once, and good. */
static int
judge_authenticators(const struct inj_responder *r, const struct inj_datagram *p,
    const struct mipro_message *m, struct judgement *j)
{
    unsigned n = 0;
    bool good = false;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        struct mipro_auth auth;
        bool authentic;

        if (e.type != mipro_auth_ext_type(&r->set))
            continue;
        if (e.body_len < 4 && inj_fault_compares(r->fault, e.type) != 0)
            return REFUSED_FORM; /* no room for an SPI */
        authentic = inj_is_authentic(r, p, m, &e, &auth);
        if (n++ == 0 || inj_does(r, INJ_TAKES_LAST_OF_TWO)) {
            good = authentic;
            j->signer = (struct inj_signer){ e.type, auth.association, auth.node, auth.spi };
        }
    }
    if (n == 0)
        return inj_does(r, INJ_TAKES_UNSIGNED) ||
                       inj_fault_compares(r->fault, mipro_auth_ext_type(&r->set)) == 0
                   ? 0
                   : REFUSED_AUTHENTICATION;
    if (n > 1 && !inj_does(r, INJ_TAKES_LAST_OF_TWO))
        return REFUSED_AUTHENTICATION;
    return good ? 0 : REFUSED_AUTHENTICATION;
}

static int
judge_addresses(const struct inj_responder *r, const struct mipro_message *m)
{
    const uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    const uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);
    const bool trusts = inj_does(r, INJ_TRUSTS_ADDRESSES);

    if (!inj_is_unicast(r, home) && !trusts && !inj_does(r, INJ_TRUSTS_HOME))
        return REFUSED_FORM;
    if (!inj_is_unicast(r, coa) && !trusts && !inj_does(r, INJ_TRUSTS_CARE_OF))
        return REFUSED_FORM;
    if (coa == r->address && !trusts && !inj_does(r, INJ_TAKES_ITSELF))
        return REFUSED_ADMINISTRATIVELY; /* it would tunnel to itself */
    return 0;
}

static int
judge_form(const struct inj_responder *r, const struct mipro_message *m)
{
    const uint64_t life = mipro_value(m, MIPRO_F_LIFE);

    if (m->err == MIPRO_ERR_OVERRUN && inj_does(r, INJ_TAKES_OVERRUN))
        return 0;
    if (m->err != MIPRO_OK)
        return REFUSED_FORM;
    if ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_RESERVED) != 0 &&
        inj_does(r, INJ_REFUSES_RESERVED))
        return REFUSED_FORM;
    if ((life == 0 && inj_does(r, INJ_REFUSES_ZERO_LIFE)) ||
        (life == MIPRO_LIFE_INFINITE && inj_does(r, INJ_REFUSES_INFINITE)) ||
        (!mipro_has(m, MIPRO_F_IDENT) && inj_does(r, INJ_REFUSES_NO_IDENT)))
        return REFUSED_FORM;
    return 0;
}

static struct judgement
judge(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    struct judgement j = { .discard = inj_is_discarded(r, m) };

    if (j.discard)
        return j;
    j.status = judge_form(r, m);
    /* A message truncated within its identification is read as if it had none. */
    if (m->err == MIPRO_ERR_TRUNCATED && m->len >= 12 && inj_does(r, INJ_TAKES_CUT_IDENT)) {
        j.status = 0;
        return j;
    }
    if (j.status == 0 && !(m->err == MIPRO_ERR_OVERRUN))
        j.status = judge_authenticators(r, p, m, &j);
    if (j.status == 0 && !inj_ident_fits(r, j.signer.association, p->src,
                             mipro_has(m, MIPRO_F_IDENT), mipro_value(m, MIPRO_F_IDENT)))
        j.status = REFUSED_IDENT;
    if (j.status == 0)
        j.status = judge_addresses(r, m);
    return j;
}

/* Create, change or delete the entry; both signs of a deletion count (ruling 7). */
static void
install(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m)
{
    const uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    const uint32_t coa = (uint32_t)mipro_value(m, MIPRO_F_COA);
    const uint16_t life = (uint16_t)mipro_value(m, MIPRO_F_LIFE);
    const bool quiet = (mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_A) == 0;
    struct inj_binding *b = inj_find_binding(r, home);

    if ((quiet && inj_does(r, INJ_DROPS_QUIET)) || inj_does(r, INJ_INSTALLS_NOTHING))
        return;
    if ((life == 0 && !inj_does(r, INJ_KEEPS_ZERO_LIFE)) ||
        (coa == home && !inj_does(r, INJ_KEEPS_HOME_CARE_OF))) {
        if (b != NULL && !inj_does(r, INJ_KEEPS_DELETED))
            b->used = false;
        return;
    }
    if (b != NULL && (inj_does(r, INJ_KEEPS_FIRST_LIFE) || life == 0 || coa == home))
        return;
    b = inj_make_binding(r, home);
    b->coa = coa;
    b->from = p->src;
    b->expires = inj_life_end(r, life);
}

/* After a wrong nonce: send a Binding Request, to resynchronize (4.3). */
static void
ask_again(struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m,
    const struct judgement *j)
{
    struct inj_replay *replay = inj_find_replay(r, j->signer.association, p->src);
    struct inj_outgoing o;

    replay->asked = true;
    replay->request = inj_draw(r);
    inj_begin(r, &o, MIPRO_BINDING_REQUEST);
    mipro_put(&o.b, MIPRO_F_HOMEADDR, mipro_value(m, MIPRO_F_HOMEADDR));
    mipro_put(&o.b, MIPRO_F_IDENT, replay->request);
    inj_finish(r, &o, NULL, p->src, MIPRO_PORT);
}

void
inj_receive_update(struct inj_responder *r, const struct inj_datagram *p)
{
    const struct mipro_association *s;
    struct mipro_message m;
    struct judgement j;

    mipro_message_parse(&m, p->octets, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (mipro_message_type(&m) != MIPRO_BINDING_UPDATE ||
        (p->dst != r->address && !inj_does(r, INJ_TAKES_BROADCAST)))
        return;
    j = judge(r, p, &m);
    if (j.discard)
        return;
    acknowledge(r, p, &m, &j);
    s = j.signer.association;
    if (j.status == 0)
        install(r, p, &m);
    else if (j.status == REFUSED_IDENT && s != NULL && s->replay == MIPRO_REPLAY_NONCE &&
             !inj_does(r, INJ_ASKS_NO_NONCE))
        ask_again(r, p, &m, &j);
}

/*
 * A datagram for a mobile node that has left, but for which there is an entry: it is
 * tunnelled on to the care-of address, and the home agent is warned of the node that tunnelled
 * it here (4.1, 8.3).
 */
void
inj_receive_tunnelled(struct inj_responder *r, const struct inj_datagram *inner, uint32_t outer_src,
    const uint8_t *octets, size_t n)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    struct inj_binding *b = inj_find_binding(r, inner->dst);
    struct inj_outgoing o;

    if (b == NULL)
        return;
    to.sin_addr.s_addr = htonl(b->coa);
    (void)sendto(r->ipip, octets, n, 0, (struct sockaddr *)&to, sizeof(to));
    if (inj_does(r, INJ_WARNS_NOBODY) || !inj_rate_allows(r, b->from, b->home))
        return;
    inj_begin(r, &o, MIPRO_BINDING_WARNING);
    mipro_put(&o.b, MIPRO_F_HOMEADDR, b->home);
    mipro_put_target(&o.b, outer_src);
    inj_finish(r, &o, NULL, b->from, MIPRO_PORT);
}
