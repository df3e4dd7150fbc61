/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page.h - the sections of the page, and the functions that they share. */
#ifndef VRF_HTML_PAGE_H
#define VRF_HTML_PAGE_H

#include "report/html/beliefs.h"
#include "report/html/collect.h"

struct vrf_page {
    struct vrf_out *out;
    struct vrf_html *h;
    const struct vrf_report *r;
    int status;
};

enum {
    VRF_PAGE_PICTURES = 3400000, /* octets of the page, after which no further node is drawn */
    VRF_PAGE_NAME = 120,         /* characters shown of an untrusted name */
    VRF_PAGE_TEXT = 500,         /* characters shown of an untrusted text */
    VRF_PAGE_ROWS = 300          /* rows of a table whose length depends on the input */
};

/* Sections, in the order of the page. */
void vrf_page_examined(struct vrf_page *p);
void vrf_page_unseen(struct vrf_page *p);
void vrf_page_findings(struct vrf_page *p);
void vrf_page_nodes(struct vrf_page *p);
void vrf_page_authenticators(struct vrf_page *p);
void vrf_page_parties(struct vrf_page *p);
void vrf_page_captures(struct vrf_page *p); /* nothing if they are few */

/* A node and its messages, for the pictures. */
struct vrf_page_story {
    const struct vrf_html_node *node;
    const struct vrf_sight *sights;
    size_t n_sights;
    const struct vrf_belief *beliefs;
    size_t n_beliefs;
};
/* Which node believed what and when, and the findings by their number in the node's list. */
void vrf_page_timeline(struct vrf_page *p, const struct vrf_page_story *story);
/* The exchanges around the findings of the node. */
void vrf_page_sequences(struct vrf_page *p, const struct vrf_page_story *story);

/* ---- cells.c ---- */

/* "12,345" */
void vrf_page_number(struct vrf_out *out, uint64_t v);
/* A count with its noun: "1 frame", "12,345 frames". */
void vrf_page_count(struct vrf_out *out, uint64_t v, const char *one, const char *many);
/* A date and time, or a dash for none. */
void vrf_page_time(struct vrf_out *out, int64_t time);
/* "1999-02-25 12:00:10.100000", with 9 decimals where the last 3 are not 0. */
enum { VRF_PAGE_TIME = 40 };
void vrf_page_time_text(int64_t time, char text[VRF_PAGE_TIME]);
/* A frame: "9", and its file before it if there are several. */
void vrf_page_frame(struct vrf_page *p, uint64_t frame);
/* A table cell with a number; class, which may be NULL, applies if it is not 0. */
void vrf_page_cell(struct vrf_out *out, uint64_t v, const char *class);
/* '<span class="tag error">✖ error</span>' */
void vrf_page_severity(struct vrf_out *out, enum mipro_severity severity);
void vrf_page_verdict(struct vrf_out *out, enum mipro_verdict verdict);
/* The subject of a record, in three cells: its ends, its message, its mobile node. */
void vrf_page_about(struct vrf_out *out, const struct vrf_html_finding *f);
/* Why the baseline accepts a record; nothing for NULL. */
void vrf_page_known(struct vrf_out *out, const char *reason);
/* "first 300 of 12,345" below a table that is not complete; nothing if it is. */
void vrf_page_cut(struct vrf_out *out, uint64_t shown, uint64_t all, const char *where);
/* "Binding Update"; for other types "tunneled packet" if it is 0, else "message". */
const char *vrf_page_message(uint8_t type);

#endif
