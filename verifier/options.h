/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - what the user asked for: read-only once the work begins. */
#ifndef VRF_OPTIONS_H
#define VRF_OPTIONS_H

#include "mipro_conduct.h"
#include "mipro_decap.h"
#include "mipro_keys.h"
#include "report/format.h"

struct vrf_options {
    const char *const *files;
    unsigned n_files;
    const struct vrf_format *format; /* of the report */
    bool quiet;
    bool carry_on;    /* --continue */
    bool strict;      /* what could not be decided counts as a fault */
    bool allow_empty; /* an input without a message is in order */
    unsigned threads;
    bool rules[MIPRO_RULES]; /* those that are reported */
    struct mipro_conduct_config conduct;
    struct mipro_ports ports;
    const struct mipro_keyring *ring; /* NULL: no keys */
    const char *metrics;              /* where --metrics writes, or NULL */
};

#endif
