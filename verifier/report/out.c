/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/out.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mipro_keys.h"
#include "write_all.h"

void
vrf_out_init(struct vrf_out *out, int fd)
{
    out->fd = fd;
    out->error = 0;
    out->digest = NULL;
    out->n = 0;
    out->flushed = 0;
    out->n_second = 0;
}

void
vrf_out_flush(struct vrf_out *out)
{
    if (out->fd >= 0 && out->error == 0)
        out->error = vrf_write_all(out->fd, out->buf, out->n);
    if (out->digest != NULL)
        vrf_digest_add(out->digest, out->buf, out->n);
    out->flushed += out->n;
    out->n = 0;
}

uint64_t
vrf_out_total(const struct vrf_out *out)
{
    return out->flushed + out->n;
}

void
vrf_put_many(struct vrf_out *out, const char *octets, size_t n)
{
    while (n != 0) {
        size_t room = sizeof(out->buf) - out->n;
        size_t step = n < room ? n : room;

        memcpy(out->buf + out->n, octets, step);
        out->n += step;
        octets += step;
        n -= step;
        if (out->n == sizeof(out->buf))
            vrf_out_flush(out);
    }
}

char *
vrf_out_room(struct vrf_out *out, size_t n)
{
    if (n > sizeof(out->buf) - out->n)
        vrf_out_flush(out);
    return out->buf + out->n;
}

enum { LONGEST_NUMBER = 20, LONGEST_ADDRESS = 15, LONGEST_TIME = 48 };

/* The two digits of each number below a hundred. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

/* Write v with at least width digits; returns the end of the text. */
static char *
digits(char *text, uint64_t v, size_t width)
{
    char reversed[LONGEST_NUMBER + 1];
    size_t at = LONGEST_NUMBER;

    for (; v >= 100; v /= 100)
        memcpy(&reversed[at -= 2], &pairs[2 * (v % 100)], 2);
    if (v >= 10)
        memcpy(&reversed[at -= 2], &pairs[2 * v], 2);
    else if (v != 0 || at == LONGEST_NUMBER)
        reversed[--at] = (char)('0' + v);
    while (LONGEST_NUMBER - at < width)
        reversed[--at] = '0';
    memcpy(text, &reversed[at], LONGEST_NUMBER - at);
    return text + (LONGEST_NUMBER - at);
}

/* Write n digits, an even number, of a fraction of 10 to the power of n; returns the end. */
static inline char *
fraction_digits(char *text, uint32_t v, size_t n)
{
    for (size_t at = n; at != 0; v /= 100)
        memcpy(text + (at -= 2), &pairs[(size_t)2 * (v % 100)], 2);
    return text + n;
}

/* Write an octet in decimal; returns the end of the text. */
static inline char *
decimal(char *text, unsigned v)
{
    if (v < 10) {
        *text = (char)('0' + v);
        return text + 1;
    }
    if (v >= 100)
        *text++ = (char)('0' + v / 100);
    memcpy(text, &pairs[2 * (v % 100)], 2);
    return text + 2;
}

void
vrf_put_unsigned(struct vrf_out *out, uint64_t v)
{
    char *text = vrf_out_room(out, LONGEST_NUMBER);

    out->n = (size_t)((v < 256 ? decimal(text, (unsigned)v) : digits(text, v, 1)) - out->buf);
}

void
vrf_put_address(struct vrf_out *out, uint32_t addr)
{
    char *text = vrf_out_room(out, LONGEST_ADDRESS);

    text = decimal(text, addr >> 24);
    *text++ = '.';
    text = decimal(text, addr >> 16 & 0xff);
    *text++ = '.';
    text = decimal(text, addr >> 8 & 0xff);
    *text++ = '.';
    text = decimal(text, addr & 0xff);
    out->n = (size_t)(text - out->buf);
}

static char *
padded(char *text, uint64_t v, size_t width, char after)
{
    text = digits(text, v, width);
    *text++ = after;
    return text;
}

