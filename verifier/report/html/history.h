/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history.h - the messages about each mobile node that are needed to draw its pictures.
 *
 * Which nodes are of interest is known only once something is found, so all messages are
 * logged, at the cost of a copy of 40 octets each.  The last million or so stay in memory, and
 * a limited number of older ones of each watched node.  Memory is bounded for any input.
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
    VRF_SIGHT_SIGNED = 0x08,  /* it has, or should have, an authenticator: see verdict */
    VRF_SIGHT_REPLAY = 0x10   /* there is a finding that it is a replay */
};

/* A message about a mobile node, as it was seen. */
struct vrf_sight {
    uint64_t frame; /* running number */
    int64_t time;
    uint32_t src, dst;
    uint32_t home;
    uint32_t coa;    /* of a reply: the home agent */
    uint16_t life;   /* seconds, if the message has a lifetime */
    uint8_t type;    /* enum mipro_type */
    uint8_t flags;   /* of an update or a request */
    uint8_t status;  /* of an acknowledge; of a reply its code */
    uint8_t verdict; /* the worst of its authenticators, enum mipro_verdict */
    uint8_t marks;
};

struct vrf_history;
struct vrf_history *vrf_history_new(void);
void vrf_history_free(struct vrf_history *h);

/* Room for one more sight, uninitialized; the caller must fill it in immediately. */
struct vrf_sight *vrf_history_add(struct vrf_history *h);

/* From now on keep the messages of this node, including those still in memory. */
void vrf_history_watch(struct vrf_history *h, uint32_t home);

/*
 * After all were added: the sights of a watched node in the order of frames, borrowed until the
 * history is freed; *left_out is the number of sights that are missing.
 */
const struct vrf_sight *vrf_history_of(
    struct vrf_history *h, uint32_t home, size_t *n, uint64_t *left_out);
/* Set the mark of that node's sight in this frame, if it was kept. */
void vrf_history_mark(
    struct vrf_history *h, uint32_t home, uint64_t frame, enum vrf_sight_marks mark);
/* The first frame from which on all messages are known, even of nodes watched late. */
uint64_t vrf_history_since(const struct vrf_history *h);

#endif
