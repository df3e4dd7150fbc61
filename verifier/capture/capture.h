/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - read capture files, whatever wrote them.
 *
 * Frames come in blocks: a run of frames in the order of the file, and the
 * memory that they lie in.  Plain pcap and pcapng are cut out of the file's own
 * octets (capture_pcap.c), for at ten million frames a call and a copy for
 * each is what the time goes to; all else that Wireshark reads comes through
 * libwiretap (capture_wiretap.c).  Every record that Wireshark numbers is a
 * frame here too, so that frame numbers are Wireshark's.
 */
#ifndef VRF_CAPTURE_H
#define VRF_CAPTURE_H

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
};

struct vrf_block {
    uint8_t *octets;
    size_t used, room;
    struct vrf_frame *frames;
    size_t n_frames, max_frames;
};

/* The octets of a frame; NULL if the block has not all of them. */
static inline const uint8_t *
vrf_frame_octets(const struct vrf_block *block, const struct vrf_frame *frame)
{
    struct mipro_reader r = mipro_reader(block->octets, block->used);

    mipro_seek(&r, frame->at);
    return mipro_get_octets(&r, frame->captured);
}

void vrf_block_free(struct vrf_block *block);
/* Room for n more octets behind those used; they may move. */
void vrf_block_reserve(struct vrf_block *block, size_t n);
/* Where the next frame belongs; it is one when n_frames counts it. */
struct vrf_frame *vrf_block_room(struct vrf_block *block);

enum vrf_read {
    VRF_READ_MORE,  /* the block has a frame or more */
    VRF_READ_END,   /* the capture ended as it should; the block may have frames */
    VRF_READ_BROKEN /* it cannot be read further; the block has the frames before that */
};

#define VRF_CAPTURE_ERROR 256 /* room for the reason why a capture cannot be read */

struct vrf_capture;

/* "-" is standard input.  NULL: error says why, without the file's name. */
struct vrf_capture *vrf_capture_open(const char *path, char error[VRF_CAPTURE_ERROR]);
/* Replace what is in the block.  With VRF_READ_BROKEN error says why. */
enum vrf_read vrf_capture_read(
    struct vrf_capture *c, struct vrf_block *block, char error[VRF_CAPTURE_ERROR]);
/* How much of the file was read, in 1/1000; -1 if that cannot be told (a pipe). */
int vrf_capture_permille(const struct vrf_capture *c);
void vrf_capture_close(struct vrf_capture *c);

#endif
