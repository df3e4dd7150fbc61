/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * case.h - the catalogue: what is wrong, with what, and what a right node does.
 *
 * A case is a recipe over good messages.  Each step composes one, and its
 * operations run in order: those before OP_SIGN damage what is signed, those
 * behind it leave a wrong authenticator.  To add a case: a row in case_table.c.
 * Ids are stable for ever.
 *
 * The same recipes serve `case` (to a file or an interface) and `test` (which
 * waits for answers).
 */
#ifndef INJ_CASE_H
#define INJ_CASE_H

#include "compose/compose.h"
#include "cli/options.h"

/* Who is tested.  A receiver of Binding Updates is a correspondent or a previous agent. */
enum inj_target { INJ_RECEIVER, INJ_HOME_AGENT, INJ_FOREIGN_AGENT, INJ_MOBILE_NODE };

/* What a node may answer: bits. */
#define INJ_SILENCE 0x00001u
#define INJ_ACK_0 0x00002u
#define INJ_ACK_129 0x00004u
#define INJ_ACK_131 0x00008u
#define INJ_ACK_133 0x00010u
#define INJ_ACK_134 0x00020u
#define INJ_ACK_OTHER 0x00040u /* any other status but 0 */
#define INJ_UPDATE 0x00080u    /* Binding Update: to whoever asked, a target, the previous agent */
#define INJ_REPLY_0 0x00100u
#define INJ_REPLY_67 0x00200u
#define INJ_REPLY_70 0x00400u
#define INJ_REPLY_131 0x00800u
#define INJ_REPLY_134 0x01000u
#define INJ_REPLY_136 0x02000u
#define INJ_REQUEST 0x04000u /* a Binding Request, to resynchronize */
#define INJ_OWN 0x08000u     /* what it does of itself: a Registration Request with PFAN, data */
#define INJ_REPLY_129 0x10000u
#define INJ_REPLY_133 0x20000u
#define INJ_RELAYED 0x100000u     /* the registration was passed on to the home agent */
#define INJ_REPLY_OTHER 0x200000u /* any other code that denies */
#define INJ_ACK_NEGATIVE (INJ_ACK_129 | INJ_ACK_131 | INJ_ACK_133 | INJ_ACK_134 | INJ_ACK_OTHER)
#define INJ_REPLY_NEGATIVE                                                                         \
    (INJ_REPLY_67 | INJ_REPLY_70 | INJ_REPLY_129 | INJ_REPLY_131 | INJ_REPLY_133 | INJ_REPLY_134 | \
        INJ_REPLY_136 | INJ_REPLY_OTHER)
#define INJ_ANYTHING 0x3fffffu

/* What becomes of it on the way to port 434 (cases.md). */
enum inj_reach {
    INJ_ARRIVES,
    INJ_ALTERED, /* the host's stack shortens or changes it */
    INJ_DROPPED  /* Linux drops it before port 434: silence proves nothing */
};

/* Demands on the world, without which a case cannot be judged (it can be written all the same). */
enum inj_need {
    INJ_NEEDS_NOTHING,
    INJ_NEEDS_TIMESTAMPS, /* an association with replay "timestamp" */
    INJ_NEEDS_NONCES,     /* with "nonce" */
    INJ_NEEDS_REPLAY,     /* with either */
    INJ_NEEDS_MASTER,     /* a master key */
    INJ_NEEDS_EDGE_SPI,   /* associations of SPI 256 and 0xffffffff */
    INJ_NEEDS_OBSERVER    /* more than the answers: data plane, time, other nodes */
};

