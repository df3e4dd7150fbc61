/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node_table.h - the nodes that have no home address yet, found by their NAI: see nodes.h. */
#ifndef MIPRO_CONDUCT_NODE_TABLE_H
#define MIPRO_CONDUCT_NODE_TABLE_H

#include "conduct/private.h"

#define MIPRO_NODE_BUCKETS 8192u /* a power of 2 */

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
    struct node *buckets[MIPRO_NODE_BUCKETS];
};

/*
 * The node that the message names, and a hash of its name; made if need be, for one that has no
 * home address.
 */
struct node *mipro_node_of(
    struct shard *c, const struct mipro_message *m, bool make, uint64_t *name);
/* It is dropped. */
void mipro_node_leave(struct shard *c, const struct home *h);

#endif
