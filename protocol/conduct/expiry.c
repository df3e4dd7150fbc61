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

/*
 * What w waits for may not have been captured: a late answer is accepted.  A PFAN continues to
 * wait, because it is bad if nothing arrives. */
static void
absolve_one(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    if (c->kinds->waits[w->kind].stays) {
        mipro_wait_undecided(c, w, reason);
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
        absolve_one(c, w, reason);
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
    c->kinds->waits[w->kind].expired(c, w);
    c->gap = 0;
}

/* What was not judged any more was kept long enough. */
static void
end_done(struct shard *c, struct wait *w)
{
    const struct wait_row *row = &c->kinds->waits[w->kind];

    if (row->done_expired != NULL)
        row->done_expired(c, w);
    else
        mipro_wait_end(c, w);
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
        if (first->done)
            end_done(c, first);
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
