/* SPDX-License-Identifier: GPL-2.0-or-later */
/* play.c - a case in its three phases: good control, case, good control. */
#include "tester/control.h"

#include <stdio.h>
#include <string.h>

#include "send/interrupt.h"
#include "tester/answers.h"
#include "tester/assess.h"
#include "tester/await.h"
#include "tester/forged.h"
#include "tester/peers.h"
#include "tester/registration.h"

#define TRIES 2 /* of a control before a case */
#define TRIES_AFTER                                                                                \
    5 /* of a control after it: silence then is a failure, and the link may lose packets */
#define PATIENCE 20 /* timeouts to wait for a crashed node to restart */
#define LATER (2 * MIPRO_SECOND)
/* Its requests are at least a second apart (RFC 2002 3.6.3). */
#define APART (6 * MIPRO_SECOND / 5)
#define UNANSWERED (5 * MIPRO_SECOND / 2) /* how long a request is left unanswered */
#define WINDOW 5 /* timeouts in which a mobile node must retransmit, if it does */

static const struct inj_op sign[] = { { OP_SIGN, 0, 0 } };

enum phase { BEFORE, MIDDLE, AFTER, PHASES };

static const char *const phases[PHASES] = {
    [BEFORE] = "before", [MIDDLE] = "case", [AFTER] = "after"
};

/* The octets of this phase of this case begin here, whatever was played before. */
static void
begin_phase(struct inj_tester *t, const struct inj_case *c, enum phase phase)
{
    const unsigned n = (unsigned)(c - inj_cases) * PHASES + phase;
    char note[INJ_NOTE];

    t->world.n = n * UINT64_C(37); /* IP identifications are derived from it too: let them differ */
    t->adverts = n;
    if (!t->by_clock)
        t->last_ident_time = INJ_FILE_START + n * (3600 * MIPRO_SECOND);
    inj_wind_clock(t);
    t->phase = phases[phase];
    if (phase == MIDDLE)
        return; /* each packet of the case has its own note */
    (void)snprintf(note, sizeof(note),
        "%s (%s), good message %s the case; expected: it is answered and accepted", c->id, c->slug,
        phase == BEFORE ? "before" : "after");
    inj_listener_note(t->ear, note);
}

/* The case itself. */

struct case_run {
    struct inj_tester *t;
    const struct inj_case *c;
    struct inj_judgement worst;
    bool worst_is_lead; /* it is about a message that led up to the case */
    bool was_faulty;    /* the answer to the control before was wrong in itself */
    size_t sent_of_burst;
    struct inj_exchange burst;
    bool tunnelled; /* the datagram sent through a tunnel was tunnelled on */
};

static void
take_judgement(struct case_run *run, struct inj_judgement j)
{
    run->worst = inj_worse(&run->worst, &j);
}

/*
 * A message that leads up to the case is as good as the control, and what is wrong with the
 * answers to those is said of the control.  What is said of the case itself comes first.
 */
static void
judge_packet(struct case_run *run, const struct inj_trial *trial)
{
    const struct inj_bench *bench = &run->t->bench;
    struct inj_judgement j = inj_judge_trial(run->c, bench, trial);

    if (trial->lead && run->was_faulty && j.verdict == INJ_FAIL &&
        inj_judge_control(bench, trial).taken == INJ_TAKEN_FAULTY)
        return;
    if (run->worst_is_lead && !trial->lead && j.verdict >= run->worst.verdict)
        run->worst = j;
    if (j.verdict > run->worst.verdict)
        run->worst_is_lead = trial->lead;
    take_judgement(run, j);
}

/* Did the tested node tunnel a datagram for the mobile node on to its current location? */
static bool
went_on(const struct inj_tester *t)
{
    for (size_t i = 0; i < t->heard->n; i++) {
        const struct inj_answer *a = &t->heard->answers[i];

        if (a->tunnelled && a->dst == t->bench.home && a->outer_dst == t->bench.care_of)
            return true;
    }
    return false;
}

static bool
probe_is_answered(void *ctx)
{
    return went_on(ctx);
}

static bool
send_probe(void *ctx, const struct inj_packet *packet)
{
    struct inj_tester *t = ctx;

    inj_drain(t);
    if (!inj_send_packet(t, packet))
        return false;
    inj_listen(t->ear, &t->scope, inj_monotonic() + t->timeout, t->heard, probe_is_answered, t);
    return true;
}

