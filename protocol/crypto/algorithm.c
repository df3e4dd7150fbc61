/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/hash.h"

#include <glib.h>

/* clang-format off */
/*                         id                 name           size block  default coverage       lanes              compute           its hash           challenge */
const struct mipro_algorithm_def mipro_algorithm_defs[MIPRO_ALGORITHMS] = {
    [MIPRO_KEYED_MD5]   = { MIPRO_KEYED_MD5,   "keyed-md5",   16,   64, MIPRO_TYPE_LENGTH,     MIPRO_LANES_KEYED, mipro_hash_keyed, G_CHECKSUM_MD5,    false },
    [MIPRO_HMAC_MD5]    = { MIPRO_HMAC_MD5,    "hmac-md5",    16,   64, MIPRO_TYPE_LENGTH_SPI, MIPRO_LANES_HMAC,  mipro_hash_hmac,  G_CHECKSUM_MD5,    false },
    [MIPRO_HMAC_SHA1]   = { MIPRO_HMAC_SHA1,   "hmac-sha1",   20,   64, MIPRO_TYPE_LENGTH_SPI, MIPRO_LANES_NONE,  mipro_hash_hmac,  G_CHECKSUM_SHA1,   false },
    [MIPRO_HMAC_SHA256] = { MIPRO_HMAC_SHA256, "hmac-sha256", 32,   64, MIPRO_TYPE_LENGTH_SPI, MIPRO_LANES_NONE,  mipro_hash_hmac,  G_CHECKSUM_SHA256, false },
    [MIPRO_CHAP]        = { MIPRO_CHAP,        "chap",        16,   64, MIPRO_TYPE_LENGTH_SPI, MIPRO_LANES_NONE,  mipro_hash_chap,  G_CHECKSUM_MD5,    true },
};
/* clang-format on */

const char *
mipro_algorithm_name(enum mipro_algorithm algorithm)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(algorithm);

    if (algorithm == MIPRO_ANY)
        return "any";
    return def != NULL ? def->name : NULL;
}

static const struct mipro_algorithm_def *
find_by_size(size_t size)
{
    for (unsigned i = 0; i < MIPRO_ALGORITHMS; i++)
        if (mipro_algorithm_defs[i].size == size)
            return &mipro_algorithm_defs[i];
    return NULL;
}

bool
mipro_algorithm_makes(enum mipro_algorithm algorithm, size_t size)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(algorithm);

    if (algorithm == MIPRO_ANY)
        return find_by_size(size) != NULL;
    return def != NULL && def->size == size;
}

const struct mipro_algorithm_def *
mipro_algorithm_to_sign(enum mipro_algorithm algorithm, size_t size)
{
    const struct mipro_algorithm_def *def;

    if (algorithm != MIPRO_ANY)
        return mipro_algorithm_def(algorithm);
    def = find_by_size(size);
    return def != NULL ? def : &mipro_algorithm_defs[MIPRO_KEYED_MD5];
}
