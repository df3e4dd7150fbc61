/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trial.h - the data to be judged: messages sent to the tested node, its answers, and a verdict.
 *
 * Types only.  The listener fills them in (receive.h, talk.h); assess.h judges them.
 */
#ifndef INJ_TRIAL_H
#define INJ_TRIAL_H

#include "cases/case.h"
#include "cases/manner.h"

/* Which reading is correct where the draft is open (AUT-04, AUT-05, PFA-07). */
enum inj_profile { INJ_PROFILE_DRAFT, INJ_PROFILE_RFC3344, INJ_PROFILE_BODY_ONLY, INJ_PROFILES };

/* From good to bad: of several, the worst counts. */
enum inj_verdict {
    INJ_PASS,
    INJ_SKIP,
    INJ_WARN,
    INJ_INCONCLUSIVE,
    INJ_FAIL,
    /* Only of a case as a whole: no check returns these. */
    INJ_FLAKY, /* repeated, with different results */
    INJ_XFAIL, /* a known failure */
    INJ_XPASS, /* a known failure that now passes */
    INJ_VERDICTS
};

#define INJ_REASON 1024
struct inj_judgement {
    enum inj_verdict verdict;
    char reason[INJ_REASON]; /* "" with INJ_PASS */
};
#define INJ_STRAY 8 /* octets of stray padding that are kept */

/* A datagram that the tested node sent. */
struct inj_answer {
    int64_t time;
    uint32_t src, dst; /* of the innermost IP header */
    uint16_t sport, dport;
    uint8_t protocol; /* of the innermost IP header */
    bool tunnelled;   /* there is an outer header */
    uint32_t outer_src, outer_dst;
    size_t len;            /* of the UDP payload; 0 for anything else */
    const uint8_t *octets; /* borrowed */
    bool ip_sum_bad;       /* the checksum of its outermost IP header is wrong */
    bool udp_sum_none;     /* no UDP checksum was computed */
    bool udp_sum_bad;      /* or it is wrong: udp_sum, where udp_sum_due is correct */
    uint16_t udp_sum, udp_sum_due;
    uint16_t udp_len_bad; /* its UDP length, if that cannot be; or 0 */
    size_t n_stray;       /* octets other than 0 after the datagram, in the padding */
    uint8_t stray[INJ_STRAY];
};

/* An ICMP error of the node, or of a router, about what we sent. */
struct inj_icmp_error {
    uint8_t type, code;
    uint32_t from;
};

/* The node asks its link for an address (ARP): it has something to send there. */
struct inj_asked {
    uint32_t addr;
    uint8_t mac[INJ_MAC_LEN]; /* the node's */
};

#define INJ_EARLIER 64
#define INJ_SENT 1024 /* more than any case sends */

/* A message of ours that may still be answered. */
struct inj_earlier {
    uint64_t ident;
    int64_t time;
    const char *forged; /* the case that sent it, if it must not be accepted; or NULL */
};

/* The nodes, keys and readings of a run. */
struct inj_bench {
    enum inj_role role;
    enum inj_profile profile;
    uint32_t source, destination; /* ours, and the tested node's */
    uint32_t home, care_of;
    uint32_t agent; /* the home agent: ourselves (source), or another node */
    struct mipro_settings set;
    const struct mipro_keyring *ring;
    const struct mipro_association *association; /* of --spi */
    bool spoof;           /* source addresses other than our own are allowed */
    bool has_foreign_spi; /* registrations are signed by 33 or 34 as well */
    unsigned rate_limit;  /* messages to one node about one binding */
    struct inj_earlier sent[INJ_SENT];
    size_t n_sent; /* total; the last INJ_SENT are kept */
    /* Identifications of a mobile node's requests, each once: it may retransmit them. */
    uint64_t requests[INJ_EARLIER];
    size_t n_requests;             /* total; the last INJ_EARLIER are kept */
    uint32_t offered[INJ_EARLIER]; /* care-of addresses that were advertised to it */
    size_t n_offered;              /* total; the last INJ_EARLIER are kept */
    bool withheld;                 /* an answer of ours was not sent, because of --allow */
    bool is_registered;            /* a home agent granted a registration of ours */
    int64_t ends; /* when that ends, by the time of the answer; 0: not known, or never */
    /*
     * The node has sent Binding Updates unprompted, or after messages of these types: bits
     * 1 << type.  It should, but need not, do so for each type (4.3).
     */
    uint32_t has_updated;
    bool has_notified;  /* a mobile node has asked for a smooth handoff */
    bool has_tunnelled; /* a datagram for the mobile node was tunnelled on: it keeps bindings */
    uint32_t first_named, last_named; /* targets of a Binding Warning that named many; 0: none */
    bool renews;     /* a mobile node registers again though nothing of ours asks it to */
    bool volunteers; /* a home agent sends Binding Updates that nothing asks for, or late ones */
};

/* One message sent (more than once, if only all together count), and the answers to it. */
struct inj_trial {
    bool lead;           /* it leads up to the case, and is good */
    const uint8_t *sent; /* UDP payload or ICMP message, borrowed */
    size_t len;
    size_t count;
    uint32_t src, dst;
    uint16_t sport, dport; /* 0: not UDP */
    int64_t time;
    const struct inj_answer *answers;
    size_t n_answers;
    const struct inj_asked *asked;
    size_t n_asked;
    const struct inj_icmp_error *errors;
    size_t n_errors;
    size_t n_sent;     /* of our messages, those before it: an answer to one of these is late */
    size_t n_requests; /* of the mobile node's requests, those that came before */
    bool held_back;    /* the node's rate limit may be why there is no answer */
};

/* The node's reaction to a good control. */
enum inj_taken {
    INJ_TAKEN_SILENT,
    INJ_TAKEN_REFUSED, /* answered with a refusal */
    INJ_TAKEN_FAULTY,  /* accepted, but the answer is wrong in itself */
    INJ_TAKEN_GOOD
};
struct inj_control {
    enum inj_taken taken;
    unsigned status; /* with which it was refused */
    /* Of a Registration Reply that refuses: its identification, and whether it is authentic. */
    bool is_authentic;
    uint64_t ident;
    char reason[INJ_REASON]; /* what came, or what is wrong with it; "" if it is good */
    char fault[INJ_REASON];  /* what is wrong with the refusal itself; "" if nothing */
};

#endif
