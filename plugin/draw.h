/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw.h - functions shared by the draw*.c files; other files use only those in packet-mipro.h.
 *
 * All draw below view->tree, or the given tree, from octets that were framed and captured, and
 * do not throw.
 */
#ifndef MIPRO_DRAW_H
#define MIPRO_DRAW_H

#include "packet-mipro.h"

/* ---- draw.c ---- */

/* Say what is unusual about how the message came to be read, at view->top. */
void mipro_explain_reading(const struct mipro_view *view);
/* Is the tree needed?  If not, mipro_draw_item_only() is sufficient. */
bool mipro_tree_is_wanted(proto_tree *tree);
/* The protocol's item with its expert infos, which taps see too. */
void mipro_draw_item_only(struct mipro_view *view, proto_tree *tree);
proto_item *mipro_draw_lifetime(struct mipro_view *view, proto_tree *tree, int hf, int off);
/* n addresses from off on, one item each. */
void mipro_draw_addresses(struct mipro_view *view, proto_tree *tree, int hf, size_t off, size_t n);
/* The fields of e that were captured, starting with "from" among those common to all extensions. */
void mipro_draw_ext_fields(
    struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e, enum mipro_field from);
/* The frames that the first pass linked this message to. */
void mipro_draw_links(struct mipro_view *view);
/* Add the parties as hidden fields, for the filters of Conversations. */
void mipro_draw_parties(struct mipro_view *view);

/* ---- draw_verdict.c ---- */

/* Call before the first item: starts recording the octets of items, if there is a finding. */
void mipro_begin_places(struct mipro_view *view);
/* Record that the item shows these octets of the payload. */
void mipro_note_place(struct mipro_view *view, size_t off, size_t len, proto_item *item);
/* Call after the last item: adds each finding to the smallest item that shows its octets. */
void mipro_show_findings(struct mipro_view *view);

/* Did the user provide any keys? */
bool mipro_has_keys(void);
/* The verdict on the extension at off, NULL if it has no authenticator. */
const struct mipro_auth *mipro_find_auth(const struct mipro_view *view, size_t off);
/* A verdict in one or a few words, for labels and the Info column. */
const char *mipro_verdict_text(const struct mipro_auth *auth);
/* The most serious verdict, for the packet list; NULL: there is no authenticator. */
const char *mipro_worst_verdict(const struct mipro_view *view);
/*
 * Draw what is known about an authenticator, in generated fields, with mipro_explain_verdict().
 * e is its extension, or NULL if it is missing.
 */
void mipro_draw_verdict(struct mipro_view *view, proto_tree *tree, const struct mipro_ext *e,
    const struct mipro_auth *auth);
/* Explain at item why an authenticator is not good, unless a separate rule reports that. */
void mipro_explain_verdict(
    const struct mipro_view *view, const struct mipro_auth *auth, proto_item *item);

#endif
