/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_reader.h - a bounds-checked cursor; the only pointer arithmetic on input.
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

/* Borrow n octets and step over them; NULL and failed if they are not there. */
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

/* A big-endian integer of n octets, n <= 8. */
static inline uint64_t
mipro_get_be(struct mipro_reader *r, size_t n)
{
    const uint8_t *p = mipro_get_octets(r, n);
    uint64_t v = 0;

    for (size_t i = 0; p != NULL && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static inline uint8_t
mipro_get_u8(struct mipro_reader *r)
{
    return (uint8_t)mipro_get_be(r, 1);
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

/* Place the cursor at pos, from the first octet. */
static inline void
mipro_seek(struct mipro_reader *r, size_t pos)
{
    if (r->failed || pos > r->len)
        r->failed = true;
    else
        r->pos = pos;
}

#endif
