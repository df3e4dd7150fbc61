/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledges (4.4): which update each answers, and whether it may.
 */
#include "conduct/private.h"

/* An update that an acknowledge may answer. */
struct candidate {
    struct path *path;
    struct wait *wait;     /* if it waits */
    struct recent *recent; /* if it is still in mind */
    unsigned flags;        /* RECENT_ */
    unsigned score;        /* 0: there is none */
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
 * The acknowledge goes back to the sender of the update; that of a previous foreign
 * agent goes to the mobile node's home address, through its tunnel (8.1).
 */
bool
mipro_goes_back(const struct view *v, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    return dst == v->ev->src && (src == v->ev->dst || homeaddr == v->ev->dst);
}

/* The score of one that fits, asked, has no answer yet, and accuses nobody. */
#define BEST_SCORE 8u

/*
 * How well an update with this identification and these flags fits; 0: not at all.  Of
 * several that fit: one that asked before one that did not, one not answered yet before
 * one that was, and what accuses nobody before what does.
 */
static inline unsigned
score_update(const struct view *v, struct ident ident, unsigned flags)
{
    bool answered = (flags & RECENT_ANSWERED) != 0;
    bool asked = (flags & RECENT_A) != 0;
    unsigned accused = view_field(v, MIPRO_F_STATUS) == 131 ? RECENT_GENUINE : RECENT_FORGED;

    if (!ident_fits(ident, v->ident))
        return 0;
    return 1u + 4u * asked + 2u * !answered + ((flags & accused) == 0);
}

static inline void
consider_waiting(const struct view *v, struct candidate *best)
{
    struct home *h = v->home;

    for (struct wait *w = wait_first(h); w != NULL; w = wait_next(h, w)) {
        unsigned score;

        if (w->type != MIPRO_BINDING_UPDATE ||
            (w->kind != WAIT_FORGED && (w->kind != WAIT_ACK || w->done)) ||
            !mipro_goes_back(v, w->src, w->dst, h->addr))
            continue;
        score = score_update(v, w->ident, w->flags);
        /* Without an identification it fits several: the newest is the one that needs it. */
        if (score > best->score ||
            (score == best->score && best->wait != NULL && best->wait->excused && !w->excused))
            *best = (struct candidate){ .wait = w, .flags = w->flags, .score = score };
    }
}

SELDOM static void
consider_recent(const struct view *v, struct candidate *best)
{
    for (struct path *p = v->home->paths; p != NULL; p = p->next) {
        if (p->kind != PATH_UPDATES || !mipro_goes_back(v, p->src, p->dst, v->home->addr))
            continue;
        for (unsigned i = 0; i < RECENT; i++) {
            struct recent *r = &p->recent[i];
            struct ident ident = { r->ident, r->ident_state };
            unsigned score;

            if (r->frame == 0 || (r->flags & RECENT_WAITS) != 0)
                continue;
            score = score_update(v, ident, r->flags);
            if (score > best->score)
                *best = (struct candidate){ p, NULL, r, r->flags, score };
        }
    }
}

/* The update that v acknowledges. */
static inline bool
find_acknowledged(const struct view *v, struct candidate *best)
{
    *best = (struct candidate){ .score = 0 };
    consider_waiting(v, best);
    if (best->score != BEST_SCORE)
        consider_recent(v, best);
    if (best->wait != NULL) {
        best->path = mipro_path_find(v->home, best->wait->src, best->wait->dst, PATH_UPDATES);
        if (best->path != NULL)
            best->recent = mipro_recent_find(best->path, best->wait->frame);
    }
    return best->score != 0;
}

static inline void
settle_one(struct shard *c, struct wait *w, struct recent *r)
{
    if (r != NULL) {
        r->flags &= (uint8_t)~RECENT_WAITS;
        r->flags |= RECENT_ANSWERED;
    }
    if (w != NULL)
        mipro_wait_end(c, w);
}

/*
 * It has its answer, right or wrong; and so have the same octets from another sender:
 * the mobile node sends again what a foreign agent sent for it (8.1).
 */
static inline void
settle(struct shard *c, struct candidate *a)
{
    struct home *h;
    uint32_t dst;
    uint64_t hash;

    if (a->wait == NULL) {
        settle_one(c, NULL, a->recent);
        return;
    }
    h = a->wait->home;
    dst = a->wait->dst;
    hash = a->wait->hash;
    settle_one(c, a->wait, a->recent);
    for (struct wait *w = wait_first(h); w != NULL;) {
        struct wait *next = wait_next(h, w);

        if (w->kind == WAIT_ACK && w->dst == dst && w->hash == hash) {
            struct path *p = mipro_path_find(h, w->src, w->dst, PATH_UPDATES);

            settle_one(c, w, p != NULL ? mipro_recent_find(p, w->frame) : NULL);
        }
        w = next;
    }
}

/* Does the acknowledge w go back to the sender of an update from src to dst about homeaddr? */
static bool
answers_way(const struct wait *w, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    return w->kind == WAIT_UNMATCHED && dst == w->src && (src == w->dst || homeaddr == w->dst);
}

/*
 * Until the second "until" what came a time limit before it may be answered.  May that be what was
 * captured at this time, or up to the tolerance before the question?
 */
static bool
may_answer_until(const struct shard *c, uint32_t until, int64_t time)
{
    int64_t most = mipro_time_add(time, c->config->ack_timeout + c->config->tolerance);

    return until != 0 && seconds_of(time) <= until && until <= seconds_of(most);
}

/*
 * Why nobody can tell what the acknowledge w, which was captured at this time, answers; or
 * MIPRO_UNDECIDED_REASONS.  It may be an update under an SPI that nobody knows, of which no state
 * is kept; one that was forgotten; or one that is not whole.
 */
static enum mipro_undecided
doubt_of(const struct shard *c, const struct wait *w, int64_t time)
{
    if (w->u.unmatched.other != 0 && (w->ident.state == IDENT_SOME || !w->u.unmatched.unasked))
        return MIPRO_UNDECIDED_REASONS;
    if (may_answer_until(c, w->home->strangers, time))
        return MIPRO_UNDECIDED_KEYS;
    for (const struct path *p = w->home->paths; p != NULL; p = p->next)
        if (p->kind == PATH_UPDATES && answers_way(w, p->src, p->dst, w->home->addr) &&
            (mipro_path_may_have_forgotten(p, w->ident) || may_answer_until(c, p->begun, time)))
            return MIPRO_UNDECIDED_FORGOTTEN;
    return MIPRO_UNDECIDED_REASONS;
}

/* An update that an acknowledge fits did not ask for it, or has it now; or neither. */
enum other_kind { OTHER_NONE, OTHER_UNASKED, OTHER_ANSWERED };

/* No update fits, so far: what it is will be known when the time limit is over. */
SELDOM static void
keep_unmatched(struct shard *c, struct view *v, uint64_t other, enum other_kind kind)
{
    struct wait *w = NULL;

    if (v->now == TIME_DOUBTED) {
        undecided(c, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED, MIPRO_UNDECIDED_CLOCK);
        return;
    }
    v->home = mipro_home_make(c, v->homeaddr);
    if (v->home != NULL && !v->may_be_copy)
        w = mipro_wait_begin(c, v, WAIT_UNMATCHED);
    if (w == NULL) {
        undecided(c, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED, MIPRO_UNDECIDED_FORGOTTEN);
        return;
    }
    w->u.unmatched.other = other;
    w->u.unmatched.unasked = kind == OTHER_UNASKED;
    w->u.unmatched.used = kind == OTHER_ANSWERED;
    w->u.unmatched.status = (uint8_t)view_field(v, MIPRO_F_STATUS);
    w->u.unmatched.bare = mipro_lacks_auth(v->ev);
    w->u.unmatched.early = c->t.started != MIPRO_TIME_NONE &&
                           mipro_time_between(c->t.started, c->t.clock) < c->config->ack_timeout;
    w->u.unmatched.awaited = mipro_unmatched_is_open(c, w);
    w->u.unmatched.doubt = (uint8_t)doubt_of(c, w, c->t.clock);
    if (kind == OTHER_ANSWERED && !w->done)
        mipro_wait_done(c, w); /* nothing is to be said of it */
    else if (!is_time(v->now))
        mipro_unmatched_expired(c, w);
}

/* When it was captured, by the machine's clock: no leap came since, for that ends it. */
static int64_t
came_at(const struct shard *c, const struct wait *w)
{
    return mipro_time_add(w->time, c->t.skew);
}

/* Was the acknowledge a captured while the update w waited for one? */
static bool
came_in_time(const struct shard *c, const struct wait *a, const struct wait *w)
{
    int64_t after;

    if (a->time == MIPRO_TIME_NONE || w->time == MIPRO_TIME_NONE)
        return true;
    after = mipro_time_between(w->time, a->time);
    return after > -c->config->tolerance && after <= c->config->ack_timeout;
}

bool
mipro_unmatched_is_open(const struct shard *c, const struct wait *w)
{
    if (w->u.unmatched.other != 0)
        return false;
    for (struct wait *u = wait_first(w->home); u != NULL; u = wait_next(w->home, u))
        if (u->kind == WAIT_ACK && !u->done && !u->excused && came_in_time(c, w, u) &&
            answers_way(w, u->src, u->dst, w->home->addr))
            return true;
    return false;
}

/* acknowledge-unsolicited (4.4): there is an update, but it did not ask. */
static void
report_unasked(struct shard *c, struct mipro_finding *f)
{
    mipro_finding_report(
        c, f, "the Binding Update about %s did not ask for it", mipro_dotted(f->home).s);
}

/* By nonces: does either announce the other? */
static bool
is_next(uint64_t a, uint64_t b)
{
    return (uint32_t)a == (uint32_t)(b >> 32) || (uint32_t)b == (uint32_t)(a >> 32);
}

/* Does the identification belong to the sequence of nonces of the updates that a goes back to? */
static bool
is_in_chain(const struct wait *a, uint64_t ident)
{
    const struct home *h = a->home;

    for (const struct path *p = h->paths; p != NULL; p = p->next) {
        if (p->kind != PATH_UPDATES || !answers_way(a, p->src, p->dst, h->addr))
            continue;
        for (unsigned i = 0; i < RECENT; i++)
            if (p->recent[i].frame != 0 && p->recent[i].ident_state == IDENT_SOME &&
                is_next(p->recent[i].ident, ident))
                return true;
    }
    return false;
}

/*
 * Is it the identification of an update that was not captured, by what is known of others?  By
 * nonces, it belongs to their sequence; by timestamps, it was made a moment ago.  Or the
 * acknowledge refuses it (133), so that it may be anything.
 */
static bool
has_likely_ident(const struct shard *c, const struct wait *a)
{
    return a->ident.state == IDENT_SOME &&
           (a->u.unmatched.status == 133 || is_in_chain(a, a->ident.value) ||
               mipro_is_of_now(c, a->ident.value, came_at(c, a)));
}

/*
 * May what w answers have been captured in part only, so that w was taken for the answer to
 * something else?  With its whole identification it is not taken for that.
 */
static bool
may_answer_part(const struct shard *c, const struct wait *w)
{
    if (w->u.unmatched.other != 0 && (w->ident.state == IDENT_SOME || !w->u.unmatched.unasked))
        return false;
    return (w->u.unmatched.other != 0 && w->ident.state == IDENT_UNSEEN) ||
           mipro_wait_may_have_seen(c, w, w->dst == w->home->addr ? 0 : w->dst, w->src);
}

static void judge_mismatch(struct shard *c, struct wait *a);

/* acknowledge-unsolicited (4.4), or acknowledge-mismatch where an update waited for another one. */
void
mipro_unmatched_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED);

    if (w->u.unmatched.mismatched) {
        judge_mismatch(c, w);
        return;
    }
    /* One captured after it may wait a little longer: then that knows more. */
    if (!w->u.unmatched.longer && is_time(c->t.clock) && mipro_unmatched_is_open(c, w)) {
        w->u.unmatched.longer = true;
        mipro_wait_again(c, w);
        return;
    }
    if (w->u.unmatched.other == 0 && !w->u.unmatched.early && !w->u.unmatched.bare)
        w->home->lossy = true;
    if (w->u.unmatched.doubt == MIPRO_UNDECIDED_REASONS && w->time != MIPRO_TIME_NONE)
        w->u.unmatched.doubt = (uint8_t)doubt_of(c, w, came_at(c, w));
    if (may_answer_part(c, w)) {
        undecided(c, f.rule, MIPRO_UNDECIDED_FORGOTTEN);
    } else if (w->u.unmatched.doubt != MIPRO_UNDECIDED_REASONS) {
        undecided(c, f.rule, (enum mipro_undecided)w->u.unmatched.doubt);
    } else if (w->u.unmatched.other != 0) {
        mipro_finding_relate(&f, w->u.unmatched.other);
        if (w->u.unmatched.unasked)
            report_unasked(c, &f);
    } else if (w->u.unmatched.early && (!w->u.unmatched.awaited || has_likely_ident(c, w))) {
        mipro_finding_open(c, w, &f, OPEN_UNDECIDED, MIPRO_UNDECIDED_BEGINNING, true);
    } else {
        mipro_finding_appendf(&f, "no Binding Update about %s with %s to %s that asks for it seen",
            mipro_dotted(w->home->addr).s, mipro_ident_text(w->ident).s, mipro_dotted(w->src).s);
        mipro_finding_open(c, w, &f, OPEN_FOUND, MIPRO_UNDECIDED_REASONS, true);
    }
    mipro_wait_end(c, w);
}

