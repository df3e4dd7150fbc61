/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many authenticators at once, in the lanes, with the same results as judge.c.  Nearly all go into
 * the wave: those of short messages, by usual associations (mipro_auth_queue_add_usual()).  If
 * another has a single candidate association, with an algorithm that the lanes support, it becomes
 * a job.  The rest (several candidates, "any", PFAN) is judged with GLib.
 */
#include "auth/claim.h"

#include "crypto/md5/lanes.h"
#include "keys/keyring.h"
#include "mipro_reader.h"

#include <stdlib.h>

#define JOBS 256u
#define MD5_LEN 16u /* octets of the hash that the lanes compute */
#define ALIGN 64u

struct mipro_auth_queue {
    struct mipro_wave wave;
    const uint8_t *authenticator[MIPRO_WAVE]; /* in the messages of the wave */
    uint32_t whose[MIPRO_WAVE];               /* indices in the caller's array */
    struct mipro_lane_job job[JOBS];
    struct mipro_lane_job *run[JOBS];
    unsigned n; /* of job */
};

_Static_assert(JOBS % MIPRO_WAVE == 0, "jobs fill whole waves");

/* What a run of the job computes. */
enum stage {
    STAGE_DERIVE, /* the key of a node, from the master key */
    STAGE_INNER,  /* HMAC's inner hash */
    STAGE_FINAL,  /* the authenticator */
    STAGE_DERIVED /* the same, by a derived key, which is to be wiped */
};

/* Spans that are not hashed but kept for later. */
enum { KEPT_OCTETS = 3, KEPT_AUTHENTICATOR = 4 };
_Static_assert(KEPT_AUTHENTICATOR < MIPRO_LANE_SPANS, "after the spans that are hashed");

static void
put_span(struct mipro_lane_job *job, unsigned i, const uint8_t *octets, size_t len)
{
    job->span[i].octets = octets;
    job->span[i].len = len;
}

/* MD5(key, span 1, key) */
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

/* Begin the association's hash over n octets; false if the lanes do not support its algorithm. */
static bool
begin_hash(struct mipro_lane_job *job, const struct mipro_association *s, uint32_t node,
    const uint8_t *octets, size_t n)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(s->algorithm);

    if (def == NULL || (s->master && def->lanes != MIPRO_LANES_KEYED))
        return false;
    /* The SPI follows the protected data in the message, so one span holds both. */
    if (s->coverage == MIPRO_TYPE_LENGTH_SPI)
        n += sizeof(s->spi);
    job->state = NULL;
    job->state_octets = 0;
    switch (def->lanes) {
    case MIPRO_LANES_NONE:
        return false;
    case MIPRO_LANES_HMAC:
        begin_hmac(job, s->key, octets, n);
        break;
    case MIPRO_LANES_KEYED:
        if (s->master) {
            mipro_store_be(job->scratch, 4, node);
            put_span(job, KEPT_OCTETS, octets, n);
            put_span(job, 1, s->key->octets, s->key->len);
            enclose(job, job->scratch, 4);
            job->stage = STAGE_DERIVE;
        } else {
            put_span(job, 1, octets, n);
            enclose(job, s->key->octets, s->key->len);
        }
        break;
    }
    return true;
}

/* After a run: true if the job was filled again, false if job->out is the authenticator. */
static bool
continue_hash(struct mipro_lane_job *job, const struct mipro_association *s)
{
    switch ((enum stage)job->stage) {
    case STAGE_DERIVE:
        memcpy(job->scratch, job->out, sizeof(job->scratch));
        job->span[1] = job->span[KEPT_OCTETS];
        enclose(job, job->scratch, sizeof(job->scratch));
        job->stage = STAGE_DERIVED;
        return true;
    case STAGE_INNER:
        end_hmac(job, s->key);
        return true;
    case STAGE_DERIVED:
        explicit_bzero(job->scratch, sizeof(job->scratch));
        break;
    case STAGE_FINAL:
        break;
    }
    return false;
}

bool
mipro_auth_pair(
    const struct mipro_message *m, const struct mipro_scene *scene, struct mipro_pair *pair)
{
    const struct mipro_ends ends = { scene->src, scene->dst };
    const struct mipro_ext *e = &m->first;
    uint32_t spi;

    if (!m->plain || e->type != MIPRO_EXT_AUTH || e->body_len != sizeof(spi) + MD5_LEN ||
        scene->ring == NULL)
        return false;
    spi = mipro_be32(m->buf + m->len - e->body_len); /* plain: e ends the payload */
    *pair = mipro_keyring_pair(scene->ring, spi, &ends);
    return true;
}

/* The hash is known: compare it (out) with the authenticator in the message (says). */
static inline void
settle(struct mipro_auth *auth, const uint8_t *says, const uint8_t out[MD5_LEN])
{
    memcpy(auth->calculated, out, MD5_LEN);
    if (mipro_auth_equal(says, out, MD5_LEN))
        auth->verdict = MIPRO_GOOD;
}

/* True: the job must run.  False: auth has its verdict. */
static bool
begin_job(struct mipro_lane_job *job, const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    struct mipro_claim claim;

    if (e->type == MIPRO_EXT_PFAN || !mipro_lanes_sound()) {
        mipro_auth_judge(m, e, scene, auth);
        return false;
    }
    if (!mipro_claim_open(m, e, scene, auth, &claim))
        return false;
    if (claim.n > 1 || !claim.valid || claim.size != MD5_LEN || claim.loose ||
        claim.candidate[0].association->newline ||
        !begin_hash(job, claim.candidate[0].association, claim.candidate[0].node, m->buf,
            mipro_protected_len(e))) {
        mipro_claim_settle(m, e, &claim, auth);
        return false;
    }
    mipro_auth_refuse(claim.candidate[0].association, claim.candidate[0].node, auth);
    put_span(job, KEPT_AUTHENTICATOR, claim.authenticator, claim.size);
    return true;
}

