/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - the counts in the text format of Prometheus, for node_exporter's textfile
 * collector.
 *
 * All are gauges: they describe one run, and the next begins at zero.  What can be named in
 * advance is there even if it is 0, so that a query finds it.
 */
#ifndef VRF_METRICS_H
#define VRF_METRICS_H

#include "report/report.h"

/* status is the exit status that the run would have now.  Returns 0 or an errno. */
int vrf_metrics_write(const struct vrf_report *r, const char *path, int status);

#endif
