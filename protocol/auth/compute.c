/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an association to the octets of an authenticator, by the row of its algorithm. */
#include "auth/claim.h"

#include "crypto/hash.h"
#include "crypto/wipe.h"
#include "keys/ring.h"
#include "mipro_reader.h"

#define MASTER_ALGORITHM MIPRO_KEYED_MD5 /* whose hash derives keys: MD5 (appendix A) */

/* Appendix A: MD5(node, master key, node). */
static void
derive_key(const struct mipro_key *master, uint32_t node, uint8_t *out)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(MASTER_ALGORITHM);
    uint8_t addr[4];
    const struct mipro_hash_input in = {
        .key = addr, .key_len = sizeof(addr), .octets = master->octets, .len = master->len
    };

    mipro_store_be(addr, sizeof(addr), node);
    def->compute(def, &in, out);
}

size_t
mipro_auth_compute_as(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, uint8_t *out)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(algorithm);
    uint8_t tail[4], derived[MIPRO_AUTH_MAX];
    struct mipro_hash_input in = { .key = association->key->octets,
        .key_len = association->key->len,
        .octets = octets,
        .len = n,
        .tail = tail,
        .tail_len = coverage == MIPRO_TYPE_LENGTH_SPI ? sizeof(tail) : 0 };

    if (def == NULL)
        return 0;
    mipro_store_be(tail, sizeof(tail), spi);
    if (association->master) {
        derive_key(association->key, node, derived);
        in.key = derived;
        in.key_len = mipro_algorithm_def(MASTER_ALGORITHM)->size;
    }
    def->compute(def, &in, out);
    explicit_bzero(derived, sizeof(derived));
    return def->size;
}

size_t
mipro_auth_compute(const struct mipro_association *association, uint32_t node,
    const uint8_t *octets, size_t n, uint32_t spi, uint8_t *out)
{
    return mipro_auth_compute_sized(association, node, 0, octets, n, spi, out);
}

size_t
mipro_auth_compute_sized(const struct mipro_association *s, uint32_t node, size_t size,
    const uint8_t *octets, size_t n, uint32_t spi, uint8_t *out)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_to_sign(s->algorithm, size);

    if (def == NULL)
        return 0;
    return mipro_auth_compute_as(s, node, def->id,
        s->coverage != MIPRO_COVERAGE_NONE ? s->coverage : def->coverage, octets, n, spi, out);
}

size_t
mipro_auth_size(const struct mipro_association *association)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_to_sign(association->algorithm, 0);

    return def != NULL ? def->size : 0;
}
