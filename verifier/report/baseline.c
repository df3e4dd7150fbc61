/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mipro_text.h"
#include "mipro_wire.h"

enum {
    COLUMNS = 6,
    MAX_FILE = 256 * 1024 * 1024 /* octets */
};

struct vrf_baseline {
    const char *path;
    GPtrArray *entries; /* struct vrf_known, in the order of the file */
    GHashTable *by_fingerprint;
    GStringChunk *texts;
};

/* ---- reading ---- */

/* Read the column that begins at *at, and advance *at past it.  Returns NULL, or the error. */
static const char *
read_column(const char **at, GString *out)
{
    const char *p = *at;

    g_string_truncate(out, 0);
    if (*p != '"')
        return "a column is not in double quotes";
    for (p++; *p != '"'; p++) {
        if (*p == '\0')
            return "a column lacks its closing quote";
        if (*p != '\\') {
            g_string_append_c(out, *p);
        } else if (p[1] == 'x' && g_ascii_isxdigit(p[2]) && g_ascii_isxdigit(p[3])) {
            g_string_append_c(
                out, (char)(g_ascii_xdigit_value(p[2]) << 4 | g_ascii_xdigit_value(p[3])));
            p += 3;
        } else {
            return "a backslash begins no escape; write it as \\x5c";
        }
    }
    *at = p + 1;
    return NULL;
}

static const char *
skip_blanks(const char *p)
{
    return p + strspn(p, " \t\r");
}

static bool
read_address(const char *text, uint32_t *addr)
{
    uint32_t v = 0;
    unsigned n = 0;

    for (const char *p = text;; p++, n++) {
        unsigned octet = 0, digits = 0;

        for (; g_ascii_isdigit(*p) && digits < 4; p++, digits++)
            octet = octet * 10 + (unsigned)(*p - '0');
        if (digits == 0 || octet > 255)
            return false;
        v = v << 8 | octet;
        if (n == 3) {
            *addr = v;
            return *p == '\0';
        }
        if (*p != '.')
            return false;
    }
}

/* A date, which is valid until the end of that day, or a time; UTC. */
static bool
read_until(const char *text, int64_t *until)
{
    char *midnight = g_strdup_printf("%sT00:00:00Z", text);
    bool is_date = strlen(text) == 10 && mipro_time_parse(midnight, strlen(midnight), until);

    g_free(midnight);
    if (is_date)
        *until = mipro_time_add(*until, 24 * 3600 * MIPRO_SECOND);
    return is_date || mipro_time_parse(text, strlen(text), until);
}

static bool
is_text(const char *text, size_t len)
{
    if (len == 0 || !g_utf8_validate(text, (gssize)len, NULL))
        return false;
    for (const char *p = text; p < text + len; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)))
            return false;
    return true;
}

/* Fill known from the columns.  Returns NULL, or the error in allocated memory. */
static char *
read_entry(struct vrf_baseline *b, GString *const column[COLUMNS], struct vrf_known *known)
{
    uint32_t *const addr[] = { &known->f.src, &known->f.dst, &known->f.home };

    memset(known, 0, sizeof(*known));
    for (unsigned i = 0; i < COLUMNS; i++)
        if (strlen(column[i]->str) != column[i]->len)
            return g_strdup("a column contains a NUL octet");
    if (!vrf_fingerprint_parse_what(&known->f, column[0]->str))
        return g_strdup_printf(
            "'%s' is neither a rule nor a verdict such as bad:35:0x00001000", column[0]->str);
    for (unsigned i = 0; i < 3; i++) {
        if (i == 2 && column[3]->len == 0)
            break;
        if (i == 2 && g_str_has_prefix(column[3]->str, VRF_NAI_PREFIX)) {
            const char *nai = column[3]->str + strlen(VRF_NAI_PREFIX);

            if (!is_text(nai, strlen(nai)))
                return g_strdup("the NAI is empty or not one line of UTF-8");
            known->f.nai = g_string_chunk_insert(b->texts, nai);
            break;
        }
        if (!read_address(column[1 + i]->str, addr[i]))
            return g_strdup_printf("'%s' is not an IPv4 address%s", column[1 + i]->str,
                i == 2 ? ", nor an NAI after nai:" : "");
        known->f.has_home = i == 2;
    }
    if (!is_text(column[4]->str, column[4]->len))
        return g_strdup(
            column[4]->len == 0 ? "no reason is given" : "the reason is not one line of UTF-8");
    known->reason = g_string_chunk_insert(b->texts, column[4]->str);
    known->until = INT64_MAX;
    if (column[5]->len != 0) {
        if (!read_until(column[5]->str, &known->until))
            return g_strdup_printf(
                "'%s' is neither a date such as 2027-05-31 nor an RFC 3339 time", column[5]->str);
        known->until_text = g_string_chunk_insert(b->texts, column[5]->str);
    }
    return NULL;
}

