/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_lanes.h - many MD5 at once, in the lanes of a vector register.
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

/* MD5's initial state, and one compression of it: for what is computed once per key. */
void mipro_lanes_first(uint32_t state[4]);
void mipro_lanes_block(uint32_t state[4], const uint8_t block[64]);

/*
 * Hash jobs[0..n-1]; any n, lengths may differ, best in tens or hundreds.  Not if there
 * is no width at all any more: see mipro_lanes_sound().
 */
void mipro_lanes_run(struct mipro_lane_job *const jobs[], size_t n);

/* The widths that this CPU has: 1, 4, 8, 16; 0 behind the last. */
unsigned mipro_lanes_width(size_t i);
/* Use this width from now on (tests, benches); false if the CPU has it not. */
bool mipro_lanes_use(unsigned width);
/* Use this width no more. */
void mipro_lanes_drop(unsigned width);
/* Is there any width left? */
bool mipro_lanes_sound(void);
/*
 * False if a width disagrees with GLib; that width is then not used any more.  Not
 * while other threads run.  (It is in mipro_auth.c, where GLib's checksums are.)
 */
bool mipro_lanes_check(void);

#endif
