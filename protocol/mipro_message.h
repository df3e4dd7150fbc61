/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_message.h - split a UDP payload into message and extensions.
 *
 * Framing is done here and nowhere else; the plugin, the verifier and the
 * injector's tester all use it.  Nothing is allocated and nothing is copied:
 * the payload is borrowed and must outlive the message.
 *
 * There are two lengths, because "not captured" does not mean "not sent": len is the number
 * of octets sent (from the UDP length), captured the number of those that we have.  Octets
 * missing from the capture never cause an error about lengths, only MIPRO_ERR_CUT.
 */
#ifndef MIPRO_MESSAGE_H
#define MIPRO_MESSAGE_H

#include "mipro_wire.h"

enum mipro_err {
    MIPRO_OK,
    MIPRO_ERR_NOT_OURS,  /* empty, or a type that has no definition; no field is set */
    MIPRO_ERR_TRUNCATED, /* the payload ends inside the fixed part (4.1-4.4) */
    MIPRO_ERR_TRAILING,  /* octets after the last whole element that do not form another */
    MIPRO_ERR_OVERRUN,   /* an extension's length runs past the payload (RFC 2002 1.9) */
    MIPRO_ERR_CUT        /* the capture ends before the payload does: cannot tell */
};

/* The error in words, for messages to the user. */
const char *mipro_strerror(enum mipro_err err);

/*
 * What is known about the Binding Update that a Binding Acknowledge answers (ruling 1;
 * the rulings on what the draft leaves open are in CONTRIBUTING.md).
 */
enum mipro_ident_hint {
    MIPRO_IDENT_UNKNOWN,
    MIPRO_IDENT_ABSENT, /* its I bit was clear */
    MIPRO_IDENT_PRESENT
};

struct mipro_ext {
    const struct mipro_ext_def *def; /* NULL if unknown */
    uint32_t off;                    /* of its type octet, from the first octet of the payload */
    uint32_t body_len;               /* the length field */
    uint8_t type;
    uint8_t hdr_len;            /* type, [subtype,] length: 2 or 4 */
    enum mipro_shape shape : 8; /* MIPRO_SHAPE_TLV or MIPRO_SHAPE_LONG, as framed */
};

struct mipro_message {
    const uint8_t *buf;              /* the UDP payload, borrowed */
    const struct mipro_msg_def *def; /* NULL with MIPRO_ERR_NOT_OURS */
    uint32_t captured;               /* octets of it that were captured, <= len */
    uint32_t len;                    /* octets that were sent */
    struct mipro_settings set;
    enum mipro_err err : 8;
    /*
     * A message of the draft, framed without error, with its authenticator and no other
     * extension, as nearly all are.  If it is false, the message may still be like that.
     */
    bool plain;
    /* Offset of the element that is malformed or cut; without an error, where parsing ended. */
    uint32_t err_off;

    /*
     * Fields that were captured whole: bit 1 << id, and the value as an integer.
     * The values of other fields are 0.
     */
    uint32_t present;
    uint32_t value[MIPRO_F_MESSAGE_COUNT]; /* except MIPRO_F_IDENT, ... */
    uint64_t ident;                        /* ... the only one of 64 bits */
    uint32_t n_targets; /* addresses at MIPRO_F_TARGET that were captured whole */

    uint32_t ext_off;       /* where extensions begin */
    uint32_t ext_end;       /* end of the last whole extension that was captured whole */
    uint32_t n_ext;         /* number of extensions between these offsets */
    uint32_t n_unknown;     /* those of them for which mipro_ext_discards() is true */
    struct mipro_ext first; /* the first of them; not set if there is none */
};

_Static_assert(MIPRO_F_MESSAGE_COUNT <= 32, "present has a bit for each field of a message");

/*
 * The fast path, which nearly all messages take: captured whole, and after the fields exactly
 * one extension of the short form, which belongs there and ends the payload.  Sets everything
 * that the general parser would, or returns false.
 */
bool mipro_message_parse_plain(
    struct mipro_message *m, const uint8_t *buf, size_t len, const struct mipro_settings *set);
/* The general parser, for any payload. */
enum mipro_err mipro_message_parse_general(struct mipro_message *m, const uint8_t *buf,
    size_t captured, size_t len, const struct mipro_settings *set, enum mipro_ident_hint hint);

/*
 * Always sets m: everything framed before an error is valid.  hint matters only
 * for a Binding Acknowledge.  Returns m->err.
 */
static inline enum mipro_err
mipro_message_parse(struct mipro_message *m, const uint8_t *buf, size_t captured, size_t len,
    const struct mipro_settings *set, enum mipro_ident_hint hint)
{
    if (captured >= len && mipro_message_parse_plain(m, buf, len, set))
        return MIPRO_OK;
    return mipro_message_parse_general(m, buf, captured, len, set, hint);
}

static inline bool
mipro_has(const struct mipro_message *m, enum mipro_field id)
{
    return (m->present >> id & 1) != 0;
}

