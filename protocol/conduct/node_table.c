/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/node_table.h"
#include "conduct/registrations.h"

#include <string.h>

static size_t
bucket_of(const struct node_table *nodes, uint64_t hash)
{
    uint64_t mixed = mipro_mix(hash, nodes->secret);

    return (mixed ^ mixed >> 32) % MIPRO_NODE_BUCKETS;
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

void
mipro_node_leave(struct shard *c, const struct home *h)
{
    const struct node *n = CONST_RECORD(h, struct node, home);
    struct node **at = &c->nodes->buckets[bucket_of(c->nodes, n->hash)];

    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    c->nodes->lost = c->nodes->asked;
}

struct node *
mipro_node_of(struct shard *c, const struct mipro_message *m, bool make, uint64_t *name)
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

struct mipro_nai
mipro_node_nai(const struct home *h)
{
    const struct node *n = CONST_RECORD(h, struct node, home);

    return (struct mipro_nai){ n->nai, n->len };
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
