/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.h - what the tested node sends, as it arrives on one interface.
 *
 * A packet socket sees answers to any address, the tunnelled ones too.  Beside it
 * a UDP socket holds our own port, so that our kernel sends no ICMP error for
 * what the tester alone reads.
 */
#ifndef INJ_LISTEN_H
#define INJ_LISTEN_H

#include <stdio.h>

#include "tester/receive.h"

struct inj_listener;

/* Needs CAP_NET_RAW, so before privileges are given up.  NULL: why says why not. */
struct inj_listener *inj_listener_open(
    const char *interface, uint32_t source, char *why, size_t size);
void inj_listener_close(struct inj_listener *l); /* NULL allowed */

/* Is addr an address of the interface? */
bool inj_listener_owns(const struct inj_listener *l, uint32_t addr);

/* The mask of the interface's subnet that addr lies in; false if there is none. */
bool inj_listener_mask(const struct inj_listener *l, uint32_t addr, uint32_t *mask);

/*
 * From now on what comes, and what is told of by sent(), goes into this stream, as
 * pcapng; NULL: no longer.  Takes it over.  False: not all could be written to the last one.
 */
bool inj_listener_record(struct inj_listener *l, FILE *stream);
/* What is going on, for the comments on the packets that are recorded from now on. */
void inj_listener_note(struct inj_listener *l, const char *note);

/* This is being sent: into the record with it. */
void inj_listener_sent(struct inj_listener *l, const uint8_t *frame, size_t len);

/*
 * Wait until so many nanoseconds on the monotonic clock, or until enough says so
 * (asked after each answer; NULL: never).
 */
typedef bool inj_enough(void *ctx);
void inj_listen(struct inj_listener *l, const struct inj_scope *scope, int64_t until,
    struct inj_heard *heard, inj_enough *enough, void *ctx);

int64_t inj_monotonic(void);
int64_t inj_realtime(void);

#endif
