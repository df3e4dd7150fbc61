/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authenticators by the batch: what mipro_auth.c computes one by one, prepared
 * for the lanes.  The rare (several candidates, "any", PFAN) is left to it.
 */
#include "auth/judge.h"

#include "mipro_reader.h"
#include "keys/ring.h"

#include <string.h>

/* What the run of a job yields. */
enum stage {
    STAGE_DERIVE, /* the key of a node, from the master key */
    STAGE_INNER,  /* HMAC's inner hash */
    STAGE_FINAL,  /* the authenticator */
    STAGE_DERIVED /* the same, by a derived key, which is to be wiped */
};

/* Spans that are not hashed, but kept for later. */
enum { KEPT_OCTETS = 3, KEPT_AUTHENTICATOR = 4 };

static void
put_span(struct mipro_lane_job *job, unsigned i, const uint8_t *octets, size_t len)
{
    job->span[i].octets = octets;
    job->span[i].len = len;
}

/* MD5(key, what span 1 holds, key) */
static void
enclose(struct mipro_lane_job *job, const uint8_t *key, size_t len)
{
    put_span(job, 0, key, len);
    put_span(job, 2, key, len);
    job->n_spans = 3;
    job->stage = STAGE_FINAL;
}

static void
begin_hmac(struct mipro_lane_job *job, const struct mipro_key *key, const uint8_t *octets, size_t n)
{
    put_span(job, 0, octets, n);
    job->n_spans = 1;
    job->state = key->inner;
    job->state_octets = 64;
    job->stage = STAGE_INNER;
}

static void
end_hmac(struct mipro_lane_job *job, const struct mipro_key *key)
{
    memcpy(job->scratch, job->out, sizeof(job->scratch));
    put_span(job, 0, job->scratch, sizeof(job->scratch));
    job->state = key->outer;
    job->stage = STAGE_FINAL;
}

/* The draft's own extension with an MD5 authenticator: where would its association be? */
static inline bool
find_pair(const struct mipro_message *m, const struct mipro_ext *e, const struct mipro_scene *scene,
    struct mipro_pair *pair)
{
    const struct mipro_ends ends = { scene->src, scene->dst };
    uint32_t spi;

    if (e->type != MIPRO_EXT_AUTH || e->body_len != sizeof(spi) + MIPRO_AUTH_LEN ||
        scene->ring == NULL)
        return false;
    spi = (uint32_t)mipro_be_at(m->buf, m->captured, e->off + e->hdr_len, sizeof(spi));
    *pair = mipro_keyring_pair(scene->ring, spi, &ends);
    return true;
}

/* Who alone may have signed it, and one key will tell; or NULL: ask the claim. */
static inline const struct mipro_association *
find_signer(const struct mipro_scene *scene, const struct mipro_pair *pair)
{
    const struct mipro_association *s = mipro_keyring_of_pair(scene->ring, pair, scene->time);

    return s == NULL || s->master || s->algorithm == MIPRO_ANY ? NULL : s;
}

/* All that the claim would say of it, until its hash is known. */
static inline void
frame_plain(const struct mipro_ext *e, const struct mipro_pair *pair,
    const struct mipro_association *s, struct mipro_auth *auth)
{
    mipro_auth_frame(e, auth);
    auth->spi = pair->spi;
    auth->has_spi = true;
    mipro_auth_refuse(s, 0, auth);
}

/* What nearly all are: between the ends of one association for just these two. */
static const struct mipro_association *
find_plain(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    const struct mipro_association *s;
    struct mipro_pair pair;

    if (!find_pair(m, e, scene, &pair))
        return NULL;
    s = find_signer(scene, &pair);
    if (s != NULL)
        frame_plain(e, &pair, s, auth);
    return s;
}

/* The same by the claim, for all that is rarer; NULL: it is judged, no lane is needed. */
static const struct mipro_association *
find_claimed(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    const struct mipro_association *s;
    struct mipro_claim claim;

    if (e->type == MIPRO_EXT_PFAN) {
        mipro_auth_judge(m, e, scene, auth);
        return NULL;
    }
    if (!mipro_claim_open(m, e, scene, auth, &claim))
        return NULL;
    s = claim.candidate[0].association;
    if (claim.n > 1 || !claim.valid || claim.size != MIPRO_AUTH_LEN || s->algorithm == MIPRO_ANY ||
        (s->master && s->algorithm != MIPRO_KEYED_MD5)) {
        mipro_claim_judge(m, e, &claim, auth);
        return NULL;
    }
    mipro_claim_refuse(&claim, auth);
    return s;
}

