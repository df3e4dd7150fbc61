/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mipro_auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct mipro_settings draft_08 = MIPRO_SETTINGS;
static const struct mipro_settings draft_09 = { MIPRO_DRAFT_09, MIPRO_READING_AUTO,
    MIPRO_EXT_WARNING };

#define HA 0x0a010001u     /* 10.1.0.1 */
#define MN 0x0a010009u     /* 10.1.0.9 */
#define CN 0xc0000207u     /* 192.0.2.7 */
#define FA 0x0a030001u     /* 10.3.0.1, the previous foreign agent */
#define NEW_FA 0x0a030002u /* 10.3.0.2 */
#define NOON (919944000 * MIPRO_SECOND)

static struct mipro_keyring *
load(const char *text)
{
    struct mipro_key_error err;
    struct mipro_keyring *ring = mipro_keyring_parse(text, strlen(text), "k", NULL, NULL, &err);
    char said[600];

    if (ring == NULL) {
        mipro_key_error_text(&err, said, sizeof(said));
        fail_msg("%s", said);
    }
    return ring;
}

/* Hexadecimal digits to octets; returns how many. */
static size_t
unhex(const char *hex, uint8_t *out)
{
    size_t n = 0;

    for (; hex[0] != '\0'; hex += 2) {
        unsigned v;

        assert_int_equal(sscanf(hex, "%2x", &v), 1);
        out[n++] = (uint8_t)v;
    }
    return n;
}

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
        uint8_t octets[80], out[MIPRO_AUTH_LEN], want[MIPRO_AUTH_LEN];
        char text[256], eighty[161];
        struct mipro_keyring *ring;

        memset(eighty, 'a', 160);
        eighty[160] = '\0';
        snprintf(text, sizeof(text),
            "\"a\",\"*\",\"*\",\"256\",\"%s%s\",\"hmac-md5\",\"type-length\"",
            rows[i].key != NULL ? rows[i].key : "hex:", rows[i].key != NULL ? "" : eighty);
        ring = load(text);
        memset(octets, rows[i].repeat, sizeof(octets));
        if (rows[i].octets != NULL)
            memcpy(octets, rows[i].octets, rows[i].len);
        mipro_auth_compute(mipro_keyring_at(ring, 0), 0, octets, rows[i].len, 256, out);
        unhex(rows[i].want, want);
        if (memcmp(out, want, sizeof(want)) != 0)
            fail_msg("vector %zu", i + 1);
        mipro_keyring_free(ring);
    }
}

/*
 * A Binding Update of home address 10.1.0.9, care-of address 10.3.0.2, 3600 s, with
 * its extension 35 of SPI 4096, key "0123456789abcdef".  The authenticators are openssl's:
 *   B=12000e100a0109090a030002 H=2314 S=00001000 K=30313233343536373839616263646566
 *   echo -n $K$B$H$K | xxd -r -p | openssl md5
 *   echo -n $K$B$H$S$K | xxd -r -p | openssl md5
 *   echo -n $B$H$S | xxd -r -p | openssl dgst -md5 -mac HMAC -macopt hexkey:$K
 *   echo -n $B$H | xxd -r -p | openssl dgst -md5 -mac HMAC -macopt hexkey:$K
 * and with a master key, for node 192.0.2.7:
 *   N=c0000207; D=$(echo -n $N$K$N | xxd -r -p | openssl md5 -r | cut -c-32)
 *   echo -n $D$B$H$D | xxd -r -p | openssl md5
 */
#define UPDATE "12000e100a0109090a030002"
#define KEY "text:0123456789abcdef"

