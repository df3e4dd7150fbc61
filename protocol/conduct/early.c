/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Acknowledges that were captured shortly before the Binding Update that they answer. */
#include "conduct/private.h"

/* Was it captured no more than the tolerance before v? */
static bool
is_fresh(const struct shard *c, const struct view *v, const struct wait *w)
{
    int64_t came = mipro_time_add(w->deadline, -c->config->ack_timeout);

    /* For a wide tolerance it waits anew, and so it does once it is used. */
    if (w->u.unmatched.used || c->config->tolerance > c->config->ack_timeout)
        came = mipro_time_add(w->time, c->t.skew);
    return !w->u.unmatched.longer &&
           mipro_time_between(came, is_time(v->now) ? v->now : c->t.clock) < c->config->tolerance;
}

/*
 * How likely the acknowledge a was captured shortly before the update v, its question; 0: it was
 * not. One that waits over a gap was, if the clock was set forward then.  A used one has a
 * question.
 */
static unsigned
rank_early(const struct shard *c, const struct view *v, const struct wait *a)
{
    if (!wait_goes_back(a, v->ev->src, v->ev->dst, v->homeaddr) ||
        !ident_fits(a->ident, v->ident) || !is_fresh(c, v, a))
        return 0;
    if (a->u.unmatched.used)
        return a->u.unmatched.forged ? 3 : 1;
    if (a->gap != 0 && view_forged(v))
        return 0; /* nothing proves that the clock was set */
    return a->gap != 0 ? 2 : 3;
}

/* The most likely one, or NULL.  If there are others, it is unknown which of them is the answer. */
static struct wait *
find_early(const struct shard *c, const struct view *v)
{
    struct wait *best = NULL;
    unsigned most = 0, rank;

    for (struct wait *a = peer_wait_first(c, v->home, v->ev->dst); a != NULL;
         a = peer_wait_next(c, a, v->ev->dst)) {
        rank = rank_early(c, v, a);
        if (rank > most) {
            most = rank;
            best = a;
        } else if (rank != 0 && rank == most) {
            a->u.unmatched.doubt = MIPRO_UNDECIDED_ORDER;
        }
    }
    return best;
}

/* It is unknown which of two updates the acknowledge a answers: v, or one before it. */
static void
doubt_early(struct shard *c, const struct view *v, const struct wait *a)
{
    if (view_forged(v) && a->u.unmatched.status == 0)
        undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_OUTCOME);
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->dst); w != NULL;
         w = peer_wait_next(c, w, v->ev->dst))
        if (w->kind == WAIT_ACK && w->frame == v->ev->frame)
            w->answered_early = true;
}

/*
 * An answer may be captured shortly before its question.  The waiting acknowledge shows whether a
 * forged update was accepted.
 */
void
mipro_settle_early(struct shard *c, const struct view *v)
{
    struct wait *a = find_early(c, v);
    struct flow *p;
    struct recent *r;

    if (a == NULL)
        return;
    p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);
    r = p != NULL ? mipro_recent_find(p, v->ev->frame) : NULL;
    if (r == NULL)
        return;
    if (a->u.unmatched.used || (view_forged(v) && a->u.unmatched.other != 0)) {
        doubt_early(c, v, a);
        return;
    }
    if (!view_forged(v) && (view_field(v, MIPRO_F_FLAGS) & MIPRO_BU_A) == 0) {
        /* It may answer another one, which is captured later. */
        if (a->u.unmatched.other == 0) {
            a->u.unmatched.other = v->ev->frame;
            a->u.unmatched.unasked = true;
            a->u.unmatched.vague = v->ident.state == IDENT_UNSEEN;
        }
        return;
    }
    if (view_forged(v) && a->u.unmatched.status == 0) {
        struct mipro_finding f = mipro_finding_of_wait(a, MIPRO_RULE_FORGED_ACCEPTED);

        mipro_finding_relate(&f, v->ev->frame);
        mipro_finding_appendf(&f, "accepts the Binding Update about %s whose authenticator is %s",
            mipro_dotted(v->homeaddr).s, v->verdict == MIPRO_MISSING ? "missing" : "bad");
        mipro_finding_unless_twin(c, v, &f, a);
    }
    if (v->verdict == MIPRO_TRUNCATED && a->u.unmatched.status == 131)
        undecided(c, MIPRO_RULE_GENUINE_REFUSED, MIPRO_UNDECIDED_FORGOTTEN);
    if (v->verdict == MIPRO_GOOD && a->u.unmatched.status == 131) {
        struct mipro_finding f = mipro_finding_of_wait(a, MIPRO_RULE_GENUINE_REFUSED);
        const struct mipro_ends ends = { v->ev->src, v->ev->dst };
        uint32_t spi;
        bool known = mipro_vouching_spi(v->ev, &spi);

        mipro_finding_relate(&f, v->ev->frame);
        mipro_refused_write(&f, "Binding Update about", known ? &spi : NULL, &ends, v->ev->ring);
        mipro_finding_unless_twin(c, v, &f, a);
    }
    replay_outcome(c, v->home, MIPRO_BINDING_UPDATE, v->ident, a->u.unmatched.status != 0);
    if (a->u.unmatched.status == 133)
        mipro_replay_refused(v->home, MIPRO_BINDING_UPDATE, v->ident);
    tie(c, MIPRO_TIE_ACKNOWLEDGE, a->frame, v->ev->frame);
    a->u.unmatched.other = v->ev->frame;
    a->u.unmatched.used =
        true; /* but it may answer another one, which is captured a little later */
    a->u.unmatched.forged = view_forged(v);
    mipro_wait_done(c, a);
    mipro_recent_mark(r, a->u.unmatched.bare);
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->dst); w != NULL;
         w = peer_wait_next(c, w, v->ev->dst))
        if ((w->kind == WAIT_ACK || w->kind == WAIT_FORGED) && w->frame == v->ev->frame) {
            answer_settle(c, w, r);
            return;
        }
    r->flags |= RECENT_ANSWERED;
}
