/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talk.c - one message to the tested node, and the answers to it. */
#include "tester/talk.h"

#include <stdlib.h>
#include <string.h>

#include "send/interrupt.h"
#include "tester/acknowledge.h"
#include "tester/answers.h"
#include "tester/home.h"
#include "tester/mobile.h"
#include "tester/registration.h"

void
inj_write_recipe(struct inj_recipe *r, enum inj_target target, uint8_t message,
    const struct inj_op *ops, size_t n)
{
    *r = (struct inj_recipe){ .step = { .message = message } };
    for (size_t i = 0; i < n; i++)
        r->step.ops[i] = ops[i];
    r->c = (struct inj_case){ .id = "control", .target = target, .steps = &r->step, .n_steps = 1 };
}

enum inj_target
inj_target_of(enum inj_role role)
{
    switch (role) {
    case INJ_AS_HOME_AGENT:
        return INJ_HOME_AGENT;
    case INJ_AS_NEW_AGENT:
        return INJ_FOREIGN_AGENT;
    case INJ_AS_MOBILE_NODE:
        return INJ_MOBILE_NODE;
    default:
        return INJ_RECEIVER;
    }
}

bool
inj_is_allowed(const struct inj_tester *t, uint32_t addr)
{
    for (size_t i = 0; i < t->n_allowed; i++) {
        if (((addr ^ t->allowed[i].addr) & t->allowed[i].mask) == 0)
            return true;
    }
    return false;
}

uint32_t
inj_outermost_dst(const struct inj_envelope *e)
{
    return e->n_tunnels > 0 ? e->tunnel[e->n_tunnels - 1].dst : e->dst;
}

static uint32_t
outermost_src(const struct inj_envelope *e)
{
    return e->n_tunnels > 0 ? e->tunnel[e->n_tunnels - 1].src : e->src;
}

bool
inj_put_frame(void *ctx, const uint8_t *frame, size_t len)
{
    struct inj_tester *t = ctx;

    if (t->replying)
        inj_note_reply(t->heard, frame, len);
    inj_listener_sent(t->ear, frame, len);
    return inj_sink_put(t->session.sink, 0, frame, len);
}

