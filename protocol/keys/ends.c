/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which associations exist between two ends, with any SPI?  One look-up for each shape (pair of
 * prefix lengths) that the ring has.
 */
#include "keys/shape.h"

#include "mipro_mix.h"

struct ends {
    uint32_t a, b; /* masked by the shape */
    uint16_t longer, shorter;
};

/* Associations with equal ends form a list, in the order of the file. */
struct mipro_ring_ends {
    GHashTable *first; /* ends to the index of their first association, + 1 */
    uint32_t *next;    /* index to the index of the next one, + 1; 0 ends the list */
    uint16_t *shapes;  /* longer << 6 | shorter */
    size_t n_shapes;
};

static guint
hash_ends(gconstpointer p)
{
    const struct ends *e = p;

    return (guint)mipro_mix((uint64_t)e->a << 32 | e->b, (unsigned)(e->longer << 6 | e->shorter));
}

static gboolean
equal_ends(gconstpointer p, gconstpointer q)
{
    const struct ends *x = p, *y = q;

    return x->a == y->a && x->b == y->b && x->longer == y->longer && x->shorter == y->shorter;
}

/* If both lengths are equal, the smaller address comes first. */
static struct ends
make_ends(uint32_t a, uint32_t b, unsigned longer, unsigned shorter)
{
    struct ends e = { a & mipro_mask_of(longer), b & mipro_mask_of(shorter), (uint16_t)longer,
        (uint16_t)shorter };

    if (longer == shorter && e.a > e.b) {
        uint32_t swap = e.a;

        e.a = e.b;
        e.b = swap;
    }
    return e;
}

/* The narrowest first: two addresses, then prefixes by the sum of their lengths. */
static int
compare_shapes(const void *p, const void *q)
{
    unsigned x = *(const uint16_t *)p, y = *(const uint16_t *)q;
    unsigned sum_x = (x >> 6) + (x & 0x3f), sum_y = (y >> 6) + (y & 0x3f);

    return sum_x != sum_y ? MIPRO_ORDER(sum_y, sum_x) : MIPRO_ORDER(y, x);
}

void
mipro_ring_index_ends(struct mipro_keyring *ring)
{
    struct mipro_ring_ends *ends = g_new0(struct mipro_ring_ends, 1);
    bool seen[64 * 64] = { false };
    GArray *shapes = g_array_new(FALSE, FALSE, sizeof(uint16_t));

    ends->first = g_hash_table_new_full(hash_ends, equal_ends, g_free, NULL);
    ends->next = g_new(uint32_t, ring->n + 1);
    for (size_t i = ring->n; i-- > 0;) { /* prepend each to its list */
        const struct mipro_association *s = &ring->associations[i];
        unsigned a = mipro_length_of(&s->a), b = mipro_length_of(&s->b);
        struct ends e =
            a >= b ? make_ends(s->a.addr, s->b.addr, a, b) : make_ends(s->b.addr, s->a.addr, b, a);
        uint16_t shape = (uint16_t)(e.longer << 6 | e.shorter);

        ends->next[i] = 0;
        if (s->a.nai || s->b.nai)
            continue;
        ends->next[i] = GPOINTER_TO_UINT(g_hash_table_lookup(ends->first, &e));
        g_hash_table_insert(ends->first, g_memdup2(&e, sizeof(e)), GUINT_TO_POINTER(i + 1));
        if (!seen[shape])
            g_array_append_val(shapes, shape);
        seen[shape] = true;
    }
    g_array_sort(shapes, compare_shapes);
    ends->n_shapes = shapes->len;
    ends->shapes = (uint16_t *)(void *)g_array_free(shapes, FALSE);
    ring->ends = ends;
}

void
mipro_ring_free_ends(struct mipro_keyring *ring)
{
    if (ring->ends == NULL)
        return;
    g_hash_table_destroy(ring->ends->first);
    g_free(ring->ends->next);
    g_free(ring->ends->shapes);
    g_free(ring->ends);
}

/* Add a list to those found, without duplicates. */
static size_t
add_list(const struct mipro_keyring *ring, const struct ends *e,
    const struct mipro_association *out[], size_t n, size_t max)
{
    uint32_t i = GPOINTER_TO_UINT(g_hash_table_lookup(ring->ends->first, e));

    for (; i != 0 && n < max; i = ring->ends->next[i - 1]) {
        const struct mipro_association *s = &ring->associations[i - 1];
        size_t k = 0;

        while (k < n && out[k] != s)
            k++;
        if (k == n)
            out[n++] = s;
    }
    return n;
}

size_t
mipro_keyring_between(const struct mipro_keyring *ring, const struct mipro_ends ends[],
    size_t n_ends, const struct mipro_association *out[], size_t max)
{
    const struct mipro_ring_ends *r = ring->ends;
    size_t n = 0;

    for (size_t i = 0; i < n_ends; i++)
        for (size_t s = 0; s < r->n_shapes && n < max; s++) {
            unsigned longer = r->shapes[s] >> 6, shorter = r->shapes[s] & 0x3f;
            struct ends one = make_ends(ends[i].a, ends[i].b, longer, shorter);
            struct ends other = make_ends(ends[i].b, ends[i].a, longer, shorter);

            n = add_list(ring, &one, out, n, max);
            n = add_list(ring, &other, out, n, max);
        }
    return n;
}

bool
mipro_keyring_joins(const struct mipro_keyring *ring, const struct mipro_ends ends[], size_t n_ends)
{
    const struct mipro_association *one[1];

    return mipro_keyring_between(ring, ends, n_ends, one, 1) != 0;
}
