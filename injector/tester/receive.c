/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/receive.h"

#include <glib.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_fragment.h"
#include "mipro_reader.h"

#define ICMP_UNREACHABLE 3
#define ICMP_PORT 3
#define ICMP_HEADER 8
#define ICMP_PARAMETER 12 /* the last of the types that quote a datagram */
#define IP_SOURCE 12      /* offset of the addresses in an IPv4 header */
#define IP_HEADER 20u
#define IP_FRAGMENT 0x3fffu /* more fragments, or an offset */
#define UDP_HEADER 8u
#define FCS_LEN 4u
#define LEAST_FRAME 60u    /* of Ethernet, without its checksum */
#define MAX_REASSEMBLIES 8 /* of one frame: fragments in tunnels that are fragmented themselves */

struct inj_receiver {
    struct mipro_fragments *fragments;
    struct mipro_ports ports; /* all ports, so that an answer to the wrong port is reported */
};

void
inj_forget_heard(struct inj_heard *heard)
{
    heard->n = heard->n_asked = heard->lost = heard->used = heard->n_errors = 0;
}

struct inj_receiver *
inj_receiver_new(void)
{
    struct inj_receiver *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    memset(&r->ports, 0xff, sizeof(r->ports));
    r->fragments = mipro_fragments_new();
    return r;
}

void
inj_receiver_free(struct inj_receiver *r)
{
    if (r == NULL)
        return;
    mipro_fragments_free(r->fragments);
    free(r);
}

/* The addresses and the UDP header of a datagram that begins here. */
static bool
read_quote(struct mipro_reader r, uint32_t *src, struct inj_quote *quote)
{
    const size_t begin = r.pos;
    const uint8_t first = mipro_get_u8(&r);

    mipro_seek(&r, begin + IP_SOURCE);
    *src = mipro_get_u32(&r);
    quote->dst = mipro_get_u32(&r);
    mipro_seek(&r, begin + (size_t)(first & 15) * 4);
    quote->sport = mipro_get_u16(&r);
    quote->dport = mipro_get_u16(&r);
    quote->len = mipro_get_u16(&r);
    quote->sum = mipro_get_u16(&r);
    return !r.failed;
}

static bool
is_reply(const struct inj_heard *heard, const struct inj_quote *quote)
{
    const size_t kept = heard->n_replies < INJ_MAX_REPLIES ? heard->n_replies : INJ_MAX_REPLIES;

    for (size_t i = 0; i < kept; i++) {
        const struct inj_quote *q = &heard->replies[i];

        if (q->dst == quote->dst && q->sport == quote->sport && q->dport == quote->dport &&
            q->len == quote->len && q->sum == quote->sum)
            return true;
    }
    return false;
}

/*
 * An error about something that we sent (RFC 792).  "Port unreachable" means that the node is
 * gone if it is about our request, and not about our answer to a port of the node.
 */
static void
take_error(const struct mipro_leaf *leaf, const struct inj_scope *scope, struct inj_heard *heard)
{
    const struct mipro_span *icmp = &leaf->payload;
    struct mipro_reader r = mipro_reader(icmp->octets, icmp->captured);
    struct inj_icmp_error e = { .from = leaf->src };
    struct inj_quote quote;
    uint32_t src;

    e.type = mipro_get_u8(&r);
    e.code = mipro_get_u8(&r);
    mipro_seek(&r, ICMP_HEADER);
    if (r.failed || e.type < ICMP_UNREACHABLE || e.type > ICMP_PARAMETER ||
        !read_quote(r, &src, &quote) || is_reply(heard, &quote))
        return;
    if (heard->n_errors < INJ_MAX_ERRORS)
        heard->errors[heard->n_errors++] = e;
    if (e.type == ICMP_UNREACHABLE && e.code == ICMP_PORT && quote.dport == MIPRO_PORT &&
        e.from == scope->node)
        heard->unreachable = true;
}

void
inj_note_reply(struct inj_heard *heard, const uint8_t *frame, size_t len)
{
    struct mipro_reader r = mipro_reader(frame, len);
    uint32_t src;

    mipro_seek(&r, INJ_ETHER_LEN);
    if (read_quote(r, &src, &heard->replies[heard->n_replies % INJ_MAX_REPLIES]))
        heard->n_replies++;
}

/* The source of the outermost header. */
static uint32_t
sender(const struct mipro_leaf *leaf)
{
    return leaf->n_tunnels > 0 ? leaf->tunnels[0].src : leaf->src;
}

