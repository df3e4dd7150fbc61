/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why an authenticator is not good, in words. */
#include "auth.h"

#include <stdio.h>

#define KEYS                                                                                       \
    "\"one\",\"10.1.0.1\",\"192.0.2.7\",\"1000\",\"" KEY "\"\n"                                    \
    "\"two\",\"10.1.0.1\",\"192.0.2.7\",\"0x4097\",\"" KEY "\"\n"                                  \
    "\"three\",\"10.1.0.1\",\"192.0.2.0/24\",\"0x1001\",\"" KEY "\"\n"                             \
    "\"four\",\"10.9.0.1\",\"10.9.0.2\",\"8192\",\"" KEY "\"\n"

/* Between 10.1.0.1 and 192.0.2.7 unless b is another address. */
static const struct {
    uint32_t spi, b;
    const char *text;
} unknown[] = {
    { 0x2001, CN,
        "no association has SPI 0x2001 (8193) between 10.1.0.1 and 192.0.2.7; known between "
        "them: SPI 0x3e8 (1000), SPI 0x4097 (16535), SPI 0x1001 (4097)" },
    /* The same digits in the other base, either way. */
    { 0x1000, CN,
        "no association has SPI 0x1000 (4096) between 10.1.0.1 and 192.0.2.7; known between "
        "them: SPI 0x3e8 (1000), SPI 0x4097 (16535), SPI 0x1001 (4097); the key file may mean "
        "0x1000 where it says 1000" },
    { 4097 + 90, 0xc0000209u,
        "no association has SPI 0x105b (4187) between 10.1.0.1 and 192.0.2.9; known between "
        "them: SPI 0x1001 (4097)" },
    { 8192, 0x0a090005u,
        "no association has SPI 0x2000 (8192) between 10.1.0.1 and 10.9.0.5; \"four\" has this "
        "SPI, but other ends" },
    { 8193, 0x0a090005u,
        "no association has SPI 0x2001 (8193) between 10.1.0.1 and 10.9.0.5; none is known "
        "between them" },
};

static void
no_association_names_ends_spi_and_near_misses(void **state)
{
    struct mipro_keyring *ring = load_ring(KEYS);
    char text[MIPRO_EXPLANATION];

    (void)state;
    for (size_t i = 0; i < COUNT(unknown); i++) {
        const struct mipro_auth auth = { .verdict = MIPRO_NO_KEY, .spi = unknown[i].spi };
        /* The order of the ends does not matter; the text keeps it. */
        const struct mipro_ends ends = { HA, unknown[i].b };

        mipro_auth_explain(&auth, &ends, 1, ring, text, sizeof(text));
        if (strcmp(text, unknown[i].text) != 0)
            fail_msg("row %zu: %s", i, text);
    }
    mipro_keyring_free(ring);
}

static void
a_node_is_named_and_its_own_associations_are_known(void **state)
{
    static const struct {
        uint32_t home, agent, spi;
        const char *nai, *text;
    } rows[] = {
        { 0, HA, 300, "alice@example.net",
            "no association has SPI 0x12c (300) between alice@example.net and 10.1.0.1; known "
            "between them: SPI 0x12d (301), SPI 0x300 (768); the key file may mean 300 where it "
            "says "
            "0x300" },
        { 0, UINT32_MAX, 300, "bob@example.net",
            "no association has SPI 0x12c (300) between bob@example.net and any home agent; known "
            "between them: SPI 0x300 (768); the key file may mean 300 where it says 0x300" },
        { 0x0a010009u, HA, 302, "a\\x00b@example.org",
            "no association has SPI 0x12e (302) between 10.1.0.9 (a\\x00b@example.org) and "
            "10.1.0.1; "
            "none is known between them" },
        { 0, HA, 300, "carol@example.org",
            "no association has SPI 0x12c (300) between carol@example.org and 10.1.0.1; none is "
            "known "
            "between them" },
    };
    struct mipro_keyring *ring =
        load_ring("\"alice\",\"nai:alice@example.net\",\"10.1.0.1\",\"301\",\"" KEY "\"\n"
                  "\"realm\",\"nai:*@Example.net\",\"*\",\"0x300\",\"" KEY "\"\n");
    char text[MIPRO_EXPLANATION];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mipro_auth auth = { .verdict = MIPRO_NO_KEY, .spi = rows[i].spi };
        const struct mipro_ends ends = { rows[i].home, rows[i].agent };

        mipro_auth_explain_node(&auth, &ends, 1, rows[i].nai, ring, text, sizeof(text));
        if (strcmp(text, rows[i].text) != 0)
            fail_msg("row %zu: %s", i, text);
    }
    mipro_keyring_free(ring);
}

