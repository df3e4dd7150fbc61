/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - read the lines of a file without copying each.
 *
 * A report may have tens of millions of lines, and each is examined twice.  So the file is read
 * in large blocks, and a line is a slice of the current block.
 */
#ifndef VRF_MERGE_LINES_H
#define VRF_MERGE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "merge/slice.h"
#include "report/compact.h"

struct vrf_lines {
    int fd; /* -1: not open */
    char *block;
    size_t room, from, to; /* octets from..to were not returned yet */
    bool at_end;
    int error; /* errno of the read that failed, or 0 */
};

/* Returns 0 or an errno. */
int vrf_lines_open(struct vrf_lines *l, const char *path);
/* Go back to the beginning.  Returns 0 or an errno: a pipe cannot be read twice. */
int vrf_lines_rewind(struct vrf_lines *l);
/*
 * The next line, with its '\n', or compact record (report/compact.h), valid until the next call.
 * False: there is none, or the rest has no '\n', or is longer than any line that mipro-verify
 * writes.
 */
bool vrf_lines_next(struct vrf_lines *l, struct vrf_slice *line);
/* Is the next one a compact record that can be returned without another read of the file? */
static inline bool
vrf_lines_has_compact(const struct vrf_lines *l)
{
    return l->to - l->from >= VRF_COMPACT_SIZE && l->block[l->from] == VRF_COMPACT_MARK;
}
/* That record, and go on to the next line. */
static inline struct vrf_slice
vrf_lines_take_compact(struct vrf_lines *l)
{
    l->from += VRF_COMPACT_SIZE;
    return (struct vrf_slice){ l->block + l->from - VRF_COMPACT_SIZE, VRF_COMPACT_SIZE };
}
/* Skip such records, as many as there are, and return them. */
struct vrf_slice vrf_lines_skip_compact(struct vrf_lines *l);
void vrf_lines_close(struct vrf_lines *l);

#endif
