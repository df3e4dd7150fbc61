/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - the headers around a UDP payload: UDP or ICMP, IPv4, tunnels, Ethernet.
 *
 * frame.c is the only file that uses libnet, which builds each layer without
 * privilege or socket.  What libnet cannot do is done on the finished octets:
 * a UDP checksum of 0 (RFC 768 sends ffff), wrong lengths and checksums,
 * RFC 2004's header, fragments.
 */
#ifndef INJ_FRAME_H
#define INJ_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INJ_ETHER_LEN 14u
#define INJ_MAC_LEN 6u
#define INJ_FRAME_MAX (INJ_ETHER_LEN + 65535u + 64u) /* 64: a trailer of the link */
#define INJ_PAYLOAD_MAX 65507u                       /* of UDP in IPv4 */
#define INJ_MAX_TUNNELS 4u

#define INJ_ICMP 1u
#define INJ_UDP 17u

enum inj_tunnel_kind { INJ_IPIP, INJ_MINIMAL, INJ_GRE, INJ_TUNNEL_KINDS };
/* "ipip"; INJ_TUNNEL_KINDS if no kind has this name. */
const char *inj_tunnel_name(enum inj_tunnel_kind kind);
enum inj_tunnel_kind inj_tunnel_by_name(const char *name, size_t n);

struct inj_tunnel {
    enum inj_tunnel_kind kind;
    uint32_t src, dst;
};

enum inj_checksum { INJ_SUM_GOOD, INJ_SUM_NONE, INJ_SUM_WRONG };

struct inj_envelope {
    uint32_t src, dst; /* innermost */
    uint16_t sport, dport;
    uint8_t ttl;
    uint8_t protocol; /* INJ_UDP; INJ_ICMP: the payload is the whole ICMP message */
    uint16_t ip_id;   /* 0: don't fragment, the datagram is atomic (RFC 6864) */
    struct inj_tunnel tunnel[INJ_MAX_TUNNELS]; /* innermost first */
    unsigned n_tunnels;
    const uint8_t *src_mac, *dst_mac; /* NULL: derived from the outermost addresses */

    /* Deliberate errors. */
    enum inj_checksum udp_sum;
    int udp_len_off; /* added to the UDP length; the checksum is computed over that */
    int ip_len_off;  /* added to the innermost total length; its checksum is correct */
    uint8_t trailer; /* octets after the datagram, on the link */
};

struct inj_frame {
    size_t len;
    size_t inner_off;     /* of the innermost IPv4 header (RFC 2004: of the only one) */
    size_t transport_off; /* of UDP or ICMP */
    size_t payload_off;   /* of the UDP payload, or of the ICMP message */
    uint8_t octets[INJ_FRAME_MAX];
};

struct inj_framer;

/* NULL if libnet fails.  One per thread. */
struct inj_framer *inj_framer_new(void);
void inj_framer_free(struct inj_framer *f);

/* False if it does not fit in an IPv4 datagram. */
bool inj_frame_build(struct inj_framer *f, struct inj_frame *frame, const struct inj_envelope *e,
    const uint8_t *payload, size_t len);

/* Compute the UDP (or ICMP) checksum again after payload octets were patched. */
void inj_frame_checksum(struct inj_frame *frame, uint32_t src, uint32_t dst, uint8_t protocol);

/*
 * The n octets of the outermost datagram's payload from octet from on (a multiple of 8), as
 * a frame of its own.
 */
void inj_frame_piece(
    const struct inj_frame *whole, size_t from, size_t n, bool more, struct inj_frame *piece);
/* Give the outermost datagram an IP identification; it may then be fragmented. */
void inj_frame_identify(struct inj_frame *frame, uint16_t ip_id);
/* Octets of the outermost datagram's payload, which is what gets fragmented. */
size_t inj_frame_fragmentable(const struct inj_frame *frame);

/* RFC 1071 over n octets, added to sum; fold and complement with inj_sum_finish(). */
uint32_t inj_sum_add(uint32_t sum, const uint8_t *octets, size_t n);
uint16_t inj_sum_finish(uint32_t sum);

/* 02:00 and the address; for a multicast group as in RFC 1112; ff for broadcast. */
void inj_mac_of(uint32_t addr, uint8_t mac[INJ_MAC_LEN]);

#endif
