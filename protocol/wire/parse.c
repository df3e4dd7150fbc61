/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/parse_plain.h"

#include "mipro_algorithm.h"
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
        return "trailing octets after the last extension";
    case MIPRO_ERR_OVERRUN:
        return "an extension runs past the end of the payload";
    case MIPRO_ERR_CUT:
        return "the capture ends before the message does";
    }
    return "unknown error";
}

/* The result of framing one extension. */
enum step {
    STEP_WHOLE, /* *e is whole and captured */
    STEP_CUT,   /* *e is framed, but its end was not captured */
    STEP_BLIND, /* its header was not captured */
    STEP_LONE,  /* one octet is left: a type without a length */
    STEP_OVERRUN
};

/* Can an extension begin at off, or the payload end there? */
static bool
may_follow(const struct mipro_message *m, size_t off)
{
    return off == m->len ||
           (off < m->len && (off >= m->captured || mipro_ext_def(m->buf[off], &m->set) != NULL));
}

/*
 * Is the extension at off, whose type allows both forms, the long one?  Not if the long form
 * overruns the payload, nor if an extension can follow the short form only.
 */
static bool
is_long(const struct mipro_message *m, size_t off, size_t short_len, size_t long_len)
{
    size_t left = m->len - off;

    if (long_len > left - 4)
        return false;
    return may_follow(m, off + 4 + long_len) || short_len > left - 2 ||
           !may_follow(m, off + 2 + short_len);
}

/* Frame the extension at off < m->len. */
static inline enum step
frame_ext(const struct mipro_message *m, size_t off, struct mipro_ext *e)
{
    size_t left = m->len - off;
    size_t seen = off < m->captured ? m->captured - off : 0;
    uint64_t head;

    if (seen < 2)
        return seen == 1 && left == 1 ? STEP_LONE : STEP_BLIND;
    head = mipro_be_at(m->buf, m->captured, off, 2); /* type and length at once */
    e->type = (uint8_t)(head >> 8);
    e->off = (uint32_t)off;
    e->def = mipro_ext_def(e->type, &m->set);
    e->shape = MIPRO_SHAPE_TLV;
    if (e->def != NULL)
        e->shape = e->def->shape;
    e->hdr_len = 2;
    e->body_len = head & 0xff;
    if (e->shape != MIPRO_SHAPE_TLV) {
        size_t long_len = seen >= 4 ? mipro_be_at(m->buf, m->captured, off + 2, 2) : 0;

        if (seen < 4 && left >= 4)
            return STEP_BLIND;
        if (left < 4 && e->shape == MIPRO_SHAPE_LONG)
            return STEP_OVERRUN;
        if (e->shape == MIPRO_SHAPE_EITHER &&
            (seen < 4 || !is_long(m, off, e->body_len, long_len))) {
            e->shape = MIPRO_SHAPE_TLV;
        } else {
            e->shape = MIPRO_SHAPE_LONG;
            e->hdr_len = 4;
            e->body_len = (uint32_t)long_len;
        }
    }
    if (e->body_len > left - e->hdr_len)
        return STEP_OVERRUN;
    return off + mipro_ext_len(e) > m->captured ? STEP_CUT : STEP_WHOLE;
}

static inline bool
discards(const struct mipro_message *m, const struct mipro_ext *e)
{
    if (e->type >= 128)
        return false;
    return e->def == NULL || ((e->def->in & m->def->in) == 0 && (e->def->in & MIPRO_IN_IANA) != 0);
}

bool
mipro_ext_discards(const struct mipro_message *m, const struct mipro_ext *e)
{
    return discards(m, e);
}

/* The result of a walk over the extensions. */
struct walk {
    enum mipro_err err; /* MIPRO_OK: whole extensions to the exact end of the payload */
    size_t end;         /* end of the last whole extension */
    unsigned n, n_unknown;
};

