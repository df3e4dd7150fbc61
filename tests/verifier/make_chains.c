/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make_chains FOLDER - one message in every chain of up to three encapsulations, as a
 * capture of Ethernet and one of cooked frames; FOLDER/names tells the chain of each frame.  And in
 * FOLDER/lies.pcap, each encapsulation with octets of its headers changed; FOLDER/lies tells the
 * encapsulation of each frame, which octet was changed, counted from the EtherType, and its value.
 *
 * The packet wrapped so far always has an EtherType.  Each encapsulation turns it into a packet
 * that has an EtherType again, or does not accept it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ROOM = 1024, IPV4 = 0x0800, IPV6 = 0x86dd, ETHERNET = 0x6558 };

struct packet {
    unsigned type;
    uint8_t octets[ROOM]; /* at the end */
    size_t at;
};

static void
prepend(struct packet *p, const void *octets, size_t n)
{
    if (n > p->at)
        abort();
    p->at -= n;
    memcpy(p->octets + p->at, octets, n);
}

static void
prepend_u16(struct packet *p, unsigned v)
{
    const uint8_t octets[] = { (uint8_t)(v >> 8), (uint8_t)v };

    prepend(p, octets, 2);
}

static unsigned
len_of(const struct packet *p)
{
    return (unsigned)(ROOM - p->at);
}

/* ---- headers ---- */

static void
ethernet(struct packet *p)
{
    prepend_u16(p, p->type);
    prepend(p, "\x02\0\0\0\0\1\x02\0\0\0\0\2", 12);
    p->type = ETHERNET;
}

static void
ipv4(struct packet *p, unsigned protocol)
{
    uint8_t h[20] = { 0x45, 0, 0, 0, 0, 1, 0, 0, 64, (uint8_t)protocol, 0, 0, 10, 2, 0, 1, 10, 3, 0,
        1 };
    unsigned len = len_of(p) + 20;

    h[2] = (uint8_t)(len >> 8);
    h[3] = (uint8_t)len;
    prepend(p, h, sizeof(h));
    p->type = IPV4;
}

static void
ipv6(struct packet *p, unsigned next)
{
    uint8_t h[40] = { 0x60, 0, 0, 0, 0, 0, (uint8_t)next, 64, 0x20, 1, 0x0d, 0xb8 };
    unsigned len = len_of(p);

    h[4] = (uint8_t)(len >> 8);
    h[5] = (uint8_t)len;
    memcpy(h + 24, h + 8, 16);
    h[23] = 1;
    h[39] = 2;
    prepend(p, h, sizeof(h));
    p->type = IPV6;
}

static void
udp(struct packet *p, unsigned port)
{
    unsigned len = len_of(p) + 8;

    prepend_u16(p, 0);
    prepend_u16(p, len);
    prepend_u16(p, port);
    prepend_u16(p, 49152);
}

static bool
is_ip(const struct packet *p)
{
    return p->type == IPV4 || p->type == IPV6;
}

/* The protocols that Wireshark decodes in GRE without an Ethernet header. */
static bool
fits_gre(const struct packet *p)
{
    return is_ip(p) || p->type == 0x8847;
}

/* ---- encapsulations: false if it cannot carry this packet ---- */

static bool
tag(struct packet *p, unsigned type, const void *octets, size_t n)
{
    prepend_u16(p, p->type);
    prepend(p, octets, n);
    p->type = type;
    return p->type != ETHERNET;
}

static bool
vlan(struct packet *p)
{
    return p->type != ETHERNET && tag(p, 0x8100, "\0\x64", 2);
}
static bool
qinq(struct packet *p)
{
    return p->type != ETHERNET && tag(p, 0x88a8, "\0\x65", 2);
}
static bool
vntag(struct packet *p)
{
    return tag(p, 0x8926, "\0\1\0\2", 4);
}
static bool
metadata(struct packet *p)
{
    return tag(p, 0x8909, "\1\1\0\1\0\7", 6);
}

static bool
mpls(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend(p, "\0\1\1\x40", 4);
    p->type = 0x8847;
    return true;
}

