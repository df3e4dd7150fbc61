/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_mix.h - hashes for tables, and for recognizing repeated octets.
 *
 * Every bit of the result depends on every bit of the values.  This does not protect against
 * an attacker who looks for collisions: if the values may be chosen by one, mix in a secret.
 */
#ifndef MIPRO_MIX_H
#define MIPRO_MIX_H

#include <stddef.h>
#include <stdint.h>

/* The last step of mipro_mix(): a hash if neither value is likely to be 0. */
static inline uint64_t
mipro_fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    /* The middle bits of a product depend on all bits of its factors: combine the halves. */
    __extension__ const unsigned __int128 product = (unsigned __int128)a * b;

    return ((uint64_t)product ^ (uint64_t)(product >> 64)) + a; /* b may be even */
#else
    a = (a ^ a >> 32) * UINT64_C(0xd6e8feb86659fd93) ^ b;
    a = (a ^ a >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return a ^ a >> 32;
#endif
}

static inline uint64_t
mipro_mix(uint64_t a, uint64_t b)
{
    return mipro_fold(a ^ UINT64_C(0xbf58476d1ce4e5b9), b ^ UINT64_C(0x9e3779b97f4a7c15));
}

/* A hash of n octets and of n itself. */
uint64_t mipro_mix_octets(const uint8_t *octets, size_t n);

#endif
