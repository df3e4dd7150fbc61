/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * challenges.h - the challenges that mobile nodes were given (RFC 4721).
 *
 * A Mobile-AAA authenticator answers a challenge.  Where the message does not carry it, it is one
 * that its foreign agent advertised, or one that a Registration Reply gave to this node.  Like the
 * agents, of each address the last few are remembered (as many as a foreign agent accepts); one
 * that fits proves itself, so it does no harm if some are too old.
 */
#ifndef MIPRO_CONDUCT_CHALLENGES_H
#define MIPRO_CONDUCT_CHALLENGES_H

#include <stddef.h>
#include <stdint.h>

#include "conduct/pool.h"

#define CHALLENGE_WINDOW 2 /* RFC 4721 9 */

/* What one agent advertised, or one node was given; all zero: nothing. */
struct challenge_set {
    uint32_t addr;
    uint8_t next;
    uint8_t len[CHALLENGE_WINDOW]; /* 0: there is none */
    uint8_t octets[CHALLENGE_WINDOW][UINT8_MAX];
};

/* Those of agents, by their address: a table of a fixed size, in which one may take another's
 * place. */
struct challenges {
    struct challenge_set *sets; /* made when the first is advertised; or NULL */
    struct pages pages;
    uint64_t dropped;
};

void mipro_challenges_free(struct challenges *c);
/* An agent of this address, not 0, advertised this; len is not 0. */
void mipro_challenges_see(struct challenges *c, uint32_t agent, const uint8_t *octets, uint8_t len);
/* What it advertised, or NULL. */
const struct challenge_set *mipro_challenges_find(const struct challenges *c, uint32_t agent);

/* The newest takes the place of the oldest; one that is repeated does not. */
void mipro_challenge_add(struct challenge_set *set, const uint8_t *octets, uint8_t len);

#endif