/* Two labels more. */
static bool
mpls_stack(struct packet *p)
{
    if (!mpls(p))
        return false;
    prepend(p, "\0\2\0\x40\0\1\0\x40", 8);
    return true;
}

static bool
pppoe(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend_u16(p, p->type == IPV4 ? 0x0021 : 0x0057);
    prepend_u16(p, len_of(p));
    prepend(p, "\x11\0\0\1", 4);
    p->type = 0x8864;
    return true;
}

static bool
gre_with(struct packet *p, const void *fields, size_t n, unsigned flags, unsigned type)
{
    prepend(p, fields, n);
    prepend_u16(p, type);
    prepend_u16(p, flags);
    ipv4(p, 47);
    return true;
}

static bool
gre(struct packet *p)
{
    return fits_gre(p) && gre_with(p, "", 0, 0, p->type);
}
static bool
gre_key(struct packet *p)
{
    return fits_gre(p) && gre_with(p, "\0\0\0\1\0\0\0\2", 8, 0x3000, p->type);
}

/* Checksum, source routes (RFC 1701), key and sequence number. */
static bool
gre_options(struct packet *p)
{
    return fits_gre(p) &&
           gre_with(p, "\0\0\0\0\0\0\0\1\0\0\0\2\x08\0\0\4\x0a\0\0\1\0\0\0\0", 24, 0xf000, p->type);
}

/* As PPTP does it: version 1, with key, sequence and acknowledgment number. */
static bool
gre_ppp(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend_u16(p, p->type == IPV4 ? 0x0021 : 0x0057);
    prepend(p, "\xff\3", 2);
    return gre_with(p, "\0\x60\0\7\0\0\0\2\0\0\0\1", 12, 0x3081, 0x880b);
}

static bool
gre_ethernet(struct packet *p)
{
    ethernet(p);
    return gre_with(p, "", 0, 0, ETHERNET);
}

static bool
erspan_1(struct packet *p)
{
    ethernet(p);
    return gre_with(p, "", 0, 0, 0x88be);
}

static bool
erspan_2(struct packet *p)
{
    ethernet(p);
    prepend(p, "\x10\x0a\0\1\0\0\0\0", 8);
    return gre_with(p, "\0\0\0\1", 4, 0x1000, 0x88be);
}

static bool
erspan_3(struct packet *p)
{
    ethernet(p);
    prepend(p, "\x20\x0a\0\1\0\0\0\1\0\0\0\0", 12);
    return gre_with(p, "\0\0\0\1", 4, 0x1000, 0x22eb);
}

static bool
erspan_3_platform(struct packet *p)
{
    ethernet(p);
    prepend(p, "\x20\x0a\0\1\0\0\0\1\0\0\0\1\x0c\0\0\0\0\0\0\0", 20);
    return gre_with(p, "\0\0\0\1", 4, 0x1000, 0x22eb);
}

static bool
vxlan(struct packet *p)
{
    ethernet(p);
    prepend(p, "\x08\0\0\0\0\0\x2a\0", 8);
    udp(p, 4789);
    ipv4(p, 17);
    return true;
}

static bool
geneve(struct packet *p)
{
    ethernet(p);
    prepend(p, "\0\0\x65\x58\0\0\x2a\0", 8);
    udp(p, 6081);
    ipv4(p, 17);
    return true;
}

static bool
geneve_options(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend(p, "\0\0\x2a\0\1\2\x80\1\1\2\3\4", 12);
    prepend_u16(p, p->type);
    prepend(p, "\2\0", 2);
    udp(p, 6081);
    ipv4(p, 17);
    return true;
}

static bool
gtp(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend(p, "\0\0\0\x2a", 4);
    prepend_u16(p, len_of(p) - 4);
    prepend(p, "\x30\xff", 2);
    udp(p, 2152);
    ipv4(p, 17);
    return true;
}

static bool
gtp_extended(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend(p, "\0\0\0\x2a\0\7\0\x85\1\0\1\0", 12); /* a PDU session container */
    prepend_u16(p, len_of(p) - 4);
    prepend(p, "\x36\xff", 2);
    udp(p, 2152);
    ipv4(p, 17);
    return true;
}

