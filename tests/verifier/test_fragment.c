/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frames.h"

#include <glib.h>

/* A datagram of 40 octets, 0 to 39, and fragments of it. */
enum { TOTAL = 40 };

struct part {
    uint16_t first;
    uint16_t len;
    bool more;
    uint8_t fill;      /* 0: the octets of the datagram; otherwise all octets */
    uint16_t captured; /* 0: all */
};

static struct mipro_leaf
fragment(const struct part *part, uint8_t octets[TOTAL * 2])
{
    struct mipro_leaf leaf = {
        .kind = MIPRO_FRAGMENT, .src = 1, .dst = 2, .ident_ip = 3, .protocol = 17
    };

    for (unsigned i = 0; i < part->len; i++)
        octets[i] = part->fill != 0 ? part->fill : (uint8_t)(part->first + i);
    leaf.offset = part->first;
    leaf.more = part->more;
    leaf.payload =
        (struct mipro_span){ octets, part->captured != 0 ? part->captured : part->len, part->len };
    return leaf;
}

/* Feed parts as frames 1, 2, ...; returns the frame that completes the datagram, or 0. */
static uint64_t
feed(struct mipro_fragments *f, const struct part *parts, size_t n, struct mipro_datagram *out,
    unsigned *overlaps)
{
    uint8_t octets[TOTAL * 2];

    *overlaps = 0;
    for (size_t i = 0; i < n; i++) {
        struct mipro_leaf leaf = fragment(&parts[i], octets);
        bool overlap;
        bool done = mipro_fragments_add(
            f, &leaf, i + 1, (int64_t)i * MIPRO_SECOND, (int64_t)i * MIPRO_SECOND, out, &overlap);

        *overlaps += overlap;
        if (done)
            return i + 1;
    }
    return 0;
}

static const struct part thirds[] = { { 0, 16, true, 0, 0 }, { 16, 16, true, 0, 0 },
    { 32, 8, false, 0, 0 } };

static void
any_order_completes_the_datagram(void **state)
{
    static const unsigned orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
        { 2, 0, 1 }, { 2, 1, 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct mipro_fragments *f = mipro_fragments_new();
        struct part parts[3];
        struct mipro_datagram d;
        unsigned overlaps;

        for (unsigned k = 0; k < 3; k++)
            parts[k] = thirds[orders[i][k]];
        if (feed(f, parts, 3, &d, &overlaps) != 3 || overlaps != 0)
            fail_msg("order %zu: not complete with the third", i);
        assert_int_equal(d.frame, 3);
        assert_int_equal(d.span.captured, TOTAL);
        assert_int_equal(d.span.len, TOTAL);
        for (unsigned k = 0; k < TOTAL; k++)
            assert_int_equal(d.span.octets[k], k);
        assert_int_equal(mipro_fragments_horizon(f), UINT64_MAX);
        g_free(d.octets);
        mipro_fragments_free(f);
    }
}

static void
in_overlapping_fragments_the_octets_that_came_first_are_kept(void **state)
{
    static const struct part parts[] = { { 8, 16, true, 0xaa, 0 }, { 0, 32, true, 0xbb, 0 },
        { 16, 24, false, 0xcc, 0 } };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 3, &d, &overlaps), 3);
    assert_int_equal(overlaps, 2);
    for (unsigned k = 0; k < TOTAL; k++)
        assert_int_equal(d.span.octets[k], k < 8 ? 0xbb : k < 24 ? 0xaa : k < 32 ? 0xbb : 0xcc);
    g_free(d.octets);
    mipro_fragments_free(f);
}

static void
a_repeated_fragment_is_not_an_overlap(void **state)
{
    const struct part parts[] = { thirds[0], thirds[0], thirds[1], thirds[1], thirds[2] };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 5, &d, &overlaps), 5);
    assert_int_equal(overlaps, 0);
    g_free(d.octets);
    mipro_fragments_free(f);
}