/* Is there an entry for the mobile node?  Only a previous agent shows this, by tunnelling on. */
static bool
probe_entry(struct inj_tester *t)
{
    const struct inj_op ops[] = { { OP_TUNNEL, 0, NODE(DESTINATION) } };
    struct inj_recipe r;

    inj_write_recipe(&r, INJ_RECEIVER, INJ_DATA, ops, 1);
    (void)inj_case_make(&r.c, &t->world, send_probe, t);
    t->bench.has_tunnelled = t->bench.has_tunnelled || went_on(t);
    return went_on(t);
}

/* How often the packet of a step is sent; these packets count together. */
static size_t
burst_of(const struct inj_case *c, unsigned step)
{
    for (unsigned i = 0; i < INJ_OPS && c->steps[step].ops[i].kind != OP_END; i++) {
        if (inj_op_packets(&c->steps[step].ops[i]) > 1)
            return inj_op_packets(&c->steps[step].ops[i]);
    }
    return 1;
}

/* A slow node may still be busy with the messages of a case, which came all at once. */
#define BUSY (20 * MIPRO_SECOND / 1000) /* with each */

static unsigned
tries_after(const struct inj_tester *t, const struct inj_case *c)
{
    size_t n = 0;

    for (unsigned i = 0; i < c->n_steps; i++)
        n += burst_of(c, i);
    return TRIES_AFTER + (unsigned)((int64_t)n * BUSY / t->timeout);
}

static bool
wants_updates(const struct inj_case *c)
{
    switch (inj_manner(c->id)->check) {
    case INJ_CHECK_TARGETS:
    case INJ_CHECK_PRIVATE:
        return true;
    default:
        return false;
    }
}

/* Does only a denial pass? */
static bool
wants_denial(const struct inj_case *c)
{
    return (c->expected & INJ_REPLY_NEGATIVE) != 0 && (c->expected & ~INJ_REPLY_NEGATIVE) == 0;
}

static int64_t
patience_with(const struct inj_tester *t, const struct inj_case *c)
{
    const struct inj_manner *manner = inj_manner(c->id);

    if (manner->check == INJ_CHECK_GOES_ON || manner->check == INJ_CHECK_STOPS)
        return WINDOW * t->timeout;
    if (manner->check == INJ_CHECK_NO_REGISTRATION &&
        c->steps[0].message == MIPRO_REGISTRATION_REPLY)
        return APART + t->timeout;
    if (manner->check == INJ_CHECK_SPACING)
        return t->timeout > UNANSWERED ? t->timeout : UNANSWERED;
    if (manner->check == INJ_CHECK_HANDOFF && (manner->flags & INJ_LATER))
        return t->timeout > LATER ? t->timeout : LATER;
    return t->timeout;
}

/* One of many packets that count together; they are judged with the last one. */
static bool
play_burst(struct case_run *run, const struct inj_packet *packet, size_t count)
{
    struct inj_tester *t = run->t;
    size_t before;

    if (run->sent_of_burst == 0) {
        inj_drain(t);
        run->burst = (struct inj_exchange){ .t = t, .c = run->c };
    }
    before = run->sent_of_burst == 0 ? t->bench.n_sent : run->burst.trial.n_sent;
    run->burst.trial = inj_trial_of(t, packet);
    run->burst.trial.count = count;
    run->burst.trial.n_sent = before;
    if (!inj_send_packet(t, packet))
        return false;
    inj_listen(t->ear, &t->scope, inj_monotonic() + (packet->after > 0 ? packet->after : 0),
        t->heard, NULL, NULL);
    if (++run->sent_of_burst < count)
        return true;
    run->sent_of_burst = 0;
    inj_listen_for(&run->burst, patience_with(t, run->c));
    take_judgement(run, inj_judge_trial(run->c, &t->bench, &run->burst.trial));
    inj_follow_nonce(t, packet, &run->burst.trial, false);
    if (t->unsure && packet->step + 1 < run->c->n_steps)
        (void)inj_play_control(t, 1);
    inj_wind_clock(t);
    return true;
}