/* Sets *first to the first whole extension, if there is one. */
static struct walk
walk_extensions(const struct mipro_message *m, size_t off, struct mipro_ext *first)
{
    struct walk w = { MIPRO_OK, off, 0, 0 };
    struct mipro_ext more, *e = first;

    while (w.err == MIPRO_OK && w.end < m->len) {
        switch (frame_ext(m, w.end, e)) {
        case STEP_WHOLE:
            w.end += mipro_ext_len(e);
            w.n++;
            w.n_unknown += discards(m, e);
            e = &more;
            break;
        case STEP_CUT:
        case STEP_BLIND:
            w.err = MIPRO_ERR_CUT;
            break;
        case STEP_LONE:
            w.err = MIPRO_ERR_TRAILING;
            break;
        case STEP_OVERRUN:
            w.err = MIPRO_ERR_OVERRUN;
            break;
        }
    }
    return w;
}

/*
 * Do the octets at off parse as whole extensions to the exact end of the
 * payload?  What was not captured is given the benefit of the doubt.
 */
static bool
parses_to_end(const struct mipro_message *m, size_t off)
{
    struct mipro_ext first;
    enum mipro_err err;

    if (off > m->len)
        return false;
    err = walk_extensions(m, off, &first).err;
    return err == MIPRO_OK || err == MIPRO_ERR_CUT;
}

/* The same, where the first extension also has a type that can begin a chain. */
static bool
parses_as_chain(const struct mipro_message *m, size_t off)
{
    return off < m->len && off < m->captured && mipro_begins_chain(m->buf[off], &m->set) &&
           parses_to_end(m, off);
}

/* Is there an authentication extension at off that ends the payload? */
static bool
ends_in_auth(const struct mipro_message *m, size_t off)
{
    struct mipro_ext e;
    enum step step;

    if (off >= m->captured || m->buf[off] != mipro_auth_ext_type(&m->set))
        return false;
    step = frame_ext(m, off, &e);
    return (step == STEP_WHOLE || step == STEP_CUT) && off + mipro_ext_len(&e) == m->len;
}

/*
 * Do the octets parse with an identification after the fixed part?  An authenticator may happen
 * to parse as extensions: so if an authentication extension begins right after the fixed part
 * and ends the payload, the octets after an identification must also begin with a type that can
 * begin a chain, and have been captured.
 */
static bool
parses_with_ident(const struct mipro_message *m)
{
    size_t fixed = m->def->fixed_len, off = fixed + MIPRO_IDENT_LEN;

    return parses_to_end(m, off) && (!ends_in_auth(m, fixed) || parses_as_chain(m, off));
}

/*
 * The capture cut what looks like a chain of extensions after the fixed part, so it is unknown
 * whether that chain ends with the payload; but with an identification, an authenticator does.
 */
static bool
looks_like_ident(const struct mipro_message *m)
{
    size_t fixed = m->def->fixed_len;
    struct mipro_ext first;

    return m->captured < m->len && !ends_in_auth(m, fixed) &&
           ends_in_auth(m, fixed + MIPRO_IDENT_LEN) &&
           walk_extensions(m, fixed, &first).err == MIPRO_ERR_CUT;
}

/*
 * Are the octets after the fixed part an identification that only looks like an extension?  The
 * extension would have eight octets, which is too short for its type: there is room for an SPI or a
 * home address and nothing else.  And an authenticator follows, or may, where the capture ends.
 */
static bool
is_no_extension(const struct mipro_message *m)
{
    size_t fixed = m->def->fixed_len, end = fixed + MIPRO_IDENT_LEN;
    struct mipro_ext e;
    enum step step = frame_ext(m, fixed, &e);

    return (step == STEP_WHOLE || step == STEP_CUT) && mipro_ext_len(&e) == MIPRO_IDENT_LEN &&
           e.def != NULL &&
           (e.def->auth || e.type == MIPRO_EXT_PFAN || e.type == m->set.warning_ext) &&
           (ends_in_auth(m, end) || (end >= m->captured && end < m->len));
}

/*
 * With an identification, an authenticator ends the payload; as extensions, one of them contains
 * its beginning.  Then it is an identification.
 */
