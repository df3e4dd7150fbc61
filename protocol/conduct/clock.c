/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time: what is believed of the stamps of a capture, and who has waited too long.
 *
 * A stamp is the word of some clock, and clocks are set, or broken; captures are
 * appended to one another.  The machine's own clock goes only forward, by steps that
 * can be believed: a stamp a little behind is disorder, one up to a day ahead is the
 * time that it is (a day is longer than any lifetime but infinity).  Any other is a
 * leap.  The stamp of one frame that leaps is as good as none.  Two in a row that agree
 * say that the stamps go on from there; how long the leap took nobody knows, and it
 * is taken for no time at all.
 *
 * Over a leap, and over a silence of more than a day, an answer may have passed unseen: who
 * waited is not blamed, and counted as undecided.  After a shorter silence an answer may still
 * be the next that is captured (the clock may have been set forward): what waited over it waits
 * once more for the time limit, and is found then, or at the end.
 */
#include "conduct/private.h"

#define SILENCE (60 * MIPRO_SECOND) /* a gap that what waits is given time after */
#define LEAP (24 * 3600 * MIPRO_SECOND)

/* What becomes of a wait, by its kind. */
static const struct {
    enum mipro_rule rule; /* which it may break by waiting in vain */
    void (*expired)(struct mipro_conduct *c, struct wait *w);
    bool stays; /* when it cannot be judged it is kept, for what answers it is in order */
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
    [WAIT_WORD] = { MIPRO_RULES, mipro_word_end, false },
};

static void
count_undecided(struct mipro_conduct *c, const struct wait *w, enum mipro_undecided reason)
{
    enum mipro_rule rule = kinds[w->kind].rule;

    if (rule == MIPRO_RULES || w->done || w->excused ||
        (w->kind == WAIT_HANDOFF && w->u.handoff->granted_frame == 0))
        return;
    if (w->kind == WAIT_ANSWER && w->u.odd.frame != 0)
        rule = MIPRO_RULE_ANSWER_MISMATCH;
    if (w->kind == WAIT_UNMATCHED && mipro_unmatched_is_open(w))
        rule = MIPRO_RULE_ACKNOWLEDGE_MISMATCH;
    undecided(c, rule, reason);
}

void
mipro_wait_drop(struct mipro_conduct *c, struct wait *w, enum mipro_undecided reason)
{
    if (w->kind == WAIT_WORD) {
        mipro_word_end(c, w);
        return;
    }
    if (w->kind == WAIT_HELD) { /* what was seen until now must do, if it has an order */
        if (reason == MIPRO_UNDECIDED_CLOCK)
            mipro_held_drop(c, w, reason);
        else
            mipro_held_expired(c, w);
        return;
    }
    count_undecided(c, w, reason);
    if (w->kind == WAIT_ACK)
        mipro_ack_forget(w);
    mipro_wait_end(c, w);
}

/* A PFAN goes on waiting, for it is bad if nothing comes. */
void
mipro_wait_absolve(struct mipro_conduct *c, struct wait *w, enum mipro_undecided reason)
{
    if (kinds[w->kind].stays) {
        count_undecided(c, w, reason);
        mipro_wait_done(c, w);
    } else if (w->kind != WAIT_WORD) {
        mipro_wait_drop(c, w, reason);
    }
}

/* Nothing that waits is judged. */
static void
absolve(struct mipro_conduct *c, enum mipro_undecided reason)
{
    struct link *l = c->by_time.next;

    while (l != &c->by_time) {
        struct wait *w = RECORD(l, struct wait, by.time);

        l = l->next;
        mipro_wait_absolve(c, w, reason);
    }
    while (c->held.next != &c->held)
        mipro_wait_drop(c, RECORD(c->held.next, struct wait, by.time), reason);
}

/* Is the first wait of this queue past its deadline? */
static bool
is_due(const struct mipro_conduct *c, const struct link *queue)
{
    return queue->next != queue &&
           RECORD(queue->next, const struct wait, by.time)->deadline < c->clock;
}

/* What became due in a gap of so long waits a little more. */
SELDOM static void
wait_over_gap(struct mipro_conduct *c, int64_t gap)
{
    while (is_due(c, &c->by_time)) {
        struct wait *w = RECORD(c->by_time.next, struct wait, by.time);

        if (w->gap != 0)
            break; /* it has waited over one before */
        w->gap = gap;
        mipro_wait_again(c, w);
    }
}

static bool
is_credible(const struct mipro_conduct *c, int64_t step)
{
    return step > -c->config.tolerance && step <= LEAP;
}

