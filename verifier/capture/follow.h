/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follow.h - read on in what is still being written: a file that grows, a pipe, or a directory into
 * which ring files are written, one after the other.
 *
 * Whoever has come to the end of what is there waits here, at most a fraction of a second longer
 * than it takes for more to come.  SIGINT and SIGTERM end the wait; what has been written by then
 * is read first.
 *
 * A directory's files are read in the order of their names, numbers counting as such (s.pcap9
 * comes before s.pcap10).  A file is complete when there is a later one.
 */
#ifndef VRF_CAPTURE_FOLLOW_H
#define VRF_CAPTURE_FOLLOW_H

#include <sys/types.h>

#include "capture/capture.h"

/* From now on SIGINT and SIGTERM stop what follows; the second of them ends the program. */
void vrf_follow_catch_signals(void);
/* Stop as those signals do.  May be called by any thread. */
void vrf_follow_stop(void);
bool vrf_follow_stopped(void);

struct vrf_follow;
/* "-" is standard input. */
struct vrf_follow *vrf_follow_new(const char *path);
void vrf_follow_free(struct vrf_follow *f);

/*
 * The capture to read next; waits until there is one.  NULL: there is none any more, and
 * error, unless empty, says why.  The path lives until the next call.
 */
const char *vrf_follow_next(struct vrf_follow *f, char error[VRF_CAPTURE_ERROR]);
/* May there be another one after this? */
bool vrf_follow_goes_on(const struct vrf_follow *f);

/*
 * Read up to room octets, but one at least, of fd, of which position octets were read so far.  0:
 * there are no more; -1: error says why not.  Without f the end of the file is the end.
 */
ssize_t vrf_follow_read(struct vrf_follow *f, int fd, int64_t position, void *to, size_t room,
    char error[VRF_CAPTURE_ERROR]);

#endif
