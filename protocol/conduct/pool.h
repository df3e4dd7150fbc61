/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - memory for the state machine: pages of the system, arenas that divide
 * them, and pools of records in an arena.  It knows of no message.
 */
#ifndef MIPRO_CONDUCT_POOL_H
#define MIPRO_CONDUCT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A function for what few messages call for: kept out of the way of what all of them do. */
#define SELDOM __attribute__((noinline, cold))

/* Memory as the system gave it. */
struct pages {
    void *at;
    size_t octets;
};

#define CACHE_LINE 64u

/*
 * Memory for all shards of a machine, freed as a whole.  What the shards take lies side by side in
 * large pages: tables of their own would fill thousands of small ones, and nearly every message
 * would miss the translation of addresses several times.
 */
struct arena {
    struct chunk *chunks;
    char *at; /* zero, and never given out: left octets */
    size_t left;
    size_t octets; /* of all chunks */
};

/*
 * Records of one size.  They come from slabs that grow up to max records, and go
 * back to a list: nothing is allocated for a message once the tables are warm.
 */
struct pool {
    size_t size, max, n; /* octets of a record; records at most, and so far */
    void *free;          /* given back */
    char *fresh;         /* never taken yet, and zero: n_fresh side by side */
    size_t n_fresh;
    struct arena *arena;
};

/*
 * Zeroed octets that begin on a page, a large one if they fill most of one; or NULL.  None is
 * touched before it is used: so the system may give large ones indeed.
 */
void *mipro_pages_take(size_t size, struct pages *pages);
void mipro_pages_give(struct pages pages);

/* Zeroed octets that begin on a line of the cache, or NULL.  They live as long as the arena. */
void *mipro_arena_take(struct arena *arena, size_t size);
void mipro_arena_free(struct arena *arena);

/* The arena outlives the pool. */
void mipro_pool_init(struct pool *pool, struct arena *arena, size_t size, size_t max);
/* A record, or NULL: that was given back, with what it held but for its first word; */
void *mipro_pool_take_used(struct pool *pool);
/* that was never taken, and is zero; */
void *mipro_pool_take_fresh(struct pool *pool);
/* or either, zeroed. */
void *mipro_pool_take_zeroed(struct pool *pool);
void mipro_record_give(struct pool *pool, void *record);

#endif
