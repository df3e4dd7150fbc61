/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/backend.h"

struct vrf_capture {
    int fd;
    int64_t size; /* -1: not a regular file */
    const struct vrf_backend *backend;
    void *self;
};

struct vrf_capture *
vrf_capture_open(const char *path, char error[VRF_CAPTURE_ERROR])
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct vrf_capture *c = g_new0(struct vrf_capture, 1);
    struct stat st;

    error[0] = '\0';
    c->size = -1;
    c->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (c->fd < 0 || fstat(c->fd, &st) != 0) {
        snprintf(error, VRF_CAPTURE_ERROR, "%s", strerror(errno));
        goto fail;
    }
    if (S_ISDIR(st.st_mode)) {
        snprintf(error, VRF_CAPTURE_ERROR, "is a directory, not a capture");
        goto fail;
    }
    if (S_ISREG(st.st_mode)) {
        c->size = st.st_size;
        (void)posix_fadvise(c->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    c->self = vrf_pcap_open(c->fd, &c->backend, error);
    if (c->self == NULL && error[0] == '\0') {
        if (c->size >= 0)
            c->self = vrf_wiretap_open(is_stdin ? "/dev/stdin" : path, &c->backend, error);
        else
            snprintf(error, VRF_CAPTURE_ERROR,
                "is no pcap or pcapng; other formats are read from a file, not from a pipe");
    }
    if (c->self != NULL)
        return c;
fail:
    if (c->fd > STDIN_FILENO)
        close(c->fd);
    g_free(c);
    return NULL;
}

enum vrf_read
vrf_capture_read(struct vrf_capture *c, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    block->used = 0;
    block->n_frames = 0;
    error[0] = '\0';
    return c->backend->read(c->self, block, error);
}

int
vrf_capture_permille(const struct vrf_capture *c)
{
    int64_t at = c->backend->position(c->self);

    if (c->size <= 0 || at < 0)
        return -1;
    return at >= c->size ? 1000 : (int)(at * 1000 / c->size);
}

void
vrf_capture_close(struct vrf_capture *c)
{
    if (c == NULL)
        return;
    c->backend->close(c->self);
    if (c->fd != STDIN_FILENO)
        close(c->fd);
    g_free(c);
}
