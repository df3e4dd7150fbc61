/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledges (4.4): which Binding Update each answers, and whether it is correct.
 */
#include "conduct/private.h"

/* An update that an acknowledge may answer. */
struct candidate {
    struct flow *flow;
    struct wait *wait;     /* if it waits */
    struct recent *recent; /* if it is still remembered */
    unsigned flags;        /* RECENT_ */
    unsigned score;        /* 0: there is none */
    bool twin;             /* a forged update that waits would do as well */
};

static uint64_t
frame_of(const struct candidate *a)
{
    return a->wait != NULL ? a->wait->frame : a->recent->frame;
}

static struct ident
ident_of(const struct candidate *a)
{
    return a->wait != NULL ? a->wait->ident
                           : (struct ident){ a->recent->ident, a->recent->ident_state };
}

/*
 * The acknowledge is sent back to the sender of the update; a previous foreign agent sends it
 * to the mobile node's home address, through its tunnel (8.1).
 */
bool
mipro_goes_back(const struct view *v, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    return dst == v->ev->src && (src == v->ev->dst || homeaddr == v->ev->dst);
}

/* The score of an update that matches, asked, is unanswered, and implies no fault. */
#define BEST_SCORE 8u

/*
 * How well an update with this identification and these flags matches; 0: not at all.  Among
 * several: one that asked is preferred to one that did not, one that is unanswered to one that
 * is answered, and one that implies no fault to one that does.
 */
static inline unsigned
score_update(const struct view *v, struct ident ident, unsigned flags)
{
    bool answered = (flags & RECENT_ANSWERED) != 0;
    bool asked = (flags & RECENT_A) != 0;
    unsigned accused = view_field(v, MIPRO_F_STATUS) == 131 ? RECENT_GENUINE : RECENT_FORGED;

    if (!ident_fits(ident, v->ident))
        return 0;
    /* The update has one, which was not captured, and its acknowledge copies it. */
    if (ident.state == IDENT_UNSEEN && v->ident.state == IDENT_NONE)
        return 0;
    return 1u + 4u * asked + 2u * !answered + ((flags & accused) == 0);
}

/* Does a need an acknowledge more than b?  The limit of one that waits over a gap has passed. */
static inline bool
needs_it_more(const struct wait *a, const struct wait *b)
{
    if (a->superseded != b->superseded)
        return b->superseded;
    return a->gap == 0 && b->gap != 0;
}

static void
consider_waiting(const struct shard *c, const struct view *v, struct candidate *best)
{
    struct home *h = v->home;

    for (struct wait *w = peer_wait_first(c, h, v->ev->src); w != NULL;
         w = peer_wait_next(c, w, v->ev->src)) {
        unsigned score;

        if (w->type != MIPRO_BINDING_UPDATE ||
            (w->kind != WAIT_FORGED && (w->kind != WAIT_ACK || w->done)) ||
            !mipro_goes_back(v, w->src, w->dst, h->addr))
            continue;
        score = score_update(v, w->ident, w->flags);
        /* Without an identification it fits several. */
        if (score > best->score ||
            (score == best->score && best->wait != NULL && needs_it_more(w, best->wait)))
            *best = (struct candidate){
                .wait = w, .flags = w->flags, .score = score, .twin = best->twin
            };
        best->twin |= score != 0 && w->kind == WAIT_FORGED && (w->flags & RECENT_ANSWERED) == 0;
    }
}

