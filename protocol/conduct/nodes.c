/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/nodes.h"
#include "conduct/handoffs.h"
#include "conduct/node_table.h"
#include "conduct/registrations.h"

#include <limits.h>
#include <stdlib.h>

#define MAX_NODES 8192u
#define MAX_NODE_WAITS 16384u

bool
mipro_conduct_finds_node(const struct mipro_message *m)
{
    uint8_t type = mipro_message_type(m);
    size_t len;

    return (type == MIPRO_REGISTRATION_REQUEST || type == MIPRO_REGISTRATION_REPLY) &&
           mipro_message_acts(m) && mipro_message_nai(m, &len) != NULL;
}

struct shard *
mipro_nodes_new(const struct mipro_conduct_config *config, const struct mipro_conduct_sink *sink,
    struct arena *arena, const struct pieces *pieces, struct ties *ties,
    const struct mipro_times *t, bool speaks)
{
    struct shard *c = calloc(1, sizeof(*c));
    struct node_table *nodes = calloc(1, sizeof(*nodes));
    size_t max =
        config->max_homes == 0 || config->max_homes > MAX_NODES ? MAX_NODES : config->max_homes;

    if (c == NULL || nodes == NULL) {
        free(c);
        free(nodes);
        return NULL;
    }
    c->nodes = nodes;
    nodes->sink = *sink;
    if (!speaks)
        nodes->sink.finding = NULL;
    nodes->speaks = speaks;
    nodes->secret = mipro_mix((uintptr_t)nodes, 0);
    if (!mipro_shard_init(c, config, &nodes->sink, NULL, arena, MIPRO_SHARDS)) {
        mipro_nodes_free(c);
        return NULL;
    }
    mipro_pool_init(&c->homes, arena, sizeof(struct node), max);
    mipro_pool_init(&c->sequences, arena, sizeof(struct sequence), 2 * max);
    mipro_pool_init(&c->registries, arena, sizeof(struct registry), max);
    mipro_pool_init(&c->waits, arena, sizeof(struct wait), MAX_NODE_WAITS);
    c->crowd = UINT_MAX; /* the tables of crowds know them by their home address */
    c->leave = mipro_node_leave;
    c->pieces = pieces;
    c->ties = ties;
    c->t = *t;
    return c;
}

void
mipro_nodes_free(struct shard *c)
{
    if (c == NULL)
        return;
    mipro_shard_free(c);
    free(c->nodes);
    free(c);
}

static void
ask(struct shard *c, struct view *v)
{
    mipro_see_registration(c, v);
    if (!view_unproven(v))
        c->nodes->asked = v->ev->frame;
}

uint64_t
mipro_node_name(const struct mipro_message *m)
{
    struct mipro_nai nai;
    uint8_t folded[MIPRO_NAI_MAX];

    nai.octets = mipro_message_nai(m, &nai.len);
    return mipro_mix_octets(folded, mipro_nai_fold(&nai, folded)) | 1;
}

/* A request with a home address is judged there; here it shows what the node has sent. */
static void
note_request(struct shard *c, struct view *v)
{
    struct registry *r;
    struct asked *a;

    if (view_unproven(v))
        return;
    mipro_replay_note(c, v);
    r = mipro_registry_make(c, v->home);
    if (r == NULL)
        return;
    a = mipro_registry_ask(c, v, r);
    a->elsewhere = true;
    for (struct wait *w = wait_first(v->home), *next; w != NULL; w = next) {
        next = wait_next(v->home, w);
        if (mipro_is_early_answer(c, w, a, v->now))
            mipro_wait_end(c, w); /* no answer to what it asked without a home address */
    }
}

/* A reply to the node, whatever home address it has. */
static void
see_reply(struct shard *c, struct view *v, bool homeless, struct elsewhere *elsewhere)
{
    struct answered *answered = &c->nodes->answered;
    const struct registered reply = mipro_reply_read(v);
    struct registry *r;
    struct asked *a;
    enum reply_of of;

    mipro_challenge_given(c, v);
    if (view_unproven(v) || (homeless && mipro_replay_check(c, v, false)) ||
        !mipro_has(v->m, MIPRO_F_CODE) || !mipro_has(v->m, MIPRO_F_LIFE))
        return;
    r = mipro_registry_make(c, v->home);
    if (r == NULL)
        return;
    of = mipro_reply_settle(c, v, r, &reply, &a);
    if (of == REPLY_OF_REQUEST && a->elsewhere)
        return;
    if (of == REPLY_OF_NOTHING && !homeless && !mipro_reply_is_awaited(c, v, r, &reply))
        return;
    if (of == REPLY_OF_NOTHING)
        mipro_reply_keep(c, v, &reply);
    answered->of = of;
    answered->node = v->home;
    answered->asked = (struct asked){ 0 };
    if (of == REPLY_OF_REQUEST) {
        answered->asked = *a;
        a->granted |= reply.code <= 1;
    }
    elsewhere->answered = answered;
}

bool
mipro_nodes_see(struct shard *c, struct mipro_event *ev, int64_t now, struct elsewhere *elsewhere)
{
    const struct mipro_message *m = ev->message;
    uint32_t addr = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    bool homeless = is_no_home(addr), pfan;
    struct node *n = mipro_node_of(c, m, homeless, &elsewhere->node);
    struct view v;

    if (n == NULL)
        return true;
    elsewhere->name = ANY_NAME;
    pfan = mipro_shard_look(c, ev, now, elsewhere, &n->home, &v);
    if (homeless && pfan && c->sink->pfan != NULL)
        mipro_pending_begin(c, &v);
    if (ev->copy_of != 0)
        c->nodes->copies += homeless;
    else if (v.type == MIPRO_REGISTRATION_REPLY)
        see_reply(c, &v, homeless, elsewhere);
    else if (homeless)
        ask(c, &v);
    else
        note_request(c, &v);
    return !homeless;
}

bool
mipro_nodes_look(struct shard *c, struct mipro_event *ev, struct elsewhere *elsewhere,
    struct view *v, bool *pfan)
{
    struct node *n = mipro_node_of(c, ev->message, true, &elsewhere->node);

    if (n != NULL)
        *pfan = mipro_shard_look(c, ev, TIME_DOUBTED, elsewhere, &n->home, v);
    return n != NULL;
}

void
mipro_nodes_act(struct shard *c, struct view *v, bool pfan)
{
    uint64_t hash;
    struct node *n = mipro_node_of(c, v->m, true, &hash);

    if (n == NULL)
        return;
    v->home = &n->home;
    if (pfan && c->sink->pfan != NULL)
        mipro_pending_begin(c, v);
    if (v->ev->copy_of != 0)
        c->nodes->copies++;
    else
        ask(c, v);
}

void
mipro_nodes_totals(const struct shard *c, struct mipro_conduct_totals *totals)
{
    if (!c->nodes->speaks)
        return;
    for (unsigned rule = 0; c->n_undecided != 0 && rule < MIPRO_RULES; rule++)
        for (unsigned k = 0; k < MIPRO_UNDECIDED_REASONS; k++)
            totals->undecided[rule][k] += c->undecided[rule][k];
    totals->copies += c->nodes->copies;
    for (unsigned k = 0; k < MIPRO_DROPPED_KINDS; k++)
        totals->dropped[k] += c->dropped[k];
    totals->dropped[MIPRO_DROPPED_COPIES] += c->copies.dropped;
}
