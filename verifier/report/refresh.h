/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refresh.h - rewrite the file of --metrics every few seconds while a capture is followed.
 * Otherwise Prometheus would see nothing until the end of a run that may last for months.
 *
 * A separate thread writes it, because nothing else runs while no packets arrive.  That thread
 * holds the lock while writing; other code must hold it while changing the report.
 */
#ifndef VRF_REFRESH_H
#define VRF_REFRESH_H

#include "report/report.h"

/* NULL without --follow or --metrics; the other functions do nothing with NULL. */
struct vrf_refresh *vrf_refresh_start(const struct vrf_report *r);
void vrf_refresh_lock(struct vrf_refresh *refresh);
void vrf_refresh_unlock(struct vrf_refresh *refresh);
/* Stop rewriting the file; the caller writes it for the last time. */
void vrf_refresh_stop(struct vrf_refresh *refresh);

#endif
