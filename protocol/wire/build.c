/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_build.h"

#include "mipro_reader.h"

#include <string.h>

/* Append n zero octets; NULL and failed if they do not fit. */
static uint8_t *
extend(struct mipro_build *b, size_t n)
{
    uint8_t *at;

    if (b->failed || n > b->size - b->len) {
        b->failed = true;
        return NULL;
    }
    at = b->buf + b->len;
    memset(at, 0, n);
    b->len += n;
    return at;
}

/* Write an integer field of the message or extension at base, whose fixed part was written. */
static void
store_field(struct mipro_build *b, size_t base, const struct mipro_field_def *f, uint64_t v)
{
    if (b->failed || (f->len < 8 && v >> 8 * f->len != 0)) {
        b->failed = true;
        return;
    }
    mipro_store_be(b->buf + base + f->off, f->len, v);
}

struct mipro_build
mipro_build(
    uint8_t *buf, size_t size, const struct mipro_msg_def *def, const struct mipro_settings *set)
{
    struct mipro_build b = { .buf = buf, .size = size, .set = *set, .def = def };

    if (def == NULL || extend(&b, def->fixed_len) == NULL)
        b.failed = true;
    else
        mipro_put(&b, MIPRO_F_TYPE, def->type);
    return b;
}

static bool
has_begun_ext(const struct mipro_build *b)
{
    return b->ext_off != 0;
}

void
mipro_put(struct mipro_build *b, enum mipro_field id, uint64_t v)
{
    const struct mipro_field_def *f = b->failed ? NULL : mipro_find_field(b->def->fields, id);

    if (f == NULL || f->len == 0) {
        b->failed = true;
        return;
    }
    if (f->off >= b->def->fixed_len) { /* the identification of a tail */
        if (has_begun_ext(b)) {
            b->failed = true;
            return;
        }
        if (b->len == f->off && extend(b, MIPRO_IDENT_LEN) == NULL)
            return;
    }
    store_field(b, 0, f, v);
}

void
mipro_put_target(struct mipro_build *b, uint32_t addr)
{
    uint8_t *at;

    if (b->failed || b->def->tail != MIPRO_TAIL_TARGETS || has_begun_ext(b)) {
        b->failed = true;
        return;
    }
    at = extend(b, 4);
    if (at != NULL)
        mipro_store_be(at, 4, addr);
}

/* The fields of the current extension.  If either shape is allowed, the long one is built. */
static const struct mipro_field_def *
fields_of_ext(const struct mipro_build *b)
{
    if (b->ext_def == NULL)
        return mipro_plain_ext_fields(MIPRO_SHAPE_TLV);
    if (b->ext_def->fields != NULL)
        return b->ext_def->fields;
    return mipro_plain_ext_fields(
        b->ext_def->shape == MIPRO_SHAPE_TLV ? MIPRO_SHAPE_TLV : MIPRO_SHAPE_LONG);
}

size_t
mipro_ext_header_len(const struct mipro_build *b)
{
    const struct mipro_field_def *f = mipro_find_field(fields_of_ext(b), MIPRO_F_EXT_LEN);

    return (size_t)f->off + f->len;
}

/* Set the length field to what has been written so far. */
static void
follow_len(struct mipro_build *b)
{
    if (!b->failed)
        store_field(b, b->ext_off, mipro_find_field(fields_of_ext(b), MIPRO_F_EXT_LEN),
            b->len - b->ext_off - mipro_ext_header_len(b));
}

void
mipro_put_ext(struct mipro_build *b, uint8_t type)
{
    size_t fixed = 0;

    if (b->failed)
        return;
    b->ext_off = b->len;
    b->ext_def = mipro_ext_def(type, &b->set);
    for (const struct mipro_field_def *f = fields_of_ext(b); f->id != MIPRO_F_END; f++)
        if (f->off + f->len > (int)fixed)
            fixed = (size_t)f->off + f->len;
    if (extend(b, fixed) == NULL)
        return;
    mipro_put_ext_field(b, MIPRO_F_EXT_TYPE, type);
    follow_len(b);
}

void
mipro_put_ext_field(struct mipro_build *b, enum mipro_field id, uint64_t v)
{
    const struct mipro_field_def *f =
        b->failed || !has_begun_ext(b) ? NULL : mipro_find_field(fields_of_ext(b), id);
    uint8_t addr[4];

    if (f == NULL) {
        b->failed = true;
    } else if (f->len != 0) {
        store_field(b, b->ext_off, f, v);
    } else if (id == MIPRO_F_WARN_TARGET && v <= UINT32_MAX) {
        mipro_store_be(addr, sizeof(addr), v);
        mipro_put_ext_octets(b, addr, sizeof(addr));
    } else {
        b->failed = true; /* not an integer field: use mipro_put_ext_octets() */
    }
}

void
mipro_put_ext_octets(struct mipro_build *b, const uint8_t *octets, size_t n)
{
    uint8_t *at;

    if (!has_begun_ext(b))
        b->failed = true;
    at = extend(b, n);
    if (at != NULL && n > 0)
        memcpy(at, octets, n);
    follow_len(b);
}