/*
 * The update w waited in vain for its acknowledge.  Was another one captured meanwhile, which
 * answers nothing seen?  Then that is wrong, unless what is captured before its own time limit is
 * over explains it.  Anybody may have sent one without an authenticator, between ends that have
 * keys: it counts if its identification is a copy that went wrong.
 */
bool
mipro_mismatch_found(struct shard *c, struct wait *w)
{
    for (struct wait *a = wait_first(w->home); a != NULL; a = wait_next(w->home, a))
        if (answers_way(a, w->src, w->dst, w->home->addr) && came_in_time(c, a, w) &&
            a->u.unmatched.other == 0 &&
            (!a->u.unmatched.bare || mipro_is_like(w->ident, a->ident)) &&
            a->u.unmatched.doubt == MIPRO_UNDECIDED_REASONS) {
            a->u.unmatched.mismatched = true;
            a->u.unmatched.other = w->frame;
            a->u.unmatched.expected = w->ident.value;
            a->u.unmatched.expected_state = (uint8_t)w->ident.state;
            a->u.unmatched.proven =
                mipro_is_proven(c, w->home, w->ident, a->ident, w->time, a->time);
            return true;
        }
    return false;
}

/* Is it that of a registration of the mobile node, so that a PFAN's update may have had it (8.1)?
 */
