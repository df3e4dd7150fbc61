/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a node is told, and when it was told last: rules rate-updates and rate-warnings. */
#include "conduct/private.h"

/* In the place of its datagram: the authenticator was not captured, and may be bad. */
#define UNSEEN 2u

#define MOST_DOUBTED 127u /* for which a flow has room; so many are too many */
#define STAMP_FRAME (UINT64_MAX >> 22)
#define STAMP_WAY 42
#define STAMP_DATAGRAM 48
#define STAMP_SIGHTING (UINT64_MAX >> 16) /* frame and way */

/* By which way it was seen, in short: the TTL, the interface and the rest change it. */
static inline uint64_t
way_in_short(const struct view *v)
{
    return (v->ev->way + (v->ev->way >> 8)) & 0x3f;
}

static uint64_t
way_of(uint64_t seen)
{
    return seen >> STAMP_WAY & 0x3f;
}

/* What its octets and its IP identification say, in short; 0: it has none. */
static uint16_t
datagram_of(const struct view *v)
{
    if (!v->ev->has_datagram || v->ev->ip_id == 0)
        return 0;
    return (uint16_t)(v->hash >> 48 ^ v->ev->ip_id * UINT32_C(0x9e37)) | 1;
}

/*
 * May this very datagram have been counted before, in another frame?  Another tap, whose clock is
 * off by more than the tolerance, shows it so; and some nodes give all that they send again one IP
 * identification.
 */
static bool
may_be_counted(const struct flow *p, uint16_t datagram, uint64_t frame)
{
    for (unsigned i = 0; datagram != 0 && i < p->n_stamps; i++)
        if (p->stamp[i].seen >> STAMP_DATAGRAM == datagram &&
            (p->stamp[i].seen & STAMP_FRAME) != (frame & STAMP_FRAME))
            return true;
    return false;
}

bool
mipro_rate_was_seen(const struct flow *p, const struct view *v)
{
    return may_be_counted(p, datagram_of(v), v->ev->frame);
}

static enum mipro_rule
rule_of(const struct flow *p)
{
    return p->kind == FLOW_UPDATES ? MIPRO_RULE_RATE_UPDATES : MIPRO_RULE_RATE_WARNINGS;
}

static bool
is_within(int64_t time, int64_t now, const struct mipro_rate *rate)
{
    int64_t span = mipro_time_between(time, now);

    return span < rate->interval && span > -rate->interval;
}

/* It is not counted.  Would it be too many, together with those before it? */
SELDOM static void
doubt_one(struct shard *c, struct flow *p, int64_t time, const struct mipro_rate *rate)
{
    unsigned n = 0;

    if (p->n_doubted < MOST_DOUBTED)
        p->n_doubted++;
    for (unsigned i = 0; i < p->n_stamps; i++)
        n += is_within(p->stamp[i].time, time, rate);
    if (n + p->n_doubted > rate->n || p->n_doubted == MOST_DOUBTED)
        undecided(c, rule_of(p), MIPRO_UNDECIDED_CLOCK);
}

/*
 * Those doubted until now no longer matter if the window is empty, or as many were counted.
 * Otherwise, would one at this time be too many with them?
 */
SELDOM static void
end_doubt(struct shard *c, struct flow *p, int64_t time, const struct mipro_rate *rate)
{
    unsigned last = (p->next_stamp != 0 ? p->next_stamp : rate->n) - 1;
    unsigned n = 1;

    if (p->next_stamp == 0 || !is_within(p->stamp[last].time, time, rate))
        p->n_doubted = 0;
    for (unsigned i = 0; i < p->n_stamps; i++)
        n += is_within(p->stamp[i].time, time, rate);
    if (p->n_doubted != 0 && n <= rate->n && n + p->n_doubted > rate->n)
        undecided(c, rule_of(p), MIPRO_UNDECIDED_CLOCK);
}

static inline void
keep_stamp(struct flow *p, const struct view *v, uint16_t datagram, unsigned n)
{
    struct stamp *s = &p->stamp[p->next_stamp];

    if (n == 0)
        return;
    s->time = v->ev->time;
    s->seen = v->ev->frame | way_in_short(v) << STAMP_WAY | (uint64_t)datagram << STAMP_DATAGRAM;
    p->next_stamp = (uint16_t)ring_next(p->next_stamp, n);
    if (p->n_stamps < n)
        p->n_stamps++;
}

