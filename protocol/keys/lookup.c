/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The look-up of associations, and the checks that need the whole key file.
 *
 * Associations are grouped by SPI and by shape, that is, by the lengths of their
 * two prefixes.  All shapes share one hash table whose key is SPI, shape and the
 * two ends masked to the shape's lengths; a look-up tries the few shapes that
 * its SPI has, best first.  Its cost does not grow with the number of
 * associations, however many prefixes there are.
 */
#include "keys/shape.h"

#include "mipro_mix.h"

#include <stdlib.h>
#include <string.h>

/* The slot from which on these are looked for. */
static inline struct mipro_slot *
first_slot(const struct mipro_keyring *ring, uint64_t ends, uint64_t spi_shape)
{
    return &ring->slots[mipro_mix(ends, spi_shape) & ring->slot_mask];
}

static inline struct mipro_slot *
next_slot(const struct mipro_keyring *ring, const struct mipro_slot *slot)
{
    return &ring->slots[(size_t)(slot - ring->slots + 1) & ring->slot_mask];
}

static size_t
hash_spi(uint32_t spi)
{
    return (size_t)mipro_mix(spi, 0);
}

static struct mipro_entry
make_entry(const struct mipro_association *s)
{
    unsigned la = mipro_length_of(&s->a), lb = mipro_length_of(&s->b);
    bool swap = la < lb || (la == lb && s->a.addr > s->b.addr);
    struct mipro_entry e = { .spi = s->spi,
        .a = swap ? s->b.addr : s->a.addr,
        .b = swap ? s->a.addr : s->b.addr,
        .not_before = s->not_before,
        .not_after = s->not_after,
        .index = s->index };
    unsigned class = s->master || s->a.any || s->b.any ? MIPRO_CLASS_OPEN
                     : la == 33 && lb == 33            ? MIPRO_CLASS_PAIR
                                                       : MIPRO_CLASS_PREFIX;
    uint16_t shape = la < lb ? MIPRO_SHAPE_OF(class, lb, la) : MIPRO_SHAPE_OF(class, la, lb);

    e.rank_shape = mipro_rank_of(shape) << 16 | shape;
    return e;
}

static int
compare_entries(const void *p, const void *q)
{
    const struct mipro_entry *x = p, *y = q;

    if (x->spi != y->spi)
        return MIPRO_ORDER(x->spi, y->spi);
    if (x->rank_shape != y->rank_shape)
        return MIPRO_ORDER(x->rank_shape, y->rank_shape);
    if (x->a != y->a)
        return MIPRO_ORDER(x->a, y->a);
    if (x->b != y->b)
        return MIPRO_ORDER(x->b, y->b);
    if (x->not_before != y->not_before)
        return MIPRO_ORDER(x->not_before, y->not_before);
    return MIPRO_ORDER(x->index, y->index);
}

static bool
refuse_same_names(const struct mipro_keyring *ring, struct mipro_key_error *err)
{
    GHashTable *by_name = g_hash_table_new(g_str_hash, g_str_equal);
    bool good = true;

    for (size_t i = 0; i < ring->n && good; i++) {
        struct mipro_association *s = &ring->associations[i];
        const struct mipro_association *before = g_hash_table_lookup(by_name, s->name);
        struct mipro_column name = { (const uint8_t *)s->name, strlen(s->name) };

        if (before != NULL)
            good = mipro_ring_fail_at(err, ring, s, MIPRO_KEY_NAME,
                "%s is already the name of line %u", mipro_show(&name).text, before->line);
        g_hash_table_insert(by_name, (gpointer)(uintptr_t)s->name, s);
    }
    g_hash_table_destroy(by_name);
    return good;
}

/* A power of two that leaves at least half of the slots free. */
static size_t
table_size(size_t n)
{
    size_t size = 8;

    while (size < 2 * n)
        size *= 2;
    return size;
}

static void
put_slot(struct mipro_keyring *ring, const struct mipro_entry *e, uint32_t first, uint32_t count)
{
    const uint64_t ends = mipro_slot_ends(e->a, e->b);
    const uint64_t spi_shape = mipro_slot_spi_shape(e->spi, mipro_shape_of(e));
    struct mipro_slot *slot = first_slot(ring, ends, spi_shape);

    while (slot->spi_shape != 0)
        slot = next_slot(ring, slot);
    *slot = (struct mipro_slot){ .ends = ends,
        .spi_shape = spi_shape,
        .first = count == 1 ? e->index : first,
        .count = count,
        .key = ring->associations[e->index].key };
}

static void
put_spi(struct mipro_keyring *ring, const struct mipro_entry *e, uint32_t first, uint32_t count)
{
    size_t i = hash_spi(e->spi) & ring->spi_mask;

    while (ring->spis[i].count != 0)
        i = (i + 1) & ring->spi_mask;
    ring->spis[i] = (struct mipro_spi){ e->spi, first, count, e->index };
}

