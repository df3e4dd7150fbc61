/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.h - the state of one shard, a message being judged, and short functions on both. */
#ifndef MIPRO_CONDUCT_STATE_H
#define MIPRO_CONDUCT_STATE_H

#include "conduct/agents.h"
#include "conduct/announced.h"
#include "conduct/challenges.h"
#include "conduct/clock.h"
#include "conduct/copies.h"
#include "conduct/pieces.h"
#include "conduct/pool.h"
#include "conduct/records.h"
#include "conduct/ties.h"
#include "mipro_mix.h"
#include "mipro_namesake.h"

struct shard;

/*
 * What becomes of each kind of wait, and of each kind of held finding: a row for each, in kinds.c.
 *
 * The files that keep records apply no rule.  Where it depends on the rule what becomes of a wait,
 * they ask its row (shard.kinds).  So the rules stand on these files, and these on no rule.  Where
 * a member is NULL, what its comment says of NULL is done.
 */
struct wait_row {
    /* The rule that is broken if nothing arrives; MIPRO_RULES: none. */
    enum mipro_rule rule;
    /* The rule that w may have broken, if that depends on w.  NULL: rule. */
    enum mipro_rule (*rule_of)(const struct shard *c, const struct wait *w);
    /* Its time limit has passed, and it was not done: judge it. */
    void (*expired)(struct shard *c, struct wait *w);
    /* The same if it was done.  NULL: it ends. */
    void (*done_expired)(struct shard *c, struct wait *w);
    /* It cannot be judged, for this reason.  NULL: it is counted as undecided, and ends. */
    void (*dropped)(struct shard *c, struct wait *w, enum mipro_undecided reason);
    /* It is done, and ends early to make room for another.  NULL: nothing remains of it. */
    void (*gave_way)(struct shard *c, const struct wait *w);
    /* It ends: release what only this kind has.  NULL: nothing. */
    void (*ended)(struct shard *c, struct wait *w);
    /* If it cannot be judged it is kept, so that a late answer has its question. */
    bool stays;
};

struct kinds {
    struct wait_row waits[WAIT_KINDS];
    /*
     * Why a held finding cannot be reported, given what was seen since; MIPRO_UNDECIDED_REASONS if
     * it can.
     */
    enum mipro_undecided (*doubts[HELD_KINDS])(
        const struct shard *c, const struct home *h, const struct held *held);
};

/*
 * The state of some of the home addresses, chosen by their hash.  Shards know nothing of each
 * other.  A shard learns of a leap of the clock at once, but of ordinary time only when something
 * happens to one of its home addresses.  Everything due by then is settled in the order of
 * deadlines, each as of its own deadline, so the result does not depend on how often time is passed
 * on.
 */
#define LOST 64
#define CUT_ANSWERS 16
struct shard {
    /*
     * What looking ahead needs fills the first line of the cache (struct mipro_ahead).
     *
     * The table of home addresses: each is in the first free slot from its hash on, so that a
     * look-up nearly always stays in one cache line.
     */
    struct slot {
        struct home *home; /* NULL: free */
        uint32_t addr;
    } * slots;
    uint64_t multiplier; /* secret, for the hash of the slots */
    unsigned shift;
    struct mipro_copies copies;

    struct mipro_times t;
    int64_t due; /* no deadline in the queues by time lies before it */
    const struct mipro_conduct_config *config;
    const struct mipro_conduct_sink *sink;
    const struct kinds *kinds; /* of waits and held findings */
    uint64_t n_added, n_gone;  /* home addresses so far */
    int64_t gap;               /* without a frame, in which what expires now became due; else 0 */
    struct list_link by_time, by_frame; /* those who wait */
    struct list_link done_by_time;
    struct list_link made_by_frame;    /* forged updates, perhaps of PFANs captured after them */
    struct list_link held;             /* by the end of the tolerance */
    struct list_link reported_by_time; /* done, but kept for long */
    uint32_t n_of[WAIT_KINDS];         /* waits of each kind; most kinds usually have none */
    struct pool waits, flows, sequences, homes, olds, registries, handoffs, given;

