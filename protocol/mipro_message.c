/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_message.h"

#include "mipro_reader.h"

#include <string.h>

const char *
mipro_strerror(enum mipro_err err)
{
    switch (err) {
    case MIPRO_OK:
        return "no error";
    case MIPRO_ERR_NOT_OURS:
        return "not a message of route optimization or registration";
    case MIPRO_ERR_TRUNCATED:
        return "the message ends inside its fixed part";
    case MIPRO_ERR_TRAILING:
        return "octets behind the last extension that are none";
    case MIPRO_ERR_OVERRUN:
        return "an extension runs past the end of the payload";
    case MIPRO_ERR_CUT:
        return "the capture ends before the message does";
    }
    return "unknown error";
}

/* How the step from one extension to the next went. */
enum step {
    STEP_WHOLE, /* *e is whole and captured */
    STEP_CUT,   /* *e is framed, but its end was not captured */
    STEP_BLIND, /* its header was not captured */
    STEP_LONE,  /* one octet is left: a type without a length */
    STEP_OVERRUN
};

/* Frame the extension at off < m->len. */
static enum step
frame_ext(const struct mipro_message *m, size_t off, struct mipro_ext *e)
{
    struct mipro_reader r = mipro_reader(m->buf, m->captured);
    size_t left = m->len - off;
    size_t long_len;

    if (left == 1)
        return off < m->captured ? STEP_LONE : STEP_BLIND;
    mipro_seek(&r, off);
    e->off = off;
    e->type = mipro_get_u8(&r);
    e->def = mipro_ext_def(e->type, &m->set);
    e->shape = e->def != NULL ? e->def->shape : MIPRO_SHAPE_TLV;
    e->hdr_len = 2;
    e->body_len = mipro_get_u8(&r);
    if (r.failed)
        return STEP_BLIND;
    if (e->shape != MIPRO_SHAPE_TLV) {
        if (left < 4 && e->shape == MIPRO_SHAPE_LONG)
            return STEP_OVERRUN;
        long_len = mipro_get_u16(&r);
        if (left >= 4 && r.failed)
            return STEP_BLIND;
        if (e->shape == MIPRO_SHAPE_EITHER && (left < 4 || long_len > left - 4)) {
            e->shape = MIPRO_SHAPE_TLV;
        } else {
            e->shape = MIPRO_SHAPE_LONG;
            e->hdr_len = 4;
            e->body_len = long_len;
        }
    }
    if (e->body_len > left - e->hdr_len)
        return STEP_OVERRUN;
    return off + mipro_ext_len(e) > m->captured ? STEP_CUT : STEP_WHOLE;
}

/* Walk the extensions from m->ext_off; set what the walk finds. */
static void
walk_extensions(struct mipro_message *m)
{
    struct mipro_ext e;

    m->ext_end = m->ext_off;
    m->n_ext = 0;
    while (m->ext_end < m->len) {
        switch (frame_ext(m, m->ext_end, &e)) {
        case STEP_WHOLE:
            m->ext_end += mipro_ext_len(&e);
            m->n_ext++;
            continue;
        case STEP_CUT:
        case STEP_BLIND:
            m->err = MIPRO_ERR_CUT;
            break;
        case STEP_LONE:
            m->err = MIPRO_ERR_TRAILING;
            break;
        case STEP_OVERRUN:
            m->err = MIPRO_ERR_OVERRUN;
            break;
        }
        m->err_off = m->ext_end;
        return;
    }
    m->err = MIPRO_OK;
    m->err_off = m->ext_end;
}

/* The types with which a chain of extensions may begin behind a short acknowledge. */
static bool
begins_chain(uint8_t type, const struct mipro_settings *set)
{
    return type == set->warning_ext || (type >= 32 && type <= 36) || type == MIPRO_EXT_PFAN ||
           (type >= 131 && type <= 134);
}

/*
 * Do the octets at off parse as whole extensions to the exact end of the
 * payload, the first of a known type?  What was not captured is given the
 * benefit of the doubt.
 */
static bool
parses_as_chain(const struct mipro_message *m, size_t off)
{
    struct mipro_message probe = *m;

    if (off >= m->len || off >= m->captured || !begins_chain(m->buf[off], &m->set))
        return false;
    probe.ext_off = off;
    walk_extensions(&probe);
    return probe.err == MIPRO_OK || probe.err == MIPRO_ERR_CUT;
}

/* Do the octets at off parse as whole extensions of any type, or as none, to the end? */
static bool
parses_to_end(const struct mipro_message *m, size_t off)
{
    struct mipro_message probe = *m;

    if (off > m->len)
        return false;
    probe.ext_off = off;
    walk_extensions(&probe);
    return probe.err == MIPRO_OK || probe.err == MIPRO_ERR_CUT;
}

