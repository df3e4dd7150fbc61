/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compose/frame.h"

#include <arpa/inet.h>
#include <libnet.h>
#include <stdlib.h>
#include <string.h>

#define IP_LEN 20u
#define UDP_LEN 8u
#define ICMP_LEN 8u
#define GRE_LEN 4u
#define MINIMAL_LEN 12u
#define PROTOCOL_MINIMAL 55u /* RFC 2004 */
#define TUNNEL_TTL 64u

struct inj_framer {
    libnet_t *net;
};

static const char *const tunnel_names[INJ_TUNNEL_KINDS] = { "ipip", "minimal", "gre" };

const char *
inj_tunnel_name(enum inj_tunnel_kind kind)
{
    return tunnel_names[kind];
}

enum inj_tunnel_kind
inj_tunnel_by_name(const char *name, size_t n)
{
    size_t i = 0;

    while (i < INJ_TUNNEL_KINDS &&
           (strlen(tunnel_names[i]) != n || strncmp(tunnel_names[i], name, n) != 0))
        i++;
    return (enum inj_tunnel_kind)i;
}

static void
store_u16(uint8_t *to, unsigned v)
{
    to[0] = (uint8_t)(v >> 8);
    to[1] = (uint8_t)v;
}

static void
store_u32(uint8_t *to, uint32_t v)
{
    store_u16(to, v >> 16);
    store_u16(to + 2, v & 0xffff);
}

static unsigned
load_u16(const uint8_t *from)
{
    return (unsigned)from[0] << 8 | from[1];
}

uint32_t
inj_sum_add(uint32_t sum, const uint8_t *octets, size_t n)
{
    for (; n > 1; octets += 2, n -= 2)
        sum += load_u16(octets);
    return n == 1 ? sum + ((uint32_t)octets[0] << 8) : sum;
}

