/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nodes believe: the binding in the last Binding Update that they received.
 */
#include "conduct/private.h"

/* What the receiver believes because of the updates on this flow. */
static struct belief *
belief_now(struct flow *p)
{
    return &p->belief[p->now];
}

/* The flow of the last update that node received, or NULL. */
static struct flow *
find_told(const struct shard *c, const struct home *h, uint32_t node)
{
    struct flow *last = NULL;

    for (struct flow *p = flow_first(c, h, node); p != NULL; p = flow_next(h, p))
        if (p->kind == FLOW_UPDATES && p->dst == node && belief_now(p)->frame != 0 &&
            (last == NULL || belief_now(p)->frame > belief_now(last)->frame))
            last = p;
    return last;
}

#define COUNT_OLD (sizeof(((struct belief *)0)->old) / sizeof(uint32_t))

static bool
is_live(const struct belief *b, int64_t time)
{
    return !b->deletes && (time == MIPRO_TIME_NONE || b->expires >= time);
}

/*
 * Set the old addresses of b, which follows last: the previous ones, the newest first; 0: none.
 * The addresses in last are all different.
 */
static void
set_old(struct belief *b, const struct belief *last)
{
    uint32_t newest = last->deletes || last->coa == b->coa ? 0 : last->coa;
    uint32_t first = last->old[0] != b->coa ? last->old[0] : 0;
    uint32_t second = last->old[1] != b->coa ? last->old[1] : 0;

    if (first == 0) {
        first = second;
        second = 0;
    }
    b->old[0] = newest != 0 ? newest : first;
    b->old[1] = newest != 0 ? first : second;
}

int64_t
mipro_belief_end(const struct mipro_message *update, int64_t time)
{
    uint64_t life = mipro_value(update, MIPRO_F_LIFE);

    if (life == MIPRO_LIFE_INFINITE || time == MIPRO_TIME_NONE)
        return INT64_MAX;
    return mipro_time_add(time, (int64_t)life * MIPRO_SECOND);
}

/*
 * Is v, which has the octets of the last update on flow p, without news for its receiver?  Not if
 * the receiver refused that one, nor after more than the time limit, nor if another node has sent
 * the receiver an update since.
 */
static bool
tells_nothing(const struct shard *c, struct flow *p, const struct view *v)
{
    const struct belief *b = belief_now(p);

    return !b->refused && find_told(c, v->home, v->ev->dst) == p &&
           (!is_time(b->time) || !is_time(v->now) ||
               mipro_time_between(b->time, v->now) <= c->config->ack_timeout);
}

#define DELAY (MIPRO_SECOND / 1000)

/* The node may have received the update as late as this. */
static void
note_received(struct belief *b, int64_t now)
{
    uint64_t after;

    if (!is_time(b->time) || now <= b->time)
        return;
    after = ((uint64_t)now - (uint64_t)b->time - 1) / DELAY + 1; /* rounded up */
    b->delay = (uint16_t)(after < UINT16_MAX ? after : UINT16_MAX);
}

/* When the node had certainly received the update, if at all. */
static int64_t
received_by(const struct belief *b)
{
    return is_time(b->time) ? mipro_time_add(b->time, b->delay * DELAY) : b->time;
}

/* What the receiver of v believed last may be from another flow: if so, p has it, too. */
__attribute__((noinline)) static void
take_told(const struct shard *c, struct flow *p, const struct view *v)
{
    const struct flow *q = find_told(c, v->home, v->ev->dst);

    if (q != NULL && q != p)
        *belief_now(p) = q->belief[q->now];
}

/* The belief b, of v, follows the last one. */
static inline void
follow(const struct shard *c, struct belief *b, const struct belief *last, const struct view *v)
{
    b->had_previous = is_live(last, v->ev->time);
    b->previous_frame = b->had_previous ? last->frame : 0;
    if (!certainly_before(c, last->time, v->now))
        b->n_crossed = (uint8_t)(last->n_crossed < COUNT_OLD ? last->n_crossed + 1u : COUNT_OLD);
    set_old(b, last);
}

/* Record what the node believes after v on flow p, replacing the belief before the last one. */
void
mipro_belief_told(const struct shard *c, struct flow *p, const struct view *v, bool again)
{
    struct home *h = v->home;
    struct belief *last = belief_now(p), *b = &p->belief[p->now ^ 1];
    uint32_t coa = view_field(v, MIPRO_F_COA);
    bool deletes = view_field(v, MIPRO_F_LIFE) == 0 || coa == v->homeaddr;

    if (again && tells_nothing(c, p, v)) {
        if (!last->acknowledged) /* its earlier transmissions may have been lost */
            note_received(last, v->now);
        return;
    }
    /* If there is no other flow, its last belief is from this one. */
    if (h->flows != p || p->next != NULL)
        take_told(c, p, v);
    *b = (struct belief){
        .frame = v->ev->frame,
        .time = v->now,
        .expires = mipro_belief_end(v->m, v->ev->time),
        .coa = deletes ? v->homeaddr : coa,
        .deletes = deletes,
    };
    if (last->frame != 0)
        follow(c, b, last, v);
    p->now ^= 1;
}

void
mipro_belief_doubt_told(struct flow *p, uint64_t frame, bool doubted)
{
    if (belief_now(p)->frame == frame)
        belief_now(p)->doubted = doubted;
}

