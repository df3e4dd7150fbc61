/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tester.h - one run of the tester, set up by tester.c and played by play.c.
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

/* Recent Binding Updates from the node: its rate limit may be reached. */
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
    bool by_clock; /* identifications and validity need the real time */
    bool shows;    /* each packet, as a comment (--replay) */

    bool registers;   /* the home agent granted a registration */
    bool only_asks;   /* it does not, but it answers a Binding Request, which is the control then */
    bool gone;        /* it crashed and did not restart: stop waiting for it */
    unsigned adverts; /* sent as controls: each offers a different care-of address */
    int64_t denied;   /* when the node last denied a registration (inj_monotonic()); 0: never */
    int64_t recent[INJ_MAX_RECENT];
    size_t n_recent;
    unsigned accepted; /* of the controls that preceded cases so far */
    bool unsure;       /* it refused the correct nonce: it may expect this one, or other_nonce */
    uint32_t other_nonce;
    int64_t late; /* an answer came so long after its message, when another was sent; 0: none did */
    const char *accepted_late; /* the case whose forged message was; NULL: none */
    bool ends;                 /* this case is the last: what comes late is not seen by another */
    int64_t last_ident_time;   /* so that identifications increase */
    int64_t clock_offset;      /* how far the node's clock is ahead of ours, as it says */
    bool unsent;               /* the sink refused a frame */
    struct inj_transcript *transcript; /* of the case being played; NULL: not needed */
    const char *phase;                 /* "before", "case", "after" */
    bool replying;                     /* the packet being sent answers the node */
    const struct inj_case *faulty; /* the case whose control showed that such answers are wrong */
};

/* May packets be sent there? */
bool inj_is_allowed(const struct inj_tester *t, uint32_t addr);

/* Play a case in its three phases, and judge it. */
struct inj_judgement inj_play(struct inj_tester *t, const struct inj_case *c);

#endif