static void
names_are_written_as_in_a_key_file(void **state)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *text;
    } rows[] = { { "Alice@Example.NET", 17, "Alice@example.net" }, { "a\0b@C", 5, "a\\x00b@c" },
        { "\xff\xc3\xa4\"\\\n", 6, "\\xff\xc3\xa4\\x22\\x5c\\x0a" }, { "\xc3", 1, "\\xc3" } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mipro_nai nai = { (const uint8_t *)rows[i].octets, rows[i].len };
        uint8_t folded[MIPRO_NAI_MAX], read[MIPRO_NAI_MAX];
        const struct mipro_nai name = { folded, mipro_nai_fold(&nai, folded) };
        char text[MIPRO_NAI_TEXT];

        mipro_nai_text(&name, text);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(mipro_nai_read(text, read), name.len);
        assert_memory_equal(read, folded, name.len);
    }
}

static void
digits_of_a_hexadecimal_spi_are_recognized_too(void **state)
{
    struct mipro_keyring *ring =
        load_ring("\"a\",\"10.1.0.1\",\"192.0.2.7\",\"0x4096\",\"" KEY "\"\n");
    const struct mipro_auth auth = { .verdict = MIPRO_NO_KEY, .spi = 4096 };
    const struct mipro_ends ends = { CN, HA };
    char text[MIPRO_EXPLANATION];

    (void)state;
    mipro_auth_explain(&auth, &ends, 1, ring, text, sizeof(text));
    assert_non_null(strstr(text, "; the key file may mean 4096 where it says 0x4096"));
    mipro_keyring_free(ring);
}

static void
many_spis_are_cut_short_and_each_is_named_once(void **state)
{
    char keys[2048] = "";
    struct mipro_keyring *ring;
    const struct mipro_auth auth = { .verdict = MIPRO_NO_KEY, .spi = 999999 };
    const struct mipro_ends ends[] = { { HA, CN }, { MN, CN } };
    char text[MIPRO_EXPLANATION];

    (void)state;
    for (unsigned i = 0; i < 10; i++)
        snprintf(keys + strlen(keys), sizeof(keys) - strlen(keys),
            "\"%u\",\"10.1.0.1\",\"192.0.2.7\",\"%u\",\"" KEY "\",,,,\"20%02u-01-01T00:00:00Z\","
            "\"20%02u-02-01T00:00:00Z\"\n",
            i, 300 + i / 2, 10 + i, 10 + i);
    ring = load_ring(keys);
    mipro_auth_explain(&auth, ends, 2, ring, text, sizeof(text));
    assert_string_equal(text,
        "no association has SPI 0xf423f (999999) between 10.1.0.1 and 192.0.2.7, or 10.1.0.9 and "
        "192.0.2.7; known between them: SPI 0x12c (300), SPI 0x12d (301), SPI 0x12e (302), SPI "
        "0x12f (303) and others");
    /* The text is truncated to fit, and no octet is written beyond the buffer. */
    for (size_t size = 1; size < sizeof(text); size++) {
        char exact[MIPRO_EXPLANATION + 1];

        memset(exact, 'x', sizeof(exact));
        mipro_auth_explain(&auth, ends, 2, ring, exact, size);
        assert_true(strlen(exact) < size);
        assert_int_equal(exact[size], 'x');
        assert_memory_equal(exact, text, strlen(exact));
    }
    mipro_keyring_free(ring);
}

