/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frames.h"

enum { MAX_FRAME = 512 };

struct wrapping {
    const char *name;
    enum mipro_linktype link;
    const char *hex;
    unsigned n_tunnels;
};

/* clang-format off */
static const struct wrapping wrappings[] = {
    { "Ethernet",                   MIPRO_LINKTYPE_ETHERNET, ETHER "0800" INNER, 0 },
    { "Ethernet with padding",      MIPRO_LINKTYPE_ETHERNET, ETHER "0800" INNER "000000000000", 0 },
    { "802.1Q",                     MIPRO_LINKTYPE_ETHERNET, ETHER "8100 0064 0800" INNER, 0 },
    { "QinQ",                       MIPRO_LINKTYPE_ETHERNET, ETHER "88a8 0064 8100 00c8 0800" INNER, 0 },
    { "QinQ, the old type",         MIPRO_LINKTYPE_ETHERNET, ETHER "9100 0064 8100 00c8 0800" INNER, 0 },
    { "802.3 with SNAP",            MIPRO_LINKTYPE_ETHERNET, ETHER "0046 aaaa03000000 0800" INNER, 0 },
    { "MPLS",                       MIPRO_LINKTYPE_ETHERNET, ETHER "8847 00010140" INNER, 0 },
    { "MPLS, two labels",           MIPRO_LINKTYPE_ETHERNET, ETHER "8847 00010040 00020140" INNER, 0 },
    { "MPLS multicast",             MIPRO_LINKTYPE_ETHERNET, ETHER "8848 00010140" INNER, 0 },
    { "PPPoE",                      MIPRO_LINKTYPE_ETHERNET, ETHER "8864 1100 0001 0040 0021" INNER, 0 },
    { "PPPoE in a VLAN",            MIPRO_LINKTYPE_ETHERNET, ETHER "8100 0001 8864 1100 0001 0040 0021" INNER, 0 },
    { "PPPoE, protocol of an octet", MIPRO_LINKTYPE_ETHERNET, ETHER "8864 1100 0001 003f 21" INNER, 0 },
    { "raw",                        MIPRO_LINKTYPE_RAW, INNER, 0 },
    { "null, little endian",        MIPRO_LINKTYPE_NULL, "02000000" INNER, 0 },
    { "null, big endian",           MIPRO_LINKTYPE_NULL, "00000002" INNER, 0 },
    { "cooked",                     MIPRO_LINKTYPE_SLL, "0000 0001 0006 020000000001 0000 0800" INNER, 0 },
    { "cooked, tagged",             MIPRO_LINKTYPE_SLL, "0000 0001 0006 020000000001 0000 8100 0064 0800" INNER, 0 },
    { "cooked 2",                   MIPRO_LINKTYPE_SLL2, "0800 0000 00000001 0001 00 06 020000000001 0000" INNER, 0 },
    { "PPP",                        MIPRO_LINKTYPE_PPP, "0021" INNER, 0 },
    { "PPP, address and control",   MIPRO_LINKTYPE_PPP, "ff03 0021" INNER, 0 },
    { "PPP with MPLS",              MIPRO_LINKTYPE_PPP, "ff03 0281 00010140" INNER, 0 },
    { "PPP with direction",         MIPRO_LINKTYPE_PPP_DIRECTION, "01 ff03 0021" INNER, 0 },
    { "PPPoE link",                 MIPRO_LINKTYPE_PPPOE, "1100 0001 0040 0021" INNER, 0 },
    { "Cisco HDLC",                 MIPRO_LINKTYPE_CHDLC, "0f00 0800" INNER, 0 },
    { "MPLS link",                  MIPRO_LINKTYPE_MPLS, "00010140" INNER, 0 },
    { "IPv4 options",               MIPRO_LINKTYPE_RAW,
      "4800 004a 0000 0000 4011 0000 0a010001 c0000207 94040000 01010101 01010100" UDP, 0 },
    { "total length 0",             MIPRO_LINKTYPE_RAW, "4500 0000 0000 0000 4011 0000 0a010001 c0000207" UDP, 0 },
    { "IP in IP",                   MIPRO_LINKTYPE_RAW, OUTER("0052", "04") INNER, 1 },
    { "IP in IP in IP",             MIPRO_LINKTYPE_RAW,
      "4500 0066 0000 0000 4004 0000 0a040001 0a050001" OUTER("0052", "04") INNER, 2 },
    { "minimal, source restored",   MIPRO_LINKTYPE_RAW,
      OUTER("004a", "37") "1180 0000 c0000207 0a010001" UDP, 1 },
    { "minimal, source left out",   MIPRO_LINKTYPE_RAW,
      "4500 0046 0000 0000 4037 0000 0a010001 0a030001" "1100 0000 c0000207" UDP, 1 },
    { "GRE",                        MIPRO_LINKTYPE_RAW, OUTER("0056", "2f") "0000 0800" INNER, 1 },
    { "GRE, checksum key sequence", MIPRO_LINKTYPE_RAW,
      OUTER("0062", "2f") "b000 0800 00000000 00000001 00000002" INNER, 1 },
    { "GRE, routes",                MIPRO_LINKTYPE_RAW,
      OUTER("0066", "2f") "4000 0800 00000000 0800 00 04 01020304 00000000" INNER, 1 },
    { "GRE with Ethernet",          MIPRO_LINKTYPE_RAW, OUTER("0064", "2f") "0000 6558" ETHER "0800" INNER, 0 },
    { "GRE with PPP",               MIPRO_LINKTYPE_RAW,
      OUTER("0064", "2f") "3081 880b 0040 0001 00000001 00000002" "0021" INNER, 0 },
    { "GRE with PPP, nothing acknowledged", MIPRO_LINKTYPE_RAW,
      OUTER("0060", "2f") "3001 880b 0040 0001 00000001" "0021" INNER, 0 },
    { "VN-Tag",                     MIPRO_LINKTYPE_ETHERNET, ETHER "8926 00010002 0800" INNER, 0 },
    { "Cisco metadata",             MIPRO_LINKTYPE_ETHERNET, ETHER "8909 0101 0001 0007 0800" INNER, 0 },
    { "cooked, SNAP",               MIPRO_LINKTYPE_SLL,
      "0000 0001 0006 020000000001 0000 0004 aaaa03000000 0800" INNER, 0 },
    { "VXLAN",                      MIPRO_LINKTYPE_RAW,
      OUTER("0070", "11") "c000 12b5 005c 0000 08000000 00002a00" ETHER "0800" INNER, 0 },
    { "GENEVE",                     MIPRO_LINKTYPE_RAW,
      OUTER("0070", "11") "c000 17c1 005c 0000 00006558 00002a00" ETHER "0800" INNER, 0 },
    { "GENEVE, options",            MIPRO_LINKTYPE_RAW,
      OUTER("0066", "11") "c000 17c1 0052 0000 01000800 00002a00 01028000" INNER, 0 },
    { "GTP-U",                      MIPRO_LINKTYPE_RAW,
      OUTER("0062", "11") "0868 0868 004e 0000 30ff 003e 0000002a" INNER, 0 },
    { "GTP-U, extended",            MIPRO_LINKTYPE_RAW,
      OUTER("006a", "11") "0868 0868 0056 0000 34ff 0046 0000002a 00000085 01000100" INNER, 0 },
    { "ERSPAN I",                   MIPRO_LINKTYPE_RAW, OUTER("0064", "2f") "0000 88be" ETHER "0800" INNER, 0 },
    { "ERSPAN II",                  MIPRO_LINKTYPE_RAW,
      OUTER("0070", "2f") "1000 88be 00000001 100a0001 00000000" ETHER "0800" INNER, 0 },
    { "ERSPAN III",                 MIPRO_LINKTYPE_RAW,
      OUTER("0074", "2f") "1000 22eb 00000001 200a0001 00000001 00000000" ETHER "0800" INNER, 0 },
    { "ERSPAN III, platform",       MIPRO_LINKTYPE_RAW,
      OUTER("007c", "2f") "1000 22eb 00000001 200a0001 00000001 00000001 0c000000 00000000" ETHER "0800" INNER, 0 },
    { "AH",                         MIPRO_LINKTYPE_RAW,
      OUTER("006a", "33") "0404 0000 00000100 00000001 01020304 01020304 01020304" INNER, 1 },
    { "IPv4 in IPv6",               MIPRO_LINKTYPE_RAW,
      "6000 0000 003e 0440 20010db8000000000000000000000001 20010db8000000000000000000000002" INNER, 0 },
    { "IPv4 in IPv6, options",      MIPRO_LINKTYPE_RAW,
      "6000 0000 0046 0040 20010db8000000000000000000000001 20010db8000000000000000000000002"
      "0400 0104 00000000" INNER, 0 },
    { "MPLS in IP",                 MIPRO_LINKTYPE_RAW, OUTER("0056", "89") "00010140" INNER, 0 },
    { "UDP tunnel, IP",             MIPRO_LINKTYPE_RAW, OUTER("005e", "11") "01b201b2 004a 0000 04040000" INNER, 1 },
    { "UDP tunnel, minimal",        MIPRO_LINKTYPE_RAW,
      OUTER("0056", "11") "01b2c000 0042 0000 04370000" "1180 0000 c0000207 0a010001" UDP, 1 },
    { "UDP tunnel, GRE",            MIPRO_LINKTYPE_RAW,
      OUTER("0062", "11") "c00001b2 004e 0000 042f0000" "0000 0800" INNER, 1 },
    { "octets after UDP's length", MIPRO_LINKTYPE_RAW,
      "4500 0042 0000 0000 4011 0000 0a010001 c0000207" UDP "deadbeef", 0 },
};

