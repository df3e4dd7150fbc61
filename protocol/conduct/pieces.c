/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/pieces.h"

#include "mipro_mix.h"
#include "mipro_time.h"

#define SET_BITS 12
#define WAYS 8

/* A datagram, once by its two ends, and once by its destination alone. */
struct piece {
    int64_t first, last; /* when its pieces were seen */
    uint32_t key;        /* of its ends, shortened */
    uint32_t id;
    bool used, known;
};

struct piece_set {
    struct piece way[WAYS];
    int64_t lost_first, lost_last; /* times of dropped pieces; none if first is later */
};

void
mipro_pieces_free(struct pieces *pieces)
{
    if (pieces->sets != NULL)
        mipro_pages_give(pieces->pages);
}

static bool
make_sets(struct pieces *pieces)
{
    const size_t n = ((size_t)1 << SET_BITS) + 1;

    pieces->sets = mipro_pages_take(n * sizeof(struct piece_set), &pieces->pages);
    for (size_t i = 0; pieces->sets != NULL && i < n; i++)
        pieces->sets[i].lost_first = INT64_MAX;
    return pieces->sets != NULL;
}

static uint64_t
hash_of(uint32_t src, uint32_t dst)
{
    return mipro_mix((uint64_t)src << 32 | dst, 0);
}

/* The set of this hash; the last is of those between any two nodes. */
static struct piece_set *
set_of(const struct pieces *pieces, uint32_t src, uint32_t dst)
{
    return &pieces->sets[(src | dst) == 0 ? (size_t)1 << SET_BITS
                                          : hash_of(src, dst) >> (64 - SET_BITS)];
}

static struct piece *
find(struct piece_set *set, uint64_t hash, uint32_t id)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (set->way[i].used && set->way[i].key == (uint32_t)hash && set->way[i].id == id)
            return &set->way[i];
    return NULL;
}

/* Drop a piece.  Its time is kept, and then applies to all nodes of this set. */
static void
lose(struct pieces *pieces, struct piece_set *set, const struct piece *p, int64_t since)
{
    if (!p->used || p->known || p->last < since)
        return;
    pieces->dropped++;
    if (set->lost_first > set->lost_last || set->lost_last < since) {
        set->lost_first = p->first;
        set->lost_last = p->last;
        return;
    }
    if (p->first < set->lost_first)
        set->lost_first = p->first;
    if (p->last > set->lost_last)
        set->lost_last = p->last;
}

static void
note(struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id, bool known, int64_t time,
    int64_t since, int64_t tolerance)
{
    struct piece_set *set = set_of(pieces, src, dst);
    uint64_t hash = hash_of(src, dst);
    struct piece *p = find(set, hash, id);

    if (p == NULL || p->last < since) {
        if (p == NULL)
            p = &set->way[0];
        for (unsigned i = 0; i < WAYS && p->used && p->last >= since; i++)
            if (!set->way[i].used || set->way[i].last < p->last)
                p = &set->way[i];
        lose(pieces, set, p, since);
        *p = (struct piece){ time, time, (uint32_t)hash, id, true, false };
    }
    /* Further apart they may be pieces of two datagrams. */
    p->known |= known && (time <= p->first || mipro_time_between(p->first, time) < tolerance);
    if (time < p->first)
        p->first = time;
    if (time > p->last)
        p->last = time;
}

void
mipro_pieces_note(struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id, bool known,
    int64_t time, int64_t reach, int64_t tolerance)
{
    int64_t since = mipro_time_add(time, -reach);

    if (pieces->sets == NULL && !make_sets(pieces))
        return;
    note(pieces, src, dst, id, known, time, since, tolerance);
    if (src != 0)
        note(pieces, 0, dst, id, known, time, since, tolerance);
}

void
mipro_pieces_whole(
    struct pieces *pieces, uint32_t src, uint32_t dst, uint32_t id, int64_t time, int64_t tolerance)
{
    const uint32_t from[] = { src, 0 };

    for (unsigned i = 0; pieces->sets != NULL && i < 2; i++) {
        struct piece *p = find(set_of(pieces, from[i], dst), hash_of(from[i], dst), id);

        if (p != NULL && mipro_time_between(p->first, time) < tolerance)
            p->known = true; /* also applies to copies of its pieces that may follow */
    }
}

static bool
was_between(const struct pieces *pieces, uint32_t src, uint32_t dst, int64_t from, int64_t to)
{
    const struct piece_set *set = set_of(pieces, src, dst);
    uint64_t hash = hash_of(src, dst);

    if (set->lost_first <= to && set->lost_last >= from && set->lost_first <= set->lost_last)
        return true;
    for (unsigned i = 0; i < WAYS; i++) {
        const struct piece *p = &set->way[i];

        if (p->used && !p->known && p->key == (uint32_t)hash && p->first <= to && p->last >= from)
            return true;
    }
    return false;
}

bool
mipro_pieces_between(
    const struct pieces *pieces, uint32_t src, uint32_t dst, int64_t from, int64_t to)
{
    return pieces->sets != NULL &&
           (was_between(pieces, src, dst, from, to) || was_between(pieces, 0, 0, from, to));
}
