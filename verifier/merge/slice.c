/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/slice.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 8 };

static size_t
skip_blanks(struct vrf_slice s, size_t at)
{
    while (at < s.n && (s.octets[at] == ' ' || s.octets[at] == '\t'))
        at++;
    return at;
}

/* The end of the value that begins at offset at; 0 if there is none. */
static size_t
skip_value(struct vrf_slice s, size_t at, unsigned depth)
{
    char close;

    at = skip_blanks(s, at);
    if (at >= s.n || depth > MAX_DEPTH)
        return 0;
    if (s.octets[at] == '"') {
        for (at++; at < s.n; at += 2) { /* most strings have no escapes, so memchr() is fast */
            const char *from = s.octets + at, *quote = memchr(from, '"', s.n - at), *escape;

            if (quote == NULL)
                return 0;
            escape = memchr(from, '\\', (size_t)(quote - from));
            if (escape == NULL)
                return (size_t)(quote - s.octets) + 1;
            at = (size_t)(escape - s.octets);
        }
        return 0;
    }
    if (s.octets[at] != '{' && s.octets[at] != '[') {
        size_t end = at;

        while (end < s.n && strchr(",]} \t", s.octets[end]) == NULL) /* nor is it a NUL */
            end++;
        return end != at ? end : 0;
    }
    close = s.octets[at] == '{' ? '}' : ']';
    at = skip_blanks(s, at + 1);
    if (at < s.n && s.octets[at] == close)
        return at + 1;
    for (;;) {
        if (close == '}') {
            at = at < s.n && s.octets[at] == '"' ? skip_value(s, at, depth + 1) : 0;
            at = at != 0 ? skip_blanks(s, at) : 0;
            if (at == 0 || at >= s.n || s.octets[at] != ':')
                return 0;
            at++;
        }
        at = skip_value(s, at, depth + 1);
        if (at == 0)
            return 0;
        at = skip_blanks(s, at);
        if (at < s.n && s.octets[at] == close)
            return at + 1;
        if (at >= s.n || s.octets[at] != ',')
            return 0;
        at = skip_blanks(s, at + 1);
    }
}

bool
vrf_slice_is_object(struct vrf_slice text)
{
    return text.n != 0 && text.octets[0] == '{' && skip_value(text, 0, 0) == text.n;
}

static struct vrf_slice
slice(struct vrf_slice s, size_t from, size_t to)
{
    return (struct vrf_slice){ s.octets + from, to - from };
}

bool
vrf_slice_element(struct vrf_slice array, size_t *at, struct vrf_slice *value)
{
    size_t from, to;

    if (array.octets == NULL || array.n < 2 || array.octets[0] != '[')
        return false;
    from = skip_blanks(array, *at == 0 ? 1 : *at);
    to = skip_value(array, from, 1);
    if (from >= array.n || array.octets[from] == ']' || to == 0)
        return false;
    *value = slice(array, from, to);
    *at = skip_blanks(array, to) + 1; /* past the comma, or the bracket */
    return true;
}

bool
vrf_slice_member(
    struct vrf_slice object, size_t *at, struct vrf_slice *name, struct vrf_slice *value)
{
    size_t from, to;

    if (object.octets == NULL || object.n < 2 || object.octets[0] != '{')
        return false;
    from = skip_blanks(object, *at == 0 ? 1 : *at);
    if (from >= object.n || object.octets[from] != '"')
        return false;
    to = skip_value(object, from, 1);
    if (to == 0)
        return false;
    *name = slice(object, from, to);
    from = skip_blanks(object, to);
    if (from >= object.n || object.octets[from] != ':')
        return false;
    from = skip_blanks(object, from + 1);
    to = skip_value(object, from, 1);
    if (to == 0)
        return false;
    *value = slice(object, from, to);
    *at = skip_blanks(object, to) + 1;
    return true;
}