static bool
is_registered(const struct home *h, uint64_t ident)
{
    const struct registry *r = h->registry;

    for (unsigned i = 0; r != NULL && i < REQUESTS; i++)
        if (r->asked[i].frame != 0 && r->asked[i].ident == ident)
            return true;
    /* Of a request that was not captured the reply has the low half at least. */
    for (unsigned i = 0; r != NULL && i < GRANTS; i++)
        if (r->granted[i].frame != 0 && (uint32_t)r->granted[i].ident == (uint32_t)ident)
            return true;
    for (struct wait *w = wait_first(h); w != NULL; w = wait_next(h, w))
        if (w->kind == WAIT_REPLY && (uint32_t)w->ident.value == (uint32_t)ident)
            return true;
    return false;
}

/* Identifications that differ by less are not two, but one that was copied wrong. */
#define WRONG_COPY UINT64_C(0xffff)

/*
 * Is the acknowledge perhaps that of another update, which was not captured?  Its identification is
 * a likely one, or goes together with that of the update that waited; or a registration has it, or
 * a request that waits.
 */
static bool
may_be_of_other(const struct shard *c, const struct wait *a)
{
    const struct ident expected = { a->u.unmatched.expected,
        (enum ident_state)a->u.unmatched.expected_state };
    uint64_t ident = a->ident.value;

    if (a->ident.state != IDENT_SOME || expected.state == IDENT_UNSEEN)
        return false;
    if (expected.state == IDENT_SOME && distance_of(ident, expected.value) <= WRONG_COPY)
        return false;
    if ((expected.state != IDENT_SOME || is_apart(ident, expected.value)) && has_likely_ident(c, a))
        return true;
    if (expected.state == IDENT_SOME &&
        (is_next(ident, expected.value) || is_soon(c, expected.value, ident)))
        return true;
    if (a->dst == a->home->addr && is_registered(a->home, ident))
        return true;
    for (struct wait *q = wait_first(a->home); q != NULL; q = wait_next(a->home, q))
        if (q->kind == WAIT_ANSWER && q->src == a->src && q->dst == a->dst &&
            ident_fits(q->ident, a->ident))
            return true;
    return false;
}

