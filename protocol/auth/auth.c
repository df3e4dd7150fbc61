/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference: every octet here is hashed by GLib, but for mipro_auth_each(). */
#include "auth/judge.h"

#include "mipro_reader.h"
#include "keys/ring.h"

#include <glib.h>
#include <string.h>

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

/* Appendix A: MD5(node, master key, node). */
static void
derive_key(const struct mipro_key *master, uint32_t node, uint8_t out[MIPRO_AUTH_LEN])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);
    gsize len = MIPRO_AUTH_LEN;
    uint8_t addr[4];

    mipro_store_be(addr, sizeof(addr), node);
    g_checksum_update(sum, addr, sizeof(addr));
    g_checksum_update(sum, master->octets, (gssize)master->len);
    g_checksum_update(sum, addr, sizeof(addr));
    g_checksum_get_digest(sum, out, &len);
    g_checksum_free(sum);
}

/* MD5(key, octets, tail, key) */
static void
compute_keyed(const uint8_t *key, size_t key_len, const uint8_t *octets, size_t n,
    const uint8_t *tail, size_t n_tail, uint8_t out[MIPRO_AUTH_LEN])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);
    gsize len = MIPRO_AUTH_LEN;

    g_checksum_update(sum, key, (gssize)key_len);
    g_checksum_update(sum, octets, (gssize)n);
    g_checksum_update(sum, tail, (gssize)n_tail);
    g_checksum_update(sum, key, (gssize)key_len);
    g_checksum_get_digest(sum, out, &len);
    g_checksum_free(sum);
}

static void
compute_hmac(const uint8_t *key, size_t key_len, const uint8_t *octets, size_t n,
    const uint8_t *tail, size_t n_tail, uint8_t out[MIPRO_AUTH_LEN])
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_MD5, key, key_len);
    gsize len = MIPRO_AUTH_LEN;

    g_hmac_update(hmac, octets, (gssize)n);
    g_hmac_update(hmac, tail, (gssize)n_tail);
    g_hmac_get_digest(hmac, out, &len);
    g_hmac_unref(hmac);
}

void
mipro_auth_compute_as(const struct mipro_association *association, uint32_t node,
    enum mipro_algorithm algorithm, enum mipro_coverage coverage, const uint8_t *octets, size_t n,
    uint32_t spi, uint8_t out[MIPRO_AUTH_LEN])
{
    const uint8_t *key = association->key->octets;
    size_t key_len = association->key->len;
    size_t n_tail = coverage == MIPRO_TYPE_LENGTH_SPI ? 4 : 0;
    uint8_t derived[MIPRO_AUTH_LEN];
    uint8_t tail[4];

    mipro_store_be(tail, sizeof(tail), spi);
    if (association->master) {
        derive_key(association->key, node, derived);
        key = derived;
        key_len = sizeof(derived);
    }
    if (algorithm == MIPRO_HMAC_MD5)
        compute_hmac(key, key_len, octets, n, tail, n_tail, out);
    else
        compute_keyed(key, key_len, octets, n, tail, n_tail, out);
    explicit_bzero(derived, sizeof(derived));
}

void
mipro_auth_compute(const struct mipro_association *association, uint32_t node,
    const uint8_t *octets, size_t n, uint32_t spi, uint8_t out[MIPRO_AUTH_LEN])
{
    mipro_auth_compute_as(
        association, node, association->algorithm, association->coverage, octets, n, spi, out);
}

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

/* What can be said of an authenticator before anybody's key is known. */
static void
frame_auth(const struct mipro_message *m, const struct mipro_ext *e, struct mipro_auth *auth)
{
    mipro_auth_frame(e, auth);
    auth->has_spi = mipro_ext_spi(m, e, &auth->spi);
}

bool
mipro_claim_open(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_claim *claim)
{
    struct mipro_ends ends[2];
    size_t n_ends;

    frame_auth(m, e, auth);
    claim->n = 0;
    claim->authenticator = NULL;
    if (e->def == NULL || e->body_len < e->def->min_len || !auth->has_spi) {
        auth->verdict = MIPRO_BAD;
        auth->size_wrong = true;
        return false;
    }
    claim->authenticator = mipro_ext_authenticator(m, e, &claim->size);
    auth->verdict = claim->authenticator == NULL ? MIPRO_TRUNCATED : MIPRO_NO_KEY;
    if (claim->authenticator == NULL || scene->ring == NULL)
        return false;
    n_ends = mipro_auth_ends(m, e, scene, ends);
    claim->n = mipro_keyring_find(
        scene->ring, auth->spi, ends, n_ends, scene->time, claim->candidate, &claim->valid);
    return claim->n > 0;
}