static bool
hides_auth(const struct mipro_message *m)
{
    size_t fixed = m->def->fixed_len, end = fixed + MIPRO_IDENT_LEN, off = fixed;
    struct mipro_ext e;
    enum step step;

    if (!ends_in_auth(m, end) || ends_in_auth(m, fixed))
        return false;
    while (off < end) {
        step = frame_ext(m, off, &e);
        if (step != STEP_WHOLE && step != STEP_CUT)
            return false;
        off += mipro_ext_len(&e);
    }
    return off != end;
}

/*
 * The capture ends within what is an identification, or an extension other than the authenticator:
 * its first octets do not tell.
 */
static bool
is_cut_before(const struct mipro_message *m)
{
    size_t fixed = m->def->fixed_len;
    struct mipro_ext first;

    return m->captured < m->len && m->captured < fixed + MIPRO_IDENT_LEN + 2 &&
           !ends_in_auth(m, fixed) && walk_extensions(m, fixed, &first).n == 0;
}

bool
mipro_ident_is_open(const struct mipro_message *m)
{
    /* The fast path takes none that has the type of an extension after its fixed part. */
    return !m->plain && m->def != NULL && m->def->tail == MIPRO_TAIL_IDENT_OPEN &&
           parses_as_chain(m, m->def->fixed_len) && parses_with_ident(m) && !looks_like_ident(m) &&
           !is_no_extension(m);
}

/*
 * Does the message have an identification after its fixed part?  MIPRO_IDENT_UNKNOWN: the
 * octets that decide it were not captured.
 */
static enum mipro_ident_hint
find_ident(const struct mipro_message *m, enum mipro_ident_hint hint)
{
    size_t fixed = m->def->fixed_len;

    switch (m->def->tail) {
    case MIPRO_TAIL_NONE:
    case MIPRO_TAIL_TARGETS:
        break;
    case MIPRO_TAIL_IDENT_FLAGGED:
        if (m->captured < 2)
            return MIPRO_IDENT_UNKNOWN;
        return (m->buf[1] & MIPRO_BU_I) != 0 ? MIPRO_IDENT_PRESENT : MIPRO_IDENT_ABSENT;
    case MIPRO_TAIL_IDENT_OPEN: /* ruling 1 */
        if (m->len == fixed)
            return MIPRO_IDENT_ABSENT;
        if (m->captured <= fixed)
            return MIPRO_IDENT_UNKNOWN;
        if (!parses_as_chain(m, fixed) || looks_like_ident(m) || is_no_extension(m))
            return MIPRO_IDENT_PRESENT;
        if (hint == MIPRO_IDENT_PRESENT && parses_with_ident(m))
            return MIPRO_IDENT_PRESENT;
        if (hint == MIPRO_IDENT_UNKNOWN && hides_auth(m))
            return MIPRO_IDENT_PRESENT;
        if (hint == MIPRO_IDENT_UNKNOWN && is_cut_before(m))
            return MIPRO_IDENT_UNKNOWN;
        break;
    }
    return MIPRO_IDENT_ABSENT;
}

/*
 * Ruling 2: the end of a Binding Warning's targets, which begin at off.  An authenticator of
 * an algorithm's size is tried first, the longest that fits: the end of its octets might look
 * like a shorter extension.  Extension 36 may be a multiple of 4 octets, so that the length does
 * not reveal it: it counts if it has such a size.
 */
static size_t
find_targets_end(const struct mipro_message *m, size_t off)
{
    const struct mipro_ext_def *def = mipro_ext_def(mipro_auth_ext_type(&m->set), &m->set);
    size_t size = m->len - off;
    size_t end = m->len - size % 4, most = 0;

    for (unsigned i = 0; i < MIPRO_ALGORITHMS; i++) {
        size_t len = def->spi_off + sizeof(uint32_t) + mipro_algorithm_defs[i].size;

        if (size >= len && (size - len) % 4 == 0 && len > most && ends_in_auth(m, m->len - len))
            most = len;
    }
    if (most != 0)
        return m->len - most;
    if (end == m->len)
        return end;
    for (size_t at = end; at >= off; at -= 4)
        if (ends_in_auth(m, at))
            return at;
    return end;
}

