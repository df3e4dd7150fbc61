/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a home address with many correspondents: what concerns one of them.
 *
 * Nearly all home addresses have few paths, lines and waits, and these are looked through one by
 * one.  Once there are more than shard.crowd of a kind, the home address is crowded: all that it
 * has is entered in a hash table of its shard, by the other node that it is about, and a message
 * looks only at what is about its own node.  Entries of different home addresses or nodes may share
 * a slot, so a walk along a chain compares addresses.
 */
#include "conduct/private.h"

#define SLOT_BITS 12u

static struct peer_slot *
slot_of(const struct shard *c, uint32_t homeaddr, uint32_t peer)
{
    return &c->peers[mipro_mix(homeaddr ^ c->multiplier, peer) >> (64 - SLOT_BITS)];
}

/* Whom it is about: 0 for what is not looked up by a correspondent. */
static uint32_t
peer_of_wait(const struct wait *w)
{
    switch ((enum wait_kind)w->kind) {
    case WAIT_ACK:
        return w->dst;
    case WAIT_FORGED:
        return w->type == MIPRO_BINDING_UPDATE ? w->dst : 0;
    case WAIT_ANSWER:
    case WAIT_UNMATCHED:
        return w->src;
    case WAIT_TARGET:
    case WAIT_ASKED:
    case WAIT_REPLY:
    case WAIT_HELD:
    case WAIT_HANDOFF:
    case WAIT_WORD:
        break;
    }
    return 0;
}

static uint32_t
peer_of_path(const struct path *p)
{
    return p->kind == PATH_UPDATES ? p->dst : p->src;
}

static struct peer_slot *
slot_of_wait(const struct shard *c, const struct wait *w)
{
    return slot_of(c, w->home->addr, peer_of_wait(w));
}

void
mipro_peers_add_wait(const struct shard *c, struct wait *w)
{
    if (w->kind != WAIT_TARGET)
        mipro_ring_enter(&slot_of_wait(c, w)->waits, &w->by.peer);
}

void
mipro_peers_remove_wait(const struct shard *c, struct wait *w)
{
    if (w->kind != WAIT_TARGET)
        mipro_ring_leave(&slot_of_wait(c, w)->waits, &w->by.peer);
}

void
mipro_peers_add_path(const struct shard *c, struct path *p)
{
    struct peer_slot *slot = slot_of(c, p->home, peer_of_path(p));

    p->of_peer = slot->paths;
    slot->paths = p;
}

void
mipro_peers_remove_path(const struct shard *c, struct path *p)
{
    struct path **at = &slot_of(c, p->home, peer_of_path(p))->paths;

    while (*at != p)
        at = &(*at)->of_peer;
    *at = p->of_peer;
}

void
mipro_peers_add_line(const struct shard *c, struct line *l)
{
    struct peer_slot *slot = slot_of(c, l->home, l->a ^ l->b);

    l->of_peer = slot->lines;
    slot->lines = l;
}

void
mipro_peers_remove_line(const struct shard *c, struct line *l)
{
    struct line **at = &slot_of(c, l->home, l->a ^ l->b)->lines;

    while (*at != l)
        at = &(*at)->of_peer;
    *at = l->of_peer;
}

void
mipro_peers_crowd(struct shard *c, struct home *h)
{
    struct path *oldest = h->paths != NULL ? h->paths->prev : NULL;
    struct line *first = h->lines != NULL ? h->lines->prev : NULL;

    if (c->peers == NULL)
        c->peers = mipro_arena_take(c->arena, sizeof(struct peer_slot) << SLOT_BITS);
    if (c->peers == NULL)
        return; /* then everything is looked through */
    /* In a slot stands first what was used last, as in the lists. */
    for (struct path *p = oldest; p != NULL; p = p != h->paths ? p->prev : NULL)
        mipro_peers_add_path(c, p);
    for (struct line *l = first; l != NULL; l = l != h->lines ? l->prev : NULL)
        mipro_peers_add_line(c, l);
    for (struct wait *w = wait_first(h); w != NULL; w = wait_next(h, w))
        mipro_peers_add_wait(c, w);
    h->crowded = true;
}

/* The next in the chain from p on, that is of this home address. */
static struct path *
path_from(struct path *p, uint32_t homeaddr)
{
    while (p != NULL && p->home != homeaddr)
        p = p->of_peer;
    return p;
}

struct path *
mipro_peers_path(const struct shard *c, const struct home *h, uint32_t peer)
{
    return path_from(slot_of(c, h->addr, peer)->paths, h->addr);
}

struct path *
mipro_peers_path_after(const struct path *p)
{
    return path_from(p->of_peer, p->home);
}

struct line *
mipro_peers_line(const struct shard *c, const struct home *h, struct mipro_ends ends)
{
    return slot_of(c, h->addr, ends.a ^ ends.b)->lines;
}

static struct wait *
wait_from(const struct peer_slot *slot, struct link *l, const struct home *h)
{
    while (l != NULL && RECORD(l, struct wait, by.peer)->home != h)
        l = l->next != slot->waits ? l->next : NULL;
    return l != NULL ? RECORD(l, struct wait, by.peer) : NULL;
}

struct wait *
mipro_peers_wait(const struct shard *c, const struct home *h, uint32_t peer)
{
    const struct peer_slot *slot = slot_of(c, h->addr, peer);

    return wait_from(slot, slot->waits, h);
}

struct wait *
mipro_peers_wait_after(const struct shard *c, const struct wait *w, uint32_t peer)
{
    const struct peer_slot *slot = slot_of(c, w->home->addr, peer);
    struct link *next = w->by.peer.next;

    return wait_from(slot, next != slot->waits ? next : NULL, w->home);
}
