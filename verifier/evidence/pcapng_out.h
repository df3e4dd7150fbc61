/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng_out.h - the blocks of a pcapng file, little endian, with times in nanoseconds. */
#ifndef VRF_PCAPNG_OUT_H
#define VRF_PCAPNG_OUT_H

#include <glib.h>

#include "capture/block.h"
#include "report/out.h"

/* Begin a section, with the name of the application. */
void vrf_pcapng_section(struct vrf_out *out, const char *application);
/*
 * The next interface: linktype is the number used in files; name is NULL if it is unknown.
 * Packets without a time have a separate interface, whose timestamps no reader uses as a time.
 */
void vrf_pcapng_interface(struct vrf_out *out, uint16_t linktype, const char *name,
    const char *description, bool has_time);
/* A packet of an interface, counted from 0: captured octets of frame->len. */
void vrf_pcapng_packet(struct vrf_out *out, uint32_t interface, const struct vrf_frame *frame,
    const uint8_t *octets, uint32_t captured, const GString *comment);

#endif
