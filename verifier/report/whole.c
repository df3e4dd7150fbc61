/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".NAME.XXXXXX" next to path: programs that select files by their suffix ignore it. */
static char *
temporary_name(const char *path)
{
    char *folder = g_path_get_dirname(path), *base = g_path_get_basename(path);
    char *name = g_strdup_printf(".%.200s.%06x", base, g_random_int() & 0xffffff);
    char *temporary = g_build_filename(folder, name, NULL);

    g_free(folder);
    g_free(base);
    g_free(name);
    return temporary;
}

/* A symbolic link is kept: its target is replaced. */
static char *
target_of(const char *path)
{
    char *real = realpath(path, NULL), *target = g_strdup(real != NULL ? real : path);

    free(real);
    return target;
}

static int
open_temporary(struct vrf_whole *w)
{
    int fd = -1;

    for (unsigned i = 0; i < 100; i++) {
        w->temporary = temporary_name(w->target);
        /* The user's umask decides who may read it, such as a web server. */
        fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            break;
        g_free(w->temporary);
        w->temporary = NULL;
        if (errno != EEXIST)
            break;
    }
    return fd;
}

int
vrf_whole_begin(struct vrf_whole *w, const char *path)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    int fd, error;

    if (there && S_ISDIR(st.st_mode))
        return EISDIR;
    w->temporary = NULL;
    w->target = target_of(path);
    if (there && !S_ISREG(st.st_mode))
        fd = open(path, O_WRONLY | O_CLOEXEC);
    else
        fd = open_temporary(w);
    error = errno;
    /* The new file keeps the permissions of the old: others may have been kept from reading it. */
    if (fd >= 0 && there && w->temporary != NULL)
        (void)fchmod(fd, st.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO));
    vrf_out_init(&w->out, fd);
    if (fd >= 0)
        return 0;
    g_free(w->target);
    w->target = NULL;
    return error;
}

int
vrf_whole_finish(struct vrf_whole *w)
{
    int error;

    vrf_out_flush(&w->out);
    error = w->out.error;
    /* Some file systems report a full disk only now. */
    if (w->temporary != NULL && error == 0 && fsync(w->out.fd) != 0)
        error = errno;
    if (close(w->out.fd) != 0 && error == 0)
        error = errno;
    if (w->temporary != NULL) {
        if (error == 0 && rename(w->temporary, w->target) != 0)
            error = errno;
        if (error != 0)
            (void)unlink(w->temporary);
    }
    g_free(w->temporary);
    g_free(w->target);
    w->temporary = w->target = NULL;
    return error;
}

int
vrf_whole_try(const char *path)
{
    struct vrf_whole w;
    struct stat st;
    int error;

    /* Opening and closing a pipe would look like an end of file to its reader. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? EISDIR : access(path, W_OK) == 0 ? 0 : errno;
    error = vrf_whole_begin(&w, path);
    if (error != 0)
        return error;
    (void)close(w.out.fd);
    (void)unlink(w.temporary);
    g_free(w.temporary);
    g_free(w.target);
    return 0;
}
