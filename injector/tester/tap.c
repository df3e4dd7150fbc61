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
    };

    return names[verdict];
}

bool
inj_is_not_ok(enum inj_verdict verdict)
{
    return verdict == INJ_FAIL || verdict == INJ_INCONCLUSIVE;
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
