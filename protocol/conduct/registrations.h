/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registrations.h - what the files about Registration Requests and Replies share. */
#ifndef MIPRO_CONDUCT_REGISTRATIONS_H
#define MIPRO_CONDUCT_REGISTRATIONS_H

#include "conduct/state.h"

/* registry.c */
/* NULL: no memory. */
struct registry *mipro_registry_make(struct shard *c, struct home *h);
/* What this home agent granted last, or NULL; so if r is NULL. */
struct granted *mipro_granted_find(struct registry *r, uint32_t agent);
/* May a reply have its identification from this request? */
bool mipro_reply_answers(const struct asked *a, const struct registered *reply);
/* The newest request that it answers, preferably with the whole identification; or NULL. */
struct asked *mipro_registry_find(struct registry *r, const struct registered *reply);
/* Does the reply w wait for this request, which was captured now, shortly after it? */
bool mipro_is_early_answer(
    const struct shard *c, const struct wait *w, const struct asked *a, int64_t now);
/* The request of this frame, or NULL if it is not remembered; so if r is NULL. */
const struct asked *mipro_registry_request(const struct registry *r, uint64_t frame);
/* Was a reply to the request of this frame captured?  If not, it may have been refused (133). */
bool mipro_was_replied(const struct home *h, uint64_t frame);
/* Did the reply grant it? */
SELDOM bool mipro_was_granted(const struct home *h, uint64_t frame);
/* The frame in which the request went the way that a reply from src to dst goes back. */
uint64_t mipro_frame_on_hop(const struct asked *a, uint32_t src, uint32_t dst);
/* A registration was granted; a is NULL where the request is not known. */
void mipro_registry_grant(
    const struct shard *c, struct registry *r, const struct registered *reply, struct asked *a);
/* The replay method of the association that authenticates the registration message. */
enum mipro_replay mipro_method_of(const struct view *v);
/* What of a reply counts, now and when its request is captured after it. */
struct registered mipro_reply_read(const struct view *v);
/* a is the request that was granted. */
void mipro_granted_know(struct granted *g, const struct asked *a);

/* registration.c */
void mipro_see_registration(struct shard *c, struct view *v);
void mipro_see_reply(struct shard *c, struct view *v);
enum mipro_undecided mipro_refused_doubt(
    const struct shard *c, const struct home *h, const struct held *held);

/* Is a request known that the reply v may answer? */
SELDOM bool mipro_reply_is_of(const struct shard *c, const struct view *v);

/* For nodes without home address: the parts of the above. */
/* The request v in the registry, made if it is new. */
struct asked *mipro_registry_ask(struct shard *c, const struct view *v, struct registry *r);
/* Which request does the reply answer?  That one is settled, and *a, unless it is forged. */
enum reply_of mipro_reply_settle(struct shard *c, struct view *v, struct registry *r,
    const struct registered *reply, struct asked **a);
/* It answers no request that was seen so far. */
SELDOM void mipro_reply_keep(struct shard *c, const struct view *v, const struct registered *reply);

/* node_table.c */
/*
 * Was this home agent asked for a home address by the node of this name (struct elsewhere), after
 * this frame, and it is unknown with what result?  nodes may be NULL.
 */
SELDOM bool mipro_nodes_await(
    const struct shard *nodes, uint32_t agent, uint64_t frame, uint64_t name);
/* By what it is known. */
struct mipro_nai mipro_node_nai(const struct home *h);

/* assigned.c */
/* False: the reply is no node's.  Else what it grants continues under its home address. */
bool mipro_node_assigned(
    struct shard *c, struct view *v, struct registry *r, const struct registered *reply);

/* mismatch.c */
/* The time limit for the request of a reply that answers none is over. */
void mipro_reply_expired(struct shard *c, struct wait *w);
void mipro_asked_expired(struct shard *c, struct wait *w);
/* Does a request without home address wait for a reply between these ends at this time? */
bool mipro_reply_is_awaited(const struct shard *c, const struct view *v, const struct registry *r,
    const struct registered *reply);

/* challenges.c */
/* Does the reply v give a challenge to its node? */
void mipro_challenge_given(struct shard *c, const struct view *v);
/* Check authenticators whose challenge is unknown against the challenges that were given. */
SELDOM void mipro_judge_challenged(const struct view *v);

/* granted.c */
/*
 * A request or reply was cut before what it says: what was granted may have changed.  may_go_on: it
 * is the first fragment, and the others may follow.
 */
SELDOM void mipro_registration_begun(
    struct shard *c, const struct mipro_message *m, bool may_go_on);
/* Check what a Binding Update discloses about a home address that has a registry. */
void mipro_registry_check(struct shard *c, const struct view *v, bool known);

/* See struct kinds; the other functions of this kind do the same. */
enum mipro_undecided mipro_registry_doubt(
    const struct shard *c, const struct home *h, const struct held *held);

#endif
