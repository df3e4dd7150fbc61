/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_namesake.h - answers that bear the wrong home address (4.4, RFC 2002 3.4).
 *
 * A Binding Acknowledge, or a Registration Reply, that answers nothing about its own home address
 * may answer an update, or a request, about another one, with which it agrees in its ends and its
 * identification.  These are two home addresses, which no shard knows both: so what remained
 * without its answer, and what answers nothing, are collected here when their time limit is over,
 * with what is to be said of them if they do not belong together.  That is decided when another
 * time limit is over, in the order of the questions.
 *
 * The same is done with what several processes collected, each for some shards: they write both
 * down (mipro_conduct_sink.open), and whoever has it all decides.
 */
#ifndef MIPRO_NAMESAKE_H
#define MIPRO_NAMESAKE_H

#include "mipro_conduct.h"

struct namesakes;

/* Where what is decided goes: findings to the sink, the rest is counted. */
struct namesakes *mipro_namesakes_new(const struct mipro_conduct_config *config,
    const struct mipro_conduct_sink *sink,
    uint64_t (*undecided)[MIPRO_UNDECIDED_REASONS] /* counts [MIPRO_RULES] */);
void mipro_namesakes_free(struct namesakes *n);
/* Its text belongs to the table from now on. */
void mipro_namesakes_add(struct namesakes *n, struct mipro_open *open);
/* Decide what was open for two time limits by this time. */
void mipro_namesakes_decide(struct namesakes *n, int64_t clock);
/* Decide all. */
void mipro_namesakes_end(struct namesakes *n);
/* The smallest frame that something will be said of, or UINT64_MAX. */
uint64_t mipro_namesakes_horizon(const struct namesakes *n);
/* Those that were decided early, for want of memory. */
uint64_t mipro_namesakes_dropped(const struct namesakes *n);

#endif
