/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tally.h"

#include "mipro_mix.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* The table may hold twice as many pairs as are kept; when it is full, half are removed. */
enum { SLOT_BITS = 18, SLOTS = 1 << SLOT_BITS, MOST_PAIRS = 2 * VRF_TALLY_PAIRS };
_Static_assert(SLOTS == 2 * MOST_PAIRS, "half of the slots stay free");

static const struct vrf_count nothing = { .first = MIPRO_TIME_NONE, .last = MIPRO_TIME_NONE };

void
vrf_tally_init(struct vrf_tally *t, bool wants_pairs)
{
    memset(t, 0, sizeof(*t));
    t->others = nothing;
    t->last_rank = UINT64_MAX;
    t->wants_pairs = wants_pairs;
    if (!wants_pairs)
        return;
    t->pairs = g_new(struct vrf_pair, SLOTS); /* pages are allocated as they are used */
    t->used = g_new0(uint8_t, SLOTS);
    /* Odd, and random, so that nobody can choose addresses that collide. */
    t->multiplier = ((uint64_t)g_random_int() << 32 | g_random_int()) | 1;
}

void
vrf_tally_clear(struct vrf_tally *t)
{
    g_free(t->pairs);
    g_free(t->used);
    t->pairs = NULL;
    t->used = NULL;
}

static void
count_one(struct vrf_count *c, enum mipro_verdict verdict, int64_t time)
{
    switch (verdict) {
    case MIPRO_GOOD:
        c->good++;
        break;
    case MIPRO_BAD:
    case MIPRO_EXPIRED:
    case MIPRO_MISSING:
        c->bad++;
        break;
    case MIPRO_NO_KEY:
    case MIPRO_TRUNCATED:
    case MIPRO_VERDICTS:
        c->unchecked++;
        break;
    }
    if (time == MIPRO_TIME_NONE)
        return;
    if (c->first == MIPRO_TIME_NONE || time < c->first)
        c->first = time;
    if (c->last == MIPRO_TIME_NONE || time > c->last)
        c->last = time;
}

static void
count_all(struct vrf_count *sum, const struct vrf_count *c)
{
    sum->good += c->good;
    sum->bad += c->bad;
    sum->unchecked += c->unchecked;
    if (c->first != MIPRO_TIME_NONE && (sum->first == MIPRO_TIME_NONE || c->first < sum->first))
        sum->first = c->first;
    if (c->last != MIPRO_TIME_NONE && (sum->last == MIPRO_TIME_NONE || c->last > sum->last))
        sum->last = c->last;
}

static uint64_t
rank_of(const struct vrf_pair *p)
{
    return mipro_mix(
        (uint64_t)p->a << 32 | p->b, p->association != NULL ? p->association->index + 1u : 0);
}

/* The slot of a pair, or the free slot for it. */
static uint32_t
find_slot(const struct vrf_tally *t, const struct vrf_pair *p)
{
    uint64_t key =
        ((uint64_t)p->a << 32 | p->b) ^
        (p->association != NULL ? p->association->index + 1u : 0u) * UINT64_C(0xc2b2ae3d27d4eb4f);
    uint32_t slot = (uint32_t)(key * t->multiplier >> (64 - SLOT_BITS));

    for (; t->used[slot]; slot = (slot + 1) % SLOTS) {
        const struct vrf_pair *other = &t->pairs[slot];

        if (other->a == p->a && other->b == p->b && other->association == p->association)
            break;
    }
    return slot;
}

static uint64_t
authenticators_of(const struct vrf_count *c)
{
    return c->good + c->bad + c->unchecked;
}

static void
count_others(struct vrf_tally *t, const struct vrf_count *c)
{
    count_all(&t->others, c);
    t->n_others += authenticators_of(c);
}

/* Find or add the pair p; NULL if there is no room for it. */
static struct vrf_count *
make_count(struct vrf_tally *t, const struct vrf_pair *p)
{
    uint32_t slot = find_slot(t, p);

    if (t->used[slot])
        return &t->pairs[slot].count;
    if (t->last_rank != UINT64_MAX && rank_of(p) > t->last_rank)
        return NULL;
    if (t->n_pairs == MOST_PAIRS) {
        vrf_tally_limit(t);
        return make_count(t, p);
    }
    t->used[slot] = 1;
    t->n_pairs++;
    t->pairs[slot] = (struct vrf_pair){ p->a, p->b, p->association, nothing };
    return &t->pairs[slot].count;
}