/* The node refused the update: it believes what it did before. */
void
mipro_belief_refused(struct flow *p, uint64_t frame)
{
    if (belief_now(p)->frame != frame)
        return;
    *belief_now(p) = p->belief[p->now ^ 1];
    belief_now(p)->refused = true;
}

bool
mipro_belief_is_acknowledged(const struct flow *p, uint64_t frame)
{
    return p->belief[p->now].frame == frame && p->belief[p->now].acknowledged;
}

bool
mipro_belief_was_acknowledged(const struct flow *p, uint64_t frame)
{
    const struct belief *before = &p->belief[p->now ^ 1];

    return mipro_belief_is_acknowledged(p, frame) ||
           (before->frame == frame && before->acknowledged);
}

/* It is certain that the node received the update only once it acknowledges it. */
void
mipro_belief_acknowledged(struct flow *p, uint64_t frame, int64_t now)
{
    struct belief *b = belief_now(p);

    if (b->frame != frame || b->acknowledged)
        return;
    b->acknowledged = true;
    note_received(b, now);
}

uint64_t
mipro_belief_accepted(const struct shard *c, const struct flow *p, bool last, int64_t now)
{
    const struct belief *b = &p->belief[last ? p->now : p->now ^ 1];

    return b->acknowledged && !certainly_before(c, received_by(b), now) ? b->frame : 0;
}

void
mipro_belief_doubt_last(struct shard *c, const struct view *v)
{
    struct flow *p = v->home != NULL ? find_told(c, v->home, v->ev->src) : NULL;
    struct belief *b = p != NULL ? belief_now(p) : NULL;

    if (b == NULL || view_unproven(v) || view_field(v, MIPRO_F_STATUS) != 0 || !is_time(v->now))
        return;
    if (!is_time(b->time) || mipro_time_between(b->time, v->now) > c->config->ack_timeout)
        b->doubted = true;
}

bool
mipro_shard_belief(
    const struct shard *c, uint32_t node, uint32_t homeaddr, struct mipro_belief *belief)
{
    const struct home *h = mipro_home_peek(c, homeaddr);
    struct flow *p = h != NULL ? find_told(c, h, node) : NULL;
    const struct belief *b;

    if (p == NULL)
        return false;
    b = belief_now(p);
    *belief = (struct mipro_belief){
        .frame = b->frame,
        .deletes = b->deletes,
        .coa = b->coa,
        .expires = b->expires,
        .had_previous = b->had_previous,
        .previous_frame = b->previous_frame,
    };
    return true;
}

/*
 * stale-forwarding (3.1): a node tunnels to a care-of address from before the one that it should
 * use.  Reported once for each update that it ignores.
 */
void
mipro_shard_tunnel(struct shard *c, struct mipro_event *ev, uint32_t homeaddr, int64_t now)
{
    struct view v = { .ev = ev, .homeaddr = homeaddr };
    struct held held = { .kind = HELD_BELIEF, .coa = ev->dst };
    uint32_t src = ev->src, dst = ev->dst;
    struct home *h;
    struct flow *p;
    struct belief *b;

    h = mipro_home_peek(c, homeaddr);
    p = h != NULL && h->epoch == c->t.epoch ? find_told(c, h, src) : NULL;
    if (p == NULL)
        return;
    b = belief_now(p);
    if (b->reported || dst == b->coa || (dst != b->old[0] && dst != b->old[1]))
        return;
    /* Packets already in transit when the node received the update are not a fault. */
    if (!certainly_before(c, received_by(b), now) ||
        (!b->acknowledged && (!is_time(now) || !is_time(b->time)))) {
        undecided(c, MIPRO_RULE_STALE_FORWARDING, MIPRO_UNDECIDED_ORDER);
        return;
    }
    for (unsigned i = 0; i < b->n_crossed; i++)
        if (dst == b->old[i]) {
            undecided(c, MIPRO_RULE_STALE_FORWARDING, MIPRO_UNDECIDED_ORDER);
            return;
        }
    if (b->doubted) {
        undecided(c, MIPRO_RULE_STALE_FORWARDING, MIPRO_UNDECIDED_OUTCOME);
        return;
    }
    b->reported = true;
    v.now = now;
    v.home = h;
    held.finding = mipro_finding_of(&v, MIPRO_RULE_STALE_FORWARDING);
    mipro_finding_relate(&held.finding, b->frame);
    if (b->deletes)
        mipro_finding_hold(c, &v, &held,
            "tunnels to %s for %s, of which it was told to delete the binding", mipro_dotted(dst).s,
            mipro_dotted(homeaddr).s);
    else
        mipro_finding_hold(c, &v, &held,
            "tunnels to %s for %s, of which it was told that it is at %s", mipro_dotted(dst).s,
            mipro_dotted(homeaddr).s, mipro_dotted(b->coa).s);
}

/* Did the node receive updates, captured within the tolerance after, of which one justifies the
 * packet? */
enum mipro_undecided
mipro_belief_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    const struct flow *p = find_told(c, h, held->finding.src);
    const struct belief *b;

    if (p == NULL)
        return MIPRO_UNDECIDED_REASONS;
    b = &p->belief[p->now];
    if (b->doubted)
        return MIPRO_UNDECIDED_OUTCOME;
    for (unsigned i = 0; i < b->n_crossed; i++)
        if (b->old[i] == held->coa)
            return MIPRO_UNDECIDED_ORDER;
    return b->coa == held->coa ? MIPRO_UNDECIDED_ORDER : MIPRO_UNDECIDED_REASONS;
}
