/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/copies.h"

#define BETWEEN 2u /* datagrams of a shard, from looking ahead to the turn */
#define LEAST 128u /* initial size of a table, in datagrams */
#define HEADS 8u   /* chains per datagram */
#define GROWTH 4u  /* of a table that is full: what it leaves behind stays in the arena */
#define KEPT 4     /* tolerances after which a datagram may be forgotten to save room */
#define MOST 255u  /* largest count of a way */

/* An IP identification of 0 identifies nothing: such a copy must follow within this time. */
#define ANONYMOUS (MIPRO_SECOND / 1000)

static inline struct copy_ways *
ways_of(const struct mipro_copies *c, const struct copy *e)
{
    return &c->ways[e - c->ring];
}

/* How often it was sent, as far as the way with this index has shown. */
static inline unsigned
sent_by(const struct copy *e, unsigned i)
{
    return e->sent >> 8 * i & UINT8_MAX;
}

/* Was it seen by several ways? */
static inline bool
has_ways(const struct copy *e)
{
    return sent_by(e, 1) != 0;
}

/* What comes before a datagram in its chain, if the last is this many numbers back; 0: none. */
static inline uint32_t
before_of(const struct mipro_copies *c, uint32_t age)
{
    return age < c->n ? age : 0;
}

/* Make the datagram with this number the last of its chain. */
static inline void
enter_chain(struct mipro_copies *c, struct copy *e, uint32_t number)
{
    uint16_t *head = copies_head(c, e->key);

    e->before = before_of(c, (number - *head) & UINT16_MAX) & UINT16_MAX;
    *head = number & UINT16_MAX;
}

/* Resize to n datagrams, keeping all present ones.  False if out of memory. */
SELDOM static bool
make_room(struct mipro_copies *c, uint32_t n)
{
    struct copy *ring = mipro_arena_take(
        c->arena, n * (sizeof(struct copy) + HEADS * sizeof(uint16_t) + sizeof(struct copy_ways)));
    struct mipro_copies old = *c;

    if (ring == NULL)
        return false;
    c->ring = ring;
    c->heads = (uint16_t *)(void *)(ring + n);
    c->ways = (struct copy_ways *)(void *)(c->heads + (size_t)n * HEADS);
    c->n = n;
    c->shift = old.n == 0 ? 22 : c->shift - 2;
    for (uint32_t i = c->next - old.n; i != c->next; i++) {
        *copies_at(c, i) = *copies_at(&old, i);
        if (has_ways(copies_at(c, i)))
            *ways_of(c, copies_at(c, i)) = *ways_of(&old, copies_at(&old, i));
        if (copies_at(c, i)->frame != 0)
            enter_chain(c, copies_at(c, i), i);
    }
    return true;
}

bool
mipro_copies_new(struct mipro_copies *c, struct arena *arena, int64_t tolerance)
{
    _Static_assert(HEADS * LEAST == 1 << (32 - 22), "make_room() begins with a shift of 22");
    _Static_assert(GROWTH == 1 << 2 && LEAST * GROWTH * GROWTH * GROWTH == MIPRO_COPIES_MOST,
        "make_room() goes on with 2 less");
    *c = (struct mipro_copies){
        .tolerance = tolerance,
        .kept = tolerance < INT64_MAX / KEPT ? KEPT * tolerance : INT64_MAX,
        .uncertain = INT64_MIN,
        .latest = INT64_MIN,
        .arena = arena,
    };
    /* An uninitialized head, 0, is then too old to be valid. */
    c->next = 2 * MIPRO_COPIES_MOST;
    return make_room(c, LEAST);
}

/* Merged captures are slightly out of order. */
static int64_t
apart(int64_t a, int64_t b)
{
    int64_t age = mipro_time_between(a, b);

    return age < 0 ? -(age + 1) : age;
}

static int64_t
age_of(const struct copy *e, int64_t now)
{
    return apart(e->time, now);
}

/* The index of this way, or MIPRO_COPIES_WAYS. */
static unsigned
find_way(const struct mipro_copies *c, const struct copy *e, uint32_t way)
{
    unsigned i = 1;

    if (e->way == way)
        return 0;
    while (i < MIPRO_COPIES_WAYS && (sent_by(e, i) == 0 || ways_of(c, e)->way[i] != way))
        i++;
    return i;
}

