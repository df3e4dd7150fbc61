/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handoff.h - smooth handoff: the new foreign agent, and the mobile node that asks for it. */
#ifndef INJ_HANDOFF_H
#define INJ_HANDOFF_H

#include "tester/trial.h"

/* The Binding Update for a notification, once, with its fields (5.1, 8.1). */
struct inj_judgement inj_judge_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_no_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* A Registration Request after an advertisement, or none. */
struct inj_judgement inj_judge_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
/* Unanswered Registration Requests are at least a second apart (RFC 2002 3.6.3). */
struct inj_judgement inj_judge_spacing(
    const struct inj_bench *bench, const struct inj_trial *trial);

/* Is a mobile node's Registration Request one of the first n once more? */
bool inj_is_repeated(const struct inj_bench *bench, const struct mipro_message *request, size_t n);
/* The first that is not one of those before the message once more; NULL: none. */
const struct inj_answer *inj_find_request(
    const struct inj_bench *bench, const struct inj_trial *trial, struct mipro_message *m);

#endif
