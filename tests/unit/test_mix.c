/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mixer: different inputs get different hashes, spread over tables by high and by low bits. */
#include "unit.h"

#include "mipro_mix.h"

static void
one_octet_changed_or_added_changes_the_hash(void **state)
{
    uint8_t octets[80];

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(i * 37);
    for (size_t n = 0; n < sizeof(octets); n++) {
        struct unit_exact exact = unit_exact(octets, n);
        uint64_t hash = mipro_mix_octets(exact.octets, n);

        if (hash != mipro_mix_octets(octets, n))
            fail_msg("%zu octets: depends on the octets after them", n);
        if (hash == mipro_mix_octets(octets, n + 1))
            fail_msg("%zu octets: the same as with one more", n);
        free(exact.block);
        for (size_t bit = 0; bit < 8 * n; bit++) {
            octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (mipro_mix_octets(octets, n) == hash)
                fail_msg("%zu octets: bit %zu has no effect", n, bit);
            octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    memset(octets, 0, sizeof(octets));
    for (size_t n = 1; n < sizeof(octets); n++)
        if (mipro_mix_octets(octets, n) == mipro_mix_octets(octets, n - 1))
            fail_msg("%zu zeros: the same as with one less", n);
    octets[0] = 1;
    assert_int_not_equal(mipro_mix(1, 2), mipro_mix(2, 1));
}

/* Consecutive values, in either argument, low or high: no bucket gets far too many. */
static void
consecutive_values_are_spread(void **state)
{
    enum { BUCKETS = 4096, N = 4 * BUCKETS };
    static unsigned low[BUCKETS], high[BUCKETS];

    (void)state;
    for (unsigned shift = 0; shift <= 40; shift += 8)
        for (unsigned place = 0; place < 2; place++) {
            memset(low, 0, sizeof(low));
            memset(high, 0, sizeof(high));
            for (uint64_t i = 0; i < N; i++) {
                uint64_t v = i << shift;
                uint64_t h = place == 0 ? mipro_mix(v, 7) : mipro_mix(7, v);

                low[h % BUCKETS]++;
                high[h >> 52]++;
            }
            for (size_t b = 0; b < BUCKETS; b++)
                if (low[b] > 40 || high[b] > 40)
                    fail_msg("shift %u, place %u: bucket %zu has %u by low bits, %u by high", shift,
                        place, b, low[b], high[b]);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_octet_changed_or_added_changes_the_hash),
        cmocka_unit_test(consecutive_values_are_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