/* Each seen twice, as when all interfaces are captured; and the first only partly. */
static void
a_fragment_cut_by_the_capture_is_not_an_overlap(void **state)
{
    static const struct {
        uint16_t first, again; /* octets captured, of 16 */
        uint8_t fill;
        unsigned overlaps;
    } rows[] = { { 10, 10, 0, 0 }, { 10, 16, 0, 0 }, { 16, 10, 0, 0 }, { 10, 10, 0xaa, 1 },
        { 10, 16, 0xaa, 1 }, { 16, 10, 0xaa, 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct part parts[] = { { 0, 16, true, 0, rows[i].first },
            { 0, 16, true, rows[i].fill, rows[i].again }, thirds[2] };
        struct mipro_fragments *f = mipro_fragments_new();
        struct mipro_datagram d;
        unsigned overlaps;

        feed(f, parts, 3, &d, &overlaps);
        if (overlaps != rows[i].overlaps)
            fail_msg("row %zu: %u overlaps", i, overlaps);
        mipro_fragments_free(f);
    }
}

static void
the_same_place_with_other_octets_is_an_overlap(void **state)
{
    static const struct part parts[] = { { 0, 16, true, 0, 0 }, { 0, 16, true, 0xee, 0 } };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 2, &d, &overlaps), 0);
    assert_int_equal(overlaps, 1);
    mipro_fragments_free(f);
}

/* A fragment cut by the capture counts as sent: the next one fits, but the cut octets are missing.
 */
static void
a_cut_fragment_completes_the_datagram_but_ends_what_was_captured(void **state)
{
    static const struct part parts[] = { { 0, 16, true, 0, 0 }, { 16, 16, true, 0, 5 },
        { 32, 8, false, 0, 0 } };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 3, &d, &overlaps), 3);
    assert_int_equal(d.span.captured, 21);
    assert_int_equal(d.span.len, TOTAL);
    g_free(d.octets);
    mipro_fragments_free(f);
}

static void
what_is_never_complete_belongs_to_its_last_fragment(void **state)
{
    const struct part parts[] = { thirds[2], thirds[0] };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 2, &d, &overlaps), 0);
    assert_int_equal(mipro_fragments_horizon(f), 2);
    assert_false(mipro_fragments_give_up(f, 59 * MIPRO_SECOND, false, &d));
    assert_true(mipro_fragments_give_up(f, 61 * MIPRO_SECOND, false, &d));
    assert_int_equal(d.frame, 2);
    assert_int_equal(d.time, MIPRO_SECOND);
    assert_int_equal(d.span.captured, 16);
    assert_int_equal(d.span.len, TOTAL);
    assert_false(mipro_fragments_give_up(f, INT64_MAX, true, &d));
    g_free(d.octets);
    mipro_fragments_free(f);
}

static void
only_the_last_fragment_says_where_a_datagram_ends(void **state)
{
    static const struct part all_but_the_end = { 0, TOTAL, true, 0, 0 };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, &all_but_the_end, 1, &d, &overlaps), 0);
    mipro_fragments_free(f);
}

static void
without_its_first_fragment_nothing_is_reported(void **state)
{
    const struct part parts[] = { thirds[1], thirds[2] };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 2, &d, &overlaps), 0);
    assert_false(mipro_fragments_give_up(f, 0, true, &d));
    assert_int_equal(mipro_fragments_horizon(f), UINT64_MAX);
    mipro_fragments_free(f);
}

/* Add a fragment that completes nothing; the oldest datagram is dropped for it, and counted. */
static void
crowd(struct mipro_fragments *f, const struct mipro_leaf *leaf, uint64_t frame, unsigned *given_up)
{
    struct mipro_datagram d;
    bool overlap;

    assert_false(mipro_fragments_add(f, leaf, frame, 0, 0, &d, &overlap));
    while (mipro_fragments_give_up(f, 0, false, &d)) {
        assert_int_equal(d.frame, ++*given_up);
        g_free(d.octets);
    }
}

static void
memory_is_bounded_and_the_oldest_is_dropped(void **state)
{
    struct mipro_fragments *f = mipro_fragments_new();
    uint8_t octets[TOTAL * 2];
    unsigned given_up = 0;

    (void)state;
    for (uint32_t i = 0; i < MIPRO_FRAGMENT_DATAGRAMS + 100; i++) {
        struct mipro_leaf leaf = fragment(&thirds[0], octets);

        leaf.src = i;
        crowd(f, &leaf, i + 1, &given_up);
    }
    assert_int_equal(given_up, 100);
    mipro_fragments_free(f);
}

