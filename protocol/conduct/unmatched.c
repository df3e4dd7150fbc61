/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledges that match no update (4.4): they wait for the time limit, and are then
 * unsolicited, or the wrong answer to an update without another answer, or undecided.
 */
#include "conduct/private.h"

/* Is it known which update the acknowledge answers?  Then nothing else can be it. */
static bool
is_certain(const struct wait *w)
{
    return w->u.unmatched.other != 0 &&
           ((w->ident.state == IDENT_SOME && !w->u.unmatched.vague) || !w->u.unmatched.unasked);
}

/*
 * Why it is unknown what the acknowledge w, captured at this time, answers; or
 * MIPRO_UNDECIDED_REASONS.  It may be an update with an unknown SPI, for which no state is kept;
 * one that was forgotten; or one that is incomplete.
 */
static enum mipro_undecided
doubt_of(const struct shard *c, const struct wait *w, int64_t time)
{
    if (is_certain(w))
        return MIPRO_UNDECIDED_REASONS;
    if (c->t.resumed != MIPRO_TIME_NONE && c->t.paused == c->t.resumed && time == c->t.resumed)
        return MIPRO_UNDECIDED_CLOCK; /* its update may have come just before a leap */
    if (mipro_may_answer_until(c, w->home->unknown_spis, time))
        return MIPRO_UNDECIDED_KEYS;
    for (const struct flow *p = flow_first(c, w->home, w->src); p != NULL;
         p = flow_next(w->home, p))
        if (p->kind == FLOW_UPDATES && wait_goes_back(w, p->src, p->dst, w->home->addr) &&
            (mipro_flow_may_have_forgotten(p, w->ident) ||
                mipro_may_answer_until(c, p->begun, time)))
            return MIPRO_UNDECIDED_FORGOTTEN;
    return MIPRO_UNDECIDED_REASONS;
}

/* When it was captured, by the machine's clock; there was no leap since, which would end it. */
static int64_t
came_at(const struct shard *c, const struct wait *w)
{
    return mipro_time_add(w->time, c->t.skew);
}

/*
 * Does the acknowledge v, which now is a, have the octets of another that waits, too, from just
 * before a gap?  If the clock was set forward then, both may be one datagram.
 */
static bool
is_seen_over_gap(const struct shard *c, const struct view *v, const struct wait *a)
{
    if (!spans_gap(c, c->t.paused, v->now))
        return false;
    for (struct wait *w = peer_wait_first(c, v->home, v->ev->src); w != NULL;
         w = peer_wait_next(c, w, v->ev->src))
        if (w != a && w->kind == WAIT_UNMATCHED && w->hash == v->hash && w->src == v->ev->src &&
            w->dst == v->ev->dst && w->time != MIPRO_TIME_NONE &&
            spans_gap(c, came_at(c, w), v->now))
            return true;
    return false;
}

