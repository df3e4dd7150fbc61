/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.h - the report as one HTML page, for readers who did not make the capture.
 *
 * It receives all messages, and the same records as the other formats, while the report runs,
 * and is written at the end.  The page is self-contained and readable without scripts.  Memory
 * and page size are bounded for any input; the page states what was left out.
 *
 *   history.h   messages, of which those about nodes with findings are drawn
 *   collect.h   the findings, the authenticators that are not good, and the nodes they are about
 *   beliefs.h   which node believes what, and when
 *   svg.h       shapes, for timeline.h and sequence.h
 *   page.c      the frame of the page and its summary; tables.c and nodes.c the sections
 */
#ifndef VRF_HTML_H
#define VRF_HTML_H

#include "report/report.h"

struct vrf_html *vrf_html_new(void);
void vrf_html_free(struct vrf_html *h);
/* Add the messages of a batch that has gone through all stages. */
void vrf_html_batch(struct vrf_html *h, const struct vrf_batch *b);
/* Add a record, in capture order, after it was counted. */
void vrf_html_record(
    struct vrf_html *h, const struct vrf_report *r, const struct vrf_record *record);
/* A file could be read only up to this frame. */
void vrf_html_broken(struct vrf_html *h, unsigned file, uint64_t frame, const char *error);
/* status is the exit status of the run.  Returns 0 or an errno. */
int vrf_html_write(struct vrf_html *h, const struct vrf_report *r, const char *path, int status);

#endif
