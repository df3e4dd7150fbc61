/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_junit.c - for continuous integration: what a test is, in an audit.
 *
 * Each authenticator is a test case: bad, missing and expired fail; what could not
 * be checked is an error.  Each rule is one, over all files: of severity error it
 * fails if it was broken; a warning or a note does not fail, it is said in its
 * output.  Each capture that could not be read to its end is one, in error.
 *
 * The counts stand before the cases: the cases wait in a temporary file.
 */
#include "report/report.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TOLD = 100 }; /* places told of one rule */

struct junit {
    FILE *file;
    struct vrf_out cases;
    uint64_t tests, failures, errors;
    GString *told[MIPRO_RULES]; /* where and how each rule was broken */
};

static void
junit_begin(struct vrf_report *r)
{
    struct junit *j = g_new0(struct junit, 1);

    j->file = r->o->quiet ? NULL : tmpfile();
    if (j->file == NULL && !r->o->quiet)
        r->out.error = errno;
    vrf_out_init(&j->cases, j->file != NULL ? fileno(j->file) : -1);
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        j->told[i] = g_string_new(NULL);
    r->own = j;
}

static void
junit_authenticator(struct vrf_report *r, const struct vrf_record *record)
{
    struct junit *j = r->own;
    struct vrf_out *out = &j->cases;
    uint64_t number;
    unsigned file = vrf_report_file(r, record->frame, &number);
    const char *verdict = mipro_verdict_name(record->verdict), *element = NULL;

    j->tests++;
    vrf_put(out, "    <testcase classname=\"");
    vrf_put_xml(out, r->o->files[file]);
    vrf_putf(out, "\" name=\"frame %" PRIu64 ", extension %u, ", number, record->ext);
    vrf_put_address(out, record->src);
    vrf_put(out, " to ");
    vrf_put_address(out, record->dst);
    switch ((enum mipro_verdict)record->verdict) {
    case MIPRO_GOOD:
    case MIPRO_VERDICTS:
        break;
    case MIPRO_BAD:
    case MIPRO_EXPIRED:
    case MIPRO_MISSING:
        element = "failure";
        j->failures++;
        break;
    case MIPRO_NO_KEY:
    case MIPRO_TRUNCATED:
        element = "error";
        j->errors++;
        break;
    }
    if (element == NULL) {
        vrf_put(out, "\"/>\n");
        return;
    }
    vrf_putf(out, "\"><%s type=\"%s\" message=\"%s", element, verdict, verdict);
    if (record->has_spi)
        vrf_putf(out, ", SPI 0x%08x", record->spi);
    if (record->association != NULL) {
        vrf_put(out, ", association ");
        vrf_put_xml(out, record->association->name);
    }
    vrf_put(out, "\"/></testcase>\n");
}

static void
junit_finding(struct vrf_report *r, const struct vrf_record *record)
{
    struct junit *j = r->own;
    uint64_t number;
    unsigned file = vrf_report_file(r, record->frame, &number);

    if (r->by_rule[record->finding->rule] <= MAX_TOLD)
        g_string_append_printf(j->told[record->finding->rule], "%s:%" PRIu64 ": %s\n",
            r->o->files[file], number, record->finding->text);
}

static void
junit_broken(struct vrf_report *r, unsigned file, uint64_t frame, const char *error)
{
    struct junit *j = r->own;
    struct vrf_out *out = &j->cases;

    j->tests++;
    j->errors++;
    vrf_put(out, "    <testcase classname=\"");
    vrf_put_xml(out, r->o->files[file]);
    vrf_put(out, "\" name=\"read to the end\"><error type=\"unread\" message=\"");
    vrf_putf(out, "frame %" PRIu64 ": ", frame);
    vrf_put_xml(out, error);
    vrf_put(out, "\"/></testcase>\n");
}

static void
put_rule(struct vrf_report *r, unsigned i)
{
    struct junit *j = r->own;
    const struct mipro_rule_def *rule = mipro_rule_def(i);
    const char *element = rule->severity == MIPRO_ERROR ? "failure" : "system-out";

    j->tests++;
    vrf_putf(&j->cases, "    <testcase classname=\"rules\" name=\"%s\"", rule->id);
    if (r->by_rule[i] == 0) {
        vrf_put(&j->cases, "/>\n");
        return;
    }
    if (rule->severity == MIPRO_ERROR) {
        j->failures++;
        vrf_putf(&j->cases, "><failure type=\"%s\" message=\"", rule->id);
        vrf_put_xml(&j->cases, rule->text);
        vrf_putf(&j->cases, " Broken %" PRIu64 " times.\">\n", r->by_rule[i]);
    } else {
        vrf_putf(&j->cases, "><system-out>%s, %" PRIu64 " times:\n",
            mipro_severity_name(rule->severity), r->by_rule[i]);
    }
    vrf_put_xml(&j->cases, j->told[i]->str);
    vrf_putf(&j->cases, "</%s></testcase>\n", element);
}

static void
junit_end(struct vrf_report *r)
{
    struct junit *j = r->own;
    char buf[65536];
    size_t n;

    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        if (r->o->rules[i])
            put_rule(r, i);
        g_string_free(j->told[i], TRUE);
    }
    vrf_out_flush(&j->cases);
    if (r->out.error == 0)
        r->out.error = j->cases.error;
    vrf_putf(&r->out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"mipro-verify\" tests=\"%" PRIu64 "\" failures=\"%" PRIu64
        "\" errors=\"%" PRIu64 "\">\n",
        j->tests, j->failures, j->errors);
    if (j->file != NULL) {
        rewind(j->file);
        while ((n = fread(buf, 1, sizeof(buf), j->file)) != 0)
            vrf_put_octets(&r->out, buf, n);
        if (ferror(j->file) != 0 && r->out.error == 0)
            r->out.error = EIO;
        fclose(j->file);
    }
    vrf_put(&r->out, "  </testsuite>\n</testsuites>\n");
    g_free(j);
}

const struct vrf_format_ops vrf_junit_format = { junit_begin, junit_authenticator, junit_finding,
    junit_broken, junit_end };
