/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.c - text for people: the faults and where they are, then the counts, by association and
 * by pair of nodes.
 */
#include "report/report.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
put_colour(struct vrf_report *r, const char *code)
{
    if (r->colour)
        vrf_put(&r->out, code);
}

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

/* "a.pcap:" */
static void
put_capture(struct vrf_out *out, const char *path)
{
    vrf_put_shown(out, path);
    vrf_put(out, ":");
}

/* "a.pcap:9: error: " */
static void
put_place(
    struct vrf_report *r, const struct vrf_record *record, const char *colour, const char *what)
{
    uint64_t number;
    unsigned file = vrf_report_file(r, record->frame, &number);

    put_capture(&r->out, vrf_report_name(r, file));
    vrf_put_unsigned(&r->out, number);
    vrf_put(&r->out, ": ");
    put_colour(r, colour);
    vrf_put(&r->out, what);
    put_colour(r, PLAIN);
    vrf_put(&r->out, ": ");
}

/* Add the entry of the baseline for this record. */
static void
put_known(struct vrf_report *r)
{
    if (r->known == NULL)
        return;
    vrf_put(&r->out, r->accepted ? " [known" : " [was known");
    if (r->known->until_text != NULL)
        vrf_putf(&r->out, " until %s", r->known->until_text);
    vrf_put(&r->out, ": ");
    vrf_put_shown(&r->out, r->known->reason);
    vrf_put(&r->out, "]");
}

/* "a.pcap:5: refused: 10.1.0.1 > 10.1.0.9: the clock by which ..." */
static void
put_refused(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    char text[MIPRO_CLOCK_TEXT];

    if (record->refused.of == MIPRO_CLOCK_UNKNOWN)
        return;
    mipro_clock_difference_text(&record->refused, text, sizeof(text));
    put_place(r, record, CYAN, "refused");
    vrf_put_address(out, record->src);
    vrf_put(out, " > ");
    vrf_put_address(out, record->dst);
    vrf_put(out, ": identification mismatch (133): ");
    vrf_put(out, text);
    vrf_put(out, "\n");
}

static void
text_authenticator(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    enum mipro_verdict verdict = record->verdict;
    char why[MIPRO_EXPLANATION];

    put_refused(r, record);
    if (verdict == MIPRO_GOOD)
        return;
    put_place(r, record, verdict == MIPRO_BAD || verdict == MIPRO_MISSING ? RED : YELLOW,
        mipro_verdict_name(verdict));
    vrf_putf(out, "extension %u, ", record->ext);
    vrf_put_address(out, record->src);
    vrf_put(out, " > ");
    vrf_put_address(out, record->dst);
    vrf_put(out, ": ");
    vrf_report_explain(r, record, why, sizeof(why));
    vrf_put_shown(out, why);
    put_known(r);
    vrf_put(out, "\n");
}

static void
text_finding(struct vrf_report *r, const struct vrf_record *record)
{
    static const char *const colours[] = { CYAN, YELLOW, RED };
    const struct mipro_finding *f = record->finding;
    const struct mipro_rule_def *rule = mipro_rule_def(f->rule);
    enum mipro_severity severity = mipro_finding_severity(f);
    struct vrf_out *out = &r->out;
    uint64_t number;
    unsigned own = vrf_report_file(r, record->frame, &number);

    put_place(r, record, colours[severity], mipro_severity_name(severity));
    vrf_put(out, rule->id);
    vrf_put(out, ": ");
    vrf_put_shown(out, f->text);
    vrf_putf(out, " (%s)", rule->section);
    for (unsigned i = 0; i < f->n_related; i++) {
        unsigned file = vrf_report_file(r, f->related[i], &number);

        vrf_put(out, i == 0 ? "; see frame " : ", ");
        if (file != own)
            put_capture(out, vrf_report_name(r, file));
        vrf_put_unsigned(out, number);
    }
    put_known(r);
    vrf_put(out, "\n");
}

static void
text_begin(struct vrf_report *r)
{
    (void)r;
}

