/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sarif.c - SARIF 2.1.0 (OASIS), for programs that collect the results of analyses.
 *
 * Each rule of the draft is a SARIF rule, and so is each verdict except good.  A finding is a
 * result.  An authenticator that is bad, expired or missing is a result of level error; one that
 * could not be checked has the kind "open", since it neither passed nor failed.  Good ones are
 * counted in the properties of the run.  The line of a location is the frame number.
 *
 * With a baseline, accepted results are suppressed, with the reason; entries that were not found
 * are results with the state "absent", and their location is the line of the baseline.
 *
 * GitHub's code scanning demands more than the standard: it refuses a whole log for one result
 * without a location, allows a rule no default level "none", and identifies results by one
 * fingerprint of its own, primaryLocationLineHash.
 */
#include "report/report.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

enum { MAX_TOLD = 1000 }; /* unreadable captures for which the reason is given */

/* clang-format off */
static const struct {
    const char *title, *text;
} verdicts[MIPRO_VERDICTS] = {
    [MIPRO_GOOD]      = { NULL, NULL },
    [MIPRO_BAD]       = { "Authenticator does not match its association",
                          "An authenticator is computed with the key of its association." },
    [MIPRO_EXPIRED]   = { "Association used outside its validity period",
                          "An association is used only within its validity period." },
    [MIPRO_NO_KEY]    = { "No association is known for an authenticator",
                          "An authenticator can be checked only with the key of its association; whether this one "
                          "is good is not known." },
    [MIPRO_TRUNCATED] = { "The authenticator, or data that it covers, was not captured completely",
                          "An authenticator can be checked only if all octets that it covers were captured; whether this "
                          "one is good is not known." },
    [MIPRO_MISSING]   = { "Binding Update without an authenticator",
                          "A Binding Update carries an authentication extension." },
};
/* clang-format on */

struct sarif {
    bool any;      /* a result was written */
    GString *told; /* notifications: captures that could not be read */
    unsigned n_told;
};

static const char *
level(enum mipro_severity severity)
{
    return mipro_severity_name(severity); /* SARIF uses the same words: error, warning, note */
}

static bool
could_be_checked(enum mipro_verdict verdict)
{
    return verdict != MIPRO_NO_KEY && verdict != MIPRO_TRUNCATED;
}

/* The index of this verdict's rule: after the rules of the draft. */
static unsigned
verdict_index(enum mipro_verdict verdict)
{
    unsigned n = MIPRO_RULES;

    for (unsigned i = 0; i < (unsigned)verdict; i++)
        n += verdicts[i].title != NULL;
    return n;
}

static void
put_rule(struct vrf_out *out, bool first, const char *id, const char *title, const char *text,
    const char *help, const char *default_level)
{
    vrf_put(out, first ? "{\"id\":" : ",\n{\"id\":");
    vrf_put_json(out, id);
    vrf_put(out, ",\"shortDescription\":{\"text\":");
    vrf_put_json(out, title);
    vrf_put(out, "},\"fullDescription\":{\"text\":");
    vrf_put_json(out, text);
    vrf_put(out, "},\"help\":{\"text\":");
    vrf_put_json(out, help);
    vrf_putf(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", default_level);
}

static void
put_rules(struct vrf_out *out)
{
    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        const struct mipro_rule_def *def = mipro_rule_def(i);
        char *help = g_strdup_printf("%s: %s. Required by section %s of "
                                     "draft-ietf-mobileip-optim: %s",
            def->id, def->violation, def->section, def->text);

        put_rule(out, i == 0, def->id, def->violation, def->text, help, level(def->severity));
        g_free(help);
    }
    for (unsigned i = 0; i < MIPRO_VERDICTS; i++) {
        char *id;

        if (verdicts[i].title == NULL)
            continue;
        id = g_strdup_printf("authenticator-%s", mipro_verdict_name(i));
        put_rule(out, false, id, verdicts[i].title, verdicts[i].text, verdicts[i].text,
            could_be_checked(i) ? "error" : "note");
        g_free(id);
    }
}

static void
sarif_begin(struct vrf_report *r)
{
    struct sarif *s = g_new0(struct sarif, 1);
    struct vrf_out *out = &r->out;

    s->told = g_string_new(NULL);
    r->own = s;
    vrf_put(out, "{\"$schema\":\"" SCHEMA "\",\n\"version\":\"2.1.0\",\n\"runs\":[{\"tool\":{"
                 "\"driver\":{\"name\":\"mipro-verify\",\"version\":");
    vrf_put_json(out, MIPRO_VERSION);
    vrf_put(out, ",\"rules\":[\n");
    put_rules(out);
    vrf_put(out, "]}},\n\"results\":[");
}

