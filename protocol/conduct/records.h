/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * records.h - the records of the state machine; private to this folder.
 *
 * For each home address: which node sent what to which about it (flows), its registrations
 * (registry), authenticated identifications (sequences), and messages that wait for others (waits).
 * Each message accesses a few of these; the members that are accessed first come first.
 */
#ifndef MIPRO_CONDUCT_RECORDS_H
#define MIPRO_CONDUCT_RECORDS_H

#include "conduct/list.h"
#include "mipro_conduct.h"

/* Does a message have an identification, or was it not captured? */
enum ident_state { IDENT_NONE, IDENT_SOME, IDENT_UNSEEN };

struct ident {
    uint64_t value;
    enum ident_state state;
};

/* A home address and its state: one cache line. */
struct home {
    uint32_t addr;
    /* The last member of each word is counted most often: that needs no mask. */
    uint32_t n_targets : 9;
    uint32_t n_flows : 12;
    uint32_t n_waits : 11;
    uint32_t epoch : 11;     /* of the machine when it was made */
    uint32_t n_reported : 5; /* of those that wait: kept because they were reported */
    uint32_t used : 1;       /* since the table last looked for one to drop */
    uint32_t lossy : 1;      /* the capture lacks messages about it: see mipro_is_proven() */
    uint32_t crowded : 1;    /* what it has is looked up by its correspondents: see peers.c */
    uint32_t is_node : 1;    /* it stands for a node that has none: see nodes.h */
    uint32_t n_sequences : 12;
    uint32_t unknown_spis;     /* until this second what has an unknown SPI may be answered */
    struct home *next_to_drop; /* in the queue of those to drop */
    struct flow *flows;
    struct sequence *sequences;
    struct registry *registry;
    /* Rings of struct wait by.home: the oldest, or NULL. */
    struct list_link *targets; /* WAIT_TARGET, of which there may be many */
    struct list_link *waits;   /* all others */
};

_Static_assert(sizeof(void *) != 8 || sizeof(struct home) == 64, "one line of the cache");

/* A recent Binding Update on a flow. */
#define RECENT_A 0x01u
#define RECENT_FORGED 0x02u  /* its authenticator is bad */
#define RECENT_GENUINE 0x04u /* its authenticator is good */
#define RECENT_WAITS 0x08u   /* there is a struct wait, which decides */
#define RECENT_ANSWERED 0x10u
/* Forged, or a request: there is no authenticator.  Any other update: its acknowledge has none. */
#define RECENT_BARE 0x20u
#define RECENT_REPORTED 0x40u /* that its acknowledge is missing, or that it was accepted */
#define RECENT_CUT 0x80u      /* it was not captured whole */
#define RECENT_FRAME (UINT64_MAX >> 16)
/* Packed, so that a flow with the usual number of stamps fills five cache lines. */
struct recent {
    uint64_t frame : 48; /* 0: no entry; no capture has more frames */
    uint64_t flags : 8;
    uint64_t ident_state : 8;
    uint64_t ident;
};

_Static_assert(sizeof(struct recent) == 16, "the stamps of a flow begin where they should");
_Static_assert(RECENT_CUT <= UINT8_MAX, "flags have 8 bits");

/* The last binding that a node received, and what it believed before (rule stale-forwarding). */
struct belief {
    uint64_t frame; /* of the Binding Update; 0: none */
    uint64_t previous_frame;
    int64_t time;    /* by the machine's clock */
    int64_t expires; /* by the capture's timestamps, as shown to the user */
    uint32_t coa;
    uint32_t old[2];   /* care-of addresses received before; 0: none */
    uint16_t delay;    /* ms: it may have been received as late as this after time */
    uint8_t n_crossed; /* entries of old[] within the tolerance of this one: either may be newer */
    bool deletes : 1, had_previous : 1;
    bool acknowledged : 1;
    bool reported : 1;
    bool doubted : 1; /* it may be forged, or its receiver was told something else since */
    bool refused : 1; /* its receiver refused what it was told after it */
};

