/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which node sent what to which about a home address, and identifications that were forgotten. */
#include "conduct/private.h"

struct flow *
mipro_flow_find_other(
    const struct shard *c, struct home *h, uint32_t src, uint32_t dst, enum flow_kind kind)
{
    struct flow *p = flow_first(c, h, kind == FLOW_UPDATES ? dst : src);

    while (p != NULL && !is_flow(p, src, dst, kind))
        p = flow_next(h, p);
    if (p == NULL || p == h->flows)
        return p;
    LIST_TAKE_OUT(h->flows, p);
    LIST_PUT_FIRST(h->flows, p);
    if (h->crowded) {
        mipro_peers_remove_flow(c, p);
        mipro_peers_add_flow(c, p);
    }
    return p;
}

void
mipro_flow_drop(struct shard *c, struct home *h, struct flow *p)
{
    if (h->crowded)
        mipro_peers_remove_flow(c, p);
    LIST_TAKE_OUT(h->flows, p);
    h->n_flows--;
    mipro_record_give(&c->flows, p);
}

static inline void
begin_flow(struct flow *p, const struct view *v, enum flow_kind kind)
{
    p->home = v->home->addr;
    p->src = v->ev->src;
    p->dst = v->ev->dst;
    p->kind = (uint8_t)kind;
}

/* Add a flow; if there are too many, drop the least recently used. */
__attribute__((noinline)) static struct flow *
add_flow(struct shard *c, const struct view *v, enum flow_kind kind)
{
    struct home *h = v->home;
    struct flow *p;

    if (h->n_flows == MAX_FLOWS) {
        mipro_flow_drop(c, h, h->flows->prev);
        dropped(c, MIPRO_DROPPED_CORRESPONDENTS);
    }
    p = mipro_record_take(c, &c->flows, h);
    if (p == NULL)
        return NULL;
    begin_flow(p, v, kind);
    LIST_PUT_FIRST(h->flows, p);
    h->n_flows++;
    if (h->crowded)
        mipro_peers_add_flow(c, p);
    else if (h->n_flows > c->crowd)
        mipro_peers_crowd(c, h);
    return p;
}

/* The same, fast: the only one of its home address needs no room, and makes no crowd. */
static inline struct flow *
new_flow(struct shard *c, const struct view *v, enum flow_kind kind)
{
    struct home *h = v->home;
    struct flow *p;

    if (h->flows != NULL || h->crowded || !mipro_pool_has_fresh(&c->flows))
        return add_flow(c, v, kind);
    p = mipro_pool_next_fresh(&c->flows);
    begin_flow(p, v, kind);
    LIST_PUT_FIRST(h->flows, p);
    h->n_flows = 1;
    return p;
}

struct flow *
mipro_flow_make(struct shard *c, const struct view *v, enum flow_kind kind)
{
    struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, kind);

    return p != NULL ? p : new_flow(c, v, kind);
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
mipro_flow_forget(struct flow *p, struct ident ident)
{
    p->forgotten |= forgotten_bits(ident);
}

bool
mipro_flow_may_have_forgotten(const struct flow *p, struct ident ident)
{
    uint64_t bits = forgotten_bits(ident);

    return ident.state == IDENT_UNSEEN ? p->forgotten != 0 : (p->forgotten & bits) == bits;
}

struct recent *
mipro_recent_find(struct flow *p, uint64_t frame)
{
    for (unsigned i = 0; i < RECENT; i++)
        if (p->recent[i].frame == frame)
            return &p->recent[i];
    return NULL;
}

void
mipro_ack_forget(const struct shard *c, const struct wait *w)
{
    struct flow *p = mipro_flow_find(c, w->home, w->src, w->dst, FLOW_UPDATES);
    struct recent *r = p != NULL ? mipro_recent_find(p, w->frame) : NULL;

    if (r != NULL)
        r->flags &= (uint8_t)~RECENT_WAITS;
    else if (p != NULL)
        mipro_flow_forget(p, w->ident);
}

/*
 * Each transmission may have an acknowledge of its own.  What is not answered keeps its place, and
 * so does half of the room.
 */
void
mipro_update_sent_again(struct flow *p, const struct wait *w, const struct recent *answered)
{
    const size_t first = (size_t)(answered - p->recent);

    for (unsigned i = 0; i < w->n_again && i < RECENT / 2; i++) {
        unsigned at = p->next_recent;
        struct recent *r = &p->recent[at];

        if (r == answered || (r->frame != 0 && (r->flags & (RECENT_A | RECENT_ANSWERED |
                                                               RECENT_FORGED)) == RECENT_A))
            return;
        p->next_recent = (at + 1u) % RECENT;
        p->hash[at] = p->hash[first];
        p->body[at] = p->body[first];
        *r = *answered;
        r->frame = w->again[i] & RECENT_FRAME;
        r->flags = (w->flags & (uint8_t)~RECENT_WAITS) | RECENT_REPORTED;
    }
}

void
mipro_recent_mark(struct recent *r, bool bare)
{
    if ((r->flags & RECENT_FORGED) == 0)
        r->flags = (uint8_t)(bare ? r->flags | RECENT_BARE : r->flags & ~RECENT_BARE);
}
