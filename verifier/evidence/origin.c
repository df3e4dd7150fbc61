/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence/origin.h"

#include <string.h>

#include "mipro_text.h"

enum { MAX_NAME = 4096 };

/* Without printf(), which is too slow for many millions of frames. */
static void
append_unsigned(GString *to, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    g_string_append_len(to, digits + at, (gssize)(sizeof(digits) - at));
}

void
vrf_origin_put(GString *comment, const GString *suffix, uint64_t number)
{
    g_string_append_len(comment, "frame ", 6);
    append_unsigned(comment, number);
    g_string_append_len(comment, suffix->str, (gssize)suffix->len);
}

void
vrf_origin_set_suffix(GString *suffix, const char *name)
{
    struct mipro_text_out out = mipro_text_to_string(suffix);

    g_string_assign(suffix, " of \"");
    mipro_text_escape(&out, MIPRO_ESCAPE_JSON, name);
    g_string_append_c(suffix, '"');
}

/* The character of an escape, after its backslash; 0: not an escape that we write. */
static gunichar
unescape(const char **p, const char *end)
{
    gunichar c = 0;

    if (*p < end && (**p == '"' || **p == '\\'))
        return (gunichar) * (*p)++;
    if (end - *p < 5 || *(*p)++ != 'u')
        return 0;
    for (unsigned i = 0; i < 4; i++, (*p)++) {
        int digit = g_ascii_xdigit_value(**p);

        if (digit < 0)
            return 0;
        c = c << 4 | (gunichar)digit;
    }
    return c;
}

char *
vrf_origin_parse(const char *comment, size_t len, uint64_t *number)
{
    static const char head[] = "frame ", middle[] = " of \"";
    const char *p = comment + sizeof(head) - 1, *end = comment + len;
    GString *name;
    uint64_t v = 0;
    unsigned digits = 0;

    if (len < sizeof(head) || memcmp(comment, head, sizeof(head) - 1) != 0)
        return NULL;
    for (; p < end && g_ascii_isdigit(*p) && digits < 15; p++, digits++)
        v = v * 10 + (uint64_t)(*p - '0');
    if (v == 0 || (size_t)(end - p) < sizeof(middle) || memcmp(p, middle, sizeof(middle) - 1) != 0)
        return NULL;
    p += sizeof(middle) - 1;
    name = g_string_new(NULL);
    while (p < end && *p != '"' && *p != '\0' && name->len <= MAX_NAME) {
        gunichar c;

        if (*p != '\\') {
            g_string_append_c(name, *p++);
            continue;
        }
        p++;
        c = unescape(&p, end);
        if (c == 0)
            break;
        g_string_append_unichar(name, c);
    }
    *number = v;
    if (p < end && *p == '"' && name->len != 0 && name->len <= MAX_NAME)
        return g_string_free(name, FALSE);
    g_string_free(name, TRUE);
    return NULL;
}

static const char interface_head[] = "interface ";

char *
vrf_origin_describe_interface(uint16_t number, const char *name)
{
    return g_strdup_printf("%s%u of %s", interface_head, number, name);
}

bool
vrf_origin_parse_interface(const char *description, size_t len, uint16_t *number)
{
    const size_t head = sizeof(interface_head) - 1;
    unsigned v = 0;
    size_t at = head;

    if (len <= head || memcmp(description, interface_head, head) != 0)
        return false;
    for (; at < len && g_ascii_isdigit(description[at]) && v <= UINT16_MAX; at++)
        v = 10 * v + (unsigned)(description[at] - '0');
    if (at == head || v > UINT16_MAX || at == len || description[at] != ' ')
        return false;
    *number = (uint16_t)v;
    return true;
}
