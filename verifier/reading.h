/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading.h - frames come in, one batch after the other: from captures, from a capture or a folder
 * that is still being written (--follow), or from files of events.
 */
#ifndef VRF_READING_H
#define VRF_READING_H

#include "batch.h"

struct vrf_archive;
struct vrf_follow;

/* How far reading has come. */
struct vrf_reading {
    const struct vrf_options *o;
    struct vrf_capture *capture; /* NULL: the next file is to be opened */
    struct vrf_follow *follow;   /* NULL without --follow */
    struct vrf_archive *archive; /* NULL: captures are read, not events */
    const char *name;            /* of the capture */
    unsigned file, end;          /* of the files named: the one that is read, and the last + 1 */
    uint64_t next_frame;
    uint64_t in_file;     /* frames of this file so far */
    const char *origin;   /* of an evidence file: the capture that its frames come from now */
    uint64_t shift;       /* from running numbers to those in that */
    uint64_t last_number; /* of the frame before, in that */
};

/* The files from first on, up to but without end.  Those of archive, if it is not NULL. */
void vrf_reading_begin(struct vrf_reading *r, const struct vrf_options *o, unsigned first,
    unsigned end, struct vrf_archive *archive);
/* Fill the batch with what comes next.  False: that was the last. */
bool vrf_read_batch(struct vrf_reading *r, struct vrf_batch *b);
void vrf_reading_end(struct vrf_reading *r);

#endif
