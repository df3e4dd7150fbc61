/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/md5/lanes.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MOST 200

static struct mipro_lane_job jobs[MOST];
static struct mipro_lane_job *list[MOST];

static void
to_hex(const uint8_t octets[16], char hex[33])
{
    for (unsigned i = 0; i < 16; i++)
        snprintf(hex + 2 * i, 3, "%02x", octets[i]);
}

/* RFC 1321 A.5: the test suite. */
static void
rfc_1321_holds_in_each_width(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "", "d41d8cd98f00b204e9800998ecf8427e" },
        { "a", "0cc175b9c0f1b6a831c399e269772661" },
        { "abc", "900150983cd24fb0d6963f7d28e17f72" },
        { "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
        { "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f" },
        { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a" },
    };
    unsigned width;

    (void)state;
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        assert_true(mipro_lanes_use(width));
        for (size_t i = 0; i < MOST; i++) { /* in every lane, whatever the other lanes contain */
            const char *text = rows[i * 5 % COUNT(rows)].text;

            jobs[i] = (struct mipro_lane_job){ .n_spans = 1,
                .span = { { (const uint8_t *)text, strlen(text) } } };
            list[i] = &jobs[i];
        }
        mipro_lanes_run(list, MOST);
        for (size_t i = 0; i < MOST; i++) {
            char hex[33];

            to_hex(jobs[i].out, hex);
            if (strcmp(hex, rows[i * 5 % COUNT(rows)].want) != 0)
                fail_msg("width %u, job %zu, vector %zu: %s", width, i, i * 5 % COUNT(rows), hex);
        }
    }
}

static void
hash_with_glib(const struct mipro_lane_job *job, uint8_t out[16])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);
    gsize len = 16;

    for (unsigned i = 0; i < job->n_spans; i++)
        g_checksum_update(sum, job->span[i].octets, (gssize)job->span[i].len);
    g_checksum_get_digest(sum, out, &len);
    g_checksum_free(sum);
}

static void
any_number_of_jobs_of_any_length_agrees_with_glib(void **state)
{
    static uint8_t octets[1024];
    unsigned width;

    (void)state;
    srand(1321);
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)rand();
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        assert_true(mipro_lanes_use(width));
        for (size_t n = 0; n < MOST; n++) {
            for (size_t i = 0; i < n; i++) {
                memset(&jobs[i], 0, sizeof(jobs[i]));
                jobs[i].n_spans = (unsigned)rand() % (MIPRO_LANE_SPANS + 1);
                for (unsigned k = 0; k < jobs[i].n_spans; k++) {
                    jobs[i].span[k].len = (size_t)rand() % (rand() % 8 == 0 ? 500 : 40);
                    jobs[i].span[k].octets =
                        octets + (size_t)rand() % (sizeof(octets) - jobs[i].span[k].len);
                }
                list[i] = &jobs[i];
            }
            mipro_lanes_run(list, n);
            for (size_t i = 0; i < n; i++) {
                uint8_t want[16];

                hash_with_glib(&jobs[i], want);
                if (memcmp(want, jobs[i].out, sizeof(want)) != 0)
                    fail_msg("width %u, job %zu of %zu", width, i, n);
            }
        }
    }
}

static void
every_length_to_three_blocks_agrees_with_glib(void **state)
{
    static const uint8_t octets[MOST] = { 1, 2, 3 };
    unsigned width;

    (void)state;
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        assert_true(mipro_lanes_use(width));
        for (size_t i = 0; i < MOST; i++) {
            /* The data ends where the block ends, so that a sanitizer detects overreads. */
            uint8_t *exact = malloc(i + 1);

            memcpy(exact + 1, octets, i);
            jobs[i] = (struct mipro_lane_job){ .n_spans = 1, .span = { { exact + 1, i } } };
            list[i] = &jobs[i];
        }
        mipro_lanes_run(list, MOST);
        for (size_t i = 0; i < MOST; i++) {
            uint8_t want[16];

            hash_with_glib(&jobs[i], want);
            if (memcmp(want, jobs[i].out, sizeof(want)) != 0)
                fail_msg("width %u, %zu octets", width, i);
            free((uint8_t *)(uintptr_t)jobs[i].span[0].octets - 1);
        }
    }
}

