/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The final verdict on a PFAN that is bad by itself: its Binding Update may make it good (5.1). */
#include "conduct/handoffs.h"
#include "conduct/private.h"

#include <stdlib.h>
#include <string.h>

bool
mipro_notice_read(const struct mipro_message *m, const struct mipro_ext *e, struct notice *n)
{
    uint64_t life, previous, coa, spi;
    size_t size;
    const uint8_t *octets = mipro_ext_octets(m, e, MIPRO_F_PFAN_AUTHENTICATOR, &size);

    if (octets == NULL || size == 0 || size > UINT8_MAX ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_LIFE, &life) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_AGENT, &previous) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_COA, &coa) ||
        !mipro_ext_value(m, e, MIPRO_F_PFAN_SPI, &spi))
        return false;
    *n = (struct notice){
        .life = (uint16_t)life,
        .previous = (uint32_t)previous,
        .coa = (uint32_t)coa,
        .spi = (uint32_t)spi,
        .hash = mipro_mix_octets(octets, size),
        .size = (uint8_t)size,
    };
    return true;
}

/* A PFAN that the octets of a Binding Update can still make good, or NULL. */
static const struct mipro_auth *
find_unsettled(const struct view *v, struct mipro_ext *e)
{
    for (size_t i = 0; i < v->ev->n_auth; i++) {
        const struct mipro_auth *a = &v->ev->auth[i];

        if (a->ext != MIPRO_EXT_PFAN)
            continue;
        if (a->verdict != MIPRO_BAD || a->size_wrong || a->association == NULL)
            return NULL;
        memset(e, 0, sizeof(*e));
        while (mipro_ext_next(v->m, e))
            if (e->off == a->off)
                return a;
        return NULL;
    }
    return NULL;
}

void
mipro_pending_begin(struct shard *c, struct view *v)
{
    const struct mipro_message *m = v->m;
    const struct mipro_auth *a;
    struct mipro_ext e;
    struct notice n;
    struct pending *pending = NULL;
    struct wait *w = NULL;

    a = v->home != NULL && v->type == MIPRO_REGISTRATION_REQUEST ? find_unsettled(v, &e) : NULL;
    if (a != NULL && mipro_notice_read(m, &e, &n) && m->captured <= MAX_PENDING_LEN) {
        if (c->n_pending < c->max_pending)
            pending = malloc(sizeof(*pending) + m->captured);
        if (pending == NULL)
            dropped(c, MIPRO_DROPPED_WAITING);
    }
    if (pending != NULL)
        w = mipro_wait_begin(c, v, WAIT_PFAN);
    if (w == NULL) {
        free(pending);
        c->sink->pfan(c->sink->ctx, v->ev->frame, NULL);
        return;
    }
    pending->scene = (struct mipro_scene){ v->ev->src, v->ev->dst, v->ev->time, v->ev->ring };
    pending->auth = *a;
    pending->hash = n.hash;
    pending->previous = n.previous;
    pending->captured = m->captured;
    pending->len = m->len;
    pending->set = m->set;
    memcpy(pending->octets, m->buf, m->captured);
    w->u.pending = pending;
    c->n_pending++;
}

/* Judge it by the Binding Update v, which was sent because of it. */
void
mipro_pending_settle(struct shard *c, struct wait *w, const struct view *v)
{
    struct pending *pending = w->u.pending;
    struct mipro_auth auth = pending->auth;
    struct mipro_message m;
    struct mipro_ext e = { 0 };
    uint64_t frame = w->frame;

    mipro_message_parse(
        &m, pending->octets, pending->captured, pending->len, &pending->set, MIPRO_IDENT_UNKNOWN);
    while (mipro_ext_next(&m, &e))
        if (e.off == auth.off)
            break;
    if (e.off == auth.off)
        mipro_pfan_judge_update(&m, &e, &pending->scene, v->m, &auth);
    mipro_wait_end(c, w);
    c->sink->pfan(c->sink->ctx, frame, auth.verdict != MIPRO_BAD ? &auth : NULL);
}

void
mipro_pending_ended(struct shard *c, struct wait *w)
{
    free(w->u.pending);
    c->n_pending--;
}

void
mipro_pending_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    (void)reason;
    mipro_pending_expired(c, w);
}

void
mipro_pending_expired(struct shard *c, struct wait *w)
{
    uint64_t frame = w->frame;

    mipro_wait_end(c, w);
    c->sink->pfan(c->sink->ctx, frame, NULL);
}
