/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/html/page.h"

#include <stdio.h>
#include <string.h>

#include "html_assets.h"
#include "report/whole.h"

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

/* ---- the result ---- */

enum outcome { FAULTLESS, UNSURE, FAULTY };

/* Authenticators of a verdict that the baseline does not accept. */
static uint64_t
new_of(const struct vrf_page *p, enum mipro_verdict verdict)
{
    return p->r->tally->verdicts[verdict] - p->h->known[verdict];
}

static uint64_t
new_untrue(const struct vrf_page *p)
{
    return new_of(p, MIPRO_BAD) + new_of(p, MIPRO_EXPIRED) + new_of(p, MIPRO_MISSING);
}

static uint64_t
new_unchecked(const struct vrf_page *p)
{
    return new_of(p, MIPRO_NO_KEY) + new_of(p, MIPRO_TRUNCATED);
}

static uint64_t
new_errors(const struct vrf_page *p)
{
    return p->r->findings[MIPRO_ERROR] - p->r->known_findings[MIPRO_ERROR];
}

static enum outcome
outcome_of(const struct vrf_page *p)
{
    if (new_untrue(p) + new_errors(p) != 0)
        return FAULTY;
    return p->status != 0 || p->r->messages == 0 ? UNSURE : FAULTLESS;
}

/* "2 authenticators are bad, 1 is missing" */
static void
put_false(struct vrf_page *p)
{
    static const enum mipro_verdict which[] = { MIPRO_BAD, MIPRO_EXPIRED, MIPRO_MISSING };
    static const char *const words[] = { "bad", "outside the validity of its key", "missing" };
    static const char *const plural[] = { "bad", "outside the validity of their keys", "missing" };
    const char *separator = "";
    bool first = true;

    for (unsigned i = 0; i < 3; i++) {
        uint64_t n = new_of(p, which[i]);

        if (n == 0)
            continue;
        vrf_put(p->out, separator);
        vrf_page_number(p->out, n);
        if (first)
            vrf_put(p->out, n == 1 ? " authenticator" : " authenticators");
        vrf_put(p->out, n == 1 ? " is " : " are ");
        vrf_put(p->out, n == 1 ? words[i] : plural[i]);
        separator = ", ";
        first = false;
    }
}

/* The result in one sentence. */
static void
put_sentence(struct vrf_page *p, enum outcome outcome)
{
    uint64_t unchecked = new_unchecked(p), untrue = new_untrue(p), errors = new_errors(p);
    uint64_t all = vrf_authenticators(p->r->tally);
    struct vrf_out *out = p->out;

    if (outcome == FAULTY) {
        vrf_put(out, "Faults found: ");
        put_false(p);
        if (untrue != 0 && errors != 0)
            vrf_put(out, ", and ");
        if (errors != 0) {
            if (errors == 1) {
                vrf_put(out, "a rule of severity error was broken");
            } else {
                vrf_put(out, "rules of severity error were broken ");
                vrf_page_count(out, errors, "time", "times");
            }
        }
    } else if (p->r->n_open == 0) {
        vrf_put(out, "Nothing was examined: no capture could be read");
    } else if (p->r->messages == 0) {
        vrf_put(out, "Nothing to judge: no message of Mobile IP in ");
        vrf_page_count(out, p->r->packets, "frame", "frames");
    } else if (unchecked != 0) {
        vrf_put(out, "Inconclusive: ");
        vrf_page_number(out, unchecked);
        vrf_put(out, " of ");
        vrf_page_count(out, all, "authenticator", "authenticators");
        vrf_put(out, " could not be checked; no rule of severity error was broken");
    } else if (p->status == 0 &&
               p->r->known_authenticators + p->r->known_findings[MIPRO_ERROR] != 0) {
        vrf_put(out, "No faults found, except for those that the baseline accepts");
    } else if (p->status != 0) {
        vrf_put(out, "Inconclusive: no faults were found, but not everything could be judged");
    } else if (all == 0) {
        vrf_put(out, "No faults found: no rule of severity error was broken; there was no "
                     "authenticator to check");
    } else {
        vrf_put(out,
            all == 1 ? "No faults found: the only authenticator is good" : "No faults found: all ");
        if (all != 1) {
            vrf_page_number(out, all);
            vrf_put(out, " authenticators are good");
        }
        vrf_put(out, ", and no rule of severity error was broken");
    }
    vrf_put(out, ".");
}

