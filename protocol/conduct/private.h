/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private.h - what the parts of the state machine share.
 *
 *   records.h         what it remembers, and how much at most
 *   conduct.c         the machine: events in, findings out
 *   clock.c           time, and what has waited too long: a row for each kind of wait
 *   copies.c          datagrams that the capture holds more than once
 *   proof.c           what the authenticators of a message prove
 *   undecided.c       what is counted besides findings
 *   pool.c            memory: pages, and pools of records
 *   homes.c           the table of home addresses
 *   waits.c           what waits, and for how long
 *   paths.c           who told whom about a home address
 *   exchange.c        warnings, requests, updates; how often
 *   acknowledge.c     their acknowledges
 *   identification.c  replay
 *   nonce.c           nonce-chain
 *   registration.c    which reply answers which request, what was granted
 *   granted.c         what may be told of it: privacy, lifetime-exceeds
 *   held.c            findings that wait for the tolerance
 *   agents.c          agents that advertise: handoff-advertised
 *   handoff.c         PFANs and the Binding Updates made from them
 *   belief.c          what nodes believe: stale-forwarding
 */
#ifndef MIPRO_CONDUCT_PRIVATE_H
#define MIPRO_CONDUCT_PRIVATE_H

#include "conduct/copies.h"
#include "conduct/pool.h"
#include "conduct/records.h"
#include "mipro_mix.h"

#define ANNOUNCED 32u /* more than MIPRO_CONDUCT_AHEAD, a power of 2 */

/* The last frame, if its stamp leapt; frame is 0 if not. */
struct suspect {
    uint64_t frame;
    int64_t stamp;
};

struct mipro_conduct {
    struct mipro_conduct_config config;
    struct mipro_conduct_sink sink;
    uint64_t dropped;

    /* Time that only goes forward: of the capture, shifted where that leapt. */
    int64_t clock, skew;
    int64_t started;      /* the clock at the first frame */
    bool moved;           /* some stamp differs from the first */
    uint16_t epoch;       /* how often the clock of the capture was set back: nothing spans that */
    uint64_t epoch_frame; /* the first frame by the clock as it is now */
    struct mipro_disorder disorder;
    struct suspect suspect;
    int64_t gap; /* without a frame, in which what expires now became due; else 0 */
    struct mipro_copies copies;
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS];

    uint64_t multiplier; /* secret; of the slots */
    unsigned shift;
    /*
     * Where the home addresses are, each in the first free slot behind its hash: so a look
     * at the table nearly always ends in one line of the cache.
     */
    struct slot {
        uint32_t addr;
        uint32_t home; /* number in the pool, from 1; 0: free */
    } * slots;
    struct pages slot_pages;
    struct announced {
        uint32_t homeaddr, slot;
        struct home *home;  /* what is prefetched; NULL if there was none */
        uint64_t dropped;   /* it is the same still if that is what was dropped by now */
    } announced[ANNOUNCED]; /* the last, by n_announced */
    unsigned n_announced;
    struct home *first, *last; /* the queue of those to drop */
    size_t n_homes;
    size_t n_stamps; /* room in each path */
    struct pool homes, paths, lines, olds, registries, handoffs, waits;
    struct nonce *nonces; /* NONCES of them, made when the first is announced; or NULL */
    struct pages nonce_pages;

    struct link by_time, by_frame; /* those who wait */
    struct link done_by_time;
    struct link held;             /* by the end of the tolerance */
    struct link reported_by_time; /* done, but kept for long */
    size_t n_words, n_held;

    struct agent *agents[AGENT_BUCKETS];
    struct agent agent_room[MAX_AGENTS];
    size_t n_agents, next_agent;
};

/* A message under judgement. */
struct view {
    struct mipro_event *ev;
    const struct mipro_message *m;
    uint8_t type;
    int64_t now; /* by the machine's clock; TIME_DOUBTED if the stamp is not believed */
    uint32_t homeaddr;
    enum mipro_verdict verdict; /* of the message; MIPRO_NO_KEY where nobody vouches for it */
    bool sound;                 /* framed well: its receiver may act on it */
    bool stranger;              /* its SPI is none of those that its two ends have */
    struct ident ident;
    uint64_t hash;
    struct home *home;
    bool may_be_copy; /* of a datagram that had to be forgotten: it proves nothing */
};

/*
 * A time by the machine's clock may be MIPRO_TIME_NONE (the capture has no stamp: then the order of
 * frames is all that there is), or doubted: the stamp is out of order by more than the tolerance.
 */
