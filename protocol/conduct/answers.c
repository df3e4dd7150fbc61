/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What answers a Binding Request: request-unanswered (4.2), answer-mismatch (4.3).
 */
#include "conduct/private.h"

struct wait *
mipro_request_find(const struct shard *c, const struct view *v)
{
    if (c->n_of[WAIT_ANSWER] == 0)
        return NULL;
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->dst); w != NULL;
         w = peer_wait_next(c, w, v->ev->dst))
        if (w->kind == WAIT_ANSWER && w->src == v->ev->dst && w->dst == v->ev->src &&
            v->ident.state != IDENT_NONE && ident_fits(w->ident, v->ident))
            return w;
    return NULL;
}

void
mipro_cut_answer_note(struct shard *c, uint64_t frame, struct ident asked)
{
    c->cut_answers[c->n_cut_answers++ % CUT_ANSWERS] = (struct cut_answer){ frame, asked };
}

bool
mipro_cut_answer_find(const struct shard *c, uint64_t frame, struct ident *asked)
{
    const struct cut_answer *oldest = &c->cut_answers[c->n_cut_answers % CUT_ANSWERS];

    *asked = (struct ident){ 0, IDENT_NONE };
    for (unsigned i = 0; i < CUT_ANSWERS; i++)
        if (c->cut_answers[i].frame == frame) {
            *asked = c->cut_answers[i].asked;
            return true;
        }
    return oldest->frame < frame;
}

/* With nonces: can it be the next update after one that answered a request with asked? */
static inline bool
follows(struct ident ident, struct ident asked)
{
    return asked.state == IDENT_SOME && (uint32_t)(asked.value >> 32) == (uint32_t)ident.value;
}

static bool
knows_association(const struct view *v)
{
    for (size_t i = 0; i < v->ev->n_auth; i++)
        if (v->ev->auth[i].association != NULL)
            return true;
    return false;
}

/*
 * Does the sender of updates have its own sequence of identifications?  The association says so;
 * if none is known, a timestamp of about the current time or a nonce that the previous update
 * announced indicates one.
 */
static bool
has_own_sequence(const struct shard *c, const struct view *v, const struct flow *p)
{
    for (size_t i = 0; i < v->ev->n_auth; i++) {
        const struct mipro_association *s = v->ev->auth[i].association;

        if (s != NULL && s->replay != MIPRO_REPLAY_NONE)
            return true;
    }
    if (knows_association(v))
        return false;
    for (unsigned i = 0; i < RECENT; i++)
        if (p->recent[i].frame != 0 &&
            follows(v->ident,
                (struct ident){ p->recent[i].ident, (enum ident_state)p->recent[i].ident_state }))
            return true;
    return mipro_is_of_now(c, v->ident.value, v->now);
}

/*
 * An update that matches no waiting request may be sent on the home
 * agent's own initiative, and cross the request: it counts as the answer only if no better one
 * is seen within the limit.  One that continues the sender's own sequence of timestamps or nonces
 * is not an answer; nor is one that may begin a chain of nonces, where no association says whether
 * the sender has one, unless its identification looks like that of the request.
 */
void
mipro_answer_odd(const struct shard *c, const struct view *v, const struct flow *p)
{
    struct wait *odd = NULL;

    if (c->n_of[WAIT_ANSWER] == 0 || v->ident.state != IDENT_SOME || view_is_cut(v) ||
        has_own_sequence(c, v, p))
        return;
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->dst); w != NULL;
         w = peer_wait_next(c, w, v->ev->dst))
        if (w->kind == WAIT_ANSWER && w->src == v->ev->dst && w->dst == v->ev->src &&
            w->u.odd.frame == 0 && !w->done && !w->superseded && !follows(v->ident, w->ident) &&
            (knows_association(v) || mipro_is_like(w->ident, v->ident)))
            odd = w;
    if (odd == NULL)
        return;
    odd->u.odd.frame = v->ev->copy_of != 0 ? v->ev->copy_of : v->ev->frame;
    odd->u.odd.time = v->ev->time;
    odd->u.odd.ident = v->ident;
}

/* request-unanswered (4.2), or answer-mismatch if there was something like an answer. */
enum mipro_rule
mipro_answer_rule(const struct shard *c, const struct wait *w)
{
    (void)c;
    return w->u.odd.frame != 0 ? MIPRO_RULE_ANSWER_MISMATCH : MIPRO_RULE_REQUEST_UNANSWERED;
}

void
mipro_answer_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_REQUEST_UNANSWERED);

    if (w->superseded) {
        mipro_wait_done(c, w);
        return;
    }
    if (w->u.odd.unseen != 0 || mipro_wait_may_have_seen(c, w, w->dst, w->src)) {
        undecided(c, w->u.odd.frame != 0 ? MIPRO_RULE_ANSWER_MISMATCH : f.rule,
            MIPRO_UNDECIDED_FORGOTTEN);
        mipro_wait_done(c, w);
        return;
    }
    if (w->u.odd.frame == 0 && w->excused) {
        undecided(c, f.rule, MIPRO_UNDECIDED_OUTCOME);
        mipro_wait_done(c, w);
        return;
    }
    /* A copy showed the whole of an answer that was cut, and captured before the request. */
    if (w->u.odd.frame != 0 && ident_fits(w->ident, w->u.odd.ident)) {
        mipro_wait_done(c, w);
        return;
    }
    /* It may answer another request, which was not captured, as the right answer was not. */
    if (w->u.odd.frame != 0 && !mipro_is_like(w->ident, w->u.odd.ident)) {
        undecided(c, MIPRO_RULE_ANSWER_MISMATCH, MIPRO_UNDECIDED_OUTCOME);
        mipro_wait_done(c, w);
        return;
    }
    if (w->u.odd.frame == 0) {
        w->home->lossy = true;
        mipro_finding_appendf(&f, "no Binding Update about %s with %s to %s seen",
            mipro_dotted(w->home->addr).s, mipro_ident_text(w->ident).s, mipro_dotted(w->src).s);
        mipro_finding_open(c, w, &f, OPEN_FOUND, MIPRO_UNDECIDED_REASONS, MIPRO_OPEN_ALONE);
    } else {
        f = (struct mipro_finding){
            .rule = MIPRO_RULE_ANSWER_MISMATCH,
            .frame = w->u.odd.frame,
            .time = w->u.odd.time,
            .src = w->dst,
            .dst = w->src,
            .message = MIPRO_BINDING_UPDATE,
            .has_home = true,
            .home = w->home->addr,
        };
        mipro_finding_relate(&f, w->frame);
        for (unsigned i = 0; i < w->n_again; i++)
            mipro_finding_relate(&f, w->again[i]);
        mipro_finding_appendf(&f, "answers a Binding Request about %s that has %s with %s",
            mipro_dotted(w->home->addr).s, mipro_ident_text(w->ident).s,
            mipro_ident_text(w->u.odd.ident).s);
        mipro_finding_emit(c, &f);
    }
    mipro_wait_reported(c, w);
}