/* The rules of severity error that were broken, except where the baseline accepts it, in words. */
static void
put_worst(struct vrf_page *p)
{
    enum { MOST = 6 };
    struct vrf_out *out = p->out;
    unsigned n = 0;

    if (new_errors(p) == 0)
        return;
    vrf_put(out, "<ul>\n");
    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        const struct mipro_rule_def *def = mipro_rule_def(i);

        if (def->severity != MIPRO_ERROR || vrf_report_new_of_rule(p->r, i) == 0 || n++ >= MOST)
            continue;
        vrf_putf(out, "<li><a href=\"#rule-%s\">", def->id);
        vrf_put_html(out, def->violation, 0);
        vrf_put(out, "</a>, ");
        vrf_page_count(out, vrf_report_new_of_rule(p->r, i), "time", "times");
        vrf_put(out, "</li>\n");
    }
    if (n > MOST)
        vrf_putf(out, "<li>and %u further rules</li>\n", n - MOST);
    vrf_put(out, "</ul>\n");
}

/* Qualifications of the sentence. */
static void
put_reservations(struct vrf_page *p)
{
    uint64_t undecided = mipro_undecided_of_all(&p->r->totals), unchecked = new_unchecked(p);
    const uint64_t *known = p->r->known_findings;
    uint64_t accepted = known[MIPRO_ERROR] + known[MIPRO_WARNING] + known[MIPRO_NOTE];
    uint64_t warnings = p->r->findings[MIPRO_WARNING] - known[MIPRO_WARNING];
    struct vrf_out *out = p->out;

    if (p->r->unread != 0) {
        vrf_put(out, "<p>");
        vrf_page_count(out, p->r->unread, "capture", "captures");
        vrf_put(out, " could not be read to the end.</p>\n");
    }
    if (unchecked != 0 && outcome_of(p) == FAULTY) {
        vrf_put(out, "<p>");
        vrf_page_count(out, unchecked, "further authenticator", "further authenticators");
        vrf_put(out, " could not be checked.</p>\n");
    }
    if (warnings != 0 && outcome_of(p) != FAULTY) {
        vrf_put(out, "<p>Rules of severity warning were broken ");
        vrf_page_count(out, warnings, "time", "times");
        vrf_put(out, "; see <a href=\"#findings\">findings</a>.</p>\n");
    }
    if (p->r->known_authenticators + accepted != 0) {
        vrf_put(out, "<p>The baseline accepts ");
        vrf_page_count(out, p->r->known_authenticators, "authenticator", "authenticators");
        vrf_put(out, " and ");
        vrf_page_count(out, accepted, "finding", "findings");
        vrf_put(out, "; they are marked as known below.</p>\n");
    }
    if (undecided != 0) {
        vrf_put(out, "<p>The capture cannot decide ");
        vrf_page_count(out, undecided, "case", "cases");
        vrf_put(out, "; see <a href=\"#unseen\">what was not examined</a>.</p>\n");
    }
}

static void
put_figure(struct vrf_out *out, uint64_t n, const char *what, const char *class)
{
    vrf_putf(out, "<li class=\"%s\"><b>", n != 0 ? class : "none");
    vrf_page_number(out, n);
    vrf_putf(out, "</b> %s</li>\n", what);
}

static void
put_figures(struct vrf_page *p)
{
    const struct vrf_report *r = p->r;
    const uint64_t *v = r->tally->verdicts;
    struct vrf_out *out = p->out;

    vrf_put(out, "<ul class=\"figures\">\n");
    put_figure(out, r->messages, r->messages == 1 ? "message" : "messages", "plain");
    put_figure(out, v[MIPRO_GOOD], "good authenticators", "good");
    put_figure(out, v[MIPRO_BAD] + v[MIPRO_EXPIRED] + v[MIPRO_MISSING], "bad, expired or missing",
        "error");
    put_figure(out, v[MIPRO_NO_KEY] + v[MIPRO_TRUNCATED], "not checkable", "unsure");
    put_figure(out, r->findings[MIPRO_ERROR], "findings: error", "error");
    put_figure(out, r->findings[MIPRO_WARNING], "findings: warning", "warning");
    put_figure(out, r->findings[MIPRO_NOTE], "findings: note", "note");
    put_figure(out, mipro_undecided_of_all(&r->totals), "undecided cases", "unsure");
    vrf_put(out, "</ul>\n");
}

