/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complain.c - messages on standard error, and whether standard output was written. */
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mipro_text.h"

/* What messages refer to: set by the reader of a file, because the functions it calls see only
 * words. */
static struct {
    const char *file;
    unsigned line;
    bool no_warnings, nothing;
} about;

void
inj_complain_about(const char *file, unsigned line)
{
    about.file = file;
    about.line = line;
}

bool
inj_printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno != EPIPE) /* a reader such as head closed the pipe; no message is wanted */
        inj_complain("standard output: %s", strerror(errno));
    return false;
}

void
inj_complain_aloud(bool warnings, bool anything)
{
    about.no_warnings = !warnings;
    about.nothing = !anything;
}

void
inj_complain(const char *format, ...)
{
    GString *line = g_string_new("mipro-inject: ");
    struct mipro_text_out out = mipro_text_to_string(line);
    char *text;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (about.file != NULL) {
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, about.file);
        mipro_text_putf(&out, ":%u: ", about.line);
    }
    mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL,
        text + (about.file != NULL && strncmp(text, "--", 2) == 0 ? 2 : 0));
    mipro_text_put(&out, "\n");
    if (!about.nothing && !(about.no_warnings && strncmp(text, "warning:", 8) == 0))
        fputs(line->str, stderr); /* in one call, so that lines of two programs do not mix */
    g_free(text);
    g_string_free(line, TRUE);
}
