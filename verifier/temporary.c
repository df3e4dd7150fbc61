/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "temporary.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "warn.h"

/* tmpfile() does not look at TMPDIR. */
FILE *
vrf_temporary(void)
{
    char *name = NULL;
    int fd, error;
    FILE *file;

    errno = 0;
    fd = g_file_open_tmp("mipro-XXXXXX", &name, NULL);
    error = errno != 0 ? errno : EIO;
    file = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (fd >= 0)
        (void)unlink(name);
    if (fd >= 0 && file == NULL)
        (void)close(fd);
    g_free(name);
    errno = error;
    return file;
}

void
vrf_temporary_failed(int error)
{
    vrf_warn("a temporary file in %s: %s", g_get_tmp_dir(), strerror(error));
}
