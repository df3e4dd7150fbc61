/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "compose/frame.h"

static struct inj_framer *framer;
static struct inj_frame frame, other;

static int
start(void **state)
{
    (void)state;
    framer = inj_framer_new();
    return framer == NULL;
}

static int
finish(void **state)
{
    (void)state;
    inj_framer_free(framer);
    return 0;
}

static struct inj_envelope
plain(void)
{
    return (struct inj_envelope){ .src = 0x0a010001,
        .dst = 0xc0000207,
        .sport = 434,
        .dport = 434,
        .ttl = 64,
        .protocol = INJ_UDP };
}

static unsigned
u16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* RFC 1071 of the IPv4 header at ip: 0 if it is correct. */
static unsigned
header_fault(const uint8_t *ip)
{
    return inj_sum_finish(inj_sum_add(0, ip, 20));
}

static unsigned
udp_fault(const struct inj_frame *f, uint32_t src, uint32_t dst)
{
    const uint8_t *udp = f->octets + f->transport_off;
    uint32_t sum = (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + 17 + u16(udp + 4);

    return inj_sum_finish(inj_sum_add(sum, udp, u16(udp + 4)));
}

static void
a_frame_is_laid_out_as_the_rfcs_draw_it(void **state)
{
    static const char want[] = "0200c0000207 02000a010001 0800"
                               "4500 0020 0000 4000 4011 6ec2 0a010001 c0000207"
                               "01b2 01b2 000c 6e08 11223344";
    static const uint8_t payload[] = { 0x11, 0x22, 0x33, 0x44 };
    const struct inj_envelope e = plain();
    uint8_t octets[64];
    const size_t n = unit_octets(want, octets, sizeof(octets));

    (void)state;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(frame.len, n);
    assert_int_equal(header_fault(frame.octets + 14), 0);
    assert_int_equal(udp_fault(&frame, e.src, e.dst), 0);
    /* The two checksums were just checked; the rest is compared with the expected octets. */
    memcpy(octets + 24, frame.octets + 24, 2);
    memcpy(octets + 40, frame.octets + 40, 2);
    assert_memory_equal(frame.octets, octets, n);
}

static void
a_udp_checksum_that_computes_to_0_is_sent_as_ffff(void **state)
{
    const struct inj_envelope e = plain();
    uint8_t payload[4] = { 0 };
    unsigned sum;

    (void)state;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    sum = u16(frame.octets + frame.transport_off + 6);
    payload[0] = (uint8_t)(sum >> 8); /* then everything adds up to ffff */
    payload[1] = (uint8_t)sum;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(u16(frame.octets + frame.transport_off + 6), 0xffff);
}

static void
every_tunnel_keeps_the_datagram_whole(void **state)
{
    static const uint8_t payload[] = "twenty octets of it.";
    static const struct {
        enum inj_tunnel_kind kind;
        uint8_t protocol;
        size_t added;
    } rows[] = { { INJ_IPIP, 4, 20 }, { INJ_MINIMAL, 55, 12 }, { INJ_GRE, 47, 24 } };
    struct inj_envelope e = plain();

    (void)state;
    assert_true(inj_frame_build(framer, &other, &e, payload, sizeof(payload)));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const uint8_t *ip = frame.octets + 14;

        e.n_tunnels = 1;
        e.tunnel[0] = (struct inj_tunnel){ rows[i].kind, 0x0a020001, 0x0a030001 };
        assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
        if (frame.len != other.len + rows[i].added || ip[9] != rows[i].protocol ||
            header_fault(ip) != 0 || u16(ip + 2) != frame.len - 14)
            fail_msg("tunnel %s: the outer header is wrong", inj_tunnel_name(rows[i].kind));
        /* From UDP on the frames are equal, including the checksum, which covers the inner
         * addresses. */
        if (memcmp(frame.octets + frame.transport_off, other.octets + other.transport_off,
                other.len - other.transport_off) != 0)
            fail_msg("tunnel %s: the datagram differs", inj_tunnel_name(rows[i].kind));
        if (memcmp(ip + 12, "\x0a\x02\x00\x01\x0a\x03\x00\x01", 8) != 0)
            fail_msg("tunnel %s: the ends are wrong", inj_tunnel_name(rows[i].kind));
    }
}

