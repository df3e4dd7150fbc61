/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refresh.h - the file of --metrics, written again every few seconds while a capture is followed:
 * a run that lasts for months would otherwise tell Prometheus nothing until its end.
 *
 * A thread of its own writes it, as nothing else runs while nothing arrives.  It holds the lock
 * meanwhile, and so does whoever changes the report.
 */
#ifndef VRF_REFRESH_H
#define VRF_REFRESH_H

#include "report/report.h"

/* NULL, on which the other functions do nothing, without --follow or --metrics. */
struct vrf_refresh *vrf_refresh_start(const struct vrf_report *r);
void vrf_refresh_lock(struct vrf_refresh *refresh);
void vrf_refresh_unlock(struct vrf_refresh *refresh);
/* It is not written again; the last word is with whoever calls. */
void vrf_refresh_stop(struct vrf_refresh *refresh);

#endif
