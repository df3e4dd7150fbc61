/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "auth.h"

#include <stdio.h>

/* A Registration Request with M and G, home address MN. */
#define REQUEST "01180e100a0100090a0100010a0300021122334455667788"

static const struct mipro_pfan_reading readings[] = {
    { true, true, true, false },
    { true, true, false, false },
    { true, false, true, false },
    { true, false, false, false },
    { false, true, true, false },
    { false, true, false, false },
    { false, false, true, false },
    { false, false, false, false },
};

static void
a_pfan_is_good_in_each_of_its_readings(void **state)
{
    static const char *const columns[] = { "\"" KEY "\"", "\"" KEY "\",\"hmac-md5\"",
        "\"" KEY "\",\"hmac-md5\",\"type-length\"", "\"" KEY "\",,\"type-length-spi\"",
        "\"" KEY "\",\"any\"" };

    (void)state;
    for (size_t c = 0; c < COUNT(columns); c++) {
        char text[128];
        struct mipro_keyring *ring;
        const struct mipro_association *s;

        snprintf(text, sizeof(text), "\"a\",\"10.1.0.9\",\"10.3.0.1\",\"4096\",%s", columns[c]);
        ring = load_ring(text);
        s = mipro_keyring_at(ring, 0);
        /* Bits: the reading; 8 only the body; 16 SPI appended; 32 HMAC. */
        for (unsigned way = 0; way < 64; way++) {
            const struct mipro_pfan_reading *reading = &readings[way % 8];
            const struct mipro_scene scene = { 1, 2, NOON, ring };
            enum mipro_algorithm algorithm = way >= 32 ? MIPRO_HMAC_MD5 : MIPRO_KEYED_MD5;
            bool spi = (way & 16) != 0;
            bool allowed = (s->algorithm == MIPRO_ANY || s->algorithm == algorithm) &&
                           (!spi || s->coverage != MIPRO_TYPE_LENGTH);
            struct mipro_message m;
            struct mipro_ext e = { 0 };
            uint8_t buf[64], body[24], out[16];
            struct seen seen;
            size_t n, len = unit_octets(REQUEST NOTICE, buf, sizeof(buf));

            memset(buf + len, 0, 16);
            mipro_message_parse(&m, buf, len + 16, len + 16, &draft_08, MIPRO_IDENT_UNKNOWN);
            assert_true(mipro_ext_find(&m, MIPRO_EXT_PFAN, &e));
            n = mipro_pfan_body(&m, &e, reading, body);
            assert_int_equal(n, reading->ident ? 20 : 12);
            if ((way & 8) == 0) {
                body[n++] = 35;
                body[n++] = 20;
            }
            mipro_auth_compute_as(s, 0, algorithm, spi ? MIPRO_TYPE_LENGTH_SPI : MIPRO_TYPE_LENGTH,
                body, n, 4096, out);
            memcpy(buf + len, out, 16);
            seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
            assert_int_equal(seen.n, 1);
            if (seen.auth[0].verdict != (allowed ? MIPRO_GOOD : MIPRO_BAD))
                fail_msg(
                    "%s, way %u: %s", columns[c], way, mipro_verdict_name(seen.auth[0].verdict));
            if (allowed) {
                char got[12], want[12];

                mipro_pfan_reading_text(&seen.auth[0].reading, got);
                mipro_pfan_reading_text(reading, want);
                if (strcmp(got, want) != 0 || seen.auth[0].algorithm != algorithm ||
                    seen.auth[0].coverage != ((way & 8) == 0 ? MIPRO_BODY_TYPE_LENGTH : MIPRO_BODY))
                    fail_msg("%s, way %u: %s", columns[c], way, got);
            } else if (way % 8 ==
                       0) { /* the expected authenticator is the one that we would sign */
                unit_octets("12f0012c0a0100090a0300021122334455667788"
                            "2314",
                    body, sizeof(body));
                mipro_auth_compute(s, 0, body, 22, 4096, out);
                assert_memory_equal(seen.auth[0].calculated, out, sizeof(out));
            }
            /* Any changed octet that the body takes from request or notification makes it bad. */
            for (size_t octet = 4; allowed && octet < len + 16; octet++) {
                bool counts = octet < 8 || (octet >= 16 && octet < 24 && reading->ident) ||
                              (octet >= 26 && octet < 28) || (octet >= 32 && octet < 36) ||
                              octet >= 40;

                if (!counts)
                    continue;
                buf[octet] ^= 0x40;
                seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
                if (seen.auth[0].verdict == MIPRO_GOOD)
                    fail_msg("%s, way %u, octet %zu", columns[c], way, octet);
                buf[octet] ^= 0x40;
            }
        }
        mipro_keyring_free(ring);
    }
}

