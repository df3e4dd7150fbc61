/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/lines.h"

#include <string.h>

struct vrf_slice
vrf_lines_skip_compact(struct vrf_input *in)
{
    const size_t from = in->from;

    while (vrf_lines_has_compact(in))
        in->from += VRF_COMPACT_SIZE;
    return (struct vrf_slice){ in->block + from, in->from - from };
}

bool
vrf_lines_next(struct vrf_input *in, struct vrf_slice *line)
{
    size_t seen = 0; /* octets already searched for the end of the line */

    if (vrf_input_left(in) == 0 && !vrf_input_more(in))
        return false;
    if (in->block[in->from] == VRF_COMPACT_MARK) {
        line->octets = vrf_input_take(in, line->n = VRF_COMPACT_SIZE);
        return line->octets != NULL;
    }
    for (;;) {
        const char *start = in->block + in->from;
        const char *end = memchr(start + seen, '\n', vrf_input_left(in) - seen);

        if (end != NULL) {
            *line = (struct vrf_slice){ start, (size_t)(end - start) + 1 };
            in->from += line->n;
            return true;
        }
        seen = vrf_input_left(in);
        if (!vrf_input_more(in))
            return false;
    }
}
