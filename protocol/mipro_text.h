/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_text.h - escape untrusted text for a terminal, JSON or XML; recognize files that are not
 * UTF-8 text; guess which word was meant.
 *
 * Names of captures, associations and nodes are untrusted.  Whatever they contain, once escaped
 * they cannot move the cursor, end a string or open an element.
 */
#ifndef MIPRO_TEXT_H
#define MIPRO_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Where text is written: put is called with successive runs of octets. */
struct mipro_text_out {
    void (*put)(void *ctx, const char *octets, size_t n);
    void *ctx;
};

/* Output that appends to this string, which is borrowed. */
struct mipro_text_out mipro_text_to_string(GString *string);

void mipro_text_put(const struct mipro_text_out *out, const char *text);
/* For trusted text, of any length; nothing is escaped. */
void mipro_text_putf(const struct mipro_text_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum mipro_escaping {
    /*
     * One line on a terminal: control characters (C0, DEL and C1), line separators, characters
     * that change the direction of writing, and octets that are not UTF-8 each become "?".
     */
    MIPRO_ESCAPE_TERMINAL,
    /*
     * The inside of a JSON string: those characters as escapes, so that nothing is lost and the
     * line can be shown; octets that are not UTF-8 become U+FFFD.
     */
    MIPRO_ESCAPE_JSON,
    /*
     * Text of an XML or HTML element: characters that XML 1.0 does not allow, those above
     * other than tab and line feed, and octets that are not UTF-8 become U+FFFD.
     */
    MIPRO_ESCAPE_XML,
    /* The value of an attribute: as above, and tab and line feed as references. */
    MIPRO_ESCAPE_ATTRIBUTE
};

/*
 * May this character stand in a line as it is?  Not those that the terminal is spared, nor one that
 * is not assigned.
 */
bool mipro_text_is_plain(gunichar c);
void mipro_text_escape(
    const struct mipro_text_out *out, enum mipro_escaping escaping, const char *text);
/* The width of the text on a terminal, in columns, counting each character as one. */
size_t mipro_text_width(const char *text);

/*
 * What editors do to a file that is meant to be text in UTF-8, by its first octets.  Every reader
 * of such a file skips the mark, and refuses another encoding or a compressed file by name: read as
 * UTF-8 either would be a fault in its first line, or lines that match nothing.
 */
/* The length of the byte order mark in UTF-8 that they begin with; 0 if there is none. */
size_t mipro_text_mark(const void *octets, size_t len);
/* "UTF-16" or "UTF-32"; NULL if it is neither. */
const char *mipro_text_encoding(const void *octets, size_t len);
/* "gzip", "zstd", "lz4", "xz" or "bzip2"; NULL if it is none of these. */
const char *mipro_text_compression(const void *octets, size_t len);

/*
 * The number of letters in which two words differ, ignoring case: inserted, omitted or replaced.
 * SIZE_MAX if either is too long to be a word.
 */
size_t mipro_text_distance(const char *a, size_t n, const char *b);

/*
 * Which word did the user mean?  Set word and its length n, try each possible word, and read
 * meant: the one that differs in a letter or is abbreviated (src, dst, if) or else differs in two;
 * NULL if there is none.
 */
struct mipro_guess {
    const char *word;
    size_t n;
    const char *meant; /* the first of the best */
    size_t slips;      /* how bad it is, if meant is not NULL */
};
void mipro_guess_try(struct mipro_guess *g, const char *possible);

#endif
