/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mobile-AAA authenticators that answer a challenge: chap, SPI 2 (RFC 4721 8). */
#include "auth.h"

#include <stdio.h>

#define CHAP "\"aaa\",\"10.1.0.9\",\"10.1.0.1\",\"2\",\"" KEY "\",\"chap\"\n"
#define ANY "\"aaa\",\"10.1.0.9\",\"10.1.0.1\",\"2\",\"" KEY "\",\"any\"\n"
/* A Registration Request of MN for HA, after its flags. */
#define REST "0e100a0100090a0100010a03000100000000000a0001"
#define PLAIN "0100" REST
#define COLOCATED "0120" REST
#define HEADER "2401001400000002" /* of the extension, up to its SPI */

/*
 * From Python's hashlib; C is the challenge, octet i of which is a0 + 7i; M is the message up to
 * the SPI: md5(C[:1] + key + md5(M).digest() + C[-237:])
 */
static const struct {
    unsigned len;
    const char *authenticator;
} vectors[] = {
    { 1, "200a38ebe95f73ea54f6527c2387307d" },
    { 4, "83962f8484cb539c437859b0d16f83ca" },
    { 16, "0570cd511d75a23185cac7c2492f4c1b" },
    { 237, "cfb2c7467838d8facf69f722dd7e8eb9" },
    { 238, "8356d8a19dd4e7da472f1936536a5400" },
    { 255, "36e34d37d9b07cb26ce53fcb89f2a8c0" },
};
#define NO_CHALLENGE "0a83a50db701d04dc9532db9f3d1303c" /* COLOCATED, C = one octet of 0 */

static size_t
put_challenge(uint8_t *buf, size_t n, unsigned len)
{
    buf[n++] = MIPRO_EXT_CHALLENGE;
    buf[n++] = (uint8_t)len;
    for (unsigned i = 0; i < len; i++)
        buf[n++] = (uint8_t)(0xa0 + 7 * i);
    return n;
}

static size_t
put(uint8_t *buf, size_t n, const char *hex)
{
    return n + unit_octets(hex, buf + n, 128);
}

/* The i-th vector, as a complete message. */
static size_t
make(unsigned i, uint8_t *buf)
{
    size_t n = put_challenge(buf, put(buf, 0, PLAIN), vectors[i].len);

    return put(buf, put(buf, n, HEADER), vectors[i].authenticator);
}

static struct mipro_auth
judge_by(const char *keys, const uint8_t *buf, size_t captured, size_t n)
{
    struct mipro_keyring *ring = load_ring(keys);
    const struct mipro_scene scene = { MN, FA, NOON, ring };
    struct seen seen = judge(buf, captured, n, &draft_08, &scene);

    assert_int_equal(seen.n, 1);
    if (seen.auth[0].association != NULL)
        assert_string_equal(seen.auth[0].association->name, "aaa");
    seen.auth[0].association = NULL; /* the ring is freed */
    mipro_keyring_free(ring);
    return seen.auth[0];
}

static void
hashlib_agrees_and_every_octet_counts(void **state)
{
    static const char *const keys[] = { CHAP, ANY };
    uint8_t buf[512];

    (void)state;
    for (unsigned i = 0; i < COUNT(vectors); i++) {
        size_t n = make(i, buf);

        for (size_t k = 0; k < COUNT(keys); k++) {
            struct mipro_auth auth = judge_by(keys[k], buf, n, n);

            if (auth.verdict != MIPRO_GOOD || auth.algorithm != MIPRO_CHAP ||
                auth.coverage != MIPRO_TYPE_LENGTH_SPI)
                fail_msg("vector %u, keys %zu: %s", i, k, mipro_verdict_name(auth.verdict));
            for (size_t octet = 1; octet < n; octet++) {
                /* Home address and agent find the association; the extension headers frame it. */
                if ((octet >= 4 && octet < 12) || (octet >= 24 && octet < 26) ||
                    (octet >= n - 24 && octet < n - 16 && octet != n - 23))
                    continue;
                buf[octet] ^= 0x04;
                auth = judge_by(keys[k], buf, n, n);
                if (auth.verdict != MIPRO_BAD || auth.calculated_len != 16 || auth.size_wrong)
                    fail_msg(
                        "vector %u, octet %zu: %s", i, octet, mipro_verdict_name(auth.verdict));
                buf[octet] ^= 0x04;
            }
        }
    }
}

