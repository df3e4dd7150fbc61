/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces.h - datagrams of which the capture may lack a part.
 *
 * Remembers sender, receiver and time of such datagrams.  Their content is unknown, so no node is
 * blamed for a missing message that may have been in one.  Memory is bounded: if there are too
 * many to remember, more nodes are excused than necessary, never fewer.
 */
#ifndef MIPRO_CONDUCT_PIECES_H
#define MIPRO_CONDUCT_PIECES_H

#include "conduct/pool.h"

#include <stdbool.h>
#include <stdint.h>

struct pieces {
    struct piece_set *sets; /* NULL until the first piece */
    struct pages pages;
    uint64_t dropped;
};

void mipro_pieces_free(struct pieces *pieces);
/*
 * A piece of datagram id from src to dst, 0 both: between any two nodes, was seen at this time;
 * pieces older than reach before it are not needed any more.  known: the piece shows which message
 * it is, so it excuses nothing here, nor do those seen less than the tolerance before.
 */
void mipro_pieces_note(struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id, bool known,
    int64_t time, int64_t reach, int64_t tolerance);
/*
 * The datagram was put together at this time.  Pieces no less than the tolerance apart may be those
 * of two, which used one identification: then one is incomplete.
 */
void mipro_pieces_whole(struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id,
    int64_t time, int64_t tolerance);
/* Was one sent from src, 0: from any node, to dst between these times? */
bool mipro_pieces_between(
    const struct pieces *pieces, uint32_t src, uint32_t dst, int64_t from, int64_t to);

#endif