static void
set_field(struct mipro_message *m, enum mipro_field id, uint64_t value)
{
    if (id == MIPRO_F_IDENT)
        m->ident = value;
    else
        m->value[id] = (uint32_t)value;
}

static void
clear_fields(struct mipro_message *m)
{
    m->present = 0;
    memset(m->value, 0, sizeof(m->value));
    m->ident = 0;
}

/* Read the integer fields that end at or before end.  The list ascends; addresses come last. */
static void
read_fields(struct mipro_message *m, size_t end)
{
    const struct mipro_field_def *f = m->def->fields;
    uint32_t present = 0;

    clear_fields(m); /* of another reading of the message */
    if (end > m->captured)
        end = m->captured;
    for (; f->len != 0 && (size_t)f->off + f->len <= end; f++) {
        set_field(m, f->id, mipro_be_at(m->buf, m->captured, f->off, f->len));
        present |= UINT32_C(1) << f->id;
    }
    m->present = present;
}

/* End parsing without a walk over the extensions. */
static enum mipro_err
stop(struct mipro_message *m, enum mipro_err err, size_t ext_off, size_t err_off)
{
    m->ext_off = m->ext_end = (uint32_t)ext_off;
    m->err_off = (uint32_t)err_off;
    m->err = err;
    return err;
}

static enum mipro_err
parse_as(struct mipro_message *m, const struct mipro_msg_def *def, enum mipro_ident_hint hint)
{
    size_t fixed = def->fixed_len;
    enum mipro_ident_hint ident;
    struct walk w;

    m->def = def;
    if (m->len < fixed) {
        read_fields(m, fixed);
        return stop(m, MIPRO_ERR_TRUNCATED, m->len, m->len);
    }
    ident = find_ident(m, hint);
    if (ident == MIPRO_IDENT_PRESENT)
        fixed += MIPRO_IDENT_LEN;
    read_fields(m, fixed);
    if (m->len < fixed)
        return stop(m, MIPRO_ERR_TRUNCATED, m->len, m->len);
    if (ident == MIPRO_IDENT_UNKNOWN || m->captured < fixed)
        return stop(m, MIPRO_ERR_CUT, m->captured, m->captured);

    if (def->tail == MIPRO_TAIL_TARGETS) {
        size_t end = find_targets_end(m, fixed);
        size_t seen = m->captured < end ? m->captured : end;

        m->n_targets = (uint32_t)(seen - fixed) / 4;
        fixed += 4 * (size_t)m->n_targets;
        if (seen < end)
            return stop(m, MIPRO_ERR_CUT, fixed, m->captured);
        if (end < m->len && !ends_in_auth(m, end)) {
            if (m->captured < m->len)
                return stop(m, MIPRO_ERR_CUT, fixed, m->captured);
            return stop(m, MIPRO_ERR_TRAILING, fixed, end);
        }
    }
    m->ext_off = (uint32_t)fixed;
    w = walk_extensions(m, fixed, &m->first);
    m->ext_end = m->err_off = (uint32_t)w.end;
    m->n_ext = w.n;
    m->n_unknown = w.n_unknown;
    m->err = w.err;
    return m->err;
}

static void
begin(struct mipro_message *m, const uint8_t *buf, size_t captured, size_t len,
    const struct mipro_settings *set)
{
    m->buf = buf;
    m->len = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX;
    m->captured = captured < m->len ? (uint32_t)captured : m->len;
    m->set = *set;
    m->def = NULL;
    m->plain = false;
    clear_fields(m);
    m->n_targets = 0;
    m->n_ext = m->n_unknown = 0;
    stop(m, MIPRO_ERR_NOT_OURS, 0, 0);
}

