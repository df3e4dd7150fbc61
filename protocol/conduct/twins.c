/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Twins: a genuine message and a forged one that an answer fits equally well, because they have the
 * same identification.  An answer that accepts the forged one, or refuses the genuine one, is no
 * fault if the other twin is captured within the tolerance after it: it may have come first.
 */
#include "conduct/private.h"
#include "conduct/registrations.h"

/* Was w, which the acknowledge of the finding fits as well, captured after it, and unanswered? */
static bool
is_twin(const struct home *h, const struct held *held, const struct wait *w)
{
    const struct mipro_finding *f = &held->finding;
    bool forged = f->rule == MIPRO_RULE_GENUINE_REFUSED;

    return w->type == MIPRO_BINDING_UPDATE && w->frame > f->frame &&
           (forged ? w->kind == WAIT_FORGED && (w->flags & RECENT_ANSWERED) == 0
                   : w->kind == WAIT_ACK && !w->done) &&
           w->dst == f->src && (w->src == f->dst || h->addr == f->dst) &&
           ident_fits(w->ident, (struct ident){ held->ident, held->ident_state });
}

/* The same, of a genuine update that waits no longer: the tolerance may be wider than the limit. */
static bool
was_updated_since(const struct shard *c, const struct home *h, const struct held *held)
{
    const struct mipro_finding *f = &held->finding;

    for (const struct flow *p = flow_first(c, h, f->src); p != NULL; p = flow_next(h, p)) {
        if (p->kind != FLOW_UPDATES || p->dst != f->src || (p->src != f->dst && h->addr != f->dst))
            continue;
        for (unsigned i = 0; i < RECENT; i++) {
            const struct recent *r = &p->recent[i];

            if (r->frame > f->frame &&
                (r->flags & (RECENT_A | RECENT_FORGED | RECENT_ANSWERED)) == RECENT_A &&
                ident_fits((struct ident){ r->ident, r->ident_state },
                    (struct ident){ held->ident, held->ident_state }))
                return true;
        }
    }
    return false;
}

static bool
has_updated_twin(const struct shard *c, const struct home *h, const struct held *held)
{
    for (struct wait *w = peer_wait_first(c, h, held->finding.src); w != NULL;
         w = peer_wait_next(c, w, held->finding.src)) {
        if (!is_twin(h, held, w))
            continue;
        if (w->kind == WAIT_FORGED)
            w->flags |= RECENT_ANSWERED;
        else
            w->answered_early = true;
        return true;
    }
    return held->finding.rule == MIPRO_RULE_FORGED_ACCEPTED && was_updated_since(c, h, held);
}

void
mipro_twin_of_accepted(struct shard *c, const struct view *v)
{
    for (struct flow *p = flow_first(c, v->home, v->ev->dst); p != NULL;
         p = flow_next(v->home, p)) {
        for (unsigned i = 0; i < 2 && p->kind == FLOW_UPDATES && p->dst == v->ev->dst; i++) {
            uint64_t frame = mipro_belief_accepted(c, p, i == 0, v->now);
            const struct recent *r = frame != 0 ? mipro_recent_find(p, frame) : NULL;

            if (frame == 0 ||
                (r != NULL && !ident_fits((struct ident){ r->ident, r->ident_state }, v->ident)))
                continue;
            undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_OUTCOME);
            return;
        }
    }
}

/* method is that of the reply, if it is known: that of a bare request is not. */
static bool
answers_forged(const struct wait *w, const struct registered *reply, enum mipro_replay method)
{
    struct asked a = {
        .ident = w->ident.value, .agent = w->u.asked.agent, .method = w->u.asked.method
    };

    if (a.method == MIPRO_REPLAY_NONE)
        a.method = (uint8_t)method;
    return w->kind == WAIT_FORGED && w->type == MIPRO_REGISTRATION_REQUEST &&
           mipro_reply_answers(&a, reply);
}

struct wait *
mipro_find_forged(const struct shard *c, const struct view *v, const struct registered *reply)
{
    enum mipro_replay method = mipro_method_of(v);
    struct wait *best = NULL;

    for (struct wait *w = peer_wait_first(c, v->home, 0); w != NULL; w = peer_wait_next(c, w, 0)) {
        if (!answers_forged(w, reply, method))
            continue;
        if ((w->flags & RECENT_ANSWERED) != 0 && w->u.asked.answer == v->hash)
            return w;
        if (best == NULL || (best->flags & RECENT_ANSWERED) > (w->flags & RECENT_ANSWERED))
            best = w;
    }
    return best;
}