    struct peer_slot {
        struct flow *flows;
        struct sequence *sequences;
        struct list_link *waits;
    } * peers;                     /* of crowded home addresses: see peers.c; NULL: there is none */
    struct arena *arena;           /* of all shards */
    struct namesakes *namesakes;   /* the same */
    const struct pieces *pieces;   /* the same */
    struct ties *ties;             /* the same */
    struct shard *const *nameless; /* the shard of nodes without home address; *: NULL: none */
    struct home *first, *last;     /* the queue of those to drop */
    /* Drop one, but not keep.  False if there is none. */
    bool (*drop_home)(struct shard *c, const struct home *keep);
    /* One is dropped: take it from where it is looked up. */
    void (*leave)(struct shard *c, const struct home *h);
    size_t n_homes, n_slots;
    size_t n_stamps; /* room in each flow */
    unsigned crowd;  /* flows, sequences or waits: with more, a home address is crowded */
    size_t max_pending, max_held;
    size_t n_pending, n_held, n_advertised;
    /*
     * Answers that are not kept until their question: see mipro_answer_lose().  By a hash of type,
     * home address and node, one time limit after the last; and until when any may be one's.
     */
    int64_t lost[LOST], lost_until;
    /* The last Binding Updates that were cut, and were taken for the answer to a request. */
    struct cut_answer {
        uint64_t frame; /* 0: no entry */
        struct ident asked;
    } cut_answers[CUT_ANSWERS];
    uint64_t n_cut_answers;
    struct forgery *forgeries; /* see forgeries.c; NULL: none */
    uint32_t forgeries_lost;   /* until this second one that was dropped may be answered; or 0 */
    uint64_t dropped[MIPRO_DROPPED_KINDS];
    uint64_t n_undecided; /* of all rules and reasons */
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS];
    struct node_table *nodes; /* of the shard of nodes without home address: see nodes.h */
};

/* A hash of a home address, and the shard by it of n. */
static inline uint64_t
mix_home(uint32_t homeaddr)
{
    return mipro_mix(homeaddr, 0);
}

static inline unsigned
shard_by(uint64_t mixed, unsigned n)
{
    return (unsigned)((mixed >> 32) * n >> 32);
}

/* What the requests that a Registration Reply is held against make of it. */
enum reply_of {
    REPLY_OF_NOTHING,
    REPLY_OF_REQUEST, /* it answers one, */
    REPLY_OF_FORGED   /* or a forged one */
};
/* The reply belongs to a node that had no home address when it asked (nodes.h). */
struct answered {
    enum reply_of of;   /* NOTHING: a wrong answer, which is judged there */
    struct asked asked; /* before the reply, with REPLY_OF_REQUEST */
    const struct home *node;
};

/* What a message needs to know beyond its own home address. */
struct elsewhere {
    const struct challenges *challenges; /* of agents; NULL: it is no request */
    const struct agent *agent;           /* which a PFAN goes through; NULL: it is not known */
    const struct answered *answered;     /* NULL: it is no node's */
    uint64_t
        node; /* a hash of the NAI in the message; 0: it has none, or all have home addresses */
    /*
     * The same without a secret, before any node lacked a home address as well; 0: it has none.
     * ANY_NAME: its node has also asked without one, so that its home address is anybody's.
     */
    uint64_t name;
#define ANY_NAME UINT64_MAX
    enum nonce_known nonce;
};

/* Why the receiver of a message should not act on it. */
#define FAULT_FORGED 0x01u      /* its authenticator is bad, or a required one is missing */
#define FAULT_UNKNOWN_SPI 0x02u /* its two ends have keys, but none with its SPI */
#define FAULT_UNSOUND 0x04u     /* not well-formed */
/* Not why: its two ends have keys, and its authenticator was not captured.  It may be forged. */
#define FAULT_UNSEEN 0x08u

/* A message being judged. */
struct view {
    struct mipro_event *ev;
    const struct mipro_message *m;
    const struct elsewhere *elsewhere;
    struct home *home;
    int64_t now; /* by the machine's clock; TIME_DOUBTED if the stamp is not believed */
    uint64_t hash;
    struct ident ident;
    uint64_t node; /* whose sequence it is, if the home address was assigned; else 0 */
    uint32_t homeaddr;
    uint8_t type;
    uint8_t verdict;  /* of the message; MIPRO_NO_KEY if no authenticator covers it */
    uint8_t faults;   /* FAULT_ bits */
    uint8_t flags;    /* RECENT_FORGED, _GENUINE, _BARE and _CUT, by its verdict and length */
    bool may_be_copy; /* of a datagram that had to be forgotten: it proves nothing */
    bool is_stub;     /* cut so short that it cannot be told what it is a copy of */
    bool backwards; /* its timestamp goes back: what becomes of it decides whether it is a replay */
};

/*
 * A time by the machine's clock may be MIPRO_TIME_NONE (without timestamps, only the order of
 * frames is known), or doubted: the timestamp is out of order by more than the tolerance.
 */
#define TIME_DOUBTED (MIPRO_TIME_NONE + 1)
static inline bool
is_time(int64_t time)
{
    return time > TIME_DOUBTED;
}

/* In whole seconds, rounded up, for compact storage. */
static inline uint32_t
seconds_of(int64_t time)
{
    return time <= 0 ? 1 : (uint32_t)(time / MIPRO_SECOND + 1);
}

/* The index after i in a ring of n. */
static inline unsigned
ring_next(unsigned i, unsigned n)
{
    return i + 1 < n ? i + 1 : 0;
}

