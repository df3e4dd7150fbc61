/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest.h - a checksum of octets that come piece by piece; how they are cut makes no difference.
 *
 * It detects accidental damage, not forgery.
 */
#ifndef VRF_DIGEST_H
#define VRF_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Pairs of words are added to the lanes in turn, which a processor can do at the same time. */
enum { VRF_DIGEST_LANES = 4 };

struct vrf_digest {
    uint64_t lanes[VRF_DIGEST_LANES], n;         /* n: octets so far */
    uint8_t rest[16 * (size_t)VRF_DIGEST_LANES]; /* the last of them, which fill no block */
};

void vrf_digest_add(struct vrf_digest *d, const void *octets, size_t n);
uint64_t vrf_digest_value(const struct vrf_digest *d);

/* What the last line of the report of a part ends with. */
#define VRF_DIGEST_TAIL 32u
void vrf_digest_tail(const struct vrf_digest *d, char text[VRF_DIGEST_TAIL + 1]);

#endif