static bool
ip_in_ip(struct packet *p)
{
    if (!is_ip(p))
        return false;
    ipv4(p, p->type == IPV4 ? 4 : 41);
    return true;
}

static bool
ip_in_ipv6(struct packet *p)
{
    if (!is_ip(p))
        return false;
    ipv6(p, p->type == IPV4 ? 4 : 41);
    return true;
}

/* With hop-by-hop options in between. */
static bool
ip_in_ipv6_options(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend(p, p->type == IPV4 ? "\4\0\1\4\0\0\0\0" : "\x29\0\1\4\0\0\0\0", 8);
    ipv6(p, 0);
    return true;
}

/* Destination options, a routing header, and a fragment header of a packet that is whole. */
static bool
ip_in_ipv6_extensions(struct packet *p)
{
    if (!is_ip(p))
        return false;
    prepend(p, p->type == IPV4 ? "\4\0\0\0\0\0\0\1" : "\x29\0\0\0\0\0\0\1", 8);
    prepend(p, "\x2c\2\0\0\0\0\0\0\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 24);
    prepend(p, "\x2b\1\1\x0c\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    ipv6(p, 60);
    return true;
}

static bool
gre_in_ipv6(struct packet *p)
{
    if (!fits_gre(p))
        return false;
    prepend_u16(p, p->type);
    prepend_u16(p, 0);
    ipv6(p, 47);
    return true;
}

static bool
vxlan_in_ipv6(struct packet *p)
{
    ethernet(p);
    prepend(p, "\x08\0\0\0\0\0\x2a\0", 8);
    udp(p, 4789);
    ipv6(p, 17);
    return true;
}

static bool
ah(struct packet *p)
{
    if (p->type != IPV4)
        return false;
    prepend(p, "\4\4\0\0\0\0\1\0\0\0\0\1\1\2\3\4\1\2\3\4\1\2\3\4", 24);
    ipv4(p, 51);
    return true;
}

static bool
ah_in_ipv6(struct packet *p)
{
    if (p->type != IPV4)
        return false;
    prepend(p, "\4\4\0\0\0\0\1\0\0\0\0\1\1\2\3\4\1\2\3\4\1\2\3\4", 24);
    ipv6(p, 51);
    return true;
}

static bool
tunnel_data(struct packet *p)
{
    if (p->type != IPV4)
        return false;
    prepend(p, "\4\4\0\0", 4);
    udp(p, 434);
    ipv4(p, 17);
    return true;
}

static bool
mpls_in_ip(struct packet *p)
{
    if (!mpls(p))
        return false;
    ipv4(p, 137);
    return true;
}

#define WRAP(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }
static const struct {
    const char *name;
    bool (*wrap)(struct packet *p);
} wraps[] = { WRAP(vlan), WRAP(qinq), WRAP(vntag), WRAP(metadata), WRAP(mpls), WRAP(mpls_stack),
    WRAP(pppoe), WRAP(gre), WRAP(gre_key), WRAP(gre_options), WRAP(gre_ppp), WRAP(gre_ethernet),
    WRAP(erspan_1), WRAP(erspan_2), WRAP(erspan_3), WRAP(erspan_3_platform), WRAP(vxlan),
    WRAP(geneve), WRAP(geneve_options), WRAP(gtp), WRAP(gtp_extended), WRAP(ip_in_ip),
    WRAP(ip_in_ipv6), WRAP(ip_in_ipv6_options), WRAP(ip_in_ipv6_extensions), WRAP(gre_in_ipv6),
    WRAP(vxlan_in_ipv6), WRAP(ah), WRAP(ah_in_ipv6), WRAP(tunnel_data), WRAP(mpls_in_ip) };

/* A Registration Request, with addresses that occur in no other header. */
static struct packet
message(void)
{
    struct packet p = { .type = IPV4, .at = ROOM };
    static const uint8_t request[24] = { 1, 0, 0, 60, 10, 1, 0, 9, 10, 1, 0, 1, 10, 4, 0, 1, 0, 0,
        0, 0, 0, 0, 0, 1 };

    prepend(&p, request, sizeof(request));
    udp(&p, 434);
    ipv4(&p, 17);
    memcpy(p.octets + p.at + 12, "\x0a\1\0\1\xc0\0\2\7", 8);
    return p;
}

/* ---- files ---- */

static void
put_u32(FILE *f, uint32_t v)
{
    fwrite(&v, 1, 4, f); /* in the byte order of the machine, which the file's magic number shows */
}

static FILE *
create(const char *folder, const char *name, unsigned link)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "wb");
    if (f == NULL)
        exit(3);
    if (link != 0) {
        put_u32(f, 0xa1b2c3d4);
        put_u32(f, 2 | 4 << 16);
        put_u32(f, 0);
        put_u32(f, 0);
        put_u32(f, 65535);
        put_u32(f, link);
    }
    return f;
}

