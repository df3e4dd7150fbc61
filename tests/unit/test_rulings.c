/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rulings 1, 2 and 5 (CONTRIBUTING.md): how messages are read where the draft is open. */
#include "parse_cut.h"
#include "samples.h"

static void
ruling_1_tells_an_identification_from_extensions(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name, *hex;
        bool open, ident, ident_if_present;
        enum mipro_err err;
    } rows[] = {
        { "bare",                           "",                                  false, false, false, MIPRO_OK },
        { "identification",                 IDENT,                               false, true,  true,  MIPRO_OK },
        { "extension 35",                   AUTH_35,                             false, false, false, MIPRO_OK },
        { "identification, extension 35",   IDENT AUTH_35,                       false, true,  true,  MIPRO_OK },
        { "identification, skippable",      IDENT "c802abcd",                    false, true,  true,  MIPRO_OK },
        { "both: a name, a number",         "8306616263646566",                  true,  false, true,  MIPRO_OK },
        { "both: also after it",            "830e616263646566 c806616263646566", true,  false, true,  MIPRO_OK },
        { "both: then an unknown type",     "830e616263646566 0506616263646566", true,  false, true,  MIPRO_OK },
        { "35 to the end, then anything",   "2314000010018c00 7e0c000102030405060708090a0b", false, false, false, MIPRO_OK },
        { "both: 35 to the end, then a second", "2314000010018c00 230c000010018c00aabbccddeeff", true, false, true, MIPRO_OK },
        { "only extensions",                "830e616263646566 aaaa616263646566", false, false, false, MIPRO_OK },
        { "only extensions, too short",     "8303612e62",                        false, false, false, MIPRO_OK },
        { "16 begins a chain",              "1006616263646566",                  true,  false, true,  MIPRO_OK },
        { "31 does not",                    "1f06616263646566",                  false, true,  true,  MIPRO_OK },
        { "32 does",                        "2006616263646566",                  true,  false, true,  MIPRO_OK },
        { "36 does, in long form",          "2400000461626364",                  true,  false, true,  MIPRO_OK },
        { "37 does not",                    "2500000461626364",                  false, true,  true,  MIPRO_OK },
        { "96 does",                        "6006616263646566",                  true,  false, true,  MIPRO_OK },
        { "130 does not",                   "8206616263646566",                  false, true,  true,  MIPRO_OK },
        { "134 does",                       "8606616263646566",                  true,  false, true,  MIPRO_OK },
        { "135 does not",                   "8706616263646566",                  false, true,  true,  MIPRO_OK },
        { "any type goes on a chain",       "8300c80461626364",                  true,  false, true,  MIPRO_OK },
        { "chain with an octet too many",   "8306616263646566 aa",               false, true,  true,  MIPRO_ERR_TRAILING },
        { "chain that overruns",            "8307616263646566",                  false, true,  true,  MIPRO_OK },
        { "neither",                        "8306616263646566 aaaa",             false, true,  true,  MIPRO_ERR_OVERRUN },
        { "one octet",                      "83",                                false, false, false, MIPRO_ERR_TRUNCATED },
        { "seven octets",                   "83066162636465",                    false, false, false, MIPRO_ERR_TRUNCATED },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int hint = MIPRO_IDENT_UNKNOWN; hint <= MIPRO_IDENT_PRESENT; hint++) {
            uint8_t octets[SAMPLE_MAX];
            struct mipro_message m;
            size_t n = unit_octets("13000000 0a010009", octets, sizeof(octets));
            bool want = hint == MIPRO_IDENT_PRESENT ? rows[i].ident_if_present : rows[i].ident;

            n += unit_octets(rows[i].hex, octets + n, sizeof(octets) - n);
            mipro_message_parse(&m, octets, n, n, &set, (enum mipro_ident_hint)hint);
            if (m.err != rows[i].err || mipro_has(&m, MIPRO_F_IDENT) != want)
                fail_msg("%s, hint %d: %s, identification %d", rows[i].name, hint,
                    mipro_strerror(m.err), mipro_has(&m, MIPRO_F_IDENT));
            if (mipro_ident_is_open(&m) != rows[i].open)
                fail_msg("%s, hint %d: open %d", rows[i].name, hint, !rows[i].open);
        }
}

