/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nonces, each announced by the previous Binding Update: rule nonce-chain (4.3). */
#include "conduct/private.h"

#include <inttypes.h>

/* Did anything certainly follow update i of the sequence, and precede v? */
static bool
is_followed(const struct shard *c, const struct view *v, const struct sequence *s, unsigned i)
{
    for (unsigned k = 0; k < CONTENTS; k++)
        if (s->seen[k].frame > s->seen[i].frame &&
            certainly_before(c, s->seen[i].time, s->seen[k].time) &&
            certainly_before(c, s->seen[k].time, v->now))
            return true;
    return false;
}

/* Did nothing on the sequence certainly precede v?  The first needs no announcement. */
static bool
may_be_first(const struct shard *c, const struct view *v, const struct sequence *s)
{
    if (s->old != NULL)
        return false;
    for (unsigned i = 0; i < CONTENTS; i++)
        if (s->seen[i].frame != 0 && certainly_before(c, s->seen[i].time, v->now))
            return false;
    return true;
}

/*
 * Is v correct if frames within the tolerance are in another order?  Then it announced the nonce of
 * an update that was captured just before it, or its own was announced by one that nothing
 * certainly followed.
 */
static bool
may_be_earlier(const struct shard *c, const struct view *v, const struct sequence *s)
{
    for (unsigned i = 0; i < CONTENTS; i++) {
        if (s->seen[i].frame == 0)
            continue;
        if (!certainly_before(c, s->seen[i].time, v->now) &&
            (uint32_t)s->ident[i] == (uint32_t)(v->ident.value >> 32))
            return true;
        if ((uint32_t)(s->ident[i] >> 32) == (uint32_t)v->ident.value && !is_followed(c, v, s, i))
            return true;
    }
    return false;
}

/* The nonce is not the one announced last on this sequence.  Was it announced elsewhere? */
SELDOM static void
break_chain(struct shard *c, const struct view *v, const struct sequence *s, uint32_t nonce)
{
    struct held held = {
        .kind = HELD_NONCE,
        .spi = s->spi,
        .nonce = nonce,
        .ident = v->ident.value,
    };
    struct mipro_finding *f = &held.finding;
    bool lost = v->elsewhere->nonce != NONCE_NEW;

    if (v->elsewhere->nonce == NONCE_ANNOUNCED)
        return;
    v->home->lossy = true;
    if (lost || may_be_earlier(c, v, s) || may_be_first(c, v, s)) {
        undecided(
            c, MIPRO_RULE_NONCE_CHAIN, lost ? MIPRO_UNDECIDED_FORGOTTEN : MIPRO_UNDECIDED_ORDER);
        return;
    }
    held.granted_frame = s->chain_frame;
    *f = mipro_finding_of(v, MIPRO_RULE_NONCE_CHAIN);
    mipro_finding_relate(f, s->chain_frame);
    mipro_finding_at(f, v, MIPRO_F_IDENT);
    mipro_finding_hold(c, v, &held,
        "nonce 0x%08" PRIx32 " where the Binding Update before announced 0x%08" PRIx32, nonce,
        s->chain[1]);
}

/* Was the update that announced the nonce, or the request that it answers, captured afterwards? */
enum mipro_undecided
mipro_nonce_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    (void)c;
    if (held->excused)
        return MIPRO_UNDECIDED_ORDER;
    for (const struct sequence *s = h->sequences; s != NULL; s = s->next)
        for (unsigned i = 0; i < CONTENTS; i++)
            if (s->type == MIPRO_BINDING_UPDATE && s->spi == held->spi &&
                s->seen[i].frame > held->finding.frame &&
                (uint32_t)(s->ident[i] >> 32) == held->nonce)
                return MIPRO_UNDECIDED_ORDER;
    return MIPRO_UNDECIDED_REASONS;
}

/*
 * The update turned out to answer a request captured after it: it neither breaks the chain nor is
 * part of it.  The chain continues from before it, or has not begun yet.
 */
void
mipro_nonce_answered(const struct shard *c, const struct home *h, uint64_t ident, uint64_t frame)
{
    for (struct wait *w = peer_wait_first(c, h, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (w->kind == WAIT_HELD && w->u.held->kind == HELD_NONCE &&
            (w->u.held->ident == ident || w->u.held->granted_frame == frame))
            w->u.held->excused = true;
    for (struct sequence *s = h->sequences; s != NULL; s = s->next)
        if (s->type == MIPRO_BINDING_UPDATE && s->has_chain && s->ident[s->last] == ident &&
            s->chain_frame == s->seen[s->last].frame) {
            s->has_chain = s->had_chain;
            s->chain[1] = s->chain_before;
        }
}

/*
 * nonce-chain (4.3): the low half is the nonce of this update, the high half that of
 * the next.  An update that answers a Binding Request has the requester's
 * identification, which resynchronizes: the next may continue from it, or from before.
 * One that a foreign agent made from a PFAN has the registration's identification, which is
 * not part of the chain.
 */
void
mipro_nonce_judge(struct shard *c, const struct view *v, struct sequence *s, bool answers)
{
    uint32_t low = (uint32_t)v->ident.value;
    uint32_t high = (uint32_t)(v->ident.value >> 32);

    if (v->type != MIPRO_BINDING_UPDATE || s->a != v->ev->src)
        return;
    if (s->has_chain && !answers && low != s->chain[0] && low != s->chain[1])
        break_chain(c, v, s, low);
    s->chain[0] = high;
    if (!answers) {
        s->chain_before = s->has_chain ? s->chain[1] : low;
        s->had_chain = s->has_chain;
        s->chain[1] = high;
        s->has_chain = true;
        s->chain_frame = v->ev->frame;
    }
}
