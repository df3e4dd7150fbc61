/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.h - the records of a shard, by home address: finding, adding and dropping them.
 *
 * All tables are bounded.  What has to be dropped is counted (enum mipro_dropped) and never leads
 * to a finding.  No rule is applied here.
 */
#ifndef MIPRO_CONDUCT_TABLES_H
#define MIPRO_CONDUCT_TABLES_H

#include "conduct/state.h"

/* homes.c */
bool mipro_tables_new(struct shard *c, unsigned n_shards);
void mipro_tables_free(struct shard *c);
/* Discard the state of a home address from another epoch. */
SELDOM void mipro_home_renew(struct shard *c, struct home *h);
/* The state of a home address, or NULL; does not count as use. */
struct home *mipro_home_peek(const struct shard *c, uint32_t addr);
/*
 * Prefetch the state of a home address that will be needed soon, in three steps, some messages
 * apart.
 */
uint64_t mipro_home_fetch_slot(const struct shard *c, uint64_t mixed);
struct home *mipro_home_fetch(const struct shard *c, uint64_t place, uint32_t addr);
void mipro_home_fetch_records(const struct home *h);
/* As long as it stays the same, the home address that was found, or NULL, would be found again. */
static inline uint64_t
mipro_home_changes(const struct shard *c, const struct home *h)
{
    return h != NULL ? c->n_gone : c->n_added;
}
/* What was found is used: a message is about it.  h may be NULL. */
static inline struct home *
home_use(struct shard *c, struct home *h)
{
    if (h == NULL)
        return NULL;
    /* Read only if it is set: to read it right after it is written would stall the processor. */
    if (!h->used)
        h->used = true;
    if (h->epoch != c->t.epoch)
        mipro_home_renew(c, h);
    return h;
}
/* The same, made if need be.  NULL: no memory. */
struct home *mipro_home_make(struct shard *c, uint32_t addr);
/* One that is known not to be there. */
struct home *mipro_home_add(struct shard *c, uint32_t addr);
/* A new one, to the end of the queue of those to drop. */
void mipro_home_queue(struct shard *c, struct home *h);

/* room.c */
/* A record, zeroed; drops other home addresses where there is no room.  NULL: still none. */
void *mipro_record_make(struct shard *c, struct pool *pool, const struct home *keep);
static inline void *
mipro_record_take(struct shard *c, struct pool *pool, const struct home *keep)
{
    return mipro_pool_has_fresh(pool) ? mipro_pool_next_fresh(pool)
                                      : mipro_record_make(c, pool, keep);
}

/* waits.c */
/* The first deadline of all queues; INT64_MAX: nothing waits. */
int64_t mipro_waits_due(const struct shard *c);
/* The waits of a home address: targets, or all others, the oldest first. */
static inline struct wait *
target_first(const struct home *h)
{
    return h->targets == NULL ? NULL : RECORD(h->targets, struct wait, by.home);
}
static inline struct wait *
wait_first(const struct home *h)
{
    return h->waits == NULL ? NULL : RECORD(h->waits, struct wait, by.home);
}
/* The next in the same ring, NULL after the newest. */
static inline struct wait *
wait_next(const struct home *h, const struct wait *w)
{
    const struct list_link *first = w->kind == WAIT_TARGET ? h->targets : h->waits;

    return w->by.home.next == first ? NULL : RECORD(w->by.home.next, struct wait, by.home);
}
/* Does it wait for a message that another node must send? */
static inline bool
is_question(enum wait_kind kind)
{
    return kind == WAIT_ACK || kind == WAIT_ANSWER || kind == WAIT_TARGET || kind == WAIT_HANDOFF;
}
/*
 * Begin to wait from v's frame; NULL if there is no room.  If the time is unknown, nothing is
 * judged: requests and warnings are done immediately, others are not begun.
 */
