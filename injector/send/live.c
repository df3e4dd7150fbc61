/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send/live.h"

#include "send/interrupt.h"
#include "send/xdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BATCH 64u
#define SLOT (16u * 1024u) /* jumbo frames fit; longer frames are sent alone */
#define LEAST_MTU 68       /* of IPv4 (RFC 791): less has no room for a fragment and its header */
#define PATIENCE 20000u    /* waits of 50 us for room in the queue, before giving up */
#define TRIALS 1000u       /* of binding the fast socket, as many full batches apart */
#define NOBODY 65534u

struct inj_live {
    int fd;
    struct inj_xdp *fast; /* for full batches; NULL if it is of no use here */
    bool bound;           /* the fast socket */
    unsigned trials;
    unsigned interface;
    int control; /* an ordinary socket, to query the neighbour table */
    char name[IFNAMSIZ];
    size_t mtu;
    uint8_t mac[6];
    char why[160];
    unsigned n; /* frames gathered */
    struct mmsghdr message[BATCH];
    struct iovec vector[BATCH];
    uint8_t slot[BATCH][SLOT];
};

/* In a user namespace without the user nobody, only capabilities can be dropped. */
bool
inj_drop_privileges(char *why, size_t size)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

    if (geteuid() == 0) {
        if (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0)
            (void)!setresuid(NOBODY, NOBODY, NOBODY);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_capset, &header, none) == 0)
        return true;
    snprintf(why, size, "cannot give up privileges: %s", strerror(errno));
    return false;
}

static bool
ask(int fd, const char *name, unsigned long what, struct ifreq *req)
{
    memset(req, 0, sizeof(*req));
    memcpy(req->ifr_name, name, strlen(name) + 1);
    return ioctl(fd, what, req) == 0;
}

