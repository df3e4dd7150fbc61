/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pipeline.h - run the stages (batch.h) over all captures, in several threads. */
#ifndef VRF_PIPELINE_H
#define VRF_PIPELINE_H

#include "options.h"

/* Exit statuses.  If several apply, 2 takes precedence over 3, 3 over 1, and 1 over 4. */
enum vrf_status { STATUS_GOOD, STATUS_NOT_GOOD, STATUS_USAGE, STATUS_UNREAD, STATUS_EMPTY };

struct vrf_result {
    bool unread;      /* a capture could not be read to its end, is empty, or is not a capture */
    bool not_good;    /* an authenticator is not good, or a rule of severity error was broken */
    bool empty;       /* there was no message to judge */
    bool no_memory;   /* out of memory: the work ended early */
    bool unwritten;   /* a file other than the report could not be written, which was reported */
    int output_error; /* errno, if the report could not be written; else 0 */
};
enum vrf_status vrf_result_status(const struct vrf_options *o, const struct vrf_result *result);

void vrf_run(const struct vrf_options *o, struct vrf_result *result);

#endif
