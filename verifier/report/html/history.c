/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/html/history.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEGMENT = 65536, /* sights of 40 octets: 2.6 MB */
    SEGMENTS = 16,
    FIRST = 1024, /* sights kept of each watched node: the first ... */
    LAST = 1024,  /* ... and the last ones */
    FILTER_BITS = 16
};

/* The sights kept of a watched node. */
struct kept {
    struct vrf_sight *at;
    size_t n, room;
    size_t oldest; /* once it is full: the oldest of the last ones, which is replaced next */
    uint64_t left_out;
    bool sorted;
};

struct vrf_history {
    struct vrf_sight *segments[SEGMENTS]; /* allocated when first needed */
    size_t used[SEGMENTS];
    unsigned current;
    uint64_t since;
    GHashTable *watched; /* by home address: struct kept */
    /* A bit for each hash of a watched home address: rules out nearly all other addresses. */
    uint64_t filter[(1u << FILTER_BITS) / 64];
};

static uint32_t
hash(uint32_t home)
{
    return home * UINT32_C(0x9e3779b1) >> (32 - FILTER_BITS);
}

static void
free_kept(gpointer p)
{
    struct kept *k = p;

    g_free(k->at);
    g_free(k);
}

struct vrf_history *
vrf_history_new(void)
{
    struct vrf_history *h = g_new0(struct vrf_history, 1);

    h->since = 1;
    h->watched = g_hash_table_new_full(NULL, NULL, NULL, free_kept);
    return h;
}

void
vrf_history_free(struct vrf_history *h)
{
    if (h == NULL)
        return;
    for (unsigned i = 0; i < SEGMENTS; i++)
        g_free(h->segments[i]);
    g_hash_table_destroy(h->watched);
    g_free(h);
}

static void
keep(struct kept *k, const struct vrf_sight *s)
{
    if (k->n < FIRST + LAST) {
        if (k->n == k->room) {
            k->room = k->room == 0 ? 32 : 2 * k->room;
            k->at = g_realloc_n(k->at, k->room, sizeof(*k->at));
        }
        k->at[k->n++] = *s;
        return;
    }
    k->left_out++;
    k->at[FIRST + k->oldest] = *s;
    k->oldest = (k->oldest + 1) % LAST;
}

/* Copy the sights of watched nodes from a segment, and empty it. */
static void
harvest(struct vrf_history *h, unsigned segment)
{
    const struct vrf_sight *s = h->segments[segment];

    for (size_t i = 0; i < h->used[segment] && g_hash_table_size(h->watched) != 0; i++, s++) {
        uint32_t at = hash(s->home);
        struct kept *k;

        if ((h->filter[at / 64] >> at % 64 & 1) == 0)
            continue;
        k = g_hash_table_lookup(h->watched, GUINT_TO_POINTER(s->home));
        if (k != NULL)
            keep(k, s);
    }
    h->used[segment] = 0;
}

/* The current segment is full: continue with the next one, which is the oldest. */
static __attribute__((noinline, cold)) void
turn(struct vrf_history *h)
{
    h->current = (h->current + 1) % SEGMENTS;
    if (h->segments[h->current] == NULL) {
        h->segments[h->current] = g_new(struct vrf_sight, SEGMENT);
    } else if (h->used[h->current] != 0) {
        h->since = h->segments[h->current][h->used[h->current] - 1].frame + 1;
        harvest(h, h->current);
    }
}

struct vrf_sight *
vrf_history_add(struct vrf_history *h)
{
    if (h->used[h->current] == SEGMENT)
        turn(h);
    else if (h->segments[h->current] == NULL)
        h->segments[h->current] = g_new(struct vrf_sight, SEGMENT);
    return &h->segments[h->current][h->used[h->current]++];
}

void
vrf_history_watch(struct vrf_history *h, uint32_t home)
{
    uint32_t at = hash(home);

    if (g_hash_table_contains(h->watched, GUINT_TO_POINTER(home)))
        return;
    g_hash_table_insert(h->watched, GUINT_TO_POINTER(home), g_new0(struct kept, 1));
    h->filter[at / 64] |= UINT64_C(1) << at % 64;
}

uint64_t
vrf_history_since(const struct vrf_history *h)
{
    return h->since;
}

static int
compare(const void *a, const void *b)
{
    const struct vrf_sight *x = a, *y = b;

    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

const struct vrf_sight *
vrf_history_of(struct vrf_history *h, uint32_t home, size_t *n, uint64_t *left_out)
{
    struct kept *k;

    /* From the oldest segment to the current one; only the first call finds anything. */
    for (unsigned i = 1; i <= SEGMENTS; i++)
        harvest(h, (h->current + i) % SEGMENTS);
    k = g_hash_table_lookup(h->watched, GUINT_TO_POINTER(home));
    *n = k != NULL ? k->n : 0;
    *left_out = k != NULL ? k->left_out : 0;
    if (k == NULL || k->n == 0)
        return NULL;
    if (!k->sorted)
        qsort(k->at, k->n, sizeof(*k->at), compare);
    k->sorted = true;
    return k->at;
}

void
vrf_history_mark(struct vrf_history *h, uint32_t home, uint64_t frame, enum vrf_sight_marks mark)
{
    struct kept *k = g_hash_table_lookup(h->watched, GUINT_TO_POINTER(home));

    for (size_t i = 0; k != NULL && i < k->n; i++)
        if (k->at[i].frame == frame)
            k->at[i].marks |= (uint8_t)mark;
}
