/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forged Binding Updates for which a home address has no more room, until their time limit is over:
 * no more of each than it takes to recognize its acknowledge.  Otherwise chaff would push out the
 * one that is accepted.
 */
#include "conduct/private.h"

#define SETS 1024u
#define WAYS 8u

/* All zero: none. */
struct forgery {
    uint32_t key;   /* of home address, receiver and identification */
    uint32_t until; /* in seconds */
    uint64_t frame : 48;
    uint64_t src : 15; /* a hash */
    uint64_t bare : 1; /* it had no authenticator */
};

_Static_assert(sizeof(struct forgery) == 16, "128 KiB for each shard that is flooded");

static uint64_t
key_of(uint32_t homeaddr, uint32_t node, struct ident ident)
{
    return mipro_mix((uint64_t)homeaddr << 32 | node, ident.value + ident.state);
}

static struct forgery *
set_of(const struct shard *c, uint64_t key)
{
    return &c->forgeries[key % SETS * WAYS];
}

static uint16_t
short_of(uint32_t src)
{
    return (uint16_t)(mipro_mix(src, 0) >> 49);
}

void
mipro_forgery_keep(struct shard *c, const struct forged *f)
{
    uint64_t key = key_of(f->homeaddr, f->dst, f->ident);
    struct forgery *set, *at;

    if (f->ident.state == IDENT_UNSEEN || !is_time(c->t.clock))
        return;
    if (c->forgeries == NULL)
        c->forgeries = mipro_arena_take(c->arena, SETS * WAYS * sizeof(*c->forgeries));
    if (c->forgeries == NULL)
        return;
    at = set = set_of(c, key);
    for (unsigned i = 1; i < WAYS; i++) /* the one that ends first */
        if (set[i].until < at->until)
            at = &set[i];
    *at = (struct forgery){
        .key = (uint32_t)(key >> 32),
        .frame = f->frame & RECENT_FRAME,
        .bare = f->bare,
        .src = (unsigned short)(short_of(f->src) & 0x7fffu),
        .until = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout)),
    };
}

/* The forgery that the acknowledge v answers, or NULL. */
static struct forgery *
find(const struct shard *c, const struct view *v)
{
    uint64_t key = key_of(v->homeaddr, v->ev->src, v->ident);
    struct forgery *set = c->forgeries != NULL ? set_of(c, key) : NULL;

    for (unsigned i = 0; set != NULL && i < WAYS; i++)
        if (set[i].key == key >> 32 && set[i].until >= seconds_of(c->t.clock) &&
            (set[i].src == short_of(v->ev->dst) || v->ev->dst == v->homeaddr))
            return &set[i];
    return NULL;
}

bool
mipro_forgery_answered(struct shard *c, const struct view *v, unsigned status)
{
    struct forgery *of = find(c, v);

    if (of == NULL)
        return false;
    tie(c, MIPRO_TIE_ACKNOWLEDGE, v->ev->frame, of->frame);
    if (status == 0)
        mipro_forged_accepted(c, v, of->frame, of->bare);
    *of = (struct forgery){ 0 };
    return true;
}
