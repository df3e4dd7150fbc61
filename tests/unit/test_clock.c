/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock of the machine: its fast step is the step that it would take anyway. */
#include "conduct/clock.h"
#include "unit.h"

static uint64_t
draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Where captures begin: in our time, and where sums of times overflow. */
static const int64_t beginnings[] = {
    INT64_C(922000000) * MIPRO_SECOND,
    0,
    INT64_MAX - 2 * MIPRO_RUN_STEP,
    INT64_MIN + 3,
    INT64_MIN + 2 * MIPRO_RUN_STEP,
};

/* How stamps go on: mostly a little, rarely far, or to the end of time. */
static int64_t
next_stamp(int64_t stamp, uint64_t *state)
{
    uint64_t kind = draw(state) % 16;
    int64_t little = (int64_t)(draw(state) % (uint64_t)MIPRO_SECOND);

    if (kind < 9)
        return mipro_time_add(stamp, little);
    if (kind < 11)
        return mipro_time_add(stamp, -little);
    if (kind == 11)
        return mipro_time_add(stamp, MIPRO_RUN_STEP);
    if (kind == 12)
        return mipro_time_add(stamp, MIPRO_RUN_STEP + 1);
    if (kind == 13)
        return beginnings[draw(state) % COUNT(beginnings)];
    if (kind == 14)
        return draw(state) % 2 != 0 ? INT64_MAX : INT64_MIN + 1;
    return stamp;
}

static void
assert_same(const struct mipro_clock *a, const struct mipro_clock *b)
{
    assert_int_equal(a->t.clock, b->t.clock);
    assert_int_equal(a->t.skew, b->t.skew);
    assert_int_equal(a->t.moved, b->t.moved);
    assert_int_equal(a->t.epoch, b->t.epoch);
    assert_int_equal(a->t.paused, b->t.paused);
    assert_int_equal(a->last, b->last);
    assert_int_equal(a->suspect.frame, b->suspect.frame);
    assert_int_equal(a->disorder.n, b->disorder.n);
    assert_int_equal(a->disorder.n_little, b->disorder.n_little);
}

static void
a_fast_step_is_the_step_it_replaces(void **state)
{
    const struct mipro_conduct_config config = mipro_conduct_defaults();
    unsigned n_fast = 0;

    (void)state;
    for (uint64_t run = 0; run < 2000; run++) {
        int64_t stamp = beginnings[run % COUNT(beginnings)];
        struct mipro_clock fast, slow;
        struct mipro_leap leap;
        uint64_t seed = run;

        mipro_clock_init(&fast);
        mipro_clock_init(&slow);
        for (uint64_t frame = 1; frame <= 100; frame++) {
            int64_t now, expected = mipro_clock_take(&slow, &config, frame, stamp, &leap);

            if (mipro_clock_step(&fast, stamp, &now)) {
                n_fast++;
                assert_false(leap.leaps);
            } else {
                now = mipro_clock_take(&fast, &config, frame, stamp, &leap);
            }
            assert_int_equal(now, expected);
            assert_same(&fast, &slow);
            stamp = next_stamp(stamp, &seed);
            if (stamp == MIPRO_TIME_NONE)
                stamp++;
        }
    }
    assert_true(n_fast > 10000);
}

static void
no_stamp_is_no_step(void **state)
{
    const struct mipro_conduct_config config = mipro_conduct_defaults();

    (void)state;
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        struct mipro_clock k;
        struct mipro_leap leap;
        int64_t now;

        mipro_clock_init(&k);
        assert_false(mipro_clock_step(&k, MIPRO_TIME_NONE, &now));
        (void)mipro_clock_take(&k, &config, 1, beginnings[i], &leap);
        (void)mipro_clock_take(&k, &config, 2, mipro_time_add(beginnings[i], 1), &leap);
        assert_false(mipro_clock_step(&k, MIPRO_TIME_NONE, &now));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fast_step_is_the_step_it_replaces),
        cmocka_unit_test(no_stamp_is_no_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
