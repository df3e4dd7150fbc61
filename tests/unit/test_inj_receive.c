/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frames on a link contain answers of the tested node, and how ARP requests are answered. */
#include "unit.h"

#include "tester/receive.h"

#define US 0x0a090001u
#define NODE_UNDER_TEST 0x0a090002u
#define ANOTHER 0x0a090003u
#define HOME 0x0a010009u
#define CARE_OF 0x0a030001u
#define ETHER 14u
#define IP 20u

static struct inj_framer *framer;
static struct inj_receiver *receiver;
static struct inj_heard *heard;
static struct inj_frame whole, piece;
static uint8_t payload[INJ_PAYLOAD_MAX];
static int64_t now = MIPRO_SECOND;
static const struct inj_scope scope = { .node = NODE_UNDER_TEST, .us = US, .home = HOME };

static int
start(void **state)
{
    (void)state;
    framer = inj_framer_new();
    heard = calloc(1, sizeof(*heard));
    for (size_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 7 + i / 256 + 1);
    return framer == NULL || heard == NULL;
}

static int
finish(void **state)
{
    (void)state;
    free(heard);
    inj_framer_free(framer);
    return 0;
}

static int
begin(void **state)
{
    (void)state;
    receiver = inj_receiver_new();
    memset(heard, 0, sizeof(*heard));
    return receiver == NULL;
}

static int
end(void **state)
{
    (void)state;
    inj_receiver_free(receiver);
    return 0;
}

/* Exactly as long as its block, so that a sanitizer detects reads past the end. */
static bool
receive(const uint8_t *frame, size_t len)
{
    struct unit_exact x = unit_exact(frame, len);
    const bool added = inj_receive(receiver, x.octets, len, false, &scope, now, heard);

    free(x.block);
    return added;
}

/* Receive the outermost datagram in fragments of n octets, from the start or from the end. */
static void
receive_in_pieces(size_t n, bool backwards)
{
    const size_t total = inj_frame_fragmentable(&whole), pieces = (total + n - 1) / n;
    static uint16_t id = 0;

    inj_frame_identify(&whole, ++id);
    for (size_t i = 0; i < pieces; i++) {
        const size_t at = n * (backwards ? pieces - 1 - i : i);
        const bool more = total - at > n;
        bool added;

        inj_frame_piece(&whole, at, more ? n : total - at, more, &piece);
        added = receive(piece.octets, piece.len);
        if (added != (i + 1 == pieces))
            fail_msg(
                "piece %zu of %zu %s an answer", i, pieces, added ? "is" : "does not complete");
    }
}

/* clang-format off */
static const struct {
    unsigned n;
    struct inj_tunnel tunnel[3];
} wrappings[] = {
    { 0, { { INJ_IPIP, 0, 0 } } },
    { 1, { { INJ_IPIP, NODE_UNDER_TEST, CARE_OF } } },
    { 1, { { INJ_MINIMAL, NODE_UNDER_TEST, CARE_OF } } },
    { 1, { { INJ_GRE, NODE_UNDER_TEST, CARE_OF } } },
    { 2, { { INJ_MINIMAL, ANOTHER, HOME }, { INJ_GRE, NODE_UNDER_TEST, CARE_OF } } },
    { 3, { { INJ_GRE, ANOTHER, US }, { INJ_IPIP, ANOTHER, HOME }, { INJ_IPIP, NODE_UNDER_TEST, CARE_OF } } },
};
/* clang-format on */

static void
build(size_t which, size_t len)
{
    struct inj_envelope e = { .src = NODE_UNDER_TEST,
        .dst = HOME,
        .sport = 434,
        .dport = 50000,
        .ttl = 64,
        .protocol = INJ_UDP,
        .n_tunnels = wrappings[which].n };

    if (e.n_tunnels > 0)
        e.src = US;
    memcpy(e.tunnel, wrappings[which].tunnel, sizeof(wrappings[which].tunnel));
    assert_true(inj_frame_build(framer, &whole, &e, payload, len));
}

static void
expect_answer(size_t which, size_t len)
{
    const struct inj_answer *a = &heard->answers[0];

    if (heard->n != 1 || a->len != len || memcmp(a->octets, payload, len) != 0)
        fail_msg("wrapping %zu, %zu octets: %zu answers, the first of %zu octets", which, len,
            heard->n, a->len);
    assert_int_equal(a->protocol, INJ_UDP);
    assert_int_equal(a->sport, 434);
    assert_int_equal(a->dport, 50000);
    assert_int_equal(a->src, wrappings[which].n > 0 ? US : NODE_UNDER_TEST);
    assert_int_equal(a->dst, HOME);
    assert_int_equal(a->tunnelled, wrappings[which].n > 0);
    if (a->tunnelled) {
        assert_int_equal(a->outer_src, NODE_UNDER_TEST);
        assert_int_equal(a->outer_dst, CARE_OF);
    }
    inj_forget_heard(heard);
}

