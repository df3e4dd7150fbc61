/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * claim.h - an authenticator and the associations that it may be from.
 *
 * The files of this folder, each of which uses only those before it:
 *   compute.c  compute an authenticator from an association and the protected octets
 *   claim.c    find the authenticator of an extension and its candidate associations
 *   pfan.c     judge a Previous Foreign Agent Notification, in all its readings (5.1)
 *   judge.c    judge any extension, with GLib: the reference
 *   queue.c    the same for many at once, in the lanes
 *   each.c     all authenticators of a message
 *   explain.c  why one is not good, in words
 *   sign.c     authenticators for messages that are being built
 */
#ifndef MIPRO_CLAIM_H
#define MIPRO_CLAIM_H

#include "mipro_sign.h"

#include <string.h>

/* The challenge that a Mobile-AAA authenticator answers (RFC 4721); borrowed. */
struct mipro_challenge {
    const uint8_t *octets; /* NULL: there is none */
    size_t len;
    bool assumed; /* not in the message: the RFC's value for a message without one */
};

/*
 * The challenge that a registration answers: the first one that it carries or, with a co-located
 * care-of address and none in the message, the value 0 (RFC 4721 3.5).
 */
struct mipro_challenge mipro_challenge_of(const struct mipro_message *m);

/* An authenticator, and the associations that it may be from. */
struct mipro_claim {
    const uint8_t *authenticator;
    size_t size; /* octets of the authenticator in the message */
    struct mipro_challenge challenge;
    size_t n;
    bool valid; /* all candidates are valid at the time; else none is */
    bool loose; /* they may not be the node's: without a match, there is no key (ruling 9) */
    struct mipro_candidate candidate[MIPRO_MAX_CANDIDATES];
};

/* As mipro_auth_compute_as(), with a challenge that is not taken from the octets. */
size_t mipro_auth_compute_with(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, const struct mipro_challenge *challenge, uint8_t *out);

/*
 * The row and the coverage with which an association computes authenticators of size octets;
 * size 0: any size.  NULL if there is no such algorithm.
 */
const struct mipro_algorithm_def *mipro_auth_scheme(
    const struct mipro_association *association, size_t size, enum mipro_coverage *coverage);

/* Initialize auth, before the SPI is read and keys are looked up. */
static inline void
mipro_auth_frame(const struct mipro_ext *e, struct mipro_auth *auth)
{
    auth->ext = e->type;
    auth->off = e->off;
    auth->len = (uint32_t)mipro_ext_len(e);
    auth->spi = 0;
    auth->has_spi = false;
    auth->size_wrong = false;
    auth->hint = MIPRO_HINT_NONE;
    mipro_auth_associate(auth, NULL);
    auth->node = 0;
    auth->algorithm = MIPRO_KEYED_MD5;
    auth->coverage = MIPRO_COVERAGE_NONE;
    auth->reading = (struct mipro_pfan_reading){ 0 };
    auth->calculated_len = 0;
}

/* Mark as bad with this association; the caller sets auth->calculated. */
static inline void
mipro_auth_refuse(const struct mipro_association *s, uint32_t node, struct mipro_auth *auth)
{
    auth->verdict = MIPRO_BAD;
    mipro_auth_associate(auth, s);
    auth->node = s->master ? node : 0;
    auth->algorithm = s->algorithm;
    auth->coverage = s->algorithm == MIPRO_ANY ? MIPRO_COVERAGE_NONE : s->coverage;
}

/* Frame e into auth; false if it has no SPI. */
bool mipro_claim_frame(
    const struct mipro_message *m, const struct mipro_ext *e, struct mipro_auth *auth);

/*
 * Frame extension e of m into auth and claim, and look up its associations.  False if that
 * alone decides the verdict: it is too short, or no association was found.
 */
bool mipro_claim_open(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_claim *claim);

/* Compares all octets, even after a difference (constant time). */
static inline bool
mipro_auth_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint64_t differ = 0, x, y;

    for (; n >= sizeof(x); n -= sizeof(x), a += sizeof(x), b += sizeof(x)) {
        memcpy(&x, a, sizeof(x));
        memcpy(&y, b, sizeof(y));
        differ |= x ^ y;
    }
    for (size_t i = 0; i < n; i++)
        differ |= a[i] ^ b[i];
    return differ == 0;
}

/* An algorithm with a coverage. */
struct mipro_scheme {
    const struct mipro_algorithm_def *def;
    enum mipro_coverage coverage;
};

/*
 * Does the i-th candidate, with this scheme over n octets, match the claim?  If so auth
 * becomes good or expired, with the coverage named.  The caller checks whether the association
 * may be used with this scheme.
 */
bool mipro_claim_try(const struct mipro_claim *claim, size_t i, const struct mipro_scheme *scheme,
    const uint8_t *octets, size_t n, enum mipro_coverage named, struct mipro_auth *auth);

/*
 * No candidate matches: bad with the best one if they are valid, else no key.  If bad, the
 * correct authenticator over n octets is computed.
 */
void mipro_claim_refuse(
    const struct mipro_claim *claim, const uint8_t *octets, size_t n, struct mipro_auth *auth);

/* Judge the claim of an extension 32-36. */
void mipro_claim_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* The same for extension 96. */
void mipro_claim_judge_pfan(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* Judge a claim of either kind, and set the hint of one that is bad. */
void mipro_claim_settle(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* Octets that an authenticator covers: from the type octet of m through the header of e. */
static inline size_t
mipro_protected_len(const struct mipro_ext *e)
{
    return e->off + e->hdr_len;
}

#endif
