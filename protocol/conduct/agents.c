/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rule handoff-advertised (5.2). */
#include "conduct/private.h"

static struct agent *
find(const struct agents *agents, uint32_t addr)
{
    struct agent *a = agents->bucket[addr % AGENT_BUCKETS];

    while (a != NULL && a->addr != addr)
        a = a->chain;
    return a;
}

const struct agent *
mipro_agents_find(const struct agents *agents, uint32_t addr)
{
    return find(agents, addr);
}

/* Make room for one more by dropping the oldest. */
static struct agent *
make(struct agents *agents, uint32_t addr)
{
    struct agent *a = &agents->room[agents->next];

    agents->next = (agents->next + 1) % MAX_AGENTS;
    if (a->frame != 0) {
        struct agent **at = &agents->bucket[a->addr % AGENT_BUCKETS];

        while (*at != a)
            at = &(*at)->chain;
        *at = a->chain;
        agents->dropped++;
    }
    *a = (struct agent){ .addr = addr, .chain = agents->bucket[addr % AGENT_BUCKETS] };
    agents->bucket[addr % AGENT_BUCKETS] = a;
    return a;
}

bool
mipro_agents_see(struct agents *agents, uint64_t frame, int64_t time, uint32_t addr, bool smooth)
{
    struct agent *a = find(agents, addr);
    bool turns;

    if (a == NULL)
        a = make(agents, addr);
    turns = a->frame != 0 && !a->smooth && smooth;
    if (a->smooth && !smooth) {
        a->ceased = true;
        a->ceased_at = time;
    }
    a->smooth = smooth;
    a->frame = frame;
    return turns;
}

/*
 * The last advertisement of the requested agent has S clear.  An advertisement with S excuses the
 * request if it is captured within the tolerance after it, or was the last one until then.
 */
void
mipro_advertised_check(struct shard *c, const struct view *v)
{
    const struct agent *a = v->elsewhere->agent;
    struct held held = { .kind = HELD_ADVERTISED };

    if (a == NULL || a->smooth || a->frame < c->t.epoch_frame)
        return;
    held.agent = a->addr;
    held.excused = a->ceased && !certainly_before(c, a->ceased_at, v->ev->time);
    held.finding = mipro_finding_of(v, MIPRO_RULE_HANDOFF_ADVERTISED);
    mipro_finding_relate(&held.finding, a->frame);
    mipro_finding_hold(c, v, &held, "foreign agent %s does not advertise smooth handoffs",
        mipro_dotted(a->addr).s);
}

void
mipro_shard_smooth(struct shard *c, uint32_t agent)
{
    for (struct list_link *l = c->held.next; c->n_advertised != 0 && l != &c->held; l = l->next) {
        struct held *held = RECORD(l, struct wait, by.time)->u.held;

        if (held->kind == HELD_ADVERTISED && held->agent == agent)
            held->excused = true;
    }
}

enum mipro_undecided
mipro_advertised_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    (void)c;
    (void)h;
    return held->excused ? MIPRO_UNDECIDED_ORDER : MIPRO_UNDECIDED_REASONS;
}