static void
other_verdicts_have_their_sentence(void **state)
{
    struct mipro_keyring *ring = load_ring(KEYS);
    const struct mipro_association *one = mipro_keyring_at(ring, 0);
    const struct {
        struct mipro_auth auth;
        const char *text;
    } rows[] = {
        { { .verdict = MIPRO_GOOD, .association = one }, "" },
        { { .verdict = MIPRO_BAD }, "no room for SPI and authenticator" },
        { { .verdict = MIPRO_BAD, .association = one },
            "the authenticator does not match \"one\" (keyed-md5)" },
        { { .verdict = MIPRO_BAD, .association = one, .size_wrong = true },
            "the authenticator does not match \"one\" (keyed-md5): its size is not the "
            "algorithm's" },
        { { .verdict = MIPRO_BAD, .association = one, .hint = MIPRO_HINT_NEWLINE },
            "the authenticator does not match \"one\" (keyed-md5); without the newline at the end "
            "of the key's file it would be good" },
        { { .verdict = MIPRO_EXPIRED, .association = one },
            "it matches \"one\", but outside its validity period" },
        { { .verdict = MIPRO_TRUNCATED }, "not all octets that it covers were captured" },
        { { .verdict = MIPRO_MISSING }, "the Binding Update has none" },
    };
    char text[MIPRO_EXPLANATION];
    const struct mipro_auth nobody = { .verdict = MIPRO_NO_KEY, .spi = 4096 };
    const struct mipro_auth anybody = {
        .verdict = MIPRO_NO_KEY, .spi = 4096, .hint = MIPRO_HINT_ANYBODY
    };
    const struct mipro_ends ends = { 0, HA };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        mipro_auth_explain(&rows[i].auth, NULL, 0, ring, text, sizeof(text));
        if (strcmp(text, rows[i].text) != 0)
            fail_msg("row %zu: %s", i, text);
    }
    mipro_auth_explain(&nobody, NULL, 0, NULL, text, sizeof(text));
    assert_string_equal(text, "no keys were given; it has SPI 0x1000 (4096)");
    mipro_auth_explain_node(&anybody, &ends, 1, "alice@example.net", ring, text, sizeof(text));
    assert_string_equal(text, "no association has SPI 0x1000 (4096) between alice@example.net and "
                              "10.1.0.1; one for any address, perhaps another node's, does not "
                              "match");
    mipro_keyring_free(ring);
}

static void
ends_of_a_judged_authenticator_are_found_again(void **state)
{
    struct mipro_keyring *ring = load_ring(KEYS);
    const struct mipro_scene scene = { HA, CN, NOON, ring };
    uint8_t buf[128];
    size_t n =
        sign(buf, unit_octets(UPDATE, buf, sizeof(buf)), MIPRO_EXT_AUTH, named(ring, "four"), 0);
    struct seen seen = judge(buf, n, n, &draft_08, &scene);
    struct mipro_ends ends[2];
    struct mipro_message m;

    (void)state;
    assert_int_equal(seen.auth[0].verdict, MIPRO_NO_KEY);
    mipro_message_parse(&m, buf, n, n, &draft_08, MIPRO_IDENT_UNKNOWN);
    assert_int_equal(mipro_auth_ends_of(&m, &seen.auth[0], &scene, ends), 2);
    assert_int_equal(ends[0].a, HA);
    assert_int_equal(ends[0].b, CN);
    assert_int_equal(ends[1].a, 0x0a010909);
    assert_int_equal(ends[1].b, CN);
    seen.auth[0].off++;
    assert_int_equal(mipro_auth_ends_of(&m, &seen.auth[0], &scene, ends), 0);
    mipro_keyring_free(ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_association_names_ends_spi_and_near_misses),
        cmocka_unit_test(a_node_is_named_and_its_own_associations_are_known),
        cmocka_unit_test(names_are_written_as_in_a_key_file),
        cmocka_unit_test(digits_of_a_hexadecimal_spi_are_recognized_too),
        cmocka_unit_test(many_spis_are_cut_short_and_each_is_named_once),
        cmocka_unit_test(other_verdicts_have_their_sentence),
        cmocka_unit_test(ends_of_a_judged_authenticator_are_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
