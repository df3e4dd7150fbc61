/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_mix.h - hashes for tables, and to recognize the same octets again.
 *
 * Every bit of the result depends on every bit of the values.  That is no protection from
 * somebody who looks for collisions: where he could choose the values, mix in a secret one.
 */
#ifndef MIPRO_MIX_H
#define MIPRO_MIX_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t
mipro_mix(uint64_t a, uint64_t b)
{
    a ^= UINT64_C(0xbf58476d1ce4e5b9);
    b ^= UINT64_C(0x9e3779b97f4a7c15);
#ifdef __SIZEOF_INT128__
    /* The middle of a product depends on all bits of its factors: bring the halves together. */
    __extension__ const unsigned __int128 product = (unsigned __int128)a * b;

    return ((uint64_t)product ^ (uint64_t)(product >> 64)) + a; /* b may be even */
#else
    a = (a ^ a >> 32) * UINT64_C(0xd6e8feb86659fd93) ^ b;
    a = (a ^ a >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return a ^ a >> 32;
#endif
}

/* Of n octets, and of n. */
uint64_t mipro_mix_octets(const uint8_t *octets, size_t n);

#endif
