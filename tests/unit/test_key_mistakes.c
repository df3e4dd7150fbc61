/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in key files: byte order marks, other encodings, newlines, keys from a manual. */
#include "auth.h"
#include "folder.h"

#include <unistd.h>

#define OCTETS(text) text, sizeof(text) - 1
#define LINE "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"256\",\"text:0123456789abcdef\"\n"

static void
a_byte_order_mark_is_skipped(void **state)
{
    struct mipro_key_error err;
    struct mipro_keyring *ring =
        mipro_keyring_parse(OCTETS("\xef\xbb\xbf" LINE), "k", NULL, NULL, &err);

    (void)state;
    assert_non_null(ring);
    assert_int_equal(mipro_keyring_count(ring), 1);
    assert_int_equal(mipro_keyring_at(ring, 0)->line, 1);
    mipro_keyring_free(ring);
    /* Only at the front, and only one. */
    assert_null(mipro_keyring_parse(OCTETS(LINE "\xef\xbb\xbf" LINE), "k", NULL, NULL, &err));
    assert_null(
        mipro_keyring_parse(OCTETS("\xef\xbb\xbf\xef\xbb\xbf" LINE), "k", NULL, NULL, &err));
    /* A file that ends in the middle of a mark, and one that is only a mark. */
    assert_null(mipro_keyring_parse(OCTETS("\xef\xbb"), "k", NULL, NULL, &err));
    ring = mipro_keyring_parse(OCTETS("\xef\xbb\xbf"), "k", NULL, NULL, &err);
    assert_int_equal(mipro_keyring_count(ring), 0);
    mipro_keyring_free(ring);
}

static const struct {
    const char *octets;
    size_t len;
    const char *text;
} mistakes[] = {
    { OCTETS("\xff\xfe\"\0a\0"), "UTF-16" },
    { OCTETS("\xfe\xff\0\"\0a"), "UTF-16" },
    { OCTETS("\"\0a\0\"\0"), "UTF-16" },
    { OCTETS("\xff\xfe\0\0\"\0\0\0"), "UTF-32" },
    { OCTETS("\0\0\xfe\xff\0\0\0\""), "UTF-32" },
    { OCTETS("#\0\0\0 \0\0\0"), "UTF-32" },
    { OCTETS("\0\0\0#\0\0\0 "), "UTF-32" },
    { OCTETS("# names\r\"a\",\"10.1.0.1\",\"*\",\"300\",\"text:x\"\r"), "carriage returns alone" },
    { OCTETS("\xfd"
             "7zXZ\0\0\x04"),
        "compressed (xz)" },
    { OCTETS("BZh91AY"), "compressed (bzip2)" },
    { OCTETS("PK\x03\x04\x14\0"), "an archive (zip)" },
    { OCTETS("\x04\x22\x4d\x18\x64"), "compressed (lz4)" },
    { OCTETS("\0#\0 "), "UTF-16" },
    { OCTETS("\xd4\xc3\xb2\xa1\x02\0\x04\0"), "a capture (pcap)" },
    { OCTETS("\xa1\xb2\x3c\x4d\0\x02\0\x04"), "a capture (pcap)" },
    { OCTETS("\x0a\x0d\x0d\x0a\x1c\0\0\0"), "a capture (pcapng)" },
    { OCTETS("\x1f\x8b\x08\0"), "compressed (gzip)" },
    { OCTETS("\x28\xb5\x2f\xfd\x04"), "compressed (zstd)" },
    { OCTETS("GMBU\x01\x01\x01\0"), "a capture (Network Monitor)" },
    { OCTETS("RTSS\x01\x01\x01\0"), "a capture (Network Monitor)" },
    { OCTETS("TRSNIFF data    \x1a"), "a capture (Sniffer)" },
    { OCTETS("btsnoop\0\0\0\0\1"), "a capture (btsnoop)" },
    { OCTETS("\x7f"
             "ELF\2\1"),
        "not text" },
    { OCTETS("\x1a\x45\xdf\xa3"), "not text" },
    { OCTETS("\x01"), "not text" },
};

static void
what_cannot_be_a_key_file_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct mipro_key_error err = { .line = 1 };
        struct mipro_keyring *ring =
            mipro_keyring_parse(mistakes[i].octets, mistakes[i].len, "k", NULL, NULL, &err);

        if (ring != NULL || err.line != 0 || strstr(err.text, mistakes[i].text) == NULL)
            fail_msg("row %zu: line %u, %s", i, err.line, ring != NULL ? "loaded" : err.text);
    }
}

