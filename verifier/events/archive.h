/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive.h - the captures whose events were written by several tasks, in order (capture_order.h).
 *
 * A capture that was read twice counts once, even under two names.
 */
#ifndef VRF_EVENTS_ARCHIVE_H
#define VRF_EVENTS_ARCHIVE_H

#include "batch.h"
#include "events/file.h"

struct vrf_archive;
/*
 * The captures of all tasks in these folders, for these parts.  NULL: a file is missing,
 * damaged, or was made with other keys or options, which was reported on standard error.
 */
struct vrf_archive *vrf_archive_open(const char *const *dirs, unsigned n_dirs,
    const struct vrf_events_parts *parts, const struct vrf_events_maker *maker);
/* The next batch, for vrf_events_decode().  False after the last batch of the last capture. */
bool vrf_archive_read(struct vrf_archive *a, struct vrf_batch *b);
/* Where a batch is. */
struct vrf_archive_place {
    size_t capture;
    bool begins; /* it is the first of the capture */
    bool lists;  /* good authenticators in it are listed (goods.h) */
};
/* The same for goods.h: the blocks of the next batch, in all files. */
bool vrf_archive_take(struct vrf_archive *a, const struct vrf_events_octets **blocks,
    struct vrf_archive_place *place);
/* Was the last batch read? */
bool vrf_archive_ends(const struct vrf_archive *a);
/* A hash of what the captures hold. */
uint64_t vrf_archive_content(const struct vrf_archive *a);
size_t vrf_archive_captures(const struct vrf_archive *a);
const char *vrf_archive_name(const struct vrf_archive *a, size_t i);
/* The number of messages of all parts, including fragments. */
uint64_t vrf_archive_messages(const struct vrf_archive *a);
void vrf_archive_close(struct vrf_archive *a);

#endif
