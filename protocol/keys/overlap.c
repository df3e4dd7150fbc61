/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Find two associations that match some pair of ends equally well at the same time, when the
 * ring is loaded, without comparing every pair of associations.
 */
#include "keys/shape.h"

#include <stdlib.h>
#include <string.h>

static bool
report_overlap(
    const struct mipro_keyring *ring, uint32_t i, uint32_t j, struct mipro_key_error *err)
{
    const struct mipro_association *x = &ring->associations[i < j ? i : j];
    const struct mipro_association *y = &ring->associations[i < j ? j : i];
    struct mipro_column name = { (const uint8_t *)x->name, strlen(x->name) };

    return mipro_ring_fail_at(err, ring, y, MIPRO_KEY_END_A,
        "with this SPI, these ends and these times it fits as well as %s of line %u",
        mipro_show(&name).text, x->line);
}

/*
 * Associations of two shapes of equal rank match a common pair of ends if they agree in the
 * bits that both compare.  So mask all of them to the shorter lengths, sort, and compare
 * the validity periods of those with equal masked ends.
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
        return MIPRO_ORDER(x->a, y->a);
    if (x->b != y->b)
        return MIPRO_ORDER(x->b, y->b);
    if (x->not_before != y->not_before)
        return MIPRO_ORDER(x->not_before, y->not_before);
    return MIPRO_ORDER(x->index, y->index);
}

/* Of one shape so far: the one whose validity ends last, and the runner-up. */
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

/* Successive periods may touch: "not after" of one equals "not before" of the next. */
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
            return report_overlap(ring, l->first->index, s->index, err);
        if (overlaps(l->other, s))
            return report_overlap(ring, l->other->index, s->index, err);
        note_latest(&latest[s->second ? 1 : 0], s);
    }
    return true;
}

/* swap: with the second shape's ends swapped, because ends have no order. */
static bool
compare_shapes(const struct mipro_keyring *ring, const struct mipro_entry *x, size_t nx,
    const struct mipro_entry *y, size_t ny, bool swap, struct mipro_key_error *err)
{
    struct shadow *shadows = g_new(struct shadow, nx + ny);
    unsigned xa = mipro_longer_of(mipro_shape_of(x)), xb = mipro_shorter_of(mipro_shape_of(x));
    unsigned ya = mipro_longer_of(mipro_shape_of(y)), yb = mipro_shorter_of(mipro_shape_of(y));
    uint32_t mask_a = mipro_mask_of(xa) & mipro_mask_of(swap ? yb : ya);
    uint32_t mask_b = mipro_mask_of(xb) & mipro_mask_of(swap ? ya : yb);
    bool good;

    for (size_t i = 0; i < nx + ny; i++) {
        const struct mipro_entry *e = i < nx ? &x[i] : &y[i - nx];
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
run_of_shape(const struct mipro_entry *e, size_t n)
{
    size_t i = 1;

    while (i < n && e[i].spi == e[0].spi && e[i].rank_shape == e[0].rank_shape)
        i++;
    return i;
}

static bool
same_rank(const struct mipro_entry *x, const struct mipro_entry *y)
{
    return x->spi == y->spi && x->rank_shape >> 16 == y->rank_shape >> 16;
}

bool
mipro_refuse_overlap(const struct mipro_keyring *ring, const struct mipro_entry *e, size_t n,
    struct mipro_key_error *err)
{
    for (size_t i = 0, run; i < n; i += run) {
        bool lopsided =
            mipro_longer_of(mipro_shape_of(&e[i])) != mipro_shorter_of(mipro_shape_of(&e[i]));

        run = run_of_shape(e + i, n - i);
        /* Within one shape, sorted by ends and time, comparing neighbors suffices. */
        for (size_t k = i + 1, last = i; k < i + run; k++) {
            if (e[k].a != e[last].a || e[k].b != e[last].b)
                last = k;
            else if (e[k].not_before < e[last].not_after)
                return report_overlap(ring, e[last].index, e[k].index, err);
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
