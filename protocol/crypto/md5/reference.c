/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of the lanes with GLib, and the hashes computed once for each key. */
#include "crypto/hash.h"
#include "crypto/md5/lanes.h"
#include "crypto/wipe.h"

#include <glib.h>
#include <string.h>

#define MD5_BLOCK 64u

void
mipro_lanes_hmac(const uint8_t *key, size_t len, uint32_t inner[4], uint32_t outer[4])
{
    const struct mipro_hash_span span = { key, len };
    uint8_t block[MD5_BLOCK] = { 0 };

    if (len > sizeof(block))
        mipro_hash_spans(G_CHECKSUM_MD5, &span, 1, block, 16);
    else
        memcpy(block, key, len);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] ^= 0x36;
    mipro_lanes_first(inner);
    mipro_lanes_block(inner, block);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] ^= 0x36 ^ 0x5c;
    mipro_lanes_first(outer);
    mipro_lanes_block(outer, block);
    explicit_bzero(block, sizeof(block));
    mipro_wipe_stack();
}

/* Lengths that end at, before and after a block boundary, in spans that end elsewhere. */
#define MD5_LEN 16u
#define CHECK_JOBS 67
#define CHECK_LEN(i) ((i)*3 % 200)

static bool
agrees_with_glib(const uint8_t *octets, struct mipro_lane_job *jobs)
{
    for (size_t i = 0; i < CHECK_JOBS; i++) {
        const struct mipro_hash_span span = { octets + i, CHECK_LEN(i) };
        uint8_t want[MD5_LEN];

        mipro_hash_spans(G_CHECKSUM_MD5, &span, 1, want, sizeof(want));
        if (memcmp(want, jobs[i].out, sizeof(want)) != 0)
            return false;
    }
    return true;
}

/* The same for the fast path: each length that fits. */
static bool
wave_agrees_with_glib(const uint8_t *octets)
{
    static const uint8_t key[MIPRO_WAVE_KEY] = { 'k', 'e', 'y' };
    struct mipro_wave wave;
    bool good = true;

    memset(&wave, 0, sizeof(wave));
    for (size_t first = 0; first <= MIPRO_WAVE_OCTETS; first += MIPRO_WAVE) {
        for (size_t i = first; i < first + MIPRO_WAVE && i <= MIPRO_WAVE_OCTETS; i++)
            mipro_wave_add(&wave, key, octets + i, i);
        mipro_wave_run(&wave);
        for (size_t i = first; i < first + MIPRO_WAVE && i <= MIPRO_WAVE_OCTETS; i++) {
            const struct mipro_hash_span spans[] = { { key, sizeof(key) }, { octets + i, i },
                { key, sizeof(key) } };
            uint8_t want[MD5_LEN];

            mipro_hash_spans(G_CHECKSUM_MD5, spans, 3, want, sizeof(want));
            good = good && memcmp(want, wave.out[i - first], sizeof(want)) == 0;
        }
    }
    return good;
}

bool
mipro_lanes_check(void)
{
    uint8_t octets[CHECK_JOBS + CHECK_LEN(CHECK_JOBS - 1) + 200];
    struct mipro_lane_job jobs[CHECK_JOBS], *list[CHECK_JOBS];
    unsigned width, widest = 1;
    bool good = true;

    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(i * 167 + 13);
    for (size_t w = 0; (width = mipro_lanes_width(w)) != 0;) {
        for (size_t i = 0; i < CHECK_JOBS; i++) {
            size_t len = CHECK_LEN(i), first = len / 3;

            jobs[i] = (struct mipro_lane_job){ .n_spans = 2,
                .span = { { octets + i, first }, { octets + i + first, len - first } } };
            list[i] = &jobs[i];
        }
        mipro_lanes_use(width);
        mipro_lanes_run(list, CHECK_JOBS);
        if (agrees_with_glib(octets, jobs) && wave_agrees_with_glib(octets)) {
            widest = width;
            w++;
        } else {
            mipro_lanes_drop(width);
            good = false;
        }
    }
    mipro_lanes_use(widest);
    return good;
}
