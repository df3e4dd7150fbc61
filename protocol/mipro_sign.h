/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_sign.h - compute authenticators, and append them to what mipro_build.h makes.
 *
 * How many octets an authenticator has goes by its algorithm: at most MIPRO_AUTH_MAX.
 */
#ifndef MIPRO_SIGN_H
#define MIPRO_SIGN_H

#include "mipro_auth.h"
#include "mipro_build.h"

/* Octets of the authenticators that this association signs with. */
size_t mipro_auth_size(const struct mipro_association *association);
/* Does it sign, with the algorithm of its choice, only what answers a challenge (RFC 4721)? */
bool mipro_auth_needs_challenge(const struct mipro_association *association);

/*
 * The authenticator of n octets of protected data (message, earlier extensions, type and
 * length), spi as it will stand in the extension.  With MIPRO_ANY: keyed-md5's default.  node
 * matters for a master key only.  An algorithm that needs a challenge takes it from the octets,
 * which are then a Registration Request's.  Returns its size, written to out; 0, and nothing is
 * written, if there is no such algorithm, or no challenge.
 */
size_t mipro_auth_compute(const struct mipro_association *association, uint32_t node,
    const uint8_t *octets, size_t n, uint32_t spi, uint8_t *out);
/* The same with algorithm and coverage as given (MIPRO_BODY: no SPI is ever appended). */
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
 * Append an authentication extension (32-36) and compute its authenticator over
 * all before it.  spi is the association's unless a case wants another.
 */
void mipro_put_auth(struct mipro_build *b, uint8_t type,
    const struct mipro_association *association, uint32_t node, uint32_t spi);

/*
 * Compute the authenticator of the PFAN begun last, its other fields put, over
 * the Binding Update body of reading, with MIPRO_BODY or MIPRO_BODY_TYPE_LENGTH.
 */
void mipro_put_pfan_authenticator(struct mipro_build *b,
    const struct mipro_association *association, uint32_t node,
    const struct mipro_pfan_reading *reading, enum mipro_coverage coverage);

#endif
