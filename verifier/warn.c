/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "warn.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>

#include "mipro_text.h"

static void __attribute__((format(printf, 3, 0)))
print(const char *before, const char *after, const char *format, va_list ap)
{
    GString *line = g_string_new(before);
    struct mipro_text_out out = mipro_text_to_string(line);
    char *text = g_strdup_vprintf(format, ap);

    mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, text);
    g_string_append(line, after);
    fputs(line->str, stderr); /* in one call, so that lines of two programs do not mix */
    g_free(text);
    g_string_free(line, TRUE);
}

void
vrf_warn(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    print("mipro-verify: ", "\n", format, ap);
    va_end(ap);
}

void
vrf_show(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    print("", "", format, ap);
    va_end(ap);
}
