/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/out.h"

#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mipro_keys.h"

void
vrf_out_init(struct vrf_out *out, int fd)
{
    out->fd = fd;
    out->error = 0;
    out->digest = NULL;
    out->n = 0;
    out->flushed = 0;
}

void
vrf_out_flush(struct vrf_out *out)
{
    size_t at = 0;

    while (at < out->n && out->fd >= 0 && out->error == 0) {
        ssize_t n = write(out->fd, out->buf + at, out->n - at);

        if (n > 0)
            at += (size_t)n;
        else if (n < 0 && errno != EINTR)
            out->error = errno;
    }
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
vrf_put_octets(struct vrf_out *out, const char *octets, size_t n)
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

void
vrf_put(struct vrf_out *out, const char *text)
{
    vrf_put_octets(out, text, strlen(text));
}

/* Write v with at least width digits; returns the number of digits. */
static size_t
digits(char text[20], uint64_t v, size_t width)
{
    char reversed[20];
    size_t n = 0;

    do {
        reversed[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0 || n < width);
    for (size_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    return n;
}

void
vrf_put_unsigned(struct vrf_out *out, uint64_t v)
{
    char text[20];

    vrf_put_octets(out, text, digits(text, v, 1));
}

static void
put_padded(struct vrf_out *out, uint64_t v, size_t width, const char *behind)
{
    char text[20];

    vrf_put_octets(out, text, digits(text, v, width));
    vrf_put(out, behind);
}

void
vrf_put_address(struct vrf_out *out, uint32_t addr)
{
    for (unsigned shift = 24;; shift -= 8) {
        vrf_put_unsigned(out, addr >> shift & 0xff);
        if (shift == 0)
            return;
        vrf_put_octets(out, ".", 1);
    }
}

void
vrf_put_time(struct vrf_out *out, int64_t time)
{
    int64_t seconds = time / MIPRO_SECOND, fraction = time % MIPRO_SECOND, days, rest, z, era;
    uint64_t day_of_era, year_of_era, day_of_year, month;

    if (fraction < 0) {
        fraction += MIPRO_SECOND;
        seconds--;
    }
    days = seconds / 86400;
    rest = seconds % 86400;
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
    put_padded(out, (uint64_t)((int64_t)year_of_era + era * 400 + (month >= 10 ? 1 : 0)), 4, "-");
    put_padded(out, month < 10 ? month + 3 : month - 9, 2, "-");
    put_padded(out, day_of_year - (153 * month + 2) / 5 + 1, 2, "T");
    put_padded(out, (uint64_t)rest / 3600, 2, ":");
    put_padded(out, (uint64_t)rest / 60 % 60, 2, ":");
    put_padded(out, (uint64_t)rest % 60, 2, ".");
    if (fraction % 1000 == 0)
        put_padded(out, (uint64_t)fraction / 1000, 6, "Z");
    else
        put_padded(out, (uint64_t)fraction, 9, "Z");
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

void
vrf_put_json(struct vrf_out *out, const char *text)
{
    struct mipro_text_out to = vrf_out_text(out);

    vrf_put_octets(out, "\"", 1);
    mipro_text_escape(&to, MIPRO_ESCAPE_JSON, text);
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
