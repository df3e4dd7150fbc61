/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join.h - what all shares of a batch together say.
 *
 * Every settler is done with the batch.  An answer that names the wrong home address belongs to a
 * question of another share, so the settlers pass on what they found no partner for, and that is
 * decided here (mipro_namesake.h), in the order of batches, as one settler alone would decide it.
 * Counts are added up, and the batch is done with frames that all shares are done with.
 */
#ifndef VRF_JOIN_H
#define VRF_JOIN_H

#include "batch.h"

struct vrf_joiner;

/* NULL: no memory. */
struct vrf_joiner *vrf_joiner_new(const struct vrf_options *o);
void vrf_joiner_free(struct vrf_joiner *j);
/* Sets totals and horizon of the batch, and the records that belong to no share.  False: no memory.
 */
bool vrf_join(struct vrf_joiner *j, struct vrf_batch *b);

#endif
