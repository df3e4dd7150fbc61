/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose association: the look-up, and what only the whole key file shows.
 *
 * Associations are grouped by SPI and by shape, that is, by the lengths of their
 * two prefixes.  All shapes share one hash table whose key is SPI, shape and the
 * two ends masked to the shape's lengths; a look-up tries the few shapes that
 * its SPI has, best first.  What it costs does not grow with the number of
 * associations, however many prefixes there are.
 */
#include "mipro_ring.h"

#include <stdlib.h>
#include <string.h>

/*
 * A shape: the class, then one more than the length of the longer and of the
 * shorter prefix; 0 is "*".
 */
enum { CLASS_PAIR = 1, CLASS_PREFIX, CLASS_OPEN };
#define SHAPE(class, longer, shorter) ((uint16_t)((class) << 12 | (longer) << 6 | (shorter)))
#define SHAPE_PAIR SHAPE(CLASS_PAIR, 33, 33)

static unsigned
longer_of(uint16_t shape)
{
    return shape >> 6 & 0x3f;
}

static unsigned
shorter_of(uint16_t shape)
{
    return shape & 0x3f;
}

/* Smaller is better: two addresses, then prefixes by the sum of their lengths, then "*". */
static unsigned
rank_of(uint16_t shape)
{
    unsigned longer = longer_of(shape), shorter = shorter_of(shape);
    unsigned sum = (longer > 0 ? longer - 1 : 0) + (shorter > 0 ? shorter - 1 : 0);

    return (unsigned)(shape >> 12) << 8 | (64 - sum);
}

/* of: a length as a shape holds it */
static uint32_t
mask_of(unsigned length)
{
    return length <= 1 ? 0 : UINT32_MAX << (33 - length);
}

static unsigned
length_of(const struct mipro_end *end)
{
    return end->any ? 0 : end->bits + 1u;
}

static uint64_t
mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ h >> 32;
}

static size_t
hash_ends(uint32_t spi, uint16_t shape, uint32_t a, uint32_t b)
{
    uint64_t whose = ((uint64_t)spi << 16 | shape) * UINT64_C(0xd6e8feb86659fd93);

    return (size_t)mix(((uint64_t)a << 32 | b) ^ whose);
}

static size_t
hash_spi(uint32_t spi)
{
    return (size_t)mix(spi);
}

/* One association while the look-up is built. */
struct entry {
    uint32_t spi;
    uint32_t rank_shape; /* rank, then shape */
    uint32_t a, b;       /* of the longer and the shorter prefix; equal lengths: in order */
    int64_t not_before, not_after;
    uint32_t index;
};

static uint16_t
shape_of(const struct entry *e)
{
    return (uint16_t)e->rank_shape;
}

static struct entry
make_entry(const struct mipro_association *s)
{
    unsigned la = length_of(&s->a), lb = length_of(&s->b);
    bool swap = la < lb || (la == lb && s->a.addr > s->b.addr);
    struct entry e = { .spi = s->spi,
        .a = swap ? s->b.addr : s->a.addr,
        .b = swap ? s->a.addr : s->b.addr,
        .not_before = s->not_before,
        .not_after = s->not_after,
        .index = s->index };
    unsigned class = s->master || s->a.any || s->b.any ? CLASS_OPEN
                     : la == 33 && lb == 33            ? CLASS_PAIR
                                                       : CLASS_PREFIX;
    uint16_t shape = la < lb ? SHAPE(class, lb, la) : SHAPE(class, la, lb);

    e.rank_shape = rank_of(shape) << 16 | shape;
    return e;
}

#define ORDER(x, y) ((x) < (y) ? -1 : (x) > (y))

static int
compare_entries(const void *p, const void *q)
{
    const struct entry *x = p, *y = q;

    if (x->spi != y->spi)
        return ORDER(x->spi, y->spi);
    if (x->rank_shape != y->rank_shape)
        return ORDER(x->rank_shape, y->rank_shape);
    if (x->a != y->a)
        return ORDER(x->a, y->a);
    if (x->b != y->b)
        return ORDER(x->b, y->b);
    if (x->not_before != y->not_before)
        return ORDER(x->not_before, y->not_before);
    return ORDER(x->index, y->index);
}

