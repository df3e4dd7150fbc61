/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_judge.h - what the files that judge authenticators share; nobody else includes it.
 *
 *   mipro_auth.c   computes; judges what stands in a message against its association
 *   mipro_pfan.c   rebuilds what a Previous Foreign Agent Notification signs (5.1)
 *   mipro_batch.c  the same as mipro_auth.c in many lanes
 */
#ifndef MIPRO_JUDGE_H
#define MIPRO_JUDGE_H

#include "mipro_auth.h"

#include <string.h>

/* An authenticator, and the associations that may vouch for it. */
struct mipro_claim {
    const uint8_t *authenticator;
    size_t size; /* of the authenticator, as it stands there */
    size_t n;
    bool valid; /* the candidates are valid at the time; else none is */
    struct mipro_candidate candidate[MIPRO_MAX_CANDIDATES];
};

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
    auth->association = NULL;
    auth->node = 0;
    auth->algorithm = MIPRO_KEYED_MD5;
    auth->coverage = MIPRO_COVERAGE_NONE;
    auth->reading = (struct mipro_pfan_reading){ 0 };
    auth->has_calculated = false;
}

/* Bad by this association; the caller owes auth->calculated. */
static inline void
mipro_auth_refuse(const struct mipro_association *s, uint32_t node, struct mipro_auth *auth)
{
    auth->verdict = MIPRO_BAD;
    auth->association = s;
    auth->node = s->master ? node : 0;
    auth->algorithm = s->algorithm;
    auth->coverage = s->algorithm == MIPRO_ANY ? MIPRO_COVERAGE_NONE : s->coverage;
    auth->has_calculated = true;
}

/*
 * Frame extension e of m into auth and claim, and look its associations up.
 * False if that settles auth: too short, or nobody's.
 */
bool mipro_claim_open(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_claim *claim);

/* Compares all octets, whatever the first say. */
static inline bool
mipro_auth_equal(const uint8_t a[MIPRO_AUTH_LEN], const uint8_t b[MIPRO_AUTH_LEN])
{
    uint64_t x[2], y[2];

    memcpy(x, a, sizeof(x));
    memcpy(y, b, sizeof(y));
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

/* Is out what the claim says? */
static inline bool
mipro_claim_fits(const struct mipro_claim *claim, const uint8_t out[MIPRO_AUTH_LEN])
{
    return claim->size == MIPRO_AUTH_LEN && mipro_auth_equal(claim->authenticator, out);
}

/* The i-th candidate fits by algorithm and coverage: good, or expired. */
void mipro_claim_accept(const struct mipro_claim *claim, size_t i, enum mipro_algorithm algorithm,
    enum mipro_coverage coverage, const uint8_t out[MIPRO_AUTH_LEN], struct mipro_auth *auth);

/*
 * No candidate fits: bad by the best of those that are valid, else no key.
 * True if bad, and the caller owes auth->calculated.
 */
bool mipro_claim_refuse(const struct mipro_claim *claim, struct mipro_auth *auth);

/* Judge a claim of 32-36. */
void mipro_claim_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* The same of 96, mipro_pfan.c. */
void mipro_claim_judge_pfan(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth);

/* Octets that an authenticator covers: the type octet of m to the header of e. */
static inline size_t
mipro_protected_len(const struct mipro_ext *e)
{
    return e->off + e->hdr_len;
}

#endif
