/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a file that is compressed with zstd complete?  libwiretap takes one that is cut short for one
 * that ends, so the frames and blocks are counted out here (RFC 8878 3.1), without decompression.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "capture/backend.h"

#define MAGIC 0xfd2fb528u
#define SKIPPABLE 0x184d2a50u /* and the next fifteen */

static bool
read_le(int fd, int64_t at, unsigned n, uint32_t *v)
{
    uint8_t octets[4];

    if (pread(fd, octets, n, at) != (ssize_t)n)
        return false;
    *v = 0;
    while (n-- > 0)
        *v = *v << 8 | octets[n];
    return true;
}

/* Move *at from the first block of a frame to the end of the last one. */
static bool
skip_blocks(int fd, int64_t *at)
{
    uint32_t block;

    do {
        if (!read_le(fd, *at, 3, &block))
            return false;
        *at += 3 + ((block >> 1 & 3) == 1 ? 1 : block >> 3); /* of type 1: one octet, repeated */
    } while ((block & 1) == 0);
    return true;
}

static unsigned
header_len(uint32_t descriptor)
{
    static const uint8_t of_id[] = { 0, 1, 2, 4 }, of_size[] = { 0, 2, 4, 8 };
    bool single = (descriptor >> 5 & 1) != 0;
    unsigned size = of_size[descriptor >> 6 & 3];

    /* The descriptor, the window unless there is but one segment, the dictionary, the size. */
    return (single ? 1u : 2u) + of_id[descriptor & 3] + (size == 0 && single ? 1u : size);
}

bool
vrf_zstd_is_cut(int fd)
{
    struct stat st;
    int64_t end, at = 0;
    uint32_t magic, v;

    end = fstat(fd, &st) == 0 ? st.st_size : 0;
    if (end < 4 || !read_le(fd, 0, 4, &magic) || magic != MAGIC)
        return false;
    while (at < end && read_le(fd, at, 4, &magic)) {
        if (magic >> 4 == SKIPPABLE >> 4) {
            if (!read_le(fd, at + 4, 4, &v))
                return true;
            at += 8 + (int64_t)v;
            continue;
        }
        if (magic != MAGIC)
            return false; /* something else follows, which libwiretap has an opinion on */
        if (!read_le(fd, at + 4, 1, &v))
            return true;
        at += 4 + header_len(v);
        if (!skip_blocks(fd, &at))
            return true;
        at += (v >> 2 & 1) * 4; /* a checksum */
    }
    return at != end;
}
