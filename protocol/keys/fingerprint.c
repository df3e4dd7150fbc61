/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/hash.h"
#include "keys/ring.h"
#include "mipro_mix.h"

#include <glib.h>
#include <string.h>

#define DIGEST 32u /* of SHA-256 */

/* What is not secret. */
static uint64_t
hash_open(const struct mipro_association *s)
{
    const uint64_t values[] = { s->a.any, s->a.bits, s->a.addr, s->b.any, s->b.bits, s->b.addr,
        s->spi, s->algorithm, s->coverage, s->replay, s->master, (uint64_t)s->not_before,
        (uint64_t)s->not_after, s->weak };
    uint64_t hash = mipro_mix_octets((const uint8_t *)s->name, strlen(s->name));

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        hash = mipro_mix(hash ^ values[i], i);
    return hash;
}

uint32_t
mipro_keyring_fingerprint(const struct mipro_keyring *ring)
{
    uint8_t digest[DIGEST] = { 0 };
    uint32_t fingerprint;

    for (size_t i = 0; i < mipro_keyring_count(ring); i++) {
        const struct mipro_association *s = mipro_keyring_at(ring, i);
        const uint64_t open = hash_open(s);
        const struct mipro_hash_span spans[] = { { digest, sizeof(digest) },
            { (const uint8_t *)&open, sizeof(open) }, { s->key->octets, s->key->len } };

        mipro_hash_spans(G_CHECKSUM_SHA256, spans, G_N_ELEMENTS(spans), digest, sizeof(digest));
    }
    memcpy(&fingerprint, digest, sizeof(fingerprint));
    memset(digest, 0, sizeof(digest));
    return fingerprint;
}
