/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.h - the beginning of an encoded event, for encode.c and decode.c. */
#ifndef VRF_EVENTS_KINDS_H
#define VRF_EVENTS_KINDS_H

#include <stdint.h>

/*
 * Events in own[] and in common are numbered as in the batch; each begins with the difference
 * from the number of the previous event in the same stream.
 */
enum kind {
    KIND_END,
    KIND_MESSAGE,
    KIND_TUNNEL,
    KIND_ADVERT,
    KIND_FRAGMENT,
    KIND_PLAIN, /* a message of the usual form, as struct plain and its payload */
    KINDS
};

/*
 * A message that nearly all are like: of the draft, whole, from port 434 to 434, with its
 * authenticator as the only extension, of which the payload has the SPI and the place.
 */
struct plain {
    uint32_t src, dst, way;
    uint16_t ip_id;
    uint16_t association; /* its number, from 1; 0: none */
    uint8_t len;          /* octets of the payload */
    uint8_t verdict;      /* above it, the hint from bit 3 on, and size_wrong in bit 7 */
    uint8_t algorithm, coverage;
};
_Static_assert(sizeof(struct plain) == 20, "it has no octets in between, which would not be set");

/* The previous values, to which the numbers of the next event are relative. */
struct context {
    uint32_t index;
    uint64_t frame;
    int64_t time;
    uint32_t src, dst;
};

#endif
