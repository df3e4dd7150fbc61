/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timeline.c - a mobile node over time: its findings, its registrations, and where other nodes
 * believed it to be.
 */
#include "report/html/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mipro_time.h"
#include "report/html/svg.h"

enum {
    WIDTH = 1000,
    LEFT = 180, /* of the plot: the names of the tracks are to the left */
    RIGHT = 985,
    TOP = 62, /* of the tracks: numbers of findings are above */
    TRACK = 36,
    BAR = 20,
    MOST_TRACKS = 12,
    MOST_MARKS = 600,
    FLAG_ROWS = 3 /* numbers of findings that would overlap go into further rows */
};

/* A node that has beliefs, or was sent Binding Updates. */
struct track {
    uint32_t node;
    bool registered;
};

struct timeline {
    struct vrf_page *p;
    struct vrf_out *out;
    const struct vrf_page_story *story;
    int64_t from, to; /* nanoseconds */
    struct track tracks[MOST_TRACKS];
    unsigned n_tracks, tracks_left_out;
    bool registers; /* there is a track for registrations */
    unsigned n_marks;
};

static double
x_of(const struct timeline *t, int64_t time)
{
    double part = ((double)time - (double)t->from) / ((double)t->to - (double)t->from);

    return LEFT + (RIGHT - LEFT) * (part < 0 ? 0 : part > 1 ? 1 : part);
}

/* The top of track i; that of registrations is -1. */
static double
y_of(const struct timeline *t, int i)
{
    return TOP + (i + (t->registers ? 1 : 0)) * TRACK;
}

static double
bottom_of(const struct timeline *t)
{
    return y_of(t, (int)t->n_tracks);
}

static void
add_track(struct timeline *t, uint32_t node, bool registered)
{
    for (unsigned i = 0; i < t->n_tracks; i++)
        if (t->tracks[i].node == node && t->tracks[i].registered == registered)
            return;
    if (t->n_tracks == MOST_TRACKS)
        t->tracks_left_out++;
    else
        t->tracks[t->n_tracks++] = (struct track){ node, registered };
}

static int
track_of(const struct timeline *t, uint32_t node, bool registered)
{
    for (unsigned i = 0; i < t->n_tracks; i++)
        if (t->tracks[i].node == node && t->tracks[i].registered == registered)
            return (int)i;
    return -1;
}

static bool
is_registration(const struct vrf_sight *s)
{
    return s->type == MIPRO_REGISTRATION_REQUEST || s->type == MIPRO_REGISTRATION_REPLY;
}

static void
include_time(struct timeline *t, int64_t time)
{
    if (time == MIPRO_TIME_NONE)
        return;
    if (t->from == MIPRO_TIME_NONE || time < t->from)
        t->from = time;
    if (t->to == MIPRO_TIME_NONE || time > t->to)
        t->to = time;
}

/* Lay out the tracks and the time axis.  False: no frame has a time. */
static bool
lay_out(struct timeline *t)
{
    const struct vrf_page_story *story = t->story;

    t->from = t->to = MIPRO_TIME_NONE;
    for (size_t i = 0; i < story->n_sights; i++) {
        include_time(t, story->sights[i].time);
        t->registers |= is_registration(&story->sights[i]);
    }
    for (unsigned i = 0; i < story->node->n_drawn; i++)
        include_time(t, story->node->drawn[i]->time);
    if (t->from == MIPRO_TIME_NONE)
        return false;
    for (size_t i = 0; i < story->n_beliefs; i++)
        if (story->beliefs[i].registered)
            add_track(t, story->beliefs[i].node, true);
    for (size_t i = 0; i < story->n_sights; i++)
        if (story->sights[i].type == MIPRO_BINDING_UPDATE)
            add_track(t, story->sights[i].dst, false);
    /* Some room after the last message, for beliefs that are still valid. */
    t->to += MAX((t->to - t->from) / 6, MIPRO_SECOND / 1000);
    t->from -= (t->to - t->from) / 50;
    return true;
}