/* Write a path as a URI; relative paths remain relative. */
static void
put_uri(struct vrf_out *out, const char *path)
{
    char *uri = path[0] == '/' ? g_filename_to_uri(path, NULL, NULL) : NULL;

    if (strcmp(path, "-") == 0)
        path = "stdin";
    if (uri == NULL)
        uri = g_uri_escape_string(path, "/", FALSE);
    vrf_put_json(out, uri);
    g_free(uri);
}

static void
put_physical_location(struct vrf_out *out, const char *path, uint64_t line)
{
    vrf_put(out, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    put_uri(out, path);
    vrf_putf(out, "},\"region\":{\"startLine\":%" PRIu64 "}}", line);
}

static void
put_location(struct vrf_report *r, uint64_t frame, bool with_id, unsigned id)
{
    struct vrf_out *out = &r->out;
    uint64_t number;
    unsigned file = vrf_report_file(r, frame, &number);

    vrf_put(out, "{");
    if (with_id)
        vrf_putf(out, "\"id\":%u,", id);
    put_physical_location(out, vrf_report_name(r, file), number);
    vrf_putf(out, ",\"logicalLocations\":[{\"name\":\"frame %" PRIu64 "\"}]}", number);
}

static void
put_fingerprint(struct vrf_out *out, const struct vrf_fingerprint *f)
{
    char *node = vrf_fingerprint_node(f);
    char *text = g_strdup_printf("%s %s %s %s", vrf_fingerprint_what(f).s, mipro_dotted(f->src).s,
        mipro_dotted(f->dst).s, node[0] != '\0' ? node : "-");
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    vrf_put(out, ",\"partialFingerprints\":{\"mipro/v1\":");
    vrf_put_json(out, text);
    vrf_putf(out, ",\"primaryLocationLineHash\":\"%.16s:1\"}", sum);
    g_free(sum);
    g_free(text);
    g_free(node);
}

static void
put_suppression(struct vrf_out *out, const struct vrf_known *known)
{
    vrf_put(out, ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\","
                 "\"justification\":");
    vrf_put_json(out, known->reason);
    vrf_put(out, "}]");
}

/* Write the beginning of a result, up to its message. */
static void
put_head(struct vrf_report *r, const char *rule, unsigned index, const char *kind,
    const char *result_level)
{
    struct sarif *s = r->own;

    vrf_putf(&r->out,
        "%s{\"ruleId\":\"%s\",\"ruleIndex\":%u,\"kind\":\"%s\",\"level\":\"%s\","
        "\"message\":{\"text\":",
        s->any ? ",\n" : "\n", rule, index, kind, result_level);
    s->any = true;
}

/* Write the rest of a result, which is the same for both kinds of records. */
static void
put_tail(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    uint64_t number;

    vrf_put(out, "},\"locations\":[");
    put_location(r, record->frame, false, 0);
    vrf_put(out, "]");
    if (vrf_is_finding(record) && record->finding->n_related != 0) {
        vrf_put(out, ",\"relatedLocations\":[");
        for (unsigned i = 0; i < record->finding->n_related; i++) {
            if (i != 0)
                vrf_put(out, ",");
            put_location(r, record->finding->related[i], true, i + 1);
        }
        vrf_put(out, "]");
    }
    put_fingerprint(out, &r->fingerprint);
    if (r->o->baseline != NULL)
        vrf_putf(out, ",\"baselineState\":\"%s\"", r->known != NULL ? "unchanged" : "new");
    if (r->accepted)
        put_suppression(out, r->known);
    (void)vrf_report_file(r, record->frame, &number);
    vrf_putf(out, ",\"properties\":{\"frame\":%" PRIu64 ",\"time\":", number);
    if (record->time == MIPRO_TIME_NONE) {
        vrf_put(out, "null");
    } else {
        vrf_put(out, "\"");
        vrf_put_time(out, record->time);
        vrf_put(out, "\"");
    }
    vrf_putf(out, ",\"source\":\"%s\",\"destination\":\"%s\"}}", mipro_dotted(record->src).s,
        mipro_dotted(record->dst).s);
}

static void
sarif_authenticator(struct vrf_report *r, const struct vrf_record *record)
{
    enum mipro_verdict verdict = record->verdict;
    const char *name = mipro_verdict_name(verdict);
    bool checked = could_be_checked(verdict);
    char why[MIPRO_EXPLANATION];
    GString *text;
    char rule[40];

    if (verdict == MIPRO_GOOD)
        return;
    snprintf(rule, sizeof(rule), "authenticator-%s", name);
    put_head(
        r, rule, verdict_index(verdict), checked ? "fail" : "open", checked ? "error" : "none");
    text = g_string_new(NULL);
    g_string_append_printf(text, "%s: extension %u, %s to %s", name, record->ext,
        mipro_dotted(record->src).s, mipro_dotted(record->dst).s);
    vrf_report_explain(r, record, why, sizeof(why));
    g_string_append_printf(text, ": %s", why);
    vrf_put_json(&r->out, text->str);
    g_string_free(text, TRUE);
    put_tail(r, record);
}

static void
sarif_finding(struct vrf_report *r, const struct vrf_record *record)
{
    const struct mipro_rule_def *def = mipro_rule_def(record->finding->rule);

    put_head(
        r, def->id, record->finding->rule, "fail", level(mipro_finding_severity(record->finding)));
    vrf_put_json(&r->out, record->finding->text);
    put_tail(r, record);
}

static void
sarif_broken(struct vrf_report *r, unsigned file, uint64_t frame, const char *error)
{
    struct sarif *s = r->own;
    struct mipro_text_out out = mipro_text_to_string(s->told);

    if (s->n_told++ >= MAX_TOLD)
        return;
    g_string_append(s->told, s->n_told == 1 ? "" : ",");
    g_string_append(s->told, "{\"level\":\"error\",\"message\":{\"text\":\"");
    mipro_text_escape(&out, MIPRO_ESCAPE_JSON, vrf_report_name(r, file));
    g_string_append_printf(s->told, ": frame %" PRIu64 ": ", frame);
    mipro_text_escape(&out, MIPRO_ESCAPE_JSON, error);
    g_string_append(s->told, "\"}}");
}

static void
put_absent(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    const struct vrf_known *known;

    for (size_t i = 0; (known = vrf_report_absent(r, &i)) != NULL;) {
        const struct vrf_fingerprint *f = &known->f;
        bool is_rule = f->what < MIPRO_RULES;
        enum mipro_verdict verdict = is_rule ? MIPRO_GOOD : f->what - MIPRO_RULES;
        char rule[64];

        if (is_rule)
            snprintf(rule, sizeof(rule), "%s", mipro_rule_def(f->what)->id);
        else
            snprintf(rule, sizeof(rule), "authenticator-%s", mipro_verdict_name(verdict));
        put_head(r, rule, is_rule ? f->what : verdict_index(verdict), "review", "none");
        vrf_put_json(out, "is in the baseline, and was not found in this input");
        vrf_put(out, "},\"locations\":[{");
        put_physical_location(out, vrf_baseline_path(r->o->baseline), known->line);
        vrf_put(out, "}]");
        put_fingerprint(out, f);
        vrf_put(out, ",\"baselineState\":\"absent\"");
        put_suppression(out, known);
        vrf_put(out, "}");
    }
}

static void
sarif_end(struct vrf_report *r)
{
    struct sarif *s = r->own;
    struct vrf_out *out = &r->out;

    put_absent(r);
    vrf_putf(out, "],\n\"invocations\":[{\"executionSuccessful\":%s",
        r->unread != 0 || r->out.error != 0 ? "false" : "true");
    if (s->n_told != 0)
        vrf_putf(out, ",\"toolExecutionNotifications\":[%s]", s->told->str);
    vrf_putf(out,
        "}],\n\"columnKind\":\"utf16CodeUnits\",\n\"properties\":{\"files\":%u,\"packets\":%" PRIu64
        ",\"authenticators\":{",
        vrf_report_files(r), r->packets);
    for (unsigned i = 0; i < MIPRO_VERDICTS; i++)
        vrf_putf(out, "%s\"%s\":%" PRIu64, i == 0 ? "" : ",", mipro_verdict_name(i),
            r->tally->verdicts[i]);
    vrf_put(out, "},\"findings\":{");
    for (int i = MIPRO_ERROR; i >= MIPRO_NOTE; i--)
        vrf_putf(out, "%s\"%s\":%" PRIu64, i == MIPRO_ERROR ? "" : ",",
            mipro_severity_name((enum mipro_severity)i), r->findings[i]);
    vrf_put(out, "},\"undecided\":{");
    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        vrf_putf(out, "%s\"%s\":%" PRIu64, i == 0 ? "" : ",", mipro_undecided_name(i),
            mipro_undecided_of_reason(&r->totals, i));
    vrf_put(out, "}}}]}\n");
    g_string_free(s->told, TRUE);
    g_free(s);
}

const struct vrf_format vrf_sarif_format = {
    .name = "sarif",
    .lists_good = false,
    .for_people = false,
    .begin = sarif_begin,
    .authenticator = sarif_authenticator,
    .finding = sarif_finding,
    .broken = sarif_broken,
    .end = sarif_end,
};