/* What the frame around a datagram shows, whatever the datagram contains. */
struct wrapping {
    bool ip_sum_bad, unsummed;
    uint16_t udp_len_bad;
    size_t n_stray;
    uint8_t stray[INJ_STRAY];
};

static void
add_stray(struct wrapping *w, const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (octets[i] == 0)
            continue;
        if (w->n_stray < INJ_STRAY)
            w->stray[w->n_stray] = octets[i];
        w->n_stray++;
    }
}

/* Octets after a whole UDP datagram, within the IP datagram: nobody has a use for them. */
static void
add_unclaimed(struct wrapping *w, struct mipro_reader *r, const uint8_t *header, size_t header_len,
    size_t total)
{
    const uint8_t *rest;
    size_t udp_len, n;

    if (header_len < IP_HEADER || header[9] != INJ_UDP ||
        (mipro_header_be16(header, 6) & IP_FRAGMENT) != 0)
        return;
    mipro_seek(r, INJ_ETHER_LEN + header_len + 4);
    udp_len = mipro_get_u16(r);
    if (r->failed)
        return;
    if (udp_len < UDP_HEADER || header_len + udp_len > total)
        w->udp_len_bad = (uint16_t)udp_len;
    if (w->udp_len_bad != 0 || header_len + udp_len == total)
        return;
    n = total - header_len - udp_len;
    mipro_seek(r, INJ_ETHER_LEN + header_len + udp_len);
    rest = mipro_get_octets(r, n);
    if (rest != NULL)
        add_stray(w, rest, n);
}

/* Check the checksum of the IP header of an Ethernet frame, and the padding after the datagram. */
static struct wrapping
look_around(const uint8_t *frame, size_t len, bool unsummed)
{
    struct wrapping w = { .unsummed = unsummed };
    struct mipro_reader r = mipro_reader(frame, len);
    const uint8_t *header, *rest;
    size_t header_len, total, padding;

    mipro_seek(&r, INJ_ETHER_LEN - 2);
    if (mipro_get_u16(&r) != ETHERTYPE_IP)
        return w;
    header_len = (size_t)(mipro_get_u8(&r) & 15) * 4;
    (void)mipro_get_u8(&r);
    total = mipro_get_u16(&r);
    mipro_seek(&r, INJ_ETHER_LEN);
    header = mipro_get_octets(&r, header_len);
    if (header == NULL || INJ_ETHER_LEN + total > len)
        return w;
    w.ip_sum_bad = inj_sum_finish(inj_sum_add(0, header, header_len)) != 0;
    add_unclaimed(&w, &r, header, header_len, total);
    mipro_seek(&r, INJ_ETHER_LEN + total);
    padding = len - INJ_ETHER_LEN - total;
    rest = mipro_get_octets(&r, padding);
    /* Four octets after a long frame are its checksum, which some network cards pass on. */
    if (rest != NULL && !(padding == FCS_LEN && len > LEAST_FRAME))
        add_stray(&w, rest, padding);
    return w;
}

