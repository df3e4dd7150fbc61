/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * burst.h - the hot path: one frame, built once, in which each packet gets its
 * own identification and authenticator.
 *
 * Authenticators are computed many at once; they and the UDP checksum are patched
 * in place.  Each frame equals the one that would have been built separately (a test
 * compares them).
 */
#ifndef INJ_BURST_H
#define INJ_BURST_H

#include "compose/order.h"
#include "cli/session.h"

struct inj_burst;

/*
 * NULL if the order does not qualify for this path: nothing may vary
 * except the identification and the authenticator after it.  frame is patched by
 * inj_burst_next(), and borrowed until the burst is freed.
 */
struct inj_burst *inj_burst_new(const struct inj_order *w, struct inj_frame *frame);
void inj_burst_free(struct inj_burst *b);

/* Turn the frame into the n-th packet; n counts up by one from 0. */
void inj_burst_next(struct inj_burst *b, uint64_t n);

#endif
