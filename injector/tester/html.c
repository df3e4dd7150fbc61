/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.c - a run as one page: counts, the matrix by requirement and by case, and for each case
 * that did not pass the expectation, the messages sent, and the messages received.
 *
 * The page loads nothing and has no scripts.
 */
#include "tester/html.h"

#include <glib.h>
#include <string.h>

#include "mipro_text.h"
#include "tester/answers.h"
#include "tester/matrix.h"

static const char style[] =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;"
    "color:#1c2733;background:#fff}\n"
    "h1{font-size:1.6em}h2{margin-top:2.2em;border-bottom:1px solid #ccd4dc}\n"
    "table{border-collapse:collapse;margin:.6em 0}td,th{padding:.2em .7em;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #e3e8ed}\n"
    "code,pre,.hex{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    ".v{display:inline-block;padding:0 .5em;margin:.1em;border-radius:.3em;white-space:nowrap;"
    "text-decoration:none;color:#14202b;background:#dfe5ea}\n"
    "td:first-child,td a{white-space:nowrap}tr:target{outline:2px solid #2a6fb0}\n"
    ".PASS{background:#bfe8c8}.WARN{background:#ffe9a8}.FAIL,.XPASS{background:#ffb8b0}"
    ".INCONCLUSIVE,.FLAKY{background:#ffd3a8}.XFAIL{background:#d9d2f2}\n"
    ".case{border:1px solid #ccd4dc;border-radius:.4em;padding:0 1em 1em;margin:1.2em 0}\n"
    "svg text{font:12px system-ui,sans-serif;fill:#1c2733}details{margin:.3em 0}\n"
    "@media (max-width:45em){tr{display:block;padding:.4em 0;border-bottom:1px solid #8a949e55}"
    "td,th{display:inline-block;border:0;padding:.1em .7em .1em 0}tr:has(th+th){display:none}}\n"
    "@media print{.v{print-color-adjust:exact}.case,tr{break-inside:avoid}}\n"
    "@media (prefers-color-scheme:dark){body{background:#14191f;color:#dde5ec}"
    "a:not(.v){color:#8cbcf5}"
    "td,th,h2,.case{border-color:#3a4653}svg text{fill:#dde5ec}}\n";

#define WIDTH 860 /* of a diagram, in units of SVG */
#define LEFT 150
#define RIGHT 710
#define STEP 34

static void
put(const struct mipro_text_out *out, const char *text)
{
    mipro_text_escape(out, MIPRO_ESCAPE_XML, text);
}

/* <TAG>text</TAG> */
static void
put_in(const struct mipro_text_out *out, const char *tag, const char *text)
{
    mipro_text_putf(out, "<%s>", tag);
    put(out, text);
    mipro_text_putf(out, "</%s>", tag);
}

/* Does the case have its own section below? */
static bool
is_told(const struct inj_point *p)
{
    return p->judgement.verdict != INJ_PASS && p->judgement.verdict != INJ_SKIP;
}

static void
put_verdict(const struct mipro_text_out *out, const struct inj_point *p, const char *text)
{
    const char *name = inj_verdict_name(p->judgement.verdict);

    if (is_told(p))
        mipro_text_putf(out, "<a class=\"v %s\" href=\"#%s\" title=\"%s\">", name, p->c->id, name);
    else
        mipro_text_putf(out, "<span class=\"v %s\" title=\"%s\">", name, name);
    put(out, text);
    mipro_text_put(out, is_told(p) ? "</a>" : "</span>");
}

static void
put_counts(const struct mipro_text_out *out, const struct inj_point *points, size_t n)
{
    mipro_text_put(out, "<table><tr>");
    for (int v = 0; v < INJ_VERDICTS; v++) {
        size_t found = 0;

        for (size_t i = 0; i < n; i++)
            found += points[i].judgement.verdict == (enum inj_verdict)v;
        if (found > 0)
            mipro_text_putf(out, "<td><span class=\"v %s\">%s</span> %zu</td>",
                inj_verdict_name((enum inj_verdict)v), inj_verdict_name((enum inj_verdict)v),
                found);
    }
    mipro_text_put(out, "</tr></table>\n");
}

/* The cases of a requirement that the run has, each with its verdict. */
static void
put_cases_of(const struct mipro_text_out *out, const struct inj_requirement *r,
    const struct inj_point *points, size_t n)
{
    const char *list = r->cases;
    char id[INJ_ID_MAX];

    while (inj_next_id(&list, id)) {
        const struct inj_point *p = inj_find_point(points, n, id);

        if (p != NULL)
            put_verdict(out, p, id);
    }
}

static void
begin_requirement(const struct mipro_text_out *out, const struct inj_requirement *r)
{
    mipro_text_putf(out, "<tr id=\"%s\"><td>%s</td>", r->id, r->id);
    put_in(out, "td", r->section);
    put_in(out, "td", r->level);
}

/* The requirements that the run says nothing about, and why: collapsed, because it is long. */
static void
put_untested(const struct mipro_text_out *out, const struct inj_point *points, size_t n)
{
    const struct inj_requirement *r;
    enum inj_verdict verdict;
    size_t untested = 0;

    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++)
        untested += !inj_requirement_verdict(r, points, n, &verdict);
    mipro_text_putf(out,
        "<details><summary>%zu requirements that this run did not test</summary>\n"
        "<table id=\"untested\"><tr><th>Requirement</th><th>Section</th><th>Level</th>"
        "<th>What is required</th><th>Why</th></tr>\n",
        untested);
    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        if (inj_requirement_verdict(r, points, n, &verdict))
            continue;
        begin_requirement(out, r);
        put_in(out, "td", r->text);
        if (r->why != NULL)
            put_in(out, "td", r->why);
        else if (r->cases[0] == '\0')
            mipro_text_put(out, "<td>only mipro-verify tests it</td>");
        else {
            mipro_text_put(out, "<td>its cases are for another role, or were not run: ");
            put(out, r->cases);
            mipro_text_put(out, "</td>");
        }
        mipro_text_put(out, "</tr>\n");
    }
    mipro_text_put(out, "</table>\n</details>\n");
}

