/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * goods.h - the good authenticators of plain messages (kinds.h), in capture order.
 *
 * Nearly all of a report is good authenticators, and events say all about them.  So with --compact
 * the report of a part leaves out those of plain messages, unless conduct found something that
 * belongs in the record, and --merge takes them from the events.  What a report does list of a
 * frame counts instead: a plain message has one authenticator, and a frame one message.
 */
#ifndef VRF_EVENTS_GOODS_H
#define VRF_EVENTS_GOODS_H

#include "events/file.h"
#include "report/record.h"

struct vrf_archive;
struct vrf_goods;

/*
 * Of an archive with the files of all parts, made with these associations; it is the caller's.
 * NULL: only of what vrf_goods_decode() is given.
 */
struct vrf_goods *vrf_goods_new(struct vrf_archive *archive, unsigned n_parts,
    const struct mipro_association *associations, size_t n_associations);
/*
 * Set r to the next record, but for its frame: its capture, and the number of its frame in that.
 * False: there is none, or the events are damaged.
 */
bool vrf_goods_next(struct vrf_goods *g, struct vrf_record *r, size_t *capture, uint64_t *number);
/* Take the records of n blocks of a batch, the common one first.  False: they are damaged. */
bool vrf_goods_decode(struct vrf_goods *g, const struct vrf_events_octets *blocks, unsigned n);
bool vrf_goods_are_damaged(const struct vrf_goods *g);
void vrf_goods_free(struct vrf_goods *g);

#endif
