/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - write the counts in the text format of Prometheus, for node_exporter's textfile
 * collector.
 *
 * All are gauges: they describe one run, and the next begins at zero.  All labels that are known
 * in advance are written, even with the value 0, so that queries find them.
 */
#ifndef VRF_METRICS_H
#define VRF_METRICS_H

#include "report/report.h"

/* status is the exit status if the run ended now.  Returns 0 or an errno. */
int vrf_metrics_write(const struct vrf_report *r, const char *path, int status);

#endif
