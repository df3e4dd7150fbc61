/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compact.h - good authenticators in the report of a part, in a seventh of the octets of JSON.
 *
 * Nearly all of a report is good authenticators.  With --compact a part leaves out those that the
 * events list (events/goods.h), and writes others in binary between the lines of JSON; --merge
 * writes the JSON.  Each has the same number of octets and
 * begins with VRF_COMPACT_MARK, with which no line of JSON begins.  Each ends with '\n', so that
 * the summary is what tail -n 1 prints.
 */
#ifndef VRF_REPORT_COMPACT_H
#define VRF_REPORT_COMPACT_H

#include "report/record.h"

/* Of the report of a part, compact or not; in its first line. */
#define VRF_PART_VERSION 8u

#define VRF_COMPACT_MARK 0x1e /* record separator */
enum { VRF_COMPACT_SIZE = 48 };

/* Can this record be written so?  Those that have seldom members cannot. */
bool vrf_compact_fits(const struct vrf_record *r);
/* Write a record of a frame of a capture, both as they are shown. */
void vrf_compact_put(
    char octets[VRF_COMPACT_SIZE], const struct vrf_record *r, uint32_t capture, uint64_t frame);
/* Set what all records have in common; then vrf_compact_get() can be used again and again. */
void vrf_compact_begin(struct vrf_record *r);
/*
 * Read all of a record but its frame, which is returned as it was given.  The association is one
 * of the n given ones.  False: this is not a record.
 */
bool vrf_compact_get(const char octets[VRF_COMPACT_SIZE], struct vrf_record *r, uint32_t *capture,
    uint64_t *frame, const struct mipro_association *associations, size_t n);

#endif
