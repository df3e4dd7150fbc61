/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };
/* The first line of a part's report names all captures; this is enough for ten million. */
#define LONGEST ((size_t)1 << 30)

/* Go to an offset of what can be read again.  Returns 0 or an errno. */
static int
seek(int fd, uint64_t offset)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? EISDIR : ESPIPE;
    return offset == 0 || lseek(fd, (off_t)offset, SEEK_SET) >= 0 ? 0 : errno;
}

int
vrf_input_open(struct vrf_input *in, const char *path, uint64_t offset)
{
    int error;

    /* Not waiting for somebody to write into a pipe. */
    *in = (struct vrf_input){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
    if (in->fd < 0)
        return errno;
    error = seek(in->fd, offset);
    if (error != 0) {
        (void)close(in->fd);
        return error;
    }
    (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    in->room = BLOCK;
    in->block = g_malloc(in->room);
    return 0;
}

const char *
vrf_input_fault(int error)
{
    return error == ESPIPE ? "must be a file: it is read twice" : g_strerror(error);
}

int
vrf_input_rewind(struct vrf_input *in)
{
    in->from = in->to = 0;
    in->at_end = false;
    return lseek(in->fd, 0, SEEK_SET) == 0 ? 0 : errno;
}

bool
vrf_input_more(struct vrf_input *in)
{
    ssize_t n;

    if (in->at_end)
        return false;
    if (in->from == 0 && in->to == in->room) {
        char *block = in->room < LONGEST ? g_try_realloc(in->block, 2 * in->room) : NULL;

        if (block == NULL)
            return false;
        in->block = block;
        in->room *= 2;
    }
    memmove(in->block, in->block + in->from, vrf_input_left(in));
    in->to -= in->from;
    in->from = 0;
    do
        n = read(in->fd, in->block + in->to, in->room - in->to);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        in->error = errno;
    in->at_end = n <= 0;
    in->to += n > 0 ? (size_t)n : 0;
    return n > 0;
}

void
vrf_input_close(struct vrf_input *in)
{
    if (in->block == NULL)
        return; /* it was never opened */
    (void)close(in->fd);
    g_free(in->block);
    in->block = NULL;
}
