/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pipeline.h - run the stages (batch.h) over all captures, in some threads. */
#ifndef VRF_PIPELINE_H
#define VRF_PIPELINE_H

#include "options.h"

struct vrf_result {
    bool unread;      /* a capture could not be read to its end, is empty, or is no capture */
    bool not_good;    /* an authenticator, or a rule of severity error */
    bool empty;       /* there was no message to judge */
    bool no_memory;   /* the work ended early */
    int output_error; /* errno, if the report could not be written; else 0 */
};

void vrf_run(const struct vrf_options *o, struct vrf_result *result);

#endif