/* A fragment far after the first allocates all octets in between: few datagrams use much memory. */
static void
octets_are_bounded_like_datagrams(void **state)
{
    static const struct part parts[] = { { 0, 16, true, 0, 0 }, { 64000, 8, true, 0, 0 } };
    enum { EACH = 65536, N = MIPRO_FRAGMENT_OCTETS / EACH + 100 };
    struct mipro_fragments *f = mipro_fragments_new();
    uint8_t octets[TOTAL * 2];
    struct mipro_datagram d;
    unsigned given_up = 0;

    (void)state;
    for (uint32_t i = 0; i < N; i++)
        for (unsigned k = 0; k < COUNT(parts); k++) {
            struct mipro_leaf leaf = fragment(&parts[k], octets);

            leaf.src = i;
            crowd(f, &leaf, i + 1, &given_up);
        }
    assert_int_equal(given_up, 100);
    while (mipro_fragments_give_up(f, 0, true, &d))
        g_free(d.octets);
    mipro_fragments_free(f);
}

static void
of_two_last_fragments_the_first_says_where_a_datagram_ends(void **state)
{
    static const struct part beyond = { TOTAL, 8, false, 0, 0 };
    const struct part parts[] = { thirds[2], beyond, thirds[0], thirds[1] };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, parts, 4, &d, &overlaps), 4);
    assert_int_equal(d.span.len, TOTAL);
    g_free(d.octets);
    mipro_fragments_free(f);
}

/* No datagram has octets beyond 65535: such a fragment is invalid (the "ping of death"). */
static void
a_fragment_beyond_the_largest_datagram_is_dropped(void **state)
{
    static const struct part part = { 65528, 8, false, 1, 0 };
    struct mipro_fragments *f = mipro_fragments_new();
    struct mipro_datagram d;
    unsigned overlaps;

    (void)state;
    assert_int_equal(feed(f, &part, 1, &d, &overlaps), 0);
    assert_int_equal(mipro_fragments_horizon(f), UINT64_MAX);
    mipro_fragments_free(f);
}

/* The same addresses and identification on two VLANs, with alternating fragments. */
static void
fragments_on_two_vlans_are_of_two_datagrams(void **state)
{
    struct mipro_fragments *f = mipro_fragments_new();
    uint8_t octets[TOTAL * 2];
    struct mipro_datagram d;
    bool overlap, done = false;

    (void)state;
    for (size_t i = 0; i < COUNT(thirds); i++) {
        for (uint32_t vlan = 10; vlan <= 20; vlan += 10) {
            struct part part = thirds[i];
            struct mipro_leaf leaf;

            part.fill = (uint8_t)vlan;
            leaf = fragment(&part, octets);
            leaf.vlans = vlan;
            done = mipro_fragments_add(f, &leaf, i + 1, 0, 0, &d, &overlap);
            assert_false(overlap);
            assert_int_equal(done, i == 2);
            if (!done)
                continue;
            for (unsigned k = 0; k < TOTAL; k++)
                assert_int_equal(d.span.octets[k], vlan);
            g_free(d.octets);
        }
    }
    mipro_fragments_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_completes_the_datagram),
        cmocka_unit_test(in_overlapping_fragments_the_octets_that_came_first_are_kept),
        cmocka_unit_test(a_repeated_fragment_is_not_an_overlap),
        cmocka_unit_test(a_fragment_cut_by_the_capture_is_not_an_overlap),
        cmocka_unit_test(the_same_place_with_other_octets_is_an_overlap),
        cmocka_unit_test(a_cut_fragment_completes_the_datagram_but_ends_what_was_captured),
        cmocka_unit_test(what_is_never_complete_belongs_to_its_last_fragment),
        cmocka_unit_test(only_the_last_fragment_says_where_a_datagram_ends),
        cmocka_unit_test(without_its_first_fragment_nothing_is_reported),
        cmocka_unit_test(memory_is_bounded_and_the_oldest_is_dropped),
        cmocka_unit_test(octets_are_bounded_like_datagrams),
        cmocka_unit_test(of_two_last_fragments_the_first_says_where_a_datagram_ends),
        cmocka_unit_test(fragments_on_two_vlans_are_of_two_datagrams),
        cmocka_unit_test(a_fragment_beyond_the_largest_datagram_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
