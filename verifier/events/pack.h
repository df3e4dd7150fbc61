/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pack.h - a compact encoding of numbers and octets.
 *
 * Numbers take 7 bits per octet, least significant first; signed ones are zigzag-encoded, so
 * that small ones of either sign are short.  Reading is bounds-checked: past the end everything
 * reads as 0, and failed is set.
 */
#ifndef VRF_EVENTS_PACK_H
#define VRF_EVENTS_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vrf_pack {
    uint8_t *octets;
    size_t n, room;
};

void vrf_pack_reserve(struct vrf_pack *p, size_t n);
void vrf_pack_octets(struct vrf_pack *p, const void *octets, size_t n);
/* A length, then the octets. */
void vrf_pack_string(struct vrf_pack *p, const char *text);
void vrf_pack_free(struct vrf_pack *p);

/* Numbers of more than one octet; most take only one. */
void vrf_pack_long_number(struct vrf_pack *p, uint64_t v);

static inline void
vrf_pack_number(struct vrf_pack *p, uint64_t v)
{
    if (v < 0x80 && p->n < p->room)
        p->octets[p->n++] = (uint8_t)v;
    else
        vrf_pack_long_number(p, v);
}

/* For differences: addresses and times usually differ little from the previous ones. */
static inline void
vrf_pack_signed(struct vrf_pack *p, int64_t v)
{
    vrf_pack_number(p, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

struct vrf_unpack {
    const uint8_t *octets;
    size_t left;
    bool failed;
};

/* NULL, and failed is set, if fewer are left. */
const uint8_t *vrf_unpack_octets(struct vrf_unpack *u, size_t n);
/* A newly allocated string without NUL octets; NULL on error. */
char *vrf_unpack_string(struct vrf_unpack *u);

uint64_t vrf_unpack_long_number(struct vrf_unpack *u);

static inline uint64_t
vrf_unpack_number(struct vrf_unpack *u)
{
    if (u->left == 0 || *u->octets >= 0x80)
        return vrf_unpack_long_number(u);
    u->left--;
    return *u->octets++;
}

static inline int64_t
vrf_unpack_signed(struct vrf_unpack *u)
{
    uint64_t v = vrf_unpack_number(u);

    return (int64_t)(v >> 1 ^ ((v & 1) != 0 ? UINT64_MAX : 0));
}

#endif
