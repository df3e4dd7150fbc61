/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/copies.h"

#include "mipro_time.h"

#define LEAST 128u /* initial size of a table, in datagrams */
#define HEADS 8u   /* chains per datagram */
#define KEPT 4     /* tolerances after which a datagram may be forgotten to save room */
#define SEEN 4     /* ways remembered per datagram */
#define MOST 15    /* largest count of a way */

/* An IP identification of 0 identifies nothing: such a copy must follow within this time. */
#define ANONYMOUS (MIPRO_SECOND / 1000)

struct copy {
    uint32_t key;         /* truncated hash of what all sightings share */
    uint32_t octets;      /* truncated hash of the whole payload; 0: it was cut */
    int64_t time;         /* of the last sighting */
    uint64_t frame : 48;  /* of the first sighting; 0: the entry is free */
    uint64_t before : 16; /* distance to the next entry of the chain, in numbers; 0: none */
    struct {
        uint16_t way : 12; /* truncated hash */
        uint16_t n : 4;    /* number of transmissions seen by this way; 0: no entry */
    } seen[SEEN];
};

_Static_assert(sizeof(struct copy) == 32, "two to a line of the cache");
_Static_assert(MIPRO_COPIES_MOST <= UINT16_MAX, "what lies between two has 16 bits");

static inline struct copy *
copy_at(const struct mipro_copies *c, uint32_t number)
{
    return &c->ring[number & (c->n - 1)];
}

static inline uint16_t *
head_of(const struct mipro_copies *c, uint32_t key)
{
    return &c->heads[key >> c->shift];
}

/* Make the datagram with this number the last of its chain. */
static inline void
enter_chain(struct mipro_copies *c, struct copy *e, uint32_t number)
{
    uint16_t *head = head_of(c, e->key);
    uint32_t before = (number - *head) & UINT16_MAX;

    e->before = before < c->n ? before & UINT16_MAX : 0;
    *head = number & UINT16_MAX;
}

/* Resize to n datagrams, keeping all present ones.  False if out of memory. */
static bool
make_room(struct mipro_copies *c, uint32_t n)
{
    struct copy *ring =
        mipro_arena_take(c->arena, n * (sizeof(struct copy) + HEADS * sizeof(uint16_t)));
    struct mipro_copies old = *c;

    if (ring == NULL)
        return false;
    c->ring = ring;
    c->heads = (uint16_t *)(void *)(ring + n);
    c->n = n;
    c->shift = old.n == 0 ? 22 : c->shift - 1;
    for (uint32_t i = c->next - old.n; i != c->next; i++) {
        *copy_at(c, i) = *copy_at(&old, i);
        if (copy_at(c, i)->frame != 0)
            enter_chain(c, copy_at(c, i), i);
    }
    return true;
}

bool
mipro_copies_new(struct mipro_copies *c, struct arena *arena)
{
    _Static_assert(HEADS * LEAST == 1 << (32 - 22), "make_room() begins with a shift of 22");
    *c = (struct mipro_copies){ .uncertain = INT64_MIN, .latest = INT64_MIN, .arena = arena };
    /* An uninitialized head, 0, is then too old to be valid. */
    c->next = 2 * MIPRO_COPIES_MOST;
    return make_room(c, LEAST);
}

static int64_t
age_of(const struct copy *e, int64_t now)
{
    int64_t age = mipro_time_between(e->time, now);

    return age < 0 ? -(age + 1) : age; /* merged captures are slightly out of order */
}

/* The index of this way, or SEEN. */
static unsigned
find_way(const struct copy *e, unsigned way)
{
    unsigned i = 0;

    while (i < SEEN && (e->seen[i].n == 0 || e->seen[i].way != way))
        i++;
    return i;
}

/* How often the datagram was sent: the largest count of any way. */
static unsigned
most_of(const struct copy *e)
{
    unsigned most = 0;

    for (unsigned i = 0; i < SEEN; i++)
        if (e->seen[i].n > most)
            most = e->seen[i].n;
    return most;
}

/* Add a way with one sighting; ignored if there is no room. */
static void
add_way(struct copy *e, unsigned way)
{
    for (unsigned i = 0; i < SEEN; i++)
        if (e->seen[i].n == 0) {
            e->seen[i].way = way & 0xfff;
            e->seen[i].n = 1;
            return;
        }
}

static inline void
begin_copy(struct copy *e, const struct mipro_sighting *s)
{
    *e = (struct copy){
        .key = (uint32_t)(s->hash >> 32),
        .octets = s->octets,
        .time = s->time,
        .frame = s->frame & (UINT64_MAX >> 16),
    };
    e->seen[0].way = s->way & 0xfff;
    e->seen[0].n = 1;
}

