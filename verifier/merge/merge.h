/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge.h - merge the reports of all parts into one.
 *
 * The reports are those of --shard=K/N in JSON Lines, each in capture order.  The result is octet
 * for octet the report of a single process over all captures: the records in capture order, with
 * the cases that parts had to leave open decided, key-weak once for each key, and one summary.
 */
#ifndef VRF_MERGE_H
#define VRF_MERGE_H

#include "pipeline.h"

/*
 * The files of o are the reports, in any order, and folders of events, for what compact reports
 * leave out.  Errors in them are reported on standard error.
 */
enum vrf_status vrf_merge(const struct vrf_options *o);

#endif
