/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beliefs.h - where each node believes a mobile node to be, and when.
 *
 * As far as the capture shows: a node believes a Binding Update if it acknowledges it or need
 * not do so; it does not believe one that it refuses, nor a forged or replayed one that it does
 * not acknowledge.  A Registration Reply shows what the home agent believes.
 */
#ifndef VRF_HTML_BELIEFS_H
#define VRF_HTML_BELIEFS_H

#include "report/html/history.h"

enum vrf_proof {
    VRF_PROVEN,   /* the authenticator is good */
    VRF_UNPROVEN, /* it could not be checked */
    VRF_FORGED,   /* it is bad, expired or missing, but the node accepted the message */
    VRF_REPLAYED  /* the message is a replay, but the node accepted it */
};

enum vrf_belief_end {
    VRF_END_OPEN,     /* it is still valid when the capture ends */
    VRF_END_EXPIRED,  /* its lifetime ended */
    VRF_END_REPLACED, /* a later message to the node replaced it */
    VRF_END_DELETED   /* the binding was deleted */
};

struct vrf_belief {
    uint32_t node;
    bool registered; /* by registration: node is the home agent */
    uint32_t coa;
    uint8_t proof;       /* enum vrf_proof */
    uint8_t end;         /* enum vrf_belief_end */
    uint64_t frame;      /* of the message with which it began */
    unsigned refreshes;  /* later messages that confirmed it */
    int64_t from, until; /* until: INT64_MAX if it has no end */
};

/*
 * Derive the beliefs about one mobile node from its sights, in the order in which they began;
 * free with g_free().  patience: how long after a message its answer may arrive, in nanoseconds;
 * end: the time of the last frame.  Returns at most max; *left_out counts the others.  Messages
 * without a time are ignored.
 */
struct vrf_belief *vrf_beliefs(const struct vrf_sight *sights, size_t n, int64_t patience,
    int64_t end, size_t max, size_t *n_beliefs, uint64_t *left_out);

#endif
