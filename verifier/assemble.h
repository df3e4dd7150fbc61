/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assemble.h - reassemble fragments, in the order of frames.
 *
 * Fragments of the same datagram may be in any two frames, and the home address of the message
 * is not known in advance.  So they are reassembled before events are distributed to settlers
 * (settle.h): afterwards the events of a batch are messages, tunnels, advertisements, and what
 * single fragments show, but no fragments.
 */
#ifndef VRF_ASSEMBLE_H
#define VRF_ASSEMBLE_H

#include "batch.h"

struct vrf_assembler;

/* NULL if out of memory. */
struct vrf_assembler *vrf_assembler_new(const struct vrf_options *o);
void vrf_assembler_free(struct vrf_assembler *a);
/* Sets the batch's horizon to the first frame still needed.  False if out of memory. */
bool vrf_assemble(struct vrf_assembler *a, struct vrf_batch *b);
/* Memory that its state takes now. */
size_t vrf_assembler_octets(const struct vrf_assembler *a);

#endif