#define RECENT 4

struct stamp {
    int64_t time;
    /*
     * Its frame, 42 bits, the way by which it was seen first, in 6 bits, and above STAMP_DATAGRAM
     * what it is by its octets and IP identification, or 0.
     */
    uint64_t seen;
};

_Static_assert(sizeof(struct stamp) == 16, "four in a line of the cache");

enum flow_kind { FLOW_UPDATES, FLOW_WARNINGS };

/*
 * Binding Updates, or Binding Warnings, from one node to another about a home address.
 * The members that every message accesses are in the first cache line.
 */
struct flow {
    struct flow *next;    /* the one last used comes first; */
    struct flow *prev;    /* before that stands the last */
    struct flow *of_peer; /* of a crowded home address: see peers.c */
    uint32_t home, src, dst;
    uint32_t begun; /* until this second one that is not whole yet may be answered */
    uint16_t n_stamps, next_stamp;
    uint8_t kind;
    uint8_t next_recent;
    uint8_t now : 1;       /* which belief */
    uint8_t n_doubted : 7; /* not in stamp[], because they may be copies: see rates.c */
    bool cut;              /* some of recent[] were not captured whole */
    uint32_t hash[RECENT]; /* of the payloads of recent[] */
    uint16_t body[RECENT]; /* the same of what they tell, which even those that were cut show */
    /*
     * Of the identifications of updates that have no answer, and are no longer in mind: two
     * bits each, as of those in a Bloom filter.
     */
    uint64_t forgotten;
    struct recent recent[RECENT];
    struct belief belief[2]; /* of dst: the one that counts by now, and the one before it */
    struct stamp stamp[];    /* the latest, as many as the greater rate allows */
};

/* Who waits for what. */
enum wait_kind {
    WAIT_ACK,       /* a Binding Update with A, for its acknowledge */
    WAIT_UNMATCHED, /* a Binding Acknowledge that answers nothing seen: for its update */
    WAIT_FORGED,    /* a forged message: for an answer that accepts it */
    WAIT_ANSWER,    /* a Binding Request, for its Binding Update */
    WAIT_TARGET,    /* a Binding Warning, for a Binding Update to one of its targets */
    WAIT_ASKED,     /* a Registration Request: for a reply that names another home address */
    WAIT_REPLY,     /* a Registration Reply that answers nothing seen: for its request */
    WAIT_HELD,      /* a finding that depends on an order, until the tolerance is over */
    WAIT_HANDOFF,   /* a registration with PFAN, for its reply, then for the Binding Update */
    WAIT_PFAN       /* a PFAN that is bad, for the Binding Update that may settle it */
};
#define WAIT_KINDS (WAIT_PFAN + 1)

#define WAIT_AGAIN 4

/* The relevant fields of a Registration Reply. */
struct registered {
    uint64_t frame;
    uint64_t ident;
    int64_t time; /* by the machine's clock */
    uint32_t agent, home;
    uint16_t life;
    uint8_t code;
    bool forged; /* it answers a forged request */
    bool named;  /* it has an NAI */
    bool cut;    /* its authenticator was not captured whole, and may be bad */
};

