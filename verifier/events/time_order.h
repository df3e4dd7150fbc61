/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * time_order.h - the captures of several tasks in order of time, before ring files are looked at
 * (capture_order.h).
 */
#ifndef VRF_EVENTS_TIME_ORDER_H
#define VRF_EVENTS_TIME_ORDER_H

#include "events/capture_order.h"

/* All n captures of the tasks; the caller frees the list. */
struct vrf_ordered_capture *vrf_time_order(
    const struct vrf_events_task *tasks, size_t n_tasks, size_t n);

#endif
