/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ten columns of the key file: their meaning and their errors.
 */
#include "keys/keyring.h"
#include "mipro_wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const char *const field_names[MIPRO_KEY_FIELDS] = {
    [MIPRO_KEY_NAME]       = "name",
    [MIPRO_KEY_END_A]      = "end A",
    [MIPRO_KEY_END_B]      = "end B",
    [MIPRO_KEY_SPI]        = "SPI",
    [MIPRO_KEY_KEY]        = "key",
    [MIPRO_KEY_ALGORITHM]  = "algorithm",
    [MIPRO_KEY_COVERAGE]   = "coverage",
    [MIPRO_KEY_REPLAY]     = "replay",
    [MIPRO_KEY_NOT_BEFORE] = "not before",
    [MIPRO_KEY_NOT_AFTER]  = "not after",
};

static const char *const coverages[] = {
    [MIPRO_COVERAGE_NONE]   = "", /* the key file's word for the default */
    [MIPRO_TYPE_LENGTH]     = "type-length",
    [MIPRO_TYPE_LENGTH_SPI] = "type-length-spi",
};

static const char *const replays[] = {
    [MIPRO_REPLAY_NONE]      = "none",
    [MIPRO_REPLAY_TIMESTAMP] = "timestamp",
    [MIPRO_REPLAY_NONCE]     = "nonce",
};
/* clang-format on */

