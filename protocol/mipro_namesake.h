/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_namesake.h - answers with the wrong home address (4.4, RFC 2002 3.4).
 *
 * A Binding Acknowledge or Registration Reply that matches no request for its own home address may
 * be the answer to a request for another one, if both ends and the identification match.  No shard
 * knows both home addresses.  So questions without an answer, and answers without a question, are
 * collected here once their time limit has passed, together with what to report if they turn out to
 * be unrelated.  They are matched after one more time limit, in the order of the questions.
 *
 * They also show whether the capture lacks messages.  A claim, that a node answered with an
 * identification that has nothing in common with the right one, is true only if it does not:
 * otherwise the answer may be that to another question, and both its question and the right answer
 * were lost.  So a claim waits for two more time limits, and if until then, or shortly before, two
 * other questions or answers remained alone, it is undecided.
 *
 * If the shards are in several processes, each writes down what it collected
 * (mipro_conduct_sink.open), and the process that merges the reports does the matching.
 */
#ifndef MIPRO_NAMESAKE_H
#define MIPRO_NAMESAKE_H

#include "mipro_conduct.h"

struct namesakes;

/* Findings go to the sink; undecided cases are counted. */
struct namesakes *mipro_namesakes_new(const struct mipro_conduct_config *config,
    const struct mipro_conduct_sink *sink,
    uint64_t (*undecided)[MIPRO_UNDECIDED_REASONS] /* counts [MIPRO_RULES] */);
void mipro_namesakes_free(struct namesakes *n);
/* Takes over the text of the finding. */
void mipro_namesakes_add(struct namesakes *n, struct mipro_open *open);
/* Decide everything that has been open for two time limits. */
void mipro_namesakes_decide(struct namesakes *n, int64_t clock);
/* Decide everything. */
void mipro_namesakes_end(struct namesakes *n);
/* The lowest frame that a finding may still be about, or UINT64_MAX. */
uint64_t mipro_namesakes_horizon(struct namesakes *n);
/* How many were decided early because there were too many, or memory ran out. */
uint64_t mipro_namesakes_dropped(const struct namesakes *n);

#endif
