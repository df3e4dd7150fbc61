/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unfinished.h - events files under their temporary names, until they are complete.
 *
 * The task that writes such a file holds a lock on it (flock(2)), which ends with the task,
 * whatever ends that.  So the next task that writes into the folder can tell what a dead one has
 * left.
 */
#ifndef VRF_EVENTS_UNFINISHED_H
#define VRF_EVENTS_UNFINISHED_H

/* Create a file in dir that is to become name; *path, which the caller frees, is how it is called
 * until then.  Returns a descriptor, or -1 with errno. */
int vrf_unfinished_create(const char *dir, const char *name, char **path);
/* Remove the files of tasks that are certainly dead. */
void vrf_unfinished_remove(const char *dir);

#endif
