/* SPDX-License-Identifier: GPL-2.0-or-later */
/* responder.c - the options, the sockets and the loop: see responder.h. */
#include "responder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <signal.h>

/* clang-format off */
static const struct {
    const char *name;
    const char *summary;
} faults[FAULTS] = {
    [FAULT_NONE]                = { "none",                "does it right" },
    [FAULT_ACCEPTS_FORGED]      = { "accepts-forged",      "takes a Binding Update whose authenticator is bad or missing" },
    [FAULT_COMPARES_12_OCTETS]  = { "compares-12-octets",  "compares all but the last 4 octets of the authenticator" },
    [FAULT_IGNORES_A]           = { "ignores-a",           "acknowledges though A is clear" },
    [FAULT_ALL_131]             = { "all-131",             "answers 131 to every Binding Update" },
    [FAULT_WRONG_IDENT]         = { "wrong-ident",         "acknowledges with another identification" },
    [FAULT_WRONG_HOME]          = { "wrong-home",          "acknowledges with another home address" },
    [FAULT_BAD_ACK_AUTH]        = { "bad-ack-auth",        "signs its Binding Acknowledges wrongly" },
    [FAULT_DIES_ON_CUT]         = { "dies-on-cut",         "dies of a message that ends in its fixed part" },
    [FAULT_DIES_ON_18]          = { "dies-on-18",          "dies of any Binding Update" },
    [FAULT_DIES_ON_OVERRUN]     = { "dies-on-overrun",     "dies of an extension that runs past the end" },
    [FAULT_ANSWERS_UNKNOWN_EXT] = { "answers-unknown-ext", "does not discard what has an unknown extension 0-127" },
    [FAULT_REFUSES_SKIPPABLE]   = { "refuses-skippable",   "discards what has an unknown extension 128-255" },
    [FAULT_REFUSES_RESERVED]    = { "refuses-reserved",    "answers 134 where a reserved bit is set" },
    [FAULT_NO_REPLAY_CHECK]     = { "no-replay-check",     "takes any identification" },
    [FAULT_IGNORES_NONCE]       = { "ignores-nonce",       "asks for no new nonce after a wrong one" },
    [FAULT_ANY_SPI]             = { "any-spi",             "takes any SPI for the one association it has" },
    [FAULT_TRUSTS_ADDRESSES]    = { "trusts-addresses",    "takes any home and care-of address" },
    [FAULT_KEEPS_DELETED]       = { "keeps-deleted",       "acknowledges a deletion and deletes nothing" },
    [FAULT_NO_RATE_LIMIT]       = { "no-rate-limit",       "limits no rate" },
    [FAULT_DISCLOSES_PRIVATE]   = { "discloses-private",   "tells the care-of address of a private node" },
    [FAULT_ANSWERS_OTHER_IDENT] = { "answers-other-ident", "answers a Binding Request with another identification" },
    [FAULT_SERVES_ANYBODY]      = { "serves-anybody",      "sends Binding Updates about nodes it does not serve" },
    [FAULT_WARNS_UNPROTECTED]   = { "warns-unprotected",   "believes a Binding Warning extension that is not protected" },
    [FAULT_ALTERS_HANDOFF]      = { "alters-handoff",      "halves the lifetime of a handoff's Binding Update" },
    [FAULT_CLEARS_A]            = { "clears-a",            "asks for no acknowledgement of a handoff's Binding Update" },
    [FAULT_RETRANSMITS_HANDOFF] = { "retransmits-handoff", "retransmits a handoff's Binding Update" },
    [FAULT_IGNORES_33]          = { "ignores-33",          "does not look at the Mobile-Foreign authenticator" },
    [FAULT_NEVER_RETRANSMITS]   = { "never-retransmits",   "sends a Binding Update to the previous agent once" },
    [FAULT_NEVER_STOPS]         = { "never-stops",         "retransmits after the acknowledgement, too" },
    [FAULT_NO_SMOOTH_HANDOFF]   = { "no-smooth-handoff",   "asks no agent for a smooth handoff" },
    [FAULT_ANY_ADVERTISER]      = { "any-advertiser",      "takes any advertisement for a foreign agent's" },
};

static const char *const roles[] = {
    [ROLE_CORRESPONDENT]  = "correspondent",
    [ROLE_PREVIOUS_AGENT] = "previous-agent",
    [ROLE_NEW_AGENT]      = "new-agent",
    [ROLE_HOME_AGENT]     = "home-agent",
    [ROLE_MOBILE]         = "mobile-node",
};
/* clang-format on */

#define N_ROLES (sizeof(roles) / sizeof(roles[0]))

static const char usage_text[] =
    "usage: responder --role=ROLE --address=A --home=A --keys=FILE [--fault=NAME]\n"
    "                 [--netmask=A] [--agent=A] [--spi=N] [--warning-ext=N] [--revive=SECONDS]\n"
    "                 [--rate-interval=SECONDS] [--window=SECONDS]\n"
    "       responder --list-faults\n"
    "\n"
    "Play a node of route optimization at address A, UDP port 434, until killed.\n";