/* 0 if the field is absent; use mipro_has() where that matters. */
static inline uint64_t
mipro_value(const struct mipro_message *m, enum mipro_field id)
{
    if (id == MIPRO_F_IDENT)
        return m->ident;
    return id < MIPRO_F_MESSAGE_COUNT ? m->value[id] : 0;
}

static inline uint8_t
mipro_message_type(const struct mipro_message *m)
{
    return m->def != NULL ? m->def->type : 0;
}

/* True for types 16-19 in the draft's layout. */
static inline bool
mipro_is_draft(const struct mipro_message *m)
{
    return m->def != NULL && m->def->source == MIPRO_SOURCE_DRAFT;
}

/* The i-th target of a Binding Warning, i < n_targets. */
uint32_t mipro_target(const struct mipro_message *m, size_t i);

/*
 * A Binding Acknowledge parses both with and without an identification: the I bit of the
 * Binding Update decides (ruling 1).
 */
bool mipro_ident_is_open(const struct mipro_message *m);

/*
 * Walk the whole extensions in order:
 *     for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
 * This skips an extension that overruns the payload or was cut by the capture; for one that
 * was cut, see mipro_ext_cut().
 */
bool mipro_ext_next(const struct mipro_message *m, struct mipro_ext *e);
/*
 * The whole extension at offset off, where an earlier walk found one.  A message may have tens
 * of thousands of extensions; finding each of them by another walk would take seconds.
 */
bool mipro_ext_at(const struct mipro_message *m, size_t off, struct mipro_ext *e);
/* The first whole extension of this type; false if there is none. */
bool mipro_ext_find(const struct mipro_message *m, uint8_t type, struct mipro_ext *e);
/*
 * The extension in which the capture ends, if at least its header was captured
 * and it ends within the payload that was sent.
 */
bool mipro_ext_cut(const struct mipro_message *m, struct mipro_ext *e);

/*
 * A type of 0-127 that the receiver of this message does not know if it implements the draft
 * and the RFCs of its time: by RFC 2002 1.9 it discards the message.  Types that IANA assigned
 * after the draft are known only in registration messages.
 */
bool mipro_ext_discards(const struct mipro_message *m, const struct mipro_ext *e);

/* A type of 0-127 that neither the draft nor IANA has assigned. */
static inline bool
mipro_ext_unknown(const struct mipro_ext *e)
{
    return e->type < 128 && e->def == NULL;
}

/*
 * The mobile node's network access identifier (RFC 2794): extension 131.  NULL if there is
 * none, or if it is empty.
 */
const uint8_t *mipro_message_nai(const struct mipro_message *m, size_t *len);

static inline size_t
mipro_ext_len(const struct mipro_ext *e)
{
    return e->hdr_len + e->body_len;
}

/* Its field list: from its definition, or the plain one. */
const struct mipro_field_def *mipro_ext_fields(const struct mipro_ext *e);
/* An integer field; false if the extension is too short for it or it was not captured. */
bool mipro_ext_value(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, uint64_t *value);
/* Borrow a field's octets; NULL if it begins after the extension's end. *len may be 0. */
const uint8_t *mipro_ext_octets(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, size_t *len);
/*
 * The SPI and authenticator of extensions 32-36 and 96, which are needed for every message,
 * without a search: the same as MIPRO_F_SPI and MIPRO_F_AUTHENTICATOR, or the PFAN's fields.
 * False or NULL for other extensions.
 */
bool mipro_ext_spi(const struct mipro_message *m, const struct mipro_ext *e, uint32_t *spi);
const uint8_t *mipro_ext_authenticator(
    const struct mipro_message *m, const struct mipro_ext *e, size_t *len);
/* Addresses in a list field of the extension: how many are complete, and the i-th. */
size_t mipro_ext_addresses(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id);
uint32_t mipro_ext_address(
    const struct mipro_message *m, const struct mipro_ext *e, enum mipro_field id, size_t i);

/* The Mobility Agent Advertisement extension of an ICMP router advertisement (5.2). */
struct mipro_advert {
    size_t off; /* offset of the extension's type octet, from the ICMP type */
    uint8_t ext_len;
    uint16_t sequence;
    uint16_t life;
    uint16_t flags;           /* MIPRO_ADV_ */
    size_t n_coa;             /* care-of addresses that were captured whole, at off + 8 */
    const uint8_t *coa;       /* they themselves, borrowed from the octets; NULL: none */
    const uint8_t *challenge; /* RFC 4721, borrowed from the octets; NULL: none */
    uint8_t challenge_len;    /* its octets, at least one */
};

/*
 * icmp begins with the ICMP type.  False if this is not a router advertisement (type
 * 9, code 0 or 16), has no such extension, or was cut before its flags.
 */
bool mipro_advert_parse(struct mipro_advert *a, const uint8_t *icmp, size_t captured, size_t len);
/* The i-th of its n_coa care-of addresses. */
uint32_t mipro_advert_coa(const struct mipro_advert *a, size_t i);

#endif