static void
count_warnings(void *ctx, const char *text)
{
    unsigned *n = ctx;

    *n += strstr(text, "has no associations") != NULL;
}

static void
a_key_file_without_associations_is_mentioned(void **state)
{
    static const struct {
        const char *octets;
        size_t len;
        unsigned warnings;
    } files[] = { { OCTETS(""), 1 }, { OCTETS("\xef\xbb\xbf"), 1 }, { OCTETS("# none\r\n\r\n"), 1 },
        { OCTETS("# none\r"), 1 }, { OCTETS(LINE), 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        unsigned n = 0;
        struct mipro_key_error err;
        const char *path = put_file("none", files[i].octets, files[i].len);
        struct mipro_keyring *ring = mipro_keyring_load(path, count_warnings, &n, &err);

        assert_non_null(ring);
        if (n != files[i].warnings)
            fail_msg("row %zu: %u warnings", i, n);
        mipro_keyring_free(ring);
    }
}

static void
a_capture_too_long_for_a_key_file_is_named_too(void **state)
{
    const char *path = put_file("long", OCTETS("\xd4\xc3\xb2\xa1"));
    struct mipro_key_error err;

    (void)state;
    assert_int_equal(truncate(path, 65 * 1024 * 1024), 0); /* sparse */
    assert_null(mipro_keyring_load(path, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "a capture (pcap)"));
    assert_int_equal(unlink(path), 0);
}

static void
a_list_of_words_may_begin_with_a_byte_order_mark(void **state)
{
    struct mipro_keyring *ring =
        load_ring("\"a\",\"10.1.0.1\",\"10.1.0.2\",\"256\",\"text:letmein\"\n");
    struct mipro_key_error err;

    (void)state;
    assert_true(
        mipro_keyring_words(ring, put_file("words", OCTETS("\xef\xbb\xbfletmein\n")), &err));
    assert_int_equal(mipro_keyring_at(ring, 0)->weak, MIPRO_WEAK_SHORT | MIPRO_WEAK_WORD);
    mipro_keyring_free(ring);
}

static void
a_list_of_words_in_another_encoding_is_named(void **state)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *said;
    } lists[] = {
        { OCTETS("\xff\xfel\0e\0t\0"), "is UTF-16; save it again as UTF-8" },
        { OCTETS("\xfe\xff\0l\0e\0t"), "is UTF-16; save it again as UTF-8" },
        { OCTETS("l\0e\0t\0\n\0"), "is UTF-16; save it again as UTF-8" },
        { OCTETS("\xff\xfe\0\0l\0\0\0"), "is UTF-32; save it again as UTF-8" },
        { OCTETS("\x1f\x8b\x08\0"), "is compressed (gzip); decompress it first" },
        { OCTETS("\x28\xb5\x2f\xfd\x24"), "is compressed (zstd); decompress it first" },
        { OCTETS("\xfd\x37zXZ\0\0"), "is compressed (xz); decompress it first" },
    };
    struct mipro_keyring *ring =
        load_ring("\"a\",\"10.1.0.1\",\"10.1.0.2\",\"256\",\"text:letmein\"\n");

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct mipro_key_error err = { 0 };

        /* Its words would match no key, and every key would pass as not weak. */
        assert_false(
            mipro_keyring_words(ring, put_file("words", lists[i].octets, lists[i].len), &err));
        assert_string_equal(err.text, lists[i].said);
    }
    mipro_keyring_free(ring);
}

