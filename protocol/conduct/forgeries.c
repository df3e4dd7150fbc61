/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forged Binding Updates and Registration Requests for which a home address has no more room, until
 * their time limit is over: no more of each than it takes to recognize its answer.  Otherwise chaff
 * would push out the one that is accepted.
 */
#include "conduct/private.h"

#define SETS 1024u
#define WAYS 8u

/* All zero: none. */
struct forgery {
    uint32_t key;        /* of home address, receiver or home agent, and identification */
    uint32_t until;      /* in seconds */
    uint64_t frame : 48; /* 0: it was reported */
    uint64_t src : 15;   /* a hash */
    uint64_t bare : 1;   /* it had no authenticator */
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
    if (at->until >= seconds_of(c->t.clock) && at->frame != 0) {
        dropped(c, MIPRO_DROPPED_WAITING);
        c->forgeries_lost = at->until;
    }
    *at = (struct forgery){
        .key = (uint32_t)(key >> 32),
        .frame = f->frame & RECENT_FRAME,
        .bare = f->bare,
        .src = (unsigned short)(short_of(f->src) & 0x7fffu),
        .until = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout)),
    };
}

/* The forgery with this key, from src; or from anyone if that is 0; or NULL. */
static struct forgery *
find(const struct shard *c, uint64_t key, uint32_t src)
{
    struct forgery *set = c->forgeries != NULL ? set_of(c, key) : NULL;

    for (unsigned i = 0; set != NULL && i < WAYS; i++)
        if (set[i].key == key >> 32 && set[i].until >= seconds_of(c->t.clock) &&
            (set[i].src == short_of(src) || src == 0))
            return &set[i];
    return NULL;
}

/* What requests and replies share: with nonces, half of the identification, which is not 0. */
static struct ident
asked_ident(uint64_t ident)
{
    return (struct ident){ (uint32_t)ident != 0 ? (uint32_t)ident : ident, IDENT_SOME };
}

void
mipro_forgery_keep_request(struct shard *c, const struct forged *request)
{
    struct forged f = *request;

    f.ident = asked_ident(request->ident.value);
    f.src = 0;
    mipro_forgery_keep(c, &f);
}

bool
mipro_forgery_may_be_lost(const struct shard *c, int64_t time)
{
    return c->forgeries_lost != 0 && c->forgeries_lost >= seconds_of(time);
}

bool
mipro_forgery_granted(const struct shard *c, const struct view *v, const struct registered *reply,
    uint64_t *request, bool *bare)
{
    struct forgery *of = find(c, key_of(v->home->addr, reply->agent, asked_ident(reply->ident)), 0);

    if (of == NULL)
        return false;
    *request = of->frame;
    *bare = of->bare;
    of->frame = 0;
    return true;
}

bool
mipro_forgery_answered(struct shard *c, const struct view *v, unsigned status)
{
    struct forgery *of = find(
        c, key_of(v->homeaddr, v->ev->src, v->ident), v->ev->dst != v->homeaddr ? v->ev->dst : 0);

    if (of == NULL)
        return false;
    tie(c, MIPRO_TIE_ACKNOWLEDGE, v->ev->frame, of->frame);
    if (status == 0)
        mipro_forged_accepted(c, v, of->frame, of->bare);
    *of = (struct forgery){ 0 };
    return true;
}

void
mipro_forged_gave_way(struct shard *c, const struct wait *w)
{
    struct forged forged = {
        .frame = w->frame,
        .ident = w->ident,
        .homeaddr = w->home->addr,
        .bare = (w->flags & RECENT_BARE) != 0,
    };

    if ((w->flags & RECENT_ANSWERED) != 0)
        return;
    if (w->type == MIPRO_BINDING_UPDATE) {
        forged.src = w->src;
        forged.dst = w->dst;
        mipro_forgery_keep(c, &forged);
    } else {
        forged.dst = w->u.asked.agent;
        mipro_forgery_keep_request(c, &forged);
    }
}

/* Has it an authenticator, so that it may be made of a PFAN? */
static bool
is_made(const struct wait *w)
{
    return w->type == MIPRO_BINDING_UPDATE && w->u.made.size != 0;
}

void
mipro_forged_keep_made(struct shard *c, struct wait *w)
{
    if (is_made(w))
        list_enter(&w->by.frame, &c->made_by_frame);
}

void
mipro_forged_ended(struct shard *c, struct wait *w)
{
    if (w->type == MIPRO_BINDING_UPDATE)
        mipro_ack_forget(c, w);
    if (is_made(w))
        list_leave(&w->by.frame);
}
