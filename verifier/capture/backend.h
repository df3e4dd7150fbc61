/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture_backend.h - what a reader of some format gives to capture.c.
 *
 * open() of a backend looks at the beginning of the file: NULL with an empty
 * error says "not mine, ask the next".
 */
#ifndef VRF_CAPTURE_BACKEND_H
#define VRF_CAPTURE_BACKEND_H

#include "capture/capture.h"

struct vrf_backend {
    enum vrf_read (*read)(void *self, struct vrf_block *block, char error[VRF_CAPTURE_ERROR]);
    int64_t (*position)(const void *self); /* octets of the file read so far */
    void (*close)(void *self);
};

/* fd stays the caller's; it is left at its beginning, if it can seek, when NULL is returned. */
void *vrf_pcap_open(int fd, const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR]);
void *vrf_wiretap_open(
    const char *path, const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR]);

#endif
