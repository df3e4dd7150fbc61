/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Updates (4.3).
 *
 * One on which its receiver must not act (forged, without authenticator, malformed) need not be
 * answered, and no node is blamed for not answering it.  It is still remembered, for its
 * acknowledge.
 */
#include "conduct/handoffs.h"
#include "conduct/private.h"
#include "conduct/registrations.h"

/* A short hash of flags, lifetime and care-of address. */
static inline uint16_t
body_of(const struct view *v)
{
    uint32_t coa = view_field(v, MIPRO_F_COA);

    return (uint16_t)(coa ^ coa >> 16 ^ view_field(v, MIPRO_F_LIFE) ^
                      view_field(v, MIPRO_F_FLAGS) << 8);
}

/* Half of a hash will do where the few latest of one flow are told from each other. */
static inline uint32_t
short_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* Does update i of the flow tell what v tells, as far as it was captured of one that was cut? */
static bool
is_same_in_part(const struct flow *p, unsigned i, const struct view *v)
{
    const struct recent *r = &p->recent[i];
    const struct ident ident = { r->ident, (enum ident_state)r->ident_state };

    return ((r->flags & RECENT_CUT) != 0 || view_is_cut(v)) && p->body[i] == body_of(v) &&
           ident_fits(ident, v->ident);
}

/* Does update i of the flow have the octets of v, as far as both were captured? */
static inline bool
is_same(const struct flow *p, unsigned i, const struct view *v)
{
    if (p->recent[i].frame == 0)
        return false;
    return p->hash[i] == short_of(v->hash) || is_same_in_part(p, i, v);
}

/* Is v a repetition of the last update on this flow, or of one of the last few? */
static inline bool
is_last(const struct flow *p, const struct view *v)
{
    return is_same(p, (p->next_recent + RECENT - 1u) % RECENT, v);
}

SELDOM static bool
is_known_in_part(const struct flow *p, const struct view *v)
{
    for (unsigned i = 0; i < RECENT; i++)
        if (is_same(p, i, v))
            return true;
    return false;
}

static inline bool
is_known(const struct flow *p, const struct view *v)
{
    uint32_t hash = short_of(v->hash);

    for (unsigned i = 0; i < RECENT; i++)
        if (p->hash[i] == hash && p->recent[i].frame != 0)
            return true;
    return (p->cut || view_is_cut(v)) && is_known_in_part(p, v);
}

/* The flags by which an acknowledge of the update will be judged. */
static inline unsigned
flags_of(const struct view *v)
{
    return v->flags | ((view_field(v, MIPRO_F_FLAGS) & MIPRO_BU_A) != 0 ? RECENT_A : 0);
}

/*
 * Was v, which is known, answered before, or reported?  If v was cut, it may be the genuine twin of
 * one that was forged, and the answer its own.
 */
static bool
was_settled(const struct flow *p, const struct view *v)
{
    for (unsigned i = 0; i < RECENT; i++) {
        unsigned flags = p->recent[i].flags;

        if (is_same(p, i, v) && (flags & (RECENT_ANSWERED | RECENT_REPORTED)) != 0 &&
            ((flags & RECENT_FORGED) == 0 || p->hash[i] == short_of(v->hash)))
            return true;
    }
    return false;
}

/* Remember v among the recent updates, with these flags. */
static inline void
remember_update(struct flow *p, const struct view *v, unsigned flags)
{
    struct recent *r = &p->recent[p->next_recent];

    if (r->frame != 0 && (r->flags & (RECENT_A | RECENT_ANSWERED | RECENT_WAITS)) == RECENT_A)
        mipro_flow_forget(p, (struct ident){ r->ident, r->ident_state });
    p->hash[p->next_recent] = short_of(v->hash);
    p->body[p->next_recent] = body_of(v);
    p->next_recent = (p->next_recent + 1u) % RECENT;
    p->cut |= (flags & RECENT_CUT) != 0;
    *r = (struct recent){
        .frame = v->ev->frame & RECENT_FRAME,
        .flags = (uint8_t)flags,
        .ident_state = (uint8_t)v->ident.state,
        .ident = v->ident.value,
    };
}

/* What waits with the same octets, as far as both were captured, between the same ends; or NULL. */
static inline struct wait *
find_same_update(const struct shard *c, const struct view *v, bool known)
{
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->dst); w != NULL;
         w = peer_wait_next(c, w, v->ev->dst))
        if (w->kind == WAIT_ACK && w->src == v->ev->src && w->dst == v->ev->dst &&
            (w->hash == v->hash ||
                (known && ((w->flags & RECENT_CUT) != 0 || view_is_cut(v)) &&
                    v->ident.state == IDENT_SOME && ident_fits(w->ident, v->ident))))
            return w;
    return NULL;
}

/*
 * Wait for the acknowledge of an update on which its receiver may act, if it has A.  A
 * retransmission while it waits counts as the same update.
 */