bool
vrf_slice_take(struct vrf_slice text, const char *const *names, struct vrf_slice *values, size_t n)
{
    struct vrf_slice key, value;
    size_t at = 0;

    memset(values, 0, n * sizeof(*values));
    if (text.n == 2 && memcmp(text.octets, "{}", 2) == 0)
        return true;
    while (vrf_slice_member(text, &at, &key, &value)) {
        size_t i = 0;

        while (i < n && (values[i].octets != NULL || !vrf_slice_is(key, names[i])))
            i++;
        if (i < n)
            values[i] = value;
        if (at > text.n || text.octets[at - 1] != ',')
            return at == text.n && text.octets[at - 1] == '}';
    }
    return false;
}

struct vrf_slice
vrf_slice_find(struct vrf_slice object, const char *name)
{
    struct vrf_slice key, value;

    for (size_t at = 0; vrf_slice_member(object, &at, &key, &value);)
        if (vrf_slice_is(key, name))
            return value;
    return (struct vrf_slice){ NULL, 0 };
}

bool
vrf_slice_is(struct vrf_slice s, const char *text)
{
    size_t n = strlen(text);

    return s.n == n + 2 && s.octets[0] == '"' && memcmp(s.octets + 1, text, n) == 0;
}

bool
vrf_slice_equal(struct vrf_slice a, struct vrf_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.octets, b.octets, a.n) == 0);
}

bool
vrf_slice_begins(struct vrf_slice s, struct vrf_slice with)
{
    return s.n >= with.n && memcmp(s.octets, with.octets, with.n) == 0;
}

bool
vrf_slice_frame(struct vrf_slice s, uint64_t *frame)
{
    static const struct vrf_slice name = { ",\"frame\":", 9 };
    size_t at = name.n;

    if (!vrf_slice_begins(s, name) || s.octets[s.n - 1] != '}')
        return false;
    for (*frame = 0; at < s.n && s.octets[at] >= '0' && s.octets[at] <= '9'; at++) {
        if (at == name.n + 18)
            return false; /* too many digits */
        *frame = 10 * *frame + (uint64_t)(s.octets[at] - '0');
    }
    return at != name.n && at < s.n && s.octets[at] == ',';
}

/* Copy as a NUL-terminated string; false if it is too long. */
static bool
copy(struct vrf_slice s, char room[64])
{
    if (s.octets == NULL || s.n == 0 || s.n >= 64)
        return false;
    memcpy(room, s.octets, s.n);
    room[s.n] = '\0';
    return true;
}

bool
vrf_slice_number(struct vrf_slice s, uint64_t *v)
{
    char room[64];

    return copy(s, room) && g_ascii_string_to_unsigned(room, 10, 0, G_MAXUINT64, v, NULL);
}

bool
vrf_slice_signed(struct vrf_slice s, int64_t *v)
{
    char room[64];

    return copy(s, room) && g_ascii_string_to_signed(room, 10, G_MININT64, G_MAXINT64, v, NULL);
}

bool
vrf_slice_address(struct vrf_slice s, uint32_t *addr)
{
    unsigned a[4];
    char room[64];
    int n = 0;

    if (!copy(s, room) ||
        sscanf(room, "\"%3u.%3u.%3u.%3u\"%n", &a[0], &a[1], &a[2], &a[3], &n) != 4 ||
        (size_t)n != s.n)
        return false;
    *addr = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (a[i] > 255)
            return false;
        *addr = *addr << 8 | a[i];
    }
    return true;
}

char *
vrf_slice_string(struct vrf_slice s)
{
    GString *text;

    if (s.octets == NULL || s.n < 2 || s.octets[0] != '"')
        return NULL;
    text = g_string_sized_new(s.n);
    for (size_t i = 1; i + 1 < s.n; i++) {
        static const char escapes[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        const char *at;

        if (s.octets[i] != '\\') {
            g_string_append_c(text, s.octets[i]);
            continue;
        }
        i++;
        if (s.octets[i] == 'u' && i + 5 < s.n) {
            char digits[5];

            memcpy(digits, s.octets + i + 1, 4);
            digits[4] = '\0';
            g_string_append_unichar(text, (gunichar)g_ascii_strtoull(digits, NULL, 16));
            i += 4;
            continue;
        }
        at = strchr(escapes, s.octets[i]);
        if (at != NULL && *at != '\0')
            g_string_append_c(text, values[at - escapes]);
    }
    return g_string_free(text, FALSE);
}