/* acknowledge-mismatch (4.4), by identification: that by home address is in namesake.c. */
static void
judge_mismatch(struct shard *c, struct wait *a)
{
    struct mipro_finding f = mipro_finding_of_wait(a, MIPRO_RULE_ACKNOWLEDGE_MISMATCH);
    const struct mipro_msg_def *def = mipro_msg_def(MIPRO_BINDING_ACKNOWLEDGE, MIPRO_SOURCE_DRAFT);
    const struct mipro_field_def *field = mipro_find_field(def->fields, MIPRO_F_IDENT);
    const struct ident expected = { a->u.unmatched.expected,
        (enum ident_state)a->u.unmatched.expected_state };

    if (!a->u.unmatched.proven || may_be_of_other(c, a)) {
        undecided(c, f.rule, MIPRO_UNDECIDED_OUTCOME);
        mipro_wait_end(c, a);
        return;
    }
    mipro_finding_relate(&f, a->u.unmatched.other);
    if (a->ident.state == IDENT_SOME) {
        f.off = field->off;
        f.len = field->len;
    }
    mipro_finding_report(c, &f, "has %s, the Binding Update has %s", mipro_ident_text(a->ident).s,
        mipro_ident_text(expected).s);
    mipro_wait_end(c, a);
}

/*
 * forged-accepted (4.3), genuine-refused and acknowledge-unsolicited (4.4).  Only what
 * is known to be forged was wrongly accepted, only what is known to be good wrongly
 * refused; of the rest nobody can tell.
 */
