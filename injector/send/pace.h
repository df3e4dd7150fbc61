/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pace.h - how many, how fast, and when to stop.
 *
 * Live, each packet has an absolute deadline, so that a late one does not delay
 * the others; in a file the same plan gives the times.  An interrupt ends the
 * run after the current packet.
 */
#ifndef INJ_PACE_H
#define INJ_PACE_H

#include "cli/options.h"
#include "send/sink.h"

#define INJ_FILE_START INT64_C(919944000000000000) /* 1999-02-25T12:00:00Z */

struct inj_pace {
    struct inj_sink *sink;
    double rate;    /* packets a second; 0: as fast as possible */
    uint64_t total; /* UINT64_MAX: until the time is up */
    int64_t limit;  /* nanoseconds from begin, INT64_MAX: none */
    int64_t start;  /* time of the first packet in a file */
    int64_t begin;  /* live: monotonic clock */
    int64_t shown;  /* time when progress was last shown */
    uint64_t n;     /* packets so far */
};

/* The plan of --count, --rate, --duration and --start. */
struct inj_pace inj_pace(const struct inj_options *o, struct inj_sink *sink);

/*
 * Wait for the next packet's turn.  False if there is none.  *time is set to its
 * time in a file.
 */
bool inj_pace_next(struct inj_pace *p, int64_t *time);
/* Wait until after nanoseconds after begin; false if interrupted (scenarios). */
bool inj_pace_until(struct inj_pace *p, int64_t after);

/* Live: report the frames sent, the rate reached and errors on standard error. */
void inj_pace_report(const struct inj_pace *p);

#endif
