/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge.h - one report of the reports of all parts.
 *
 * The reports are those of --shard=K/N in JSON Lines, each in capture order.  Together they are
 * what one process says of all captures, octet for octet: the records in capture order, what
 * several parts had to leave open decided, key-weak once for each key, and one summary.
 */
#ifndef VRF_MERGE_H
#define VRF_MERGE_H

#include "pipeline.h"

/* The files of o are the reports, in any order.  Faults in them go to standard error. */
enum vrf_status vrf_merge(const struct vrf_options *o);

#endif