static bool
refuse_twins(const struct mipro_keyring *ring, uint32_t i, uint32_t j, struct mipro_key_error *err)
{
    const struct mipro_association *x = &ring->associations[i < j ? i : j];
    const struct mipro_association *y = &ring->associations[i < j ? j : i];
    struct mipro_column name = { (const uint8_t *)x->name, strlen(x->name) };

    return mipro_ring_fail(err, ring, y->line, MIPRO_KEY_END_A,
        "with this SPI, these ends and these times it fits as well as %s of line %u",
        mipro_show(&name).text, x->line);
}

/*
 * Two shapes of equal rank: the pairs that both match are those that agree where
 * both look.  So project each onto the shorter lengths, sort, and look only at
 * those that fall together; of these, at overlapping times.
 */
struct shadow {
    uint32_t a, b;
    int64_t not_before, not_after;
    uint32_t index;
    bool second; /* of the second shape */
};

static int
compare_shadows(const void *p, const void *q)
{
    const struct shadow *x = p, *y = q;

    if (x->a != y->a)
        return ORDER(x->a, y->a);
    if (x->b != y->b)
        return ORDER(x->b, y->b);
    if (x->not_before != y->not_before)
        return ORDER(x->not_before, y->not_before);
    return ORDER(x->index, y->index);
}

/* Of one side, so far: who lasts longest, and who of the others does. */
struct latest {
    const struct shadow *first, *other;
};

static void
note_latest(struct latest *l, const struct shadow *s)
{
    if (l->first == NULL || s->not_after > l->first->not_after) {
        l->other = l->first;
        l->first = s;
    } else if (l->other == NULL || s->not_after > l->other->not_after) {
        l->other = s;
    }
}

/* One after the other may touch: "not after" of one is "not before" of the next. */
static bool
overlaps(const struct shadow *earlier, const struct shadow *later)
{
    return earlier != NULL && earlier->index != later->index &&
           later->not_before < earlier->not_after;
}

static bool
sweep(
    const struct mipro_keyring *ring, struct shadow *shadows, size_t n, struct mipro_key_error *err)
{
    struct latest latest[2] = { { NULL, NULL }, { NULL, NULL } };

    qsort(shadows, n, sizeof(shadows[0]), compare_shadows);
    for (size_t i = 0; i < n; i++) {
        const struct shadow *s = &shadows[i];
        const struct latest *l = &latest[s->second ? 0 : 1];

        if (i > 0 && (s->a != s[-1].a || s->b != s[-1].b))
            memset(latest, 0, sizeof(latest));
        if (overlaps(l->first, s))
            return refuse_twins(ring, l->first->index, s->index, err);
        if (overlaps(l->other, s))
            return refuse_twins(ring, l->other->index, s->index, err);
        note_latest(&latest[s->second ? 1 : 0], s);
    }
    return true;
}

/* swap: the second shape's ends the other way round, for the order of ends says nothing. */
static bool
compare_shapes(const struct mipro_keyring *ring, const struct entry *x, size_t nx,
    const struct entry *y, size_t ny, bool swap, struct mipro_key_error *err)
{
    struct shadow *shadows = g_new(struct shadow, nx + ny);
    unsigned xa = longer_of(shape_of(x)), xb = shorter_of(shape_of(x));
    unsigned ya = longer_of(shape_of(y)), yb = shorter_of(shape_of(y));
    uint32_t mask_a = mask_of(xa) & mask_of(swap ? yb : ya);
    uint32_t mask_b = mask_of(xb) & mask_of(swap ? ya : yb);
    bool good;

    for (size_t i = 0; i < nx + ny; i++) {
        const struct entry *e = i < nx ? &x[i] : &y[i - nx];
        bool other = i >= nx && swap;

        shadows[i] = (struct shadow){ .a = (other ? e->b : e->a) & mask_a,
            .b = (other ? e->a : e->b) & mask_b,
            .not_before = e->not_before,
            .not_after = e->not_after,
            .index = e->index,
            .second = i >= nx };
    }
    good = sweep(ring, shadows, nx + ny, err);
    g_free(shadows);
    return good;
}

static size_t
run_of_shape(const struct entry *e, size_t n)
{
    size_t i = 1;

    while (i < n && e[i].spi == e[0].spi && e[i].rank_shape == e[0].rank_shape)
        i++;
    return i;
}

static bool
same_rank(const struct entry *x, const struct entry *y)
{
    return x->spi == y->spi && x->rank_shape >> 16 == y->rank_shape >> 16;
}

