/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/file_state.h"

#include <sys/stat.h>

#include "mipro_time.h"

static int64_t
nanoseconds(const struct timespec *time)
{
    return (int64_t)((uint64_t)time->tv_sec * MIPRO_SECOND + (uint64_t)time->tv_nsec);
}

struct vrf_file_state
vrf_file_state(const struct stat *st)
{
    return (struct vrf_file_state){ st->st_dev, st->st_ino, st->st_nlink, st->st_size,
        nanoseconds(&st->st_mtim), nanoseconds(&st->st_ctim) };
}

static bool
is_one_file(const struct vrf_file_state *a, const struct vrf_file_state *b)
{
    return a->device == b->device && a->inode == b->inode;
}

bool
vrf_file_is_same(const struct vrf_file_state *then, const struct vrf_file_state *now)
{
    return is_one_file(then, now) && then->size == now->size && then->written == now->written &&
           (then->changed == now->changed || then->links != now->links);
}

bool
vrf_file_has_grown(const struct vrf_file_state *then, const struct vrf_file_state *now)
{
    return is_one_file(then, now) && then->size < now->size;
}
