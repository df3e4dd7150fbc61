/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_sign.h - compute authenticators, and append them to messages built with mipro_build.h.
 *
 * The size of an authenticator depends on its algorithm; it is at most MIPRO_AUTH_MAX octets.
 */
#ifndef MIPRO_SIGN_H
#define MIPRO_SIGN_H

#include "mipro_auth.h"
#include "mipro_build.h"

/* The size in octets of the authenticators that this association computes. */
size_t mipro_auth_size(const struct mipro_association *association);
/* Does its default algorithm sign only messages that answer a challenge (RFC 4721)? */
bool mipro_auth_needs_challenge(const struct mipro_association *association);

/*
 * The authenticator of n octets of protected data (message, earlier extensions, type and
 * length); spi is the one in the extension.  With MIPRO_ANY: keyed-md5 with its default
 * coverage.  node matters only for a master key.  An algorithm that needs a challenge takes it
 * from the octets, which must be a Registration Request's.  Writes the authenticator to out and
 * returns its size; returns 0 and writes nothing if there is no such algorithm or no challenge.
 */
size_t mipro_auth_compute(const struct mipro_association *association, uint32_t node,
    const uint8_t *octets, size_t n, uint32_t spi, uint8_t *out);
/* The same with the given algorithm and coverage (MIPRO_BODY: the SPI is never appended). */
size_t mipro_auth_compute_as(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, uint8_t *out);
/*
 * The same as mipro_auth_compute() for many messages of equal length at once: octets[i] are n
 * octets of protected data, followed by the association's SPI.
 */
void mipro_auth_compute_many(const struct mipro_association *association, uint32_t node,
    const uint8_t *const octets[], size_t n, size_t count, uint8_t (*out)[MIPRO_AUTH_MAX]);

/*
 * Append an authentication extension (32-36) and compute its authenticator over everything
 * before it.  spi is the association's unless a case needs another one.
 */
void mipro_put_auth(struct mipro_build *b, uint8_t type,
    const struct mipro_association *association, uint32_t node, uint32_t spi);

/*
 * Compute the authenticator of the current PFAN, whose other fields were written, over the
 * Binding Update body in the given reading, with MIPRO_BODY or MIPRO_BODY_TYPE_LENGTH.
 */
void mipro_put_pfan_authenticator(struct mipro_build *b,
    const struct mipro_association *association, uint32_t node,
    const struct mipro_pfan_reading *reading, enum mipro_coverage coverage);

#endif
