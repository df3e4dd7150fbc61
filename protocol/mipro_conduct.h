/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_conduct.h - the rules over several messages, as a pure state machine.
 *
 * In: messages with their time, ends and verdicts, in the order of the capture.
 * Out: findings.  It reads no clock, file or key and prints nothing, so that the verifier and
 * the plugin's first pass give the same results.
 *
 * State belongs to home addresses.  Each is in one of MIPRO_SHARDS shards, chosen by its hash; the
 * shards share nothing but the clock, agents that advertise, announced nonces, nodes without a home
 * address and datagrams with missing fragments (conduct/private.h).  Anything that involves two
 * home addresses is collected and decided later (mipro_namesake.h).  A machine may keep only some
 * shards (config.part, config.parts).  As many machines as there are parts find together what a
 * single one finds, provided that each gets all events of its own shards, and the time,
 * advertisements, fragments, announced nonces and registrations that name a node of all.
 *
 * Memory is bounded: the table holds at most so many home addresses, and drops one
 * that was not used lately (second chance); what belongs to one home address is
 * bounded too.  What was dropped is counted, and said by the caller, for a finding
 * may have been lost with it.
 *
 * Frames are the caller's numbers, from 1, ascending.
 *
 * Frames less than the tolerance apart have no order.  Where a rule depends on one, and
 * wherever something else than a fault could explain what was seen, nothing is found: the case
 * is counted, by rule and reason (enum mipro_undecided).
 *
 * Stamps may be missing (MIPRO_TIME_NONE: no rule that needs a time judges such a message).
 * One that leaps, backwards by the tolerance or forwards by more than a day, is believed when
 * the next frame agrees with it; until then, and over the leap, time stands still.  What waited
 * for an answer over a leap is undecided.  Where stamps go backwards the machine begins anew, as at
 * the start of a capture: nothing is found across such a step, and it is counted.
 *
 * Unproven messages change nothing: those whose authenticator is bad or missing, and those
 * under an SPI that none of the associations of their two ends has.  Where no key is known for
 * two ends, or the message was cut, it is taken at face value, for a capture without keys must
 * be readable too.
 */
#ifndef MIPRO_CONDUCT_H
#define MIPRO_CONDUCT_H

#include "mipro_rules.h"

struct mipro_rate {
    unsigned n;       /* more than n ... */
    int64_t interval; /* ... in any interval of this length, in nanoseconds */
};

#define MIPRO_SHARDS 64u
#define MIPRO_RATE_MAX 1000u /* a greater n is reduced to this */

struct mipro_conduct_config {
    struct mipro_settings set;
    struct mipro_rate update_rate;  /* rate-updates; default 5 in 10 s; n <= MIPRO_RATE_MAX */
    struct mipro_rate warning_rate; /* rate-warnings; default 5 in 10 s */
    int64_t ack_timeout;            /* for all answers, from the first transmission; default 5 s */
    int64_t tolerance;              /* frames less than this far apart have no order; default 1 s */
    size_t max_homes;               /* home addresses remembered, 0: a default */
    /*
     * The shards that are kept: i % parts == part; parts 0: all.  With part == parts there are
     * none, and the machine only tracks the time.
     */
    unsigned part, parts;
    unsigned shards; /* 0: MIPRO_SHARDS; affects which state is dropped */
    /*
     * If a home address has more correspondents than this, they are looked up in a table (0: a
     * default).  What is found does not depend on it.
     */
    unsigned crowd;
};
struct mipro_conduct_config mipro_conduct_defaults(void);

/*
 * Why a rule over several messages could not be judged, in a case that may or may not be a fault.
 * Each such case is counted once, by its rule.
 */
enum mipro_undecided {
    MIPRO_UNDECIDED_SILENCE,   /* no frame for more than a day while an answer was due */
    MIPRO_UNDECIDED_CLOCK,     /* the clock of the capture was changed, or times are missing */
    MIPRO_UNDECIDED_END,       /* the capture ends before the time limit */
    MIPRO_UNDECIDED_BEGINNING, /* its cause may be before the start of the capture */
    MIPRO_UNDECIDED_FORGOTTEN, /* state about it was dropped, or part of it was not captured */
    MIPRO_UNDECIDED_OUTCOME,   /* the answer that decides it was not captured, or is another's */
    MIPRO_UNDECIDED_KEYS,      /* no key for an authenticator that it depends on */
    MIPRO_UNDECIDED_ORDER,     /* frames closer than the tolerance: either may be the first */
    MIPRO_UNDECIDED_REASONS
};
/* "silence": the member of JSON; and a phrase for the user. */
const char *mipro_undecided_name(enum mipro_undecided reason);
const char *mipro_undecided_text(enum mipro_undecided reason);

