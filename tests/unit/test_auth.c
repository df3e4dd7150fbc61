/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "auth.h"

#include <stdio.h>

/* RFC 2202 section 2: the seven vectors of HMAC-MD5. */
static void
rfc_2202_holds(void **state)
{
    static const struct {
        const char *key;
        const char *octets; /* NULL: repeat is used */
        uint8_t repeat;
        size_t len;
        const char *want;
    } rows[] = {
        { "hex:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", 0, 8,
            "9294727a3638bb1c13f48ef8158bfc9d" },
        { "text:Jefe", "what do ya want for nothing?", 0, 28, "750c783e6ab0b503eaa86e310a5db738" },
        { "hex:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, 0xdd, 50,
            "56be34521d144c88dbb8c733f0e8b3f6" },
        { "hex:0102030405060708090a0b0c0d0e0f10111213141516171819", NULL, 0xcd, 50,
            "697eaf0aca3a3aea3a75164746ffaa79" },
        { "hex:0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "Test With Truncation", 0, 20,
            "56461ef2342edc00f9bab995690efd4c" },
        { NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 54,
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd" },
        { NULL, "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 0, 73,
            "6f630fad67cda0ee1fb1f562db3aa53e" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[80], out[16], want[16];
        char text[256], eighty[161];
        struct mipro_keyring *ring;

        memset(eighty, 'a', 160);
        eighty[160] = '\0';
        snprintf(text, sizeof(text),
            "\"a\",\"*\",\"*\",\"256\",\"%s%s\",\"hmac-md5\",\"type-length\"",
            rows[i].key != NULL ? rows[i].key : "hex:", rows[i].key != NULL ? "" : eighty);
        ring = load_ring(text);
        memset(octets, rows[i].repeat, sizeof(octets));
        if (rows[i].octets != NULL)
            memcpy(octets, rows[i].octets, rows[i].len);
        mipro_auth_compute(mipro_keyring_at(ring, 0), 0, octets, rows[i].len, 256, out);
        unit_octets(rows[i].want, want, sizeof(want));
        if (memcmp(out, want, sizeof(want)) != 0)
            fail_msg("vector %zu", i + 1);
        mipro_keyring_free(ring);
    }
}

/*
 * A Binding Update about home address 10.1.9.9, care-of address 10.3.0.2, 3600 s, with
 * its extension 35 of SPI 4096, key "0123456789abcdef".  The authenticators come from openssl:
 *   B=12000e100a0109090a030002 H=2314 S=00001000 K=30313233343536373839616263646566
 *   echo -n $K$B$H$K | xxd -r -p | openssl md5
 *   echo -n $K$B$H$S$K | xxd -r -p | openssl md5
 *   echo -n $B$H$S | xxd -r -p | openssl dgst -md5 -mac HMAC -macopt hexkey:$K
 *   echo -n $B$H | xxd -r -p | openssl dgst -md5 -mac HMAC -macopt hexkey:$K
 * and with a master key, for node 192.0.2.7:
 *   N=c0000207; D=$(echo -n $N$K$N | xxd -r -p | openssl md5 -r | cut -c-32)
 *   echo -n $D$B$H$D | xxd -r -p | openssl md5
 */
static const struct {
    const char *columns; /* after the SPI */
    const char *authenticator;
    enum mipro_algorithm algorithm;
    enum mipro_coverage coverage;
} vectors[] = {
    { "\"" KEY "\"", "108f5691bf7cb9a274f812de1193ab13", MIPRO_KEYED_MD5, MIPRO_TYPE_LENGTH },
    { "\"" KEY "\",\"keyed-md5\",\"type-length-spi\"", "55628a7c4fbdf3cc48e77e6a9da47600",
        MIPRO_KEYED_MD5, MIPRO_TYPE_LENGTH_SPI },
    { "\"" KEY "\",\"hmac-md5\"", "87906fa3b54c5e0992c2741d5f4c487a", MIPRO_HMAC_MD5,
        MIPRO_TYPE_LENGTH_SPI },
    { "\"" KEY "\",\"hmac-md5\",\"type-length\"", "eab46ef8fecebb1f8d2bf391dbc03cde",
        MIPRO_HMAC_MD5, MIPRO_TYPE_LENGTH },
    { "\"master:" KEY "\"", "d8f6d76b24e73372c4dc9ad6935d3c59", MIPRO_KEYED_MD5,
        MIPRO_TYPE_LENGTH },
    { "\"" KEY "\",\"any\"", "108f5691bf7cb9a274f812de1193ab13", MIPRO_KEYED_MD5,
        MIPRO_TYPE_LENGTH },
    { "\"" KEY "\",\"any\"", "55628a7c4fbdf3cc48e77e6a9da47600", MIPRO_KEYED_MD5,
        MIPRO_TYPE_LENGTH_SPI },
    { "\"" KEY "\",\"any\"", "87906fa3b54c5e0992c2741d5f4c487a", MIPRO_HMAC_MD5,
        MIPRO_TYPE_LENGTH_SPI },
    { "\"" KEY "\",\"any\"", "eab46ef8fecebb1f8d2bf391dbc03cde", MIPRO_HMAC_MD5,
        MIPRO_TYPE_LENGTH },
};

/* One line of a key file between HA and CN, SPI 4096. */
static struct mipro_keyring *
one_association(const char *columns)
{
    char text[256];

    snprintf(text, sizeof(text), "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",%s", columns);
    return load_ring(text);
}

/* RFC 2202 section 3 (HMAC-SHA1) and RFC 4231 section 4 (HMAC-SHA256): vectors that are not
 * truncated. */
static void
rfc_2202_and_rfc_4231_hold_for_sha(void **state)
{
    static const struct {
        const char *key;    /* NULL: long_key octets of 0xaa */
        const char *octets; /* NULL: repeat is used */
        uint8_t repeat;
        uint8_t long_key;
        size_t len;
        const char *algorithm, *want;
    } rows[] = {
        { "hex:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", 0, 0, 8, "hmac-sha1",
            "b617318655057264e28bc0b6fb378c8ef146be00" },
        { "text:Jefe", "what do ya want for nothing?", 0, 0, 28, "hmac-sha1",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
        { NULL, NULL, 0xdd, 20, 50, "hmac-sha1", "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
        { NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 80, 54, "hmac-sha1",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
        { NULL, "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 0, 80,
            73, "hmac-sha1", "e8e99d0f45237d786d6bbaa7965c7808bbff1a91" },
        { "hex:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", 0, 0, 8, "hmac-sha256",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { "text:Jefe", "what do ya want for nothing?", 0, 0, 28, "hmac-sha256",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { NULL, NULL, 0xdd, 20, 50, "hmac-sha256",
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
        { NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 131, 54, "hmac-sha256",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
        /* Not from the RFCs: keys of exactly one block, by openssl. */
        { NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 64, 54, "hmac-sha1",
            "070a98992c4c1a83474cb780fc564608df3cf503" },
        { NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 64, 54, "hmac-sha256",
            "84332a7580ed3cf75de83c644c8d2c1c262ad90e0190e5c5ae4b82b2102e8e75" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[80], out[MIPRO_AUTH_MAX], want[MIPRO_AUTH_MAX];
        char text[512], many[2 * 131 + 1];
        struct mipro_keyring *ring;
        size_t size;

        memset(many, 'a', sizeof(many));
        many[2 * rows[i].long_key] = '\0';
        snprintf(text, sizeof(text), "\"a\",\"*\",\"*\",\"256\",\"%s%s\",\"%s\",\"type-length\"",
            rows[i].key != NULL ? rows[i].key : "hex:", many, rows[i].algorithm);
        ring = load_ring(text);
        memset(octets, rows[i].repeat, sizeof(octets));
        if (rows[i].octets != NULL)
            memcpy(octets, rows[i].octets, rows[i].len);
        size = mipro_auth_compute(mipro_keyring_at(ring, 0), 0, octets, rows[i].len, 256, out);
        if (size != unit_octets(rows[i].want, want, sizeof(want)) || memcmp(out, want, size) != 0)
            fail_msg("vector %zu", i + 1);
        mipro_keyring_free(ring);
    }
}

/* The Binding Update of the vectors below, signed by openssl in the same way. */
static void
openssl_agrees_on_sha_and_size_tells_the_algorithm(void **state)
{
    static const struct {
        const char *columns; /* after the SPI */
        const char *rest;    /* of the message */
        enum mipro_algorithm algorithm;
        enum mipro_coverage coverage;
    } rows[] = {
        { "\"" KEY "\",\"hmac-sha1\"", "231800001000aecb55698d3072f9532945561d05746c4d7c4f70",
            MIPRO_HMAC_SHA1, MIPRO_TYPE_LENGTH_SPI },
        { "\"" KEY "\",\"hmac-sha1\",\"type-length\"",
            "231800001000bf92cda0f0d6f05e3a66d401553855a22bc81afd", MIPRO_HMAC_SHA1,
            MIPRO_TYPE_LENGTH },
        { "\"" KEY "\",\"hmac-sha256\"",
            "2324000010006eea184a0d060551a63f13772903920f15c81b0a138191615c2a3554c8ea2cf5",
            MIPRO_HMAC_SHA256, MIPRO_TYPE_LENGTH_SPI },
        { "\"" KEY "\",\"hmac-sha256\",\"type-length\"",
            "232400001000b6ac9e376188f994f4e32475286a757b0979cbcb2a04e9cf747d0ac0172f6318",
            MIPRO_HMAC_SHA256, MIPRO_TYPE_LENGTH },
        { "\"" KEY "\",\"any\"", "231800001000aecb55698d3072f9532945561d05746c4d7c4f70",
            MIPRO_HMAC_SHA1, MIPRO_TYPE_LENGTH_SPI },
        { "\"" KEY "\",\"any\"", "231800001000bf92cda0f0d6f05e3a66d401553855a22bc81afd",
            MIPRO_HMAC_SHA1, MIPRO_TYPE_LENGTH },
        { "\"" KEY "\",\"any\"",
            "2324000010006eea184a0d060551a63f13772903920f15c81b0a138191615c2a3554c8ea2cf5",
            MIPRO_HMAC_SHA256, MIPRO_TYPE_LENGTH_SPI },
        { "\"" KEY "\",\"any\"",
            "232400001000b6ac9e376188f994f4e32475286a757b0979cbcb2a04e9cf747d0ac0172f6318",
            MIPRO_HMAC_SHA256, MIPRO_TYPE_LENGTH },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mipro_scene scene = { HA, CN, NOON, one_association(rows[i].columns) };
        uint8_t buf[80];
        size_t len = unit_octets(UPDATE, buf, sizeof(buf));
        struct seen seen;

        len += unit_octets(rows[i].rest, buf + len, sizeof(buf) - len);
        seen = judge(buf, len, len, &draft_08, &scene);
        if (seen.n != 1 || seen.auth[0].verdict != MIPRO_GOOD || seen.auth[0].size_wrong ||
            seen.auth[0].algorithm != rows[i].algorithm ||
            seen.auth[0].coverage != rows[i].coverage)
            fail_msg("row %zu: %s", i, mipro_verdict_name(seen.auth[0].verdict));
        buf[len - 1] ^= 1;
        seen = judge(buf, len, len, &draft_08, &scene);
        assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
        assert_false(seen.auth[0].size_wrong);
        assert_int_equal(seen.auth[0].calculated_len, len - 18);
        /* An octet shorter: no algorithm has that size. */
        buf[13]--;
        seen = judge(buf, len - 1, len - 1, &draft_08, &scene);
        assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
        assert_true(seen.auth[0].size_wrong);
        mipro_keyring_free((struct mipro_keyring *)(uintptr_t)scene.ring);
    }
}

/* An unknown algorithm computes nothing, and so can never make an authenticator good. */
static void
an_unknown_algorithm_computes_nothing(void **state)
{
    struct mipro_keyring *ring = one_association("\"" KEY "\"");
    uint8_t out[MIPRO_AUTH_MAX] = { 0x5a };
    struct mipro_association s = *mipro_keyring_at(ring, 0);
    const enum mipro_algorithm wrong = (enum mipro_algorithm)(MIPRO_ANY + 1);

    (void)state;
    assert_int_equal(mipro_auth_compute_as(&s, 0, wrong, MIPRO_TYPE_LENGTH, out, 0, 1, out), 0);
    assert_int_equal(mipro_auth_compute_as(&s, 0, MIPRO_ANY, MIPRO_TYPE_LENGTH, out, 0, 1, out), 0);
    s.algorithm = wrong;
    assert_int_equal(mipro_auth_compute(&s, 0, out, 0, 1, out), 0);
    assert_int_equal(out[0], 0x5a);
    assert_int_equal(mipro_auth_size(&s), 0);
    assert_null(mipro_algorithm_name(wrong));
    for (size_t size = 0; size < 64; size++)
        assert_false(mipro_algorithm_makes(wrong, size));
    mipro_keyring_free(ring);
}

static void
openssl_agrees_and_every_octet_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct mipro_scene scene = { HA, CN, NOON, one_association(vectors[i].columns) };
        uint8_t buf[64];
        size_t len = unit_octets(UPDATE "231400001000", buf, sizeof(buf));
        struct seen seen;

        len += unit_octets(vectors[i].authenticator, buf + len, sizeof(buf) - len);
        seen = judge(buf, len, len, &draft_08, &scene);
        if (seen.n != 1 || seen.auth[0].verdict != MIPRO_GOOD ||
            seen.auth[0].algorithm != vectors[i].algorithm ||
            seen.auth[0].coverage != vectors[i].coverage || seen.auth[0].spi != 4096 ||
            seen.auth[0].association != mipro_keyring_at(scene.ring, 0) ||
            seen.auth[0].calculated_len != 16 || memcmp(seen.auth[0].calculated, buf + 18, 16) != 0)
            fail_msg("vector %zu: %zu, %s", i, seen.n, mipro_verdict_name(seen.auth[0].verdict));
        for (size_t bit = 0; bit < 8 * len; bit++) {
            uint8_t flipped[64];
            size_t octet = bit / 8;

            if (octet == 0 || octet == 12 || octet == 13 ||
                (bit == 8 + 6)) /* it would change the framing */
                continue;
            memcpy(flipped, buf, len);
            flipped[octet] ^= (uint8_t)(1u << bit % 8);
            seen = judge(flipped, len, len, &draft_08, &scene);
            if (seen.n != 1 ||
                seen.auth[0].verdict != (octet >= 14 && octet < 18 ? MIPRO_NO_KEY : MIPRO_BAD))
                fail_msg(
                    "vector %zu, bit %zu: %s", i, bit, mipro_verdict_name(seen.auth[0].verdict));
            if (seen.auth[0].verdict == MIPRO_BAD && strstr(vectors[i].columns, "any") != NULL &&
                (seen.auth[0].algorithm != MIPRO_ANY ||
                    seen.auth[0].coverage != MIPRO_COVERAGE_NONE))
                fail_msg("vector %zu: \"any\" that fits nothing names a way", i);
        }
        mipro_keyring_free((struct mipro_keyring *)(uintptr_t)scene.ring);
    }
}

/* With "any" we sign as keyed-md5 by default, which is also the expected authenticator. */
static void
any_signs_as_keyed_md5(void **state)
{
    const struct mipro_scene scene = { HA, CN, NOON, one_association("\"" KEY "\",\"any\"") };
    uint8_t buf[64], out[16];
    size_t len = unit_octets(UPDATE "231400001000", buf, sizeof(buf));
    struct seen seen;

    (void)state;
    mipro_auth_compute(mipro_keyring_at(scene.ring, 0), 0, buf, 14, 4096, out);
    unit_octets(vectors[0].authenticator, buf + len, sizeof(buf) - len);
    assert_memory_equal(out, buf + len, sizeof(out));
    buf[len] ^= 1;
    seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
    assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
    assert_true(seen.auth[0].calculated_len);
    assert_memory_equal(seen.auth[0].calculated, out, sizeof(out));
    mipro_keyring_free((struct mipro_keyring *)(uintptr_t)scene.ring);
}

/* Messages, what the capture has of them, and the verdict on each authenticator. */
static void
wrong_sizes_cuts_and_absence_have_their_verdicts(void **state)
{
    static const struct {
        const char *hex;
        size_t captured;  /* 0: all */
        size_t len;       /* 0: that of hex */
        const char *want; /* ext:verdict[!] for each, ! if the size is wrong */
    } rows[] = {
        /* A Binding Update without its extension, or whose only one overruns. */
        { UPDATE, 0, 0, "35:missing" },
        { UPDATE "2314000010", 0, 0, "35:missing" },
        { UPDATE "23", 0, 0, "35:missing" },
        { UPDATE "8300", 0, 0, "35:missing" },
        { "124"
          "00e100a0109090a030002"
          "0000000000000001",
            0, 0, "35:missing" },
        /* It ends in its fixed part: nothing. */
        { "12000e100a0109090a0300", 0, 0, "" },
        { "124"
          "00e100a0109090a030002"
          "00000000000000",
            0, 0, "" },
        /* Cut by the capture: undecided. */
        { UPDATE, 0, 34, "35:truncated" },
        { UPDATE, 8, 34, "35:truncated" },
        { UPDATE, 1, 34, "35:truncated" },
        { UPDATE, 0, 14, "35:truncated" },
        { UPDATE, 0, 13, "35:missing" },
        { UPDATE, 8, 12, "35:missing" },
        { UPDATE "23", 0, 34, "35:truncated" },
        { UPDATE "2314", 0, 34, "35:truncated" },
        { UPDATE "23140000", 0, 34, "35:truncated" },
        { UPDATE "231400001000", 0, 34, "35:truncated spi" },
        { UPDATE "231400001000ffffffffffffffffffffffffffffff", 0, 34, "35:truncated spi" },
        { UPDATE "8304616263", 0, 18, "35:missing" },
        { UPDATE "8304616263", 0, 19, "35:missing" },
        { UPDATE "8304616263", 0, 20, "35:truncated" },
        { UPDATE "83046162", 0, 40, "35:truncated" },
        { UPDATE "20140000100000", 0, 34, "32:truncated spi 35:missing" },
        { UPDATE "20140000100000", 0, 56, "32:truncated spi 35:truncated" },
        /* Too short for SPI and authenticator, whatever the key. */
        { UPDATE "2300", 0, 0, "35:bad!" },
        { UPDATE "2303000010", 0, 0, "35:bad!" },
        { UPDATE "230400001000", 0, 0, "35:bad! spi" },
        { UPDATE "230400009999", 0, 0, "35:bad! spi" },
        { UPDATE "230500001000ff", 0, 0, "35:bad! spi association" },
        { UPDATE "230500009999ff", 0, 0, "35:no-key spi" },
        { UPDATE "231500001000108f5691bf7cb9a274f812de1193ab13ff", 0, 0,
            "35:bad! spi association" },
        { UPDATE "231300001000108f5691bf7cb9a274f812de1193ab", 0, 0, "35:bad! spi association" },
        { UPDATE "2003000010", 0, 0, "32:bad! 35:missing" },
        { UPDATE "2103000010", 0, 0, "33:bad! 35:missing" },
        { UPDATE "2203000010", 0, 0, "34:bad! 35:missing" },
        { UPDATE "24010003000010", 0, 0, "36:bad! 35:missing" },
        { UPDATE "2401000400001000", 0, 0, "36:bad! spi 35:missing" },
        { "03000e100a0109090a0100010000000000000001"
          "2403000010",
            0, 0, "36:bad!" },
        { "01000e100a0109090a0100010a0300020000000000000001"
          "600d00000000000000000000000000",
            0, 0, "96:bad!" },
        { "01000e100a0109090a0100010a0300020000000000000001"
          "600e000000000000000000000000"
          "1000",
            0, 0, "96:bad! spi" },
        { "01000e100a0109090a0100010a0300020000000000000001"
          "600f000000000000000000000000"
          "1000ff",
            0, 0, "96:no-key spi" },
        { "01000e100a0109090a0100010a0300020000000000000001"
          "601e00000000000000000000",
            0, 56, "96:truncated" },
        /* Other messages need no extension; one cut before its header is not seen at all. */
        { "130000000a010909", 0, 0, "" },
        { "01000e100a0109090a0100010a0300020000000000000001", 0, 46, "" },
        { "01000e100a0109090a0100010a0300020000000000000001"
          "2014",
            0, 46, "32:truncated" },
        { "63", 0, 0, "" },
    };
    const struct mipro_scene scene = { HA, CN, NOON, one_association("\"" KEY "\"") };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t buf[128];
        size_t n = unit_octets(rows[i].hex, buf, sizeof(buf));
        size_t captured = rows[i].captured != 0 ? rows[i].captured : n;
        uint8_t *exact = malloc(captured);
        struct seen seen;
        char got[128] = "";

        memcpy(exact, buf, captured);
        seen = judge(exact, captured, rows[i].len != 0 ? rows[i].len : n, &draft_08, &scene);
        for (size_t k = 0; k < seen.n; k++) {
            const struct mipro_auth *a = &seen.auth[k];
            size_t at = strlen(got);

            snprintf(got + at, sizeof(got) - at, "%s%u:%s%s%s%s", k > 0 ? " " : "", a->ext,
                mipro_verdict_name(a->verdict), a->size_wrong ? "!" : "", a->has_spi ? " spi" : "",
                a->association != NULL ? " association" : "");
        }
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("row %zu: %s: \"%s\" instead of \"%s\"", i, rows[i].hex, got, rows[i].want);
        free(exact);
    }
    mipro_keyring_free((struct mipro_keyring *)(uintptr_t)scene.ring);
}

/* Ruling 6: the ends by which an extension is looked up. */
static void
each_extension_has_its_two_ends(void **state)
{
    static const char update[] = UPDATE;
    static const char request[] = "01000e100a0109090a0100010a0300020000000000000001";
    static const char reply[] = "03000e100a0109090a0100010000000000000001";
    static const char acknowledge[] = "130000000a010909";
    static const char regional[] = "12000e100a0109090a0100010a0300020000000000000001";
    static const struct {
        const char *hex;
        const struct mipro_settings *set;
        uint8_t ext;
        const char *a, *b;
        bool good;
    } rows[] = {
        { update, &draft_08, 35, "10.9.0.1", "10.9.0.2", true },
        { update, &draft_08, 35, "10.1.9.9", "10.9.0.2", true }, /* for the mobile node */
        { update, &draft_08, 35, "10.1.9.9", "10.9.0.1", false },
        { acknowledge, &draft_08, 35, "10.9.0.1", "10.9.0.2", true },
        { acknowledge, &draft_08, 35, "10.1.9.9", "10.9.0.2", false },
        { request, &draft_08, 32, "10.1.9.9", "10.1.0.1", true },
        { request, &draft_08, 32, "10.9.0.1", "10.9.0.2", false },
        { reply, &draft_08, 32, "10.1.9.9", "10.1.0.1", true },
        { update, &draft_08, 32, "10.9.0.1", "10.9.0.2", true }, /* no home agent in it */
        { request, &draft_08, 36, "10.1.9.9", "10.1.0.1", true },
        { update, &draft_08, 36, "10.9.0.1", "10.9.0.2", true },
        { update, &draft_08, 36, "10.1.9.9", "10.9.0.2", false },
        { update, &draft_09, 36, "10.9.0.1", "10.9.0.2", true },
        { update, &draft_09, 36, "10.1.9.9", "10.9.0.2", true },
        { request, &draft_08, 33, "10.1.9.9", "10.9.0.2", true },
        { request, &draft_08, 33, "10.1.9.9", "10.9.0.1", false },
        { reply, &draft_08, 33, "10.1.9.9", "10.9.0.1", true },
        { reply, &draft_08, 33, "10.1.9.9", "10.9.0.2", false },
        { request, &draft_08, 34, "10.9.0.1", "10.9.0.2", true },
        { request, &draft_08, 34, "10.1.9.9", "10.1.0.1", false },
        { regional, &draft_08, 32, "10.1.9.9", "10.1.0.1", true }, /* RFC 4857 by ruling 5 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mipro_scene scene = { 0x0a090001, 0x0a090002, NOON, NULL };
        struct mipro_keyring *ring;
        uint8_t buf[128];
        char text[256];
        struct seen seen;
        size_t len = unit_octets(rows[i].hex, buf, sizeof(buf));

        snprintf(text, sizeof(text), "\"a\",\"%s\",\"%s\",\"4096\",\"" KEY "\",\"hmac-md5\"",
            rows[i].a, rows[i].b);
        scene.ring = ring = load_ring(text);
        len = sign(buf, len, rows[i].ext, mipro_keyring_at(ring, 0), 0);
        seen = judge(buf, len, len, rows[i].set, &scene);
        if (seen.n < 1 || seen.auth[0].ext != rows[i].ext ||
            seen.auth[0].verdict != (rows[i].good ? MIPRO_GOOD : MIPRO_NO_KEY))
            fail_msg("row %zu: %s", i, mipro_verdict_name(seen.auth[0].verdict));
        if (rows[i].set == &draft_09 && seen.n != 1)
            fail_msg("row %zu: a Binding Update of draft -09 is reported to lack its extension", i);
        mipro_keyring_free(ring);
    }
}

/* conduct/identification.c relies on this. */
static void
a_messages_own_extension_is_looked_up_between_sender_and_receiver_first(void **state)
{
    static const struct mipro_settings draft_11 = { MIPRO_DRAFT_11, MIPRO_READING_AUTO,
        MIPRO_EXT_WARNING, false };
    static const struct mipro_settings *const drafts[] = { &draft_08, &draft_09, &draft_11 };
    static const struct mipro_scene scene = { 0x0a090001, 0x0a090002, NOON, NULL };

    (void)state;
    for (size_t d = 0; d < COUNT(drafts); d++)
        for (uint8_t type = MIPRO_BINDING_WARNING; type <= MIPRO_BINDING_ACKNOWLEDGE; type++) {
            const struct mipro_ext e = { .type = mipro_auth_ext_type(drafts[d]) };
            const uint8_t buf[64] = { type, 0, 0, 0, 10, 1, 9, 9 };
            struct mipro_ends ends[2];
            struct mipro_message m;

            mipro_message_parse(&m, buf, sizeof(buf), sizeof(buf), drafts[d], MIPRO_IDENT_UNKNOWN);
            if (!mipro_is_draft(&m))
                fail_msg("draft %zu: type %u is not the draft's", d, type);
            assert_true(mipro_auth_ends(&m, &e, &scene, ends) >= 1);
            if (ends[0].a != scene.src || ends[0].b != scene.dst)
                fail_msg("draft %zu, type %u: 0x%08x, 0x%08x", d, type, ends[0].a, ends[0].b);
        }
}

#define OVER ",,,,\"\",\"1999-01-01T00:00:00Z\""

static void
a_valid_association_decides_alone_and_any_expired_one_counts(void **state)
{
    static const struct {
        const char *keys;
        const char *signs; /* the association that signs */
        enum mipro_verdict verdict;
        const char *name; /* of the association that judged */
    } rows[] = {
        { "\"old\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\"" OVER, "text:a", MIPRO_EXPIRED,
            "old" },
        { "\"old\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\"" OVER, "text:b", MIPRO_NO_KEY,
            NULL },
        { "\"old\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\"" OVER
          "\n\"older\",\"10.0.0.0/8\",\"192.0.2.7\",\"4096\",\"text:b\"" OVER,
            "text:b", MIPRO_EXPIRED, "older" },
        { "\"old\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\"" OVER
          "\n\"new\",\"10.1.0.1\",\"*\",\"4096\",\"text:b\"",
            "text:b", MIPRO_GOOD, "new" },
        { "\"old\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\"" OVER
          "\n\"new\",\"10.1.0.1\",\"*\",\"4096\",\"text:b\"",
            "text:a", MIPRO_BAD, "new" },
        { "\"pair\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\""
          "\n\"net\",\"10.1.0.1\",\"*\",\"4096\",\"text:b\"",
            "text:b", MIPRO_BAD, "pair" },
    };
    static const char *const twins =
        "\"1\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:a\",,,,\"\",\"1999-01-01T00:00:00Z\"\n"
        "\"2\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",\"text:b\",,,,\"1999-01-01T00:00:00Z\",\"\"\n";

    (void)state;
    for (size_t i = 0; i < COUNT(rows) + 2; i++) {
        bool timeless = i >= COUNT(rows); /* any of the successive keys may apply */
        const char *signs = timeless ? i % 2 == 0 ? "text:a" : "text:b" : rows[i].signs;
        struct mipro_scene scene = { HA, CN, timeless ? MIPRO_TIME_NONE : NOON, NULL };
        struct mipro_keyring *ring = load_ring(timeless ? twins : rows[i].keys);
        struct mipro_keyring *signer;
        struct seen seen;
        uint8_t buf[64];
        char text[128];
        size_t len = unit_octets(UPDATE, buf, sizeof(buf));

        snprintf(text, sizeof(text), "\"s\",\"*\",\"*\",\"4096\",\"%s\"", signs);
        signer = load_ring(text);
        len = sign(buf, len, 35, mipro_keyring_at(signer, 0), 0);
        scene.ring = ring;
        seen = judge(buf, len, len, &draft_08, &scene);
        if (timeless) {
            assert_int_equal(seen.auth[0].verdict, MIPRO_GOOD);
        } else if (seen.auth[0].verdict != rows[i].verdict ||
                   (seen.auth[0].association == NULL) != (rows[i].name == NULL) ||
                   (rows[i].name != NULL &&
                       strcmp(seen.auth[0].association->name, rows[i].name) != 0)) {
            fail_msg("row %zu: %s", i, mipro_verdict_name(seen.auth[0].verdict));
        }
        mipro_keyring_free(signer);
        mipro_keyring_free(ring);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_2202_holds),
        cmocka_unit_test(rfc_2202_and_rfc_4231_hold_for_sha),
        cmocka_unit_test(openssl_agrees_on_sha_and_size_tells_the_algorithm),
        cmocka_unit_test(an_unknown_algorithm_computes_nothing),
        cmocka_unit_test(openssl_agrees_and_every_octet_counts),
        cmocka_unit_test(any_signs_as_keyed_md5),
        cmocka_unit_test(wrong_sizes_cuts_and_absence_have_their_verdicts),
        cmocka_unit_test(each_extension_has_its_two_ends),
        cmocka_unit_test(a_messages_own_extension_is_looked_up_between_sender_and_receiver_first),
        cmocka_unit_test(a_valid_association_decides_alone_and_any_expired_one_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