/* Frames without a message of ours, for different reasons. */
static const struct wrapping nothings[] = {
    { "another port",             MIPRO_LINKTYPE_RAW, "4500 003e 0000 0000 4011 0000 0a010001 c0000207"
      "01b301b3 002a 0000" MESSAGE, 0 },
    { "TCP",                      MIPRO_LINKTYPE_RAW, "4500 003e 0000 0000 4006 0000 0a010001 c0000207"
      "01b201b2 002a 0000" MESSAGE, 0 },
    { "IPv6",                     MIPRO_LINKTYPE_RAW, "6500 003e 0000 0000 4011 0000 0a010001 c0000207" UDP, 0 },
    { "header of 16 octets",      MIPRO_LINKTYPE_RAW, "4400 003e 0000 0000 4011 0000 0a010001 c0000207" UDP, 0 },
    { "total below the header",   MIPRO_LINKTYPE_RAW, "4500 0013 0000 0000 4011 0000 0a010001 c0000207" UDP, 0 },
    { "UDP length below 8",       MIPRO_LINKTYPE_RAW, "4500 003e 0000 0000 4011 0000 0a010001 c0000207"
      "01b201b2 0007 0000" MESSAGE, 0 },
    { "PPPoE discovery",          MIPRO_LINKTYPE_ETHERNET, ETHER "8863 1109 0001 0040 0021" INNER, 0 },
    { "ARP",                      MIPRO_LINKTYPE_ETHERNET, ETHER "0806" INNER, 0 },
    { "LLC without SNAP",         MIPRO_LINKTYPE_ETHERNET, ETHER "0046 424203000000 0800" INNER, 0 },
    { "AF_INET6",                 MIPRO_LINKTYPE_NULL, "0000001e" INNER, 0 },
    { "GRE, a length for a type", MIPRO_LINKTYPE_RAW, OUTER("005e", "2f") "0000 0046 aaaa03000000 0800" INNER, 0 },
    { "cooked, a length for a type", MIPRO_LINKTYPE_SLL, "0000 0001 0006 020000000001 0000 0046 aaaa03000000 0800" INNER, 0 },
    { "GRE version 2",            MIPRO_LINKTYPE_RAW, OUTER("0056", "2f") "0002 0800" INNER, 0 },
    { "GRE, routes end in an address family", MIPRO_LINKTYPE_RAW,
      OUTER("0066", "2f") "4000 0800 00000000 0800 00 04 01020304 08000000" INNER, 0 },
    { "IPv6, length 0",           MIPRO_LINKTYPE_RAW,
      "6000 0000 0000 0440 20010db8000000000000000000000001 20010db8000000000000000000000002" INNER, 0 },
    { "IPv6, an option overruns", MIPRO_LINKTYPE_RAW,
      "6000 0000 0046 0040 20010db8000000000000000000000001 20010db8000000000000000000000002"
      "0400 0105 00000000" INNER, 0 },
    { "IPv6, an option has no length", MIPRO_LINKTYPE_RAW,
      "6000 0000 0046 0040 20010db8000000000000000000000001 20010db8000000000000000000000002"
      "0400 0000 00000001" INNER, 0 },
    { "UDP tunnel, next header 6", MIPRO_LINKTYPE_RAW, OUTER("005e", "11") "01b201b2 004a 0000 04060000" INNER, 0 },
    { "another link layer",       MIPRO_LINKTYPE_OTHER, INNER, 0 },
};
/* clang-format on */

