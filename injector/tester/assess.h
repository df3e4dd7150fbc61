/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge.h - what the answers to a case are worth.
 *
 * Pure: octets sent and octets received go in, a judgement comes out.  No socket,
 * no clock, no printing; the tester (tester.h) plays, this judges.
 *
 * A case has three phases: a good control, the case, a good control again.
 * Silence proves something only if both controls were answered; a node that
 * answers the first and not the second has died of the case.
 */
#ifndef INJ_JUDGE_H
#define INJ_JUDGE_H

#include "cases/case.h"

enum inj_role {
    INJ_AS_CORRESPONDENT,
    INJ_AS_PREVIOUS_AGENT,
    INJ_AS_NEW_AGENT,
    INJ_AS_HOME_AGENT,
    INJ_AS_MOBILE_NODE,
    INJ_ROLES
};
const char *inj_role_name(enum inj_role role); /* "previous-agent" */
enum inj_role inj_role_by_name(const char *name);

/* Which reading is right where the draft leaves it open (AUT-04, AUT-05, PFA-07). */
enum inj_profile { INJ_PROFILE_DRAFT, INJ_PROFILE_RFC3344, INJ_PROFILE_BODY_ONLY, INJ_PROFILES };
const char *inj_profile_name(enum inj_profile profile);
enum inj_profile inj_profile_by_name(const char *name);

/* How the answers are looked at. */
enum inj_check {
    INJ_CHECK_ACK,          /* Binding Acknowledges of the Binding Update sent */
    INJ_CHECK_TARGETS,      /* one Binding Update to each target, or to whoever asked */
    INJ_CHECK_NO_UPDATE,    /* none to anybody */
    INJ_CHECK_NO_STRANGER,  /* none but to a whole target */
    INJ_CHECK_PRIVATE,      /* one that deletes, and no other */
    INJ_CHECK_RATE,         /* a bounded number of Binding Updates to one node */
    INJ_CHECK_WARNING_RATE, /* of Binding Warnings */
    INJ_CHECK_REPLY,        /* Registration Replies */
    INJ_CHECK_HANDOFF,      /* the Binding Update of a PFAN, once, octet for octet */
    INJ_CHECK_NO_HANDOFF,
    INJ_CHECK_STOPS, /* no Binding Update is sent again */
    INJ_CHECK_GOES_ON,
    INJ_CHECK_REGISTERS, /* a Registration Request with a PFAN */
    INJ_CHECK_NO_REGISTRATION
};

/* What else there is to it: bits. */
#define INJ_ENTRY_THERE 0x001u  /* afterwards there is an entry (seen in a previous agent) */
#define INJ_ENTRY_GONE 0x002u   /* afterwards there is none */
#define INJ_NO_ENTRY_YET 0x004u /* the entry of the control is deleted before the case */
#define INJ_LATER 0x008u        /* look longer: for 2 s */
#define INJ_ASKS_AGAIN 0x010u   /* a Binding Request shall follow */
#define INJ_BASE_AGENT 0x020u   /* for an agent without route optimization */
#define INJ_MAY_DELETE 0x040u   /* tolerated: a Binding Update that deletes */
#define INJ_MAY_UPDATE 0x080u   /* tolerated: any Binding Update (to a target: right) */
#define INJ_MAY_RELAY 0x100u    /* tolerated: the registration goes on to the home agent */
#define INJ_ANY_REPLY 0x200u    /* whatever becomes of the registration */
#define INJ_AT_MOST 0x400u      /* one Binding Update, or none */
#define INJ_MAY_SKIP 0x800u     /* with an extension that may be skipped, it is a good one */

struct inj_manner {
    const char *id;
    unsigned roles; /* bits 1 << enum inj_role */
    enum inj_check check;
    unsigned flags;
};

/* Of a case; never NULL. */
const struct inj_manner *inj_manner(const char *id);
const struct inj_manner *inj_manner_at(size_t i); /* NULL behind the last */