struct wait {
    struct {
        struct list_link time;  /* by deadline: the limit is constant, so each list is a queue */
        struct list_link frame; /* by frame: the first one determines the horizon */
        struct list_link home;
        struct list_link peer; /* of a crowded home address: see peers.c */
    } by;
    struct home *home;
    uint64_t frame; /* of the first transmission */
    int64_t deadline, time;
    int64_t gap; /* the length of a gap without frames during which it waited; else 0 */
    uint64_t hash;
    struct ident ident;
    uint32_t src, dst;
    uint8_t kind, type;
    /* What is 0 at first is together, so that one store clears it. */
    uint8_t n_again;
    uint8_t flags;       /* WAIT_ACK and WAIT_FORGED: RECENT_ bits; WAIT_ANSWER: _CUT, _BARE */
    bool excused;        /* a missing answer is no fault: a rate limit may have held it back */
    bool superseded;     /* a newer message between its ends took its place: nothing is due */
    bool begun;          /* the beginning of what may answer it was seen; the rest may be missing */
    bool reported;       /* done, and kept for long */
    bool done;           /* not judged any more: kept for retransmissions and answers */
    bool answered_early; /* WAIT_ACK: an acknowledge before it may be its, or another's */
    union {
        struct { /* WAIT_ANSWER: the first Binding Update that would be the answer, but ... */
            uint64_t frame;
            int64_t time;
            struct ident ident;
            uint64_t unseen; /* see mipro_wait_unseen() */
        } odd;
        struct {            /* WAIT_UNMATCHED */
            uint64_t frame; /* 0 */
            /* Frame of a matching update that did not ask or is already answered; or 0. */
            uint64_t other;
            /* mismatched: the identification of other, which waited for another acknowledge */
            uint64_t expected;
            uint8_t expected_state; /* enum ident_state */
            uint8_t status;
            uint8_t doubt; /* enum mipro_undecided: a reason not to blame its sender, if any */
            bool mismatched : 1;
            bool proven : 1;  /* mismatched: see mipro_is_proven() */
            bool unasked : 1; /* other did not ask for an acknowledge */
            bool vague : 1;   /* unasked, and the identification of other was not captured */
            bool used : 1;    /* other waited for it, and now has its answer */
            bool forged : 1;  /* used: other is forged */
            bool bare : 1;    /* it has no authenticator, although its ends have keys */
            bool cut : 1;     /* its authenticator was not captured whole, and may be bad */
            bool early : 1;   /* within the time limit of the first frame */
            bool awaited : 1; /* at that time an update waited for another acknowledge */
            bool longer : 1;  /* it waits until an update that still waits is decided */
        } unmatched;
        struct {           /* WAIT_FORGED for an update: the fields to compare with a PFAN */
            uint64_t hash; /* of the authenticator; size 0: none */
            uint32_t spi, coa;
            uint16_t life;
            uint8_t size;
            bool asks; /* A */
        } made;
        struct registered reply; /* WAIT_REPLY */
        struct {                 /* WAIT_FORGED for a Registration Request */
            uint64_t answer;     /* RECENT_ANSWERED: a hash of the reply */
            int64_t refused;     /* when it was with 131, by the machine's clock, */
            bool is_refused;     /* if it was */
            uint8_t method;      /* enum mipro_replay */
            uint32_t agent;
        } asked;
        struct held *held;
        uint32_t target;
        struct {             /* WAIT_ACK */
            uint64_t unseen; /* the same */
            uint32_t spi;    /* of a genuine update: that of its authenticator */
        } ack;
        struct handoff *handoff;
        struct pending *pending;
    } u;
    uint64_t again[WAIT_AGAIN]; /* frames of retransmissions */
};

/*
 * Authenticated content, and where it was seen: the last few, and with nonces OLD more.  With
 * timestamps these are not needed: older content has a timestamp before the newest.
 */
#define OLD 64
struct old {
    uint64_t ident[OLD];
    struct {
        uint64_t frame; /* 0: no entry */
        int64_t time;   /* by the machine's clock */
        uint64_t hash;
        uint16_t ip_id, way, again;
    } seen[OLD];
    uint8_t next;
};
#define CONTENTS 4
struct sequence {
    struct sequence *next, *prev; /* as those of a flow */
    struct sequence *of_peer;     /* the same */
    uint32_t home;
    uint32_t a, b; /* the ends of the association */
    uint32_t spi;  /* with nonces: a chain belongs to one association; else 0 */
    uint64_t node; /* which had the home address then, by a hash of its NAI (nodes.h); or 0 */
    uint8_t type, ext;
    uint8_t next_content : 2, last : 2;  /* the room for the next, and the newest */
    bool has_newest : 1, has_before : 1; /* timestamps: the newest, and the one before it */
    bool has_chain : 1;                  /* nonces */
    bool had_chain : 1;                  /* before the update in chain_frame */
    uint32_t chain_before;
    uint64_t newest, newest_frame;
    int64_t newest_time; /* by the machine's clock, as is before_time */
    uint64_t before, before_frame;
    int64_t before_time;
    struct old *old; /* with nonces, the entries that no longer fit here; or NULL */
    uint64_t ident[CONTENTS];
    struct {
        uint64_t frame; /* 0: no entry */
        int64_t time;   /* by the machine's clock */
        uint64_t hash;
        uint32_t hop[2];     /* hashes of sender and receiver; with a foreign agent two hops */
        uint16_t ip_id, way; /* of the datagram, 0 if unknown */
        uint16_t again;      /* the IP identification of the last retransmission, or 0 */
        bool refused;        /* with 133: it did not move its receiver's sequence */
    } seen[CONTENTS];
    uint32_t chain[2]; /* the nonce expected next: after the last message, or in its own chain */
    uint64_t chain_frame;
};

