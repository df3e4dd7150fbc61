/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * svg.h - SVG shapes, with CSS classes for their appearance.
 *
 * Colors are only in the style sheet of the page (page.css), for a light and a dark theme.
 * Text is escaped.  Lengths are in units of the view box.
 */
#ifndef VRF_HTML_SVG_H
#define VRF_HTML_SVG_H

#include "report/out.h"

enum vrf_svg_anchor { VRF_SVG_START, VRF_SVG_MIDDLE, VRF_SVG_END };

/* Begin a picture: its class, and its content in words, as title and description. */
void vrf_svg_begin(struct vrf_out *out, const char *class, double width, double height,
    const char *title, const char *description);
void vrf_svg_end(struct vrf_out *out);
/* A group, with a title for tooltips and screen readers; NULL: none. */
void vrf_svg_group(struct vrf_out *out, const char *class, const char *title);
void vrf_svg_group_end(struct vrf_out *out);

void vrf_svg_line(
    struct vrf_out *out, const char *class, double x1, double y1, double x2, double y2);
void vrf_svg_rect(struct vrf_out *out, const char *class, double x, double y, double width,
    double height, double radius);
void vrf_svg_circle(struct vrf_out *out, const char *class, double x, double y, double r);
/* points: "x,y x,y ..." */
void vrf_svg_polygon(struct vrf_out *out, const char *class, const char *points);
/* The head of an arrow at x, y that points right (direction 1) or left (-1). */
void vrf_svg_arrowhead(struct vrf_out *out, const char *class, double x, double y, int direction);
void vrf_svg_text(struct vrf_out *out, const char *class, double x, double y,
    enum vrf_svg_anchor anchor, const char *text);
/*
 * Text in lines of at most columns characters, broken at spaces if possible; if it needs more
 * than max_lines, the last one ends with an ellipsis.  Returns the number of lines; if out is
 * NULL, it only counts them.
 */
unsigned vrf_svg_paragraph(struct vrf_out *out, const char *class, double x, double y,
    double line_height, size_t columns, unsigned max_lines, const char *text);

#endif