/* From good to bad: of several, the last counts. */
enum inj_verdict { INJ_PASS, INJ_SKIP, INJ_WARN, INJ_INCONCLUSIVE, INJ_FAIL };

struct inj_judgement {
    enum inj_verdict verdict;
    char reason[256]; /* "" with INJ_PASS */
};
struct inj_judgement inj_worse(const struct inj_judgement *a, const struct inj_judgement *b);

/* A datagram that the tested node sent. */
struct inj_answer {
    int64_t time;
    uint32_t src, dst; /* of the innermost IP header */
    uint16_t sport, dport;
    uint8_t protocol; /* of the innermost IP header */
    bool tunnelled;   /* there is an outer header */
    uint32_t outer_src, outer_dst;
    size_t len;            /* of the UDP payload; 0 of anything else */
    const uint8_t *octets; /* borrowed */
};

/* The node asks its link who has an address (ARP): it has something for that one. */
struct inj_asked {
    uint32_t addr;
    uint8_t mac[INJ_MAC_LEN]; /* the node's */
};

/* Between whom, with which keys, by which reading. */
struct inj_bench {
    enum inj_role role;
    enum inj_profile profile;
    uint32_t source, destination; /* ours, and the tested node's */
    uint32_t home, care_of;
    struct mipro_settings set;
    const struct mipro_keyring *ring;
    const struct mipro_association *association; /* of --spi */
    bool spoof;                                  /* other sources than our own are allowed */
    unsigned rate_limit;                         /* messages to one node about one binding */
};

/* One message sent (more than once, if only all together count), and what came of it. */
struct inj_trial {
    bool lead;           /* it leads up to the case, and is good */
    const uint8_t *sent; /* UDP payload or ICMP message, borrowed */
    size_t len;
    size_t count;
    uint32_t src, dst;
    int64_t time;
    const struct inj_answer *answers;
    size_t n_answers;
    const struct inj_asked *asked;
    size_t n_asked;
    bool held_back; /* the node's rate limit may be why there is none */
};

/* Is this case to be run at all?  INJ_PASS: yes; INJ_SKIP: the reason says why not. */
struct inj_judgement inj_judge_fitness(const struct inj_case *c, const struct inj_bench *bench);

/*
 * May this message of it be sent?  INJ_SKIP: no key for a message that is to be
 * accepted, or a source that is not ours.
 */
struct inj_judgement inj_judge_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* What came of one message of a case. */
struct inj_judgement inj_judge_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial);

/* A datagram for the mobile node was tunnelled on to its care-of address, or was not. */
struct inj_judgement inj_judge_entry(const struct inj_case *c, bool tunnelled);

/* How a good control was taken. */
enum inj_taken {
    INJ_TAKEN_SILENT,
    INJ_TAKEN_REFUSED, /* answered, and refused */
    INJ_TAKEN_FAULTY,  /* accepted, but the answer is wrong in itself */
    INJ_TAKEN_GOOD
};
struct inj_control {
    enum inj_taken taken;
    unsigned status;  /* with which it was refused */
    char reason[200]; /* unless it was good */
};

/* Of a good Binding Update, Registration Request or advertisement that was sent. */
struct inj_control inj_judge_control(const struct inj_bench *bench, const struct inj_trial *trial);

/* The three phases together.  unreachable: its host said that nothing listens at the port. */
struct inj_judgement inj_judge_case(const struct inj_case *c, const struct inj_control *before,
    const struct inj_control *after, const struct inj_judgement *middle, bool unreachable);

/*
 * The first answer from *i on that bears a message of this type, parsed into m;
 * NULL if none.  *i is stepped behind it.
 */
const struct inj_answer *inj_next_answer(const struct inj_bench *bench,
    const struct inj_trial *trial, uint8_t type, struct mipro_message *m, size_t *i);

#endif
