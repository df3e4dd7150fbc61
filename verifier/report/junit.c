/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * junit.c - JUnit's XML, for continuous integration.
 *
 * The test cases: that there is a message to judge.  Each authenticator: bad, missing and
 * expired fail; one that could not be checked is an error.  Each rule, over all files: a broken
 * rule of severity error fails; a warning or a note does not fail, but is in the output of the
 * case; a rule that could not be judged is skipped, or with --strict fails.  Each capture that could not be read to its
 * end: an error.
 *
 * The counts precede the cases, so the cases are first written to a temporary file.
 */
#include "report/report.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mipro_junit.h"
#include "temporary.h"

enum { MAX_TOLD = 100 }; /* places listed for one rule */

struct junit {
    FILE *file;
    struct vrf_out cases;
    struct mipro_text_out to; /* into them */
    struct mipro_junit_suite suite;
    GPtrArray *classes; /* for each file a unique class name */
    GHashTable *class_names;
    uint64_t frame;             /* of the last authenticator */
    GHashTable *names;          /* of the authenticators of that frame */
    GString *told[MIPRO_RULES]; /* where and how each rule was broken */
};

/* Make a name that is not in the set, text or text with a number, and add it. */
static char *
make_unique(GHashTable *names, const char *text)
{
    char *name = g_strdup(text);

    for (unsigned i = 2; g_hash_table_contains(names, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s (%u)", text, i);
    }
    g_hash_table_add(names, g_strdup(name));
    return name;
}

static GHashTable *
new_names(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* Two files may have the same name, or names that become equal when escaped for XML. */
static const char *
class_of(struct vrf_report *r, unsigned file)
{
    struct junit *j = r->own;

    while (j->classes->len <= file)
        g_ptr_array_add(j->classes, NULL);
    if (j->classes->pdata[file] == NULL) {
        GString *shown = g_string_new(NULL);
        struct mipro_text_out out = mipro_text_to_string(shown);

        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, vrf_report_name(r, file));
        j->classes->pdata[file] = make_unique(j->class_names, shown->str);
        g_string_free(shown, TRUE);
    }
    return j->classes->pdata[file];
}

/* The temporary file failed: there is no report. */
static void
give_up(struct vrf_report *r, int error)
{
    if (r->out.error != 0)
        return;
    vrf_temporary_failed(error);
    r->out.error = ECANCELED;
}

static void
junit_begin(struct vrf_report *r)
{
    struct junit *j = g_new0(struct junit, 1);

    j->file = r->o->quiet ? NULL : vrf_temporary();
    if (j->file == NULL && !r->o->quiet)
        give_up(r, errno);
    vrf_out_init(&j->cases, j->file != NULL ? fileno(j->file) : -1);
    j->to = vrf_out_text(&j->cases);
    j->suite.name = "mipro-verify";
    j->suite.seconds = -1;
    j->classes = g_ptr_array_new_with_free_func(g_free);
    j->class_names = new_names();
    j->names = new_names();
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        j->told[i] = g_string_new(NULL);
    r->own = j;
}

static void
add_case(struct junit *j, struct mipro_junit_case c)
{
    c.seconds = -1;
    mipro_junit_case(&j->to, &c, &j->suite.counts);
}

static enum mipro_junit_outcome
outcome_of(enum mipro_verdict verdict)
{
    switch (verdict) {
    case MIPRO_GOOD:
    case MIPRO_VERDICTS:
        break;
    case MIPRO_BAD:
    case MIPRO_EXPIRED:
    case MIPRO_MISSING:
        return MIPRO_JUNIT_FAILURE;
    case MIPRO_NO_KEY:
    case MIPRO_TRUNCATED:
        return MIPRO_JUNIT_ERROR;
    }
    return MIPRO_JUNIT_PASSED;
}

static void
junit_authenticator(struct vrf_report *r, const struct vrf_record *record)
{
    struct junit *j = r->own;
    uint64_t number;
    unsigned file = vrf_report_file(r, record->frame, &number);
    const char *verdict = mipro_verdict_name(record->verdict);
    GString *message = g_string_new(verdict);
    char why[MIPRO_EXPLANATION];
    char *text = g_strdup_printf("frame %" PRIu64 ", extension %u, %s to %s", number, record->ext,
        mipro_dotted(record->src).s, mipro_dotted(record->dst).s);
    char *name;

    if (record->frame != j->frame)
        g_hash_table_remove_all(j->names);
    j->frame = record->frame;
    name = make_unique(j->names, text);
    vrf_report_explain(r, record, why, sizeof(why));
    if (why[0] != '\0')
        g_string_append_printf(message, ": %s", why);
    else if (record->association != NULL)
        g_string_append_printf(message, ", association %s", record->association->name);
    if (r->known != NULL && r->accepted)
        g_string_append_printf(message, ", known: %s", r->known->reason);
    add_case(j, (struct mipro_junit_case){
                    .classname = class_of(r, file),
                    .name = name,
                    .outcome = r->known != NULL && r->accepted ? MIPRO_JUNIT_SKIPPED
                                                               : outcome_of(record->verdict),
                    .type = verdict,
                    .message = message->str,
                });
    g_string_free(message, TRUE);
    g_free(text);
    g_free(name);
}

static void
junit_finding(struct vrf_report *r, const struct vrf_record *record)
{
    struct junit *j = r->own;
    GString *told = j->told[record->finding->rule];
    struct mipro_text_out out = mipro_text_to_string(told);
    uint64_t number;
    unsigned file = vrf_report_file(r, record->frame, &number);

    if (r->by_rule[record->finding->rule] > MAX_TOLD)
        return;
    mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, vrf_report_name(r, file));
    g_string_append_printf(told, ":%" PRIu64 ": ", number);
    mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, record->finding->text);
    if (r->known != NULL && r->accepted) {
        g_string_append(told, " [known: ");
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, r->known->reason);
        g_string_append_c(told, ']');
    }
    g_string_append_c(told, '\n');
}

