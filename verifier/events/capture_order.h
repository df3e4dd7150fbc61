/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture_order.h - the order in which captures that were read by several tasks are judged.
 *
 * They are ordered by first timestamp; if equal, by last timestamp, then in the order in which
 * the task was given them, or by the numbers in their names.  Ring files of dumpcap are different:
 * if the clock was set back between two of them, their numbers determine the order.  If
 * the names of the captures are in the order of their timestamps, the name of one without any, such
 * as an empty one, says where it belongs; otherwise it stays next to its neighbour in its task.
 *
 * Duplicates, missing ring files, overlaps, and captures given in another order are reported on
 * standard error.
 */
#ifndef VRF_EVENTS_CAPTURE_ORDER_H
#define VRF_EVENTS_CAPTURE_ORDER_H

#include "events/file.h"

/* A capture, the task that read it, and its position in time. */
struct vrf_ordered_capture {
    const struct vrf_events_task *task;
    const struct vrf_events_capture *capture;
    int64_t first, last;
};

/*
 * The captures of all tasks, in order; the caller frees *entries.  False: two captures have the
 * same name, so that reports could not distinguish them, which was reported.
 */
bool vrf_capture_order(const struct vrf_events_task *tasks, size_t n_tasks,
    struct vrf_ordered_capture **entries, size_t *n);

#endif
