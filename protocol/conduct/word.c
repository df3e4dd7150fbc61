/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The final verdict on a PFAN that is bad by itself: its Binding Update may make it good (5.1). */
#include "conduct/private.h"

#include <stdlib.h>
#include <string.h>

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
mipro_word_begin(struct shard *c, struct view *v)
{
    const struct mipro_message *m = v->m;
    const struct mipro_auth *a;
    struct mipro_ext e;
    struct notice n;
    struct word *word = NULL;
    struct wait *w = NULL;

    a = v->home != NULL && v->type == MIPRO_REGISTRATION_REQUEST ? find_unsettled(v, &e) : NULL;
    if (a != NULL && mipro_notice_read(m, &e, &n) && m->captured <= MAX_WORD_LEN) {
        if (c->n_words < c->max_words)
            word = malloc(sizeof(*word) + m->captured);
        if (word == NULL)
            dropped(c, MIPRO_DROPPED_WAITING);
    }
    if (word != NULL)
        w = mipro_wait_begin(c, v, WAIT_WORD);
    if (w == NULL) {
        free(word);
        c->sink->pfan(c->sink->ctx, v->ev->frame, NULL);
        return;
    }
    word->scene = (struct mipro_scene){ v->ev->src, v->ev->dst, v->ev->time, v->ev->ring };
    word->auth = *a;
    word->hash = n.hash;
    word->previous = n.previous;
    word->captured = m->captured;
    word->len = m->len;
    word->set = m->set;
    memcpy(word->octets, m->buf, m->captured);
    w->u.word = word;
    c->n_words++;
}

/* Judge it by the Binding Update v, which was sent because of it. */
void
mipro_word_settle(struct shard *c, struct wait *w, const struct view *v)
{
    struct word *word = w->u.word;
    struct mipro_auth auth = word->auth;
    struct mipro_message m;
    struct mipro_ext e = { 0 };
    uint64_t frame = w->frame;

    mipro_message_parse(
        &m, word->octets, word->captured, word->len, &word->set, MIPRO_IDENT_UNKNOWN);
    while (mipro_ext_next(&m, &e))
        if (e.off == auth.off)
            break;
    if (e.off == auth.off)
        mipro_pfan_judge_update(&m, &e, &word->scene, v->m, &auth);
    free(word);
    mipro_wait_end(c, w);
    c->sink->pfan(c->sink->ctx, frame, auth.verdict != MIPRO_BAD ? &auth : NULL);
}

/* No Binding Update was seen in time. */
void
mipro_word_end(struct shard *c, struct wait *w)
{
    uint64_t frame = w->frame;

    free(w->u.word);
    mipro_wait_end(c, w);
    c->sink->pfan(c->sink->ctx, frame, NULL);
}
