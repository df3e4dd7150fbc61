/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/metrics.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/whole.h"

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

static void
put_family(struct vrf_out *out, const char *name, const char *help)
{
    vrf_putf(out, "# HELP mipro_verify_%s %s\n# TYPE mipro_verify_%s gauge\n", name, help, name);
}

static void
put_value(struct vrf_out *out, uint64_t v)
{
    vrf_put(out, " ");
    vrf_put_unsigned(out, v);
    vrf_put(out, "\n");
}

static void
put_gauge(struct vrf_out *out, const char *name, const char *help, uint64_t v)
{
    put_family(out, name, help);
    vrf_put(out, "mipro_verify_");
    vrf_put(out, name);
    put_value(out, v);
}

/* The value of a label: valid UTF-8, with backslash, quote and line feed escaped. */
static void
put_label(struct vrf_out *out, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);

    for (const char *p = valid; *p != '\0'; p++) {
        if (*p == '\\' || *p == '"')
            vrf_put(out, "\\");
        if (*p == '\n')
            vrf_put(out, "\\n");
        else
            vrf_put_octets(out, p, 1);
    }
    g_free(valid);
}

/* 'mipro_verify_NAME{LABEL="VALUE"} V' */
static void
put_of(struct vrf_out *out, const char *name, const char *label, const char *value, uint64_t v)
{
    vrf_putf(out, "mipro_verify_%s{%s=\"", name, label);
    put_label(out, value);
    vrf_put(out, "\"}");
    put_value(out, v);
}

static void
put_messages(const struct vrf_report *r, struct vrf_out *out)
{
    put_family(out, "messages", "UDP payloads on the ports of Mobile IP, by type.");
    for (unsigned i = 0; i < 256; i++) {
        const struct mipro_msg_def *def = mipro_msg_def((uint8_t)i, MIPRO_SOURCE_BASE);

        if (def == NULL)
            def = mipro_msg_def((uint8_t)i, MIPRO_SOURCE_DRAFT);
        if (def == NULL && r->types[i] == 0)
            continue;
        vrf_putf(
            out, "mipro_verify_messages{type=\"%u\",name=\"%s\"}", i, def != NULL ? def->name : "");
        put_value(out, r->types[i]);
    }
}

static void
put_finding(struct vrf_out *out, enum mipro_rule rule, enum mipro_severity severity, uint64_t n)
{
    vrf_putf(out, "mipro_verify_findings{rule=\"%s\",severity=\"%s\"}", mipro_rule_def(rule)->id,
        mipro_severity_name(severity));
    put_value(out, n);
}

static void
put_findings(const struct vrf_report *r, struct vrf_out *out)
{
    put_family(out, "authenticators", "Authenticators, by verdict.");
    for (unsigned i = 0; i < MIPRO_VERDICTS; i++)
        put_of(out, "authenticators", "verdict", mipro_verdict_name(i), r->tally->verdicts[i]);
    put_family(out, "findings", "Findings, by the rule that was broken.");
    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        const enum mipro_severity severity = mipro_rule_def(i)->severity;
        uint64_t mild = severity == MIPRO_ERROR ? r->mild_by_rule[i] : 0;

        if (!r->o->rules[i])
            continue;
        put_finding(out, i, severity, r->by_rule[i] - mild);
        if (mild != 0)
            put_finding(out, i, MIPRO_WARNING, mild);
    }
}

static void
put_unseen(const struct vrf_report *r, struct vrf_out *out)
{
    size_t n;
    struct vrf_unopened_name *list = vrf_unopened_list(&r->unopened, &n);

    put_family(out, "undecided", "Cases that the captures cannot decide, by reason.");
    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        put_of(out, "undecided", "reason", mipro_undecided_name(i),
            mipro_undecided_of_reason(&r->totals, i));
    put_family(out, "unopened_frames", "Frames that were not decoded, by what hid their content.");
    for (size_t i = 0; i < n; i++)
        put_of(out, "unopened_frames", "content", list[i].name, list[i].n);
    vrf_unopened_list_free(list, n);
    put_gauge(out, "copies", "Datagrams that had been seen before.", r->totals.copies);
    put_gauge(out, "incomplete_datagrams", "Datagrams whose fragments never became complete.",
        r->incomplete);
    put_gauge(out, "overlapping_fragments", "Fragments that overlapped others.", r->overlaps);
    put_gauge(out, "dropped_states", "Times that state was dropped because the tables were full.",
        mipro_dropped_of_all(&r->totals));
    put_family(out, "dropped", "The same, by the kind of state.");
    for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++)
        put_of(out, "dropped", "kind", mipro_dropped_name(i), r->totals.dropped[i]);
}

int
vrf_metrics_write(const struct vrf_report *r, const char *path, int status)
{
    struct vrf_whole file;
    struct vrf_out *out = &file.out;
    int64_t passed = g_get_monotonic_time() - r->started; /* microseconds */
    int error = vrf_whole_begin(&file, path);

    if (error != 0)
        return error;
    put_family(out, "info", "The program that wrote this.");
    vrf_put(out, "mipro_verify_info{version=\"" MIPRO_VERSION "\"} 1\n");
    put_gauge(out, "status",
        "Exit status: 0 good, 1 not good, 3 something could not be read or written, 4 no message.",
        (uint64_t)status);
    put_gauge(
        out, "files", "Captures named on the command line, or followed.", vrf_report_files(r));
    put_gauge(out, "unread_files", "Captures that could not be read to their end.", r->unread);
    put_gauge(out, "frames", "Frames read.", r->packets);
    put_messages(r, out);
    put_findings(r, out);
    put_unseen(r, out);
    put_family(out, "duration_seconds", "How long the run took so far.");
    vrf_putf(out, "mipro_verify_duration_seconds %" PRId64 ".%06" PRId64 "\n", passed / 1000000,
        passed % 1000000);
    put_gauge(out, "written_timestamp_seconds", "When this was written, in seconds since 1970.",
        (uint64_t)(g_get_real_time() / 1000000));
    return vrf_whole_finish(&file);
}