/* A row for each requirement that the run says something about. */
static void
put_requirements(const struct mipro_text_out *out, const struct inj_point *points, size_t n)
{
    const struct inj_requirement *r;
    enum inj_verdict verdict;

    mipro_text_put(out, "<h2>By requirement</h2>\n<table id=\"requirements\"><tr>"
                        "<th>Requirement</th><th>Section</th><th>Level</th><th>Verdict</th>"
                        "<th>What is required</th><th>Cases</th></tr>\n");
    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        if (!inj_requirement_verdict(r, points, n, &verdict))
            continue;
        begin_requirement(out, r);
        mipro_text_putf(out, "<td><span class=\"v %s\">%s</span></td>", inj_verdict_name(verdict),
            inj_verdict_name(verdict));
        put_in(out, "td", r->text);
        mipro_text_put(out, "<td>");
        put_cases_of(out, r, points, n);
        mipro_text_put(out, "</td></tr>\n");
    }
    mipro_text_put(out, "</table>\n");
    put_untested(out, points, n);
}

/* The requirements that a case tests. */
static void
put_requirements_of(const struct mipro_text_out *out, const struct inj_case *c)
{
    const struct inj_requirement *r;
    const char *between = "";

    mipro_text_put(out, "<td>");
    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        const char *list = r->cases;
        char id[INJ_ID_MAX];

        while (inj_next_id(&list, id)) {
            if (strcmp(id, c->id) != 0)
                continue;
            mipro_text_putf(out, "%s<a href=\"#%s\">%s</a>", between, r->id, r->id);
            between = " ";
        }
    }
    mipro_text_put(out, "</td>");
}

static void
put_cases(const struct mipro_text_out *out, const struct inj_point *points, size_t n)
{
    mipro_text_put(out,
        "<h2>By case</h2>\n<table id=\"cases\"><tr><th>Case</th><th>Verdict</th>"
        "<th>Description</th><th>Section</th><th>Requirements</th><th>Seconds</th></tr>\n");
    for (size_t i = 0; i < n; i++) {
        const struct inj_point *p = &points[i];

        mipro_text_put(out, "<tr><td>");
        put(out, p->c->id);
        mipro_text_put(out, "</td><td>");
        put_verdict(out, p, inj_verdict_name(p->judgement.verdict));
        mipro_text_put(out, "</td>");
        put_in(out, "td", p->c->summary);
        put_in(out, "td", p->c->section);
        put_requirements_of(out, p->c);
        mipro_text_putf(out, "<td>%.1f</td></tr>\n", p->seconds);
    }
    mipro_text_put(out, "</table>\n");
}

