/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send/xdp.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef AF_XDP
#define AF_XDP 44
#endif
#ifndef SOL_XDP
#define SOL_XDP 283
#endif

#define FRAMES 256u /* in shared memory, and in each ring; a power of two */
#define AREA ((size_t)FRAMES * INJ_XDP_FRAME)

/* A ring in shared memory: one end advances the producer, the other the consumer. */
struct ring {
    void *map;
    size_t size;
    uint32_t *producer, *consumer;
    void *entry;
};

struct inj_xdp {
    int fd;
    uint8_t *area;
    struct ring sending;   /* struct xdp_desc; we produce */
    struct ring completed; /* uint64_t, offsets in the area; we consume */
    uint32_t free[FRAMES]; /* a stack of offsets */
    unsigned n_free;
    bool dropped; /* the driver refused a frame */
};

static bool
map_ring(
    struct inj_xdp *x, struct ring *r, const struct xdp_ring_offset *at, size_t entry, off_t page)
{
    r->size = at->desc + FRAMES * entry;
    r->map = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, x->fd, page);
    if (r->map == MAP_FAILED)
        return false;
    r->producer = (uint32_t *)((uint8_t *)r->map + at->producer);
    r->consumer = (uint32_t *)((uint8_t *)r->map + at->consumer);
    r->entry = (uint8_t *)r->map + at->desc;
    return true;
}

static bool
set(const struct inj_xdp *x, int option, const void *value, socklen_t size)
{
    return setsockopt(x->fd, SOL_XDP, option, value, size) == 0;
}

struct inj_xdp *
inj_xdp_open(void)
{
    struct inj_xdp *x = calloc(1, sizeof(*x));

    if (x == NULL)
        return NULL;
    x->area = MAP_FAILED;
    x->sending.map = x->completed.map = MAP_FAILED;
    x->fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (x->fd >= 0)
        return x;
    inj_xdp_close(x);
    return NULL;
}

void
inj_xdp_close(struct inj_xdp *x)
{
    if (x == NULL)
        return;
    if (x->sending.map != MAP_FAILED)
        munmap(x->sending.map, x->sending.size);
    if (x->completed.map != MAP_FAILED)
        munmap(x->completed.map, x->completed.size);
    if (x->fd >= 0)
        close(x->fd);
    if (x->area != MAP_FAILED)
        munmap(x->area, AREA);
    free(x);
}

/* The shared memory and its rings. */
static bool
share(struct inj_xdp *x)
{
    const unsigned entries = FRAMES;
    const unsigned unused = 1; /* the kernel demands a ring for receiving, too */
    struct xdp_umem_reg area = { .len = AREA, .chunk_size = INJ_XDP_FRAME };
    struct xdp_mmap_offsets at;
    socklen_t size = sizeof(at);

    x->area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (x->area == MAP_FAILED)
        return false;
    area.addr = (uintptr_t)x->area;
    if (!set(x, XDP_UMEM_REG, &area, sizeof(area)) ||
        !set(x, XDP_UMEM_FILL_RING, &unused, sizeof(unused)) ||
        !set(x, XDP_UMEM_COMPLETION_RING, &entries, sizeof(entries)) ||
        !set(x, XDP_TX_RING, &entries, sizeof(entries)) ||
        getsockopt(x->fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &size) != 0 ||
        !map_ring(x, &x->sending, &at.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING) ||
        !map_ring(x, &x->completed, &at.cr, sizeof(uint64_t), XDP_UMEM_PGOFF_COMPLETION_RING))
        return false;
    for (unsigned i = 0; i < FRAMES; i++)
        x->free[x->n_free++] = i * INJ_XDP_FRAME;
    return true;
}

bool
inj_xdp_bind(struct inj_xdp *x, unsigned interface)
{
    const struct sockaddr_xdp at = {
        .sxdp_family = AF_XDP, .sxdp_ifindex = interface, .sxdp_flags = XDP_COPY
    };

    return (x->area != MAP_FAILED || share(x)) &&
           bind(x->fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
}

/* Frames whose transmission is complete are free again, in whatever order they come. */
static void
reclaim(struct inj_xdp *x)
{
    const uint32_t end = __atomic_load_n(x->completed.producer, __ATOMIC_ACQUIRE);
    const uint64_t *offset = x->completed.entry;
    uint32_t i = *x->completed.consumer;

    for (; i != end && x->n_free < FRAMES; i++)
        x->free[x->n_free++] = (uint32_t)offset[i % FRAMES];
    __atomic_store_n(x->completed.consumer, i, __ATOMIC_RELEASE);
}

int
inj_xdp_send(struct inj_xdp *x, const struct iovec *frame, unsigned n)
{
    const uint32_t start = __atomic_load_n(x->sending.consumer, __ATOMIC_ACQUIRE);
    struct xdp_desc *entry = x->sending.entry;
    uint32_t end = *x->sending.producer;
    unsigned taken;
    int error;

    if (x->dropped) {
        errno = EBUSY;
        return -1;
    }
    reclaim(x);
    /* The first frames are in the ring already if they were not taken the last time. */
    for (unsigned i = end - start; i < n && x->n_free > 0; i++, end++) {
        const uint32_t offset = x->free[--x->n_free];

        memcpy(x->area + offset, frame[i].iov_base, frame[i].iov_len);
        entry[end % FRAMES] = (struct xdp_desc){ offset, (uint32_t)frame[i].iov_len, 0 };
    }
    __atomic_store_n(x->sending.producer, end, __ATOMIC_RELEASE);
    error = sendto(x->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) == 0 ? EAGAIN : errno;
    taken = __atomic_load_n(x->sending.consumer, __ATOMIC_ACQUIRE) - start;
    if (taken > 0 && error == EBUSY) {
        x->dropped = true; /* the driver dropped the last of those taken */
        taken--;
    }
    if (taken > 0)
        return (int)taken;
    errno = error;
    return -1;
}
