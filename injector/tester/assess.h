/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assess.h - what the answers to a case are worth.
 *
 * Pure: octets sent and octets received go in, a judgement comes out.  No socket,
 * no clock, no printing; play.c plays, this judges.
 *
 * A case has three phases: a good control, the case, a good control again.
 * Silence proves something only if both controls were answered; a node that
 * answers the first and not the second has died of the case.
 */
#ifndef INJ_ASSESS_H
#define INJ_ASSESS_H

#include "tester/trial.h"

/* Is this case to be run at all?  INJ_PASS: yes; INJ_SKIP: the reason says why not. */
struct inj_judgement inj_judge_fitness(const struct inj_case *c, const struct inj_bench *bench);

/*
 * May this message of it be sent?  INJ_SKIP: no key for a message that is to be
 * accepted, or a source that is not ours.
 */
struct inj_judgement inj_judge_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* What came of one message of a case. */
struct inj_judgement inj_judge_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* A datagram for the mobile node was tunnelled on to its care-of address, or was not. */
struct inj_judgement inj_judge_entry(const struct inj_case *c, bool tunnelled);

/* Of a good Binding Update, Registration Request or advertisement that was sent. */
struct inj_control inj_judge_control(const struct inj_bench *bench, const struct inj_trial *trial);

/* The three phases together.  unreachable: its host said that nothing listens at the port. */
struct inj_judgement inj_judge_case(const struct inj_case *c, const struct inj_control *before,
    const struct inj_control *after, const struct inj_judgement *middle, bool unreachable);

#endif