_Static_assert(CONTENTS == 4, "next_content and last have two bits");
_Static_assert(sizeof(void *) != 8 || sizeof(struct sequence) == 320, "five lines of the cache");

/* Registrations of a home address. */
#define REQUESTS 4
#define GRANTS 4 /* home agents at once */
struct asked {
    uint64_t frame; /* 0: no entry */
    uint64_t ident;
    uint64_t hash;   /* of the fixed part, which a foreign agent does not change */
    int64_t time;    /* by the machine's clock */
    uint64_t name;   /* to whom its home address may have been assigned: struct elsewhere */
    uint64_t hop[2]; /* frames of its first hop, and of the last other one */
    uint32_t agent, coa;
    uint32_t spi;            /* if it is genuine: that of the authenticator which says so */
    uint32_t src[2], dst[2]; /* the nodes of hop */
    uint8_t method;          /* enum mipro_replay */
    bool relayed : 1;        /* there is another hop */
    bool genuine : 1;        /* its authenticator is good, */
    bool unchecked : 1;      /* but it has one for others, which may be what was refused */
    bool private : 1, simultaneous : 1;
    bool cut : 1; /* its authenticator was not captured whole on any hop */
    bool granted : 1;
    bool backwards : 1; /* by its timestamp it is older than one before it */
    bool settled : 1;   /* its reply was seen, whatever it said */
    bool goes_on : 1;   /* with nonces, from what the reply before it brought */
    bool elsewhere : 1; /* of a node: it has a home address, where it is judged */
};
struct granted {
    uint64_t frame; /* of the reply; 0: no entry */
    uint64_t request_frame;
    uint64_t ident;
    uint64_t name; /* as that of its request */
    int64_t asked; /* when its request was first captured; without a request, the same as time */
    int64_t time;  /* of the reply, by the machine's clock */
    int64_t until; /* by the machine's clock; INT64_MAX: no end; MIPRO_TIME_NONE: unknown */
    int64_t sure_until; /* the same without those that only perhaps go on */
    uint32_t agent;
    uint32_t coa;         /* of the request, 0: unknown */
    uint16_t life;        /* of the binding that lasts longest, as is until */
    bool private : 1;     /* so is every binding that the home agent has */
    bool coa_private : 1; /* so is the one of coa, */
    bool old_private : 1; /* and so is another one, which goes on beside it */
    bool private_known : 1;
    bool several : 1;   /* bindings at once, as far as is known, */
    bool perhaps : 1;   /* or only the last, by code 1 */
    bool unending : 1;  /* bindings from before the capture may go on beside it, without end */
    bool crossed : 1;   /* granted so close to the one before that either may be the newer */
    bool overtaken : 1; /* of a later request or reply was captured only that there was one */
    bool request_cut : 1, reply_cut : 1; /* its authenticator was not captured whole */
};
struct registry {
    struct handoff *handoffs;    /* the newest comes first */
    struct challenge_set *given; /* by replies; or NULL */
    uint8_t next_asked, next_granted;
    uint32_t forgotten; /* until this second a request that is no longer known may be answered */
    uint32_t begun;     /* until this second a request that was cut, and is not known, may be */
    uint32_t replayed_until; /* until this second the home agent may answer a replayed request */
    uint64_t replayed;       /* its identification */
    uint64_t node;           /* by a hash: to whom the home address was assigned; 0: unknown */
    /* Perhaps: it was granted to a node that names itself, whose request was not captured. */
    bool assigned;
    struct asked asked[REQUESTS];
    struct granted granted[GRANTS];
};