static void
junit_broken(struct vrf_report *r, unsigned file, uint64_t frame, const char *error)
{
    struct junit *j = r->own;
    char *message = g_strdup_printf("frame %" PRIu64 ": %s", frame, error);

    add_case(j, (struct mipro_junit_case){
                    .classname = class_of(r, file),
                    .name = "read to the end",
                    .outcome = MIPRO_JUNIT_ERROR,
                    .type = "unread",
                    .message = message,
                });
    g_free(message);
}

static void
put_rule(struct vrf_report *r, enum mipro_rule rule)
{
    struct junit *j = r->own;
    const struct mipro_rule_def *def = mipro_rule_def(rule);
    struct mipro_junit_case c = { .classname = "rules", .name = def->id };
    const char *undecided = vrf_report_undecided(r, rule);
    const char *doubt = r->o->strict ? vrf_report_doubt(r, rule) : NULL;
    char *message = NULL, *note = NULL;
    uint64_t n = r->by_rule[rule];

    if (def->severity == MIPRO_ERROR && vrf_report_new_of_rule(r, rule) != 0) {
        message =
            g_strdup_printf("%s Broken %" PRIu64 " %s.", def->text, n, n == 1 ? "time" : "times");
        c.outcome = MIPRO_JUNIT_FAILURE;
        c.type = def->id;
        c.message = message;
        c.detail = j->told[rule]->str;
    } else if (doubt != NULL) {
        c.outcome = MIPRO_JUNIT_FAILURE;
        c.type = "undecided";
        c.message = doubt;
        c.detail = n != 0 ? j->told[rule]->str : NULL;
    } else if (undecided != NULL) {
        c.outcome = MIPRO_JUNIT_SKIPPED;
        c.message = undecided;
    } else if (n != 0) {
        note = g_strdup_printf("%s, %" PRIu64 " %s:\n%s",
            mipro_severity_name(vrf_report_severity(r, rule)), n, n == 1 ? "time" : "times",
            j->told[rule]->str);
        c.note = note;
    }
    add_case(j, c);
    g_free(message);
    g_free(note);
}

/* An input without messages is not a pass: nothing was judged. */
static void
put_input(struct vrf_report *r)
{
    struct mipro_junit_case c = { .classname = "input", .name = "a message to judge" };

    if (r->messages == 0 && !r->o->allow_empty) {
        c.outcome = MIPRO_JUNIT_FAILURE;
        c.type = "nothing";
        c.message = "no message in the input";
    }
    add_case(r->own, c);
}

/* Entries of the baseline that were not found: not a failure, but worth a review. */
static void
put_absent(struct vrf_report *r)
{
    struct mipro_junit_case c = { .classname = "baseline", .name = "entries that were not found" };
    GString *note = g_string_new(NULL);
    struct mipro_text_out out = mipro_text_to_string(note);
    const struct vrf_known *known;
    unsigned n = 0;

    for (size_t i = 0; (known = vrf_report_absent(r, &i)) != NULL && n < MAX_TOLD; n++) {
        g_string_append_printf(note, "%s, %s > %s: ", vrf_fingerprint_what(&known->f).s,
            mipro_dotted(known->f.src).s, mipro_dotted(known->f.dst).s);
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, known->reason);
        g_string_append_c(note, '\n');
    }
    c.note = n != 0 ? note->str : NULL;
    if (r->o->baseline != NULL)
        add_case(r->own, c);
    g_string_free(note, TRUE);
}

/* Copy the cases from the temporary file to the report. */
static void
copy_cases(struct vrf_report *r)
{
    struct junit *j = r->own;
    char buf[65536];
    size_t n;

    vrf_out_flush(&j->cases);
    if (j->cases.error != 0)
        give_up(r, j->cases.error);
    if (j->file == NULL)
        return;
    rewind(j->file);
    while ((n = fread(buf, 1, sizeof(buf), j->file)) != 0)
        vrf_put_octets(&r->out, buf, n);
    if (ferror(j->file) != 0 && r->out.error == 0)
        give_up(r, EIO);
    fclose(j->file);
}

static void
junit_end(struct vrf_report *r)
{
    struct junit *j = r->own;
    struct mipro_text_out out = vrf_out_text(&r->out);

    put_input(r);
    put_absent(r);
    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        if (r->o->rules[i])
            put_rule(r, i);
        g_string_free(j->told[i], TRUE);
    }
    mipro_junit_begin(&out, &j->suite);
    copy_cases(r);
    mipro_junit_end(&out, &j->suite);
    g_hash_table_destroy(j->names);
    g_ptr_array_free(j->classes, TRUE);
    g_hash_table_destroy(j->class_names);
    g_free(j);
}

const struct vrf_format vrf_junit_format = {
    .name = "junit",
    .lists_good = true,
    .for_people = false,
    .begin = junit_begin,
    .authenticator = junit_authenticator,
    .finding = junit_finding,
    .broken = junit_broken,
    .end = junit_end,
};
