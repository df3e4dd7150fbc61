/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of which all sightings were cut, and taken for what they seem to be, until a copy, on
 * another tap, say, shows all of it.  If it is forged, or has an unknown SPI, what was concluded
 * from the others is dropped; otherwise what only the whole message shows is added to it.  So a
 * frame that ends early, sent just before a message, hides nothing.
 */
#include "conduct/handoffs.h"
#include "conduct/private.h"
#include "conduct/registrations.h"

/* ---- those on which their receiver must not act ---- */

static void
forget_sent(struct shard *c, struct flow *p, const struct view *v)
{
    uint64_t frame = v->ev->copy_of;
    struct recent *r = mipro_recent_find(p, frame);

    mipro_rate_withdraw(p, frame);
    if (r == NULL)
        return;
    if (view_forged(v) && (r->flags & RECENT_ANSWERED) != 0) /* perhaps as if it were good */
        undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_FORGOTTEN);
    *r = (struct recent){ 0 };
}

static void
forget_asked(struct shard *c, struct registry *r, uint64_t frame)
{
    for (unsigned i = 0; i < REQUESTS; i++) {
        if (r->asked[i].frame != frame || !r->asked[i].cut)
            continue;
        if (r->asked[i].granted)
            undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_FORGOTTEN);
        r->asked[i] = (struct asked){ 0 };
    }
}

/* The finding that an answer in this frame led to is not proven any more. */
static void
forget_found(struct shard *c, const struct home *h, uint64_t frame)
{
    for (struct wait *w = peer_wait_first(c, h, 0), *next; w != NULL; w = next) {
        next = peer_wait_next(c, w, 0);
        if (w->kind != WAIT_HELD || w->u.held->finding.frame != frame)
            continue;
        undecided(c, w->u.held->finding.rule, MIPRO_UNDECIDED_FORGOTTEN);
        mipro_wait_end(c, w);
    }
}

/* What the forged reply v said of a registration. */
static void
forget_reply(struct registry *r, const struct view *v)
{
    const struct registered reply = mipro_reply_read(v);

    for (unsigned i = 0; i < REQUESTS; i++)
        if (r->asked[i].frame != 0 && mipro_reply_answers(&r->asked[i], &reply))
            r->asked[i].settled = r->asked[i].granted = false;
    for (unsigned i = 0; i < GRANTS; i++)
        if (r->granted[i].frame == v->ev->copy_of)
            r->granted[i] = (struct granted){ 0 };
    for (struct handoff *h = r->handoffs; h != NULL; h = h->next)
        if (h->granted_frame == v->ev->copy_of)
            h->granted_frame = 0;
}

/* An answer is not processed again: it is nobody's. */
static void
forget_answer(struct shard *c, const struct view *v)
{
    bool reply = v->type == MIPRO_REGISTRATION_REPLY;
    struct wait *w =
        mipro_wait_begun(c, v, reply ? WAIT_REPLY : WAIT_UNMATCHED, reply ? 0 : v->ev->src);

    forget_found(c, v->home, v->ev->copy_of);
    if (reply && v->home->registry != NULL)
        forget_reply(v->home->registry, v);
    if (!reply && (w == NULL || w->u.unmatched.used)) /* an update may wait for it in vain */
        undecided(c, MIPRO_RULE_UPDATE_UNACKNOWLEDGED, MIPRO_UNDECIDED_FORGOTTEN);
    if (w != NULL)
        mipro_wait_end(c, w);
}

static void
forget_question(struct shard *c, const struct view *v)
{
    enum flow_kind kind = v->type == MIPRO_BINDING_WARNING ? FLOW_WARNINGS : FLOW_UPDATES;
    struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, kind);

    mipro_forget_waits(c, v->home, v->ev->copy_of);
    if (p != NULL)
        forget_sent(c, p, v);
    if (v->home->registry != NULL)
        forget_asked(c, v->home->registry, v->ev->copy_of);
    if (v->type == MIPRO_BINDING_UPDATE)
        mipro_handoff_complete(c, v);
}

/* ---- all others ---- */

/* Does an update that waits, or was forged, have this acknowledge? */
static bool
is_awaited(const struct shard *c, const struct view *v)
{
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->src); w != NULL;
         w = peer_wait_next(c, w, v->ev->src))
        if (((w->kind == WAIT_ACK && !w->done) || w->kind == WAIT_FORGED) &&
            w->type == MIPRO_BINDING_UPDATE && w->ident.state == IDENT_SOME &&
            ident_fits(w->ident, v->ident) && mipro_goes_back(v, w->src, w->dst, v->homeaddr))
            return true;
    return false;
}

