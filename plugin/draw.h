/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw.h - what the files that draw promise each other; the rest of the plugin
 * knows only what packet-mipro.h says of them.
 *
 * All draw below view->tree, or the tree that is given, from octets that were
 * framed and captured: none of them throws.
 */
#ifndef MIPRO_DRAW_H
#define MIPRO_DRAW_H

#include "packet-mipro.h"

/* ---- draw.c ---- */

/* Say what is unusual about how the message came to be read, at view->top. */
void mipro_explain_reading(const struct mipro_view *view);
/* Somebody looks at the tree.  If not, mipro_draw_item_only() is all that is owed. */
bool mipro_tree_is_wanted(proto_tree *tree);
/* The protocol's item with its expert infos, which taps see too. */
void mipro_draw_item_only(struct mipro_view *view, proto_tree *tree);
proto_item *mipro_draw_lifetime(struct mipro_view *view, proto_tree *tree, int hf, int off);
/* n addresses from off on, one item each. */
void mipro_draw_addresses(struct mipro_view *view, proto_tree *tree, int hf, size_t off, size_t n);
/* The fields of e that were captured; of those that any extension has, only from "from" on. */
void mipro_draw_ext_fields(
    struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e, enum mipro_field from);
/* The frames that the first pass linked this message to. */
void mipro_draw_links(struct mipro_view *view);
/* Whose conversation it is: hidden, for the filters of Conversations. */
void mipro_draw_parties(struct mipro_view *view);

/* ---- draw_verdict.c ---- */

/* Before the first item: from here on, notes are taken if there is a finding to place. */
void mipro_begin_places(struct mipro_view *view);
/* The item shows these octets of the payload. */
void mipro_note_place(struct mipro_view *view, size_t off, size_t len, proto_item *item);
/* After the last item: each finding at the smallest that shows its octets. */
void mipro_show_findings(struct mipro_view *view);

/* Did the user give us any keys at all? */
bool mipro_has_keys(void);
/* The verdict on the extension at off, NULL if it is no authenticator. */
const struct mipro_auth *mipro_find_auth(const struct mipro_view *view, size_t off);
/* A verdict in a word or a few, for labels and the Info column. */
const char *mipro_verdict_text(const struct mipro_auth *auth);
/* The most serious verdict, for the packet list; NULL: there is no authenticator. */
const char *mipro_worst_verdict(const struct mipro_view *view);
/*
 * What is known of an authenticator, in generated fields, with mipro_explain_verdict(); e, or
 * NULL where it is missing, is the extension that bears it.
 */
void mipro_draw_verdict(struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e,
    const struct mipro_auth *auth);
/* Say at item why an authenticator is not good; what has a rule of its own is said by that. */
void mipro_explain_verdict(
    const struct mipro_view *view, const struct mipro_auth *auth, proto_item *item);

#endif
