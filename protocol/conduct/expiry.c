/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits whose time limit has passed.
 *
 * During a leap, or more than a day without a frame, an answer may have been missed: no node is
 * blamed, and the case is counted as undecided.  After a shorter silence the answer may still be
 * captured (the clock may have been set forward), so whatever waited across it waits for one more
 * time limit, and is decided then, or at the end.
 */
#include "conduct/private.h"

/* How each kind of wait ends. */
static const struct {
    enum mipro_rule rule; /* the rule that is broken if nothing arrives */
    void (*expired)(struct shard *c, struct wait *w);
    bool stays; /* if it cannot be judged it is kept, so that a late answer has its question */
} kinds[] = {
    [WAIT_ACK] = { MIPRO_RULE_UPDATE_UNACKNOWLEDGED, mipro_ack_expired, false },
    [WAIT_UNMATCHED] = { MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED, mipro_unmatched_expired, false },
    [WAIT_FORGED] = { MIPRO_RULES, mipro_wait_end, false },
    [WAIT_ASKED] = { MIPRO_RULES, mipro_wait_end, false },
    [WAIT_REPLY] = { MIPRO_RULE_REPLY_MISMATCH, mipro_reply_expired, false },
    [WAIT_HELD] = { MIPRO_RULES, mipro_held_expired, false },
    [WAIT_ANSWER] = { MIPRO_RULE_REQUEST_UNANSWERED, mipro_answer_expired, true },
    [WAIT_TARGET] = { MIPRO_RULE_WARNING_UNANSWERED, mipro_target_expired, true },
    [WAIT_HANDOFF] = { MIPRO_RULE_HANDOFF_NO_UPDATE, mipro_handoff_expired, false },
    [WAIT_PFAN] = { MIPRO_RULES, mipro_pending_end, false },
};

enum mipro_rule
mipro_wait_rule(enum wait_kind kind)
{
    return kinds[kind].rule;
}

static void
count_undecided(struct shard *c, const struct wait *w, enum mipro_undecided reason)
{
    enum mipro_rule rule = kinds[w->kind].rule;

    if (rule == MIPRO_RULES || w->done || w->superseded ||
        (w->kind == WAIT_HANDOFF && w->u.handoff->granted_frame == 0))
        return;
    if (w->kind == WAIT_ANSWER && w->u.odd.frame != 0)
        rule = MIPRO_RULE_ANSWER_MISMATCH;
    if (w->kind == WAIT_UNMATCHED && (w->u.unmatched.mismatched || mipro_unmatched_is_open(c, w)))
        rule = MIPRO_RULE_ACKNOWLEDGE_MISMATCH;
    undecided(c, rule, reason);
}

void
mipro_wait_drop(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    if (w->kind == WAIT_PFAN) {
        mipro_pending_end(c, w);
        return;
    }
    if (w->kind == WAIT_HELD) { /* decide by what was seen so far, if it has an order */
        if (reason == MIPRO_UNDECIDED_CLOCK)
            mipro_held_drop(c, w, reason);
        else
            mipro_held_expired(c, w);
        return;
    }
    count_undecided(c, w, reason);
    if (w->kind == WAIT_UNMATCHED)
        mipro_answer_lose(c, MIPRO_BINDING_ACKNOWLEDGE, w->home->addr, w->src,
            reason == MIPRO_UNDECIDED_FORGOTTEN || !is_time(w->deadline)
                ? c->t.clock
                : mipro_time_add(w->deadline, -c->config->ack_timeout));
    if (w->kind == WAIT_ACK)
        mipro_ack_forget(c, w);
    mipro_wait_end(c, w);
}

/* A PFAN continues to wait, because it is bad if nothing arrives. */
void
mipro_wait_absolve(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    if (kinds[w->kind].stays) {
        count_undecided(c, w, reason);
        mipro_wait_done(c, w);
    } else if (w->kind != WAIT_PFAN) {
        mipro_wait_drop(c, w, reason);
    }
}

/* End all judgement of pending waits. */
static void
absolve(struct shard *c, enum mipro_undecided reason)
{
    struct list_link *l = c->by_time.next;

    while (l != &c->by_time) {
        struct wait *w = RECORD(l, struct wait, by.time);

        l = l->next;
        mipro_wait_absolve(c, w, reason);
    }
    while (c->held.next != &c->held)
        mipro_wait_drop(c, RECORD(c->held.next, struct wait, by.time), reason);
}

