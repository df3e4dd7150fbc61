/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of reports, compared with slow and simple ways to write the same. */
#include "unit.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "digest.h"
#include "report/out.h"

enum { MICROSECOND = 1000, TIMES = 200000 };

/* The output under test, and what it should write. */
struct pair {
    FILE *file;
    struct vrf_out *out;
    GString *expected;
};

static struct pair
begin(void)
{
    struct pair p = { tmpfile(), g_new(struct vrf_out, 1), g_string_new(NULL) };

    assert_non_null(p.file);
    vrf_out_init(p.out, fileno(p.file));
    return p;
}

static void
end(struct pair *p)
{
    char *written = g_malloc(p->expected->len + 1);

    vrf_out_flush(p->out);
    assert_int_equal(p->out->error, 0);
    assert_int_equal(vrf_out_total(p->out), p->expected->len);
    rewind(p->file);
    assert_int_equal(fread(written, 1, p->expected->len + 1, p->file), p->expected->len);
    assert_memory_equal(written, p->expected->str, p->expected->len);
    g_free(written);
    g_free(p->out);
    g_string_free(p->expected, TRUE);
    fclose(p->file);
}

/* Seldom the same number of digits as the one before. */
static uint64_t
any_number(void)
{
    return ((uint64_t)rand() << 33 ^ (uint64_t)rand() << 16 ^ (uint64_t)rand()) >> rand() % 64;
}

static void
numbers_and_addresses_are_in_decimal(void **state)
{
    struct pair p = begin();

    (void)state;
    for (unsigned i = 0; i < TIMES; i++) {
        uint64_t v = i < 2000 ? i : any_number();
        uint32_t a = (uint32_t)any_number();

        vrf_put_unsigned(p.out, v);
        vrf_put(p.out, " ");
        vrf_put_address(p.out, a);
        vrf_put(p.out, "\n");
        g_string_append_printf(p.expected, "%" PRIu64 " %u.%u.%u.%u\n", v, a >> 24, a >> 16 & 0xff,
            a >> 8 & 0xff, a & 0xff);
    }
    vrf_put_unsigned(p.out, UINT64_MAX);
    g_string_append_printf(p.expected, "%" PRIu64, UINT64_MAX);
    end(&p);
}

static void
times_are_those_of_the_calendar(void **state)
{
    struct pair p = begin();

    (void)state;
    for (unsigned i = 0; i < TIMES; i++) {
        /* Runs within a second, as in a capture, leap days, and times before 1970. */
        int64_t seconds =
            i % 3 != 0 ? 951782399 + i / 9 : (int64_t)(any_number() % 8589934592) - 2147483648;
        int64_t nanoseconds = (int64_t)(any_number() % 1000000000);
        GDateTime *date = g_date_time_new_from_unix_utc(seconds);
        char *text = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S");

        if (i % 2 == 0)
            nanoseconds -= nanoseconds % MICROSECOND;
        vrf_put_time(p.out, seconds * 1000000000 + nanoseconds);
        if (nanoseconds % MICROSECOND == 0)
            g_string_append_printf(
                p.expected, "%s.%06" PRId64 "Z", text, nanoseconds / MICROSECOND);
        else
            g_string_append_printf(p.expected, "%s.%09" PRId64 "Z", text, nanoseconds);
        g_free(text);
        g_date_time_unref(date);
    }
    end(&p);
}

static void
json_strings_are_escaped_wherever_it_is_needed(void **state)
{
    static const char *const odd[] = { "\"", "\\", "\n", "\x1f", "\x7f", "\xff", "\xc3\xbc",
        "\xf0\x9f", " ", "~" };
    struct mipro_text_out to;
    struct pair p = begin();

    (void)state;
    to = mipro_text_to_string(p.expected);
    for (unsigned i = 0; i < TIMES; i++) {
        GString *text = g_string_new(NULL);

        for (int n = rand() % 40; n > 0; n--)
            if (rand() % 32 == 0)
                g_string_append(text, odd[(size_t)rand() % COUNT(odd)]);
            else
                g_string_append_c(text, (char)(' ' + 1 + rand() % ('!' + 1 - ' ')));
        vrf_put_json(p.out, text->str);
        g_string_append_c(p.expected, '"');
        mipro_text_escape(&to, MIPRO_ESCAPE_JSON, text->str);
        g_string_append_c(p.expected, '"');
        g_string_free(text, TRUE);
    }
    end(&p);
}

static void
octets_of_any_number_pass_in_order(void **state)
{
    char *block = g_malloc(200000);
    struct pair p = begin();

    (void)state;
    for (size_t i = 0; i < 200000; i++)
        block[i] = (char)rand();
    for (unsigned i = 0; i < 2000; i++) {
        size_t n = i % 50 == 0 ? (size_t)rand() % 200000 : (size_t)rand() % 300;

        vrf_put_octets(p.out, block, n);
        g_string_append_len(p.expected, block, (gssize)n);
    }
    g_free(block);
    end(&p);
}

static void
a_checksum_does_not_depend_on_how_octets_are_cut(void **state)
{
    uint8_t octets[300];

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)rand();
    for (unsigned i = 0; i < 2000; i++) {
        size_t n = (size_t)rand() % sizeof(octets), flipped;
        struct vrf_digest whole = { 0 }, pieces = { 0 }, altered = { 0 };

        vrf_digest_add(&whole, octets, n);
        for (size_t at = 0, step; at < n; at += step) {
            step = 1 + (size_t)rand() % (n - at);
            step = rand() % 2 == 0 && step > 9 ? 9 : step;
            vrf_digest_add(&pieces, octets + at, step);
        }
        assert_true(vrf_digest_value(&whole) == vrf_digest_value(&pieces));
        if (n == 0)
            continue;
        flipped = (size_t)rand() % n;
        octets[flipped] ^= 0x10;
        vrf_digest_add(&altered, octets, n);
        assert_true(vrf_digest_value(&whole) != vrf_digest_value(&altered));
        vrf_digest_add(&pieces, "", 1);
        assert_true(vrf_digest_value(&whole) != vrf_digest_value(&pieces));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_addresses_are_in_decimal),
        cmocka_unit_test(times_are_those_of_the_calendar),
        cmocka_unit_test(json_strings_are_escaped_wherever_it_is_needed),
        cmocka_unit_test(octets_of_any_number_pass_in_order),
        cmocka_unit_test(a_checksum_does_not_depend_on_how_octets_are_cut),
    };

    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
