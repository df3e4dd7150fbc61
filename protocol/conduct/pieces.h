/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces.h - datagrams of which the capture may lack a part.
 *
 * Between whom such a datagram passed, and when.  What was in it is not known, so no node is blamed
 * for the want of it.  Memory is bounded: where there is too much to remember, more nodes are
 * excused than need be, never fewer.
 */
#ifndef MIPRO_CONDUCT_PIECES_H
#define MIPRO_CONDUCT_PIECES_H

#include "conduct/pool.h"

#include <stdbool.h>
#include <stdint.h>

struct pieces {
    struct piece_set *sets; /* NULL until there is one */
    struct pages pages;
    uint64_t dropped;
};

void mipro_pieces_free(struct pieces *pieces);
/*
 * A piece of datagram id from src to dst was seen at this time; what is older than reach before it
 * is of no use any more.  known: the piece tells what it is of, so that nobody need ask here.
 */
void mipro_pieces_note(struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id, bool known,
    int64_t time, int64_t reach);
/* All of it was seen. */
void mipro_pieces_whole(struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id);
/* Did one pass from src, 0: from anybody, to dst between these times? */
bool mipro_pieces_between(
    const struct pieces *pieces, uint32_t src, uint32_t dst, int64_t from, int64_t to);

#endif