/* ---- the axis ---- */

static int64_t
step_of(int64_t span)
{
    static const int64_t seconds[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
        7200, 21600, 43200, 86400, 2 * 86400, 7 * 86400, 28 * 86400 };
    int64_t step = MIPRO_SECOND;

    if (span < 6 * MIPRO_SECOND) {
        step = 1000; /* microseconds, in tens and fives */
        while (step * 8 < span)
            step *= step * 5 * 8 < span * 1 ? 10 : 5;
        return step;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(seconds); i++) {
        step = seconds[i] * MIPRO_SECOND;
        if (step * 8 >= span)
            return step;
    }
    while (step * 8 < span)
        step *= 2;
    return step;
}

/* "12:00:10", with as many decimals as the step needs, or the date in a long capture. */
static void
time_label(int64_t time, int64_t step, char text[32])
{
    char full[VRF_PAGE_TIME]; /* "1999-02-25 12:00:10.100000" */
    int len = step >= MIPRO_SECOND ? 8 : step >= MIPRO_SECOND / 1000 ? 12 : 15;

    vrf_page_time_text(time, full);
    if (strlen(full) < 20 || step >= 86400 * MIPRO_SECOND)
        snprintf(text, 32, "%.10s", full);
    else
        snprintf(text, 32, "%.*s", len, full + 11);
}

static void
put_axis(struct timeline *t)
{
    int64_t step = step_of(t->to - t->from);
    int64_t tick = (t->from / step) * step;
    struct mipro_time_text date = mipro_time_text(t->from);
    double bottom = bottom_of(t), last = -200;
    char text[32];

    vrf_svg_line(t->out, "axis", LEFT, bottom, RIGHT, bottom);
    snprintf(text, sizeof(text), "%.10s", date.s);
    vrf_svg_text(t->out, "small", LEFT - 12, bottom + 18, VRF_SVG_END, text);
    for (; tick <= t->to; tick += step) {
        double x = x_of(t, tick);

        if (tick < t->from)
            continue;
        vrf_svg_line(t->out, "grid", x, TOP, x, bottom + 4);
        time_label(tick, step, text);
        if (x - last < 8 * (double)strlen(text) || x > RIGHT - 20 || x < LEFT + 24)
            continue;
        last = x;
        vrf_svg_text(t->out, "small", x, bottom + 18, VRF_SVG_MIDDLE, text);
    }
    vrf_put(t->out, "\n");
}

static void
put_tracks(struct timeline *t)
{
    char text[64];

    if (t->registers) {
        vrf_svg_rect(t->out, "track", LEFT, y_of(t, -1) + 3, RIGHT - LEFT, TRACK - 6, 3);
        vrf_svg_text(t->out, "label", LEFT - 12, y_of(t, -1) + 22, VRF_SVG_END, "registrations");
    }
    for (unsigned i = 0; i < t->n_tracks; i++) {
        double y = y_of(t, (int)i);

        vrf_svg_rect(t->out, "track", LEFT, y + 3, RIGHT - LEFT, TRACK - 6, 3);
        snprintf(text, sizeof(text), "%s", mipro_dotted(t->tracks[i].node).s);
        vrf_svg_text(t->out, "label", LEFT - 12, y + 17, VRF_SVG_END, text);
        vrf_svg_text(t->out, "small", LEFT - 12, y + 29, VRF_SVG_END,
            t->tracks[i].registered ? "home agent, registered" : "told by Binding Update");
    }
    vrf_put(t->out, "\n");
}

/* ---- what was believed ---- */

static const char *const proof_words[] = { "proven", "not proven", "forged, and believed",
    "replayed, and believed" };
static const char *const proof_classes[] = { "proven", "unproven", "forged", "forged" };
static const char *const prefixes[] = { "", "", "✖ ", "↻ " };
static const char *const end_words[] = { "still held when the capture ends",
    "until its lifetime ended", "until a later message replaced it",
    "until the binding was deleted" };

