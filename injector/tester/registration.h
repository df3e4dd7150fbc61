/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registration.h - judge the reaction to a Registration Request: a reply, or it is passed on. */
#ifndef INJ_REGISTRATION_H
#define INJ_REGISTRATION_H

#include "tester/answers.h"

#define INJ_REFUSED_FROM 64 /* codes of a Registration Reply below it accept (RFC 2002 3.4) */

/*
 * A Registration Reply, or the request passed on to the home agent, or silence (*answer is
 * NULL then).  m is the message of *answer.
 */
uint32_t inj_registration_reaction(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer **answer, struct mipro_message *m);
/* Is the reaction correct?  With INJ_ANY_REPLY, any is. */
struct inj_judgement inj_weigh_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* Is a reply correct in itself, whatever its code? */
struct inj_judgement inj_judge_reply_itself(const struct inj_bench *bench,
    const struct inj_trial *trial, const struct mipro_message *sent, const struct inj_answer *a,
    const struct mipro_message *reply);
/* The authentication of a mobile node's own request. */
struct inj_judgement inj_judge_request_signature(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *request);
/* Is the request that a foreign agent passed on unchanged, up to its extension 32? */
struct inj_judgement inj_judge_relayed(
    const struct inj_bench *bench, const struct inj_trial *trial, const struct inj_answer *a);
/* A good message that this reply refuses. */
struct inj_control inj_refused(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, const struct mipro_message *reply);
/* INJ_CHECK_REPLY */
struct inj_judgement inj_judge_reply(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

#endif
