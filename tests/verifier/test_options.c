/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options: what is said there of each is true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <getopt.h>
#include <glib.h>

#include "option_table.h"

/* A value of each option that verdicts, findings or the status depend on: not its default. */
static const struct {
    const char *option, *text;
} others[] = {
    { "rules", "-replay" },
    { "draft", "09" },
    { "warning-ext", "200" },
    { "reading", "iana" },
    { "update-rate", "6/10" },
    { "warning-rate", "5/11" },
    { "ack-timeout", "6" },
    { "tolerance", "2" },
    { "p-bit", "reverse-tunnel" },
    { "port", "4340" },
    { "strict", "" },
};

static const struct vrf_option *
row(const char *name)
{
    for (const struct vrf_option *o = vrf_option_table; o->name != NULL; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    fail_msg("there is no option --%s", name);
    return NULL;
}

/* The command line with one option, or without. */
static uint64_t
hash_of(const char *name, const char *text)
{
    static struct vrf_arguments a;
    char program[] = "mipro-verify", capture[] = "capture", *option = NULL;
    char *argv[] = { program, capture, NULL, NULL };
    int argc = 2;

    if (name != NULL) {
        option = g_strdup_printf(*text != '\0' ? "--%s=%s" : "--%s", name, text);
        argv[1] = option;
        argv[2] = capture;
        argc = 3;
    }
    optind = 0; /* getopt() starts again */
    vrf_arguments_read(&a, argc, argv);
    g_free(option);
    return a.o.hash;
}

static void
each_option_says_what_depends_on_it(void **state)
{
    size_t n = 0;

    (void)state;
    for (const struct vrf_option *o = vrf_option_table; o->name != NULL; o++, n++) {
        assert_non_null(o->set);
        assert_non_null(o->help);
        assert_int_not_equal(o->scope, 0);
        if ((o->scope == VRF_SCOPE_JUDGEMENT) != (o->value[0].size != 0))
            fail_msg("--%s: what it sets is given only if verdicts depend on it", o->name);
    }
    assert_true(n < VRF_OPTIONS_MAX);
}

static void
another_value_that_verdicts_depend_on_is_noticed(void **state)
{
    const uint64_t before = hash_of(NULL, NULL);
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(row(others[i].option)->scope, VRF_SCOPE_JUDGEMENT);
        if (hash_of(others[i].option, others[i].text) == before)
            fail_msg("--%s=%s is not noticed", others[i].option, others[i].text);
    }
    for (const struct vrf_option *o = vrf_option_table; o->name != NULL; o++)
        n += o->scope == VRF_SCOPE_JUDGEMENT;
    assert_int_equal(n, sizeof(others) / sizeof(others[0])); /* a new one needs a row above */
}

static void
the_same_value_otherwise_written_is_the_same(void **state)
{
    const uint64_t before = hash_of(NULL, NULL);

    (void)state;
    assert_true(hash_of("update-rate", "5/10.0") == before);
    assert_true(hash_of("draft", "08") == before);
    assert_true(hash_of("port", "434") == before);
    assert_true(hash_of("port", "0x1B2") == before);
    assert_true(hash_of("warning-ext", "0x10") == before);
    assert_true(hash_of("threads", "1") == before);
    assert_true(hash_of("output", "json") == before);
    assert_true(hash_of("without-good", "") == before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_says_what_depends_on_it),
        cmocka_unit_test(another_value_that_verdicts_depend_on_is_noticed),
        cmocka_unit_test(the_same_value_otherwise_written_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
