/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * challenges.h - the challenges that mobile nodes were given (RFC 4721).
 *
 * A Mobile-AAA authenticator answers a challenge.  If the message does not carry it, it is one
 * that the foreign agent advertised, or that a Registration Reply gave to this node.  For each
 * address the last few are remembered, as many as a foreign agent accepts.  A match proves that
 * the challenge is the right one, so it does no harm if some are too old.
 */
#ifndef MIPRO_CONDUCT_CHALLENGES_H
#define MIPRO_CONDUCT_CHALLENGES_H

#include <stddef.h>
#include <stdint.h>

#include "conduct/pool.h"

#define CHALLENGE_WINDOW 2 /* RFC 4721 9 */

/* The challenges that an agent advertised, or a node was given; all zero: none. */
struct challenge_set {
    uint32_t addr;
    uint32_t turn; /* when the agent last advertised one; they wrap */
    uint8_t next;
    uint8_t len[CHALLENGE_WINDOW]; /* 0: there is none */
    uint8_t octets[CHALLENGE_WINDOW][UINT8_MAX];
};

/*
 * The challenges of agents, by address: a table of fixed size, in which an address has a few
 * places, and takes that of the agent not heard for the longest time.  An advertisement names up to
 * 62 care-of addresses, which must not overwrite each other.
 */
struct challenges {
    struct challenge_set *sets; /* allocated when the first is advertised; or NULL */
    uint32_t turn;
    struct pages pages;
    uint64_t dropped;
};

void mipro_challenges_free(struct challenges *c);
/* Record that the agent at this address, not 0, advertised this challenge; len is not 0. */
void mipro_challenges_see(struct challenges *c, uint32_t agent, const uint8_t *octets, uint8_t len);
/* The challenges that it advertised, or NULL. */
const struct challenge_set *mipro_challenges_find(const struct challenges *c, uint32_t agent);

/* Add a challenge, replacing the oldest, unless it is there already. */
void mipro_challenge_add(struct challenge_set *set, const uint8_t *octets, uint8_t len);

#endif
