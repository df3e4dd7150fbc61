/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold.h - what became of batches of a later file, kept until it is that file's turn in the report.
 *
 * Batches are large; what the report wants of them is small: counts, and records.  So those of
 * several batches in a row are folded into one, of which the report makes what it would have made
 * of each.  A batch after which a state ends is the last in its fold.
 */
#ifndef VRF_FOLD_H
#define VRF_FOLD_H

#include "batch.h"

/*
 * A batch that was joined goes into another, which is new or has those before it.  Its records are
 * moved.  Returns how many octets that takes.
 */
size_t vrf_fold(struct vrf_batch *into, struct vrf_batch *b);
/* So many frames come before: from running numbers in its file to those of the whole input. */
void vrf_renumber(struct vrf_batch *b, uint64_t before);

#endif