static void
a_minimal_header_keeps_protocol_and_addresses(void **state)
{
    static const uint8_t payload[] = "octets";
    struct inj_envelope e = plain();
    const uint8_t *header = frame.octets + 34;

    (void)state;
    e.n_tunnels = 1;
    e.tunnel[0] = (struct inj_tunnel){ INJ_MINIMAL, 0x0a020001, 0x0a030001 };
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(header[0], 17);
    assert_int_equal(header[1], 0x80);
    assert_int_equal(inj_sum_finish(inj_sum_add(0, header, 12)), 0);
    assert_memory_equal(header + 4, "\xc0\x00\x02\x07\x0a\x01\x00\x01", 8);
}

static void
fragments_put_together_are_the_datagram(void **state)
{
    uint8_t payload[3000], whole[3100] = { 0 };
    const struct inj_envelope e = plain();
    size_t total, seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 7);
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    inj_frame_identify(&frame, 0x4711);
    total = inj_frame_fragmentable(&frame);
    for (size_t from = 0; from < total; from += 1480) {
        const size_t n = total - from > 1480 ? 1480 : total - from;
        const uint8_t *ip = other.octets + 14;

        inj_frame_piece(&frame, from, n, from + n < total, &other);
        assert_int_equal(header_fault(ip), 0);
        assert_int_equal(u16(ip + 4), 0x4711);
        assert_int_equal((u16(ip + 6) & 0x1fff) * 8, from);
        assert_int_equal((u16(ip + 6) & 0x2000) != 0, from + n < total);
        memcpy(whole + from, ip + 20, u16(ip + 2) - 20u);
        seen += u16(ip + 2) - 20u;
    }
    assert_int_equal(seen, total);
    assert_memory_equal(whole, frame.octets + 34, total);
}

static void
a_deliberate_error_is_the_only_one(void **state)
{
    static const uint8_t payload[40] = { 18 };
    struct inj_envelope e = plain();

    (void)state;
    e.udp_sum = INJ_SUM_WRONG;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_not_equal(udp_fault(&frame, e.src, e.dst), 0);
    e.udp_sum = INJ_SUM_NONE;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(u16(frame.octets + frame.transport_off + 6), 0);
    e = plain();
    e.udp_len_off = -6;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(u16(frame.octets + frame.transport_off + 4), 42);
    assert_int_equal(udp_fault(&frame, e.src, e.dst), 0);
    e = plain();
    e.ip_len_off = 9;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(u16(frame.octets + 16), frame.len - 14 + 9);
    assert_int_equal(header_fault(frame.octets + 14), 0);
    e = plain();
    e.trailer = 18;
    assert_true(inj_frame_build(framer, &frame, &e, payload, sizeof(payload)));
    assert_int_equal(frame.len, 14 + 20 + 8 + 40 + 18);
    assert_int_equal(u16(frame.octets + 16), 68);
}

static void
what_does_not_fit_a_datagram_is_refused(void **state)
{
    static uint8_t payload[65536];
    struct inj_envelope e = plain();

    (void)state;
    assert_true(inj_frame_build(framer, &frame, &e, payload, 65507));
    assert_false(inj_frame_build(framer, &frame, &e, payload, 65508));
    for (enum inj_tunnel_kind kind = INJ_IPIP; kind < INJ_TUNNEL_KINDS; kind++) {
        e.n_tunnels = 1;
        e.tunnel[0] = (struct inj_tunnel){ kind, 1, 2 };
        if (inj_frame_build(framer, &frame, &e, payload, 65507))
            fail_msg("tunnel %s: 65507 octets went in", inj_tunnel_name(kind));
    }
}

static void
groups_have_their_own_link_addresses(void **state)
{
    static const struct {
        uint32_t addr;
        const char *mac;
    } rows[] = { { 0x0a010203, "02000a010203" }, { 0xe0000001, "01005e000001" },
        { 0xefffffff, "01005e7fffff" }, { 0xffffffff, "ffffffffffff" } };
    uint8_t want[6], got[6];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unit_octets(rows[i].mac, want, sizeof(want));
        inj_mac_of(rows[i].addr, got);
        if (memcmp(got, want, 6) != 0)
            fail_msg("%08x: not %s", rows[i].addr, rows[i].mac);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_laid_out_as_the_rfcs_draw_it),
        cmocka_unit_test(a_udp_checksum_that_computes_to_0_is_sent_as_ffff),
        cmocka_unit_test(every_tunnel_keeps_the_datagram_whole),
        cmocka_unit_test(a_minimal_header_keeps_protocol_and_addresses),
        cmocka_unit_test(fragments_put_together_are_the_datagram),
        cmocka_unit_test(a_deliberate_error_is_the_only_one),
        cmocka_unit_test(what_does_not_fit_a_datagram_is_refused),
        cmocka_unit_test(groups_have_their_own_link_addresses),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
