/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expect.h - expected results: which cases are known to fail (--expect, --write-expect).
 *
 * A file has a line for each case, "ID VERDICT" and any text after it; # begins a comment.
 * A known failure becomes XFAIL.  One that passes becomes XPASS, so that the file is
 * corrected.  FLAKY is expected to fail sometimes.
 */
#ifndef INJ_EXPECT_H
#define INJ_EXPECT_H

#include <stdio.h>

#include "tester/points.h"

struct inj_expected;

/* NULL, after reporting an error, if the file cannot be read or has a malformed line. */
struct inj_expected *inj_expected_read(const char *path);
void inj_expected_free(struct inj_expected *e); /* NULL allowed */

/* The result of a case, compared with the expected one. */
struct inj_judgement inj_expected_apply(
    struct inj_expected *e, const struct inj_case *c, const struct inj_judgement *j);

/*
 * Print a comment for each case of the run that the file does not list, and for each listed case
 * that was not in the run (all: of every case; otherwise: only those that no longer exist).
 */
void inj_expected_report(
    const struct inj_expected *e, FILE *out, const struct inj_point *points, size_t n, bool all);

/* Write the results of a run as such a file, replacing the contents of the stream. */
bool inj_expected_write(FILE *out, const char *role, const struct inj_point *points, size_t n);

#endif