static void
ruling_1_follows_the_type_of_the_binding_warning_extension(void **state)
{
    struct mipro_settings moved = set;
    uint8_t octets[SAMPLE_MAX];
    struct mipro_message m;
    size_t n = unit_octets("13000000 0a010009 1006616263646566", octets, sizeof(octets));

    (void)state;
    moved.warning_ext = 200;
    mipro_message_parse(&m, octets, n, n, &moved, MIPRO_IDENT_UNKNOWN);
    assert_true(mipro_has(&m, MIPRO_F_IDENT));
    octets[8] = 200;
    mipro_message_parse(&m, octets, n, n, &moved, MIPRO_IDENT_UNKNOWN);
    assert_false(mipro_has(&m, MIPRO_F_IDENT));
}

static void
ruling_2_finds_the_end_of_the_targets(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name, *hex;
        enum mipro_draft draft;
        size_t n_targets;
        unsigned n_ext;
        enum mipro_err err;
        size_t err_off;
    } rows[] = {
        { "targets alone",                "c0000207 c0000208",                 MIPRO_DRAFT_08, 2, 0, MIPRO_OK, 16 },
        { "no target",                    "",                                  MIPRO_DRAFT_08, 0, 0, MIPRO_OK, 8 },
        { "one octet",                    "c0",                                MIPRO_DRAFT_08, 0, 0, MIPRO_ERR_TRAILING, 8 },
        { "three octets",                 "c00002",                            MIPRO_DRAFT_08, 0, 0, MIPRO_ERR_TRAILING, 8 },
        { "half a second target",         "c0000207 c000",                     MIPRO_DRAFT_08, 1, 0, MIPRO_ERR_TRAILING, 12 },
        { "signed",                       "c0000207" AUTH_35,                  MIPRO_DRAFT_08, 1, 1, MIPRO_OK, 34 },
        { "signed, three targets",        "c0000207 c0000208 c0000209" AUTH_35, MIPRO_DRAFT_08, 3, 1, MIPRO_OK, 42 },
        { "signed, no target",            AUTH_35,                             MIPRO_DRAFT_08, 0, 1, MIPRO_OK, 30 },
        { "signed by another algorithm",  "c0000207 2315 00001000 aa" AUTHENTICATOR, MIPRO_DRAFT_08, 1, 1, MIPRO_OK, 35 },
        { "whole targets by size",        "c0000207 2316 00001000 aaaa" AUTHENTICATOR, MIPRO_DRAFT_08, 7, 0, MIPRO_OK, 36 },
        { "its own octets look like one", "c0000207 2314 00001000 aaaaaaaaaaaa2308 aaaaaaaaaaaaaaaa", MIPRO_DRAFT_08, 1, 1, MIPRO_OK, 34 },
        { "an authenticator too short",   "c0000207 2308 00001000 aaaaaaaa",   MIPRO_DRAFT_08, 1, 1, MIPRO_OK, 22 },
        { "not even an SPI",              "c0000207 2303 000010",              MIPRO_DRAFT_08, 1, 1, MIPRO_OK, 17 },
        { "an empty one",                 "c0000207 2300",                     MIPRO_DRAFT_08, 1, 1, MIPRO_OK, 14 },
        { "another extension",            "c0000207 2014 00001000" AUTHENTICATOR, MIPRO_DRAFT_08, 6, 0, MIPRO_ERR_TRAILING, 32 },
        { "another octet after it",       "c0000207" AUTH_35 "aa",             MIPRO_DRAFT_08, 6, 0, MIPRO_ERR_TRAILING, 32 },
        { "after half a target",          "c00002" AUTH_35,                    MIPRO_DRAFT_08, 6, 0, MIPRO_ERR_TRAILING, 32 },
        { "between targets",              "c00002" AUTH_35 "c0000207 aa",      MIPRO_DRAFT_08, 7, 0, MIPRO_ERR_TRAILING, 36 },
        { "36 is targets to -08",         "c0000207" AUTH_36,                  MIPRO_DRAFT_08, 7, 0, MIPRO_OK, 36 },
        { "36 signs in -09",              "c0000207" AUTH_36,                  MIPRO_DRAFT_09, 1, 1, MIPRO_OK, 36 },
        { "36 signs in -11, no target",   AUTH_36,                             MIPRO_DRAFT_11, 0, 1, MIPRO_OK, 32 },
        { "36 of another size in -11",    "c0000207 24000005 00001000 aa",     MIPRO_DRAFT_11, 1, 1, MIPRO_OK, 21 },
        { "35 is none in -09",            "c0000207" AUTH_35,                  MIPRO_DRAFT_09, 6, 0, MIPRO_ERR_TRAILING, 32 },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mipro_settings s = set;
        uint8_t octets[SAMPLE_MAX];
        struct mipro_message m;
        size_t n = unit_octets("10000000 0a010009", octets, sizeof(octets));
        struct unit_exact x;

        s.draft = rows[i].draft;
        n += unit_octets(rows[i].hex, octets + n, sizeof(octets) - n);
        x = unit_exact(octets, n);
        mipro_message_parse(&m, x.octets, n, n, &s, MIPRO_IDENT_UNKNOWN);
        if (m.err != rows[i].err || m.n_targets != rows[i].n_targets || m.n_ext != rows[i].n_ext ||
            m.err_off != rows[i].err_off)
            fail_msg("%s: %u targets, %u extensions, %s at %u", rows[i].name, m.n_targets, m.n_ext,
                mipro_strerror(m.err), m.err_off);
        free(x.block);
    }
}

