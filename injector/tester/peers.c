/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peers.c - what the other nodes send, all of which the tester plays; see peers.h. */
#include "tester/peers.h"

#include <string.h>

#include "tester/answers.h"
#include "tester/handoff.h"
#include "tester/home.h"
#include "tester/mobile.h"
#include "tester/registration.h"

/* Answer a message: to the address and the port that it came from. */
static void
reply_to(struct inj_tester *t, const struct inj_answer *a, uint8_t message,
    const struct inj_op *ops, size_t n)
{
    struct inj_op all[INJ_OPS] = { { OP_DESTINATION, 0, a->src },
        { OP_DESTINATION_PORT, 0, a->sport } };

    memcpy(all + 2, ops, n * sizeof(*ops));
    if (!inj_is_allowed(t, a->src)) {
        t->bench.withheld = true;
        inj_tap_comment(stdout, "%s is not answered: %s is outside --allow",
            inj_describe(&t->bench, a).s, mipro_dotted(a->src).s);
        return;
    }
    t->replying = true;
    inj_send_recipe(t, message, all, n + 2);
    t->replying = false;
}

#define PROHIBITED 129 /* administratively (RFC 2002 3.4) */

/* Grant a registration that was passed on or sent to us, as its home agent would, or deny it. */
static void
grant(struct inj_tester *t, const struct inj_answer *a, const struct mipro_message *request,
    bool denies)
{
    const struct inj_op ops[] = { { OP_HOME, 0, mipro_value(request, MIPRO_F_HOMEADDR) },
        { OP_AGENT, 0, mipro_value(request, MIPRO_F_HOMEAGENT) },
        { OP_IDENT, 0, mipro_value(request, MIPRO_F_IDENT) },
        { OP_LIFE, 0, denies ? 0 : mipro_value(request, MIPRO_F_LIFE) },
        { OP_STATUS, 0, denies ? PROHIBITED : 0 }, { OP_SIGN, 0, 0 } };

    if (t->bench.role == INJ_AS_MOBILE_NODE) {
        /* Replies that a case composes are also about this request. */
        t->world.agent = (uint32_t)mipro_value(request, MIPRO_F_HOMEAGENT);
        t->world.has_request = true;
        t->world.request = mipro_value(request, MIPRO_F_IDENT);
    }
    if (a->dst == t->bench.source)
        reply_to(t, a, MIPRO_REGISTRATION_REPLY, ops, 6);
}

/*
 * Acknowledge a home agent's Binding Update that asks for it, as the node that it goes to would:
 * otherwise it is sent again, and may arrive during another case.
 */
static void
acknowledge(struct inj_tester *t, const struct inj_answer *a, const struct mipro_message *update)
{
    const bool has_ident = mipro_has(update, MIPRO_F_IDENT);
    const struct inj_op ops[] = { { OP_SOURCE, 0, a->dst }, { OP_STATUS, 0, 0 },
        { OP_HOME, 0, mipro_value(update, MIPRO_F_HOMEADDR) },
        { has_ident ? OP_IDENT : OP_NO_IDENT, 0, mipro_value(update, MIPRO_F_IDENT) },
        { OP_SIGN, 0, 0 } };

    if (t->bench.role == INJ_AS_HOME_AGENT && (mipro_value(update, MIPRO_F_FLAGS) & MIPRO_BU_A) &&
        !a->tunnelled && (a->dst == t->bench.source || t->bench.spoof) && inj_is_allowed(t, a->src))
        reply_to(t, a, MIPRO_BINDING_ACKNOWLEDGE, ops, 5);
}

/* Did our message give the home agent a reason to send this Binding Update? */
static bool
is_unprompted(const struct inj_exchange *x, const struct mipro_message *update)
{
    struct mipro_message sent;
    struct mipro_ext e;

    if (x->c != NULL || x->t->bench.role != INJ_AS_HOME_AGENT)
        return false; /* only of a control it is plain */
    inj_parse_sent(&x->t->bench, &x->trial, &sent);
    switch (mipro_message_type(&sent)) {
    case MIPRO_REGISTRATION_REQUEST:
        return !mipro_ext_find(&sent, x->t->bench.set.warning_ext, &e);
    case MIPRO_BINDING_REQUEST:
        return mipro_value(update, MIPRO_F_IDENT) != mipro_value(&sent, MIPRO_F_IDENT);
    default:
        return false;
    }
}

/* Answer for a node that we simulate on our own link. */
static void
answer_for(struct inj_tester *t, const struct inj_asked *asked)
{
    uint8_t frame[INJ_ARP_LEN];

    if (!t->bench.spoof || inj_listener_owns(t->ear, asked->addr) ||
        inj_sink_mac(t->session.sink) == NULL)
        return;
    inj_answer_for(asked, t->bench.destination, inj_sink_mac(t->session.sink), frame);
    (void)(inj_put_frame(t, frame, sizeof(frame)) && inj_sink_flush(t->session.sink));
}

/* Every reply carries a new nonce for the next request in its high half (RFC 2002 5.6.2). */
static void
learn_home_nonce(
    struct inj_tester *t, const struct inj_answer *a, const struct mipro_message *reply)
{
    if (t->bench.association->replay != MIPRO_REPLAY_NONCE || a->src != t->bench.destination ||
        (uint32_t)mipro_value(reply, MIPRO_F_HOMEADDR) != t->bench.home)
        return;
    t->world.has_home_nonce = true;
    t->world.home_nonce = (uint32_t)(mipro_value(reply, MIPRO_F_IDENT) >> 32);
}