/* Keep an acknowledge that matches no update so far; it is decided at the time limit. */
SELDOM void
mipro_unmatched_keep(struct shard *c, struct view *v, uint64_t other, enum other_kind kind)
{
    struct wait *w = NULL;

    if (v->now == TIME_DOUBTED) {
        undecided(c, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED, MIPRO_UNDECIDED_CLOCK);
        mipro_answer_lose(c, MIPRO_BINDING_ACKNOWLEDGE, v->homeaddr, v->ev->src, c->t.clock);
        return;
    }
    v->home = mipro_home_make(c, v->homeaddr);
    mipro_belief_doubt_last(c, v);
    if (v->home != NULL && !v->may_be_copy && !view_late(c, v))
        w = mipro_wait_begin(c, v, WAIT_UNMATCHED);
    if (w == NULL) {
        undecided(c, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED, MIPRO_UNDECIDED_FORGOTTEN);
        mipro_answer_lose(c, MIPRO_BINDING_ACKNOWLEDGE, v->homeaddr, v->ev->src, c->t.clock);
        return;
    }
    w->u.unmatched.other = other;
    w->u.unmatched.unasked = kind == OTHER_UNASKED || kind == OTHER_UNSEEN;
    w->u.unmatched.vague = kind == OTHER_UNSEEN;
    w->u.unmatched.used = kind == OTHER_ANSWERED;
    w->u.unmatched.status = (uint8_t)view_field(v, MIPRO_F_STATUS);
    w->u.unmatched.bare = mipro_lacks_auth(v->ev);
    w->u.unmatched.cut = v->verdict == MIPRO_TRUNCATED;
    w->u.unmatched.early = c->t.started != MIPRO_TIME_NONE &&
                           mipro_time_between(c->t.started, c->t.clock) <= c->config->ack_timeout;
    w->u.unmatched.awaited = mipro_unmatched_is_open(c, w);
    w->u.unmatched.doubt = (uint8_t)doubt_of(c, w, c->t.clock);
    if (is_seen_over_gap(c, v, w))
        w->u.unmatched.doubt = MIPRO_UNDECIDED_CLOCK;
    if (kind == OTHER_ANSWERED && !w->done)
        mipro_wait_done(c, w); /* it is not judged */
    else if (!is_time(v->now))
        mipro_unmatched_expired(c, w);
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

/* By more than half of the tolerance: as mipro_is_proven() says, that is a matter of degree. */
static bool
is_well_before(const struct shard *c, int64_t a, int64_t b)
{
    return is_time(a) && is_time(b) && mipro_time_between(a, b) > c->config->tolerance / 2;
}

bool
mipro_unmatched_is_open(const struct shard *c, const struct wait *w)
{
    if (w->u.unmatched.other != 0)
        return false;
    for (struct wait *u = peer_wait_first(c, w->home, w->src); u != NULL;
         u = peer_wait_next(c, u, w->src))
        if (u->kind == WAIT_ACK && !u->done && !u->superseded && came_in_time(c, w, u) &&
            wait_goes_back(w, u->src, u->dst, w->home->addr))
            return true;
    return false;
}

enum mipro_rule
mipro_unmatched_rule(const struct shard *c, const struct wait *w)
{
    return w->u.unmatched.mismatched || mipro_unmatched_is_open(c, w)
               ? MIPRO_RULE_ACKNOWLEDGE_MISMATCH
               : MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED;
}

void
mipro_unmatched_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    int64_t since = reason == MIPRO_UNDECIDED_FORGOTTEN || !is_time(w->deadline)
                        ? c->t.clock
                        : mipro_time_add(w->deadline, -c->config->ack_timeout);

    mipro_wait_undecided(c, w, reason);
    mipro_answer_lose(c, MIPRO_BINDING_ACKNOWLEDGE, w->home->addr, w->src, since);
    mipro_wait_end(c, w);
}

void
mipro_unasked_report(struct shard *c, struct mipro_finding *f)
{
    mipro_finding_report(
        c, f, "the Binding Update about %s did not ask for it", mipro_dotted(f->home).s);
}

/* With nonces: does either announce the other? */
static bool
is_next(uint64_t a, uint64_t b)
{
    return (uint32_t)a == (uint32_t)(b >> 32) || (uint32_t)b == (uint32_t)(a >> 32);
}

/* Does the identification belong to the nonces of the updates that a may answer? */
static bool
is_in_chain(const struct shard *c, const struct wait *a, uint64_t ident)
{
    const struct home *h = a->home;

    for (const struct flow *p = flow_first(c, h, a->src); p != NULL; p = flow_next(h, p)) {
        if (p->kind != FLOW_UPDATES || !wait_goes_back(a, p->src, p->dst, h->addr))
            continue;
        for (unsigned i = 0; i < RECENT; i++)
            if (p->recent[i].frame != 0 && p->recent[i].ident_state == IDENT_SOME &&
                is_next(p->recent[i].ident, ident))
                return true;
    }
    return false;
}

/*
 * Is it plausibly the identification of an update that was not captured?  With nonces, if it
 * belongs to the sequence of other updates; with timestamps, if it was made a moment ago.  If the
 * acknowledge refuses it (133), it may be any.
 */
