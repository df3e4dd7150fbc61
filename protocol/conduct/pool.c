/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/pool.h"

#include <string.h>
#include <sys/mman.h>

/*
 * Slabs grow with the pool up to the size of a large page: with small ones each
 * message of another home address would miss the translation of addresses too.
 */
#define SLAB_OCTETS 65536u
#define LARGE_PAGE (2u << 20)

struct slab {
    struct slab *next;
    struct pages pages;
};

/* Header of a slab, so that records begin on a line of the cache. */
#define SLAB_HEAD CACHE_LINE

void
mipro_pool_init(struct pool *pool, size_t size, size_t max)
{
    size_t align = size >= CACHE_LINE ? CACHE_LINE : 16;

    *pool = (struct pool){
        .size = (size + align - 1) / align * align,
        .max = max,
    };
}

void *
mipro_pages_take(size_t size, struct pages *pages)
{
    bool large = size > LARGE_PAGE / 2;
    size_t octets = large ? (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE : size;
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
        (void)madvise(at, octets, MADV_HUGEPAGE); /* no more than a wish */
#endif
    return at;
}

void
mipro_pages_give(struct pages pages)
{
    (void)munmap(pages.at, pages.octets);
}

/* A slab with room for n records. */
static bool
add_slab(struct pool *pool, size_t n)
{
    struct pages pages;
    struct slab *slab = mipro_pages_take(SLAB_HEAD + n * pool->size, &pages);

    if (slab == NULL)
        return false;
    slab->pages = pages;
    slab->next = pool->slabs;
    pool->slabs = slab;
    pool->fresh = (char *)slab + SLAB_HEAD;
    pool->n_fresh = n;
    pool->n += n;
    return true;
}

SELDOM static bool
grow(struct pool *pool)
{
    size_t octets = pool->n * pool->size < LARGE_PAGE ? SLAB_OCTETS : LARGE_PAGE;
    size_t n = (octets - SLAB_HEAD) / pool->size;

    if (n == 0)
        n = 1;
    if (n > pool->max - pool->n)
        n = pool->max - pool->n;
    return n != 0 && add_slab(pool, n);
}

bool
mipro_pool_reserve(struct pool *pool)
{
    if (!add_slab(pool, pool->max))
        return false;
    pool->reserved = pool->fresh;
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

SELDOM void *
mipro_pool_take_fresh(struct pool *pool)
{
    void *record;

    if (pool->n_fresh == 0 && !grow(pool))
        return NULL;
    record = pool->fresh;
    pool->fresh += pool->size;
    pool->n_fresh--;
    return record;
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

void
mipro_pool_free(struct pool *pool)
{
    while (pool->slabs != NULL) {
        struct slab *next = pool->slabs->next;

        mipro_pages_give(pool->slabs->pages);
        pool->slabs = next;
    }
}
