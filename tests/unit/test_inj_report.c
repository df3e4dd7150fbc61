/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports of a run of cases: TAP and JUnit. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tester/expect.h"
#include "tester/matrix.h"

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

/* The expected, the actual and the reported verdict. */
static const struct {
    const char *line; /* of the file */
    enum inj_verdict found, want;
} expectations[] = {
    { "VAL-01 PASS\n", INJ_FAIL, INJ_FAIL }, { "VAL-01 FAIL known\n", INJ_FAIL, INJ_XFAIL },
    { "VAL-01 FAIL\n", INJ_INCONCLUSIVE, INJ_INCONCLUSIVE },
    { "VAL-01 INCONCLUSIVE\n", INJ_FAIL, INJ_FAIL },
    { "VAL-01 INCONCLUSIVE\n", INJ_INCONCLUSIVE, INJ_XFAIL },
    { "VAL-01 FAIL\n", INJ_PASS, INJ_XPASS }, { "VAL-01 FAIL\n", INJ_WARN, INJ_XPASS },
    { "VAL-01 FAIL\n", INJ_SKIP, INJ_SKIP }, { "VAL-01 FLAKY\n", INJ_PASS, INJ_PASS },
    { "VAL-01 FLAKY\n", INJ_FAIL, INJ_XFAIL }, { "VAL-01 FLAKY\n", INJ_FLAKY, INJ_XFAIL },
    { "VAL-01 FAIL\n", INJ_FLAKY, INJ_FLAKY },
    { "\xef\xbb\xbfVAL-01 FAIL\r\n", INJ_FAIL, INJ_XFAIL }, /* as Windows editors save it */
    { "  # nothing\n\nVAL-02 FAIL\n", INJ_FAIL, INJ_FAIL }, /* not listed */
};

/* Lines that are not allowed in a file of expected results. */
static const char *const odd_lines[] = { "VAL-01\n", "VAL-01 fail\n", "VAL-01 XFAIL\n", "\xff\xfeV",
    "V", "VAL-01 FAIL\nVAL-01 PASS\n" };

static char expect_path[] = "/tmp/mipro-expect-XXXXXX";

