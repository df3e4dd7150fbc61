/* SPDX-License-Identifier: GPL-2.0-or-later */
/* responder_shared.c - what all roles share: bindings, rates, identifications, associations. */
#include "responder.h"

#define NTP_EPOCH UINT64_C(2208988800) /* seconds from 1900 to 1970 */

uint64_t
next_random(struct responder *r)
{
    uint64_t x = r->draw += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t
ntp_time(const struct responder *r)
{
    uint64_t seconds = (uint64_t)(r->now / MIPRO_SECOND) + NTP_EPOCH;
    uint64_t part = (uint64_t)(r->now % MIPRO_SECOND);

    return seconds << 32 | (part << 32) / (uint64_t)MIPRO_SECOND;
}

struct binding *
find_binding(struct responder *r, uint32_t home)
{
    for (size_t i = 0; i < MAX_PEERS; i++) {
        struct binding *b = &r->bindings[i];

        if (b->used && b->expires <= r->now)
            b->used = false;
        if (b->used && b->home == home)
            return b;
    }
    return NULL;
}

struct binding *
make_binding(struct responder *r, uint32_t home)
{
    struct binding *b = find_binding(r, home);

    for (size_t i = 0; b == NULL && i < MAX_PEERS; i++) {
        if (!r->bindings[i].used)
            b = &r->bindings[i];
    }
    if (b == NULL)
        b = &r->bindings[home % MAX_PEERS]; /* full: any may go (3.1) */
    *b = (struct binding){ .used = true, .home = home };
    return b;
}

int64_t
life_end(const struct responder *r, uint64_t life)
{
    return life == MIPRO_LIFE_INFINITE ? INT64_MAX : r->now + (int64_t)life * MIPRO_SECOND;
}

bool
rate_allows(struct responder *r, uint32_t node, uint32_t home)
{
    size_t kept = r->n_recent < MAX_RECENT ? r->n_recent : MAX_RECENT;
    unsigned n = 0;

    for (size_t i = 0; i < kept; i++) {
        const struct recent *past = &r->recent[i];

        n += past->node == node && past->home == home && r->now - past->time < r->rate_interval;
    }
    if (n >= RATE_LIMIT && r->fault != FAULT_NO_RATE_LIMIT)
        return false;
    r->recent[r->n_recent++ % MAX_RECENT] = (struct recent){ r->now, node, home };
    return true;
}

bool
is_unicast(const struct responder *r, uint32_t addr)
{
    return addr >> 24 != 0 && addr >> 24 != 127 && addr >> 28 < 0xe &&
           addr != (r->address | ~r->netmask);
}

struct replay *
find_replay(struct responder *r, const struct mipro_association *s, uint32_t peer)
{
    struct replay *empty = NULL;

    for (size_t i = 0; i < MAX_PEERS; i++) {
        struct replay *p = &r->replays[i];

        if (p->used && p->association == s && p->peer == peer)
            return p;
        if (!p->used && empty == NULL)
            empty = p;
    }
    if (empty == NULL)
        empty = &r->replays[peer % MAX_PEERS];
    *empty = (struct replay){ .used = true, .association = s, .peer = peer };
    return empty;
}

/* Timestamps: within the window, and after the last (RFC 2002 5.6.1). */
static bool
timestamp_fits(const struct responder *r, const struct replay *p, uint64_t ident)
{
    uint64_t now = ntp_time(r);
    uint64_t apart = now > ident ? now - ident : ident - now;

    return apart >> 32 < (uint64_t)(r->window / MIPRO_SECOND) && (!p->known || ident > p->last);
}

/* Nonces: the low half is the high half of the one before, or it answers our request (4.3). */
static bool
nonce_fits(const struct replay *p, uint64_t ident)
{
    if (p->asked && ident == p->request)
        return true;
    return !p->known || (uint32_t)ident == (uint32_t)(p->last >> 32);
}

int
judge_ident(struct responder *r, const struct mipro_association *s, uint32_t peer, bool has_ident,
    uint64_t ident)
{
    struct replay *p;

    if (s->replay == MIPRO_REPLAY_NONE || r->fault == FAULT_NO_REPLAY_CHECK)
        return 0;
    p = find_replay(r, s, peer);
    if (!has_ident)
        return 133;
    if (s->replay == MIPRO_REPLAY_TIMESTAMP ? !timestamp_fits(r, p, ident) : !nonce_fits(p, ident))
        return 133;
    p->known = true;
    p->last = ident;
    p->asked = false;
    return 0;
}

static bool
end_fits(const struct mipro_end *end, uint32_t addr)
{
    uint32_t mask = end->bits == 0 ? 0 : UINT32_MAX << (32 - end->bits);

    return end->any || ((addr ^ end->addr) & mask) == 0;
}

const struct mipro_association *
find_association(const struct responder *r, uint32_t spi, uint32_t a, uint32_t b, uint32_t *node)
{
    struct mipro_ends ends = { a, b };
    struct mipro_candidate out[MIPRO_MAX_CANDIDATES];
    bool valid;

    if (mipro_keyring_find(r->ring, spi, &ends, 1, r->now, out, &valid) == 0 || !valid)
        return NULL;
    *node = out[0].node;
    return out[0].association;
}

const struct mipro_association *
any_association(const struct responder *r, uint32_t a, uint32_t b, uint32_t *node)
{
    for (size_t i = 0; i < mipro_keyring_count(r->ring); i++) {
        const struct mipro_association *s = mipro_keyring_at(r->ring, i);

        if ((end_fits(&s->a, a) && end_fits(&s->b, b)) ||
            (end_fits(&s->a, b) && end_fits(&s->b, a)))
            return find_association(r, s->spi, a, b, node);
    }
    return NULL;
}

struct mipro_scene
scene_of(const struct responder *r, const struct packet *p)
{
    return (struct mipro_scene){ p->src, p->dst, r->now, r->ring };
}

bool
holds_unknown_ext(const struct mipro_message *m)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.def == NULL && e.type < 128)
            return true;
    }
    return false;
}
