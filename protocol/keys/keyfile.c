/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format of the key file: the lines of a Wireshark UAT, quoted as Wireshark
 * quotes them.  column.c interprets the columns.
 */
#include "keys/keyring.h"
#include "keys/secret_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_text.h"

/* A line, and the position up to which it was read. */
struct line {
    const uint8_t *octets;
    size_t len, pos;
    unsigned number;
};

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_blanks(struct line *line)
{
    while (line->pos < line->len && is_blank(line->octets[line->pos]))
        line->pos++;
}

static int
hex_digit(uint8_t c)
{
    return g_ascii_xdigit_value((char)c);
}

/* The escape after a backslash; false if it is not one that Wireshark knows. */
static bool
read_escape(struct line *line, uint8_t *octet)
{
    static const char letters[] = "a\ab\be\033f\fn\nr\rt\tv\v\\\\\"\"";
    const uint8_t *p = line->octets + line->pos;
    size_t left = line->len - line->pos;

    if (left >= 3 && p[0] == 'x' && hex_digit(p[1]) >= 0 && hex_digit(p[2]) >= 0) {
        *octet = (uint8_t)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
        line->pos += 3;
        return true;
    }
    if (left >= 1 && p[0] >= '0' && p[0] <= '7') {
        unsigned v = 0;

        for (size_t i = 0; i < 3 && i < left && p[i] >= '0' && p[i] <= '7'; i++, line->pos++)
            v = v * 8 + (p[i] - '0');
        *octet = (uint8_t)v;
        return v <= 0xff;
    }
    for (size_t i = 0; left >= 1 && i + 1 < sizeof(letters); i += 2) {
        if ((uint8_t)letters[i] == p[0]) {
            *octet = (uint8_t)letters[i + 1];
            line->pos++;
            return true;
        }
    }
    return false;
}

/* Unquote a column.  Returns NULL, or the error.  out has room for the line. */
static const char *
read_quoted(struct line *line, uint8_t *out, struct mipro_column *column)
{
    *column = (struct mipro_column){ out, 0 };
    if (line->pos == line->len || line->octets[line->pos] == ',')
        return NULL; /* left out */
    if (line->octets[line->pos] != '"')
        return "is not in double quotes";
    line->pos++;
    while (line->pos < line->len) {
        uint8_t c = line->octets[line->pos++];

        if (c == '"')
            return NULL;
        if (c == '\0')
            return "contains a NUL octet, which is written \\x00";
        if (c == '\\' && !read_escape(line, &c))
            return "has a backslash that begins no escape; write it as \\x5c";
        out[column->len++] = c;
    }
    return "lacks its closing quote";
}

/* Split a line into columns, and add its association. */
static bool
read_line(struct mipro_keyring *ring, struct line *line, uint8_t *room, struct mipro_key_error *err)
{
    struct mipro_column row[MIPRO_KEY_FIELDS];

    for (unsigned i = 0; i < MIPRO_KEY_FIELDS; i++)
        row[i] = (struct mipro_column){ room, 0 }; /* left out */
    for (unsigned i = 0; i < MIPRO_KEY_FIELDS; i++) {
        enum mipro_key_field field = (enum mipro_key_field)i;
        const char *fault;

        skip_blanks(line);
        fault = read_quoted(line, room, &row[i]);
        if (fault != NULL)
            return mipro_ring_fail(err, ring, line->number, field, "%s", fault);
        room += row[i].len;
        skip_blanks(line);
        if (line->pos == line->len)
            return mipro_ring_add(ring, row, line->number, err);
        if (line->octets[line->pos] != ',')
            return mipro_ring_fail(
                err, ring, line->number, field, "a comma or the end of the line should follow");
        line->pos++;
    }
    skip_blanks(line);
    if (line->pos == line->len)
        return mipro_ring_add(ring, row, line->number, err);
    return mipro_ring_fail(
        err, ring, line->number, MIPRO_KEY_FIELDS, "has more than %d fields", MIPRO_KEY_FIELDS);
}