/* Compare the UDP checksum with the correct one (RFC 768); buf holds the datagram. */
static void
check_sum(const uint8_t *buf, size_t len, const struct mipro_leaf *leaf, struct inj_answer *a)
{
    struct mipro_reader r = mipro_reader(buf, len);
    const size_t udp_len = UDP_HEADER + leaf->payload.len;
    const uint8_t *udp;
    uint32_t sum;

    if (leaf->payload.len == 0 || leaf->payload.octets < buf + UDP_HEADER ||
        leaf->payload.octets > buf + len)
        return;
    mipro_seek(&r, (size_t)(leaf->payload.octets - buf) - UDP_HEADER);
    udp = mipro_get_octets(&r, udp_len);
    if (udp == NULL)
        return;
    a->udp_sum = mipro_header_be16(udp, 6);
    a->udp_sum_none = a->udp_sum == 0;
    if (a->udp_sum_none)
        return; /* which is allowed */
    sum = (leaf->src >> 16) + (leaf->src & 0xffff) + (leaf->dst >> 16) + (leaf->dst & 0xffff);
    sum += INJ_UDP + (uint32_t)udp_len;
    sum = (uint32_t)inj_sum_finish(inj_sum_add(sum, udp, udp_len));
    a->udp_sum_bad = sum != 0;
    /* The value that would have made the sum 0. */
    sum = a->udp_sum + sum;
    a->udp_sum_due = (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* From another address, but to us and about the mobile node: it belongs to the run. */
static bool
is_about_home(const struct mipro_leaf *leaf, const struct inj_scope *scope)
{
    struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_message m;

    if (leaf->kind != MIPRO_DATAGRAM || leaf->n_tunnels > 0 || scope->us == 0 ||
        leaf->dst != scope->us || leaf->src == scope->us ||
        (leaf->sport != MIPRO_PORT && leaf->dport != MIPRO_PORT))
        return false;
    set.reading = MIPRO_READING_DRAFT;
    mipro_message_parse(&m, leaf->payload.octets, leaf->payload.captured, leaf->payload.len, &set,
        MIPRO_IDENT_UNKNOWN);
    return m.def != NULL && mipro_has(&m, MIPRO_F_HOMEADDR) &&
           mipro_value(&m, MIPRO_F_HOMEADDR) == scope->home;
}

/* Take in a complete datagram, if the node sent it.  True: an answer was added. */
static bool
take_leaf(const struct mipro_leaf *leaf, const uint8_t *buf, size_t len, const struct wrapping *w,
    const struct inj_scope *scope, int64_t time, struct inj_heard *heard)
{
    const struct mipro_span *payload = &leaf->payload;
    const bool is_udp = leaf->kind == MIPRO_DATAGRAM;
    struct inj_answer *a;

    if (leaf->kind == MIPRO_ICMP && leaf->n_tunnels == 0 &&
        (leaf->src == scope->node || leaf->dst == scope->us))
        take_error(leaf, scope, heard);
    /* The headers claim more octets than the frame has: no host accepts such a packet. */
    if (is_udp && payload->captured < payload->len)
        return false;
    if (sender(leaf) != scope->node && !is_about_home(leaf, scope))
        return false;
    if (leaf->kind == MIPRO_ICMP && leaf->n_tunnels == 0)
        return false;
    /* Any tunnelled packet shows an entry in the cache. */
    if (!is_udp && leaf->n_tunnels == 0)
        return false;
    if (heard->n == INJ_MAX_ANSWERS ||
        (is_udp && payload->len > sizeof(heard->octets) - heard->used)) {
        heard->lost++;
        return false;
    }
    a = &heard->answers[heard->n++];
    *a = (struct inj_answer){ .time = time,
        .src = leaf->src,
        .dst = leaf->dst,
        .protocol = is_udp ? INJ_UDP : leaf->protocol,
        .octets = heard->octets + heard->used,
        .ip_sum_bad = w->ip_sum_bad,
        .udp_len_bad = w->udp_len_bad,
        .n_stray = w->n_stray };
    memcpy(a->stray, w->stray, sizeof(a->stray));
    if (leaf->n_tunnels > 0) {
        a->tunnelled = true;
        a->outer_src = leaf->tunnels[0].src;
        a->outer_dst = leaf->tunnels[0].dst;
    }
    if (is_udp) {
        a->sport = leaf->sport;
        a->dport = leaf->dport;
        a->len = payload->len;
        memcpy(heard->octets + heard->used, payload->octets, payload->len);
        heard->used += payload->len;
        if (!w->unsummed)
            check_sum(buf, len, leaf, a);
    }
    return true;
}

/* Take in a fragment, in tunnels or not, and what it completes, which may be a fragment in turn. */
static bool
take_fragment(struct inj_receiver *r, struct mipro_leaf leaf, const struct wrapping *w,
    const struct inj_scope *scope, int64_t time, struct inj_heard *heard)
{
    struct mipro_datagram d = { 0 };
    uint8_t *owned = NULL;
    bool added = false;

    for (unsigned i = 0; i < MAX_REASSEMBLIES && leaf.kind == MIPRO_FRAGMENT; i++) {
        bool overlap;
        const bool whole = sender(&leaf) == scope->node &&
                           mipro_fragments_add(r->fragments, &leaf, 0, time, time, &d, &overlap);

        g_free(owned); /* the fragment was in it */
        if (!whole)
            return false;
        owned = d.octets;
        leaf = d.leaf;
        mipro_unwrap_payload(d.span, &r->ports, &leaf);
    }
    if (leaf.kind != MIPRO_FRAGMENT)
        added = take_leaf(&leaf, d.span.octets, d.span.captured, w, scope, time, heard);
    g_free(owned);
    return added;
}

/* Drop datagrams that will no longer be completed. */
static void
drop_incomplete(struct inj_receiver *r, int64_t time)
{
    struct mipro_datagram d;

    while (mipro_fragments_give_up(r->fragments, time, false, &d))
        g_free(d.octets);
}

/* Ethernet, IPv4, addresses of 6 and 4 octets (RFC 826). */
static const uint8_t arp_header[] = { 0x08, 0x06, 0, 1, 0x08, 0x00, ETH_ALEN, 4, 0 };
#define ARP_REQUEST 1
#define ARP_REPLY 2

/*
 * An ARP message of the node gives its MAC address.  True: it asks for an address other than
 * ours: that it asks for ours shows nothing.
 */
static bool
read_arp(const uint8_t *frame, size_t len, const struct inj_scope *scope, struct inj_heard *heard)
{
    struct mipro_reader r = mipro_reader(frame, len);
    const uint8_t *header, *mac;
    uint8_t operation;
    uint32_t from, addr;

    mipro_seek(&r, 2 * ETH_ALEN);
    header = mipro_get_octets(&r, sizeof(arp_header));
    operation = mipro_get_u8(&r);
    mac = mipro_get_octets(&r, ETH_ALEN);
    from = mipro_get_u32(&r);
    (void)mipro_get_octets(&r, ETH_ALEN);
    addr = mipro_get_u32(&r);
    if (r.failed || memcmp(header, arp_header, sizeof(arp_header)) != 0 || from != scope->node)
        return false;
    heard->has_mac = true;
    memcpy(heard->mac, mac, ETH_ALEN);
    if (operation != ARP_REQUEST || addr == scope->us || heard->n_asked == INJ_MAX_ASKED)
        return false;
    heard->asked[heard->n_asked].addr = addr;
    memcpy(heard->asked[heard->n_asked++].mac, mac, ETH_ALEN);
    return true;
}

/* Is it a frame of our own that a switch, a hub or a tap sent back? */
static bool
is_own(const uint8_t *frame, size_t len, const struct inj_scope *scope)
{
    static const uint8_t none[INJ_MAC_LEN];
    struct mipro_reader r = mipro_reader(frame, len);
    const uint8_t *mac;

    mipro_seek(&r, ETH_ALEN);
    mac = mipro_get_octets(&r, ETH_ALEN);
    return mac != NULL && memcmp(scope->mac, none, ETH_ALEN) != 0 &&
           memcmp(scope->mac, mac, ETH_ALEN) == 0;
}

bool
inj_receive(struct inj_receiver *r, const uint8_t *frame, size_t len, bool unsummed,
    const struct inj_scope *scope, int64_t time, struct inj_heard *heard)
{
    const struct mipro_span span = { frame, len, len };
    const struct wrapping w = look_around(frame, len, unsummed);
    struct mipro_leaf leaf;

    if (is_own(frame, len, scope))
        return false;
    if (read_arp(frame, len, scope, heard))
        return true;
    drop_incomplete(r, time);
    mipro_unwrap_frame(MIPRO_LINKTYPE_ETHERNET, span, &r->ports, &leaf);
    if (leaf.kind == MIPRO_FRAGMENT)
        return take_fragment(r, leaf, &w, scope, time, heard);
    return take_leaf(&leaf, frame, len, &w, scope, time, heard);
}

static uint8_t *
put_octets(uint8_t *to, const uint8_t *octets, size_t n)
{
    memcpy(to, octets, n);
    return to + n;
}

static uint8_t *
put_address(uint8_t *to, uint32_t addr)
{
    const uint8_t octets[] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16), (uint8_t)(addr >> 8),
        (uint8_t)addr };

    return put_octets(to, octets, sizeof(octets));
}

