/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits: records that wait for a message, in the order of deadlines, of frames, and by home
 * address.  expiry.c processes expired waits.  No rule is applied here.
 */
#include "conduct/private.h"

#define KEPT (3600 * MIPRO_SECOND) /* how long reported waits are remembered */
#define MAX_KEPT 16                /* for each home address */

/* Append to a queue; the deadline must be later than all others in it. */
static inline void
enter_queue(struct shard *c, struct wait *w, int64_t deadline, struct list_link *queue)
{
    w->deadline = deadline;
    if (deadline < c->due)
        c->due = deadline;
    list_enter(&w->by.time, queue);
}

int64_t
mipro_waits_due(const struct shard *c)
{
    const struct list_link *const queues[] = { &c->by_time, &c->done_by_time, &c->held,
        &c->reported_by_time };
    int64_t due = INT64_MAX;

    for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
        struct list_link *first = queues[i]->next;

        if (first != queues[i] && RECORD(first, struct wait, by.time)->deadline < due)
            due = RECORD(first, struct wait, by.time)->deadline;
    }
    return due;
}

/* If the time is not known yet, the wait is due at the first known time. */
static int64_t
deadline_of(const struct shard *c)
{
    return c->t.clock == MIPRO_TIME_NONE ? INT64_MIN
                                         : mipro_time_add(c->t.clock, c->config->ack_timeout);
}

static const struct wait_row *
row_of(const struct shard *c, const struct wait *w)
{
    return &c->kinds->waits[w->kind];
}

/* What is done ends early, to make room. */
SELDOM static void
give_way(struct shard *c, struct wait *w)
{
    const struct wait_row *row = row_of(c, w);

    if (row->gave_way != NULL)
        row->gave_way(c, w);
    mipro_wait_end(c, w);
}

/* A new wait, or if there is no room, the one that has waited longest. */
SELDOM static struct wait *
take_other_wait(struct shard *c)
{
    struct wait *w = mipro_pool_take_fresh(&c->waits);

    if (w == NULL && c->done_by_time.next != &c->done_by_time) {
        dropped(c, MIPRO_DROPPED_WAITING);
        give_way(c, RECORD(c->done_by_time.next, struct wait, by.time));
        w = mipro_pool_take_used(&c->waits);
    }
    if (w == NULL && c->reported_by_time.next != &c->reported_by_time) {
        dropped(c, MIPRO_DROPPED_WAITING);
        mipro_wait_end(c, RECORD(c->reported_by_time.next, struct wait, by.time));
        w = mipro_pool_take_used(&c->waits);
    }
    if (w == NULL && c->by_frame.next != &c->by_frame) {
        dropped(c, MIPRO_DROPPED_WAITING);
        mipro_wait_drop(
            c, RECORD(c->by_frame.next, struct wait, by.frame), MIPRO_UNDECIDED_FORGOTTEN);
        w = mipro_pool_take_used(&c->waits);
    }
    return w;
}

static bool
is_full(const struct home *h, enum wait_kind kind)
{
    return kind == WAIT_TARGET ? h->n_targets >= MAX_TARGETS : h->n_waits >= MAX_HOME_WAITS;
}

static struct wait *
oldest_of(const struct home *h, enum wait_kind kind)
{
    return kind == WAIT_TARGET ? target_first(h) : wait_first(h);
}

/*
 * A home address that has as many waits as it may has some more for what is proven, and for
 * findings: what anybody can send crowds neither out.  Handoffs have a limit of their own.
 */
SELDOM static bool
has_reserve(const struct view *v, enum wait_kind kind)
{
    if (kind == WAIT_HANDOFF)
        return true;
    return kind != WAIT_TARGET && v->home->n_waits < MAX_HOME_WAITS + RESERVED_WAITS &&
           (kind == WAIT_HELD || (v->verdict == MIPRO_GOOD && v->faults == 0));
}

/* A wait of this kind for v; NULL if there is no room. */
static inline struct wait *
take_wait(struct shard *c, const struct view *v, enum wait_kind kind)
{
    struct home *h = v->home;
    struct wait *w;
    bool full = is_full(h, kind) && !has_reserve(v, kind);

    if (full && oldest_of(h, kind)->done) {
        give_way(c, oldest_of(h, kind));
        full = false;
    }
    w = full ? NULL : mipro_pool_take_used(&c->waits);
    if (w == NULL && !full)
        w = take_other_wait(c);
    if (w == NULL)
        dropped(c, MIPRO_DROPPED_WAITING);
    return w;
}