static void
consider_recent(const struct shard *c, const struct view *v, struct candidate *best)
{
    for (struct flow *p = flow_first(c, v->home, v->ev->src); p != NULL;
         p = flow_next(v->home, p)) {
        if (p->kind != FLOW_UPDATES || !mipro_goes_back(v, p->src, p->dst, v->home->addr))
            continue;
        for (unsigned i = 0; i < RECENT; i++) {
            struct recent *r = &p->recent[i];
            struct ident ident = { r->ident, r->ident_state };
            unsigned flags = r->flags, score;

            if (r->frame == 0 || (flags & RECENT_WAITS) != 0)
                continue;
            if ((flags & (RECENT_FORGED | RECENT_BARE)) == RECENT_BARE && v->ev->n_auth != 0)
                flags &= ~RECENT_ANSWERED; /* what answered it may be anybody's */
            score = score_update(v, ident, flags);
            if (score > best->score)
                *best = (struct candidate){ p, NULL, r, flags, score, best->twin };
        }
    }
}

/* Of an update that waits, its flow, where it may still be remembered. */
static inline void
find_flow(const struct shard *c, const struct view *v, struct candidate *a)
{
    a->flow = mipro_flow_find(c, v->home, a->wait->src, a->wait->dst, FLOW_UPDATES);
    if (a->flow != NULL)
        a->recent = mipro_recent_find(a->flow, a->wait->frame);
}

/* The update that v acknowledges. */
static bool
find_acknowledged(const struct shard *c, const struct view *v, struct candidate *best)
{
    consider_waiting(c, v, best);
    if (best->score != BEST_SCORE)
        consider_recent(c, v, best);
    if (best->wait != NULL)
        find_flow(c, v, best);
    return best->score != 0;
}

bool
mipro_acknowledge_is_of(const struct shard *c, const struct view *v)
{
    struct candidate a = { .score = 0 };

    return find_acknowledged(c, v, &a);
}

/*
 * The update has its answer, right or wrong, and so do the same octets from another sender: the
 * mobile node repeats what a foreign agent sent for it (8.1).
 */
static inline void
settle(struct shard *c, struct candidate *a)
{
    struct home *h;
    uint32_t dst;
    uint64_t hash;

    if (a->wait == NULL) {
        answer_settle(c, NULL, a->recent);
        return;
    }
    h = a->wait->home;
    dst = a->wait->dst;
    hash = a->wait->hash;
    if (a->wait->n_again != 0 && a->recent != NULL && a->wait->kind == WAIT_ACK)
        mipro_update_sent_again(a->flow, a->wait, a->recent);
    answer_settle(c, a->wait, a->recent);
    for (struct wait *w = peer_wait_first(c, h, dst); w != NULL;) {
        struct wait *next = peer_wait_next(c, w, dst);

        if (w->kind == WAIT_ACK && w->dst == dst && w->hash == hash) {
            struct flow *p = mipro_flow_find(c, h, w->src, w->dst, FLOW_UPDATES);

            answer_settle(c, w, p != NULL ? mipro_recent_find(p, w->frame) : NULL);
        }
        w = next;
    }
}

/*
 * forged-accepted (4.3), genuine-refused and acknowledge-unsolicited (4.4).  Accepting is wrong
 * only if the update is known to be forged, refusing only if it is known to be good; other cases
 * cannot be judged.
 */
SELDOM static void
judge_answer(struct shard *c, const struct view *v, const struct candidate *a)
{
    struct mipro_finding f = mipro_finding_of(v, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED);
    unsigned status = view_field(v, MIPRO_F_STATUS);

    mipro_finding_relate(&f, frame_of(a));
    if ((a->flags & RECENT_FORGED) != 0 && status == 0) {
        mipro_forged_accepted(c, v, frame_of(a), (a->flags & RECENT_BARE) != 0);
    } else if ((a->flags & RECENT_A) == 0) {
        mipro_unasked_report(c, &f);
    } else if (status == 131 && (a->flags & RECENT_CUT) != 0 && (a->flags & RECENT_FORGED) == 0) {
        undecided(c, MIPRO_RULE_GENUINE_REFUSED, MIPRO_UNDECIDED_FORGOTTEN);
    } else if ((a->flags & RECENT_GENUINE) != 0 && status == 131) {
        const struct mipro_ends ends = { v->ev->dst, v->ev->src };

        mipro_finding_at(&f, v, MIPRO_F_STATUS);
        mipro_refused_write(&f, "Binding Update about",
            a->wait != NULL ? &a->wait->u.ack.spi : NULL, &ends, v->ev->ring);
        mipro_finding_unless_twin(c, v, &f, NULL);
    }
}