/* Unwrap the first n octets of len, in a block that ends where they end. */
static struct mipro_leaf
unwrap_cut(const struct wrapping *w, size_t n, size_t len, uint8_t **block)
{
    struct mipro_ports ports = frame_ports();
    uint8_t octets[MAX_FRAME];
    struct mipro_leaf leaf;

    assert_true(unit_octets(w->hex, octets, sizeof(octets)) >= n);
    *block = malloc(n + 1);
    memcpy(*block + 1, octets, n);
    mipro_unwrap_frame(w->link, (struct mipro_span){ *block + 1, n, len }, &ports, &leaf);
    return leaf;
}

static void
every_wrapping_gives_the_message_and_its_innermost_ends(void **state)
{
    uint8_t message[MESSAGE_LEN], octets[MAX_FRAME], *block;

    (void)state;
    assert_int_equal(unit_octets(MESSAGE, message, sizeof(message)), MESSAGE_LEN);
    for (size_t i = 0; i < COUNT(wrappings); i++) {
        const struct wrapping *w = &wrappings[i];
        size_t len = unit_octets(w->hex, octets, sizeof(octets));
        struct mipro_leaf leaf = unwrap_cut(w, len, len, &block);

        if (leaf.kind != MIPRO_DATAGRAM || leaf.payload.len != MESSAGE_LEN ||
            leaf.payload.captured != MESSAGE_LEN ||
            memcmp(leaf.payload.octets, message, MESSAGE_LEN) != 0)
            fail_msg("%s: the message is not found", w->name);
        if (leaf.src != HOME_AGENT || leaf.dst != CORRESPONDENT)
            fail_msg("%s: ends 0x%08x and 0x%08x", w->name, leaf.src, leaf.dst);
        if (leaf.n_tunnels != w->n_tunnels)
            fail_msg("%s: %u tunnels", w->name, leaf.n_tunnels);
        if (leaf.n_tunnel_data != (strncmp(w->name, "UDP tunnel", 10) == 0))
            fail_msg("%s: %u times tunnel data", w->name, leaf.n_tunnel_data);
        free(block);
    }
}