/*
 * May one of those that are counted be forged, and so count towards no rate?  The next takes the
 * place of the oldest such one, not of one that is proven: then others, which anyone can send too
 * long for the capture, hide no rate that genuine ones exceed.
 */
static bool
give_up_unseen(struct flow *p, unsigned n)
{
    unsigned at = p->next_stamp, i = 0;

    for (; i < n && p->stamp[at].seen >> STAMP_DATAGRAM != UNSEEN; i++)
        at = ring_next(at, n);
    if (i == n)
        return false;
    for (unsigned next; (next = ring_next(at, n)) != p->next_stamp; at = next)
        p->stamp[at] = p->stamp[next];
    p->next_stamp = (uint16_t)at;
    return true;
}

/*
 * v and the first of those before it were seen by different ways, such as two taps: do they lie
 * within the interval only because of their clocks?
 */
SELDOM static bool
may_be_of_two_taps(const struct shard *c, const struct view *v, const struct flow *p,
    const struct mipro_rate *rate)
{
    const struct stamp *first = &p->stamp[p->next_stamp];
    int64_t span = mipro_time_between(first->time, v->ev->time);

    return way_of(first->seen) != way_in_short(v) &&
           mipro_time_add(span < 0 ? -span : span, c->config->tolerance) > rate->interval;
}

SELDOM static void
exceed_rate(struct shard *c, const struct view *v, struct flow *p, const struct mipro_rate *rate)
{
    bool updates = p->kind == FLOW_UPDATES;
    struct mipro_finding f = mipro_finding_of(v, rule_of(p));
    unsigned n = rate->n;

    for (unsigned i = 0; i < n; i++)
        mipro_finding_relate(&f, p->stamp[(p->next_stamp + n - 1 - i) % n].seen & STAMP_FRAME);
    mipro_finding_appendf(&f, "more than %u Binding %s about %s to %s within %.9g s", n,
        updates ? "Updates" : "Warnings", mipro_dotted(v->homeaddr).s, mipro_dotted(v->ev->dst).s,
        (double)rate->interval / (double)MIPRO_SECOND);
    if (give_up_unseen(p, n)) {
        f.unproven = true;
        mipro_finding_emit(c, &f);
    } else if (f.unproven) { /* until a copy proves it, perhaps */
        struct held held = { .kind = HELD_RATE, .finding = f };

        mipro_finding_keep(c, v, &held);
        return; /* and those before it, which are proven, stay */
    } else {
        mipro_finding_emit(c, &f);
    }
    keep_stamp(p, v, datagram_of(v), n);
}

/* Hold v against the stamps of those before it. */
__attribute__((noinline)) static void
compare_stamps(struct shard *c, const struct view *v, struct flow *p, const struct mipro_rate *rate)
{
    int64_t time = v->ev->time;
    unsigned n = rate->n;
    int64_t span = 0;
    uint16_t datagram;

    if (v->may_be_copy) {
        undecided(c, rule_of(p), MIPRO_UNDECIDED_FORGOTTEN);
        return;
    }
    if (n != 0 && p->n_stamps >= n)
        span = mipro_time_between(p->stamp[p->next_stamp].time, time);
    datagram = datagram_of(v);
    if (view_late(c, v) || may_be_counted(p, datagram, v->ev->frame)) {
        doubt_one(c, p, time, rate);
        return;
    }
    if (p->n_doubted != 0)
        end_doubt(c, p, time, rate);
    /* If all stamps are equal, there is no time. */
    if (p->n_stamps < n || span >= rate->interval || span <= -rate->interval ||
        (n != 0 && span == 0 && !c->t.moved)) {
        keep_stamp(p, v, datagram, n);
    } else if (v->now == TIME_DOUBTED) { /* if timestamps go back, the window restarts */
        undecided(c, rule_of(p), MIPRO_UNDECIDED_CLOCK);
        keep_stamp(p, v, datagram, n);
    } else if (may_be_of_two_taps(c, v, p, rate)) {
        undecided(c, rule_of(p), MIPRO_UNDECIDED_ORDER);
        keep_stamp(p, v, datagram, n);
    } else {
        exceed_rate(c, v, p, rate);
    }
}