#define TIME_DOUBTED (MIPRO_TIME_NONE + 1)
static inline bool
is_time(int64_t time)
{
    return time > TIME_DOUBTED;
}

/* In whole seconds, rounded up, for what is kept small. */
static inline uint32_t
seconds_of(int64_t time)
{
    return time <= 0 ? 1 : (uint32_t)(time / MIPRO_SECOND + 1);
}

/* The place behind i in a ring of n. */
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

/* An address that nobody sends a Binding Update to. */
static inline bool
is_no_node(uint32_t addr)
{
    return addr == 0 || addr >> 28 >= 0xe || addr >> 24 == 127;
}

/* Its authenticator is bad, or it lacks the one that it must have. */
static inline bool
view_forged(const struct view *v)
{
    return v->verdict == MIPRO_BAD || v->verdict == MIPRO_MISSING;
}

/*
 * Unproven messages change nothing: neither forged ones, nor those under an SPI that none of
 * the associations of their two ends has.  Where no key is known for two ends, messages
 * between them are taken at face value.
 */
static inline bool
view_unproven(const struct view *v)
{
    return view_forged(v) || v->stranger;
}

/* May its receiver act on it? */
static inline bool
view_believed(const struct view *v)
{
    return v->sound && !view_unproven(v);
}

static inline uint32_t
view_field(const struct view *v, enum mipro_field id)
{
    return (uint32_t)mipro_value(v->m, id);
}

/*
 * Was what happened at time then certainly before what is seen now?  Frames less than the
 * tolerance apart have no order, nor has one whose stamp is doubted.  Both by the machine's clock;
 * without stamps the order of the capture counts.
 */
static inline bool
certainly_before(const struct mipro_conduct *c, int64_t then, int64_t now)
{
    if (!is_time(then) || !is_time(now))
        return then != TIME_DOUBTED && now != TIME_DOUBTED;
    return mipro_time_between(then, now) >= c->config.tolerance;
}

/* The rule cannot be judged, and may have been broken. */
static inline void
undecided(struct mipro_conduct *c, enum mipro_rule rule, enum mipro_undecided reason)
{
    c->undecided[rule][reason]++;
}

/* "identification 0x1234567800000001", "no identification" */
struct ident_text {
    char s[40];
};
struct ident_text mipro_ident_text(struct ident ident);

/* proof.c */
/*
 * For one time limit after an association's validity began, a message under the one before it with
 * the same SPI is expired, not bad.
 */
SELDOM void mipro_judge_rekeyed(const struct mipro_conduct *c, struct mipro_event *ev);
/*
 * The verdict on the message as a whole; MIPRO_NO_KEY where no extension vouches for it.  Sets
 * *pfan if one of them is a PFAN, *stranger if its SPI is none of those its two ends have.
 */
SELDOM enum mipro_verdict mipro_judge_all(const struct mipro_event *ev, bool *pfan, bool *stranger);

/* conduct.c */
struct mipro_finding mipro_finding_of(const struct view *v, enum mipro_rule rule);
struct mipro_finding mipro_finding_of_wait(const struct wait *w, enum mipro_rule rule);
/* The octets of a field of the message. */
void mipro_finding_at(struct mipro_finding *f, const struct view *v, enum mipro_field id);
void mipro_finding_relate(struct mipro_finding *f, uint64_t frame);
/* Give it to the sink, and clear it; _report() with this text. */
void mipro_finding_emit(struct mipro_conduct *c, struct mipro_finding *f);
__attribute__((format(printf, 3, 4))) void mipro_finding_report(
    struct mipro_conduct *c, struct mipro_finding *f, const char *format, ...);

/* clock.c */
/*
 * mipro_conduct_tick(), and when the frame is by the machine's clock: MIPRO_TIME_NONE if its
 * stamp is missing, TIME_DOUBTED if it is not believed.  Lifetimes, and how long ago something was,
 * go by that; rates by the stamps.
 */
int64_t mipro_clock_of(struct mipro_conduct *c, uint64_t frame, int64_t stamp);
/* One that is not judged any more: for want of room, or because the capture ends. */
void mipro_wait_drop(struct mipro_conduct *c, struct wait *w, enum mipro_undecided reason);
/* The same where what it waits for may have passed unseen: what comes late is in order. */
void mipro_wait_absolve(struct mipro_conduct *c, struct wait *w, enum mipro_undecided reason);

