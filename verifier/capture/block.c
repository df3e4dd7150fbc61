/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/block.h"

#include <glib.h>
#include <string.h>

void
vrf_block_free(struct vrf_block *block)
{
    g_free(block->octets);
    g_free(block->frames);
    g_free(block->origins);
    memset(block, 0, sizeof(*block));
}

void
vrf_block_reserve(struct vrf_block *block, size_t n)
{
    size_t room = block->room;

    if (n <= room - block->used)
        return;
    while (room - block->used < n)
        room = room == 0 ? 4096 : 2 * room;
    block->octets = g_realloc(block->octets, room);
    block->room = room;
}

struct vrf_frame *
vrf_block_room(struct vrf_block *block)
{
    if (block->n_frames == block->max_frames) {
        block->max_frames = block->max_frames == 0 ? 1024 : 2 * block->max_frames;
        block->frames = g_realloc_n(block->frames, block->max_frames, sizeof(*block->frames));
    }
    return &block->frames[block->n_frames];
}
