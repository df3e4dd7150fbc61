/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_auth.h"

#include <string.h>

#include "crypto/hash.h"
#include "keys/keyring.h"
#include "mipro_mix.h"

#define DIGEST 32u /* of SHA-256 */

/* Mix an association into the hashes: two of 64 bits, which differ if any of its values does. */
static void
mix_in(uint64_t hashes[2], const struct mipro_association *s)
{
    const uint64_t values[] = { s->a.addr, s->a.bits, s->a.any, s->a.nai, s->b.addr, s->b.bits,
        s->b.any, s->b.nai, s->spi, s->algorithm, s->coverage, s->replay, s->master, s->weak,
        (uint64_t)s->not_before, (uint64_t)s->not_after,
        mipro_mix_octets((const uint8_t *)s->name, strlen(s->name)),
        mipro_mix_octets(s->key->octets, s->key->len) };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        hashes[0] = mipro_mix(hashes[0] ^ values[i], i);
        hashes[1] = mipro_mix(values[i], hashes[1] + i);
    }
}

/*
 * Only the end is a cryptographic hash: a key file has thousands of associations, and each task
 * of an archive computes this.  Of its result 32 bits are used, which tell two files apart, but do
 * not determine a key.
 */
uint32_t
mipro_auth_ring_hash(const struct mipro_keyring *ring)
{
    const struct mipro_algorithm_def *sha256 = mipro_algorithm_def(MIPRO_HMAC_SHA256);
    uint64_t hashes[2] = { mipro_keyring_count(ring), 0 };
    const struct mipro_hash_span span = { (const uint8_t *)hashes, sizeof(hashes) };
    uint8_t digest[DIGEST] = { 0 };
    uint32_t hash;

    for (size_t i = 0; i < mipro_keyring_count(ring); i++)
        mix_in(hashes, mipro_keyring_at(ring, i));
    mipro_hash_spans(sha256->hash, &span, 1, digest, sizeof(digest));
    memcpy(&hash, digest, sizeof(hash));
    explicit_bzero(hashes, sizeof(hashes));
    return hash;
}
