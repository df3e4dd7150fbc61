/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * announced.h - the nonces that Binding Updates announce for the next one (4.3).
 *
 * A sender may keep one sequence of nonces per node, per home address or per association, so the
 * last nonce announced is remembered under all three, across home addresses.  The table has a
 * fixed size; entries overwrite each other.
 */
#ifndef MIPRO_CONDUCT_ANNOUNCED_H
#define MIPRO_CONDUCT_ANNOUNCED_H

#include "conduct/pool.h"
#include "mipro_conduct.h"

#define NONCES 16384u

/* Was the nonce of a Binding Update announced by one before it? */
enum nonce_known {
    NONCE_NOT_ASKED, /* the message has no nonce */
    NONCE_NEW,       /* no */
    NONCE_ANNOUNCED, /* yes */
    NONCE_LOST       /* the entry that would tell was overwritten */
};

struct announced {
    struct nonce *nonces; /* NONCES of them, made when the first is announced; or NULL */
    struct pages pages;
};

void mipro_announced_free(struct announced *a);
/*
 * Was the nonce of this message announced?  Also remembers the one that it announces, but only
 * once: a retransmission or a replay announces nothing new.
 */
enum nonce_known mipro_announced_see(struct announced *a, const struct mipro_event *ev);

/* A quick test: if it fails, the function above need not be called. */
static inline bool
may_announce(const struct mipro_event *ev)
{
    if (ev->n_auth == 1)
        return ev->auth->replay == MIPRO_REPLAY_NONCE;
    return ev->n_auth > 1 && ev->auth->association != NULL;
}

#endif