static inline __attribute__((always_inline)) struct wait *
begin(struct shard *c, const struct view *v, enum wait_kind kind)
{
    const struct mipro_event *ev = v->ev;
    struct home *h = v->home;
    bool timed = is_time(v->now);
    struct wait *w;

    if (!timed && (kind == WAIT_ACK || kind == WAIT_HANDOFF))
        return NULL;
    if (v->is_stub && is_question(kind)) {
        undecided(c, c->kinds->waits[kind].rule, MIPRO_UNDECIDED_FORGOTTEN);
        return NULL;
    }
    w = take_wait(c, v, kind);
    if (w == NULL)
        return NULL;
    w->home = h;
    w->frame = ev->frame;
    w->time = ev->time;
    w->gap = 0;
    w->hash = v->hash;
    w->ident = v->ident;
    w->src = ev->src;
    w->dst = ev->dst;
    w->kind = (uint8_t)kind;
    w->type = v->type;
    w->n_again = 0;
    w->flags = 0;
    w->excused = w->superseded = w->begun = w->reported = w->done = w->answered_early = false;
    w->u.reply = (struct registered){ 0 }; /* clears all members of the union */
    c->n_of[kind]++;
    enter_queue(c, w, deadline_of(c), &c->by_time);
    list_enter(&w->by.frame, &c->by_frame);
    ring_enter(kind == WAIT_TARGET ? &h->targets : &h->waits, &w->by.home);
    if (kind == WAIT_TARGET)
        h->n_targets++;
    else
        h->n_waits++;
    if (h->crowded)
        mipro_peers_add_wait(c, w);
    else if (h->n_waits > c->crowd)
        mipro_peers_crowd(c, h);
    if (!timed && kind != WAIT_PFAN)
        mipro_wait_done(c, w);
    return w;
}

struct wait *
mipro_wait_begin(struct shard *c, const struct view *v, enum wait_kind kind)
{
    return begin(c, v, kind);
}

struct wait *
mipro_wait_begin_ack(struct shard *c, const struct view *v)
{
    return begin(c, v, WAIT_ACK);
}

static void
queue_anew(struct shard *c, struct wait *w, struct list_link *queue)
{
    list_leave(&w->by.time);
    enter_queue(c, w, deadline_of(c), queue);
}

struct wait *
mipro_wait_begun(const struct shard *c, const struct view *v, enum wait_kind kind, uint32_t peer)
{
    for (struct wait *w = peer_wait_first(c, v->home, peer); w != NULL;
         w = peer_wait_next(c, w, peer))
        if (w->kind == kind && w->frame == v->ev->copy_of)
            return w;
    return NULL;
}

bool
mipro_may_answer_until(const struct shard *c, uint32_t until, int64_t time)
{
    int64_t most = mipro_time_add(time, c->config->ack_timeout + c->config->tolerance);

    return until != 0 && seconds_of(time) <= until && until <= seconds_of(most);
}

void
mipro_wait_repeat(struct shard *c, struct wait *w, uint64_t frame)
{
    if (w->reported)
        return;
    if (w->done)
        queue_anew(c, w, &c->done_by_time);
    else if (w->n_again < WAIT_AGAIN)
        w->again[w->n_again++] = frame;
}

void
mipro_wait_again(struct shard *c, struct wait *w)
{
    queue_anew(c, w, &c->by_time);
}

bool
mipro_wait_may_have_seen(const struct shard *c, const struct wait *w, uint32_t src, uint32_t dst)
{
    int64_t limit = c->config->ack_timeout, from;

    if (w->begun)
        return true;
    if (!is_time(w->deadline) || w->deadline == INT64_MIN)
        return false;
    from = mipro_time_add(w->deadline, -limit - c->config->tolerance);
    /* After a gap it waited for a second time limit, and for the length of the gap. */
    if (w->gap != 0)
        from = mipro_time_add(from, -limit - w->gap);
    /* The question of an acknowledge or a reply precedes it by up to the time limit. */
    if (w->kind == WAIT_UNMATCHED || w->kind == WAIT_REPLY)
        from = mipro_time_add(from, -limit);
    if (w->kind == WAIT_UNMATCHED && w->u.unmatched.longer)
        from = mipro_time_add(from, -limit);
    return mipro_pieces_between(c->pieces, src, dst, from, w->deadline);
}

static int64_t *
lost_of(struct shard *c, uint8_t type, uint32_t homeaddr, uint32_t node)
{
    return &c->lost[mipro_mix((uint64_t)homeaddr << 32 | node, type) % LOST];
}