const char *
mipro_key_field_name(enum mipro_key_field field)
{
    return field < MIPRO_KEY_FIELDS ? field_names[field] : NULL;
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The words that a column may hold; NULL after the last. */
static const char *
algorithm_word(unsigned i)
{
    return mipro_algorithm_name((enum mipro_algorithm)i);
}

static const char *
coverage_word(unsigned i)
{
    return i < COUNT(coverages) ? coverages[i] : NULL;
}

static const char *
replay_word(unsigned i)
{
    return i < COUNT(replays) ? replays[i] : NULL;
}

const char *
mipro_key_word(enum mipro_key_field field, unsigned i)
{
    switch (field) {
    case MIPRO_KEY_ALGORITHM:
        return algorithm_word(i);
    case MIPRO_KEY_COVERAGE:
        return coverage_word(i);
    case MIPRO_KEY_REPLAY:
        return replay_word(i);
    default:
        return NULL;
    }
}

const char *
mipro_coverage_name(enum mipro_coverage coverage)
{
    switch (coverage) {
    case MIPRO_COVERAGE_NONE:
        break;
    case MIPRO_TYPE_LENGTH:
    case MIPRO_TYPE_LENGTH_SPI:
        return coverages[coverage];
    case MIPRO_BODY:
        return "body";
    case MIPRO_BODY_TYPE_LENGTH:
        return "body-type-length";
    }
    return NULL;
}

struct mipro_shown
mipro_show(const struct mipro_column *c)
{
    struct mipro_shown s;
    size_t n = 0;

    s.text[n++] = '"';
    for (size_t i = 0; i < c->len; i++) {
        if (n > sizeof(s.text) - 10) {
            memcpy(s.text + n, "...", 3);
            n += 3;
            break;
        }
        if (c->octets[i] >= 0x20 && c->octets[i] < 0x7f)
            s.text[n++] = (char)c->octets[i];
        else
            n += (size_t)snprintf(s.text + n, 5, "\\x%02x", c->octets[i]);
    }
    s.text[n++] = '"';
    s.text[n] = '\0';
    return s;
}

bool
mipro_fault_text(struct mipro_fault *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(f->text, sizeof(f->text), format, args);
    va_end(args);
    return false;
}

static bool
equals(const struct mipro_column *c, const char *word)
{
    /* c->octets may be NULL if the column is empty. */
    return c->len == strlen(word) && (c->len == 0 || memcmp(c->octets, word, c->len) == 0);
}

/* Skip a word at the start of the column; false if it is not there. */
static bool
take(struct mipro_column *c, const char *word)
{
    size_t n = strlen(word);

    if (c->len < n || memcmp(c->octets, word, n) != 0)
        return false;
    c->octets += n;
    c->len -= n;
    return true;
}

static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Read a decimal number of at most max_digits digits at the start; false if there is none. */
static bool
take_number(struct mipro_column *c, size_t max_digits, unsigned *value)
{
    size_t n = 0;

    *value = 0;
    for (; n < max_digits && n < c->len && is_digit(c->octets[n]); n++)
        *value = *value * 10 + (unsigned)(c->octets[n] - '0');
    c->octets += n;
    c->len -= n;
    return n > 0;
}

static bool
read_name(const struct mipro_column *c, struct mipro_fault *f)
{
    if (c->len == 0)
        return mipro_fault_text(f, "is empty");
    if (memchr(c->octets, '\0', c->len) != NULL)
        return mipro_fault_text(f, "%s contains a NUL octet", mipro_show(c).text);
    return true;
}

/* Dotted quad; leading zeros are refused, because some programs read them as octal. */
static bool
take_address(struct mipro_column *c, uint32_t *addr)
{
    *addr = 0;
    for (unsigned i = 0; i < 4; i++) {
        size_t before;
        unsigned v;
        bool zero;

        if (i > 0 && !take(c, "."))
            return false;
        zero = c->len > 0 && c->octets[0] == '0';
        before = c->len;
        if (!take_number(c, 3, &v) || v > 255 || (zero && before - c->len > 1))
            return false;
        *addr = *addr << 8 | v;
    }
    return true;
}

/* "nai:alice@example.net", "nai:*@example.net" */
static bool
read_nai(const struct mipro_column *column, struct mipro_column c, struct mipro_end *end,
    struct mipro_fault *f)
{
    if (c.len == 0)
        return mipro_fault_text(f, "%s names no node", mipro_show(column).text);
    if (c.len > MIPRO_NAI_MAX)
        return mipro_fault_text(
            f, "is an NAI of %zu octets; it has at most %u", c.len, MIPRO_NAI_MAX);
    if (memchr(c.octets, '\0', c.len) != NULL)
        return mipro_fault_text(f, "%s contains a NUL octet", mipro_show(column).text);
    if (c.octets[0] == '*' && (c.len < 3 || c.octets[1] != '@'))
        return mipro_fault_text(
            f, "%s has no realm; nai:*@realm stands for any user of one", mipro_show(column).text);
    end->nai = true;
    return true;
}

static bool
read_end(const struct mipro_column *column, struct mipro_end *end, struct mipro_column *nai,
    struct mipro_fault *f)
{
    static const char forms[] = "an IPv4 address, a prefix, * or nai:user@realm";
    struct mipro_column c = *column;
    unsigned bits = 32;
    uint32_t addr;

    *end = (struct mipro_end){ 0 };
    if (c.len == 0)
        return mipro_fault_text(f, "is empty; it must be %s", forms);
    if (equals(&c, "*")) {
        end->any = true;
        return true;
    }
    if (take(&c, "nai:")) {
        *nai = c;
        return read_nai(column, c, end, f);
    }
    if (!take_address(&c, &addr))
        return mipro_fault_text(f, "%s is not %s", mipro_show(column).text, forms);
    if (take(&c, "/")) {
        bool zero = c.len > 1 && c.octets[0] == '0';

        if (!take_number(&c, 2, &bits) || bits > 32 || zero)
            return mipro_fault_text(
                f, "%s has no prefix length between 0 and 32", mipro_show(column).text);
    }
    if (c.len != 0)
        return mipro_fault_text(f, "%s is not %s", mipro_show(column).text, forms);
    end->bits = (uint8_t)bits;
    end->addr = addr & (bits == 0 ? 0 : UINT32_MAX << (32 - bits));
    /* "10.1.0.9/24" is probably meant as that node, but would match the whole network. */
    if (end->addr != addr)
        return mipro_fault_text(f,
            "%s is not a prefix: bits after the first %u are set; %s/%u is one",
            mipro_show(column).text, bits, mipro_dotted(end->addr).s, bits);
    return true;
}

static bool
read_spi(const struct mipro_column *column, uint32_t *spi, struct mipro_fault *f)
{
    struct mipro_column c = *column;
    unsigned base = take(&c, "0x") || take(&c, "0X") ? 16 : 10;
    uint64_t v = 0;

    if (column->len == 0)
        return mipro_fault_text(f, "is empty; it must be a number of 256 or more");
    if (c.len == 0)
        return mipro_fault_text(f, "%s is not a number", mipro_show(column).text);
    for (size_t i = 0; i < c.len; i++) {
        int digit = g_ascii_xdigit_value((char)c.octets[i]);

        if (digit < 0 || digit >= (int)base)
            return mipro_fault_text(f, "%s is not a number", mipro_show(column).text);
        v = v * base + (unsigned)digit;
        if (v > UINT32_MAX)
            return mipro_fault_text(
                f, "%s is too large; an SPI has 32 bits", mipro_show(column).text);
    }
    if (v < MIPRO_FIRST_SPI && !mipro_spi_is_assigned((uint32_t)v))
        return mipro_fault_text(
            f, "%s is reserved; an SPI is 256 or more", mipro_show(column).text);
    *spi = (uint32_t)v;
    return true;
}

static bool
read_word(const struct mipro_column *c, const char *(*word)(unsigned), unsigned *value,
    struct mipro_fault *f)
{
    char list[160] = "";

    for (*value = 0; word(*value) != NULL; ++*value)
        if (equals(c, word(*value)))
            return true;
    if (c->len == 0) {
        *value = 0; /* the first is the default */
        return true;
    }
    for (unsigned i = 0; word(i) != NULL; i++) {
        size_t n = strlen(list);

        if (word(i)[0] != '\0')
            snprintf(list + n, sizeof(list) - n, "%s%s", n > 0 ? ", " : "", word(i));
    }
    return mipro_fault_text(f, "%s is not one of %s", mipro_show(c).text, list);
}

static bool
read_time(const struct mipro_column *c, int64_t *time, struct mipro_fault *f)
{
    return mipro_time_parse((const char *)c->octets, c->len, time) ||
           mipro_fault_text(
               f, "%s is not an RFC 3339 time such as 1999-02-25T12:00:00Z", mipro_show(c).text);
}

/* No part of a key is ever shown, not even the position of an error in it. */
static bool
split_key(const struct mipro_column *c, struct mipro_key_text *k, struct mipro_fault *f)
{
    k->rest = *c;
    k->master = take(&k->rest, "master:");
    if (c->len == 0)
        return mipro_fault_text(f, "is empty; it must begin with hex:, text: or file:");
    if (take(&k->rest, "hex:"))
        k->form = MIPRO_FORM_HEX;
    else if (take(&k->rest, "text:"))
        k->form = MIPRO_FORM_TEXT;
    else if (take(&k->rest, "file:"))
        k->form = MIPRO_FORM_FILE;
    else
        return mipro_fault_text(f, "begins with none of hex:, text:, file:%s",
            k->master ? " after master:" : ", master:");
    if (k->rest.len == 0)
        return mipro_fault_text(f, k->form == MIPRO_FORM_FILE ? "names no file" : "has no octets");
    switch (k->form) {
    case MIPRO_FORM_HEX:
        for (size_t i = 0; i < k->rest.len; i++)
            if (g_ascii_xdigit_value((char)k->rest.octets[i]) < 0)
                return mipro_fault_text(f, "has a character that is not a hex digit");
        if (k->rest.len % 2 != 0)
            return mipro_fault_text(f, "has an odd number of hex digits");
        if (k->rest.len / 2 > MIPRO_KEY_MAX)
            return mipro_fault_text(f, "is longer than %u octets", MIPRO_KEY_MAX);
        break;
    case MIPRO_FORM_TEXT:
        if (k->rest.len > MIPRO_KEY_MAX)
            return mipro_fault_text(f, "is longer than %u octets", MIPRO_KEY_MAX);
        break;
    case MIPRO_FORM_FILE:
        if (memchr(k->rest.octets, '\0', k->rest.len) != NULL)
            return mipro_fault_text(f, "names a file with a NUL octet");
        break;
    }
    return true;
}

bool
mipro_column_read(enum mipro_key_field field, const struct mipro_column *c,
    struct mipro_association *s, struct mipro_key_text *k, struct mipro_fault *f)
{
    unsigned word;

    switch (field) {
    case MIPRO_KEY_NAME:
        return read_name(c, f);
    case MIPRO_KEY_END_A:
        return read_end(c, &s->a, &k->nai, f);
    case MIPRO_KEY_END_B:
        return read_end(c, &s->b, &k->nai, f);
    case MIPRO_KEY_SPI:
        return read_spi(c, &s->spi, f);
    case MIPRO_KEY_KEY:
        return split_key(c, k, f);
    case MIPRO_KEY_ALGORITHM:
        if (!read_word(c, algorithm_word, &word, f))
            return false;
        s->algorithm = (enum mipro_algorithm)word;
        return true;
    case MIPRO_KEY_COVERAGE:
        if (!read_word(c, coverage_word, &word, f))
            return false;
        s->coverage = (enum mipro_coverage)word;
        return true;
    case MIPRO_KEY_REPLAY:
        if (!read_word(c, replay_word, &word, f))
            return false;
        s->replay = (enum mipro_replay)word;
        return true;
    case MIPRO_KEY_NOT_BEFORE:
        s->not_before = INT64_MIN;
        return c->len == 0 || read_time(c, &s->not_before, f);
    case MIPRO_KEY_NOT_AFTER:
        s->not_after = INT64_MAX;
        return c->len == 0 || read_time(c, &s->not_after, f);
    case MIPRO_KEY_FIELDS:
        break;
    }
    return mipro_fault_text(f, "there is no such field");
}
