/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_junit.h - reports in JUnit's XML, as continuous integration reads them.
 *
 * Readers keep only one test case for each pair of class name and name, so the caller makes
 * the pairs unique.  All text is escaped here.
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
    const char *note; /* further output of the test (system-out), or NULL */
};

/* The number of test cases with each outcome. */
struct mipro_junit_counts {
    uint64_t tests, failures, errors, skipped;
};

struct mipro_junit_suite {
    const char *name;
    struct mipro_junit_counts counts;
    double seconds; /* below 0: not stated */
    bool is_root;   /* without <testsuites> around it */
};

/* Write one test case, and add it to counts. */
void mipro_junit_case(const struct mipro_text_out *out, const struct mipro_junit_case *c,
    struct mipro_junit_counts *counts);

/* Call before the first test case, and after the last. */
void mipro_junit_begin(const struct mipro_text_out *out, const struct mipro_junit_suite *suite);
void mipro_junit_end(const struct mipro_text_out *out, const struct mipro_junit_suite *suite);

#endif
