/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/html/beliefs.h"

#include <glib.h>

#include "mipro_auth.h"
#include "mipro_time.h"

struct work {
    const struct vrf_sight *sights;
    size_t n;
    int64_t patience;
    GArray *beliefs; /* of struct vrf_belief */
    size_t max;
    uint64_t left_out;
};

/* How far to look ahead for an answer, in messages about the same node. */
enum { AHEAD = 64 };

static bool
is_false(const struct vrf_sight *s)
{
    return (s->marks & VRF_SIGHT_REPLAY) != 0 ||
           ((s->marks & VRF_SIGHT_SIGNED) != 0 &&
               (s->verdict == MIPRO_BAD || s->verdict == MIPRO_MISSING ||
                   s->verdict == MIPRO_EXPIRED));
}

static enum vrf_proof
proof_of(const struct vrf_sight *s)
{
    if ((s->marks & VRF_SIGHT_REPLAY) != 0)
        return VRF_REPLAYED;
    if (is_false(s))
        return VRF_FORGED;
    return (s->marks & VRF_SIGHT_SIGNED) != 0 && s->verdict == MIPRO_GOOD ? VRF_PROVEN
                                                                          : VRF_UNPROVEN;
}

/* The status of the answer to update i; -1 if there is none. */
static int
answer_to(const struct work *w, size_t i)
{
    const struct vrf_sight *u = &w->sights[i];

    for (size_t j = i + 1; j < w->n && j < i + AHEAD; j++) {
        const struct vrf_sight *s = &w->sights[j];

        if (s->time == MIPRO_TIME_NONE || s->time - u->time > w->patience)
            break;
        if (s->type == MIPRO_BINDING_ACKNOWLEDGE && s->src == u->dst && s->dst == u->src &&
            (s->marks & VRF_SIGHT_COPY) == 0)
            return s->status;
    }
    return -1;
}

/* The latest belief of a node; NULL if it has none yet. */
static struct vrf_belief *
last_of(const struct work *w, uint32_t node, bool registered)
{
    for (size_t i = w->beliefs->len; i-- != 0;) {
        struct vrf_belief *b = &g_array_index(w->beliefs, struct vrf_belief, i);

        if (b->node == node && b->registered == registered)
            return b;
    }
    return NULL;
}

static void
believe(struct work *w, const struct vrf_sight *s, uint32_t node, bool registered, uint32_t coa)
{
    bool deletes = s->life == 0 || coa == s->home;
    int64_t until = s->life == MIPRO_LIFE_INFINITE ? INT64_MAX : s->time + s->life * MIPRO_SECOND;
    struct vrf_belief *last = last_of(w, node, registered);
    bool holds = last != NULL && last->end == VRF_END_OPEN && last->until > s->time;

    if (holds && !deletes && last->coa == coa && last->proof == proof_of(s)) {
        last->until = MAX(until, last->until);
        last->refreshes++;
        return;
    }
    if (holds) {
        last->until = s->time;
        last->end = deletes ? VRF_END_DELETED : VRF_END_REPLACED;
    }
    if (deletes)
        return;
    if (w->beliefs->len >= w->max) {
        w->left_out++;
        return;
    }
    g_array_append_val(
        w->beliefs, ((struct vrf_belief){ node, registered, coa, (uint8_t)proof_of(s), VRF_END_OPEN,
                        s->frame, 0, s->time, until }));
}

static void
take_update(struct work *w, size_t i)
{
    const struct vrf_sight *s = &w->sights[i];
    int status = answer_to(w, i);

    if (status > 0 || (is_false(s) && status != 0))
        return;
    believe(w, s, s->dst, false, s->coa);
}

/* A reply grants the care-of address of the last request. */
static void
take_reply(struct work *w, size_t i)
{
    const struct vrf_sight *s = &w->sights[i];

    if (s->status > 1 || is_false(s)) /* 0: accepted; 1: without simultaneous bindings */
        return;
    for (size_t j = i; j-- != 0 && i - j < AHEAD;) {
        const struct vrf_sight *q = &w->sights[j];

        if (q->type == MIPRO_REGISTRATION_REQUEST && q->time != MIPRO_TIME_NONE &&
            (q->marks & (VRF_SIGHT_COPY | VRF_SIGHT_PARTIAL)) == 0) {
            believe(w, s, s->coa, true, q->coa);
            return;
        }
    }
}

struct vrf_belief *
vrf_beliefs(const struct vrf_sight *sights, size_t n, int64_t patience, int64_t end, size_t max,
    size_t *n_beliefs, uint64_t *left_out)
{
    struct work w = { sights, n, patience, NULL, max, 0 };

    w.beliefs = g_array_new(FALSE, FALSE, sizeof(struct vrf_belief));
    for (size_t i = 0; i < n; i++) {
        if (sights[i].time == MIPRO_TIME_NONE ||
            (sights[i].marks & (VRF_SIGHT_COPY | VRF_SIGHT_PARTIAL)) != 0)
            continue;
        if (sights[i].type == MIPRO_BINDING_UPDATE)
            take_update(&w, i);
        else if (sights[i].type == MIPRO_REGISTRATION_REPLY)
            take_reply(&w, i);
    }
    for (size_t i = 0; i < w.beliefs->len; i++) {
        struct vrf_belief *b = &g_array_index(w.beliefs, struct vrf_belief, i);

        if (b->end == VRF_END_OPEN && b->until <= end)
            b->end = VRF_END_EXPIRED;
    }
    *n_beliefs = w.beliefs->len;
    *left_out = w.left_out;
    return (struct vrf_belief *)(void *)g_array_free(w.beliefs, FALSE);
}