bool
mipro_auth_begin(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth, struct mipro_lane_job *job)
{
    const struct mipro_association *s;
    size_t n = mipro_protected_len(e);

    if (!mipro_lanes_sound()) {
        mipro_auth_judge(m, e, scene, auth);
        return false;
    }
    s = find_plain(m, e, scene, auth);
    if (s == NULL)
        s = find_claimed(m, e, scene, auth);
    if (s == NULL)
        return false;
    job->state = NULL;
    job->state_octets = 0;
    /* The SPI follows the protected data in the message, so one span holds both. */
    if (s->coverage == MIPRO_TYPE_LENGTH_SPI)
        n += sizeof(auth->spi);
    put_span(job, 1, m->buf, n);
    put_span(job, KEPT_AUTHENTICATOR, m->buf + e->off + mipro_ext_len(e) - MIPRO_AUTH_LEN,
        MIPRO_AUTH_LEN);
    if (s->algorithm == MIPRO_HMAC_MD5) {
        begin_hmac(job, s->key, m->buf, n);
    } else if (s->master) {
        mipro_store_be(job->scratch, 4, auth->node);
        put_span(job, KEPT_OCTETS, m->buf, n);
        put_span(job, 1, s->key->octets, s->key->len);
        enclose(job, job->scratch, 4);
        job->stage = STAGE_DERIVE;
    } else {
        enclose(job, s->key->octets, s->key->len);
    }
    return true;
}

/* The hash is known: what the message says, and what it should. */
static inline void
settle(struct mipro_auth *auth, const uint8_t *says, const uint8_t out[MIPRO_AUTH_LEN])
{
    memcpy(auth->calculated, out, MIPRO_AUTH_LEN);
    if (mipro_auth_equal(says, out))
        auth->verdict = MIPRO_GOOD;
}

bool
mipro_auth_step(struct mipro_auth *auth, struct mipro_lane_job *job)
{
    switch ((enum stage)job->stage) {
    case STAGE_DERIVE:
        memcpy(job->scratch, job->out, sizeof(job->scratch));
        job->span[1] = job->span[KEPT_OCTETS];
        enclose(job, job->scratch, sizeof(job->scratch));
        job->stage = STAGE_DERIVED;
        return true;
    case STAGE_INNER:
        end_hmac(job, auth->association->key);
        return true;
    case STAGE_DERIVED:
        explicit_bzero(job->scratch, sizeof(job->scratch));
        break;
    case STAGE_FINAL:
        break;
    }
    settle(auth, job->span[KEPT_AUTHENTICATOR].octets, job->out);
    return false;
}

bool
mipro_auth_pair(
    const struct mipro_message *m, const struct mipro_scene *scene, struct mipro_pair *pair)
{
    return m->err == MIPRO_OK && m->n_ext == 1 && m->first.type == mipro_auth_ext_type(&m->set) &&
           find_pair(m, &m->first, scene, pair);
}

bool
mipro_auth_wave_add(struct mipro_auth_wave *wave, const struct mipro_message *m,
    const struct mipro_scene *scene, const struct mipro_pair *pair, struct mipro_auth *auth,
    uint32_t whose)
{
    const struct mipro_association *s = find_signer(scene, pair);
    const struct mipro_ext *e = &m->first;
    size_t n = mipro_protected_len(e);
    unsigned i = wave->wave.n;

    if (s == NULL || s->algorithm != MIPRO_KEYED_MD5 || s->key->len != MIPRO_WAVE_KEY)
        return false;
    if (s->coverage == MIPRO_TYPE_LENGTH_SPI)
        n += sizeof(auth->spi);
    if (n > MIPRO_WAVE_OCTETS || !mipro_lanes_sound())
        return false;
    frame_plain(e, pair, s, auth);
    mipro_wave_add(&wave->wave, s->key->octets, m->buf, n);
    wave->authenticator[i] = m->buf + e->off + mipro_ext_len(e) - MIPRO_AUTH_LEN;
    wave->whose[i] = whose;
    return true;
}

void
mipro_auth_wave_run(struct mipro_auth_wave *wave, struct mipro_auth *auths)
{
    unsigned n = wave->wave.n;

    mipro_wave_run(&wave->wave);
    for (unsigned i = 0; i < n; i++)
        settle(&auths[wave->whose[i]], wave->authenticator[i], wave->wave.out[i]);
}

void
mipro_auth_judge_alone(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    struct mipro_lane_job job, *jobs[] = { &job };

    if (!mipro_auth_begin(m, e, scene, auth, &job))
        return;
    do
        mipro_lanes_run(jobs, 1);
    while (mipro_auth_step(auth, &job));
}

bool
mipro_auth_sign_begin(const struct mipro_association *association, const uint8_t *octets, size_t n,
    struct mipro_lane_job *job)
{
    if (association->master || !mipro_lanes_sound())
        return false;
    job->state = NULL;
    job->state_octets = 0;
    if (association->coverage == MIPRO_TYPE_LENGTH_SPI)
        n += sizeof(association->spi);
    put_span(job, 1, octets, n);
    if (association->algorithm == MIPRO_HMAC_MD5)
        begin_hmac(job, association->key, octets, n);
    else
        enclose(job, association->key->octets, association->key->len);
    return true;
}

bool
mipro_auth_sign_step(const struct mipro_association *association, struct mipro_lane_job *job)
{
    if (job->stage != STAGE_INNER)
        return false;
    end_hmac(job, association->key);
    return true;
}
