/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run of cases is reported as: TAP and JUnit. */
#include "unit.h"

#include <stdio.h>

#include "tester/points.h"

/* clang-format off */
static const struct {
    enum inj_verdict verdict;
    const char *reason;
    const char *tap;
} lines[] = {
    { INJ_PASS,         "",         "ok 7 - VAL-01\n" },
    { INJ_WARN,         "so",       "ok 7 - VAL-01 # WARN so\n" },
    { INJ_SKIP,         "so",       "ok 7 - VAL-01 # SKIP so\n" },
    { INJ_INCONCLUSIVE, "so",       "not ok 7 - VAL-01 # INCONCLUSIVE so\n" },
    { INJ_FAIL,         "a \"b\"",  "not ok 7 - VAL-01\n  ---\n  message: \"a \\\"b\\\"\"\n" },
};
/* clang-format on */

static void
each_verdict_has_its_line_of_tap(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct inj_point point = { .c = inj_case_by_id("VAL-01") };
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        assert_non_null(out);
        point.judgement.verdict = lines[i].verdict;
        snprintf(point.judgement.reason, sizeof(point.judgement.reason), "%s", lines[i].reason);
        inj_tap_point(out, 7, &point);
        fclose(out);
        if (strncmp(text, lines[i].tap, strlen(lines[i].tap)) != 0)
            fail_msg("row %zu: %s", i, text);
        free(text);
    }
}

static void
junit_has_a_failure_for_each_not_ok_and_escapes_it(void **state)
{
    struct inj_point points[] = { { .c = inj_case_by_id("VAL-01") },
        { .c = inj_case_by_id("AUT-02"), .judgement = { INJ_FAIL, "<&\">" } },
        { .c = inj_case_by_id("AUT-03"), .judgement = { INJ_INCONCLUSIVE, "none" } },
        { .c = inj_case_by_id("VAL-04"), .judgement = { INJ_SKIP, "another" } } };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    assert_true(inj_junit_write(out, "correspondent", points, COUNT(points)));
    fclose(out);
    assert_non_null(strstr(text, "tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\""));
    assert_non_null(strstr(text, "name=\"AUT-02\""));
    assert_non_null(strstr(text, "<failure type=\"FAIL\" message=\"&lt;&amp;&quot;&gt;\">"));
    assert_non_null(strstr(text, "<failure type=\"INCONCLUSIVE\" message=\"none\">"));
    assert_non_null(strstr(text, "<skipped message=\"another\"/>"));
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verdict_has_its_line_of_tap),
        cmocka_unit_test(junit_has_a_failure_for_each_not_ok_and_escapes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