static bool
read_lines(struct mipro_keyring *ring, const uint8_t *octets, size_t len, uint8_t *room,
    struct mipro_key_error *err)
{
    struct line line = { .number = 0 };

    for (size_t pos = 0; pos < len; pos += line.len + 1) {
        const uint8_t *end = memchr(octets + pos, '\n', len - pos);

        line.octets = octets + pos;
        line.len = end != NULL ? (size_t)(end - line.octets) : len - pos;
        line.pos = 0;
        line.number++;
        skip_blanks(&line);
        if (line.pos == line.len || line.octets[line.pos] == '#')
            continue;
        if (line.len > MIPRO_KEY_LINE_MAX)
            return mipro_ring_fail(err, ring, line.number, MIPRO_KEY_FIELDS,
                "is longer than %u octets", MIPRO_KEY_LINE_MAX);
        if (!read_line(ring, &line, room, err))
            return false;
    }
    return true;
}

/* Files that users may pass as a key file by mistake, by their first octets. */
/* clang-format off */
#define BEGINNING(octets) octets, sizeof(octets) - 1
static const struct {
    const char *octets;
    size_t len;
    const char *fault;
} mistakes[] = {
    { BEGINNING("\x0a\x0d\x0d\x0a"), "is a capture (pcapng), not a key file" },
    { BEGINNING("\xa1\xb2\xc3\xd4"), "is a capture (pcap), not a key file" },
    { BEGINNING("\xd4\xc3\xb2\xa1"), "is a capture (pcap), not a key file" },
    { BEGINNING("\xa1\xb2\x3c\x4d"), "is a capture (pcap), not a key file" },
    { BEGINNING("\x4d\x3c\xb2\xa1"), "is a capture (pcap), not a key file" },
    { BEGINNING("\xa1\xb2\xcd\x34"), "is a capture (pcap), not a key file" },
    { BEGINNING("\x34\xcd\xb2\xa1"), "is a capture (pcap), not a key file" },
    { BEGINNING("snoop\0\0\0"),      "is a capture (snoop), not a key file" },
    { BEGINNING("btsnoop\0"),        "is a capture (btsnoop), not a key file" },
    { BEGINNING("GMBU"),             "is a capture (Network Monitor), not a key file" },
    { BEGINNING("RTSS"),             "is a capture (Network Monitor), not a key file" },
    { BEGINNING("TRSNIFF data"),     "is a capture (Sniffer), not a key file" },
    { BEGINNING("PK\x03\x04"),       "is an archive (zip); a key file is plain text" },
};
/* clang-format on */

/* Why this cannot be a key file; NULL if it may be one. */
static const char *
find_mistake(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
        if (len >= mistakes[i].len && memcmp(octets, mistakes[i].octets, mistakes[i].len) == 0)
            return mistakes[i].fault;
    if (len != 0 &&
        (octets[0] == 0x7f || (octets[0] < 0x20 && octets[0] != '\n' && !is_blank(octets[0]))))
        return "is not text, as a key file is";
    return NULL;
}

/* Are its lines ended by carriage returns alone?  All of it would be one line, or a comment. */
static bool
is_of_old_mac(const uint8_t *octets, size_t len)
{
    const uint8_t *end = memchr(octets, '\r', len);

    if (end == NULL || memchr(octets, '\n', len) != NULL)
        return false;
    while (end < octets + len && is_blank(*end))
        end++;
    return end < octets + len;
}

/* Add the lines in the octets of a file. */
static bool
read_octets(
    struct mipro_keyring *ring, const uint8_t *octets, size_t len, struct mipro_key_error *err)
{
    uint8_t *room = malloc(MIPRO_KEY_LINE_MAX); /* unquoted columns are never longer than quoted */
    const char *encoding = mipro_text_encoding(octets, len);
    const char *compression = mipro_text_compression(octets, len);
    const char *mistake = find_mistake(octets, len);
    const size_t mark = mipro_text_mark(octets, len);
    bool good;