/* A Previous Foreign Agent Notification. */
struct handoff {
    struct handoff *next;
    struct wait *wait; /* WAIT_HANDOFF, or NULL */
    uint64_t frame;
    uint64_t granted_frame;
    uint64_t made_frame; /* of its Binding Update; 0: none was seen */
    uint64_t ident;
    uint32_t agent; /* home agent */
    uint32_t previous, coa, spi;
    uint32_t asked[2]; /* the foreign agent: where the request went, and its care-of address */
    uint64_t hash;     /* of the authenticator */
    uint16_t life;
    uint8_t size; /* octets of the authenticator */
    bool open;    /* its Binding Update is due, but was not seen yet */
    bool made;    /* an update that is just like it was seen, or may be, as it was cut */
    /*
     * Just before it the previous agent was sent an update that proves nothing: it may be the one
     * that is due, altered.
     */
    bool doubted;
};

/* A finding that depends on an order, and data that may still contradict it. */
enum held_kind {
    HELD_REGISTRATION,
    HELD_BELIEF,
    HELD_ADVERTISED,
    HELD_HANDOFF,
    HELD_NONCE,
    HELD_REPLAY,
    HELD_REFUSED,
    HELD_RATE,
    HELD_TWIN
};
#define HELD_KINDS (HELD_TWIN + 1)
struct held {
    enum held_kind kind;
    struct mipro_finding finding;
    /* The message that it contradicts: the reply, request with PFAN, or previous update. */
    uint64_t granted_frame;
    int64_t now;
    uint32_t agent; /* home agent, or the foreign agent asked */
    /*
     * HELD_ADVERTISED: the agent has advertised smooth handoffs since; HELD_REPLAY: the receiver
     * refused it; HELD_NONCE: it, or the one before it, was an answer; HELD_HANDOFF: it is forged,
     * perhaps not by the agent that was asked.
     */
    bool excused;
    bool accepted; /* HELD_REPLAY: the receiver accepted it */
    bool stub;     /* HELD_REGISTRATION: it was cut so short that no copy of it is recognized */
    uint32_t coa, life; /* of the update; coa of a tunneled packet: its destination */
    uint32_t spi;       /* HELD_HANDOFF, with coa and life: what the PFAN would contain */
    uint32_t
        nonce; /* HELD_NONCE: the one not announced by a Binding Update, on the sequence of spi */
    uint64_t ident;               /* HELD_NONCE: of the Binding Update; HELD_TWIN: of the answer */
    enum ident_state ident_state; /* HELD_TWIN */
    uint64_t hash;
    uint8_t size;
};

/* A PFAN that matched no reconstructed body, with a copy of its request. */
struct pending {
    struct mipro_scene scene;
    struct mipro_auth auth;
    uint64_t hash; /* of the authenticator */
    uint32_t previous;
    size_t captured, len;
    struct mipro_settings set;
    uint8_t octets[];
};

_Static_assert(sizeof(((struct wait *)0)->u) == sizeof(struct registered),
    "mipro_wait_begin() clears all of it");

#define MAX_FLOWS 2048     /* of a home address */
#define MAX_SEQUENCES 2048 /* of a home address */
#define MAX_HANDOFFS 64    /* of a home address */
#define MAX_TARGETS 400    /* of a home address; a warning has room for 365 */
#define MAX_HOME_WAITS 1024
#define RESERVED_WAITS 512
#define MAX_PENDING 1024
#define MAX_HELD 32768
#define MAX_PENDING_LEN 2048

#endif
