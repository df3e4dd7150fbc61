/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.h - receive on one interface what the tested node sends.
 *
 * A packet socket sees answers to any address, including tunnelled ones.  In addition,
 * a UDP socket holds our own port, so that our kernel sends no ICMP error for
 * packets that only the tester reads.
 */
#ifndef INJ_LISTEN_H
#define INJ_LISTEN_H

#include <stdio.h>

#include "tester/receive.h"

struct inj_listener;

/* Needs CAP_NET_RAW, so call it before privileges are dropped.  NULL: why says why not. */
struct inj_listener *inj_listener_open(
    const char *interface, uint32_t source, char *why, size_t size);
void inj_listener_close(struct inj_listener *l); /* NULL allowed */

/* Is addr an address of the interface? */
bool inj_listener_owns(const struct inj_listener *l, uint32_t addr);

/* The mask of the interface's subnet that addr lies in; false if there is none. */
bool inj_listener_mask(const struct inj_listener *l, uint32_t addr, uint32_t *mask);

/*
 * From now on write received frames, and those passed to inj_listener_sent(), to this stream as
 * pcapng; NULL: stop.  Takes ownership.  False: the last stream could not be written completely.
 */
bool inj_listener_record(struct inj_listener *l, FILE *stream);
/* Set the comment on the packets that are recorded from now on. */
void inj_listener_note(struct inj_listener *l, const char *note);

/* Record a frame that is being sent. */
void inj_listener_sent(struct inj_listener *l, const uint8_t *frame, size_t len);

/*
 * Wait until this time in nanoseconds of the monotonic clock, or until enough returns true
 * (called after each answer; NULL: never).
 */
typedef bool inj_enough(void *ctx);
void inj_listen(struct inj_listener *l, const struct inj_scope *scope, int64_t until,
    struct inj_heard *heard, inj_enough *enough, void *ctx);

int64_t inj_monotonic(void);
int64_t inj_realtime(void);

#endif