void
die(const char *why)
{
    fprintf(stderr, "responder: dies: %s\n", why);
    _exit(3);
}

static void
fail(const char *what, const char *why)
{
    fprintf(stderr, "responder: %s: %s\n", what, why);
    exit(2);
}

void
send_to(struct responder *r, uint32_t dst, uint16_t port, const uint8_t *octets, size_t n)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };

    to.sin_addr.s_addr = htonl(dst);
    if (sendto(r->udp, octets, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
        errno != ECONNREFUSED)
        fprintf(stderr, "responder: %s: %s\n", inet_ntoa(to.sin_addr), strerror(errno));
}

static void
take(struct responder *r, const struct packet *p)
{
    switch (r->role) {
    case ROLE_CORRESPONDENT:
    case ROLE_PREVIOUS_AGENT:
        take_update(r, p);
        break;
    case ROLE_NEW_AGENT:
        agent_take(r, p);
        take_update(r, p);
        break;
    case ROLE_HOME_AGENT:
        home_take(r, p);
        break;
    case ROLE_MOBILE:
        mobile_take(r, p);
        break;
    }
}

/* A UDP datagram, and the address that it was sent to. */
static void
read_udp(struct responder *r)
{
    static uint8_t buf[MAX_PAYLOAD];
    uint8_t control[128];
    struct sockaddr_in from;
    struct iovec iov = { buf, sizeof(buf) };
    struct msghdr msg = { .msg_name = &from,
        .msg_namelen = sizeof(from),
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control) };
    ssize_t n = recvmsg(r->udp, &msg, MSG_DONTWAIT);
    struct packet p = { buf, 0, 0, r->address, 0 };

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
    take(r, &p);
}

/* What raw sockets give begins with the IP header: step over it. */
static const uint8_t *
behind_ip(
    const uint8_t *buf, size_t n, uint32_t *src, uint32_t *dst, uint8_t *protocol, size_t *left)
{
    size_t header = n < 20 ? 0 : (size_t)(buf[0] & 15) * 4;

    if (n < 20 || buf[0] >> 4 != 4 || header < 20 || header > n)
        return NULL;
    memcpy(src, buf + 12, 4);
    memcpy(dst, buf + 16, 4);
    *src = ntohl(*src);
    *dst = ntohl(*dst);
    *protocol = buf[9];
    *left = n - header;
    return buf + header;
}

/* IP in IP: a Binding Acknowledge in a tunnel, or a datagram to be tunnelled on. */
static void
read_tunnel(struct responder *r)
{
    static uint8_t buf[MAX_PAYLOAD];
    ssize_t n = recv(r->ipip, buf, sizeof(buf), MSG_DONTWAIT);
    struct packet inner = { 0 };
    uint32_t src, dst;
    uint8_t protocol;
    const uint8_t *datagram;
    size_t left, rest;

    if (n < 0)
        return;
    datagram = behind_ip(buf, (size_t)n, &src, &dst, &protocol, &left);
    if (datagram == NULL || dst != r->address ||
        behind_ip(datagram, left, &inner.src, &inner.dst, &protocol, &rest) == NULL)
        return;
    take_tunnelled(r, &inner, src, datagram, left);
}

static void
read_icmp(struct responder *r)
{
    static uint8_t buf[MAX_PAYLOAD];
    ssize_t n = recv(r->icmp, buf, sizeof(buf), MSG_DONTWAIT);
    uint32_t src, dst;
    uint8_t protocol;
    const uint8_t *icmp;
    size_t left;

    if (n < 0)
        return;
    icmp = behind_ip(buf, (size_t)n, &src, &dst, &protocol, &left);
    if (icmp != NULL)
        mobile_advert(r, src, icmp, left);
}

static int
open_socket(int type, int protocol)
{
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, protocol);

    if (fd < 0)
        fail("socket", strerror(errno));
    return fd;
}