enum inj_op_kind {
    OP_END,
    /* What the message says; before it is composed. */
    OP_LIFE,
    OP_FLAGS,       /* arg replaces them */
    OP_ADD_FLAGS,   /* arg is added */
    OP_CLEAR_FLAGS, /* and here it is cleared */
    OP_PRIVATE,     /* P is added, wherever the draft has it */
    OP_STATUS,
    OP_HOME, /* arg: an address or NODE() */
    OP_CARE_OF,
    OP_AGENT,
    OP_NO_IDENT,
    OP_IDENT,       /* arg */
    OP_IDENT_SAME,  /* as the step before */
    OP_IDENT_SHIFT, /* the time of it moved by at (signed) seconds */
    OP_IDENT_NONCE, /* a low half that was not announced */
    OP_TARGETS,     /* at of them, beginning with arg; 0: none */
    OP_SAME_TARGET, /* at times arg */
    /* Where it goes; before or after composing. */
    OP_SOURCE,
    OP_DESTINATION,
    OP_SOURCE_PORT,
    OP_DESTINATION_PORT,
    OP_TUNNEL, /* ipip, from source to arg */
    OP_UDP_SUM,
    OP_UDP_LEN,   /* at is added */
    OP_IP_LEN,    /* at is added */
    OP_TRAILER,   /* at octets */
    OP_FRAGMENTS, /* arg: enum inj_fragments */
    OP_BALANCE,   /* choose the identification so that the UDP checksum computes to 0 */
    OP_OVERRUN,   /* choose the lifetime so that the octets behind 20 overrun as an extension */
    OP_AFTER,     /* at milliseconds behind the step before */
    OP_REPEAT,    /* at packets in all, each with an identification of its own */
    OP_SWEEP,     /* as OP_REPEAT, but with one identification: see OP_CUT_ROUND, OP_TYPE_ROUND */
    OP_LEAD,      /* leads up to the case and is good: not itself judged */
    OP_RESEND,    /* the octets of the step before, once more */
    /* Octets: each composes the message first, if none did. */
    OP_SET,          /* field at = arg */
    OP_TYPE,         /* the first octet = arg */
    OP_TYPE_ROUND,   /* the same, of the first packet of a sweep; each next has one more */
    OP_EXT,          /* extension of type arg, at octets of value */
    OP_OCTETS,       /* append at octets, the low ones of arg */
    OP_FILL,         /* skippable extensions until, with what signs it, there are at octets */
    OP_WARN,         /* Binding Warning extension for home arg (or NODE()) */
    OP_PFAN,         /* Previous Foreign Agent Notification */
    OP_PFAN_CARE_OF, /* before OP_PFAN: its new care-of address */
    OP_PFAN_AGENT,   /* before OP_PFAN: its previous agent */
    OP_SPI,          /* the next signature bears the SPI arg */
    OP_COVER_SPI,    /* the next signature covers the SPI though it should not, and vice versa */
    OP_OTHER_ALGORITHM,
    OP_BODY_ONLY,  /* the next signature covers the body, not type and length (5.1) */
    OP_SIGN,       /* append what signs this message; arg: the extension's type, 0 the usual */
    OP_SIGN_AGAIN, /* compute the authenticators over the octets as they are now */
    OP_LEN,        /* the length field of the last extension = arg, and nothing else */
    OP_FLIP,       /* invert the lowest bit of the octet at (negative: from the end) */
    OP_FLIP_AUTH,  /* the same, of octet at of the last authenticator (negative: from its end) */
    OP_SCRAMBLE,   /* the authenticator is one under another key */
    OP_CUT_ROUND,  /* to at octets the first packet of a sweep; each next is an octet longer */
    OP_CUT,        /* to at octets (negative: that many fewer) */
    OP_CUT_EXT     /* to where the length field of the last extension ends it */
};

enum inj_fragments { INJ_WHOLE, INJ_IN_ORDER, INJ_REVERSED, INJ_OVERLAPPING };

struct inj_op {
    enum inj_op_kind kind;
    int32_t at;
    uint64_t arg;
};

/* Nodes of the world, as an address in a recipe: NODE(HOME). */
enum inj_node {
    INJ_NODE_HOME,
    INJ_NODE_CARE_OF,
    INJ_NODE_SOURCE,
    INJ_NODE_DESTINATION,
    INJ_NODE_AGENT,    /* home agent */
    INJ_NODE_PREVIOUS, /* previous foreign agent */
    INJ_NODE_OTHER,    /* a mobile node that nobody serves; a correspondent */
    INJ_NODE_SUBNET    /* the broadcast address of the destination's subnet; 0: not known */
};
#define INJ_SYMBOL (UINT64_C(1) << 40)
#define NODE(name) (INJ_SYMBOL | INJ_NODE_##name)

#define INJ_OPS 12

struct inj_step {
    uint8_t message; /* enum mipro_type, INJ_ADVERTISEMENT, INJ_DATA */
    struct inj_op ops[INJ_OPS];
};

struct inj_case {
    const char *id;   /* "VAL-01" */
    const char *slug; /* "bu-min" */
    const char *section;
    const char *summary;
    enum inj_target target;
    const char *rule;   /* that it breaks; NULL: nothing of severity error is found */
    uint32_t expected;  /* answers that a right node gives: any of these bits */
    uint32_t tolerated; /* a WARN, no FAIL */
    enum inj_reach reach;
    bool link; /* the network layer would not do: frames of our own are needed */
    enum inj_need need;
    const struct inj_step *steps;
    size_t n_steps;
    /* Why no such case exists from draft gone on; NULL: it does in all of them. */
    const char *gone_why;
    enum mipro_draft gone;
};

extern const struct inj_case inj_cases[];
extern const size_t inj_n_cases;

