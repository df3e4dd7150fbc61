/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assess.h - judge the answers to a case.
 *
 * Pure functions: octets sent and octets received go in, a judgement comes out.  No socket,
 * no clock, no printing; play.c plays a case, this module judges it.
 *
 * A case has three phases: a good control, the case, a good control again.
 * Silence proves something only if both controls were answered; a node that
 * answers the first and not the second has crashed because of the case.
 */
#ifndef INJ_ASSESS_H
#define INJ_ASSESS_H

#include "tester/trial.h"

/* Is this case to be run?  INJ_PASS: yes; INJ_SKIP: the reason says why not. */
struct inj_judgement inj_judge_fitness(const struct inj_case *c, const struct inj_bench *bench);

/*
 * May this message of the case be sent?  INJ_SKIP: there is no key for a message that must be
 * accepted, or its source is not ours.
 */
struct inj_judgement inj_judge_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* Judge the answers to one message of a case. */
struct inj_judgement inj_judge_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* tunnelled: a datagram for the mobile node was tunnelled on to its care-of address. */
struct inj_judgement inj_judge_entry(
    const struct inj_case *c, const struct inj_bench *bench, bool tunnelled);

/* Judge the answer to a good Binding Update, Registration Request or advertisement. */
struct inj_control inj_judge_control(const struct inj_bench *bench, const struct inj_trial *trial);

/* The three phases together.  unreachable: the node's host reported a closed port. */
struct inj_judgement inj_judge_case(const struct inj_case *c, const struct inj_control *before,
    const struct inj_control *after, const struct inj_judgement *middle, bool unreachable);

#endif