/* The label of a message in the diagram: a shortened name; the table below has all of it. */
static void
put_label(const struct mipro_text_out *out, const struct inj_bench *bench,
    const struct inj_transcript_line *line, size_t number)
{
    char text[112];

    (void)snprintf(text, sizeof(text), "%zu. %.84s", number, inj_name_message(bench, &line->a).s);
    put(out, text);
}

/* Two lifelines, and an arrow for each message. */
static void
put_diagram(
    const struct mipro_text_out *out, const struct inj_bench *bench, const struct inj_transcript *t)
{
    const size_t height = 50 + t->n * STEP;

    mipro_text_putf(out,
        "<svg viewBox=\"0 0 %d %zu\" width=\"%d\" role=\"img\" aria-label=\"the messages in their "
        "order\" style=\"max-width:100%%\">\n",
        WIDTH, height, WIDTH);
    mipro_text_putf(out,
        "<text x=\"%d\" y=\"16\" text-anchor=\"middle\">tester %s</text>"
        "<text x=\"%d\" y=\"16\" text-anchor=\"middle\">node %s</text>\n",
        LEFT, mipro_dotted(bench->source).s, RIGHT, mipro_dotted(bench->destination).s);
    mipro_text_putf(out,
        "<path d=\"M%d 24V%zuM%d 24V%zu\" stroke=\"#8a97a5\" stroke-dasharray=\"4 3\"/>\n", LEFT,
        height - 6, RIGHT, height - 6);
    for (size_t i = 0; i < t->n; i++) {
        const struct inj_transcript_line *line = &t->line[i];
        const size_t y = 50 + i * STEP;
        const int from = line->sent ? LEFT : RIGHT, to = line->sent ? RIGHT : LEFT;
        const int back = line->sent ? -9 : 9;

        mipro_text_putf(out,
            "<path d=\"M%d %zuH%dm%d -4l%d 4l%d 4\" fill=\"none\" stroke=\"%s\" "
            "stroke-width=\"1.6\"/><text x=\"%d\" y=\"%zu\" text-anchor=\"middle\">",
            from, y, to, back, -back, back, line->sent ? "#2a6fb0" : "#b0562a", (LEFT + RIGHT) / 2,
            y - 6);
        put_label(out, bench, line, i + 1);
        mipro_text_put(out, "</text>");
        /* The phase, where it begins. */
        if (i == 0 || strcmp(t->line[i - 1].phase, line->phase) != 0) {
            mipro_text_putf(out, "<text x=\"4\" y=\"%zu\">", y + 4);
            put(out, line->phase);
            mipro_text_put(out, "</text>");
        }
        mipro_text_put(out, "\n");
    }
    mipro_text_put(out, "</svg>\n");
}

static void
put_field(const struct mipro_text_out *out, enum mipro_field id, const uint8_t *octets, size_t n)
{
    uint64_t value = 0;

    mipro_text_putf(out, "<tr><td>%s</td><td class=\"hex\">", mipro_field_name(id));
    for (size_t i = 0; i < n; i++) {
        mipro_text_putf(out, "%02x", octets[i]);
        value = value << 8 | octets[i];
    }
    mipro_text_put(out, "</td><td>");
    if (n == 4)
        mipro_text_putf(out, "%s", mipro_dotted((uint32_t)value).s);
    else if (n > 0 && n < 4)
        mipro_text_putf(out, "%llu", (unsigned long long)value);
    mipro_text_put(out, "</td></tr>\n");
}

/* The rows of the fields between off and end. */
static void
put_fields(const struct mipro_text_out *out, const struct inj_answer *a,
    const struct mipro_field_def *fields, size_t off, size_t end)
{
    for (; fields->id != MIPRO_F_END; fields++) {
        const size_t at = off + fields->off;
        const size_t n = fields->len != 0 ? fields->len : at < end ? end - at : 0;

        if (at + n <= end && end <= a->len)
            put_field(out, fields->id, a->octets + at, n);
    }
}

static void
put_decoded(
    const struct mipro_text_out *out, const struct inj_bench *bench, const struct inj_answer *a)
{
    struct mipro_message m;

    if (a->protocol != INJ_UDP)
        return;
    mipro_message_parse(&m, a->octets, a->len, a->len, &bench->set, MIPRO_IDENT_UNKNOWN);
    if (m.def == NULL)
        return;
    mipro_text_put(out, "<table>\n");
    put_fields(out, a, m.def->fields, 0, m.ext_off < a->len ? m.ext_off : a->len);
    for (struct mipro_ext e = { 0 }; mipro_ext_next(&m, &e);) {
        mipro_text_putf(out, "<tr><th colspan=\"3\">Extension %u: ", e.type);
        put(out, e.def != NULL ? e.def->name : "unknown");
        mipro_text_put(out, "</th></tr>\n");
        put_fields(out, a,
            e.def != NULL && e.def->fields != NULL ? e.def->fields
                                                   : mipro_plain_ext_fields(e.shape),
            e.off, e.off + mipro_ext_len(&e));
    }
    mipro_text_put(out, "</table>\n");
    if (m.err != MIPRO_OK)
        mipro_text_putf(
            out, "<p>Malformed: %s at octet %u.</p>\n", mipro_strerror(m.err), m.err_off);
}

