/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse_cut.h"
#include "same_message.h"
#include "samples.h"

static bool
is_whole(const struct sample *s, size_t len)
{
    for (size_t i = 0; i < COUNT(s->whole); i++)
        if (s->whole[i] == len)
            return len != 0;
    return false;
}

static enum mipro_err
expected(const struct sample *s, const uint8_t *octets, size_t len)
{
    if (len == 0)
        return MIPRO_ERR_NOT_OURS;
    if (is_whole(s, len))
        return MIPRO_OK;
    if (len < s->fixed)
        return MIPRO_ERR_TRUNCATED;
    if (is_whole(s, len - 1) || octets[0] == MIPRO_BINDING_WARNING)
        return MIPRO_ERR_TRAILING;
    return MIPRO_ERR_OVERRUN;
}

static void
every_prefix_of_a_message_is_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t octets[SAMPLE_MAX];
        size_t full = unit_octets(samples[i].hex, octets, sizeof(octets));

        for (size_t len = 0; len <= full; len++) {
            enum mipro_err want = expected(&samples[i], octets, len);
            struct mipro_message m;
            struct unit_exact x;
            enum mipro_err err = parse_cut(&m, &x, octets, len, len);

            if (err != want || m.err != err)
                fail_msg("%s: prefix of %zu octets: %s, not %s", samples[i].name, len,
                    mipro_strerror(err), mipro_strerror(want));
            if (m.err_off > len || m.ext_end > len)
                fail_msg("%s: prefix of %zu octets: an offset beyond it", samples[i].name, len);
            free(x.block);
        }
        if (!is_whole(&samples[i], full))
            fail_msg("%s: the sample itself is not complete", samples[i].name);
    }
}

/* Does the message, as the general parser reads it, have everything that "plain" stands for? */
static bool
is_plain(const struct mipro_message *general)
{
    return general->err == MIPRO_OK && mipro_is_draft(general) && general->n_ext == 1 &&
           general->n_unknown == 0 && general->first.def->auth &&
           general->first.type == mipro_auth_ext_type(&general->set) &&
           mipro_has(general, MIPRO_F_HOMEADDR) &&
           (mipro_has(general, MIPRO_F_COA) ||
               mipro_message_type(general) != MIPRO_BINDING_UPDATE) &&
           !mipro_ident_is_open(general);
}

/* For each sample, cut anywhere and with any octet changed, in each draft and reading. */
static void
the_fast_path_of_the_parser_agrees_with_the_general_one(void **state)
{
    size_t n_short = 0, n_plain = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t octets[SAMPLE_MAX];
        size_t full = unit_octets(samples[i].hex, octets, sizeof(octets));

        for (unsigned k = 0; k < 256 * full; k++) {
            size_t at = k / 256, len = k % 2 == 0 ? full : at + 1;
            uint8_t was = octets[at];
            const struct mipro_settings some = { (enum mipro_draft)(k % 3),
                (enum mipro_reading)(k / 3 % 3), k % 5 == 0 ? 35 : MIPRO_EXT_WARNING, false };
            struct mipro_message m, general;
            struct unit_exact x;

            octets[at] = (uint8_t)k;
            x = unit_exact(octets, len);
            octets[at] = was;
            mipro_message_parse(&m, x.octets, len, len, &some, MIPRO_IDENT_UNKNOWN);
            mipro_message_parse_general(&general, x.octets, len, len, &some, MIPRO_IDENT_UNKNOWN);
            if (!same_message(&m, &general))
                fail_msg("%s: octet %zu as %u, length %zu", samples[i].name, at, k % 256, len);
            if (general.plain || (m.plain && !is_plain(&general)))
                fail_msg(
                    "%s: octet %zu as %u, length %zu: plain", samples[i].name, at, k % 256, len);
            n_short += m.err == MIPRO_OK && m.n_ext == 1;
            n_plain += m.plain;
            free(x.block);
        }
    }
    assert_true(n_short > 1000 && n_plain > 1000); /* otherwise nothing was tested */
}

