/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waiting.h"

#include "mipro_mix.h"

#define SLAB 64 /* entries allocated together */
#define FIRST_BUCKETS 256u

static struct {
    struct mipro_waiting **buckets; /* NULL: nothing has waited yet */
    size_t mask, n;
    size_t n_of_kind[WAIT_KINDS]; /* most kinds do not occur in most captures */
    struct mipro_waiting *free;   /* linked by chain */
} table;

static uint64_t hash_seed;

/* Seeded, so that no capture can be made to fill one bucket. */
static size_t
bucket_of(const struct mipro_wait_key *key)
{
    uint64_t h = mipro_mix(hash_seed, (uint64_t)key->from << 32 | key->to);
    uint32_t what = (uint32_t)key->type << 16 | key->kind;

    return (size_t)mipro_mix(h, (uint64_t)key->homeaddr << 32 | what) & table.mask;
}

uint64_t
mipro_hash_octets(const uint8_t *octets, size_t len)
{
    uint64_t h = mipro_mix(hash_seed, len), word;

    for (; len >= sizeof(word); octets += sizeof(word), len -= sizeof(word)) {
        memcpy(&word, octets, sizeof(word));
        h = mipro_mix(h, word);
    }
    word = 0;
    memcpy(&word, octets, len);
    return mipro_mix(h, word);
}

static bool
are_equal(const struct mipro_wait_key *a, const struct mipro_wait_key *b)
{
    return a->homeaddr == b->homeaddr && a->from == b->from && a->to == b->to &&
           a->type == b->type && a->kind == b->kind;
}

/* The pointer to the entry of key, or the one where it would be linked, which is NULL. */
static struct mipro_waiting **
find_place(const struct mipro_wait_key *key)
{
    struct mipro_waiting **at = &table.buckets[bucket_of(key)];

    while (*at != NULL && !are_equal(&(*at)->key, key))
        at = &(*at)->chain;
    return at;
}

static void
grow_table(void)
{
    struct mipro_waiting **old = table.buckets;
    size_t n_old = old != NULL ? table.mask + 1 : 0;
    size_t n = old != NULL ? 2 * n_old : FIRST_BUCKETS;

    table.buckets = wmem_alloc0_array(wmem_file_scope(), struct mipro_waiting *, n);
    table.mask = n - 1;
    for (size_t i = 0; i < n_old; i++) {
        struct mipro_waiting *next;

        for (struct mipro_waiting *w = old[i]; w != NULL; w = next) {
            struct mipro_waiting **bucket = &table.buckets[bucket_of(&w->key)];

            next = w->chain;
            w->chain = *bucket;
            *bucket = w;
        }
    }
    wmem_free(wmem_file_scope(), old);
}

static struct mipro_waiting *
take_entry(struct mipro_record *record)
{
    struct mipro_waiting *w;

    if (table.free == NULL) {
        w = wmem_alloc_array(wmem_file_scope(), struct mipro_waiting, SLAB);
        for (int i = 0; i < SLAB; i++) {
            w[i].chain = table.free;
            table.free = &w[i];
        }
    }
    w = table.free;
    table.free = w->chain;
    w->chain = NULL;
    w->record = record;
    w->octets = 0;
    return w;
}

struct mipro_waiting *
mipro_waiting_find(const struct mipro_wait_key *key)
{
    return table.n_of_kind[key->kind] != 0 ? *find_place(key) : NULL;
}

struct mipro_waiting *
mipro_waiting_put(const struct mipro_wait_key *key, struct mipro_record *record)
{
    struct mipro_waiting **at, *w;

    if (table.buckets == NULL || table.n > table.mask)
        grow_table();
    at = find_place(key);
    w = *at;
    if (w != NULL) {
        w->record = record;
        w->octets = 0;
        return w;
    }
    w = take_entry(record);
    w->key = *key;
    *at = w;
    table.n++;
    table.n_of_kind[key->kind]++;
    return w;
}

void
mipro_waiting_forget(const struct mipro_wait_key *key)
{
    struct mipro_waiting **at, *w;

    if (table.n_of_kind[key->kind] == 0)
        return;
    at = find_place(key);
    w = *at;
    if (w == NULL)
        return;
    *at = w->chain;
    table.n--;
    table.n_of_kind[key->kind]--;
    w->chain = table.free;
    table.free = w;
}

static void
forget_table(void)
{
    memset(&table, 0, sizeof(table));
}

void
mipro_register_waiting(void)
{
    hash_seed = (uint64_t)g_random_int() << 32 | g_random_int();
    register_cleanup_routine(forget_table);
}
