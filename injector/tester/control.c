/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control.c - the good messages around a case, and waiting for the rate limits of the node. */
#include "tester/control.h"

#include <stdlib.h>

#include "send/interrupt.h"
#include "tester/answers.h"
#include "tester/assess.h"
#include "tester/await.h"
#include "tester/peers.h"

#define REGISTRATIONS 4 /* unanswered ones, before a Binding Request is tried instead */

static const struct inj_op sign[] = { { OP_SIGN, 0, 0 } };

/*
 * Now, and always a little later than the last message.  If the node does not check the
 * clock, the time is that of a file, so that a case has the same octets in every run.
 */
void
inj_wind_clock(struct inj_tester *t)
{
    int64_t now = t->by_clock ? inj_realtime() + t->clock_offset : 0;

    if (now < t->last_ident_time + MIPRO_SECOND / 1000)
        now = t->last_ident_time + MIPRO_SECOND / 1000;
    t->last_ident_time = t->world.time = now;
}

/* Rates. */

/* Binding Updates within the interval of the rate limit. */
size_t
inj_count_recent(const struct inj_tester *t, int64_t *oldest)
{
    const size_t kept = t->n_recent < INJ_MAX_RECENT ? t->n_recent : INJ_MAX_RECENT;
    const int64_t since = inj_monotonic() - t->rate_interval;
    size_t n = 0;

    *oldest = INT64_MAX;
    for (size_t i = 0; i < kept; i++) {
        if (t->recent[i] < since)
            continue;
        n++;
        if (t->recent[i] < *oldest)
            *oldest = t->recent[i];
    }
    return n;
}

/* An answer that its rate limit holds back would prove nothing: wait for room. */
void
inj_wait_for_room(struct inj_tester *t)
{
    int64_t oldest;

    while (inj_count_recent(t, &oldest) >= t->bench.rate_limit && !inj_interrupted()) {
        inj_drain_until(t, oldest + t->rate_interval + MIPRO_SECOND / 50);
    }
}

/* A foreign agent need not deny a node more than once in a second (RFC 2002 3.7.2). */
#define DENIALS_APART (MIPRO_SECOND + MIPRO_SECOND / 20)

void
inj_wait_for_denial(struct inj_tester *t)
{
    const int64_t until = t->denied + DENIALS_APART;

    while (t->denied != 0 && inj_monotonic() < until && !inj_interrupted())
        inj_listen(t->ear, &t->scope, until, t->heard, NULL, NULL);
}

/* Controls. */

struct control_run {
    struct inj_tester *t;
    struct inj_control control;
};

/* The mobile node was registered by another node: learn its care-of address from the home agent. */
static void
learn_care_of(struct inj_tester *t, const struct inj_trial *trial)
{
    struct mipro_message m;
    size_t i = 0;

    if (inj_next_answer(&t->bench, trial, MIPRO_BINDING_UPDATE, &m, &i) != NULL &&
        mipro_has(&m, MIPRO_F_COA))
        t->bench.care_of = (uint32_t)mipro_value(&m, MIPRO_F_COA);
}

static bool
play_control(void *ctx, const struct inj_packet *packet)
{
    struct control_run *run = ctx;
    struct inj_tester *t = run->t;
    struct inj_exchange x = { .t = t, .trial = inj_trial_of(t, packet) };

    inj_drain(t);
    if (!inj_send_packet(t, packet))
        return false;
    inj_listen_for(&x, t->timeout);
    run->control = inj_judge_control(&t->bench, &x.trial);
    inj_learn_grant(t, &x.trial);
    if (t->only_asks && !inj_given(t->options, INJ_OPT_CARE_OF))
        learn_care_of(t, &x.trial);
    inj_follow_nonce(t, packet, &x.trial, false);
    return true;
}

/* An address of the tester's subnet, neither its own nor the node's: the n-th. */
static uint32_t
another_address(const struct inj_tester *t, unsigned n)
{
    const uint32_t hosts =
        ~t->netmask - 1; /* without the network address and the broadcast address */
    uint32_t addr;

    if (~t->netmask < 8)
        return (t->bench.source & 0xffffff00) | (200 + n % 50); /* a subnet with no room */
    do
        addr = (t->bench.source & t->netmask) + 1 + (200 + n++ % 50) % hosts;
    while (addr == t->bench.source || addr == t->bench.destination || addr == t->bench.home);
    return addr;
}

/* The good message that a live node of this role answers. */
static void
write_control(struct inj_tester *t, struct inj_recipe *r)
{
    enum inj_target target = inj_target_of(t->bench.role);

    switch (target) {
    case INJ_RECEIVER:
        inj_write_recipe(r, target, MIPRO_BINDING_UPDATE, sign, 1);
        break;
    case INJ_HOME_AGENT:
    case INJ_FOREIGN_AGENT:
        /* A home agent may limit how often it answers a Binding Request (7.1). */
        if (t->only_asks)
            inj_write_recipe(r, target, MIPRO_BINDING_REQUEST, NULL, 0);
        else
            inj_write_recipe(r, target, MIPRO_REGISTRATION_REQUEST, sign, 1);
        break;
    case INJ_MOBILE_NODE: {
        /* It registers when it receives an advertisement of another care-of address. */
        const struct inj_op elsewhere = { OP_TARGETS, 1, another_address(t, t->adverts) };

        t->adverts += 7; /* in case it is sent again */
        inj_write_recipe(r, target, INJ_ADVERTISEMENT, &elsewhere, 1);
        break;
    }
    }
}