static inline bool
ident_fits(struct ident a, struct ident b)
{
    if (a.state == IDENT_UNSEEN || b.state == IDENT_UNSEEN)
        return true;
    return a.state == b.state && (a.state == IDENT_NONE || a.value == b.value);
}

/* A home address that identifies no node (ruling 9). */
static inline bool
is_no_home(uint32_t addr)
{
    return addr == 0 || addr == UINT32_MAX;
}

/*
 * An address by which a mobile node looks for a home agent that it does not know: unset, limited
 * broadcast, or what may be the broadcast address of a subnet (RFC 2002 3.6.1.2).
 */
static inline bool
is_discovery(uint32_t agent)
{
    return agent == 0 || (agent & 0xff) == 0xff;
}

/* An address to which no Binding Update is sent. */
static inline bool
is_no_node(uint32_t addr)
{
    return addr == 0 || addr >> 28 >= 0xe || addr >> 24 == 127;
}

/* Its authenticator is bad, or a required one is missing. */
static inline bool
view_forged(const struct view *v)
{
    return (v->faults & FAULT_FORGED) != 0;
}

/*
 * Unproven messages change nothing: neither forged ones, nor those with an SPI that no
 * association of their two ends has.  If no key is known for two ends, messages between them are
 * taken at face value.
 */
static inline bool
view_unproven(const struct view *v)
{
    return (v->faults & (FAULT_FORGED | FAULT_UNKNOWN_SPI)) != 0;
}

/* May it be a datagram that another tap, which is ahead by more than the tolerance, has shown? */
static inline bool
view_late(const struct shard *c, const struct view *v)
{
    return c->copies.late == v->ev->frame && v->ev->has_datagram;
}

/* Was it captured only in part? */
static inline bool
view_is_cut(const struct view *v)
{
    return (v->flags & RECENT_CUT) != 0;
}

/* May its receiver act on it? */
static inline bool
view_believed(const struct view *v)
{
    return (v->faults & (FAULT_FORGED | FAULT_UNKNOWN_SPI | FAULT_UNSOUND)) == 0;
}

static inline uint32_t
view_field(const struct view *v, enum mipro_field id)
{
    return (uint32_t)mipro_value(v->m, id);
}

/*
 * Was an event at time then certainly before one at time now, both by the machine's clock?  Frames
 * less than the tolerance apart have no order, nor has a frame whose timestamp is doubted.
 * Without timestamps the order of the capture counts.
 */
static inline bool
certainly_before(const struct shard *c, int64_t then, int64_t now)
{
    if (!is_time(then) || !is_time(now))
        return then != TIME_DOUBTED && now != TIME_DOUBTED;
    return mipro_time_between(then, now) >= c->config->tolerance;
}

/*
 * Are the two times within the tolerance before and after a gap?  Then they are close together if
 * the gap was not a silence, but the clock was set.  The first is that of a first sighting, which
 * may be one more tolerance before another.
 */
static inline bool
spans_gap(const struct shard *c, int64_t then, int64_t now)
{
    const struct mipro_times *t = &c->t;
    int64_t reach = mipro_time_add(c->config->tolerance, c->config->tolerance);

    return t->resumed != MIPRO_TIME_NONE && is_time(then) && is_time(now) && then <= t->paused &&
           now >= t->resumed && mipro_time_between(then, t->paused) < reach &&
           mipro_time_between(t->resumed, now) < c->config->tolerance;
}

/*
 * The octets of the payload that every sighting must have.  With a snapshot length, copies of one
 * datagram are cut in different places, because the headers before them differ in length; with an
 * IP identification fewer octets suffice.
 */
#define SHOWN 8u            /* up to the home address */
#define SHOWN_ANONYMOUS 20u /* if the IP identification is 0 */

static inline size_t
shown_of(uint16_t ip_id)
{
    return ip_id == 0 ? SHOWN_ANONYMOUS : SHOWN;
}

static inline __attribute__((always_inline)) struct mipro_sighting
view_sighting(const struct view *v, int64_t time, bool doubted)
{
    const struct mipro_event *ev = v->ev;

    return (struct mipro_sighting){
        .hash = ev->datagram != 0 ? ev->datagram
                                  : mipro_conduct_datagram(v->m->buf, v->m->captured, v->m->len,
                                        ev->src, ev->dst, ev->ip_id),
        .octets = v->m->captured == v->m->len ? (uint32_t)(v->hash >> 32) | 1 : 0,
        .time = time,
        .frame = ev->frame,
        .way = ev->way,
        .anonymous = ev->ip_id == 0,
        .doubted = doubted,
    };
}

/* The rule cannot be judged, and may have been broken. */
static inline void
undecided(struct shard *c, enum mipro_rule rule, enum mipro_undecided reason)
{
    c->undecided[rule][reason]++;
    c->n_undecided++;
}

/* State was dropped for lack of room. */
static inline void
dropped(struct shard *c, enum mipro_dropped kind)
{
    c->dropped[kind]++;
}

#endif
