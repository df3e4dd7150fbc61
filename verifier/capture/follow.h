/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follow.h - follow a capture that is still being written: a growing file, a pipe, or a
 * directory with successive ring files.
 *
 * At the current end of the data these functions wait, at most a fraction of a second longer
 * than it takes for more to arrive.  SIGINT and SIGTERM end the wait; data written before the
 * signal is read first.
 *
 * A directory's files are read in the order of their names, with numbers compared by value
 * (s.pcap9 precedes s.pcap10).  A file is complete once there is a later one.
 */
#ifndef VRF_CAPTURE_FOLLOW_H
#define VRF_CAPTURE_FOLLOW_H

#include <sys/types.h>

#include "capture/capture.h"

/* From now on SIGINT and SIGTERM stop following; the second signal ends the program. */
void vrf_follow_catch_signals(void);
/* Stop as these signals do.  May be called by any thread. */
void vrf_follow_stop(void);
bool vrf_follow_stopped(void);

struct vrf_follow;
/* "-" is standard input. */
struct vrf_follow *vrf_follow_new(const char *path);
void vrf_follow_free(struct vrf_follow *f);

/*
 * The capture to read next; waits until there is one.  NULL: there are no more; error, unless
 * empty, has the reason.  The path is valid until the next call.
 */
const char *vrf_follow_next(struct vrf_follow *f, char error[VRF_CAPTURE_ERROR]);
/* Can another capture follow this one? */
bool vrf_follow_goes_on(const struct vrf_follow *f);

/*
 * Read at least one and at most room octets from fd, of which position octets were read so far.
 * Returns 0 at the end, -1 on error, with the reason in error.  If f is NULL, the end of the
 * file is the end.
 */
ssize_t vrf_follow_read(struct vrf_follow *f, int fd, int64_t position, void *to, size_t room,
    char error[VRF_CAPTURE_ERROR]);

#endif
