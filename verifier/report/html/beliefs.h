/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beliefs.h - where each node believes a mobile node to be, from when to when.
 *
 * As far as the capture shows: a node that acknowledges a Binding Update, or need not,
 * believes it; one that refuses it, or was sent a forged one or a replay and does not acknowledge
 * it, does not.  A Registration Reply tells what the home agent believes.
 */
#ifndef VRF_HTML_BELIEFS_H
#define VRF_HTML_BELIEFS_H

#include "report/html/history.h"

enum vrf_proof {
    VRF_PROVEN,   /* the authenticator is good */
    VRF_UNPROVEN, /* it could not be checked */
    VRF_FORGED,   /* it is bad, expired or missing, and the node took it all the same */
    VRF_REPLAYED  /* the message is a replay, and the node took it all the same */
};

enum vrf_belief_end {
    VRF_END_OPEN,     /* it still holds when the capture ends */
    VRF_END_EXPIRED,  /* its lifetime is over */
    VRF_END_REPLACED, /* a later message to the node replaced it */
    VRF_END_DELETED   /* the binding was deleted */
};

struct vrf_belief {
    uint32_t node;
    bool registered; /* by registration: node is the home agent */
    uint32_t coa;
    uint8_t proof;       /* enum vrf_proof */
    uint8_t end;         /* enum vrf_belief_end */
    uint64_t frame;      /* of the message that it began with */
    unsigned refreshes;  /* later messages that said the same */
    int64_t from, until; /* until: INT64_MAX if it has no end */
};

/*
 * The beliefs that the sights of one mobile node make, in the order in which they began; free
 * with g_free().  patience: how long after a message its answer may come, in nanoseconds; end: the
 * time of the last frame.  At most max are made; *left_out counts the others.  Messages
 * without a time make none.
 */
struct vrf_belief *vrf_beliefs(const struct vrf_sight *sights, size_t n, int64_t patience,
    int64_t end, size_t max, size_t *n_beliefs, uint64_t *left_out);

#endif
