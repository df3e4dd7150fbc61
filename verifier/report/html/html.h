/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.h - the report as one page, for people who were not there.
 *
 * It is fed while the report runs, with all messages and with the records that the other formats
 * get, and written at the end.  The page needs nothing besides itself, and reads without
 * scripts.  However long the input, memory and page are bounded; what was left out is stated.
 *
 *   history.h   messages, of which those about nodes with findings are drawn
 *   collect.h   the findings, the authenticators that are not good, and the nodes they are about
 *   beliefs.h   who believes what, from when to when
 *   svg.h       shapes, for timeline.h and sequence.h
 *   page.c      the frame of the page and its summary; tables.c and nodes.c the sections
 */
#ifndef VRF_HTML_H
#define VRF_HTML_H

#include "report/report.h"

struct vrf_html *vrf_html_new(void);
void vrf_html_free(struct vrf_html *h);
/* The messages of a batch that has gone through all stages. */
void vrf_html_batch(struct vrf_html *h, const struct vrf_batch *b);
/* A record, in capture order, after it was counted. */
void vrf_html_record(
    struct vrf_html *h, const struct vrf_report *r, const struct vrf_record *record);
/* A file that cannot be read further than to this frame. */
void vrf_html_broken(struct vrf_html *h, unsigned file, uint64_t frame, const char *error);
/* status is the exit status of the run.  Returns 0 or an errno. */
int vrf_html_write(struct vrf_html *h, const struct vrf_report *r, const char *path, int status);

#endif
