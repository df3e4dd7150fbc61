/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - what the file that learns and the one that remembers promise each other; the
 * rest of the plugin knows only what packet-mipro.h says of them.
 */
#ifndef MIPRO_RECORD_H
#define MIPRO_RECORD_H

#include "packet-mipro.h"

/* From here on there is something to remember of the open file. */
void mipro_begin_records(void);
/* The record of the message in this layer of the frame, or NULL. */
struct mipro_record *mipro_find_record(uint32_t frame, unsigned layer);
/* The greatest frame that there is a record of, 0 if none: they are made in order. */
uint32_t mipro_last_recorded(void);
struct mipro_record *mipro_new_record(const struct mipro_view *view);
/* One that is forgotten with the packet. */
struct mipro_record *mipro_passing_record(const struct mipro_view *view);
/* Link it to the message in frame, and no longer to where such a link led. */
void mipro_link(struct mipro_record *record, enum mipro_link link, uint32_t frame);
void mipro_keep_response_time(struct mipro_record *record, int64_t passed);
/* Keep view->auth with its record, for the octets and the keys alone do not give it again. */
void mipro_keep_auths(struct mipro_view *view);
/* What was kept, to view->auth; false where nothing was. */
bool mipro_recall_auths(struct mipro_view *view);
/* The last word on a PFAN, which may come many frames after it.  Its verdict was kept. */
void mipro_record_pfan(uint32_t frame, const struct mipro_auth *auth);
/* How far its clock was off that stamped what the message refuses. */
void mipro_keep_refusal(const struct mipro_record *record, const struct mipro_clock_difference *d);
/* record: of the message whose octets it is about; NULL: it is the conduct's, about the frame. */
void mipro_keep_finding(const struct mipro_finding *finding, const struct mipro_record *record);
void mipro_register_records(void);

#endif
