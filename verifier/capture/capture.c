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
#include "capture/follow.h"
#include "capture/file_state.h"
#include "temporary.h"

struct vrf_capture {
    int fd;
    int spooled;                  /* an unnamed temporary copy of a pipe; -1: none */
    int64_t size;                 /* of the regular file that is read; -1: not a regular file */
    bool is_other;                /* it is read by libwiretap, from a regular file */
    bool is_still;                /* a regular file that nobody should write to meanwhile */
    struct vrf_file_state opened; /* as it was then */
    const struct vrf_backend *backend;
    void *self;
};

/* Read up to size octets; fewer only at the end of the file.  Negative: error has the reason. */
static ssize_t
read_fully(
    int fd, struct vrf_follow *follow, uint8_t *octets, size_t size, char error[VRF_CAPTURE_ERROR])
{
    size_t n = 0;

    while (n < size) {
        ssize_t got = vrf_follow_read(follow, fd, (int64_t)n, octets + n, size - n, error);

        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

static bool
begins_with(const uint8_t *octets, size_t n, const char *what, size_t len)
{
    return n >= len && memcmp(octets, what, len) == 0;
}

/* Is it compressed in a format that libwiretap supports? */
static bool
is_compressed(const uint8_t *start, size_t n)
{
    return begins_with(start, n, "\x1f\x8b", 2) ||         /* gzip */
           begins_with(start, n, "\x28\xb5\x2f\xfd", 4) || /* zstd */
           begins_with(start, n, "\x04\x22\x4d\x18", 4);   /* lz4 */
}

/* The same of what it does not support, but users have. */
static const struct {
    const char *octets;
    size_t len;
    const char *fault;
} unsupported[] = {
    { "\xfd\x37zXZ\0", 6,
        "is compressed with xz, which cannot be read; decompress it first (xz -d)" },
    { "BZh", 3, "is compressed with bzip2, which cannot be read; decompress it first (bzip2 -d)" },
    { "PK\x03\x04", 4, "is a zip archive, which cannot be read; unpack it first" },
};

/* A key file has comments, then a line of fields in double quotes: mipro-keys(5). */
static bool
is_key_file(const uint8_t *start, size_t n)
{
    size_t at = begins_with(start, n, "\xef\xbb\xbf", 3) ? 3 : 0;
    bool comment = false;

    for (; at < n; at++) {
        if (comment)
            comment = start[at] != '\n';
        else if (start[at] == '#')
            comment = true;
        else if (start[at] != ' ' && start[at] != '\t' && start[at] != '\r' && start[at] != '\n')
            break;
    }
    return at < n && start[at] == '"' && memchr(start + at, '\0', n - at) == NULL &&
           memmem(start + at, n - at, "\",", 2) != NULL;
}

/*
 * Copy a pipe to an unnamed temporary file, which can be read more than once, and by
 * libwiretap.  On error -1, with the reason in error.
 */
static int
spool(int fd, const uint8_t *start, size_t n, char error[VRF_CAPTURE_ERROR])
{
    uint8_t room[64 * 1024];
    ssize_t got = (ssize_t)n;
    FILE *file = vrf_temporary();
    int copy = file != NULL ? dup(fileno(file)) : -1;
    bool good = copy >= 0;

    if (file != NULL)
        (void)fclose(file);
    memcpy(room, start, n);
    for (; good && got > 0; got = good ? read_fully(fd, NULL, room, sizeof(room), error) : 0)
        good = write(copy, room, (size_t)got) == got;
    if (good && got == 0)
        return copy;
    if (error[0] == '\0')
        snprintf(error, VRF_CAPTURE_ERROR,
            "cannot be copied to %s, from where it would be read: %s", g_get_tmp_dir(),
            strerror(errno != 0 ? errno : EIO));
    if (copy >= 0)
        close(copy);
    return -1;
}

bool
vrf_capture_keep_stdin(char error[VRF_CAPTURE_ERROR])
{
    uint8_t start[VRF_CAPTURE_START];
    struct stat st;
    ssize_t n;
    int copy;

    error[0] = '\0';
    if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode))
        return true;
    n = read_fully(STDIN_FILENO, NULL, start, sizeof(start), error);
    if (n == 0)
        return true; /* an empty pipe: reading it again also gives end of file */
    copy = n > 0 ? spool(STDIN_FILENO, start, (size_t)n, error) : -1;
    if (copy < 0)
        return false;
    (void)lseek(copy, 0, SEEK_SET);
    n = dup2(copy, STDIN_FILENO);
    close(copy);
    return n >= 0;
}