static void
the_request_of_a_pfan_without_flags_has_two_bodies(void **state)
{
    struct mipro_keyring *ring = load_ring("\"a\",\"10.1.0.9\",\"10.3.0.1\",\"4096\",\"" KEY "\"");
    const struct mipro_scene scene = { 1, 2, NOON, ring };
    uint8_t buf[64], body[24];
    struct seen seen;
    size_t len =
        unit_octets("01000e100a0100090a0100010a0300021122334455667788" NOTICE, buf, sizeof(buf));

    (void)state;
    /* M is not in the request, so a body with M is no reading. */
    unit_octets("12a0012c0a0100090a0300022314", body, sizeof(body));
    mipro_auth_compute(mipro_keyring_at(ring, 0), 0, body, 14, 4096, buf + len);
    seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
    assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
    unit_octets("1280012c0a0100090a0300022314", body, sizeof(body));
    mipro_auth_compute(mipro_keyring_at(ring, 0), 0, body, 14, 4096, buf + len);
    seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
    assert_int_equal(seen.auth[0].verdict, MIPRO_GOOD);
    mipro_keyring_free(ring);
}

/* The Binding Update of a handoff: only the body, signed by the mobile node. */
static void
a_handoff_is_also_judged_by_the_body_alone(void **state)
{
    struct mipro_keyring *ring =
        load_ring("\"mobile\",\"10.1.0.9\",\"10.3.0.1\",\"4096\",\"" KEY "\",\"hmac-md5\"\n"
                  "\"agents\",\"10.3.0.2\",\"10.3.0.1\",\"4096\",\"text:other\"\n");
    const struct mipro_scene scene = { NEW_FA, FA, NOON, ring };
    const struct mipro_association *s = mipro_keyring_at(ring, 0);
    struct mipro_message update, request;
    struct mipro_ext e, notice;
    struct mipro_auth auth, of_request;
    /* Its lifetime is not the notification's: the foreign agent altered it. */
    uint8_t buf[64], asked[64];
    size_t len = unit_octets("12a0ffff0a0100090a030002"
                             "2314"
                             "00001000",
        buf, sizeof(buf));
    size_t asked_len = unit_octets(REQUEST NOTICE, asked, sizeof(asked));

    (void)state;
    mipro_auth_compute_as(s, 0, MIPRO_HMAC_MD5, MIPRO_TYPE_LENGTH, buf, 12, 4096, buf + len);
    memcpy(asked + asked_len, buf + len, 16);
    mipro_message_parse(&update, buf, len + 16, len + 16, &draft_08, MIPRO_IDENT_UNKNOWN);
    mipro_message_parse(
        &request, asked, asked_len + 16, asked_len + 16, &draft_08, MIPRO_IDENT_UNKNOWN);
    assert_true(mipro_ext_find(&update, MIPRO_EXT_AUTH, &e));
    assert_true(mipro_ext_find(&request, MIPRO_EXT_PFAN, &notice));

    mipro_auth_judge(&update, &e, &scene, &auth);
    assert_int_equal(auth.verdict, MIPRO_BAD); /* with the agents' association, unchanged */
    assert_string_equal(auth.association->name, "agents");
    mipro_auth_judge_handoff(&update, &e, &scene, &auth);
    assert_int_equal(auth.verdict, MIPRO_GOOD);
    assert_string_equal(auth.association->name, "mobile");
    assert_int_equal(auth.coverage, MIPRO_BODY);

    mipro_auth_judge(&request, &notice, &scene, &of_request);
    assert_int_equal(of_request.verdict, MIPRO_BAD);
    mipro_pfan_judge_update(&request, &notice, &scene, &update, &of_request);
    assert_int_equal(of_request.verdict, MIPRO_GOOD);
    assert_true(of_request.reading.from_update && of_request.reading.minimal);
    assert_false(of_request.reading.ident || of_request.reading.gre);
    assert_int_equal(of_request.ext, MIPRO_EXT_PFAN);

    buf[2] ^= 1; /* altered in transit */
    mipro_message_parse(&update, buf, len + 16, len + 16, &draft_08, MIPRO_IDENT_UNKNOWN);
    mipro_auth_judge(&update, &e, &scene, &auth);
    mipro_auth_judge_handoff(&update, &e, &scene, &auth);
    assert_int_equal(auth.verdict, MIPRO_BAD);
    assert_string_equal(auth.association->name, "agents");
    mipro_auth_judge(&request, &notice, &scene, &of_request);
    mipro_pfan_judge_update(&request, &notice, &scene, &update, &of_request);
    assert_int_equal(of_request.verdict, MIPRO_BAD);
    mipro_keyring_free(ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pfan_is_good_in_each_of_its_readings),
        cmocka_unit_test(the_request_of_a_pfan_without_flags_has_two_bodies),
        cmocka_unit_test(a_handoff_is_also_judged_by_the_body_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
