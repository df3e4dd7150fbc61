/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sequence.c - diagrams of the exchanges around the findings of a node: the messages between
 * nodes, in the order of frames, with each finding below its frame.
 */
#include "report/html/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_time.h"
#include "report/html/svg.h"

enum {
    WIDTH = 1000,
    LEFT = 150,  /* of the columns: time and frame are to the left */
    RIGHT = 905, /* of the columns: verdicts are to the right */
    HEAD = 56,
    ROW = 44,
    GAP = 26,
    LINE = 15, /* height of a line of a finding's text */
    TEXT_COLUMNS = 125,
    AROUND = 3,     /* messages shown before and after those that a finding names */
    MOST_ROWS = 28, /* of a picture */
    MOST_COLUMNS = 7,
    MOST_PICTURES = 6 /* of a node */
};

enum row_kind { ROW_SIGHT, ROW_BARE, ROW_SKIPPED };

struct row {
    enum row_kind kind;
    struct vrf_sight sight; /* with ROW_BARE only its frame, time and ends */
    uint64_t skipped;       /* messages that are not shown */
};

/* A finding, and the messages of its node from the first to the last that it refers to. */
struct span {
    const struct vrf_html_finding *finding;
    unsigned number;  /* in the node's list */
    size_t low, high; /* indices of messages; high is one past the last */
};

struct sequence {
    struct vrf_page *p;
    struct vrf_out *out;
    const struct vrf_page_story *story;
    const struct span *spans;
    unsigned n_spans;
    struct row rows[MOST_ROWS + 1];
    unsigned n_rows;
    uint64_t left_out;
    uint32_t columns[MOST_COLUMNS];
    unsigned n_columns;
    bool has_others; /* the last column stands for several nodes */
};