/* Does an extension of this type authenticate messages of RFC 4881 or RFC 4857? */
static bool
is_iana_auth(const struct mipro_ext *e)
{
    return e->def != NULL && e->def->auth && e->type != MIPRO_EXT_AUTH;
}

/* The extensions reach the exact end of the payload, and one of them authenticates it. */
static bool
parses_as_iana(const struct mipro_message *m)
{
    struct mipro_ext e = { 0 };
    bool is_signed = false;

    while (mipro_ext_next(m, &e))
        is_signed = is_signed || is_iana_auth(&e);
    /* If the capture cuts the last one, its length still says where it ends. */
    if (mipro_ext_cut(m, &e) && e.off + mipro_ext_len(&e) == m->len)
        return is_signed || is_iana_auth(&e);
    return is_signed && m->err == MIPRO_OK;
}

/* The layout has no error in the octets that were captured. */
static bool
is_whole(const struct mipro_message *m)
{
    return m->err == MIPRO_OK || m->err == MIPRO_ERR_CUT;
}

/*
 * Ruling 5: a payload that does not parse as the draft's is IANA's if it parses, to its exact
 * end, as RFC 4881's or RFC 4857's with an authentication extension other than 35.  A chain
 * of extensions for which the receiver would discard the message does not count as a parse:
 * random octets form one too often.  If both layouts give such a chain, the draft's is used.
 */
static void
read_anew(struct mipro_message *m)
{
    struct mipro_message other;

    if (m->set.reading != MIPRO_READING_AUTO || !mipro_is_draft(m))
        return;
    begin(&other, m->buf, m->captured, m->len, &m->set);
    parse_as(&other, mipro_msg_def(m->def->type, MIPRO_SOURCE_IANA), MIPRO_IDENT_UNKNOWN);
    if (parses_as_iana(&other) && (other.n_unknown == 0 || !is_whole(m)))
        *m = other;
}

enum mipro_err
mipro_message_parse_general(struct mipro_message *m, const uint8_t *buf, size_t captured,
    size_t len, const struct mipro_settings *set, enum mipro_ident_hint hint)
{
    const struct mipro_msg_def *def;

    begin(m, buf, captured, len, set);
    def = m->captured != 0 ? mipro_def_of(buf[0], set) : NULL;
    if (def == NULL)
        return m->err;
    parse_as(m, def, hint);
    if (!is_whole(m) || m->n_unknown > 0)
        read_anew(m);
    return m->err;
}

uint32_t
mipro_target(const struct mipro_message *m, size_t i)
{
    struct mipro_reader r = mipro_reader(m->buf, m->captured);

    if (i >= m->n_targets)
        return 0;
    mipro_seek(&r, m->def->fixed_len + 4 * i);
    return mipro_get_u32(&r);
}

bool
mipro_ext_next(const struct mipro_message *m, struct mipro_ext *e)
{
    size_t off;

    if (e->hdr_len == 0) { /* the first is framed already; usually it is the only one */
        if (m->n_ext != 0)
            *e = m->first;
        return m->n_ext != 0;
    }
    off = e->off + mipro_ext_len(e);
    return off < m->ext_end && frame_ext(m, off, e) == STEP_WHOLE;
}

bool
mipro_ext_at(const struct mipro_message *m, size_t off, struct mipro_ext *e)
{
    return off >= m->ext_off && off < m->ext_end && frame_ext(m, off, e) == STEP_WHOLE;
}

bool
mipro_ext_find(const struct mipro_message *m, uint8_t type, struct mipro_ext *e)
{
    *e = (struct mipro_ext){ 0 };
    while (mipro_ext_next(m, e))
        if (e->type == type)
            return true;
    return false;
}

bool
mipro_ext_cut(const struct mipro_message *m, struct mipro_ext *e)
{
    /* If targets or the fixed part were cut, err_off is the end of the capture. */
    return m->err == MIPRO_ERR_CUT && m->err_off < m->captured &&
           frame_ext(m, m->err_off, e) == STEP_CUT;
}