static void
lay_out(struct mipro_keyring *ring, const struct mipro_entry *e, size_t n)
{
    size_t n_shapes = 0, n_slots = 0, n_spis = 0;

    for (size_t i = 0; i < n; i++) {
        bool new_spi = i == 0 || e[i].spi != e[i - 1].spi;
        bool new_shape = new_spi || e[i].rank_shape != e[i - 1].rank_shape;

        n_spis += new_spi;
        n_shapes += new_shape;
        n_slots += new_shape || e[i].a != e[i - 1].a || e[i].b != e[i - 1].b;
    }
    ring->slot_mask = table_size(n_slots) - 1;
    ring->slots = g_new0(struct mipro_slot, ring->slot_mask + 1);
    ring->spi_mask = table_size(n_spis) - 1;
    ring->spis = g_new0(struct mipro_spi, ring->spi_mask + 1);
    ring->order = g_new(uint32_t, n + 1);
    ring->shapes = g_new(uint16_t, n_shapes + 1);

    n_shapes = 0;
    for (size_t i = 0; i < n;) { /* an SPI */
        size_t first_shape = n_shapes, begin = i;

        while (i < n && e[i].spi == e[begin].spi) { /* a shape, a pair of ends */
            size_t first = i;

            if (i == begin || e[i].rank_shape != e[i - 1].rank_shape)
                ring->shapes[n_shapes++] = mipro_shape_of(&e[i]);
            do {
                ring->order[i] = e[i].index;
                i++;
            } while (i < n && e[i].spi == e[first].spi && e[i].rank_shape == e[first].rank_shape &&
                     e[i].a == e[first].a && e[i].b == e[first].b);
            put_slot(ring, &e[first], (uint32_t)first, (uint32_t)(i - first));
        }
        put_spi(ring, &e[begin], (uint32_t)first_shape, (uint32_t)(n_shapes - first_shape));
    }
}

bool
mipro_keyring_finish(struct mipro_keyring *ring, struct mipro_key_error *err)
{
    struct mipro_entry *entries;
    size_t n = 0;
    bool good;

    if (!refuse_same_names(ring, err))
        return false;
    entries = g_new(struct mipro_entry, ring->n + 1);
    for (size_t i = 0; i < ring->n; i++)
        if (!ring->associations[i].a.nai && !ring->associations[i].b.nai)
            entries[n++] = make_entry(&ring->associations[i]);
    qsort(entries, n, sizeof(entries[0]), compare_entries);
    good = mipro_refuse_overlap(ring, entries, n, err) && mipro_ring_index_nais(ring, err);
    if (good) {
        lay_out(ring, entries, n);
        mipro_ring_index_ends(ring);
    }
    g_free(entries);
    return good;
}

/* The slot of these ends, searched for from this one on; or NULL. */
static inline const struct mipro_slot *
find_slot_from(const struct mipro_keyring *ring, const struct mipro_slot *slot, uint64_t ends,
    uint64_t spi_shape)
{
    for (;; slot = next_slot(ring, slot)) {
        if (slot->ends == ends && slot->spi_shape == spi_shape)
            return slot;
        if (slot->spi_shape == 0)
            return NULL;
    }
}

static const struct mipro_slot *
find_slot(const struct mipro_keyring *ring, uint32_t spi, uint16_t shape, uint32_t a, uint32_t b)
{
    const uint64_t ends = mipro_slot_ends(a, b), spi_shape = mipro_slot_spi_shape(spi, shape);

    return find_slot_from(ring, first_slot(ring, ends, spi_shape), ends, spi_shape);
}

static const struct mipro_spi *
find_spi(const struct mipro_keyring *ring, uint32_t spi)
{
    size_t i = hash_spi(spi) & ring->spi_mask;

    for (; ring->spis[i].count != 0; i = (i + 1) & ring->spi_mask)
        if (ring->spis[i].spi == spi)
            return &ring->spis[i];
    return NULL;
}

const struct mipro_association *
mipro_keyring_with_spi(const struct mipro_keyring *ring, uint32_t spi)
{
    const struct mipro_spi *of_spi = find_spi(ring, spi);

    return of_spi != NULL ? &ring->associations[of_spi->some] : NULL;
}

/* Two ends of equal length, in the order in which they are stored. */
static inline struct mipro_ends
in_order(uint32_t a, uint32_t b)
{
    return a < b ? (struct mipro_ends){ a, b } : (struct mipro_ends){ b, a };
}

struct mipro_pair
mipro_keyring_pair(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends)
{
    const struct mipro_ends at = in_order(ends->a, ends->b);
    struct mipro_pair pair = { .ends = mipro_slot_ends(at.a, at.b),
        .spi_shape = mipro_slot_spi_shape(spi, MIPRO_SHAPE_PAIR) };

    pair.slot = first_slot(ring, pair.ends, pair.spi_shape);
    __builtin_prefetch(pair.slot);
    return pair;
}

