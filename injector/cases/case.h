/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * case.h - the catalogue of test cases: the deviation, and what a correct node does.
 *
 * A case is a recipe over good messages.  Each step composes one, and its
 * operations run in order: those before OP_SIGN damage what is signed, those
 * after it leave a wrong authenticator.  To add a case, add a row to table.c.
 * Ids never change.
 *
 * The same recipes serve `case` (to a file or an interface) and `test` (which
 * waits for answers).
 */
#ifndef INJ_CASE_H
#define INJ_CASE_H

#include "compose/compose.h"
#include "cli/options.h"

/* The node under test.  A receiver of Binding Updates is a correspondent or a previous agent. */
enum inj_target { INJ_RECEIVER, INJ_HOME_AGENT, INJ_FOREIGN_AGENT, INJ_MOBILE_NODE };

/* The answers that a node may give: bits. */
#define INJ_SILENCE 0x00001u
#define INJ_ACK_0 0x00002u
#define INJ_ACK_129 0x00004u
#define INJ_ACK_131 0x00008u
#define INJ_ACK_133 0x00010u
#define INJ_ACK_134 0x00020u
#define INJ_ACK_OTHER 0x00040u /* any other status but 0 */
#define INJ_UPDATE 0x00080u    /* Binding Update: to the requester, a target, the previous agent */
#define INJ_REPLY_0 0x00100u
#define INJ_REPLY_67 0x00200u
#define INJ_REPLY_70 0x00400u
#define INJ_REPLY_131 0x00800u
#define INJ_REPLY_134 0x01000u
#define INJ_REPLY_136 0x02000u
#define INJ_REQUEST 0x04000u /* a Binding Request, to resynchronize */
#define INJ_OWN 0x08000u     /* what it does unprompted: a Registration Request with PFAN, data */
#define INJ_REPLY_129 0x10000u
#define INJ_REPLY_133 0x20000u
#define INJ_RELAYED 0x100000u     /* the registration was passed on to the home agent */
#define INJ_REPLY_OTHER 0x200000u /* any other code that denies */
#define INJ_ACK_NEGATIVE (INJ_ACK_129 | INJ_ACK_131 | INJ_ACK_133 | INJ_ACK_134 | INJ_ACK_OTHER)
#define INJ_REPLY_NEGATIVE                                                                         \
    (INJ_REPLY_67 | INJ_REPLY_70 | INJ_REPLY_129 | INJ_REPLY_131 | INJ_REPLY_133 | INJ_REPLY_134 | \
        INJ_REPLY_136 | INJ_REPLY_OTHER)
#define INJ_ANYTHING 0x3fffffu

/* What happens to the message on its way to port 434. */
enum inj_reach {
    INJ_ARRIVES,
    INJ_ALTERED, /* the host's stack shortens or changes it */
    INJ_DROPPED  /* Linux drops it before port 434: silence proves nothing */
};

/* What a case needs in order to be judged (without it, it can still be written). */
enum inj_need {
    INJ_NEEDS_NOTHING,
    INJ_NEEDS_TIMESTAMPS, /* an association with replay "timestamp" */
    INJ_NEEDS_NONCES,     /* with "nonce" */
    INJ_NEEDS_REPLAY,     /* with either */
    INJ_NEEDS_MASTER,     /* a master key */
    INJ_NEEDS_EDGE_SPI,   /* associations of SPI 256 and 0xffffffff */
    INJ_NEEDS_FOREIGN,    /* --foreign-spi: an association between foreign agent and another node */
    INJ_NEEDS_OBSERVER    /* more than the answers: data plane, time, other nodes */
};

