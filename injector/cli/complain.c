/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complain.c - messages on standard error, and whether standard output was written. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    /* Text from a file goes to a terminal: strip control characters. */
    for (char *c = text; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    if (about.nothing || (about.no_warnings && strncmp(text, "warning:", 8) == 0))
        return;
    if (about.file == NULL)
        fprintf(stderr, "mipro-inject: %s\n", text);
    else
        fprintf(stderr, "mipro-inject: %s:%u: %s\n", about.file, about.line,
            text + (strncmp(text, "--", 2) == 0 ? 2 : 0));
}