SELDOM static void
judge_answer(struct shard *c, const struct view *v, const struct candidate *a)
{
    struct mipro_finding f = mipro_finding_of(v, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED);
    unsigned status = view_field(v, MIPRO_F_STATUS);

    mipro_finding_relate(&f, frame_of(a));
    if ((a->flags & RECENT_FORGED) != 0 && status == 0) {
        f.rule = MIPRO_RULE_FORGED_ACCEPTED;
        mipro_finding_at(&f, v, MIPRO_F_STATUS);
        mipro_finding_report(c, &f, "accepts the Binding Update about %s whose authenticator is %s",
            mipro_dotted(v->homeaddr).s, (a->flags & RECENT_BARE) != 0 ? "missing" : "bad");
    } else if ((a->flags & RECENT_A) == 0) {
        report_unasked(c, &f);
    } else if ((a->flags & RECENT_GENUINE) != 0 && status == 131) {
        const struct mipro_ends ends = { v->ev->dst, v->ev->src };

        mipro_finding_at(&f, v, MIPRO_F_STATUS);
        mipro_refused_report(c, &f, "Binding Update about",
            a->wait != NULL ? &a->wait->u.spi : NULL, &ends, v->ev->ring);
    }
}

/* Did it come no more than the tolerance ago? */
static bool
is_fresh(const struct shard *c, const struct wait *w)
{
    int64_t came = mipro_time_add(w->deadline, -c->config->ack_timeout);

    return !w->u.unmatched.longer && mipro_time_between(came, c->t.clock) < c->config->tolerance;
}

