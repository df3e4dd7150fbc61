/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input.h - read a file in large blocks, and look at its octets in place.
 *
 * The files that tasks leave for one another have many small pieces, for each of which a call of
 * the system or a copy would take longer than looking at it.
 */
#ifndef VRF_INPUT_H
#define VRF_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vrf_input {
    int fd;
    char *block;           /* NULL: not open */
    size_t room, from, to; /* octets from..to were not taken yet */
    bool at_end;
    int error; /* errno of the read that failed, or 0 */
};

/* Begin at this offset of the file.  Returns 0 or an errno: ESPIPE if it is not a file. */
int vrf_input_open(struct vrf_input *in, const char *path, uint64_t offset);
/* Such an errno in words. */
const char *vrf_input_fault(int error);
/* Go back to the beginning.  Returns 0 or an errno. */
int vrf_input_rewind(struct vrf_input *in);
/* Read more after those that are left, which move.  False: there are no more, or no memory. */
bool vrf_input_more(struct vrf_input *in);
void vrf_input_close(struct vrf_input *in);

/* The number of octets that can be looked at without another read. */
static inline size_t
vrf_input_left(const struct vrf_input *in)
{
    return in->to - in->from;
}

/* The next n octets, which stay until the next call; NULL: there are not so many. */
static inline const char *
vrf_input_take(struct vrf_input *in, size_t n)
{
    while (vrf_input_left(in) < n)
        if (!vrf_input_more(in))
            return NULL;
    in->from += n;
    return in->block + in->from - n;
}

#endif