/* A home agent granted a registration that leads up to a case: what it tells now is this one. */
static void
learn_move(struct inj_tester *t, const struct inj_packet *packet, const struct inj_trial *trial)
{
    const struct inj_answer *a;
    struct mipro_message sent, reply;

    if (t->bench.role != INJ_AS_HOME_AGENT || !trial->lead ||
        packet->message != MIPRO_REGISTRATION_REQUEST ||
        inj_registration_reaction(&t->bench, trial, &a, &reply) != INJ_REPLY_0)
        return;
    inj_parse_sent(&t->bench, trial, &sent);
    if (mipro_value(&sent, MIPRO_F_LIFE) > 0)
        t->bench.care_of = (uint32_t)mipro_value(&sent, MIPRO_F_COA);
}

static bool
play_packet(void *ctx, const struct inj_packet *packet)
{
    struct case_run *run = ctx;
    struct inj_tester *t = run->t;
    struct inj_exchange x = { .t = t, .c = run->c, .trial = inj_trial_of(t, packet) };
    const enum inj_check check = inj_manner(run->c->id)->check;
    const bool watches = check == INJ_CHECK_GOES_ON || check == INJ_CHECK_STOPS;
    const bool last = packet->step + 1 == run->c->n_steps;
    struct inj_judgement fit;
    char note[INJ_NOTE];
    int64_t oldest;

    if (inj_interrupted())
        return false;
    inj_case_note(run->c, packet->step, packet->phase, note, sizeof(note));
    inj_listener_note(t->ear, note);
    if (burst_of(run->c, packet->step) > 1)
        return play_burst(run, packet, burst_of(run->c, packet->step));
    if (packet->message == INJ_DATA)
        return true; /* its effect is seen by probe_entry() */
    if (packet->envelope.dst == 0) {
        take_judgement(run,
            (struct inj_judgement){ INJ_SKIP,
                "the node is not on the link: the broadcast address of its subnet is unknown" });
        return true;
    }
    fit = inj_judge_octets(run->c, &t->bench, &x.trial);
    if (!inj_is_allowed(t, inj_outermost_dst(&packet->envelope)) &&
        packet->message != INJ_ADVERTISEMENT)
        fit = (struct inj_judgement){ INJ_SKIP, "a destination outside --allow" };
    if (fit.verdict != INJ_PASS) {
        take_judgement(run, fit);
        return true;
    }
    if (wants_updates(run->c) && !x.trial.lead)
        inj_wait_for_room(t);
    if (t->bench.role == INJ_AS_NEW_AGENT && wants_denial(run->c))
        inj_wait_for_denial(t);
    if (packet->after > 0 && packet->step > 0)
        inj_listen(t->ear, &t->scope, inj_monotonic() + packet->after, t->heard, NULL, NULL);
    x.trial.held_back = inj_count_recent(t, &oldest) > 0;
    inj_drain(t);
    if (!inj_send_packet(t, packet))
        return false;
    if (packet->has_ident)
        inj_note_forged(t, run->c, &x.trial);
    inj_listen_for(&x, last || !watches ? patience_with(t, run->c) : 0);
    if (last || !watches)
        judge_packet(run, &x.trial);
    learn_move(t, packet, &x.trial);
    inj_learn_grant(t, &x.trial);
    inj_follow_nonce(t, packet, &x.trial, (inj_manner(run->c->id)->flags & INJ_ENTRY_THERE) != 0);
    if (t->unsure && !last)
        (void)inj_play_control(t, 1); /* so that the next message has the expected nonce */
    inj_wind_clock(t);
    return true;
}

/* Wait until the mobile node has sent a Binding Update that can be acknowledged. */
static bool
await_update(struct inj_tester *t)
{
    struct inj_exchange x = { .t = t };
    int64_t until = inj_monotonic() + WINDOW * t->timeout;

    t->world.has_echo = false;
    while (!t->world.has_echo && inj_monotonic() < until && !inj_interrupted()) {
        x.served = x.served_asked = 0;
        inj_forget(t);
        inj_listen(t->ear, &t->scope, inj_monotonic() + t->timeout / 4, t->heard, NULL, NULL);
        inj_serve(&x);
    }
    return t->world.has_echo;
}

/*
 * Does a mobile node register again while we say nothing?  It may, at any time (RFC 2002 3.6); then
 * that it does so after a forged reply shows nothing.
 */
static bool
renews(struct inj_tester *t)
{
    struct inj_exchange x = { .t = t };
    const size_t known = t->bench.n_requests;

    inj_drain(t);
    inj_listen(t->ear, &t->scope, inj_monotonic() + UNANSWERED, t->heard, NULL, NULL);
    inj_serve(&x);
    return t->bench.n_requests > known;
}