static bool
has_likely_ident(const struct shard *c, const struct wait *a)
{
    return a->ident.state == IDENT_SOME &&
           (a->u.unmatched.status == 133 || is_in_chain(c, a, a->ident.value) ||
               mipro_is_of_now(c, a->ident.value, came_at(c, a)));
}

/*
 * May the update that w answers have been captured only in part, so that w was matched with another
 * one?  That cannot happen if its whole identification was captured.
 */
static bool
may_answer_part(const struct shard *c, const struct wait *w)
{
    if (is_certain(w))
        return false;
    return (w->u.unmatched.other != 0 && w->ident.state == IDENT_UNSEEN) ||
           mipro_wait_may_have_seen(c, w, w->dst == w->home->addr ? 0 : w->dst, w->src);
}

/* Is it a registration's identification, which the update of a PFAN may have had (8.1)? */
static bool
is_registered(const struct shard *c, const struct home *h, uint64_t ident)
{
    const struct registry *r = h->registry;

    for (unsigned i = 0; r != NULL && i < REQUESTS; i++)
        if (r->asked[i].frame != 0 && r->asked[i].ident == ident)
            return true;
    /* If a request was not captured, its reply has at least the low half. */
    for (unsigned i = 0; r != NULL && i < GRANTS; i++)
        if (r->granted[i].frame != 0 && (uint32_t)r->granted[i].ident == (uint32_t)ident)
            return true;
    for (struct wait *w = peer_wait_first(c, h, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (w->kind == WAIT_REPLY && (uint32_t)w->ident.value == (uint32_t)ident)
            return true;
    return false;
}

/* Is it that of a request of its sender, so that it acknowledges the answer? */
static bool
is_of_request(const struct shard *c, const struct wait *a)
{
    for (struct wait *q = peer_wait_first(c, a->home, a->src); q != NULL;
         q = peer_wait_next(c, q, a->src))
        if (q->kind == WAIT_ANSWER && q->src == a->src && q->dst == a->dst &&
            ident_fits(q->ident, a->ident))
            return true;
    return false;
}

/* Identifications that differ by less are assumed to be the same, copied incorrectly. */
#define WRONG_COPY UINT64_C(0xffff)

/*
 * May the acknowledge be for another update that was not captured?  Then its identification is
 * plausible, or related to that of the update that waited; or it is that of a registration, or of
 * a waiting request.
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
    if (a->dst == a->home->addr && is_registered(c, a->home, ident))
        return true;
    return is_of_request(c, a);
}

/* acknowledge-mismatch (4.4), by identification; namesake.c finds those by home address. */
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
    tie(c, MIPRO_TIE_ACKNOWLEDGE, a->frame, a->u.unmatched.other);
    mipro_finding_relate(&f, a->u.unmatched.other);
    if (a->ident.state == IDENT_SOME) {
        f.off = field->off;
        f.len = field->len;
    }
    mipro_finding_appendf(&f, "has %s, the Binding Update has %s", mipro_ident_text(a->ident).s,
        mipro_ident_text(expected).s);
    mipro_mismatch_say(c, a, &f, expected, a->ident);
    mipro_wait_end(c, a);
}

/* acknowledge-unsolicited (4.4), or acknowledge-mismatch if an update waited for another one. */
void
mipro_unmatched_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED);

    if (w->u.unmatched.mismatched) {
        judge_mismatch(c, w);
        return;
    }
    /* Within a tolerance wider than the limit its update may yet be captured. */
    if (c->config->tolerance > c->config->ack_timeout && is_time(c->t.clock) &&
        w->time != MIPRO_TIME_NONE &&
        mipro_time_between(came_at(c, w), c->t.clock) < c->config->tolerance) {
        mipro_wait_again(c, w);
        return;
    }
    /* One captured after it may wait a little longer: then that knows more. */
    if (!w->u.unmatched.longer && is_time(c->t.clock) && mipro_unmatched_is_open(c, w)) {
        w->u.unmatched.longer = true;
        mipro_wait_again(c, w);
        return;
    }
    /* What it answers was not captured, or is an update that has another answer already. */
    if (!w->u.unmatched.unasked && !w->u.unmatched.early && !w->u.unmatched.bare)
        w->home->lossy = true;
    if (w->u.unmatched.doubt == MIPRO_UNDECIDED_REASONS && w->time != MIPRO_TIME_NONE)
        w->u.unmatched.doubt = (uint8_t)doubt_of(c, w, came_at(c, w));
    if (may_answer_part(c, w)) {
        undecided(c, f.rule, MIPRO_UNDECIDED_FORGOTTEN);
    } else if (w->u.unmatched.doubt != MIPRO_UNDECIDED_REASONS) {
        undecided(c, f.rule, (enum mipro_undecided)w->u.unmatched.doubt);
    } else if (w->u.unmatched.early && w->u.unmatched.other != 0 &&
               (w->u.unmatched.other > w->frame || !is_certain(w))) {
        undecided(c, f.rule, MIPRO_UNDECIDED_BEGINNING);
    } else if (w->u.unmatched.other != 0) {
        mipro_finding_relate(&f, w->u.unmatched.other);
        if (w->u.unmatched.unasked)
            mipro_unasked_report(c, &f);
    } else if (w->u.unmatched.early && (!w->u.unmatched.bare || !w->u.unmatched.awaited ||
                                           has_likely_ident(c, w) || is_of_request(c, w))) {
        mipro_finding_open(c, w, &f, OPEN_UNDECIDED, MIPRO_UNDECIDED_BEGINNING, MIPRO_OPEN_ANSWER);
    } else {
        mipro_finding_appendf(&f, "no Binding Update about %s with %s to %s that asks for it seen",
            mipro_dotted(w->home->addr).s, mipro_ident_text(w->ident).s, mipro_dotted(w->src).s);
        mipro_finding_open(c, w, &f, OPEN_FOUND, MIPRO_UNDECIDED_REASONS, MIPRO_OPEN_ANSWER);
    }
    mipro_wait_end(c, w);
}