/*
 * May v, which answers of, rather answer w?  To the mobile node's home address it fits updates of
 * several foreign agents (8.1).  One whose identification was not captured may be the same update,
 * sent again; and one that was cut would have superseded the others, if it is genuine.
 */
static bool
may_be_of_other(const struct view *v, const struct wait *of, const struct wait *w)
{
    if (w->dst != of->dst || !ident_fits(w->ident, v->ident))
        return false;
    if (w->src == of->src && v->ident.state == IDENT_SOME)
        return w != of && w->ident.state == IDENT_UNSEEN;
    if (w->src == of->src)
        return w != of && (w->flags & RECENT_CUT) != 0;
    return v->ident.state != IDENT_SOME && v->ev->dst == v->homeaddr;
}

/* v refuses a forged update; it may as well refuse a genuine one that has its identification. */
SELDOM static void
doubt_refused(const struct shard *c, const struct view *v)
{
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->src); w != NULL;
         w = peer_wait_next(c, w, v->ev->src))
        if (w->kind == WAIT_ACK && !w->done && ident_fits(w->ident, v->ident) &&
            mipro_goes_back(v, w->src, w->dst, v->home->addr))
            w->answered_early = true;
}

/* v fits several updates: which of them it answers is unknown. */
static void
doubt_others(const struct shard *c, const struct view *v, const struct candidate *a)
{
    const struct wait *of = a->wait;

    if ((a->flags & RECENT_FORGED) != 0 && view_field(v, MIPRO_F_STATUS) == 131)
        doubt_refused(c, v);
    if (of == NULL)
        return;
    for (struct wait *w = peer_wait_first(c, v->home, of->dst); w != NULL;
         w = peer_wait_next(c, w, of->dst))
        if (w->kind == WAIT_ACK && !w->done && !w->superseded && w->gap == 0 && of->gap == 0 &&
            may_be_of_other(v, of, w))
            w->answered_early = true;
}

/*
 * The frame of the update that v answers: where the mobile node sent again what a foreign agent
 * sent for it (8.1), its own.
 */
static uint64_t
answered_frame(const struct shard *c, const struct view *v, const struct candidate *a)
{
    const struct wait *of = a->wait;

    if (of == NULL || of->src == v->ev->dst)
        return frame_of(a);
    for (struct wait *w = peer_wait_first(c, v->home, of->dst); w != NULL;
         w = peer_wait_next(c, w, of->dst))
        if (w->kind == WAIT_ACK && w->src == v->ev->dst && w->dst == of->dst && w->hash == of->hash)
            return w->frame;
    return of->frame;
}

/*
 * The acknowledge matches an update that did not ask, or that is answered already: it may answer
 * another one that is captured a little later.  Without an identification it matches most updates.
 */
static bool
may_precede(const struct view *v, const struct candidate *a)
{
    if (is_time(v->now) && (a->flags & RECENT_FORGED) != 0 && view_field(v, MIPRO_F_STATUS) == 0)
        return false;
    return v->now != MIPRO_TIME_NONE && a->wait == NULL &&
           ((a->flags & RECENT_A) == 0 || (a->flags & RECENT_ANSWERED) != 0);
}

/* Does v refuse a genuine update that its sender accepted before?  One of the two is wrong. */
static bool
takes_back(const struct view *v, const struct candidate *a, unsigned status)
{
    return status == 131 && (a->flags & RECENT_GENUINE) != 0 && v->ident.state == IDENT_SOME &&
           ident_of(a).state == IDENT_SOME && a->flow != NULL &&
           mipro_belief_is_acknowledged(a->flow, frame_of(a));
}

