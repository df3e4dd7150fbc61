/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arguments.h - the command line of mipro-verify, parsed and checked; see mipro-verify(1).
 */
#ifndef VRF_ARGUMENTS_H
#define VRF_ARGUMENTS_H

#include "options.h"

enum vrf_task { VRF_VERIFY, VRF_PRINT_HELP, VRF_PRINT_VERSION, VRF_PRINT_RULES, VRF_MERGE };

struct vrf_arguments {
    enum vrf_task task;
    struct vrf_options o;
    const char *keys, *words, *baseline; /* paths as given, or NULL; nothing was loaded */
};

/* Fills *a, whose strings are those of argv.  Wrong usage ends the program with status 2. */
void vrf_arguments_read(struct vrf_arguments *a, int argc, char *argv[]);

#endif
