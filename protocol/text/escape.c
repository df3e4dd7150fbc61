/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void
append(void *ctx, const char *octets, size_t n)
{
    g_string_append_len(ctx, octets, (gssize)n);
}

struct mipro_text_out
mipro_text_to_string(GString *string)
{
    return (struct mipro_text_out){ append, string };
}

void
mipro_text_put(const struct mipro_text_out *out, const char *text)
{
    out->put(out->ctx, text, strlen(text));
}

void
mipro_text_putf(const struct mipro_text_out *out, const char *format, ...)
{
    char *text;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    mipro_text_put(out, text);
    g_free(text);
}

enum { LONGEST_UTF8 = 4, NOT_UTF8 = 0x110000 };

/* The first character of text, and its length in octets; NOT_UTF8 has length 1. */
static gunichar
first_character(const char *text, size_t *n)
{
    gunichar c = (unsigned char)*text;

    *n = 1;
    if (c < 0x80)
        return c;
    c = g_utf8_get_char_validated(text, (gssize)strnlen(text, LONGEST_UTF8));
    if (c >= NOT_UTF8) /* -1 and -2 among them */
        return NOT_UTF8;
    *n = (size_t)(g_utf8_next_char(text) - text);
    return c;
}

static bool
is_control(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Characters that break a line, or change the direction of text on a terminal. */
static bool
disturbs_line(gunichar c)
{
    return c == 0x2028 || c == 0x2029 || c == 0x200e || c == 0x200f || c == 0x061c ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool
mipro_text_is_plain(gunichar c)
{
    return g_unichar_isprint(c) && !disturbs_line(c);
}

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The replacement for c, or NULL to keep it.  room holds a replacement that is computed. */
static const char *
in_terminal(gunichar c)
{
    return c == NOT_UTF8 || is_control(c) || disturbs_line(c) ? "?" : NULL;
}

static const char *
in_json(gunichar c, char room[8])
{
    if (c == NOT_UTF8)
        return REPLACEMENT;
    if (c == '"')
        return "\\\"";
    if (c == '\\')
        return "\\\\";
    if (!is_control(c) && !disturbs_line(c))
        return NULL;
    snprintf(room, 8, "\\u%04x", (unsigned)(c & 0xffff));
    return room;
}

static const char *
in_xml(gunichar c, bool attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\t':
        return attribute ? "&#9;" : NULL;
    case '\n':
        return attribute ? "&#10;" : NULL;
    case NOT_UTF8:
    case 0xfffe:
    case 0xffff:
        return REPLACEMENT;
    default:
        return is_control(c) || disturbs_line(c) ? REPLACEMENT : NULL;
    }
}

static const char *
substitute(enum mipro_escaping escaping, gunichar c, char room[8])
{
    switch (escaping) {
    case MIPRO_ESCAPE_TERMINAL:
        return in_terminal(c);
    case MIPRO_ESCAPE_JSON:
        return in_json(c, room);
    case MIPRO_ESCAPE_XML:
        return in_xml(c, false);
    case MIPRO_ESCAPE_ATTRIBUTE:
        break;
    }
    return in_xml(c, true);
}

void
mipro_text_escape(const struct mipro_text_out *out, enum mipro_escaping escaping, const char *text)
{
    const char *plain = text; /* start of the current run of unchanged octets */

    while (*text != '\0') {
        char room[8];
        size_t n;
        gunichar c = first_character(text, &n);
        const char *instead = substitute(escaping, c, room);

        if (instead != NULL) {
            if (text != plain)
                out->put(out->ctx, plain, (size_t)(text - plain));
            mipro_text_put(out, instead);
            plain = text + n;
        }
        text += n;
    }
    if (text != plain)
        out->put(out->ctx, plain, (size_t)(text - plain));
}

size_t
mipro_text_width(const char *text)
{
    size_t width = 0;

    for (size_t n; *text != '\0'; text += n, width++)
        (void)first_character(text, &n);
    return width;
}
