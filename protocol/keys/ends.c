/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is there any association between two ends, whatever its SPI?  One look-up for each shape
 * that the ring has: a pair of prefix lengths.
 */
#include "keys/lookup.h"

#include "mipro_mix.h"

struct ends {
    uint32_t a, b; /* masked by the shape */
    uint16_t longer, shorter;
};

struct mipro_ring_ends {
    GHashTable *set;
    uint16_t *shapes; /* longer << 6 | shorter */
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

/* Ends of equal lengths have no order: the smaller comes first. */
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

void
mipro_ring_index_ends(struct mipro_keyring *ring)
{
    struct mipro_ring_ends *ends = g_new0(struct mipro_ring_ends, 1);
    bool seen[64 * 64] = { false };
    GArray *shapes = g_array_new(FALSE, FALSE, sizeof(uint16_t));

    ends->set = g_hash_table_new_full(hash_ends, equal_ends, g_free, NULL);
    for (size_t i = 0; i < ring->n; i++) {
        const struct mipro_association *s = &ring->associations[i];
        unsigned a = mipro_length_of(&s->a), b = mipro_length_of(&s->b);
        struct ends e =
            a >= b ? make_ends(s->a.addr, s->b.addr, a, b) : make_ends(s->b.addr, s->a.addr, b, a);
        uint16_t shape = (uint16_t)(e.longer << 6 | e.shorter);

        g_hash_table_add(ends->set, g_memdup2(&e, sizeof(e)));
        if (!seen[shape])
            g_array_append_val(shapes, shape);
        seen[shape] = true;
    }
    ends->n_shapes = shapes->len;
    ends->shapes = (uint16_t *)(void *)g_array_free(shapes, FALSE);
    ring->ends = ends;
}

void
mipro_ring_free_ends(struct mipro_keyring *ring)
{
    if (ring->ends == NULL)
        return;
    g_hash_table_destroy(ring->ends->set);
    g_free(ring->ends->shapes);
    g_free(ring->ends);
}

bool
mipro_keyring_joins(const struct mipro_keyring *ring, const struct mipro_ends ends[], size_t n_ends)
{
    const struct mipro_ring_ends *r = ring->ends;

    for (size_t i = 0; i < n_ends; i++)
        for (size_t s = 0; s < r->n_shapes; s++) {
            unsigned longer = r->shapes[s] >> 6, shorter = r->shapes[s] & 0x3f;
            struct ends one = make_ends(ends[i].a, ends[i].b, longer, shorter);
            struct ends other = make_ends(ends[i].b, ends[i].a, longer, shorter);

            if (g_hash_table_contains(r->set, &one) || g_hash_table_contains(r->set, &other))
                return true;
        }
    return false;
}
