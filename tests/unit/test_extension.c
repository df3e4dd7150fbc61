/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "mipro_message.h"
#include "samples.h"

static void
fields_beyond_the_end_of_a_short_extension_are_absent(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(UPDATE "2303 000010"
                                  "2304 00001000",
        octets, sizeof(octets));
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_message m;
    struct mipro_ext e = { 0 };
    uint64_t v;
    size_t len;

    (void)state;
    mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(m.err, MIPRO_OK);
    assert_true(mipro_ext_next(&m, &e));
    assert_false(mipro_ext_value(&m, &e, MIPRO_F_SPI, &v));
    assert_null(mipro_ext_octets(&m, &e, MIPRO_F_AUTHENTICATOR, &len));
    assert_true(mipro_ext_next(&m, &e));
    assert_true(mipro_ext_value(&m, &e, MIPRO_F_SPI, &v) && v == 0x1000);
    assert_non_null(mipro_ext_octets(&m, &e, MIPRO_F_AUTHENTICATOR, &len));
    assert_int_equal(len, 0);
}

/* A router advertisement: one router, then extensions. */
#define ROUTERS "0900 0000 01 02 0708 0a020001 00000000"
#define AGENT "100a 0005 0708 9080 0a020001"

static void
an_agent_is_found_in_its_advertisement(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name, *hex;
        bool found;
        size_t off;
    } rows[] = {
        { "agent",                     ROUTERS AGENT,                                     true,  16 },
        { "code 16",                   "0910 0000 01 02 0708 0a020001 00000000" AGENT,    true,  16 },
        { "code 1",                    "0901 0000 01 02 0708 0a020001 00000000" AGENT,    false, 0 },
        { "echo",                      "0800 0000 01 02 0708 0a020001 00000000" AGENT,    false, 0 },
        { "no routers",                "0900 0000 00 02 0708" AGENT,                      true,  8 },
        { "routers past the end",      "0900 0000 ff 02 0708" AGENT,                      false, 0 },
        { "no extension",              ROUTERS,                                           false, 0 },
        { "after padding",              ROUTERS "00 00 00" AGENT,                          true,  19 },
        { "after prefix lengths",       ROUTERS "1301 18" AGENT,                           true,  19 },
        { "after a challenge",          ROUTERS "1802 abcd" AGENT,                         true,  20 },
        { "after an overrun",           ROUTERS "18ff abcd" AGENT,                         false, 0 },
        { "before the flags it ends",  ROUTERS "1005 0005 0708 90",                       false, 0 },
        { "no care-of address",        ROUTERS "1006 0005 0708 9080",                     true,  16 },
        { "past the end",              ROUTERS "100b 0005 0708 9080 0a020001",            false, 0 },
        { "a lone octet",              ROUTERS "10",                                      false, 0 },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[SAMPLE_MAX];
        size_t n = unit_octets(rows[i].hex, octets, sizeof(octets));
        struct unit_exact x = unit_exact(octets, n);
        struct mipro_advert a;

        if (mipro_advert_parse(&a, x.octets, n, n) != rows[i].found)
            fail_msg("%s: %sfound", rows[i].name, rows[i].found ? "not " : "");
        if (rows[i].found && (a.off != rows[i].off || a.sequence != 5 || a.life != 1800 ||
                                 a.flags != (MIPRO_ADV_F | MIPRO_ADV_S | 0x8000u)))
            fail_msg("%s: sequence %u, lifetime %u, flags 0x%04x at %zu", rows[i].name, a.sequence,
                a.life, a.flags, a.off);
        free(x.block);
    }
}

