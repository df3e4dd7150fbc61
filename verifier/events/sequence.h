/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sequence.h - in which order captures are judged that several tasks have read.
 *
 * By their first stamps; where those are equal, by the last ones, then as a task was given them, or
 * by the numbers in their names.  Only ring files of dumpcap have a better order: the clock may
 * have been set back between two of them, and then their numbers count.
 *
 * On standard error is reported what is given twice, or missing among ring files; what overlaps;
 * and what a task was given in another order.
 */
#ifndef VRF_EVENTS_SEQUENCE_H
#define VRF_EVENTS_SEQUENCE_H

#include "events/file.h"

/* A capture, the task that read it, and where it belongs in time. */
struct vrf_sequence_entry {
    const struct vrf_events_task *task;
    const struct vrf_events_capture *capture;
    int64_t first, last;
};

/*
 * The captures of all tasks, in order; *entries is to be freed.  False: two captures have the same
 * name, and no report could tell them apart; why was said.
 */
bool vrf_sequence(const struct vrf_events_task *tasks, size_t n_tasks,
    struct vrf_sequence_entry **entries, size_t *n);

#endif
