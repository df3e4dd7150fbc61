/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers.h - find the answers to a message among everything that the node sent, and the
 * judgements that apply to every kind of answer.
 */
#ifndef INJ_ANSWERS_H
#define INJ_ANSWERS_H

#include "tester/trial.h"

struct inj_judgement inj_judgement(enum inj_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct inj_judgement inj_pass(void);
struct inj_judgement inj_worse(const struct inj_judgement *a, const struct inj_judgement *b);

struct inj_text {
    char s[400];
};
/* The message in an answer: "Registration Reply 131, lifetime 0". */
struct inj_text inj_name_message(const struct inj_bench *bench, const struct inj_answer *a);
/* The same with its ends: "Registration Reply 131, lifetime 0, from 10.9.0.2:434 to 10.9.0.1:434".
 */
struct inj_text inj_describe(const struct inj_bench *bench, const struct inj_answer *a);
/* If the answer is missing: "silence", or everything that came instead, including ICMP errors. */
struct inj_text inj_describe_rest(const struct inj_bench *bench, const struct inj_trial *trial);

/* What a correct node does, in words: "Binding Acknowledge 131; tolerated: silence". */
struct inj_text inj_expectation(const struct inj_case *c);

/* Is a reaction correct, tolerated, or neither?  a is the answer; NULL: none. */
struct inj_judgement inj_weigh(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, uint32_t reaction, uint32_t right, uint32_t tolerated);

void inj_parse_sent(
    const struct inj_bench *bench, const struct inj_trial *trial, struct mipro_message *sent);
bool inj_holds_unknown_ext(const struct mipro_message *m);

/*
 * The authenticator of an answer.  A Binding Acknowledge may lack one; a
 * Binding Update and a Registration Reply may not (must).
 */
struct inj_judgement inj_judge_signature(const struct inj_bench *bench, const struct inj_answer *a,
    const struct mipro_message *m, uint8_t type, bool must);

/* Has it an extension for which a node that does not know it discards the message (RFC 2002 1.9)?
 */
struct inj_judgement inj_judge_extensions(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *m);

/*
 * The packet that carries an answer: its checksums, its padding, and whether its destination is
 * the source of the message, and its source the destination of the message (RFC 3344 3.8.3.1).
 */
struct inj_judgement inj_judge_carriage(
    const struct inj_bench *bench, const struct inj_trial *trial, const struct inj_answer *a);

/* Does the node ask its link (ARP) for this address, which is not the trial's source? */
bool inj_is_asked(const struct inj_trial *trial, uint32_t addr);

/* Does m answer an earlier message?  Then it came late, and shows nothing. */
bool inj_is_late(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, const struct mipro_message *m);
/* Which of the first `before` messages of the run does m answer, by its identification?  Or NULL.
 */
const struct inj_earlier *inj_answered(
    const struct inj_bench *bench, size_t before, const struct mipro_message *m);

/*
 * The first answer from *i on that carries a message of this type, parsed into m;
 * NULL if none.  *i is left after it.
 */
const struct inj_answer *inj_next_answer(const struct inj_bench *bench,
    const struct inj_trial *trial, uint8_t type, struct mipro_message *m, size_t *i);
const struct inj_answer *inj_find_answer(const struct inj_bench *bench,
    const struct inj_trial *trial, uint8_t type, struct mipro_message *m);
/*
 * Did the tested node itself send this Binding Update?  It may have more than one address: any
 * Binding Update about our mobile node counts.
 */
bool inj_is_own_update(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *update);
/* The type of the message of the trial, as a bit of has_updated; 0 for any other. */
unsigned inj_occasion(const struct inj_trial *trial);
/* As inj_next_answer(): the next Binding Update that the tested node itself sent. */
const struct inj_answer *inj_next_update(const struct inj_bench *bench,
    const struct inj_trial *trial, struct mipro_message *m, size_t *i);
/* The Binding Updates that the tested node sent, to this address (0: to any). */
size_t inj_count_updates(
    const struct inj_bench *bench, const struct inj_trial *trial, uint32_t dst);

#endif