/* A request that the mobile node should not have sent: was it because of our message? */
static struct inj_judgement
doubt_request(struct inj_tester *t, const struct inj_case *c, struct inj_judgement j)
{
    const size_t n = strlen(j.reason);

    if (j.verdict != INJ_FAIL || inj_manner(c->id)->check != INJ_CHECK_NO_REGISTRATION ||
        t->bench.renews || !(t->bench.renews = renews(t)))
        return j;
    j.verdict = INJ_INCONCLUSIVE;
    (void)snprintf(
        j.reason + n, sizeof(j.reason) - n, "; but it also registers again of its own accord");
    return j;
}

static struct inj_judgement
play_middle(struct inj_tester *t, const struct inj_case *c, const struct inj_control *before)
{
    const struct inj_manner *manner = inj_manner(c->id);
    const bool shows_entries = t->bench.role == INJ_AS_PREVIOUS_AGENT &&
                               (manner->flags & (INJ_ENTRY_THERE | INJ_ENTRY_GONE));
    struct case_run run = { .t = t, .c = c, .was_faulty = before->taken == INJ_TAKEN_FAULTY };
    struct inj_case mine = *c;
    struct inj_recipe entry;

    for (size_t i = 0; t->only_asks && i < c->n_steps; i++) {
        if (c->steps[i].message == MIPRO_REGISTRATION_REQUEST)
            return (struct inj_judgement){ INJ_SKIP,
                "the home agent answers none of our registrations" };
    }
    if (shows_entries && (manner->flags & INJ_NO_ENTRY_YET)) {
        inj_delete_entry(t);
        if (probe_entry(t))
            return (
                struct inj_judgement){ INJ_INCONCLUSIVE, "an earlier entry could not be deleted" };
    }
    if (t->bench.role == INJ_AS_MOBILE_NODE && c->steps[0].message == MIPRO_BINDING_ACKNOWLEDGE &&
        !await_update(t) && (inj_play_control(t, TRIES), !await_update(t)))
        return (struct inj_judgement){ INJ_INCONCLUSIVE,
            "the mobile node sends no Binding Update that could be acknowledged" };
    /* A new foreign agent has no entry that could be stale yet. */
    if (manner->check == INJ_CHECK_WARNING_RATE && t->bench.role == INJ_AS_NEW_AGENT) {
        inj_write_recipe(&entry, INJ_RECEIVER, MIPRO_BINDING_UPDATE, sign, 1);
        (void)inj_case_make(&entry.c, &t->world, inj_just_send, t);
    }
    inj_wind_clock(t);
    /* Whichever other roles the case is for, it has the fields of this role's control. */
    mine.target = inj_target_of(t->bench.role);
    if (!inj_case_make(&mine, &t->world, play_packet, &run) && !t->unsent && !inj_interrupted()) {
        if (t->world.unsigned_ext != 0)
            return inj_judgement(INJ_SKIP,
                "no association can sign its extension %u: '%s' answers a challenge",
                t->world.unsigned_ext, t->world.signer.association->name);
        return (struct inj_judgement){ INJ_INCONCLUSIVE, "the case could not be made" };
    }
    if (shows_entries && run.worst.verdict < INJ_FAIL) {
        if (manner->flags & INJ_LATER) {
            inj_forget(t);
            inj_listen(t->ear, &t->scope, inj_monotonic() + LATER, t->heard, NULL, NULL);
        }
        take_judgement(&run, inj_judge_entry(c, &t->bench, probe_entry(t)));
    }
    return doubt_request(t, c, run.worst);
}

/*
 * The answer to a control is wrong in itself, whether or not it refuses.  That is a failure of the
 * first case that sees it.  In later cases a pass becomes a warning.
 */
static struct inj_judgement
blame_control(struct inj_tester *t, const struct inj_case *c, const struct inj_control *control,
    const struct inj_judgement *j)
{
    const bool refused = control->taken == INJ_TAKEN_REFUSED;
    const bool is_fault = control->taken == INJ_TAKEN_FAULTY || refused;
    const char *wrong = refused ? control->fault : control->reason;
    struct inj_judgement blame = { .verdict = INJ_WARN };

    if (control->taken == INJ_TAKEN_SILENT || wrong[0] == '\0')
        return *j;
    if (t->faulty == NULL)
        t->faulty = c;
    if (t->faulty != c && (!is_fault || j->verdict != INJ_PASS))
        return *j;
    if (t->faulty == c && is_fault)
        blame.verdict = INJ_FAIL;
    (void)snprintf(
        blame.reason, sizeof(blame.reason), "the answer to a good message: %.400s", wrong);
    return inj_worse(j, &blame);
}

