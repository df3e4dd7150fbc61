/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding Requests (4.2); what answers them is in answers.c. */
#include "conduct/private.h"

/* The same request, as far as both were captured, that waits; or NULL. */
static struct wait *
find_same_request(const struct shard *c, const struct view *v)
{
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->src); w != NULL;
         w = peer_wait_next(c, w, v->ev->src))
        if (w->kind == WAIT_ANSWER && w->src == v->ev->src && w->dst == v->ev->dst &&
            (w->hash == v->hash ||
                (((w->flags & RECENT_CUT) != 0 || view_is_cut(v)) && v->ident.state == IDENT_SOME &&
                    ident_fits(w->ident, v->ident))))
            return w;
    return NULL;
}

/*
 * An update may be captured before the request that it answers.  If the request is sent again
 * because the answer was lost after the capture point, it may be answered again.
 */
static const struct recent *
find_early_answer(const struct shard *c, const struct view *v)
{
    const struct flow *p = mipro_flow_find(c, v->home, v->ev->dst, v->ev->src, FLOW_UPDATES);

    for (unsigned i = 0; p != NULL && v->ident.state == IDENT_SOME && i < RECENT; i++)
        if (p->recent[i].frame != 0 && p->recent[i].ident_state == IDENT_SOME &&
            p->recent[i].ident == v->ident.value && (p->recent[i].flags & RECENT_FORGED) == 0)
            return &p->recent[i];
    return NULL;
}

/* If the answer to the request v was captured before it, what waits for it, w, is done. */
static inline void
settle_early_answer(struct shard *c, const struct view *v, struct wait *w)
{
    const struct recent *early = find_early_answer(c, v);

    if (early == NULL)
        return;
    tie(c, MIPRO_TIE_ANSWER, early->frame, v->ev->frame);
    mipro_nonce_answered(c, v->home, v->ident.value, early->frame);
    if (!w->done)
        mipro_wait_done(c, w);
}

void
mipro_see_request(struct shard *c, struct view *v)
{
    bool bare = mipro_lacks_auth(v->ev);
    struct wait *w;

    if (!view_believed(v) || mipro_replay_check(c, v, false))
        return;
    w = find_same_request(c, v);
    if (w != NULL) {
        mipro_wait_repeat(c, w, v->ev->frame);
        return;
    }
    mipro_supersede(c, v, WAIT_ANSWER, bare);
    w = mipro_wait_begin(c, v, WAIT_ANSWER);
    if (w == NULL)
        return;
    w->flags = (uint8_t)((view_is_cut(v) ? RECENT_CUT : 0) | (bare ? RECENT_BARE : 0));
    if (v->faults != 0)
        w->u.odd.unseen = v->ev->frame;
    w->excused = mipro_rate_excuses(c, v, v->ev->dst, v->ev->src);
    wait_look_back(c, w, v->ev->dst, c->config->tolerance);
    settle_early_answer(c, v, w);
}

void
mipro_complete_request(struct shard *c, struct view *v)
{
    struct wait *w = mipro_wait_begun(c, v, WAIT_ANSWER, v->ev->src);

    if (mipro_replay_check(c, v, false)) {
        mipro_forget_waits(c, v->home, v->ev->copy_of);
        return;
    }
    mipro_complete_superseding(c, v, WAIT_ANSWER, mipro_lacks_auth(v->ev));
    if (w != NULL) {
        w->hash = v->hash;
        w->ident = v->ident;
        w->flags = mipro_lacks_auth(v->ev) ? RECENT_BARE : 0;
        settle_early_answer(c, v, w);
    } else if (find_same_request(c, v) == NULL && find_early_answer(c, v) == NULL) {
        /* It has an answer, which fitted it as long as its identification was not known. */
        undecided(c, MIPRO_RULE_ANSWER_MISMATCH, MIPRO_UNDECIDED_FORGOTTEN);
    }
}
