/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "folder.h"
#include "rings.h"

#include <malloc.h>
#include <unistd.h>

#define KEY16 "hex:000102030405060708090a0b0c0d0e0f"

static struct mipro_keyring *
parse(const char *text, struct mipro_key_error *err)
{
    return mipro_keyring_parse(text, strlen(text), "dir/keys.txt", NULL, NULL, err);
}

static uint32_t
address(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a << 24 | b << 16 | c << 8 | d;
}

static void
the_example_of_the_manual_reads_as_it_says(void **state)
{
    struct mipro_keyring *ring = load_ring(
        "# name, end A, end B, SPI, key, algorithm, coverage, replay, not before, not after\n"
        "\n"
        "\"ha-to-correspondent\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"" KEY16 "\"\n"
        "  # blanks before a comment, and around commas, and an end of line of another system\n"
        " \"mobile-to-old-agent\" ,\t\"10.1.0.9\" , \"10.3.0.1\",\"4097\",\"text:smooth handoff\","
        "\"hmac-md5\",\"\",\"timestamp\" \r\n"
        "\"ha-master\",\"10.1.0.1\",\"*\",\"0x2000\",\"master:text:abcd\",\"keyed-md5\","
        "\"type-length\",\"nonce\",\"1999-02-25T00:00:00Z\",\"1999-03-25T00:00:00Z\"");
    const struct mipro_association *s;

    (void)state;
    assert_int_equal(mipro_keyring_count(ring), 3);
    s = mipro_keyring_at(ring, 0);
    assert_string_equal(s->name, "ha-to-correspondent");
    assert_int_equal(s->line, 3);
    assert_int_equal(s->a.addr, address(10, 1, 0, 1));
    assert_int_equal(s->a.bits, 32);
    assert_int_equal(s->spi, 0x1000);
    assert_int_equal(s->algorithm, MIPRO_KEYED_MD5);
    assert_int_equal(s->coverage, MIPRO_TYPE_LENGTH);
    assert_int_equal(s->replay, MIPRO_REPLAY_NONE);
    assert_true(s->not_before == INT64_MIN && s->not_after == INT64_MAX);
    assert_false(s->master);
    assert_int_equal(s->weak, 0);
    s = named(ring, "mobile-to-old-agent");
    assert_ptr_equal(s, mipro_keyring_at(ring, 1));
    assert_int_equal(s->spi, 4097);
    assert_int_equal(s->algorithm, MIPRO_HMAC_MD5);
    assert_int_equal(s->coverage, MIPRO_TYPE_LENGTH_SPI);
    assert_int_equal(s->replay, MIPRO_REPLAY_TIMESTAMP);
    assert_int_equal(s->weak, MIPRO_WEAK_SHORT);
    s = mipro_keyring_at(ring, 2);
    assert_true(s->master && s->b.any);
    assert_int_equal(s->replay, MIPRO_REPLAY_NONCE);
    assert_true(s->not_before == 919900800 * MIPRO_SECOND);
    assert_true(s->not_after == 922320000 * MIPRO_SECOND);
    assert_null(mipro_keyring_at(ring, 3));
    assert_null(named(ring, "nobody"));
    mipro_keyring_free(ring);
}

