/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };
/* The first line of a part's report names all captures; this is enough for ten million. */
#define LONGEST ((size_t)1 << 30)

int
vrf_lines_open(struct vrf_lines *l, const char *path)
{
    *l = (struct vrf_lines){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
    if (l->fd < 0)
        return errno;
    (void)posix_fadvise(l->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    l->room = BLOCK;
    l->block = g_malloc(l->room);
    return 0;
}

int
vrf_lines_rewind(struct vrf_lines *l)
{
    l->from = l->to = 0;
    l->at_end = false;
    return lseek(l->fd, 0, SEEK_SET) == 0 ? 0 : errno;
}

/* Read more octets after those that are left, which move to the front.  False at the end. */
static bool
read_more(struct vrf_lines *l)
{
    ssize_t n;

    if (l->at_end)
        return false;
    if (l->from == 0 && l->to == l->room) {
        char *block = l->room < LONGEST ? g_try_realloc(l->block, 2 * l->room) : NULL;

        if (block == NULL)
            return false;
        l->block = block;
        l->room *= 2;
    }
    memmove(l->block, l->block + l->from, l->to - l->from);
    l->to -= l->from;
    l->from = 0;
    do
        n = read(l->fd, l->block + l->to, l->room - l->to);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        l->error = errno;
    l->at_end = n <= 0;
    l->to += n > 0 ? (size_t)n : 0;
    return n > 0;
}

/* Are n octets there? */
static bool
reach(struct vrf_lines *l, size_t n)
{
    while (l->to - l->from < n)
        if (!read_more(l))
            return false;
    return true;
}

struct vrf_slice
vrf_lines_skip_compact(struct vrf_lines *l)
{
    const size_t from = l->from;

    while (vrf_lines_has_compact(l))
        l->from += VRF_COMPACT_SIZE;
    return (struct vrf_slice){ l->block + from, l->from - from };
}

bool
vrf_lines_next(struct vrf_lines *l, struct vrf_slice *line)
{
    size_t seen = 0; /* octets already searched for the end of the line */

    if (!reach(l, 1))
        return false;
    if (l->block[l->from] == VRF_COMPACT_MARK) {
        if (!reach(l, VRF_COMPACT_SIZE))
            return false;
        *line = (struct vrf_slice){ l->block + l->from, VRF_COMPACT_SIZE };
        l->from += VRF_COMPACT_SIZE;
        return true;
    }
    for (;;) {
        const char *start = l->block + l->from;
        const char *end = memchr(start + seen, '\n', l->to - l->from - seen);

        if (end != NULL) {
            *line = (struct vrf_slice){ start, (size_t)(end - start) + 1 };
            l->from += line->n;
            return true;
        }
        seen = l->to - l->from;
        if (!read_more(l))
            return false;
    }
}

void
vrf_lines_close(struct vrf_lines *l)
{
    if (l->block == NULL)
        return; /* it was never opened */
    (void)close(l->fd);
    g_free(l->block);
    l->block = NULL;
}
