/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * burst.h - the hot path: one frame, built once, of which each packet has an
 * identification and an authenticator of its own.
 *
 * Authenticators are computed many at once; they and the UDP checksum are patched
 * in place.  What the frame would have been, built for itself, it is (a test
 * compares).
 */
#ifndef INJ_BURST_H
#define INJ_BURST_H

#include "compose/order.h"
#include "cli/session.h"

struct inj_burst;

/*
 * NULL if the order is not made so that this way can serve it: nothing may differ
 * but the identification and the authenticator behind it.  frame is patched by
 * inj_burst_next(), and borrowed until the burst is freed.
 */
struct inj_burst *inj_burst_new(const struct inj_order *w, struct inj_frame *frame);
void inj_burst_free(struct inj_burst *b);

/* Make frame the n-th packet; n ascends by one from 0. */
void inj_burst_next(struct inj_burst *b, uint64_t n);

#endif
