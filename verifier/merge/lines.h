/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - read the lines of a file without copying each.
 *
 * A report may have tens of millions of lines, and each is examined twice.  A line is a slice of
 * what was read of the file.
 */
#ifndef VRF_MERGE_LINES_H
#define VRF_MERGE_LINES_H

#include "input.h"
#include "merge/slice.h"
#include "report/compact.h"

/*
 * The next line, with its '\n', or compact record (report/compact.h), valid until the next call.
 * False: there is none, or the rest has no '\n', or is longer than any line that mipro-verify
 * writes.
 */
bool vrf_lines_next(struct vrf_input *in, struct vrf_slice *line);
/* Is the next one a compact record that can be returned without another read of the file? */
static inline bool
vrf_lines_has_compact(const struct vrf_input *in)
{
    return vrf_input_left(in) >= VRF_COMPACT_SIZE && in->block[in->from] == VRF_COMPACT_MARK;
}
/* That record, and go on to the next line. */
static inline struct vrf_slice
vrf_lines_take_compact(struct vrf_input *in)
{
    in->from += VRF_COMPACT_SIZE;
    return (struct vrf_slice){ in->block + in->from - VRF_COMPACT_SIZE, VRF_COMPACT_SIZE };
}
/* Skip such records, as many as there are, and return them. */
struct vrf_slice vrf_lines_skip_compact(struct vrf_input *in);

#endif
