/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serve.c - the sockets and the main loop; see respond.h. */
#include "respond/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 20 /* while something is pending */
#define RECEIVE_ROOM (4 << 20)
#define IP_LEAST 20u

void
inj_die_of_fault(const struct inj_responder *r)
{
    inj_complain("fault %s: crashed on this message", r->fault->name);
    _exit(INJ_UNSENT);
}

static void
receive(struct inj_responder *r, const struct inj_datagram *p)
{
    struct mipro_message m;

    mipro_message_parse(&m, p->octets, p->len, p->len, &r->set, MIPRO_IDENT_UNKNOWN);
    if (inj_fault_kills(r->fault, &m))
        inj_die_of_fault(r);
    if (inj_fault_withholds(r->fault, &m) ||
        (p->sport != MIPRO_PORT && inj_does(r, INJ_ANSWERS_434_ONLY)))
        return;
    switch (r->setup.role) {
    case INJ_AS_CORRESPONDENT:
    case INJ_AS_PREVIOUS_AGENT:
        inj_receive_update(r, p);
        break;
    case INJ_AS_NEW_AGENT:
        inj_new_agent_receive(r, p);
        inj_receive_update(r, p);
        break;
    case INJ_AS_HOME_AGENT:
        inj_home_receive(r, p);
        break;
    case INJ_AS_MOBILE_NODE:
        inj_mobile_receive(r, p);
        break;
    case INJ_ROLES:
        break;
    }
}

/* Read a UDP datagram, and the address that it was sent to. */
static void
read_udp(struct inj_responder *r)
{
    static uint8_t buf[INJ_MAX_DATAGRAM];
    uint8_t control[128];
    struct sockaddr_in from = { 0 };
    struct iovec iov = { buf, sizeof(buf) };
    struct msghdr msg = { .msg_name = &from,
        .msg_namelen = sizeof(from),
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control) };
    const ssize_t n = recvmsg(r->udp, &msg, MSG_DONTWAIT);
    struct inj_datagram p = { .octets = buf, .dst = r->address };

    if (n < 0)
        return;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo to;

            memcpy(&to, CMSG_DATA(c), sizeof(to));
            p.dst = ntohl(to.ipi_addr.s_addr);
        }
    }
    p.len = (size_t)n;
    p.src = ntohl(from.sin_addr.s_addr);
    p.sport = ntohs(from.sin_port);
    receive(r, &p);
}

/* Raw sockets deliver the IP header too: skip it.  NULL: it is malformed. */
static const uint8_t *
skip_ip(const uint8_t *buf, size_t n, uint32_t *src, uint32_t *dst, size_t *left)
{
    const size_t header = n < IP_LEAST ? 0 : (size_t)(buf[0] & 15) * 4;

    if (n < IP_LEAST || buf[0] >> 4 != 4 || header < IP_LEAST || header > n)
        return NULL;
    memcpy(src, buf + 12, sizeof(*src));
    memcpy(dst, buf + 16, sizeof(*dst));
    *src = ntohl(*src);
    *dst = ntohl(*dst);
    *left = n - header;
    return buf + header;
}

/* IP in IP: read a datagram to be tunnelled on. */
static void
read_tunnel(struct inj_responder *r)
{
    static uint8_t buf[INJ_MAX_DATAGRAM];
    const ssize_t n = recv(r->ipip, buf, sizeof(buf), MSG_DONTWAIT);
    struct inj_datagram inner = { 0 };
    uint32_t src, dst;
    const uint8_t *octets;
    size_t left, rest;

    if (n < 0)
        return;
    octets = skip_ip(buf, (size_t)n, &src, &dst, &left);
    if (octets == NULL || dst != r->address ||
        skip_ip(octets, left, &inner.src, &inner.dst, &rest) == NULL)
        return;
    inj_receive_tunnelled(r, &inner, src, octets, left);
}

static void
read_icmp(struct inj_responder *r)
{
    static uint8_t buf[INJ_MAX_DATAGRAM];
    const ssize_t n = recv(r->icmp, buf, sizeof(buf), MSG_DONTWAIT);
    uint32_t src, dst;
    const uint8_t *icmp;
    size_t left;

    if (n < 0)
        return;
    icmp = skip_ip(buf, (size_t)n, &src, &dst, &left);
    if (icmp != NULL)
        inj_mobile_hear(r, src, icmp, left);
}

static int
open_socket(int type, int protocol, const char *what)
{
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, protocol);

    if (fd < 0)
        inj_complain("%s: %s; a network namespace of your own grants it (docs/testing.md)", what,
            strerror(errno));
    return fd;
}