static void
a_datagram_of_any_size_in_any_tunnel_and_in_fragments_is_one_answer(void **state)
{
    static const size_t sizes[] = { 1, 8, 44, 600, 2047, 2048, 2049, 9000, 65000 };

    (void)state;
    for (size_t w = 0; w < COUNT(wrappings); w++)
        for (size_t s = 0; s < COUNT(sizes); s++) {
            build(w, sizes[s]);
            assert_true(receive(whole.octets, whole.len));
            expect_answer(w, sizes[s]);
            receive_in_pieces(sizes[s] < 3000 ? 16 : 1480, false);
            expect_answer(w, sizes[s]);
            receive_in_pieces(sizes[s] < 3000 ? 16 : 1480, true);
            expect_answer(w, sizes[s]);
        }
}

static void
what_lies_in_fragmented_tunnels_is_put_together_inside_too(void **state)
{
    static struct inj_frame inner[2];
    bool added = false;

    (void)state;
    /* Two fragments of the inner datagram, tunnelled separately, each in two fragments. */
    build(0, 64);
    inj_frame_identify(&whole, 77);
    inj_frame_piece(&whole, 0, 40, true, &inner[0]);
    inj_frame_piece(&whole, 40, inj_frame_fragmentable(&whole) - 40, false, &inner[1]);
    for (size_t i = 0; i < 2; i++) {
        const size_t len = inner[i].len - ETHER;
        static struct inj_frame outer;
        uint8_t *ip = outer.octets + ETHER;

        memcpy(outer.octets, inner[i].octets, ETHER + IP);
        memcpy(ip + IP, inner[i].octets + ETHER, len);
        ip[2] = 0;
        ip[3] = (uint8_t)(IP + len);
        ip[9] = 4;
        memcpy(ip + 16, (const uint8_t[]){ 10, 3, 0, 1 }, 4);
        outer.len = ETHER + IP + len;
        inj_frame_identify(&outer, (uint16_t)(100 + i));
        inj_frame_piece(&outer, 0, 32, true, &piece);
        assert_false(receive(piece.octets, piece.len));
        inj_frame_piece(&outer, 32, len - 32, false, &piece);
        added = receive(piece.octets, piece.len);
        assert_int_equal(added, i == 1);
    }
    assert_int_equal(heard->n, 1);
    assert_int_equal(heard->answers[0].len, 64);
    assert_memory_equal(heard->answers[0].octets, payload, 64);
    assert_true(heard->answers[0].tunnelled);
    assert_int_equal(heard->answers[0].outer_dst, CARE_OF);
}

static void
the_length_of_udp_governs(void **state)
{
    (void)state;
    build(0, 60);
    whole.octets[ETHER + IP + 5] =
        8 + 44; /* 16 octets of the IP payload are beyond the UDP length */
    assert_true(receive(whole.octets, whole.len));
    expect_answer(0, 44);
}

static void
padding_of_the_link_is_no_part_of_an_answer(void **state)
{
    (void)state;
    build(0, 8);
    memset(whole.octets + whole.len, 0xa5, 10);
    assert_true(receive(whole.octets, whole.len + 10));
    expect_answer(0, 8);
}

static void
no_cut_frame_is_an_answer(void **state)
{
    (void)state;
    for (size_t w = 0; w < COUNT(wrappings); w++) {
        build(w, 20);
        for (size_t len = 0; len < whole.len; len++) {
            (void)receive(whole.octets, len);
            for (size_t i = 0; i < heard->n; i++)
                if (heard->answers[i].len > 0)
                    fail_msg("wrapping %zu: %zu octets of %zu are an answer", w, len, whole.len);
            inj_forget_heard(heard);
        }
    }
}

static void
what_others_send_is_none_not_even_a_fragment(void **state)
{
    (void)state;
    build(0, 64);
    inj_frame_identify(&whole, 5);
    whole.octets[ETHER + 15] = 3; /* from ANOTHER */
    assert_false(receive(whole.octets, whole.len));
    inj_frame_piece(&whole, 0, 32, true, &piece);
    assert_false(receive(piece.octets, piece.len));
    inj_frame_piece(&whole, 32, inj_frame_fragmentable(&whole) - 32, false, &piece);
    assert_false(receive(piece.octets, piece.len));
    piece.octets[ETHER + 15] = 2; /* the rest of another node's datagram */
    assert_false(receive(piece.octets, piece.len));
    assert_int_equal(heard->n, 0);
}

