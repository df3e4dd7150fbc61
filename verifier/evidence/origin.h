/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin.h - where a frame of an evidence file comes from: the beginning of its comment,
 *
 *   frame 9 of "a.pcap"
 *
 * the name as a JSON string.  It counts only in sections that name mipro-verify's evidence as
 * the application that wrote them.
 */
#ifndef VRF_ORIGIN_H
#define VRF_ORIGIN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VRF_ORIGIN_APPLICATION "mipro-verify evidence"

/*
 * Append the first line, without a line feed.  Its end is the same for all frames of a capture:
 * place, which vrf_origin_set_place() makes of the capture's name.
 */
void vrf_origin_put(GString *comment, const GString *place, uint64_t number);
void vrf_origin_set_place(GString *place, const char *name);
/* The name, which the caller frees, and *number; NULL: the comment does not begin so. */
char *vrf_origin_parse(const char *comment, size_t len, uint64_t *number);

#endif