/* Waits that became due during a gap of this length wait once more, but not for a third time. */
SELDOM static void
wait_over_gap(struct shard *c, int64_t gap)
{
    struct list_link *l = c->by_time.next;

    while (l != &c->by_time) {
        struct wait *w = RECORD(l, struct wait, by.time);

        l = l->next;
        if (w->deadline >= c->t.clock)
            return;
        if (w->gap != 0)
            continue;
        w->gap = gap;
        mipro_wait_again(c, w);
    }
}

static void
expire(struct shard *c, struct wait *w)
{
    c->gap = w->gap;
    kinds[w->kind].expired(c, w);
    c->gap = 0;
}

/*
 * Settle what became due by this time, in the order of deadlines, each as of its own deadline, so
 * that the result does not depend on how often this is called.
 */
SELDOM void
mipro_waits_end(struct shard *c, int64_t time)
{
    struct list_link *const queues[] = { &c->done_by_time, &c->reported_by_time, &c->held,
        &c->by_time };

    for (;;) {
        struct wait *first = NULL;

        for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
            struct wait *w = due_of(queues[i], time);

            if (w != NULL && (first == NULL || w->deadline < first->deadline))
                first = w;
        }
        if (first == NULL) {
            c->due = mipro_waits_due(c);
            return;
        }
        if (first->deadline == INT64_MIN)
            c->t.clock = time; /* it was captured before the first timestamp */
        else if (c->t.clock <= first->deadline)
            c->t.clock = first->deadline + 1;
        if (first->kind == WAIT_ASKED)
            mipro_asked_expired(c, first);
        else if (first->done)
            mipro_wait_end(c, first);
        else
            expire(c, first);
    }
}

void
mipro_shard_leap(struct shard *c, const struct mipro_leap *leap, const struct mipro_times *t)
{
    shard_advance(c, &leap->before);
    if (leap->doubted != 0)
        mipro_copies_confirm(&c->copies, leap->doubted, leap->before.clock);
    if (leap->absolves)
        absolve(c, leap->reason);
    c->t = *t;
    if (leap->gap != 0)
        wait_over_gap(c, leap->gap);
}

/*
 * Decide updates whose limit passed during a gap, with the acknowledges that also waited.  They
 * are moved to a separate list first, because each may end other waits.
 */
static void
end_late_updates(struct shard *c)
{
    struct list_link late = { &late, &late };

    for (struct list_link *l = c->by_frame.next, *next; l != &c->by_frame; l = next) {
        const struct wait *w = RECORD(l, struct wait, by.frame);

        next = l->next;
        if (w->kind != WAIT_ACK || w->gap == 0)
            continue;
        list_leave(l);
        list_enter(l, &late);
    }
    while (late.next != &late)
        expire(c, RECORD(late.next, struct wait, by.frame));
}

/* End acknowledges without a match, while updates that they might answer still wait. */
static void
end_unmatched(struct shard *c)
{
    struct list_link *l = c->by_frame.next;

    while (l != &c->by_frame) {
        struct wait *w = RECORD(l, struct wait, by.frame);

        l = l->next;
        if (w->kind != WAIT_UNMATCHED)
            continue;
        if (mipro_unmatched_is_open(c, w))
            mipro_wait_drop(c, w, MIPRO_UNDECIDED_END);
        else
            expire(c, w);
    }
}

void
mipro_shard_end(struct shard *c, const struct mipro_times *t, enum mipro_undecided reason)
{
    shard_advance(c, t);
    if (reason != MIPRO_UNDECIDED_END)
        absolve(c, reason);
    end_late_updates(c);
    end_unmatched(c);
    while (c->by_frame.next != &c->by_frame) {
        struct wait *w = RECORD(c->by_frame.next, struct wait, by.frame);

        if (w->gap != 0)
            expire(c, w); /* the limit had passed */
        else
            mipro_wait_drop(c, w, MIPRO_UNDECIDED_END);
    }
    while (c->done_by_time.next != &c->done_by_time)
        mipro_wait_end(c, RECORD(c->done_by_time.next, struct wait, by.time));
    while (c->reported_by_time.next != &c->reported_by_time)
        mipro_wait_end(c, RECORD(c->reported_by_time.next, struct wait, by.time));
}
