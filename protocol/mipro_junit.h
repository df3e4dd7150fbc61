/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_junit.h - a report in JUnit's XML, as continuous integration reads it.
 *
 * Readers keep one test case of each pair of class name and name: the caller makes
 * the pairs unique.  Every text is escaped here.
 */
#ifndef MIPRO_JUNIT_H
#define MIPRO_JUNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "mipro_text.h"

enum mipro_junit_outcome {
    MIPRO_JUNIT_PASSED,
    MIPRO_JUNIT_FAILURE, /* it ran, and the result is wrong */
    MIPRO_JUNIT_ERROR,   /* it could not run because of an error */
    MIPRO_JUNIT_SKIPPED  /* inconclusive, or not selected */
};

struct mipro_junit_case {
    const char *classname, *name;
    double seconds; /* below 0: not stated */
    enum mipro_junit_outcome outcome;
    /* Of an outcome other than passed; each may be NULL. */
    const char *type, *message, *detail;
    const char *note; /* what else the test said (system-out), or NULL */
};

/* How many test cases had each outcome. */
struct mipro_junit_counts {
    uint64_t tests, failures, errors, skipped;
};

struct mipro_junit_suite {
    const char *name;
    struct mipro_junit_counts counts;
    double seconds; /* below 0: not stated */
    bool is_root;   /* without <testsuites> around it */
};

/* One test case; counts take it in. */
void mipro_junit_case(const struct mipro_text_out *out, const struct mipro_junit_case *c,
    struct mipro_junit_counts *counts);

/* Before the first test case, and after the last. */
void mipro_junit_begin(const struct mipro_text_out *out, const struct mipro_junit_suite *suite);
void mipro_junit_end(const struct mipro_text_out *out, const struct mipro_junit_suite *suite);

#endif
