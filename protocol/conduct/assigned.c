/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node that asked without a home address was assigned one (nodes.h). */
#include "conduct/node_table.h"
#include "conduct/registrations.h"

#include <string.h>

/* Another node had this home address: what it was granted is over. */
static void
forget_granted(struct shard *c, struct registry *r)
{
    memset(r->granted, 0, sizeof(r->granted));
    if (r->given != NULL)
        mipro_record_give(&c->given, r->given);
    r->given = NULL;
}

/* When was the last content of a sequence seen?  0: it has none. */
static uint64_t
last_frame(const struct sequence *s)
{
    return s->seen[s->last].frame;
}

/* The node's sequences go on under the home address of v, with this home agent. */
static void
take_sequences(
    struct shard *c, const struct view *v, const struct answered *answered, uint32_t agent)
{
    for (const struct sequence *s = answered->node->sequences; s != NULL; s = s->next) {
        struct view about = *v;
        struct mipro_ends ends = { s->a, s->b };
        struct sequence *own;

        if (ends.a == 0)
            ends.a = v->homeaddr;
        if (ends.b == answered->asked.agent)
            ends.b = agent;
        about.type = s->type;
        about.node = v->home->registry->node;
        own = mipro_sequence_make(c, &about, s->ext, s->spi, ends);
        if (own == NULL || last_frame(own) >= last_frame(s))
            continue;
        const struct sequence place = *own;

        *own = *s;
        own->next = place.next;
        own->prev = place.prev;
        own->of_peer = place.of_peer;
        own->home = place.home;
        own->old = place.old;
        own->a = ends.a;
        own->b = ends.b;
        own->node = about.node;
    }
}

bool
mipro_node_assigned(
    struct shard *c, struct view *v, struct registry *r, const struct registered *reply)
{
    const struct answered *answered = v->elsewhere->answered;
    const struct node *n;
    struct granted *g;

    if (answered == NULL)
        return false;
    if (answered->of == REPLY_OF_NOTHING && reply->code <= 1)
        mipro_registry_grant(c, r, reply, NULL);
    if (answered->of != REPLY_OF_REQUEST || reply->code > 1 || answered->asked.backwards ||
        answered->asked.granted)
        return true;
    n = CONST_RECORD(answered->node, struct node, home);
    if (r->node != n->hash)
        forget_granted(c, r);
    r->node = n->hash;
    struct asked asked = answered->asked;

    mipro_registry_grant(c, r, reply, &asked);
    g = mipro_granted_find(r, reply->agent);
    if (g != NULL)
        g->unending = false; /* it had no home address, and so no other binding */
    take_sequences(c, v, answered, reply->agent);
    return true;
}
