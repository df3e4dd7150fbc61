/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference: every hash is computed by GLib. */
#include "auth/claim.h"

const char *
mipro_verdict_name(enum mipro_verdict verdict)
{
    static const char *const names[MIPRO_VERDICTS] = {
        [MIPRO_GOOD] = "good",
        [MIPRO_BAD] = "bad",
        [MIPRO_EXPIRED] = "expired",
        [MIPRO_NO_KEY] = "no-key",
        [MIPRO_TRUNCATED] = "truncated",
        [MIPRO_MISSING] = "missing",
    };

    return names[verdict];
}

/* May this association be meant to sign in this way? */
static bool
may_use(const struct mipro_association *s, const struct mipro_way *way)
{
    return (s->algorithm == way->def->id || s->algorithm == MIPRO_ANY) &&
           (s->coverage == way->coverage || s->coverage == MIPRO_COVERAGE_NONE);
}

/* Each algorithm with its default coverage, then with the other: common ones first. */
static bool
judge_by(const struct mipro_message *m, const struct mipro_ext *e, const struct mipro_claim *claim,
    size_t candidate, struct mipro_auth *auth)
{
    for (unsigned i = 0; i < 2u * MIPRO_ALGORITHMS; i++) {
        const struct mipro_algorithm_def *def = &mipro_algorithm_defs[i % MIPRO_ALGORITHMS];
        const bool appends_spi = (def->coverage == MIPRO_TYPE_LENGTH_SPI) == (i < MIPRO_ALGORITHMS);
        const struct mipro_way way = { def,
            appends_spi ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH };

        if (may_use(claim->candidate[candidate].association, &way) &&
            mipro_claim_try(
                claim, candidate, &way, m->buf, mipro_protected_len(e), way.coverage, auth))
            return true;
    }
    return false;
}

void
mipro_claim_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth)
{
    for (size_t i = 0; i < claim->n; i++)
        if (judge_by(m, e, claim, i, auth))
            return;
    mipro_claim_refuse(claim, m->buf, mipro_protected_len(e), auth);
}

void
mipro_auth_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    struct mipro_claim claim;

    if (!mipro_claim_open(m, e, scene, auth, &claim))
        return;
    if (e->type == MIPRO_EXT_PFAN)
        mipro_claim_judge_pfan(m, e, &claim, auth);
    else
        mipro_claim_judge(m, e, &claim, auth);
}
