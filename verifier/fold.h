/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold.h - the results of batches of a later file, kept until that file is reported.
 *
 * Batches are large; what the report needs of them is small: counts and records.  Those of several
 * consecutive batches are folded into one, from which the report is the same as from each of them.
 * A batch after which a state ends is the last in its fold.
 */
#ifndef VRF_FOLD_H
#define VRF_FOLD_H

#include "batch.h"

/*
 * Fold a joined batch into another, which is new or contains those before it; its records are
 * moved. Returns the memory that this takes, in octets.
 */
size_t vrf_fold(struct vrf_batch *into, struct vrf_batch *b);
/* Turn running numbers within its file into those within the whole input. */
void vrf_renumber(struct vrf_batch *b, uint64_t before);

#endif
