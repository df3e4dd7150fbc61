/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_algorithm.h - the algorithms that compute authenticators, one row each.
 *
 * All properties of an algorithm are in its row.  To add one: an enumerator before
 * MIPRO_ALGORITHMS, and a row in crypto/algorithm.c.
 */
#ifndef MIPRO_ALGORITHM_H
#define MIPRO_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mipro_algorithm {
    MIPRO_KEYED_MD5,   /* MD5(key, protected data, key): RFC 2002 3.5.1 */
    MIPRO_HMAC_MD5,    /* RFC 2104 */
    MIPRO_HMAC_SHA1,   /* RFC 2104 with SHA-1 */
    MIPRO_HMAC_SHA256, /* RFC 2104 with SHA-256 */
    MIPRO_CHAP,        /* MD5 over a challenge, the key and a digest of the message: RFC 4721 8 */
    MIPRO_ALGORITHMS,
    MIPRO_ANY = MIPRO_ALGORITHMS /* try each algorithm and coverage, report the one that matches */
};

enum mipro_coverage {
    MIPRO_COVERAGE_NONE, /* unknown: with "any", nothing matched */
    MIPRO_TYPE_LENGTH,
    MIPRO_TYPE_LENGTH_SPI,
    MIPRO_BODY,            /* a PFAN only: the Binding Update body alone */
    MIPRO_BODY_TYPE_LENGTH /* a PFAN only: with the header of its extension 35, or 36 */
};

#define MIPRO_AUTH_MAX 32u /* octets of the longest authenticator in the table */

/* What an authenticator is computed from; everything is borrowed. */
struct mipro_hash_input {
    const uint8_t *key;
    size_t key_len;
    const uint8_t *octets; /* the protected data up to the type and length of the extension */
    size_t len;
    const uint8_t *tail; /* what follows them: the SPI, or nothing */
    size_t tail_len;
    const uint8_t *challenge; /* only for an algorithm that needs one; then not empty */
    size_t challenge_len;
};

/* How the vector lanes (crypto/md5) compute an algorithm. */
enum mipro_lane_support {
    MIPRO_LANES_NONE,
    MIPRO_LANES_KEYED, /* MD5(key, data, key) */
    MIPRO_LANES_HMAC   /* from the states in the keyring: MD5 after HMAC's pads */
};

/* An octet holds an algorithm, and also an algorithm with two more bits (auth/pfan.c). */
_Static_assert(MIPRO_ANY < 64, "algorithms are kept in 8 bits");

struct mipro_algorithm_def {
    enum mipro_algorithm id;
    const char *name;             /* in the key file, JSON and the GUI */
    uint8_t size;                 /* octets of its authenticator */
    uint8_t block;                /* octets of a block of its hash */
    enum mipro_coverage coverage; /* the default of an association */
    enum mipro_lane_support lanes;
    /* Writes size octets to out. */
    void (*compute)(
        const struct mipro_algorithm_def *def, const struct mipro_hash_input *in, uint8_t *out);
    unsigned hash;        /* for compute: a GChecksumType */
    bool needs_challenge; /* nothing can be computed without one */
};

extern const struct mipro_algorithm_def mipro_algorithm_defs[MIPRO_ALGORITHMS];

/* The row; NULL for MIPRO_ANY and for values that are not algorithms. */
static inline const struct mipro_algorithm_def *
mipro_algorithm_def(enum mipro_algorithm algorithm)
{
    return (unsigned)algorithm < MIPRO_ALGORITHMS ? &mipro_algorithm_defs[algorithm] : NULL;
}

/* "keyed-md5", "any"; NULL if there is no such algorithm. */
const char *mipro_algorithm_name(enum mipro_algorithm algorithm);

/* Does it compute authenticators of this size?  MIPRO_ANY: does any algorithm? */
bool mipro_algorithm_makes(enum mipro_algorithm algorithm, size_t size);

/*
 * The row with which an association of this algorithm computes authenticators of size octets;
 * size 0: any size.  MIPRO_ANY: the first of that size, keyed-md5 if there is none.
 * NULL if there is no such algorithm.
 */
const struct mipro_algorithm_def *mipro_algorithm_to_sign(
    enum mipro_algorithm algorithm, size_t size);

#endif