/* What a pipe begins with, unless it is compressed: that is read later. */
static ssize_t
read_more(int fd, const uint8_t *start, size_t n, uint8_t *more, size_t size,
    char error[VRF_CAPTURE_ERROR])
{
    ssize_t got;

    if (is_compressed(start, n))
        return 0;
    memcpy(more, start, n);
    got = read_fully(fd, NULL, more + n, size - n, error);
    return got >= 0 ? (ssize_t)n + got : 0;
}

/* Open a file that is neither plain pcap nor plain pcapng. */
static void *
open_other(struct vrf_capture *c, const char *path, const uint8_t *start, size_t n,
    char error[VRF_CAPTURE_ERROR])
{
    uint8_t more[4096]; /* a key file may begin with comments */
    ssize_t n_more;
    char *name;
    void *self;

    for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++)
        if (begins_with(start, n, unsupported[i].octets, unsupported[i].len)) {
            snprintf(error, VRF_CAPTURE_ERROR, "%s", unsupported[i].fault);
            return NULL;
        }
    n_more = c->size >= 0 ? pread(c->fd, more, sizeof(more), 0)
                          : read_more(c->fd, start, n, more, sizeof(more), error);

    if (n_more > 0 ? is_key_file(more, (size_t)n_more) : is_key_file(start, n)) {
        snprintf(error, VRF_CAPTURE_ERROR, "is a key file, not a capture; -k takes it");
        return NULL;
    }
    if (c->size >= 0)
        return vrf_wiretap_open(path, &c->backend, error);
    if (!is_compressed(start, n)) {
        snprintf(error, VRF_CAPTURE_ERROR,
            "is not pcap or pcapng; other formats can be read only from a file, not from a pipe");
        return NULL;
    }
    c->spooled = spool(c->fd, start, n, error);
    if (c->spooled < 0)
        return NULL;
    c->size = lseek(c->spooled, 0, SEEK_CUR);
    name = g_strdup_printf("/dev/fd/%d", c->spooled);
    self = vrf_wiretap_open(name, &c->backend, error);
    g_free(name);
    return self;
}

/* Was the file written to since it was opened, as far as the file system says? */
static bool
has_changed(const struct vrf_capture *c)
{
    struct vrf_file_state now;
    struct stat st;

    if (!c->is_still)
        return false;
    if (fstat(c->fd, &st) != 0)
        return true;
    now = vrf_file_state(&st);
    return !vrf_file_is_same(&c->opened, &now);
}

static void
close_files(const struct vrf_capture *c)
{
    if (c->fd > STDIN_FILENO)
        close(c->fd);
    if (c->spooled >= 0)
        close(c->spooled);
}

struct vrf_capture *
vrf_capture_open(const char *path, struct vrf_follow *follow, char error[VRF_CAPTURE_ERROR])
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct vrf_capture *c = g_new0(struct vrf_capture, 1);
    uint8_t start[VRF_CAPTURE_START];
    struct stat st;
    ssize_t n;

    error[0] = '\0';
    c->size = -1;
    c->spooled = -1;
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
        c->opened = vrf_file_state(&st);
        c->is_still = follow == NULL;
        c->size = c->is_still ? st.st_size : -1;
        (void)posix_fadvise(c->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    n = read_fully(c->fd, follow, start, sizeof(start), error);
    if (n < 0)
        goto fail;
    c->self = vrf_pcap_open(c->fd, follow, start, (size_t)n, &c->backend, error);
    if (c->self == NULL && error[0] == '\0' && follow != NULL)
        snprintf(error, VRF_CAPTURE_ERROR,
            "is not pcap or pcapng, the only formats that can be read while they are written");
    else if (c->self == NULL && error[0] == '\0') {
        c->is_other = true;
        c->self = open_other(c, is_stdin ? "/dev/stdin" : path, start, (size_t)n, error);
    }
    if (c->self != NULL)
        return c;
fail:
    close_files(c);
    g_free(c);
    return NULL;
}

enum vrf_read
vrf_capture_read(struct vrf_capture *c, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    enum vrf_read read;

    block->used = 0;
    block->n_frames = 0;
    block->ends_origin = false;
    g_clear_pointer(&block->origins, g_free);
    block->max_origins = 0;
    error[0] = '\0';
    read = c->backend->read(c->self, block, error);
    if (read != VRF_READ_MORE && has_changed(c))
        snprintf(error, VRF_CAPTURE_ERROR, "was changed while it was read");
    else if (read == VRF_READ_END && c->is_other &&
             vrf_zstd_is_cut(c->spooled >= 0 ? c->spooled : c->fd))
        snprintf(
            error, VRF_CAPTURE_ERROR, "the file is cut short in the middle of its compressed data");
    else
        return read;
    return VRF_READ_BROKEN;
}

const char *
vrf_capture_interface_name(const struct vrf_capture *c, const struct vrf_frame *frame)
{
    return c->backend->interface_name(c->self, frame->interface);
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
    close_files(c);
    g_free(c);
}
