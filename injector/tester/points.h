/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points.h - the reports of a test run: TAP on standard output, JUnit in a file. */
#ifndef INJ_POINTS_H
#define INJ_POINTS_H

#include <stdio.h>

#include "tester/transcript.h"

struct inj_point {
    const struct inj_case *c;
    struct inj_judgement judgement; /* as reported */
    struct inj_judgement found;     /* before the comparison with the expected results */
    double seconds;
    struct inj_transcript *transcript; /* NULL: none was kept */
};

/* "FAIL" */
const char *inj_verdict_name(enum inj_verdict verdict);
/* Is it reported as not ok: a failure, or inconclusive? */
bool inj_is_not_ok(enum inj_verdict verdict);

/* TAP version 13: the plan, then each point as soon as it is known. */
void inj_tap_plan(FILE *out, size_t n);
void inj_tap_point(FILE *out, size_t number, const struct inj_point *point);
/* The last line: how many passed, and how many did not. */
void inj_tap_summary(FILE *out, const struct inj_point *points, size_t n);
/* "61 passed, 0 warned, ...": skipped is the word for the count of INJ_SKIP. */
void inj_tap_counts(FILE *out, const size_t count[INJ_VERDICTS], const char *skipped);
/* A line of comment. */
void inj_tap_comment(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The whole run as one JUnit test suite.  False if it could not be written. */
bool inj_junit_write(FILE *out, const char *role, const struct inj_point *points, size_t n);

#endif
