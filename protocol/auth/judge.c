/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference: every hash is computed by GLib. */
#include "auth/claim.h"

#include "keys/keyring.h"

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

/* May this association be used with this scheme? */
static bool
may_use(const struct mipro_association *s, const struct mipro_scheme *scheme)
{
    return (s->algorithm == scheme->def->id || s->algorithm == MIPRO_ANY) &&
           (s->coverage == scheme->coverage || s->coverage == MIPRO_COVERAGE_NONE);
}

/* Each algorithm with its default coverage, then with the other: common ones first. */
static bool
judge_by(const struct mipro_message *m, const struct mipro_ext *e, const struct mipro_claim *claim,
    size_t candidate, struct mipro_auth *auth)
{
    for (unsigned i = 0; i < 2u * MIPRO_ALGORITHMS; i++) {
        const struct mipro_algorithm_def *def = &mipro_algorithm_defs[i % MIPRO_ALGORITHMS];
        const bool appends_spi = (def->coverage == MIPRO_TYPE_LENGTH_SPI) == (i < MIPRO_ALGORITHMS);
        const struct mipro_scheme scheme = { def,
            appends_spi ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH };

        if (may_use(claim->candidate[candidate].association, &scheme) &&
            mipro_claim_try(
                claim, candidate, &scheme, m->buf, mipro_protected_len(e), scheme.coverage, auth))
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

static void
judge(const struct mipro_message *m, const struct mipro_ext *e, const struct mipro_claim *claim,
    struct mipro_auth *auth)
{
    if (e->type == MIPRO_EXT_PFAN)
        mipro_claim_judge_pfan(m, e, claim, auth);
    else
        mipro_claim_judge(m, e, claim, auth);
}

/* Would it be good with this association's key without its trailing newline? */
static bool
is_good_without_newline(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, const struct mipro_auth *auth)
{
    struct mipro_association s = *auth->association;
    struct mipro_auth again = *auth;
    struct mipro_claim bare = *claim;
    size_t len = mipro_key_bare_len(s.key);
    struct mipro_key *key = g_malloc(sizeof(*key) + len);

    key->len = (uint32_t)len;
    memcpy(key->octets, s.key->octets, len);
    s.key = key;
    bare.n = 1;
    bare.candidate[0].association = &s;
    judge(m, e, &bare, &again);
    explicit_bzero(key, sizeof(*key) + len);
    g_free(key);
    return again.verdict == MIPRO_GOOD;
}

void
mipro_claim_settle(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth)
{
    judge(m, e, claim, auth);
    if (auth->verdict == MIPRO_BAD && auth->association != NULL && auth->association->newline &&
        is_good_without_newline(m, e, claim, auth))
        auth->hint = MIPRO_HINT_NEWLINE;
}

void
mipro_auth_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    struct mipro_claim claim;

    if (mipro_claim_open(m, e, scene, auth, &claim))
        mipro_claim_settle(m, e, &claim, auth);
}

bool
mipro_auth_judge_challenge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, const uint8_t *challenge, size_t len, struct mipro_auth *auth)
{
    struct mipro_auth again;
    struct mipro_claim claim;

    if (!mipro_claim_open(m, e, scene, &again, &claim))
        return false;
    claim.challenge = (struct mipro_challenge){ challenge, len, false };
    mipro_claim_judge(m, e, &claim, &again);
    if (again.verdict != MIPRO_GOOD && again.verdict != MIPRO_EXPIRED)
        return false;
    *auth = again;
    return true;
}
