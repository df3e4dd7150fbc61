/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tournament.h - which part's record is next.
 *
 * The leaves are the parts, in the order in which they are given; every other node keeps the part
 * that lost there, and node 0 the one that won.  After the winner has read on, only the nodes on
 * its way to the root can change.
 */
#ifndef VRF_MERGE_TOURNAMENT_H
#define VRF_MERGE_TOURNAMENT_H

#include "merge/part.h"

struct vrf_tournament {
    const struct vrf_part_report *parts; /* borrowed; each has a record at hand, or has ended */
    unsigned n;
    unsigned *nodes;
};

void vrf_tournament_begin(
    struct vrf_tournament *t, const struct vrf_part_report *parts, unsigned n);
/* The number of the part whose record is next; n: all have ended. */
unsigned vrf_tournament_first(const struct vrf_tournament *t);
/* That part has read on. */
void vrf_tournament_go_on(struct vrf_tournament *t);
void vrf_tournament_end(struct vrf_tournament *t);

#endif
