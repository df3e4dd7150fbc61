/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>

#include "respond/fault.h"

static void
every_fault_has_a_name_a_role_and_a_purpose(void **state)
{
    const struct inj_fault *f;
    size_t n = 0;

    (void)state;
    assert_string_equal(inj_fault_at(0)->name, "none");
    assert_int_equal(inj_fault_at(0)->kind, INJ_FAULT_NONE);
    for (; (f = inj_fault_at(n)) != NULL; n++) {
        if (inj_fault_by_name(f->name) != f)
            fail_msg("fault %s: its name is used twice", f->name);
        if (f->roles == 0 || f->roles >> INJ_ROLES != 0)
            fail_msg("fault %s: no role shows it", f->name);
        if (f->summary[0] == '\0' || strpbrk(f->summary, "()\n") != NULL)
            fail_msg("fault %s: --list-faults cannot be read", f->name);
        if (n > 0 && f->kind == INJ_FAULT_NONE)
            fail_msg("fault %s: does nothing", f->name);
    }
    assert_true(n > 150);
    assert_null(inj_fault_by_name("all"));
}

/* A quirk without a row could never be selected. */
static void
every_quirk_is_in_the_table(void **state)
{
    (void)state;
    for (int quirk = INJ_QUIRK_NONE + 1; quirk < INJ_QUIRKS; quirk++) {
        const struct inj_fault *f;
        bool found = false;

        for (size_t i = 0; (f = inj_fault_at(i)) != NULL; i++)
            found |= inj_fault_is(f, (enum inj_quirk)quirk);
        if (!found)
            fail_msg("quirk %d: no fault has it", quirk);
    }
}

static void
a_fault_changes_the_octet_that_it_names(void **state)
{
    const struct inj_fault first = { .kind = INJ_FAULT_BODY, .about = 19, .at = 1, .arg = 0x81 };
    const struct inj_fault last = { .kind = INJ_FAULT_SIGNED, .about = 19, .at = -1, .arg = 1 };
    const struct inj_fault beyond = { .kind = INJ_FAULT_BODY, .about = 19, .at = 4, .arg = 1 };
    uint8_t octets[4] = { 0 };
    static const uint8_t untouched[4];

    (void)state;
    inj_fault_change(&first, 18, false, octets, sizeof(octets));
    inj_fault_change(&first, 19, true, octets, sizeof(octets));
    inj_fault_change(&beyond, 19, false, octets, sizeof(octets));
    inj_fault_change(&last, 19, true, octets, 0);
    assert_memory_equal(octets, untouched, sizeof(octets));
    inj_fault_change(&first, 19, false, octets, sizeof(octets));
    assert_int_equal(octets[1], 0x81);
    inj_fault_change(&last, 19, true, octets, sizeof(octets));
    assert_int_equal(octets[3], 1);
}

static void
a_code_replaces_the_correct_one(void **state)
{
    const struct inj_fault any = {
        .kind = INJ_FAULT_CODE, .about = 19, .at = INJ_ANY_CODE, .arg = 131
    };
    const struct inj_fault refusal = {
        .kind = INJ_FAULT_CODE, .about = 19, .at = INJ_ANY_REFUSAL, .arg = 0
    };
    const struct inj_fault one = { .kind = INJ_FAULT_CODE, .about = 19, .at = 133, .arg = 0 };

    (void)state;
    assert_int_equal(inj_fault_code(&any, 19, 0), 131);
    assert_int_equal(inj_fault_code(&any, 3, 0), 0);
    assert_int_equal(inj_fault_code(&refusal, 19, 134), 0);
    assert_int_equal(inj_fault_code(&refusal, 19, 0), 0);
    assert_int_equal(inj_fault_code(&one, 19, 133), 0);
    assert_int_equal(inj_fault_code(&one, 19, 134), 134);
}

static void
without_a_fault_nothing_is_changed(void **state)
{
    const struct inj_fault *none = inj_fault_at(0);
    uint8_t octets[2] = { 18, 0 };
    struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_message m;

    (void)state;
    mipro_message_parse(&m, octets, sizeof(octets), sizeof(octets), &set, MIPRO_IDENT_UNKNOWN);
    assert_false(inj_fault_kills(none, &m));
    assert_true(inj_fault_compares(none, 35) == UINT64_MAX);
    assert_int_equal(inj_fault_code(none, 19, 131), 131);
    inj_fault_change(none, 18, false, octets, sizeof(octets));
    assert_int_equal(octets[0], 18);
    assert_true(inj_fault_kills(inj_fault_by_name("dies-on-cut"), &m));
}

/* A fault that withholds answers affects only the messages it names, and never crashes. */
static void
answers_are_withheld_for_the_messages_that_the_fault_names(void **state)
{
    static const struct {
        const char *fault;
        const char *hex;
        bool withheld;
    } rows[] = {
        { "withholds-deletion", "128000000a0100090a030001", true },
        { "withholds-deletion", "128000010a0100090a030001", false },
        { "withholds-deletion", "010000000a0100090a0100010a03000100000000000a0001", true },
        { "withholds-infinite", "1280ffff0a0100090a030001", true },
        { "withholds-skippable", "128000010a0100090a030001c800", true },
        { "withholds-skippable", "128000010a0100090a0300012100", false },
        { "withholds-encapsulation", "129000010a0100090a030001", true },
        { "withholds-encapsulation", "12a000010a0100090a030001", true },
        { "withholds-encapsulation", "128000010a0100090a030001", false },
        { "withholds-encapsulation", "011800010a0100090a0100010a03000100000000000a0001", false },
        { "withholds-broadcasts", "014000010a0100090a0100010a03000100000000000a0001", true },
        { "withholds-simultaneous", "014000010a0100090a0100010a03000100000000000a0001", false },
        { "withholds-encapsulation", "12", false },
        { "none", "128000000a0100090a030001", false },
        { "dies-on-life-0", "128000000a0100090a030001", false },
    };
    const struct mipro_settings set = MIPRO_SETTINGS;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct inj_fault *f = inj_fault_by_name(rows[i].fault);
        uint8_t octets[64];
        const size_t n = unit_octets(rows[i].hex, octets, sizeof(octets));
        struct mipro_message m;

        assert_non_null(f);
        mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
        if (inj_fault_withholds(f, &m) != rows[i].withheld)
            fail_msg("row %zu: %s", i, rows[i].fault);
        if (rows[i].withheld)
            assert_false(inj_fault_kills(f, &m));
    }
    assert_true(inj_fault_code(inj_fault_by_name("withholds-denials"), 3, 131) > UINT8_MAX);
    assert_int_equal(inj_fault_code(inj_fault_by_name("withholds-denials"), 3, 0), 0);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_has_a_name_a_role_and_a_purpose),
        cmocka_unit_test(every_quirk_is_in_the_table),
        cmocka_unit_test(a_fault_changes_the_octet_that_it_names),
        cmocka_unit_test(a_code_replaces_the_correct_one),
        cmocka_unit_test(without_a_fault_nothing_is_changed),
        cmocka_unit_test(answers_are_withheld_for_the_messages_that_the_fault_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
