/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_conduct.h - the rules over several messages, as a pure state machine.
 *
 * In: messages with their time, ends and verdicts, in the order of the capture.
 * Out: findings.  It reads no clock, no file and no key, and prints nothing, so
 * that the verifier and the plugin's first pass give the same answers.
 *
 * All state but that of agent advertisements belongs to one home address.
 * Whoever wants threads makes several machines, gives each message to the one
 * that its home address chooses (mipro_conduct_shard()), and each
 * advertisement to all: the findings are the same, whatever the number of
 * threads, as long as the number of machines is.
 *
 * Memory is bounded: each table holds at most so many entries, and drops the
 * one least recently used; how many were dropped is counted, and said by the
 * caller, for a finding may have been lost with them.
 *
 * Frames are the caller's numbers, ascending.  Time may stand still or run
 * backwards (MIPRO_TIME_NONE: no rule that needs a time judges it).
 */
#ifndef MIPRO_CONDUCT_H
#define MIPRO_CONDUCT_H

#include "mipro_rules.h"

struct mipro_rate {
    unsigned n;       /* more than n ... */
    int64_t interval; /* ... in any interval of so many nanoseconds */
};

struct mipro_conduct_config {
    struct mipro_settings set;
    struct mipro_rate update_rate;  /* rate-updates; default 5 in 10 s */
    struct mipro_rate warning_rate; /* rate-warnings; default 5 in 10 s */
    int64_t ack_timeout;            /* all rules that wait; default 5 s */
    size_t max_homes;               /* home addresses remembered, 0: a default */
};
struct mipro_conduct_config mipro_conduct_defaults(void);

/* Where findings go.  Both are called from within see(), tick() and end(). */
struct mipro_conduct_sink {
    void *ctx;
    void (*finding)(void *ctx, const struct mipro_finding *finding);
    /*
     * The last word on the PFAN of the request in frame: called once for each
     * message that was seen with a PFAN among its authenticators, at once or when
     * its Binding Update came, or the time limit, or the end.  auth may be NULL (no
     * change).
     */
    void (*pfan)(void *ctx, uint64_t frame, const struct mipro_auth *auth);
};

struct mipro_conduct;
struct mipro_conduct *mipro_conduct_new(
    const struct mipro_conduct_config *config, const struct mipro_conduct_sink *sink);
void mipro_conduct_free(struct mipro_conduct *c);

/* Which of n machines: by the home address alone. */
unsigned mipro_conduct_shard(uint32_t homeaddr, unsigned n);

/* A message of types 1, 3, 16-19, framed and judged. */
struct mipro_event {
    uint64_t frame;
    int64_t time;
    uint32_t src, dst; /* of the innermost IP header */
    const struct mipro_message *message;
    struct mipro_auth *auth; /* what mipro_auth_each() gave for it */
    size_t n_auth;
    const struct mipro_keyring *ring; /* for a PFAN against its Binding Update; may be NULL */
};

/*
 * Before a Binding Acknowledge is parsed for good: what is known of the I bit of
 * the Binding Update that it answers, the latest between the reversed ends
 * about this home address (ruling 1).
 */
enum mipro_ident_hint mipro_conduct_ident_hint(
    const struct mipro_conduct *c, uint32_t src, uint32_t dst, uint32_t homeaddr);

/*
 * Take a message in.  First settles, in event->auth, the verdict of a Binding Update
 * that bears SPI and authenticator of a PFAN seen before (either coverage is
 * good, 5.1).  Does what mipro_conduct_tick() does for its time.
 */
void mipro_conduct_see(struct mipro_conduct *c, struct mipro_event *event);

/* An agent advertisement: agent is the IP source (rule handoff-advertised). */
void mipro_conduct_advert(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t agent,
    const struct mipro_advert *advert);

/* A tunnelled packet: from src to dst, holding one for homeaddr (rule stale-forwarding). */
void mipro_conduct_tunnel(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t src,
    uint32_t dst, uint32_t homeaddr);

/* Time has come to this: what waited longer than the limit is found. */
void mipro_conduct_tick(struct mipro_conduct *c, int64_t time);
/* The capture ends: what still waits is not judged; PFANs get their last word. */
void mipro_conduct_end(struct mipro_conduct *c);

/*
 * The smallest frame that a later finding or last word may still be about;
 * UINT64_MAX if nothing waits.  Records of frames below it can be printed.
 */
uint64_t mipro_conduct_horizon(const struct mipro_conduct *c);
/* Entries dropped for want of room so far. */
uint64_t mipro_conduct_dropped(const struct mipro_conduct *c);

/*
 * What a node believes after a Binding Update, for the plugin: asked after
 * mipro_conduct_see() of that update.
 */
struct mipro_belief {
    bool deletes; /* no entry any more */
    uint32_t coa;
    int64_t expires;   /* INT64_MAX: never */
    bool had_previous; /* an entry that this one supersedes or deletes */
    uint64_t previous_frame;
};
bool mipro_conduct_belief(
    const struct mipro_conduct *c, uint32_t node, uint32_t homeaddr, struct mipro_belief *belief);

#endif
