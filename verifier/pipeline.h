/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pipeline.h - run the stages (batch.h) over all captures, in some threads. */
#ifndef VRF_PIPELINE_H
#define VRF_PIPELINE_H

#include "options.h"

/* Exit statuses.  2 comes before 3, 3 before 1, and 1 before 4. */
enum vrf_status { STATUS_GOOD, STATUS_NOT_GOOD, STATUS_USAGE, STATUS_UNREAD, STATUS_EMPTY };

struct vrf_result {
    bool unread;      /* a capture could not be read to its end, is empty, or is no capture */
    bool not_good;    /* an authenticator, or a rule of severity error */
    bool empty;       /* there was no message to judge */
    bool no_memory;   /* the work ended early */
    bool unwritten;   /* a file beside the report could not be written; it was said which */
    int output_error; /* errno, if the report could not be written; else 0 */
};
enum vrf_status vrf_result_status(const struct vrf_options *o, const struct vrf_result *result);

void vrf_run(const struct vrf_options *o, struct vrf_result *result);

#endif
