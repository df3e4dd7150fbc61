/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.h - the state of the machine: the shards, and what they have in common. */
#ifndef MIPRO_CONDUCT_MACHINE_H
#define MIPRO_CONDUCT_MACHINE_H

#include "conduct/doubted.h"
#include "conduct/nodes.h"

struct mipro_conduct {
    struct mipro_conduct_config config;
    struct mipro_conduct_sink sink;
    struct mipro_clock clock;
    struct doubted doubted;
    struct agents agents;
    struct announced announced;
    struct challenges challenges;
    struct pieces pieces;
    struct ties ties;
    struct namesakes *namesakes;
    struct arena arena;  /* of the shards */
    struct shard *nodes; /* without home address, by their NAI; NULL until there is one */
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS]; /* by namesakes */
    unsigned n_shards;
    struct shard **shards; /* those that are kept; NULL for the others */
};

/* The shard of a home address, or NULL if it is not kept. */
static inline struct shard *
shard_of(const struct mipro_conduct *c, uint32_t homeaddr)
{
    return c->shards[shard_by(mix_home(homeaddr), c->n_shards)];
}

#endif
