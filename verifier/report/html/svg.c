/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/html/svg.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* A tenth of a unit is enough; "12.0" is written "12". */
static void
put_length(struct vrf_out *out, const char *name, double v)
{
    int64_t tenths = (int64_t)llround(v * 10);

    vrf_put(out, " ");
    vrf_put(out, name);
    vrf_put(out, tenths < 0 ? "=\"-" : "=\"");
    tenths = tenths < 0 ? -tenths : tenths;
    vrf_put_unsigned(out, (uint64_t)tenths / 10);
    if (tenths % 10 != 0) {
        vrf_put(out, ".");
        vrf_put_unsigned(out, (uint64_t)tenths % 10);
    }
    vrf_put(out, "\"");
}

static void
put_class(struct vrf_out *out, const char *class)
{
    if (class == NULL)
        return;
    vrf_put(out, " class=\"");
    vrf_put(out, class);
    vrf_put(out, "\"");
}

static void
put_titled(struct vrf_out *out, const char *element, const char *text)
{
    vrf_putf(out, "<%s>", element);
    vrf_put_html(out, text, 0);
    vrf_putf(out, "</%s>", element);
}

void
vrf_svg_begin(struct vrf_out *out, const char *class, double width, double height,
    const char *title, const char *description)
{
    vrf_put(out, "<svg role=\"img\"");
    put_class(out, class);
    vrf_putf(out, " viewBox=\"0 0 %lld %lld\"", llround(width), llround(height));
    put_length(out, "width", width);
    put_length(out, "height", height);
    vrf_put(out, " aria-label=\"");
    vrf_put_html(out, title, 0);
    vrf_put(out, ". ");
    vrf_put_html(out, description, 0);
    vrf_put(out, "\">");
    put_titled(out, "title", title);
    put_titled(out, "desc", description);
    vrf_put(out, "\n");
}

void
vrf_svg_end(struct vrf_out *out)
{
    vrf_put(out, "</svg>\n");
}

void
vrf_svg_group(struct vrf_out *out, const char *class, const char *title)
{
    vrf_put(out, "<g");
    put_class(out, class);
    vrf_put(out, ">");
    if (title != NULL)
        put_titled(out, "title", title);
}

void
vrf_svg_group_end(struct vrf_out *out)
{
    vrf_put(out, "</g>\n");
}

void
vrf_svg_line(struct vrf_out *out, const char *class, double x1, double y1, double x2, double y2)
{
    vrf_put(out, "<line");
    put_class(out, class);
    put_length(out, "x1", x1);
    put_length(out, "y1", y1);
    put_length(out, "x2", x2);
    put_length(out, "y2", y2);
    vrf_put(out, "/>");
}

void
vrf_svg_rect(struct vrf_out *out, const char *class, double x, double y, double width,
    double height, double radius)
{
    vrf_put(out, "<rect");
    put_class(out, class);
    put_length(out, "x", x);
    put_length(out, "y", y);
    put_length(out, "width", width);
    put_length(out, "height", height);
    if (radius > 0)
        put_length(out, "rx", radius);
    vrf_put(out, "/>");
}

void
vrf_svg_circle(struct vrf_out *out, const char *class, double x, double y, double r)
{
    vrf_put(out, "<circle");
    put_class(out, class);
    put_length(out, "cx", x);
    put_length(out, "cy", y);
    put_length(out, "r", r);
    vrf_put(out, "/>");
}

void
vrf_svg_polygon(struct vrf_out *out, const char *class, const char *points)
{
    vrf_put(out, "<polygon");
    put_class(out, class);
    vrf_put(out, " points=\"");
    vrf_put(out, points);
    vrf_put(out, "\"/>");
}

void
vrf_svg_arrowhead(struct vrf_out *out, const char *class, double x, double y, int direction)
{
    long tip = lround(x), middle = lround(y);
    char *points = g_strdup_printf("%ld,%ld %ld,%ld %ld,%ld", tip, middle, tip - 9 * direction,
        middle - 4, tip - 9 * direction, middle + 4);

    vrf_svg_polygon(out, class, points);
    g_free(points);
}

void
vrf_svg_text(struct vrf_out *out, const char *class, double x, double y, enum vrf_svg_anchor anchor,
    const char *text)
{
    static const char *const anchors[] = { NULL, "middle", "end" };

    vrf_put(out, "<text");
    put_class(out, class);
    put_length(out, "x", x);
    put_length(out, "y", y);
    if (anchors[anchor] != NULL)
        vrf_putf(out, " text-anchor=\"%s\"", anchors[anchor]);
    vrf_put(out, ">");
    vrf_put_html(out, text, 0);
    vrf_put(out, "</text>");
}

/* Where a line of at most columns characters ends, in octets of valid UTF-8. */
static size_t
line_length(const char *text, size_t columns)
{
    const char *p = text, *blank = NULL;

    for (size_t i = 0; *p != '\0' && i < columns; i++, p = g_utf8_next_char(p))
        if (*p == ' ')
            blank = p;
    if (*p == '\0' || *p == ' ' || blank == NULL)
        return (size_t)(p - text);
    return (size_t)(blank - text);
}

unsigned
vrf_svg_paragraph(struct vrf_out *out, const char *class, double x, double y, double line_height,
    size_t columns, unsigned max_lines, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    const char *rest = valid;
    unsigned n = 0;

    while (*rest != '\0' && n < max_lines) {
        size_t len = line_length(rest, columns);
        bool cut = n + 1 == max_lines && rest[len] != '\0';
        char *line = g_strdup_printf("%.*s%s", (int)len, rest, cut ? "…" : "");

        if (out != NULL)
            vrf_svg_text(out, class, x, y + n * line_height, VRF_SVG_START, line);
        g_free(line);
        n++;
        rest += len;
        while (*rest == ' ')
            rest++;
    }
    g_free(valid);
    return n;
}
