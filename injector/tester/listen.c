/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "send/interrupt.h"
#include "send/pcapng.h"

#define FRAME_ROOM (65535 + 64) /* of a loopback interface, which has the greatest MTU */
#define RECEIVE_ROOM (8 << 20)

#define DRAIN (MIPRO_SECOND / 2) /* at most this long, frames that came before are read */

struct inj_listener {
    int packets;  /* all that passes on the interface */
    int absorber; /* our own port, never read; -1: not available */
    char name[IFNAMSIZ];
    FILE *record;        /* pcapng, or NULL */
    bool unrecorded;     /* part of it could not be written */
    char note[INJ_NOTE]; /* on the current packets */
    struct inj_receiver *receiver;
    uint8_t frame[FRAME_ROOM];
};

static int64_t
read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * MIPRO_SECOND + now.tv_nsec;
}

int64_t
inj_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t
inj_realtime(void)
{
    return read_clock(CLOCK_REALTIME);
}

static bool
bind_packets(struct inj_listener *l, char *why, size_t size)
{
    struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
    int room = RECEIVE_ROOM, on = 1;

    at.sll_ifindex = (int)if_nametoindex(l->name);
    if (at.sll_ifindex == 0) {
        snprintf(why, size, "no such interface; 'ip link' lists them");
        return false;
    }
    l->packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->packets < 0) {
        snprintf(why, size, "%s",
            errno == EPERM ? "listening needs CAP_NET_RAW; try as root" : strerror(errno));
        return false;
    }
    if (setsockopt(l->packets, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
        (void)setsockopt(l->packets, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    (void)setsockopt(l->packets, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
    if (bind(l->packets, (struct sockaddr *)&at, sizeof(at)) == 0)
        return true;
    snprintf(why, size, "%s", strerror(errno));
    return false;
}

/* If the address is not ours, or the port is in use, there is nothing to absorb. */
static void
absorb(struct inj_listener *l, uint32_t source)
{
    struct sockaddr_in self = { .sin_family = AF_INET, .sin_port = htons(MIPRO_PORT) };
    int room = 1;

    self.sin_addr.s_addr = htonl(source);
    l->absorber = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (l->absorber >= 0)
        (void)setsockopt(l->absorber, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (l->absorber >= 0 && bind(l->absorber, (struct sockaddr *)&self, sizeof(self)) != 0) {
        close(l->absorber);
        l->absorber = -1;
    }
}

struct inj_listener *
inj_listener_open(const char *interface, uint32_t source, char *why, size_t size)
{
    struct inj_listener *l = calloc(1, sizeof(*l));

    if (strlen(interface) >= sizeof(l->name)) {
        snprintf(why, size, "the name is too long for an interface");
        free(l);
        return NULL;
    }
    snprintf(why, size, "out of memory");
    if (l == NULL)
        return NULL;
    strcpy(l->name, interface);
    l->packets = l->absorber = -1;
    l->receiver = inj_receiver_new();
    if (l->receiver != NULL && bind_packets(l, why, size)) {
        absorb(l, source);
        return l;
    }
    inj_listener_close(l);
    return NULL;
}

void
inj_listener_close(struct inj_listener *l)
{
    if (l == NULL)
        return;
    (void)inj_listener_record(l, NULL);
    inj_receiver_free(l->receiver);
    if (l->packets >= 0)
        close(l->packets);
    if (l->absorber >= 0)
        close(l->absorber);
    free(l);
}

static uint32_t
ipv4_of(const struct sockaddr *a)
{
    struct sockaddr_in in;

    memcpy(&in, a, sizeof(in));
    return ntohl(in.sin_addr.s_addr);
}

typedef bool address_fn(const struct ifaddrs *a, uint32_t addr, void *ctx);

/* Does one of the interface's addresses satisfy the test? */
static bool
any_address(const struct inj_listener *l, uint32_t addr, address_fn *test, void *ctx)
{
    struct ifaddrs *all;
    bool found = false;

    if (getifaddrs(&all) != 0)
        return false;
    for (const struct ifaddrs *a = all; a != NULL && !found; a = a->ifa_next)
        found = a->ifa_addr != NULL && a->ifa_addr->sa_family == AF_INET &&
                strcmp(a->ifa_name, l->name) == 0 && test(a, addr, ctx);
    freeifaddrs(all);
    return found;
}

static bool
is_address(const struct ifaddrs *a, uint32_t addr, void *ctx)
{
    uint32_t apart = ipv4_of(a->ifa_addr) ^ addr;

    (void)ctx;
    if ((a->ifa_flags & IFF_LOOPBACK) && a->ifa_netmask != NULL)
        apart &= ipv4_of(a->ifa_netmask); /* all of 127.0.0.0/8 is local */
    return apart == 0;
}

static bool
holds_address(const struct ifaddrs *a, uint32_t addr, void *ctx)
{
    uint32_t *mask = ctx;

    if (a->ifa_netmask == NULL)
        return false;
    *mask = ipv4_of(a->ifa_netmask);
    return ((ipv4_of(a->ifa_addr) ^ addr) & *mask) == 0;
}

bool
inj_listener_owns(const struct inj_listener *l, uint32_t addr)
{
    return any_address(l, addr, is_address, NULL);
}

bool
inj_listener_mask(const struct inj_listener *l, uint32_t addr, uint32_t *mask)
{
    return any_address(l, addr, holds_address, mask);
}

bool
inj_listener_record(struct inj_listener *l, FILE *stream)
{
    bool whole = true;

    if (l->record != NULL)
        whole = fclose(l->record) == 0 && !l->unrecorded;
    l->record = stream;
    l->unrecorded = stream != NULL && !inj_pcapng_header(stream);
    return whole;
}

void
inj_listener_note(struct inj_listener *l, const char *note)
{
    (void)snprintf(l->note, sizeof(l->note), "%s", note);
}

/* way: whether it was sent or received. */
static void
record_frame(struct inj_listener *l, const char *way, const uint8_t *frame, size_t len)
{
    char comment[INJ_NOTE + 32];

    if (l->record == NULL)
        return;
    (void)snprintf(comment, sizeof(comment), "%s: %s", way, l->note);
    if (!inj_pcapng_packet(l->record, inj_realtime(), frame, len, comment))
        l->unrecorded = true;
}

void
inj_listener_sent(struct inj_listener *l, const uint8_t *frame, size_t len)
{
    record_frame(l, "sent", frame, len);
}

/* Are its checksums left to be computed by a network card, because of offloading? */
static bool
is_unsummed(struct msghdr *msg)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        struct tpacket_auxdata aux;

        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&aux, CMSG_DATA(c), sizeof(aux));
        return (aux.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
    }
    return true; /* unknown: do not judge them */
}

/* Read one frame, if there is one.  *answered: it contained something that the node sent. */
static bool
take_frame(
    struct inj_listener *l, const struct inj_scope *scope, struct inj_heard *heard, bool *answered)
{
    struct sockaddr_ll from;
    union {
        struct cmsghdr align;
        uint8_t octets[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    } control;
    struct iovec iov = { l->frame, sizeof(l->frame) };
    struct msghdr msg = { .msg_name = &from,
        .msg_namelen = sizeof(from),
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control) };
    ssize_t n = recvmsg(l->packets, &msg, 0);

    *answered = false;
    if (n < 0)
        return false;
    if (from.sll_pkttype == PACKET_OUTGOING)
        return true; /* whether our own frames are seen depends on how they are sent */
    record_frame(l, "received", l->frame, (size_t)n);
    *answered = inj_receive(
        l->receiver, l->frame, (size_t)n, is_unsummed(&msg), scope, inj_realtime(), heard);
    return true;
}

void
inj_listen(struct inj_listener *l, const struct inj_scope *scope, int64_t until,
    struct inj_heard *heard, inj_enough *enough, void *ctx)
{
    /* Frames that have already arrived are read even if the time is up; later ones are not. */
    const int64_t last = (until > inj_monotonic() ? until : inj_monotonic()) + DRAIN;

    for (;;) {
        struct pollfd fd = { .fd = l->packets, .events = POLLIN };
        bool answered;
        const bool more = take_frame(l, scope, heard, &answered);
        const int64_t now = inj_monotonic(), left = until - now;
        struct timespec wait;

        if (answered && enough != NULL && enough(ctx))
            return;
        if (inj_interrupted() || now > last || (!more && left <= 0))
            return;
        if (more)
            continue;
        wait = (struct timespec){ left / MIPRO_SECOND, left % MIPRO_SECOND };
        if (ppoll(&fd, 1, &wait, NULL) < 0 && errno != EINTR)
            return;
    }
}
