/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "auth/claim.h"

/* Ruling 6. */
size_t
mipro_auth_ends(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_ends ends[2])
{
    uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    bool named = mipro_has(m, MIPRO_F_HOMEADDR);
    uint64_t agent;

    ends[0] = (struct mipro_ends){ scene->src, scene->dst };
    switch (e->type) {
    case MIPRO_EXT_MOBILE_HOME:
    case MIPRO_EXT_GENERALIZED:
        if (named && mipro_has(m, MIPRO_F_HOMEAGENT)) {
            ends[0] = (struct mipro_ends){ home, (uint32_t)mipro_value(m, MIPRO_F_HOMEAGENT) };
            return 1;
        }
        break;
    case MIPRO_EXT_MOBILE_FOREIGN:
        if (named)
            ends[0] =
                (struct mipro_ends){ home, mipro_has(m, MIPRO_F_CODE) ? scene->src : scene->dst };
        return 1;
    case MIPRO_EXT_PFAN:
        if (named && mipro_ext_value(m, e, MIPRO_F_PFAN_AGENT, &agent))
            ends[0] = (struct mipro_ends){ home, (uint32_t)agent };
        return 1;
    default:
        break;
    }
    /* A foreign agent sends a Binding Update for a mobile node, with the mobile node's SPI. */
    if (e->type == mipro_auth_ext_type(&m->set) && mipro_is_draft(m) &&
        mipro_message_type(m) == MIPRO_BINDING_UPDATE && named) {
        ends[1] = (struct mipro_ends){ home, scene->dst };
        return 2;
    }
    return 1;
}

/* No node has such an address: it means that the address is not assigned yet. */
static bool
is_nobody(uint32_t addr)
{
    return addr == 0 || addr == UINT32_MAX;
}

/* Is the mobile node one of the ends of this extension, by its home address? */
static bool
is_of_mobile_node(const struct mipro_message *m, const struct mipro_ext *e)
{
    return mipro_has(m, MIPRO_F_HOMEADDR) && !mipro_is_draft(m) &&
           (e->type == MIPRO_EXT_MOBILE_HOME || e->type == MIPRO_EXT_MOBILE_FOREIGN ||
               e->type == MIPRO_EXT_GENERALIZED || e->type == MIPRO_EXT_PFAN);
}

bool
mipro_auth_nai(const struct mipro_message *m, const struct mipro_ext *e, struct mipro_nai *nai)
{
    nai->len = 0;
    nai->octets = is_of_mobile_node(m, e) ? mipro_message_nai(m, &nai->len) : NULL;
    return nai->octets != NULL;
}

/* Does this end contain an address that identifies no node, though it does not stand for any? */
static bool
contains_nobody(const struct mipro_end *end, uint32_t nobody)
{
    return !end->any && !end->nai && end->bits < 32 &&
           (end->bits == 0 || (end->addr ^ nobody) >> (32 - end->bits) == 0);
}

/*
 * Ruling 9.  An association with the node's NAI is preferred.  If the message identifies the
 * node by its NAI, or not at all, an association for any address may be another node's.  So may
 * one for a prefix, which says nothing about a node that has no address.
 */
static void
find_candidates(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, uint32_t spi, struct mipro_claim *claim)
{
    struct mipro_ends ends[2];
    size_t n_ends = mipro_auth_ends(m, e, scene, ends), n = 0;
    struct mipro_candidate by_nai[MIPRO_MAX_CANDIDATES];
    struct mipro_nai nai;
    bool named = mipro_auth_nai(m, e, &nai), valid = false;

    if (named)
        n = mipro_keyring_find_nai(scene->ring, spi, &nai, is_nobody(ends[0].b) ? NULL : &ends[0].b,
            scene->time, by_nai, &valid);
    claim->n = 0;
    claim->valid = false;
    if (!valid)
        claim->n = mipro_keyring_find(
            scene->ring, spi, ends, n_ends, scene->time, claim->candidate, &claim->valid);
    if (n != 0 && (valid || !claim->valid)) {
        memcpy(claim->candidate, by_nai, n * sizeof(by_nai[0]));
        claim->n = n;
        claim->valid = valid;
    } else if (claim->n != 0 && is_of_mobile_node(m, e) && (named || is_nobody(ends[0].a))) {
        const struct mipro_association *s = claim->candidate[0].association;

        claim->loose = s->master || s->a.any || s->b.any ||
                       (is_nobody(ends[0].a) && (contains_nobody(&s->a, ends[0].a) ||
                                                    contains_nobody(&s->b, ends[0].a)));
    }
}

