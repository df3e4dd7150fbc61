/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * receive.h - from the frames of a link to what the tested node sent: datagrams, whole and
 * out of their tunnels, and the addresses that it asks the link for.
 *
 * No socket and no clock: listen.c reads the frames, tests and the fuzzer make them.
 */
#ifndef INJ_RECEIVE_H
#define INJ_RECEIVE_H

#include "tester/trial.h"

#define INJ_MAX_ANSWERS 1024
#define INJ_MAX_ASKED 64
#define INJ_HEARD_OCTETS (1u << 20) /* of all answers; one has up to 65,507 */
#define INJ_ARP_LEN 42

/* What the node sent since inj_forget_heard(). */
struct inj_heard {
    size_t n;
    size_t lost;      /* answers for which there was no room */
    bool unreachable; /* its host says that nothing listens at our port; not forgotten */
    struct inj_answer answers[INJ_MAX_ANSWERS]; /* their octets lie in octets */
    size_t n_asked;
    struct inj_asked asked[INJ_MAX_ASKED];
    size_t used;
    uint8_t octets[INJ_HEARD_OCTETS];
};

void inj_forget_heard(struct inj_heard *heard);

/* Keeps the fragments of datagrams that are not whole yet. */
struct inj_receiver;

struct inj_receiver *inj_receiver_new(void); /* NULL: no memory */
void inj_receiver_free(struct inj_receiver *r);

/*
 * Take in an Ethernet frame, captured whole at this time (nanoseconds since 1970).  True: it
 * added an answer of the node, or an address that it asks for.
 */
bool inj_receive(struct inj_receiver *r, const uint8_t *frame, size_t len, uint32_t node,
    int64_t time, struct inj_heard *heard);

/* The ARP reply to a request: mac has that address. */
void inj_answer_for(const struct inj_asked *asked, uint32_t node, const uint8_t mac[INJ_MAC_LEN],
    uint8_t frame[INJ_ARP_LEN]);

#endif
