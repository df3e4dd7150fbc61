/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/unfinished.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another task that has just begun may lock and remove a file before its own task has locked it. */
enum { ATTEMPTS = 100 };

/* Lock the file.  False: it was removed.  Where there are no locks, nobody removes it. */
static bool
keep(int fd)
{
    struct stat st;

    while (flock(fd, LOCK_EX) != 0 && errno == EINTR)
        continue;
    return fstat(fd, &st) == 0 && st.st_nlink != 0;
}

int
vrf_unfinished_create(const char *dir, const char *name, char **path)
{
    *path = NULL;
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        int fd;

        g_free(*path);
        /* Not the number of the process, which another node, or one that died, may have, too. */
        *path = g_strdup_printf("%s/.%s.XXXXXX", dir, name);
        fd = g_mkstemp_full(*path, O_WRONLY | O_CLOEXEC, 0666);
        if (fd < 0 || keep(fd))
            return fd;
        (void)close(fd);
    }
    errno = EAGAIN;
    return -1;
}

/* ".ID-all-of-NN.events.XXXXXX", or that of a part. */
static bool
is_unfinished(const char *name)
{
    const char *events = strstr(name, ".events.");

    return name[0] == '.' && strspn(name + 1, "0123456789abcdef") == 16 && name[17] == '-' &&
           events != NULL && strlen(events) == strlen(".events.XXXXXX");
}

static void
remove_if_left(int dir, const char *name)
{
    /* Not for reading, which may not be allowed; and not waiting for the other end of a pipe. */
    int fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(dir, name, 0);
    (void)close(fd);
}

void
vrf_unfinished_remove(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;

    while (d != NULL && (entry = readdir(d)) != NULL)
        if (is_unfinished(entry->d_name))
            remove_if_left(dirfd(d), entry->d_name);
    if (d != NULL)
        (void)closedir(d);
}