/* However little was captured, the beginning of the message is found, or nothing. */
static void
a_capture_cut_anywhere_shortens_what_was_captured_alone(void **state)
{
    uint8_t message[MESSAGE_LEN], octets[MAX_FRAME], *block;

    (void)state;
    unit_octets(MESSAGE, message, sizeof(message));
    for (size_t i = 0; i < COUNT(wrappings); i++) {
        const struct wrapping *w = &wrappings[i];
        size_t len = unit_octets(w->hex, octets, sizeof(octets)), found = 0;

        for (size_t n = 0; n < len; n++) {
            struct mipro_leaf leaf = unwrap_cut(w, n, len, &block);

            if (leaf.kind == MIPRO_DATAGRAM) {
                found++;
                if (leaf.payload.len != MESSAGE_LEN || leaf.payload.captured > MESSAGE_LEN ||
                    memcmp(leaf.payload.octets, message, leaf.payload.captured) != 0)
                    fail_msg("%s, %zu octets captured: payload of %zu of %zu", w->name, n,
                        leaf.payload.captured, leaf.payload.len);
            }
            free(block);
        }
        if (found < MESSAGE_LEN - 1)
            fail_msg("%s: found in only %zu cuts", w->name, found);
    }
}

static void
what_is_not_ours_is_left_alone(void **state)
{
    uint8_t octets[MAX_FRAME], *block;

    (void)state;
    for (size_t i = 0; i < COUNT(nothings); i++) {
        size_t len = unit_octets(nothings[i].hex, octets, sizeof(octets));
        struct mipro_leaf leaf = unwrap_cut(&nothings[i], len, len, &block);

        if (leaf.kind != MIPRO_NOTHING)
            fail_msg("%s: found", nothings[i].name);
        free(block);
    }
}