/* A bad value of a column; the rest of the line is correct. */
static const struct {
    enum mipro_key_field field;
    const char *value, *text;
} bad_columns[] = {
    { MIPRO_KEY_NAME, "", "is empty" },
    { MIPRO_KEY_NAME, "a\\x00b", "NUL" },
    { MIPRO_KEY_END_A, "", "is empty" },
    { MIPRO_KEY_END_A, "10.1.0", "\"10.1.0\" is not an IPv4 address" },
    { MIPRO_KEY_END_A, "10.1.0.256", "\"10.1.0.256\"" },
    { MIPRO_KEY_END_A, "10.1.0.01", "\"10.1.0.01\"" },
    { MIPRO_KEY_END_A, "10.1.0.1 ", "\"10.1.0.1 \"" },
    { MIPRO_KEY_END_A, "10.1.0.1.2", "\"10.1.0.1.2\"" },
    { MIPRO_KEY_END_A, "ha.example.org", "\"ha.example.org\"" },
    { MIPRO_KEY_END_A, "2001:db8::1", "\"2001:db8::1\"" },
    { MIPRO_KEY_END_A, "**", "\"**\"" },
    { MIPRO_KEY_END_B, "10.2.0.0/33", "prefix length" },
    { MIPRO_KEY_END_B, "10.2.0.0/", "prefix length" },
    { MIPRO_KEY_END_B, "10.2.0.0/08", "prefix length" },
    { MIPRO_KEY_END_B, "10.2.0.0/255.255.0.0", "\"10.2.0.0/255.255.0.0\"" },
    { MIPRO_KEY_END_B, "10.2.0.0/-1", "prefix length" },
    { MIPRO_KEY_END_B, "10.2.3.4/16",
        "\"10.2.3.4/16\" is not a prefix: bits after the first 16 are set; 10.2.0.0/16 is one" },
    { MIPRO_KEY_END_B, "10.2.3.4/0", "; 0.0.0.0/0 is one" },
    { MIPRO_KEY_END_B, "nai:", "names no node" },
    { MIPRO_KEY_END_B, "nai:*", "has no realm" },
    { MIPRO_KEY_END_B, "nai:*@", "has no realm" },
    { MIPRO_KEY_END_B, "nai:a\\x00b", "NUL" },
    { MIPRO_KEY_SPI, "", "is empty" },
    { MIPRO_KEY_SPI, "1", "\"1\" is reserved" },
    { MIPRO_KEY_SPI, "4", "\"4\" is reserved" },
    { MIPRO_KEY_SPI, "255", "\"255\" is reserved" },
    { MIPRO_KEY_SPI, "0xff", "\"0xff\" is reserved" },
    { MIPRO_KEY_SPI, "0", "reserved" },
    { MIPRO_KEY_SPI, "4294967296", "32 bits" },
    { MIPRO_KEY_SPI, "0x100000000", "32 bits" },
    { MIPRO_KEY_SPI, "99999999999999999999999999", "32 bits" },
    { MIPRO_KEY_SPI, "-4097", "not a number" },
    { MIPRO_KEY_SPI, "+4097", "not a number" },
    { MIPRO_KEY_SPI, " 4097", "not a number" },
    { MIPRO_KEY_SPI, "0x", "not a number" },
    { MIPRO_KEY_SPI, "10g0", "not a number" },
    { MIPRO_KEY_SPI, "1000h", "not a number" },
    { MIPRO_KEY_KEY, "", "is empty" },
    { MIPRO_KEY_KEY, "hex:", "no octets" },
    { MIPRO_KEY_KEY, "text:", "no octets" },
    { MIPRO_KEY_KEY, "file:", "names no file" },
    { MIPRO_KEY_KEY, "master:", "after master:" },
    { MIPRO_KEY_KEY, "hex:5ec2e", "odd number" },
    { MIPRO_KEY_KEY, "hex:5ec2ex", "not a hex digit" },
    { MIPRO_KEY_KEY, "hex:5e c2", "not a hex digit" },
    { MIPRO_KEY_KEY, "5ec2e75ec2e7", "begins with none of" },
    { MIPRO_KEY_KEY, "HEX:5ec2e75ec2e7", "begins with none of" },
    { MIPRO_KEY_KEY, "master:master:hex:5ec2", "begins with none of" },
    { MIPRO_KEY_KEY, "hex:master:5ec2", "not a hex digit" },
    { MIPRO_KEY_KEY, "file:/nonexistent/5ec2", "No such file" },
    { MIPRO_KEY_KEY, "file:/", "directory" },
    { MIPRO_KEY_KEY, "file:/dev/null", "not a regular file" },
    { MIPRO_KEY_KEY, "file:a\\x00b", "NUL" },
    { MIPRO_KEY_ALGORITHM, "md5", "\"md5\" is not one of keyed-md5, hmac-md5, " },
    { MIPRO_KEY_ALGORITHM, "Keyed-MD5", "is not one of" },
    { MIPRO_KEY_ALGORITHM, "keyed-md", "is not one of" },
    { MIPRO_KEY_COVERAGE, "spi", "\"spi\" is not one of type-length, type-length-spi" },
    { MIPRO_KEY_COVERAGE, "body", "is not one of" },
    { MIPRO_KEY_REPLAY, "nonces", "\"nonces\" is not one of none, timestamp, nonce" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-29T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1900-02-29T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-13-01T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-00-01T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-04-31T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T24:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:60:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00:61Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T12:00:60Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25 00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00:00", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00:00.Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00:00+0100", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00:00+24:00", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25T00:00:00Zx", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "99-02-25T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-2-25T00:00:00Z", "RFC 3339" },
    { MIPRO_KEY_NOT_BEFORE, "1999-02-25", "RFC 3339" },
    { MIPRO_KEY_NOT_AFTER, "tomorrow", "\"tomorrow\" is not an RFC 3339 time" },
};

