/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write_all.h - write octets to a file descriptor, in as many calls as it takes. */
#ifndef VRF_WRITE_ALL_H
#define VRF_WRITE_ALL_H

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* Returns 0 or an errno. */
static inline int
vrf_write_all(int fd, const void *octets, size_t n)
{
    const char *from = octets;

    while (n != 0) {
        ssize_t written = write(fd, from, n);

        if (written < 0 && errno != EINTR)
            return errno;
        if (written > 0) {
            from += written;
            n -= (size_t)written;
        }
    }
    return 0;
}

#endif
