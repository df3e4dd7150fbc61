/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - what is believed of the stamps of a capture.
 *
 * A stamp is the word of some clock, and clocks are set, or broken; captures are
 * appended to one another.  The clock here goes only forward, by steps that can be
 * believed: a stamp a little behind is disorder, one up to a day ahead is the time that
 * it is (a day is longer than any lifetime but infinity).  Any other is a leap.  The
 * stamp of one frame that leaps is as good as none.  Two in a row that agree say that
 * the stamps go on from there; how long the leap took nobody knows, and it is taken for
 * no time at all.
 *
 * Not every frame counts.  A run is one of frames whose stamps do not decrease, by steps of
 * MIPRO_RUN_STEP at most.  Whoever tells of the first, the second and the last of each run, and
 * of so many between that their steps are no greater either, gets the same times; it does not
 * matter of which others he tells.
 */
#ifndef MIPRO_CONDUCT_CLOCK_H
#define MIPRO_CONDUCT_CLOCK_H

#include "mipro_conduct.h"

/* What is believed of the time. */
struct mipro_times {
    /* Time that only goes forward: of the capture, shifted where that leapt. */
    int64_t clock, skew;
    int64_t started;      /* the clock at the first frame */
    bool moved;           /* some stamp differs from the first */
    uint16_t epoch;       /* how often the clock of the capture was set back: nothing spans that */
    uint64_t epoch_frame; /* the first frame by the clock as it is now */
};

struct mipro_clock {
    struct mipro_times t;
    int64_t last; /* the stamp of the last frame */
    struct {
        uint64_t frame; /* the last frame, if its stamp leapt; else 0 */
        int64_t stamp;
    } suspect;
    struct mipro_disorder disorder;
};

/* What a frame did to the clock, besides moving it on a little. */
struct mipro_leap {
    bool leaps;                  /* or it is the first frame: all times are others now */
    bool absolves;               /* nothing that waits can be judged, ... */
    enum mipro_undecided reason; /* ... for this reason */
    struct mipro_times before;   /* the clock until then */
    int64_t gap;                 /* so long there was no frame; 0: there was */
};

void mipro_clock_init(struct mipro_clock *k);
/*
 * A frame bears this stamp, which is not MIPRO_TIME_NONE.  Returns when it is by the clock, or
 * TIME_DOUBTED if its stamp is not believed.
 */
int64_t mipro_clock_take(struct mipro_clock *k, const struct mipro_conduct_config *config,
    uint64_t frame, int64_t stamp, struct mipro_leap *leap);
/* Why what waits cannot be judged at the end of the capture. */
enum mipro_undecided mipro_clock_end(const struct mipro_clock *k);

#endif