/* v answers the update a, and says that it was accepted or refused. */
static inline void
take_answer(struct shard *c, const struct view *v, struct candidate *a, unsigned status)
{
    if (a->flow != NULL && status == 0)
        mipro_belief_acknowledged(a->flow, frame_of(a), v->now);
    tie(c, MIPRO_TIE_ACKNOWLEDGE, v->ev->frame, answered_frame(c, v, a));
    settle(c, a);
    if (a->recent != NULL && (a->wait == NULL || v->ev->n_auth == 0))
        mipro_recent_mark(a->recent, mipro_lacks_auth(v->ev));
}

/*
 * Has v no identification?  Its octets can be read with one, too (ruling 1), and the update that it
 * answers decides, which may be captured a little later, unless one waits for just this.
 */
SELDOM static void
doubt_ident(const struct shard *c, struct view *v)
{
    struct candidate a = { .score = 0 };

    if (v->home == NULL || !find_acknowledged(c, v, &a) || a.score != BEST_SCORE)
        v->ident = (struct ident){ 0, IDENT_UNSEEN };
}

/* Which update does v answer, and should it? */
__attribute__((noinline)) static void
weigh_acknowledge(struct shard *c, struct view *v, unsigned status)
{
    struct candidate a = { .score = 0 };
    uint64_t frame;
    bool late, guessed, back;

    if (v->ident.state == IDENT_NONE && mipro_ident_is_open(v->m))
        doubt_ident(c, v);
    if (v->home == NULL || !find_acknowledged(c, v, &a)) {
        if (mipro_forgery_answered(c, v, status))
            return;
        mipro_unmatched_keep(c, v, 0, OTHER_NONE);
        return;
    }
    back = takes_back(v, &a, status);
    /* In any case, a node that refused must not be blamed for ignoring the update. */
    if (a.flow != NULL && status != 0)
        mipro_belief_refused(a.flow, frame_of(&a));
    replay_outcome(c, v->home, MIPRO_BINDING_UPDATE, ident_of(&a), status != 0);
    if (status == 133) {
        mipro_refused_acknowledge(c, v, ident_of(&a));
        mipro_replay_refused(v->home, MIPRO_BINDING_UPDATE, ident_of(&a));
    }
    if (!back && may_precede(v, &a)) {
        mipro_unmatched_keep(c, v, frame_of(&a),
            (a.flags & RECENT_A) != 0            ? OTHER_NONE
            : ident_of(&a).state == IDENT_UNSEEN ? OTHER_UNSEEN
                                                 : OTHER_UNASKED);
        return;
    }
    late = a.wait == NULL;
    guessed = v->ident.state != IDENT_SOME || ident_of(&a).state == IDENT_UNSEEN;
    frame = frame_of(&a);
    /* With the best score there is no fault, unless v refuses what was not captured whole. */
    if (a.score != BEST_SCORE || status == 131)
        judge_answer(c, v, &a);
    if (a.twin && status == 0 && (a.flags & RECENT_FORGED) == 0) /* it may accept either */
        undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_OUTCOME);
    doubt_others(c, v, &a);
    take_answer(c, v, &a, status);
    /*
     * Unless both sides have an identification, it may answer an update that is captured a little
     * later; and what refuses a forged one, a genuine one with its identification.
     */
    guessed |= (a.flags & RECENT_FORGED) != 0 && status != 0;
    if (guessed && is_time(v->now))
        mipro_unmatched_keep(
            c, v, frame, late && (a.flags & RECENT_FORGED) == 0 ? OTHER_NONE : OTHER_ANSWERED);
    else if (guessed && v->now == TIME_DOUBTED)
        mipro_answer_lose(c, v->type, v->homeaddr, v->ev->src, c->t.clock);
}

/*
 * The update that v accepts, if it is all that waits, and v has its identification: nearly always.
 * It has the best score, and there is nothing else to weigh.
 */
