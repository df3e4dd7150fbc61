/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - functions shared by the files of the first pass; other files use only those in
 * packet-mipro.h.
 */
#ifndef MIPRO_RECORD_H
#define MIPRO_RECORD_H

#include "packet-mipro.h"

/* Begin recording for the open file. */
void mipro_begin_records(void);
/* The record of the message in this layer of the frame, or NULL. */
struct mipro_record *mipro_find_record(uint32_t frame, unsigned layer);
/* The last frame with a record, 0 if there is none; records are made in order. */
uint32_t mipro_last_recorded(void);
struct mipro_record *mipro_new_record(const struct mipro_view *view);
/* One that is forgotten with the packet. */
struct mipro_record *mipro_passing_record(const struct mipro_view *view);
/* One that only its owner finds again. */
struct mipro_record *mipro_lone_record(uint32_t frame);
/* The record of a message of this type in the frame, or NULL. */
struct mipro_record *mipro_find_record_of(uint32_t frame, uint8_t type);
/* Link it to the message in frame, and no longer to where such a link led. */
void mipro_link(struct mipro_record *record, enum mipro_link link, uint32_t frame);
/* Keep view->auth with its record, for the octets and the keys alone do not give it again. */
void mipro_keep_auths(struct mipro_view *view);
/* What was kept, to view->auth; false where nothing was. */
bool mipro_recall_auths(struct mipro_view *view);
/*
 * The last word on a PFAN, which may come many frames after it: another verdict than was kept, or
 * NULL.
 */
void mipro_record_pfan(uint32_t frame, const struct mipro_auth *auth);
/* How far its clock was off that stamped what the message refuses. */
void mipro_keep_refusal(const struct mipro_record *record, const struct mipro_clock_difference *d);
/* record: of the message whose octets it is about; NULL: it is the conduct's, about the frame. */
void mipro_keep_finding(const struct mipro_finding *finding, const struct mipro_record *record);
void mipro_register_records(void);

/* ---- links.c ---- */

/* First pass only: the message in frame belongs to that in to, as struct mipro_conduct_sink says.
 */
void mipro_take_tie(enum mipro_tie tie, uint32_t frame, uint32_t to, bool proven);

/* ---- fragments.c ---- */

/* A datagram with a message of which the capture lacks fragments.  Lives as long as the file. */
struct mipro_incomplete {
    const uint8_t *octets; /* of the message */
    size_t captured, len;
    uint32_t src, dst;
    uint16_t sport, dport;
    uint32_t frame; /* of the last fragment */
    int64_t time;
    struct mipro_record *record; /* NULL: the datagram is whole, though epan thinks otherwise */
};

/* First pass, before conduct hears anything else of the frame: is it a fragment? */
void mipro_look_for_fragment(struct mipro_conduct *conduct, packet_info *pinfo);
/* The first pass is over: no more fragments will come. */
void mipro_give_up_fragments(const struct mipro_conduct *conduct);
/* First pass: is what epan hands over no message, but a part of one? */
bool mipro_is_piece(const packet_info *pinfo);
/* First pass: the datagram that this frame completes, or NULL. */
const struct mipro_leaf *mipro_whole_leaf(const packet_info *pinfo);
/* The incomplete datagram that is dissected, or NULL. */
const struct mipro_incomplete *mipro_shown_incomplete(void);

#endif
