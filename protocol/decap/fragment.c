/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_fragment.h"

#include <glib.h>
#include <string.h>

#include "mipro_mix.h"
#include "mipro_time.h"

enum { MAX_DATAGRAM = 65535 };

struct key {
    uint32_t src, dst;
    uint32_t vlans; /* fragments on different VLANs belong to different datagrams */
    uint16_t id;
    uint8_t protocol;
};

/* The octets from first up to end of one or more fragments, captured or only known to be sent. */
struct piece {
    uint32_t first, end;
    bool captured;
};

struct datagram {
    struct key key;
    struct datagram *older, *newer;
    int64_t since;          /* the clock at its first fragment */
    struct mipro_leaf leaf; /* of the fragment with offset 0, once it has arrived */
    bool has_first;
    bool copies;    /* nothing but copies of fragments that completed a datagram before */
    uint32_t total; /* 0 until the last fragment has arrived */
    uint64_t frame; /* of the fragment seen most recently */
    int64_t time;
    struct piece *pieces; /* ascending, disjoint */
    unsigned n_pieces, max_pieces;
    uint8_t *octets;
    size_t room;
};

/* A datagram that was completed: copies of it may follow, whole or in other fragments. */
struct whole {
    struct key key;
    uint32_t total;
    size_t room;
    struct piece *pieces; /* as in struct datagram */
    unsigned n_pieces;
    uint8_t *octets;
};

struct mipro_fragments {
    GHashTable *by_key;
    struct datagram *oldest, *newest;
    unsigned n;
    size_t octets;
    GHashTable *whole_by_key; /* the last of each key among those of the ring */
    struct whole *ring[MIPRO_FRAGMENT_DATAGRAMS];
    unsigned next, oldest_whole; /* in the ring */
    size_t kept;                 /* octets of those in the ring */
};

/* Of datagrams that are remembered when they are whole. */
enum { MAX_PIECES = 64, MAX_KEPT = 4 * 1024 * 1024 };

static guint
hash_key(gconstpointer p)
{
    const struct key *k = p;

    return (guint)mipro_mix(
        mipro_mix((uint64_t)k->src << 32 | k->dst, k->vlans), (uint32_t)k->id << 8 | k->protocol);
}

static gboolean
equal_keys(gconstpointer p, gconstpointer q)
{
    const struct key *a = p, *b = q;

    return a->src == b->src && a->dst == b->dst && a->id == b->id && a->vlans == b->vlans &&
           a->protocol == b->protocol;
}

static void
free_datagram(gpointer p)
{
    struct datagram *d = p;

    g_free(d->pieces);
    g_free(d->octets);
    g_free(d);
}

struct mipro_fragments *
mipro_fragments_new(void)
{
    struct mipro_fragments *f = g_new0(struct mipro_fragments, 1);

    f->by_key = g_hash_table_new_full(hash_key, equal_keys, NULL, free_datagram);
    f->whole_by_key = g_hash_table_new(hash_key, equal_keys);
    return f;
}

static void
forget(struct mipro_fragments *f, unsigned at)
{
    struct whole *w = f->ring[at];

    if (g_hash_table_lookup(f->whole_by_key, &w->key) == w)
        g_hash_table_remove(f->whole_by_key, &w->key);
    f->kept -= w->room;
    g_free(w->pieces);
    g_free(w->octets);
    g_free(w);
    f->ring[at] = NULL;
}

void
mipro_fragments_free(struct mipro_fragments *f)
{
    if (f == NULL)
        return;
    g_hash_table_destroy(f->by_key);
    for (unsigned i = 0; i < MIPRO_FRAGMENT_DATAGRAMS; i++)
        if (f->ring[i] != NULL)
            forget(f, i);
    g_hash_table_destroy(f->whole_by_key);
    g_free(f);
}

static struct datagram *
new_datagram(struct mipro_fragments *f, const struct key *key, int64_t clock)
{
    struct datagram *d = g_new0(struct datagram, 1);

    d->key = *key;
    d->since = clock;
    d->older = f->newest;
    if (f->newest != NULL)
        f->newest->newer = d;
    else
        f->oldest = d;
    f->newest = d;
    f->n++;
    g_hash_table_insert(f->by_key, &d->key, d);
    return d;
}

static void
remove_datagram(struct mipro_fragments *f, struct datagram *d)
{
    if (d->older != NULL)
        d->older->newer = d->newer;
    else
        f->oldest = d->newer;
    if (d->newer != NULL)
        d->newer->older = d->older;
    else
        f->newest = d->older;
    f->n--;
    f->octets -= d->room;
    g_hash_table_remove(f->by_key, &d->key);
}