static void
what_is_not_captured_is_not_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t octets[SAMPLE_MAX];
        size_t full = unit_octets(samples[i].hex, octets, sizeof(octets));

        for (size_t captured = 1; captured < full; captured++) {
            struct mipro_message m;
            struct unit_exact x;
            enum mipro_err err = parse_cut(&m, &x, octets, captured, full);

            if (err != MIPRO_ERR_CUT)
                fail_msg(
                    "%s: %zu octets captured: %s", samples[i].name, captured, mipro_strerror(err));
            for (const struct mipro_field_def *f = m.def->fields; f->id != MIPRO_F_END; f++)
                if (mipro_has(&m, f->id) && f->off + f->len > (int)captured)
                    fail_msg("%s: %zu octets captured: has %s", samples[i].name, captured,
                        mipro_field_name(f->id));
            free(x.block);
        }
    }
}

/* A message that ends in its fixed part does so whether or not that end was captured. */
static void
a_truncated_message_is_truncated_in_any_capture(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    struct mipro_message m;
    struct unit_exact x;

    (void)state;
    unit_octets(UPDATE AUTH_35, octets, sizeof(octets));
    assert_int_equal(parse_cut(&m, &x, octets, 4, 10), MIPRO_ERR_TRUNCATED);
    free(x.block);
    unit_octets(UPDATE_IDENT, octets, sizeof(octets));
    assert_int_equal(parse_cut(&m, &x, octets, 4, 19), MIPRO_ERR_TRUNCATED);
    free(x.block);
    /* Without its flags it is unknown whether there is an identification. */
    assert_int_equal(parse_cut(&m, &x, octets, 1, 19), MIPRO_ERR_CUT);
    free(x.block);
    /* Nor, in an acknowledge, whether the following octets are extensions. */
    unit_octets("13000000 0a010009 8303", octets, sizeof(octets));
    assert_int_equal(parse_cut(&m, &x, octets, 8, 13), MIPRO_ERR_CUT);
    free(x.block);
    assert_int_equal(parse_cut(&m, &x, octets, 9, 13), MIPRO_ERR_CUT);
    assert_false(mipro_has(&m, MIPRO_F_IDENT));
    free(x.block);
}

static void
fields_have_the_values_that_were_sent(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    struct mipro_message m;
    size_t n;

    (void)state;
    n = unit_octets("12f5 003c 0a010009 0a030001 0123456789abcdef" AUTH_35, octets, sizeof(octets));
    mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(m.err, MIPRO_OK);
    assert_int_equal(mipro_message_type(&m), MIPRO_BINDING_UPDATE);
    assert_int_equal(mipro_value(&m, MIPRO_F_FLAGS), 0xf5);
    assert_int_equal(mipro_value(&m, MIPRO_F_LIFE), 60);
    assert_int_equal(mipro_value(&m, MIPRO_F_HOMEADDR), 0x0a010009);
    assert_int_equal(mipro_value(&m, MIPRO_F_COA), 0x0a030001);
    assert_true(mipro_value(&m, MIPRO_F_IDENT) == UINT64_C(0x0123456789abcdef));
    assert_false(mipro_has(&m, MIPRO_F_HOMEAGENT));
    assert_int_equal(mipro_value(&m, MIPRO_F_HOMEAGENT), 0);
    assert_int_equal(m.ext_off, 20);
    assert_int_equal(m.ext_end, 42);
    assert_int_equal(m.n_ext, 1);

    n = unit_octets("10abcdef 0a010009 c0000207 c0000208", octets, sizeof(octets));
    mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(mipro_value(&m, MIPRO_F_RESERVED), 0xabcdef);
    assert_int_equal(m.n_targets, 2);
    assert_int_equal(mipro_target(&m, 0), 0xc0000207);
    assert_int_equal(mipro_target(&m, 1), 0xc0000208);
    assert_int_equal(mipro_target(&m, 2), 0);
}

static void
targets_end_before_the_longest_authenticator(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    /* Of the 32 octets of HMAC-SHA-256 the last 22 look like an extension with keyed MD5. */
    size_t n = unit_octets("10000000 0a010009 c0000207 c0000208"
                           "2324 00001000 00000000000000000000"
                           "2314 00001000 00000000000000000000000000000000",
        octets, sizeof(octets));
    struct mipro_message m;

    (void)state;
    mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(m.err, MIPRO_OK);
    assert_int_equal(m.n_targets, 2);
    assert_int_equal(m.ext_off, 16);
}