static void
put_result(struct vrf_page *p)
{
    static const char *const classes[] = { "good", "unsure", "error" };
    static const char *const symbols[] = { "✔", "?", "✖" };
    enum outcome outcome = outcome_of(p);

    vrf_putf(p->out,
        "<section id=\"result\" class=\"result %s\" aria-labelledby=\"h-result\">\n"
        "<h2 id=\"h-result\" class=\"hidden\">Result</h2>\n"
        "<p class=\"sentence\"><span class=\"symbol\" aria-hidden=\"true\">%s</span> ",
        classes[outcome], symbols[outcome]);
    put_sentence(p, outcome);
    vrf_put(p->out, "</p>\n");
    put_worst(p);
    put_reservations(p);
    vrf_put(p->out, "</section>\n");
    put_figures(p);
}

/* ---- the frame of the page ---- */

/* "'sha256-...'": the page's policy allows only the script and style with these hashes. */
static void
put_hash(struct vrf_out *out, const unsigned char *octets, size_t n)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize len = sizeof(digest);
    char *text;

    g_checksum_update(sum, octets, (gssize)n);
    g_checksum_get_digest(sum, digest, &len);
    text = g_base64_encode(digest, len);
    vrf_putf(out, "'sha256-%s'", text);
    g_free(text);
    g_checksum_free(sum);
}

static void
put_head(struct vrf_page *p)
{
    struct vrf_out *out = p->out;

    vrf_put(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "img-src data:; base-uri 'none'; form-action 'none'; style-src ");
    put_hash(out, page_css, sizeof(page_css));
    vrf_put(out, "; script-src ");
    put_hash(out, page_js, sizeof(page_js));
    vrf_put(out, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<meta name=\"generator\" content=\"mipro-verify " MIPRO_VERSION "\">\n"
                 "<link rel=\"icon\" href=\"data:,\">\n<title>Mobile IP audit: ");
    vrf_put_html(out, p->r->o->files[0], VRF_PAGE_NAME);
    if (p->r->o->n_files > 1)
        vrf_putf(out, " and %u more", p->r->o->n_files - 1);
    vrf_put(out, "</title>\n<style>");
    vrf_put_octets(out, (const char *)page_css, sizeof(page_css));
    vrf_put(out, "</style>\n</head>\n");
}

static void
put_header(struct vrf_page *p)
{
    struct vrf_out *out = p->out;

    vrf_put(out, "<body>\n<a class=\"skip\" href=\"#result\">To the result</a>\n<header>\n"
                 "<h1>Mobile IP route optimization: audit of ");
    if (p->r->o->n_files == 1)
        vrf_put_html(out, p->r->o->files[0], VRF_PAGE_NAME);
    else
        vrf_page_count(out, p->r->o->n_files, "capture", "captures");
    vrf_put(out, "</h1>\n<p>");
    if (p->h->first != MIPRO_TIME_NONE) {
        vrf_put(out, "Captured from ");
        vrf_page_time(out, p->h->first);
        vrf_put(out, " to ");
        vrf_page_time(out, p->h->last);
        vrf_put(out, ". ");
    }
    vrf_put(out, "Times are UTC; numbers of frames are Wireshark’s.</p>\n</header>\n");
    vrf_put(out, "<nav aria-label=\"Sections\"><ul>\n"
                 "<li><a href=\"#examined\">What was examined</a></li>\n"
                 "<li><a href=\"#unseen\">What was not</a></li>\n"
                 "<li><a href=\"#findings\">Findings</a></li>\n"
                 "<li><a href=\"#nodes\">Mobile nodes</a></li>\n"
                 "<li><a href=\"#authenticators\">Authenticators</a></li>\n"
                 "<li><a href=\"#parties\">Associations and pairs</a></li>\n"
                 "</ul></nav>\n<main>\n");
}

int
vrf_html_write(struct vrf_html *h, const struct vrf_report *r, const char *path, int status)
{
    struct vrf_whole file;
    struct vrf_page p = { &file.out, h, r, status };
    int error = vrf_whole_begin(&file, path);

    if (error != 0)
        return error;
    put_head(&p);
    put_header(&p);
    put_result(&p);
    vrf_page_examined(&p);
    vrf_page_unseen(&p);
    vrf_page_findings(&p);
    vrf_page_nodes(&p);
    vrf_page_authenticators(&p);
    vrf_page_parties(&p);
    vrf_page_captures(&p);
    vrf_put(p.out, "</main>\n<footer><p>Written by mipro-verify " MIPRO_VERSION
                   ". The page holds no key, and needs no network.</p></footer>\n<script>");
    vrf_put_octets(p.out, (const char *)page_js, sizeof(page_js));
    vrf_put(p.out, "</script>\n</body>\n</html>\n");
    return vrf_whole_finish(&file);
}
