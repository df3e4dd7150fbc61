/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * live.h - one interface: a packet socket bound to it, and a faster one for many frames.
 *
 * Frames are gathered, and many are sent with one system call.  Full batches go through an
 * AF_XDP socket (xdp.h) where the kernel has them; the receiver sees no difference.  Frames for
 * which the queue has no room are tried again; all others that the kernel refuses are counted as
 * errors.
 */
#ifndef INJ_LIVE_H
#define INJ_LIVE_H

#include "send/sink.h"

struct inj_live;

struct inj_live *inj_live_open(const char *name, char *why, size_t size);
void inj_live_close(struct inj_live *l); /* NULL allowed */
/*
 * Call this when everything is open: root becomes nobody, any other user with
 * CAP_NET_RAW loses it.  Sending still works.
 */
bool inj_drop_privileges(char *why, size_t size);

/* The frame is copied; it is sent by inj_live_flush(), or when enough are gathered. */
bool inj_live_put(struct inj_live *l, const uint8_t *frame, size_t len, struct inj_sent *sent);
bool inj_live_flush(struct inj_live *l, struct inj_sent *sent);
const char *inj_live_error(const struct inj_live *l); /* of the last frame refused */

size_t inj_live_mtu(const struct inj_live *l);
const uint8_t *inj_live_mac(const struct inj_live *l);
bool inj_live_neighbour(const struct inj_live *l, uint32_t addr, uint8_t mac[6]);

#endif