/* Was a genuine request captured after this frame that the reply may grant? */
static bool
was_asked_since(const struct home *h, uint64_t frame, const struct registered *reply)
{
    for (unsigned i = 0; h->registry != NULL && i < REQUESTS; i++) {
        const struct asked *a = &h->registry->asked[i];

        if (a->frame > frame && !a->granted && !a->settled && mipro_reply_answers(a, reply))
            return true;
    }
    return false;
}

/* Was a forged one captured after this frame that the reply may refuse? */
static bool
was_forged_since(
    const struct shard *c, const struct home *h, uint64_t frame, const struct registered *reply)
{
    for (struct wait *w = peer_wait_first(c, h, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (w->frame > frame && (w->flags & RECENT_ANSWERED) == 0 &&
            answers_forged(w, reply, MIPRO_REPLAY_NONE)) {
            w->flags |= RECENT_ANSWERED;
            return true;
        }
    return false;
}

static bool
has_requested_twin(const struct shard *c, const struct home *h, const struct held *held)
{
    const struct mipro_finding *f = &held->finding;
    bool refused = f->rule == MIPRO_RULE_GENUINE_REFUSED;
    const struct registered reply = {
        .ident = held->ident, .agent = held->agent, .code = refused ? 131 : 0
    };

    if (h->registry != NULL &&
        mipro_may_answer_until(c, h->registry->begun, mipro_time_add(f->time, c->t.skew)))
        return true; /* by a request of which too little was captured */
    return refused ? was_forged_since(c, h, f->frame, &reply)
                   : was_asked_since(h, f->frame, &reply);
}

void
mipro_answer_forged(const struct shard *c, const struct view *v, struct wait *forged)
{
    tie(c, MIPRO_TIE_REPLY, v->ev->frame, forged->frame);
    forged->flags |= RECENT_ANSWERED;
    forged->u.asked.answer = v->hash;
    forged->u.asked.refused = v->now;
    forged->u.asked.is_refused = view_field(v, MIPRO_F_CODE) == 131;
}

void
mipro_twin_of_granted(struct shard *c, const struct view *v, const struct asked *a)
{
    const struct registry *r = v->home->registry;

    for (unsigned i = 0; r != NULL && i < GRANTS; i++) {
        const struct granted *g = &r->granted[i];
        const struct registered reply = { .ident = g->ident, .agent = g->agent };

        if (g->request_frame != 0 && !certainly_before(c, g->time, v->now) &&
            mipro_reply_answers(a, &reply))
            undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_OUTCOME);
    }
}

void
mipro_twin_of_refused(struct shard *c, const struct view *v, const struct asked *a)
{
    const struct registered reply = { .ident = a->ident, .agent = a->agent, .code = 131 };

    for (struct wait *w = peer_wait_first(c, v->home, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (answers_forged(w, &reply, a->method) && w->u.asked.is_refused &&
            !certainly_before(c, w->u.asked.refused, v->now)) {
            undecided(c, MIPRO_RULE_GENUINE_REFUSED, MIPRO_UNDECIDED_OUTCOME);
            return;
        }
}

enum mipro_undecided
mipro_twin_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    const struct mipro_finding *f = &held->finding;
    bool twin = f->message == MIPRO_REGISTRATION_REPLY ? has_requested_twin(c, h, held)
                                                       : has_updated_twin(c, h, held);

    return twin ? MIPRO_UNDECIDED_OUTCOME : MIPRO_UNDECIDED_REASONS;
}

void
mipro_finding_unless_twin(
    struct shard *c, const struct view *v, struct mipro_finding *f, struct wait *early)
{
    struct held held = {
        .kind = HELD_TWIN, .finding = *f, .ident = v->ident.value, .ident_state = v->ident.state
    };

    if (f->message == MIPRO_REGISTRATION_REPLY)
        held.agent = view_field(v, MIPRO_F_HOMEAGENT);
    f->text = f->nai = NULL; /* held owns them now */
    mipro_finding_keep_for(c, v, &held, early);
}

void
mipro_forged_accepted(struct shard *c, const struct view *v, uint64_t update, bool bare)
{
    struct mipro_finding f = mipro_finding_of(v, MIPRO_RULE_FORGED_ACCEPTED);

    mipro_finding_relate(&f, update);
    mipro_finding_at(&f, v, MIPRO_F_STATUS);
    mipro_finding_appendf(&f, "accepts the Binding Update about %s whose authenticator is %s",
        mipro_dotted(v->homeaddr).s, bare ? "missing" : "bad");
    mipro_finding_unless_twin(c, v, &f, NULL);
}
