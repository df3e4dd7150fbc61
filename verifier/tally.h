/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - count verdicts, per association and per pair of nodes.
 *
 * The tables are bounded; pairs for which there is no room are counted together.  Which pairs
 * are kept does not depend on the order in which they are seen, so that tallies can be added up.
 */
#ifndef VRF_TALLY_H
#define VRF_TALLY_H

#include "mipro_auth.h"

struct vrf_count {
    uint64_t good, bad, unchecked; /* expired counts as bad: it must not be accepted */
    int64_t first, last;           /* seen; MIPRO_TIME_NONE if no frame had a time */
};

/* Verdicts between two nodes, with one association or (NULL) with none. */
struct vrf_pair {
    uint32_t a, b; /* a <= b */
    const struct mipro_association *association;
    struct vrf_count count;
};

#define VRF_TALLY_PAIRS 65536

struct vrf_tally {
    uint64_t verdicts[MIPRO_VERDICTS];
    bool wants_pairs;
    struct vrf_pair *pairs; /* a hash table */
    uint8_t *used;          /* which of its slots are in use */
    uint64_t multiplier;    /* of the hash */
    uint32_t n_pairs;
    uint64_t last_rank;      /* pairs of a higher rank are not kept */
    struct vrf_count others; /* of pairs that are not kept */
    uint64_t n_others;
};

void vrf_tally_init(struct vrf_tally *t, bool wants_pairs);
void vrf_tally_clear(struct vrf_tally *t);
/* Count a verdict in the total; vrf_tally_pair() also counts it by pair. */
static inline void
vrf_tally_verdict(struct vrf_tally *t, enum mipro_verdict verdict)
{
    t->verdicts[verdict]++;
}
/* Add the counts of another tally. */
void vrf_tally_add(struct vrf_tally *t, const struct vrf_tally *more);
/* Reduce the table to VRF_TALLY_PAIRS; call this before reading it. */
void vrf_tally_limit(struct vrf_tally *t);
/* Only if the tally wants pairs. */
void vrf_tally_pair(
    struct vrf_tally *t, const struct mipro_auth *auth, uint32_t src, uint32_t dst, int64_t time);

/* In the order of the key file; those that no association judged come last. */
int vrf_pair_compare_associations(const struct vrf_pair *x, const struct vrf_pair *y);
/* Counts by pair, for any association, or by association, for any pair; sorted. */
struct vrf_pair *vrf_tally_by_pair(const struct vrf_tally *t, uint32_t *n);
struct vrf_pair *vrf_tally_by_association(const struct vrf_tally *t, uint32_t *n);

#endif