/* homes.c */
bool mipro_tables_new(struct mipro_conduct *c);
void mipro_tables_free(struct mipro_conduct *c);
/* The state of a home address, or NULL; peek does not count as use. */
/* Of another epoch: forget what is known of it. */
SELDOM void mipro_home_renew(struct mipro_conduct *c, struct home *h);
struct home *mipro_home_peek(const struct mipro_conduct *c, uint32_t addr);
static inline struct home *
home_find(struct mipro_conduct *c, uint32_t addr)
{
    const struct announced *a =
        &c->announced[(c->n_announced - 1 - MIPRO_CONDUCT_AHEAD) % ANNOUNCED];
    struct home *h = NULL;

    if (a->homeaddr == addr && a->dropped == c->dropped)
        h = a->home; /* found when it was announced, and there still */
    if (h == NULL)
        h = mipro_home_peek(c, addr);
    if (h == NULL)
        return NULL;
    h->used = true;
    if (h->epoch != c->epoch)
        mipro_home_renew(c, h);
    return h;
}
struct home *mipro_home_make(struct mipro_conduct *c, uint32_t addr); /* NULL: no memory */
/* A record, zeroed; drops other home addresses where there is no room.  NULL: still none. */
void *mipro_record_take(struct mipro_conduct *c, struct pool *pool, const struct home *keep);

/* waits.c */
/* Those of a home address that wait: targets, or all others, the oldest first. */
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
/* The next of the same ring, NULL behind the newest. */
static inline struct wait *
wait_next(const struct home *h, const struct wait *w)
{
    const struct link *first = w->kind == WAIT_TARGET ? h->targets : h->waits;

    return w->by.home.next == first ? NULL : RECORD(w->by.home.next, struct wait, by.home);
}
/*
 * Begin to wait from v's frame; NULL if there is no room.  Where the time is not known
 * nobody is judged: requests and warnings are done at once, the others are not begun.
 */
struct wait *mipro_wait_begin(struct mipro_conduct *c, const struct view *v, enum wait_kind kind);
/* It was sent again, and is still the same: the limit runs from the first time. */
void mipro_wait_repeat(struct mipro_conduct *c, struct wait *w, uint64_t frame);
/* It waits for something else from v's frame on; no more, if the time is not known. */
void mipro_wait_rearm(struct mipro_conduct *c, const struct view *v, struct wait *w);
/* The limit begins anew. */
void mipro_wait_again(struct mipro_conduct *c, struct wait *w);
/* It was reported, and is kept for long: what repeats it is not reported again. */
void mipro_wait_reported(struct mipro_conduct *c, struct wait *w);
/* It is not judged any more, but kept for a while. */
void mipro_wait_done(struct mipro_conduct *c, struct wait *w);
void mipro_wait_end(struct mipro_conduct *c, struct wait *w);
/* It waits for the tolerance only. */
void mipro_wait_hold(struct mipro_conduct *c, struct wait *w);

/* paths.c */
struct path *mipro_path_find(struct home *h, uint32_t src, uint32_t dst, enum path_kind kind);
/* The same, made if need be; NULL: there is no room. */
struct path *mipro_path_make(struct mipro_conduct *c, const struct view *v, enum path_kind kind);
/* An update with this identification may still be answered, though nobody remembers it. */
void mipro_path_forget(struct path *p, struct ident ident);
bool mipro_path_may_have_forgotten(const struct path *p, struct ident ident);
/* The update of this frame, or NULL if it is not in mind any more. */
struct recent *mipro_recent_find(struct path *p, uint64_t frame);

/* exchange.c */
void mipro_see_warning(struct mipro_conduct *c, struct view *v);
void mipro_see_request(struct mipro_conduct *c, struct view *v);
void mipro_see_update(struct mipro_conduct *c, struct view *v);
void mipro_answer_expired(struct mipro_conduct *c, struct wait *w);
void mipro_ack_expired(struct mipro_conduct *c, struct wait *w);
/* The update waits no more for its acknowledge, but stays in mind. */
void mipro_ack_forget(const struct wait *w);
void mipro_target_expired(struct mipro_conduct *c, struct wait *w);