/* How often the datagram was sent: the largest count of any way. */
static unsigned
most_of(const struct copy *e)
{
    unsigned most = 0;

    for (unsigned i = 0; i < MIPRO_COPIES_WAYS; i++)
        if (sent_by(e, i) > most)
            most = sent_by(e, i);
    return most;
}

/* Add a way with one sighting.  Returns its index; MIPRO_COPIES_WAYS if there is no room. */
static unsigned
add_way(const struct mipro_copies *c, struct copy *e, uint32_t way)
{
    struct copy_ways *ways = ways_of(c, e);

    for (unsigned i = 1; i < MIPRO_COPIES_WAYS; i++)
        if (sent_by(e, i) == 0) {
            if (i == 1)
                ways->lag[0] = 0;
            e->sent |= UINT32_C(1) << 8 * i;
            ways->way[i] = way;
            ways->lag[i] = UINT32_MAX;
            return i;
        }
    return MIPRO_COPIES_WAYS;
}

/* When it was last seen by this way. */
static int64_t
last_by(const struct mipro_copies *c, const struct copy *e, unsigned i)
{
    return has_ways(e) ? mipro_time_add(e->time, -(int64_t)ways_of(c, e)->lag[i]) : e->time;
}

/* It was seen by this way at this time.  MIPRO_COPIES_WAYS: by one that is not remembered. */
static void
note_time(const struct mipro_copies *c, struct copy *e, unsigned way, int64_t time)
{
    int64_t later = mipro_time_between(e->time, time);
    uint32_t *lags = ways_of(c, e)->lag;

    if (later > 0)
        e->time = time;
    if (!has_ways(e))
        return;
    for (unsigned i = 0; i < MIPRO_COPIES_WAYS && sent_by(e, i) != 0 && later > 0; i++)
        lags[i] = later < UINT32_MAX - lags[i] ? lags[i] + (uint32_t)later : UINT32_MAX;
    if (way < MIPRO_COPIES_WAYS && later > 0)
        lags[way] = 0;
    else if (way < MIPRO_COPIES_WAYS && -later < lags[way])
        lags[way] = (uint32_t)-later;
}

/*
 * The same octets again, within the tolerance.  Returns whether it is the same datagram.  Without
 * an IP identification, a retransmission is seen once more on each way: it is new only on the way
 * whose count becomes the largest.  When both counts are as large as they can be, that is unknown;
 * and so it is if, on this way, it was sent again later, because only the last time is remembered.
 */