void
mipro_rate_check(
    struct shard *c, const struct view *v, struct flow *p, const struct mipro_rate *rate)
{
    if (v->ev->time == MIPRO_TIME_NONE)
        return;
    if (p->n_stamps == 0 && p->n_doubted == 0 && rate->n != 0 && !v->may_be_copy)
        keep_stamp(p, v, datagram_of(v), rate->n); /* the first can exceed nothing */
    else
        compare_stamps(c, v, p, rate);
}

enum mipro_undecided
mipro_rate_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    (void)c;
    (void)h;
    return held->finding.unproven ? MIPRO_UNDECIDED_FORGOTTEN : MIPRO_UNDECIDED_REASONS;
}

/* The stamp of this frame, or NULL. */
static struct stamp *
find_stamp(struct flow *p, uint64_t frame)
{
    for (unsigned i = 0; i < p->n_stamps; i++)
        if (((p->stamp[i].seen ^ frame) & STAMP_FRAME) == 0)
            return &p->stamp[i];
    return NULL;
}

void
mipro_rate_check_odd(
    struct shard *c, const struct view *v, struct flow *p, const struct mipro_rate *rate)
{
    struct stamp *s;

    if (view_unproven(v))
        return;
    mipro_rate_check(c, v, p, rate);
    s = (v->faults & FAULT_UNSEEN) != 0 ? find_stamp(p, v->ev->frame) : NULL;
    if (s != NULL)
        s->seen = (s->seen & STAMP_SIGHTING) | (uint64_t)UNSEEN << STAMP_DATAGRAM;
}

void
mipro_rate_prove(struct flow *p, uint64_t frame)
{
    struct stamp *s = find_stamp(p, frame);

    if (s != NULL && s->seen >> STAMP_DATAGRAM == UNSEEN)
        s->seen &= STAMP_SIGHTING;
}

void
mipro_rate_restart(struct shard *c, const struct view *v)
{
    bool updates = v->type == MIPRO_BINDING_UPDATE;
    const struct mipro_rate *rate = updates ? &c->config->update_rate : &c->config->warning_rate;
    struct home *h = mipro_home_peek(c, v->homeaddr);
    const struct flow *p = NULL;

    if (h != NULL && v->ev->copy_of == 0 && !view_unproven(v) &&
        (updates || v->type == MIPRO_BINDING_WARNING))
        p = mipro_flow_find(c, h, v->ev->src, v->ev->dst, updates ? FLOW_UPDATES : FLOW_WARNINGS);
    if (p != NULL && rate->n != 0 && p->n_stamps >= rate->n &&
        is_within(p->stamp[p->next_stamp].time, v->ev->time, rate))
        undecided(c, rule_of(p), MIPRO_UNDECIDED_CLOCK);
}

void
mipro_rate_withdraw(struct flow *p, uint64_t frame)
{
    unsigned last = (p->next_stamp != 0 ? p->next_stamp : p->n_stamps) - 1u;

    if (p->n_stamps == 0 || ((p->stamp[last].seen ^ frame) & STAMP_FRAME) != 0)
        return;
    if (p->next_stamp == p->n_stamps) /* the ring is not full yet */
        p->n_stamps--;
    p->next_stamp = (uint16_t)last;
    p->stamp[last] = (struct stamp){ .time = MIPRO_TIME_NONE }; /* long before all others */
}

bool
mipro_rate_told(const struct flow *p, const struct view *v, int64_t interval)
{
    unsigned n = p->n_stamps, last = (p->next_stamp != 0 ? p->next_stamp : n) - 1;

    if (is_time(flow_told_at(p)) && is_time(v->now) &&
        mipro_time_between(flow_told_at(p), v->now) < interval)
        return true;
    if (n == 0 || v->ev->time == MIPRO_TIME_NONE)
        return false;
    return mipro_time_between(p->stamp[last].time, v->ev->time) < interval;
}

bool
mipro_rate_excuses(const struct shard *c, const struct view *v, uint32_t from, uint32_t node)
{
    for (const struct flow *p = flow_first(c, v->home, node); p != NULL;
         p = flow_next(v->home, p)) {
        if (p->kind != FLOW_UPDATES || p->dst != node || (from != 0 && p->src != from))
            continue;
        if (mipro_rate_told(p, v, c->config->update_rate.interval))
            return true;
    }
    return false;
}