static void
put_belief(struct timeline *t, const struct vrf_belief *b)
{
    int track = track_of(t, b->node, b->registered);
    double x1 = x_of(t, b->from), x2 = b->until == INT64_MAX ? RIGHT : x_of(t, b->until);
    double y = y_of(t, track) + (TRACK - BAR) / 2.0;
    struct mipro_dotted coa = mipro_dotted(b->coa);
    char class[32], text[32], time[VRF_PAGE_TIME], *title;

    if (track < 0)
        return;
    vrf_page_time_text(b->from, time);
    title = g_strdup_printf("%s believes the node to be at %s from %s, %s; %s",
        mipro_dotted(b->node).s, coa.s, time, end_words[b->end], proof_words[b->proof]);
    snprintf(class, sizeof(class), "belief %s", proof_classes[b->proof]);
    vrf_svg_group(t->out, class, title);
    x2 = MAX(x2, x1 + 3);
    vrf_svg_rect(t->out, NULL, x1, y, x2 - x1, BAR, 3);
    snprintf(text, sizeof(text), "%s%s", prefixes[b->proof], coa.s);
    if (x2 - x1 > 8 + 7.3 * (double)mipro_text_width(text))
        vrf_svg_text(t->out, NULL, x1 + 7, y + 14, VRF_SVG_START, text);
    if (b->end == VRF_END_DELETED)
        vrf_svg_line(t->out, "cut", x2, y - 5, x2, y + BAR + 5);
    else if (b->end == VRF_END_OPEN && x2 >= RIGHT)
        vrf_svg_arrowhead(t->out, "on", RIGHT + 11, y + BAR / 2.0, 1);
    vrf_svg_group_end(t->out);
    g_free(title);
}

/* ---- messages and findings ---- */

static void
put_mark(struct timeline *t, const struct vrf_sight *s, double x, double y)
{
    bool signs = (s->marks & VRF_SIGHT_SIGNED) != 0;
    bool untrue = signs && (s->verdict == MIPRO_BAD || s->verdict == MIPRO_MISSING ||
                               s->verdict == MIPRO_EXPIRED);

    if ((s->marks & VRF_SIGHT_REPLAY) != 0) {
        vrf_svg_group(t->out, "replay", "replay");
        vrf_svg_circle(t->out, NULL, x, y, 7.5);
        vrf_svg_text(t->out, NULL, x, y + 4, VRF_SVG_MIDDLE, "R");
        vrf_svg_group_end(t->out);
    } else if (untrue) {
        vrf_svg_line(t->out, "false", x - 5, y - 5, x + 5, y + 5);
        vrf_svg_line(t->out, "false", x - 5, y + 5, x + 5, y - 5);
    } else if (s->type == MIPRO_REGISTRATION_REPLY && s->status > 1) {
        vrf_svg_rect(t->out, "denied", x - 4, y - 4, 8, 8, 0);
    } else {
        vrf_svg_circle(
            t->out, signs && s->verdict == MIPRO_GOOD ? "mark proven" : "mark unproven", x, y, 3.5);
    }
}

static void
put_marks(struct timeline *t)
{
    double last[MOST_TRACKS + 1];

    for (unsigned i = 0; i <= MOST_TRACKS; i++)
        last[i] = -100;
    for (size_t i = 0; i < t->story->n_sights && t->n_marks < MOST_MARKS; i++) {
        const struct vrf_sight *s = &t->story->sights[i];
        int track = is_registration(s) ? -1 : track_of(t, s->dst, false);
        double x;

        if (s->time == MIPRO_TIME_NONE || (s->marks & VRF_SIGHT_COPY) != 0 ||
            (s->type != MIPRO_BINDING_UPDATE && !is_registration(s)) ||
            (s->type == MIPRO_BINDING_UPDATE && track < 0))
            continue;
        x = x_of(t, s->time);
        if (x - last[track + 1] < 2 && s->verdict == MIPRO_GOOD &&
            (s->marks & VRF_SIGHT_REPLAY) == 0)
            continue; /* it would hide behind the previous mark */
        last[track + 1] = x;
        put_mark(t, s, x, y_of(t, track) + TRACK / 2.0);
        t->n_marks++;
    }
    vrf_put(t->out, "\n");
}