static void
a_tunnel_is_reported_with_its_ends_and_the_node_inside(void **state)
{
    const struct wrapping w = { "", MIPRO_LINKTYPE_RAW,
        "4500 0066 0000 0000 4004 0000 0a040001 0a050001" OUTER("0052", "04") INNER, 2 };
    uint8_t *block;
    struct mipro_leaf leaf = unwrap_cut(&w, 102, 102, &block);

    (void)state;
    assert_int_equal(leaf.tunnels[0].src, 0x0a040001);
    assert_int_equal(leaf.tunnels[0].dst, 0x0a050001);
    assert_int_equal(leaf.tunnels[0].homeaddr, OUTER_DST);
    assert_int_equal(leaf.tunnels[1].src, OUTER_SRC);
    assert_int_equal(leaf.tunnels[1].dst, OUTER_DST);
    assert_int_equal(leaf.tunnels[1].homeaddr, CORRESPONDENT);
    free(block);
}

/* Less on the wire than the IP length: the rest was not captured; the message was not short. */
static void
a_frame_shorter_than_its_ip_packet_is_a_cut(void **state)
{
    const struct wrapping w = { "", MIPRO_LINKTYPE_RAW, INNER, 0 };
    uint8_t *block;
    struct mipro_leaf leaf = unwrap_cut(&w, 50, 50, &block);

    (void)state;
    assert_int_equal(leaf.kind, MIPRO_DATAGRAM);
    assert_int_equal(leaf.payload.captured, 22);
    assert_int_equal(leaf.payload.len, MESSAGE_LEN);
    free(block);
}