/* Ruling 1: has this Binding Acknowledge an identification? */
static bool
has_open_ident(const struct mipro_message *m, enum mipro_ident_hint hint)
{
    size_t fixed = m->def->fixed_len;
    bool as_ident;

    if (m->len == fixed)
        return false;
    if (!parses_as_chain(m, fixed))
        return true;
    as_ident = parses_to_end(m, fixed + 8);
    return hint == MIPRO_IDENT_PRESENT && as_ident;
}

bool
mipro_ident_is_open(const struct mipro_message *m)
{
    return m->def != NULL && m->def->tail == MIPRO_TAIL_IDENT_OPEN && m->len > m->def->fixed_len &&
           parses_as_chain(m, m->def->fixed_len) && parses_to_end(m, m->def->fixed_len + 8u);
}

/*
 * Ruling 2: where do the targets of a Binding Warning end?  An authenticator of
 * MD5's size is tried first, then every other.
 */
static size_t
find_targets_end(const struct mipro_message *m, size_t off)
{
    size_t odd = (m->len - off) % 4;

    if (odd == 0)
        return m->len;
    for (size_t body = 20; m->captured == m->len && body <= 0xff;
         body = body == 20 ? 4 : body + 1) {
        size_t at;

        if (m->len - off < 2 + body)
            break;
        at = m->len - 2 - body;
        if ((at - off) % 4 == 0 && m->buf[at] == mipro_auth_ext_type(&m->set) &&
            m->buf[at + 1] == body)
            return at;
    }
    return m->len - odd;
}

static void
read_fields(struct mipro_message *m, size_t end)
{
    struct mipro_reader r = mipro_reader(m->buf, m->captured < end ? m->captured : end);

    for (const struct mipro_field_def *f = m->def->fields; f->id != MIPRO_F_END; f++) {
        if (f->len == 0 || f->off + f->len > r.len)
            continue;
        mipro_seek(&r, f->off);
        m->value[f->id] = mipro_get_be(&r, f->len);
        m->present |= UINT32_C(1) << f->id;
    }
}

static enum mipro_err
parse_as(struct mipro_message *m, const struct mipro_msg_def *def, enum mipro_ident_hint hint)
{
    size_t fixed = def->fixed_len;
    bool blind = false;

    m->def = def;
    m->present = 0;
    memset(m->value, 0, sizeof(m->value));
    m->n_targets = 0;
    m->n_ext = 0;
    if (m->len >= fixed) {
        switch (def->tail) {
        case MIPRO_TAIL_NONE:
        case MIPRO_TAIL_TARGETS:
            break;
        case MIPRO_TAIL_IDENT_FLAGGED:
            if (m->captured < 2)
                blind = true;
            else if ((m->buf[1] & MIPRO_BU_I) != 0)
                fixed += 8;
            break;
        case MIPRO_TAIL_IDENT_OPEN:
            if (has_open_ident(m, hint))
                fixed += 8;
            break;
        }
    }
    read_fields(m, fixed);
    m->ext_off = m->ext_end = fixed;
    if (m->len < fixed) {
        m->ext_off = m->ext_end = m->len;
        m->err = MIPRO_ERR_TRUNCATED;
        m->err_off = m->len;
        return m->err;
    }
    if (blind || m->captured < fixed) {
        m->ext_off = m->ext_end = m->captured;
        m->err = MIPRO_ERR_CUT;
        m->err_off = m->captured;
        return m->err;
    }
    if (def->tail == MIPRO_TAIL_TARGETS) {
        size_t end = find_targets_end(m, fixed);
        size_t seen = m->captured < end ? m->captured : end;

        m->n_targets = (seen - fixed) / 4;
        m->ext_off = m->ext_end = fixed + 4 * m->n_targets;
        if (seen < end || (m->captured < m->len && end + 4 > m->len)) {
            m->err = MIPRO_ERR_CUT;
            m->err_off = m->ext_end;
            return m->err;
        }
        if (end < m->len && m->len - end < 4) {
            m->err = MIPRO_ERR_TRAILING;
            m->err_off = end;
            return m->err;
        }
    }
    walk_extensions(m);
    return m->err;
}

/*
 * Ruling 5: the octets do not parse as the draft's, and do parse, to their exact
 * end, as RFC 4881's or RFC 4857's with an authentication extension that is not 35.
 */
static bool
is_iana_only(const struct mipro_message *as_draft)
{
    const struct mipro_msg_def *def = mipro_msg_def(as_draft->def->type, MIPRO_SOURCE_IANA);
    struct mipro_message m = *as_draft;

    if (as_draft->err == MIPRO_OK || as_draft->err == MIPRO_ERR_CUT)
        return false;
    if (parse_as(&m, def, MIPRO_IDENT_UNKNOWN) != MIPRO_OK)
        return false;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(&m, &e);)
        if (e.def != NULL && e.def->auth && e.type != MIPRO_EXT_AUTH)
            return true;
    return false;
}

