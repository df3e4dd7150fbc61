/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of the machine without changing it: counts, beliefs, and looking ahead. */
#include "conduct/machine.h"

#include <string.h>

size_t
mipro_conduct_octets(const struct mipro_conduct *c)
{
    return c->arena.octets - c->arena.left + c->pieces.pages.octets + c->announced.pages.octets +
           c->challenges.pages.octets;
}

int64_t
mipro_conduct_clock(const struct mipro_conduct *c)
{
    return c->clock.t.clock;
}

uint64_t
mipro_conduct_horizon(const struct mipro_conduct *c)
{
    uint64_t horizon = mipro_namesakes_horizon(c->namesakes);

    for (unsigned i = 0; i < c->n_shards; i++) {
        const struct shard *s = c->shards[i];

        if (s != NULL && mipro_shard_horizon(s) < horizon)
            horizon = mipro_shard_horizon(s);
    }
    if (c->nodes != NULL && mipro_shard_horizon(c->nodes) < horizon)
        horizon = mipro_shard_horizon(c->nodes);
    if (c->doubted.frame != 0 && c->doubted.frame < horizon)
        horizon = c->doubted.frame;
    return horizon;
}

void
mipro_conduct_totals(const struct mipro_conduct *c, struct mipro_conduct_totals *totals)
{
    *totals = (struct mipro_conduct_totals){ .disorder = c->clock.disorder };
    memcpy(totals->undecided, c->undecided, sizeof(totals->undecided));
    for (unsigned i = 0; i < c->n_shards; i++) {
        const struct shard *s = c->shards[i];

        for (unsigned rule = 0; s != NULL && s->n_undecided != 0 && rule < MIPRO_RULES; rule++)
            for (unsigned k = 0; k < MIPRO_UNDECIDED_REASONS; k++)
                totals->undecided[rule][k] += s->undecided[rule][k];
        if (s != NULL)
            totals->copies += s->copies.found;
    }
    if (c->config.part == 0) { /* shared state is counted only once */
        totals->dropped[MIPRO_DROPPED_AGENTS] = c->agents.dropped;
        totals->dropped[MIPRO_DROPPED_FRAGMENTS] = c->pieces.dropped;
        totals->dropped[MIPRO_DROPPED_CHALLENGES] = c->challenges.dropped;
    }
    if (c->nodes != NULL)
        mipro_nodes_totals(c->nodes, totals);
    totals->dropped[MIPRO_DROPPED_UNMATCHED] = mipro_namesakes_dropped(c->namesakes);
    for (unsigned i = 0; i < c->n_shards; i++) {
        const struct shard *s = c->shards[i];

        for (unsigned k = 0; s != NULL && k < MIPRO_DROPPED_KINDS; k++)
            totals->dropped[k] += s->dropped[k];
        if (s != NULL)
            totals->dropped[MIPRO_DROPPED_COPIES] += s->copies.dropped;
    }
}

uint64_t
mipro_conduct_dropped(const struct mipro_conduct *c)
{
    struct mipro_conduct_totals totals;

    mipro_conduct_totals(c, &totals);
    return mipro_dropped_of_all(&totals);
}

void
mipro_ahead_slot(
    const struct mipro_conduct *c, struct mipro_ahead *ahead, uint32_t homeaddr, uint64_t datagram)
{
    const uint64_t mixed = mix_home(homeaddr);
    struct shard *s = c->shards[shard_by(mixed, c->n_shards)];

    ahead->shard = s;
    if (s == NULL)
        return;
    ahead->u.place = mipro_home_fetch_slot(s, mixed);
    mipro_copies_fetch_head(&s->copies, datagram);
}

void
mipro_ahead_home(struct mipro_ahead *ahead, uint32_t homeaddr, uint64_t datagram)
{
    const struct shard *s = ahead->shard;

    if (s == NULL)
        return;
    mipro_copies_fetch(&s->copies, datagram);
    ahead->u.home = mipro_home_fetch(s, ahead->u.place, homeaddr);
    ahead->changes = mipro_home_changes(s, ahead->u.home);
}

void
mipro_ahead_records(const struct mipro_ahead *ahead)
{
    if (ahead->shard != NULL && ahead->u.home != NULL)
        mipro_home_fetch_records(ahead->u.home);
}

enum mipro_ident_hint
mipro_conduct_ident_hint(
    const struct mipro_conduct *c, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    const struct shard *s = shard_of(c, homeaddr);

    return s != NULL ? mipro_shard_ident_hint(s, src, dst, homeaddr) : MIPRO_IDENT_UNKNOWN;
}

bool
mipro_conduct_belief(
    const struct mipro_conduct *c, uint32_t node, uint32_t homeaddr, struct mipro_belief *belief)
{
    const struct shard *s = shard_of(c, homeaddr);

    return s != NULL && mipro_shard_belief(s, node, homeaddr, belief);
}
