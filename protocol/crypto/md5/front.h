/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * front.h - shared by the files that feed the lanes; no other file includes it.
 *
 *   lanes.c  MD5 in each width, for any job
 *   wave.c   the fast path, for nearly all authenticators
 */
#ifndef MIPRO_LANES_FRONT_H
#define MIPRO_LANES_FRONT_H

#include "crypto/md5/lanes.h"

#include <string.h>

#define MIPRO_MD5_BLOCK 64u
#define MIPRO_CHUNK 16u /* octets copied or cleared at once */

static const uint32_t mipro_md5_first[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };

/* MD5 is little endian, as most CPUs are. */
static inline uint32_t
mipro_swap_le(uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap32(v);
#else
    return v;
#endif
}

static inline uint32_t
mipro_load_le(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return mipro_swap_le(v);
}

static inline void
mipro_store_le(uint8_t *p, uint32_t v)
{
    v = mipro_swap_le(v);
    memcpy(p, &v, sizeof(v));
}

/* memcpy of a few octets, without the call: spans are short. */
static inline void
mipro_copy_few(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= MIPRO_CHUNK) {
        memcpy(to + n - MIPRO_CHUNK, from + n - MIPRO_CHUNK, MIPRO_CHUNK);
        for (; n > MIPRO_CHUNK; n -= MIPRO_CHUNK, to += MIPRO_CHUNK, from += MIPRO_CHUNK)
            memcpy(to, from, MIPRO_CHUNK);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else {
        for (size_t i = 0; i < n; i++)
            to[i] = from[i];
    }
}

/* A number of lanes that this CPU can hash at once. */
struct mipro_width {
    unsigned lanes;
    /* One compression in the first lanes of a front; NULL if there is only one lane. */
    void (*compress)(struct mipro_front *f);
    /* The same of a block of each room of a wave, from the first on, at this offset. */
    void (*compress_rooms)(struct mipro_wave *wave, unsigned first, size_t at);
    bool broken; /* its results differ from the reference */
};
/* The best for n hashes. */
const struct mipro_width *mipro_lanes_best(size_t n);

typedef uint32_t mipro_four __attribute__((vector_size(16)));

static inline void
mipro_swap_words(struct mipro_front *f, unsigned width)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (unsigned k = 0; k < 16; k++)
        for (unsigned i = 0; i < width; i++)
            f->w[k][i] = mipro_swap_le(f->w[k][i]);
#else
    (void)f;
    (void)width;
#endif
}

static inline void
mipro_store_four(uint8_t *p, mipro_four v)
{
    for (unsigned k = 0; k < 4; k++)
        v[k] = mipro_swap_le(v[k]);
    memcpy(p, &v, sizeof(v));
}

/* Transpose 4 by 4 words. */
static inline void
mipro_turn(mipro_four *a, mipro_four *b, mipro_four *c, mipro_four *d)
{
    mipro_four ab = __builtin_shufflevector(*a, *b, 0, 4, 1, 5);
    mipro_four cd = __builtin_shufflevector(*c, *d, 0, 4, 1, 5);
    mipro_four ab_high = __builtin_shufflevector(*a, *b, 2, 6, 3, 7);
    mipro_four cd_high = __builtin_shufflevector(*c, *d, 2, 6, 3, 7);

    *a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/* Interleave four lanes, from lane i on: each has its words at one of the pointers. */
static inline void
mipro_spread_four(struct mipro_front *f, unsigned i, const uint8_t *p, const uint8_t *q,
    const uint8_t *r, const uint8_t *s)
{
    for (unsigned k = 0; k < 16; k += 4) {
        mipro_four a, b, c, d;

        memcpy(&a, p + 4 * k, sizeof(a));
        memcpy(&b, q + 4 * k, sizeof(b));
        memcpy(&c, r + 4 * k, sizeof(c));
        memcpy(&d, s + 4 * k, sizeof(d));
        mipro_turn(&a, &b, &c, &d);
        *(mipro_four *)&f->w[k][i] = a;
        *(mipro_four *)&f->w[k + 1][i] = b;
        *(mipro_four *)&f->w[k + 2][i] = c;
        *(mipro_four *)&f->w[k + 3][i] = d;
    }
}

#endif
