/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transcript.h - the messages of one case, sent and received, to be shown in a report.
 *
 * Bounded: of many or long messages the first messages and octets are kept, the rest is counted.
 */
#ifndef INJ_TRANSCRIPT_H
#define INJ_TRANSCRIPT_H

#include "tester/trial.h"

#define INJ_TRANSCRIPT_MESSAGES 60
#define INJ_TRANSCRIPT_OCTETS 2048 /* of one message */

struct inj_transcript_line {
    bool sent; /* false: received */
    const char *phase;
    int64_t time;        /* nanoseconds since 1970 */
    struct inj_answer a; /* its octets belong to the transcript */
    size_t omitted;      /* octets that were not kept */
};

struct inj_transcript {
    struct inj_transcript_line line[INJ_TRANSCRIPT_MESSAGES];
    size_t n;
    size_t omitted; /* messages that were not kept */
};

struct inj_transcript *inj_transcript_new(void);    /* NULL: no memory */
void inj_transcript_free(struct inj_transcript *t); /* NULL allowed */
/* phase is borrowed. */
void inj_transcript_add(struct inj_transcript *t, bool sent, const char *phase, int64_t time,
    const struct inj_answer *a);

#endif
