/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * announced.h - nonces, each of which the Binding Update before it announced (4.3).
 *
 * A sender may keep its nonces per node, per home address, or per association; so what it announced
 * last is remembered by all three, over all home addresses.  A table of fixed size, in which one
 * entry takes the place of another.
 */
#ifndef MIPRO_CONDUCT_ANNOUNCED_H
#define MIPRO_CONDUCT_ANNOUNCED_H

#include "conduct/pool.h"
#include "mipro_conduct.h"

#define NONCES 16384u

/* Was the nonce of a Binding Update announced by one before it? */
enum nonce_known {
    NONCE_NOT_ASKED, /* the message is none that has a nonce */
    NONCE_NEW,       /* no */
    NONCE_ANNOUNCED, /* yes */
    NONCE_LOST       /* what would say so had to be forgotten */
};

struct announced {
    struct nonce *nonces; /* NONCES of them, made when the first is announced; or NULL */
    struct pages pages;
};

void mipro_announced_free(struct announced *a);
/*
 * A message is seen: was its nonce announced?  Remembers which one it announces itself, once: an
 * update that is sent again, or replayed, announces nothing new.
 */
enum nonce_known mipro_announced_see(struct announced *a, const struct mipro_event *ev);

/* Can it have one?  Only then the function above need be called. */
static inline bool
may_announce(const struct mipro_event *ev)
{
    return ev->n_auth != 0 && ev->auth->association != NULL &&
           (ev->n_auth > 1 || ev->auth->association->replay == MIPRO_REPLAY_NONCE);
}

#endif
