/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/copies.h"

#include "mipro_time.h"

#define SET_BITS 17
#define WAYS 4  /* datagrams in a set: in 2^17 sets, half a million within the tolerance */
#define SEEN 4  /* ways that are remembered */
#define MOST 15 /* times that they are counted to */

/* The IP identification 0 says nothing: such a copy follows within this time. */
#define ANONYMOUS (MIPRO_SECOND / 1000)

struct copy {
    uint32_t key;        /* of what all sightings share, shortened */
    uint32_t octets;     /* of the whole payload, shortened; 0: it was cut */
    int64_t time;        /* of the last sighting */
    uint64_t frame : 48; /* of the first; 0: the entry is free */
    uint64_t n_seen : 16;
    struct {
        uint16_t way : 12; /* shortened */
        uint16_t n : 4;    /* how often it was sent, by the sightings of this way */
    } seen[SEEN];
};

struct mipro_copy_set {
    struct copy way[WAYS];
};

bool
mipro_copies_new(struct mipro_copies *c, unsigned n_tables)
{
    unsigned bits = SET_BITS;

    for (; n_tables > 1; n_tables /= 2)
        bits--;
    *c = (struct mipro_copies){ .uncertain = INT64_MIN, .shift = 64 - bits };
    c->sets = mipro_pages_take(sizeof(struct mipro_copy_set) << bits, &c->pages);
    return c->sets != NULL;
}

void
mipro_copies_free(struct mipro_copies *c)
{
    if (c->sets != NULL)
        mipro_pages_give(c->pages);
}

static int64_t
age_of(const struct copy *e, int64_t now)
{
    int64_t age = mipro_time_between(e->time, now);

    return age < 0 ? -(age + 1) : age; /* a merged capture goes back and forth a little */
}

/* The sightings of this way, or SEEN. */
static unsigned
find_way(const struct copy *e, unsigned way)
{
    unsigned i = 0;

    while (i < e->n_seen && e->seen[i].way != way)
        i++;
    return i < e->n_seen ? i : SEEN;
}

/* How often the datagram was sent, by the way that shows most of it. */
static unsigned
most_of(const struct copy *e)
{
    unsigned most = 0;

    for (unsigned i = 0; i < e->n_seen; i++)
        if (e->seen[i].n > most)
            most = e->seen[i].n;
    return most;
}

static void
begin_copy(struct copy *e, const struct mipro_sighting *s)
{
    e->key = (uint32_t)(s->hash >> 32);
    e->octets = s->octets;
    e->time = s->time;
    e->frame = s->frame & (UINT64_MAX >> 16);
    e->n_seen = 1;
    e->seen[0].way = s->way & 0xfff;
    e->seen[0].n = 1;
}

/*
 * The same octets again, within the tolerance.  Returns whether it is the same datagram.  Where the
 * IP identification says nothing, what was sent twice is seen twice on each way: only the way that
 * leads shows something new.
 */
static bool
see_again(struct copy *e, const struct mipro_sighting *s)
{
    unsigned i = find_way(e, s->way & 0xfff);
    unsigned most = most_of(e);
    bool repeated = s->anonymous && i < SEEN && age_of(e, s->time) >= ANONYMOUS;

    if (s->time > e->time)
        e->time = s->time;
    if (i == SEEN && e->n_seen < SEEN) {
        e->seen[e->n_seen].way = s->way & 0xfff;
        e->seen[e->n_seen++].n = 1;
    }
    if (!repeated)
        return true;
    if (e->seen[i].n < MOST)
        e->seen[i].n++;
    if (e->seen[i].n <= most && most < MOST)
        return true;
    e->frame = s->frame & (UINT64_MAX >> 16); /* sent again */
    return false;
}

/* The same datagram by all that both sightings show? */
static bool
is_same(const struct copy *e, const struct mipro_sighting *s)
{
    return e->key == (uint32_t)(s->hash >> 32) &&
           (e->octets == s->octets || e->octets == 0 || s->octets == 0);
}

uint64_t
mipro_copies_note(
    struct mipro_copies *c, const struct mipro_sighting *s, int64_t tolerance, bool *uncertain)
{
    struct mipro_copy_set *set = &c->sets[s->hash >> c->shift];
    struct copy *oldest = &set->way[0], *nearest = NULL;

    for (unsigned i = 0; i < WAYS; i++) {
        struct copy *e = &set->way[i];

        /* What was sent twice may stand there twice. */
        if (e->frame != 0 && is_same(e, s) && age_of(e, s->time) < tolerance &&
            e->frame != s->frame &&
            (nearest == NULL || age_of(e, s->time) < age_of(nearest, s->time)))
            nearest = e;
        if (oldest->frame != 0 && (e->frame == 0 || e->time < oldest->time))
            oldest = e;
    }
    if (nearest != NULL) {
        if (!see_again(nearest, s))
            return 0;
        c->found++;
        return nearest->frame;
    }
    *uncertain = s->time < c->uncertain;
    if (oldest->frame != 0 && age_of(oldest, s->time) < tolerance) {
        c->dropped++;
        if (mipro_time_add(oldest->time, tolerance) > c->uncertain)
            c->uncertain = mipro_time_add(oldest->time, tolerance);
    }
    begin_copy(oldest, s);
    if (s->doubted) {
        c->doubted = oldest;
        c->doubted_frame = s->frame;
    }
    return 0;
}

void
mipro_copies_confirm(struct mipro_copies *c, uint64_t frame, int64_t time)
{
    if (c->doubted != NULL && c->doubted_frame == frame && c->doubted->frame == frame)
        c->doubted->time = time;
    c->doubted = NULL;
}
