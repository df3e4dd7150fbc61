/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cases/case.h"
#include "cases/requirement.h"
#include "mipro_rules.h"
#include "tester/matrix.h"

static bool
names(const char *list, const char *id)
{
    char word[INJ_ID_MAX];

    while (inj_next_id(&list, word)) {
        if (strcmp(word, id) == 0)
            return true;
    }
    return false;
}

static void
a_list_of_ids_is_read_word_by_word(void **state)
{
    const char *list = "A-1 B-22", *empty = "", *blanks = "  ";
    char word[INJ_ID_MAX];

    (void)state;
    assert_true(inj_next_id(&list, word));
    assert_string_equal(word, "A-1");
    assert_true(inj_next_id(&list, word));
    assert_string_equal(word, "B-22");
    assert_false(inj_next_id(&list, word));
    assert_false(inj_next_id(&empty, word));
    assert_false(inj_next_id(&blanks, word));
}

static void
every_requirement_is_tested_or_says_why_not(void **state)
{
    const struct inj_requirement *r;

    (void)state;
    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        const bool tested = r->cases[0] != '\0' || r->rules[0] != '\0';

        if (tested == (r->why != NULL))
            fail_msg("%s: %s", r->id,
                tested ? "tested, although a reason says it is not" : "not tested");
        if (r->why != NULL && strncmp(r->why, "untestable: ", 12) != 0 &&
            strncmp(r->why, "out of scope: ", 14) != 0)
            fail_msg("%s: '%s' is neither untestable nor out of scope", r->id, r->why);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(inj_requirement_at(k)->id, r->id) == 0)
                fail_msg("%s: its id is used twice", r->id);
        }
    }
}

static void
what_a_requirement_names_exists(void **state)
{
    const struct inj_requirement *r;

    (void)state;
    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        const char *list = r->cases;
        char word[INJ_ID_MAX];

        while (inj_next_id(&list, word)) {
            if (inj_case_by_id(word) == NULL)
                fail_msg("requirement %s (%s): there is no case %s", r->id, r->section, word);
        }
        list = r->rules;
        while (inj_next_id(&list, word)) {
            if (mipro_rule_by_id(word) == MIPRO_RULES)
                fail_msg("requirement %s (%s): there is no rule %s", r->id, r->section, word);
        }
    }
}

static void
every_case_and_every_rule_tests_a_requirement(void **state)
{
    const struct inj_requirement *r;

    (void)state;
    for (size_t i = 0; i < inj_n_cases; i++) {
        bool found = false;

        for (size_t k = 0; (r = inj_requirement_at(k)) != NULL; k++)
            found |= names(r->cases, inj_cases[i].id);
        if (!found)
            fail_msg("case %s tests no requirement", inj_cases[i].id);
    }
    for (int rule = 0; rule < MIPRO_RULES; rule++) {
        bool found = false;

        for (size_t k = 0; (r = inj_requirement_at(k)) != NULL; k++)
            found |= names(r->rules, mipro_rule_def((enum mipro_rule)rule)->id);
        if (!found)
            fail_msg("rule %s tests no requirement", mipro_rule_def((enum mipro_rule)rule)->id);
    }
}

/* The worst of its cases counts; what was skipped does not. */
static void
the_matrix_reports_the_worst_of_each_requirement(void **state)
{
    const struct inj_point points[] = {
        { .c = inj_case_by_id("VAL-01"), .judgement = { .verdict = INJ_PASS } },
        { .c = inj_case_by_id("AUT-02"), .judgement = { .verdict = INJ_FAIL } },
        { .c = inj_case_by_id("AUT-12"), .judgement = { .verdict = INJ_PASS } },
        { .c = inj_case_by_id("RTE-02"), .judgement = { .verdict = INJ_SKIP } },
        { .c = inj_case_by_id("LIF-04"), .judgement = { .verdict = INJ_WARN } },
    };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    inj_tap_requirements(out, points, COUNT(points));
    fclose(out);
    assert_non_null(
        strstr(text, "# requirement D4.3-15 (4.3, required): FAIL: AUT-02 FAIL, AUT-12 PASS: "));
    assert_non_null(strstr(text, "# requirement D4.3-7 (4.3, must): WARN: LIF-04 WARN: "));
    assert_non_null(strstr(text, "# requirement D4.4-2 (4.4, required): PASS: VAL-01 PASS: "));
    assert_null(strstr(text, "requirement D8.3-1 "));
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_int_equal(*line, '#'); /* TAP reads them as comments */
    free(text);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_ids_is_read_word_by_word),
        cmocka_unit_test(every_requirement_is_tested_or_says_why_not),
        cmocka_unit_test(what_a_requirement_names_exists),
        cmocka_unit_test(every_case_and_every_rule_tests_a_requirement),
        cmocka_unit_test(the_matrix_reports_the_worst_of_each_requirement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
