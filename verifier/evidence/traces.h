/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traces.h - which messages were in which frames, in five octets each, so that the captures need
 * not be decoded again to find the exchanges around the findings.
 *
 * Memory is bounded.  What does not fit, and frames with fragments, must be decoded again.
 */
#ifndef VRF_EVIDENCE_TRACES_H
#define VRF_EVIDENCE_TRACES_H

#include "batch.h"
#include "events/pack.h"

struct vrf_traces;
struct vrf_traces *vrf_traces_new(void);
void vrf_traces_free(struct vrf_traces *t);
/* Add those of a batch, which is numbered as in the report. */
void vrf_traces_add(struct vrf_traces *t, const struct vrf_batch *b);
/* Good authenticators of which there is no trace, because there was no room. */
uint64_t vrf_traces_left_out(const struct vrf_traces *t);

/* The traces of one frame. */
struct vrf_traces_of {
    const struct vrf_trace *at;
    uint32_t n;
    bool unknown; /* there may be other messages, or fragments: decode the frame */
};

/* How far they were read.  A copy goes on from where it was made. */
struct vrf_traces_reader {
    unsigned block;
    struct vrf_unpack rest; /* of the block before */
    struct vrf_trace next;  /* in it; frame UINT64_MAX: there are no more */
    uint32_t late, range;   /* the next of each */
};

/* After the last batch was added. */
struct vrf_traces_reader vrf_traces_begin(struct vrf_traces *t);
/*
 * Skip traces that are not wanted, up to those of the frame limit.  Returns a frame: those before
 * it have no wanted trace, and no fragments.
 */
uint64_t vrf_traces_seek(const struct vrf_traces *t, struct vrf_traces_reader *r, uint64_t limit,
    bool (*wanted)(const void *ctx, const struct vrf_trace *trace), const void *ctx);
/* The traces of a frame, until the next call; each reader is given frames in ascending order. */
struct vrf_traces_of vrf_traces_next(
    struct vrf_traces *t, struct vrf_traces_reader *r, uint64_t frame);

#endif