/* Line 2 of a key file, with one column as given. */
static void
write_line(char *text, size_t size, enum mipro_key_field field, const char *value)
{
    const char *column[MIPRO_KEY_FIELDS] = { "good", "10.1.0.1", "10.2.0.1", "4097", KEY16,
        "keyed-md5", "type-length", "none", "", "" };
    size_t n = (size_t)snprintf(text, size, "# one\n");

    if (field < MIPRO_KEY_FIELDS)
        column[field] = value;
    for (size_t i = 0; i < MIPRO_KEY_FIELDS; i++)
        n += (size_t)snprintf(
            text + n, size - n, "\"%s\"%s", column[i], i + 1 < MIPRO_KEY_FIELDS ? "," : "\n");
}

static void
a_bad_column_is_named_with_file_and_line(void **state)
{
    char text[1024], said[600];

    (void)state;
    for (size_t i = 0; i < COUNT(bad_columns); i++) {
        struct mipro_key_error err;
        struct mipro_keyring *ring;

        write_line(text, sizeof(text), bad_columns[i].field, bad_columns[i].value);
        ring = parse(text, &err);
        if (ring != NULL)
            fail_msg("row %zu: %s was accepted", i, bad_columns[i].value);
        mipro_key_error_text(&err, said, sizeof(said));
        if (err.line != 2 || strcmp(err.file, "dir/keys.txt") != 0 || err.field == NULL ||
            strcmp(err.field, mipro_key_field_name(bad_columns[i].field)) != 0 ||
            strstr(said, bad_columns[i].text) == NULL)
            fail_msg("row %zu (%s): %s", i, bad_columns[i].value, said);
        if (bad_columns[i].field == MIPRO_KEY_KEY &&
            strncmp(bad_columns[i].value, "file:", 5) != 0 && strstr(said, "5e") != NULL)
            fail_msg("row %zu shows the key: %s", i, said);
    }
}

static void
the_cell_check_says_what_loading_would(void **state)
{
    struct mipro_key_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad_columns); i++) {
        const char *value = bad_columns[i].value;

        if (strchr(value, '\\') != NULL || strncmp(value, "file:/", 6) == 0)
            continue; /* escapes belong to the file; a cell opens no file */
        if (mipro_key_field_check(bad_columns[i].field, value, &err))
            fail_msg("row %zu: %s was accepted", i, value);
        if (strstr(err.text, bad_columns[i].text) == NULL)
            fail_msg("row %zu (%s): %s", i, value, err.text);
    }
    assert_true(mipro_key_field_check(MIPRO_KEY_KEY, "master:file:k", &err));
    assert_true(mipro_key_field_check(MIPRO_KEY_COVERAGE, NULL, NULL));
}

