/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cells.c - what the sections of the page have in common: counts, times, marks, cells of tables. */
#include "report/html/page.h"

#include <stdio.h>
#include <string.h>

#include "mipro_time.h"

void
vrf_page_number(struct vrf_out *out, uint64_t v)
{
    char text[32];

    if (v >= 1000) {
        vrf_page_number(out, v / 1000);
        snprintf(text, sizeof(text), ",%03u", (unsigned)(v % 1000));
    } else {
        snprintf(text, sizeof(text), "%u", (unsigned)v);
    }
    vrf_put(out, text);
}

void
vrf_page_count(struct vrf_out *out, uint64_t v, const char *one, const char *many)
{
    vrf_page_number(out, v);
    vrf_put(out, " ");
    vrf_put(out, v == 1 ? one : many);
}

void
vrf_page_time(struct vrf_out *out, int64_t time)
{
    if (time == MIPRO_TIME_NONE) {
        vrf_put(out, "–");
        return;
    }
    char text[VRF_PAGE_TIME];

    vrf_page_time_text(time, text);
    vrf_putf(out, "<time>%s</time>", text);
}

void
vrf_page_time_text(int64_t time, char text[VRF_PAGE_TIME])
{
    struct mipro_time_text seconds = mipro_time_text(time);
    int64_t fraction = time % MIPRO_SECOND;
    char *blank = strchr(seconds.s, 'T'), *end = strchr(seconds.s, 'Z');

    if (time == MIPRO_TIME_NONE || blank == NULL || end == NULL) {
        snprintf(text, VRF_PAGE_TIME, "no time");
        return;
    }
    *blank = ' ';
    *end = '\0';
    fraction += fraction < 0 ? MIPRO_SECOND : 0;
    if (fraction % 1000 == 0)
        snprintf(text, VRF_PAGE_TIME, "%s.%06d", seconds.s, (int)(fraction / 1000));
    else
        snprintf(text, VRF_PAGE_TIME, "%s.%09d", seconds.s, (int)fraction);
}

void
vrf_page_frame(struct vrf_page *p, uint64_t frame)
{
    uint64_t number;
    unsigned file = vrf_report_file(p->r, frame, &number);

    if (p->r->n_begun > 1) {
        vrf_put_html(p->out, vrf_report_name(p->r, file), VRF_PAGE_NAME);
        vrf_put(p->out, ":");
    }
    vrf_put_unsigned(p->out, number);
}

void
vrf_page_cell(struct vrf_out *out, uint64_t v, const char *class)
{
    if (v != 0 && class != NULL)
        vrf_putf(out, "<td class=\"n %s\">", class);
    else
        vrf_put(out, "<td class=\"n\">");
    vrf_page_number(out, v);
    vrf_put(out, "</td>");
}

void
vrf_page_about(struct vrf_out *out, const struct vrf_html_finding *f)
{
    vrf_put_address(out, f->src);
    vrf_put(out, " → ");
    vrf_put_address(out, f->dst);
    vrf_putf(out, "</td><td>%s</td><td>", vrf_page_message(f->message));
    if (f->has_home)
        vrf_put_address(out, f->home);
    else
        vrf_put(out, "–");
}

void
vrf_page_severity(struct vrf_out *out, enum mipro_severity severity)
{
    static const char *const symbols[] = { "ℹ", "▲", "✖" };
    const char *name = mipro_severity_name(severity);

    vrf_putf(out, "<span class=\"tag %s\"><span aria-hidden=\"true\">%s</span> %s</span>", name,
        symbols[severity], name);
}

void
vrf_page_verdict(struct vrf_out *out, enum mipro_verdict verdict)
{
    static const char *const classes[MIPRO_VERDICTS] = { "good", "error", "error", "unsure",
        "unsure", "error" };
    static const char *const symbols[MIPRO_VERDICTS] = { "✔", "✖", "✖", "?", "?", "✖" };

    vrf_putf(out, "<span class=\"tag %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
        classes[verdict], symbols[verdict], mipro_verdict_name(verdict));
}

void
vrf_page_cut(struct vrf_out *out, uint64_t shown, uint64_t all, const char *where)
{
    if (shown >= all)
        return;
    vrf_put(out, "<p class=\"cut\">Shown are the first ");
    vrf_page_number(out, shown);
    vrf_put(out, " of ");
    vrf_page_number(out, all);
    vrf_putf(out, "%s.</p>\n", where);
}

void
vrf_page_known(struct vrf_out *out, const char *reason)
{
    if (reason == NULL)
        return;
    vrf_put(out, " <span class=\"tag known\">known: ");
    vrf_put_html(out, reason, VRF_PAGE_NAME);
    vrf_put(out, "</span>");
}

const char *
vrf_page_message(uint8_t type)
{
    const struct mipro_msg_def *def = mipro_msg_def(type, MIPRO_SOURCE_BASE);

    if (def == NULL)
        def = mipro_msg_def(type, MIPRO_SOURCE_DRAFT);
    return def != NULL ? def->name : type == 0 ? "tunneled packet" : "message";
}
