/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tournament.h - find the part whose record is next (a tournament tree).
 *
 * The leaves are the parts, in the order in which they are given; every other node holds the part
 * that lost there, and node 0 the overall winner.  After the winner has read its next record, only
 * the nodes between its leaf and the root can change.
 */
#ifndef VRF_MERGE_TOURNAMENT_H
#define VRF_MERGE_TOURNAMENT_H

#include "merge/part.h"

struct vrf_entrant {
    uint64_t frame; /* of its record; UINT64_MAX: it has ended */
    unsigned part;
};

struct vrf_tournament {
    const struct vrf_part_report *parts; /* borrowed; each has a current record, or has ended */
    unsigned n;
    struct vrf_entrant *nodes;
};

void vrf_tournament_begin(
    struct vrf_tournament *t, const struct vrf_part_report *parts, unsigned n);
/* The number of the part whose record is next; n: all have ended. */
unsigned vrf_tournament_first(const struct vrf_tournament *t);
/* Update the tree after that part has read its next record. */
void vrf_tournament_go_on(struct vrf_tournament *t);
void vrf_tournament_end(struct vrf_tournament *t);

#endif
