/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/points.h"

#include <stdarg.h>

const char *
inj_verdict_name(enum inj_verdict verdict)
{
    static const char *const names[] = {
        [INJ_PASS] = "PASS",
        [INJ_SKIP] = "SKIP",
        [INJ_WARN] = "WARN",
        [INJ_INCONCLUSIVE] = "INCONCLUSIVE",
        [INJ_FAIL] = "FAIL",
        [INJ_FLAKY] = "FLAKY",
        [INJ_XFAIL] = "XFAIL",
        [INJ_XPASS] = "XPASS",
    };

    return names[verdict];
}

bool
inj_is_not_ok(enum inj_verdict verdict)
{
    return verdict == INJ_FAIL || verdict == INJ_INCONCLUSIVE || verdict == INJ_FLAKY ||
           verdict == INJ_XPASS;
}

void
inj_tap_plan(FILE *out, size_t n)
{
    fprintf(out, "TAP version 13\n1..%zu\n", n);
    fflush(out);
}

/* In YAML's double quotes. */
static void
print_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void
print_field(FILE *out, const char *name, const char *text)
{
    fprintf(out, "  %s: ", name);
    print_quoted(out, text);
    fputc('\n', out);
}

void
inj_tap_point(FILE *out, size_t number, const struct inj_point *point)
{
    const struct inj_judgement *j = &point->judgement;

    fprintf(out, "%sok %zu - %s", inj_is_not_ok(j->verdict) ? "not " : "", number, point->c->id);
    if (j->verdict != INJ_PASS && j->verdict != INJ_FAIL)
        fprintf(out, " # %s %s", inj_verdict_name(j->verdict), j->reason);
    fputc('\n', out);
    if (j->verdict == INJ_FAIL) {
        fputs("  ---\n", out);
        print_field(out, "message", j->reason);
        print_field(out, "case", point->c->summary);
        print_field(out, "section", point->c->section);
        fputs("  ...\n", out);
    }
    fflush(out);
}

void
inj_tap_comment(FILE *out, const char *format, ...)
{
    va_list args;

    fputs("# ", out);
    va_start(args, format);
    vfprintf(out, format, args);
    va_end(args);
    fputc('\n', out);
}

void
inj_tap_counts(FILE *out, const size_t count[INJ_VERDICTS], const char *skipped)
{
    const struct {
        enum inj_verdict verdict;
        const char *name;
        bool always;
    } counts[] = {
        { INJ_PASS, "passed", true },
        { INJ_WARN, "warned", true },
        { INJ_FAIL, "failed", true },
        { INJ_INCONCLUSIVE, "inconclusive", true },
        { INJ_SKIP, skipped, true },
        { INJ_FLAKY, "flaky", false },
        { INJ_XFAIL, "failed as expected", false },
        { INJ_XPASS, "passed unexpectedly", false },
    };
    const char *before = "";

    for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
        if (count[counts[k].verdict] == 0 && !counts[k].always)
            continue;
        fprintf(out, "%s%zu %s", before, count[counts[k].verdict], counts[k].name);
        before = ", ";
    }
    fputc('\n', out);
}

void
inj_tap_summary(FILE *out, const struct inj_point *points, size_t n)
{
    size_t count[INJ_VERDICTS] = { 0 };

    for (size_t i = 0; i < n; i++)
        count[points[i].judgement.verdict]++;
    fputs("# summary: ", out);
    inj_tap_counts(out, count, "skipped");
}
