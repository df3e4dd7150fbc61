/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interfaces.h - the interfaces of the captures, as they are numbered in the evidence. */
#ifndef VRF_EVIDENCE_INTERFACES_H
#define VRF_EVIDENCE_INTERFACES_H

#include <stdint.h>

struct vrf_block;
struct vrf_capture;
struct vrf_frame;
struct vrf_out;
struct vrf_report;

struct vrf_interfaces;
struct vrf_interfaces *vrf_interfaces_new(void);
void vrf_interfaces_free(struct vrf_interfaces *interfaces);
/*
 * The number of the interface of a frame of c, which is this file of the report; it is written to
 * out now if it is new.
 */
uint32_t vrf_interfaces_number(struct vrf_interfaces *interfaces, struct vrf_out *out,
    const struct vrf_report *r, const struct vrf_capture *c, const struct vrf_block *block,
    const struct vrf_frame *frame, unsigned file);

#endif