static void
a_malformed_line_loads_nothing(void **state)
{
    static const struct {
        const char *line;
        const char *field; /* NULL: the line */
        const char *text;
    } rows[] = {
        { "nonsense", "name", "double quotes" },
        { "\"a", "name", "closing quote" },
        { "\"a\"", "end A", "is empty" },
        { "\"a\",", "end A", "is empty" },
        { "\"a\" \"10.1.0.1\"", "name", "comma" },
        { "\"a\";\"10.1.0.1\"", "name", "comma" },
        { "\"a\",10.1.0.1", "end A", "double quotes" },
        { "\"a\",\"10.1.0.1\",\"*\",4097", "SPI", "double quotes" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\"", "key", "is empty" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"" KEY16 "\" # mine", "key", "comma" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"" KEY16 "\",\"\",\"\",\"\",\"\",\"\",\"\"", NULL,
            "more than 10 fields" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\\q\"", "key", "backslash" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\\x4\"", "key", "backslash" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\\400\"", "key", "backslash" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\\\"", "key", "closing quote" },
        { "\"a\",\"10.1.0.0/16\",\"*\",\"4097\",\"master:text:a\"", "end A", "home agent" },
        { "\"a\",\"*\",\"10.1.0.1\",\"4097\",\"master:text:a\"", "end A", "home agent" },
        { "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\",\"\",\"\",\"\",\"1999-02-25T00:00:00Z\","
          "\"1999-02-24T23:59:59Z\"",
            "not after", "before" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512], said[600];
        struct mipro_key_error err;

        snprintf(
            text, sizeof(text), "\"b\",\"10.9.0.1\",\"*\",\"4097\",\"text:b\"\n%s\n", rows[i].line);
        if (parse(text, &err) != NULL)
            fail_msg("row %zu was accepted: %s", i, rows[i].line);
        mipro_key_error_text(&err, said, sizeof(said));
        if (err.line != 2 || (err.field == NULL) != (rows[i].field == NULL) ||
            (err.field != NULL && strcmp(err.field, rows[i].field) != 0) ||
            strstr(said, rows[i].text) == NULL)
            fail_msg("row %zu: %s", i, said);
    }
}

static void
every_good_column_is_understood(void **state)
{
    static const struct {
        const char *value;
        uint32_t spi;
    } spis[] = { { "256", 256 }, { "0x100", 256 }, { "4294967295", UINT32_MAX },
        { "0xFFFFffff", UINT32_MAX }, { "04097", 4097 }, { "0X1000", 4096 } };
    static const struct {
        const char *value;
        uint32_t addr;
        unsigned bits;
    } ends[] = { { "10.2.0.0/16", 0x0a020000, 16 }, { "10.2.0.1/32", 0x0a020001, 32 },
        { "0.0.0.0/0", 0, 0 }, { "255.255.255.255", UINT32_MAX, 32 },
        { "128.0.0.0/1", 0x80000000, 1 } };
    static const struct {
        const char *value;
        int64_t seconds, nanos;
    } times[] = { { "1970-01-01T00:00:00Z", 0, 0 }, { "1999-02-25T12:00:00Z", 919944000, 0 },
        { "1999-02-25t12:00:00z", 919944000, 0 }, { "1999-02-25T13:30:00+01:30", 919944000, 0 },
        { "1999-02-25T00:00:00-12:00", 919944000, 0 },
        { "1999-02-25T12:00:00-00:00", 919944000, 0 }, { "2000-02-29T00:00:00Z", 951782400, 0 },
        { "2000-03-01T00:00:00Z", 951868800, 0 }, { "2100-03-01T00:00:00Z", 4107542400, 0 },
        { "1969-12-31T23:59:59.5Z", -1, 500000000 }, { "1900-01-01T00:00:00Z", -2208988800, 0 },
        { "1998-12-31T23:59:60Z", 915148800, 0 }, { "1999-01-01T00:59:60+01:00", 915148800, 0 },
        { "1999-02-25T12:00:00.123456789987Z", 919944000, 123456789 } };
    char text[1024];
    struct mipro_keyring *ring;

    (void)state;
    for (size_t i = 0; i < COUNT(spis); i++) {
        write_line(text, sizeof(text), MIPRO_KEY_SPI, spis[i].value);
        ring = load_ring(text);
        if (mipro_keyring_at(ring, 0)->spi != spis[i].spi)
            fail_msg("SPI %s", spis[i].value);
        mipro_keyring_free(ring);
    }
    for (size_t i = 0; i < COUNT(ends); i++) {
        const struct mipro_end *end;

        write_line(text, sizeof(text), MIPRO_KEY_END_B, ends[i].value);
        ring = load_ring(text);
        end = &mipro_keyring_at(ring, 0)->b;
        if (end->addr != ends[i].addr || end->bits != ends[i].bits || end->any)
            fail_msg("end %s", ends[i].value);
        mipro_keyring_free(ring);
    }
    for (size_t i = 0; i < COUNT(times); i++) {
        int64_t time;

        write_line(text, sizeof(text), MIPRO_KEY_NOT_BEFORE, times[i].value);
        ring = load_ring(text);
        time = mipro_keyring_at(ring, 0)->not_before;
        if (time != times[i].seconds * MIPRO_SECOND + times[i].nanos)
            fail_msg("time %s: %lld", times[i].value, (long long)time);
        mipro_keyring_free(ring);
    }
    write_line(text, sizeof(text), MIPRO_KEY_NOT_AFTER, "9999-12-31T23:59:59Z");
    ring = load_ring(text);
    assert_true(mipro_keyring_at(ring, 0)->not_after == INT64_MAX);
    mipro_keyring_free(ring);
    write_line(text, sizeof(text), MIPRO_KEY_NOT_BEFORE, "0000-02-29T00:00:00Z");
    ring = load_ring(text);
    assert_true(mipro_keyring_at(ring, 0)->not_before == INT64_MIN);
    mipro_keyring_free(ring);
}