/* The first sight of this frame or a later one. */
static size_t
lower_bound(const struct vrf_page_story *story, uint64_t frame)
{
    size_t low = 0, high = story->n_sights;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (story->sights[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
names(const struct vrf_html_finding *f, uint64_t frame)
{
    if (f->frame == frame)
        return true;
    for (unsigned i = 0; i < f->n_related; i++)
        if (f->related[i] == frame)
            return true;
    return false;
}

static struct span
span_of(const struct vrf_page_story *story, unsigned number)
{
    const struct vrf_html_finding *f = story->node->drawn[number];
    uint64_t first = f->frame, last = first;

    for (unsigned i = 0; i < f->n_related; i++) {
        first = MIN(first, f->related[i]);
        last = MAX(last, f->related[i]);
    }
    return (struct span){ f, number + 1, lower_bound(story, first), lower_bound(story, last + 1) };
}

static int
compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int
compare_numbers(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

/* ---- rows ---- */

static bool
is_near(const struct sequence *q, size_t i)
{
    const struct vrf_page_story *story = q->story;
    size_t from = i > AROUND ? i - AROUND : 0;

    for (size_t j = from; j < story->n_sights && j <= i + AROUND; j++)
        for (unsigned k = 0; k < q->n_spans; k++)
            if (names(q->spans[k].finding, story->sights[j].frame))
                return true;
    for (unsigned k = 0; k < q->n_spans; k++)
        if (i + AROUND >= q->spans[k].low && i < q->spans[k].low + AROUND)
            return true;
    return false;
}

static void
add_row(struct sequence *q, struct row row)
{
    if (q->n_rows < MOST_ROWS)
        q->rows[q->n_rows++] = row;
    else
        q->left_out++;
}

/* Add frames of a finding that contain no message of the node, such as tunneled packets. */
static void
add_bare(struct sequence *q, uint64_t from, uint64_t to)
{
    for (unsigned k = 0; k < q->n_spans; k++) {
        const struct vrf_html_finding *f = q->spans[k].finding;
        size_t at = lower_bound(q->story, f->frame);
        bool twice = false;

        if (f->frame < from || f->frame >= to ||
            (at < q->story->n_sights && q->story->sights[at].frame == f->frame))
            continue;
        for (unsigned j = 0; j < k; j++)
            twice |= q->spans[j].finding->frame == f->frame;
        if (!twice)
            add_row(q, (struct row){ ROW_BARE,
                           { .frame = f->frame,
                               .time = f->time,
                               .src = f->src,
                               .dst = f->dst,
                               .home = f->home,
                               .type = f->message },
                           0 });
    }
}

static void
make_rows(struct sequence *q)
{
    const struct vrf_page_story *story = q->story;
    size_t low = story->n_sights, high = 0;
    uint64_t frame = 0, skipped = 0;

    for (unsigned k = 0; k < q->n_spans; k++) {
        low = MIN(low, q->spans[k].low);
        high = MAX(high, q->spans[k].high);
    }
    low = low > AROUND ? low - AROUND : 0;
    high = MIN(high + AROUND, story->n_sights);
    for (size_t i = low; i < high; i++) {
        const struct vrf_sight *s = &story->sights[i];

        if (!is_near(q, i)) {
            skipped++;
            continue;
        }
        if (skipped != 0)
            add_row(q, (struct row){ .kind = ROW_SKIPPED, .skipped = skipped });
        skipped = 0;
        add_bare(q, frame, s->frame);
        frame = s->frame;
        add_row(q, (struct row){ ROW_SIGHT, *s, 0 });
    }
    add_bare(q, frame, UINT64_MAX);
}

/* ---- columns ---- */

static unsigned
column_of(struct sequence *q, uint32_t node)
{
    for (unsigned i = 0; i < q->n_columns; i++)
        if (q->columns[i] == node)
            return i;
    if (q->n_columns < MOST_COLUMNS) {
        q->columns[q->n_columns] = node;
        return q->n_columns++;
    }
    q->has_others = true;
    return MOST_COLUMNS - 1;
}

static double
x_of(const struct sequence *q, unsigned column)
{
    double width = (RIGHT - LEFT) / (double)MAX(q->n_columns, 2u);

    return LEFT + width * (column + 0.5);
}

/* The role of a node, as far as the messages show it. */
static const char *
role_of(const struct vrf_page_story *story, uint32_t node)
{
    if (node == story->node->home)
        return "mobile node";
    for (size_t i = 0; i < story->n_sights; i++)
        if (story->sights[i].type == MIPRO_REGISTRATION_REPLY && story->sights[i].coa == node)
            return "home agent";
    for (size_t i = 0; i < story->n_sights; i++)
        if (story->sights[i].type != MIPRO_REGISTRATION_REPLY && story->sights[i].coa == node)
            return "care-of address";
    return "";
}

static void
put_columns(struct sequence *q, double bottom)
{
    for (unsigned i = 0; i < q->n_columns; i++) {
        double x = x_of(q, i);
        bool others = q->has_others && i + 1 == q->n_columns;

        vrf_svg_line(q->out, "life", x, HEAD - 12, x, bottom);
        vrf_svg_text(q->out, "label", x, 18, VRF_SVG_MIDDLE,
            others ? "others" : mipro_dotted(q->columns[i]).s);
        vrf_svg_text(
            q->out, "small", x, 33, VRF_SVG_MIDDLE, others ? "" : role_of(q->story, q->columns[i]));
    }
    vrf_put(q->out, "\n");
}

/* ---- messages ---- */

static void
append_life(GString *text, const struct vrf_sight *s)
{
    if (s->life == MIPRO_LIFE_INFINITE)
        g_string_append(text, ", infinite");
    else
        g_string_append_printf(text, ", %u s", s->life);
}

static void
append_flags(GString *text, const struct mipro_flag_def *flags, uint8_t value)
{
    const char *separator = ", ";

    for (; flags->letter != 0; flags++)
        if ((value & flags->mask) != 0) {
            g_string_append_printf(text, "%s%c", separator, flags->letter);
            separator = "";
        }
}

static GString *
describe(struct sequence *q, const struct vrf_sight *s)
{
    const struct mipro_settings *set = &q->p->r->o->conduct.set;
    GString *text = g_string_new(NULL);

    if ((s->marks & VRF_SIGHT_PARTIAL) != 0) {
        g_string_append(text, "malformed or not captured whole");
        return text;
    }
    switch (s->type) {
    case MIPRO_BINDING_UPDATE:
        if (s->life == 0 || s->coa == s->home) {
            g_string_append(text, "deletes the binding");
        } else {
            g_string_append_printf(text, "care-of %s", mipro_dotted(s->coa).s);
            append_life(text, s);
        }
        append_flags(text, mipro_update_flags(), s->flags);
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        g_string_append_printf(text, "status %u%s", s->status, s->status == 0 ? ", accepted" : "");
        if (s->status != 0 && mipro_status_name(s->status) != NULL)
            g_string_append_printf(text, ", %s", mipro_status_name(s->status));
        break;
    case MIPRO_REGISTRATION_REQUEST:
        g_string_append_printf(text, "care-of %s", mipro_dotted(s->coa).s);
        append_life(text, s);
        append_flags(text, mipro_request_flags(set), s->flags);
        if ((s->marks & VRF_SIGHT_PFAN) != 0)
            g_string_append(text, ", notifies the previous agent");
        break;
    case MIPRO_REGISTRATION_REPLY:
        g_string_append_printf(text, "code %u%s", s->status, s->status <= 1 ? ", accepted" : "");
        append_life(text, s);
        break;
    default:
        break;
    }
    if ((s->marks & VRF_SIGHT_COPY) != 0)
        g_string_append(text, text->len != 0 ? ", copy" : "copy");
    return text;
}

static void
put_verdict(struct sequence *q, const struct vrf_sight *s, double y)
{
    static const char *const classes[MIPRO_VERDICTS] = { "good", "error", "error", "unsure",
        "unsure", "error" };
    static const char *const symbols[MIPRO_VERDICTS] = { "✔", "✖", "✖", "?", "?", "✖" };
    char text[40], class[24];

    if ((s->marks & VRF_SIGHT_SIGNED) == 0)
        return;
    snprintf(text, sizeof(text), "%s %s", symbols[s->verdict], mipro_verdict_name(s->verdict));
    snprintf(class, sizeof(class), "verdict %s", classes[s->verdict]);
    vrf_svg_text(q->out, class, RIGHT + 12, y, VRF_SVG_START, text);
}

static void
put_message(struct sequence *q, const struct row *row, double y)
{
    const struct vrf_sight *s = &row->sight;
    unsigned from = column_of(q, s->src), to = column_of(q, s->dst);
    double x1 = x_of(q, from), x2 = x_of(q, to), middle;
    const char *class = row->kind == ROW_BARE ? "arrow bare" : "arrow";
    int direction = x2 >= x1 ? 1 : -1;
    GString *text = describe(q, s);
    char clock[VRF_PAGE_TIME], number[32];
    uint64_t frame;

    if (from == to) /* to itself, or within a column of several nodes */
        x1 = x2 - 46;
    middle = (x1 + x2) / 2;
    (void)vrf_report_file(q->p->r, s->frame, &frame);
    vrf_page_time_text(s->time, clock);
    snprintf(number, sizeof(number), "frame %" PRIu64, frame);
    vrf_svg_text(q->out, "frame", 8, y - 2, VRF_SVG_START, number);
    vrf_svg_text(
        q->out, "small", 8, y + 12, VRF_SVG_START, strlen(clock) > 11 ? clock + 11 : clock);
    vrf_svg_line(q->out, class, x1, y, x2 - 8 * direction, y);
    vrf_svg_arrowhead(q->out, "head", x2, y, direction);
    vrf_svg_text(q->out, "what", middle, y - 6, VRF_SVG_MIDDLE, vrf_page_message(s->type));
    vrf_svg_text(q->out, "small halo", middle, y + 13, VRF_SVG_MIDDLE, text->str);
    put_verdict(q, s, y + 4);
    vrf_put(q->out, "\n");
    g_string_free(text, TRUE);
}

/* ---- findings ---- */

static char *
finding_text(const struct span *span)
{
    const struct vrf_html_finding *f = span->finding;

    if (f->is_auth)
        return g_strdup_printf("%u  authenticator (extension %u): %s", span->number, f->ext,
            mipro_verdict_name(f->verdict));
    return g_strdup_printf("%u  %s: %s: %s", span->number, mipro_severity_name(f->severity),
        mipro_rule_def(f->rule)->id, f->text);
}

/* Draw the findings about this row below it; returns their height, even if out is NULL. */
static double
put_findings(struct sequence *q, const struct row *row, double y, struct vrf_out *out)
{
    double height = 0;

    for (unsigned k = 0; k < q->n_spans && row->kind != ROW_SKIPPED; k++) {
        const struct vrf_html_finding *f = q->spans[k].finding;
        const char *class = mipro_severity_name(f->severity);
        char *text, box[24];
        unsigned lines;

        if (f->frame != row->sight.frame)
            continue;
        text = finding_text(&q->spans[k]);
        lines = vrf_svg_paragraph(NULL, NULL, 0, 0, LINE, TEXT_COLUMNS, 3, text);
        if (out != NULL) {
            snprintf(box, sizeof(box), "box %s", class);
            vrf_svg_group(out, box, NULL);
            vrf_svg_rect(out, NULL, LEFT - 20, y + height, WIDTH - LEFT + 12, lines * LINE + 10, 4);
            vrf_svg_paragraph(out, NULL, LEFT - 10, y + height + 16, LINE, TEXT_COLUMNS, 3, text);
            vrf_svg_group_end(out);
        }
        g_free(text);
        height += lines * LINE + 16;
    }
    return height;
}

static double
height_of(struct sequence *q, const struct row *row)
{
    return row->kind == ROW_SKIPPED ? GAP : ROW + put_findings(q, row, 0, NULL);
}

static void
put_row(struct sequence *q, const struct row *row, double y)
{
    char text[64];

    if (row->kind == ROW_SKIPPED) {
        snprintf(text, sizeof(text), "… %" PRIu64 " more message%s …", row->skipped,
            row->skipped == 1 ? "" : "s");
        vrf_svg_text(q->out, "small halo", (LEFT + RIGHT) / 2.0, y + 15, VRF_SVG_MIDDLE, text);
        return;
    }
    put_message(q, row, y + 22);
    (void)put_findings(q, row, y + ROW - 4, q->out);
}

static void
draw(struct sequence *q)
{
    double height = HEAD, y = HEAD;
    char *title, *description;

    make_rows(q);
    if (q->n_rows == 0)
        return;
    for (unsigned i = 0; i < q->n_rows; i++) {
        if (q->rows[i].kind != ROW_SKIPPED) {
            (void)column_of(q, q->rows[i].sight.src);
            (void)column_of(q, q->rows[i].sight.dst);
        }
        height += height_of(q, &q->rows[i]);
    }
    title = g_strdup_printf("Exchange around finding %u", q->spans[0].number);
    if (q->n_spans > 1) {
        g_free(title);
        title = g_strdup_printf("Exchange around %u findings", q->n_spans);
    }
    description = g_strdup_printf(
        "%u messages between %u nodes, in the order of frames", q->n_rows, q->n_columns);
    vrf_put(q->out, "<div class=\"scroll\" tabindex=\"0\">");
    vrf_svg_begin(q->out, "sequence", WIDTH, height + 10, title, description);
    put_columns(q, height);
    for (unsigned i = 0; i < q->n_rows; i++) {
        put_row(q, &q->rows[i], y);
        y += height_of(q, &q->rows[i]);
    }
    vrf_svg_end(q->out);
    vrf_put(q->out, "</div>\n");
    if (q->left_out != 0) {
        vrf_put(q->out, "<p class=\"cut\">");
        vrf_page_count(q->out, q->left_out, "further row is", "further rows are");
        vrf_put(q->out, " not drawn.</p>\n");
    }
    g_free(title);
    g_free(description);
}

void
vrf_page_sequences(struct vrf_page *p, const struct vrf_page_story *story)
{
    struct span spans[VRF_HTML_OF_NODE];
    unsigned n = story->node->n_drawn, pictures = 0;

    for (unsigned i = 0; i < n; i++)
        spans[i] = span_of(story, i);
    qsort(spans, n, sizeof(*spans), compare_spans);
    for (unsigned i = 0, next; i < n; i = next) {
        struct sequence q = { .p = p, .out = p->out, .story = story, .spans = &spans[i] };
        size_t high = spans[i].high;

        /* Findings about one exchange share a picture. */
        for (next = i + 1; next < n && spans[next].low <= high + AROUND; next++)
            high = MAX(high, spans[next].high);
        q.n_spans = next - i;
        qsort(&spans[i], q.n_spans, sizeof(*spans), compare_numbers);
        if (++pictures > MOST_PICTURES)
            break;
        draw(&q);
    }
    if (pictures > MOST_PICTURES)
        vrf_put(p->out, "<p class=\"cut\">Further exchanges are not drawn.</p>\n");
}
