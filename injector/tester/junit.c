/* SPDX-License-Identifier: GPL-2.0-or-later */
/* junit.c - a run as one JUnit test suite: a test case for each point, named by its ID. */
#include "tester/points.h"

#include "mipro_junit.h"

static enum mipro_junit_outcome
outcome_of(enum inj_verdict verdict)
{
    if (inj_is_not_ok(verdict))
        return MIPRO_JUNIT_FAILURE;
    return verdict == INJ_SKIP || verdict == INJ_XFAIL ? MIPRO_JUNIT_SKIPPED : MIPRO_JUNIT_PASSED;
}

static void
put_point(const struct mipro_text_out *out, const char *role, const struct inj_point *point,
    struct mipro_junit_counts *counts)
{
    const struct inj_judgement *j = &point->judgement;
    const enum mipro_junit_outcome outcome = outcome_of(j->verdict);
    char class_name[64], detail[512];
    struct mipro_junit_case c = {
        .classname = class_name, .name = point->c->id, .seconds = point->seconds, .outcome = outcome
    };

    (void)snprintf(class_name, sizeof(class_name), "mipro.%s", role);
    (void)snprintf(detail, sizeof(detail), "%s (%s)", point->c->summary, point->c->section);
    switch (outcome) {
    case MIPRO_JUNIT_FAILURE:
        c.type = inj_verdict_name(j->verdict);
        c.message = j->reason;
        c.detail = detail;
        break;
    case MIPRO_JUNIT_SKIPPED:
        c.message = j->reason;
        break;
    default:
        if (j->verdict != INJ_PASS) {
            (void)snprintf(
                detail, sizeof(detail), "%s %s", inj_verdict_name(j->verdict), j->reason);
            c.note = detail;
        }
    }
    mipro_junit_case(out, &c, counts);
}

bool
inj_junit_write(FILE *out, const char *role, const struct inj_point *points, size_t n)
{
    GString *cases = g_string_new(NULL), *text = g_string_new(NULL);
    const struct mipro_text_out to_cases = mipro_text_to_string(cases);
    const struct mipro_text_out to_text = mipro_text_to_string(text);
    struct mipro_junit_suite suite = { .is_root = true };
    char name[64];
    bool written;

    (void)snprintf(name, sizeof(name), "mipro-inject test %s", role);
    suite.name = name;
    for (size_t i = 0; i < n; i++) {
        put_point(&to_cases, role, &points[i], &suite.counts);
        suite.seconds += points[i].seconds;
    }
    mipro_junit_begin(&to_text, &suite);
    g_string_append_len(text, cases->str, (gssize)cases->len);
    mipro_junit_end(&to_text, &suite);
    written = fwrite(text->str, 1, text->len, out) == text->len && fflush(out) == 0;
    g_string_free(cases, TRUE);
    g_string_free(text, TRUE);
    return written && ferror(out) == 0;
}
