/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sightings are copies of one datagram, and which are datagrams of their own. */
#include "conduct/copies.h"
#include "mipro_time.h"
#include "unit.h"

#define MS (MIPRO_SECOND / 1000)
#define MAYBE 99 /* it may be a copy, or another datagram */

struct sighting {
    int64_t us; /* time in microseconds */
    uint64_t hash;
    uint32_t way;
    bool anonymous;
    uint64_t copy_of; /* what must come of it */
    uint32_t octets;  /* 0: cut */
};

struct row {
    const char *name;
    struct sighting seen[6]; /* hash 0 ends the list */
};

static const struct row rows[] = {
    { "a SPAN port shows each frame twice",
        { { 0, 7, 1, false, 0, 0 }, { 3, 7, 1, false, 1, 0 } } },
    { "another datagram", { { 0, 7, 1, false, 0, 0 }, { 3, 8, 1, false, 0, 0 } } },
    { "a second tap, less than the tolerance later",
        { { 0, 7, 1, false, 0, 0 }, { 999999, 7, 2, false, 1, 0 } } },
    { "the tolerance is half open", { { 0, 7, 1, false, 0, 0 }, { 1000000, 7, 2, false, 0, 0 } } },
    { "a tap whose clock is behind",
        { { 700000, 7, 1, false, 0, 0 }, { 100000, 7, 2, false, 1, 0 } } },
    { "the same octets, captured long before",
        { { 50000000, 7, 1, false, 0, 0 }, { 1, 7, 2, false, 0, 0 } } },
    { "three taps in a row", { { 0, 7, 1, false, 0, 0 }, { 700000, 7, 2, false, 1, 0 },
                                 { 1400000, 7, 3, false, 1, 0 } } },
    { "without an IP identification, within a millisecond",
        { { 0, 7, 1, true, 0, 0 }, { 999, 7, 1, true, 1, 0 } } },
    { "without an IP identification, a retransmission",
        { { 0, 7, 1, true, 0, 0 }, { 1000, 7, 1, true, 0, 0 } } },
    { "without an IP identification, by another way",
        { { 0, 7, 1, true, 0, 0 }, { 500000, 7, 2, true, 1, 0 } } },
    { "a retransmission on a device that shows each packet in and out",
        { { 0, 7, 1, true, 0, 0 }, { 15, 7, 2, true, 1, 0 }, { 500000, 7, 1, true, 0, 0 },
            { 500015, 7, 2, true, 3, 0 } } },
    { "two taps, each of which sees what was sent twice",
        { { 0, 7, 1, true, 0, 0 }, { 93000, 7, 1, true, 0, 0 }, { 493000, 7, 2, true, 2, 0 },
            { 551000, 7, 2, true, 2, 0 }, { 800000, 7, 2, true, 0, 0 } } },
    { "the second tap leads", { { 0, 7, 1, true, 0, 0 }, { 100, 7, 2, true, 1, 0 },
                                  { 93000, 7, 2, true, 0, 0 }, { 93100, 7, 1, true, 3, 0 } } },
    { "both sides of a tunnel, each shown twice, and the later side first",
        { { 1391, 7, 1, true, 0, 0 }, { 3, 7, 2, true, 1, 0 }, { 0, 7, 2, true, 1, 0 },
            { 1396, 7, 1, true, 1, 0 } } },
    { "a retransmission, of which the later side of the tunnel is first",
        { { 1391, 7, 1, true, 0, 0 }, { 0, 7, 2, true, 1, 0 }, { 501391, 7, 1, true, 0, 0 },
            { 500000, 7, 2, true, 3, 0 }, { 500003, 7, 2, true, 3, 0 } } },
    { "a retransmission of which the ways are once in another order",
        { { 0, 7, 1, true, 0, 0 }, { 15, 7, 2, true, 1, 0 }, { 500000, 7, 1, true, 0, 0 },
            { 500015, 7, 2, true, 3, 0 }, { 900015, 7, 2, true, 0, 0 },
            { 900000, 7, 1, true, 5, 0 } } },
    { "a copy of what was sent before, after what was sent again",
        { { 0, 7, 1, true, 0, 0 }, { 163000, 7, 1, true, 0, 0 }, { 3, 7, 1, true, MAYBE, 0 },
            { 163002, 7, 1, true, 2, 0 } } },
    { "what was sent again before it",
        { { 163000, 7, 1, true, 0, 0 }, { 0, 7, 1, true, 0, 0 }, { 163002, 7, 1, true, 2, 0 } } },
    { "a copy that was cut", { { 0, 7, 1, false, 0, 99 }, { 10, 7, 1, false, 1, 0 } } },
    { "a copy of what was cut", { { 0, 7, 1, false, 0, 0 }, { 10, 7, 1, false, 1, 99 } } },
    { "other octets further on",
        { { 0, 7, 1, true, 0, 98 }, { 10, 7, 1, true, 0, 99 }, { 20, 7, 2, true, 1, 98 } } },
};

