/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - keep records until they can be printed in capture order.
 *
 * Nearly all arrive in order and wait in a queue; those about an earlier frame go into a heap.
 * If they exceed the memory limit, the first are taken out early, and counted
 * (vrf_report.hurried).
 */
#ifndef VRF_REPORT_ORDER_H
#define VRF_REPORT_ORDER_H

#include "report/report.h"

/* Take over the records of a batch, which the report then owns. */
void vrf_order_take(struct vrf_report *r, struct vrf_batch *b);
/* Insert one more, at any place in the order. */
void vrf_order_insert(struct vrf_report *r, const struct vrf_record *record);
/* Take out the next record that is about a frame below the horizon; false: there is none. */
bool vrf_order_next(struct vrf_report *r, uint64_t horizon, struct vrf_record *record);
void vrf_order_clear(struct vrf_report *r);

#endif