static void
text_broken(struct vrf_report *r, unsigned file, uint64_t frame, const char *error)
{
    (void)r; /* reported on standard error */
    (void)file;
    (void)frame;
    (void)error;
}

static void
put_seen(struct vrf_out *out, const struct vrf_count *c)
{
    vrf_putf(out, " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  ", c->good, c->bad, c->unchecked);
    if (c->first == MIPRO_TIME_NONE) {
        vrf_put(out, "-\n");
        return;
    }
    vrf_put_time(out, c->first);
    vrf_put(out, "  ");
    vrf_put_time(out, c->last);
    vrf_put(out, "\n");
}

/* Width of the first column: at least two addresses, at most the longest name that is shown. */
enum { LEAST_WIDE = 33, MOST_WIDE = 64 };

static int
column_width(const struct vrf_pair *rows, uint32_t n)
{
    int width = LEAST_WIDE;

    for (uint32_t i = 0; i < n; i++) {
        int wide =
            rows[i].association != NULL ? (int)mipro_text_width(rows[i].association->name) : 0;

        if (wide > width && wide <= MOST_WIDE)
            width = wide;
    }
    return width;
}

/* Pads by characters, not by octets. */
static void
put_first(struct vrf_out *out, const char *text, int width)
{
    int pad = width - (int)mipro_text_width(text);

    vrf_put_shown(out, text);
    vrf_putf(out, "%*s", MAX(pad, 0), "");
}

static void
put_heading(struct vrf_out *out, const char *what, int width)
{
    vrf_putf(out, "\n%-*s %10s %10s %10s  %-27s  %s\n", width, what, "good", "bad", "unchecked",
        "first seen", "last seen");
}

static void
put_tables(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    struct vrf_pair *rows;
    uint32_t n;
    int width;

    rows = vrf_tally_by_association(r->tally, &n);
    width = column_width(rows, n);
    if (n != 0)
        put_heading(out, "association", width);
    for (uint32_t i = 0; i < n; i++) {
        const struct mipro_association *s = rows[i].association;

        put_first(out, s != NULL ? s->name : "(none)", width);
        put_seen(out, &rows[i].count);
    }
    g_free(rows);
    rows = vrf_tally_by_pair(r->tally, &n);
    if (n != 0)
        put_heading(out, "nodes", width);
    for (uint32_t i = 0; i < n; i++) {
        char pair[40];

        snprintf(
            pair, sizeof(pair), "%s - %s", mipro_dotted(rows[i].a).s, mipro_dotted(rows[i].b).s);
        put_first(out, pair, width);
        put_seen(out, &rows[i].count);
    }
    g_free(rows);
    if (r->tally->n_others != 0) {
        put_first(out, "(others)", width);
        put_seen(out, &r->tally->others);
    }
}

/* "frames not decoded: 12 IPv6, 3 ESP": the most frequent, and the rest together. */
static void
put_unopened(struct vrf_report *r)
{
    enum { SHOWN = 8 };
    struct vrf_out *out = &r->out;
    size_t n;
    struct vrf_unopened_name *list = vrf_unopened_list(&r->unopened, &n);
    uint64_t rest = 0;

    for (size_t i = 0; i < n; i++) {
        if (i >= SHOWN && n > SHOWN + 1) {
            rest += list[i].n;
            continue;
        }
        vrf_putf(out, "%s%" PRIu64 " ", i == 0 ? "frames not decoded: " : ", ", list[i].n);
        vrf_put_shown(out, list[i].name);
    }
    if (rest != 0)
        vrf_putf(out, ", %" PRIu64 " of %zu more kinds", rest, n - SHOWN);
    if (n != 0)
        vrf_put(out, "\n");
    vrf_unopened_list_free(list, n);
}

/* List the cases that may be faults but could not be decided. */
static void
put_undecided(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    bool first = true;

    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++) {
        uint64_t n = mipro_undecided_of_reason(&r->totals, i);

        if (n == 0)
            continue;
        if (first)
            vrf_put(out, "\nWhat this capture cannot show:\n");
        first = false;
        vrf_putf(
            out, "%8" PRIu64 "  %s (%s)\n", n, mipro_undecided_text(i), mipro_undecided_name(i));
    }
}