static void
ruling_2_holds_where_the_capture_cuts_the_authenticator(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets("10000000 0a010009 c0000207" AUTH_35, octets, sizeof(octets));

    (void)state;
    for (size_t captured = 8; captured < n; captured++) {
        struct mipro_message m;
        struct unit_exact x;
        struct mipro_ext e;

        parse_cut(&m, &x, octets, captured, n);
        if (m.n_targets != (captured < 12 ? 0 : 1) && captured != 13)
            fail_msg("%zu octets captured: %u targets", captured, m.n_targets);
        if (mipro_ext_cut(&m, &e) != (captured >= 14))
            fail_msg("%zu octets captured: the authenticator", captured);
        free(x.block);
    }
}

/* RFC 4857 and 4881: the same layouts: 24 or 20 octets, and extensions. */
#define REGIONAL "1200 0708 0a010009 0a010001 0a030001" IDENT
#define REGIONAL_REPLY "1300 0708 0a010009 0a010001" IDENT
#define HANDOFF "1000 0000 0708 0000 0a010009 0a010001" IDENT

static void
ruling_5_reads_types_16_to_19_as_they_parse(void **state)
{
    /* clang-format off */
    static const struct {
        const char *name, *hex;
        bool iana; /* in reading auto */
    } rows[] = {
        { "update",                                UPDATE_IDENT AUTH_35,              false },
        { "update that lacks extension 35",        UPDATE_IDENT,                      false },
        { "update that was cut by its sender",     UPDATE_IDENT "2314 00001000 aabb", false },
        { "update with an unknown extension",      UPDATE_IDENT "6402abcd" AUTH_35,   false },
        { "update with an unknown extension, 36",  UPDATE_IDENT "6406 000000000000" AUTH_36, false },
        { "regional request, 32",                  REGIONAL AUTH_32,                  true },
        { "regional request, 33",                  REGIONAL "2114 00001000" AUTHENTICATOR, true },
        { "regional request, 34",                  REGIONAL "2214 00001000" AUTHENTICATOR, true },
        { "regional request, 36",                  REGIONAL AUTH_36,                  true },
        { "regional request, 46 and 32",           REGIONAL "2e04 0a040001" AUTH_32,  true },
        { "regional request, not signed",          REGIONAL,                          false },
        { "regional request, 35",                  REGIONAL AUTH_35,                  false },
        { "regional request, an octet too many",   REGIONAL AUTH_32 "aa",             false },
        { "regional request, an octet too few",    REGIONAL "2014 00001000 aabbccddeeff001122334455667788", false },
        { "regional request, unknown extensions", "1200 0708 0a010009 0a010001 05020001 0606e80000000001" AUTH_32, true },
        { "regional reply, 32",                    REGIONAL_REPLY "8300" AUTH_32,     true },
        { "handoff request, 33",                   HANDOFF "8300 8300 8300 2113 00001000 aabbccddeeff001122334455667788", true },
        /* Messages that parse as both are the draft's. */
        { "acknowledge and regional reply",        "1300 0000 0a010009 8320 0001" IDENT AUTH_32, false },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int reading = MIPRO_READING_AUTO; reading <= MIPRO_READING_IANA; reading++) {
            struct mipro_settings s = set;
            uint8_t octets[SAMPLE_MAX];
            size_t n = unit_octets(rows[i].hex, octets, sizeof(octets));
            struct mipro_message m;
            bool want =
                reading == MIPRO_READING_IANA || (reading == MIPRO_READING_AUTO && rows[i].iana);

            s.reading = (enum mipro_reading)reading;
            mipro_message_parse(&m, octets, n, n, &s, MIPRO_IDENT_UNKNOWN);
            if ((m.def->source == MIPRO_SOURCE_IANA) != want)
                fail_msg("%s, reading %d: read as %s", rows[i].name, reading, m.def->name);
            if (reading == MIPRO_READING_AUTO && want && m.err != MIPRO_OK)
                fail_msg("%s: %s", rows[i].name, mipro_strerror(m.err));
            if (m.set.reading != s.reading)
                fail_msg("%s: the settings changed", rows[i].name);
        }
}