static const struct {
    const char *columns; /* behind the SPI */
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

/* Collects what mipro_auth_each() calls. */
struct seen {
    size_t n;
    struct mipro_auth auth[8];
};

static void
note_auth(void *ctx, const struct mipro_auth *auth)
{
    struct seen *seen = ctx;

    assert_true(seen->n < COUNT(seen->auth));
    seen->auth[seen->n++] = *auth;
}

static struct seen
judge(const uint8_t *buf, size_t captured, size_t len, const struct mipro_settings *set,
    const struct mipro_scene *scene)
{
    struct seen seen = { .n = 0 };
    struct mipro_message m;

    mipro_message_parse(&m, buf, captured, len, set, MIPRO_IDENT_UNKNOWN);
    mipro_auth_each(&m, scene, note_auth, &seen);
    return seen;
}

/* One line of a key file between HA and CN, SPI 4096. */
static struct mipro_keyring *
one_association(const char *columns)
{
    char text[256];

    snprintf(text, sizeof(text), "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"4096\",%s", columns);
    return load(text);
}

static void
openssl_agrees_and_every_octet_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct mipro_scene scene = { HA, CN, NOON, one_association(vectors[i].columns) };
        uint8_t buf[64];
        size_t len = unhex(UPDATE "231400001000", buf);
        struct seen seen;

        len += unhex(vectors[i].authenticator, buf + len);
        seen = judge(buf, len, len, &draft_08, &scene);
        if (seen.n != 1 || seen.auth[0].verdict != MIPRO_GOOD ||
            seen.auth[0].algorithm != vectors[i].algorithm ||
            seen.auth[0].coverage != vectors[i].coverage || seen.auth[0].spi != 4096 ||
            seen.auth[0].association != mipro_keyring_at(scene.ring, 0) ||
            !seen.auth[0].has_calculated ||
            memcmp(seen.auth[0].calculated, buf + 18, MIPRO_AUTH_LEN) != 0)
            fail_msg("vector %zu: %zu, %s", i, seen.n, mipro_verdict_name(seen.auth[0].verdict));
        for (size_t bit = 0; bit < 8 * len; bit++) {
            uint8_t flipped[64];
            size_t octet = bit / 8;

            if (octet == 0 || octet == 12 || octet == 13 ||
                (bit == 8 + 6)) /* it would frame otherwise */
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

/* What we sign with "any" is keyed-md5's default, and what was bad should have been that. */
static void
any_signs_as_keyed_md5(void **state)
{
    const struct mipro_scene scene = { HA, CN, NOON, one_association("\"" KEY "\",\"any\"") };
    uint8_t buf[64], out[MIPRO_AUTH_LEN];
    size_t len = unhex(UPDATE "231400001000", buf);
    struct seen seen;

    (void)state;
    mipro_auth_compute(mipro_keyring_at(scene.ring, 0), 0, buf, 14, 4096, out);
    unhex(vectors[0].authenticator, buf + len);
    assert_memory_equal(out, buf + len, sizeof(out));
    buf[len] ^= 1;
    seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
    assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
    assert_true(seen.auth[0].has_calculated);
    assert_memory_equal(seen.auth[0].calculated, out, sizeof(out));
    mipro_keyring_free((struct mipro_keyring *)(uintptr_t)scene.ring);
}

/* Messages, what the capture has of them, and what each authenticator must be said to be. */
static void
sizes_cuts_and_absence_have_their_verdicts(void **state)
{
    static const struct {
        const char *hex;
        size_t captured;  /* 0: all */
        size_t len;       /* 0: what hex holds */
        const char *want; /* ext:verdict[!] of each, ! where the size is wrong */
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
        /* Cut by the capture: who knows. */
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
        /* Too short for SPI and authenticator, before any key is asked. */
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
        /* Others need no extension; those cut before their header was seen are not known of. */
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
        size_t n = unhex(rows[i].hex, buf);
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

/* Append an authentication extension that association signs, for node. */
static size_t
sign(uint8_t *buf, size_t len, uint8_t type, const struct mipro_association *s, uint32_t node)
{
    size_t header = type == MIPRO_EXT_GENERALIZED ? 4 : 2;

    memset(buf + len, 0, header);
    buf[len] = type;
    buf[len + header - 1] = 20;
    mipro_auth_compute(s, node, buf, len + header, s->spi, buf + len + header + 4);
    for (unsigned i = 0; i < 4; i++)
        buf[len + header + i] = (uint8_t)(s->spi >> (24 - 8 * i));
    return len + header + 20;
}

/* Ruling 6: between whom an extension is looked up. */
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
        size_t len = unhex(rows[i].hex, buf);

        snprintf(text, sizeof(text), "\"a\",\"%s\",\"%s\",\"4096\",\"" KEY "\",\"hmac-md5\"",
            rows[i].a, rows[i].b);
        scene.ring = ring = load(text);
        len = sign(buf, len, rows[i].ext, mipro_keyring_at(ring, 0), 0);
        seen = judge(buf, len, len, rows[i].set, &scene);
        if (seen.n < 1 || seen.auth[0].ext != rows[i].ext ||
            seen.auth[0].verdict != (rows[i].good ? MIPRO_GOOD : MIPRO_NO_KEY))
            fail_msg("row %zu: %s", i, mipro_verdict_name(seen.auth[0].verdict));
        if (rows[i].set == &draft_09 && seen.n != 1)
            fail_msg("row %zu: a Binding Update of draft -09 is said to lack its extension", i);
        mipro_keyring_free(ring);
    }
}

/* mipro_conduct_replay.c takes this for granted. */
static void
a_messages_own_extension_stands_first_between_sender_and_receiver(void **state)
{
    static const struct mipro_settings draft_11 = { MIPRO_DRAFT_11, MIPRO_READING_AUTO,
        MIPRO_EXT_WARNING };
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
a_valid_association_stands_alone_and_any_expired_one_counts(void **state)
{
    static const struct {
        const char *keys;
        const char *signs; /* the key that signs */
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
        bool timeless = i >= COUNT(rows); /* of successive keys any may be meant */
        const char *signs = timeless ? i % 2 == 0 ? "text:a" : "text:b" : rows[i].signs;
        struct mipro_scene scene = { HA, CN, timeless ? MIPRO_TIME_NONE : NOON, NULL };
        struct mipro_keyring *ring = load(timeless ? twins : rows[i].keys);
        struct mipro_keyring *signer;
        struct seen seen;
        uint8_t buf[64];
        char text[128];
        size_t len = unhex(UPDATE, buf);

        snprintf(text, sizeof(text), "\"s\",\"*\",\"*\",\"4096\",\"%s\"", signs);
        signer = load(text);
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

/* A Registration Request with M and G, home address MN, and a PFAN for FA, SPI 4096. */
#define REQUEST "01180e100a0100090a0100010a0300021122334455667788"
#define NOTICE "601e012c0a0300010a03000200001000"

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
        ring = load(text);
        s = mipro_keyring_at(ring, 0);
        /* Bits: the reading; 8 body alone; 16 SPI appended; 32 HMAC. */
        for (unsigned way = 0; way < 64; way++) {
            const struct mipro_pfan_reading *reading = &readings[way % 8];
            const struct mipro_scene scene = { 1, 2, NOON, ring };
            enum mipro_algorithm algorithm = way >= 32 ? MIPRO_HMAC_MD5 : MIPRO_KEYED_MD5;
            bool spi = (way & 16) != 0;
            bool allowed = (s->algorithm == MIPRO_ANY || s->algorithm == algorithm) &&
                           (!spi || s->coverage != MIPRO_TYPE_LENGTH);
            struct mipro_message m;
            struct mipro_ext e = { 0 };
            uint8_t buf[64], body[24], out[MIPRO_AUTH_LEN];
            struct seen seen;
            size_t n, len = unhex(REQUEST NOTICE, buf);

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
            } else if (way % 8 == 0) { /* what it should have been is what we would sign */
                unhex("12f0012c0a0100090a0300021122334455667788"
                      "2314",
                    body);
                mipro_auth_compute(s, 0, body, 22, 4096, out);
                assert_memory_equal(seen.auth[0].calculated, out, sizeof(out));
            }
            /* Any octet that the body takes from request or notice makes it bad. */
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
    struct mipro_keyring *ring = load("\"a\",\"10.1.0.9\",\"10.3.0.1\",\"4096\",\"" KEY "\"");
    const struct mipro_scene scene = { 1, 2, NOON, ring };
    uint8_t buf[64], body[24];
    struct seen seen;
    size_t len = unhex("01000e100a0100090a0100010a0300021122334455667788" NOTICE, buf);

    (void)state;
    /* M is not in the request, so a body with M is no reading. */
    unhex("12a0012c0a0100090a0300022314", body);
    mipro_auth_compute(mipro_keyring_at(ring, 0), 0, body, 14, 4096, buf + len);
    seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
    assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
    unhex("1280012c0a0100090a0300022314", body);
    mipro_auth_compute(mipro_keyring_at(ring, 0), 0, body, 14, 4096, buf + len);
    seen = judge(buf, len + 16, len + 16, &draft_08, &scene);
    assert_int_equal(seen.auth[0].verdict, MIPRO_GOOD);
    mipro_keyring_free(ring);
}

/* The Binding Update of a handoff: body alone, in the mobile node's name. */
static void
a_handoff_is_judged_by_the_body_too(void **state)
{
    struct mipro_keyring *ring =
        load("\"mobile\",\"10.1.0.9\",\"10.3.0.1\",\"4096\",\"" KEY "\",\"hmac-md5\"\n"
             "\"agents\",\"10.3.0.2\",\"10.3.0.1\",\"4096\",\"text:other\"\n");
    const struct mipro_scene scene = { NEW_FA, FA, NOON, ring };
    const struct mipro_association *s = mipro_keyring_at(ring, 0);
    struct mipro_message update, request;
    struct mipro_ext e, notice;
    struct mipro_auth auth, of_request;
    /* Its lifetime is not the notice's: the foreign agent altered it. */
    uint8_t buf[64], asked[64];
    size_t len = unhex("12a0ffff0a0100090a030002"
                       "2314"
                       "00001000",
        buf);
    size_t asked_len = unhex(REQUEST NOTICE, asked);

    (void)state;
    mipro_auth_compute_as(s, 0, MIPRO_HMAC_MD5, MIPRO_TYPE_LENGTH, buf, 12, 4096, buf + len);
    memcpy(asked + asked_len, buf + len, 16);
    mipro_message_parse(&update, buf, len + 16, len + 16, &draft_08, MIPRO_IDENT_UNKNOWN);
    mipro_message_parse(
        &request, asked, asked_len + 16, asked_len + 16, &draft_08, MIPRO_IDENT_UNKNOWN);
    assert_true(mipro_ext_find(&update, MIPRO_EXT_AUTH, &e));
    assert_true(mipro_ext_find(&request, MIPRO_EXT_PFAN, &notice));

    mipro_auth_judge(&update, &e, &scene, &auth);
    assert_int_equal(auth.verdict, MIPRO_BAD); /* by the agents' association, as it stands */
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

    buf[2] ^= 1; /* altered by another on the way */
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

static const char batch_keys[] =
    "\"0\",\"10.0.0.1\",\"10.0.0.2\",\"300\",\"text:a\"\n"
    "\"1\",\"10.0.0.1\",\"10.0.0.2\",\"301\",\"text:0123456789abcdef\",,\"type-length-spi\"\n"
    "\"2\",\"10.0.0.1\",\"10.0.0.2\",\"302\",\"text:b\",\"hmac-md5\"\n"
    "\"3\",\"10.0.0.0/24\",\"10.0.0.2\",\"303\",\"text:c\",\"hmac-md5\",\"type-length\"\n"
    "\"4\",\"10.0.0.1\",\"*\",\"304\",\"master:text:d\"\n"
    "\"5\",\"10.0.0.1\",\"*\",\"305\",\"master:text:e\",\"hmac-md5\"\n"
    "\"6\",\"10.0.0.1\",\"*\",\"306\",\"text:f\",\"any\"\n"
    "\"7\",\"10.0.0.1\",\"*\",\"307\",\"text:g\",,,,\"\",\"1999-01-01T00:00:00Z\"\n"
    "\"8\",\"10.0.0.1\",\"*\",\"308\",\"text:0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef\"\n"
    "\"9\",\"10.0.0.1\",\"*\",\"309\",\"text:0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef\",\"hmac-md5\"\n";

/* A random message whose authenticator is right, or nearly. */
static size_t
make_message(uint8_t *buf, const struct mipro_keyring *ring)
{
    static const char *const heads[] = { UPDATE,
        "124"
        "00e100a0109090a030002"
        "0000000000000001",
        "130000000a010909",
        "01000e100a0109090a0100010a0300020000000000000001" NOTICE
        "00112233445566778899aabbccddeeff" };
    static const uint8_t types[] = { 35, 35, 35, 34, 36, 32 };
    const struct mipro_association *s = mipro_keyring_at(ring, (size_t)rand() % 10);
    size_t len = unhex(heads[(size_t)rand() % COUNT(heads)], buf);

    for (int n = rand() % 3; n > 0; n--) { /* other extensions before it */
        buf[len++] = 131;
        buf[len] = (uint8_t)(rand() % 60);
        memset(buf + len + 1, rand(), buf[len]);
        len += 1u + buf[len];
    }
    len = sign(buf, len, types[(size_t)rand() % COUNT(types)], s, 0x0a000002);
    if (rand() % 2 == 0)
        buf[(size_t)rand() % len] ^= (uint8_t)(1u << rand() % 8);
    if (rand() % 8 == 0)
        len -= (size_t)rand() % 20;
    if (rand() % 8 == 0 && len > 21 && buf[len - 21] == 20) { /* an authenticator of another size */
        int more = rand() % 3 - 1;

        buf[len - 21] = (uint8_t)(20 + more);
        buf[len] = 0xff;
        len = (size_t)((int)len + more);
        if (more == 1) /* right in its last 16 octets, and yet wrong */
            mipro_auth_compute(s, 0x0a000002, buf, len - 21, s->spi, buf + len - 16);
    }
    return len;
}

#define BATCH 64
#define MOST 8 /* authenticators of a message */

/* One authenticator on its way through the batch. */
struct work {
    struct mipro_message m;
    struct mipro_ext e;
    struct mipro_auth auth;
    struct mipro_lane_job job;
};

static void
run_batch(struct work *work, size_t n)
{
    struct mipro_lane_job *jobs[BATCH * MOST];
    struct work *of[BATCH * MOST];
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
        if (work[i].job.n_spans > 0)
            of[left++] = &work[i];
    while (left > 0) {
        size_t again = 0;

        for (size_t i = 0; i < left; i++)
            jobs[i] = &of[i]->job;
        mipro_lanes_run(jobs, left);
        for (size_t i = 0; i < left; i++)
            if (mipro_auth_step(&of[i]->auth, &of[i]->job))
                of[again++] = of[i];
        left = again;
    }
}

static void
the_batch_says_what_the_reference_says(void **state)
{
    static uint8_t bufs[BATCH][512];
    static struct work work[BATCH * MOST];
    struct mipro_keyring *ring = load(batch_keys);
    const struct mipro_scene scene = { 0x0a000001, 0x0a000002, NOON, ring };
    unsigned verdicts[MIPRO_VERDICTS] = { 0 };

    (void)state;
    srand(434);
    for (unsigned round = 0; round < 400; round++) {
        size_t n = 0;

        for (size_t i = 0; i < BATCH; i++) {
            size_t len = make_message(bufs[i], ring);
            struct mipro_message m;
            struct mipro_ext e = { 0 };

            mipro_message_parse(&m, bufs[i], len, len, &draft_08, MIPRO_IDENT_UNKNOWN);
            while (n < COUNT(work) && mipro_ext_next(&m, &e)) {
                if (e.def == NULL || (!e.def->auth && e.type != MIPRO_EXT_PFAN))
                    continue;
                work[n].m = m;
                work[n].e = e;
                if (!mipro_auth_begin(&m, &e, &scene, &work[n].auth, &work[n].job))
                    work[n].job.n_spans = 0;
                n++;
            }
        }
        run_batch(work, n);
        for (size_t i = 0; i < n; i++) {
            const struct mipro_auth *got = &work[i].auth;
            struct mipro_auth want;

            mipro_auth_judge(&work[i].m, &work[i].e, &scene, &want);
            verdicts[want.verdict]++;
            if (got->ext != want.ext || got->off != want.off || got->len != want.len ||
                got->verdict != want.verdict || got->has_spi != want.has_spi ||
                got->spi != want.spi || got->size_wrong != want.size_wrong ||
                got->association != want.association || got->node != want.node ||
                got->algorithm != want.algorithm || got->coverage != want.coverage ||
                got->has_calculated != want.has_calculated ||
                (want.has_calculated &&
                    memcmp(got->calculated, want.calculated, MIPRO_AUTH_LEN) != 0))
                fail_msg("round %u: SPI %u: %s, not %s", round, want.spi,
                    mipro_verdict_name(got->verdict), mipro_verdict_name(want.verdict));
        }
    }
    for (unsigned v = 0; v < MIPRO_TRUNCATED; v++)
        if (verdicts[v] < 100)
            fail_msg("only %u of verdict %s", verdicts[v], mipro_verdict_name(v));
    mipro_keyring_free(ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_2202_holds),
        cmocka_unit_test(openssl_agrees_and_every_octet_counts),
        cmocka_unit_test(any_signs_as_keyed_md5),
        cmocka_unit_test(sizes_cuts_and_absence_have_their_verdicts),
        cmocka_unit_test(each_extension_has_its_two_ends),
        cmocka_unit_test(a_messages_own_extension_stands_first_between_sender_and_receiver),
        cmocka_unit_test(a_valid_association_stands_alone_and_any_expired_one_counts),
        cmocka_unit_test(a_pfan_is_good_in_each_of_its_readings),
        cmocka_unit_test(the_request_of_a_pfan_without_flags_has_two_bodies),
        cmocka_unit_test(a_handoff_is_judged_by_the_body_too),
        cmocka_unit_test(the_batch_says_what_the_reference_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
