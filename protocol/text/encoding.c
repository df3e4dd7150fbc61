/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_text.h"

#include <stdbool.h>
#include <string.h>

static bool
begins_with(const void *octets, size_t len, const char *what, size_t n)
{
    return len >= n && memcmp(octets, what, n) == 0;
}

#define BEGINS_WITH(octets, len, what) begins_with(octets, len, what, sizeof(what) - 1)

size_t
mipro_text_mark(const void *octets, size_t len)
{
    return BEGINS_WITH(octets, len, "\xef\xbb\xbf") ? 3 : 0;
}

const char *
mipro_text_encoding(const void *octets, size_t len)
{
    const unsigned char *o = octets;

    if (BEGINS_WITH(octets, len, "\xff\xfe\0\0") || BEGINS_WITH(octets, len, "\0\0\xfe\xff"))
        return "UTF-32";
    if (BEGINS_WITH(octets, len, "\xff\xfe") || BEGINS_WITH(octets, len, "\xfe\xff"))
        return "UTF-16";
    /* Without a byte order mark: text begins with a character of ASCII, which leaves octets 0. */
    if (len >= 4 && (o[0] == 0) + (o[1] == 0) + (o[2] == 0) + (o[3] == 0) == 3 &&
        (o[0] != 0 || o[3] != 0))
        return "UTF-32";
    return len >= 2 && (o[0] == 0) != (o[1] == 0) ? "UTF-16" : NULL;
}

const char *
mipro_text_compression(const void *octets, size_t len)
{
    /* clang-format off */
    static const struct {
        const char *octets;
        size_t len;
        const char *name;
    } formats[] = {
        { "\x1f\x8b",         2, "gzip" },
        { "\x28\xb5\x2f\xfd", 4, "zstd" },
        { "\x04\x22\x4d\x18", 4, "lz4" },
        { "\xfd\x37zXZ\0",    6, "xz" },
        { "BZh",              3, "bzip2" },
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (begins_with(octets, len, formats[i].octets, formats[i].len))
            return formats[i].name;
    return NULL;
}