static struct inj_control
control_once(struct inj_tester *t)
{
    struct control_run run = { .t = t };
    struct inj_recipe r;

    write_control(t, &r);
    if (t->only_asks)
        inj_wait_for_room(t);
    inj_wind_clock(t);
    (void)inj_case_make(&r.c, &t->world, play_control, &run);
    return run.control;
}

/* A home agent that accepts no registration from us may still answer a Binding Request. */
static struct inj_control
ask_instead(struct inj_tester *t)
{
    struct inj_control c;

    t->only_asks = true;
    c = control_once(t);
    /* If it has no binding, our registration may have been lost: try again. */
    t->only_asks = c.taken != INJ_TAKEN_SILENT && t->bench.care_of != t->bench.home;
    return c;
}

static bool
is_out_of_step(const struct inj_tester *t, const struct inj_control *c)
{
    return c->taken == INJ_TAKEN_REFUSED && c->status == 133 &&
           t->bench.association->replay == MIPRO_REPLAY_NONCE;
}

#define AT_ODDS (2 * MIPRO_SECOND) /* clocks that differ by less agree */

/*
 * Refused for its timestamp: the high half of the reply's identification is the time by the home
 * agent's clock, which a mobile node then goes by (RFC 2002 5.6.1).
 */
static bool
follow_clock(struct inj_tester *t, const struct inj_control *c)
{
    const int64_t now = inj_realtime();
    int64_t offset;

    if (c->taken != INJ_TAKEN_REFUSED || c->status != 133 || !c->is_authentic ||
        t->bench.association->replay != MIPRO_REPLAY_TIMESTAMP)
        return false;
    offset = inj_ident_ahead(c->ident, now) * MIPRO_SECOND;
    if (llabs(offset - t->clock_offset) < AT_ODDS)
        return false;
    t->clock_offset = offset;
    t->last_ident_time = now + offset;
    inj_tap_comment(stdout, "the clock of the node is %lld s %s ours; timestamps follow it",
        (long long)(llabs(offset) / MIPRO_SECOND), offset < 0 ? "behind" : "ahead of");
    inj_wind_clock(t);
    return true;
}

/* How often a control is repeated for a node that is slow, not gone. */
#define SPARED 20

/* Has an answer arrived that may be a late one to an earlier message? */
static bool
is_catching_up(const struct inj_tester *t)
{
    static const uint8_t kinds[][2] = {
        [INJ_RECEIVER] = { MIPRO_BINDING_ACKNOWLEDGE },
        [INJ_HOME_AGENT] = { MIPRO_REGISTRATION_REPLY, MIPRO_BINDING_UPDATE },
        [INJ_FOREIGN_AGENT] = { MIPRO_REGISTRATION_REPLY, MIPRO_REGISTRATION_REQUEST },
        [INJ_MOBILE_NODE] = { MIPRO_REGISTRATION_REQUEST },
    };
    const uint8_t *kind = kinds[inj_target_of(t->bench.role)];

    for (size_t i = 0; i < t->heard->n; i++) {
        const struct inj_answer *a = &t->heard->answers[i];

        if (a->len > 0 && (a->octets[0] == kind[0] || (kind[1] != 0 && a->octets[0] == kind[1])))
            return true;
    }
    return false;
}

struct inj_control
inj_play_control(struct inj_tester *t, unsigned tries)
{
    unsigned spared = 0;
    struct inj_control c = { .taken = INJ_TAKEN_SILENT };
    const bool unsure = t->unsure;
    const uint32_t other = t->other_nonce;

    /* A single lost registration must not decide whether a home agent accepts registrations. */
    if (t->bench.role == INJ_AS_HOME_AGENT && !t->registers && !t->only_asks && tries > 1)
        tries = REGISTRATIONS;
    for (unsigned i = 0; i < tries && !t->unsent && !inj_interrupted(); i++) {
        int64_t begun = inj_monotonic();

        c = control_once(t);
        if (follow_clock(t, &c))
            c = control_once(t);
        if (t->bench.role == INJ_AS_HOME_AGENT && !t->only_asks) {
            t->registers = t->registers || c.taken != INJ_TAKEN_SILENT;
            if (c.taken == INJ_TAKEN_GOOD || c.taken == INJ_TAKEN_FAULTY) {
                t->bench.is_registered = true;
                t->bench.care_of = t->world.care_of;
            }
            if (!t->registers && i + 1 == tries)
                c = ask_instead(t);
        }
        /* Its nonces are out of step: whether or not it has asked for the next one, try again. */
        if (is_out_of_step(t, &c))
            c = control_once(t);
        if (is_out_of_step(t, &c) && unsure) {
            t->world.nonce = other;
            c = control_once(t);
        }
        if (c.taken != INJ_TAKEN_SILENT)
            break;
        if (is_catching_up(t) && spared++ < SPARED)
            tries++;
        while (inj_monotonic() < begun + t->timeout && !inj_interrupted())
            inj_listen(t->ear, &t->scope, begun + t->timeout, t->heard, NULL, NULL);
    }
    return c;
}

/* Before FLG-01 and VAL-02: the entry of the control would hide the effect of the case. */
void
inj_delete_entry(struct inj_tester *t)
{
    const struct inj_op ops[] = { { OP_LIFE, 0, 0 }, { OP_CARE_OF, 0, NODE(HOME) },
        { OP_SIGN, 0, 0 } };
    struct control_run run = { .t = t };
    struct inj_recipe r;

    inj_wind_clock(t);
    inj_write_recipe(&r, INJ_RECEIVER, MIPRO_BINDING_UPDATE, ops, 3);
    (void)inj_case_make(&r.c, &t->world, play_control, &run);
}
