/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which node sent what to which about a home address, and identifications that were forgotten. */
#include "conduct/private.h"

static bool
is_path(const struct path *p, uint32_t src, uint32_t dst, enum path_kind kind)
{
    return p->src == src && p->dst == dst && p->kind == kind;
}

/* Find a path that is not the first, and make it the first. */
SELDOM static struct path *
find_other(const struct shard *c, struct home *h, uint32_t src, uint32_t dst, enum path_kind kind)
{
    struct path *p = path_first(c, h, kind == PATH_UPDATES ? dst : src);

    while (p != NULL && !is_path(p, src, dst, kind))
        p = path_next(h, p);
    if (p == NULL || p == h->paths)
        return p;
    LIST_TAKE_OUT(h->paths, p);
    LIST_PUT_FIRST(h->paths, p);
    if (h->crowded) {
        mipro_peers_remove_path(c, p);
        mipro_peers_add_path(c, p);
    }
    return p;
}

struct path *
mipro_path_find(
    const struct shard *c, struct home *h, uint32_t src, uint32_t dst, enum path_kind kind)
{
    struct path *first = h->paths;

    return first != NULL && is_path(first, src, dst, kind) ? first
                                                           : find_other(c, h, src, dst, kind);
}

void
mipro_path_drop(struct shard *c, struct home *h, struct path *p)
{
    if (h->crowded)
        mipro_peers_remove_path(c, p);
    LIST_TAKE_OUT(h->paths, p);
    h->n_paths--;
    mipro_record_give(&c->paths, p);
}

/* Add a path; if there are too many, drop the least recently used. */
SELDOM static struct path *
path_new(struct shard *c, const struct view *v, enum path_kind kind)
{
    struct home *h = v->home;
    struct path *p;

    if (h->n_paths == MAX_PATHS) {
        mipro_path_drop(c, h, h->paths->prev);
        dropped(c, MIPRO_DROPPED_CORRESPONDENTS);
    }
    p = mipro_record_take(c, &c->paths, h);
    if (p == NULL)
        return NULL;
    p->home = h->addr;
    p->src = v->ev->src;
    p->dst = v->ev->dst;
    p->kind = (uint8_t)kind;
    LIST_PUT_FIRST(h->paths, p);
    h->n_paths++;
    if (h->crowded)
        mipro_peers_add_path(c, p);
    else if (h->n_paths > c->crowd)
        mipro_peers_crowd(c, h);
    return p;
}

struct path *
mipro_path_make(struct shard *c, const struct view *v, enum path_kind kind)
{
    struct path *p = mipro_path_find(c, v->home, v->ev->src, v->ev->dst, kind);

    return p != NULL ? p : path_new(c, v, kind);
}

/* The bits of an identification in the Bloom filter. */
static uint64_t
forgotten_bits(struct ident ident)
{
    uint64_t h = mipro_mix(ident.value, ident.state);

    return ident.state == IDENT_UNSEEN ? UINT64_MAX
                                       : UINT64_C(1) << (h >> 58) | UINT64_C(1) << (h >> 52 & 63);
}

void
mipro_path_forget(struct path *p, struct ident ident)
{
    p->forgotten |= forgotten_bits(ident);
}

bool
mipro_path_may_have_forgotten(const struct path *p, struct ident ident)
{
    uint64_t bits = forgotten_bits(ident);

    return ident.state == IDENT_UNSEEN ? p->forgotten != 0 : (p->forgotten & bits) == bits;
}

struct recent *
mipro_recent_find(struct path *p, uint64_t frame)
{
    for (unsigned i = 0; i < RECENT; i++)
        if (p->recent[i].frame == frame)
            return &p->recent[i];
    return NULL;
}
