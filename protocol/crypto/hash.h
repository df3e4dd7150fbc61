/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hash.h - hashes computed with GLib, the reference for the lanes of md5/.
 *
 * Inputs contain keys.  GLib copies them to its own buffers and to the stack and wipes
 * neither; these functions do.
 */
#ifndef MIPRO_HASH_H
#define MIPRO_HASH_H

#include "mipro_algorithm.h"

#define MIPRO_HASH_BLOCK_MAX 64u /* octets of the largest block in the table of algorithms */

/* A span of octets, borrowed. */
struct mipro_hash_span {
    const uint8_t *octets;
    size_t len;
};

/* One hash over n spans; hash is a GChecksumType whose digest has size octets. */
void mipro_hash_spans(
    unsigned hash, const struct mipro_hash_span *spans, size_t n, uint8_t *out, size_t size);

/* The compute functions of the algorithm table. */
void mipro_hash_keyed(
    const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out);
void mipro_hash_hmac(
    const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out);
void mipro_hash_chap(
    const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out);

#endif
