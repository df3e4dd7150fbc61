/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history.h - what was said about which mobile node: the messages that a picture of it needs.
 *
 * Which nodes are of interest is known only when something is found, so all messages are
 * logged, at the cost of a copy of 40 octets each.  The last million or so stay in memory; of
 * older ones those of the watched nodes, so many of each.  Memory is bounded, whatever the
 * input.
 */
#ifndef VRF_HTML_HISTORY_H
#define VRF_HTML_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vrf_sight_marks {
    VRF_SIGHT_COPY = 0x01,    /* of a datagram seen before */
    VRF_SIGHT_PARTIAL = 0x02, /* not all fields were captured, or it is malformed */
    VRF_SIGHT_PFAN = 0x04,    /* with a Previous Foreign Agent Notification */
    VRF_SIGHT_SIGNED = 0x08,  /* has an authenticator, or should: verdict tells */
    VRF_SIGHT_REPLAY = 0x10   /* a finding says that it is a replay */
};

/* A message about a mobile node, as it was seen. */
struct vrf_sight {
    uint64_t frame; /* running number */
    int64_t time;
    uint32_t src, dst;
    uint32_t home;
    uint32_t coa;    /* of a reply: the home agent */
    uint16_t life;   /* seconds, of those that have one */
    uint8_t type;    /* enum mipro_type */
    uint8_t flags;   /* of an update or a request */
    uint8_t status;  /* of an acknowledge; of a reply its code */
    uint8_t verdict; /* the worst of its authenticators, enum mipro_verdict */
    uint8_t marks;
};

struct vrf_history;
struct vrf_history *vrf_history_new(void);
void vrf_history_free(struct vrf_history *h);

/* Room for one more sight, to be filled in at once.  Its value is what the memory held. */
struct vrf_sight *vrf_history_add(struct vrf_history *h);

/* Keep what is known of this node, and what will be. */
void vrf_history_watch(struct vrf_history *h, uint32_t home);

/*
 * When all were added: the sights of a watched node in the order of frames, borrowed until
 * the history ends, and how many there were that are not among them.
 */
const struct vrf_sight *vrf_history_of(
    struct vrf_history *h, uint32_t home, size_t *n, uint64_t *left_out);
/* The same node's sight of this frame gets the mark, if it is among them. */
void vrf_history_mark(
    struct vrf_history *h, uint32_t home, uint64_t frame, enum vrf_sight_marks mark);
/* The first frame from which on all messages were known, even of nodes watched late. */
uint64_t vrf_history_since(const struct vrf_history *h);

#endif
