/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compose/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_reader.h"
#include "cli/options.h"

#define ADVERT_OFF 16u    /* of the extension: after the ICMP header and one router address */
#define ADVERT_LIFE 1800u /* seconds, RFC 1256's default */
#define PFAN_FIXED 16u
#define NTP_1970 UINT64_C(2208988800) /* seconds from 1900 */

uint64_t
inj_random(uint64_t seed, uint64_t n)
{
    uint64_t z = seed + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t
inj_time_ident(int64_t time, uint32_t low)
{
    const uint64_t seconds = (uint64_t)(time / MIPRO_SECOND) + NTP_1970;
    const uint64_t fraction = ((uint64_t)(time % MIPRO_SECOND) << 32) / (uint64_t)MIPRO_SECOND;

    return seconds << 32 | (fraction & 0xfff00000u) | (low & 0xfffffu);
}

int64_t
inj_ident_ahead(uint64_t ident, int64_t now)
{
    const uint32_t seconds = (uint32_t)((uint64_t)(now / MIPRO_SECOND) + NTP_1970);

    return (int32_t)((uint32_t)(ident >> 32) - seconds); /* across the end of an era, too */
}

static const struct mipro_field_def *
fields_of(const struct mipro_ext_def *def)
{
    if (def == NULL)
        return mipro_plain_ext_fields(MIPRO_SHAPE_TLV);
    if (def->fields != NULL)
        return def->fields;
    return mipro_plain_ext_fields(
        def->shape == MIPRO_SHAPE_TLV ? MIPRO_SHAPE_TLV : MIPRO_SHAPE_LONG);
}

/* Octets of an extension's header, up to and including the length field. */
static size_t
header_len(const struct mipro_ext_def *def)
{
    const struct mipro_field_def *f = mipro_find_field(fields_of(def), MIPRO_F_EXT_LEN);

    return (size_t)f->off + f->len;
}

static void
put_advert(uint8_t *ext, enum mipro_field id, uint64_t v)
{
    const struct mipro_field_def *f = mipro_find_field(mipro_advert_fields(), id);

    mipro_store_be(ext + f->off, f->len, v);
}

/* An ICMP router advertisement with one router address (RFC 1256) and the extension (5.2). */
static bool
compose_advert(struct inj_payload *p, const struct inj_content *c)
{
    uint8_t *ext = p->octets + ADVERT_OFF;
    const struct mipro_field_def *list = mipro_find_field(mipro_advert_fields(), MIPRO_F_ADV_COA);
    const size_t ext_len = MIPRO_ADVERT_MIN_LEN + 4 * c->n_addresses;

    if (ext_len > UINT8_MAX)
        return false;
    memset(p->octets, 0, ADVERT_OFF + 2 + ext_len);
    p->octets[0] = INJ_ADVERTISEMENT;
    p->octets[4] = 1; /* addresses */
    p->octets[5] = 2; /* 32-bit words per address */
    mipro_store_be(p->octets + 6, 2, ADVERT_LIFE);
    mipro_store_be(p->octets + 8, 4, c->source);
    put_advert(ext, MIPRO_F_EXT_TYPE, MIPRO_ADVERT_TYPE);
    put_advert(ext, MIPRO_F_EXT_LEN, ext_len);
    put_advert(ext, MIPRO_F_ADV_SEQUENCE, c->sequence);
    put_advert(ext, MIPRO_F_ADV_LIFE, c->life);
    put_advert(ext, MIPRO_F_ADV_FLAGS, c->flags);
    for (size_t i = 0; i < c->n_addresses; i++)
        mipro_store_be(ext + list->off + 4 * i, 4, c->addresses[i]);
    p->len = p->body_len = ADVERT_OFF + 2 + ext_len;
    p->last_off = ADVERT_OFF;
    return true;
}

static void
begin(struct inj_payload *p, uint8_t type, const struct mipro_settings *set)
{
    p->b = (struct mipro_build){ .buf = p->octets, .size = sizeof(p->octets), .set = *set };
    p->set = *set;
    p->type = type;
    p->len = p->body_len = p->pfan_off = p->warn_off = p->last_off = p->auth_off = 0;
    p->last_def = p->auth_def = NULL;
    p->signer = p->pfan_signer = (struct mipro_candidate){ NULL, 0 };
}

void
inj_compose_data(struct inj_payload *p, size_t n, const struct mipro_settings *set)
{
    begin(p, INJ_DATA, set);
    for (size_t i = 0; i < n; i++)
        p->octets[i] = (uint8_t)('a' + i % 26);
    p->len = p->b.len = n;
}

bool
inj_compose(struct inj_payload *p, const struct inj_content *c, const struct mipro_settings *set)
{
    const bool optional = c->type == MIPRO_BINDING_UPDATE || c->type == MIPRO_BINDING_ACKNOWLEDGE;
    const struct mipro_msg_def *def;
    unsigned flags = c->flags;

    begin(p, c->type, set);
    if (c->type == INJ_ADVERTISEMENT)
        return compose_advert(p, c);

    def = mipro_msg_def(c->type, MIPRO_SOURCE_DRAFT);
    if (def == NULL)
        def = mipro_msg_def(c->type, MIPRO_SOURCE_BASE);
    if (def == NULL)
        return false;
    p->b = mipro_build(p->octets, sizeof(p->octets), def, set);
    if (c->type == MIPRO_BINDING_UPDATE && c->has_ident)
        flags |= MIPRO_BU_I;
    for (const struct mipro_field_def *f = def->fields; f->id != MIPRO_F_END; f++)
        switch (f->id) {
        case MIPRO_F_FLAGS:
            mipro_put(&p->b, f->id, flags);
            break;
        case MIPRO_F_STATUS:
        case MIPRO_F_CODE:
            mipro_put(&p->b, f->id, c->code);
            break;
        case MIPRO_F_LIFE:
            mipro_put(&p->b, f->id, c->life);
            break;
        case MIPRO_F_HOMEADDR:
            mipro_put(&p->b, f->id, c->home);
            break;
        case MIPRO_F_HOMEAGENT:
            mipro_put(&p->b, f->id, c->agent);
            break;
        case MIPRO_F_COA:
            mipro_put(&p->b, f->id, c->care_of);
            break;
        case MIPRO_F_IDENT:
            if (c->has_ident || !optional)
                mipro_put(&p->b, f->id, c->ident);
            break;
        case MIPRO_F_TARGET:
            for (size_t i = 0; i < c->n_addresses; i++)
                mipro_put_target(&p->b, c->addresses[i]);
            break;
        default: /* the type is already there; reserved is 0 */
            break;
        }
    p->len = p->body_len = p->b.len;
    return !p->b.failed;
}

/* Note that an extension was appended at off. */
static bool
follow(struct inj_payload *p, size_t off)
{
    if (p->b.failed)
        return false;
    p->last_off = off;
    p->last_def = p->b.ext_def;
    p->len = p->b.len;
    return true;
}

bool
inj_put_ext(struct inj_payload *p, uint8_t type, const uint8_t *value, size_t n)
{
    const size_t off = p->len;
    uint8_t header[2] = { type, (uint8_t)n };

    /* Not by the builder, which would lay out known types: here the value is the caller's. */
    if (n > UINT8_MAX || off + 2 + n > sizeof(p->octets) || p->type == INJ_ADVERTISEMENT)
        return false;
    memcpy(p->octets + off, header, sizeof(header));
    if (n > 0)
        memcpy(p->octets + off + sizeof(header), value, n);
    p->b.len = off + sizeof(header) + n;
    p->b.ext_off = off;
    p->b.ext_def = NULL;
    return follow(p, off);
}

bool
inj_put_advertised_challenge(struct inj_payload *p, const uint8_t *challenge, size_t n)
{
    if (n > UINT8_MAX || p->len + 2 + n > sizeof(p->octets))
        return false;
    p->octets[p->len++] = MIPRO_ADVERT_CHALLENGE;
    p->octets[p->len++] = (uint8_t)n;
    if (n > 0)
        memcpy(p->octets + p->len, challenge, n);
    p->len += n;
    p->body_len = p->len;
    return true;
}

bool
inj_put_warning(struct inj_payload *p, uint32_t home, const uint32_t *targets, size_t n)
{
    const size_t off = p->len;

    mipro_put_ext(&p->b, p->set.warning_ext);
    mipro_put_ext_field(&p->b, MIPRO_F_WARN_HOMEADDR, home);
    for (size_t i = 0; i < n; i++)
        mipro_put_ext_field(&p->b, MIPRO_F_WARN_TARGET, targets[i]);
    p->warn_off = off;
    p->warn_len = p->b.len - off;
    return follow(p, off);
}

bool
inj_put_pfan(
    struct inj_payload *p, const struct inj_pfan *pfan, const struct mipro_candidate *signer)
{
    static const uint8_t zeros[16]; /* the size of keyed-md5 */
    const size_t off = p->len;

    mipro_put_ext(&p->b, MIPRO_EXT_PFAN);
    mipro_put_ext_field(&p->b, MIPRO_F_PFAN_LIFE, pfan->life);
    mipro_put_ext_field(&p->b, MIPRO_F_PFAN_AGENT, pfan->agent);
    mipro_put_ext_field(&p->b, MIPRO_F_PFAN_COA, pfan->care_of);
    mipro_put_ext_field(&p->b, MIPRO_F_PFAN_SPI, pfan->spi);
    if (signer != NULL) {
        mipro_put_pfan_authenticator(
            &p->b, signer->association, signer->node, &pfan->reading, pfan->coverage);
        p->pfan_signer = *signer;
    } else {
        mipro_put_ext_octets(&p->b, zeros, sizeof(zeros));
    }
    p->pfan = *pfan;
    p->pfan_off = off;
    p->pfan_len = p->b.len - off;
    return follow(p, off);
}

bool
inj_sign(struct inj_payload *p, uint8_t type, const struct mipro_candidate *signer, uint32_t spi)
{
    const size_t off = p->len;

    mipro_put_auth(&p->b, type, signer->association, signer->node, spi);
    if (!follow(p, off))
        return false;
    p->auth_off = off;
    p->auth_def = p->last_def;
    p->signer = *signer;
    return true;
}

/* Compute the PFAN's authenticator again, over the current octets, unless it was cut off. */
static void
sign_pfan_again(struct inj_payload *p)
{
    const bool is_whole = p->pfan_off + p->pfan_len <= p->len;
    uint8_t *copy = is_whole ? malloc(p->len) : NULL;
    struct mipro_build b = p->b;

    if (copy == NULL)
        return;
    memcpy(copy, p->octets, p->len);
    b.buf = copy;
    b.size = p->len;
    b.len = p->pfan_off + PFAN_FIXED;
    b.ext_off = p->pfan_off;
    b.ext_def = mipro_ext_def(MIPRO_EXT_PFAN, &p->set);
    copy[p->pfan_off] = MIPRO_EXT_PFAN;
    mipro_put_pfan_authenticator(
        &b, p->pfan_signer.association, p->pfan_signer.node, &p->pfan.reading, p->pfan.coverage);
    if (!b.failed)
        memcpy(p->octets + p->pfan_off + PFAN_FIXED, copy + p->pfan_off + PFAN_FIXED,
            p->pfan_len - PFAN_FIXED);
    free(copy);
}

void
inj_sign_again(struct inj_payload *p)
{
    if (p->pfan_off != 0 && p->pfan_signer.association != NULL)
        sign_pfan_again(p);
    if (p->auth_off != 0 && p->signer.association != NULL) {
        const size_t spi_off = p->auth_off + header_len(p->auth_def);

        if (spi_off + 4 > p->len)
            return; /* it was cut off */
        mipro_auth_compute(p->signer.association, p->signer.node, p->octets, spi_off,
            (uint32_t)mipro_be_at(p->octets, p->len, spi_off, 4), p->octets + spi_off + 4);
    }
}

uint8_t
inj_signing_type(uint8_t type, uint32_t spi, const struct mipro_settings *set)
{
    if (type == MIPRO_REGISTRATION_REQUEST && spi == MIPRO_SPI_CHAP)
        return MIPRO_EXT_GENERALIZED;
    return type == MIPRO_REGISTRATION_REQUEST || type == MIPRO_REGISTRATION_REPLY
               ? MIPRO_EXT_MOBILE_HOME
               : mipro_auth_ext_type(set);
}

bool
inj_can_sign(const struct mipro_association *association, uint8_t message, uint8_t ext)
{
    return !mipro_auth_needs_challenge(association) ||
           (message == MIPRO_REGISTRATION_REQUEST && ext == MIPRO_EXT_GENERALIZED);
}

static bool
find_signer(const struct inj_payload *p, const struct mipro_ext *e, uint32_t spi,
    const struct mipro_scene *scene, struct mipro_candidate *signer, bool *valid)
{
    struct mipro_candidate found[MIPRO_MAX_CANDIDATES];
    struct mipro_message m;
    struct mipro_ends ends[2];
    struct mipro_nai nai;
    size_t n_ends, n = 0;

    if (scene->ring == NULL || mipro_message_parse(&m, p->octets, p->len, p->len, &p->set,
                                   MIPRO_IDENT_UNKNOWN) == MIPRO_ERR_NOT_OURS)
        return false;
    n_ends = mipro_auth_ends(&m, e, scene, ends);
    *valid = false;
    /* As a receiver does it, by the node's name first. */
    if (mipro_auth_nai(&m, e, &nai))
        n = mipro_keyring_find_nai(scene->ring, spi, &nai, &ends[0].b, scene->time, found, valid);
    if (n == 0)
        n = mipro_keyring_find(scene->ring, spi, ends, n_ends, scene->time, found, valid);
    if (n == 0)
        return false;
    *signer = found[0];
    return true;
}

bool
inj_find_signer(const struct inj_payload *p, uint8_t type, uint32_t spi,
    const struct mipro_scene *scene, struct mipro_candidate *signer, bool *valid)
{
    const struct mipro_ext_def *def = mipro_ext_def(type, &p->set);
    struct mipro_ext e = {
        .def = def, .type = type, .off = (uint32_t)p->len, .hdr_len = (uint8_t)header_len(def)
    };

    return find_signer(p, &e, spi, scene, signer, valid);
}

bool
inj_find_pfan_signer(const struct inj_payload *p, const struct inj_pfan *pfan,
    const struct mipro_scene *scene, struct mipro_candidate *signer, bool *valid)
{
    struct mipro_candidate found[MIPRO_MAX_CANDIDATES];
    const struct mipro_field_def *home = mipro_find_field(p->b.def->fields, MIPRO_F_HOMEADDR);
    struct mipro_ends ends = { (uint32_t)mipro_be_at(p->octets, p->len, home->off, 4),
        pfan->agent };

    if (scene->ring == NULL ||
        mipro_keyring_find(scene->ring, pfan->spi, &ends, 1, scene->time, found, valid) == 0)
        return false;
    *signer = found[0];
    return true;
}

bool
inj_find_field(const struct inj_payload *p, enum mipro_field id, size_t *off, size_t *len)
{
    const struct mipro_field_def *f;
    size_t base = 0, end = p->body_len;

    if (id < MIPRO_F_MESSAGE_COUNT) {
        f = p->b.def == NULL ? NULL : mipro_find_field(p->b.def->fields, id);
    } else if (p->type == INJ_ADVERTISEMENT) {
        f = mipro_find_field(mipro_advert_fields(), id);
        base = ADVERT_OFF;
    } else if (id >= MIPRO_F_PFAN_LIFE && id <= MIPRO_F_PFAN_AUTHENTICATOR) {
        f = p->pfan_off != 0 ? mipro_find_field(mipro_ext_def(MIPRO_EXT_PFAN, &p->set)->fields, id)
                             : NULL;
        base = p->pfan_off;
        end = base + p->pfan_len;
    } else if (id >= MIPRO_F_WARN_RESERVED && id <= MIPRO_F_WARN_TARGET) {
        f = p->warn_off != 0
                ? mipro_find_field(mipro_ext_def(p->set.warning_ext, &p->set)->fields, id)
                : NULL;
        base = p->warn_off;
        end = base + p->warn_len;
    } else {
        f = p->last_off != 0 ? mipro_find_field(fields_of(p->last_def), id) : NULL;
        base = p->last_off;
        end = p->len;
    }
    if (f == NULL)
        return false;
    *off = base + f->off;
    if (*off + f->len > end)
        return false; /* the identification of an update without I */
    *len = f->len != 0 ? f->len : end - *off;
    return true;
}