/* After a run: true if the job needs another one. */
static bool
continue_job(struct mipro_lane_job *job, struct mipro_auth *auth)
{
    if (continue_hash(job, auth->association))
        return true;
    auth->calculated_len = MD5_LEN;
    settle(auth, job->span[KEPT_AUTHENTICATOR].octets, job->out);
    return false;
}

void
mipro_auth_judge_one(const struct mipro_message *m, const struct mipro_ext *e,
    const struct mipro_scene *scene, struct mipro_auth *auth)
{
    struct mipro_lane_job job, *jobs[] = { &job };

    if (!begin_job(&job, m, e, scene, auth))
        return;
    do
        mipro_lanes_run(jobs, 1);
    while (continue_job(&job, auth));
}

struct mipro_auth_queue *
mipro_auth_queue_new(void)
{
    const size_t size = (sizeof(struct mipro_auth_queue) + ALIGN - 1) / ALIGN * ALIGN;
    struct mipro_auth_queue *q = aligned_alloc(ALIGN, size);

    if (q == NULL)
        abort(); /* as GLib does */
    memset(&q->wave, 0, sizeof(q->wave));
    q->n = 0;
    return q;
}

void
mipro_auth_queue_free(struct mipro_auth_queue *q)
{
    if (q == NULL)
        return;
    mipro_wave_wipe(&q->wave);
    free(q);
}

static void
run_wave(struct mipro_auth_queue *q, struct mipro_auth *auths)
{
    unsigned n = q->wave.n;

    mipro_wave_run(&q->wave);
    for (unsigned i = 0; i < n; i++)
        settle(&auths[q->whose[i]], q->authenticator[i], q->wave.out[i]);
}

static void
run_jobs(struct mipro_auth_queue *q, struct mipro_auth *auths)
{
    unsigned n = q->n;

    for (unsigned i = 0; i < n; i++)
        q->run[i] = &q->job[i];
    while (n != 0) {
        unsigned again = 0;

        mipro_lanes_run(q->run, n);
        for (unsigned i = 0; i < n; i++)
            if (continue_job(q->run[i], &auths[q->run[i]->whose]))
                q->run[again++] = q->run[i];
        n = again;
    }
    q->n = 0;
}

bool
mipro_auth_queue_add_usual(struct mipro_auth_queue *q, const struct mipro_message *m,
    const struct mipro_association *only, int64_t time, struct mipro_auth *auths, uint32_t whose)
{
    const size_t covered = mipro_protected_len(&m->first);
    const size_t n =
        only->coverage == MIPRO_TYPE_LENGTH_SPI ? covered + sizeof(only->spi) : covered;
    struct mipro_auth *auth = &auths[whose];
    unsigned i = q->wave.n;

    if (!only->usual || n > MIPRO_WAVE_OCTETS || !mipro_association_valid(only, time) ||
        !mipro_lanes_sound())
        return false;
    mipro_auth_frame(&m->first, auth);
    auth->spi = only->spi;
    auth->has_spi = true;
    auth->verdict = MIPRO_BAD;
    mipro_auth_associate(auth, only);
    auth->coverage = only->coverage;
    auth->calculated_len = MD5_LEN;
    mipro_wave_add(&q->wave, only->key->octets, m->buf, n);
    q->authenticator[i] = m->buf + covered + sizeof(only->spi);
    q->whose[i] = whose;
    if (q->wave.n == MIPRO_WAVE)
        run_wave(q, auths);
    return true;
}

void
mipro_auth_queue_add(struct mipro_auth_queue *q, const struct mipro_message *m,
    const struct mipro_ext *e, const struct mipro_scene *scene, struct mipro_auth *auths,
    uint32_t whose)
{
    if (q->n == JOBS)
        run_jobs(q, auths);
    if (begin_job(&q->job[q->n], m, e, scene, &auths[whose]))
        q->job[q->n++].whose = whose;
}

void
mipro_auth_queue_run(struct mipro_auth_queue *q, struct mipro_auth *auths)
{
    run_wave(q, auths);
    run_jobs(q, auths);
}

#define SIGN_AT_ONCE 64u /* a multiple of every lane width */

static bool
sign_some(const struct mipro_association *s, uint32_t node, const uint8_t *const octets[], size_t n,
    size_t count, uint8_t (*out)[MIPRO_AUTH_MAX])
{
    struct mipro_lane_job job[SIGN_AT_ONCE], *run[SIGN_AT_ONCE];
    size_t left = count;

    for (size_t i = 0; i < count; i++) {
        if (!begin_hash(&job[i], s, node, octets[i], n))
            return false;
        run[i] = &job[i];
    }
    while (left > 0) {
        size_t again = 0;

        mipro_lanes_run(run, left);
        for (size_t i = 0; i < left; i++)
            if (continue_hash(run[i], s))
                run[again++] = run[i];
        left = again;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(out[i], job[i].out, sizeof(job[i].out));
    return true;
}

void
mipro_auth_compute_many(const struct mipro_association *association, uint32_t node,
    const uint8_t *const octets[], size_t n, size_t count, uint8_t (*out)[MIPRO_AUTH_MAX])
{
    for (size_t i = 0, some; i < count; i += some) {
        some = count - i < SIGN_AT_ONCE ? count - i : SIGN_AT_ONCE;
        if (mipro_lanes_sound() && sign_some(association, node, octets + i, n, some, out + i))
            continue;
        for (size_t k = i; k < i + some; k++)
            mipro_auth_compute(association, node, octets[k], n, association->spi, out[k]);
    }
}

bool
mipro_auth_check_lanes(void)
{
    return mipro_lanes_check();
}