/* The first of several; an empty one does not count, nor one that the capture cut. */
static void
the_challenge_of_an_advertisement_is_found_before_and_after_it(void **state)
{
    static const struct {
        const char *hex, *challenge;
    } rows[] = {
        { ROUTERS AGENT, "" },
        { ROUTERS AGENT "1802 abcd", "abcd" },
        { ROUTERS "1802 abcd" AGENT, "abcd" },
        { ROUTERS AGENT "00 1301 18 1803 abcdef 1802 0102", "abcdef" },
        { ROUTERS AGENT "1800 1801 07", "07" },
        { ROUTERS AGENT "1803 abcd", "" },
        { ROUTERS AGENT "18", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[SAMPLE_MAX], want[SAMPLE_MAX];
        size_t n = unit_octets(rows[i].hex, octets, sizeof(octets));
        size_t len = unit_octets(rows[i].challenge, want, sizeof(want));
        struct unit_exact x = unit_exact(octets, n);
        struct mipro_advert a;

        assert_true(mipro_advert_parse(&a, x.octets, n, n));
        assert_int_equal(a.n_coa, 1);
        assert_int_equal(mipro_advert_coa(&a, 0), 0x0a020001);
        if (a.challenge_len != len || (a.challenge != NULL) != (len != 0) ||
            (len != 0 && memcmp(a.challenge, want, len) != 0))
            fail_msg("row %zu: %u octets", i, a.challenge_len);
        free(x.block);
    }
}

static void
each_care_of_address_of_an_advertisement_is_found(void **state)
{
    static const char hex[] = ROUTERS "1012 0005 0708 9080 0a020001 0a020002 0a020003";
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(hex, octets, sizeof(octets));

    (void)state;
    for (size_t captured = 24; captured <= n; captured++) {
        struct unit_exact x = unit_exact(octets, captured);
        struct mipro_advert a;

        assert_true(mipro_advert_parse(&a, x.octets, captured, n));
        assert_int_equal(a.n_coa, (captured - 24) / 4);
        if (a.n_coa == 0)
            assert_null(a.coa);
        for (size_t i = 0; i < a.n_coa; i++)
            assert_int_equal(mipro_advert_coa(&a, i), 0x0a020001 + i);
        free(x.block);
    }
}

static void
an_advertisement_cut_after_its_flags_still_has_them(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(ROUTERS AGENT, octets, sizeof(octets));

    (void)state;
    for (size_t captured = 0; captured <= n; captured++) {
        struct unit_exact x = unit_exact(octets, captured);
        struct mipro_advert a;

        if (mipro_advert_parse(&a, x.octets, captured, n) != (captured >= 24))
            fail_msg("%zu octets captured", captured);
        if (captured >= 24)
            assert_int_equal(a.n_coa, captured == n ? 1 : 0);
        free(x.block);
    }
}

static void
an_extension_is_found_again_where_the_walk_found_it(void **state)
{
    static const char *const rows[] = {
        /* nothing after the care-of address; three extensions; the last one overruns */
        "12000000 0a010109 0a030001",
        "12000000 0a010109 0a030001 8302 0a0b 2306 00001000 aabb 8300",
        "12000000 0a010109 0a030001 8302 0a0b 2306 00001000 aabb 8301",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mipro_settings set = MIPRO_SETTINGS;
        uint8_t octets[SAMPLE_MAX];
        size_t n = unit_octets(rows[i], octets, sizeof(octets));
        struct unit_exact x = unit_exact(octets, n);
        struct mipro_ext e, found;
        struct mipro_message m;
        size_t end;

        mipro_message_parse(&m, x.octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
        assert_int_equal(m.n_ext, i == 0 ? 0 : 4 - i);
        for (e = (struct mipro_ext){ 0 }; mipro_ext_next(&m, &e);) {
            memset(&found, 0, sizeof(found));
            assert_true(mipro_ext_at(&m, e.off, &found));
            assert_int_equal(found.off, e.off);
            assert_int_equal(found.type, e.type);
            assert_ptr_equal(found.def, e.def);
            assert_int_equal(found.body_len, e.body_len);
            assert_int_equal(found.hdr_len, e.hdr_len);
        }
        end = m.ext_end;
        assert_false(mipro_ext_at(&m, 4, &found)); /* in the fixed part */
        for (size_t off = end; off < n + 4; off++)
            assert_false(mipro_ext_at(&m, off, &found));
        free(x.block);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_beyond_the_end_of_a_short_extension_are_absent),
        cmocka_unit_test(an_extension_is_found_again_where_the_walk_found_it),
        cmocka_unit_test(an_agent_is_found_in_its_advertisement),
        cmocka_unit_test(the_challenge_of_an_advertisement_is_found_before_and_after_it),
        cmocka_unit_test(each_care_of_address_of_an_advertisement_is_found),
        cmocka_unit_test(an_advertisement_cut_after_its_flags_still_has_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