static inline struct wait *
find_accepted(const struct view *v, unsigned status)
{
    const struct home *h = v->home;
    struct wait *w;

    if (status != 0 || v->ident.state != IDENT_SOME || h == NULL || h->waits == NULL ||
        h->waits->next != h->waits)
        return NULL;
    w = wait_first(h);
    if (w->kind != WAIT_ACK || w->done || w->ident.state != IDENT_SOME ||
        w->ident.value != v->ident.value || w->dst != v->ev->src || w->src != v->ev->dst ||
        (w->flags & (RECENT_A | RECENT_ANSWERED | RECENT_FORGED)) != RECENT_A)
        return NULL;
    return w;
}

/* An acknowledge that is itself forged says nothing about the node that it names. */
void
mipro_see_acknowledge(struct shard *c, struct view *v)
{
    unsigned status = view_field(v, MIPRO_F_STATUS);
    struct wait *w;

    if (view_unproven(v) || !mipro_has(v->m, MIPRO_F_STATUS))
        return;
    /* If malformed, it breaks another rule, and its identification is unknown. */
    if ((v->faults & FAULT_UNSOUND) != 0)
        v->ident.state = IDENT_UNSEEN;
    w = find_accepted(v, status);
    if (w != NULL) {
        struct candidate a = { .wait = w };

        find_flow(c, v, &a);
        replay_outcome(c, v->home, MIPRO_BINDING_UPDATE, w->ident, false);
        take_answer(c, v, &a, 0);
    } else {
        weigh_acknowledge(c, v, status);
    }
}

/*
 * A copy only because it has no IP identification and came another way: it may as well be an
 * acknowledge of its own, of an update that was captured after the first sighting.  Or of one that
 * is captured a little later: what a previous foreign agent sends to the home address goes another
 * way once the node has moved.
 */
void
mipro_doubt_copy(struct shard *c, const struct view *v)
{
    bool found = false;

    if (view_unproven(v))
        return;
    for (struct wait *w = v->home != NULL ? peer_wait_first(c, v->home, v->ev->src) : NULL;
         w != NULL; w = peer_wait_next(c, w, v->ev->src))
        if (w->kind == WAIT_ACK && w->frame > v->ev->copy_of && ident_fits(w->ident, v->ident) &&
            mipro_goes_back(v, w->src, w->dst, v->homeaddr))
            found = w->answered_early = true;
    if (!found && v->ident.state != IDENT_SOME && v->ev->dst == v->homeaddr)
        mipro_answer_lose(c, v->type, v->homeaddr, v->ev->src, c->t.clock);
}

enum mipro_ident_hint
mipro_shard_ident_hint(const struct shard *c, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    const struct home *h = mipro_home_peek(c, homeaddr);
    const struct recent *latest = NULL;

    for (const struct flow *p = h != NULL ? flow_first(c, h, src) : NULL; p != NULL;
         p = flow_next(h, p)) {
        if (p->kind != FLOW_UPDATES || p->dst != src || (p->src != dst && dst != homeaddr))
            continue;
        for (unsigned i = 0; i < RECENT; i++)
            if (p->recent[i].frame != 0 && (latest == NULL || p->recent[i].frame > latest->frame))
                latest = &p->recent[i];
    }
    if (latest == NULL)
        return MIPRO_IDENT_UNKNOWN;
    switch ((enum ident_state)latest->ident_state) {
    case IDENT_NONE: /* nothing vouches for the I bit of what was cut */
        return (latest->flags & RECENT_CUT) != 0 ? MIPRO_IDENT_UNKNOWN : MIPRO_IDENT_ABSENT;
    case IDENT_SOME:
    case IDENT_UNSEEN: /* I is set */
        return MIPRO_IDENT_PRESENT;
    }
    return MIPRO_IDENT_UNKNOWN;
}