/* For a message that cannot be the draft's, the header of its authenticator is enough. */
static void
ruling_5_holds_where_the_capture_cuts_the_authenticator(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(
        "1200 0708 0a010009 0a010001 0aff0001" IDENT "8303612e62" AUTH_32, octets, sizeof(octets));

    (void)state;
    for (size_t captured = 14; captured < n; captured++) {
        struct mipro_message m;
        struct unit_exact x;
        bool want = captured >= 31;

        parse_cut(&m, &x, octets, captured, n);
        if ((m.def->source == MIPRO_SOURCE_IANA) != want)
            fail_msg("%zu octets captured: read as %s", captured, m.def->name);
        if (want)
            assert_int_equal(m.err, MIPRO_ERR_CUT);
        free(x.block);
    }
}

/* With any identification and addresses, which the draft would read as extensions. */
static void
ruling_5_recognizes_nearly_every_regional_registration(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(REGIONAL AUTH_32, octets, sizeof(octets));
    uint32_t seed = 1;
    unsigned missed = 0, rounds = 10000;

    (void)state;
    for (unsigned i = 0; i < rounds; i++) {
        struct mipro_message m;

        for (size_t k = 12; k < 24; k++) {
            seed = seed * 1664525u + 1013904223u;
            octets[k] = (uint8_t)(seed >> 24);
        }
        mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
        missed += m.def->source != MIPRO_SOURCE_IANA;
    }
    if (missed > rounds / 100)
        fail_msg("%u of %u were read as the draft's", missed, rounds);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ruling_1_tells_an_identification_from_extensions),
        cmocka_unit_test(ruling_1_follows_the_type_of_the_binding_warning_extension),
        cmocka_unit_test(ruling_2_finds_the_end_of_the_targets),
        cmocka_unit_test(ruling_2_holds_where_the_capture_cuts_the_authenticator),
        cmocka_unit_test(ruling_5_reads_types_16_to_19_as_they_parse),
        cmocka_unit_test(ruling_5_holds_where_the_capture_cuts_the_authenticator),
        cmocka_unit_test(ruling_5_recognizes_nearly_every_regional_registration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
