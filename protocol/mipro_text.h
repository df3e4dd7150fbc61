/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_text.h - escape untrusted text for a terminal, JSON or XML.
 *
 * Names of captures, associations and nodes are chosen by others.  Whatever they contain,
 * they cannot move a cursor, end a string or open an element.
 */
#ifndef MIPRO_TEXT_H
#define MIPRO_TEXT_H

#include <glib.h>
#include <stddef.h>

/* Where the text goes: put is called with one run of octets after the other. */
struct mipro_text_out {
    void (*put)(void *ctx, const char *octets, size_t n);
    void *ctx;
};

/* An out that appends to this string, which is borrowed. */
struct mipro_text_out mipro_text_to_string(GString *string);

void mipro_text_put(const struct mipro_text_out *out, const char *text);
/* For text of our own, of any length. */
void mipro_text_putf(const struct mipro_text_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum mipro_escaping {
    /*
     * One line on a terminal: control characters (C0, DEL and C1), line separators, what
     * reverses the direction of writing, and octets that are not UTF-8 become "?" each.
     */
    MIPRO_ESCAPE_TERMINAL,
    /* The inside of a JSON string; octets that are not UTF-8 become U+FFFD. */
    MIPRO_ESCAPE_JSON,
    /*
     * Text of an XML or HTML element; what XML 1.0 cannot hold, control characters other
     * than tab and line feed, and octets that are not UTF-8 become U+FFFD.
     */
    MIPRO_ESCAPE_XML,
    /* The value of an attribute: as above, and tab and line feed as references. */
    MIPRO_ESCAPE_ATTRIBUTE
};

void mipro_text_escape(
    const struct mipro_text_out *out, enum mipro_escaping escaping, const char *text);
/* The width of the text on a terminal, in columns, counting each character as one. */
size_t mipro_text_width(const char *text);

#endif