/* Without the challenge nothing can be checked, so nothing is bad. */
static void
a_missing_challenge_is_not_the_nodes_fault(void **state)
{
    static const struct {
        const char *hex; /* all but the header of the extension and the authenticator */
        const char *authenticator;
        enum mipro_verdict verdict;
        enum mipro_hint hint;
    } rows[] = {
        { PLAIN, NO_CHALLENGE, MIPRO_NO_KEY, MIPRO_HINT_CHALLENGE },
        { PLAIN "8400", NO_CHALLENGE, MIPRO_NO_KEY, MIPRO_HINT_CHALLENGE }, /* an empty one */
        { COLOCATED "8400", NO_CHALLENGE, MIPRO_NO_KEY, MIPRO_HINT_CHALLENGE },
        { COLOCATED, NO_CHALLENGE, MIPRO_GOOD, MIPRO_HINT_NONE },
        { COLOCATED, "ff83a50db701d04dc9532db9f3d1303c", MIPRO_NO_KEY, MIPRO_HINT_CHALLENGE },
        /* For another challenge; and co-located, with a challenge in the message. */
        { PLAIN "8401a1", "200a38ebe95f73ea54f6527c2387307d", MIPRO_BAD, MIPRO_HINT_NONE },
        { COLOCATED "8401a1", NO_CHALLENGE, MIPRO_BAD, MIPRO_HINT_NONE },
        /* The first of two challenges. */
        { PLAIN "8401a18401a0", "200a38ebe95f73ea54f6527c2387307d", MIPRO_BAD, MIPRO_HINT_NONE },
    };
    const struct mipro_ends ends = { MN, HA };
    struct mipro_keyring *ring = load_ring(CHAP);
    char text[MIPRO_EXPLANATION];
    uint8_t buf[128];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const size_t n =
            put(buf, put(buf, put(buf, 0, rows[i].hex), HEADER), rows[i].authenticator);
        struct mipro_auth auth = judge_by(CHAP, buf, n, n);

        if (auth.verdict != rows[i].verdict || auth.hint != rows[i].hint)
            fail_msg("row %zu: %s", i, mipro_verdict_name(auth.verdict));
        mipro_auth_explain(&auth, &ends, 1, ring, text, sizeof(text));
        if (auth.hint == MIPRO_HINT_CHALLENGE)
            assert_string_equal(text, "not checkable: with SPI 0x2 (2) it answers a challenge "
                                      "(RFC 4721); the message carries none, and none that its "
                                      "node was seen to be given fits");
        auth = judge_by(ANY, buf, n, n);
        if (auth.verdict != rows[i].verdict)
            fail_msg("row %zu, any: %s", i, mipro_verdict_name(auth.verdict));
    }
    mipro_keyring_free(ring);
}

/* With another SPI, "any" does not mean CHAP. */
static void
any_of_another_spi_is_bad_without_a_challenge(void **state)
{
    uint8_t buf[128];
    const size_t n = put(buf, put(buf, put(buf, 0, PLAIN), "2401001400001000"), NO_CHALLENGE);
    const struct mipro_auth auth =
        judge_by("\"aaa\",\"10.1.0.9\",\"10.1.0.1\",\"4096\",\"" KEY "\",\"any\"\n", buf, n, n);

    (void)state;
    assert_int_equal(auth.verdict, MIPRO_BAD);
}

static void
cuts_and_wrong_sizes_are_not_good(void **state)
{
    uint8_t buf[512];
    const size_t n = make(3, buf);
    struct mipro_auth auth;

    (void)state;
    /* If the capture ends in the challenge, no authenticator is known to follow. */
    for (size_t captured = n - 16; captured < n; captured++)
        assert_int_equal(judge_by(CHAP, buf, captured, n).verdict, MIPRO_TRUNCATED);
    /* An octet shorter, with a valid length: the size of no algorithm. */
    buf[n - 21]--;
    auth = judge_by(CHAP, buf, n - 1, n - 1);
    assert_int_equal(auth.verdict, MIPRO_BAD);
    assert_true(auth.size_wrong);
    auth = judge_by(ANY, buf, n - 1, n - 1);
    assert_int_equal(auth.verdict, MIPRO_BAD);
    assert_true(auth.size_wrong);
}