void
mipro_answer_lose(struct shard *c, uint8_t type, uint32_t homeaddr, uint32_t node, int64_t time)
{
    int64_t limit = c->config->ack_timeout;
    int64_t reach = limit > c->config->tolerance ? limit : c->config->tolerance;
    int64_t *lost = lost_of(c, type, homeaddr, node);

    if (*lost < mipro_time_add(time, limit))
        *lost = mipro_time_add(time, limit);
    if (c->lost_until < mipro_time_add(time, reach))
        c->lost_until = mipro_time_add(time, reach);
}

void
mipro_wait_look_back(struct shard *c, struct wait *w, uint32_t node, int64_t since)
{
    uint8_t type = w->kind == WAIT_ACK ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_BINDING_UPDATE;
    int64_t lost = *lost_of(c, type, w->home->addr, node);

    w->begun |= c->t.clock < mipro_time_add(lost, since - c->config->ack_timeout);
}

void
mipro_wait_take_place(struct shard *c, struct wait *w, struct wait *of)
{
    struct list_link *at = &of->by.frame;

    w->frame = of->frame;
    w->time = of->time;
    list_leave(&w->by.frame);
    if (of->done)
        for (at = c->by_frame.next; at != &c->by_frame; at = at->next)
            if (RECORD(at, struct wait, by.frame)->frame > of->frame)
                break;
    list_enter(&w->by.frame, at);
}

void
mipro_wait_hold(struct shard *c, struct wait *w)
{
    list_leave(&w->by.time);
    enter_queue(c, w, mipro_time_add(c->t.clock, c->config->tolerance), &c->held);
}

void
mipro_wait_rearm(struct shard *c, const struct view *v, struct wait *w)
{
    if (!is_time(v->now))
        mipro_wait_end(c, w);
    else
        queue_anew(c, w, &c->by_time);
}

void
mipro_wait_done(struct shard *c, struct wait *w)
{
    w->done = true;
    list_leave(&w->by.frame);
    queue_anew(c, w, &c->done_by_time);
}

void
mipro_wait_reported(struct shard *c, struct wait *w)
{
    mipro_wait_done(c, w);
    if (w->home->n_reported == MAX_KEPT)
        return;
    w->reported = true;
    w->home->n_reported++;
    list_leave(&w->by.time);
    enter_queue(c, w, mipro_time_add(c->t.clock, KEPT), &c->reported_by_time);
}

void
mipro_wait_undecided(struct shard *c, const struct wait *w, enum mipro_undecided reason)
{
    const struct wait_row *row = row_of(c, w);
    enum mipro_rule rule = row->rule_of != NULL ? row->rule_of(c, w) : row->rule;

    if (rule != MIPRO_RULES && !w->done && !w->superseded)
        undecided(c, rule, reason);
}

void
mipro_wait_drop(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    const struct wait_row *row = row_of(c, w);

    if (row->dropped != NULL) {
        row->dropped(c, w, reason);
        return;
    }
    mipro_wait_undecided(c, w, reason);
    mipro_wait_end(c, w);
}

void
mipro_wait_end(struct shard *c, struct wait *w)
{
    void (*ended)(struct shard *, struct wait *) = row_of(c, w)->ended;
    struct home *h = w->home;

    c->n_of[w->kind]--;
    list_leave(&w->by.time);
    if (w->reported)
        h->n_reported--;
    if (!w->done)
        list_leave(&w->by.frame);
    if (h->crowded)
        mipro_peers_remove_wait(c, w);
    if (w->kind == WAIT_TARGET) {
        ring_leave(&h->targets, &w->by.home);
        h->n_targets--;
    } else {
        ring_leave(&h->waits, &w->by.home);
        h->n_waits--;
    }
    if (ended != NULL)
        ended(c, w);
    mipro_record_give(&c->waits, w);
}

uint64_t *
mipro_wait_unseen(struct wait *w)
{
    return w->kind == WAIT_ACK ? &w->u.ack.unseen : &w->u.odd.unseen;
}

void
mipro_forget_waits(struct shard *c, struct home *h, uint64_t frame)
{
    for (struct wait *w = wait_first(h), *next; w != NULL; w = next) {
        next = wait_next(h, w);
        if (w->kind != WAIT_ACK && w->kind != WAIT_ANSWER)
            continue;
        if (*mipro_wait_unseen(w) == frame)
            *mipro_wait_unseen(w) = 0;
        if (w->frame == frame)
            mipro_wait_end(c, w);
    }
    for (struct wait *w = target_first(h), *next; w != NULL; w = next) {
        next = wait_next(h, w);
        if (w->frame == frame)
            mipro_wait_end(c, w);
    }
}
