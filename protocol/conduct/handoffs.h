/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handoffs.h - what the files about Previous Foreign Agent Notifications (PFANs) share. */
#ifndef MIPRO_CONDUCT_HANDOFFS_H
#define MIPRO_CONDUCT_HANDOFFS_H

#include "conduct/state.h"

/* handoff.c */
void mipro_handoff_asked(struct shard *c, struct view *v);
/* The reply v answers the request of this frame, with this identification. */
void mipro_handoff_replied(
    struct shard *c, const struct view *v, uint64_t frame, uint64_t ident, bool granted);
void mipro_handoff_expired(struct shard *c, struct wait *w);
void mipro_handoff_ended(struct shard *c, struct wait *w);
enum mipro_rule mipro_handoff_rule(const struct shard *c, const struct wait *w);

/* made.c */
void mipro_handoff_rejudge(const struct view *v);
/* Was the update captured before v, which has the PFAN of h?  An altered one is reported. */
bool mipro_handoff_made_before(struct shard *c, const struct view *v, struct handoff *h);
/* May it have been, with another authenticator?  One that was sent to the agent is bad. */
bool mipro_handoff_may_be_made(
    const struct shard *c, const struct view *v, const struct handoff *h);
enum mipro_undecided mipro_handoff_doubt(
    const struct shard *c, const struct home *h, const struct held *held);
/* True if the Binding Update was made from a PFAN. */
bool mipro_handoff_update(struct shard *c, const struct view *v);
/* An update whose SPI is unknown: it may be that of a PFAN, with another SPI. */
SELDOM void mipro_handoff_other_spi(struct shard *c, const struct view *v);
/* v is a copy of an update that had been cut: see unmasked.c. */
SELDOM void mipro_handoff_complete(struct shard *c, const struct view *v);
/* Keep the data of the forged update v for comparison with a PFAN that is captured later. */
void mipro_handoff_keep_made(const struct view *v, struct wait *w);

/* pending.c */
/* The fields of a PFAN. */
struct notice {
    uint16_t life;
    uint32_t previous, coa, spi;
    uint64_t hash; /* of the authenticator */
    uint8_t size;
};
/* False if it was not captured whole. */
bool mipro_notice_read(const struct mipro_message *m, const struct mipro_ext *e, struct notice *n);
void mipro_pending_begin(struct shard *c, struct view *v);
void mipro_pending_settle(struct shard *c, struct wait *w, const struct view *v);
/* No Binding Update was seen in time. */
void mipro_pending_expired(struct shard *c, struct wait *w);
void mipro_pending_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason);
void mipro_pending_ended(struct shard *c, struct wait *w);

#endif
