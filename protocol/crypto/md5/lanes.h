/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lanes.h - many MD5 at once, in the lanes of a vector register.
 *
 * Which width is used depends on the CPU and on how many jobs there are; every
 * width gives the same octets.  GLib is the reference: mipro_lanes_check() holds each width that
 * this CPU has against it, and a tool calls it once at start.
 */
#ifndef MIPRO_LANES_H
#define MIPRO_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIPRO_LANE_SPANS 5

/* MD5 over the spans one after the other, from the initial state or from one given. */
struct mipro_lane_job {
    struct {
        const uint8_t *octets;
        size_t len;
    } span[MIPRO_LANE_SPANS];
    unsigned n_spans;
    uint8_t scratch[16];   /* the caller's room for a few octets that a span may point to */
    const uint32_t *state; /* NULL: MD5's own; else the state after state_octets octets */
    size_t state_octets;   /* a multiple of 64; 0 with MD5's own */
    unsigned stage;        /* the caller's, as is whose */
    unsigned whose;
    uint8_t out[16];
};

/* MD5's initial state, and one compression of it. */
void mipro_lanes_first(uint32_t state[4]);
void mipro_lanes_block(uint32_t state[4], const uint8_t block[64]);
/* The states after each of HMAC's pads (RFC 2104): computed once for each key. */
void mipro_lanes_hmac(const uint8_t *key, size_t len, uint32_t inner[4], uint32_t outer[4]);

/*
 * Hash jobs[0..n-1]; any n, lengths may differ, best in tens or hundreds.  Not if there
 * is no width at all any more: see mipro_lanes_sound().
 */
void mipro_lanes_run(struct mipro_lane_job *const jobs[], size_t n);

/*
 * The short way for what nearly all authenticators are: MD5(key, octets, key) with a key of
 * 16 octets, so short that two blocks hold it.  A wave is filled just as it will be
 * hashed: so there is nothing to lay out twice.  It begins zeroed.
 */
#define MIPRO_WAVE 16u
#define MIPRO_WAVE_KEY 16u
#define MIPRO_WAVE_OCTETS 87u /* between the keys */
struct mipro_wave {
    unsigned n;     /* how many it holds */
    uint32_t twice; /* of these, which take two blocks: 1 << i */
    uint8_t out[MIPRO_WAVE][16];
    uint8_t room[MIPRO_WAVE][128 + 16] __attribute__((aligned(16)));
};

_Static_assert(MIPRO_WAVE <= 32, "twice has a bit for each");
_Static_assert(2 * MIPRO_WAVE_KEY + MIPRO_WAVE_OCTETS + 1 + 8 == 2 * 64,
    "keys, octets, the end mark and the length fill two blocks of MD5");

/* One more, while n < MIPRO_WAVE. */
void mipro_wave_add(
    struct mipro_wave *wave, const uint8_t key[MIPRO_WAVE_KEY], const uint8_t *octets, size_t len);
/* Hash them into out[]; n is 0 then.  As with mipro_lanes_run(), there must be a width. */
void mipro_wave_run(struct mipro_wave *wave);
/* At the end: there were keys in it. */
void mipro_wave_wipe(struct mipro_wave *wave);

/* The widths that this CPU has: 1, 4, 8, 16; 0 after the last. */
unsigned mipro_lanes_width(size_t i);
/* Use this width from now on (tests, benches); false if the CPU does not have it. */
bool mipro_lanes_use(unsigned width);
/* Do not use this width any more. */
void mipro_lanes_drop(unsigned width);
/* Is there any width left? */
bool mipro_lanes_sound(void);
/*
 * False if a width disagrees with GLib; that width is then not used any more.  Not
 * while other threads run.
 */
bool mipro_lanes_check(void);

#endif
