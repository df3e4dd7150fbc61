/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - read capture files, whatever wrote them.
 *
 * Frames come in blocks (block.h).  Plain pcap and pcapng are cut out of the file's own
 * octets (pcap.c, pcapng.c): with ten million frames, a call and a copy for each take
 * most of the time.  Everything else that Wireshark reads comes through libwiretap
 * (wiretap.c).  Every record that Wireshark numbers is a frame here too, so that frame
 * numbers are Wireshark's.
 */
#ifndef VRF_CAPTURE_H
#define VRF_CAPTURE_H

#include "capture/block.h"

enum vrf_read {
    VRF_READ_MORE,  /* the block has a frame or more */
    VRF_READ_END,   /* the capture ended as it should; the block may have frames */
    VRF_READ_BROKEN /* it cannot be read further; the block has the frames before that */
};

#define VRF_CAPTURE_ERROR 256 /* room for the reason why a capture cannot be read */

/* What a link layer that is not decoded is called; room is for those without a name. */
const char *vrf_link_name(uint16_t link_number, char room[32]);

struct vrf_capture;

/*
 * "-" is standard input.  With follow (follow.h; borrowed) the capture ends only when that says
 * so.  NULL: error says why, without the file's name.
 */
struct vrf_follow;
struct vrf_capture *vrf_capture_open(
    const char *path, struct vrf_follow *follow, char error[VRF_CAPTURE_ERROR]);
/*
 * Put a file without a name in the place of standard input, if that is a pipe: it is copied to
 * its end, and can then be read twice.  False: error says why.
 */
bool vrf_capture_keep_stdin(char error[VRF_CAPTURE_ERROR]);
/* Replace what is in the block.  With VRF_READ_BROKEN error says why. */
enum vrf_read vrf_capture_read(
    struct vrf_capture *c, struct vrf_block *block, char error[VRF_CAPTURE_ERROR]);
/*
 * The name of the interface of a frame in the block that was read last, as the system calls it that
 * captured there; not to be trusted, lives until the next call.  NULL: the capture does not say.
 */
const char *vrf_capture_interface_name(const struct vrf_capture *c, const struct vrf_frame *frame);
/* How much of the file was read, in 1/1000; -1 if that cannot be told (a pipe). */
int vrf_capture_permille(const struct vrf_capture *c);
void vrf_capture_close(struct vrf_capture *c);

#endif
