/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copies.h - datagrams that were captured more than once.
 *
 * With SPAN ports, the "any" device, both sides of a router or a tunnel, or merged taps, the same
 * datagram appears several times.  It is identified by addresses, IP identification and payload,
 * not by how it was captured.  A datagram that was seen less than the tolerance ago is a copy,
 * with any TTL, link layer or tunnel.  If the IP identification is 0 (Linux, with DF), a
 * retransmission looks the same: then it is a copy only within a millisecond, or if it was seen
 * by another way (TTL, link layer, tunnel, interface) that has shown it less often.
 *
 * Memory follows the traffic: each shard remembers the datagrams of a few tolerances in the order
 * in which they were captured, from a few hundred up to MIPRO_COPIES_MOST.  So a busy home
 * address can use as many entries as needed, and with ordinary traffic the table stays in the
 * cache.  If a datagram had to be forgotten too early, only its time is remembered: for datagrams
 * seen within the tolerance after that, it is unknown whether they are copies.
 */
#ifndef MIPRO_CONDUCT_COPIES_H
#define MIPRO_CONDUCT_COPIES_H

#include "conduct/pool.h"

/* What distinguishes datagrams, and sightings of the same datagram. */
struct mipro_sighting {
    uint64_t hash;   /* of addresses, IP identification, and the beginning of the payload */
    uint32_t octets; /* a hash of the whole payload; 0: it was cut */
    int64_t time;    /* by the machine's clock, which continues if the capture's is set back */
    uint64_t frame;
    uint32_t way;   /* a hash of TTL, link layer, tunnel and interface */
    bool anonymous; /* the IP identification is 0 */
    bool doubted;   /* its timestamp leapt, and nothing has confirmed it yet */
};

#define MIPRO_COPIES_MOST 8192u /* datagrams in one table, 384 KiB */

struct mipro_copies {
    /*
     * The last datagrams, in a ring.  Each has a number, which counts all datagrams and wraps.
     * Those whose hashes begin with the same bits are chained, the last one first.
     */
    struct copy *ring;
    /*
     * By hash: the low 16 bits of the number of the last datagram, or of an outdated number.  An
     * outdated one may look recent; then the chain is another's, and nothing in it matches.
     */
    uint16_t *heads;
    uint32_t n, next;     /* size of the ring, a power of 2; the next number */
    unsigned shift;       /* converts the upper half of a hash to an index in heads */
    int64_t latest;       /* the latest time that was not doubted */
    uint64_t found;       /* copies so far */
    uint64_t dropped;     /* datagrams forgotten too early so far */
    int64_t uncertain;    /* until this time a datagram may be a copy of a forgotten one */
    uint64_t doubted;     /* the frame of the last sighting whose time was doubted, or 0 ... */
    uint32_t doubted_one; /* ... and the number of its datagram */
    struct arena *arena;
};

/* Make a table in the arena, which must outlive it.  False if out of memory. */
bool mipro_copies_new(struct mipro_copies *c, struct arena *arena);
/* Prefetch the entry of a datagram with this hash: in two steps, some messages apart. */
void mipro_copies_fetch_head(const struct mipro_copies *c, uint64_t hash);
void mipro_copies_fetch(const struct mipro_copies *c, uint64_t hash);
/*
 * Note a sighting.  Returns the frame of the first sighting if it is a copy, else 0; *uncertain
 * is set if it may be a copy of a forgotten datagram.
 */
uint64_t mipro_copies_note(struct mipro_copies *c, const struct mipro_sighting *sighting,
    int64_t tolerance, bool *uncertain);
/* The timestamp of this frame was right: it was captured at this time of the machine's clock. */
void mipro_copies_confirm(struct mipro_copies *c, uint64_t frame, int64_t time);

#endif
