/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The traces of messages (evidence/traces.h) are returned as they were added, or declared unknown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "evidence/traces.h"

static void
put(struct vrf_batch *b, unsigned share, uint64_t frame, uint32_t home, uint8_t good, bool node)
{
    *VRF_ARRAY_ADD(&b->shares[share].traces) =
        (struct vrf_trace){ .frame = frame, .home = home, .good = good, .names_node = node };
}

static bool
is_odd(const void *ctx, const struct vrf_trace *trace)
{
    (void)ctx;
    return trace->home % 2 != 0;
}

static void
test_traces_of_all_kinds_are_read_back(void **state)
{
    struct vrf_traces *t = vrf_traces_new();
    struct vrf_batch *b = vrf_batch_new(2);
    struct vrf_traces_reader r;
    struct vrf_traces_of of;

    (void)state;
    b->first_frame = 1;
    b->block.n_frames = 10;
    put(b, 0, 1, 11, 35, false);
    put(b, 1, 2, 12, 0, false);
    put(b, 0, 3, 13, 32, false);
    put(b, 0, 3, 13, 33, true);
    put(b, 1, UINT64_C(1) << 40, 14, 35, false);
    vrf_traces_add(t, b);
    vrf_batch_empty(b);
    put(b, 1, 2, 15, 96, false); /* late */
    vrf_traces_add(t, b);

    r = vrf_traces_begin(t);
    of = vrf_traces_next(t, &r, 1);
    assert_true(of.n == 1 && of.at[0].home == 11 && of.at[0].good == 35 && !of.unknown);
    of = vrf_traces_next(t, &r, 2);
    assert_true(of.n == 2 && of.at[0].home == 12 && of.at[0].good == 0);
    assert_true(of.at[1].home == 15 && of.at[1].good == 96);
    of = vrf_traces_next(t, &r, 3);
    assert_true(of.n == 2 && of.at[0].good == 32 && !of.at[0].names_node);
    assert_true(of.at[1].good == 33 && of.at[1].names_node && of.at[1].home == 13);
    assert_int_equal(vrf_traces_next(t, &r, 4).n, 0);
    assert_int_equal(vrf_traces_next(t, &r, UINT64_C(1) << 40).n, 1);

    r = vrf_traces_begin(t);
    assert_int_equal(vrf_traces_seek(t, &r, UINT64_MAX, is_odd, NULL), 1);
    (void)vrf_traces_next(t, &r, 1);
    assert_int_equal(vrf_traces_seek(t, &r, UINT64_MAX, is_odd, NULL), 2); /* the late one */
    (void)vrf_traces_next(t, &r, 2);
    assert_int_equal(vrf_traces_seek(t, &r, UINT64_MAX, is_odd, NULL), 3);
    (void)vrf_traces_next(t, &r, 3);
    assert_int_equal(vrf_traces_seek(t, &r, 100, is_odd, NULL), 100);
    vrf_batch_free(b);
    vrf_traces_free(t);
}

static void
test_frames_with_fragments_are_unknown(void **state)
{
    struct vrf_traces *t = vrf_traces_new();
    struct vrf_batch *b = vrf_batch_new(1);
    struct vrf_traces_reader r;

    (void)state;
    for (uint64_t first = 1; first < 50; first += 10) {
        vrf_batch_empty(b);
        b->first_frame = first;
        b->block.n_frames = 10;
        if (first == 11 || first == 21)
            VRF_ARRAY_ADD(&b->fragments)->kind = MIPRO_FRAGMENT;
        vrf_traces_add(t, b);
    }
    r = vrf_traces_begin(t);
    assert_int_equal(vrf_traces_seek(t, &r, UINT64_MAX, is_odd, NULL), 11);
    for (uint64_t frame = 1; frame <= 50; frame++)
        assert_int_equal(vrf_traces_next(t, &r, frame).unknown, frame > 10 && frame <= 30);
    vrf_batch_free(b);
    vrf_traces_free(t);
}

/* A trace takes most octets where frames are far apart. */
static void
test_what_does_not_fit_is_unknown_and_counted(void **state)
{
    enum { FAR = 32 };
    struct vrf_traces *t = vrf_traces_new();
    struct vrf_batch *b = vrf_batch_new(1);
    struct vrf_traces_reader r;
    uint64_t frame = 0, known = 0, n = 0;

    (void)state;
    while (vrf_traces_left_out(t) == 0) {
        vrf_batch_empty(b);
        for (unsigned i = 0; i < 100000; i++)
            put(b, 0, frame += UINT64_C(1) << FAR, 1, 32, false);
        vrf_traces_add(t, b);
        n += 100000;
        assert_true(n < 20000000);
    }
    known = n - vrf_traces_left_out(t);
    r = vrf_traces_begin(t);
    for (uint64_t i = 1; i <= n; i++) {
        struct vrf_traces_of of = vrf_traces_next(t, &r, i << FAR);

        if (of.n != (i <= known) || of.unknown != (i > known))
            fail_msg("trace %lu of %lu", (unsigned long)i, (unsigned long)known);
    }
    vrf_batch_free(b);
    vrf_traces_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces_of_all_kinds_are_read_back),
        cmocka_unit_test(test_frames_with_fragments_are_unknown),
        cmocka_unit_test(test_what_does_not_fit_is_unknown_and_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
