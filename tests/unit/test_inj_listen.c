/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a frame is an answer, and how the link is answered. */
#include "unit.h"

#include "tester/listen.h"

#define US 0x0a090001u
#define NODE_UNDER_TEST 0x0a090002u
#define HOME 0x0a010009u
#define CARE_OF 0x0a030001u

/* An Ethernet frame with a datagram in a datagram. */
static const char tunnelled[] = "020000000001 020000000002 0800"
                                "45000034 00000000 4004 0000 0a090002 0a030001"
                                "45000020 00000000 4011 0000 c6336407 0a010009"
                                "0007 0007 000c 0000 64617461";

static void
the_inner_header_of_a_tunnel_counts(void **state)
{
    uint8_t frame[128];
    size_t n = unit_octets(tunnelled, frame, sizeof(frame));
    struct inj_answer a;

    (void)state;
    assert_true(inj_answer_read(frame, n, NODE_UNDER_TEST, &a));
    assert_true(a.tunnelled);
    assert_int_equal(a.outer_src, NODE_UNDER_TEST);
    assert_int_equal(a.outer_dst, CARE_OF);
    assert_int_equal(a.dst, HOME);
    assert_int_equal(a.len, 4);
    assert_false(inj_answer_read(frame, n, US, &a)); /* somebody else's */
    frame[14 + 20 + 7] = 1;                          /* a later fragment of the inner datagram */
    assert_false(inj_answer_read(frame, n, NODE_UNDER_TEST, &a));
}

static void
no_cut_frame_is_an_answer_and_none_is_read_past_its_end(void **state)
{
    uint8_t frame[128];
    size_t n = unit_octets(tunnelled, frame, sizeof(frame));

    (void)state;
    for (size_t len = 0; len < n; len++) {
        struct unit_exact x = unit_exact(frame, len);
        struct inj_answer a;
        struct inj_asked asked;

        if (inj_answer_read(x.octets, len, NODE_UNDER_TEST, &a))
            fail_msg("%zu octets of %zu are an answer", len, n);
        (void)inj_asked_read(x.octets, len, NODE_UNDER_TEST, &asked);
        free(x.block);
    }
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
    struct inj_asked asked;

    (void)state;
    assert_true(inj_asked_read(frame, n, NODE_UNDER_TEST, &asked));
    assert_int_equal(asked.addr, 0x0a090003);
    frame[21] = 2; /* a reply asks for nobody */
    assert_false(inj_asked_read(frame, n, NODE_UNDER_TEST, &asked));
    inj_answer_for(&asked, NODE_UNDER_TEST, mac, reply);
    n = unit_octets("020000000002 020000000001 0806 0001 0800 06 04 0002"
                    "020000000001 0a090003 020000000002 0a090002",
        want, sizeof(want));
    assert_int_equal(n, sizeof(reply));
    assert_memory_equal(reply, want, n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_inner_header_of_a_tunnel_counts),
        cmocka_unit_test(no_cut_frame_is_an_answer_and_none_is_read_past_its_end),
        cmocka_unit_test(whoever_asks_the_link_is_answered_in_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