static void
open_sockets(struct responder *r)
{
    struct sockaddr_in self = { .sin_family = AF_INET, .sin_port = htons(MIPRO_PORT) };
    int on = 1, room = 4 << 20;

    /* Any address, for broadcasts are to be heard, too. */
    r->udp = open_socket(SOCK_DGRAM, 0);
    (void)setsockopt(r->udp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    (void)setsockopt(r->udp, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
    (void)setsockopt(r->udp, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
    (void)setsockopt(r->udp, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (bind(r->udp, (struct sockaddr *)&self, sizeof(self)) < 0)
        fail("port 434", strerror(errno));
    r->ipip = r->icmp = -1;
    if (r->role == ROLE_PREVIOUS_AGENT || r->role == ROLE_NEW_AGENT)
        r->ipip = open_socket(SOCK_RAW, IPPROTO_IPIP);
    if (r->role == ROLE_MOBILE)
        r->icmp = open_socket(SOCK_RAW, IPPROTO_ICMP);
}

static void
tick(struct responder *r)
{
    if (r->role == ROLE_NEW_AGENT)
        agent_tick(r);
    if (r->role == ROLE_MOBILE)
        mobile_tick(r);
}

_Noreturn static void
serve(struct responder *r)
{
    struct pollfd fds[3];

    open_sockets(r);
    fds[0] = (struct pollfd){ .fd = r->udp, .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = r->ipip, .events = POLLIN };
    fds[2] = (struct pollfd){ .fd = r->icmp, .events = POLLIN };
    for (;;) {
        struct timespec now;

        if (poll(fds, 3, r->pending.used ? 20 : -1) < 0 && errno != EINTR)
            fail("poll", strerror(errno));
        clock_gettime(CLOCK_REALTIME, &now);
        r->now = (int64_t)now.tv_sec * MIPRO_SECOND + now.tv_nsec;
        if (fds[0].revents & POLLIN)
            read_udp(r);
        if (fds[1].revents & POLLIN)
            read_tunnel(r);
        if (fds[2].revents & POLLIN)
            read_icmp(r);
        tick(r);
    }
}

/* Live, die, and after a while live again: what a real agent's supervisor does. */
_Noreturn static void
supervise(struct responder *r, double revive)
{
    for (;;) {
        pid_t child = fork();
        struct timespec pause = { (time_t)revive, (long)((revive - (double)(time_t)revive) * 1e9) };

        if (child < 0)
            fail("fork", strerror(errno));
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(r);
        }
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
        nanosleep(&pause, NULL);
    }
}

static uint32_t
parse_address(const char *text)
{
    struct in_addr addr;

    if (inet_pton(AF_INET, text, &addr) != 1)
        fail(text, "no address");
    return ntohl(addr.s_addr);
}

static unsigned
parse_word(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, words[i]) == 0)
            return (unsigned)i;
    }
    fail(text, "not known");
    return 0;
}

static enum fault
parse_fault(const char *text)
{
    for (int i = 0; i < FAULTS; i++) {
        if (strcmp(text, faults[i].name) == 0)
            return (enum fault)i;
    }
    fail(text, "no such fault; --list-faults lists them");
    return FAULT_NONE;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = { { "role", required_argument, NULL, 'r' },
        { "address", required_argument, NULL, 'a' }, { "netmask", required_argument, NULL, 'm' },
        { "home", required_argument, NULL, 'h' }, { "agent", required_argument, NULL, 'g' },
        { "keys", required_argument, NULL, 'k' }, { "spi", required_argument, NULL, 's' },
        { "fault", required_argument, NULL, 'f' }, { "warning-ext", required_argument, NULL, 'w' },
        { "revive", required_argument, NULL, 'v' },
        { "rate-interval", required_argument, NULL, 'i' },
        { "window", required_argument, NULL, 'n' }, { "list-faults", no_argument, NULL, 'l' },
        { NULL, 0, NULL, 0 } };
    static struct responder r;
    struct mipro_key_error err;
    const char *keys = NULL;
    double revive = 1;
    int option;

    r.set = (struct mipro_settings)MIPRO_SETTINGS;
    r.set.reading = MIPRO_READING_DRAFT;
    r.netmask = 0xffffff00;
    r.rate_interval = RATE_INTERVAL;
    r.window = REPLAY_WINDOW;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'r':
            r.role = (enum role)parse_word(optarg, roles, N_ROLES);
            break;
        case 'a':
            r.address = parse_address(optarg);
            break;
        case 'm':
            r.netmask = parse_address(optarg);
            break;
        case 'h':
            r.home = parse_address(optarg);
            break;
        case 'g':
            r.agent = parse_address(optarg);
            break;
        case 'k':
            keys = optarg;
            break;
        case 's':
            r.spi = (uint32_t)strtoul(optarg, NULL, 0);
            break;
        case 'f':
            r.fault = parse_fault(optarg);
            break;
        case 'w':
            r.set.warning_ext = (uint8_t)strtoul(optarg, NULL, 0);
            break;
        case 'v':
            revive = strtod(optarg, NULL);
            break;
        case 'n':
            r.window = (int64_t)(strtod(optarg, NULL) * (double)MIPRO_SECOND);
            break;
        case 'i':
            r.rate_interval = (int64_t)(strtod(optarg, NULL) * (double)MIPRO_SECOND);
            break;
        case 'l':
            for (int i = 0; i < FAULTS; i++)
                printf("%-22s %s\n", faults[i].name, faults[i].summary);
            return 0;
        default:
            fputs(usage_text, stderr);
            return 2;
        }
    }
    if (keys == NULL || r.address == 0 || optind != argc) {
        fputs(usage_text, stderr);
        return 2;
    }
    r.ring = mipro_keyring_load(keys, NULL, NULL, &err);
    if (r.ring == NULL) {
        char text[768];

        mipro_key_error_text(&err, text, sizeof(text));
        fail("keys", text);
    }
    supervise(&r, revive);
}
