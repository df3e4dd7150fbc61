/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "compose/setting.h"

static const struct mipro_settings set = MIPRO_SETTINGS;
static struct mipro_keyring *ring;
static struct inj_payload payload;

static int
start(void **state)
{
    static const char keys[] =
        "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:0123456789abcdef\"\n"
        "\"b\",\"10.1.0.9\",\"10.1.0.1\",\"0x1001\",\"text:0123456789abcdef\",\"hmac-md5\"\n"
        "\"c\",\"10.1.0.9\",\"10.2.0.1\",\"0x1002\",\"text:0123456789abcdef\"\n";
    struct mipro_key_error error;

    (void)state;
    ring = mipro_keyring_parse(keys, strlen(keys), "keys", NULL, NULL, &error);
    return ring == NULL;
}

static int
finish(void **state)
{
    (void)state;
    mipro_keyring_free(ring);
    return 0;
}

static const struct inj_content update = { .type = MIPRO_BINDING_UPDATE,
    .flags = MIPRO_BU_A,
    .life = 60,
    .home = 0x0a010009,
    .care_of = 0x0a030001,
    .has_ident = true,
    .ident = UINT64_C(0xe800000000000001) };

static const struct inj_content request = { .type = MIPRO_REGISTRATION_REQUEST,
    .life = 1800,
    .home = 0x0a010009,
    .agent = 0x0a010001,
    .care_of = 0x0a030001,
    .has_ident = true,
    .ident = UINT64_C(0xe800000000000001) };

static struct mipro_scene
scene(void)
{
    return (struct mipro_scene){ 0x0a010001, 0xc0000207, 0, ring };
}

/* The verdict of the last authenticator of the payload. */
static void
note_verdict(void *ctx, const struct mipro_auth *auth)
{
    *(enum mipro_verdict *)ctx = auth->verdict;
}

static enum mipro_verdict
judge(void)
{
    enum mipro_verdict verdict = MIPRO_VERDICTS;
    const struct mipro_scene s = scene();
    struct mipro_message m;

    mipro_message_parse(&m, payload.octets, payload.len, payload.len, &set, MIPRO_IDENT_UNKNOWN);
    mipro_auth_each(&m, &s, note_verdict, &verdict);
    return verdict;
}

static void
sign(const struct inj_content *c, uint32_t spi)
{
    const struct mipro_scene s = scene();
    struct mipro_candidate signer;
    bool valid;

    assert_true(inj_compose(&payload, c, &set));
    assert_true(
        inj_find_signer(&payload, inj_signing_type(c->type, 4096, &set), spi, &s, &signer, &valid));
    assert_true(valid);
    assert_true(inj_sign(&payload, inj_signing_type(c->type, 4096, &set), &signer, spi));
}

static void
an_update_is_laid_out_as_the_draft_draws_it(void **state)
{
    uint8_t want[64];
    const size_t n =
        unit_octets("12c0 003c 0a010009 0a030001 e800000000000001", want, sizeof(want));

    (void)state;
    assert_true(inj_compose(&payload, &update, &set));
    assert_int_equal(payload.len, n);
    assert_memory_equal(payload.octets, want, n);
}

static void
the_extension_that_signs_goes_by_message_and_draft(void **state)
{
    const struct mipro_settings later = { MIPRO_DRAFT_09, MIPRO_READING_AUTO, 16, false };

    (void)state;
    assert_int_equal(inj_signing_type(MIPRO_BINDING_UPDATE, 4096, &set), 35);
    assert_int_equal(inj_signing_type(MIPRO_BINDING_ACKNOWLEDGE, 4096, &set), 35);
    assert_int_equal(inj_signing_type(MIPRO_REGISTRATION_REQUEST, 4096, &set), 32);
    assert_int_equal(inj_signing_type(MIPRO_REGISTRATION_REPLY, 4096, &set), 32);
    assert_int_equal(inj_signing_type(MIPRO_BINDING_UPDATE, 4096, &later), 36);
}

static void
what_is_signed_is_good(void **state)
{
    (void)state;
    sign(&update, 0x1000);
    assert_int_equal(judge(), MIPRO_GOOD);
    sign(&request, 0x1001);
    assert_int_equal(judge(), MIPRO_GOOD);
}

static void
no_association_signs_between_other_ends(void **state)
{
    struct mipro_scene s = scene();
    struct mipro_candidate signer;
    bool valid;

    (void)state;
    assert_true(inj_compose(&payload, &update, &set));
    assert_false(inj_find_signer(&payload, 35, 0x1001, &s, &signer, &valid));
    s.dst = 0xc0000208;
    assert_false(inj_find_signer(&payload, 35, 0x1000, &s, &signer, &valid));
}