/*
 * The same octets again, within the tolerance.  Returns whether it is the same datagram.  Without
 * an IP identification, a retransmission is seen once more on each way: it is new only on the way
 * whose count becomes the largest.  When both counts are as large as they can be, that is unknown.
 */
static bool
see_again(struct copy *e, const struct mipro_sighting *s, bool *uncertain)
{
    unsigned i = find_way(e, s->way & 0xfff);
    unsigned most = most_of(e);
    bool repeated = s->anonymous && i < SEEN && age_of(e, s->time) >= ANONYMOUS;

    if (s->time > e->time)
        e->time = s->time;
    if (i == SEEN)
        add_way(e, s->way);
    if (!repeated)
        return true;
    if (e->seen[i].n < MOST) {
        e->seen[i].n++;
        if (e->seen[i].n <= most)
            return true;
    } else {
        *uncertain = e->seen[1].n != 0; /* there is another way */
    }
    e->frame = s->frame & (UINT64_MAX >> 16); /* sent again */
    return false;
}

/* Is it the same datagram, as far as both sightings show it? */
static bool
is_same(const struct copy *e, const struct mipro_sighting *s)
{
    return e->key == (uint32_t)(s->hash >> 32) && e->frame != 0 &&
           (e->octets == s->octets || e->octets == 0 || s->octets == 0);
}

/* The datagram of which s is another sighting, the nearest in time; or NULL. */
static inline struct copy *
find_nearest(const struct mipro_copies *c, const struct mipro_sighting *s, int64_t tolerance)
{
    uint16_t number = *head_of(c, (uint32_t)(s->hash >> 32));
    struct copy *nearest = NULL;

    /* Entries n or more numbers back were overwritten; the age only grows along the chain. */
    for (uint32_t age = (c->next - number) & UINT16_MAX; age <= c->n;) {
        struct copy *e = copy_at(c, c->next - age);

        /* A datagram that was sent twice may have two entries. */
        if (is_same(e, s) && age_of(e, s->time) < tolerance && e->frame != s->frame &&
            (nearest == NULL || age_of(e, s->time) < age_of(nearest, s->time)))
            nearest = e;
        if (e->before == 0)
            break;
        age += e->before;
    }
    return nearest;
}

/* The next datagram would replace the oldest, which is still needed: grow, or note the loss. */
SELDOM static void
drop_young(struct mipro_copies *c, int64_t now, int64_t tolerance)
{
    const struct copy *oldest;

    if (c->n < MIPRO_COPIES_MOST && make_room(c, 2 * c->n))
        return;
    oldest = copy_at(c, c->next);
    if (age_of(oldest, now) >= tolerance)
        return;
    c->dropped++;
    if (mipro_time_add(oldest->time, tolerance) > c->uncertain)
        c->uncertain = mipro_time_add(oldest->time, tolerance);
}

uint64_t
mipro_copies_note(
    struct mipro_copies *c, const struct mipro_sighting *s, int64_t tolerance, bool *uncertain)
{
    struct copy *e = find_nearest(c, s, tolerance);

    if (e != NULL) {
        if (!see_again(e, s, uncertain))
            return 0;
        c->found++;
        return e->frame;
    }
    *uncertain = s->time < c->uncertain;
    if (!s->doubted && s->time > c->latest)
        c->latest = s->time;
    e = copy_at(c, c->next);
    if (e->frame != 0 && mipro_time_between(e->time, c->latest) / KEPT < tolerance) {
        drop_young(c, s->time, tolerance);
        e = copy_at(c, c->next);
    }
    begin_copy(e, s);
    enter_chain(c, e, c->next);
    if (s->doubted) {
        c->doubted = s->frame;
        c->doubted_one = c->next;
    }
    c->next++;
    return 0;
}

void
mipro_copies_confirm(struct mipro_copies *c, uint64_t frame, int64_t time)
{
    struct copy *e = copy_at(c, c->doubted_one);

    if (c->doubted != 0 && c->doubted == frame && e->frame == frame)
        e->time = time;
    c->doubted = 0;
}

void
mipro_copies_fetch_head(const struct mipro_copies *c, uint64_t hash)
{
    __builtin_prefetch(head_of(c, (uint32_t)(hash >> 32)));
}

void
mipro_copies_fetch(const struct mipro_copies *c, uint64_t hash)
{
    __builtin_prefetch(copy_at(c, *head_of(c, (uint32_t)(hash >> 32))));
    __builtin_prefetch(copy_at(c, c->next), 1); /* of which it takes the place, if it is new */
}
