/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settle.h - the work that must be done in the order of frames: apply the rules over several
 * messages, and make records of final results.
 *
 * A settler has a share of the home addresses, and takes from each batch the events of its own
 * home addresses and those that all settlers need.  Other settlers may process the same batch at
 * the same time, so it writes only to its own messages and its own struct vrf_share.  Cases that
 * involve home addresses of several shares are left to join.h.
 *
 * The verdict on a Registration Request with a Previous Foreign Agent Notification is not final
 * until its Binding Update was captured, or the time limit has passed: it is copied, and recorded
 * when conduct has given its final verdict.
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