static bool
see_again(
    const struct mipro_copies *c, struct copy *e, const struct mipro_sighting *s, bool *uncertain)
{
    unsigned i = find_way(c, e, s->way);
    unsigned most = most_of(e);
    bool repeated =
        s->anonymous && i < MIPRO_COPIES_WAYS && apart(last_by(c, e, i), s->time) >= ANONYMOUS;
    bool early = repeated && sent_by(e, i) > 1 && s->time < last_by(c, e, i);

    note_time(c, e, i < MIPRO_COPIES_WAYS ? i : add_way(c, e, s->way), s->time);
    if (!repeated)
        return true;
    if (early) {
        *uncertain = true;
        return false;
    }
    if (sent_by(e, i) < MOST) {
        e->sent += UINT32_C(1) << 8 * i;
        if (sent_by(e, i) <= most)
            return true;
    } else {
        *uncertain |= has_ways(e);
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

/* The datagram of which this is another sighting, the nearest in time; or NULL. */
static struct copy *
find_nearest(const struct mipro_copies *c, const struct mipro_sighting *s)
{
    uint32_t age = copies_age(c, copies_head(c, (uint32_t)(s->hash >> 32)));
    struct copy *nearest = NULL;

    /* Entries n or more numbers back were overwritten; the age only grows along the chain. */
    while (age <= c->n) {
        struct copy *e = copies_at(c, c->next - age);

        /* A datagram that was sent twice may have two entries. */
        if (is_same(e, s) && age_of(e, s->time) < c->tolerance && e->frame != s->frame &&
            (nearest == NULL || age_of(e, s->time) < age_of(nearest, s->time)))
            nearest = e;
        if (e->before == 0)
            break;
        age += e->before;
    }
    return nearest;
}

/*
 * The same datagram, as far as both sightings show it, longer ago, and by other ways only; or NULL.
 * Another tap, whose clock is off by more than the tolerance, may show it so.
 */
static const struct copy *
find_late(const struct mipro_copies *c, const struct mipro_sighting *s)
{
    uint32_t age = copies_age(c, copies_head(c, (uint32_t)(s->hash >> 32)));

    while (age <= c->n) {
        const struct copy *e = copies_at(c, c->next - age);

        if (is_same(e, s) && (!s->anonymous || (e->octets != 0 && s->octets != 0)) &&
            age_of(e, s->time) >= c->tolerance && age_of(e, s->time) < c->kept &&
            find_way(c, e, s->way) == MIPRO_COPIES_WAYS)
            return e;
        if (e->before == 0)
            break;
        age += e->before;
    }
    return NULL;
}

/* The next datagram would replace the oldest, which is still needed: grow, or note the loss. */
SELDOM static void
drop_young(struct mipro_copies *c, int64_t now)
{
    const struct copy *oldest;

    if (c->n < MIPRO_COPIES_MOST && make_room(c, GROWTH * c->n))
        return;
    oldest = copies_at(c, c->next);
    if (age_of(oldest, now) >= c->tolerance)
        return;
    c->dropped++;
    if (mipro_time_add(oldest->time, c->tolerance) > c->uncertain)
        c->uncertain = mipro_time_add(oldest->time, c->tolerance);
}

uint64_t
mipro_copies_note(struct mipro_copies *c, const struct mipro_sighting *s, bool *uncertain)
{
    struct copy *e = find_nearest(c, s);
    const struct copy *late = find_late(c, s);
    uint16_t *head;

    if (late != NULL) {
        c->late = s->frame;
        c->late_since = late->time;
    }
    if (e != NULL) {
        if (!see_again(c, e, s, uncertain))
            return 0;
        c->whole = e->octets == 0 && s->octets != 0 ? s->frame : 0;
        if (e->octets == 0)
            e->octets = s->octets;
        c->found++;
        return e->frame;
    }
    if (s->time < c->uncertain)
        *uncertain = true;
    if (!s->doubted && s->time > c->latest)
        c->latest = s->time;
    if (copies_keeps(c, copies_at(c, c->next), c->latest))
        drop_young(c, s->time);
    if (s->doubted) {
        c->doubted = s->frame;
        c->doubted_one = c->next;
    }
    head = copies_head(c, (uint32_t)(s->hash >> 32));
    copies_begin(c, copies_at(c, c->next), s, head, before_of(c, copies_age(c, head)));
    return 0;
}

uint64_t
mipro_copies_find(const struct mipro_copies *c, const struct mipro_sighting *s)
{
    const struct copy *e = find_nearest(c, s);

    return e != NULL ? e->frame : 0;
}

bool
mipro_copies_forgot(const struct mipro_copies *c, int64_t time)
{
    const struct copy *oldest = copies_at(c, c->next);

    return oldest->frame != 0 && mipro_time_between(oldest->time, time) < c->tolerance;
}

void
mipro_copies_confirm(struct mipro_copies *c, uint64_t frame, int64_t time)
{
    struct copy *e = copies_at(c, c->doubted_one);

    if (c->doubted != 0 && c->doubted == frame && e->frame == frame)
        e->time = time;
    c->doubted = 0;
}

void
mipro_copies_fetch_head(const struct mipro_copies *c, uint64_t hash)
{
    __builtin_prefetch(copies_head(c, (uint32_t)(hash >> 32)));
}

void
mipro_copies_fetch(const struct mipro_copies *c, uint64_t hash)
{
    __builtin_prefetch(copies_at(c, *copies_head(c, (uint32_t)(hash >> 32))));
    /* If it is new, it takes the place of an old one; a few others come before it. */
    __builtin_prefetch(copies_at(c, c->next + BETWEEN), 1);
}
