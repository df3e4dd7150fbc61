/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join.h - combine the results of all shares of a batch.
 *
 * All settlers have finished the batch.  An answer with the wrong home address may belong to a
 * question of another share, so the settlers pass on the messages for which they found no match.
 * These are decided here (mipro_namesake.h), in the order of batches, as a single settler would
 * decide them.  Counts are added up, and the horizon is the lowest of all shares.
 */
#ifndef VRF_JOIN_H
#define VRF_JOIN_H

#include "batch.h"

struct vrf_joiner;

/* NULL if out of memory. */
struct vrf_joiner *vrf_joiner_new(const struct vrf_options *o);
void vrf_joiner_free(struct vrf_joiner *j);
/*
 * Sets totals and horizon of the batch, and the records that belong to no share.  False if out
 * of memory.
 */
bool vrf_join(struct vrf_joiner *j, struct vrf_batch *b);

#endif