/* An inconsistent header was sent that way: the capture does not lack anything. */
static void
a_length_shorter_than_its_header_is_malformed_not_cut(void **state)
{
    static const struct wrapping rows[] = {
        { "IP length 19", MIPRO_LINKTYPE_RAW, "4500 0013 0000 0000 4011 0000 0a010001 c0000207" UDP,
            0 },
        { "IP length without its options", MIPRO_LINKTYPE_RAW,
            "4600 0017 0000 0000 4011 0000 0a010001 c0000207 00000000" UDP, 0 },
        { "UDP length 7", MIPRO_LINKTYPE_RAW,
            "4500 001c 0000 0000 4011 0000 0a010001 c0000207 01b2 01b2 0007 0000", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t octets[MAX_FRAME], *block;
        size_t len = unit_octets(rows[i].hex, octets, sizeof(octets));
        struct mipro_leaf leaf = unwrap_cut(&rows[i], len, len, &block);

        if (leaf.kind != MIPRO_NOTHING || leaf.unopened.kind != MIPRO_UNOPENED_MALFORMED)
            fail_msg("%s: kind %d, unopened %u", rows[i].name, leaf.kind, leaf.unopened.kind);
        free(block);
    }
}

static void
a_udp_length_beyond_the_packet_ends_with_the_packet(void **state)
{
    const struct wrapping w = { "", MIPRO_LINKTYPE_RAW,
        "4500 003e 0000 0000 4011 0000 0a010001 c0000207 01b201b2 00ff 0000" MESSAGE, 0 };
    uint8_t *block;
    struct mipro_leaf leaf = unwrap_cut(&w, 62, 62, &block);

    (void)state;
    assert_int_equal(leaf.kind, MIPRO_DATAGRAM);
    assert_int_equal(leaf.payload.captured, MESSAGE_LEN);
    assert_int_equal(leaf.payload.len, MESSAGE_LEN);
    free(block);
}

/* A cut or changed Ethernet frame gives the same result as its IP packet alone. */
static void
check_short_way(const uint8_t *frame, size_t captured, size_t len, const char *what, size_t at)
{
    struct mipro_ports ports = frame_ports();
    struct mipro_leaf short_way, general;
    uint8_t *block = malloc(captured + 1); /* it ends where they end */

    memcpy(block, frame, captured);
    mipro_unwrap_frame(
        MIPRO_LINKTYPE_ETHERNET, (struct mipro_span){ block, captured, len }, &ports, &short_way);
    mipro_unwrap_frame(MIPRO_LINKTYPE_RAW,
        (struct mipro_span){ block + 14, captured - 14, len - 14 }, &ports, &general);
    if (short_way.kind != general.kind || short_way.n_tunnels != general.n_tunnels)
        fail_msg("%s %zu: kind %d, not %d", what, at, short_way.kind, general.kind);
    if (general.kind == MIPRO_DATAGRAM &&
        (short_way.src != general.src || short_way.dst != general.dst ||
            short_way.sport != general.sport || short_way.dport != general.dport ||
            short_way.payload.octets != general.payload.octets ||
            short_way.payload.captured != general.payload.captured ||
            short_way.payload.len != general.payload.len))
        fail_msg("%s %zu: a different message", what, at);
    free(block);
}

static void
the_fast_path_for_plain_frames_agrees_with_the_general_one(void **state)
{
    uint8_t frame[MAX_FRAME];
    size_t len = unit_octets(ETHER "0800" INNER "0000", frame, sizeof(frame));

    (void)state;
    for (size_t n = 14; n <= len; n++)
        check_short_way(frame, n, len, "captured", n);
    for (size_t i = 14; i < len; i++) {
        uint8_t was = frame[i];

        for (unsigned v = 0; v < 256; v++) {
            frame[i] = (uint8_t)v;
            check_short_way(frame, len, len, "octet", i);
        }
        frame[i] = was;
    }
}

static struct mipro_leaf
unwrap_hex(enum mipro_linktype link, const char *hex)
{
    static uint8_t frame[MAX_FRAME];
    struct mipro_ports ports = frame_ports();
    struct mipro_leaf leaf;
    size_t len = unit_octets(hex, frame, sizeof(frame));

    memset(&leaf, 0xa5, sizeof(leaf)); /* every member must be set */
    mipro_unwrap_frame(link, (struct mipro_span){ frame, len, len }, &ports, &leaf);
    return leaf;
}

#define IP_UDP(ident, fragment, ttl) "4500 003e " ident fragment ttl "11 0000 0a010001 c0000207" UDP

static void
a_leaf_has_what_distinguishes_copies(void **state)
{
    struct mipro_leaf plain =
        unwrap_hex(MIPRO_LINKTYPE_ETHERNET, ETHER "0800" IP_UDP("1234", "4000", "3f"));
    struct mipro_leaf fragment =
        unwrap_hex(MIPRO_LINKTYPE_ETHERNET, ETHER "0800" IP_UDP("1234", "2000", "3e"));
    struct mipro_leaf tunnel =
        unwrap_hex(MIPRO_LINKTYPE_RAW, OUTER("0052", "04") IP_UDP("1234", "0000", "3f"));

    (void)state;
    assert_int_equal(plain.kind, MIPRO_DATAGRAM);
    assert_int_equal(plain.ident_ip, 0x1234);
    assert_int_equal(plain.ttl, 0x3f);
    assert_int_equal(plain.protocol, 17);
    assert_int_equal(plain.offset, 0);
    assert_false(plain.more);
    assert_int_equal(fragment.kind, MIPRO_FRAGMENT);
    assert_int_equal(fragment.ttl, 0x3e);
    assert_true(fragment.more);
    assert_int_equal(fragment.route, plain.route); /* the fast path and the general one */
    assert_int_equal(tunnel.kind, MIPRO_DATAGRAM);
    assert_int_equal(tunnel.ident_ip, 0x1234);
    assert_int_equal(tunnel.ttl, 0x3f);
}

/* Wrappings that differ only in padding, in the form of a field or in octets that are ignored. */
static const char *const same_ways[][5] = {
    { "Ethernet", "Ethernet with padding", "802.3 with SNAP" },
    { "MPLS", "MPLS multicast" },
    { "PPPoE", "PPPoE, protocol of an octet" },
    { "raw", "IPv4 options", "total length 0", "octets after UDP's length" },
    { "null, little endian", "null, big endian" },
    { "PPP", "PPP, address and control" },
    { "GRE", "GRE, routes" },
    { "cooked", "cooked, SNAP" },
    { "GTP-U", "GTP-U, extended" },
    { "ERSPAN I", "ERSPAN II" },
    { "ERSPAN III", "ERSPAN III, platform" },
    { "IPv4 in IPv6", "IPv4 in IPv6, options" },
    { "GRE with PPP", "GRE with PPP, nothing acknowledged" },
};

static bool
is_in(const char *const group[5], const char *name)
{
    for (size_t i = 0; i < 5 && group[i] != NULL; i++)
        if (strcmp(group[i], name) == 0)
            return true;
    return false;
}

static bool
is_same_way(const char *a, const char *b)
{
    for (size_t i = 0; i < COUNT(same_ways); i++)
        if (is_in(same_ways[i], a) && is_in(same_ways[i], b))
            return true;
    return strcmp(a, b) == 0;
}

static void
two_frames_have_one_route_if_they_came_the_same_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrappings); i++) {
        for (size_t k = i; k < COUNT(wrappings); k++) {
            struct mipro_leaf a = unwrap_hex(wrappings[i].link, wrappings[i].hex);
            struct mipro_leaf b = unwrap_hex(wrappings[k].link, wrappings[k].hex);

            if ((a.route == b.route) != is_same_way(wrappings[i].name, wrappings[k].name))
                fail_msg("%s and %s: %08x and %08x", wrappings[i].name, wrappings[k].name, a.route,
                    b.route);
        }
    }
}