void
inj_serve(struct inj_exchange *x)
{
    struct inj_tester *t = x->t;
    const struct inj_manner *manner = x->c != NULL ? inj_manner(x->c->id) : NULL;
    const bool withholds = manner != NULL && manner->check == INJ_CHECK_SPACING;
    const bool denies = manner != NULL && (manner->flags & INJ_HOME_DENIES) != 0;

    for (; x->served_asked < t->heard->n_asked; x->served_asked++)
        answer_for(t, &t->heard->asked[x->served_asked]);
    for (; x->served < t->heard->n; x->served++) {
        const struct inj_answer *a = &t->heard->answers[x->served];
        struct mipro_message m;
        struct mipro_ext e;

        inj_show(t, false, a);
        inj_note_lateness(t, a, x->trial.n_sent);
        if (a->protocol != INJ_UDP)
            continue;
        mipro_message_parse(&m, a->octets, a->len, a->len, &t->bench.set, MIPRO_IDENT_UNKNOWN);
        if (m.err != MIPRO_OK)
            continue;
        switch (mipro_message_type(&m)) {
        case MIPRO_REGISTRATION_REQUEST:
            if (!inj_is_repeated(&t->bench, &m, t->bench.n_requests))
                t->bench.requests[t->bench.n_requests++ % INJ_EARLIER] =
                    mipro_value(&m, MIPRO_F_IDENT);
            t->bench.has_notified = t->bench.has_notified || mipro_ext_find(&m, MIPRO_EXT_PFAN, &e);
            if (!withholds &&
                (t->bench.role == INJ_AS_NEW_AGENT || t->bench.role == INJ_AS_MOBILE_NODE))
                grant(t, a, &m, denies);
            break;
        case MIPRO_REGISTRATION_REPLY:
            if (mipro_value(&m, MIPRO_F_CODE) >= INJ_REFUSED_FROM)
                t->denied = inj_monotonic();
            learn_home_nonce(t, a, &m);
            break;
        case MIPRO_BINDING_UPDATE:
            if (inj_is_own_update(&t->bench, a, &m))
                t->bench.has_updated |= 1u << inj_occasion(&x->trial);
            t->bench.volunteers =
                t->bench.volunteers || (is_unprompted(x, &m) && !inj_is_named(&t->bench, a->dst));
            acknowledge(t, a, &m);
            if (a->dst == t->bench.source)
                t->recent[t->n_recent++ % INJ_MAX_RECENT] = inj_monotonic();
            if (t->bench.role == INJ_AS_MOBILE_NODE && mipro_has(&m, MIPRO_F_IDENT)) {
                t->world.has_echo = true;
                t->world.echo = mipro_value(&m, MIPRO_F_IDENT);
            }
            break;
        }
    }
}

/* Is it signed with another association, which has its own nonces (SPI-03)? */
static bool
has_other_spi(const struct inj_tester *t, const struct inj_packet *packet)
{
    struct mipro_message m;
    struct mipro_ext e;
    uint64_t spi;

    mipro_message_parse(
        &m, packet->payload, packet->len, packet->len, &t->bench.set, MIPRO_IDENT_UNKNOWN);
    return mipro_ext_find(&m, mipro_auth_ext_type(&t->bench.set), &e) &&
           mipro_ext_value(&m, &e, MIPRO_F_SPI, &spi) && spi != t->world.spi;
}

/*
 * Nonces (4.3).  A message that the node did not accept has not announced the next nonce; and if
 * the node asks for one, the answer has the identification of its request.
 */
void
inj_follow_nonce(struct inj_tester *t, const struct inj_packet *packet,
    const struct inj_trial *trial, bool quietly)
{
    const struct inj_answer *a;
    struct mipro_message m;
    size_t i = 0;
    bool taken = quietly;

    if (t->bench.association->replay != MIPRO_REPLAY_NONCE)
        return;
    if (inj_next_answer(&t->bench, trial, MIPRO_BINDING_ACKNOWLEDGE, &m, &i) != NULL)
        taken = mipro_value(&m, MIPRO_F_STATUS) == 0 && !has_other_spi(t, packet);
    /* To a node in another role a Binding Update announces nothing. */
    if (!taken && inj_target_of(t->bench.role) == INJ_RECEIVER &&
        packet->message == MIPRO_BINDING_UPDATE && packet->has_ident &&
        t->world.nonce == (uint32_t)(packet->ident >> 32)) {
        t->unsure = !has_other_spi(t, packet);
        t->other_nonce = t->world.nonce;
        t->world.nonce = (uint32_t)packet->ident;
    } else if (taken) {
        t->unsure = false;
    }
    i = 0;
    a = inj_next_answer(&t->bench, trial, MIPRO_BINDING_REQUEST, &m, &i);
    if (a != NULL) {
        const uint64_t ident = mipro_value(&m, MIPRO_F_IDENT);
        const struct inj_op ops[] = { { OP_IDENT, 0, ident }, { OP_SIGN, 0, 0 } };

        reply_to(t, a, MIPRO_BINDING_UPDATE, ops, 2);
        t->world.nonce = (uint32_t)(ident >> 32);
        /* Its acknowledge does not answer the next message. */
        inj_listen(t->ear, &t->scope, inj_monotonic() + t->timeout / 4, t->heard, NULL, NULL);
    }
}
