/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backend.h - the interface between capture.c and the readers of formats.
 *
 * A backend's open() examines the beginning of the file.  NULL with an empty error means that
 * it does not support the format, and the next backend is tried.
 */
#ifndef VRF_CAPTURE_BACKEND_H
#define VRF_CAPTURE_BACKEND_H

#include "capture/capture.h"

struct vrf_backend {
    enum vrf_read (*read)(void *self, struct vrf_block *block, char error[VRF_CAPTURE_ERROR]);
    int64_t (*position)(const void *self); /* octets of the file read so far */
    /* For a frame of the block that was read last; NULL if the file has no name. */
    const char *(*interface_name)(const void *self, uint16_t number);
    void (*close)(void *self);
};

#define VRF_CAPTURE_START 24u /* octets needed to recognize pcap and pcapng */

/* The caller keeps fd; the n octets at start, at most VRF_CAPTURE_START, were already read. */
void *vrf_pcap_open(int fd, struct vrf_follow *follow, const uint8_t *start, size_t n,
    const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR]);
void *vrf_wiretap_open(
    const char *path, const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR]);

/*
 * Does the regular file begin as one that is compressed with zstd, and end in the middle of that?
 */
bool vrf_zstd_is_cut(int fd);

/* Convert a link type's number in files to that for vrf_link_name(). */
uint16_t vrf_link_number(uint32_t number);

#endif