static void
put_line(const struct mipro_text_out *out, const struct inj_bench *bench,
    const struct inj_transcript_line *line, size_t number, int64_t begin)
{
    mipro_text_putf(out, "<details><summary>%zu. %+.3f s, %s: ", number,
        (double)(line->time - begin) / (double)MIPRO_SECOND, line->sent ? "sent" : "received");
    put(out, inj_describe(bench, &line->a).s);
    mipro_text_put(out, "</summary>\n");
    put_decoded(out, bench, &line->a);
    mipro_text_put(out, "<pre class=\"hex\" style=\"white-space:pre-wrap\">");
    for (size_t i = 0; i < line->a.len; i++)
        mipro_text_putf(out, "%02x%s", line->a.octets[i],
            i % 16 == 15 ? "\n"
            : i % 4 == 3 ? " "
                         : "");
    mipro_text_put(out, "</pre>");
    if (line->omitted > 0)
        mipro_text_putf(out, "<p>and %zu more octets</p>", line->omitted);
    mipro_text_put(out, "</details>\n");
}

static void
put_told(const struct mipro_text_out *out, const struct inj_bench *bench, const struct inj_point *p)
{
    const struct inj_transcript *t = p->transcript;

    mipro_text_putf(out, "<section class=\"case\" id=\"%s\">\n<h3>%s ", p->c->id, p->c->id);
    put_verdict(out, p, inj_verdict_name(p->judgement.verdict));
    mipro_text_put(out, "</h3>\n<table>\n<tr><th>Case</th>");
    put_in(out, "td", p->c->summary);
    mipro_text_put(out, "</tr>\n<tr><th>Section</th>");
    put_in(out, "td", p->c->section);
    mipro_text_put(out, "</tr>\n<tr><th>Expected</th>");
    put_in(out, "td", inj_expectation(p->c).s);
    mipro_text_put(out, "</tr>\n<tr><th>Result</th>");
    put_in(out, "td", p->judgement.reason);
    mipro_text_put(out, "</tr>\n</table>\n");
    if (t != NULL && t->n > 0) {
        put_diagram(out, bench, t);
        for (size_t i = 0; i < t->n; i++)
            put_line(out, bench, &t->line[i], i + 1, t->line[0].time);
        if (t->omitted > 0)
            mipro_text_putf(out, "<p>and %zu more messages</p>\n", t->omitted);
    }
    mipro_text_put(out, "</section>\n");
}

bool
inj_html_write(FILE *file, const struct inj_bench *bench, const struct inj_point *points, size_t n)
{
    GString *page = g_string_new(NULL);
    const struct mipro_text_out out = mipro_text_to_string(page);
    const char *role = inj_role_name(bench->role);
    bool written;

    mipro_text_put(&out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width\">\n");
    mipro_text_putf(&out, "<title>mipro-inject test: %s %s</title>\n<style>\n", role,
        mipro_dotted(bench->destination).s);
    mipro_text_put(&out, style);
    mipro_text_putf(&out,
        "</style>\n</head>\n<body>\n<h1>Test of the %s at %s</h1>\n<p>The tester is %s; the "
        "mobile node is %s.</p>\n",
        role, mipro_dotted(bench->destination).s, mipro_dotted(bench->source).s,
        mipro_dotted(bench->home).s);
    put_counts(&out, points, n);
    put_requirements(&out, points, n);
    put_cases(&out, points, n);
    mipro_text_put(&out, "<h2>Cases that did not pass</h2>\n");
    for (size_t i = 0; i < n; i++)
        if (is_told(&points[i]))
            put_told(&out, bench, &points[i]);
    mipro_text_put(&out, "</body>\n</html>\n");
    written = fwrite(page->str, 1, page->len, file) == page->len && fflush(file) == 0;
    g_string_free(page, TRUE);
    return written && ferror(file) == 0;
}