/* List dropped state by kind. */
static void
put_dropped(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;

    if (mipro_dropped_of_all(&r->totals) == 0)
        return;
    vrf_put(out, "\nDropped because the tables were full; findings may be missing:\n");
    for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++)
        if (r->totals.dropped[i] != 0)
            vrf_putf(out, "%8" PRIu64 "  %s (%s)\n", r->totals.dropped[i], mipro_dropped_text(i),
                mipro_dropped_name(i));
}

/* Compare the findings with the baseline. */
static void
put_baseline(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    const struct vrf_known *known;
    bool first = true;

    if (r->o->baseline == NULL)
        return;
    vrf_putf(out,
        "known: %" PRIu64 " authenticators, %" PRIu64 " findings of severity error, %" PRIu64
        " warning, %" PRIu64 " note\n",
        r->known_authenticators, r->known_findings[MIPRO_ERROR], r->known_findings[MIPRO_WARNING],
        r->known_findings[MIPRO_NOTE]);
    for (size_t i = 0; (known = vrf_report_absent(r, &i)) != NULL; first = false) {
        if (first)
            vrf_put(out, "\nIn the baseline and not found here:\n");
        vrf_putf(out, "  %s, %s > %s", vrf_fingerprint_what(&known->f).s,
            mipro_dotted(known->f.src).s, mipro_dotted(known->f.dst).s);
        if (known->f.nai != NULL) {
            vrf_put(out, ", NAI ");
            vrf_put_shown(out, known->f.nai);
        }
        if (known->f.has_home)
            vrf_putf(out, ", home address %s", mipro_dotted(known->f.home).s);
        vrf_put(out, ": ");
        vrf_put_shown(out, known->reason);
        vrf_put(out, "\n");
    }
}

static void
text_end(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    const char *separator = ": ";

    if (r->n_open == 0) {
        vrf_put(out, "no capture could be read\n");
        return;
    }
    vrf_putf(out, "%" PRIu64 " %s in %u %s", r->packets, r->packets == 1 ? "frame" : "frames",
        r->n_open, r->n_open == 1 ? "file" : "files");
    for (unsigned i = 0; i < 256; i++) {
        const struct mipro_msg_def *def = mipro_msg_def((uint8_t)i, MIPRO_SOURCE_BASE);

        if (def == NULL)
            def = mipro_msg_def((uint8_t)i, MIPRO_SOURCE_DRAFT);
        if (r->types[i] == 0)
            continue;
        vrf_putf(out, "%s%" PRIu64 " ", separator, r->types[i]);
        if (def != NULL)
            vrf_put(out, def->name);
        else
            vrf_putf(out, "of type %u", i);
        separator = ", ";
    }
    vrf_put(out, "\n");
    put_unopened(r);
    if (r->messages == 0)
        vrf_put(out, "no message in the input");
    else if (vrf_authenticators(r->tally) == 0)
        vrf_put(out, "no authenticator in the input");
    else
        for (unsigned i = 0; i < MIPRO_VERDICTS; i++)
            vrf_putf(out, "%s%" PRIu64 " %s", i == 0 ? "authenticators: " : ", ",
                r->tally->verdicts[i], mipro_verdict_name(i));
    vrf_putf(out,
        "\nfindings: %" PRIu64 " of severity error, %" PRIu64 " warning, %" PRIu64 " note\n",
        r->findings[MIPRO_ERROR], r->findings[MIPRO_WARNING], r->findings[MIPRO_NOTE]);
    if (r->totals.copies != 0)
        vrf_putf(out, "copies: %" PRIu64 " %s seen before\n", r->totals.copies,
            r->totals.copies == 1 ? "datagram was" : "datagrams were");
    put_baseline(r);
    put_tables(r);
    put_undecided(r);
    put_dropped(r);
}

const struct vrf_format vrf_text_format = {
    .name = "text",
    .lists_good = false,
    .for_people = true,
    .begin = text_begin,
    .authenticator = text_authenticator,
    .finding = text_finding,
    .broken = text_broken,
    .end = text_end,
};
