/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout.h - the header and the blocks of an events file (file.h). */
#ifndef VRF_EVENTS_LAYOUT_H
#define VRF_EVENTS_LAYOUT_H

#include "events/file.h"

struct vrf_events_header {
    char magic[8]; /* the last octet is the version */
    uint64_t machine;
    uint64_t task; /* ID in the names of its files */
    uint64_t options;
    uint32_t keys;
    uint32_t part, n_parts; /* part n_parts: the common file */
    uint32_t program;       /* a hash of its version */
    uint64_t checksum;      /* of everything before it */
};

struct vrf_events_header vrf_events_header(
    const struct vrf_events_maker *maker, uint64_t task, unsigned part, unsigned n_parts);
/* Why this is not the header of the expected file; NULL if it is. */
const char *vrf_events_header_fault(const struct vrf_events_header *h,
    const struct vrf_events_maker *maker, uint64_t task, unsigned part, unsigned n_parts);

#define VRF_EVENTS_BATCH 'B'
#define VRF_EVENTS_END 'E'

/* Precedes the octets of a block. */
struct vrf_events_block {
    uint64_t checksum; /* of its octets, of what follows here and of its number in the file */
    uint64_t n;        /* octets */
    uint64_t kind;
    uint64_t batch; /* number of the batch in the task */
};

/* The checksum of the block with this number in its file, of which all else is set. */
uint64_t vrf_events_block_sum(
    const struct vrf_events_block *block, const uint8_t *octets, uint64_t number);

#endif
