/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * claim.h - an authenticator and the associations that may account for it.
 *
 * The files of this folder, each of which uses only those before it:
 *   compute.c  an association, protected octets -> an authenticator
 *   claim.c    an extension -> what it claims, and whose association that is
 *   pfan.c     a Previous Foreign Agent Notification, in all its readings (5.1)
 *   judge.c    any extension, by GLib: the reference
 *   queue.c    the same for many at once, in the lanes
 *   each.c     all authenticators of a message
 *   explain.c  why one is not good, in words
 *   sign.c     authenticators for what the builder makes
 */
#ifndef MIPRO_CLAIM_H
#define MIPRO_CLAIM_H

#include "mipro_sign.h"

#include <string.h>

/* What a Mobile-AAA authenticator answers (RFC 4721); borrowed. */
struct mipro_challenge {
    const uint8_t *octets; /* NULL: there is none */
    size_t len;
    bool assumed; /* it is not in the message, but what the RFC says where there is none */
};

/*
 * The challenge that a registration answers: the first one that it carries or, with a co-located
 * care-of address and none in the message, the value 0 (RFC 4721 3.5).
 */
struct mipro_challenge mipro_challenge_of(const struct mipro_message *m);

/* An authenticator, and the associations that may account for it. */
struct mipro_claim {
    const uint8_t *authenticator;
    size_t size; /* of the authenticator, as it stands there */
    struct mipro_challenge challenge;
    size_t n;
    bool valid; /* the candidates are valid at the time; else none is */
    bool loose; /* nothing says that they are meant: what does not fit has no key (ruling 9) */
    struct mipro_candidate candidate[MIPRO_MAX_CANDIDATES];
};

/* As mipro_auth_compute_as(), with a challenge from elsewhere than the octets. */
size_t mipro_auth_compute_with(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, const struct mipro_challenge *challenge, uint8_t *out);

/*
 * The row and the coverage by which an association signs with authenticators of size octets, 0
 * if the choice is ours.  NULL if there is no such algorithm.
 */
const struct mipro_algorithm_def *mipro_auth_way(
    const struct mipro_association *association, size_t size, enum mipro_coverage *coverage);

/* What an authenticator is before its SPI and anybody's key are looked at. */
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
    auth->association = NULL;
    auth->node = 0;
    auth->algorithm = MIPRO_KEYED_MD5;
    auth->coverage = MIPRO_COVERAGE_NONE;
    auth->reading = (struct mipro_pfan_reading){ 0 };
    auth->calculated_len = 0;
}

/* Bad by this association; the caller sets auth->calculated. */
static inline void
mipro_auth_refuse(const struct mipro_association *s, uint32_t node, struct mipro_auth *auth)
{
    auth->verdict = MIPRO_BAD;
    auth->association = s;
    auth->node = s->master ? node : 0;
    auth->algorithm = s->algorithm;
    auth->coverage = s->algorithm == MIPRO_ANY ? MIPRO_COVERAGE_NONE : s->coverage;
}

/* Frame e into auth; false if it has no SPI. */
bool mipro_claim_frame(
    const struct mipro_message *m, const struct mipro_ext *e, struct mipro_auth *auth);

/*
 * Frame extension e of m into auth and claim, and look its associations up.
 * False if that settles auth: too short, or nobody's.
 */
bool mipro_claim_open(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_claim *claim);

/* Compares all octets, whatever the first are. */
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

/* One way to compute an authenticator. */
struct mipro_way {
    const struct mipro_algorithm_def *def;
    enum mipro_coverage coverage;
};

/*
 * Does the i-th candidate, computing in this way over n octets, fit the claim?  If so auth is
 * good, or expired, with the coverage named.  Whether the association may be meant to sign so
 * is for the caller to know.
 */
bool mipro_claim_try(const struct mipro_claim *claim, size_t i, const struct mipro_way *way,
    const uint8_t *octets, size_t n, enum mipro_coverage named, struct mipro_auth *auth);

/*
 * No candidate fits: bad by the best of those that are valid, else no key.  If bad, what it
 * should have been over n octets is computed.
 */
void mipro_claim_refuse(
    const struct mipro_claim *claim, const uint8_t *octets, size_t n, struct mipro_auth *auth);

/* Judge a claim of 32-36. */
void mipro_claim_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* The same of 96. */
void mipro_claim_judge_pfan(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* A claim of either kind, and what may be said about one that is bad. */
void mipro_claim_settle(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* Octets that an authenticator covers: the type octet of m to the header of e. */
static inline size_t
mipro_protected_len(const struct mipro_ext *e)
{
    return e->off + e->hdr_len;
}

#endif
