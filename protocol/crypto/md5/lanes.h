/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lanes.h - many MD5 hashes at once, in the lanes of vector registers.
 *
 * The width used depends on the CPU and on the number of jobs; all widths give the same
 * result.  GLib is the reference: mipro_lanes_check() compares each width that this CPU
 * supports with it; the tools call it once at start.
 */
#ifndef MIPRO_LANES_H
#define MIPRO_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIPRO_LANE_SPANS 5

/* MD5 over the concatenated spans, from the initial state or from a given one. */
struct mipro_lane_job {
    struct {
        const uint8_t *octets;
        size_t len;
    } span[MIPRO_LANE_SPANS];
    unsigned n_spans;
    uint8_t scratch[16];   /* for the caller: a few octets that a span may point to */
    const uint32_t *state; /* NULL: the initial one; else the state after state_octets octets */
    size_t state_octets;   /* a multiple of 64; 0 with the initial state */
    unsigned stage;        /* for the caller, as is whose */
    unsigned whose;
    uint8_t out[16];
};

/* MD5's initial state, and one compression of it. */
void mipro_lanes_first(uint32_t state[4]);
void mipro_lanes_block(uint32_t state[4], const uint8_t block[64]);
/* The states after each of HMAC's pads (RFC 2104): computed once for each key. */
void mipro_lanes_hmac(const uint8_t *key, size_t len, uint32_t inner[4], uint32_t outer[4]);

/*
 * Hash jobs[0..n-1]; any n, lengths may differ; most efficient with tens or hundreds.  Must
 * not be called if no width is left: see mipro_lanes_sound().
 */
void mipro_lanes_run(struct mipro_lane_job *const jobs[], size_t n);

#define MIPRO_WIDEST 32u

/* What the lanes hash next.  Words and states are interleaved, as in vector registers. */
struct mipro_front {
    uint32_t w[16][MIPRO_WIDEST];
    uint32_t state[4][MIPRO_WIDEST];
} __attribute__((aligned(64)));

/*
 * The fast path for nearly all authenticators: MD5(key, octets, key) with a key of 16 octets,
 * short enough for two blocks.  A wave is filled in the layout in which it is hashed, so that
 * nothing is copied twice.  It begins zeroed.
 */
#define MIPRO_WAVE 32u
#define MIPRO_WAVE_KEY 16u
#define MIPRO_WAVE_OCTETS 87u /* between the keys */
#define MIPRO_WAVE_ROOM (2 * 64 + 16)
struct mipro_wave {
    unsigned n;     /* how many it holds */
    uint32_t twice; /* which of them take two blocks: 1 << i */
    uint8_t out[MIPRO_WAVE][16];
    uint8_t room[MIPRO_WAVE][MIPRO_WAVE_ROOM] __attribute__((aligned(16)));
    struct mipro_front front; /* here, so that it need not be wiped after each wave */
};

_Static_assert(MIPRO_WAVE <= 32, "twice has a bit for each");
_Static_assert(2 * MIPRO_WAVE_KEY + MIPRO_WAVE_OCTETS + 1 + 8 == 2 * 64,
    "keys, octets, the end mark and the length fill two blocks of MD5");

/* Add one; n must be below MIPRO_WAVE. */
void mipro_wave_add(
    struct mipro_wave *wave, const uint8_t key[MIPRO_WAVE_KEY], const uint8_t *octets, size_t len);
/* Hash them into out[], and set n to 0.  As with mipro_lanes_run(), a width must be left. */
void mipro_wave_run(struct mipro_wave *wave);
/* Call at the end: it held keys, and hashing them left some on the stack. */
void mipro_wave_wipe(struct mipro_wave *wave);

/* The i-th width that this CPU supports: 1, 4, 8, 16, 32; 0 after the last. */
unsigned mipro_lanes_width(size_t i);
/* Use this width from now on (tests, benches); false if the CPU does not support it. */
bool mipro_lanes_use(unsigned width);
/* Do not use this width any more. */
void mipro_lanes_drop(unsigned width);
/* Is there any width left? */
bool mipro_lanes_sound(void);
/*
 * False if a width disagrees with GLib; that width is then no longer used.  Must not be called
 * while other threads run.
 */
bool mipro_lanes_check(void);

#endif
