/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.c - the state of a node: bindings, rates, identifications. */
#include "respond/parts.h"

#define NTP_EPOCH UINT64_C(2208988800) /* seconds from 1900 to 1970 */

uint64_t
inj_draw(struct inj_responder *r)
{
    uint64_t x = r->draw += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t
inj_ntp_time(const struct inj_responder *r)
{
    const uint64_t seconds = (uint64_t)(r->now / MIPRO_SECOND) + NTP_EPOCH;
    const uint64_t part = (uint64_t)(r->now % MIPRO_SECOND);

    return seconds << 32 | (part << 32) / (uint64_t)MIPRO_SECOND;
}

/* Bindings. */

struct inj_binding *
inj_find_binding(struct inj_responder *r, uint32_t home)
{
    for (size_t i = 0; i < INJ_MAX_PEERS; i++) {
        struct inj_binding *b = &r->bindings[i];

        if (b->used && b->expires <= r->now)
            b->used = false;
        if (b->used && b->home == home)
            return b;
    }
    return NULL;
}

struct inj_binding *
inj_make_binding(struct inj_responder *r, uint32_t home)
{
    struct inj_binding *b = inj_find_binding(r, home);

    for (size_t i = 0; b == NULL && i < INJ_MAX_PEERS; i++) {
        if (!r->bindings[i].used)
            b = &r->bindings[i];
    }
    if (b == NULL)
        b = &r->bindings[home % INJ_MAX_PEERS]; /* full: any entry may be dropped (3.1) */
    *b = (struct inj_binding){ .used = true, .home = home };
    return b;
}

int64_t
inj_life_end(const struct inj_responder *r, uint64_t life)
{
    if (life == MIPRO_LIFE_INFINITE)
        return inj_does(r, INJ_EXPIRES_INFINITE) ? r->now : INT64_MAX;
    return inj_does(r, INJ_NEVER_EXPIRES) ? INT64_MAX : r->now + (int64_t)life * MIPRO_SECOND;
}

/* Rates (7.1, 8.3). */

bool
inj_rate_allows(struct inj_responder *r, uint32_t node, uint32_t home)
{
    const size_t kept = r->n_sent < INJ_MAX_SENT ? r->n_sent : INJ_MAX_SENT;
    unsigned n = 0;

    for (size_t i = 0; i < kept; i++) {
        const struct inj_sent *past = &r->sent[i];

        n += past->node == node && past->home == home &&
             r->now - past->time < r->setup.rate_interval;
    }
    if (n >= r->setup.rate_limit && !inj_does(r, INJ_NO_RATE_LIMIT))
        return false;
    r->sent[r->n_sent++ % INJ_MAX_SENT] = (struct inj_sent){ r->now, node, home };
    return true;
}

bool
inj_is_unicast(const struct inj_responder *r, uint32_t addr)
{
    return addr >> 24 != 0 && addr >> 24 != 127 && addr >> 28 < 0xe &&
           addr != (r->address | ~r->setup.netmask);
}

/* Identifications. */

struct inj_replay *
inj_find_replay(struct inj_responder *r, const struct mipro_association *s, uint32_t peer)
{
    struct inj_replay *empty = NULL;

    for (size_t i = 0; i < INJ_MAX_PEERS; i++) {
        struct inj_replay *p = &r->replays[i];

        if (p->used && p->association == s && p->peer == peer)
            return p;
        if (!p->used && empty == NULL)
            empty = p;
    }
    if (empty == NULL)
        empty = &r->replays[peer % INJ_MAX_PEERS];
    *empty = (struct inj_replay){ .used = true, .association = s, .peer = peer };
    return empty;
}

/* Timestamps: within the window, and later than the last (RFC 2002 5.6.1). */
static bool
timestamp_fits(const struct inj_responder *r, const struct inj_replay *p, uint64_t ident)
{
    const uint64_t now = inj_ntp_time(r);
    const uint64_t apart = now > ident ? now - ident : ident - now;
    const bool past = now > ident;
    const bool near = apart >> 32 < (uint64_t)(r->setup.window / MIPRO_SECOND);

    if (!near && !inj_does(r, past ? INJ_NO_PAST_CHECK : INJ_NO_FUTURE_CHECK))
        return false;
    if (!p->known || inj_does(r, INJ_NO_ORDER_CHECK) || (!near && past))
        return true;
    return ident > p->last || (ident == p->last && inj_does(r, INJ_TAKES_EQUAL_IDENT));
}

/* Nonces: the low half is the high half of the previous identification, or it answers our request
 * (4.3). */
static bool
nonce_fits(const struct inj_responder *r, const struct inj_replay *p, uint64_t ident)
{
    if (p->asked && ident == p->request)
        return true;
    if (p->known && ident == p->last && inj_does(r, INJ_TAKES_EQUAL_IDENT))
        return true;
    return !p->known || (uint32_t)ident == (uint32_t)(p->last >> 32);
}

bool
inj_ident_fits(struct inj_responder *r, const struct mipro_association *s, uint32_t peer,
    bool has_ident, uint64_t ident)
{
    struct inj_replay *p;
    bool fits;

    if (s == NULL || s->replay == MIPRO_REPLAY_NONE || inj_does(r, INJ_NO_REPLAY_CHECK))
        return true;
    p = inj_find_replay(r, s, peer);
    if (!has_ident)
        return false;
    fits =
        s->replay == MIPRO_REPLAY_TIMESTAMP ? timestamp_fits(r, p, ident) : nonce_fits(r, p, ident);
    if (!fits && (!inj_does(r, INJ_REMEMBERS_REFUSED) || ident <= p->last))
        return false;
    p->known = true;
    p->last = ident;
    p->asked = false;
    return fits;
}

bool
inj_registration_fits(
    struct inj_responder *r, const struct mipro_association *s, uint32_t home, uint64_t ident)
{
    const struct inj_replay *p;

    if (s == NULL || s->replay != MIPRO_REPLAY_NONCE || inj_does(r, INJ_NO_REPLAY_CHECK))
        return inj_ident_fits(r, s, home, true, ident);
    p = inj_find_replay(r, s, home);
    return p->has_nonce && p->nonce == (uint32_t)(ident >> 32);
}

/* Extensions that must be understood. */

static bool
is_understood(
    const struct inj_responder *r, const struct mipro_message *m, const struct mipro_ext *e)
{
    if (e->type == 128 && inj_does(r, INJ_REFUSES_EXT_128))
        return false;
    if (e->def != NULL)
        return true;
    if (e->type >= 128)
        return !inj_does(r, INJ_REFUSES_SKIPPABLE);
    return !mipro_ext_discards(m, e) || inj_does(r, INJ_TAKES_UNKNOWN_EXT) ||
           (e->type == 127 && inj_does(r, INJ_TAKES_EXT_127));
}

/*
 * A message is also discarded if the length of such an extension is wrong: its type is read first.
 */
bool
inj_is_discarded(const struct inj_responder *r, const struct mipro_message *m)
{
    const bool overruns = m->err == MIPRO_ERR_OVERRUN && m->err_off < m->len;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (!is_understood(r, m, &e))
            return true;
    }
    return overruns && m->buf[m->err_off] < 128 && !inj_does(r, INJ_TAKES_UNKNOWN_EXT) &&
           mipro_ext_def(m->buf[m->err_off], &m->set) == NULL;
}
