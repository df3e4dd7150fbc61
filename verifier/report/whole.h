/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * whole.h - a file beside the report that appears whole or not at all.
 *
 * It is written under another name in the same folder and renamed when it is complete, so
 * that a reader never sees half of it, and a full disk leaves the file of the last run.  A
 * path that is no regular file (/dev/stdout, a pipe) is written to as it is.
 */
#ifndef VRF_WHOLE_H
#define VRF_WHOLE_H

#include "report/out.h"

struct vrf_whole {
    struct vrf_out out; /* what to write to; its error is looked at when the file is finished */
    char *target;       /* where it goes: the path, without symbolic links */
    char *temporary;    /* its name until then; NULL: target is written to directly */
};

/* Can it be written?  Returns 0 or an errno, and leaves nothing behind. */
int vrf_whole_try(const char *path);
/* Returns 0 or an errno; then there is nothing to finish. */
int vrf_whole_begin(struct vrf_whole *w, const char *path);
/* Gives it its name, or removes it if it could not be written.  Returns 0 or an errno. */
int vrf_whole_finish(struct vrf_whole *w);

#endif
