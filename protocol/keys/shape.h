/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shape.h - shared by the files that build look-ups (lookup.c, overlap.c, ends.c, nai.c).
 *
 * Associations are grouped by SPI and by shape: the prefix lengths of their two ends.
 */
#ifndef MIPRO_SHAPE_H
#define MIPRO_SHAPE_H

#include "keys/keyring.h"

_Static_assert(33 < 1 << 6 && MIPRO_CLASS_OPEN < 1 << 4, "a shape is 4 bits, 6 and 6");

static inline unsigned
mipro_longer_of(uint16_t shape)
{
    return shape >> 6 & 0x3f;
}

static inline unsigned
mipro_shorter_of(uint16_t shape)
{
    return shape & 0x3f;
}

/* Smaller is better: two addresses, then prefixes by the sum of their lengths, then "*". */
static inline unsigned
mipro_rank_of(uint16_t shape)
{
    unsigned longer = mipro_longer_of(shape), shorter = mipro_shorter_of(shape);
    unsigned sum = (longer > 0 ? longer - 1 : 0) + (shorter > 0 ? shorter - 1 : 0);

    return (unsigned)(shape >> 12) << 8 | (64 - sum);
}

/* The mask for a length as stored in a shape. */
static inline uint32_t
mipro_mask_of(unsigned length)
{
    return length <= 1 ? 0 : UINT32_MAX << (33 - length);
}

static inline unsigned
mipro_length_of(const struct mipro_end *end)
{
    return end->any ? 0 : end->bits + 1u;
}

/* One association while the look-up is built. */
struct mipro_entry {
    uint32_t spi;
    uint32_t rank_shape; /* rank, then shape */
    uint32_t a, b;       /* ends with the longer and the shorter prefix; if equal, ascending */
    int64_t not_before, not_after;
    uint32_t index;
};

static inline uint16_t
mipro_shape_of(const struct mipro_entry *e)
{
    return (uint16_t)e->rank_shape;
}

#define MIPRO_ORDER(x, y) ((x) < (y) ? -1 : (x) > (y))

/*
 * Refuse associations that match equally well.  The entries are sorted by SPI, rank and shape,
 * ends, and time.
 */
bool mipro_refuse_overlap(const struct mipro_keyring *ring, const struct mipro_entry *e, size_t n,
    struct mipro_key_error *err);

#endif