struct wait *mipro_wait_begin(struct shard *c, const struct view *v, enum wait_kind kind);
/* The same of WAIT_ACK, which nearly all are. */
struct wait *mipro_wait_begin_ack(struct shard *c, const struct view *v);
/* What of this kind waits since the first sighting of v, a copy; peer: as below; or NULL. */
SELDOM struct wait *mipro_wait_begun(
    const struct shard *c, const struct view *v, enum wait_kind kind, uint32_t peer);
/* The same message was sent again: the limit still runs from the first transmission. */
void mipro_wait_repeat(struct shard *c, struct wait *w, uint64_t frame);
/* Wait for something else from v's frame on; end the wait if the time is unknown. */
void mipro_wait_rearm(struct shard *c, const struct view *v, struct wait *w);
/* Restart the time limit. */
void mipro_wait_again(struct shard *c, struct wait *w);
/* It was reported, and is kept for long so that retransmissions are not reported again. */
void mipro_wait_reported(struct shard *c, struct wait *w);
/* It is not judged any more, but kept for a while. */
void mipro_wait_done(struct shard *c, struct wait *w);
void mipro_wait_end(struct shard *c, struct wait *w);
/* The rule that it may have broken cannot be judged, unless it is done or superseded. */
void mipro_wait_undecided(struct shard *c, const struct wait *w, enum mipro_undecided reason);
/* End a wait without a judgement: for lack of room, or because the capture ends. */
void mipro_wait_drop(struct shard *c, struct wait *w, enum mipro_undecided reason);
/*
 * May the message that w waited for have been sent from src, 0: from any node, to dst in a datagram
 * of which the capture lacks a part?
 */
#define MIPRO_PIECES_REACH 4 /* time limits */
bool mipro_wait_may_have_seen(
    const struct shard *c, const struct wait *w, uint32_t src, uint32_t dst);
/*
 * A message of this type about this home address that node sends, or gets, may precede what it
 * answers, and nothing more will be known of it: there was no room, only its beginning was
 * captured, or the clock leapt since.  It was captured at this time.
 */
SELDOM void mipro_answer_lose(
    struct shard *c, uint8_t type, uint32_t homeaddr, uint32_t node, int64_t time);
/* Was there one of what begins to wait now, since no longer than this? */
SELDOM void mipro_wait_look_back(struct shard *c, struct wait *w, uint32_t node, int64_t since);
static inline void
wait_look_back(struct shard *c, struct wait *w, uint32_t node, int64_t since)
{
    if (c->t.clock < c->lost_until)
        mipro_wait_look_back(c, w, node, since);
}
/* w is about the frame of another one, that delays findings: it takes its place in their order. */
SELDOM void mipro_wait_take_place(struct shard *c, struct wait *w, struct wait *of);
/* forgeries.c: a forged update, for which there is no room as a wait. */
struct forged {
    uint64_t frame;
    struct ident ident;
    uint32_t homeaddr, src, dst;
    bool bare; /* without authenticator */
};
SELDOM void mipro_forgery_keep(struct shard *c, const struct forged *forged);
/* The same of a forged request, which loses its place. */
SELDOM void mipro_forgery_keep_request(struct shard *c, const struct forged *request);
/* A forged update, which is done: a finding about it may follow when its PFAN is captured. */
SELDOM void mipro_forged_keep_made(struct shard *c, struct wait *w);
/* WAIT_FORGED: see struct wait_row. */
SELDOM void mipro_forged_gave_way(struct shard *c, const struct wait *w);
SELDOM void mipro_forged_ended(struct shard *c, struct wait *w);
/* May one that was dropped have waited for an answer that came at this time? */
SELDOM bool mipro_forgery_may_be_lost(const struct shard *c, int64_t time);
/* Does the reply v answer one?  Its frame, 0 if that was reported, and whether it was bare. */
SELDOM bool mipro_forgery_granted(const struct shard *c, const struct view *v,
    const struct registered *reply, uint64_t *request, bool *bare);

/* Wait only for the tolerance. */
void mipro_wait_hold(struct shard *c, struct wait *w);

/*
 * Of what waits for an acknowledge or an answer, the frame of a message whose authenticator was not
 * captured: its own, or that of a newer one, which supersedes it if it is genuine.  0: none.
 */
