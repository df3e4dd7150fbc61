/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * receive.h - from the frames of a link to what the tested node sent: complete datagrams, without
 * their tunnels, and the addresses that it asks the link for.
 *
 * No socket and no clock: listen.c reads the frames, tests and the fuzzer build them.
 */
#ifndef INJ_RECEIVE_H
#define INJ_RECEIVE_H

#include "tester/trial.h"

#define INJ_MAX_ANSWERS 1024
#define INJ_MAX_ASKED 256
#define INJ_HEARD_OCTETS (1u << 20) /* of all answers; one has up to 65,507 */
#define INJ_ARP_LEN 42

/* The nodes whose frames are relevant. */
struct inj_scope {
    uint32_t node; /* the tested node */
    /*
     * Ours.  A message that others send here about the mobile node is an answer too: a node may
     * have several addresses, and a mobile node registers from any.  0: only the node's.
     */
    uint32_t us, home;
    uint8_t mac[INJ_MAC_LEN]; /* ours: a frame from it is our own, sent back; 0: unknown */
};

/* The datagram that an ICMP error quotes. */
struct inj_quote {
    uint32_t dst;
    uint16_t sport, dport, len, sum; /* of UDP */
};

#define INJ_MAX_REPLIES 16
#define INJ_MAX_ERRORS 8

/* What the node sent since inj_forget_heard(). */
struct inj_heard {
    size_t n;
    size_t lost; /* answers dropped for lack of room */
    /* Its host says that nothing listens on the port that a message was sent to; not reset. */
    bool unreachable;
    /* Our answers to the node, not reset: errors about these are our own fault. */
    struct inj_quote replies[INJ_MAX_REPLIES];
    size_t n_replies; /* total; the last INJ_MAX_REPLIES are kept */
    struct inj_icmp_error errors[INJ_MAX_ERRORS];
    size_t n_errors;
    struct inj_answer answers[INJ_MAX_ANSWERS]; /* their octets lie in octets */
    bool has_mac; /* the node's, from one of its own ARP messages; not reset */
    uint8_t mac[INJ_MAC_LEN];
    size_t n_asked;
    struct inj_asked asked[INJ_MAX_ASKED];
    size_t used;
    uint8_t octets[INJ_HEARD_OCTETS];
};

void inj_forget_heard(struct inj_heard *heard);

/* Keeps the fragments of incomplete datagrams. */
struct inj_receiver;

struct inj_receiver *inj_receiver_new(void); /* NULL: no memory */
void inj_receiver_free(struct inj_receiver *r);

/*
 * Take in an Ethernet frame, captured completely at this time (nanoseconds since 1970).  unsummed:
 * its checksums are left to the network card.  True: it added an
 * answer of the node, or an address that the node asks for.
 */
bool inj_receive(struct inj_receiver *r, const uint8_t *frame, size_t len, bool unsummed,
    const struct inj_scope *scope, int64_t time, struct inj_heard *heard);

/* Note that this frame, without tunnels, is sent to the node as an answer. */
void inj_note_reply(struct inj_heard *heard, const uint8_t *frame, size_t len);

/* The ARP request for addr, sent from address us (0: none yet) and mac. */
void inj_ask_for(
    uint32_t addr, uint32_t us, const uint8_t mac[INJ_MAC_LEN], uint8_t frame[INJ_ARP_LEN]);

/* The ARP reply to a request: that address is at mac. */
void inj_answer_for(const struct inj_asked *asked, uint32_t node, const uint8_t mac[INJ_MAC_LEN],
    uint8_t frame[INJ_ARP_LEN]);

#endif