void
mipro_claim_accept(const struct mipro_claim *claim, size_t i, enum mipro_algorithm algorithm,
    enum mipro_coverage coverage, const uint8_t out[MIPRO_AUTH_LEN], struct mipro_auth *auth)
{
    const struct mipro_candidate *c = &claim->candidate[i];

    auth->verdict = claim->valid ? MIPRO_GOOD : MIPRO_EXPIRED;
    auth->association = c->association;
    auth->node = c->association->master ? c->node : 0;
    auth->algorithm = algorithm;
    auth->coverage = coverage;
    auth->has_calculated = true;
    memcpy(auth->calculated, out, MIPRO_AUTH_LEN);
}

bool
mipro_claim_refuse(const struct mipro_claim *claim, struct mipro_auth *auth)
{
    const struct mipro_candidate *c = &claim->candidate[0];

    if (!claim->valid) {
        auth->verdict = MIPRO_NO_KEY;
        return false;
    }
    mipro_auth_refuse(c->association, c->node, auth);
    auth->size_wrong = claim->size != MIPRO_AUTH_LEN;
    return true;
}

/* May the i-th candidate be meant to use this? */
static bool
may_use(
    const struct mipro_association *s, enum mipro_algorithm algorithm, enum mipro_coverage coverage)
{
    return (s->algorithm == algorithm || s->algorithm == MIPRO_ANY) &&
           (s->coverage == coverage || s->coverage == MIPRO_COVERAGE_NONE);
}

void
mipro_claim_judge(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_claim *claim, struct mipro_auth *auth)
{
    /* In the order in which they are met with. */
    static const struct {
        enum mipro_algorithm algorithm;
        enum mipro_coverage coverage;
    } ways[] = {
        { MIPRO_KEYED_MD5, MIPRO_TYPE_LENGTH },
        { MIPRO_HMAC_MD5, MIPRO_TYPE_LENGTH_SPI },
        { MIPRO_KEYED_MD5, MIPRO_TYPE_LENGTH_SPI },
        { MIPRO_HMAC_MD5, MIPRO_TYPE_LENGTH },
    };
    size_t n = mipro_protected_len(e);
    uint8_t out[MIPRO_AUTH_LEN];

    for (size_t i = 0; i < claim->n && claim->size == MIPRO_AUTH_LEN; i++) {
        const struct mipro_candidate *c = &claim->candidate[i];

        for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
            if (!may_use(c->association, ways[w].algorithm, ways[w].coverage))
                continue;
            mipro_auth_compute_as(c->association, c->node, ways[w].algorithm, ways[w].coverage,
                m->buf, n, auth->spi, out);
            if (mipro_claim_fits(claim, out)) {
                mipro_claim_accept(claim, i, ways[w].algorithm, ways[w].coverage, out, auth);
                return;
            }
        }
    }
    if (mipro_claim_refuse(claim, auth))
        mipro_auth_compute(auth->association, auth->node, m->buf, n, auth->spi, auth->calculated);
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

static bool
is_auth(const struct mipro_ext *e)
{
    return e->def != NULL && (e->def->auth || e->def->type == MIPRO_EXT_PFAN);
}

/* Octets of a Binding Update before its extensions, of which the capture may lack some. */
static size_t
update_body_len(const struct mipro_message *m)
{
    return m->def->fixed_len +
           ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_I) != 0 ? sizeof(uint64_t) : 0);
}

/*
 * A Binding Update among whose whole extensions there is none that authenticates
 * it.  cut, or NULL, is the extension in which the capture ends.  Is there room
 * for one that the capture lacks?
 */
static void
report_absent(
    const struct mipro_message *m, const struct mipro_ext *cut, mipro_auth_fn *fn, void *ctx)
{
    size_t from = m->ext_end;
    struct mipro_auth auth = { .ext = mipro_auth_ext_type(&m->set), .verdict = MIPRO_MISSING };

    if (cut != NULL)
        from = cut->off + mipro_ext_len(cut);
    else if (from < update_body_len(m))
        from = update_body_len(m);
    if (m->err == MIPRO_ERR_CUT && m->len >= from + 2)
        auth.verdict = MIPRO_TRUNCATED;
    auth.off = (uint32_t)from;
    fn(ctx, &auth);
}

