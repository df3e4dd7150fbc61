/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_reader.h - a bounds-checked cursor; the only pointer arithmetic on input.  Also loads
 * and stores of big-endian integers.
 *
 * The first read past the end sets "failed" and yields zero; every later read
 * also yields zero.  Read a header straight through and test once, before
 * using any of the values.
 */
#ifndef MIPRO_READER_H
#define MIPRO_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct mipro_reader {
    const uint8_t *buf;
    size_t len;
    size_t pos;
    bool failed;
};

static inline struct mipro_reader
mipro_reader(const uint8_t *buf, size_t len)
{
    return (struct mipro_reader){ buf, len, 0, false };
}

static inline size_t
mipro_left(const struct mipro_reader *r)
{
    return r->len - r->pos;
}

/*
 * Big-endian integers, each by a single load: written out octet by octet, the compiler takes such
 * a function for a large one, and calls it instead of inlining it.
 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define MIPRO_BE(bits, v) (v)
#else
#define MIPRO_BE(bits, v) __builtin_bswap##bits(v)
#endif

static inline uint16_t
mipro_be16(const uint8_t octets[2])
{
    uint16_t v;

    memcpy(&v, octets, sizeof(v));
    return MIPRO_BE(16, v);
}

static inline uint32_t
mipro_be32(const uint8_t octets[4])
{
    uint32_t v;

    memcpy(&v, octets, sizeof(v));
    return MIPRO_BE(32, v);
}

static inline uint64_t
mipro_be64(const uint8_t octets[8])
{
    uint64_t v;

    memcpy(&v, octets, sizeof(v));
    return MIPRO_BE(64, v);
}

/*
 * A big-endian integer of n octets, 0 < n <= 8, at offset off of a buffer of len octets.
 * The caller has checked the bounds.  Usually 8 octets are available, and one load suffices.
 */
static inline uint64_t
mipro_be_at(const uint8_t *buf, size_t len, size_t off, size_t n)
{
    uint64_t v = 0;

    if (__builtin_expect(len - off >= 8, 1))
        return mipro_be64(buf + off) >> (64 - 8 * n);
    for (size_t i = 0; i < n; i++)
        v = v << 8 | buf[off + i];
    return v;
}

/* The low n octets of v, big endian. */
static inline void
mipro_store_be(uint8_t *to, size_t n, uint64_t v)
{
    while (n-- > 0) {
        to[n] = (uint8_t)v;
        v >>= 8;
    }
}

/* Borrow n octets and advance past them; NULL and failed if fewer are left. */
static inline const uint8_t *
mipro_get_octets(struct mipro_reader *r, size_t n)
{
    const uint8_t *p;

    if (r->failed || n > mipro_left(r)) { /* left is len - pos: cannot wrap */
        r->failed = true;
        return NULL;
    }
    p = r->buf + r->pos;
    r->pos += n;
    return p;
}

/* A big-endian integer of n octets, 0 < n <= 8. */
static inline uint64_t
mipro_get_be(struct mipro_reader *r, size_t n)
{
    return mipro_get_octets(r, n) != NULL ? mipro_be_at(r->buf, r->len, r->pos - n, n) : 0;
}

static inline uint8_t
mipro_get_u8(struct mipro_reader *r)
{
    const uint8_t *p = mipro_get_octets(r, 1);

    return p != NULL ? *p : 0;
}

static inline uint16_t
mipro_get_u16(struct mipro_reader *r)
{
    return (uint16_t)mipro_get_be(r, 2);
}

static inline uint32_t
mipro_get_u32(struct mipro_reader *r)
{
    return (uint32_t)mipro_get_be(r, 4);
}

/* Move the cursor to offset pos. */
static inline void
mipro_seek(struct mipro_reader *r, size_t pos)
{
    if (r->failed || pos > r->len)
        r->failed = true;
    else
        r->pos = pos;
}

#endif
