/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_auth.h"

#include <string.h>

#include "crypto/hash.h"
#include "keys/ring.h"

#define DIGEST 32u /* of SHA-256 */

uint32_t
mipro_auth_ring_hash(const struct mipro_keyring *ring)
{
    const struct mipro_algorithm_def *sha256 = mipro_algorithm_def(MIPRO_HMAC_SHA256);
    uint8_t digest[DIGEST] = { 0 };
    uint32_t hash;

    for (size_t i = 0; i < mipro_keyring_count(ring); i++) {
        const struct mipro_association *s = mipro_keyring_at(ring, i);
        const uint64_t values[] = { s->a.addr, s->a.bits, s->a.any, s->a.nai, s->b.addr, s->b.bits,
            s->b.any, s->b.nai, s->spi, s->algorithm, s->coverage, s->replay, s->master, s->weak,
            (uint64_t)s->not_before, (uint64_t)s->not_after };
        const struct mipro_hash_span spans[] = { { digest, sizeof(digest) },
            { (const uint8_t *)values, sizeof(values) },
            { (const uint8_t *)s->name, strlen(s->name) + 1 }, { s->key->octets, s->key->len } };

        mipro_hash_spans(
            sha256->hash, spans, sizeof(spans) / sizeof(spans[0]), digest, sizeof(digest));
    }
    memcpy(&hash, digest, sizeof(hash));
    return hash;
}
