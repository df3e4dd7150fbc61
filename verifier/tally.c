/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tally.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_BITS = 17, SLOTS = 1 << SLOT_BITS };
_Static_assert(SLOTS == 2 * VRF_TALLY_PAIRS, "half of the slots stay free");

static const struct vrf_count nothing = { .first = MIPRO_TIME_NONE, .last = MIPRO_TIME_NONE };

void
vrf_tally_init(struct vrf_tally *t, bool wants_pairs)
{
    memset(t, 0, sizeof(*t));
    t->others = nothing;
    t->wants_pairs = wants_pairs;
    if (!wants_pairs)
        return;
    t->pairs = g_new(struct vrf_pair, SLOTS); /* touched as they are used */
    t->used = g_new0(uint8_t, SLOTS);
    /* Odd, and unknown to whoever would choose addresses that meet in one slot. */
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

void
vrf_tally_pair(
    struct vrf_tally *t, const struct mipro_auth *auth, uint32_t src, uint32_t dst, int64_t time)
{
    uint32_t a = src < dst ? src : dst, b = src < dst ? dst : src;
    const struct mipro_association *s = auth->association;
    uint64_t key;
    uint32_t slot;

    if (!t->wants_pairs)
        return;
    key = ((uint64_t)a << 32 | b) ^ (s != NULL ? s->index + 1u : 0u) * UINT64_C(0xc2b2ae3d27d4eb4f);
    slot = (uint32_t)(key * t->multiplier >> (64 - SLOT_BITS));
    for (;; slot = (slot + 1) % SLOTS) {
        struct vrf_pair *p = &t->pairs[slot];

        if (!t->used[slot]) {
            if (t->n_pairs == VRF_TALLY_PAIRS) {
                t->n_others++;
                count_one(&t->others, auth->verdict, time);
                return;
            }
            t->used[slot] = 1;
            t->n_pairs++;
            *p = (struct vrf_pair){ a, b, s, nothing };
        } else if (p->a != a || p->b != b || p->association != s) {
            continue;
        }
        count_one(&p->count, auth->verdict, time);
        return;
    }
}

static int
compare_pairs(const void *p, const void *q)
{
    const struct vrf_pair *x = p, *y = q;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

/* In the order of the key file; those that no association judged come last. */
static int
compare_associations(const void *p, const void *q)
{
    const struct vrf_pair *x = p, *y = q;

    if (x->association == NULL || y->association == NULL)
        return (x->association == NULL) - (y->association == NULL);
    return x->association->index < y->association->index
               ? -1
               : x->association->index > y->association->index;
}

/* The table, sorted, with equal entries added up. */
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
    return fold(t, compare_pairs, n);
}

struct vrf_pair *
vrf_tally_by_association(const struct vrf_tally *t, uint32_t *n)
{
    return fold(t, compare_associations, n);
}