enum inj_op_kind {
    OP_END,
    /* Content of the message; before it is composed. */
    OP_LIFE,
    OP_FLAGS,       /* arg replaces them */
    OP_ADD_FLAGS,   /* arg is added */
    OP_CLEAR_FLAGS, /* arg is cleared */
    OP_PRIVATE,     /* P is added, whichever bit it is in this draft */
    OP_STATUS,
    OP_HOME, /* arg: an address or NODE() */
    OP_CARE_OF,
    OP_AGENT,
    OP_NO_FOREIGN, /* --foreign-spi adds nothing */
    OP_NO_IDENT,
    OP_IDENT,       /* arg */
    OP_IDENT_SAME,  /* that of the previous step */
    OP_IDENT_SHIFT, /* its time shifted by at (signed) seconds; arg OUTSIDE: out of the window */
    OP_IDENT_NONCE, /* with a low half that was not announced */
    OP_TARGETS,     /* at targets, beginning with arg; 0: none */
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
    OP_NUL_AUTH,  /* choose the lifetime so that the last authenticator begins with an octet 0 */
    OP_OVERRUN, /* choose the lifetime so that the octets after octet 20 overrun as an extension */
    OP_AFTER,   /* at milliseconds after the previous step */
    OP_REPEAT,  /* at packets in total, each with its own identification */
    OP_SWEEP,   /* like OP_REPEAT, but with one identification: see OP_CUT_ROUND, OP_TYPE_ROUND */
    OP_LEAD,    /* a good message that leads up to the case; not judged itself */
    OP_RESEND,  /* the octets of the previous step, once more */
    /* Octets: each composes the message first, if that is not done yet. */
    OP_SET,          /* field at = arg */
    OP_TYPE,         /* the first octet = arg */
    OP_TYPE_ROUND,   /* the same for the first packet of a sweep; then it grows by 1 each time */
    OP_EXT,          /* extension of type arg, at octets of value */
    OP_EXT_ROUND,    /* the same for the first packet of a sweep; the type grows by 1 each time */
    OP_OCTETS,       /* append the low at octets of arg */
    OP_FILL,         /* skippable extensions until the signed message has at octets */
    OP_WARN,         /* Binding Warning extension for home arg (or NODE()) */
    OP_PFAN,         /* Previous Foreign Agent Notification */
    OP_PFAN_CARE_OF, /* before OP_PFAN: its new care-of address */
    OP_PFAN_AGENT,   /* before OP_PFAN: its previous agent */
    OP_SPI,          /* the next signature carries SPI arg */
    OP_SPI_ROUND,    /* with one bit of the SPI inverted: bit at, then the next in each packet of a
                        sweep */
    OP_COVER_SPI,    /* the next signature covers the SPI if it should not, and vice versa */
    OP_OTHER_ALGORITHM,
    OP_BODY_ONLY,  /* the next signature covers the body, not type and length (5.1) */
    OP_SIGN,       /* append the signing extension; arg: its type, 0 for the usual one */
    OP_SIGN_AGAIN, /* compute the authenticators over the octets as they are now */
    OP_LEN,        /* the length field of the last extension = arg, and nothing else */
    OP_FLIP,       /* invert the lowest bit of the octet at (negative: from the end) */
    OP_FLIP_AUTH,  /* the same, of octet at of the last authenticator (negative: from its end) */
    OP_FLIP_ROUND, /* the same, of octet at in the first packet of a sweep, then of the next */
    OP_FLIP_AUTH_ROUND, /* the same, of the last authenticator */
    OP_SCRAMBLE,        /* replace the authenticator by one under another key */
    OP_CUT_ROUND, /* cut the first packet of a sweep to at octets; each next is an octet longer */
    OP_CUT_EXT_ROUND, /* the same, counted from the beginning of the last extension */
    OP_CUT,           /* cut to at octets (negative: that many fewer) */
    OP_CUT_EXT        /* cut to where the length field of the last extension ends */
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
    INJ_NODE_OTHER,    /* a mobile node that is not served; a correspondent */
    INJ_NODE_SUBNET    /* the broadcast address of the destination's subnet; 0: not known */
};
#define INJ_SYMBOL (UINT64_C(1) << 40)
#define NODE(name) (INJ_SYMBOL | INJ_NODE_##name)

/* Of OP_IDENT_SHIFT: shift by twice the window of the receiver (--window) if that is more. */
#define OUTSIDE UINT64_C(1)

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
    const char *rule;   /* the rule it breaks; NULL: no finding of severity error */
    uint32_t expected;  /* answers of a correct node: any of these bits */
    uint32_t tolerated; /* a WARN, not a FAIL */
    enum inj_reach reach;
    bool link; /* needs frames of our own: the network layer would not send it */
    enum inj_need need;
    const struct inj_step *steps;
    size_t n_steps;
    /* Why the case does not exist from draft gone on; NULL: it exists in all drafts. */
    const char *gone_why;
    enum mipro_draft gone;
};

extern const struct inj_case inj_cases[];
extern const size_t inj_n_cases;

/* NULL if there is no such case. */
const struct inj_case *inj_case_by_id(const char *id);
/* NULL if the case exists in this draft; otherwise the reason why not. */
const char *inj_case_missing(const struct inj_case *c, enum mipro_draft draft);
/* "VAL": the part of the id before the dash. */
void inj_case_group(const struct inj_case *c, char group[8]);
/* accepted, ignored, refused, refused-131, ..., any: as in `cases --json`. */
const char *inj_case_expect(const struct inj_case *c);
/* Is a timestamp of this case wrong only because it is outside the receiver's window? */
bool inj_case_leaves_window(const struct inj_case *c);
/* The number of packets that this operation makes of its step; 1 for most operations. */
static inline unsigned
inj_op_packets(const struct inj_op *op)
{
    return op->kind == OP_REPEAT || op->kind == OP_SWEEP ? (unsigned)op->at : 1;
}

enum inj_phase { INJ_LEAD, INJ_JUDGED };

