/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - how far the timestamps of a capture can be trusted.
 *
 * Clocks are set, or broken, and captures are appended to one another.  The clock here only goes
 * forward, by credible steps: a timestamp slightly in the past is disorder, and one up to a day
 * ahead is taken at face value (a day is longer than any lifetime but infinity).  Any other is a
 * leap.  A single frame that leaps is treated as if it had no timestamp.  If the next frame
 * agrees with it, the timestamps continue from there; since the real length of the leap is
 * unknown, it counts as no time at all.
 *
 * Not every frame is needed.  A run is a sequence of frames whose timestamps never decrease and
 * never step by more than MIPRO_RUN_STEP.  The first, the second and the last frame of each run are
 * enough, plus others in between so that no step exceeds MIPRO_RUN_STEP.  More frames do not change
 * the result.
 */
#ifndef MIPRO_CONDUCT_CLOCK_H
#define MIPRO_CONDUCT_CLOCK_H

#include "mipro_conduct.h"

#define MIPRO_EPOCHS 2048u /* then they begin anew */

/* The current time, as far as it is known. */
struct mipro_times {
    /* Time that only goes forward: of the capture, shifted where that leapt. */
    int64_t clock, skew;
    int64_t started;      /* the clock at the first frame */
    bool moved;           /* some stamp differs from the first */
    uint16_t epoch;       /* changes whenever the clock was set back: nothing spans that */
    uint64_t epoch_frame; /* the first frame by the clock as it is now */
    /*
     * The last gap: a leap, or more than MIPRO_RUN_STEP without a frame.  What the clock said
     * before it and after it; both MIPRO_TIME_NONE if there was none.
     */
    int64_t paused, resumed;
};

struct mipro_clock {
    struct mipro_times t;
    int64_t last; /* the stamp of the last frame */
    /* The clock stands at the last stamp, and follows each before this one that is a little later;
       INT64_MIN: it does not. */
    int64_t steady;
    struct {
        uint64_t frame; /* the last frame, if its stamp leapt; else 0 */
        int64_t stamp;
    } suspect;
    struct mipro_disorder disorder;
};

/* What a frame did to the clock beyond an ordinary step. */
struct mipro_leap {
    bool leaps;                  /* or it is the first frame: all times are others now */
    bool absolves;               /* no pending wait can be judged, ... */
    enum mipro_undecided reason; /* ... for this reason */
    /* ... and the frame before, which leapt first, is right.  If it is not 0, the clock stands at
       that frame: take the timestamp again. */
    uint64_t doubted;
    struct mipro_times before; /* the clock until then */
    int64_t gap;               /* how long no frame was captured; 0: no gap */
};

void mipro_clock_init(struct mipro_clock *k);
/*
 * Take the timestamp of a frame, which must not be MIPRO_TIME_NONE.  Returns its time by this
 * clock, or TIME_DOUBTED if the timestamp is not credible.
 */
int64_t mipro_clock_take(struct mipro_clock *k, const struct mipro_conduct_config *config,
    uint64_t frame, int64_t stamp, struct mipro_leap *leap);
/*
 * The same for a timestamp that is a little later than the one before it, as nearly all are: false
 * if it is not, or may not be one.
 */
static inline bool
mipro_clock_step(struct mipro_clock *k, int64_t stamp, int64_t *now)
{
    uint64_t step = (uint64_t)stamp - (uint64_t)k->last;

    if (stamp >= k->steady || step > (uint64_t)MIPRO_RUN_STEP)
        return false;
    k->last = stamp;
    k->t.clock += (int64_t)step;
    *now = k->t.clock;
    return true;
}
/* Why pending waits cannot be judged at the end of the capture. */
enum mipro_undecided mipro_clock_end(const struct mipro_clock *k);

#endif
