/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - Registration Requests whose PFAN waits for conduct's final verdict.
 *
 * Whether a PFAN is good may be known only from the Binding Update that is made of it (8.1), which
 * comes in a later batch.  Until then the request is kept as a copy; then it is concluded.
 */
#ifndef VRF_WAITING_H
#define VRF_WAITING_H

#include "conclude.h"

struct vrf_waiting;
struct vrf_waiting *vrf_waiting_new(void);
void vrf_waiting_free(struct vrf_waiting *w);
/* The message waits; its payload and authenticators are copied. */
void vrf_waiting_add(
    struct vrf_waiting *w, const struct vrf_message *message, const struct mipro_auth *auths);
/* Conduct has seen the message: what it found out, unless the final verdict came at once. */
void vrf_waiting_tell(
    struct vrf_waiting *w, const struct vrf_message *message, const struct mipro_event *event);
/*
 * The final verdict on the PFAN of the request in frame; auth is NULL if it did not change.  seen
 * is the event that conduct is just being told of, or NULL.
 */
void vrf_waiting_conclude(struct vrf_waiting *w, struct vrf_conclusion *c, uint64_t frame,
    const struct mipro_auth *auth, const struct mipro_event *seen);

#endif
