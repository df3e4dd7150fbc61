/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/open_list.h"

#include "mipro_mix.h"

#include <stdlib.h>

void
mipro_open_list_free(struct open_list *l)
{
    for (size_t i = l->first; i < l->n; i++)
        mipro_finding_clear(&l->at[i].open.finding);
    free(l->at);
    free(l->buckets);
}

static int
compare(const void *a, const void *b)
{
    const struct mipro_open *x = &((const struct open_entry *)a)->open;
    const struct mipro_open *y = &((const struct open_entry *)b)->open;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->finding.frame != y->finding.frame)
        return x->finding.frame < y->finding.frame ? -1 : 1;
    return x->finding.home < y->finding.home ? -1 : x->finding.home > y->finding.home;
}

/* The frame of an entry, if there may be a finding about it. */
static uint64_t
own_frame(const struct mipro_open *o)
{
    return o->kind == MIPRO_OPEN_ANSWER || o->says ? o->finding.frame : UINT64_MAX;
}

/* Update lowest, after entries from this one on were added or moved. */
static void
note_lowest(struct open_list *l, size_t from)
{
    uint64_t lowest = UINT64_MAX;

    for (size_t i = l->n; i-- > l->first;) {
        uint64_t own = own_frame(&l->at[i].open);

        if (own < lowest)
            lowest = own;
        if (i < from && l->at[i].lowest == lowest)
            return; /* earlier entries do not change either */
        l->at[i].lowest = lowest;
    }
}

/* ---- chains ---- */

static struct open_bucket *
bucket_of(const struct open_list *l, uint8_t message, uint32_t src, uint32_t dst, uint64_t ident)
{
    uint64_t hash = mipro_mix(mipro_mix((uint64_t)src << 32 | dst, l->secret) ^ message, ident);

    return &l->buckets[hash & (l->room - 1)];
}

static struct open_bucket *
bucket_of_entry(const struct open_list *l, const struct open_entry *e)
{
    const struct mipro_finding *f = &e->open.finding;

    return bucket_of(l, f->message, f->src, f->dst, e->open.ident);
}

void
mipro_open_list_unlink(struct open_list *l, struct open_entry *e)
{
    struct open_bucket *b;

    if (!e->linked)
        return;
    b = bucket_of_entry(l, e);
    *(e->previous != 0 ? &l->at[e->previous - 1].next : &b->first) = e->next;
    *(e->next != 0 ? &l->at[e->next - 1].previous : &b->last) = e->previous;
    e->next = e->previous = 0;
    e->linked = false;
}

/* Append the entries from this one on, which are sorted and in no chain yet, to their chains. */
static void
link_entries(struct open_list *l, size_t from)
{
    for (size_t i = from; i < l->n_sorted; i++) {
        struct open_entry *e = &l->at[i];
        struct open_bucket *b = bucket_of_entry(l, e);

        e->next = e->previous = 0;
        e->linked = !e->open.taken;
        if (!e->linked)
            continue;
        e->previous = b->last;
        *(b->last != 0 ? &l->at[b->last - 1].next : &b->first) = (uint32_t)(i + 1);
        b->last = (uint32_t)(i + 1);
    }
}

/* Entries were moved: make all chains again. */
static void
link_again(struct open_list *l)
{
    for (size_t i = 0; i < l->room; i++)
        l->buckets[i] = (struct open_bucket){ 0 };
    link_entries(l, l->first);
}

static struct open_entry *
entry_at(const struct open_list *l, uint32_t number)
{
    return number != 0 ? &l->at[number - 1] : NULL;
}

struct open_entry *
mipro_open_list_find(
    const struct open_list *l, uint8_t message, uint32_t src, uint32_t dst, uint64_t ident)
{
    if (l->first == l->n)
        return NULL;
    return entry_at(l, bucket_of(l, message, src, dst, ident)->first);
}

struct open_entry *
mipro_open_list_next(const struct open_list *l, const struct open_entry *e)
{
    return entry_at(l, e->next);
}

/* ---- order ---- */

void
mipro_open_list_sort(struct open_list *l)
{
    size_t low = l->first, high = l->n_sorted;

    if (l->n_sorted == l->n)
        return;
    for (size_t i = l->n_sorted + 1; i < l->n; i++) /* the earliest of the new ones */
        if (compare(&l->at[i], &l->at[l->n_sorted]) < 0) {
            struct open_entry earliest = l->at[i];

            l->at[i] = l->at[l->n_sorted];
            l->at[l->n_sorted] = earliest;
        }
    while (low < high) { /* find its position */
        size_t middle = low + (high - low) / 2;

        if (compare(&l->at[middle], &l->at[l->n_sorted]) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (l->chained)
        for (size_t i = low; i < l->n_sorted; i++) /* they are the last of their chains */
            mipro_open_list_unlink(l, &l->at[i]);
    qsort(&l->at[low], l->n - low, sizeof(l->at[0]), compare);
    l->n_sorted = l->n;
    if (l->chained)
        link_entries(l, low);
    note_lowest(l, low);
}

void
mipro_open_list_drop_first(struct open_list *l)
{
    if (++l->first == l->n)
        l->first = l->n_sorted = l->n = 0;
}

uint64_t
mipro_open_list_lowest(const struct open_list *l)
{
    return l->first < l->n ? l->at[l->first].lowest : UINT64_MAX;
}

/* ---- room ---- */

/* Double the room.  False if out of memory. */
static bool
grow(struct open_list *l)
{
    size_t room = l->room != 0 ? 2 * l->room : 64;
    struct open_entry *at = realloc(l->at, room * sizeof(*at));
    struct open_bucket *buckets;

    if (at == NULL)
        return false;
    l->at = at;
    if (l->chained) {
        buckets = realloc(l->buckets, room * sizeof(*buckets));
        if (buckets == NULL)
            return false;
        l->buckets = buckets;
    }
    l->room = room;
    return true;
}

/* Make room for one more.  False if out of memory. */
static bool
make_room(struct open_list *l)
{
    if (l->n < l->room)
        return true;
    if (l->first >= l->room / 2 && l->first != 0) { /* at most one move for each entry dropped */
        for (size_t i = l->first; i < l->n; i++)
            l->at[i - l->first] = l->at[i];
        l->n -= l->first;
        l->n_sorted -= l->first;
        l->first = 0;
    } else if (!grow(l)) {
        return false;
    }
    if (l->chained)
        link_again(l);
    return true;
}

bool
mipro_open_list_add(struct open_list *l, const struct mipro_open *open)
{
    if (!make_room(l))
        return false;
    l->at[l->n++] = (struct open_entry){ .open = *open, .lowest = own_frame(open) };
    return true;
}
