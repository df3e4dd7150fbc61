/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - the cases of a run, their results, and the files that are written.
 *
 * Files are opened before privileges are dropped, and written at the end.
 */
#ifndef INJ_PLAN_H
#define INJ_PLAN_H

#include "tester/assess.h"
#include "tester/expect.h"

enum inj_report { INJ_REPORT_JUNIT, INJ_REPORT_HTML, INJ_REPORT_EXPECT, INJ_REPORTS };

struct inj_plan {
    const struct inj_case **cases;
    FILE **captures; /* of each case, or NULL */
    struct inj_point *points;
    size_t n;
    bool is_whole; /* contains every case of the catalogue */
    FILE *reports[INJ_REPORTS];
    bool is_new[INJ_REPORTS];      /* the file did not exist before */
    struct inj_expected *expected; /* NULL: nothing is expected */
    bool unwritten;                /* not all captures could be written completely */
};

/* The cases that were named, in their order, or all; and their expected results. */
enum inj_status inj_plan_make(struct inj_plan *p, const struct inj_options *o);
enum inj_status inj_plan_open(
    struct inj_plan *p, const struct inj_options *o, const struct inj_bench *bench);
/* Remove the reports that inj_plan_open() created: the run cannot start. */
void inj_plan_undo(struct inj_plan *p, const struct inj_options *o);
/* Write the reports of the first n cases.  INJ_UNSENT after reporting an error. */
enum inj_status inj_plan_report(
    struct inj_plan *p, const struct inj_options *o, const struct inj_bench *bench, size_t n);
void inj_plan_free(struct inj_plan *p);

#endif
