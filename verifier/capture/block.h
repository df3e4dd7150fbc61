/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - a run of frames in the order of the file, and the memory that they lie in.
 */
#ifndef VRF_CAPTURE_BLOCK_H
#define VRF_CAPTURE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mipro_decap.h"
#include "mipro_reader.h"

struct vrf_frame {
    size_t at;         /* of its first octet in the block */
    uint32_t captured; /* octets that are there */
    uint32_t len;      /* octets that were on the wire, >= captured */
    int64_t time;      /* nanoseconds since 1970, or MIPRO_TIME_NONE */
    enum mipro_linktype link;
    uint16_t link_number; /* with MIPRO_LINKTYPE_OTHER: for vrf_link_name(); else that in files */
    uint16_t interface;   /* of pcapng: its number within the section; else 0 */
};

/* Of a frame of an evidence file (evidence/origin.h): where it was copied from. */
struct vrf_origin {
    const char *name; /* lives as long as the run; NULL: the frame does not say */
    uint64_t number;
};

struct vrf_block {
    uint8_t *octets;
    size_t used, room;
    struct vrf_frame *frames;
    size_t n_frames, max_frames;
    struct vrf_origin *origins; /* one for each frame; NULL but for evidence files */
    size_t max_origins;
    bool ends_origin; /* the next frame was copied from another capture */
};

/* The octets of a frame; NULL if the block does not have all of them. */
static inline const uint8_t *
vrf_frame_octets(const struct vrf_block *block, const struct vrf_frame *frame)
{
    struct mipro_reader r = mipro_reader(block->octets, block->used);

    mipro_seek(&r, frame->at);
    return mipro_get_octets(&r, frame->captured);
}

void vrf_block_free(struct vrf_block *block);
/* Make room for n more octets after those used; they may move. */
void vrf_block_reserve(struct vrf_block *block, size_t n);
/* Where the next frame belongs; n_frames does not count it yet. */
struct vrf_frame *vrf_block_room(struct vrf_block *block);

#endif