uint16_t
inj_sum_finish(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void
store_ip_checksum(uint8_t *ip)
{
    store_u16(ip + 10, 0);
    store_u16(ip + 10, inj_sum_finish(inj_sum_add(0, ip, IP_LEN)));
}

void
inj_mac_of(uint32_t addr, uint8_t mac[INJ_MAC_LEN])
{
    if (addr == INADDR_BROADCAST) {
        memset(mac, 0xff, INJ_MAC_LEN);
    } else if (IN_MULTICAST(addr)) {
        mac[0] = 0x01;
        mac[1] = 0x00;
        mac[2] = 0x5e;
        mac[3] = addr >> 16 & 0x7f;
        store_u16(mac + 4, addr & 0xffff);
    } else {
        mac[0] = 0x02; /* locally administered */
        mac[1] = 0x00;
        store_u32(mac + 2, addr);
    }
}

struct inj_framer *
inj_framer_new(void)
{
    struct inj_framer *f = calloc(1, sizeof(*f));
    char error[LIBNET_ERRBUF_SIZE];

    if (f == NULL)
        return NULL;
    f->net = libnet_init(LIBNET_NONE, NULL, error);
    if (f->net == NULL) {
        free(f);
        return NULL;
    }
    return f;
}

void
inj_framer_free(struct inj_framer *f)
{
    if (f == NULL)
        return;
    libnet_destroy(f->net);
    free(f);
}

/* Let libnet write its blocks, with checksums, into the frame from octet off on. */
static bool
coalesce(libnet_t *net, struct inj_frame *frame, size_t off)
{
    uint8_t *packet = NULL;
    uint32_t n = 0;
    bool fits;

    if (libnet_pblock_coalesce(net, &packet, &n) < 0)
        return false;
    fits = off + n <= sizeof(frame->octets);
    if (fits) {
        memcpy(frame->octets + off, packet, n);
        frame->len = off + n;
    }
    libnet_adv_free_packet(net, packet);
    return fits;
}

static bool
build_ip(libnet_t *net, const struct inj_envelope *e, uint8_t protocol, uint8_t ttl, uint32_t src,
    uint32_t dst, const uint8_t *payload, size_t len, size_t total)
{
    return libnet_build_ipv4((uint16_t)total, 0, e->ip_id, e->ip_id == 0 ? IP_DF : 0, ttl, protocol,
               0, htonl(src), htonl(dst), payload, (uint32_t)len, net, 0) >= 0;
}

static bool
build_innermost(struct inj_framer *f, struct inj_frame *frame, const struct inj_envelope *e,
    const uint8_t *payload, size_t len)
{
    const size_t total = IP_LEN + len + (e->protocol == INJ_UDP ? UDP_LEN : 0);
    libnet_ptag_t tag;

    if (total > IP_MAXPACKET || (e->protocol != INJ_UDP && len < ICMP_LEN))
        return false;
    libnet_clear_packet(f->net);
    if (e->protocol == INJ_UDP)
        tag = libnet_build_udp(e->sport, e->dport, (uint16_t)(UDP_LEN + len), 0,
            len != 0 ? payload : NULL, (uint32_t)len, f->net, 0);
    else /* libnet has no router advertisement: its echo has the same four header fields */
        tag = libnet_build_icmpv4_echo(payload[0], payload[1], 0, (uint16_t)load_u16(payload + 4),
            (uint16_t)load_u16(payload + 6), len > ICMP_LEN ? payload + ICMP_LEN : NULL,
            (uint32_t)(len - ICMP_LEN), f->net, 0);
    if (tag < 0 || !build_ip(f->net, e, e->protocol, e->ttl, e->src, e->dst, NULL, 0, total) ||
        !coalesce(f->net, frame, INJ_ETHER_LEN))
        return false;
    frame->inner_off = INJ_ETHER_LEN;
    frame->transport_off = INJ_ETHER_LEN + IP_LEN;
    frame->payload_off = frame->transport_off + (e->protocol == INJ_UDP ? UDP_LEN : 0);
    return true;
}

/*
 * RFC 2004: the existing header becomes the outer one; its protocol and
 * addresses are kept after it.
 *
 *  0         1         2         4
 * |protocol |S        |checksum |
 * |    original destination     |  4
 * |    original source          |  8
 */
static bool
wrap_minimal(struct inj_frame *frame, const struct inj_tunnel *t)
{
    uint8_t *ip = frame->octets + INJ_ETHER_LEN;
    uint8_t *header = ip + IP_LEN;
    const size_t total = load_u16(ip + 2) + MINIMAL_LEN;

    if (total > IP_MAXPACKET)
        return false;
    memmove(header + MINIMAL_LEN, header, frame->len - INJ_ETHER_LEN - IP_LEN);
    header[0] = ip[9];
    header[1] = 0x80; /* S: the original source is present */
    store_u16(header + 2, 0);
    memcpy(header + 4, ip + 16, 4);
    memcpy(header + 8, ip + 12, 4);
    store_u16(header + 2, inj_sum_finish(inj_sum_add(0, header, MINIMAL_LEN)));
    store_u16(ip + 2, (unsigned)total);
    ip[9] = PROTOCOL_MINIMAL;
    store_u32(ip + 12, t->src);
    store_u32(ip + 16, t->dst);
    store_ip_checksum(ip);
    frame->len += MINIMAL_LEN;
    if (frame->inner_off != INJ_ETHER_LEN)
        frame->inner_off += MINIMAL_LEN;
    frame->transport_off += MINIMAL_LEN;
    frame->payload_off += MINIMAL_LEN;
    return true;
}

static bool
wrap(struct inj_framer *f, struct inj_frame *frame, const struct inj_envelope *e,
    const struct inj_tunnel *t)
{
    const size_t len = frame->len - INJ_ETHER_LEN;
    const size_t added = IP_LEN + (t->kind == INJ_GRE ? GRE_LEN : 0);
    bool built;

    if (t->kind == INJ_MINIMAL)
        return wrap_minimal(frame, t);
    if (len + added > IP_MAXPACKET)
        return false;
    libnet_clear_packet(f->net);
    if (t->kind == INJ_GRE)
        built = libnet_build_gre(0, ETHERTYPE_IP, 0, 0, 0, 0, (uint16_t)(GRE_LEN + len),
                    frame->octets + INJ_ETHER_LEN, (uint32_t)len, f->net, 0) >= 0 &&
                build_ip(f->net, e, IPPROTO_GRE, TUNNEL_TTL, t->src, t->dst, NULL, 0, len + added);
    else
        built = build_ip(f->net, e, IPPROTO_IPIP, TUNNEL_TTL, t->src, t->dst,
            frame->octets + INJ_ETHER_LEN, len, len + added);
    if (!built || !coalesce(f->net, frame, INJ_ETHER_LEN))
        return false;
    frame->inner_off += added;
    frame->transport_off += added;
    frame->payload_off += added;
    return true;
}

void
inj_frame_checksum(struct inj_frame *frame, uint32_t src, uint32_t dst, uint8_t protocol)
{
    uint8_t *at = frame->octets + frame->transport_off;
    uint8_t pseudo[IP_LEN - 8];
    uint32_t sum = 0;
    size_t len = frame->len - frame->transport_off;
    uint8_t *field = at + (protocol == INJ_UDP ? 6 : 2);
    uint16_t got;

    if (protocol == INJ_UDP) {
        if (load_u16(at + 4) < len)
            len = load_u16(at + 4); /* over the length in the length field */
        store_u32(pseudo, src);
        store_u32(pseudo + 4, dst);
        store_u16(pseudo + 8, INJ_UDP);
        store_u16(pseudo + 10, load_u16(at + 4));
        sum = inj_sum_add(0, pseudo, sizeof(pseudo));
    }
    store_u16(field, 0);
    got = inj_sum_finish(inj_sum_add(sum, at, len));
    store_u16(field, got == 0 && protocol == INJ_UDP ? 0xffff : got);
}

/* Put the wrong values of the envelope into the innermost datagram. */
static void
add_errors(struct inj_frame *frame, const struct inj_envelope *e)
{
    uint8_t *ip = frame->octets + frame->inner_off;
    uint8_t *udp = frame->octets + frame->transport_off;

    if (e->udp_len_off != 0) {
        store_u16(udp + 4, (unsigned)((int)load_u16(udp + 4) + e->udp_len_off));
        inj_frame_checksum(frame, e->src, e->dst, e->protocol);
    }
    if (e->udp_sum == INJ_SUM_NONE)
        store_u16(udp + 6, 0);
    else if (e->udp_sum == INJ_SUM_WRONG)
        store_u16(udp + 6, load_u16(udp + 6) == 0xdead ? 0xbeef : 0xdead);
    if (e->ip_len_off != 0) {
        store_u16(ip + 2, (unsigned)((int)load_u16(ip + 2) + e->ip_len_off));
        store_ip_checksum(ip);
    }
}

bool
inj_frame_build(struct inj_framer *f, struct inj_frame *frame, const struct inj_envelope *e,
    const uint8_t *payload, size_t len)
{
    const uint8_t *ip = frame->octets + INJ_ETHER_LEN;
    uint8_t src_mac[INJ_MAC_LEN], dst_mac[INJ_MAC_LEN];
    size_t end;

    if (!build_innermost(f, frame, e, payload, len))
        return false;
    /* libnet sends a computed 0 as 0000, which would mean "no checksum" (RFC 768). */
    if (e->protocol == INJ_UDP)
        inj_frame_checksum(frame, e->src, e->dst, e->protocol);
    add_errors(frame, e);
    for (unsigned i = 0; i < e->n_tunnels; i++)
        if (!wrap(f, frame, e, &e->tunnel[i]))
            return false;
    inj_mac_of((uint32_t)load_u16(ip + 12) << 16 | load_u16(ip + 14), src_mac);
    inj_mac_of((uint32_t)load_u16(ip + 16) << 16 | load_u16(ip + 18), dst_mac);

    end = frame->len;
    libnet_clear_packet(f->net);
    if (libnet_build_ethernet(e->dst_mac != NULL ? e->dst_mac : dst_mac,
            e->src_mac != NULL ? e->src_mac : src_mac, ETHERTYPE_IP, NULL, 0, f->net, 0) < 0 ||
        !coalesce(f->net, frame, 0))
        return false;
    frame->len = end;
    if (e->trailer != 0) {
        if (end + e->trailer > sizeof(frame->octets))
            return false;
        memset(frame->octets + end, 0xa5, e->trailer); /* as a network card might leave there */
        frame->len += e->trailer;
    }
    return true;
}

void
inj_frame_identify(struct inj_frame *frame, uint16_t ip_id)
{
    uint8_t *ip = frame->octets + INJ_ETHER_LEN;

    store_u16(ip + 4, ip_id);
    store_u16(ip + 6, 0);
    store_ip_checksum(ip);
}

size_t
inj_frame_fragmentable(const struct inj_frame *frame)
{
    return frame->len - INJ_ETHER_LEN - IP_LEN;
}

void
inj_frame_piece(
    const struct inj_frame *whole, size_t from, size_t n, bool more, struct inj_frame *piece)
{
    uint8_t *ip = piece->octets + INJ_ETHER_LEN;
    const unsigned frag = load_u16(whole->octets + INJ_ETHER_LEN + 6) & 0x1fff;

    memcpy(piece->octets, whole->octets, INJ_ETHER_LEN + IP_LEN);
    memcpy(ip + IP_LEN, whole->octets + INJ_ETHER_LEN + IP_LEN + from, n);
    piece->len = INJ_ETHER_LEN + IP_LEN + n;
    piece->inner_off = piece->transport_off = piece->payload_off = 0;
    store_u16(ip + 2, (unsigned)(IP_LEN + n));
    store_u16(ip + 6, (more ? 0x2000u : 0u) | (frag + (unsigned)(from / 8)));
    store_ip_checksum(ip);
}
