/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include <errno.h>
#include <glib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_text.h"
#include "pipeline.h"
#include "warn.h"

void
vrf_reproach(const char *format, ...)
{
    char *text;
    va_list ap;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    vrf_warn("%s", text);
    fputs("try 'mipro-verify --help'\n", stderr);
    exit(STATUS_USAGE);
}

unsigned long
vrf_parse_number(const char *name, const char *text, unsigned long low, unsigned long high)
{
    const bool hexadecimal = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0;
    char *end;
    unsigned long v;

    errno = 0;
    v = strtoul(text, &end, hexadecimal ? 16 : 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || v < low || v > high)
        vrf_reproach("--%s: '%s' is not a number from %lu to %lu", name, text, low, high);
    return v;
}

int64_t
vrf_parse_seconds(const char *name, const char *text)
{
    char *end;
    double v = g_ascii_strtod(text, &end); /* with a decimal point in every locale */

    /* g_ascii_strtod() also accepts "0x10", "nan" and leading space. */
    if (text[strspn(text, "0123456789.")] != '\0' || end == text || *end != '\0')
        vrf_reproach("--%s: '%s' is not a number of seconds", name, text);
    if (v < 1 / (double)MIPRO_SECOND || v > 366.0 * 86400)
        vrf_reproach("--%s: '%s' is not between a nanosecond and 366 days", name, text);
    return (int64_t)llround(v * (double)MIPRO_SECOND);
}

int64_t
vrf_parse_tolerance(const char *name, const char *text)
{
    bool none = text[0] == '0' && text[strspn(text, "0.")] == '\0' &&
                strchr(text, '.') == strrchr(text, '.');

    return none ? 1 : vrf_parse_seconds(name, text);
}

struct mipro_rate
vrf_parse_rate(const char *name, const char *text)
{
    const char *slash = strchr(text, '/');
    struct mipro_rate rate;
    char *count;

    if (slash == NULL)
        vrf_reproach("--%s: '%s' does not have the form N/S (messages in seconds)", name, text);
    count = g_strndup(text, (gsize)(slash - text));
    rate.n = (unsigned)vrf_parse_number(name, count, 1, MIPRO_RATE_MAX);
    rate.interval = vrf_parse_seconds(name, slash + 1);
    g_free(count);
    return rate;
}

int
vrf_parse_word(const char *name, const char *text, const char *const words[], int n)
{
    GString *known;

    for (int i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    known = g_string_new(words[0]);
    for (int i = 1; i < n; i++)
        g_string_append_printf(known, ", %s", words[i]);
    vrf_reproach("--%s: '%s' is not one of %s", name, text, known->str);
}

const struct vrf_format *
vrf_parse_format(const char *name, const char *text)
{
    const char *names[VRF_FORMATS];

    for (unsigned i = 0; i < VRF_FORMATS; i++)
        names[i] = vrf_formats[i]->name;
    return vrf_formats[vrf_parse_word(name, text, names, VRF_FORMATS)];
}

uint8_t
vrf_parse_warning_ext(const char *name, const char *text)
{
    uint8_t type = (uint8_t)vrf_parse_number(name, text, 0, 255);
    const char *clash = mipro_warning_ext_clash(type);

    if (clash != NULL)
        vrf_reproach("--%s: %u is the type of another extension, %s", name, type, clash);
    return type;
}

void
vrf_parse_ports(struct mipro_ports *ports, const char *text)
{
    char **parts;

    if (*text == '\0')
        vrf_reproach("--port: no port given");
    parts = g_strsplit(text, ",", -1);
    for (char **p = parts; *p != NULL; p++)
        mipro_ports_add(ports, (uint16_t)vrf_parse_number("port", *p, 1, 65535));
    g_strfreev(parts);
}

/* Report that there is no rule with this name. */
static _Noreturn void
refuse_rule(const char *name)
{
    struct mipro_guess guess = { .word = name, .n = strlen(name) };

    for (unsigned i = 0; i < MIPRO_RULES; i++)
        mipro_guess_try(&guess, mipro_rule_def((enum mipro_rule)i)->id);
    if (guess.meant != NULL)
        vrf_reproach("--rules: there is no rule '%s'; did you mean %s?", name, guess.meant);
    vrf_reproach("--rules: there is no rule '%s'; --list-rules lists them", name);
}

void
vrf_parse_rules(bool rules[MIPRO_RULES], const char *text)
{
    char **parts;
    bool named[MIPRO_RULES] = { false }, left_out[MIPRO_RULES] = { false }, any = false;

    if (*text == '\0')
        vrf_reproach("--rules: no rule given; --list-rules lists them");
    parts = g_strsplit(text, ",", -1);
    for (char **p = parts; *p != NULL; p++) {
        bool out = **p == '-';
        enum mipro_rule rule = mipro_rule_by_id(out ? *p + 1 : *p);

        if (rule == MIPRO_RULES)
            refuse_rule(out ? *p + 1 : *p);
        if (out)
            left_out[rule] = true;
        else
            any = named[rule] = true;
        if (named[rule] && left_out[rule])
            vrf_reproach("--rules: '%s' is both named and left out", mipro_rule_def(rule)->id);
    }
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        rules[i] = any ? named[i] : !left_out[i];
    g_strfreev(parts);
}