static void
extensions_tile_the_payload_and_yield_their_fields(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(REGISTRATION PFAN WARNING_EXT AUTH_36, octets, sizeof(octets));
    struct mipro_message m;
    struct mipro_ext e = { 0 };
    uint64_t v;
    size_t len;

    (void)state;
    mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(m.n_ext, 3);

    assert_true(mipro_ext_next(&m, &e));
    assert_int_equal(e.type, MIPRO_EXT_PFAN);
    assert_int_equal(e.off, 24);
    assert_true(mipro_ext_value(&m, &e, MIPRO_F_PFAN_LIFE, &v) && v == 60);
    assert_true(mipro_ext_value(&m, &e, MIPRO_F_PFAN_AGENT, &v) && v == 0x0a020001);
    assert_true(mipro_ext_value(&m, &e, MIPRO_F_PFAN_COA, &v) && v == 0x0a030001);
    assert_true(mipro_ext_value(&m, &e, MIPRO_F_PFAN_SPI, &v) && v == 0x1000);
    assert_ptr_equal(mipro_ext_octets(&m, &e, MIPRO_F_PFAN_AUTHENTICATOR, &len), octets + 40);
    assert_int_equal(len, 16);
    assert_false(mipro_ext_value(&m, &e, MIPRO_F_SPI, &v));

    assert_true(mipro_ext_next(&m, &e));
    assert_int_equal(e.off, 56);
    assert_int_equal(mipro_ext_addresses(&m, &e, MIPRO_F_WARN_TARGET), 2);
    assert_int_equal(mipro_ext_address(&m, &e, MIPRO_F_WARN_TARGET, 1), 0xc0000208);
    assert_int_equal(mipro_ext_address(&m, &e, MIPRO_F_WARN_TARGET, 2), 0);

    assert_true(mipro_ext_next(&m, &e));
    assert_int_equal(e.off, 72);
    assert_int_equal(e.hdr_len, 4);
    assert_int_equal(e.body_len, 20);
    assert_true(mipro_ext_value(&m, &e, MIPRO_F_SPI, &v) && v == 0x1000);
    assert_false(mipro_ext_next(&m, &e));

    assert_true(mipro_ext_find(&m, MIPRO_EXT_WARNING, &e));
    assert_int_equal(e.off, 56);
    assert_false(mipro_ext_find(&m, MIPRO_EXT_AUTH, &e));
}

static void
the_extension_in_which_the_capture_ends_is_known_from_its_header_on(void **state)
{
    uint8_t octets[SAMPLE_MAX];
    size_t n = unit_octets(UPDATE_IDENT "c802abcd" AUTH_35, octets, sizeof(octets));

    (void)state;
    for (size_t captured = 1; captured <= n; captured++) {
        struct mipro_message m;
        struct unit_exact x;
        struct mipro_ext e;
        uint64_t v;
        size_t len;
        bool want = (captured >= 22 && captured < 24) || (captured >= 26 && captured < n);

        parse_cut(&m, &x, octets, captured, n);
        if (mipro_ext_cut(&m, &e) != want)
            fail_msg("%zu octets captured: an extension is%s cut", captured, want ? " not" : "");
        if (want && captured > 24) {
            assert_int_equal(e.type, MIPRO_EXT_AUTH);
            assert_int_equal(mipro_ext_len(&e), 22);
            if (mipro_ext_value(&m, &e, MIPRO_F_SPI, &v) != (captured >= 30))
                fail_msg("%zu octets captured: SPI", captured);
            if (mipro_ext_octets(&m, &e, MIPRO_F_AUTHENTICATOR, &len) != NULL)
                assert_int_equal(len, captured - 30);
        }
        free(x.block);
    }
}

static void
types_of_others_are_not_ours(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        uint8_t octets[32] = { (uint8_t)type };
        bool ours = type == 1 || type == 3 || type == 7 || type == 15 || (type >= 16 && type <= 19);
        struct mipro_message m;

        mipro_message_parse(&m, octets, sizeof(octets), sizeof(octets), &set, MIPRO_IDENT_UNKNOWN);
        if ((m.err != MIPRO_ERR_NOT_OURS) != ours || (m.def != NULL) != ours)
            fail_msg("type %u: %s", type, mipro_strerror(m.err));
        assert_int_equal(mipro_message_type(&m), ours ? type : 0);
    }
}