static void
put_frame(FILE *f, const struct packet *p)
{
    static uint32_t seconds = 919944000;

    put_u32(f, seconds++);
    put_u32(f, 0);
    put_u32(f, len_of(p));
    put_u32(f, len_of(p));
    fwrite(p->octets + p->at, 1, len_of(p), f);
}

/*
 * Each octet of the headers around the message, in each encapsulation, with other values: what
 * they say of lengths, types and options is false then.
 */
static void
put_lies(FILE *f, FILE *names)
{
    static const uint8_t values[] = { 0x00, 0x01, 0x02, 0x05, 0x0f, 0x40, 0x7f, 0x80, 0xfe, 0xff };

    unsigned frames = 0;

    for (size_t i = 0; i < COUNT(wraps); i++) {
        struct packet p = message();
        size_t end;

        (void)wraps[i].wrap(&p);
        ethernet(&p);
        for (end = p.at; memcmp(p.octets + end, "\x0a\1\0\1\xc0\0\2\7", 8) != 0;)
            end++;
        end -= 12; /* where the IP header of the message begins */
        for (size_t at = p.at + 12; at < end; at++)
            for (size_t k = 0; k < COUNT(values); k++) {
                struct packet lie = p;

                lie.octets[at] = values[k];
                put_frame(f, &lie);
                fprintf(
                    names, "%u\t%s %zu %02x\n", ++frames, wraps[i].name, at - p.at - 12, values[k]);
            }
    }
}

int
main(int argc, char *argv[])
{
    size_t n = COUNT(wraps) + 1; /* 0: none */
    FILE *plain, *cooked, *lies, *changed, *names;
    unsigned frames = 0;

    if (argc != 2)
        return 2;
    plain = create(argv[1], "ethernet.pcap", 1);
    cooked = create(argv[1], "cooked.pcap", 113);
    names = create(argv[1], "names", 0);
    lies = create(argv[1], "lies.pcap", 1);
    changed = create(argv[1], "lies", 0);
    put_lies(lies, changed);
    for (size_t i = 0; i < n * n * n; i++) {
        size_t chain[] = { i % n, i / n % n, i / n / n };
        struct packet p = message(), e;
        bool fits = true, gap = false;

        for (size_t k = 0; k < 3; k++) {
            gap |= k != 0 && chain[k] != 0 && chain[k - 1] == 0;
            fits = fits && (chain[k] == 0 || wraps[chain[k] - 1].wrap(&p));
        }
        if (!fits || gap)
            continue;
        fprintf(names, "%u", ++frames);
        for (size_t k = 3; k-- != 0;)
            if (chain[k] != 0)
                fprintf(names, " %s", wraps[chain[k] - 1].name);
        fputc('\n', names);
        e = p;
        ethernet(&e);
        put_frame(plain, &e);
        /* The cooked header then has no EtherType: 802.2 and SNAP. */
        prepend_u16(&p, p.type);
        prepend(&p, "\xaa\xaa\3\0\0\0", 6);
        prepend(&p, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\0\4", 16);
        put_frame(cooked, &p);
    }
    return (fclose(plain) | fclose(lies) | fclose(changed) | fclose(cooked) | fclose(names)) != 0
               ? 3
               : 0;
}