enum mipro_err
mipro_message_parse(struct mipro_message *m, const uint8_t *buf, size_t captured, size_t len,
    const struct mipro_settings *set, enum mipro_ident_hint hint)
{
    const struct mipro_msg_def *def;

    m->buf = buf;
    m->captured = captured < len ? captured : len;
    m->len = len;
    m->set = *set;
    m->def = NULL;
    m->err = MIPRO_ERR_NOT_OURS;
    m->err_off = m->ext_off = m->ext_end = 0;
    m->present = 0;
    m->n_targets = 0;
    m->n_ext = 0;
    memset(m->value, 0, sizeof(m->value));
    if (m->captured == 0)
        return m->err;

    def = mipro_msg_def(buf[0], MIPRO_SOURCE_BASE);
    if (def != NULL)
        return parse_as(m, def, hint);
    def = mipro_msg_def(buf[0], MIPRO_SOURCE_DRAFT);
    if (def == NULL)
        return m->err;
    if (set->reading == MIPRO_READING_IANA)
        return parse_as(m, mipro_msg_def(buf[0], MIPRO_SOURCE_IANA), hint);
    parse_as(m, def, hint);
    if (set->reading == MIPRO_READING_AUTO && is_iana_only(m))
        parse_as(m, mipro_msg_def(buf[0], MIPRO_SOURCE_IANA), hint);
    return m->err;
}

uint32_t
mipro_target(const struct mipro_message *m, size_t i)
{
    struct mipro_reader r = mipro_reader(m->buf, m->captured);

    mipro_seek(&r, m->def->fixed_len + 4 * i);
    return i < m->n_targets ? mipro_get_u32(&r) : 0;
}

bool
mipro_ext_next(const struct mipro_message *m, struct mipro_ext *e)
{
    size_t off = e->hdr_len == 0 ? m->ext_off : e->off + mipro_ext_len(e);

    return off < m->ext_end && frame_ext(m, off, e) == STEP_WHOLE;
}

bool
mipro_ext_find(const struct mipro_message *m, uint8_t type, struct mipro_ext *e)
{
    memset(e, 0, sizeof(*e));
    while (mipro_ext_next(m, e))
        if (e->type == type)
            return true;
    return false;
}

bool
mipro_ext_cut(const struct mipro_message *m, struct mipro_ext *e)
{
    /* err_off is where it begins only if the walk over the extensions was reached. */
    return m->err == MIPRO_ERR_CUT && m->def != NULL && m->ext_off >= m->def->fixed_len &&
           m->err_off == m->ext_end && m->err_off < m->captured &&
           (m->def->tail != MIPRO_TAIL_TARGETS) && frame_ext(m, m->err_off, e) == STEP_CUT;
}

const struct mipro_field_def *
mipro_ext_fields(const struct mipro_ext *e)
{
    return e->def != NULL && e->def->fields != NULL ? e->def->fields
                                                    : mipro_plain_ext_fields(e->shape);
}

const uint8_t *
mipro_ext_octets(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, size_t *len)
{
    const struct mipro_field_def *f = mipro_find_field(mipro_ext_fields(e), id);
    size_t size = mipro_ext_len(e);

    if (f == NULL || f->off + f->len > size || e->off + f->off + f->len > m->captured)
        return NULL;
    *len = f->len != 0 ? f->len : size - f->off;
    if (e->off + f->off + *len > m->captured)
        *len = m->captured - e->off - f->off;
    return m->buf + e->off + f->off;
}

bool
mipro_ext_value(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, uint64_t *value)
{
    size_t len;
    const uint8_t *p = mipro_ext_octets(m, e, id, &len);
    struct mipro_reader r;

    if (p == NULL || len > 8)
        return false;
    r = mipro_reader(p, len);
    *value = mipro_get_be(&r, len);
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

bool
mipro_advert_parse(struct mipro_advert *a, const uint8_t *icmp, size_t captured, size_t len)
{
    struct mipro_reader r = mipro_reader(icmp, captured < len ? captured : len);
    uint8_t code, n, words;

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
        uint8_t type;

        a->off = r.pos;
        type = mipro_get_u8(&r);
        if (type == 0) /* padding has no length octet (RFC 2002 2.1.3) */
            continue;
        a->ext_len = mipro_get_u8(&r);
        if (type == MIPRO_ADVERT_TYPE && a->ext_len >= MIPRO_ADVERT_MIN_LEN) {
            size_t body = a->ext_len - MIPRO_ADVERT_MIN_LEN;

            if (a->off + 2u + a->ext_len > len)
                return false;
            a->sequence = mipro_get_u16(&r);
            a->life = mipro_get_u16(&r);
            a->flags = mipro_get_u16(&r);
            a->n_coa = (mipro_left(&r) < body ? mipro_left(&r) : body) / 4;
            return !r.failed;
        }
        (void)mipro_get_octets(&r, a->ext_len);
    }
    return false;
}
