/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - memory for the state machine: pages from the system, arenas that divide
 * them, and pools of records in an arena.  Independent of messages.
 */
#ifndef MIPRO_CONDUCT_POOL_H
#define MIPRO_CONDUCT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A function that few messages need, kept out of the hot path. */
#define SELDOM __attribute__((noinline, cold))

/* Memory mapped from the system. */
struct pages {
    void *at;
    size_t octets;
};

#define CACHE_LINE 64u

/*
 * Memory for all shards of a machine, freed as a whole.  The tables of all shards share large
 * pages: separate ones would take thousands of small pages, and nearly every message would cause
 * several TLB misses.
 */
struct arena {
    struct chunk *chunks;
    char *at; /* zeroed and unused: left octets */
    size_t left;
    size_t octets; /* of all chunks */
};

/*
 * Records of one size, at most max, allocated in growing slabs.  Freed records go to a list, so
 * that nothing is allocated for a message once the tables are warm.
 */
struct pool {
    size_t size, max, n; /* octets of a record; maximum and current number of records */
    void *free;          /* list of records given back */
    char *fresh, *end;   /* contiguous records, never used and zeroed */
    struct arena *arena;
};

/*
 * Zeroed octets aligned to a page, a huge page if they fill most of one; or NULL.  They are not
 * touched before use, so that the system can really map huge pages.
 */
void *mipro_pages_take(size_t size, struct pages *pages);
void mipro_pages_give(struct pages pages);

/* Zeroed octets aligned to a cache line, or NULL.  They exist as long as the arena. */
void *mipro_arena_take(struct arena *arena, size_t size);
void mipro_arena_free(struct arena *arena);

/* The arena must outlive the pool. */
void mipro_pool_init(struct pool *pool, struct arena *arena, size_t size, size_t max);
/* A record that was given back, with its old content except the first word, or NULL. */
void *mipro_pool_take_used(struct pool *pool);
/* A record that was never used, which is zero, or NULL. */
void *mipro_pool_take_fresh(struct pool *pool);
/* A record of either kind, zeroed, or NULL. */
void *mipro_pool_take_zeroed(struct pool *pool);
/* Is the next record fresh, and already there?  Then it is the next that is taken. */
static inline bool
mipro_pool_has_fresh(const struct pool *pool)
{
    return pool->free == NULL && pool->fresh != pool->end;
}
static inline void *
mipro_pool_next_fresh(struct pool *pool)
{
    void *record = pool->fresh;

    pool->fresh += pool->size;
    return record;
}
void mipro_record_give(struct pool *pool, void *record);

#endif
