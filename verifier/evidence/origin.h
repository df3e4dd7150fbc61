/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin.h - the origin of a frame in an evidence file: the beginning of its comment,
 *
 *   frame 9 of "a.pcap"
 *
 * with the name as a JSON string.  The descriptions of interfaces begin in the same way: "interface 0
 * of", since evidence numbers them anew.  Both are used only in sections whose application is
 * "mipro-verify evidence".
 */
#ifndef VRF_ORIGIN_H
#define VRF_ORIGIN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VRF_ORIGIN_APPLICATION "mipro-verify evidence"

/*
 * Append the first line, without a line feed.  Its end, suffix, is the same for all frames of a
 * capture: vrf_origin_set_suffix() makes it from the capture's name.
 */
void vrf_origin_put(GString *comment, const GString *suffix, uint64_t number);
void vrf_origin_set_suffix(GString *suffix, const char *name);
/* The name, which the caller frees, and *number; NULL if the comment has no origin. */
char *vrf_origin_parse(const char *comment, size_t len, uint64_t *number);

/* The description of an interface of this capture, whose name is escaped; the caller frees it. */
char *vrf_origin_describe_interface(uint16_t number, const char *name);
/* The interface's number in its capture; false if the description does not say it. */
bool vrf_origin_parse_interface(const char *description, size_t len, uint16_t *number);

#endif