/* Kinds of state dropped for lack of room.  Dropping never causes a finding. */
enum mipro_dropped {
    MIPRO_DROPPED_HOMES,          /* home addresses, with all their state */
    MIPRO_DROPPED_CORRESPONDENTS, /* senders and receivers of messages about a home address */
    MIPRO_DROPPED_IDENTS,         /* identifications that were used */
    MIPRO_DROPPED_REGISTRATIONS,
    MIPRO_DROPPED_HANDOFFS,
    MIPRO_DROPPED_WAITING, /* messages that waited for another */
    MIPRO_DROPPED_COPIES,  /* datagrams by which copies are recognized */
    MIPRO_DROPPED_AGENTS,  /* agents that advertised */
    MIPRO_DROPPED_FRAGMENTS,
    MIPRO_DROPPED_CHALLENGES, /* challenges that mobile nodes were given */
    MIPRO_DROPPED_UNMATCHED,  /* answers whose home address may differ from their question's */
    MIPRO_DROPPED_KINDS
};
/* "homes": the member of JSON; and a phrase for the user, in the plural. */
const char *mipro_dropped_name(enum mipro_dropped kind);
const char *mipro_dropped_text(enum mipro_dropped kind);

/* Frames whose timestamp is earlier than that of the previous frame. */
struct mipro_disorder {
    uint64_t n;                      /* how often by the tolerance or more */
    uint64_t frame;                  /* the first such frame; 0: none */
    uint64_t n_little, frame_little; /* the same by less than the tolerance */
};

/* The counts of a machine so far. */
struct mipro_conduct_totals {
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS];
    uint64_t copies; /* copies of datagrams; rules over several messages ignore them */
    uint64_t dropped[MIPRO_DROPPED_KINDS];
    struct mipro_disorder disorder;
};
void mipro_conduct_totals_add(
    struct mipro_conduct_totals *to, const struct mipro_conduct_totals *more);
/* The number of cases with one reason, and of all. */
uint64_t mipro_undecided_of_reason(
    const struct mipro_conduct_totals *t, enum mipro_undecided reason);
uint64_t mipro_undecided_of_all(const struct mipro_conduct_totals *t);
/* The number of entries dropped, of all kinds. */
uint64_t mipro_dropped_of_all(const struct mipro_conduct_totals *t);

/*
 * A question (a Binding Update or Registration Request) that had no answer when its time limit
 * passed, or an answer that matched no question about its home address; or a claim, that an answer
 * has the wrong identification, which holds unless the capture lacks messages.  See
 * mipro_namesake.h.
 */
enum mipro_open_kind {
    MIPRO_OPEN_QUESTION,
    MIPRO_OPEN_ANSWER,
    MIPRO_OPEN_ALONE, /* either of them, which nothing can match */
    MIPRO_OPEN_CLAIM
};
struct mipro_open {
    enum mipro_open_kind kind;
    bool says;                      /* if no match is found, the finding is reported, ... */
    enum mipro_undecided undecided; /* ... or this is counted; MIPRO_UNDECIDED_REASONS: neither */
    bool taken;
    int64_t time; /* by the machine's clock */
    uint64_t ident;
    struct mipro_finding finding;
};

/* How one message belongs to another. */
enum mipro_tie {
    MIPRO_TIE_ANSWER,      /* a Binding Update answers a Binding Request */
    MIPRO_TIE_ACKNOWLEDGE, /* a Binding Acknowledge a Binding Update */
    MIPRO_TIE_REPLY,       /* a Registration Reply a Registration Request, of the same hop */
    MIPRO_TIE_WARNED,      /* a Binding Update is due to a Binding Warning */
    MIPRO_TIE_NOTICE       /* a Binding Update is made of a PFAN */
};

/*
 * Receives the results; each function may be NULL.  Called from within see(), advert(),
 * tunnel(), tick() and end().  A finding is about its frame, which may be an earlier one (never
 * below mipro_conduct_horizon()); findings are not ordered by frame.  The finding and
 * its text are valid until the function returns.
 */
struct mipro_conduct_sink {
    void *ctx;
    void (*finding)(void *ctx, const struct mipro_finding *finding);
    /*
     * The final verdict on the first PFAN of the message in frame: called once for each
     * message with a PFAN among its authenticators, immediately, or when its Binding Update is
     * seen, or at the time limit or the end.  auth is NULL if nothing changed, else the new
     * verdict.
     */
    void (*pfan)(void *ctx, uint64_t frame, const struct mipro_auth *auth);
    /*
     * The message in frame belongs to that in to, as the rules take it: who answers whom.  Either
     * may have been captured first.  Of a retransmission only the first transmission is told, of
     * copies the first sighting.  proven is false where one of them is unproven, so that the rules
     * make nothing of it, but the answer has the ends and the identification of the question.
     */
    void (*tie)(void *ctx, enum mipro_tie tie, uint64_t frame, uint64_t to, bool proven);
    /* With config.parts: a case that only a merge of all parts can decide.  NULL: decide here. */
    void (*open)(void *ctx, const struct mipro_open *open);
};