void
mipro_auth_each(
    const struct mipro_message *m, const struct mipro_scene *scene, mipro_auth_fn *fn, void *ctx)
{
    bool absent = mipro_is_draft(m) && mipro_message_type(m) == MIPRO_BINDING_UPDATE;
    uint8_t own = mipro_auth_ext_type(&m->set);
    struct mipro_auth auth;
    struct mipro_ext e = { 0 };
    bool cut;

    if (m->err == MIPRO_ERR_NOT_OURS || m->err == MIPRO_ERR_TRUNCATED)
        return;
    while (mipro_ext_next(m, &e)) {
        if (!is_auth(&e))
            continue;
        absent = absent && e.type != own;
        mipro_auth_judge_alone(m, &e, scene, &auth);
        fn(ctx, &auth);
    }
    cut = mipro_ext_cut(m, &e);
    if (cut && is_auth(&e)) {
        absent = absent && e.type != own;
        frame_auth(m, &e, &auth);
        auth.verdict = MIPRO_TRUNCATED;
        fn(ctx, &auth);
    }
    if (absent)
        report_absent(m, cut ? &e : NULL, fn, ctx);
}

/* Lengths that end at, before and behind a block, in spans that end where blocks do not. */
#define CHECK_JOBS 67
#define CHECK_LEN(i) ((i)*3 % 200)

static bool
agrees_with_glib(const uint8_t *octets, struct mipro_lane_job *jobs)
{
    for (size_t i = 0; i < CHECK_JOBS; i++) {
        GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);
        uint8_t want[MIPRO_AUTH_LEN];
        gsize len = sizeof(want);

        g_checksum_update(sum, octets + i, CHECK_LEN((gssize)i));
        g_checksum_get_digest(sum, want, &len);
        g_checksum_free(sum);
        if (memcmp(want, jobs[i].out, sizeof(want)) != 0)
            return false;
    }
    return true;
}

/* The same of the short way: each length that it has room for. */
static bool
wave_agrees_with_glib(const uint8_t *octets)
{
    static const uint8_t key[MIPRO_WAVE_KEY] = { 'k', 'e', 'y' };
    struct mipro_wave wave;
    bool good = true;

    memset(&wave, 0, sizeof(wave));
    for (size_t first = 0; first <= MIPRO_WAVE_OCTETS; first += MIPRO_WAVE) {
        for (size_t i = first; i < first + MIPRO_WAVE && i <= MIPRO_WAVE_OCTETS; i++)
            mipro_wave_add(&wave, key, octets + i, i);
        mipro_wave_run(&wave);
        for (size_t i = first; i < first + MIPRO_WAVE && i <= MIPRO_WAVE_OCTETS; i++) {
            uint8_t want[MIPRO_AUTH_LEN];

            compute_keyed(key, sizeof(key), octets + i, i, octets, 0, want);
            good = good && memcmp(want, wave.out[i - first], sizeof(want)) == 0;
        }
    }
    return good;
}

bool
mipro_lanes_check(void)
{
    uint8_t octets[CHECK_JOBS + CHECK_LEN(CHECK_JOBS - 1) + 200];
    struct mipro_lane_job jobs[CHECK_JOBS], *list[CHECK_JOBS];
    unsigned width, widest = 1;
    bool good = true;

    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(i * 167 + 13);
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0;) {
        for (size_t i = 0; i < CHECK_JOBS; i++) {
            size_t len = CHECK_LEN(i), first = len / 3;

            jobs[i] = (struct mipro_lane_job){ .n_spans = 2,
                .span = { { octets + i, first }, { octets + i + first, len - first } } };
            list[i] = &jobs[i];
        }
        mipro_lanes_use(width);
        mipro_lanes_run(list, CHECK_JOBS);
        if (agrees_with_glib(octets, jobs) && wave_agrees_with_glib(octets)) {
            widest = width;
            w++;
        } else {
            mipro_lanes_drop(width);
            good = false;
        }
    }
    mipro_lanes_use(widest);
    return good;
}
