/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_lanes - nanoseconds for an authenticator of a 42-octet Binding Update, by each
 * width of the lanes and by GLib: the best of many rounds.  Trust the ratios.
 */
#include "crypto/md5/lanes.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define JOBS 256
#define ROUNDS 2000

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint8_t key[] = "0123456789abcdef", message[JOBS][32];
static struct mipro_lane_job jobs[JOBS];
static struct mipro_lane_job *list[JOBS];

/* MD5(key, n octets, key): 14 protected octets make one block, 24 make two. */
static void
prepare(size_t n)
{
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = (struct mipro_lane_job){ .n_spans = 3,
            .span = { { key, 16 }, { message[i], n }, { key, 16 } } };
        list[i] = &jobs[i];
    }
}

static void
hash_with_glib(size_t n)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);

    for (size_t i = 0; i < JOBS; i++) {
        gsize len = 16;

        g_checksum_reset(sum);
        g_checksum_update(sum, key, 16);
        g_checksum_update(sum, message[i], (gssize)n);
        g_checksum_update(sum, key, 16);
        g_checksum_get_digest(sum, jobs[i].out, &len);
    }
    g_checksum_free(sum);
}

int
main(void)
{
    static const size_t lengths[] = { 22, 26 };
    unsigned width;

    printf("lanes   one block  two blocks   (ns)\n");
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0; w++) {
        printf("%5u", width);
        mipro_lanes_use(width);
        for (size_t l = 0; l < 2; l++) {
            double best = 1e18;

            prepare(lengths[l]);
            for (unsigned r = 0; r < ROUNDS; r++) {
                double start = now(), took;

                mipro_lanes_run(list, JOBS);
                took = now() - start;
                best = took < best ? took : best;
            }
            printf(" %11.1f", best / JOBS);
        }
        printf("\n");
    }
    printf(" GLib");
    for (size_t l = 0; l < 2; l++) {
        double best = 1e18;

        for (unsigned r = 0; r < ROUNDS; r++) {
            double start = now(), took;

            hash_with_glib(lengths[l]);
            took = now() - start;
            best = took < best ? took : best;
        }
        printf(" %11.1f", best / JOBS);
    }
    printf("\n");
    return 0;
}