/* Refuse associations between which the look-up could not choose. */
static bool
refuse_ambiguity(
    const struct mipro_keyring *ring, const struct entry *e, size_t n, struct mipro_key_error *err)
{
    for (size_t i = 0, run; i < n; i += run) {
        bool lopsided = longer_of(shape_of(&e[i])) != shorter_of(shape_of(&e[i]));

        run = run_of_shape(e + i, n - i);
        /* Of one shape: sorted by ends and by time, so neighbours tell. */
        for (size_t k = i + 1, last = i; k < i + run; k++) {
            if (e[k].a != e[last].a || e[k].b != e[last].b)
                last = k;
            else if (e[k].not_before < e[last].not_after)
                return refuse_twins(ring, e[last].index, e[k].index, err);
            else if (e[k].not_after >= e[last].not_after)
                last = k;
        }
        if (lopsided && run > 1 && !compare_shapes(ring, e + i, run, e + i, run, true, err))
            return false;
        for (size_t j = i + run, other; j < n && same_rank(&e[i], &e[j]); j += other) {
            other = run_of_shape(e + j, n - j);
            if (!compare_shapes(ring, e + i, run, e + j, other, false, err) ||
                !compare_shapes(ring, e + i, run, e + j, other, true, err))
                return false;
        }
    }
    return true;
}

static bool
index_names(struct mipro_keyring *ring, struct mipro_key_error *err)
{
    ring->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < ring->n; i++) {
        struct mipro_association *s = &ring->associations[i];
        const struct mipro_association *before = g_hash_table_lookup(ring->by_name, s->name);
        struct mipro_column name = { (const uint8_t *)s->name, strlen(s->name) };

        if (before != NULL)
            return mipro_ring_fail(err, ring, s->line, MIPRO_KEY_NAME,
                "%s is the name of line %u already", mipro_show(&name).text, before->line);
        g_hash_table_insert(ring->by_name, (gpointer)(uintptr_t)s->name, s);
    }
    return true;
}

/* A power of two that leaves every other place free. */
static size_t
table_size(size_t n)
{
    size_t size = 8;

    while (size < 2 * n)
        size *= 2;
    return size;
}

static void
put_slot(struct mipro_keyring *ring, const struct entry *e, uint32_t first, uint32_t count)
{
    size_t i = hash_ends(e->spi, shape_of(e), e->a, e->b) & ring->slot_mask;

    while (ring->slots[i].shape != 0)
        i = (i + 1) & ring->slot_mask;
    ring->slots[i] = (struct mipro_slot){ .spi = e->spi,
        .a = e->a,
        .b = e->b,
        .shape = shape_of(e),
        .first = count == 1 ? e->index : first,
        .count = count,
        .key = ring->associations[e->index].key };
}

static void
put_spi(struct mipro_keyring *ring, uint32_t spi, uint32_t first, uint32_t count)
{
    size_t i = hash_spi(spi) & ring->spi_mask;

    while (ring->spis[i].count != 0)
        i = (i + 1) & ring->spi_mask;
    ring->spis[i] = (struct mipro_spi){ spi, first, count };
}

static void
lay_out(struct mipro_keyring *ring, const struct entry *e)
{
    size_t n = ring->n, n_shapes = 0, n_slots = 0, n_spis = 0;

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
                ring->shapes[n_shapes++] = shape_of(&e[i]);
            do {
                ring->order[i] = e[i].index;
                i++;
            } while (i < n && e[i].spi == e[first].spi && e[i].rank_shape == e[first].rank_shape &&
                     e[i].a == e[first].a && e[i].b == e[first].b);
            put_slot(ring, &e[first], (uint32_t)first, (uint32_t)(i - first));
        }
        put_spi(ring, e[begin].spi, (uint32_t)first_shape, (uint32_t)(n_shapes - first_shape));
    }
}

bool
mipro_ring_index(struct mipro_keyring *ring, struct mipro_key_error *err)
{
    struct entry *entries;
    bool good;

    if (!index_names(ring, err))
        return false;
    entries = g_new(struct entry, ring->n + 1);
    for (size_t i = 0; i < ring->n; i++)
        entries[i] = make_entry(&ring->associations[i]);
    qsort(entries, ring->n, sizeof(entries[0]), compare_entries);
    good = refuse_ambiguity(ring, entries, ring->n, err);
    if (good)
        lay_out(ring, entries);
    g_free(entries);
    return good;
}

