/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Agents that advertise, and whether they support smooth handoffs: rule handoff-advertised (5.2).
 */
#include "conduct/private.h"

static const struct agent *
find_agent(const struct mipro_conduct *c, uint32_t addr)
{
    const struct agent *a = c->agents[addr % AGENT_BUCKETS];

    while (a != NULL && a->addr != addr)
        a = a->chain;
    return a;
}

/*
 * The agent that is asked has no S in its last advertisement.  Where only the hop to the home agent
 * was captured, the agent is the one that passed the request on.
 */
void
mipro_advertised_check(struct mipro_conduct *c, const struct view *v)
{
    uint32_t asked = v->ev->dst != view_field(v, MIPRO_F_HOMEAGENT) ? v->ev->dst : v->ev->src;
    const struct agent *a = find_agent(c, asked);
    struct held held = { .kind = HELD_ADVERTISED, .agent = asked };

    if (a == NULL || a->smooth || a->frame < c->epoch_frame)
        return;
    held.finding = mipro_finding_of(v, MIPRO_RULE_HANDOFF_ADVERTISED);
    mipro_finding_relate(&held.finding, a->frame);
    mipro_finding_hold(
        c, v, &held, "foreign agent %s does not advertise smooth handoffs", mipro_dotted(asked).s);
}

enum mipro_undecided
mipro_advertised_doubt(const struct mipro_conduct *c, const struct home *h, const struct held *held)
{
    const struct agent *a = find_agent(c, held->agent);

    (void)h;
    if (a == NULL)
        return MIPRO_UNDECIDED_FORGOTTEN;
    return a->smooth ? MIPRO_UNDECIDED_ORDER : MIPRO_UNDECIDED_REASONS;
}

void
mipro_agent_seen(struct mipro_conduct *c, uint64_t frame, uint32_t addr, uint16_t flags)
{
    struct agent **bucket = &c->agents[addr % AGENT_BUCKETS];
    struct agent *a = *bucket;

    while (a != NULL && a->addr != addr)
        a = a->chain;
    if (a == NULL) {
        a = &c->agent_room[c->next_agent];
        c->next_agent = (c->next_agent + 1) % MAX_AGENTS;
        if (a->frame != 0) {
            struct agent **at = &c->agents[a->addr % AGENT_BUCKETS];

            while (*at != a)
                at = &(*at)->chain;
            *at = a->chain;
            c->dropped++;
        }
        a->addr = addr;
        a->chain = *bucket;
        *bucket = a;
    }
    a->smooth = (flags & MIPRO_ADV_S) != 0;
    a->frame = frame;
}