/* A control that is not accepted, where earlier ones were: something has changed since. */
static void
recall(struct inj_tester *t, const struct inj_control *control, struct inj_judgement *j)
{
    const size_t n = strlen(j->reason);

    if (control->taken == INJ_TAKEN_GOOD || control->taken == INJ_TAKEN_FAULTY)
        t->accepted++;
    else if (j->verdict == INJ_INCONCLUSIVE && t->accepted > 0)
        (void)snprintf(j->reason + n, sizeof(j->reason) - n,
            "; %u good message%s before %s accepted", t->accepted, t->accepted == 1 ? "" : "s",
            t->accepted == 1 ? "was" : "were");
}

/* survived: the node was there before and after. */
static struct inj_judgement
play_once(struct inj_tester *t, const struct inj_case *c, bool *survived)
{
    struct inj_judgement middle = { .verdict = INJ_SKIP, .reason = "interrupted" };
    struct inj_control before, after = { .taken = INJ_TAKEN_GOOD };
    struct inj_judgement j = inj_judge_fitness(c, &t->bench);

    *survived = false;
    if (j.verdict != INJ_PASS)
        return j;
    t->heard->unreachable = false;
    begin_phase(t, c, BEFORE);
    before = inj_play_control(t, t->gone ? 1 : TRIES);
    if (before.taken != INJ_TAKEN_SILENT) {
        t->gone = false;
        t->heard->unreachable = false;
        begin_phase(t, c, MIDDLE);
        middle = play_middle(t, c, &before);
        begin_phase(t, c, AFTER);
        after = inj_play_control(t, tries_after(t, c));
        if (after.taken == INJ_TAKEN_REFUSED)
            after = inj_play_control(t, TRIES_AFTER);
    }
    if (t->unsent)
        return (struct inj_judgement){ INJ_INCONCLUSIVE, "it could not be sent" };
    if (inj_interrupted())
        return (struct inj_judgement){ INJ_INCONCLUSIVE, "interrupted" };
    *survived = before.taken != INJ_TAKEN_SILENT && after.taken != INJ_TAKEN_SILENT &&
                !t->heard->unreachable;
    j = inj_judge_case(c, &before, &after, &middle, t->heard->unreachable);
    j = blame_control(t, c, &before, &j);
    recall(t, &before, &j);
    /* A supervisor may restart it: wait, to give the next case a chance. */
    t->phase = "afterwards";
    if (after.taken == INJ_TAKEN_SILENT || (before.taken == INJ_TAKEN_SILENT && !t->gone))
        t->gone = inj_play_control(t, after.taken == INJ_TAKEN_SILENT ? PATIENCE : TRIES).taken ==
                  INJ_TAKEN_SILENT;
    return j;
}

/*
 * Once answers have come late, one may have been taken for the answer to another message: an answer
 * without identification, or a Binding Update, does not say which one it answers.  Then a
 * failure counts only if the case fails again after none can be on its way any more.
 */
struct inj_judgement
inj_play(struct inj_tester *t, const struct inj_case *c)
{
    bool survived;
    struct inj_judgement j = play_once(t, c, &survived), again;
    size_t n;

    if (j.verdict == INJ_FAIL)
        inj_forget_forged(t, c->id);
    else if (t->ends && inj_has_forged(t))
        inj_drain_until(t, inj_monotonic() + t->timeout);
    if (j.verdict != INJ_FAIL && t->accepted_late != NULL)
        return inj_blame_late_acceptance(t);
    if (j.verdict != INJ_FAIL || !survived || t->late == 0 || t->unsent || inj_interrupted())
        return j;
    inj_drain_until(t, inj_monotonic() + t->late + t->timeout);
    again = play_once(t, c, &survived);
    if (again.verdict == INJ_FAIL)
        return j;
    j.verdict = INJ_INCONCLUSIVE;
    n = strlen(j.reason);
    (void)snprintf(j.reason + n, sizeof(j.reason) - n,
        "; but not when it was played again, and answers come up to %.1f s late: see --timeout",
        (double)t->late / (double)MIPRO_SECOND);
    return j;
}