    octets += mark;
    len -= mark;
    if (room == NULL)
        good = mipro_ring_fail(err, ring, 0, MIPRO_KEY_FIELDS, "%s", g_strerror(ENOMEM));
    else if (encoding != NULL)
        good = mipro_ring_fail(
            err, ring, 0, MIPRO_KEY_FIELDS, "is %s; save it again as UTF-8", encoding);
    else if (compression != NULL)
        good = mipro_ring_fail(err, ring, 0, MIPRO_KEY_FIELDS,
            "is compressed (%s); a key file is plain text", compression);
    else if (mistake != NULL)
        good = mipro_ring_fail(err, ring, 0, MIPRO_KEY_FIELDS, "%s", mistake);
    else if (is_of_old_mac(octets, len))
        good = mipro_ring_fail(err, ring, 0, MIPRO_KEY_FIELDS,
            "ends its lines with carriage returns alone; save it with line feeds");
    else if (len > MIPRO_KEY_FILE_MAX)
        good = mipro_ring_fail(err, ring, 0, MIPRO_KEY_FIELDS, "is too long");
    else
        good = read_lines(ring, octets, len, room, err);
    mipro_secret_wipe(room, MIPRO_KEY_LINE_MAX);
    return good;
}

struct mipro_keyring *
mipro_keyring_parse(const char *text, size_t len, const char *path, mipro_key_warning *warn,
    void *ctx, struct mipro_key_error *err)
{
    struct mipro_keyring *ring = mipro_keyring_begin(path, warn, ctx);

    if (read_octets(ring, (const uint8_t *)text, len, err) && mipro_keyring_finish(ring, err))
        return ring;
    mipro_keyring_free(ring);
    return NULL;
}

/* The same for a file that is too long to be read as a whole. */
static const char *
find_mistake_in(const char *path)
{
    FILE *f = fopen(path, "re");
    uint8_t octets[16];
    size_t len = f != NULL ? fread(octets, 1, sizeof(octets), f) : 0;

    if (f != NULL)
        fclose(f);
    return find_mistake(octets, len);
}

/* Add the lines of the file that ring->path names. */
static bool
read_file(struct mipro_keyring *ring, struct mipro_key_error *err)
{
    const char *why, *mistake = NULL;
    unsigned mode = 0; /* 0: not a regular file */
    size_t len;
    uint8_t *octets = mipro_secret_read(ring->path, MIPRO_KEY_FILE_MAX, true, &len, &mode, &why);
    bool good;

    if (octets == NULL && len > MIPRO_KEY_FILE_MAX && mode != 0)
        mistake = find_mistake_in(ring->path);
    if (octets == NULL)
        return mipro_ring_fail(
            err, ring, 0, MIPRO_KEY_FIELDS, "%s", mistake != NULL ? mistake : why);
    if (find_mistake(octets, len) == NULL)
        mipro_ring_warn(ring, ring->path, mode);
    good = read_octets(ring, octets, len, err);
    mipro_secret_wipe(octets, len);
    return good;
}

static void
warn_of_nothing(const struct mipro_keyring *ring)
{
    char *text = g_strdup_printf("%s: has no associations", ring->path);

    ring->warn(ring->warn_ctx, text);
    g_free(text);
}

struct mipro_keyring *
mipro_keyring_load(
    const char *path, mipro_key_warning *warn, void *ctx, struct mipro_key_error *err)
{
    struct mipro_keyring *ring = mipro_keyring_begin(path, warn, ctx);

    if (read_file(ring, err) && mipro_keyring_finish(ring, err)) {
        if (ring->n == 0 && warn != NULL)
            warn_of_nothing(ring);
        return ring;
    }
    mipro_keyring_free(ring);
    return NULL;
}

bool
mipro_keyring_read(struct mipro_keyring *ring, const char *path, struct mipro_key_error *err)
{
    char *former_path = ring->path, *former_folder = ring->folder;
    bool good;

    ring->read_from = ring->n;
    mipro_ring_name(ring, path);
    good = read_file(ring, err);
    g_free(ring->read_path);
    g_free(ring->folder);
    ring->read_path = ring->path;
    ring->path = former_path;
    ring->folder = former_folder;
    return good;
}
