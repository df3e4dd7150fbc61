/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - read capture files of any format.
 *
 * Frames are returned in blocks (block.h).  In plain pcap and pcapng, frames are used in place
 * in the octets of the file (pcap.c, pcapng.c): with ten million frames, a call and a copy for
 * each would take most of the time.  All other formats that Wireshark reads are read with
 * libwiretap (wiretap.c).  Every record that Wireshark numbers is a frame here too, so that
 * frame numbers are Wireshark's.
 */
#ifndef VRF_CAPTURE_H
#define VRF_CAPTURE_H

#include "capture/block.h"

enum vrf_read {
    VRF_READ_MORE,  /* the block has at least one frame */
    VRF_READ_END,   /* the capture ended normally; the block may have frames */
    VRF_READ_BROKEN /* it cannot be read further; the block has the frames before the error */
};

#define VRF_CAPTURE_ERROR 256 /* room for the reason why a capture cannot be read */

/* The name of a link layer that is not decoded; room is for those without a name. */
const char *vrf_link_name(uint16_t link_number, char room[32]);

struct vrf_capture;

/*
 * "-" is standard input.  With follow (follow.h; borrowed) that decides when the capture ends.
 * On error NULL, with the reason in error, without the file's name.
 */
struct vrf_follow;
struct vrf_capture *vrf_capture_open(
    const char *path, struct vrf_follow *follow, char error[VRF_CAPTURE_ERROR]);
/*
 * If standard input is a pipe, replace it by an unnamed temporary copy of its entire content,
 * which can be read twice.  On error false, with the reason in error.
 */
bool vrf_capture_keep_stdin(char error[VRF_CAPTURE_ERROR]);
/* Replace the content of the block.  With VRF_READ_BROKEN, error has the reason. */
enum vrf_read vrf_capture_read(
    struct vrf_capture *c, struct vrf_block *block, char error[VRF_CAPTURE_ERROR]);
/*
 * The name, on the capturing system, of the interface of a frame in the block that was read last.
 * It is untrusted, and valid until the next call.  NULL if the capture has none.
 */
const char *vrf_capture_interface_name(const struct vrf_capture *c, const struct vrf_frame *frame);
/* How much of the file was read, in 1/1000; -1 if unknown (a pipe). */
int vrf_capture_permille(const struct vrf_capture *c);
void vrf_capture_close(struct vrf_capture *c);

#endif