static inline void
await_ack(struct shard *c, struct flow *p, const struct view *v, bool known, bool quiet)
{
    struct wait *w = quiet ? NULL : find_same_update(c, v, known);
    unsigned flags = flags_of(v);
    bool settled, waits;

    if (w != NULL) {
        mipro_wait_repeat(c, w, v->ev->frame);
        return;
    }
    /* Once is enough: it was answered, or its missing answer was reported. */
    settled = known && was_settled(p, v);
    waits = (view_field(v, MIPRO_F_FLAGS) & MIPRO_BU_A) != 0 && view_believed(v) && !settled;
    if (!quiet && (waits || (!known && view_believed(v))))
        mipro_supersede(c, v, WAIT_ACK, false);
    if (waits)
        w = mipro_wait_begin_ack(c, v);
    remember_update(p, v, flags | (w != NULL ? RECENT_WAITS : 0) | (settled ? RECENT_REPORTED : 0));
    if (w == NULL)
        return;
    w->flags = (uint8_t)flags;
    wait_look_back(c, w, v->ev->dst, c->config->tolerance);
    if (!mipro_vouching_spi(v->ev, &w->u.ack.spi) && v->faults != 0)
        w->u.ack.unseen = v->ev->frame;
}

/*
 * The SPI is unknown: the update may be sent in another node's name, so no state is kept for it.
 * Its acknowledge, if there is one, is not unsolicited; a PFAN captured after it may be its.
 */
SELDOM static void
see_unknown_spi(struct shard *c, const struct view *v)
{
    struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);

    if (p != NULL)
        mipro_flow_forget(p, v->ident);
    v->home->unknown_spis = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout));
    mipro_handoff_other_spi(c, v);
}

/* Wait for an acknowledge that accepts it: recent[] is not enough, as chaff would flush it. */
SELDOM static void
see_forged(struct shard *c, struct flow *p, const struct view *v)
{
    struct wait *w = mipro_wait_begin(c, v, WAIT_FORGED);
    unsigned flags = flags_of(v);

    mipro_twin_of_accepted(c, v);
    remember_update(p, v, flags | (w != NULL ? RECENT_WAITS : 0));
    if (w == NULL) {
        mipro_forgery_keep(c, &(struct forged){
                                  .frame = v->ev->frame,
                                  .ident = v->ident,
                                  .homeaddr = v->homeaddr,
                                  .src = v->ev->src,
                                  .dst = v->ev->dst,
                                  .bare = (flags & RECENT_BARE) != 0,
                              });
        return;
    }
    w->flags = (uint8_t)flags;
    mipro_handoff_keep_made(v, w);
    if (!w->done)
        mipro_wait_done(c, w);
    mipro_forged_keep_made(c, w);
    settle_early(c, v);
}

/*
 * What the update v is besides a message of its own: the answer to a request, or to a warning, or
 * something like it.  request is the one that it answers.
 */
__attribute__((noinline)) static void
answer_others(struct shard *c, const struct view *v, const struct flow *p, struct wait *request,
    bool known, bool handoff)
{
    if (request != NULL) {
        tie(c, MIPRO_TIE_ANSWER, v->ev->frame, request->frame);
        if (view_is_cut(v))
            mipro_cut_answer_note(c, v->ev->frame, request->ident);
    }
    /* If a request was sent again, and its identification was not captured then, both end. */
    for (struct wait *w = request; w != NULL; w = mipro_request_find(c, v))
        mipro_wait_end(c, w);
    if (!mipro_warnings_answer(c, v) && request == NULL && !known && !handoff)
        mipro_answer_odd(c, v, p);
    if (!handoff && v->home->registry != NULL)
        mipro_registry_check(c, v, known);
}

/*
 * Nothing waits, and nothing is registered, as for most home addresses at most times: then an
 * update answers nothing, and nothing answers it yet.
 */
static inline bool
is_quiet(const struct home *h)
{
    return h->waits == NULL && h->targets == NULL && h->registry == NULL;
}

void
mipro_see_update(struct shard *c, struct view *v)
{
    struct flow *p;
    struct wait *request = NULL;
    bool again, known, quiet, handoff = false;

    if ((v->faults & (FAULT_UNKNOWN_SPI | FAULT_FORGED)) == FAULT_UNKNOWN_SPI) {
        see_unknown_spi(c, v);
        return;
    }
    p = mipro_flow_make(c, v, FLOW_UPDATES);
    if (p == NULL)
        return;
    if (v->faults == 0)
        mipro_rate_check(c, v, p, &c->config->update_rate);
    else
        mipro_rate_check_odd(c, v, p, &c->config->update_rate);
    quiet = is_quiet(v->home);
    if (!quiet)
        handoff = mipro_handoff_update(c, v);
    if (view_forged(v)) {
        see_forged(c, p, v);
        return;
    }
    known = is_known(p, v);
    again = known && is_last(p, v);
    if (!quiet)
        request = mipro_request_find(c, v);
    if (mipro_replay_check(c, v, request != NULL)) {
        remember_update(p, v, flags_of(v) & ~RECENT_GENUINE);
        settle_early(c, v);
        return;
    }
    if (!quiet)
        answer_others(c, v, p, request, known, handoff);
    await_ack(c, p, v, known, quiet);
    if (!quiet)
        settle_early(c, v);
    if (!view_believed(v))
        return;
    mipro_belief_told(c, p, v, again);
    if (v->faults != 0)
        mipro_belief_doubt_told(p, v->ev->frame, true);
}