/*
 * An answer may be captured a little before its question.  Whether a forged update was accepted
 * is told by the acknowledge, which waited.
 */
void
mipro_settle_early(struct shard *c, const struct view *v)
{
    struct path *p = mipro_path_find(v->home, v->ev->src, v->ev->dst, PATH_UPDATES);
    struct recent *r = p != NULL ? mipro_recent_find(p, v->ev->frame) : NULL;
    struct wait *a = wait_first(v->home);

    while (a != NULL && !(answers_way(a, v->ev->src, v->ev->dst, v->homeaddr) &&
                            ident_fits(a->ident, v->ident) && is_fresh(c, a)))
        a = wait_next(v->home, a);
    if (a == NULL || r == NULL)
        return;
    if (a->u.unmatched.used) { /* which of the two it answers, nobody knows */
        for (struct wait *w = wait_first(v->home); w != NULL; w = wait_next(v->home, w))
            if (w->kind == WAIT_ACK && w->frame == v->ev->frame)
                w->answered_early = true;
        return;
    }
    if (!view_forged(v) && (view_field(v, MIPRO_F_FLAGS) & MIPRO_BU_A) == 0) {
        /* That of another, perhaps, which is yet to be captured. */
        if (a->u.unmatched.other == 0) {
            a->u.unmatched.other = v->ev->frame;
            a->u.unmatched.unasked = true;
        }
        return;
    }
    if (view_forged(v) && a->u.unmatched.status == 0) {
        struct mipro_finding f = mipro_finding_of_wait(a, MIPRO_RULE_FORGED_ACCEPTED);

        mipro_finding_relate(&f, v->ev->frame);
        mipro_finding_report(c, &f, "accepts the Binding Update about %s whose authenticator is %s",
            mipro_dotted(v->homeaddr).s, v->verdict == MIPRO_MISSING ? "missing" : "bad");
    }
    if (v->verdict == MIPRO_GOOD && a->u.unmatched.status == 131) {
        struct mipro_finding f = mipro_finding_of_wait(a, MIPRO_RULE_GENUINE_REFUSED);
        const struct mipro_ends ends = { v->ev->src, v->ev->dst };
        uint32_t spi;
        bool known = mipro_vouching_spi(v->ev, &spi);

        mipro_finding_relate(&f, v->ev->frame);
        mipro_refused_report(
            c, &f, "Binding Update about", known ? &spi : NULL, &ends, v->ev->ring);
    }
    mipro_replay_outcome(v->home, MIPRO_BINDING_UPDATE, v->ident, a->u.unmatched.status != 0);
    if (a->u.unmatched.status == 133)
        mipro_replay_refused(v->home, MIPRO_BINDING_UPDATE, v->ident);
    mipro_wait_end(c, a);
    for (struct wait *w = wait_first(v->home); w != NULL; w = wait_next(v->home, w))
        if ((w->kind == WAIT_ACK || w->kind == WAIT_FORGED) && w->frame == v->ev->frame) {
            settle_one(c, w, r);
            return;
        }
    r->flags |= RECENT_ANSWERED;
}

