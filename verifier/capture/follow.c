/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follow.c - see follow.h.  Files and directories are polled several times a second: unlike
 * inotify this works on every file system, and costs almost nothing.
 */
#include "capture/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    INTERVAL = 100, /* milliseconds between polls */
    LINGER = 300    /* milliseconds that a pipe may stay silent after the signal */
};

struct vrf_follow {
    const char *path;
    bool is_directory, gone, begun;
    dev_t dev; /* of the directory, or of the file being read */
    ino_t ino;
    char *file; /* name of the file of the directory that is being read, or NULL */
    char *full; /* its path */
};

/* Once written to, the read end of this pipe stays readable. */
static int stop_pipe[2] = { -1, -1 };
static volatile sig_atomic_t stopped;

static void
on_signal(int number)
{
    int error = errno;

    (void)number;
    vrf_follow_stop();
    errno = error;
}

void
vrf_follow_stop(void)
{
    stopped = 1;
    if (stop_pipe[1] >= 0 && write(stop_pipe[1], "", 1) < 0)
        return; /* full, so it is readable already */
}

bool
vrf_follow_stopped(void)
{
    return stopped != 0;
}

void
vrf_follow_catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

    if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        stop_pipe[0] = stop_pipe[1] = -1; /* the signal still interrupts the wait */
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* Wait until fd (unless -1) is readable, or for this long.  Returns whether it is readable. */
static bool
wait_for(int fd, int milliseconds)
{
    struct pollfd polled[2] = { { .fd = fd, .events = POLLIN },
        { .fd = stopped != 0 ? -1 : stop_pipe[0], .events = POLLIN } };

    return poll(polled, 2, milliseconds) > 0 && polled[0].revents != 0;
}

struct vrf_follow *
vrf_follow_new(const char *path)
{
    struct vrf_follow *f = g_new0(struct vrf_follow, 1);
    struct stat st;

    f->path = path;
    if (strcmp(path, "-") != 0 && stat(path, &st) == 0) {
        f->is_directory = S_ISDIR(st.st_mode);
        f->dev = st.st_dev;
        f->ino = st.st_ino;
    }
    return f;
}

void
vrf_follow_free(struct vrf_follow *f)
{
    if (f == NULL)
        return;
    g_free(f->file);
    g_free(f->full);
    g_free(f);
}

/* Is this the name of a capture?  Not if it is hidden, compressed or of another type. */
static bool
is_capture(const char *name)
{
    const char *dot = strstr(name, ".pcap");

    if (dot == NULL)
        dot = strstr(name, ".cap");
    if (name[0] == '.' || dot == NULL)
        return false;
    dot += dot[1] == 'p' ? strlen(".pcap") : strlen(".cap");
    if (g_str_has_prefix(dot, "ng"))
        dot += 2;
    return dot[strspn(dot, "0123456789")] == '\0'; /* tcpdump -C appends numbers */
}

/* The first capture in the directory after this one, or NULL.  The caller frees it. */
static char *
name_after(struct vrf_follow *f, const char *name, char error[VRF_CAPTURE_ERROR])
{
    DIR *directory = opendir(f->path);
    const struct dirent *entry;
    char *next = NULL;
    struct stat st;

    if (directory == NULL || stat(f->path, &st) != 0 || st.st_dev != f->dev ||
        st.st_ino != f->ino) {
        snprintf(error, VRF_CAPTURE_ERROR, "the directory has disappeared");
        f->gone = true;
        if (directory != NULL)
            closedir(directory);
        return NULL;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (!is_capture(entry->d_name) || (name != NULL && strverscmp(entry->d_name, name) <= 0))
            continue;
        if (next != NULL && strverscmp(entry->d_name, next) >= 0)
            continue;
        g_free(next);
        next = g_strdup(entry->d_name);
    }
    closedir(directory);
    return next;
}