/*
 * v shows the end of an update that was processed without it.  What its authenticator vouches for
 * is judged now; what its receiver makes of it was judged by its beginning.
 */
void
mipro_complete_update(struct shard *c, struct view *v)
{
    struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);
    struct recent *r = p != NULL ? mipro_recent_find(p, v->ev->copy_of) : NULL;
    struct wait *w = mipro_wait_begun(c, v, WAIT_ACK, v->ev->dst);
    struct ident asked;
    bool known = mipro_cut_answer_find(c, v->ev->copy_of, &asked);
    bool answers = asked.state != IDENT_NONE && ident_fits(asked, v->ident);
    bool replayed = known && mipro_replay_check(c, v, answers);

    if (r != NULL && (r->flags & RECENT_ANSWERED) != 0)
        mipro_replay_answered(c, v, mipro_belief_is_acknowledged(p, v->ev->copy_of));
    if (!known)
        undecided(c, MIPRO_RULE_REPLAY, MIPRO_UNDECIDED_FORGOTTEN);
    if (asked.state != IDENT_NONE && !answers)
        undecided(c, MIPRO_RULE_ANSWER_MISMATCH, MIPRO_UNDECIDED_FORGOTTEN);
    if (r != NULL) {
        p->hash[r - p->recent] = short_of(v->hash);
        r->ident_state = (uint8_t)v->ident.state;
        r->ident = v->ident.value;
        r->flags = (uint8_t)((r->flags & ~RECENT_CUT) | (replayed ? 0 : v->flags));
    }
    if (replayed) {
        if (p != NULL)
            mipro_belief_refused(p, v->ev->copy_of);
        if (w != NULL)
            mipro_ack_forget(c, w);
        mipro_forget_waits(c, v->home, v->ev->copy_of);
        return;
    }
    mipro_complete_superseding(c, v, WAIT_ACK, false);
    if (p != NULL) {
        mipro_rate_prove(p, v->ev->copy_of);
        mipro_belief_doubt_told(p, v->ev->copy_of, false);
    }
    if (w != NULL) {
        w->hash = v->hash;
        w->ident = v->ident;
        w->flags = (uint8_t)flags_of(v);
        (void)mipro_vouching_spi(v->ev, &w->u.ack.spi);
        if (p != NULL && was_settled(p, v)) { /* it was the same, sent again */
            mipro_ack_forget(c, w);
            mipro_wait_end(c, w);
        }
    }
    if (p != NULL && asked.state == IDENT_NONE)
        mipro_answer_odd(c, v, p);
    mipro_handoff_complete(c, v);
}

void
mipro_ack_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    mipro_wait_undecided(c, w, reason);
    mipro_ack_forget(c, w);
    mipro_wait_end(c, w);
}

/*
 * update-unacknowledged (4.4).  The update is still remembered, because a late acknowledge is
 * not unsolicited.
 */
void
mipro_ack_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_UPDATE_UNACKNOWLEDGED);
    struct flow *p;
    struct recent *r;
    enum mipro_undecided doubt;
    bool lost;

    /* That of a previous foreign agent goes to the home address. */
    lost = !w->superseded &&
           (w->u.ack.unseen != 0 ||
               (!w->answered_early && (mipro_wait_may_have_seen(c, w, w->dst, w->src) ||
                                          mipro_wait_may_have_seen(c, w, w->dst, w->home->addr))));
    if (lost)
        undecided(c, f.rule, MIPRO_UNDECIDED_FORGOTTEN);
    if (!w->superseded && !lost && w->answered_early) {
        undecided(c, f.rule, MIPRO_UNDECIDED_ORDER);
        lost = true;
    }
    lost = w->superseded || lost || mipro_mismatch_found(c, w);
    doubt = lost ? MIPRO_UNDECIDED_REASONS : mipro_unmatched_doubt(c, w);
    if (doubt != MIPRO_UNDECIDED_REASONS)
        undecided(c, f.rule, doubt);
    if (lost || doubt != MIPRO_UNDECIDED_REASONS) {
        mipro_ack_forget(c, w);
        mipro_wait_done(c, w);
        return;
    }
    w->home->lossy = true;
    mipro_finding_appendf(&f, "asks for an acknowledge, and none about %s with %s from %s seen",
        mipro_dotted(w->home->addr).s, mipro_ident_text(w->ident).s, mipro_dotted(w->dst).s);
    mipro_finding_open(c, w, &f, OPEN_FOUND, MIPRO_UNDECIDED_REASONS, MIPRO_OPEN_QUESTION);
    p = mipro_flow_find(c, w->home, w->src, w->dst, FLOW_UPDATES);
    r = p != NULL ? mipro_recent_find(p, w->frame) : NULL;
    if (r != NULL)
        r->flags |= RECENT_REPORTED;
    mipro_ack_forget(c, w);
    mipro_wait_done(c, w);
}
