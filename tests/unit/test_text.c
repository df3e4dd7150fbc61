/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Untrusted text in a terminal, in JSON, in XML; the writer of JUnit; and guesses. */
#include "unit.h"

#include <glib.h>

#include "mipro_junit.h"
#include "mipro_text.h"

static char *
escape(enum mipro_escaping escaping, const char *text)
{
    GString *s = g_string_new(NULL);
    struct mipro_text_out out = mipro_text_to_string(s);

    mipro_text_escape(&out, escaping, text);
    return g_string_free(s, FALSE);
}

/* clang-format off */
static const struct {
    const char *text, *terminal, *json, *xml, *attribute;
} rows[] = {
    { "", "", "", "", "" },
    { "a.pcap", "a.pcap", "a.pcap", "a.pcap", "a.pcap" },
    { "m\xc3\xbcller", "m\xc3\xbcller", "m\xc3\xbcller", "m\xc3\xbcller", "m\xc3\xbcller" },
    { "\xf0\x9f\x8c\x8d!", "\xf0\x9f\x8c\x8d!", "\xf0\x9f\x8c\x8d!", "\xf0\x9f\x8c\x8d!", "\xf0\x9f\x8c\x8d!" },
    { "a\"b\\c", "a\"b\\c", "a\\\"b\\\\c", "a&quot;b\\c", "a&quot;b\\c" },
    { "<a&b>", "<a&b>", "<a&b>", "&lt;a&amp;b&gt;", "&lt;a&amp;b&gt;" },
    { "1\t2\n3", "1?2?3", "1\\u00092\\u000a3", "1\t2\n3", "1&#9;2&#10;3" },
    { "1\r2", "1?2", "1\\u000d2", "1\xef\xbf\xbd""2", "1\xef\xbf\xbd""2" },
    { "\x1b[2J", "?[2J", "\\u001b[2J", "\xef\xbf\xbd[2J", "\xef\xbf\xbd[2J" },
    { "\x7f", "?", "\\u007f", "\xef\xbf\xbd", "\xef\xbf\xbd" },
    { "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "???\xc2\xa0", "\\u0080\\u009b\\u009f\xc2\xa0",
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc2\xa0", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc2\xa0" },
    { "x\xff", "x?", "x\xef\xbf\xbd", "x\xef\xbf\xbd", "x\xef\xbf\xbd" },
    { "breaks off\xf0\x9f", "breaks off??", "breaks off\xef\xbf\xbd\xef\xbf\xbd",
      "breaks off\xef\xbf\xbd\xef\xbf\xbd", "breaks off\xef\xbf\xbd\xef\xbf\xbd" },
    { "\xed\xa0\x80", "???", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "\xef\xbf\xbe", "\xef\xbf\xbe", "\xef\xbf\xbe", "\xef\xbf\xbd", "\xef\xbf\xbd" },
    { "a\xe2\x80\xae""b\xe2\x80\xa8", "a?b?", "a\\u202eb\\u2028",
      "a\xef\xbf\xbd""b\xef\xbf\xbd", "a\xef\xbf\xbd""b\xef\xbf\xbd" },
};
/* clang-format on */

static void
each_kind_of_text_is_escaped_in_each_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *want[] = { rows[i].terminal, rows[i].json, rows[i].xml, rows[i].attribute };

        for (size_t how = 0; how < COUNT(want); how++) {
            char *got = escape((enum mipro_escaping)how, rows[i].text);

            if (strcmp(got, want[how]) != 0)
                fail_msg("row %zu, way %zu: %s, not %s", i, how, got, want[how]);
            g_free(got);
        }
    }
}

/* Every octet, and every pair: no control character is left. */
static void
no_octets_control_a_terminal(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        const char text[] = { (char)(pair >> 8), (char)(pair & 0xff), '\0' };
        char *shown = escape(MIPRO_ESCAPE_TERMINAL, text);

        assert_true(g_utf8_validate(shown, -1, NULL));
        for (const char *p = shown; *p != '\0'; p = g_utf8_next_char(p))
            if (g_unichar_iscntrl(g_utf8_get_char(p)))
                fail_msg("octets %04x: a control character is left", pair);
        assert_int_equal(mipro_text_width(text), g_utf8_strlen(shown, -1));
        g_free(shown);
    }
}

static void
long_text_is_never_cut(void **state)
{
    GString *text = g_string_new(NULL);
    char *shown;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        g_string_append(text, "x<");
    shown = escape(MIPRO_ESCAPE_XML, text->str);
    assert_int_equal(strlen(shown), 500000);
    g_free(shown);
    g_string_free(text, TRUE);
}

