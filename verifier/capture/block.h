/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - a run of frames in the order of the file, and the memory that holds them.
 */
#ifndef VRF_CAPTURE_BLOCK_H
#define VRF_CAPTURE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mipro_decap.h"
#include "mipro_reader.h"

struct vrf_frame {
    size_t at;         /* offset of its first octet in the block */
    uint32_t captured; /* octets captured */
    uint32_t len;      /* octets on the wire, >= captured */
    int64_t time;      /* nanoseconds since 1970, or MIPRO_TIME_NONE */
    enum mipro_linktype link;
    uint16_t link_number; /* with MIPRO_LINKTYPE_OTHER for vrf_link_name(), else as in files */
    uint16_t interface;   /* pcapng: its number within the section; else 0 */
};

/* The capture from which a frame of an evidence file was copied (evidence/origin.h). */
struct vrf_origin {
    const char *name; /* lives as long as the run; NULL if the frame has no origin */
    uint64_t number;
    uint16_t interface; /* its number there */
};

struct vrf_block {
    uint8_t *octets;
    size_t used, room;
    struct vrf_frame *frames;
    size_t n_frames, max_frames;
    struct vrf_origin *origins; /* one for each frame; NULL except in evidence files */
    size_t max_origins;
    bool ends_origin; /* the next frame was copied from another capture */
};

/* The interface of a frame, as its capture numbers it, even if this is a copy of it. */
static inline uint16_t
vrf_frame_interface(const struct vrf_block *block, const struct vrf_frame *frame)
{
    return block->origins != NULL ? block->origins[frame - block->frames].interface
                                  : frame->interface;
}

/* The octets of a frame; NULL if the block does not have all of them. */
static inline const uint8_t *
vrf_frame_octets(const struct vrf_block *block, const struct vrf_frame *frame)
{
    struct mipro_reader r = mipro_reader(block->octets, block->used);

    mipro_seek(&r, frame->at);
    return mipro_get_octets(&r, frame->captured);
}

void vrf_block_free(struct vrf_block *block);
/* Make room for n more octets after those used; this may move them. */
void vrf_block_reserve(struct vrf_block *block, size_t n);
/* The element for the next frame; the caller increases n_frames. */
struct vrf_frame *vrf_block_room(struct vrf_block *block);

#endif
