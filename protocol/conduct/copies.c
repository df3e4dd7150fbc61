/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/copies.h"

#include "mipro_time.h"

#define SETS (UINT32_C(1) << 17)
#define WAYS 4 /* datagrams in a set: with SETS, half a million within the tolerance */
#define SEEN 4 /* sightings whose way is remembered */

/* The IP identification 0 says nothing: such a copy follows within this time. */
#define ANONYMOUS (MIPRO_SECOND / 1000)

struct copy {
    uint64_t hash;
    int64_t time;        /* of the last sighting */
    uint64_t frame : 48; /* of the first; 0: the entry is free */
    uint64_t n_seen : 8;
    uint64_t : 8;
    uint16_t seen[SEEN]; /* ways, shortened */
};

struct mipro_copy_set {
    struct copy way[WAYS];
};

bool
mipro_copies_new(struct mipro_copies *c)
{
    *c = (struct mipro_copies){ .uncertain = INT64_MIN };
    c->sets = mipro_pages_take(SETS * sizeof(struct mipro_copy_set), &c->pages);
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

/* Did an earlier sighting come the same way? */
static bool
came_this_way(const struct copy *e, uint16_t way)
{
    for (unsigned i = 0; i < e->n_seen; i++)
        if (e->seen[i] == way)
            return true;
    return false;
}

static void
begin_copy(struct copy *e, const struct mipro_sighting *s)
{
    e->hash = s->hash;
    e->time = s->time;
    e->frame = s->frame & (UINT64_MAX >> 16);
    e->n_seen = 1;
    e->seen[0] = (uint16_t)s->way;
}

/* The same octets again, within the tolerance.  Returns whether it is the same datagram. */
static bool
see_again(struct copy *e, const struct mipro_sighting *s)
{
    uint16_t way = (uint16_t)s->way;

    if (s->anonymous && came_this_way(e, way) && age_of(e, s->time) >= ANONYMOUS)
        return false;
    if (e->n_seen < SEEN && !came_this_way(e, way))
        e->seen[e->n_seen++] = way;
    if (s->time > e->time)
        e->time = s->time;
    return true;
}

uint64_t
mipro_copies_note(
    struct mipro_copies *c, const struct mipro_sighting *s, int64_t tolerance, bool *uncertain)
{
    struct mipro_copy_set *set = &c->sets[s->hash >> 47];
    struct copy *oldest = &set->way[0];

    for (unsigned i = 0; i < WAYS; i++) {
        struct copy *e = &set->way[i];

        if (e->frame != 0 && e->hash == s->hash && age_of(e, s->time) < tolerance &&
            e->frame != s->frame) {
            if (see_again(e, s)) {
                c->found++;
                return e->frame;
            }
            begin_copy(e, s); /* sent again */
            return 0;
        }
        if (oldest->frame != 0 && (e->frame == 0 || e->time < oldest->time))
            oldest = e;
    }
    *uncertain = s->time < c->uncertain;
    if (oldest->frame != 0 && age_of(oldest, s->time) < tolerance) {
        c->dropped++;
        if (mipro_time_add(oldest->time, tolerance) > c->uncertain)
            c->uncertain = mipro_time_add(oldest->time, tolerance);
    }
    begin_copy(oldest, s);
    return 0;
}
