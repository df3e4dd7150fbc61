/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expect.h - expected results: which cases are known to fail (--expect, --write-expect).
 *
 * A file has a line for each case, "ID VERDICT" and any text after it; # begins a comment.
 * A known failure becomes XFAIL.  One that passes becomes XPASS, so that the file is put
 * right.  FLAKY is expected to fail at times.
 */
#ifndef INJ_EXPECT_H
#define INJ_EXPECT_H

#include <stdio.h>

#include "tester/points.h"

struct inj_expected;

/* NULL, having complained, if the file cannot be read or has a line that is not understood. */
struct inj_expected *inj_expected_read(const char *path);
void inj_expected_free(struct inj_expected *e); /* NULL allowed */

/* What a result is, seen in the light of what is expected. */
struct inj_judgement inj_expected_apply(
    struct inj_expected *e, const struct inj_case *c, const struct inj_judgement *j);

/*
 * A comment for each case of the run that the file does not list, and for each that it lists
 * and that was not in the run (all: of every case there is; else of those that exist no more).
 */
void inj_expected_report(
    const struct inj_expected *e, FILE *out, const struct inj_point *points, size_t n, bool all);

/* Write the results of a run as such a file, in place of what the stream holds. */
bool inj_expected_write(FILE *out, const char *role, const struct inj_point *points, size_t n);

#endif
