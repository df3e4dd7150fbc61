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
 * Over a leap, and over a silence in which the capture may not have listened, an answer
 * may have passed unseen: who waited is not blamed.
 */
#include "conduct/private.h"

#define DISORDER (60 * MIPRO_SECOND)
#define SILENCE (3600 * MIPRO_SECOND)
#define LEAP (24 * 3600 * MIPRO_SECOND)

static void
wait_expired(struct mipro_conduct *c, struct wait *w)
{
    switch ((enum wait_kind)w->kind) {
    case WAIT_ACK:
        ack_expired(c, w);
        return;
    case WAIT_FORGED:
        wait_end(c, w);
        return;
    case WAIT_ANSWER:
        answer_expired(c, w);
        return;
    case WAIT_TARGET:
        target_expired(c, w);
        return;
    case WAIT_HANDOFF:
        handoff_expired(c, w);
        return;
    case WAIT_WORD:
        word_end(c, w);
        return;
    }
}

void
wait_drop(struct mipro_conduct *c, struct wait *w)
{
    if (w->kind == WAIT_WORD) {
        word_end(c, w);
        return;
    }
    if (w->kind == WAIT_ACK)
        ack_forget(w);
    wait_end(c, w);
}

/*
 * A request or a warning is kept in mind a while, for what answers it is in order; a PFAN
 * goes on waiting, for it is bad if nothing comes.
 */
void
wait_absolve(struct mipro_conduct *c, struct wait *w)
{
    if (w->kind == WAIT_ANSWER || w->kind == WAIT_TARGET)
        wait_done(c, w);
    else if (w->kind != WAIT_WORD)
        wait_drop(c, w);
}

/* Whoever waits is not judged. */
static void
absolve(struct mipro_conduct *c)
{
    struct link *l = c->by_time.next;

    while (l != &c->by_time) {
        struct wait *w = RECORD(l, struct wait, by.time);

        l = l->next;
        wait_absolve(c, w);
    }
}

static bool
is_credible(int64_t step)
{
    return step >= -DISORDER && step <= LEAP;
}

/* The clock moves by a credible step.  Returns the time of the frame that takes it there. */
static int64_t
move_clock(struct mipro_conduct *c, int64_t step)
{
    int64_t now = mipro_time_add(c->clock, step);

    if (step > SILENCE)
        absolve(c);
    if (step > 0)
        c->clock = now;
    return now;
}

/* A stamp that is not simply a little later than the last.  Returns when that is. */
SELDOM static int64_t
doubt(struct mipro_conduct *c, uint64_t frame, int64_t stamp, int64_t step)
{
    struct suspect last = c->suspect;

    if (c->clock == MIPRO_TIME_NONE) {
        c->clock = mipro_time_add(stamp, c->skew);
        return c->clock;
    }
    if (frame == last.frame)
        return MIPRO_TIME_NONE;
    c->suspect.frame = 0;
    if (is_credible(step))
        return move_clock(c, step);
    step = mipro_time_between(last.stamp, stamp);
    if (last.frame != 0 && is_credible(step)) {
        c->skew = mipro_time_between(last.stamp, c->clock);
        absolve(c);
        return move_clock(c, step);
    }
    c->suspect = (struct suspect){ frame, stamp };
    return MIPRO_TIME_NONE;
}

/* Has who waits longest in this queue waited too long? */
static bool
is_due(const struct mipro_conduct *c, const struct link *queue)
{
    return queue->next != queue &&
           RECORD(queue->next, const struct wait, by.time)->deadline < c->clock;
}

SELDOM static void
end_waits(struct mipro_conduct *c)
{
    while (is_due(c, &c->done_by_time))
        wait_end(c, RECORD(c->done_by_time.next, struct wait, by.time));
    while (is_due(c, &c->by_time))
        wait_expired(c, RECORD(c->by_time.next, struct wait, by.time));
}

int64_t
time_of(struct mipro_conduct *c, uint64_t frame, int64_t stamp)
{
    int64_t now, step;

    if (stamp == MIPRO_TIME_NONE)
        return MIPRO_TIME_NONE;
    now = mipro_time_add(stamp, c->skew);
    step = mipro_time_between(c->clock, now);
    if ((uint64_t)step <= (uint64_t)SILENCE) {
        c->clock = now;
        c->suspect.frame = 0;
    } else {
        now = doubt(c, frame, stamp, step);
    }
    if (is_due(c, &c->done_by_time) || is_due(c, &c->by_time))
        end_waits(c);
    return now;
}

void
mipro_conduct_tick(struct mipro_conduct *c, uint64_t frame, int64_t time)
{
    (void)time_of(c, frame, time);
}

int64_t
mipro_conduct_clock(const struct mipro_conduct *c)
{
    return c->clock;
}

void
mipro_conduct_end(struct mipro_conduct *c)
{
    while (c->by_frame.next != &c->by_frame) {
        struct wait *w = RECORD(c->by_frame.next, struct wait, by.frame);

        if (w->kind == WAIT_ANSWER && w->u.odd.frame != 0)
            answer_expired(c, w);
        else
            wait_drop(c, w);
    }
    while (c->done_by_time.next != &c->done_by_time)
        wait_end(c, RECORD(c->done_by_time.next, struct wait, by.time));
}