static void
what_began_too_long_ago_is_not_completed(void **state)
{
    (void)state;
    build(0, 64);
    inj_frame_identify(&whole, 6);
    inj_frame_piece(&whole, 0, 32, true, &piece);
    assert_false(receive(piece.octets, piece.len));
    now += 100 * MIPRO_SECOND;
    inj_frame_piece(&whole, 32, inj_frame_fragmentable(&whole) - 32, false, &piece);
    assert_false(receive(piece.octets, piece.len));
}

static void
answers_beyond_the_room_for_them_are_counted(void **state)
{
    (void)state;
    build(0, 65000);
    for (size_t i = 0; i < 20; i++)
        (void)receive(whole.octets, whole.len);
    assert_int_equal(heard->n, 16);
    assert_int_equal(heard->lost, 4);
    assert_memory_equal(heard->answers[15].octets, payload, 65000);
    inj_forget_heard(heard);
    assert_true(receive(whole.octets, whole.len));
    expect_answer(0, 65000);
}

static void
a_tunnelled_packet_that_is_no_udp_shows_where_it_went(void **state)
{
    (void)state;
    build(1, 20);
    whole.octets[ETHER + IP + 9] = 6; /* TCP */
    assert_true(receive(whole.octets, whole.len));
    assert_int_equal(heard->n, 1);
    assert_int_equal(heard->answers[0].dst, HOME);
    assert_int_equal(heard->answers[0].outer_dst, CARE_OF);
    build(0, 20);
    whole.octets[ETHER + 9] = 6;
    assert_false(receive(whole.octets, whole.len));
}

static void
port_unreachable_counts_if_it_is_about_our_port(void **state)
{
    static const char error[] = "020000000001 020000000002 0800"
                                "45000038 00000000 4001 0000 0a090002 0a090001"
                                "0303 0000 00000000"
                                "45000030 00000000 4011 0000 0a090001 0a090002 01b2 01b2 001c 0000";
    uint8_t frame[128];
    size_t n = unit_octets(error, frame, sizeof(frame));

    (void)state;
    frame[n - 5] = 0; /* about another port */
    assert_false(receive(frame, n));
    assert_false(heard->unreachable);
    frame[n - 5] = 0xb2;
    assert_false(receive(frame, n));
    assert_true(heard->unreachable);
}

static void
an_error_about_what_we_answered_blames_nobody(void **state)
{
    static const char error[] = "020000000001 020000000002 0800"
                                "45000038 00000000 4001 0000 0a090002 0a090001"
                                "0303 0000 00000000"
                                "4500001c 00000000 4011 0000 0a090001 0a090002 01b2 01b2 0008 1234";
    static const char answer[] =
        "020000000002 020000000001 0800"
        "4500001c 00000000 4011 0000 0a090001 0a090002 01b2 01b2 0008 1234";
    uint8_t frame[128], ours[64];
    const size_t n = unit_octets(error, frame, sizeof(frame));
    const size_t n_ours = unit_octets(answer, ours, sizeof(ours));

    (void)state;
    inj_note_reply(heard, ours, n_ours);
    assert_false(receive(frame, n));
    assert_false(heard->unreachable);
    assert_int_equal(heard->n_errors, 0);
    frame[n - 1] ^= 1; /* another datagram to the same port */
    assert_false(receive(frame, n));
    assert_true(heard->unreachable);
    assert_int_equal(heard->n_errors, 1);
    assert_int_equal(heard->errors[0].from, NODE_UNDER_TEST);
}

static void
what_another_address_sends_us_about_the_mobile_node_is_an_answer(void **state)
{
    struct inj_envelope e = {
        .src = ANOTHER, .dst = US, .sport = 50000, .dport = 434, .ttl = 64, .protocol = INJ_UDP
    };
    uint8_t reply[20] = { 3, 0, 0, 60, 10, 1, 0, 9, 10, 9, 0, 1 };
    static const struct {
        uint32_t src, dst;
        uint16_t port;
        uint8_t type, home;
        bool taken;
    } rows[] = {
        { ANOTHER, US, 434, 3, 9, true },
        { ANOTHER, US, 435, 3, 9, false },      /* neither port is ours */
        { ANOTHER, CARE_OF, 434, 3, 9, false }, /* not to us */
        { ANOTHER, US, 434, 3, 8, false },      /* about another node */
        { ANOTHER, US, 434, 77, 9, false },     /* not a message */
        { US, US, 434, 3, 9, false },           /* from us */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        e.src = rows[i].src;
        e.dst = rows[i].dst;
        e.dport = rows[i].port;
        reply[0] = rows[i].type;
        reply[7] = rows[i].home;
        assert_true(inj_frame_build(framer, &whole, &e, reply, sizeof(reply)));
        if (receive(whole.octets, whole.len) != rows[i].taken)
            fail_msg("row %zu", i);
    }
}