static void
any_keeps_the_coverage_that_is_given(void **state)
{
    struct mipro_keyring *ring =
        load_ring("\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\",\"any\"\n"
                  "\"b\",\"10.1.0.1\",\"*\",\"4098\",\"text:a\",\"any\",\"type-length-spi\"\n"
                  "\"c\",\"10.1.0.1\",\"*\",\"4099\",\"text:a\",\"hmac-md5\",\"type-length\"\n"
                  "\"d\",\"10.1.0.1\",\"*\",\"4100\",\"text:a\",,\"type-length-spi\"\n");

    (void)state;
    assert_int_equal(mipro_keyring_at(ring, 0)->coverage, MIPRO_COVERAGE_NONE);
    assert_int_equal(mipro_keyring_at(ring, 1)->coverage, MIPRO_TYPE_LENGTH_SPI);
    assert_int_equal(mipro_keyring_at(ring, 2)->coverage, MIPRO_TYPE_LENGTH);
    assert_int_equal(mipro_keyring_at(ring, 3)->coverage, MIPRO_TYPE_LENGTH_SPI);
    assert_int_equal(mipro_keyring_at(ring, 3)->algorithm, MIPRO_KEYED_MD5);
    mipro_keyring_free(ring);
}

static void
escapes_are_read_as_wireshark_reads_them(void **state)
{
    struct mipro_keyring *ring =
        load_ring("\"\\x22\\x5C\\x7e\\101\\60\\7\\a\\b\\e\\f\\n\\r\\t\\v\\\\\\\"\\x2c,\xc3\xa9\","
                  "\"10.1.0.1\",\"*\",\"4097\",\"text:a\\x00b\"");

    (void)state;
    assert_string_equal(
        mipro_keyring_at(ring, 0)->name, "\"\\~A0\7\a\b\033\f\n\r\t\v\\\",,\xc3\xa9");
    mipro_keyring_free(ring);
}

static void
names_are_used_once(void **state)
{
    struct mipro_key_error err;
    char said[600];

    (void)state;
    assert_null(parse("\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\"\n\n"
                      "\"a\",\"10.2.0.1\",\"*\",\"4097\",\"text:b\"\n",
        &err));
    mipro_key_error_text(&err, said, sizeof(said));
    assert_string_equal(said, "dir/keys.txt:3: name: \"a\" is already the name of line 1");
}

