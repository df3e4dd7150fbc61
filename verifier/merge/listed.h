/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listed.h - records that no compact report has, because the events list them (events/goods.h). */
#ifndef VRF_MERGE_LISTED_H
#define VRF_MERGE_LISTED_H

#include "merge/part.h"

struct vrf_listed {
    struct vrf_archive *archive;
    struct vrf_goods *goods;  /* NULL: the reports have everything */
    const char *folder;       /* the first */
    struct vrf_record record; /* the next one; its frame is UINT64_MAX after the last */
    size_t capture;           /* of that */
};

/*
 * Open the events in these folders, if the reports need them.  False: they are not those that the
 * reports were made of, which was reported.
 */
bool vrf_listed_begin(struct vrf_listed *l, const struct vrf_parts *parts,
    const char *const *folders, unsigned n_folders, const char *report);
void vrf_listed_next(struct vrf_listed *l);
/* Were all events so far valid?  If not, that was reported. */
bool vrf_listed_is_valid(const struct vrf_listed *l);
void vrf_listed_end(struct vrf_listed *l);

#endif