static char *
suite_of(const struct mipro_junit_case *cases, size_t n, bool is_root)
{
    GString *s = g_string_new(NULL), *body = g_string_new(NULL);
    struct mipro_text_out out = mipro_text_to_string(s), inner = mipro_text_to_string(body);
    struct mipro_junit_suite suite = { .name = "a <suite>", .seconds = -1, .is_root = is_root };

    for (size_t i = 0; i < n; i++)
        mipro_junit_case(&inner, &cases[i], &suite.counts);
    mipro_junit_begin(&out, &suite);
    mipro_text_put(&out, body->str);
    mipro_junit_end(&out, &suite);
    g_string_free(body, TRUE);
    return g_string_free(s, FALSE);
}

static const struct mipro_junit_case cases[] = {
    { .classname = "c", .name = "passes", .seconds = -1 },
    { .classname = "c", .name = "warns", .seconds = 0.25, .note = "a < b\nc" },
    { .classname = "c",
        .name = "fails",
        .seconds = -1,
        .outcome = MIPRO_JUNIT_FAILURE,
        .type = "t",
        .message = "\"m\"\n",
        .detail = "<d>" },
    { .classname = "c\x1b", .name = "n&", .seconds = -1, .outcome = MIPRO_JUNIT_ERROR },
    { .classname = "c",
        .name = "skips",
        .seconds = 1,
        .outcome = MIPRO_JUNIT_SKIPPED,
        .message = "no keys" },
};

static void
junit_counts_and_escapes_each_outcome(void **state)
{
    char *text = suite_of(cases, COUNT(cases), false);

    (void)state;
    assert_string_equal(text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites>\n"
        "  <testsuite name=\"a &lt;suite&gt;\" tests=\"5\" failures=\"1\" errors=\"1\" "
        "skipped=\"1\">\n"
        "    <testcase classname=\"c\" name=\"passes\"/>\n"
        "    <testcase classname=\"c\" name=\"warns\" time=\"0.250\">"
        "<system-out>a &lt; b\nc</system-out></testcase>\n"
        "    <testcase classname=\"c\" name=\"fails\">"
        "<failure type=\"t\" message=\"&quot;m&quot;&#10;\">&lt;d&gt;</failure></testcase>\n"
        "    <testcase classname=\"c\xef\xbf\xbd\" name=\"n&amp;\"><error/></testcase>\n"
        "    <testcase classname=\"c\" name=\"skips\" time=\"1.000\">"
        "<skipped message=\"no keys\"/></testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
    g_free(text);
}

static void
a_suite_may_be_the_root(void **state)
{
    char *text = suite_of(NULL, 0, true);

    (void)state;
    assert_null(strstr(text, "testsuites"));
    assert_non_null(strstr(text, "?>\n<testsuite name="));
    assert_true(g_str_has_suffix(text, ">\n</testsuite>\n"));
    g_free(text);
}

static void
a_misspelt_word_is_guessed(void **state)
{
    static const char *const words[] = { "source", "source-port", "destination", "interface", "if-not",
        "home", "home-agent" };
    static const struct {
        const char *typed, *meant;
    } guesses[] = {
        { "sourec", "source" },      /* two letters differ */
        { "SOURCE", "source" },      /* none */
        { "homeagent", "home-agent" },
        { "src", "source" },         /* the shorter of two */
        { "dst", "destination" },
        { "if", "if-not" },
        { "hme", "home" },           /* one letter omitted comes before an abbreviation */
        { "x", NULL },
        { "s", NULL },
        { "", NULL },
        { "lifetime", NULL },
        { "a-word-that-is-much-longer-than-any-of-them", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(guesses); i++) {
        struct mipro_guess g = { .word = guesses[i].typed, .n = strlen(guesses[i].typed) };

        for (size_t k = 0; k < COUNT(words); k++)
            mipro_guess_try(&g, words[k]);
        if (g_strcmp0(g.meant, guesses[i].meant) != 0)
            fail_msg("\"%s\" is taken for %s", g.word, g.meant != NULL ? g.meant : "nothing");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_text_is_escaped_in_each_way),
        cmocka_unit_test(no_octets_control_a_terminal),
        cmocka_unit_test(long_text_is_never_cut),
        cmocka_unit_test(junit_counts_and_escapes_each_outcome),
        cmocka_unit_test(a_suite_may_be_the_root),
        cmocka_unit_test(a_misspelt_word_is_guessed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