/* Write an ARP message of this operation, to MAC address `to` on the link. */
static void
put_arp(uint8_t *frame, uint8_t operation, const uint8_t *to, const uint8_t *target,
    uint32_t target_addr, const uint8_t *mac, uint32_t addr)
{
    frame = put_octets(frame, to, ETH_ALEN);
    frame = put_octets(frame, mac, ETH_ALEN);
    frame = put_octets(frame, arp_header, sizeof(arp_header));
    *frame++ = operation;
    frame = put_octets(frame, mac, ETH_ALEN);
    frame = put_address(frame, addr);
    frame = put_octets(frame, target, ETH_ALEN);
    (void)put_address(frame, target_addr);
}

void
inj_ask_for(uint32_t addr, uint32_t us, const uint8_t mac[INJ_MAC_LEN], uint8_t frame[INJ_ARP_LEN])
{
    static const uint8_t unknown[ETH_ALEN];
    static const uint8_t everybody[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

    put_arp(frame, ARP_REQUEST, everybody, unknown, addr, mac, us);
}

void
inj_answer_for(const struct inj_asked *asked, uint32_t node, const uint8_t mac[INJ_MAC_LEN],
    uint8_t frame[INJ_ARP_LEN])
{
    put_arp(frame, ARP_REPLY, asked->mac, asked->mac, node, mac, asked->addr);
}
