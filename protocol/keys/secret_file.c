/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
mipro_secret_wipe(uint8_t *octets, size_t len)
{
    if (octets != NULL)
        explicit_bzero(octets, len);
    free(octets);
}

/* Double the size of a buffer that holds secrets, and wipe the old one. */
static uint8_t *
grow(uint8_t *octets, size_t len, size_t *room)
{
    uint8_t *more = malloc(*room * 2);

    if (more != NULL) {
        memcpy(more, octets, len);
        *room *= 2;
    }
    mipro_secret_wipe(octets, len);
    return more;
}

uint8_t *
mipro_secret_read(
    const char *path, size_t max, bool pipes, size_t *len, unsigned *mode, const char **why)
{
    size_t room = max < 4096 ? max + 1 : 4097;
    uint8_t *octets = NULL;
    struct stat st;
    ssize_t n = 0;
    int fd;

    *len = 0;
    /* Opening a pipe without a writer would block. */
    fd = open(path, O_RDONLY | O_CLOEXEC | (pipes ? 0 : O_NONBLOCK));
    if (fd < 0 || fstat(fd, &st) != 0) {
        *why = g_strerror(errno);
    } else if (S_ISDIR(st.st_mode)) {
        *why = "is a directory";
    } else if (!S_ISREG(st.st_mode) && !pipes) {
        *why = "is not a regular file";
    } else {
        *mode = S_ISREG(st.st_mode) ? st.st_mode & 07777 : 0;
        octets = malloc(room);
        while (octets != NULL && *len <= max) {
            if (*len == room)
                octets = grow(octets, *len, &room);
            if (octets == NULL)
                break;
            n = read(fd, octets + *len, room - *len);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                break;
            *len += (size_t)n;
        }
        if (octets == NULL || n < 0) {
            *why = g_strerror(octets == NULL ? ENOMEM : errno);
            mipro_secret_wipe(octets, *len);
            octets = NULL;
        } else if (*len > max) {
            *why = "is too long";
            mipro_secret_wipe(octets, *len);
            octets = NULL;
        }
    }
    if (fd >= 0)
        close(fd);
    return octets;
}