static void
extension_47_is_short_only_where_the_long_form_does_not_fit(void **state)
{
    static const struct {
        const char *name, *hex;
        enum mipro_err err;
        size_t hdr_len, body_len;
    } rows[] = {
        { "long", "2f000003 010203", MIPRO_OK, 4, 3 },
        { "long, empty", "2f000000", MIPRO_OK, 4, 0 },
        { "short", "2f050100020304", MIPRO_OK, 2, 5 },
        { "short, too small for a long header", "2f0101", MIPRO_OK, 2, 1 },
        { "short, empty", "2f00", MIPRO_OK, 2, 0 },
        { "neither", "2f0901000203", MIPRO_ERR_OVERRUN, 0, 0 },
        { "neither, too small", "2f02aa", MIPRO_ERR_OVERRUN, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[SAMPLE_MAX];
        size_t n = unit_octets(REGISTRATION, octets, sizeof(octets));
        struct mipro_ext e = { 0 };
        struct mipro_message m;
        struct unit_exact x;

        n += unit_octets(rows[i].hex, octets + n, sizeof(octets) - n);
        if (parse_cut(&m, &x, octets, n, n) != rows[i].err)
            fail_msg("%s: %s", rows[i].name, mipro_strerror(m.err));
        if (m.err == MIPRO_OK && (!mipro_ext_next(&m, &e) || e.hdr_len != rows[i].hdr_len ||
                                     e.body_len != rows[i].body_len))
            fail_msg("%s: header %u, body %u", rows[i].name, e.hdr_len, e.body_len);
        free(x.block);
    }
}

static void
extensions_with_a_long_header_overrun_where_it_does(void **state)
{
    static const struct {
        const char *hex;
        enum mipro_err err;
    } rows[] = {
        { "24", MIPRO_ERR_TRAILING },
        { "2400", MIPRO_ERR_OVERRUN },
        { "240000", MIPRO_ERR_OVERRUN },
        { "24000000", MIPRO_OK },
        { "24000001", MIPRO_ERR_OVERRUN },
        { "2400ffff", MIPRO_ERR_OVERRUN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[SAMPLE_MAX];
        size_t n = unit_octets(REGISTRATION, octets, sizeof(octets));
        struct mipro_message m;
        struct unit_exact x;

        n += unit_octets(rows[i].hex, octets + n, sizeof(octets) - n);
        if (parse_cut(&m, &x, octets, n, n) != rows[i].err || m.err_off < 24)
            fail_msg("%s: %s", rows[i].hex, mipro_strerror(m.err));
        free(x.block);
    }
}

static void
whether_an_extension_discards_depends_on_its_message(void **state)
{
    static const struct {
        uint8_t type;
        bool in_update, in_registration;
    } rows[] = {
        { 0, true, true },
        { 16, false, false },
        { 35, false, false },
        { 37, true, false },
        { 39, true, false },
        { 48, true, false },
        { 50, true, false },
        { 51, true, true },
        { 46, true, false },
        { 47, true, false },
        { 96, false, false },
        { 100, true, true },
        { 127, true, true },
        { 128, false, false },
        { 131, false, false },
        { 191, false, false },
        { 255, false, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[SAMPLE_MAX];
        struct mipro_message m;
        size_t n;

        n = unit_octets(UPDATE "00020000", octets, sizeof(octets));
        octets[12] = rows[i].type;
        mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
        if ((m.n_unknown > 0) != rows[i].in_update)
            fail_msg("type %u in a Binding Update", rows[i].type);
        n = unit_octets(REGISTRATION "00020000", octets, sizeof(octets));
        octets[24] = rows[i].type;
        mipro_message_parse(&m, octets, n, n, &set, MIPRO_IDENT_UNKNOWN);
        if ((m.n_unknown > 0) != rows[i].in_registration)
            fail_msg("type %u in a Registration Request", rows[i].type);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix_of_a_message_is_what_it_is),
        cmocka_unit_test(the_fast_path_of_the_parser_agrees_with_the_general_one),
        cmocka_unit_test(what_is_not_captured_is_not_broken),
        cmocka_unit_test(a_truncated_message_is_truncated_in_any_capture),
        cmocka_unit_test(fields_have_the_values_that_were_sent),
        cmocka_unit_test(targets_end_before_the_longest_authenticator),
        cmocka_unit_test(extensions_tile_the_payload_and_yield_their_fields),
        cmocka_unit_test(the_extension_in_which_the_capture_ends_is_known_from_its_header_on),
        cmocka_unit_test(types_of_others_are_not_ours),
        cmocka_unit_test(extension_47_is_short_only_where_the_long_form_does_not_fit),
        cmocka_unit_test(extensions_with_a_long_header_overrun_where_it_does),
        cmocka_unit_test(whether_an_extension_discards_depends_on_its_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