static bool
bind_to(struct inj_live *l, char *why, size_t size)
{
    struct sockaddr_ll at = { .sll_family = AF_PACKET };
    struct ifreq req;

    if (!ask(l->fd, l->name, SIOCGIFINDEX, &req)) {
        snprintf(why, size, "no such interface; 'ip link' lists them");
        return false;
    }
    at.sll_ifindex = req.ifr_ifindex;
    l->interface = (unsigned)req.ifr_ifindex;
    if (!ask(l->fd, l->name, SIOCGIFFLAGS, &req) || (req.ifr_flags & IFF_UP) == 0) {
        snprintf(why, size, "is down; 'ip link set %s up' first", l->name);
        return false;
    }
    if ((req.ifr_flags & IFF_RUNNING) == 0) {
        snprintf(why, size, "has no carrier; plug it in, or bring up the other end");
        return false;
    }
    if (!ask(l->fd, l->name, SIOCGIFHWADDR, &req) ||
        (req.ifr_hwaddr.sa_family != ARPHRD_ETHER && req.ifr_hwaddr.sa_family != ARPHRD_LOOPBACK)) {
        snprintf(
            why, size, "is not an Ethernet interface (hardware type %d)", req.ifr_hwaddr.sa_family);
        return false;
    }
    memcpy(l->mac, req.ifr_hwaddr.sa_data, sizeof(l->mac));
    if (!ask(l->fd, l->name, SIOCGIFMTU, &req) ||
        bind(l->fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
        snprintf(why, size, "%s", strerror(errno));
        return false;
    }
    if (req.ifr_mtu < LEAST_MTU) {
        snprintf(why, size, "has an MTU of %d, and IPv4 needs %d; 'ip link set %s mtu 1500' first",
            req.ifr_mtu, LEAST_MTU, l->name);
        return false;
    }
    l->mtu = (size_t)req.ifr_mtu;
    /* No kernel queue between us and the interface; where that is not supported, use the queue. */
    (void)setsockopt(l->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &(int){ 1 }, sizeof(int));
    return true;
}

struct inj_live *
inj_live_open(const char *name, char *why, size_t size)
{
    struct inj_live *l;

    if (strlen(name) >= IFNAMSIZ) {
        snprintf(why, size, "the name is too long for an interface");
        return NULL;
    }
    l = calloc(1, sizeof(*l));
    if (l == NULL) {
        snprintf(why, size, "out of memory");
        return NULL;
    }
    strcpy(l->name, name);
    l->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    /* Protocol 0: it receives nothing. */
    l->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (l->fd < 0) {
        snprintf(why, size, "%s",
            errno == EPERM ? "sending needs CAP_NET_RAW; --write=FILE does not" : strerror(errno));
    } else if (bind_to(l, why, size)) {
        l->fast = inj_xdp_open();
        return l;
    }
    inj_live_close(l);
    return NULL;
}

void
inj_live_close(struct inj_live *l)
{
    if (l == NULL)
        return;
    inj_xdp_close(l->fast);
    if (l->fd >= 0)
        close(l->fd);
    if (l->control >= 0)
        close(l->control);
    free(l);
}

/* The kernel refused a frame: count it, and keep the reason for inj_live_error(). */
static void
refuse(struct inj_live *l, struct inj_sent *sent)
{
    snprintf(l->why, sizeof(l->why), "%s: %s", l->name, strerror(errno));
    sent->errors++;
}

static void
leave_fast(struct inj_live *l)
{
    inj_xdp_close(l->fast);
    l->fast = NULL;
}

/*
 * Should the fast socket send what is gathered?  It is worth its memory only for full batches. It
 * does not check the length of a frame as the packet socket does, so that is done here.
 */
static bool
is_fast(struct inj_live *l)
{
    if (l->fast == NULL || l->n < BATCH)
        return false;
    for (unsigned i = 0; i < l->n; i++) {
        const size_t len = l->vector[i].iov_len;

        if (len < ETH_HLEN || len > l->mtu + ETH_HLEN || len > INJ_XDP_FRAME)
            return false;
    }
    if (!l->bound) {
        l->bound = inj_xdp_bind(l->fast, l->interface);
        if (!l->bound && (errno != EBUSY || ++l->trials == TRIALS))
            leave_fast(l);
    }
    return l->bound && l->fast != NULL;
}

/* What the fast socket will not take, the packet socket sends, or says why it cannot. */
static int
send_some(struct inj_live *l, unsigned from, bool *fast)
{
    if (*fast) {
        int n = inj_xdp_send(l->fast, l->vector + from, l->n - from);

        if (n > 0 || errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
            return n;
        leave_fast(l);
        *fast = false;
    }
    return sendmmsg(l->fd, l->message + from, l->n - from, 0);
}

bool
inj_live_flush(struct inj_live *l, struct inj_sent *sent)
{
    unsigned from = 0, waits = 0;
    bool fast = is_fast(l);

    while (from < l->n) {
        int n = send_some(l, from, &fast);

        if (n < 0 && (errno == EINTR || errno == ENOBUFS || errno == EAGAIN) && waits < PATIENCE) {
            if (inj_interrupted()) {
                l->n = 0; /* the gathered frames are dropped */
                leave_fast(l);
                return false;
            }
            if (errno != EINTR) {
                /* The queue is full: it drains by itself, unless the carrier is lost. */
                usleep(50);
                waits++;
            }
            continue;
        }
        if (n <= 0) {
            refuse(l, sent);
            if (waits == PATIENCE) { /* the queue does not drain */
                leave_fast(l);
                sent->errors += l->n - from - 1;
                break;
            }
            n = 1; /* only this one; the rest may be accepted */
        } else {
            sent->frames += (unsigned)n;
            for (int i = 0; i < n; i++)
                sent->octets += l->vector[from + (unsigned)i].iov_len;
        }
        from += (unsigned)n;
        waits = 0;
    }
    l->n = 0;
    return sent->errors == 0;
}

bool
inj_live_put(struct inj_live *l, const uint8_t *frame, size_t len, struct inj_sent *sent)
{
    const bool fits = len <= SLOT;

    if (!fits && !inj_live_flush(l, sent))
        return false;
    if (fits)
        memcpy(l->slot[l->n], frame, len);
    /* A frame too long for a slot is borrowed; it is sent before we return. */
    l->vector[l->n] = (struct iovec){ fits ? l->slot[l->n] : (uint8_t *)frame, len };
    l->message[l->n].msg_hdr = (struct msghdr){ .msg_iov = &l->vector[l->n], .msg_iovlen = 1 };
    if (++l->n < BATCH && fits)
        return true;
    return inj_live_flush(l, sent);
}

const char *
inj_live_error(const struct inj_live *l)
{
    return l->why;
}

size_t
inj_live_mtu(const struct inj_live *l)
{
    return l->mtu;
}

const uint8_t *
inj_live_mac(const struct inj_live *l)
{
    return l->mac;
}

bool
inj_live_neighbour(const struct inj_live *l, uint32_t addr, uint8_t mac[6])
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(addr) } };
    struct arpreq req = { .arp_flags = 0 };

    memcpy(&req.arp_pa, &in, sizeof(in));
    memcpy(req.arp_dev, l->name, sizeof(l->name));
    if (ioctl(l->control, SIOCGARP, &req) != 0 || (req.arp_flags & ATF_COM) == 0)
        return false;
    memcpy(mac, req.arp_ha.sa_data, 6);
    return true;
}
