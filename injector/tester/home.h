/* SPDX-License-Identifier: GPL-2.0-or-later */
/* home.h - answers and Binding Updates of a home agent; and rates, also of Binding Warnings. */
#ifndef INJ_HOME_H
#define INJ_HOME_H

#include "tester/trial.h"

/*
 * A required Binding Update did not come.  Inconclusive if the node never sent one: it may
 * be an agent without route optimization.
 */
struct inj_judgement inj_missing_update(
    const struct inj_bench *bench, const struct inj_trial *trial, const char *to);
/* Exactly one Binding Update to each target, and none to others. */
struct inj_judgement inj_judge_targets(
    const struct inj_bench *bench, const struct inj_trial *trial);
/* No Binding Update; other answers are judged. */
struct inj_judgement inj_judge_no_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* None to a node that the message does not name. */
struct inj_judgement inj_judge_no_stranger(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* The registration with P is granted; then its location is not disclosed (4.2, 4.6). */
struct inj_judgement inj_judge_private(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* No more messages to one node about one binding than the rate limit allows. */
struct inj_judgement inj_judge_rate(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* Judge the answer to a good Registration Request to the home agent, or to a Binding Request. */
struct inj_control inj_judge_home_control(
    const struct inj_bench *bench, const struct inj_trial *trial);

/* Was it named by an earlier Binding Warning with many targets?  Their updates may take a while. */
bool inj_is_named(const struct inj_bench *bench, uint32_t addr);

#endif