/*
 * It fits an update that did not ask for it, or that has its answer already: perhaps for want of
 * the one that it answers, captured a little later.  Without an identification most fit.
 */
static bool
may_precede(const struct view *v, const struct candidate *a)
{
    if (is_time(v->now) && (a->flags & RECENT_FORGED) != 0 && view_field(v, MIPRO_F_STATUS) == 0)
        return false;
    return is_time(v->now) && a->wait == NULL &&
           ((a->flags & RECENT_A) == 0 || (a->flags & RECENT_ANSWERED) != 0);
}

/* An acknowledge that is itself forged says nothing about the node that it names. */
void
mipro_see_acknowledge(struct shard *c, struct view *v)
{
    unsigned status = view_field(v, MIPRO_F_STATUS);
    struct candidate a;
    uint64_t frame;
    bool late, guessed;

    if (view_unproven(v) || !mipro_has(v->m, MIPRO_F_STATUS))
        return;
    /* Framed badly, it breaks another rule, and where its identification is nobody knows. */
    if (!v->sound)
        v->ident.state = IDENT_UNSEEN;
    if (v->home == NULL || !find_acknowledged(v, &a)) {
        keep_unmatched(c, v, 0, OTHER_NONE);
        return;
    }
    /* Whatever comes of it, a refusal is no ground to blame the node that refused. */
    if (a.path != NULL && status != 0)
        mipro_belief_refused(a.path, frame_of(&a));
    mipro_replay_outcome(v->home, MIPRO_BINDING_UPDATE, ident_of(&a), status != 0);
    if (status == 133) {
        mipro_refused_acknowledge(c, v, ident_of(&a));
        mipro_replay_refused(v->home, MIPRO_BINDING_UPDATE, ident_of(&a));
    }
    if (may_precede(v, &a)) {
        keep_unmatched(c, v, frame_of(&a), (a.flags & RECENT_A) == 0 ? OTHER_UNASKED : OTHER_NONE);
        return;
    }
    late = a.wait == NULL;
    guessed = v->ident.state != IDENT_SOME || ident_of(&a).state == IDENT_UNSEEN;
    frame = frame_of(&a);
    if (a.score != BEST_SCORE) /* the best can be accused of nothing */
        judge_answer(c, v, &a);
    if (a.path != NULL && status == 0)
        mipro_belief_acknowledged(a.path, frame_of(&a));
    settle(c, &a);
    /*
     * Without an identification on both sides it may rather be that of an update captured in a
     * moment.
     */
    if (guessed && is_time(v->now))
        keep_unmatched(c, v, frame, late ? OTHER_NONE : OTHER_ANSWERED);
}

enum mipro_ident_hint
mipro_shard_ident_hint(const struct shard *c, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    const struct home *h = mipro_home_peek(c, homeaddr);
    const struct recent *latest = NULL;

    for (const struct path *p = h != NULL ? h->paths : NULL; p != NULL; p = p->next) {
        if (p->kind != PATH_UPDATES || p->dst != src || (p->src != dst && dst != homeaddr))
            continue;
        for (unsigned i = 0; i < RECENT; i++)
            if (p->recent[i].frame != 0 && (latest == NULL || p->recent[i].frame > latest->frame))
                latest = &p->recent[i];
    }
    if (latest == NULL)
        return MIPRO_IDENT_UNKNOWN;
    switch ((enum ident_state)latest->ident_state) {
    case IDENT_NONE:
        return MIPRO_IDENT_ABSENT;
    case IDENT_SOME:
    case IDENT_UNSEEN: /* I is set */
        return MIPRO_IDENT_PRESENT;
    }
    return MIPRO_IDENT_UNKNOWN;
}