#define SEVERAL_FRAMES UINT64_MAX
SELDOM uint64_t *mipro_wait_unseen(struct wait *w);
/* The message in this frame was unproven: it waits for nothing, and supersedes nothing. */
SELDOM void mipro_forget_waits(struct shard *c, struct home *h, uint64_t frame);

/* peers.c */
/* The home address becomes crowded, if there is memory. */
SELDOM void mipro_peers_crowd(struct shard *c, struct home *h);
/* Of a crowded home address: it is there from now on, or will be there no more. */
void mipro_peers_add_wait(const struct shard *c, struct wait *w);
void mipro_peers_remove_wait(const struct shard *c, struct wait *w);
void mipro_peers_add_flow(const struct shard *c, struct flow *p);
void mipro_peers_remove_flow(const struct shard *c, struct flow *p);
void mipro_peers_add_sequence(const struct shard *c, struct sequence *l);
void mipro_peers_remove_sequence(const struct shard *c, struct sequence *l);
struct wait *mipro_peers_wait(const struct shard *c, const struct home *h, uint32_t peer);
struct wait *mipro_peers_wait_after(const struct shard *c, const struct wait *w, uint32_t peer);
struct flow *mipro_peers_flow(const struct shard *c, const struct home *h, uint32_t peer);
struct flow *mipro_peers_flow_after(const struct flow *p);
struct sequence *mipro_peers_sequence(
    const struct shard *c, const struct home *h, struct mipro_ends ends);
/*
 * Those about one node at least, perhaps others too.  Of waits, the oldest first: what an
 * acknowledge of that node ends or is, or an update to it, or a request of it.  Everything else
 * that waits, but for targets, is about the node 0.
 */
static inline struct wait *
peer_wait_first(const struct shard *c, const struct home *h, uint32_t peer)
{
    return h->crowded ? mipro_peers_wait(c, h, peer) : wait_first(h);
}
static inline struct wait *
peer_wait_next(const struct shard *c, const struct wait *w, uint32_t peer)
{
    const struct home *h = w->home;

    if (h->crowded)
        return mipro_peers_wait_after(c, w, peer);
    return w->by.home.next == h->waits ? NULL : RECORD(w->by.home.next, struct wait, by.home);
}
/* The handoffs of a node, the newest first. */
static inline struct handoff *
handoff_first(const struct home *h)
{
    return h->registry != NULL ? h->registry->handoffs : NULL;
}
/* Of flows, the last used first: of updates to this node, and of its warnings. */
static inline struct flow *
flow_first(const struct shard *c, const struct home *h, uint32_t peer)
{
    return h->crowded ? mipro_peers_flow(c, h, peer) : h->flows;
}
static inline struct flow *
flow_next(const struct home *h, const struct flow *p)
{
    return h->crowded ? mipro_peers_flow_after(p) : p->next;
}

/* sequences.c */
void mipro_sequence_drop(struct shard *c, struct home *h, struct sequence *s);
static inline bool
is_sequence(const struct sequence *s, const struct view *v, uint8_t ext, uint32_t spi,
    struct mipro_ends ends)
{
    return s->a == ends.a && s->b == ends.b && s->type == v->type && s->ext == ext &&
           s->spi == spi && s->node == v->node;
}

/* Timestamps wrap in 2036: a is later if it is less than half the range ahead of b. */
static inline bool
is_later(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b) > 0;
}

/* The least difference between the timestamps of two messages of a node: about a millisecond. */
#define MIPRO_APART (UINT64_C(1) << 22)

static inline uint64_t
distance_of(uint64_t a, uint64_t b)
{
    return is_later(a, b) ? a - b : b - a;
}

static inline bool
is_apart(uint64_t a, uint64_t b)
{
    return distance_of(a, b) > MIPRO_APART;
}

/* Are the timestamps close, but distinct, as those of two successive messages of a node? */
static inline bool
is_soon(const struct shard *c, uint64_t a, uint64_t b)
{
    uint64_t most = (uint64_t)((c->config->ack_timeout + c->config->tolerance) / MIPRO_SECOND);

    return is_apart(a, b) && distance_of(a, b) >> 32 <= most;
}