/* NULL if there is none. */
const struct inj_case *inj_case_by_id(const char *id);
/* NULL if the case exists in this draft; else why it does not. */
const char *inj_case_missing(const struct inj_case *c, enum mipro_draft draft);
/* "VAL": the part of the id before the dash. */
void inj_case_group(const struct inj_case *c, char group[8]);
/* accepted, ignored, refused, refused-131, ..., any: the word of `cases --json`. */
const char *inj_case_expect(const struct inj_case *c);
/* The packets that this operation makes of its step together; 1 of any other operation. */
static inline unsigned
inj_op_packets(const struct inj_op *op)
{
    return op->kind == OP_REPEAT || op->kind == OP_SWEEP ? (unsigned)op->at : 1;
}

enum inj_phase { INJ_LEAD, INJ_JUDGED };

/* Room for the comment on a packet. */
#define INJ_NOTE 512
/* What a packet of a case is, its phase, and what is expected of the node: for its comment. */
void inj_case_note(
    const struct inj_case *c, unsigned step, enum inj_phase phase, char *text, size_t size);

/* Identifications that are times: so many differ by a counter, then the clock must have ticked. */
#define INJ_IDENTS_A_TICK 256u
#define INJ_IDENT_TICK (MIPRO_SECOND / 4096 + 1)

/* Between whom a case plays, and what its identifications go on from. */
struct inj_world {
    struct mipro_settings set;
    const struct mipro_keyring *ring;
    uint32_t spi;
    uint32_t source, destination;
    uint32_t home, care_of, agent, previous, other;
    enum inj_target target;
    uint32_t mask; /* of the destination's subnet; 0: not known, 24 bits are assumed */
    bool is_far;   /* the destination is on no subnet of ours */
    /* What the good message of each kind has, unless the recipe says otherwise. */
    uint16_t flags; /* besides A and I of a Binding Update, F and S of an advertisement */
    bool has_life;
    uint16_t life;
    const char *nai; /* of the mobile node, in a registration (RFC 2794); NULL: none */
    uint64_t seed;
    int64_t time;   /* of the next packet, ns since 1970: identifications are made of it */
    uint64_t n;     /* identifications given out */
    uint32_t nonce; /* that the peer was told to expect next (replay "nonce") */
    bool has_home_nonce;
    uint32_t home_nonce;  /* the home agent's: the high half of our next registration */
    uint8_t unsigned_ext; /* extension for which no association was found that can sign it; or 0 */
    bool has_echo;        /* a Binding Acknowledge copies this identification */
    uint64_t echo;
    bool has_request; /* a Registration Reply copies this identification */
    uint64_t request;
    struct mipro_candidate signer; /* the association of the SPI */
    enum mipro_replay replay;      /* its */
};

/*
 * Addresses of the options (source, destination, home, ...), with defaults where
 * they are silent, for a case of this target.  False, having complained, if the key file
 * has no association of the SPI between source and destination (of a mobile node:
 * between home and destination or source either).
 */
bool inj_world_begin(struct inj_world *w, const struct inj_options *o, enum inj_target target,
    const struct mipro_settings *set, const struct mipro_keyring *ring, int64_t time);

/* What the association of --spi cannot sign, since its algorithm answers a challenge. */
void inj_complain_of_signer(const struct inj_world *w, const char *what);

/* One packet of a case.  Borrowed until the next. */
struct inj_packet {
    enum inj_phase phase;
    unsigned step;   /* of the case, from 0 */
    int64_t after;   /* nanoseconds behind the packet before; -1: as the pace has it */
    uint8_t message; /* what it was composed as */
    bool has_ident;
    uint64_t ident;
    uint32_t home; /* as composed */
    bool asks;     /* a Binding Update with A: an answer is due if it is good */
    enum inj_fragments fragments;
    struct inj_envelope envelope;
    const uint8_t *payload;
    size_t len;
};
typedef bool inj_packet_fn(void *ctx, const struct inj_packet *packet);

/* Make the packets of a case, in order; stops when fn says false.  False also: no memory. */
bool inj_case_make(const struct inj_case *c, struct inj_world *w, inj_packet_fn *fn, void *ctx);

/*
 * A good message that the target answers if it is alive: a Binding Update to a
 * receiver, a Binding Request to a home agent, a Registration Request with PFAN to a
 * foreign agent, an advertisement to a mobile node.
 */
extern const struct inj_case inj_controls[]; /* by enum inj_target */

/* The frames of a packet: whole, or in the fragments that it asks for or the MTU demands. */
typedef bool inj_frame_fn(void *ctx, const uint8_t *frame, size_t len);
bool inj_packet_frames(struct inj_framer *framer, const struct inj_packet *packet, size_t mtu,
    inj_frame_fn *fn, void *ctx);

/* There is no case of this ID. */
void inj_complain_of_id(const char *id);
/* Do the cases and the interface exist that are named?  False: it has complained. */
bool inj_names_exist(const struct inj_options *o);

/* The commands. */
enum inj_status inj_cases_command(const struct inj_options *o);
enum inj_status inj_case_command(const struct inj_options *o);
/* tester.c */
enum inj_status inj_test_command(const struct inj_options *o);

#endif