/* acknowledge.c */
/* No update came for it: unsolicited, or a mismatch. */
void mipro_unmatched_expired(struct mipro_conduct *c, struct wait *w);
/* May it still be a mismatch, for an update that it would answer waits? */
bool mipro_unmatched_is_open(const struct wait *w);
/* The acknowledge of the update v was captured before it: that is answered. */
void mipro_settle_early(struct mipro_conduct *c, const struct view *v);
/* An update that waited in vain: true if an acknowledge that does not fit was found to be its. */
bool mipro_mismatch_found(struct mipro_conduct *c, struct wait *w);
void mipro_see_acknowledge(struct mipro_conduct *c, struct view *v);
/* Is the acknowledge v on its way back from dst to the sender of an update, or its mobile node? */
bool mipro_goes_back(const struct view *v, uint32_t src, uint32_t dst, uint32_t homeaddr);

/* nonce.c */
enum mipro_undecided mipro_nonce_doubt(
    const struct mipro_conduct *c, const struct home *h, const struct held *held);
/* A new identification on line l, which goes by nonces. */
void mipro_nonce_judge(struct mipro_conduct *c, const struct view *v, struct line *l, bool answers);

/* identification.c */
/* Was it replayed?  answers: it bears the identification of a request that waits for it. */
bool mipro_replay_check(struct mipro_conduct *c, struct view *v, bool answers);
/* A message of this type was refused for its identification (133). */
void mipro_replay_refused(struct home *h, uint8_t type, struct ident ident);

/* registration.c */
void mipro_see_registration(struct mipro_conduct *c, struct view *v);
void mipro_see_reply(struct mipro_conduct *c, struct view *v);
/* The time limit for the request of a reply that answers none is over. */
void mipro_reply_expired(struct mipro_conduct *c, struct wait *w);

/* granted.c */
struct granted *mipro_granted_find(struct registry *r, uint32_t agent);
/* What may a Binding Update tell of a home address that has a registry? */
void mipro_registry_check(struct mipro_conduct *c, const struct view *v, bool known);

/*
 * Why the finding cannot be reported by what was seen since, or MIPRO_UNDECIDED_REASONS: it can.
 * So do the next ones of this kind.
 */
enum mipro_undecided mipro_registry_doubt(
    const struct mipro_conduct *c, const struct home *h, const struct held *held);

/* held.c */
/*
 * Report held->finding with this text when the tolerance is over, unless something seen until then
 * speaks against it.
 */
__attribute__((format(printf, 4, 5))) void mipro_finding_hold(
    struct mipro_conduct *c, const struct view *v, struct held *held, const char *format, ...);
/* The same with the text that it has; that belongs to the machine then. */
void mipro_finding_keep(struct mipro_conduct *c, const struct view *v, struct held *held);
void mipro_held_expired(struct mipro_conduct *c, struct wait *w);
void mipro_held_drop(struct mipro_conduct *c, struct wait *w, enum mipro_undecided reason);

/* agents.c */
void mipro_agent_seen(struct mipro_conduct *c, uint64_t frame, uint32_t addr, uint16_t flags);
enum mipro_undecided mipro_advertised_doubt(
    const struct mipro_conduct *c, const struct home *h, const struct held *held);
/* Was the agent that a PFAN asks known not to support that? */
void mipro_advertised_check(struct mipro_conduct *c, const struct view *v);

/* handoff.c */
void mipro_handoff_rejudge(const struct view *v);
void mipro_handoff_asked(struct mipro_conduct *c, struct view *v);
/* The reply of this frame answers the request with this identification. */
void mipro_handoff_replied(
    struct mipro_conduct *c, const struct view *v, uint64_t frame, uint64_t ident, bool granted);
enum mipro_undecided mipro_handoff_doubt(
    const struct mipro_conduct *c, const struct home *h, const struct held *held);
/* True if the Binding Update is that of a PFAN. */
bool mipro_handoff_update(struct mipro_conduct *c, const struct view *v);
void mipro_handoff_expired(struct mipro_conduct *c, struct wait *w);
void mipro_word_begin(struct mipro_conduct *c, struct view *v);
void mipro_word_settle(struct mipro_conduct *c, struct wait *w, const struct view *v);
void mipro_word_end(struct mipro_conduct *c, struct wait *w);

/* belief.c */
enum mipro_undecided mipro_belief_doubt(
    const struct mipro_conduct *c, const struct home *h, const struct held *held);
/* When dst was told last by this path, by the machine's clock; MIPRO_TIME_NONE: never. */
int64_t mipro_belief_since(const struct path *p);
void mipro_belief_told(struct home *h, struct path *p, const struct view *v);
void mipro_belief_refused(struct path *p, uint64_t frame);
void mipro_belief_acknowledged(struct path *p, uint64_t frame);

#endif
