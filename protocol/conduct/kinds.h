/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kinds.h - what becomes of each kind of wait, and of each kind of held finding: a row for each, in
 * kinds.c.
 *
 * The files that keep records (homes.c, waits.c, held.c) apply no rule.  Where it depends on the
 * rule what becomes of a wait, they ask its row (shard.kinds).  So the rules stand on these files,
 * and these on no rule.
 */
#ifndef MIPRO_CONDUCT_KINDS_H
#define MIPRO_CONDUCT_KINDS_H

#include "conduct/records.h"

struct shard;

/* Where a member is NULL, what its comment says of NULL is done. */
struct wait_row {
    /* The rule that is broken if nothing arrives; MIPRO_RULES: none. */
    enum mipro_rule rule;
    /* The rule that w may have broken, if that depends on w.  NULL: rule. */
    enum mipro_rule (*rule_of)(const struct shard *c, const struct wait *w);
    /* Its time limit has passed, and it was not done: judge it. */
    void (*expired)(struct shard *c, struct wait *w);
    /* The same if it was done.  NULL: it ends. */
    void (*done_expired)(struct shard *c, struct wait *w);
    /* It cannot be judged, for this reason.  NULL: it is counted as undecided, and ends. */
    void (*dropped)(struct shard *c, struct wait *w, enum mipro_undecided reason);
    /* It is done, and ends early to make room for another.  NULL: nothing remains of it. */
    void (*gave_way)(struct shard *c, const struct wait *w);
    /* It ends: release what only this kind has.  NULL: nothing. */
    void (*ended)(struct shard *c, struct wait *w);
    /* If it cannot be judged it is kept, so that a late answer has its question. */
    bool stays;
};

struct kinds {
    struct wait_row waits[WAIT_KINDS];
    /*
     * Why a held finding cannot be reported, given what was seen since; MIPRO_UNDECIDED_REASONS if
     * it can.
     */
    enum mipro_undecided (*doubts[HELD_KINDS])(
        const struct shard *c, const struct home *h, const struct held *held);
};

#endif
