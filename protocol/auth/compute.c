/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compute an authenticator from an association, using the row of its algorithm. */
#include "auth/claim.h"

#include "crypto/hash.h"
#include "crypto/wipe.h"
#include "keys/keyring.h"
#include "mipro_reader.h"

#define MASTER_ALGORITHM MIPRO_KEYED_MD5 /* its hash, MD5, derives keys (appendix A) */

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

struct mipro_challenge
mipro_challenge_of(const struct mipro_message *m)
{
    static const uint8_t zero[1];
    struct mipro_challenge challenge = { NULL, 0, false };
    struct mipro_ext e;

    if (mipro_message_type(m) != MIPRO_REGISTRATION_REQUEST)
        return challenge;
    if (mipro_ext_find(m, MIPRO_EXT_CHALLENGE, &e)) {
        challenge.octets = mipro_ext_octets(m, &e, MIPRO_F_EXT_DATA, &challenge.len);
        if (challenge.octets == NULL || challenge.len == 0) /* the first octet is needed */
            challenge = (struct mipro_challenge){ NULL, 0, false };
    } else if ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_RRQ_D) != 0) {
        challenge = (struct mipro_challenge){ zero, sizeof(zero), true };
    }
    return challenge;
}

size_t
mipro_auth_compute_with(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, const struct mipro_challenge *challenge, uint8_t *out)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(algorithm);
    uint8_t tail[4], derived[MIPRO_AUTH_MAX];
    struct mipro_hash_input in = { .key = association->key->octets,
        .key_len = association->key->len,
        .octets = octets,
        .len = n,
        .tail = tail,
        .tail_len = coverage == MIPRO_TYPE_LENGTH_SPI ? sizeof(tail) : 0,
        .challenge = challenge->octets,
        .challenge_len = challenge->len };

    if (def == NULL || (def->needs_challenge && challenge->len == 0))
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
mipro_auth_compute_as(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, uint8_t *out)
{
    static const struct mipro_settings settings = MIPRO_SETTINGS;
    const struct mipro_algorithm_def *def = mipro_algorithm_def(algorithm);
    struct mipro_challenge challenge = { NULL, 0, false };
    struct mipro_message m;

    if (def != NULL && def->needs_challenge) {
        mipro_message_parse(&m, octets, n, n, &settings, MIPRO_IDENT_UNKNOWN);
        challenge = mipro_challenge_of(&m);
    }
    return mipro_auth_compute_with(
        association, node, algorithm, coverage, octets, n, spi, &challenge, out);
}

const struct mipro_algorithm_def *
mipro_auth_scheme(const struct mipro_association *s, size_t size, enum mipro_coverage *coverage)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_to_sign(s->algorithm, size);

    if (def != NULL)
        *coverage = s->coverage != MIPRO_COVERAGE_NONE ? s->coverage : def->coverage;
    return def;
}

size_t
mipro_auth_compute(const struct mipro_association *s, uint32_t node, const uint8_t *octets,
    size_t n, uint32_t spi, uint8_t *out)
{
    enum mipro_coverage coverage = MIPRO_COVERAGE_NONE;
    const struct mipro_algorithm_def *def = mipro_auth_scheme(s, 0, &coverage);

    return def != NULL ? mipro_auth_compute_as(s, node, def->id, coverage, octets, n, spi, out) : 0;
}

size_t
mipro_auth_size(const struct mipro_association *association)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_to_sign(association->algorithm, 0);

    return def != NULL ? def->size : 0;
}

bool
mipro_auth_needs_challenge(const struct mipro_association *association)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_to_sign(association->algorithm, 0);

    return def != NULL && def->needs_challenge;
}