/* Room for the comment on a packet. */
#define INJ_NOTE 512
/* The comment on a packet of a case: the case, its phase, and what is expected of the node. */
void inj_case_note(
    const struct inj_case *c, unsigned step, enum inj_phase phase, char *text, size_t size);

/* Identifications that are times: this many in one tick of their clock differ by a counter. */
#define INJ_IDENTS_A_TICK 256u
#define INJ_IDENT_TICK (MIPRO_SECOND / 4096 + 1)

/* The nodes of a case, and the state from which its identifications continue. */
struct inj_world {
    struct mipro_settings set;
    const struct mipro_keyring *ring;
    uint32_t spi;
    uint32_t source, destination;
    uint32_t home, care_of, agent, previous, other;
    enum inj_target target;
    uint32_t mask; /* of the destination's subnet; 0: unknown, 24 bits are assumed */
    bool is_far;   /* the destination is on no subnet of ours */
    /* Contents of the good message of each type, unless the recipe changes them. */
    uint16_t flags; /* besides A and I of a Binding Update, F and S of an advertisement */
    bool has_life;
    uint16_t life;
    bool has_care_of;     /* a foreign agent offers care_of, not its own address */
    bool has_foreign_spi; /* a registration is signed for a foreign agent, or as one, as well */
    uint32_t foreign_spi;
    uint32_t window; /* seconds by which a timestamp may differ from the receiver's clock */
    const char *nai; /* of the mobile node, in a registration (RFC 2794); NULL: none */
    uint64_t seed;
    int64_t time;   /* of the next packet, ns since 1970, from which identifications are made */
    uint64_t n;     /* number of identifications used */
    uint32_t nonce; /* the one announced to the peer as the next (replay "nonce") */
    bool has_home_nonce;
    uint32_t home_nonce;  /* the home agent's: the high half of our next registration */
    uint8_t unsigned_ext; /* extension that no association can sign; or 0 */
    bool has_echo;        /* a Binding Acknowledge copies this identification */
    uint64_t echo;
    bool has_request; /* a Registration Reply copies this identification */
    uint64_t request;
    struct mipro_candidate signer; /* the association of the SPI */
    enum mipro_replay replay;      /* of that association */
};

/*
 * Take the addresses (source, destination, home, ...) from the options, with defaults for those
 * not given, for a case of this target.  False, after reporting it, if the key file has no
 * association with the SPI between source and destination (for a mobile node: or between
 * home and destination or source).
 */
bool inj_world_begin(struct inj_world *w, const struct inj_options *o, enum inj_target target,
    const struct mipro_settings *set, const struct mipro_keyring *ring, int64_t time);

/* The extension that --foreign-spi adds to a registration to such a node. */
uint8_t inj_foreign_ext(enum inj_target target);
/* Does an association of this SPI sign it?  Else the key file lacks one. */
bool inj_world_signs_foreign(const struct inj_world *w, enum inj_target target);

/* Report what the association of --spi cannot sign because its algorithm answers a challenge. */
void inj_complain_of_signer(const struct inj_world *w, const char *what);

/* One packet of a case.  Borrowed until the next. */
struct inj_packet {
    enum inj_phase phase;
    unsigned step;   /* of the case, from 0 */
    int64_t after;   /* nanoseconds after the previous packet; -1: at the pace */
    uint8_t message; /* the type it was composed as */
    bool has_ident;
    uint64_t ident;
    uint32_t home; /* as composed */
    bool asks;     /* a Binding Update with A: to be answered if it is good */
    enum inj_fragments fragments;
    struct inj_envelope envelope;
    const uint8_t *payload;
    size_t len;
};
typedef bool inj_packet_fn(void *ctx, const struct inj_packet *packet);

/* Make the packets of a case, in order, until fn returns false.  False also if out of memory. */
bool inj_case_make(const struct inj_case *c, struct inj_world *w, inj_packet_fn *fn, void *ctx);

/*
 * A good message that the target answers if it is alive: a Binding Update to a
 * receiver, a Binding Request to a home agent, a Registration Request with PFAN to a
 * foreign agent, an advertisement to a mobile node.
 */
extern const struct inj_case inj_controls[]; /* by enum inj_target */

/* The frames of a packet: one, or the fragments that the case specifies or the MTU requires. */
typedef bool inj_frame_fn(void *ctx, const uint8_t *frame, size_t len);
bool inj_packet_frames(struct inj_framer *framer, const struct inj_packet *packet, size_t mtu,
    inj_frame_fn *fn, void *ctx);

/* Report that there is no case with this ID. */
void inj_complain_of_id(const char *id);
/* Do the named cases, the interface and the role exist?  False after reporting an error. */
bool inj_names_exist(const struct inj_options *o);

/* The commands. */
enum inj_status inj_cases_command(const struct inj_options *o);
enum inj_status inj_case_command(const struct inj_options *o);
/* tester.c */
enum inj_status inj_test_command(const struct inj_options *o);

#endif