static void
rows_of_the_table_read_as_lines_of_the_file(void **state)
{
    const char *const rows[][MIPRO_KEY_FIELDS] = {
        { "a\"b", "10.1.0.1", "10.2.0.0/16", "4097", "text:\\x41", NULL, "", NULL, "", NULL },
        { "a\"b", "10.1.0.2", "*", "4097", "text:x", "any", NULL, NULL, NULL, NULL },
    };
    struct mipro_keyring *ring = mipro_keyring_begin(NULL, NULL, NULL);
    struct mipro_key_error err;

    (void)state;
    assert_true(mipro_keyring_add(ring, rows[0], 7, &err));
    assert_string_equal(mipro_keyring_at(ring, 0)->name, "a\"b");
    assert_int_equal(mipro_keyring_at(ring, 0)->line, 7);
    assert_true(mipro_keyring_add(ring, rows[1], 8, &err));
    assert_false(mipro_keyring_finish(ring, &err)); /* the name is used twice */
    assert_int_equal(err.line, 8);
    assert_string_equal(err.field, "name");
    mipro_keyring_free(ring);
    mipro_keyring_free(NULL);
}

struct warnings {
    unsigned n;
    char text[4][256];
};

static void
note_warning(void *ctx, const char *text)
{
    struct warnings *w = ctx;

    if (w->n < COUNT(w->text))
        snprintf(w->text[w->n], sizeof(w->text[0]), "%s", text);
    w->n++;
}

static void
files_that_others_may_read_are_warned_of_once(void **state)
{
    static const char keys[] = "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"file:k\"\n"
                               "\"b\",\"10.1.0.1\",\"*\",\"4098\",\"file:k\"\n"
                               "\"c\",\"10.1.0.1\",\"*\",\"4099\",\"file:secret\"\n";
    struct warnings w = { 0 };
    struct mipro_key_error err;
    struct mipro_keyring *ring;

    (void)state;
    put_file_with_mode("k", "0123456789abcde\n", 16, 0640);
    put_file("secret", "\0\1", 2);
    ring = mipro_keyring_load(
        put_file_with_mode("keys", keys, strlen(keys), 0604), note_warning, &w, &err);
    assert_non_null(ring); /* file: is relative to the key file, not to the working directory */
    assert_int_equal(w.n, 3);
    assert_non_null(strstr(w.text[0], "/keys: "));
    assert_non_null(strstr(w.text[0], "mode 0604"));
    assert_non_null(strstr(w.text[1], "/k: "));
    assert_non_null(strstr(w.text[2], "newline"));
    assert_int_equal(mipro_keyring_at(ring, 0)->weak, 0); /* 16 octets: the newline counts */
    assert_int_equal(mipro_keyring_at(ring, 2)->weak, MIPRO_WEAK_SHORT);
    mipro_keyring_free(ring);

    assert_null(mipro_keyring_load("/nonexistent/keys", NULL, NULL, &err));
    assert_int_equal(err.line, 0);
    assert_null(err.field);
    assert_null(mipro_keyring_load("/", NULL, NULL, &err));
    assert_non_null(strstr(err.text, "directory"));
    put_file("k", "", 0);
    assert_null(mipro_keyring_load(put_file("keys", keys, strlen(keys)), NULL, NULL, &err));
    assert_string_equal(err.field, "key");
    assert_non_null(strstr(err.text, "\"k\" is empty"));
}

