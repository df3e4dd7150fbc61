/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec.h - a batch that was inspected, as octets: for each part of the home addresses the events
 * that only it needs, and once those that all parts need.
 *
 * Common are: how many frames there are and where captures begin; the runs of stamps (see
 * mipro_clock.h); advertisements; fragments, which are put together later, for they may lie in
 * different files; messages that several home addresses must know: those without a home address,
 * and Binding Updates whose nonces are announced.  The rest belongs to one part, by the hash of
 * its home address.  Verdicts are there, keys are not.
 */
#ifndef VRF_EVENTS_CODEC_H
#define VRF_EVENTS_CODEC_H

#include "batch.h"
#include "events/pack.h"

/* Append a batch to common and, for each of so many parts, to own[part]. */
void vrf_events_encode(
    const struct vrf_batch *b, struct vrf_pack *common, struct vrf_pack *own, unsigned n_parts);

/*
 * Fill b, whose first_frame is set, from the octets of both, which are the block's and stay: all
 * that vrf_inspect() gives, and more.  Only the first part counts frames and what was not decoded.
 * False: they are not what was written.
 */
bool vrf_events_decode(struct vrf_batch *b, const struct vrf_options *o);

#endif
