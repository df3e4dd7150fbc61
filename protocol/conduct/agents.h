/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agents.h - agents that advertise, and whether they support smooth handoffs (5.2). */
#ifndef MIPRO_CONDUCT_AGENTS_H
#define MIPRO_CONDUCT_AGENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_AGENTS 4096
#define AGENT_BUCKETS 1024

/* What an agent advertised last. */
struct agent {
    uint32_t addr;
    bool smooth;
    bool ceased;       /* it supported smooth handoffs before, */
    int64_t ceased_at; /* until then */
    uint64_t frame;    /* of that advertisement; 0: none was seen */
    struct agent *chain;
};

struct agents {
    struct agent *bucket[AGENT_BUCKETS];
    struct agent room[MAX_AGENTS];
    size_t next;
    uint64_t dropped;
};

/* True if the agent did not support smooth handoffs by its last advertisement, and does now. */
bool mipro_agents_see(
    struct agents *agents, uint64_t frame, int64_t time, uint32_t addr, bool smooth);
/* What is known of it, or NULL. */
const struct agent *mipro_agents_find(const struct agents *agents, uint32_t addr);

#endif
