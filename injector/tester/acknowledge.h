/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acknowledge.h - what a correspondent or a previous agent answers to Binding Updates. */
#ifndef INJ_ACKNOWLEDGE_H
#define INJ_ACKNOWLEDGE_H

#include "tester/trial.h"

/* INJ_CHECK_ACK */
struct inj_judgement inj_judge_ack(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* May this Binding Update be sent?  See inj_judge_octets(). */
struct inj_judgement inj_judge_update_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* Is it a Binding Update whose authenticator is bad or missing, which nobody may accept? */
bool inj_is_forged_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* Does m accept a Binding Update, by an authenticator of the node that is good? */
bool inj_is_acceptance(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *m);
/* For a Binding Update with A: was it acknowledged with 0, by a correct answer? */
struct inj_control inj_judge_update_control(
    const struct inj_bench *bench, const struct inj_trial *trial);

#endif
