/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settle.h - what must be done in the order of frames: run the rules over several messages, and
 * make records of what is certain.
 *
 * A settler has a share of the home addresses, and takes from each batch the events of its own
 * home addresses and those that all settlers need.  Others may be at work on the same batch: it
 * writes only into its own messages and its own struct vrf_share.  What needs home addresses of
 * several shares is left to join.h.
 *
 * A Registration Request with a Previous Foreign Agent Notification is uncertain until its Binding
 * Update was captured, or the time limit is over: it is copied, and recorded when conduct has said
 * its last word.
 */
#ifndef VRF_SETTLE_H
#define VRF_SETTLE_H

#include "batch.h"

struct vrf_settler;

/* NULL: no memory. */
struct vrf_settler *vrf_settler_new(const struct vrf_options *o, unsigned share, unsigned n_shares);
void vrf_settler_free(struct vrf_settler *s);
/* A batch that was assembled; what it counts goes into the tally.  False: no memory. */
bool vrf_settle(struct vrf_settler *s, struct vrf_batch *b, struct vrf_tally *tally);
/* Memory that its state takes now. */
size_t vrf_settler_octets(const struct vrf_settler *s);

#endif