static bool
open_sockets(struct inj_responder *r)
{
    struct sockaddr_in self = { .sin_family = AF_INET, .sin_port = htons(MIPRO_PORT) };
    const enum inj_role role = r->setup.role;
    const int on = 1, room = RECEIVE_ROOM;

    r->ipip = r->icmp = -1;
    /* Bound to any address, so that broadcasts are received too. */
    r->udp = open_socket(SOCK_DGRAM, 0, "UDP");
    if (r->udp < 0)
        return false;
    (void)setsockopt(r->udp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    (void)setsockopt(r->udp, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
    (void)setsockopt(r->udp, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
    (void)setsockopt(r->udp, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (bind(r->udp, (struct sockaddr *)&self, sizeof(self)) < 0) {
        inj_complain("UDP port %d: %s; a network namespace of your own grants it "
                     "(docs/testing.md)",
            MIPRO_PORT, strerror(errno));
        return false;
    }
    if (role == INJ_AS_PREVIOUS_AGENT || role == INJ_AS_NEW_AGENT) {
        r->ipip = open_socket(SOCK_RAW, IPPROTO_IPIP, "IP in IP");
        return r->ipip >= 0;
    }
    if (role == INJ_AS_MOBILE_NODE) {
        r->icmp = open_socket(SOCK_RAW, IPPROTO_ICMP, "ICMP");
        return r->icmp >= 0;
    }
    return true;
}

static bool
is_waiting(const struct inj_responder *r)
{
    bool late = false;

    for (size_t i = 0; i < INJ_MAX_LATE; i++)
        late |= r->late[i].used;
    return late || r->update.used || r->request.used;
}

static enum inj_status
serve(struct inj_responder *r)
{
    struct pollfd fds[3];

    if (!open_sockets(r))
        return INJ_USAGE;
    printf("%s at %s, UDP port %d%s%s; interrupt it to end\n", inj_role_name(r->setup.role),
        mipro_dotted(r->address).s, MIPRO_PORT, r->fault->kind != INJ_FAULT_NONE ? ", fault " : "",
        r->fault->kind != INJ_FAULT_NONE ? r->fault->name : "");
    (void)fflush(stdout);
    fds[0] = (struct pollfd){ .fd = r->udp, .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = r->ipip, .events = POLLIN };
    fds[2] = (struct pollfd){ .fd = r->icmp, .events = POLLIN };
    for (;;) {
        struct timespec now;

        if (poll(fds, 3, is_waiting(r) ? TICK_MS : -1) < 0 && errno != EINTR) {
            inj_complain("poll: %s", strerror(errno));
            return INJ_UNSENT;
        }
        clock_gettime(CLOCK_REALTIME, &now);
        r->now = (int64_t)now.tv_sec * MIPRO_SECOND + now.tv_nsec;
        if (fds[0].revents & POLLIN)
            read_udp(r);
        if (fds[1].revents & POLLIN)
            read_tunnel(r);
        if (fds[2].revents & POLLIN)
            read_icmp(r);
        if (r->setup.role == INJ_AS_NEW_AGENT)
            inj_new_agent_tick(r);
        if (r->setup.role == INJ_AS_MOBILE_NODE)
            inj_mobile_tick(r);
        inj_send_late(r);
    }
}

/* Restart the node a while after its fault made it crash, as a supervisor would. */
static enum inj_status
supervise(struct inj_responder *r)
{
    const double revive = r->setup.revive;
    struct timespec pause = { (time_t)revive, (long)((revive - (double)(time_t)revive) * 1e9) };
    int status;

    for (;;) {
        const pid_t child = fork();

        if (child < 0) {
            inj_complain("fork: %s", strerror(errno));
            return INJ_UNSENT;
        }
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            _exit((int)serve(r));
        }
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        if (WIFEXITED(status) && WEXITSTATUS(status) == INJ_USAGE)
            return INJ_USAGE;
        nanosleep(&pause, NULL);
    }
}

enum inj_status
inj_respond(const struct inj_respond_setup *setup)
{
    struct inj_responder *r = calloc(1, sizeof(*r));
    enum inj_status status;

    if (r == NULL) {
        inj_complain("out of memory");
        return INJ_UNSENT;
    }
    r->setup = *setup;
    r->fault = setup->fault;
    r->address = setup->address;
    r->home = setup->home;
    r->agent = setup->agent;
    r->set = setup->set;
    status = r->fault->kind == INJ_FAULT_DIES ? supervise(r) : serve(r);
    free(r);
    return status;
}
