/* SPDX-License-Identifier: GPL-2.0-or-later */
/* home.h - what a home agent answers and tells others; and rates, of Binding Warnings too. */
#ifndef INJ_HOME_H
#define INJ_HOME_H

#include "tester/trial.h"

/*
 * A Binding Update that is due did not come.  Inconclusive if the node never sent one: it may
 * be an agent without route optimization.
 */
struct inj_judgement inj_missing_update(
    const struct inj_bench *bench, const struct inj_trial *trial, const char *to);
/* Exactly one Binding Update to each target, and none to others. */
struct inj_judgement inj_judge_targets(
    const struct inj_bench *bench, const struct inj_trial *trial);
/* No Binding Update; what else comes is weighed. */
struct inj_judgement inj_judge_no_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* None to anybody that the message does not name. */
struct inj_judgement inj_judge_no_stranger(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* The registration with P is granted; then nobody is told where the node is (4.2, 4.6). */
struct inj_judgement inj_judge_private(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* No more messages to one node about one binding than the rate limit allows. */
struct inj_judgement inj_judge_rate(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* Of a good Registration Request to the home agent, or of a Binding Request. */
struct inj_control inj_judge_home_control(
    const struct inj_bench *bench, const struct inj_trial *trial);

#endif
