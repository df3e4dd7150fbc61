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
#define MAX_REASSEMBLIES 8 /* of one frame: fragments in tunnels that are fragmented themselves */

struct inj_receiver {
    struct mipro_fragments *fragments;
    struct mipro_ports ports; /* all: an answer to the wrong port is one that can be named */
};

void
inj_forget_heard(struct inj_heard *heard)
{
    heard->n = heard->n_asked = heard->lost = heard->used = 0;
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

/* "Port unreachable", and the port of the datagram that it quotes is ours (RFC 792). */
static bool
is_port_unreachable(const struct mipro_span *icmp)
{
    struct mipro_reader r = mipro_reader(icmp->octets, icmp->captured);
    uint8_t type = mipro_get_u8(&r), code = mipro_get_u8(&r), first;
    uint16_t port;

    mipro_seek(&r, ICMP_HEADER);
    first = mipro_get_u8(&r);
    mipro_seek(&r, ICMP_HEADER + (size_t)(first & 15) * 4 + 2);
    port = mipro_get_u16(&r);
    return !r.failed && type == ICMP_UNREACHABLE && code == ICMP_PORT && port == MIPRO_PORT;
}

/* Of the outermost header. */
static uint32_t
sender(const struct mipro_leaf *leaf)
{
    return leaf->n_tunnels > 0 ? leaf->tunnels[0].src : leaf->src;
}

/* What a whole datagram holds, if the node sent it.  True: an answer was added. */
static bool
take_leaf(const struct mipro_leaf *leaf, uint32_t node, int64_t time, struct inj_heard *heard)
{
    const struct mipro_span *payload = &leaf->payload;
    const bool is_udp = leaf->kind == MIPRO_DATAGRAM;
    struct inj_answer *a;

    if (sender(leaf) != node)
        return false;
    /* Headers that promise more than the frame holds: no host takes such a packet. */
    if (is_udp && payload->captured < payload->len)
        return false;
    if (leaf->kind == MIPRO_ICMP && leaf->n_tunnels == 0) {
        heard->unreachable = heard->unreachable || is_port_unreachable(payload);
        return false;
    }
    /* What is tunnelled shows an entry in the cache, whatever it is. */
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
        .octets = heard->octets + heard->used };
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
    }
    return true;
}

/* A fragment, alone or at the end of tunnels: what it completes, and that in turn. */
static bool
take_fragment(struct inj_receiver *r, struct mipro_leaf leaf, uint32_t node, int64_t time,
    struct inj_heard *heard)
{
    uint8_t *owned = NULL;
    bool added = false;

    for (unsigned i = 0; i < MAX_REASSEMBLIES && leaf.kind == MIPRO_FRAGMENT; i++) {
        struct mipro_datagram d;
        bool overlap;
        const bool whole = sender(&leaf) == node &&
                           mipro_fragments_add(r->fragments, &leaf, 0, time, time, &d, &overlap);

        g_free(owned); /* the fragment lay in it */
        if (!whole)
            return false;
        owned = d.octets;
        leaf = d.leaf;
        mipro_unwrap_payload(d.span, &r->ports, &leaf);
    }
    if (leaf.kind != MIPRO_FRAGMENT)
        added = take_leaf(&leaf, node, time, heard);
    g_free(owned);
    return added;
}

/* Datagrams that will not be completed any more. */
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

static bool
read_asked(const uint8_t *frame, size_t len, uint32_t node, struct inj_asked *asked)
{
    struct mipro_reader r = mipro_reader(frame, len);
    const uint8_t *header, *mac;
    uint8_t operation;
    uint32_t sender;

    mipro_seek(&r, 2 * ETH_ALEN);
    header = mipro_get_octets(&r, sizeof(arp_header));
    operation = mipro_get_u8(&r);
    mac = mipro_get_octets(&r, ETH_ALEN);
    sender = mipro_get_u32(&r);
    (void)mipro_get_octets(&r, ETH_ALEN);
    asked->addr = mipro_get_u32(&r);
    if (r.failed || memcmp(header, arp_header, sizeof(arp_header)) != 0 ||
        operation != ARP_REQUEST || sender != node)
        return false;
    memcpy(asked->mac, mac, ETH_ALEN);
    return true;
}

bool
inj_receive(struct inj_receiver *r, const uint8_t *frame, size_t len, uint32_t node, int64_t time,
    struct inj_heard *heard)
{
    const struct mipro_span span = { frame, len, len };
    struct mipro_leaf leaf;

    if (heard->n_asked < INJ_MAX_ASKED &&
        read_asked(frame, len, node, &heard->asked[heard->n_asked])) {
        heard->n_asked++;
        return true;
    }
    drop_incomplete(r, time);
    mipro_unwrap_frame(MIPRO_LINKTYPE_ETHERNET, span, &r->ports, &leaf);
    if (leaf.kind == MIPRO_FRAGMENT)
        return take_fragment(r, leaf, node, time, heard);
    return take_leaf(&leaf, node, time, heard);
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

void
inj_answer_for(const struct inj_asked *asked, uint32_t node, const uint8_t mac[INJ_MAC_LEN],
    uint8_t frame[INJ_ARP_LEN])
{
    uint8_t *to = put_octets(frame, asked->mac, ETH_ALEN);

    to = put_octets(to, mac, ETH_ALEN);
    to = put_octets(to, arp_header, sizeof(arp_header));
    *to++ = ARP_REPLY;
    to = put_octets(to, mac, ETH_ALEN);
    to = put_address(to, asked->addr);
    to = put_octets(to, asked->mac, ETH_ALEN);
    (void)put_address(to, node);
}