static const struct mipro_slot *
find_slot(const struct mipro_keyring *ring, uint32_t spi, uint16_t shape, uint32_t a, uint32_t b)
{
    size_t i = hash_ends(spi, shape, a, b) & ring->slot_mask;

    for (; ring->slots[i].shape != 0; i = (i + 1) & ring->slot_mask) {
        const struct mipro_slot *slot = &ring->slots[i];

        if (slot->a == a && slot->b == b && slot->spi == spi && slot->shape == shape)
            return slot;
    }
    return NULL;
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

/* The only association for these two addresses; NULL if there is none, or more. */
static const struct mipro_association *
find_pair(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends)
{
    uint32_t a = ends->a < ends->b ? ends->a : ends->b;
    uint32_t b = ends->a < ends->b ? ends->b : ends->a;
    const struct mipro_slot *slot = find_slot(ring, spi, SHAPE_PAIR, a, b);

    return slot != NULL && slot->count == 1 ? &ring->associations[slot->first] : NULL;
}

/* What a look-up has found so far. */
struct search {
    const struct mipro_keyring *ring;
    uint32_t spi;
    int64_t time;
    struct mipro_candidate *out;
    size_t n;
    bool valid; /* out[] are valid at the time; none is outside its validity */
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

/* All of one pair of ends: those valid at the time, else from those nearest to it outwards. */
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
    while (low < high) { /* the first that has not ended before the time */
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
    uint32_t mask_a = mask_of(longer_of(shape)), mask_b = mask_of(shorter_of(shape));
    uint32_t a = ends->a & mask_a, b = ends->b & mask_b;
    const struct mipro_slot *slot;

    if (mask_a == mask_b && a > b) { /* laid out in this order */
        uint32_t lesser = b;

        b = a;
        a = lesser;
    }
    slot = find_slot(s->ring, s->spi, shape, a, b);
    if (slot != NULL)
        add_slot(s, slot, ends);
    if (longer_of(shape) == shorter_of(shape))
        return;
    slot = find_slot(s->ring, s->spi, shape, ends->b & mask_a, ends->a & mask_b);
    if (slot != NULL)
        add_slot(s, slot, ends);
}

size_t
mipro_keyring_find(const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends ends[],
    size_t n_ends, int64_t time, struct mipro_candidate out[MIPRO_MAX_CANDIDATES], bool *valid)
{
    struct search s = { ring, spi, time, out, 0, false };
    const struct mipro_spi *of_spi = find_spi(ring, spi);
    const uint16_t *shapes = of_spi != NULL ? ring->shapes + of_spi->first : NULL;
    size_t n_shapes = of_spi != NULL ? of_spi->count : 0;

    /* What nearly all are: one association for two addresses, and valid. */
    if (n_shapes > 0 && n_ends > 0 && shapes[0] == SHAPE_PAIR) {
        const struct mipro_association *association = find_pair(ring, spi, &ends[0]);

        if (association != NULL && mipro_association_valid(association, time)) {
            out[0] = (struct mipro_candidate){ association, 0 };
            *valid = true;
            return 1;
        }
    }
    for (size_t i = 0, same; i < n_shapes && !s.valid; i += same) {
        for (same = 1; i + same < n_shapes && rank_of(shapes[i + same]) == rank_of(shapes[i]);)
            same++;
        for (size_t e = 0; e < n_ends && !s.valid; e++)
            for (size_t k = i; k < i + same; k++)
                add_shape(&s, shapes[k], &ends[e]);
    }
    *valid = s.valid;
    return s.n;
}

bool
mipro_keyring_is_large(const struct mipro_keyring *ring)
{
    return ring->n >= 4096;
}

void
mipro_keyring_prefetch(
    const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends)
{
    uint32_t a = ends->a < ends->b ? ends->a : ends->b;
    uint32_t b = ends->a < ends->b ? ends->b : ends->a;

    __builtin_prefetch(&ring->slots[hash_ends(spi, SHAPE_PAIR, a, b) & ring->slot_mask]);
}

void
mipro_keyring_prefetch_key(
    const struct mipro_keyring *ring, uint32_t spi, const struct mipro_ends *ends)
{
    uint32_t a = ends->a < ends->b ? ends->a : ends->b;
    uint32_t b = ends->a < ends->b ? ends->b : ends->a;
    const struct mipro_slot *slot = find_slot(ring, spi, SHAPE_PAIR, a, b);

    if (slot == NULL || slot->count != 1)
        return;
    __builtin_prefetch(&ring->associations[slot->first]);
    __builtin_prefetch((const uint8_t *)(&ring->associations[slot->first] + 1) - 1);
    __builtin_prefetch(slot->key);
}
