/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backend.h - what a reader of some format offers to capture.c.
 *
 * open() of a backend looks at the beginning of the file: NULL with an empty
 * error means that the format is not its own, and the next one is tried.
 */
#ifndef VRF_CAPTURE_BACKEND_H
#define VRF_CAPTURE_BACKEND_H

#include "capture/capture.h"

struct vrf_backend {
    enum vrf_read (*read)(void *self, struct vrf_block *block, char error[VRF_CAPTURE_ERROR]);
    int64_t (*position)(const void *self); /* octets of the file read so far */
    /* Of a frame of the block that was read last; NULL: the file does not say. */
    const char *(*interface_name)(const void *self, uint16_t number);
    void (*close)(void *self);
};

#define VRF_CAPTURE_START 24u /* octets at the beginning that tell pcap and pcapng */

/* fd stays the caller's; the n octets at start, VRF_CAPTURE_START if it has as many, are read. */
void *vrf_pcap_open(int fd, struct vrf_follow *follow, const uint8_t *start, size_t n,
    const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR]);
void *vrf_wiretap_open(
    const char *path, const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR]);

/* What a link type's number in files is for vrf_link_name(). */
uint16_t vrf_link_number(uint32_t number);

#endif