/*
 * The update w was not acknowledged.  Was an acknowledge without a match captured meanwhile?  Then
 * that one is wrong, unless a message captured before its own time limit explains it.  If the ends
 * have keys, an acknowledge without an authenticator may be from anyone: it counts only if its
 * identification looks like an incorrect copy.
 */
bool
mipro_mismatch_found(struct shard *c, struct wait *w)
{
    for (struct wait *a = peer_wait_first(c, w->home, w->dst); a != NULL;
         a = peer_wait_next(c, a, w->dst))
        if (wait_goes_back(a, w->src, w->dst, w->home->addr) && came_in_time(c, a, w) &&
            a->u.unmatched.other == 0 &&
            (!a->u.unmatched.bare || mipro_is_like(w->ident, a->ident)) &&
            a->u.unmatched.doubt == MIPRO_UNDECIDED_REASONS) {
            a->u.unmatched.mismatched = true;
            a->u.unmatched.other = w->frame;
            a->u.unmatched.expected = w->ident.value;
            a->u.unmatched.expected_state = (uint8_t)w->ident.state;
            /* One captured well before the update, or at the start, rather answers an earlier one.
             */
            a->u.unmatched.proven =
                mipro_is_proven(c, w->home, w->ident, a->ident, w->time, a->time) &&
                (a->frame > w->frame || mipro_is_like(w->ident, a->ident) ||
                    (!a->u.unmatched.early && !is_well_before(c, a->time, w->time)));
            return true;
        }
    return false;
}

enum mipro_undecided
mipro_unmatched_doubt(const struct shard *c, const struct wait *w)
{
    for (struct wait *a = peer_wait_first(c, w->home, w->dst); a != NULL;
         a = peer_wait_next(c, a, w->dst))
        if (wait_goes_back(a, w->src, w->dst, w->home->addr) && came_in_time(c, a, w) &&
            a->u.unmatched.other == 0 && !a->u.unmatched.bare)
            return (enum mipro_undecided)a->u.unmatched.doubt;
    return MIPRO_UNDECIDED_REASONS;
}
