/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nodes.h - mobile nodes that have no home address yet (RFC 2794).
 *
 * A Registration Request with home address 0.0.0.0 or 255.255.255.255 and a network access
 * identifier (NAI, extension 131) asks for a home address.  Until a reply assigns one, the node is
 * known by its NAI, compared as in a key file (mipro_nai_fold()): two nodes without a home address
 * never mix.  What is kept of each is what a home address has: requests, forged requests, time
 * sequences of identifications.
 *
 *   - Every reply that has the NAI is held against these requests.  Its home address is not wrong,
 *     for that is what was asked for; its identification and home agent must be those of a request
 *     (reply-mismatch).  forged-accepted, genuine-refused and replay go by the NAI as well.
 *   - From the reply that grants a request on, the node's registration continues under the assigned
 *     home address: with the request's P and lifetime, and with the node's sequences.  If
 *     another node had that home address, what it was granted is over, and its sequences stay
 *     apart.
 *   - Later requests of the node with a home address are judged there, but noted here too, so that
 *     an old request without one that returns after them is a replay.
 *
 *   - While the outcome of a request is unknown, a home address that was assigned before may
 *     belong to that node: privacy and lifetime-exceeds are undecided about it.  So are they if
 *     it names itself as the last that was granted the home address: it may have been assigned it
 *     before the capture.
 *
 * What stays unknown: a reply without an NAI (RFC 2794 asks for it), or one that was captured
 * before its request, answers nothing that is known under its home address: it is undecided.  A
 * request that has neither home address nor NAI belongs to no known node, and is not judged.  A
 * smooth handoff needs a home address, and is not followed without.
 *
 * The home address that will be assigned may belong to any shard.  So every machine keeps all
 * nodes, in one more shard, and must see all registrations that name a node
 * (mipro_conduct_names_node()); the one that keeps the shard of 0.0.0.0 reports what is found
 * there.  Memory is bounded: MAX_NODES, and one not used lately is dropped for a new one.
 */
#ifndef MIPRO_CONDUCT_NODES_H
#define MIPRO_CONDUCT_NODES_H

#include "conduct/private.h"

/* NULL: no memory.  speaks: this machine reports what is found. */
struct shard *mipro_nodes_new(const struct mipro_conduct_config *config,
    const struct mipro_conduct_sink *sink, struct arena *arena, const struct pieces *pieces,
    struct ties *ties, const struct mipro_times *t, bool speaks);
void mipro_nodes_free(struct shard *c);
/* A hash of the NAI in a message that has one. */
SELDOM uint64_t mipro_node_name(const struct mipro_message *m);
/*
 * A registration that names its node.  True if the shard of its home address has to see it, too:
 * elsewhere then says what the node knows about it.
 */
bool mipro_nodes_see(
    struct shard *c, struct mipro_event *ev, int64_t now, struct elsewhere *elsewhere);
/*
 * The same in two steps, for a request without home address whose timestamp is doubted: look, and
 * later let it take effect.  False: there is no room for the node.
 */
bool mipro_nodes_look(struct shard *c, struct mipro_event *ev, struct elsewhere *elsewhere,
    struct view *v, bool *pfan);
void mipro_nodes_act(struct shard *c, struct view *v, bool pfan);
/* Adds what was counted here, if this machine reports it. */
void mipro_nodes_totals(const struct shard *c, struct mipro_conduct_totals *totals);

#endif
