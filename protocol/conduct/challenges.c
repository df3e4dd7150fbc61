/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Challenges in advertisements and replies, and authenticators that answer them. */
#include "conduct/private.h"
#include "conduct/registrations.h"

#include <string.h>

#define WAYS 8u /* places that an address may have */
#define GROUPS 128u

void
mipro_challenge_add(struct challenge_set *set, const uint8_t *octets, uint8_t len)
{
    for (unsigned i = 0; i < CHALLENGE_WINDOW; i++)
        if (set->len[i] == len && memcmp(set->octets[i], octets, len) == 0)
            return;
    set->len[set->next] = len;
    memcpy(set->octets[set->next], octets, len);
    set->next = (uint8_t)ring_next(set->next, CHALLENGE_WINDOW);
}

/* The first of the places that this address may have. */
static struct challenge_set *
places_of(const struct challenges *c, uint32_t agent)
{
    return c->sets + (size_t)(mipro_mix(agent, 0) >> 32) % GROUPS * WAYS;
}

void
mipro_challenges_free(struct challenges *c)
{
    if (c->sets != NULL)
        mipro_pages_give(c->pages);
}

void
mipro_challenges_see(struct challenges *c, uint32_t agent, const uint8_t *octets, uint8_t len)
{
    struct challenge_set *places, *set;

    if (c->sets == NULL)
        c->sets = mipro_pages_take((size_t)GROUPS * WAYS * sizeof(struct challenge_set), &c->pages);
    if (c->sets == NULL) {
        c->dropped++;
        return;
    }
    set = places = places_of(c, agent);
    for (unsigned i = 0; i < WAYS && set->addr != agent; i++)
        if (places[i].addr == agent || places[i].addr == 0 ||
            (set->addr != 0 && c->turn - places[i].turn > c->turn - set->turn))
            set = &places[i];
    if (set->addr != agent) {
        c->dropped += set->addr != 0;
        *set = (struct challenge_set){ .addr = agent };
    }
    set->turn = ++c->turn;
    mipro_challenge_add(set, octets, len);
}

const struct challenge_set *
mipro_challenges_find(const struct challenges *c, uint32_t agent)
{
    const struct challenge_set *set = c->sets != NULL && agent != 0 ? places_of(c, agent) : NULL;

    for (unsigned i = 0; set != NULL && i < WAYS; i++)
        if (set[i].addr == agent)
            return &set[i];
    return NULL;
}

/*
 * A foreign agent adds its challenge after what the home agent signed, or to a refusal of its own
 * that nobody signed (RFC 4721 3.3).  So the challenge counts unless an authenticator is bad.
 */
void
mipro_challenge_given(struct shard *c, const struct view *v)
{
    struct registry *r;
    struct mipro_ext e;
    const uint8_t *octets;
    size_t len;

    if (v->ev->n_auth == v->m->n_ext || v->verdict == MIPRO_BAD ||
        !mipro_ext_find(v->m, MIPRO_EXT_CHALLENGE, &e))
        return;
    octets = mipro_ext_octets(v->m, &e, MIPRO_F_EXT_DATA, &len);
    if (octets == NULL || len == 0 || len > UINT8_MAX)
        return;
    r = mipro_registry_make(c, v->home);
    if (r == NULL)
        return;
    if (r->given == NULL)
        r->given = mipro_pool_take_zeroed(&c->given);
    if (r->given == NULL)
        dropped(c, MIPRO_DROPPED_CHALLENGES);
    else
        mipro_challenge_add(r->given, octets, (uint8_t)len);
}

/* Is it good with one of these challenges? */
static bool
answers_one_of(const struct view *v, const struct mipro_ext *e, const struct challenge_set *set,
    struct mipro_auth *a)
{
    const struct mipro_scene scene = { v->ev->src, v->ev->dst, v->ev->time, v->ev->ring };

    for (unsigned i = 0; set != NULL && i < CHALLENGE_WINDOW; i++)
        if (set->len[i] != 0 &&
            mipro_auth_judge_challenge(v->m, e, &scene, set->octets[i], set->len[i], a))
            return true;
    return false;
}

void
mipro_judge_challenged(const struct view *v)
{
    const struct challenges *c = v->elsewhere->challenges;
    const struct registry *r = v->home != NULL ? v->home->registry : NULL;
    /* The node sends to its agent, which may forward the request from its care-of address. */
    const struct challenge_set *const sets[] = {
        r != NULL ? r->given : NULL,
        mipro_challenges_find(c, v->ev->dst),
        mipro_challenges_find(c, v->ev->src),
        mipro_challenges_find(c, view_field(v, MIPRO_F_COA)),
    };

    for (size_t i = 0; i < v->ev->n_auth; i++) {
        struct mipro_auth *a = &v->ev->auth[i];
        struct mipro_ext e;

        if (a->hint != MIPRO_HINT_CHALLENGE || !mipro_ext_at(v->m, a->off, &e))
            continue;
        for (size_t k = 0; k < sizeof(sets) / sizeof(sets[0]); k++)
            if (answers_one_of(v, &e, sets[k], a)) {
                v->ev->rejudged = true;
                break;
            }
    }
}
