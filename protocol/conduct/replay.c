/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all of replay have in common: whether the capture shows that an identification was used
 * twice, or may hold a message twice; and what became of the message.
 */
#include "conduct/private.h"

SELDOM static bool
saw_over_gap(const struct shard *c, const struct view *v)
{
    struct mipro_sighting s;

    if (!v->ev->has_datagram || !spans_gap(c, c->t.paused, v->now))
        return false;
    s = view_sighting(v, c->t.paused, false);
    return mipro_copies_find(&c->copies, &s) != 0 || mipro_copies_forgot(&c->copies, s.time);
}

/* Was an update with its identification captured a moment ago, but cut?  It may have been v. */
static bool
was_cut_before(const struct shard *c, const struct view *v)
{
    const struct flow *p = NULL;

    if (v->type == MIPRO_BINDING_UPDATE)
        p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);
    if (p == NULL || !p->cut)
        return false;
    for (unsigned i = 0; i < RECENT; i++) {
        const struct recent *r = &p->recent[i];

        if (r->frame != 0 && r->frame != v->ev->copy_of && (r->flags & RECENT_CUT) != 0 &&
            ident_fits((struct ident){ r->ident, (enum ident_state)r->ident_state }, v->ident))
            return true;
    }
    return false;
}

bool
mipro_may_be_seen_before(const struct shard *c, const struct view *v)
{
    return v->may_be_copy || was_cut_before(c, v) || saw_over_gap(c, v);
}

void
mipro_replay_report(struct shard *c, const struct view *v, uint64_t frame, const char *what)
{
    struct mipro_finding f;

    if (v->may_be_copy || was_cut_before(c, v)) {
        undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_FORGOTTEN);
        return;
    }
    if (v->now == TIME_DOUBTED || saw_over_gap(c, v)) {
        undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_CLOCK);
        return;
    }
    f = mipro_finding_of(v, MIPRO_RULE_REPLAY);
    mipro_finding_relate(&f, frame);
    mipro_finding_at(&f, v, MIPRO_F_IDENT);
    mipro_finding_report(c, &f, "%s %s", mipro_ident_text(v->ident).s, what);
}

/* Did its receiver accept it, or refuse it? */
enum mipro_undecided
mipro_replay_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    (void)c;
    (void)h;
    if (held->excused || (held->finding.message == MIPRO_REGISTRATION_REQUEST && !held->accepted))
        return MIPRO_UNDECIDED_OUTCOME;
    return MIPRO_UNDECIDED_REASONS;
}

void
mipro_replay_outcome(
    const struct shard *c, struct home *h, uint8_t type, struct ident ident, bool refused)
{
    for (struct wait *w = peer_wait_first(c, h, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (w->kind == WAIT_HELD && w->type == type && w->u.held->kind == HELD_REPLAY &&
            ident_fits(w->ident, ident)) {
            w->u.held->excused |= refused;
            w->u.held->accepted |= !refused;
        }
}
