/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assemble.h - put fragments together, in the order of frames.
 *
 * Fragments of any two frames may belong together, whatever home address their message has.  So
 * they are put together before the home addresses go their separate ways (settle.h): afterwards
 * the events of a batch are messages, tunnels and advertisements, and what a fragment tells by
 * itself, but no fragments.
 */
#ifndef VRF_ASSEMBLE_H
#define VRF_ASSEMBLE_H

#include "batch.h"

struct vrf_assembler;

/* NULL: no memory. */
struct vrf_assembler *vrf_assembler_new(const struct vrf_options *o);
void vrf_assembler_free(struct vrf_assembler *a);
/* Sets the horizon of the batch to the first frame that still waits.  False: no memory. */
bool vrf_assemble(struct vrf_assembler *a, struct vrf_batch *b);
/* Memory that its state takes now. */
size_t vrf_assembler_octets(const struct vrf_assembler *a);

#endif