size_t
mipro_auth_ends_of(const struct mipro_message *m, const struct mipro_auth *auth,
    const struct mipro_scene *scene, struct mipro_ends ends[2])
{
    struct mipro_ext e;

    if (!mipro_ext_at(m, auth->off, &e) || e.type != auth->ext)
        return 0;
    return mipro_auth_ends(m, &e, scene, ends);
}

bool
mipro_claim_frame(const struct mipro_message *m, const struct mipro_ext *e, struct mipro_auth *auth)
{
    mipro_auth_frame(e, auth);
    auth->has_spi = mipro_ext_spi(m, e, &auth->spi);
    return auth->has_spi;
}

static bool
may_need_challenge(const struct mipro_association *s)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(s->algorithm);

    return def == NULL || def->needs_challenge; /* "any" has no row */
}

bool
mipro_claim_open(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_claim *claim)
{
    claim->n = 0;
    claim->loose = false;
    claim->authenticator = NULL;
    claim->challenge = (struct mipro_challenge){ NULL, 0, false };
    if (!mipro_claim_frame(m, e, auth) || e->def == NULL || e->body_len < e->def->min_len) {
        auth->verdict = MIPRO_BAD;
        auth->size_wrong = true;
        return false;
    }
    claim->authenticator = mipro_ext_authenticator(m, e, &claim->size);
    auth->verdict = claim->authenticator == NULL ? MIPRO_TRUNCATED : MIPRO_NO_KEY;
    if (claim->authenticator == NULL || scene->ring == NULL)
        return false;
    find_candidates(m, e, scene, auth->spi, claim);
    for (size_t i = 0; i < claim->n && claim->challenge.octets == NULL; i++)
        if (may_need_challenge(claim->candidate[i].association))
            claim->challenge = mipro_challenge_of(m);
    return claim->n > 0;
}

bool
mipro_claim_try(const struct mipro_claim *claim, size_t i, const struct mipro_scheme *scheme,
    const uint8_t *octets, size_t n, enum mipro_coverage named, struct mipro_auth *auth)
{
    const struct mipro_candidate *c = &claim->candidate[i];
    uint8_t out[MIPRO_AUTH_MAX];
    size_t size;

    if (scheme->def->size != claim->size)
        return false;
    size = mipro_auth_compute_with(c->association, c->node, scheme->def->id, scheme->coverage,
        octets, n, auth->spi, &claim->challenge, out);
    if (size == 0 || size != claim->size || !mipro_auth_equal(claim->authenticator, out, size))
        return false;
    auth->verdict = claim->valid ? MIPRO_GOOD : MIPRO_EXPIRED;
    mipro_auth_associate(auth, c->association);
    auth->node = c->association->master ? c->node : 0;
    auth->algorithm = scheme->def->id;
    auth->coverage = named;
    auth->calculated_len = (uint8_t)size;
    memcpy(auth->calculated, out, size);
    return true;
}

/*
 * Was the authenticator computed from a challenge that is not known?  With "any" this is
 * assumed only if the SPI is the one for CHAP.
 */
static bool
lacks_challenge(const struct mipro_claim *claim, const struct mipro_association *s, uint32_t spi)
{
    const bool asks_for_it =
        s->algorithm == MIPRO_ANY ? spi == MIPRO_SPI_CHAP : may_need_challenge(s);

    return asks_for_it && mipro_algorithm_makes(s->algorithm, claim->size) &&
           (claim->challenge.octets == NULL || claim->challenge.assumed);
}

void
mipro_claim_refuse(
    const struct mipro_claim *claim, const uint8_t *octets, size_t n, struct mipro_auth *auth)
{
    const struct mipro_candidate *c = &claim->candidate[0];

    const struct mipro_algorithm_def *def;
    enum mipro_coverage coverage = MIPRO_COVERAGE_NONE;

    if (!claim->valid || claim->loose) {
        auth->verdict = MIPRO_NO_KEY;
        auth->hint = claim->loose ? MIPRO_HINT_ANYBODY : MIPRO_HINT_NONE;
        return;
    }
    if (lacks_challenge(claim, c->association, auth->spi)) {
        auth->verdict = MIPRO_NO_KEY;
        auth->hint = MIPRO_HINT_CHALLENGE;
        return;
    }
    mipro_auth_refuse(c->association, c->node, auth);
    auth->size_wrong = !mipro_algorithm_makes(c->association->algorithm, claim->size);
    def = mipro_auth_scheme(c->association, claim->size, &coverage);
    if (def != NULL)
        auth->calculated_len = (uint8_t)mipro_auth_compute_with(c->association, c->node, def->id,
            coverage, octets, n, auth->spi, &claim->challenge, auth->calculated);
}
