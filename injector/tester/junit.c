/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/points.h"

static void
print_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void
print_point(FILE *out, const char *role, const struct inj_point *point)
{
    const struct inj_judgement *j = &point->judgement;

    fprintf(out, "  <testcase classname=\"mipro.%s\" name=\"%s\" time=\"%.3f\"", role, point->c->id,
        point->seconds);
    if (j->verdict == INJ_PASS) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    switch (j->verdict) {
    case INJ_FAIL:
    case INJ_INCONCLUSIVE:
        fprintf(out, "    <failure type=\"%s\" message=\"", inj_verdict_name(j->verdict));
        print_escaped(out, j->reason);
        fputs("\">", out);
        print_escaped(out, point->c->summary);
        fputs(" (", out);
        print_escaped(out, point->c->section);
        fputs(")</failure>\n", out);
        break;
    case INJ_SKIP:
        fputs("    <skipped message=\"", out);
        print_escaped(out, j->reason);
        fputs("\"/>\n", out);
        break;
    default:
        fputs("    <system-out>WARN ", out);
        print_escaped(out, j->reason);
        fputs("</system-out>\n", out);
    }
    fputs("  </testcase>\n", out);
}

bool
inj_junit_write(FILE *out, const char *role, const struct inj_point *points, size_t n)
{
    size_t failures = 0, skipped = 0;
    double seconds = 0;

    for (size_t i = 0; i < n; i++) {
        failures += inj_is_not_ok(points[i].judgement.verdict);
        skipped += points[i].judgement.verdict == INJ_SKIP;
        seconds += points[i].seconds;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    fprintf(out,
        "<testsuite name=\"mipro-inject test %s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
        "skipped=\"%zu\" time=\"%.3f\">\n",
        role, n, failures, skipped, seconds);
    for (size_t i = 0; i < n; i++)
        print_point(out, role, &points[i]);
    fputs("</testsuite>\n", out);
    return fflush(out) == 0 && ferror(out) == 0;
}