/* FIELD=VALUE of a signed Binding Update: where it is stored, or that it is refused. */
static void
a_setting_replaces_octets_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        size_t off; /* 0: refused */
        const char *octets;
    } rows[] = {
        { "type=17", 0xff, "11" },
        { "flags=0x8f", 1, "8f" },
        { "life=infinity", 2, "ffff" },
        { "life=65536", 0, "" },
        { "homeaddr=10.9.8.7", 4, "0a090807" },
        { "coa=hex:01020304", 8, "01020304" },
        { "coa=hex:010203", 0, "" },
        { "ident=0x1122334455667788", 12, "1122334455667788" },
        { "ext.type=36", 20, "24" },
        { "ext.len=255", 21, "ff" },
        { "auth.spi=255", 22, "000000ff" },
        { "auth.authenticator=hex:000102030405060708090a0b0c0d0e0f", 26,
            "000102030405060708090a0b0c0d0e0f" },
        { "auth.authenticator=5", 0, "" },
        { "status=1", 0, "" },
        { "pfan.life=1", 0, "" },
        { "frob=1", 0, "" },
        { "life", 0, "" },
        { "life=", 0, "" },
        { "life=-1", 0, "" },
        { "=1", 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const size_t off = rows[i].off == 0xff ? 0 : rows[i].off;
        struct inj_setting s;
        uint8_t before[64], want[32];
        char why[320] = "";
        bool good;
        size_t n;

        sign(&update, 0x1000);
        memcpy(before, payload.octets, payload.len);
        good = inj_parse_setting(rows[i].text, &s, why, sizeof(why)) &&
               inj_apply_setting(&payload, &s, why, sizeof(why));
        if (good != (rows[i].off != 0))
            fail_msg("%s: %s", rows[i].text, good ? "taken" : why);
        if (!good && why[0] == '\0')
            fail_msg("%s: refused without a reason", rows[i].text);
        n = unit_octets(rows[i].octets, want, sizeof(want));
        memcpy(before + off, want, n);
        if (payload.len != 42 || memcmp(payload.octets, before, payload.len) != 0)
            fail_msg("%s: the octets differ", rows[i].text);
    }
}

static void
a_field_set_before_signing_is_signed(void **state)
{
    static const char *const settings[] = { "life=7", "flags=0xcf", "coa=10.3.0.2", "ident=5" };
    struct inj_setting s;
    char why[320];

    (void)state;
    for (size_t i = 0; i < COUNT(settings); i++) {
        sign(&update, 0x1000);
        assert_true(inj_parse_setting(settings[i], &s, why, sizeof(why)));
        assert_true(inj_apply_setting(&payload, &s, why, sizeof(why)));
        if (judge() != MIPRO_BAD)
            fail_msg("%s after signing: not bad", settings[i]);
        inj_sign_again(&payload);
        if (judge() != MIPRO_GOOD)
            fail_msg("%s before signing: not good", settings[i]);
    }
}

static void
a_notification_is_signed_in_each_reading(void **state)
{
    struct mipro_scene s = scene();
    struct inj_pfan pfan = { 60, 0x0a020001, 0x0a030001, 0x1002, { false, false, false, false },
        MIPRO_BODY };
    struct mipro_candidate signer;
    bool valid;

    (void)state;
    for (unsigned way = 0; way < 4; way++) {
        pfan.reading.ident = (way & 1) != 0;
        pfan.coverage = (way & 2) != 0 ? MIPRO_BODY_TYPE_LENGTH : MIPRO_BODY;
        assert_true(inj_compose(&payload, &request, &set));
        assert_true(inj_find_pfan_signer(&payload, &pfan, &s, &signer, &valid));
        assert_true(inj_put_pfan(&payload, &pfan, &signer));
        if (judge() != MIPRO_GOOD)
            fail_msg("reading %u: the notification is not good", way);
        payload.octets[2] ^= 1; /* the registration's lifetime: not in the body */
        if (judge() != MIPRO_GOOD)
            fail_msg("reading %u: covers what it should not", way);
        payload.octets[24 + 3] ^= 1; /* its own lifetime */
        if (judge() != MIPRO_BAD)
            fail_msg("reading %u: does not cover its lifetime", way);
        inj_sign_again(&payload);
        if (judge() != MIPRO_GOOD)
            fail_msg("reading %u: after signing again it is not good", way);
    }
}

/* The first outputs of splitmix64 seeded with 1234567, as its author published them. */
static void
numbers_of_a_seed_are_splitmix64(void **state)
{
    static const uint64_t want[] = { UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423), UINT64_C(4593380528125082431) };

    (void)state;
    for (size_t i = 0; i < COUNT(want); i++)
        assert_true(inj_random(1234567, i) == want[i]);
}

static void
the_clock_of_an_identification_is_compared_across_eras(void **state)
{
    const int64_t now = INT64_C(919944000) * MIPRO_SECOND;
    const int64_t turn = INT64_C(2085978496) * MIPRO_SECOND; /* 2036: the seconds are 0 again */

    (void)state;
    assert_int_equal(inj_ident_ahead(inj_time_ident(now, 0), now), 0);
    assert_int_equal(inj_ident_ahead(inj_time_ident(now + 3600 * MIPRO_SECOND, 0), now), 3600);
    assert_int_equal(inj_ident_ahead(inj_time_ident(turn - MIPRO_SECOND, 0), turn), -1);
    assert_int_equal(
        inj_ident_ahead(inj_time_ident(turn + MIPRO_SECOND, 0), turn - MIPRO_SECOND), 2);
}

static void
an_identification_made_from_a_time_is_ntp(void **state)
{
    (void)state;
    /* 1999-02-25T12:00:00.7Z is 3,128,932,800 s after 1900, and 0xb3333333 of 2^32 */
    assert_true(inj_time_ident(INT64_C(919944000700000000), 0x12345) ==
                (UINT64_C(3128932800) << 32 | 0xb3312345u));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_is_laid_out_as_the_draft_draws_it),
        cmocka_unit_test(the_extension_that_signs_goes_by_message_and_draft),
        cmocka_unit_test(what_is_signed_is_good),
        cmocka_unit_test(no_association_signs_between_other_ends),
        cmocka_unit_test(a_setting_replaces_octets_and_nothing_else),
        cmocka_unit_test(a_field_set_before_signing_is_signed),
        cmocka_unit_test(a_notification_is_signed_in_each_reading),
        cmocka_unit_test(numbers_of_a_seed_are_splitmix64),
        cmocka_unit_test(an_identification_made_from_a_time_is_ntp),
        cmocka_unit_test(the_clock_of_an_identification_is_compared_across_eras),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
