/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sign.c - associations, and the authenticators of incoming messages. */
#include "respond/parts.h"

#include <string.h>

static bool
end_fits(const struct mipro_end *end, uint32_t addr)
{
    const uint32_t mask = end->bits == 0 ? 0 : UINT32_MAX << (32 - end->bits);

    return end->any || ((addr ^ end->addr) & mask) == 0;
}

const struct mipro_association *
inj_association(const struct inj_responder *r, uint32_t spi, uint32_t a, uint32_t b, uint32_t *node)
{
    const struct mipro_ends ends = { a, b };
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
    bool valid;

    if (mipro_keyring_find(r->setup.ring, spi, &ends, 1, r->now, out, &valid) == 0 || !valid)
        return NULL;
    *node = out[0].node;
    return out[0].association;
}

static const struct mipro_association *
first_association(
    const struct inj_responder *r, uint32_t a, uint32_t b, bool by_challenge, uint32_t *node)
{
    for (size_t i = 0; i < mipro_keyring_count(r->setup.ring); i++) {
        const struct mipro_association *s = mipro_keyring_at(r->setup.ring, i);

        if (mipro_auth_needs_challenge(s) != by_challenge)
            continue;
        if ((end_fits(&s->a, a) && end_fits(&s->b, b)) ||
            (end_fits(&s->a, b) && end_fits(&s->b, a)))
            return inj_association(r, s->spi, a, b, node);
    }
    return NULL;
}

const struct mipro_association *
inj_any_association(const struct inj_responder *r, uint32_t a, uint32_t b, uint32_t *node)
{
    return first_association(r, a, b, false, node);
}

const struct mipro_association *
inj_challenged_association(const struct inj_responder *r, uint32_t a, uint32_t b, uint32_t *node)
{
    return first_association(r, a, b, true, node);
}

bool
inj_is_authorizing(const struct mipro_message *m, const struct mipro_ext *e)
{
    uint64_t spi;

    return e->type == MIPRO_EXT_MOBILE_HOME ||
           (e->type == MIPRO_EXT_GENERALIZED && mipro_ext_value(m, e, MIPRO_F_SPI, &spi) &&
               mipro_spi_is_assigned((uint32_t)spi));
}

/* The authenticator of e, to be compared with what an association gives. */
struct guess {
    const struct mipro_message *m;
    const struct mipro_ext *e;
    const uint8_t *octets;
    size_t len;
    uint32_t spi;
};

/* Compare the octets selected by mask; fewer than n octets only if may_be_short. */
static bool
is_equal(const struct guess *g, const uint8_t *right, size_t n, uint64_t mask, bool may_be_short)
{
    if (g->octets == NULL || (g->len != n && !(may_be_short && g->len < n)))
        return false;
    for (size_t i = 0; i < g->len; i++) {
        if ((mask >> (i < 63 ? i : 63) & 1) != 0 && g->octets[i] != right[i])
            return false;
    }
    return true;
}

static bool
fits_as(const struct guess *g, const struct mipro_association *s, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage)
{
    uint8_t right[MIPRO_AUTH_MAX];
    const size_t n = mipro_auth_compute_as(
        s, node, algorithm, coverage, g->m->buf, g->e->off + g->e->hdr_len, g->spi, right);

    return n > 0 && is_equal(g, right, n, UINT64_MAX, false);
}

static bool
fits(const struct guess *g, const struct mipro_association *s, uint32_t node, uint64_t mask,
    bool may_be_short)
{
    uint8_t right[MIPRO_AUTH_MAX];
    const size_t n =
        mipro_auth_compute(s, node, g->m->buf, g->e->off + g->e->hdr_len, g->spi, right);

    return n > 0 && is_equal(g, right, n, mask, may_be_short);
}

/* Does it fit with an algorithm, or coverage, other than the association's? */
static bool
fits_otherwise(const struct inj_responder *r, const struct guess *g,
    const struct mipro_association *s, uint32_t node)
{
    const struct mipro_algorithm_def *own = mipro_algorithm_to_sign(s->algorithm, 0);

    for (unsigned i = 0; own != NULL && i < MIPRO_ALGORITHMS; i++) {
        const enum mipro_algorithm algorithm = mipro_algorithm_defs[i].id;

        if (!inj_does(
                r, algorithm == own->id ? INJ_TAKES_OTHER_COVERAGE : INJ_TAKES_OTHER_ALGORITHM))
            continue;
        if (fits_as(g, s, node, algorithm, MIPRO_TYPE_LENGTH) ||
            fits_as(g, s, node, algorithm, MIPRO_TYPE_LENGTH_SPI))
            return true;
    }
    return false;
}

/* Does a fault make the node accept this bad authenticator? */
static bool
is_taken(const struct inj_responder *r, const struct inj_datagram *p, const struct mipro_message *m,
    const struct mipro_ext *e, struct mipro_auth *auth)
{
    const uint64_t mask = inj_fault_compares(r->fault, e->type);
    struct mipro_ends ends[2];
    const struct mipro_scene scene = { p->src, r->address, r->now, r->setup.ring };
    struct guess g = { .m = m, .e = e };
    const struct mipro_association *s = auth->association;
    uint32_t node = auth->node;
    uint64_t spi = 0;

    if (mask == 0)
        return true;
    if (!mipro_ext_value(m, e, MIPRO_F_SPI, &spi))
        return false;
    g.octets = mipro_ext_octets(m, e, MIPRO_F_AUTHENTICATOR, &g.len);
    g.spi = (uint32_t)spi;
    mipro_auth_ends(m, e, &scene, ends);
    if (s == NULL)
        s = inj_association(r, g.spi, ends[0].a, ends[0].b, &node);
    if (s == NULL &&
        (inj_does(r, INJ_TAKES_ANY_SPI) || (spi < 256 && inj_does(r, INJ_TAKES_RESERVED_SPI))))
        s = inj_any_association(r, ends[0].a, ends[0].b, &node);
    for (size_t i = 0;
         s == NULL && inj_does(r, INJ_TAKES_ANY_SOURCE) && i < mipro_keyring_count(r->setup.ring);
         i++) {
        if (mipro_keyring_at(r->setup.ring, i)->spi == g.spi)
            s = mipro_keyring_at(r->setup.ring, i);
    }
    if (s == NULL)
        return false;
    mipro_auth_associate(auth, s);
    auth->node = node;
    auth->spi = g.spi;
    return fits(&g, s, node, mask, inj_does(r, INJ_TAKES_SHORT_AUTHENTICATOR)) ||
           fits_otherwise(r, &g, s, node);
}

bool
inj_is_authentic(const struct inj_responder *r, const struct inj_datagram *p,
    const struct mipro_message *m, const struct mipro_ext *e, struct mipro_auth *auth)
{
    const struct mipro_scene scene = { p->src, r->address, r->now, r->setup.ring };

    mipro_auth_judge(m, e, &scene, auth);
    /* It may be a PFAN's, computed over the body alone (5.1). */
    if (auth->verdict == MIPRO_BAD && r->setup.role == INJ_AS_PREVIOUS_AGENT)
        mipro_auth_judge_handoff(m, e, &scene, auth);
    return auth->verdict == MIPRO_GOOD || is_taken(r, p, m, e, auth);
}