/* Write date and time of day up to the point; returns the end of the text. */
static char *
write_second(char *text, int64_t seconds)
{
    int64_t days = seconds / 86400, rest = seconds % 86400, z, era;
    uint64_t day_of_era, year_of_era, day_of_year, month;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    /* Days to a date, counting years from March so that a leap day comes last. */
    z = days + 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    day_of_era = (uint64_t)(z - era * 146097);
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    text =
        padded(text, (uint64_t)((int64_t)year_of_era + era * 400 + (month >= 10 ? 1 : 0)), 4, '-');
    text = padded(text, month < 10 ? month + 3 : month - 9, 2, '-');
    text = padded(text, day_of_year - (153 * month + 2) / 5 + 1, 2, 'T');
    text = padded(text, (uint64_t)rest / 3600, 2, ':');
    text = padded(text, (uint64_t)rest / 60 % 60, 2, ':');
    return padded(text, (uint64_t)rest % 60, 2, '.');
}

void
vrf_put_time(struct vrf_out *out, int64_t time)
{
    int64_t seconds = time / MIPRO_SECOND, fraction = time % MIPRO_SECOND;
    char *text = vrf_out_room(out, LONGEST_TIME);

    if (fraction < 0) {
        fraction += MIPRO_SECOND;
        seconds--;
    }
    if (out->n_second == 0 || seconds != out->second) {
        out->second = seconds;
        out->n_second = (size_t)(write_second(out->second_text, seconds) - out->second_text);
    }
    memcpy(text, out->second_text, sizeof(out->second_text)); /* which is quicker than its length */
    text += out->n_second;
    if (fraction % 1000 == 0) {
        text = fraction_digits(text, (uint32_t)fraction / 1000, 6);
    } else {
        *text++ = (char)('0' + fraction / 100000000);
        text = fraction_digits(text, (uint32_t)(fraction % 100000000), 8);
    }
    *text++ = 'Z';
    out->n = (size_t)(text - out->buf);
}

static void
put_to_out(void *ctx, const char *octets, size_t n)
{
    vrf_put_octets(ctx, octets, n);
}

struct mipro_text_out
vrf_out_text(struct vrf_out *out)
{
    return (struct mipro_text_out){ put_to_out, out };
}

/* Is c the same in a JSON string? */
static bool
is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* Is one of the eight octets 0? */
static bool
has_zero(uint64_t word)
{
    return ((word - EACH(1)) & ~word & EACH(0x80)) != 0;
}

/* Are eight octets the same in a JSON string? */
static bool
are_plain(const char octets[8])
{
    uint64_t word;

    memcpy(&word, octets, sizeof(word));
    return (word & EACH(0x80)) == 0 && ((word - EACH(0x20)) & EACH(0x80)) == 0 &&
           !has_zero(word ^ EACH('"')) && !has_zero(word ^ EACH('\\')) &&
           !has_zero(word ^ EACH(0x7f));
}

void
vrf_put_json(struct vrf_out *out, const char *text)
{
    size_t plain = 0, n = strlen(text);

    vrf_put_octets(out, "\"", 1);
    while (n - plain >= 8 && are_plain(text + plain))
        plain += 8;
    while (is_plain(text[plain]))
        plain++;
    vrf_put_octets(out, text, plain);
    if (plain != n) {
        struct mipro_text_out to = vrf_out_text(out);

        mipro_text_escape(&to, MIPRO_ESCAPE_JSON, text + plain);
    }
    vrf_put_octets(out, "\"", 1);
}

void
vrf_put_shown(struct vrf_out *out, const char *text)
{
    struct mipro_text_out to = vrf_out_text(out);

    mipro_text_escape(&to, MIPRO_ESCAPE_TERMINAL, text);
}

void
vrf_put_html(struct vrf_out *out, const char *text, size_t most)
{
    struct mipro_text_out to = vrf_out_text(out), to_shown;
    GString *shown = g_string_new(NULL);
    const char *end;

    to_shown = mipro_text_to_string(shown);
    mipro_text_escape(&to_shown, MIPRO_ESCAPE_TERMINAL, text);
    /* shown is valid UTF-8. */
    if (most != 0 && mipro_text_width(shown->str) > most) {
        end = g_utf8_offset_to_pointer(shown->str, (glong)most - 1);
        g_string_truncate(shown, (gsize)(end - shown->str));
        g_string_append(shown, "…");
    }
    mipro_text_escape(&to, MIPRO_ESCAPE_ATTRIBUTE, shown->str);
    g_string_free(shown, TRUE);
}

void
vrf_putf(struct vrf_out *out, const char *format, ...)
{
    char *text;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    vrf_put(out, text);
    g_free(text);
}
