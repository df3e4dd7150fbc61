/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/md5/front.h"

#include "crypto/wipe.h"

/* The last octet is followed by the 1 bit, zeros, and the length in bits. */
void
mipro_wave_add(
    struct mipro_wave *wave, const uint8_t key[MIPRO_WAVE_KEY], const uint8_t *octets, size_t len)
{
    unsigned i = wave->n++;
    uint8_t *room = wave->room[i];
    size_t n = len + 2 * MIPRO_WAVE_KEY;
    size_t end = MIPRO_MD5_BLOCK;

    if (n + 9 > MIPRO_MD5_BLOCK) {
        end = 2 * MIPRO_MD5_BLOCK;
        memset(room + MIPRO_MD5_BLOCK, 0, MIPRO_MD5_BLOCK);
        wave->twice |= UINT32_C(1) << i;
    }
    /* First the zeros, for which no length is needed then; the keys alone take more than half. */
    memset(room + MIPRO_MD5_BLOCK / 2, 0, MIPRO_MD5_BLOCK / 2);
    memcpy(room, key, MIPRO_WAVE_KEY);
    mipro_copy_few(room + MIPRO_WAVE_KEY, octets, len);
    memcpy(room + MIPRO_WAVE_KEY + len, key, MIPRO_WAVE_KEY);
    room[n] = 0x80;
    mipro_store_le(room + end - 8, (uint32_t)(n * 8));
}

/* Copy the states of the lanes selected by who to out[]. */
static inline __attribute__((always_inline)) void
collect(const struct mipro_front *f, struct mipro_wave *wave, unsigned first, unsigned width,
    uint32_t who)
{
    for (unsigned i = 0; i < width; i += 4) {
        mipro_four v[4];

        for (unsigned k = 0; k < 4; k++)
            v[k] = *(const mipro_four *)&f->state[k][i];
        mipro_turn(&v[0], &v[1], &v[2], &v[3]);
        for (unsigned k = 0; k < 4; k++)
            if ((who >> (first + i + k) & 1) != 0)
                mipro_store_four(wave->out[first + i + k], v[k]);
    }
}

/*
 * Hash width entries from first on.  If fewer are left, remains of an earlier wave are hashed
 * too, and their results ignored.
 */
__attribute__((noinline)) static void
run_some(struct mipro_wave *wave, unsigned first, const struct mipro_width *width)
{
    const uint32_t all = (UINT32_MAX >> (32 - width->lanes)) << first;
    struct mipro_front *f = &wave->front;

    for (unsigned k = 0; k < 4; k++)
        for (unsigned i = 0; i < MIPRO_WIDEST; i++)
            f->state[k][i] = mipro_md5_first[k];
    width->compress_rooms(wave, first, 0);
    if ((wave->twice & all) != all)
        collect(f, wave, first, width->lanes, UINT32_MAX); /* of all: no lane is asked about */
    if ((wave->twice & all) != 0) {
        width->compress_rooms(wave, first, MIPRO_MD5_BLOCK);
        collect(f, wave, first, width->lanes, wave->twice);
    }
}

__attribute__((noinline)) static void
run_alone(struct mipro_wave *wave, unsigned i)
{
    uint32_t state[4];

    mipro_lanes_first(state);
    mipro_lanes_block(state, wave->room[i]);
    if ((wave->twice >> i & 1) != 0)
        mipro_lanes_block(state, wave->room[i] + MIPRO_MD5_BLOCK);
    for (unsigned k = 0; k < 4; k++)
        mipro_store_le(wave->out[i] + 4 * k, state[k]);
}

void
mipro_wave_run(struct mipro_wave *wave)
{
    const struct mipro_width *width = mipro_lanes_best(wave->n);

    for (unsigned first = 0; first < wave->n; first += width->lanes) {
        if (width->compress_rooms != NULL)
            run_some(wave, first, width);
        else
            run_alone(wave, first);
    }
    wave->n = 0;
    wave->twice = 0;
}

void
mipro_wave_wipe(struct mipro_wave *wave)
{
    explicit_bzero(wave, sizeof(*wave));
    mipro_wipe_stack();
}