struct mipro_conduct;
struct mipro_conduct *mipro_conduct_new(
    const struct mipro_conduct_config *config, const struct mipro_conduct_sink *sink);
void mipro_conduct_free(struct mipro_conduct *c);

/*
 * How far the clock of a message's timestamp is ahead of another clock, if its receiver refused
 * it for its identification (133).
 */
enum mipro_clock_of {
    MIPRO_CLOCK_UNKNOWN,  /* no difference is known */
    MIPRO_CLOCK_RECEIVER, /* of who refused it: a home agent says what its clock is (RFC 2002 5.6)
                           */
    MIPRO_CLOCK_CAPTURE
};
struct mipro_clock_difference {
    int32_t seconds; /* negative: it is slow */
    enum mipro_clock_of of;
};
/* "capture": the value in JSON; NULL if it is unknown.  And a sentence without a full stop. */
const char *mipro_clock_name(enum mipro_clock_of of);
#define MIPRO_CLOCK_TEXT 100u /* room for it */
void mipro_clock_difference_text(const struct mipro_clock_difference *d, char *text, size_t size);

/* A message of types 1, 3, 16-19, framed and judged. */
struct mipro_event {
    uint64_t frame;
    int64_t time;
    /* What was looked up for it ahead, after all three steps; or NULL. */
    const struct mipro_ahead *ahead;
    uint32_t src, dst; /* of the innermost IP header */
    const struct mipro_message *message;
    struct mipro_auth *auth; /* results of mipro_auth_each() */
    size_t n_auth;
    uint64_t content; /* mipro_conduct_content() of the message, or 0: computed when needed */
    /*
     * Its datagram, to recognize copies: the IP identification, and a hash of TTL, link layer,
     * tunnel and interface, in which copies may differ.  Without has_datagram it is never
     * treated as a copy.
     */
    bool has_datagram;
    uint64_t datagram; /* mipro_conduct_datagram(), or 0: computed when needed */
    uint16_t ip_id;
    uint32_t way;
    /* To judge a PFAN with its Binding Update; may be NULL.  Valid until mipro_conduct_end(). */
    const struct mipro_keyring *ring;
    uint64_t copy_of; /* set by mipro_conduct_see(): the frame of the first copy, or 0 */
    bool rejudged;    /* set by mipro_conduct_see(): a verdict in auth has changed */
    struct mipro_clock_difference
        refused; /* set too: for an answer with 133, the refused message */
};

/*
 * To look up a message about homeaddr, whose mipro_conduct_datagram() is datagram, before its turn:
 * the state that it needs is fetched into the cache while others are processed.  Each step needs
 * what the one before prefetched, so they are best taken some messages apart.  Looking up changes
 * no state, and what was found is used only as far as it still holds.
 */
struct mipro_ahead {
    struct shard *shard; /* NULL: it is not kept */
    union {
        uint64_t place;    /* after the first step: in the table, whatever its size */
        struct home *home; /* after the second: NULL if it was not there; */
    } u;
    uint64_t changes; /* of the table, since which what was found may no longer hold */
};
void mipro_ahead_slot(
    const struct mipro_conduct *c, struct mipro_ahead *ahead, uint32_t homeaddr, uint64_t datagram);
void mipro_ahead_home(struct mipro_ahead *ahead, uint32_t homeaddr, uint64_t datagram);
void mipro_ahead_records(const struct mipro_ahead *ahead);

/*
 * Hashes by which a message and its datagram are recognized.  Compute them while the octets are in
 * the cache: when the message is seen, they may no longer be there.
 */
uint64_t mipro_conduct_content(const uint8_t *octets, size_t captured);
uint64_t mipro_conduct_datagram(
    const uint8_t *octets, size_t captured, size_t len, uint32_t src, uint32_t dst, uint16_t ip_id);

#define MIPRO_RUN_STEP (60 * MIPRO_SECOND) /* a larger step of timestamps may be doubted */

/*
 * What is known about the I bit of the Binding Update that a Binding Acknowledge answers, before
 * the acknowledge is finally parsed: the latest update between the reversed ends about this home
 * address (ruling 1).
 */