static void
what_we_sign_is_what_hashlib_computes(void **state)
{
    struct mipro_keyring *ring = load_ring(CHAP);
    const struct mipro_msg_def *def = mipro_msg_def(MIPRO_REGISTRATION_REQUEST, MIPRO_SOURCE_BASE);
    uint8_t buf[512], want[512];

    (void)state;
    for (unsigned i = 0; i < COUNT(vectors); i++) {
        const size_t n = make(i, want);
        struct mipro_build b = mipro_build(buf, sizeof(buf), def, &draft_08);

        memcpy(buf, want, b.len);
        mipro_put_ext(&b, MIPRO_EXT_CHALLENGE);
        mipro_put_ext_octets(&b, want + b.len, vectors[i].len);
        mipro_put_auth(&b, MIPRO_EXT_GENERALIZED, mipro_keyring_at(ring, 0), 0, 2);
        assert_false(b.failed);
        assert_int_equal(b.len, n);
        assert_memory_equal(buf, want, n);
    }
    mipro_keyring_free(ring);
}

static void
nothing_is_signed_without_a_challenge(void **state)
{
    static const uint8_t types[] = { MIPRO_REGISTRATION_REQUEST, MIPRO_REGISTRATION_REPLY,
        MIPRO_BINDING_UPDATE };
    struct mipro_keyring *ring = load_ring(CHAP);
    const struct mipro_pfan_reading reading = { .ident = true };
    struct mipro_build b;
    uint8_t buf[128];

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        const struct mipro_msg_def *def =
            mipro_msg_def(types[i], types[i] < 16 ? MIPRO_SOURCE_BASE : MIPRO_SOURCE_DRAFT);

        b = mipro_build(buf, sizeof(buf), def, &draft_08);
        mipro_put_auth(&b, MIPRO_EXT_GENERALIZED, mipro_keyring_at(ring, 0), 0, 2);
        assert_true(b.failed);
    }
    b = mipro_build(buf, sizeof(buf), mipro_msg_def(1, MIPRO_SOURCE_BASE), &draft_08);
    mipro_put_ext(&b, MIPRO_EXT_PFAN);
    mipro_put_pfan_authenticator(
        &b, mipro_keyring_at(ring, 0), 0, &reading, MIPRO_BODY_TYPE_LENGTH);
    assert_true(b.failed);
    mipro_keyring_free(ring);
}

static void
spi_2_is_for_chap_alone(void **state)
{
    static const struct {
        const char *rest; /* of a line, from the SPI */
        const char *why;  /* NULL: it loads */
    } rows[] = {
        { "\"2\",\"text:x\",\"chap\"", NULL },
        { "\"0x2\",\"text:x\",\"chap\"", NULL },
        { "\"2\",\"text:x\",\"any\"", NULL },
        { "\"4096\",\"text:x\",\"chap\"", NULL },
        { "\"2\",\"text:x\"",
            "\"2\" is reserved for CHAP (RFC 4721); the algorithm of this SPI is chap" },
        { "\"2\",\"text:x\",\"keyed-md5\"", "is reserved for CHAP" },
        { "\"0x2\",\"text:x\",\"hmac-md5\"", "\"0x2\" is reserved for CHAP" },
        { "\"1\",\"text:x\",\"chap\"", "reserved; an SPI is 256 or more" },
        { "\"4\",\"text:x\",\"chap\"", "reserved; an SPI is 256 or more" },
        { "\"2\",\"text:x\",\"CHAP\"", "\"CHAP\" is not one of" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mipro_key_error err = { .text = "" };
        char text[128];
        struct mipro_keyring *ring;

        snprintf(text, sizeof(text), "\"a\",\"10.1.0.9\",\"10.1.0.1\",%s", rows[i].rest);
        ring = mipro_keyring_parse(text, strlen(text), "keys", NULL, NULL, &err);
        if ((ring != NULL) != (rows[i].why == NULL) ||
            (ring == NULL && strstr(err.text, rows[i].why) == NULL))
            fail_msg("row %zu: %s", i, err.text);
        mipro_keyring_free(ring);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashlib_agrees_and_every_octet_counts),
        cmocka_unit_test(a_missing_challenge_is_not_the_nodes_fault),
        cmocka_unit_test(any_of_another_spi_is_bad_without_a_challenge),
        cmocka_unit_test(cuts_and_wrong_sizes_are_not_good),
        cmocka_unit_test(what_we_sign_is_what_hashlib_computes),
        cmocka_unit_test(nothing_is_signed_without_a_challenge),
        cmocka_unit_test(spi_2_is_for_chap_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
