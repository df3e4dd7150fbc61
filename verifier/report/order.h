/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - records wait until they can be printed in capture order.
 *
 * Nearly all come in order and wait in a queue; those about an earlier frame go into a heap.  If
 * they take more memory than there is for them, the first are printed before their time, and
 * counted (vrf_report.hurried).
 */
#ifndef VRF_REPORT_ORDER_H
#define VRF_REPORT_ORDER_H

#include "report/report.h"

/* The records of a batch, which are the report's from now on. */
void vrf_order_take(struct vrf_report *r, struct vrf_batch *b);
/* One more, anywhere in the order. */
void vrf_order_insert(struct vrf_report *r, const struct vrf_record *record);
/* Print those about frames below the horizon. */
void vrf_order_print(struct vrf_report *r, uint64_t horizon);
void vrf_order_clear(struct vrf_report *r);

#endif