void
inj_show(const struct inj_tester *t, bool sent, const struct inj_answer *a)
{
    char *hex;

    if (t->transcript != NULL)
        inj_transcript_add(t->transcript, sent, t->phase, sent ? inj_realtime() : a->time, a);
    if (!t->shows)
        return;
    hex = malloc(2 * a->len + 1);
    if (hex == NULL)
        return;
    hex[0] = '\0';
    for (size_t i = 0; i < a->len; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", a->octets[i]);
    inj_tap_comment(stdout, "%s %s, %zu octet%s: %s", sent ? "sent" : "received",
        inj_describe(&t->bench, a).s, a->len, a->len == 1 ? "" : "s", hex);
    free(hex);
}

static void
show_sent(const struct inj_tester *t, const struct inj_packet *packet)
{
    const struct inj_envelope *e = &packet->envelope;
    const struct inj_answer a = { .src = e->src,
        .dst = e->dst,
        .sport = e->sport,
        .dport = e->dport,
        .protocol = e->protocol,
        .tunnelled = e->n_tunnels > 0,
        .outer_src = outermost_src(e),
        .outer_dst = inj_outermost_dst(e),
        .len = packet->len,
        .octets = packet->payload };

    inj_show(t, true, &a);
}

static bool
put_packet(struct inj_tester *t, struct inj_packet *mine)
{
    uint8_t mac[INJ_MAC_LEN];

    inj_session_link(&t->session, &mine->envelope, mac);
    /* Without a neighbour entry it would be broadcast, and many hosts ignore that. */
    if (mine->envelope.dst_mac == mac && t->heard->has_mac && !t->session.has_mac &&
        mac[0] == 0xff && inj_outermost_dst(&mine->envelope) == t->bench.destination)
        memcpy(mac, t->heard->mac, sizeof(mac));
    show_sent(t, mine);
    if (!inj_packet_frames(t->session.framer, mine, t->session.mtu, inj_put_frame, t) ||
        !inj_sink_flush(t->session.sink))
        t->unsent = true;
    return !t->unsent;
}

#define ASKED_FOR 2 /* how often the node's MAC address is asked for */
#define LOOKS 10u
#define ALL_SYSTEMS 0xe0000001u /* 224.0.0.1 */

/* Send to the node; with --advertise also to all on the link, as agents do (RFC 2002 2.3). */
static bool
advertise(struct inj_tester *t, const struct inj_packet *packet)
{
    const uint32_t to[] = { t->bench.destination, ALL_SYSTEMS, UINT32_MAX };
    const size_t n = inj_given(t->options, INJ_OPT_ADVERTISE) ? sizeof(to) / sizeof(to[0]) : 1;

    for (size_t i = 0; i < n; i++) {
        struct inj_packet mine = *packet;

        mine.envelope.dst = to[i];
        inj_note_offers(&t->bench, mine.payload, mine.len);
        if (!put_packet(t, &mine))
            return false;
    }
    return true;
}

#define MANY 64u /* targets: their Binding Updates may take a while */

static void
note_targets(struct inj_bench *bench, const struct inj_packet *packet)
{
    struct mipro_message m;

    mipro_message_parse(
        &m, packet->payload, packet->len, packet->len, &bench->set, MIPRO_IDENT_UNKNOWN);
    if (m.n_targets <= MANY)
        return;
    bench->first_named = mipro_target(&m, 0);
    bench->last_named = mipro_target(&m, m.n_targets - 1);
}

bool
inj_send_packet(struct inj_tester *t, const struct inj_packet *packet)
{
    struct inj_packet mine = *packet;

    if (mine.message == INJ_ADVERTISEMENT)
        return advertise(t, packet);
    if (!inj_is_allowed(t, inj_outermost_dst(&mine.envelope)))
        return false;
    if (mine.message == MIPRO_BINDING_WARNING)
        note_targets(&t->bench, &mine);
    if (mine.has_ident && !t->replying)
        t->bench.sent[t->bench.n_sent++ % INJ_SENT] =
            (struct inj_earlier){ .ident = mine.ident, .time = inj_realtime() };
    return put_packet(t, &mine);
}

static bool
knows_mac(void *ctx)
{
    const struct inj_tester *t = ctx;

    return t->heard->has_mac;
}

void
inj_resolve_node(struct inj_tester *t)
{
    uint8_t frame[INJ_ARP_LEN], mac[INJ_MAC_LEN];
    const uint8_t *ours = inj_sink_mac(t->session.sink);
    static const uint8_t none[INJ_MAC_LEN];

    if (ours == NULL || memcmp(ours, none, sizeof(none)) == 0 || t->session.has_mac ||
        t->world.is_far || inj_sink_neighbour(t->session.sink, t->bench.destination, mac))
        return;
    inj_ask_for(t->bench.destination,
        inj_listener_owns(t->ear, t->bench.source) ? t->bench.source : 0, ours, frame);
    for (unsigned i = 0; i < ASKED_FOR && !t->heard->has_mac && !inj_interrupted(); i++) {
        if (!inj_put_frame(t, frame, sizeof(frame)) || !inj_sink_flush(t->session.sink))
            return; /* the first message will report the failure */
        /* An ARP message does not count as an answer that ends the wait: check repeatedly. */
        for (unsigned k = 0; k < LOOKS && !t->heard->has_mac && !inj_interrupted(); k++)
            inj_listen(
                t->ear, &t->scope, inj_monotonic() + t->timeout / LOOKS, t->heard, knows_mac, t);
    }
    inj_forget(t);
}

void
inj_forget(struct inj_tester *t)
{
    inj_forget_heard(t->heard);
}

/* A home agent's Binding Updates to others that come when nothing is waited for. */
static bool
has_late_update(const struct inj_tester *t)
{
    const struct inj_trial trial = {
        .answers = t->heard->answers, .n_answers = t->heard->n, .n_sent = t->bench.n_sent
    };
    const struct inj_answer *a;
    struct mipro_message m;

    if (t->bench.role != INJ_AS_HOME_AGENT)
        return false;
    for (size_t i = 0; (a = inj_next_update(&t->bench, &trial, &m, &i)) != NULL;) {
        if (!inj_is_named(&t->bench, a->dst))
            return true;
    }
    return false;
}

#define LATEST (3 * MIPRO_SECOND) /* what is later than that is not waited for */

void
inj_note_lateness(struct inj_tester *t, const struct inj_answer *a, size_t before)
{
    const struct inj_earlier *sent;
    struct mipro_message m;

    /* A mobile node's messages are its own, and answer none of ours. */
    if (a->protocol != INJ_UDP || t->bench.role == INJ_AS_MOBILE_NODE)
        return;
    mipro_message_parse(&m, a->octets, a->len, a->len, &t->bench.set, MIPRO_IDENT_UNKNOWN);
    sent = m.def != NULL ? inj_answered(&t->bench, before, &m) : NULL;
    if (sent != NULL && a->time - sent->time > t->late)
        t->late = a->time - sent->time < LATEST ? a->time - sent->time : LATEST;
    if (sent != NULL && sent->forged != NULL && inj_is_acceptance(&t->bench, a, &m))
        t->accepted_late = sent->forged;
}

/* Read and discard late answers, for as long as it takes. */
void
inj_drain_until(struct inj_tester *t, int64_t until)
{
    inj_forget(t); /* what was waited for */
    inj_listen(t->ear, &t->scope, until, t->heard, NULL, NULL);
    for (size_t i = 0; i < t->heard->n; i++)
        inj_note_lateness(t, &t->heard->answers[i], t->bench.n_sent);
    t->bench.volunteers = t->bench.volunteers || has_late_update(t);
    inj_forget(t);
}

void
inj_drain(struct inj_tester *t)
{
    inj_drain_until(t, 0);
}

struct inj_trial
inj_trial_of(const struct inj_tester *t, const struct inj_packet *packet)
{
    return (struct inj_trial){ .lead = packet->phase == INJ_LEAD,
        .sent = packet->payload,
        .len = packet->len,
        .count = 1,
        .src = outermost_src(&packet->envelope),
        .dst = packet->envelope.dst,
        .sport = packet->envelope.protocol == INJ_UDP ? packet->envelope.sport : 0,
        .dport = packet->envelope.protocol == INJ_UDP ? packet->envelope.dport : 0,
        .time = inj_realtime(),
        .n_sent = t->bench.n_sent,
        .n_requests = t->bench.n_requests };
}

void
inj_learn_grant(struct inj_tester *t, const struct inj_trial *trial)
{
    const struct inj_answer *a;
    struct mipro_message m;
    int64_t life;

    if (t->bench.role != INJ_AS_HOME_AGENT ||
        inj_registration_reaction(&t->bench, trial, &a, &m) != INJ_REPLY_0)
        return;
    life = (int64_t)mipro_value(&m, MIPRO_F_LIFE);
    t->bench.ends = life == UINT16_MAX ? 0 : a->time + life * MIPRO_SECOND;
}

bool
inj_just_send(void *ctx, const struct inj_packet *packet)
{
    return inj_send_packet(ctx, packet);
}

void
inj_send_recipe(struct inj_tester *t, uint8_t message, const struct inj_op *ops, size_t n)
{
    struct inj_recipe r;

    inj_write_recipe(&r, inj_target_of(t->bench.role), message, ops, n);
    (void)inj_case_make(&r.c, &t->world, inj_just_send, t);
}
