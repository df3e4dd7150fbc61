/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix.h - what a run says about each requirement.
 */
#ifndef INJ_MATRIX_H
#define INJ_MATRIX_H

#include <stdio.h>

#include "cases/requirement.h"
#include "tester/points.h"

/* The point of the case with this id; NULL if the run has none. */
const struct inj_point *inj_find_point(const struct inj_point *points, size_t n, const char *id);

/*
 * The worst verdict of the cases of a requirement that were run.  False: none was run, or all
 * were skipped.
 */
bool inj_requirement_verdict(const struct inj_requirement *r, const struct inj_point *points,
    size_t n, enum inj_verdict *verdict);

/*
 * A line of comment for each requirement that the run says something about, and one with the
 * numbers: "# requirement D4.3-15 (4.3, required): FAIL: AUT-01 PASS, AUT-02 FAIL".
 */
void inj_tap_requirements(FILE *out, const struct inj_point *points, size_t n);

#endif
