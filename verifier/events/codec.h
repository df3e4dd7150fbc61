/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec.h - encode an inspected batch: for each part of the home addresses the events that only
 * that part needs, and once those that all parts need.
 *
 * Common are: the number of frames and where captures begin; the runs of timestamps (see
 * conduct/clock.h); advertisements; fragments, which are reassembled later because they may be
 * in different files; messages that concern several home addresses: those without a home
 * address, and Binding Updates that announce nonces.  All other events belong to one part, by
 * the hash of their home address.  Verdicts are included, keys are not.
 */
#ifndef VRF_EVENTS_CODEC_H
#define VRF_EVENTS_CODEC_H

#include "batch.h"
#include "events/pack.h"

/* Append a batch to common and, for each of n_parts parts, to own[part]. */
void vrf_events_encode(
    const struct vrf_batch *b, struct vrf_pack *common, struct vrf_pack *own, unsigned n_parts);

/*
 * Fill b, whose first_frame is set, from what is encoded in its block and must remain there:
 * everything that vrf_inspect() sets, and more.  Only the first part counts frames and undecoded
 * content.  False: the octets are not valid.
 */
bool vrf_events_decode(struct vrf_batch *b, const struct vrf_options *o);

#endif