static void
wrong_checksums_and_stray_padding_are_noticed(void **state)
{
    const struct inj_answer *a = &heard->answers[0];
    static const struct {
        size_t at;
        bool ip, udp;
    } rows[] = { { 0, false, false }, { ETHER + 10, true, false }, { ETHER + IP + 6, false, true },
        { ETHER + IP + 8, false, true }, { ETHER + IP + 8 + 18, false, true } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        build(0, 19);
        if (rows[i].at > 0)
            whole.octets[rows[i].at] ^= 0x40;
        assert_true(receive(whole.octets, whole.len));
        if (a->ip_sum_bad != rows[i].ip || a->udp_sum_bad != rows[i].udp || a->n_stray != 0)
            fail_msg("row %zu: IP %d, UDP %d", i, a->ip_sum_bad, a->udp_sum_bad);
        if (rows[i].at == ETHER + IP + 6) /* the correct one is the original */
            assert_int_equal(a->udp_sum_due, a->udp_sum ^ 0x4000);
        inj_forget_heard(heard);
    }
    build(0, 8);
    memset(whole.octets + whole.len, 0, 10);
    assert_true(receive(whole.octets, whole.len + 10));
    assert_int_equal(a->n_stray, 0);
    inj_forget_heard(heard);
    whole.octets[whole.len + 3] = 0xa5;
    whole.octets[whole.len + 9] = 0xa6;
    assert_true(receive(whole.octets, whole.len + 10));
    assert_int_equal(a->n_stray, 2);
    assert_int_equal(a->stray[0], 0xa5);
    assert_int_equal(a->stray[1], 0xa6);
    inj_forget_heard(heard);
    /* The checksum of a fragmented datagram is in the first fragment. */
    build(0, 600);
    whole.octets[ETHER + IP + 6] ^= 1;
    receive_in_pieces(120, true);
    assert_true(a->udp_sum_bad);
}

static void
what_comes_back_of_our_own_is_nothing(void **state)
{
    struct inj_scope own = scope;

    (void)state;
    build(0, 20);
    memcpy(own.mac, whole.octets + 6, sizeof(own.mac));
    assert_false(inj_receive(receiver, whole.octets, whole.len, false, &own, now, heard));
    own.mac[5] ^= 1;
    assert_true(inj_receive(receiver, whole.octets, whole.len, false, &own, now, heard));
}

static void
whoever_asks_the_link_is_answered_in_kind(void **state)
{
    static const uint8_t mac[] = { 2, 0, 0, 0, 0, 1 };
    uint8_t frame[64], reply[INJ_ARP_LEN];
    size_t n = unit_octets("ffffffffffff 020000000002 0806 0001 0800 06 04 0001"
                           "020000000002 0a090002 000000000000 0a090003",
        frame, sizeof(frame));
    uint8_t want[64];

    (void)state;
    for (size_t len = 0; len < n; len++)
        assert_false(receive(frame, len));
    assert_true(receive(frame, n));
    assert_int_equal(heard->n_asked, 1);
    assert_int_equal(heard->asked[0].addr, ANOTHER);
    assert_true(heard->has_mac);
    assert_int_equal(heard->mac[5], 2);
    frame[n - 1] = 1; /* for our address: shows nothing */
    assert_false(receive(frame, n));
    assert_int_equal(heard->n_asked, 1);
    frame[n - 1] = 3;
    frame[21] = 2; /* a reply asks for no address */
    assert_false(receive(frame, n));
    inj_answer_for(&heard->asked[0], NODE_UNDER_TEST, mac, reply);
    n = unit_octets("020000000002 020000000001 0806 0001 0800 06 04 0002"
                    "020000000001 0a090003 020000000002 0a090002",
        want, sizeof(want));
    assert_int_equal(n, sizeof(reply));
    assert_memory_equal(reply, want, n);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_datagram_of_any_size_in_any_tunnel_and_in_fragments_is_one_answer),
        FRESH(what_lies_in_fragmented_tunnels_is_put_together_inside_too),
        FRESH(the_length_of_udp_governs),
        FRESH(padding_of_the_link_is_no_part_of_an_answer),
        FRESH(no_cut_frame_is_an_answer),
        FRESH(what_others_send_is_none_not_even_a_fragment),
        FRESH(what_began_too_long_ago_is_not_completed),
        FRESH(answers_beyond_the_room_for_them_are_counted),
        FRESH(a_tunnelled_packet_that_is_no_udp_shows_where_it_went),
        FRESH(port_unreachable_counts_if_it_is_about_our_port),
        FRESH(an_error_about_what_we_answered_blames_nobody),
        FRESH(what_another_address_sends_us_about_the_mobile_node_is_an_answer),
        FRESH(wrong_checksums_and_stray_padding_are_noticed),
        FRESH(what_comes_back_of_our_own_is_nothing),
        FRESH(whoever_asks_the_link_is_answered_in_kind),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
