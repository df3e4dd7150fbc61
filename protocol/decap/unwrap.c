/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unwrap.c - from a frame to the innermost datagram, header by header. */
#include "decap/layers.h"

/* The content of an EtherType; the others get no more than their octets. */
static void
unwrap_typed(struct mipro_span span, struct unwrap *u)
{
    mipro_unwrap_ethertype(u->ethertype, span, u);
}

/* IP of either version. */
static void
unwrap_ip(struct mipro_span span, struct unwrap *u)
{
    if (span.captured != 0 && span.octets[0] >> 4 == 6)
        mipro_unwrap_ipv6(span, u);
    else
        mipro_unwrap_ipv4(span, u);
}

static void (*const layers[])(struct mipro_span span, struct unwrap *u) = {
    [MIPRO_LAYER_ETHERNET] = mipro_unwrap_ethernet,
    [MIPRO_LAYER_ETHERTYPE] = unwrap_typed,
    [MIPRO_LAYER_PPP] = mipro_unwrap_ppp,
    [MIPRO_LAYER_IP] = unwrap_ip,
    [MIPRO_LAYER_IPV4] = mipro_unwrap_ipv4,
    [MIPRO_LAYER_IPV6] = mipro_unwrap_ipv6,
    [MIPRO_LAYER_PAYLOAD] = mipro_unwrap_content,
};

/* Headers may nest as deep as mipro_descend() allows. */
static void
unwrap_all(struct unwrap *u)
{
    while (u->layer != MIPRO_LAYER_NONE) {
        enum mipro_layer layer = u->layer;

        u->layer = MIPRO_LAYER_NONE;
        layers[layer](u->rest, u);
    }
}

/* A leaf of a frame with this link layer, of which nothing was unwrapped yet. */
static inline void
begin_leaf(struct mipro_leaf *leaf, enum mipro_linktype link)
{
    leaf->kind = MIPRO_NOTHING;
    leaf->src = leaf->dst = 0;
    leaf->ident_ip = 0;
    leaf->protocol = 0;
    leaf->depth = 0;
    leaf->n_tunnels = leaf->n_tunnel_data = 0;
    leaf->offset = 0;
    leaf->more = false;
    leaf->unopened = (struct mipro_unopened){ 0, 0 };
    leaf->is_ipv6 = false;
    leaf->vlans = 0;
    leaf->route = mipro_route_of(link);
}

static bool
unwrap_plain(struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf)
{
    size_t len = mipro_plain_len(span, ports);

    if (len == 0)
        return false;
    leaf->kind = MIPRO_DATAGRAM;
    leaf->src = mipro_plain_src(span.octets);
    leaf->dst = mipro_plain_dst(span.octets);
    leaf->sport = mipro_plain_sport(span.octets);
    leaf->dport = mipro_plain_dport(span.octets);
    leaf->ident_ip = mipro_plain_ip_id(span.octets);
    leaf->ttl = mipro_plain_ttl(span.octets);
    leaf->protocol = MIPRO_PROTOCOL_UDP;
    leaf->route = mipro_plain_route(span.octets);
    leaf->payload = mipro_plain_payload(span.octets, len);
    return true;
}

void
mipro_unwrap_frame(enum mipro_linktype link, struct mipro_span span,
    const struct mipro_ports *ports, struct mipro_leaf *leaf)
{
    struct unwrap u = { .leaf = leaf, .ports = ports };

    begin_leaf(leaf, link);
    if (link == MIPRO_LINKTYPE_ETHERNET && unwrap_plain(span, ports, leaf))
        return;
    mipro_unwrap_link(link, span, &u);
    unwrap_all(&u);
}

void
mipro_unwrap_payload(
    struct mipro_span span, const struct mipro_ports *ports, struct mipro_leaf *leaf)
{
    struct unwrap u = { .leaf = leaf, .ports = ports };

    mipro_unwrap_content(span, &u);
    unwrap_all(&u);
}