/* Endless tags and tunnels, as only an attacker sends them. */
static void
nesting_is_bounded(void **state)
{
    struct mipro_ports ports = frame_ports();
    uint8_t tags[1024], tunnels[20 * 200] = { 0 };
    struct mipro_leaf leaf;

    (void)state;
    for (unsigned n = 1; n < 64; n++) {
        size_t len = 0;

        for (unsigned i = 0; i < n; i++, len += 4)
            memcpy(tags + len, i == 0 ? "\x0f\x00\x81\x00" : "\x00\x01\x81\x00", 4);
        len += unit_octets("0001 0800" INNER, tags + len, sizeof(tags) - len);
        mipro_unwrap_frame(
            MIPRO_LINKTYPE_CHDLC, (struct mipro_span){ tags, len, len }, &ports, &leaf);
        /* Each tag is a header, and so are IP and its payload. */
        if ((leaf.kind == MIPRO_DATAGRAM) != (n + 2 <= MIPRO_MAX_DEPTH))
            fail_msg("%u tags: kind %d", n, leaf.kind);
    }
    for (size_t i = 0; i < sizeof(tunnels); i += 20) {
        tunnels[i] = 0x45;
        tunnels[i + 2] = (uint8_t)((sizeof(tunnels) - i) >> 8);
        tunnels[i + 3] = (uint8_t)(sizeof(tunnels) - i);
        tunnels[i + 9] = 4;
    }
    mipro_unwrap_frame(MIPRO_LINKTYPE_RAW,
        (struct mipro_span){ tunnels, sizeof(tunnels), sizeof(tunnels) }, &ports, &leaf);
    assert_int_equal(leaf.kind, MIPRO_NOTHING);
    assert_int_equal(leaf.n_tunnels, MIPRO_MAX_TUNNELS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wrapping_gives_the_message_and_its_innermost_ends),
        cmocka_unit_test(a_capture_cut_anywhere_shortens_what_was_captured_alone),
        cmocka_unit_test(what_is_not_ours_is_left_alone),
        cmocka_unit_test(a_tunnel_is_reported_with_its_ends_and_the_node_inside),
        cmocka_unit_test(a_frame_shorter_than_its_ip_packet_is_a_cut),
        cmocka_unit_test(a_length_shorter_than_its_header_is_malformed_not_cut),
        cmocka_unit_test(a_udp_length_beyond_the_packet_ends_with_the_packet),
        cmocka_unit_test(the_fast_path_for_plain_frames_agrees_with_the_general_one),
        cmocka_unit_test(a_leaf_has_what_distinguishes_copies),
        cmocka_unit_test(two_frames_have_one_route_if_they_came_the_same_way),
        cmocka_unit_test(nesting_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
