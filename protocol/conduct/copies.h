/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copies.h - datagrams that were captured more than once.
 *
 * With SPAN ports, the "any" device, both sides of a router or a tunnel, or merged taps, the same
 * datagram appears several times.  It is identified by addresses, IP identification and payload,
 * not by how it was captured.  A datagram that was seen less than the tolerance ago is a copy,
 * with any TTL, link layer or tunnel.  If the IP identification is 0 (Linux, with DF), a
 * retransmission looks the same: then it is a copy only within a millisecond, or if it was seen
 * by another way (TTL, link layer, tunnel, interface) that has shown it less often.  The
 * millisecond is that of each way, because frames are not always in the order of their times.
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
#include "mipro_time.h"

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

#define MIPRO_COPIES_MOST 8192u /* datagrams in one table, 512 KiB */
#define MIPRO_COPIES_WAYS 4     /* ways remembered per datagram */

struct copy {
    uint32_t key;         /* truncated hash of what all sightings share */
    uint32_t octets;      /* truncated hash of the whole payload; 0: it was cut */
    int64_t time;         /* of the last sighting */
    uint64_t frame : 48;  /* of the first sighting; 0: the entry is free */
    uint64_t before : 16; /* distance to the next entry of the chain, in numbers; 0: none */
    uint32_t way;         /* by which it was seen first */
    uint32_t sent;        /* how often by each way, 8 bits each, that one lowest; 0: not by it */
};

_Static_assert(sizeof(struct copy) == 32, "two to a line of the cache");

/*
 * Of a datagram that was seen by several ways: the ways after the first, and by how much the last
 * sighting by each way precedes the last by any, in ns.
 */
struct copy_ways {
    uint32_t way[MIPRO_COPIES_WAYS];
    uint32_t lag[MIPRO_COPIES_WAYS];
};

_Static_assert(MIPRO_COPIES_MOST <= UINT16_MAX, "what lies between two has 16 bits");

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
    struct copy_ways *ways; /* of each datagram in the ring that was seen by several */
    uint32_t n, next;       /* size of the ring, a power of 2; the next number */
    unsigned shift;         /* converts the upper half of a hash to an index in heads */
    int64_t tolerance;
    int64_t kept;         /* so long a datagram is remembered, if there is room */
    int64_t latest;       /* the latest time that was not doubted */
    uint64_t found;       /* copies so far */
    uint64_t dropped;     /* datagrams forgotten too early so far */
    int64_t uncertain;    /* until this time a datagram may be a copy of a forgotten one */
    uint64_t doubted;     /* the frame of the last sighting whose time was doubted, or 0 ... */
    uint32_t doubted_one; /* ... and the number of its datagram */
    uint64_t whole;       /* the frame of the last copy, if it shows what was cut before; or 0 */
    uint64_t late;        /* the frame of the last one that may be late: see find_late(); or 0 */
    int64_t late_since;   /* when it was seen before */
    struct arena *arena;
};

/* Make a table in the arena, which must outlive it.  False if out of memory. */
bool mipro_copies_new(struct mipro_copies *c, struct arena *arena, int64_t tolerance);
/* Prefetch the entry of a datagram with this hash: in two steps, some messages apart. */
void mipro_copies_fetch_head(const struct mipro_copies *c, uint64_t hash);
void mipro_copies_fetch(const struct mipro_copies *c, uint64_t hash);

/* The datagram with this number. */
static inline struct copy *
copies_at(const struct mipro_copies *c, uint32_t number)
{
    return &c->ring[number & (c->n - 1)];
}

static inline uint16_t *
copies_head(const struct mipro_copies *c, uint32_t key)
{
    return &c->heads[key >> c->shift];
}

/* How many numbers back the datagram is that a head tells; more than c->n: there is none. */
static inline uint32_t
copies_age(const struct mipro_copies *c, const uint16_t *head)
{
    return (c->next - *head) & UINT16_MAX;
}

/* At this time, is e needed where it is?  Else a new datagram may take its place. */
static inline bool
copies_keeps(const struct mipro_copies *c, const struct copy *e, int64_t time)
{
    return e->frame != 0 && mipro_time_between(e->time, time) < c->kept;
}

/* e becomes the datagram of s, and the last of the chain; the one before is that far back. */
static inline void
copies_begin(struct mipro_copies *c, struct copy *e, const struct mipro_sighting *s, uint16_t *head,
    uint32_t before)
{
    *e = (struct copy){
        .key = (uint32_t)(s->hash >> 32),
        .octets = s->octets,
        .time = s->time,
        .frame = s->frame & (UINT64_MAX >> 16),
        .before = before & UINT16_MAX,
        .way = s->way,
        .sent = 1,
    };
    *head = c->next++ & UINT16_MAX;
}

/*
 * Note a sighting.  Returns the frame of the first sighting if it is a copy, else 0; sets
 * *uncertain if it may be a copy of a forgotten datagram.
 */
uint64_t mipro_copies_note(
    struct mipro_copies *c, const struct mipro_sighting *sighting, bool *uncertain);
/*
 * The same, fast, of one whose time is not doubted: nearly always its chain is empty, and the
 * datagram whose place it takes is old.
 */
static inline __attribute__((always_inline)) uint64_t
copies_note(struct mipro_copies *c, const struct mipro_sighting *s, bool *uncertain)
{
    uint16_t *head = copies_head(c, (uint32_t)(s->hash >> 32));
    struct copy *e = copies_at(c, c->next);
    int64_t latest = s->time > c->latest ? s->time : c->latest;

    if (copies_age(c, head) <= c->n || copies_keeps(c, e, latest) || s->time < c->uncertain) {
        const struct mipro_sighting all = *s;

        return mipro_copies_note(c, &all, uncertain);
    }
    c->latest = latest;
    copies_begin(c, e, s, head, 0);
    return 0;
}

/* The first sighting of the datagram within the tolerance of this one, or 0.  Nothing is noted. */
uint64_t mipro_copies_find(const struct mipro_copies *c, const struct mipro_sighting *sighting);
/* May one within the tolerance before this time be forgotten by now? */
bool mipro_copies_forgot(const struct mipro_copies *c, int64_t time);
/* The timestamp of this frame was right: it was captured at this time of the machine's clock. */
void mipro_copies_confirm(struct mipro_copies *c, uint64_t frame, int64_t time);

#endif
