/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/nodes.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NODES 8192u
#define MAX_NODE_WAITS 16384u
#define BUCKETS 8192u /* a power of 2 */

struct node {
    struct home home;  /* addr is 0 */
    struct node *next; /* of the same bucket */
    uint64_t hash;
    uint8_t len;
    uint8_t nai[MIPRO_NAI_MAX]; /* folded */
};

struct node_table {
    struct mipro_conduct_sink sink;
    bool speaks;
    uint64_t secret; /* so that an attacker cannot choose NAIs of one bucket */
    uint64_t copies; /* of messages without a home address */
    uint64_t asked;  /* frame of the last request without a home address */
    uint64_t lost;   /* up to this frame requests may have been forgotten */
    struct answered answered;
    struct node *buckets[BUCKETS];
};

bool
mipro_conduct_finds_node(const struct mipro_message *m)
{
    uint8_t type = mipro_message_type(m);
    size_t len;

    return (type == MIPRO_REGISTRATION_REQUEST || type == MIPRO_REGISTRATION_REPLY) &&
           mipro_message_acts(m) && mipro_message_nai(m, &len) != NULL;
}

/* ---- the table ---- */

static size_t
bucket_of(const struct node_table *nodes, uint64_t hash)
{
    uint64_t mixed = mipro_mix(hash, nodes->secret);

    return (mixed ^ mixed >> 32) % BUCKETS;
}

/* With a secret in every step. */
static uint64_t
hash_of(const struct node_table *nodes, const uint8_t *nai, size_t len)
{
    uint64_t h = len;

    for (size_t i = 0; i < len; i += 8) {
        size_t n = len - i < 8 ? len - i : 8;
        uint64_t word = 0;

        for (size_t k = 0; k < n; k++)
            word = word << 8 | nai[i + k];
        h = mipro_mix(h ^ nodes->secret, word);
    }
    return h | 1; /* 0 means no node */
}

static struct node *
find_node(const struct node_table *nodes, const uint8_t *nai, size_t len, uint64_t hash)
{
    struct node *n = nodes->buckets[bucket_of(nodes, hash)];

    while (n != NULL && (n->hash != hash || n->len != len || memcmp(n->nai, nai, len) != 0))
        n = n->next;
    return n;
}

static struct node *
add_node(struct shard *c, const uint8_t *nai, size_t len, uint64_t hash)
{
    struct node *n = mipro_record_take(c, &c->homes, NULL);
    struct node **bucket;

    if (n == NULL)
        return NULL;
    n->home.is_node = true;
    n->home.epoch = c->t.epoch & (MIPRO_EPOCHS - 1);
    n->hash = hash;
    n->len = (uint8_t)len;
    memcpy(n->nai, nai, len);
    bucket = &c->nodes->buckets[bucket_of(c->nodes, hash)];
    n->next = *bucket;
    *bucket = n;
    mipro_home_queue(c, &n->home);
    return n;
}

static void
leave_bucket(struct shard *c, const struct home *h)
{
    const struct node *n = CONST_RECORD(h, struct node, home);
    struct node **at = &c->nodes->buckets[bucket_of(c->nodes, n->hash)];

    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    c->nodes->lost = c->nodes->asked;
}

/*
 * The node that the message names, and a hash of its name; made if need be, for one that has no
 * home address.
 */
static struct node *
node_of(struct shard *c, const struct mipro_message *m, bool make, uint64_t *name)
{
    struct mipro_nai nai = { NULL, 0 };
    uint8_t folded[MIPRO_NAI_MAX];
    struct node *n;
    uint64_t hash;
    size_t len;

    nai.octets = mipro_message_nai(m, &nai.len);
    if (nai.octets == NULL)
        return NULL;
    len = mipro_nai_fold(&nai, folded);
    *name = hash = hash_of(c->nodes, folded, len);
    n = find_node(c->nodes, folded, len, hash);
    if (n == NULL && make)
        n = add_node(c, folded, len, hash);
    if (n == NULL)
        return NULL;
    n->home.used = true;
    if (n->home.epoch != c->t.epoch)
        mipro_home_renew(c, &n->home);
    return n;
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
    c->leave = leave_bucket;
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

struct mipro_nai
mipro_node_nai(const struct home *h)
{
    const struct node *n = CONST_RECORD(h, struct node, home);

    return (struct mipro_nai){ n->nai, n->len };
}

/* ---- what is seen ---- */

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

static bool
is_called(const struct node *n, uint64_t name)
{
    return name == ANY_NAME || (mipro_mix_octets(n->nai, n->len) | 1) == name;
}

bool
mipro_nodes_await(const struct shard *nodes, uint32_t agent, uint64_t frame, uint64_t name)
{
    if (nodes == NULL || nodes->nodes->asked <= frame)
        return false;
    if (nodes->nodes->lost > frame)
        return true;
    for (const struct home *h = nodes->first; h != NULL; h = h->next_to_drop)
        for (unsigned i = 0; h->registry != NULL && i < REQUESTS; i++) {
            const struct asked *a = &h->registry->asked[i];

            if (a->frame > frame && !a->settled && !a->elsewhere &&
                (a->agent == agent || is_discovery(a->agent)) &&
                is_called(CONST_RECORD(h, struct node, home), name))
                return true;
        }
    return false;
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
    struct node *n = node_of(c, m, homeless, &elsewhere->node);
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
    struct node *n = node_of(c, ev->message, true, &elsewhere->node);

    if (n != NULL)
        *pfan = mipro_shard_look(c, ev, TIME_DOUBTED, elsewhere, &n->home, v);
    return n != NULL;
}

void
mipro_nodes_act(struct shard *c, struct view *v, bool pfan)
{
    uint64_t hash;
    struct node *n = node_of(c, v->m, true, &hash);

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

/* ---- a home address is assigned ---- */

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
