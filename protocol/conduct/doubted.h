/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doubted.h - the message of a frame whose timestamp leapt.
 *
 * Only the next frame shows whether the clock leapt, or one timestamp is wrong.  Until then a
 * message is put aside: after a leap it begins what follows, as any other does, and must not end
 * with what waited before.  An answer to what was captured before it is not.
 */
#ifndef MIPRO_CONDUCT_DOUBTED_H
#define MIPRO_CONDUCT_DOUBTED_H

#include "conduct/state.h"

struct doubted {
    uint64_t frame; /* 0: there is none */
    struct shard *shard;
    bool pfan;
    struct view view; /* its pointers are to the copies here */
    struct mipro_event event;
    struct mipro_message message;
    struct elsewhere elsewhere;
    struct mipro_auth *auth; /* followed by the octets of the message */
};

/* May the message be put aside?  Not the reply to a node that may have no home address. */
bool mipro_doubted_waits(const struct mipro_message *m);
/* Put aside what mipro_shard_look() saw, and found to have a PFAN or not.  False: no memory. */
bool mipro_doubted_keep(struct doubted *d, struct shard *s, const struct view *v, bool pfan);
/* See it at last, at this time of the clock.  The event is valid until mipro_doubted_end(). */
void mipro_doubted_see(struct doubted *d, const struct mipro_times *t, int64_t now);
void mipro_doubted_end(struct doubted *d);

#endif
