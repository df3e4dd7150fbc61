/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_sign.h"

#define SUBTYPE_MOBILE_AAA 1u /* of extension 36 in a registration (RFC 4721 5) */

/* Append room for an authenticator, so that the length field, which it covers, is right. */
static uint8_t *
extend_authenticator(struct mipro_build *b, size_t size)
{
    static const uint8_t zeros[MIPRO_AUTH_MAX];

    if (size == 0)
        b->failed = true;
    mipro_put_ext_octets(b, zeros, size);
    return b->failed ? NULL : b->buf + b->len - size;
}

void
mipro_put_auth(struct mipro_build *b, uint8_t type, const struct mipro_association *association,
    uint32_t node, uint32_t spi)
{
    uint8_t *at;

    mipro_put_ext(b, type);
    if (b->failed || b->ext_def == NULL || !b->ext_def->auth || association == NULL) {
        b->failed = true;
        return;
    }
    if (type == MIPRO_EXT_GENERALIZED && b->def->type == MIPRO_REGISTRATION_REQUEST)
        mipro_put_ext_field(b, MIPRO_F_EXT_SUBTYPE, SUBTYPE_MOBILE_AAA);
    mipro_put_ext_field(b, MIPRO_F_SPI, spi);
    at = extend_authenticator(b, mipro_auth_size(association));
    if (at != NULL && mipro_auth_compute(association, node, b->buf,
                          b->ext_off + mipro_ext_header_len(b), spi, at) == 0)
        b->failed = true; /* there is no challenge to answer */
}

void
mipro_put_pfan_authenticator(struct mipro_build *b, const struct mipro_association *association,
    uint32_t node, const struct mipro_pfan_reading *reading, enum mipro_coverage coverage)
{
    const struct mipro_algorithm_def *def;
    uint8_t octets[MIPRO_PFAN_SIGNED_MAX];
    struct mipro_message request;
    struct mipro_ext e = { 0 };
    uint64_t spi;
    uint8_t *at;
    size_t n;

    if (b->ext_off == 0 || b->buf[b->ext_off] != MIPRO_EXT_PFAN || association == NULL) {
        b->failed = true;
        return;
    }
    def = mipro_algorithm_to_sign(association->algorithm, 0);
    at = extend_authenticator(b, def != NULL ? def->size : 0);
    if (at == NULL)
        return;
    mipro_message_parse(&request, b->buf, b->len, b->len, &b->set, MIPRO_IDENT_UNKNOWN);
    while (mipro_ext_next(&request, &e))
        if (e.off == b->ext_off)
            break;
    if (e.off != b->ext_off || !mipro_ext_value(&request, &e, MIPRO_F_PFAN_SPI, &spi)) {
        b->failed = true;
        return;
    }
    n = mipro_pfan_body(&request, &e, reading, octets);
    if (coverage == MIPRO_BODY) {
        n = mipro_auth_compute_as(
            association, node, def->id, MIPRO_BODY, octets, n, (uint32_t)spi, at);
    } else {
        n += mipro_pfan_header(&b->set, def->size, octets + n);
        n = mipro_auth_compute(association, node, octets, n, (uint32_t)spi, at);
    }
    if (n == 0)
        b->failed = true; /* a Binding Update has no challenge to answer */
}