static void
put_flag_line(struct timeline *t, const struct vrf_html_finding *f)
{
    double x = x_of(t, f->time);
    char class[24];

    snprintf(class, sizeof(class), "thread %s", mipro_severity_name(f->severity));
    vrf_svg_line(t->out, class, x, 50, x, bottom_of(t));
}

static void
put_flag(struct timeline *t, const struct vrf_html_finding *f, unsigned number, unsigned row)
{
    double x = x_of(t, f->time), y = 50 - 19.0 * row;
    char text[24], *title;

    snprintf(text, sizeof(text), "flag %s", mipro_severity_name(f->severity));
    title = g_strdup_printf("%u: %s", number,
        f->is_auth ? mipro_verdict_name(f->verdict) : mipro_rule_def(f->rule)->id);
    vrf_svg_group(t->out, text, title);
    vrf_svg_circle(t->out, NULL, x, y, 8.5);
    snprintf(text, sizeof(text), "%u", number);
    vrf_svg_text(t->out, NULL, x, y + 4, VRF_SVG_MIDDLE, text);
    vrf_svg_group_end(t->out);
    g_free(title);
}

/* Draw the findings as their numbers in the list below, each with a line through all tracks. */
static void
put_flags(struct timeline *t)
{
    const struct vrf_html_node *node = t->story->node;
    double last[FLAG_ROWS] = { -100, -100, -100 };
    unsigned crowded = 0;
    char text[32];

    for (unsigned i = 0; i < node->n_drawn; i++)
        if (node->drawn[i]->time != MIPRO_TIME_NONE)
            put_flag_line(t, node->drawn[i]);
    for (unsigned i = 0; i < node->n_drawn; i++) {
        unsigned row = 0;
        double x;

        if (node->drawn[i]->time == MIPRO_TIME_NONE)
            continue;
        x = x_of(t, node->drawn[i]->time);
        while (row < FLAG_ROWS && x - last[row] < 19)
            row++;
        if (row == FLAG_ROWS) { /* no room: it is in the list */
            crowded++;
            continue;
        }
        last[row] = x;
        put_flag(t, node->drawn[i], i + 1, row);
    }
    snprintf(text, sizeof(text), "and %u more there", crowded);
    if (crowded != 0)
        vrf_svg_text(t->out, "small", LEFT - 12, 16, VRF_SVG_END, text);
}

void
vrf_page_timeline(struct vrf_page *p, const struct vrf_page_story *story)
{
    struct timeline t = { .p = p, .out = p->out, .story = story };
    char *title, *description;

    if (!lay_out(&t)) {
        vrf_put(p->out, "<p>The frames have no times, so there is no timeline.</p>\n");
        return;
    }
    title = g_strdup_printf("Timeline of mobile node %s", mipro_dotted(story->node->home).s);
    description =
        g_strdup_printf("%zu messages, %zu beliefs of %u nodes and %u findings from %s to %s; the "
                        "tables below say the same in words",
            story->n_sights, story->n_beliefs, t.n_tracks, story->node->n_drawn,
            mipro_time_text(t.from).s, mipro_time_text(t.to).s);
    vrf_put(p->out, "<div class=\"scroll\" tabindex=\"0\">");
    vrf_svg_begin(p->out, "timeline", WIDTH, bottom_of(&t) + 28, title, description);
    put_tracks(&t);
    put_axis(&t);
    for (size_t i = 0; i < story->n_beliefs; i++)
        put_belief(&t, &story->beliefs[i]);
    put_marks(&t);
    put_flags(&t);
    vrf_svg_end(p->out);
    vrf_put(p->out, "</div>\n");
    if (t.tracks_left_out != 0)
        vrf_put(
            p->out, "<p class=\"cut\">Further nodes were sent messages; they are not drawn.</p>\n");
    g_free(title);
    g_free(description);
}