static int
compare_ranks(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

void
vrf_tally_limit(struct vrf_tally *t)
{
    struct vrf_pair *pairs;
    uint64_t *ranks;
    uint32_t n = 0;

    if (t->n_pairs <= VRF_TALLY_PAIRS)
        return;
    pairs = g_new(struct vrf_pair, t->n_pairs);
    ranks = g_new(uint64_t, t->n_pairs);
    for (uint32_t i = 0; i < SLOTS; i++)
        if (t->used[i]) {
            ranks[n] = rank_of(&t->pairs[i]);
            pairs[n++] = t->pairs[i];
        }
    qsort(ranks, n, sizeof(*ranks), compare_ranks);
    t->last_rank = ranks[VRF_TALLY_PAIRS - 1];
    memset(t->used, 0, SLOTS);
    t->n_pairs = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct vrf_count *c = make_count(t, &pairs[i]);

        if (c != NULL)
            *c = pairs[i].count;
        else
            count_others(t, &pairs[i].count);
    }
    g_free(pairs);
    g_free(ranks);
}

void
vrf_tally_pair(
    struct vrf_tally *t, const struct mipro_auth *auth, uint32_t src, uint32_t dst, int64_t time)
{
    const struct vrf_pair pair = { src < dst ? src : dst, src < dst ? dst : src, auth->association,
        nothing };
    struct vrf_count *c;

    c = make_count(t, &pair);
    if (c == NULL)
        t->n_others++;
    count_one(c != NULL ? c : &t->others, auth->verdict, time);
}

void
vrf_tally_add(struct vrf_tally *t, const struct vrf_tally *more)
{
    for (unsigned i = 0; i < MIPRO_VERDICTS; i++)
        t->verdicts[i] += more->verdicts[i];
    for (uint32_t i = 0; more->used != NULL && i < SLOTS; i++) {
        struct vrf_count *c;

        if (!more->used[i])
            continue;
        c = make_count(t, &more->pairs[i]);
        if (c != NULL)
            count_all(c, &more->pairs[i].count);
        else
            count_others(t, &more->pairs[i].count);
    }
    count_all(&t->others, &more->others);
    t->n_others += more->n_others;
}

static int
compare_pairs(const void *p, const void *q)
{
    const struct vrf_pair *x = p, *y = q;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

int
vrf_pair_compare_associations(const struct vrf_pair *x, const struct vrf_pair *y)
{
    if (x->association == NULL || y->association == NULL)
        return (x->association == NULL) - (y->association == NULL);
    return x->association->index < y->association->index
               ? -1
               : x->association->index > y->association->index;
}

static int
compare_associations(const void *p, const void *q)
{
    return vrf_pair_compare_associations(p, q);
}

/* A sorted copy of the table, with equal entries added up. */
static struct vrf_pair *
fold(const struct vrf_tally *t, int (*compare)(const void *, const void *), uint32_t *n)
{
    struct vrf_pair *out = g_new(struct vrf_pair, t->n_pairs + 1);
    uint32_t k = 0;

    for (uint32_t i = 0; t->used != NULL && i < SLOTS; i++)
        if (t->used[i])
            out[k++] = t->pairs[i];
    qsort(out, k, sizeof(*out), compare);
    *n = 0;
    for (uint32_t i = 0; i < k; i++) {
        if (*n != 0 && compare(&out[*n - 1], &out[i]) == 0)
            count_all(&out[*n - 1].count, &out[i].count);
        else
            out[(*n)++] = out[i];
    }
    return out;
}

struct vrf_pair *
vrf_tally_by_pair(const struct vrf_tally *t, uint32_t *n)
{
    struct vrf_pair *pairs = fold(t, compare_pairs, n);

    for (uint32_t i = 0; i < *n; i++)
        pairs[i].association = NULL;
    return pairs;
}

struct vrf_pair *
vrf_tally_by_association(const struct vrf_tally *t, uint32_t *n)
{
    struct vrf_pair *pairs = fold(t, compare_associations, n);

    for (uint32_t i = 0; i < *n; i++)
        pairs[i].a = pairs[i].b = 0;
    return pairs;
}
