/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers.h - finding the answers to a message among all that the node sent, and the
 * judgements that every kind of answer shares.
 */
#ifndef INJ_ANSWERS_H
#define INJ_ANSWERS_H

#include "tester/trial.h"

/* Reactions that the table of cases does not name. */
#define INJ_RELAYED 0x100000u /* the registration was passed on to the home agent */
#define INJ_REPLY_OTHER 0x200000u

struct inj_judgement inj_judgement(enum inj_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct inj_judgement inj_pass(void);
struct inj_judgement inj_worse(const struct inj_judgement *a, const struct inj_judgement *b);
/* Is a reaction right, tolerated, or neither? */
struct inj_judgement inj_weigh(uint32_t reaction, uint32_t right, uint32_t tolerated);

void inj_parse_sent(
    const struct inj_bench *bench, const struct inj_trial *trial, struct mipro_message *sent);
bool inj_holds_unknown_ext(const struct mipro_message *m);

/*
 * The authenticator of an answer.  A Binding Acknowledge may lack one; a
 * Binding Update and a Registration Reply may not (must).
 */
struct inj_judgement inj_judge_signature(const struct inj_bench *bench, const struct inj_answer *a,
    const struct mipro_message *m, uint8_t type, bool must);

/*
 * The first answer from *i on that bears a message of this type, parsed into m;
 * NULL if none.  *i is left after it.
 */
const struct inj_answer *inj_next_answer(const struct inj_bench *bench,
    const struct inj_trial *trial, uint8_t type, struct mipro_message *m, size_t *i);
const struct inj_answer *inj_find_answer(const struct inj_bench *bench,
    const struct inj_trial *trial, uint8_t type, struct mipro_message *m);
/* As inj_next_answer(): the next Binding Update that the tested node itself sent. */
const struct inj_answer *inj_next_update(const struct inj_bench *bench,
    const struct inj_trial *trial, struct mipro_message *m, size_t *i);
/* The Binding Updates that the tested node sent, to this address (0: to anybody). */
size_t inj_count_updates(
    const struct inj_bench *bench, const struct inj_trial *trial, uint32_t dst);

#endif