/* Add the entry of this NUL-terminated line.  Returns NULL, or the error in allocated memory. */
static char *
read_line(struct vrf_baseline *b, const char *line, unsigned number, GString *const column[COLUMNS])
{
    struct vrf_known known, *entry;
    unsigned n = 0;
    char *fault;

    for (unsigned i = 0; i < COLUMNS; i++)
        g_string_truncate(column[i], 0);
    for (;;) {
        const char *wrong;

        if (n == COLUMNS)
            return g_strdup_printf("has more than %d columns", COLUMNS);
        line = skip_blanks(line);
        wrong = read_column(&line, column[n++]);
        if (wrong != NULL)
            return g_strdup(wrong);
        line = skip_blanks(line);
        if (*line == '\0')
            break;
        if (*line++ != ',')
            return g_strdup("a comma or the end of the line should follow a column");
    }
    if (n < 5)
        return g_strdup_printf("has %u columns; what, source, destination, home address and "
                               "reason are needed",
            n);
    fault = read_entry(b, column, &known);
    if (fault != NULL)
        return fault;
    if (g_hash_table_contains(b->by_fingerprint, &known.f))
        return g_strdup("duplicates an earlier entry");
    known.line = number;
    entry = g_memdup2(&known, sizeof(known));
    g_ptr_array_add(b->entries, entry);
    g_hash_table_insert(b->by_fingerprint, &entry->f, entry);
    return NULL;
}

static char *
read_lines(struct vrf_baseline *b, const char *path, char *text, size_t len)
{
    const char *encoding = mipro_text_encoding(text, len);
    const char *compression = mipro_text_compression(text, len);
    const size_t mark = mipro_text_mark(text, len);
    GString *column[COLUMNS];
    char *error = NULL;
    unsigned number = 0;

    if (encoding != NULL)
        return g_strdup_printf("%s:1: is %s; save it again as UTF-8", path, encoding);
    if (compression != NULL)
        return g_strdup_printf("%s:1: is compressed (%s); decompress it first", path, compression);
    text += mark;
    len -= mark;
    for (unsigned i = 0; i < COLUMNS; i++)
        column[i] = g_string_new(NULL);
    for (char *line = text, *end = text + len; error == NULL && line < end;) {
        char *feed = memchr(line, '\n', (size_t)(end - line));
        char *next = feed != NULL ? feed + 1 : end, *fault = NULL;

        number++;
        if (feed != NULL)
            *feed = '\0';
        if (strlen(line) != (size_t)((feed != NULL ? feed : end) - line))
            fault = g_strdup("contains a NUL octet: is this a baseline?");
        else if (*skip_blanks(line) != '\0' && *skip_blanks(line) != '#')
            fault = read_line(b, line, number, column);
        if (fault != NULL)
            error = g_strdup_printf("%s:%u: %s", path, number, fault);
        g_free(fault);
        line = next;
    }
    for (unsigned i = 0; i < COLUMNS; i++)
        g_string_free(column[i], TRUE);
    return error;
}

/* The octets of a file, NUL-terminated.  On error NULL, with the reason in *error. */
static char *
read_file(const char *path, size_t *len, char **error)
{
    FILE *file = fopen(path, "re");
    GString *text = g_string_new(NULL);
    char buf[65536];
    size_t n;

    while (file != NULL && text->len <= MAX_FILE && (n = fread(buf, 1, sizeof(buf), file)) != 0)
        g_string_append_len(text, buf, (gssize)n);
    if (file == NULL || ferror(file) != 0)
        *error = g_strdup_printf("%s: %s", path, g_strerror(errno));
    else if (text->len > MAX_FILE)
        *error = g_strdup_printf("%s: is too long", path);
    if (file != NULL)
        fclose(file);
    *len = text->len;
    return g_string_free(text, *error != NULL);
}

struct vrf_baseline *
vrf_baseline_load(const char *path, char **error)
{
    struct vrf_baseline *b;
    size_t len;
    char *text;

    *error = NULL;
    text = read_file(path, &len, error);
    if (text == NULL)
        return NULL;
    b = g_new0(struct vrf_baseline, 1);
    b->texts = g_string_chunk_new(4096);
    b->path = g_string_chunk_insert(b->texts, path);
    b->entries = g_ptr_array_new_with_free_func(g_free);
    b->by_fingerprint = g_hash_table_new(vrf_fingerprint_hash, vrf_fingerprint_equal);
    *error = read_lines(b, path, text, len);
    g_free(text);
    if (*error == NULL)
        return b;
    vrf_baseline_free(b);
    return NULL;
}

void
vrf_baseline_free(struct vrf_baseline *b)
{
    if (b == NULL)
        return;
    g_hash_table_destroy(b->by_fingerprint);
    g_ptr_array_free(b->entries, TRUE);
    g_string_chunk_free(b->texts);
    g_free(b);
}

const struct vrf_known *
vrf_baseline_find(struct vrf_baseline *b, const struct vrf_fingerprint *f)
{
    struct vrf_known *known = g_hash_table_lookup(b->by_fingerprint, f);

    if (known != NULL)
        known->seen = true;
    return known;
}

const char *
vrf_baseline_path(const struct vrf_baseline *b)
{
    return b->path;
}

bool
vrf_known_accepts(const struct vrf_known *known, int64_t time)
{
    if (known->until_text == NULL)
        return true;
    return time != MIPRO_TIME_NONE && time < known->until;
}

const struct vrf_known *
vrf_baseline_at(const struct vrf_baseline *b, size_t i)
{
    return i < b->entries->len ? g_ptr_array_index(b->entries, i) : NULL;
}