static void
sizes_are_bounded(void **state)
{
    static const char nul[] = "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:a\0b\"";
    static const char to_long[] = "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"file:long\"\n";
    static char text[3 * 65536];
    struct mipro_key_error err;
    struct mipro_keyring *ring;
    size_t n;

    (void)state;
    for (size_t octets = 4095; octets <= 4097; octets++) {
        n = (size_t)sprintf(text, "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"hex:");
        memset(text + n, 'a', 2 * octets);
        strcpy(text + n + 2 * octets, "\"\n");
        ring = parse(text, &err);
        assert_true((ring != NULL) == (octets <= 4096));
        mipro_keyring_free(ring);
        n = (size_t)sprintf(text, "\"a\",\"10.1.0.1\",\"*\",\"4097\",\"text:");
        memset(text + n, 'a', octets);
        strcpy(text + n + octets, "\"\n");
        ring = parse(text, &err);
        assert_true((ring != NULL) == (octets <= 4096));
        mipro_keyring_free(ring);
        memset(text, 'a', octets);
        put_file("long", text, octets);
        ring = mipro_keyring_load(put_file("keys", to_long, strlen(to_long)), NULL, NULL, &err);
        assert_true((ring != NULL) == (octets <= 4096));
        mipro_keyring_free(ring);
    }
    memset(text, ' ', sizeof(text));
    text[sizeof(text) - 1] = '\n';
    text[70000] = 'x';
    assert_null(mipro_keyring_parse(text, sizeof(text), "k", NULL, NULL, &err));
    assert_non_null(strstr(err.text, "longer than"));
    text[70000] = ' ';
    ring = mipro_keyring_parse(text, sizeof(text), "k", NULL, NULL, &err);
    assert_non_null(ring); /* only blanks */
    assert_int_equal(mipro_keyring_count(ring), 0);
    mipro_keyring_free(ring);
    assert_null(mipro_keyring_parse("\0\0", 2, "k", NULL, NULL, &err));
    assert_null(mipro_keyring_parse(nul, sizeof(nul) - 1, "k", NULL, NULL, &err));
    assert_string_equal(err.field, "key");
    assert_non_null(strstr(err.text, "\\x00"));
}

static void
weak_keys_are_recognized(void **state)
{
    static const char words[] = "\nopen sesame\r\nletmein\n\x07word\r\nmaster";
    struct mipro_keyring *ring =
        load_ring("\"0\",\"10.0.0.1\",\"*\",\"4097\",\"" KEY16 "\"\n"
                  "\"1\",\"10.0.0.1\",\"*\",\"4098\",\"hex:000102030405060708090a0b0c0d0e\"\n"
                  "\"2\",\"10.0.0.1\",\"*\",\"4099\",\"hex:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
                  "\"3\",\"10.0.0.1\",\"*\",\"4100\",\"hex:aa\"\n"
                  "\"4\",\"10.0.0.1\",\"*\",\"4101\",\"text:open sesame\"\n"
                  "\"5\",\"10.0.0.1\",\"*\",\"4102\",\"text:letmein\"\n"
                  "\"6\",\"10.0.0.1\",\"*\",\"4103\",\"text:letmein\"\n"
                  "\"7\",\"10.0.0.1\",\"*\",\"4104\",\"master:text:master\"\n"
                  "\"8\",\"10.0.0.1\",\"*\",\"4105\",\"text:\\x07word\\x0d\"\n"
                  "\"9\",\"10.0.0.1\",\"*\",\"4106\",\"text:sesame\"\n");
    static const unsigned want[] = { 0, MIPRO_WEAK_SHORT, MIPRO_WEAK_UNIFORM,
        MIPRO_WEAK_SHORT | MIPRO_WEAK_UNIFORM, MIPRO_WEAK_SHORT | MIPRO_WEAK_WORD,
        MIPRO_WEAK_SHORT | MIPRO_WEAK_WORD, MIPRO_WEAK_SHORT | MIPRO_WEAK_WORD,
        MIPRO_WEAK_SHORT | MIPRO_WEAK_WORD, MIPRO_WEAK_SHORT | MIPRO_WEAK_WORD, MIPRO_WEAK_SHORT };
    static char list[100000];
    struct mipro_key_error err;

    (void)state;
    memset(list, 'x', sizeof(list)); /* a word too long for any key, then the words above */
    memcpy(list + sizeof(list) - sizeof(words), words, sizeof(words) - 1);
    assert_true(
        mipro_keyring_words(ring, put_file_with_mode("words", list, sizeof(list) - 1, 0644), &err));
    for (size_t i = 0; i < COUNT(want); i++)
        if (mipro_keyring_at(ring, i)->weak != want[i])
            fail_msg("row %zu: %u", i, mipro_keyring_at(ring, i)->weak);
    assert_false(mipro_keyring_words(ring, "/nonexistent", &err));
    assert_string_equal(err.file, "/nonexistent");
    assert_false(mipro_keyring_words(ring, "/", &err));
    mipro_keyring_free(ring);
}

#if defined(__SANITIZE_ADDRESS__)
#define OWN_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_HEAP 1
#endif
#endif

/* A key whose only copy is where it was read. */
static uint8_t
secret(size_t i)
{
    return (uint8_t)(i * 37 + 11);
}

static char
secret_digit(size_t i)
{
    return "0123456789abcdef"[i % 2 == 0 ? secret(i / 2) >> 4 : secret(i / 2) & 15];
}

/*
 * Does the heap contain the second half of the secret, as octets or as digits?  (The first
 * half may be overwritten by malloc's data in a free block.)
 */
static bool
heap_holds_the_secret(void)
{
    static char room[BUFSIZ]; /* not on the heap: it would overwrite the traces */
    static char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long from = 0, to = 0;

    assert_non_null(maps);
    setvbuf(maps, room, _IOFBF, sizeof(room));
    while (fgets(line, sizeof(line), maps) != NULL && strstr(line, "[heap]") == NULL)
        ;
    fclose(maps);
    assert_int_equal(sscanf(line, "%lx-%lx", &from, &to), 2);
    for (const uint8_t *p = (const uint8_t *)from; p + 16 <= (const uint8_t *)to; p++) {
        size_t octets = 0, digits = 0;

        while (octets < 8 && p[octets] == secret(8 + octets))
            octets++;
        while (digits < 16 && p[digits] == (uint8_t)secret_digit(16 + digits))
            digits++;
        if (octets == 8 || digits == 16)
            return true;
    }
    return false;
}

static void
no_key_is_left_in_memory(void **state)
{
    static char text[10000];
    static uint8_t octets[16];
    struct mipro_key_error err;

    (void)state;
#ifdef OWN_HEAP
    skip(); /* the sanitizer's heap is not the C library's */
#endif
    mallopt(M_TRIM_THRESHOLD, 64 << 20); /* freed memory stays mapped */
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    for (unsigned fault = 0; fault < 3; fault++) {
        struct mipro_keyring *ring;
        const char *path;
        size_t n;

        for (size_t i = 0; i < sizeof(octets); i++)
            octets[i] = secret(i);
        put_file("secret", octets, sizeof(octets));
        n = (size_t)sprintf(text, "\"a name of some length\",\"10.1.0.1\",\"*\",\"4097\",\"hex:");
        for (size_t i = 0; i < 32; i++)
            text[n++] = secret_digit(i);
        /* Faults after a key was read, and in the line of a key. */
        n += (size_t)sprintf(text + n, "\"\n\"b\",\"10.1.0.1\",\"*\",\"4098\",\"file:secret\"%s\n",
            fault == 1   ? ",\"md5\""
            : fault == 2 ? "\n\"b"
                         : "");
        memset(text + n, '#', sizeof(text) - n); /* long enough for the buffer to grow */
        path = put_file("keys", text, sizeof(text));
        memset(text, 0, sizeof(text));
        memset(octets, 0, sizeof(octets));
        ring = mipro_keyring_load(path, NULL, NULL, &err);
        assert_true((ring != NULL) == (fault == 0));
        if (ring != NULL)
            assert_true(heap_holds_the_secret()); /* the search works */
        mipro_keyring_free(ring);
        assert_false(heap_holds_the_secret());
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_manual_reads_as_it_says),
        cmocka_unit_test(a_bad_column_is_named_with_file_and_line),
        cmocka_unit_test(the_cell_check_says_what_loading_would),
        cmocka_unit_test(a_malformed_line_loads_nothing),
        cmocka_unit_test(every_good_column_is_understood),
        cmocka_unit_test(any_keeps_the_coverage_that_is_given),
        cmocka_unit_test(escapes_are_read_as_wireshark_reads_them),
        cmocka_unit_test(names_are_used_once),
        cmocka_unit_test(rows_of_the_table_read_as_lines_of_the_file),
        cmocka_unit_test(files_that_others_may_read_are_warned_of_once),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(weak_keys_are_recognized),
        cmocka_unit_test(no_key_is_left_in_memory),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
