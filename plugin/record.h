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
/* A record with room for the authenticators in view->auth, which are not yet settled. */
struct mipro_record *mipro_new_record(const struct mipro_view *view);
/* One that is forgotten with the packet. */
struct mipro_record *mipro_passing_record(const struct mipro_view *view);
/* From view->auth to view->record, and back. */
void mipro_record_auths(struct mipro_view *view);
void mipro_recall_auths(struct mipro_view *view);
/* The last word on a PFAN, which may come many frames after it. */
void mipro_record_pfan(uint32_t frame, const struct mipro_auth *auth);
/* record: of the message whose octets it is about; NULL: it is the conduct's, about the frame. */
void mipro_keep_finding(const struct mipro_finding *finding, const struct mipro_record *record);
void mipro_register_records(void);

#endif
