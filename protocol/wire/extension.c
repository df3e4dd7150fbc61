/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contents of an extension, and of a router advertisement: fields, octets, lists.
 * parse.c finds where extensions begin and end.
 */
#include "mipro_message.h"

#include "mipro_reader.h"

const struct mipro_field_def *
mipro_ext_fields(const struct mipro_ext *e)
{
    return e->def != NULL && e->def->fields != NULL ? e->def->fields
                                                    : mipro_plain_ext_fields(e->shape);
}

/* The octets of the field described by f; NULL if f is NULL. */
static inline const uint8_t *
row_octets(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_field_def *f, size_t *len)
{
    struct mipro_reader r = mipro_reader(m->buf, m->captured);
    size_t size = mipro_ext_len(e);

    if (f == NULL || (size_t)f->off + f->len > size)
        return NULL;
    mipro_seek(&r, e->off + f->off);
    *len = f->len != 0 ? f->len : size - f->off;
    if (f->len == 0 && *len > mipro_left(&r))
        *len = mipro_left(&r); /* a list or authenticator that was cut */
    return mipro_get_octets(&r, *len);
}

const uint8_t *
mipro_ext_octets(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, size_t *len)
{
    return row_octets(m, e, mipro_find_field(mipro_ext_fields(e), id), len);
}

bool
mipro_ext_spi(const struct mipro_message *m, const struct mipro_ext *e, uint32_t *spi)
{
    size_t off = e->def != NULL ? e->def->spi_off : 0;

    if (off == 0 || off + sizeof(*spi) > mipro_ext_len(e) ||
        e->off + off + sizeof(*spi) > m->captured)
        return false;
    *spi = (uint32_t)mipro_be_at(m->buf, m->captured, e->off + off, sizeof(*spi));
    return true;
}

const uint8_t *
mipro_ext_authenticator(const struct mipro_message *m, const struct mipro_ext *e, size_t *len)
{
    size_t off = e->def != NULL ? e->def->spi_off : 0;
    size_t end = e->off + mipro_ext_len(e);

    off += e->off + sizeof(uint32_t);
    if (off == e->off + sizeof(uint32_t) || off > end || off > m->captured)
        return NULL;
    *len = (end < m->captured ? end : m->captured) - off;
    return m->buf + off;
}

bool
mipro_ext_value(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, uint64_t *value)
{
    size_t len;
    const uint8_t *p = mipro_ext_octets(m, e, id, &len);

    if (p == NULL || len > 8)
        return false;
    /* Load from the payload, not the field, so that mipro_be_at() may read 8 octets at once. */
    *value = len != 0 ? mipro_be_at(m->buf, m->captured, (size_t)(p - m->buf), len) : 0;
    return true;
}

size_t
mipro_ext_addresses(const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id)
{
    size_t len;

    return mipro_ext_octets(m, e, id, &len) != NULL ? len / 4 : 0;
}

uint32_t
mipro_ext_address(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, size_t i)
{
    size_t len;
    const uint8_t *p = mipro_ext_octets(m, e, id, &len);
    struct mipro_reader r;

    if (p == NULL || i >= len / 4)
        return 0;
    r = mipro_reader(p, len);
    mipro_seek(&r, 4 * i);
    return mipro_get_u32(&r);
}

const uint8_t *
mipro_message_nai(const struct mipro_message *m, size_t *len)
{
    struct mipro_ext e;
    const uint8_t *octets;

    *len = 0;
    if (!mipro_ext_find(m, MIPRO_EXT_NAI, &e))
        return NULL;
    octets = mipro_ext_octets(m, &e, MIPRO_F_EXT_DATA, len);
    return *len != 0 ? octets : NULL;
}

/* The extension at a->off; r is past its length octet.  False if it overruns the packet. */
static bool
parse_advert(struct mipro_advert *a, struct mipro_reader *r, size_t len)
{
    size_t body = a->ext_len - MIPRO_ADVERT_MIN_LEN;

    if (a->off + 2u + a->ext_len > len)
        return false;
    a->sequence = mipro_get_u16(r);
    a->life = mipro_get_u16(r);
    a->flags = mipro_get_u16(r);
    a->n_coa = (mipro_left(r) < body ? mipro_left(r) : body) / 4;
    if (a->n_coa != 0) {
        a->coa = mipro_get_octets(r, 4 * a->n_coa);
        body -= 4 * a->n_coa;
    }
    if (r->failed)
        return false;
    (void)mipro_get_octets(r, body); /* the capture may lack the rest */
    return true;
}

bool
mipro_advert_parse(struct mipro_advert *a, const uint8_t *icmp, size_t captured, size_t len)
{
    struct mipro_reader r = mipro_reader(icmp, captured < len ? captured : len);
    uint8_t code, n, words;
    bool found = false;

    *a = (struct mipro_advert){ 0 };
    if (mipro_get_u8(&r) != 9)
        return false;
    code = mipro_get_u8(&r);
    (void)mipro_get_u16(&r); /* checksum */
    n = mipro_get_u8(&r);
    words = mipro_get_u8(&r);
    (void)mipro_get_u16(&r); /* lifetime of the routers */
    if (code != 0 && code != 16)
        return false;
    (void)mipro_get_octets(&r, 4u * n * words);
    while (!r.failed && mipro_left(&r) > 0) {
        size_t off = r.pos;
        uint8_t type = mipro_get_u8(&r), ext_len;
        const uint8_t *octets;

        if (type == 0) /* padding has no length octet (RFC 2002 2.1.3) */
            continue;
        ext_len = mipro_get_u8(&r);
        if (!found && type == MIPRO_ADVERT_TYPE && ext_len >= MIPRO_ADVERT_MIN_LEN) {
            a->off = off;
            a->ext_len = ext_len;
            found = parse_advert(a, &r, len);
            if (!found)
                return false;
            continue;
        }
        octets = mipro_get_octets(&r, ext_len);
        if (type == MIPRO_ADVERT_CHALLENGE && octets != NULL && ext_len != 0 &&
            a->challenge == NULL) {
            a->challenge = octets;
            a->challenge_len = ext_len;
        }
    }
    return found;
}

uint32_t
mipro_advert_coa(const struct mipro_advert *a, size_t i)
{
    struct mipro_reader r = mipro_reader(a->coa, 4 * a->n_coa);

    (void)mipro_get_octets(&r, 4 * i);
    return mipro_get_u32(&r);
}
