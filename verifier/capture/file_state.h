/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_state.h - whether a file is as it was earlier in this run, as far as the file system says.
 *
 * A program can set the time of modification, but not that of the last change (ctime).  That one
 * also moves when a name is added or removed, as when a file is removed while it is still read, so
 * it does not count if the number of names differs.  New permissions move it, too, and count.
 */
#ifndef VRF_CAPTURE_FILE_STATE_H
#define VRF_CAPTURE_FILE_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct stat;

struct vrf_file_state {
    uint64_t device, inode, links;
    int64_t size, written, changed; /* octets; the two times, in nanoseconds */
};
struct vrf_file_state vrf_file_state(const struct stat *st);
/* Nobody wrote to it or put another in its place. */
bool vrf_file_is_same(const struct vrf_file_state *then, const struct vrf_file_state *now);
/* It is the same file with more octets. */
bool vrf_file_has_grown(const struct vrf_file_state *then, const struct vrf_file_state *now);

#endif
