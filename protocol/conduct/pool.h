/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - memory for the state machine: pages of the system, and pools of
 * records in them.  It knows of no message.
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
 * Records of one size.  They come from slabs that grow up to max records, and go
 * back to a list: nothing is allocated for a message once the tables are warm.
 */
struct pool {
    size_t size, max, n; /* octets of a record; records at most, and so far */
    void *free;          /* given back */
    char *fresh;         /* never taken yet, and zero: n_fresh side by side */
    size_t n_fresh;
    struct slab *slabs;
    char *reserved; /* the first record, where there is room for all */
};

/*
 * Zeroed octets that begin on a page, a large one if they fill most of one; or NULL.  None is
 * touched before it is used: so the system may give large ones indeed.
 */
void *mipro_pages_take(size_t size, struct pages *pages);
void mipro_pages_give(struct pages pages);
void mipro_pool_init(struct pool *pool, size_t size, size_t max);
void mipro_pool_free(struct pool *pool);
/*
 * Address space for all records at once, before the first is taken: so that they have
 * numbers from 0.  False if there is none.
 */
bool mipro_pool_reserve(struct pool *pool);
/* A record, or NULL: that was given back, with what it held but for its first word; */
void *mipro_pool_take_used(struct pool *pool);
/* that was never taken, and is zero; */
void *mipro_pool_take_fresh(struct pool *pool);
/* or either, zeroed. */
void *mipro_pool_take_zeroed(struct pool *pool);
void mipro_record_give(struct pool *pool, void *record);

/* Of a pool that mipro_pool_reserve() was called for. */
static inline void *
record_at(const struct pool *pool, size_t number)
{
    return pool->reserved + number * pool->size;
}

static inline size_t
record_number(const struct pool *pool, const void *record)
{
    return (size_t)((const char *)record - pool->reserved) / pool->size;
}

#endif
