/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tester.h - one run of the tester: what tester.c sets up and play.c plays.
 */
#ifndef INJ_TESTER_H
#define INJ_TESTER_H

#include "tester/listen.h"
#include "tester/points.h"
#include "cli/session.h"

#define INJ_MAX_ALLOWED 64

struct inj_prefix {
    uint32_t addr, mask;
};

/* Binding Updates that the node sent to us lately: its rate limit may be reached. */
#define INJ_MAX_RECENT 64

struct inj_tester {
    const struct inj_options *options;
    struct inj_session session;
    struct inj_world world;
    struct inj_bench bench;
    struct inj_scope scope;
    uint32_t netmask; /* of the interface, at our address */
    struct inj_listener *ear;
    struct inj_heard *heard;
    int64_t timeout; /* nanoseconds */
    int64_t rate_interval;
    struct inj_prefix allowed[INJ_MAX_ALLOWED];
    size_t n_allowed;
    bool by_clock; /* identifications and validity want the time as it is */
    bool shows;    /* each packet, as a comment (--replay) */

    bool registers;   /* the home agent granted a registration */
    bool only_asks;   /* it does not, but answers a Binding Request: that is the control */
    bool gone;        /* it died and did not come back: no more patience with it */
    unsigned adverts; /* sent as controls: each offers another care-of address */
    int64_t denied;   /* when the node denied a registration last (inj_monotonic()); 0: never */
    int64_t recent[INJ_MAX_RECENT];
    size_t n_recent;
    bool unsure; /* it refused what bore the right nonce: it may expect this one, or other_nonce */
    uint32_t other_nonce;
    int64_t last_ident_time;           /* so that identifications grow */
    bool unsent;                       /* the sink refused a frame */
    struct inj_transcript *transcript; /* of the case being played; NULL: nobody wants it */
    const char *phase;                 /* "before", "case", "after" */
    bool replying;                     /* what is being sent answers the node */
    const struct inj_case *faulty; /* the case whose control showed that such answers are wrong */
};

/* May anything be sent there? */
bool inj_is_allowed(const struct inj_tester *t, uint32_t addr);

/* Play a case in its three phases, and judge it. */
struct inj_judgement inj_play(struct inj_tester *t, const struct inj_case *c);

#endif
