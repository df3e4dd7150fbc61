/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copies.h - datagrams that a capture holds more than once.
 *
 * SPAN ports, the "any" device, both sides of a router or a tunnel, and merged taps show one
 * datagram several times.  It is known by what it is: addresses, IP identification and
 * payload, not by how it was captured.  A datagram that was seen less than the tolerance
 * ago is a copy, whatever its TTL, link layer or tunnel.  Where the IP identification is 0
 * (Linux, with DF), a retransmission looks the same: then it is a copy only within a
 * millisecond, or if it came by another way (TTL, link layer, tunnel, interface) that has shown
 * it less often.
 *
 * Memory follows the traffic: each shard remembers the datagrams of a few tolerances in the order
 * in which they were captured, from a few hundred up to MIPRO_COPIES_MOST.  So one busy home
 * address may have as many as the shards share at other times, and what is remembered of ordinary
 * traffic stays in the cache.  A datagram that had to be forgotten while it was young is remembered
 * as a time: of whatever is seen within the tolerance after that, nobody can tell whether it is a
 * copy.
 */
#ifndef MIPRO_CONDUCT_COPIES_H
#define MIPRO_CONDUCT_COPIES_H

#include "conduct/pool.h"

/* What tells one datagram from another, and one sighting of it from the next. */
struct mipro_sighting {
    uint64_t hash;   /* of addresses, IP identification, and how the payload begins */
    uint32_t octets; /* a hash of the whole payload; 0: it was cut */
    int64_t time;    /* by the machine's clock, which goes on where the capture's was set back */
    uint64_t frame;
    uint32_t way;   /* a hash of TTL, link layer, tunnel and interface */
    bool anonymous; /* the IP identification is 0 */
    bool doubted;   /* its timestamp leapt, and nothing has confirmed it yet */
};

#define MIPRO_COPIES_MOST 16384u /* datagrams in one table, 640 KiB */

struct mipro_copies {
    /*
     * The last datagrams in a ring, each known by its number, which counts them all and wraps.
     * Those whose hashes begin with the same bits are chained, the last one first.
     */
    struct copy *ring;
    uint32_t *heads; /* by hash: the number of the last one; of others there may be an old number */
    uint32_t n, next;  /* room in the ring, a power of 2; the number of the one that comes next */
    unsigned shift;    /* of the upper half of a hash, to its place in heads */
    int64_t latest;    /* of all times that were not doubted */
    uint64_t found;    /* copies so far */
    uint64_t dropped;  /* young datagrams forgotten so far */
    int64_t uncertain; /* until this time a datagram may be a copy of one forgotten */
    uint64_t doubted;  /* the frame of the last sighting that was doubted, or 0, */
    uint32_t doubted_one; /* and the number of its datagram */
    struct arena *arena;
};

/* A table in the arena, which outlives it.  False: no memory. */
bool mipro_copies_new(struct mipro_copies *c, struct arena *arena);
/* A datagram with this hash will be looked for: in two steps, some messages apart. */
void mipro_copies_fetch_head(const struct mipro_copies *c, uint64_t hash);
void mipro_copies_fetch(const struct mipro_copies *c, uint64_t hash);
/*
 * Note a sighting.  Returns the frame of the first sighting if it is a copy, else 0; *uncertain
 * says that it may be a copy of a datagram that was forgotten.
 */
uint64_t mipro_copies_note(struct mipro_copies *c, const struct mipro_sighting *sighting,
    int64_t tolerance, bool *uncertain);
/* The timestamp of this frame was right, and it was captured at this time by the machine's clock.
 */
void mipro_copies_confirm(struct mipro_copies *c, uint64_t frame, int64_t time);

#endif