const char *
vrf_follow_next(struct vrf_follow *f, char error[VRF_CAPTURE_ERROR])
{
    error[0] = '\0';
    if (!f->is_directory) {
        if (f->begun)
            return NULL;
        f->begun = true;
        return f->path;
    }
    while (!f->gone) {
        char *next = name_after(f, f->file, error);

        if (next != NULL) {
            g_free(f->file);
            g_free(f->full);
            f->file = next;
            f->full = g_build_filename(f->path, next, NULL);
            return f->full;
        }
        if (f->gone || vrf_follow_stopped())
            return NULL;
        (void)wait_for(-1, INTERVAL);
    }
    return NULL;
}

bool
vrf_follow_goes_on(const struct vrf_follow *f)
{
    return f->is_directory && !f->gone && !vrf_follow_stopped();
}

/* Is the open file still the one with that name?  Also true where that does not matter. */
static bool
is_in_place(const struct vrf_follow *f, const struct stat *open_file, char error[VRF_CAPTURE_ERROR])
{
    struct stat st;

    if (f->is_directory || strcmp(f->path, "-") == 0)
        return true; /* ring buffers delete their oldest files */
    if (stat(f->path, &st) != 0)
        snprintf(error, VRF_CAPTURE_ERROR, "the file was removed while it was followed");
    else if (st.st_dev != open_file->st_dev || st.st_ino != open_file->st_ino)
        snprintf(error, VRF_CAPTURE_ERROR, "it was replaced by another file while it was followed");
    else
        return true;
    return false;
}

/* At the end of a file: wait until it has grown, or will not grow any more. */
static enum vrf_read
wait_for_growth(struct vrf_follow *f, int fd, int64_t position, char error[VRF_CAPTURE_ERROR])
{
    bool complete = false;

    for (;;) {
        bool stop = complete || vrf_follow_stopped(); /* check this before the size */
        struct stat st;

        if (fstat(fd, &st) != 0) {
            snprintf(error, VRF_CAPTURE_ERROR, "%s", strerror(errno));
            return VRF_READ_BROKEN;
        }
        if (st.st_size > position)
            return VRF_READ_MORE;
        if (st.st_size < position) {
            snprintf(error, VRF_CAPTURE_ERROR,
                "the file was truncated to %lld octets while it was followed, of which %lld had "
                "been "
                "read",
                (long long)st.st_size, (long long)position);
            return VRF_READ_BROKEN;
        }
        if (stop)
            return VRF_READ_END;
        if (!is_in_place(f, &st, error))
            return VRF_READ_BROKEN;
        if (f->is_directory) {
            char *later = name_after(f, f->file, error);

            if (f->gone)
                return VRF_READ_BROKEN;
            complete = later != NULL; /* check once more, for data written meanwhile */
            g_free(later);
        }
        if (!complete)
            (void)wait_for(-1, INTERVAL);
    }
}

/* Wait before reading; at_end: the last attempt read nothing.  VRF_READ_MORE: try again. */
static enum vrf_read
wait_to_read(
    struct vrf_follow *f, int fd, int64_t position, bool at_end, char error[VRF_CAPTURE_ERROR])
{
    struct stat st;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return at_end ? wait_for_growth(f, fd, position, error) : VRF_READ_MORE;
    if (at_end)
        return VRF_READ_END; /* all writers have closed the pipe */
    while (!vrf_follow_stopped())
        if (wait_for(fd, -1))
            return VRF_READ_MORE;
    return wait_for(fd, LINGER) ? VRF_READ_MORE : VRF_READ_END;
}

ssize_t
vrf_follow_read(struct vrf_follow *f, int fd, int64_t position, void *to, size_t room,
    char error[VRF_CAPTURE_ERROR])
{
    bool at_end = false;

    for (;;) {
        enum vrf_read how =
            f == NULL ? VRF_READ_MORE : wait_to_read(f, fd, position, at_end, error);
        ssize_t n;

        if (how != VRF_READ_MORE)
            return how == VRF_READ_END ? 0 : -1;
        n = read(fd, to, room);
        if (n < 0 && errno != EINTR) {
            snprintf(error, VRF_CAPTURE_ERROR, "%s", strerror(errno));
            return -1;
        }
        if (n > 0 || (n == 0 && f == NULL))
            return n;
        at_end = n == 0;
    }
}