static void
reserve_octets(struct mipro_fragments *f, struct datagram *d, size_t end)
{
    size_t room = d->room == 0 ? 2048 : d->room;

    if (end <= d->room)
        return;
    while (room < end)
        room *= 2;
    d->octets = g_realloc(d->octets, room);
    f->octets += room - d->room;
    d->room = room;
}

static void
insert_piece(struct datagram *d, unsigned at, struct piece piece)
{
    if (piece.first >= piece.end)
        return;
    if (d->n_pieces == d->max_pieces) {
        d->max_pieces = d->max_pieces == 0 ? 8 : 2 * d->max_pieces;
        d->pieces = g_realloc_n(d->pieces, d->max_pieces, sizeof(piece));
    }
    memmove(&d->pieces[at + 1], &d->pieces[at], (d->n_pieces - at) * sizeof(piece));
    d->pieces[at] = piece;
    d->n_pieces++;
}

/* Is this an exact repetition of an earlier fragment, whole or cut short by the capture? */
static bool
came_before(const struct datagram *d, uint32_t first, uint32_t end, struct mipro_span span)
{
    const struct piece *p;
    unsigned i = 0;
    size_t both;

    while (i < d->n_pieces && d->pieces[i].first < first)
        i++;
    if (i == d->n_pieces || d->pieces[i].first != first)
        return false;
    p = &d->pieces[i];
    both = p->captured ? p->end - first : 0;
    if (both > span.captured)
        both = span.captured;
    if (p->end != end && p->captured && i + 1 < d->n_pieces && !p[1].captured &&
        p[1].first == p->end)
        p++; /* the part that the capture cut off */
    return p->end == end && (both == 0 || memcmp(d->octets + first, span.octets, both) == 0);
}

/*
 * Copy the octets of a fragment that no earlier fragment had.  Returns whether it overlaps
 * earlier fragments, except for an exact repetition of one.
 */
static bool
fill_gaps(struct datagram *d, uint32_t first, uint32_t end, struct mipro_span span)
{
    uint32_t captured_end = first + (uint32_t)span.captured, at = first;
    bool overlap = false;
    unsigned i = 0;

    if (came_before(d, first, end, span))
        return false;
    while (at < end) {
        uint32_t stop;

        while (i < d->n_pieces && d->pieces[i].end <= at)
            i++;
        if (i < d->n_pieces && d->pieces[i].first <= at) {
            stop = d->pieces[i].end < end ? d->pieces[i].end : end;
            overlap = true;
            at = stop;
            continue;
        }
        stop = i < d->n_pieces && d->pieces[i].first < end ? d->pieces[i].first : end;
        if (at < captured_end) {
            if (stop > captured_end)
                stop = captured_end;
            memcpy(d->octets + at, span.octets + (at - first), stop - at);
            insert_piece(d, i, (struct piece){ at, stop, true });
        } else {
            insert_piece(d, i, (struct piece){ at, stop, false });
        }
        at = stop;
    }
    return overlap;
}

/* Have all octets up to total been sent, captured or not? */
static bool
is_complete(const struct datagram *d)
{
    uint32_t at = 0;

    for (unsigned i = 0; i < d->n_pieces && d->pieces[i].first == at; i++)
        at = d->pieces[i].end;
    return d->total != 0 && at >= d->total;
}

/* The number of octets captured from the first one to the first gap. */
static size_t
captured_prefix(const struct datagram *d)
{
    uint32_t at = 0;

    for (unsigned i = 0; i < d->n_pieces && d->pieces[i].first == at && d->pieces[i].captured; i++)
        at = d->pieces[i].end;
    return at;
}

/* The datagram is complete: in place of the oldest in the ring. */
static void
remember(struct mipro_fragments *f, const struct datagram *d)
{
    const unsigned room = MIPRO_FRAGMENT_DATAGRAMS;
    struct whole *w;
    uint32_t end = 0;

    for (unsigned i = 0; i < d->n_pieces; i++)
        if (d->pieces[i].captured)
            end = d->pieces[i].end;
    if (d->n_pieces > MAX_PIECES || end == 0)
        return;
    while (f->ring[f->next] != NULL || f->kept + end > MAX_KEPT) {
        forget(f, f->oldest_whole);
        f->oldest_whole = (f->oldest_whole + 1) % room;
    }
    w = f->ring[f->next] = g_new(struct whole, 1);
    f->next = (f->next + 1) % room;
    f->kept += end;
    *w = (struct whole){
        .key = d->key,
        .total = d->total,
        .room = end,
        .pieces = g_memdup2(d->pieces, d->n_pieces * sizeof(*d->pieces)),
        .n_pieces = d->n_pieces,
        .octets = g_memdup2(d->octets, end),
    };
    g_hash_table_replace(f->whole_by_key, &w->key, w);
}