/* An entry of a sequence, and when it was seen. */
struct seen {
    uint64_t ident, frame;
    int64_t time;
};

/*
 * Was something newer seen between the first sighting of content and its return in v?  PERHAPS: the
 * order is unknown; REFUSED: it was, but it did not move the receiver's sequence.
 */
enum between { BETWEEN_NEWER, BETWEEN_PERHAPS, BETWEEN_REFUSED, BETWEEN_NOTHING };

/* Find or add a sequence that is not the first of its home address, and make it the first. */
struct sequence *mipro_sequence_make(
    struct shard *c, const struct view *v, uint8_t ext, uint32_t spi, struct mipro_ends ends);
/* With nonces, move the oldest entry, which will be replaced, to the older ones. */
void mipro_sequence_keep_old(struct shard *c, struct sequence *s);
/* Was anything newer than first seen before v, which has the same content? */
enum between mipro_sequence_between(const struct shard *c, const struct view *v,
    const struct sequence *s, enum mipro_replay method, const struct seen *first);
/* Was what was seen in this frame refused, as far as is remembered? */
SELDOM bool mipro_sequence_is_refused(const struct sequence *s, uint64_t frame);

/* flows.c */
static inline bool
is_flow(const struct flow *p, uint32_t src, uint32_t dst, enum flow_kind kind)
{
    return p->src == src && p->dst == dst && p->kind == kind;
}
/* When dst last received an update on it, by the machine's clock; MIPRO_TIME_NONE: never. */
static inline int64_t
flow_told_at(const struct flow *p)
{
    const struct belief *b = &p->belief[p->now];

    return b->frame != 0 ? b->time : MIPRO_TIME_NONE;
}
/* One that is not the first, which it becomes. */
struct flow *mipro_flow_find_other(
    const struct shard *c, struct home *h, uint32_t src, uint32_t dst, enum flow_kind kind);
static inline __attribute__((always_inline)) struct flow *
mipro_flow_find(
    const struct shard *c, struct home *h, uint32_t src, uint32_t dst, enum flow_kind kind)
{
    struct flow *first = h->flows;

    if (first == NULL || is_flow(first, src, dst, kind))
        return first;
    return mipro_flow_find_other(c, h, src, dst, kind);
}
/* The same, made if need be; NULL: there is no room. */
struct flow *mipro_flow_make(struct shard *c, const struct view *v, enum flow_kind kind);
void mipro_flow_drop(struct shard *c, struct home *h, struct flow *p);
/* Note that an update with this identification is forgotten, but may still be answered. */
void mipro_flow_forget(struct flow *p, struct ident ident);
bool mipro_flow_may_have_forgotten(const struct flow *p, struct ident ident);
/* The update that w is about no longer waits for its acknowledge, but is remembered. */
void mipro_ack_forget(const struct shard *c, const struct wait *w);
/* The update w, which has its answer now, was sent again before. */
void mipro_update_sent_again(struct flow *p, const struct wait *w, const struct recent *answered);
/* The update of this frame, or NULL if it is no longer remembered. */
struct recent *mipro_recent_find(struct flow *p, uint64_t frame);
/* Unless r is forged: does its answer lack an authenticator, so that anybody may have sent it? */
SELDOM void mipro_recent_mark(struct recent *r, bool bare);
/*
 * The update of w, or of r, has its answer; either may be NULL.  One that is
 * forged is still needed for a PFAN that is captured after it.
 */
static inline void
answer_settle(struct shard *c, struct wait *w, struct recent *r)
{
    if (r != NULL) {
        r->flags &= (uint8_t)~RECENT_WAITS;
        r->flags |= RECENT_ANSWERED;
    }
    if (w != NULL && w->kind == WAIT_FORGED)
        w->flags |= RECENT_ANSWERED;
    else if (w != NULL)
        mipro_wait_end(c, w);
}

#endif