/* Has the update in this frame, to the sender of v, the identification of v? */
static bool
fits_frame(const struct shard *c, const struct view *v, uint64_t frame)
{
    for (struct flow *p = flow_first(c, v->home, v->ev->src); p != NULL;
         p = flow_next(v->home, p)) {
        const struct recent *r =
            p->kind == FLOW_UPDATES && p->dst == v->ev->src ? mipro_recent_find(p, frame) : NULL;

        if (r != NULL)
            return ident_fits((struct ident){ r->ident, r->ident_state }, v->ident);
    }
    return false;
}

/* Without its identification it was taken for the answer to any update that waited. */
static void
complete_acknowledge(struct shard *c, struct view *v)
{
    struct wait *a = mipro_wait_begun(c, v, WAIT_UNMATCHED, v->ev->src);
    bool guessed;

    if (a == NULL)
        return; /* it was known what it answers */
    guessed = a->ident.state == IDENT_UNSEEN && a->u.unmatched.used;
    a->ident = v->ident;
    a->u.unmatched.cut = false;
    a->u.unmatched.bare = mipro_lacks_auth(v->ev);
    if (a->u.unmatched.other == 0 || fits_frame(c, v, a->u.unmatched.other))
        return;
    if (guessed)
        undecided(c, MIPRO_RULE_ACKNOWLEDGE_MISMATCH, MIPRO_UNDECIDED_FORGOTTEN);
    if (!guessed || is_awaited(c, v)) {
        mipro_wait_end(c, a);
        mipro_see_acknowledge(c, v);
    }
}

/* The acknowledge that was captured before v answers it, as far as its identification was known. */
static void
check_answered(struct shard *c, const struct view *v)
{
    for (struct wait *a = peer_wait_first(c, v->home, v->ev->dst); a != NULL;
         a = peer_wait_next(c, a, v->ev->dst))
        if (a->kind == WAIT_UNMATCHED && a->u.unmatched.used &&
            a->u.unmatched.other == v->ev->copy_of && !ident_fits(a->ident, v->ident))
            undecided(c, MIPRO_RULE_ACKNOWLEDGE_MISMATCH, MIPRO_UNDECIDED_FORGOTTEN);
}

static void
complete_registration(struct shard *c, struct view *v)
{
    const struct registry *r = v->home->registry;
    bool replayed = mipro_replay_check(c, v, false);

    for (unsigned i = 0; r != NULL && i < REQUESTS; i++)
        if (r->asked[i].frame == v->ev->copy_of && r->asked[i].settled)
            mipro_replay_answered(c, v, r->asked[i].granted);
    if (replayed) {
        if (v->home->registry != NULL)
            forget_asked(c, v->home->registry, v->ev->copy_of);
        return;
    }
    mipro_see_registration(c, v);
}

static void
complete_reply(struct shard *c, struct view *v)
{
    struct wait *w = mipro_wait_begun(c, v, WAIT_REPLY, 0);

    if (w != NULL)
        w->u.reply.cut = false;
    else
        mipro_see_reply(c, v);
}

/* What was found about the message in this frame is proven by now. */
static void
prove_found(const struct shard *c, const struct home *h, uint64_t frame)
{
    for (struct wait *w = peer_wait_first(c, h, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (w->kind == WAIT_HELD && w->u.held->finding.frame == frame)
            w->u.held->finding.unproven = false;
}

static void
complete(struct shard *c, struct view *v)
{
    prove_found(c, v->home, v->ev->copy_of);
    switch (v->type) {
    case MIPRO_REGISTRATION_REQUEST:
        complete_registration(c, v);
        break;
    case MIPRO_REGISTRATION_REPLY:
        complete_reply(c, v);
        break;
    case MIPRO_BINDING_WARNING:
        mipro_complete_warning(c, v);
        break;
    case MIPRO_BINDING_REQUEST:
        mipro_complete_request(c, v);
        break;
    case MIPRO_BINDING_UPDATE:
        check_answered(c, v);
        mipro_complete_update(c, v);
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        complete_acknowledge(c, v);
        break;
    }
}

bool
mipro_unmask(struct shard *c, struct view *v)
{
    bool answer = v->type == MIPRO_BINDING_ACKNOWLEDGE || v->type == MIPRO_REGISTRATION_REPLY;

    if (answer ? !view_unproven(v) : view_believed(v)) {
        complete(c, v);
        return false;
    }
    if (answer) {
        forget_answer(c, v);
        return false;
    }
    forget_question(c, v);
    return true;
}
