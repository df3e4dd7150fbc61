/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/hash.h"

#include "crypto/wipe.h"

#include <glib.h>
#include <string.h>

/*
 * Free a checksum without leaving its input in memory.  GLib gives no access to its buffer,
 * so we hash zeros: in two halves, which it must copy there, and with another digest, since
 * both ways leave traces on the stack.
 */
static void
free_checksum(GChecksum *sum)
{
    static const uint8_t zeros[MIPRO_HASH_BLOCK_MAX / 2];
    uint8_t digest[MIPRO_AUTH_MAX];
    gsize len = sizeof(digest);

    g_checksum_reset(sum);
    g_checksum_update(sum, zeros, sizeof(zeros));
    g_checksum_update(sum, zeros, sizeof(zeros));
    g_checksum_get_digest(sum, digest, &len);
    g_checksum_free(sum);
}

void
mipro_hash_spans(
    unsigned hash, const struct mipro_hash_span *spans, size_t n, uint8_t *out, size_t size)
{
    GChecksum *sum = g_checksum_new((GChecksumType)hash);
    gsize len = size;

    for (size_t i = 0; i < n; i++)
        if (spans[i].len != 0)
            g_checksum_update(sum, spans[i].octets, (gssize)spans[i].len);
    g_checksum_get_digest(sum, out, &len);
    free_checksum(sum);
    mipro_wipe_stack();
}

/* Hash(key, protected data, key) */
void
mipro_hash_keyed(
    const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out)
{
    const struct mipro_hash_span spans[] = { { in->key, in->key_len }, { in->octets, in->len },
        { in->tail, in->tail_len }, { in->key, in->key_len } };

    mipro_hash_spans(def->hash, spans, 4, out, def->size);
}

#define CHALLENGE_MAX 237u /* octets of a challenge that are hashed: what RADIUS can carry */

/*
 * Hash(first octet of the challenge, key, Hash(protected data), last octets of the challenge):
 * RFC 4721 8.  With a challenge of at most CHALLENGE_MAX octets, the first octet is hashed
 * twice.
 */
void
mipro_hash_chap(
    const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out)
{
    const size_t left_out =
        in->challenge_len > CHALLENGE_MAX ? in->challenge_len - CHALLENGE_MAX : 0;
    uint8_t digest[MIPRO_AUTH_MAX];
    const struct mipro_hash_span message[] = { { in->octets, in->len },
        { in->tail, in->tail_len } };
    const struct mipro_hash_span spans[] = { { in->challenge, 1 }, { in->key, in->key_len },
        { digest, def->size }, { in->challenge + left_out, in->challenge_len - left_out } };

    mipro_hash_spans(def->hash, message, 2, digest, def->size);
    mipro_hash_spans(def->hash, spans, 4, out, def->size);
}

/* RFC 2104.  Not GHmac, which leaves the padded key on the stack and in freed memory. */
void
mipro_hash_hmac(
    const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out)
{
    uint8_t pad[MIPRO_HASH_BLOCK_MAX] = { 0 }, inner[MIPRO_AUTH_MAX];
    const struct mipro_hash_span key = { in->key, in->key_len };
    const struct mipro_hash_span first[] = { { pad, def->block }, { in->octets, in->len },
        { in->tail, in->tail_len } };
    const struct mipro_hash_span second[] = { { pad, def->block }, { inner, def->size } };

    if (in->key_len > def->block)
        mipro_hash_spans(def->hash, &key, 1, pad, def->size);
    else
        memcpy(pad, in->key, in->key_len);
    for (size_t i = 0; i < def->block; i++)
        pad[i] ^= 0x36;
    mipro_hash_spans(def->hash, first, 3, inner, def->size);
    for (size_t i = 0; i < def->block; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    mipro_hash_spans(def->hash, second, 2, out, def->size);
    explicit_bzero(pad, sizeof(pad));
    explicit_bzero(inner, sizeof(inner));
}