const struct mipro_association *
mipro_keyring_only(const struct mipro_keyring *ring, const struct mipro_pair *pair)
{
    const struct mipro_slot *slot = find_slot_from(ring, pair->slot, pair->ends, pair->spi_shape);

    if (slot == NULL || slot->count != 1)
        return NULL;
    __builtin_prefetch(&ring->associations[slot->first]);
    __builtin_prefetch(slot->key);
    return &ring->associations[slot->first];
}

/* The state of a look-up. */
struct search {
    const struct mipro_keyring *ring;
    uint32_t spi;
    int64_t time;
    struct mipro_candidate *out;
    size_t n;
    bool valid; /* all in out[] are valid at the time; else none is */
};

static void
add_candidate(
    struct search *s, const struct mipro_association *association, const struct mipro_ends *ends)
{
    bool valid = mipro_association_valid(association, s->time);

    if (valid && !s->valid) {
        s->valid = true;
        s->n = 0;
    }
    if (valid != s->valid || s->n == MIPRO_MAX_CANDIDATES)
        return;
    for (size_t i = 0; i < s->n; i++)
        if (s->out[i].association == association)
            return;
    s->out[s->n].association = association;
    s->out[s->n].node = association->a.addr == ends->a ? ends->b : ends->a;
    s->n++;
}

/*
 * Add all associations of one pair of ends: those valid at the time, else the nearest in time
 * first.
 */
static void
add_slot(struct search *s, const struct mipro_slot *slot, const struct mipro_ends *ends)
{
    const struct mipro_association *associations = s->ring->associations;
    const uint32_t *run = s->ring->order + slot->first;
    size_t low = 0, high = slot->count;

    if (slot->count == 1) {
        add_candidate(s, &associations[slot->first], ends);
        return;
    }
    while (low < high) { /* find the first that has not ended before the time */
        size_t middle = low + (high - low) / 2;

        if (associations[run[middle]].not_after < s->time)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t k = 0; k < MIPRO_MAX_CANDIDATES; k++) {
        if (low + k < slot->count)
            add_candidate(s, &associations[run[low + k]], ends);
        if (k < low)
            add_candidate(s, &associations[run[low - 1 - k]], ends);
    }
}

static void
add_shape(struct search *s, uint16_t shape, const struct mipro_ends *ends)
{
    uint32_t mask_a = mipro_mask_of(mipro_longer_of(shape)),
             mask_b = mipro_mask_of(mipro_shorter_of(shape));
    struct mipro_ends at = { ends->a & mask_a, ends->b & mask_b };
    const struct mipro_slot *slot;

    if (mask_a == mask_b)
        at = in_order(at.a, at.b);
    slot = find_slot(s->ring, s->spi, shape, at.a, at.b);
    if (slot != NULL)
        add_slot(s, slot, ends);
    if (mipro_longer_of(shape) == mipro_shorter_of(shape))
        return;
    slot = find_slot(s->ring, s->spi, shape, ends->b & mask_a, ends->a & mask_b);
    if (slot != NULL)
        add_slot(s, slot, ends);
}

/* Try the shapes of this SPI, best rank first, until one has a valid association. */
static size_t
find_by_shape(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends ends[],
    size_t n_ends, int64_t time, struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid)
{
    struct search s = { ring, spi, time, out, 0, false };
    const struct mipro_spi *of_spi = find_spi(ring, spi);
    const uint16_t *shapes;
    size_t n_shapes;

    shapes = of_spi != NULL ? ring->shapes + of_spi->first : NULL;
    n_shapes = of_spi != NULL ? of_spi->count : 0;
    for (size_t i = 0, same; i < n_shapes && !s.valid; i += same) {
        for (same = 1;
             i + same < n_shapes && mipro_rank_of(shapes[i + same]) == mipro_rank_of(shapes[i]);)
            same++;
        for (size_t e = 0; e < n_ends && !s.valid; e++)
            for (size_t k = i; k < i + same; k++)
                add_shape(&s, shapes[k], &ends[e]);
    }
    *valid = s.valid;
    return s.n;
}

size_t
mipro_keyring_find(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends ends[],
    size_t n_ends, int64_t time, struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid)
{
    const struct mipro_association *only = NULL;

    if (n_ends > 0) {
        struct mipro_pair pair = mipro_keyring_pair(ring, spi, &ends[0]);

        only = mipro_keyring_only(ring, &pair);
    }
    if (only != NULL && mipro_association_valid(only, time)) { /* no other shape ranks higher */
        out[0] = (struct mipro_candidate){ only, 0 };
        *valid = true;
        return 1;
    }
    return find_by_shape(ring, spi, ends, n_ends, time, out, valid);
}
