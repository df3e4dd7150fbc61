/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send/pace.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "send/interrupt.h"

#define SECOND INT64_C(1000000000)
#define GATHER 64u           /* packets between two readings of the clock, if there is no rate */
#define SLACK INT64_C(20000) /* a deadline this close is not worth a sleep (ns) */

static int64_t
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

struct inj_pace
inj_pace(const struct inj_options *o, struct inj_sink *sink)
{
    const bool live = inj_sink_is_live(sink);
    struct inj_pace p = { .sink = sink, .total = 1, .limit = INT64_MAX, .begin = now() };

    p.start = inj_given(o, INJ_OPT_START) ? o->value[INJ_OPT_START].time : INJ_FILE_START;
    p.rate = inj_given(o, INJ_OPT_RATE) ? o->value[INJ_OPT_RATE].decimal : live ? 0 : 1;
    if (inj_given(o, INJ_OPT_COUNT))
        p.total = o->value[INJ_OPT_COUNT].number;
    if (inj_given(o, INJ_OPT_DURATION)) {
        const double seconds = o->value[INJ_OPT_DURATION].decimal;
        /* Packet 0 is due at 0; a packet due exactly at the end is not sent. */
        const double fit = p.rate > 0 ? ceil(p.rate * seconds - 1e-9) : 0;

        if (live)
            p.limit = (int64_t)(seconds * (double)SECOND);
        if (!inj_given(o, INJ_OPT_COUNT))
            p.total = UINT64_MAX;
        if (p.rate > 0 && fit < (double)p.total)
            p.total = (uint64_t)fit;
    }
    return p;
}

static void
show_progress(struct inj_pace *p, int64_t at)
{
    if (at - p->shown < SECOND / 2 || !isatty(STDERR_FILENO))
        return;
    p->shown = at;
    fprintf(stderr, "\rmipro-inject: %llu sent, %.0f/s ", (unsigned long long)p->n,
        (double)p->n * (double)SECOND / (double)(at + 1));
}

/* Sleep until after nanoseconds after begin. */
static void
sleep_until(const struct inj_pace *p, int64_t after)
{
    const int64_t at = p->begin + after;
    const struct timespec t = { at / SECOND, at % SECOND };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        if (inj_interrupted())
            return;
}

bool
inj_pace_until(struct inj_pace *p, int64_t after)
{
    if (inj_sink_is_live(p->sink)) {
        inj_sink_flush(p->sink);
        if (after > now() - p->begin + SLACK)
            sleep_until(p, after);
    }
    return !inj_interrupted();
}

/* The time of the next packet after begin; INT64_MAX if it is out of range. */
static int64_t
due_next(const struct inj_pace *p)
{
    const double due = p->rate > 0 ? (double)p->n * (double)SECOND / p->rate : 0;
    const int64_t most = INT64_MAX - p->start;

    return due < (double)most ? (int64_t)due : most;
}

bool
inj_pace_next(struct inj_pace *p, int64_t *time)
{
    const int64_t due = due_next(p);

    if (inj_interrupted() || p->n >= p->total)
        return false;
    *time = p->start + due;
    if (inj_sink_is_live(p->sink) && (p->rate > 0 || p->n % GATHER == 0)) {
        const int64_t at = now() - p->begin;

        if (at >= p->limit)
            return false;
        if (due > at + SLACK) { /* send the gathered frames before we sleep */
            inj_sink_flush(p->sink);
            sleep_until(p, due);
            if (inj_interrupted())
                return false;
        }
        show_progress(p, at);
    }
    p->n++;
    return true;
}

static const char *
plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

void
inj_pace_report(const struct inj_pace *p)
{
    const struct inj_sent sent = inj_sink_sent(p->sink);
    const double seconds = (double)(now() - p->begin) / (double)SECOND;

    if (isatty(STDERR_FILENO) && p->shown != 0)
        fputc('\n', stderr);
    if (!inj_sink_is_live(p->sink) && !inj_interrupted())
        return;
    fprintf(stderr, "mipro-inject: %s%llu frame%s (%llu octet%s) in %.3f s: %.0f/s, %llu error%s\n",
        inj_interrupted() ? "interrupted: " : "", (unsigned long long)sent.frames,
        plural(sent.frames), (unsigned long long)sent.octets, plural(sent.octets), seconds,
        (double)sent.frames / (seconds > 0 ? seconds : 1), (unsigned long long)sent.errors,
        plural(sent.errors));
    if (sent.errors != 0)
        inj_complain("%s", inj_sink_error(p->sink));
}