static void
each_row_holds(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct arena arena = { 0 };
        struct mipro_copies c;

        assert_true(mipro_copies_new(&c, &arena, MIPRO_SECOND));
        for (size_t i = 0; i < COUNT(rows[r].seen) && rows[r].seen[i].hash != 0; i++) {
            const struct sighting *s = &rows[r].seen[i];
            struct mipro_sighting sighting = { .hash = s->hash << 32 | s->hash,
                .octets = s->octets,
                .time = s->us * 1000,
                .frame = i + 1,
                .way = s->way,
                .anonymous = s->anonymous };
            bool uncertain = false;
            uint64_t copy_of = mipro_copies_note(&c, &sighting, &uncertain);

            if (copy_of != s->copy_of % MAYBE)
                fail_msg("%s: frame %zu is a copy of %u, not of %u", rows[r].name, i + 1,
                    (unsigned)copy_of, (unsigned)s->copy_of);
            assert_int_equal(uncertain, s->copy_of == MAYBE);
        }
        mipro_arena_free(&arena);
    }
}

/* What had to be forgotten while it was young makes those after it uncertain, not originals. */
static void
after_a_flood_copies_are_uncertain(void **state)
{
    enum { FLOOD = 3000000 };
    struct arena arena = { 0 };
    struct mipro_copies c;
    struct mipro_sighting first = { .hash = 1, .time = 0, .frame = 1, .way = 1 };
    struct mipro_sighting again;
    bool uncertain = false;

    (void)state;
    assert_true(mipro_copies_new(&c, &arena, MIPRO_SECOND));
    assert_int_equal(mipro_copies_note(&c, &first, &uncertain), 0);
    for (uint64_t i = 0; i < FLOOD; i++) {
        struct mipro_sighting s = {
            .hash = (i + 2) * UINT64_C(0xbf58476d1ce4e5b9), .time = MS, .frame = i + 2, .way = 1
        };

        (void)mipro_copies_note(&c, &s, &uncertain);
    }
    assert_true(c.dropped > 0);
    again = first;
    again.frame = FLOOD + 2;
    again.time = 2 * MS;
    uncertain = false;
    assert_true(mipro_copies_note(&c, &again, &uncertain) == 1 || uncertain);
    again.hash = UINT64_C(3) << 32;
    again.time = 3 * MIPRO_SECOND;
    uncertain = false;
    assert_int_equal(mipro_copies_note(&c, &again, &uncertain), 0);
    assert_false(uncertain);
    mipro_arena_free(&arena);
}

/* As many as one home address may have within the tolerance: each is known when it is seen again.
 */
static void
one_busy_home_address_has_enough_room(void **state)
{
    enum { N = MIPRO_COPIES_MOST - 200 };
    struct arena arena = { 0 };
    struct mipro_copies c;

    (void)state;
    assert_true(mipro_copies_new(&c, &arena, MIPRO_SECOND));
    for (uint64_t i = 0; i < 2 * N; i++) {
        struct mipro_sighting s = { .hash = (i % N + 1) * UINT64_C(0xbf58476d1ce4e5b9),
            .time = (int64_t)i * MIPRO_SECOND / (2 * N),
            .frame = i + 1,
            .way = i < N };
        bool uncertain = false;

        assert_int_equal(mipro_copies_note(&c, &s, &uncertain), i < N ? 0 : i - N + 1);
        assert_false(uncertain);
    }
    assert_int_equal(c.dropped, 0);
    mipro_arena_free(&arena);
}

/* However long it goes on, no more is remembered than there is room for. */
static void
room_follows_the_traffic(void **state)
{
    struct arena arena = { 0 };
    struct mipro_copies c;
    bool uncertain = false;

    (void)state;
    assert_true(mipro_copies_new(&c, &arena, MIPRO_SECOND));
    for (uint64_t i = 0; i < 1000000; i++) {
        struct mipro_sighting s = { .hash = (i + 1) * UINT64_C(0xbf58476d1ce4e5b9),
            .time = (int64_t)i * 10 * MS,
            .frame = i + 1,
            .way = 1 };

        assert_int_equal(mipro_copies_note(&c, &s, &uncertain), 0);
    }
    assert_in_range(c.n, 400, 1024); /* of 4 to 8 s */
    mipro_arena_free(&arena);
}

/* The heads of the chains hold 16 bits of a number: copies are found after these wrapped, too. */
static void
copies_are_found_in_a_long_capture(void **state)
{
    enum { N = 200000, BEHIND = 100 };
    struct arena arena = { 0 };
    struct mipro_copies c;

    (void)state;
    assert_true(mipro_copies_new(&c, &arena, MIPRO_SECOND));
    for (uint64_t i = 0; i < 2 * N; i++) {
        uint64_t k = i % 2 == 0 ? i / 2 + BEHIND : i / 2; /* a new one, and one from before again */
        bool again = i % 2 != 0 && k >= BEHIND;
        struct mipro_sighting s = { .hash = (k + 1) * UINT64_C(0xbf58476d1ce4e5b9),
            .time = (int64_t)i * MS,
            .frame = i + 1,
            .way = again };
        bool uncertain = false;

        assert_int_equal(mipro_copies_note(&c, &s, &uncertain), again ? 2 * (k - BEHIND) + 1 : 0);
        assert_false(uncertain);
    }
    assert_true(c.next > 2 * UINT16_MAX);
    mipro_arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(after_a_flood_copies_are_uncertain),
        cmocka_unit_test(one_busy_home_address_has_enough_room),
        cmocka_unit_test(room_follows_the_traffic),
        cmocka_unit_test(copies_are_found_in_a_long_capture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