/*
 * Does it repeat what a datagram that was completed has in its place?  A mirror port shows the same
 * fragments again, and a link behind a router may have others.
 */
static bool
is_of_whole(const struct mipro_fragments *f, const struct key *key, const struct mipro_leaf *leaf)
{
    const struct whole *w = g_hash_table_lookup(f->whole_by_key, key);
    const struct mipro_span *span = &leaf->payload;
    const uint32_t first = leaf->offset, sent = first + (uint32_t)span->len;
    const uint32_t end = first + (uint32_t)span->captured;
    uint32_t at = first;

    if (w == NULL || span->captured == 0 || (leaf->more ? sent >= w->total : sent != w->total))
        return false;
    for (unsigned i = 0; i < w->n_pieces && at < end; i++)
        if (w->pieces[i].captured && w->pieces[i].first <= at && w->pieces[i].end > at)
            at = w->pieces[i].end;
    return at >= end && memcmp(w->octets + first, span->octets, span->captured) == 0;
}

static void
hand_out(struct datagram *d, struct mipro_datagram *out)
{
    size_t len = d->total != 0 ? d->total : MAX_DATAGRAM;
    size_t captured = captured_prefix(d);

    out->leaf = d->leaf;
    out->octets = d->octets;
    out->span = (struct mipro_span){ d->octets, captured < len ? captured : len, len };
    out->frame = d->frame;
    out->time = d->time;
    d->octets = NULL;
}

bool
mipro_fragments_add(struct mipro_fragments *f, const struct mipro_leaf *leaf, uint64_t frame,
    int64_t time, int64_t clock, struct mipro_datagram *out, bool *overlap)
{
    struct key key = { leaf->src, leaf->dst, leaf->vlans, leaf->ident_ip, leaf->protocol };
    uint32_t first = leaf->offset, end;
    struct datagram *d;
    bool copy;

    *overlap = false;
    if (leaf->payload.len == 0 || first + leaf->payload.len > MAX_DATAGRAM)
        return false;
    end = first + (uint32_t)leaf->payload.len;
    copy = is_of_whole(f, &key, leaf);
    d = g_hash_table_lookup(f->by_key, &key);
    if (d != NULL && d->copies && !copy) { /* another datagram, by the same IP identification */
        remove_datagram(f, d);
        d = NULL;
    }
    if (d == NULL) {
        d = new_datagram(f, &key, clock);
        d->copies = true;
    }
    d->copies &= copy;
    d->frame = frame;
    d->time = time;
    if (first == 0 && !d->has_first) {
        d->leaf = *leaf;
        d->has_first = true;
    }
    if (!leaf->more && d->total == 0)
        d->total = end;
    reserve_octets(f, d, first + leaf->payload.captured);
    *overlap = fill_gaps(d, first, end, leaf->payload);
    if (!is_complete(d))
        return false;
    remember(f, d);
    hand_out(d, out);
    remove_datagram(f, d);
    return true;
}

bool
mipro_fragments_give_up(
    struct mipro_fragments *f, int64_t clock, bool end, struct mipro_datagram *out)
{
    while (f->oldest != NULL) {
        struct datagram *d = f->oldest;
        bool has_first = d->has_first && !d->copies;
        bool old = d->since != MIPRO_TIME_NONE && clock > d->since &&
                   (uint64_t)clock - (uint64_t)d->since >
                       (uint64_t)(MIPRO_FRAGMENT_SECONDS * MIPRO_SECOND);

        if (!end && !old && f->n <= MIPRO_FRAGMENT_DATAGRAMS && f->octets <= MIPRO_FRAGMENT_OCTETS)
            return false;
        if (has_first)
            hand_out(d, out);
        remove_datagram(f, d);
        if (has_first)
            return true;
    }
    return false;
}

size_t
mipro_fragments_octets(const struct mipro_fragments *f)
{
    return f->octets;
}

uint64_t
mipro_fragments_horizon(const struct mipro_fragments *f)
{
    uint64_t frame = UINT64_MAX;

    for (const struct datagram *d = f->oldest; d != NULL; d = d->newer)
        if (d->frame < frame)
            frame = d->frame;
    return frame;
}
