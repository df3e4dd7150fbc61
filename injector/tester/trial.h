/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trial.h - what is judged: messages sent to the tested node, what it sent, and a verdict.
 *
 * Types only.  The listener fills them in (receive.h, talk.h); assess.h judges them.
 */
#ifndef INJ_TRIAL_H
#define INJ_TRIAL_H

#include "cases/case.h"
#include "cases/manner.h"

/* Which reading is right where the draft leaves it open (AUT-04, AUT-05, PFA-07). */
enum inj_profile { INJ_PROFILE_DRAFT, INJ_PROFILE_RFC3344, INJ_PROFILE_BODY_ONLY, INJ_PROFILES };

/* From good to bad: of several, the last counts. */
enum inj_verdict { INJ_PASS, INJ_SKIP, INJ_WARN, INJ_INCONCLUSIVE, INJ_FAIL };

struct inj_judgement {
    enum inj_verdict verdict;
    char reason[256]; /* "" with INJ_PASS */
};
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

#endif
