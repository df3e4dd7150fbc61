/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/clock.h"

#include "conduct/private.h"

#define LEAP (24 * 3600 * MIPRO_SECOND)

void
mipro_clock_init(struct mipro_clock *k)
{
    *k = (struct mipro_clock){ .last = MIPRO_TIME_NONE, .steady = INT64_MIN };
    k->t.clock = k->t.started = MIPRO_TIME_NONE;
    k->t.paused = k->t.resumed = MIPRO_TIME_NONE;
}

static bool
is_credible(const struct mipro_conduct_config *config, int64_t step)
{
    return step > -config->tolerance && step <= LEAP;
}

/* Move the clock by a credible step.  Returns the time of the frame. */
static int64_t
move_clock(struct mipro_clock *k, int64_t step, struct mipro_leap *leap)
{
    int64_t now = mipro_time_add(k->t.clock, step);

    if (step > MIPRO_RUN_STEP) {
        leap->leaps = true;
        leap->gap = step;
        k->t.paused = k->t.clock;
        k->t.resumed = now;
    }
    if (step > 0)
        k->t.clock = now;
    return now;
}

/* Why pending waits cannot be judged if this timestamp, far ahead or in the past, is right. */
static enum mipro_undecided
reason_of(const struct mipro_clock *k, int64_t stamp)
{
    return mipro_time_between(k->t.clock, mipro_time_add(stamp, k->t.skew)) > 0
               ? MIPRO_UNDECIDED_SILENCE
               : MIPRO_UNDECIDED_CLOCK;
}

/* Count a step backwards between the timestamps of successive frames. */
static void
count_disorder(struct mipro_disorder *d, uint64_t frame, int64_t step, int64_t tolerance)
{
    uint64_t *n = step <= -tolerance ? &d->n : &d->n_little;
    uint64_t *first = step <= -tolerance ? &d->frame : &d->frame_little;

    if ((*n)++ == 0)
        *first = frame;
}

/* Process a timestamp that is not simply a little later than the last.  Returns its time. */
SELDOM static int64_t
doubt(struct mipro_clock *k, const struct mipro_conduct_config *config, uint64_t frame,
    int64_t stamp, int64_t step, struct mipro_leap *leap)
{
    uint64_t last_frame = k->suspect.frame;
    int64_t last_stamp = k->suspect.stamp;

    if (k->t.clock == MIPRO_TIME_NONE) {
        k->t.clock = mipro_time_add(stamp, k->t.skew);
        k->t.started = k->t.clock;
        leap->leaps = true;
        return k->t.clock;
    }
    if (frame == last_frame)
        return TIME_DOUBTED;
    k->t.moved = true;
    k->suspect.frame = 0;
    if (is_credible(config, step))
        return move_clock(k, step, leap);
    step = mipro_time_between(last_stamp, stamp);
    if (last_frame != 0 && is_credible(config, step)) {
        leap->leaps = leap->absolves = true;
        leap->doubted = last_frame;
        leap->reason = reason_of(k, last_stamp);
        k->t.paused = k->t.resumed = k->t.clock;
        if (leap->reason == MIPRO_UNDECIDED_CLOCK) {
            k->t.epoch = (uint16_t)((k->t.epoch + 1u) % MIPRO_EPOCHS);
            k->t.epoch_frame = last_frame;
            k->t.started = k->t.clock;
        }
        k->t.skew = mipro_time_between(last_stamp, k->t.clock);
        return k->t.clock;
    }
    k->suspect.frame = frame;
    k->suspect.stamp = stamp;
    return TIME_DOUBTED;
}

/* A step that is a little forward, if it is one. */
static bool
step_forward(struct mipro_clock *k, int64_t step)
{
    if (step < 0 || step > MIPRO_RUN_STEP)
        return false;
    k->t.moved |= step != 0;
    k->t.clock += step;
    k->suspect.frame = 0;
    return true;
}

/*
 * Until which stamp mipro_clock_step() does all that there is to do: no sum overflows, and
 * MIPRO_TIME_NONE is no small step.
 */
static int64_t
steady_until(const struct mipro_clock *k)
{
    int64_t end = INT64_MAX - MIPRO_RUN_STEP - (k->t.skew > 0 ? k->t.skew : 0);

    return k->t.moved && k->suspect.frame == 0 && is_time(k->t.clock) && k->last < end &&
                   k->t.clock == mipro_time_add(k->last, k->t.skew)
               ? end
               : INT64_MIN;
}

int64_t
mipro_clock_take(struct mipro_clock *k, const struct mipro_conduct_config *config, uint64_t frame,
    int64_t stamp, struct mipro_leap *leap)
{
    int64_t step = mipro_time_between(k->t.clock, mipro_time_add(stamp, k->t.skew));
    bool back = stamp < k->last;
    int64_t now;

    leap->leaps = false;
    if (back)
        count_disorder(&k->disorder, frame, mipro_time_between(k->last, stamp), config->tolerance);
    k->last = stamp;
    if (step_forward(k, step)) {
        now = k->t.clock;
    } else {
        *leap = (struct mipro_leap){ .before = k->t };
        now = doubt(k, config, frame, stamp, step, leap);
    }
    k->steady = steady_until(k);
    return now;
}

enum mipro_undecided
mipro_clock_end(const struct mipro_clock *k)
{
    /* The last frame may be the first after a long silence, or a change of the clock. */
    return k->suspect.frame != 0 ? reason_of(k, k->suspect.stamp) : MIPRO_UNDECIDED_END;
}
