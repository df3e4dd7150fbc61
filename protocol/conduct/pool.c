/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/pool.h"

#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE (2u << 20)
#define MAX_CHUNK (32u << 20)

/* Slabs grow with the pool, so that a shard with little traffic takes little memory. */
#define MIN_SLAB 4096u
#define MAX_SLAB 65536u

struct chunk {
    struct chunk *next;
    struct pages pages;
};

static size_t
round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

void *
mipro_pages_take(size_t size, struct pages *pages)
{
    bool large = size > LARGE_PAGE / 2;
    size_t octets = large ? round_up(size, LARGE_PAGE) : size;
    size_t before = 0;
    char *at;

    pages->octets = large ? octets + LARGE_PAGE : octets;
    pages->at =
        mmap(NULL, pages->octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages->at == MAP_FAILED)
        return NULL;
    if (large)
        before = (LARGE_PAGE - (uintptr_t)pages->at % LARGE_PAGE) % LARGE_PAGE;
    at = (char *)pages->at + before;
#ifdef MADV_HUGEPAGE
    if (large)
        (void)madvise(at, octets, MADV_HUGEPAGE); /* only a hint */
#endif
    return at;
}

void
mipro_pages_give(struct pages pages)
{
    (void)munmap(pages.at, pages.octets);
}

/* Add a chunk with room for size octets.  The rest of the last one is not used any more. */
SELDOM static bool
add_chunk(struct arena *arena, size_t size)
{
    size_t octets = arena->octets < LARGE_PAGE  ? LARGE_PAGE
                    : arena->octets > MAX_CHUNK ? MAX_CHUNK
                                                : arena->octets;
    struct pages pages;
    struct chunk *chunk;

    if (octets < size + CACHE_LINE)
        octets = round_up(size + CACHE_LINE, LARGE_PAGE);
    chunk = mipro_pages_take(octets, &pages);
    if (chunk == NULL)
        return false;
    *chunk = (struct chunk){ arena->chunks, pages };
    arena->chunks = chunk;
    arena->at = (char *)chunk + CACHE_LINE;
    arena->left = octets - CACHE_LINE;
    arena->octets += octets;
    return true;
}

void *
mipro_arena_take(struct arena *arena, size_t size)
{
    size_t octets = round_up(size, CACHE_LINE);
    void *at;

    if (octets > arena->left && !add_chunk(arena, octets))
        return NULL;
    at = arena->at;
    arena->at += octets;
    arena->left -= octets;
    return at;
}

void
mipro_arena_free(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct chunk *chunk = arena->chunks;

        arena->chunks = chunk->next;
        mipro_pages_give(chunk->pages);
    }
}

void
mipro_pool_init(struct pool *pool, struct arena *arena, size_t size, size_t max)
{
    *pool = (struct pool){
        .size = round_up(size, size >= CACHE_LINE ? CACHE_LINE : 16),
        .max = max,
        .arena = arena,
    };
}

SELDOM static bool
grow(struct pool *pool)
{
    size_t octets = pool->n * pool->size;
    size_t n;
    char *fresh;

    octets = octets < MIN_SLAB ? MIN_SLAB : octets > MAX_SLAB ? MAX_SLAB : octets;
    n = octets > pool->size ? octets / pool->size : 1;
    if (n > pool->max - pool->n)
        n = pool->max - pool->n;
    fresh = n != 0 ? mipro_arena_take(pool->arena, n * pool->size) : NULL;
    if (fresh == NULL)
        return false;
    pool->fresh = fresh;
    pool->end = pool->fresh + n * pool->size;
    pool->n += n;
    return true;
}

void *
mipro_pool_take_used(struct pool *pool)
{
    void *record = pool->free;

    if (record != NULL)
        memcpy(&pool->free, record, sizeof(void *));
    return record;
}

void *
mipro_pool_take_fresh(struct pool *pool)
{
    if (pool->fresh == pool->end && !grow(pool))
        return NULL;
    return mipro_pool_next_fresh(pool);
}

void *
mipro_pool_take_zeroed(struct pool *pool)
{
    void *record = mipro_pool_take_used(pool);

    return record != NULL ? memset(record, 0, pool->size) : mipro_pool_take_fresh(pool);
}

void
mipro_record_give(struct pool *pool, void *record)
{
    memcpy(record, &pool->free, sizeof(void *));
    pool->free = record;
}
