/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_parts.h - what the files judge*.c share; nobody else needs it. */
#ifndef INJ_JUDGE_PARTS_H
#define INJ_JUDGE_PARTS_H

#include "tester/assess.h"

/* Answers that the table of cases does not name. */
#define INJ_RELAYED 0x100000u /* the registration went on to the home agent */
#define INJ_REPLY_OTHER 0x200000u

#define INJ_REFUSED_FROM 64 /* codes of a Registration Reply below it accept (RFC 2002 3.4) */

struct inj_judgement inj_judgement(enum inj_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct inj_judgement inj_pass(void);
struct inj_judgement inj_weigh(uint32_t reaction, uint32_t right, uint32_t tolerated);
struct inj_judgement inj_judge_signature(const struct inj_bench *bench, const struct inj_answer *a,
    const struct mipro_message *m, uint8_t type, bool must);
bool inj_holds_unknown_ext(const struct mipro_message *m);
void inj_parse_sent(
    const struct inj_bench *bench, const struct inj_trial *trial, struct mipro_message *sent);

/* judge_acknowledge.c */
struct inj_judgement inj_judge_ack(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_control inj_judge_update_control(
    const struct inj_bench *bench, const struct inj_trial *trial);

/* judge_agents.c */
struct inj_judgement inj_judge_agents_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_control inj_judge_agents_control(
    const struct inj_bench *bench, const struct inj_trial *trial);
const struct inj_answer *inj_find_answer(const struct inj_bench *bench,
    const struct inj_trial *trial, uint8_t type, struct mipro_message *m);
/* As inj_next_answer(): the next Binding Update that the tested node itself sent. */
const struct inj_answer *inj_next_update(const struct inj_bench *bench,
    const struct inj_trial *trial, struct mipro_message *m, size_t *i);
size_t inj_count_updates(
    const struct inj_bench *bench, const struct inj_trial *trial, uint32_t dst);
uint32_t inj_registration_reaction(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer **answer, struct mipro_message *m);
struct inj_judgement inj_weigh_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* judge_home.c */
struct inj_judgement inj_judge_targets(
    const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_reply(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_no_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_no_stranger(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_private(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_rate(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_control inj_judge_home_control(
    const struct inj_bench *bench, const struct inj_trial *trial);

/* judge_handoff.c */
struct inj_judgement inj_judge_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_no_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);
struct inj_judgement inj_judge_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

#endif