/* The clock moves by a credible step.  Returns the time of the frame that takes it there. */
static int64_t
move_clock(struct mipro_conduct *c, int64_t step)
{
    int64_t now = mipro_time_add(c->clock, step);

    if (step > 0)
        c->clock = now;
    if (step > SILENCE)
        wait_over_gap(c, step);
    return now;
}

/* Why what waits cannot be judged, if this stamp is right: it lies far ahead, or behind. */
static enum mipro_undecided
reason_of(const struct mipro_conduct *c, int64_t stamp)
{
    return mipro_time_between(c->clock, mipro_time_add(stamp, c->skew)) > 0
               ? MIPRO_UNDECIDED_SILENCE
               : MIPRO_UNDECIDED_CLOCK;
}

/* A stamp that is not simply a little later than the last.  Returns when that is. */
SELDOM static int64_t
doubt(struct mipro_conduct *c, uint64_t frame, int64_t stamp, int64_t step)
{
    struct suspect last = c->suspect;

    if (c->clock == MIPRO_TIME_NONE) {
        c->clock = mipro_time_add(stamp, c->skew);
        c->started = c->clock;
        return c->clock;
    }
    if (frame == last.frame)
        return TIME_DOUBTED;
    c->moved = true;
    c->suspect.frame = 0;
    if (is_credible(c, step)) {
        if (step < 0 && c->disorder.n_little++ == 0)
            c->disorder.frame_little = frame;
        return move_clock(c, step);
    }
    step = mipro_time_between(last.stamp, stamp);
    if (last.frame != 0 && is_credible(c, step)) {
        absolve(c, reason_of(c, last.stamp));
        if (reason_of(c, last.stamp) == MIPRO_UNDECIDED_CLOCK) {
            c->epoch++;
            c->epoch_frame = last.frame;
            c->started = c->clock;
        }
        c->skew = mipro_time_between(last.stamp, c->clock);
        return move_clock(c, step);
    }
    c->suspect = (struct suspect){ frame, stamp };
    if (reason_of(c, stamp) == MIPRO_UNDECIDED_CLOCK && c->disorder.n++ == 0)
        c->disorder.frame = frame;
    return TIME_DOUBTED;
}

static void
expire(struct mipro_conduct *c, struct wait *w)
{
    c->gap = w->gap;
    kinds[w->kind].expired(c, w);
    c->gap = 0;
}

SELDOM static void
end_waits(struct mipro_conduct *c)
{
    while (is_due(c, &c->done_by_time))
        mipro_wait_end(c, RECORD(c->done_by_time.next, struct wait, by.time));
    while (is_due(c, &c->reported_by_time))
        mipro_wait_end(c, RECORD(c->reported_by_time.next, struct wait, by.time));
    while (is_due(c, &c->held))
        expire(c, RECORD(c->held.next, struct wait, by.time));
    while (is_due(c, &c->by_time))
        expire(c, RECORD(c->by_time.next, struct wait, by.time));
}

int64_t
mipro_clock_of(struct mipro_conduct *c, uint64_t frame, int64_t stamp)
{
    int64_t now, step;

    if (stamp == MIPRO_TIME_NONE)
        return MIPRO_TIME_NONE;
    now = mipro_time_add(stamp, c->skew);
    step = mipro_time_between(c->clock, now);
    if ((uint64_t)step <= (uint64_t)SILENCE) {
        c->moved |= step != 0;
        c->clock = now;
        c->suspect.frame = 0;
    } else {
        now = doubt(c, frame, stamp, step);
    }
    if (is_due(c, &c->done_by_time) || is_due(c, &c->by_time) || is_due(c, &c->held))
        end_waits(c);
    return now;
}

void
mipro_conduct_tick(struct mipro_conduct *c, uint64_t frame, int64_t time)
{
    (void)mipro_clock_of(c, frame, time);
}

int64_t
mipro_conduct_clock(const struct mipro_conduct *c)
{
    return c->clock;
}

/* Acknowledges that answer nothing: while updates that they might answer still wait. */
static void
end_unmatched(struct mipro_conduct *c)
{
    struct link *l = c->by_frame.next;

    while (l != &c->by_frame) {
        struct wait *w = RECORD(l, struct wait, by.frame);

        l = l->next;
        if (w->kind != WAIT_UNMATCHED)
            continue;
        if (mipro_unmatched_is_open(w))
            mipro_wait_drop(c, w, MIPRO_UNDECIDED_END);
        else
            expire(c, w);
    }
}

void
mipro_conduct_end(struct mipro_conduct *c)
{
    /* The last frame may be the first after a long silence, or a change of the clock. */
    enum mipro_undecided reason =
        c->suspect.frame != 0 ? reason_of(c, c->suspect.stamp) : MIPRO_UNDECIDED_END;

    if (reason != MIPRO_UNDECIDED_END)
        absolve(c, reason);
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