static struct inj_expected *
read_expected(const char *text)
{
    FILE *f = fopen(expect_path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    return inj_expected_read(expect_path);
}

static void
known_failures_are_distinguished_from_new_ones(void **state)
{
    const struct inj_case *c = inj_case_by_id("VAL-01");
    const int fd = mkstemp(expect_path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < COUNT(expectations); i++) {
        const struct inj_judgement j = { .verdict = expectations[i].found, .reason = "so" };
        struct inj_expected *e = read_expected(expectations[i].line);
        struct inj_judgement got;

        assert_non_null(e);
        got = inj_expected_apply(e, c, &j);
        if (got.verdict != expectations[i].want)
            fail_msg("row %zu: %s (%s), not %s", i, inj_verdict_name(got.verdict), got.reason,
                inj_verdict_name(expectations[i].want));
        inj_expected_free(e);
    }
    inj_complain_aloud(false, false);
    for (size_t i = 0; i < COUNT(odd_lines); i++)
        if (read_expected(odd_lines[i]) != NULL)
            fail_msg("taken: %s", odd_lines[i]);
    inj_complain_aloud(true, true);
    (void)unlink(expect_path);
}

static void
what_is_written_as_expected_is_read_as_expected(void **state)
{
    struct inj_point points[] = { { .c = inj_case_by_id("VAL-01"), .found = { INJ_FAIL, "a b" } },
        { .c = inj_case_by_id("VAL-02"), .found = { INJ_PASS, "" } } };
    struct inj_expected *e;
    char *text = NULL;
    size_t size;
    FILE *f, *out;

    (void)state;
    f = fopen(expect_path, "w+");
    assert_non_null(f);
    fputs(
        "old contents, longer than the new ones, of which nothing may remain afterwards; they are "
        "not a line of such a file, and not even similar to one, so any remains are noticed\n",
        f);
    assert_true(inj_expected_write(f, "correspondent", points, COUNT(points)));
    fclose(f);
    e = inj_expected_read(expect_path);
    assert_non_null(e);
    assert_int_equal(inj_expected_apply(e, points[0].c, &points[0].found).verdict, INJ_XFAIL);
    out = open_memstream(&text, &size);
    assert_non_null(out);
    points[1].c = inj_case_by_id("VAL-03");
    inj_expected_report(e, out, points, COUNT(points), true);
    fclose(out);
    assert_non_null(strstr(text, "# VAL-03: appeared"));
    assert_non_null(strstr(text, "# VAL-02: disappeared"));
    assert_null(strstr(text, "VAL-01"));
    free(text);
    inj_expected_free(e);
    (void)unlink(expect_path);
}

static void
the_summary_counts_each_verdict(void **state)
{
    static const struct inj_point points[] = { { .judgement = { INJ_PASS, "" } },
        { .judgement = { INJ_PASS, "" } }, { .judgement = { INJ_WARN, "w" } },
        { .judgement = { INJ_SKIP, "s" } }, { .judgement = { INJ_FAIL, "f" } },
        { .judgement = { INJ_XFAIL, "x" } } };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    inj_tap_summary(out, points, COUNT(points));
    fclose(out);
    assert_string_equal(text, "# summary: 2 passed, 1 warned, 1 failed, 0 inconclusive, 1 skipped, "
                              "1 failed as expected\n");
    free(text);
}

/* For any verdict; a known failure does not hide a new one, nor an inconclusive or flaky one. */
static void
a_requirement_gets_the_verdict_of_its_worst_case(void **state)
{
    static const struct {
        enum inj_verdict first, second, want;
    } rows[] = {
        { INJ_PASS, INJ_PASS, INJ_PASS },
        { INJ_PASS, INJ_WARN, INJ_WARN },
        { INJ_FAIL, INJ_PASS, INJ_FAIL },
        { INJ_SKIP, INJ_PASS, INJ_PASS },
        { INJ_FAIL, INJ_XFAIL, INJ_FAIL },
        { INJ_XFAIL, INJ_FAIL, INJ_FAIL },
        { INJ_FAIL, INJ_FLAKY, INJ_FAIL },
        { INJ_XPASS, INJ_PASS, INJ_XPASS },
        { INJ_XPASS, INJ_INCONCLUSIVE, INJ_INCONCLUSIVE },
        { INJ_FLAKY, INJ_WARN, INJ_FLAKY },
        { INJ_XFAIL, INJ_FLAKY, INJ_XFAIL },
    };
    static const struct inj_requirement r = { .id = "X", .cases = "VAL-01 VAL-02" };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct inj_point points[] = { { .c = inj_case_by_id("VAL-01"),
                                                .judgement = { rows[i].first, "" } },
            { .c = inj_case_by_id("VAL-02"), .judgement = { rows[i].second, "" } } };
        enum inj_verdict got;
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        assert_non_null(out);
        assert_true(inj_requirement_verdict(&r, points, COUNT(points), &got));
        if (got != rows[i].want)
            fail_msg("row %zu: %s", i, inj_verdict_name(got));
        inj_tap_requirements(out, points, COUNT(points));
        fclose(out);
        assert_non_null(strstr(text, inj_verdict_name(rows[i].want)));
        assert_non_null(strstr(text, " not tested by this run"));
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
        cmocka_unit_test(known_failures_are_distinguished_from_new_ones),
        cmocka_unit_test(what_is_written_as_expected_is_read_as_expected),
        cmocka_unit_test(the_summary_counts_each_verdict),
        cmocka_unit_test(a_requirement_gets_the_verdict_of_its_worst_case),
        cmocka_unit_test(junit_has_a_failure_for_each_not_ok_and_escapes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