static void
a_job_continues_from_a_given_state(void **state)
{
    uint8_t octets[64 + 100];
    uint32_t after[4];
    unsigned width;

    (void)state;
    memset(octets, 'x', sizeof(octets));
    mipro_lanes_first(after);
    mipro_lanes_block(after, octets);
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        assert_true(mipro_lanes_use(width));
        for (size_t i = 0; i < 100; i++) { /* every other one from the state */
            jobs[i] = (struct mipro_lane_job){ .n_spans = 1, .span = { { octets, 64 + i } } };
            if (i % 2 == 0) {
                jobs[i].span[0].octets = octets + 64;
                jobs[i].span[0].len = i;
                jobs[i].state = after;
                jobs[i].state_octets = 64;
            }
            list[i] = &jobs[i];
        }
        mipro_lanes_run(list, 100);
        for (size_t i = 0; i < 100; i++) {
            const struct mipro_lane_job whole = { .n_spans = 1, .span = { { octets, 64 + i } } };
            uint8_t want[16];

            hash_with_glib(&whole, want);
            if (memcmp(want, jobs[i].out, sizeof(want)) != 0)
                fail_msg("width %u, %zu octets after the state", width, i);
        }
    }
}

/* Whatever the other lanes contained before, and for each length that fits. */
static void
a_wave_of_any_number_and_length_agrees_with_glib(void **state)
{
    static struct mipro_wave wave;
    uint8_t key[MIPRO_WAVE][MIPRO_WAVE_KEY], *octets[MIPRO_WAVE];
    size_t len[MIPRO_WAVE], next = 0;
    unsigned width;

    (void)state;
    srand(1828);
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        assert_true(mipro_lanes_use(width));
        for (unsigned round = 0; round < 400; round++) {
            unsigned n = round % MIPRO_WAVE + 1;

            for (unsigned i = 0; i < n; i++) {
                /* The data ends where the block ends, so that a sanitizer detects overreads. */
                len[i] = next++ % (MIPRO_WAVE_OCTETS + 1);
                octets[i] = malloc(len[i] + 1);
                for (size_t k = 0; k < len[i]; k++)
                    octets[i][k + 1] = (uint8_t)rand();
                for (size_t k = 0; k < MIPRO_WAVE_KEY; k++)
                    key[i][k] = (uint8_t)rand();
                mipro_wave_add(&wave, key[i], octets[i] + 1, len[i]);
            }
            assert_int_equal(wave.n, n);
            mipro_wave_run(&wave);
            assert_int_equal(wave.n, 0);
            for (unsigned i = 0; i < n; i++) {
                const struct mipro_lane_job job = { .n_spans = 3,
                    .span = { { key[i], MIPRO_WAVE_KEY }, { octets[i] + 1, len[i] },
                        { key[i], MIPRO_WAVE_KEY } } };
                uint8_t want[16];

                hash_with_glib(&job, want);
                if (memcmp(want, wave.out[i], sizeof(want)) != 0)
                    fail_msg("width %u, lane %u of %u, %zu octets", width, i, n, len[i]);
                free(octets[i]);
            }
        }
    }
    mipro_wave_wipe(&wave);
    for (size_t i = 0; i < sizeof(wave.room); i++)
        assert_int_equal(((const uint8_t *)wave.room)[i], 0);
}

static void
the_check_at_start_passes_and_takes_the_widest(void **state)
{
    size_t n = 0;

    (void)state;
    assert_true(mipro_lanes_check());
    while (mipro_lanes_width(n) != 0)
        n++;
    assert_true(n >= 2);
    assert_int_equal(mipro_lanes_width(0), 1);
    assert_false(mipro_lanes_use(7));
}

/* The last test: a width that is dropped stays dropped. */
static void
a_width_that_is_dropped_is_no_longer_used(void **state)
{
    static const uint8_t octets[100];
    struct mipro_lane_job job = { .n_spans = 1, .span = { { octets, sizeof(octets) } } };
    struct mipro_lane_job *jobs[] = { &job };
    uint8_t want[16];

    (void)state;
    mipro_lanes_drop(4);
    assert_false(mipro_lanes_use(4));
    for (size_t w = 0; mipro_lanes_width(w) != 0; w++)
        assert_int_not_equal(mipro_lanes_width(w), 4);
    assert_true(mipro_lanes_check());
    /* Not even for one job, which any wider width can also hash. */
    hash_with_glib(&job, want);
    mipro_lanes_drop(1);
    if (mipro_lanes_width(0) == 0)
        return;
    mipro_lanes_run(jobs, 1);
    assert_memory_equal(job.out, want, sizeof(want));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_1321_holds_in_each_width),
        cmocka_unit_test(any_number_of_jobs_of_any_length_agrees_with_glib),
        cmocka_unit_test(every_length_to_three_blocks_agrees_with_glib),
        cmocka_unit_test(a_job_continues_from_a_given_state),
        cmocka_unit_test(a_wave_of_any_number_and_length_agrees_with_glib),
        cmocka_unit_test(the_check_at_start_passes_and_takes_the_widest),
        cmocka_unit_test(a_width_that_is_dropped_is_no_longer_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