static void
keys_of_manuals_are_weak(void **state)
{
    static const struct {
        const char *key;
        unsigned weak;
    } rows[] = {
        { "hex:11111111111111111111111111111111", MIPRO_WEAK_PUBLISHED | MIPRO_WEAK_UNIFORM },
        { "hex:15111111111111111111111111111111", MIPRO_WEAK_PUBLISHED },
        { "master:hex:1234567890abcdef1234567890abcdef", MIPRO_WEAK_PUBLISHED },
        { "text:q397F65", MIPRO_WEAK_PUBLISHED | MIPRO_WEAK_SHORT },
        { "hex:1234567890abcdef1234567890abcdee", 0 },
        { "hex:1234567890abcdef1234567890abcdef00", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[160];
        struct mipro_keyring *ring;
        const struct mipro_association *s;

        snprintf(
            line, sizeof(line), "\"a\",\"10.1.0.1\",\"10.1.0.2\",\"256\",\"%s\"\n", rows[i].key);
        ring = load_ring(line);
        s = mipro_keyring_at(ring, 0);
        if (s->weak != rows[i].weak ||
            (mipro_key_publisher(s->key) != NULL) != ((s->weak & MIPRO_WEAK_PUBLISHED) != 0))
            fail_msg("row %zu: weak %u", i, s->weak);
        mipro_keyring_free(ring);
    }
}

/* Collects warnings. */
static char warned[512];

static void
note_warning(void *ctx, const char *text)
{
    unsigned *n = ctx;

    ++*n;
    snprintf(warned, sizeof(warned), "%s", text);
}

static void
a_newline_at_the_end_of_a_key_from_a_file_is_noted(void **state)
{
    static const struct {
        const char *name, *octets;
        size_t len;
        bool newline;
    } rows[] = {
        { "lf", OCTETS("0123456789abcdef\n"), true },
        { "crlf", OCTETS("0123456789abcdef\r\n"), true },
        { "only", OCTETS("\n"), true },
        { "none", OCTETS("0123456789abcdef"), false },
        { "middle", OCTETS("0123456789\nabcdef"), false },
        { "cr", OCTETS("0123456789abcdef\r"), false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512];
        struct mipro_key_error err;
        struct mipro_keyring *ring;
        unsigned n = 0;

        put_file(rows[i].name, rows[i].octets, rows[i].len);
        /* Two lines with the same key file: one note. */
        snprintf(text, sizeof(text),
            "\"a\",\"10.1.0.1\",\"10.1.0.2\",\"256\",\"file:%s/%s\"\n"
            "\"b\",\"10.1.0.1\",\"10.1.0.2\",\"257\",\"file:%s/%s\"\n",
            folder, rows[i].name, folder, rows[i].name);
        ring = mipro_keyring_parse(text, strlen(text), "k", note_warning, &n, &err);
        assert_non_null(ring);
        if (mipro_keyring_at(ring, 0)->newline != rows[i].newline || n != rows[i].newline)
            fail_msg("%s: %u notes", rows[i].name, n);
        if (n != 0 && (strstr(warned, rows[i].name) == NULL || strstr(warned, "newline") == NULL))
            fail_msg("%s: %s", rows[i].name, warned);
        mipro_keyring_free(ring);
    }
}

/* As "openssl rand -hex" writes them: the digits are the key, not what they denote. */
static void
hex_digits_in_the_file_of_a_key_are_noted(void **state)
{
    static const struct {
        const char *name, *octets;
        bool noted;
    } rows[] = {
        { "digits", "000102030405060708090a0b0c0d0e0f", true },
        { "line", "000102030405060708090A0B0C0D0E0F0011\n", true },
        { "few", "0123456789abcdef", false },
        { "odd", "000102030405060708090a0b0c0d0e0f0", false },
        { "words", "000102030405060708090a0b0c0d0e0fx", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512];
        struct mipro_key_error err;
        struct mipro_keyring *ring;
        unsigned n = 0;

        put_file(rows[i].name, rows[i].octets, strlen(rows[i].octets));
        snprintf(text, sizeof(text), "\"a\",\"10.1.0.1\",\"10.1.0.2\",\"256\",\"file:%s/%s\"\n",
            folder, rows[i].name);
        warned[0] = '\0';
        ring = mipro_keyring_parse(text, strlen(text), "k", note_warning, &n, &err);
        assert_non_null(ring);
        if ((strstr(warned, "hexadecimal") != NULL) != rows[i].noted)
            fail_msg("%s: %s", rows[i].name, warned);
        mipro_keyring_free(ring);
    }
}

static void
a_newline_in_the_text_of_a_key_is_not_noted(void **state)
{
    struct mipro_keyring *ring =
        load_ring("\"a\",\"10.1.0.1\",\"10.1.0.2\",\"256\",\"text:0123456789abcdef\\n\"\n");

    (void)state;
    assert_false(mipro_keyring_at(ring, 0)->newline);
    mipro_keyring_free(ring);
}

/* The only authenticator of a message, by the queue. */
static struct mipro_auth
judge_in_queue(const uint8_t *buf, size_t n, const struct mipro_scene *scene)
{
    struct mipro_auth_queue *queue = mipro_auth_queue_new();
    struct mipro_auth auth;
    struct mipro_message m;
    struct mipro_ext e = { 0 };

    mipro_message_parse(&m, buf, n, n, &draft_08, MIPRO_IDENT_UNKNOWN);
    while (mipro_ext_next(&m, &e) && !e.def->auth)
        ;
    queue_any(queue, &m, &e, scene, &auth, 0);
    mipro_auth_queue_run(queue, &auth);
    mipro_auth_queue_free(queue);
    return auth;
}

/* A Registration Request between the same two, with a challenge. */
#define CHALLENGED "01000e100a010001c00002070a03000100000000000a00018401a0"

/* A message signed with an association between HA and CN, by any algorithm; returns its length. */
static size_t
make_signed(uint8_t *buf, size_t size, const struct mipro_association *s)
{
    const struct mipro_algorithm_def *def = mipro_algorithm_def(s->algorithm);

    return def != NULL && def->needs_challenge
               ? sign(buf, unit_octets(CHALLENGED, buf, size), MIPRO_EXT_GENERALIZED, s, CN)
               : sign(buf, unit_octets(UPDATE, buf, size), MIPRO_EXT_AUTH, s, CN);
}

/* For each algorithm: a message signed with the key without its newline is bad, with a hint. */
static void
what_would_be_good_without_the_newline_is_bad_with_a_hint(void **state)
{
    (void)state;
    put_file("key", OCTETS("0123456789abcde\n")); /* of 16 octets, as the wave requires */
    put_file("master", OCTETS("a master key\r\n"));
    for (unsigned i = 0; i <= MIPRO_ALGORITHMS; i++)
        for (unsigned master = 0; master < 2; master++) {
            char bare[512], file[512];
            struct mipro_key_error err;
            struct mipro_keyring *signer, *judge_ring;
            uint8_t buf[128];
            const char *word = mipro_algorithm_name((enum mipro_algorithm)i);
            struct mipro_scene scene = { HA, CN, NOON, NULL };
            size_t n;
            struct seen seen;

            snprintf(bare, sizeof(bare), "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"256\",\"%s\",\"%s\"\n",
                master ? "master:text:a master key" : "text:0123456789abcde", word);
            snprintf(file, sizeof(file),
                "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"256\",\"%sfile:%s/%s\",\"%s\"\n",
                master ? "master:" : "", folder, master ? "master" : "key", word);
            signer = load_ring(bare);
            judge_ring = mipro_keyring_parse(file, strlen(file), "k", NULL, NULL, &err);
            assert_non_null(judge_ring);
            n = make_signed(buf, sizeof(buf), mipro_keyring_at(signer, 0));
            scene.ring = judge_ring;
            seen = judge(buf, n, n, &draft_08, &scene);
            if (seen.auth[0].verdict != MIPRO_BAD || seen.auth[0].hint != MIPRO_HINT_NEWLINE)
                fail_msg("%s, master %u: %s, hint %d", word, master,
                    mipro_verdict_name(seen.auth[0].verdict), seen.auth[0].hint);
            seen.auth[1] = judge_in_queue(buf, n, &scene);
            if (seen.auth[1].verdict != MIPRO_BAD || seen.auth[1].hint != MIPRO_HINT_NEWLINE)
                fail_msg("%s, master %u, queue: %s, hint %d", word, master,
                    mipro_verdict_name(seen.auth[1].verdict), seen.auth[1].hint);
            /* A message that fits neither key is bad, without a hint. */
            buf[n - 1] ^= 1;
            seen = judge(buf, n, n, &draft_08, &scene);
            assert_int_equal(seen.auth[0].verdict, MIPRO_BAD);
            assert_int_equal(seen.auth[0].hint, MIPRO_HINT_NONE);
            /* A message signed with the newline is good. */
            n = make_signed(buf, sizeof(buf), mipro_keyring_at(judge_ring, 0));
            seen = judge(buf, n, n, &draft_08, &scene);
            assert_int_equal(seen.auth[0].verdict, MIPRO_GOOD);
            assert_int_equal(seen.auth[0].hint, MIPRO_HINT_NONE);
            mipro_keyring_free(signer);
            mipro_keyring_free(judge_ring);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(what_cannot_be_a_key_file_is_named),
        cmocka_unit_test(a_key_file_without_associations_is_mentioned),
        cmocka_unit_test(a_capture_too_long_for_a_key_file_is_named_too),
        cmocka_unit_test(a_list_of_words_may_begin_with_a_byte_order_mark),
        cmocka_unit_test(a_list_of_words_in_another_encoding_is_named),
        cmocka_unit_test(keys_of_manuals_are_weak),
        cmocka_unit_test(a_newline_at_the_end_of_a_key_from_a_file_is_noted),
        cmocka_unit_test(hex_digits_in_the_file_of_a_key_are_noted),
        cmocka_unit_test(a_newline_in_the_text_of_a_key_is_not_noted),
        cmocka_unit_test(what_would_be_good_without_the_newline_is_bad_with_a_hint),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
