/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a home address with many correspondents: what concerns one of them.
 *
 * Nearly all home addresses have few flows, sequences and waits, and these are looked through one
 * by one.  Once there are more than shard.crowd of a kind, the home address is crowded: all that it
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
    case WAIT_PFAN:
        break;
    }
    return 0;
}

static uint32_t
peer_of_flow(const struct flow *p)
{
    return p->kind == FLOW_UPDATES ? p->dst : p->src;
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
        ring_enter(&slot_of_wait(c, w)->waits, &w->by.peer);
}

void
mipro_peers_remove_wait(const struct shard *c, struct wait *w)
{
    if (w->kind != WAIT_TARGET)
        ring_leave(&slot_of_wait(c, w)->waits, &w->by.peer);
}

void
mipro_peers_add_flow(const struct shard *c, struct flow *p)
{
    struct peer_slot *slot = slot_of(c, p->home, peer_of_flow(p));

    p->of_peer = slot->flows;
    slot->flows = p;
}

void
mipro_peers_remove_flow(const struct shard *c, struct flow *p)
{
    struct flow **at = &slot_of(c, p->home, peer_of_flow(p))->flows;

    while (*at != p)
        at = &(*at)->of_peer;
    *at = p->of_peer;
}

void
mipro_peers_add_sequence(const struct shard *c, struct sequence *s)
{
    struct peer_slot *slot = slot_of(c, s->home, s->a ^ s->b);

    s->of_peer = slot->sequences;
    slot->sequences = s;
}

void
mipro_peers_remove_sequence(const struct shard *c, struct sequence *s)
{
    struct sequence **at = &slot_of(c, s->home, s->a ^ s->b)->sequences;

    while (*at != s)
        at = &(*at)->of_peer;
    *at = s->of_peer;
}

void
mipro_peers_crowd(struct shard *c, struct home *h)
{
    struct flow *oldest = h->flows != NULL ? h->flows->prev : NULL;
    struct sequence *first = h->sequences != NULL ? h->sequences->prev : NULL;

    if (c->peers == NULL)
        c->peers = mipro_arena_take(c->arena, sizeof(struct peer_slot) << SLOT_BITS);
    if (c->peers == NULL)
        return; /* then everything is looked through */
    /* In a slot stands first what was used last, as in the lists. */
    for (struct flow *p = oldest; p != NULL; p = p != h->flows ? p->prev : NULL)
        mipro_peers_add_flow(c, p);
    for (struct sequence *s = first; s != NULL; s = s != h->sequences ? s->prev : NULL)
        mipro_peers_add_sequence(c, s);
    for (struct wait *w = wait_first(h); w != NULL; w = wait_next(h, w))
        mipro_peers_add_wait(c, w);
    h->crowded = true;
}

/* The next in the chain from p on, that is of this home address. */
static struct flow *
flow_from(struct flow *p, uint32_t homeaddr)
{
    while (p != NULL && p->home != homeaddr)
        p = p->of_peer;
    return p;
}

struct flow *
mipro_peers_flow(const struct shard *c, const struct home *h, uint32_t peer)
{
    return flow_from(slot_of(c, h->addr, peer)->flows, h->addr);
}

struct flow *
mipro_peers_flow_after(const struct flow *p)
{
    return flow_from(p->of_peer, p->home);
}

struct sequence *
mipro_peers_sequence(const struct shard *c, const struct home *h, struct mipro_ends ends)
{
    return slot_of(c, h->addr, ends.a ^ ends.b)->sequences;
}

static struct wait *
wait_from(const struct peer_slot *slot, struct list_link *l, const struct home *h)
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
    struct list_link *next = w->by.peer.next;

    return wait_from(slot, next != slot->waits ? next : NULL, w->home);
}
