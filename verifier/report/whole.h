/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * whole.h - write a file other than the report completely or not at all.
 *
 * It is written under another name in the same folder and renamed when it is complete, so that
 * readers never see a partial file, and if the disk is full the previous file remains.  A path
 * that is not a regular file (/dev/stdout, a pipe) is written to directly.
 */
#ifndef VRF_WHOLE_H
#define VRF_WHOLE_H

#include "report/out.h"

struct vrf_whole {
    struct vrf_out out; /* write to this; its error is checked when the file is finished */
    char *target;       /* the final path, with symbolic links resolved */
    char *temporary;    /* the name while writing; NULL: target is written to directly */
};

/* Check whether the file can be written.  Returns 0 or an errno, and leaves no file. */
int vrf_whole_try(const char *path);
/* Returns 0 or an errno; after an error vrf_whole_finish() is not called. */
int vrf_whole_begin(struct vrf_whole *w, const char *path);
/* Rename it to its final name, or remove it after an error.  Returns 0 or an errno. */
int vrf_whole_finish(struct vrf_whole *w);

#endif