enum mipro_ident_hint mipro_conduct_ident_hint(
    const struct mipro_conduct *c, uint32_t src, uint32_t dst, uint32_t homeaddr);

/*
 * Process a message.  First decides, in event->auth, the verdict on a Binding Update with the
 * SPI and authenticator of a PFAN seen before (either coverage is good, 5.1).  Includes
 * mipro_conduct_tick() for its frame and time, as do the next two functions.
 */
void mipro_conduct_see(struct mipro_conduct *c, struct mipro_event *event);

/*
 * The beginning of a message was seen, such as its first fragment, but the rest may never be
 * captured: from now on no node is blamed because the message is missing.  auth is not used.  If
 * the message is reassembled later, call mipro_conduct_see() as for any other.
 */
void mipro_conduct_begun(struct mipro_conduct *c, struct mipro_event *event);

/*
 * Process a fragment of an incomplete UDP datagram, and note when the datagram is complete.  Until
 * then it may be any message between its ends, unless known: it was passed to
 * mipro_conduct_begun(), or is not one of our messages.  id identifies the datagram of a fragment.
 */
struct mipro_datagram_id {
    uint32_t src, dst, id;
};
void mipro_conduct_piece(struct mipro_conduct *c, uint64_t frame, int64_t time,
    const struct mipro_datagram_id *datagram, bool known);
void mipro_conduct_whole(struct mipro_conduct *c, uint64_t frame, int64_t time,
    const struct mipro_datagram_id *datagram);

/* Process an agent advertisement; agent is the IP source (rule handoff-advertised). */
void mipro_conduct_advert(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t agent,
    const struct mipro_advert *advert);

/*
 * Process a packet tunneled from src to dst, whose inner packet is for homeaddr (rule
 * stale-forwarding, whose findings have message 0).
 */
void mipro_conduct_tunnel(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t src,
    uint32_t dst, uint32_t homeaddr);

/*
 * Process the timestamp of a frame: whatever has waited longer than the limit is decided.  For
 * frames that are not passed to any function above; a frame may be passed more than once.
 */
void mipro_conduct_tick(struct mipro_conduct *c, uint64_t frame, int64_t time);
/*
 * Settle everything that is due by now, so that the horizon is as high as it can be.  Calling it
 * more or less often does not change what is found.
 */
void mipro_conduct_flush(struct mipro_conduct *c);
/*
 * A registration that names its mobile node by an NAI: as that may have no home address yet, the
 * machines of all parts must see it, like messages that announce nonces.
 */
bool mipro_conduct_finds_node(const struct mipro_message *m);
static inline bool
mipro_conduct_names_node(const struct mipro_message *m)
{
    return mipro_message_type(m) <= MIPRO_REGISTRATION_REPLY && m->n_ext != 0 &&
           (m->n_ext > 1 || m->first.type == MIPRO_EXT_NAI) && mipro_conduct_finds_node(m);
}
/* Which shard a home address belongs to, of n. */
unsigned mipro_conduct_shard(uint32_t homeaddr, unsigned n);
/* The time that it has come to: it goes only forward.  MIPRO_TIME_NONE at first. */
int64_t mipro_conduct_clock(const struct mipro_conduct *c);
/*
 * The capture ends: whatever still waits is undecided; PFANs get their final verdicts.
 */
void mipro_conduct_end(struct mipro_conduct *c);

/*
 * The lowest frame that a later finding or final verdict may be about;
 * UINT64_MAX if nothing waits.  Records of frames below it can be printed.
 */
uint64_t mipro_conduct_horizon(const struct mipro_conduct *c);
void mipro_conduct_totals(const struct mipro_conduct *c, struct mipro_conduct_totals *totals);
/* Memory that it takes now, in octets. */
size_t mipro_conduct_octets(const struct mipro_conduct *c);
/* The number of entries dropped for lack of room so far. */
uint64_t mipro_conduct_dropped(const struct mipro_conduct *c);

/*
 * What a node believes after a Binding Update, for the plugin; to be called after
 * mipro_conduct_see() for that update.
 */
struct mipro_belief {
    uint64_t frame; /* of the Binding Update */
    bool deletes;   /* there is no entry any more */
    uint32_t coa;
    int64_t expires;   /* INT64_MAX: never */
    bool had_previous; /* an entry that this one supersedes or deletes */
    uint64_t previous_frame;
};
bool mipro_conduct_belief(
    const struct mipro_conduct *c, uint32_t node, uint32_t homeaddr, struct mipro_belief *belief);
/* When the binding of this update, received at this time, expires; INT64_MAX: never. */
int64_t mipro_belief_end(const struct mipro_message *update, int64_t time);

#endif
