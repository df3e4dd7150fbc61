/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kinds.h - the forms of an encoded event, for encode.c, decode.c and goods.c.
 *
 * The common block of a batch begins with the numbers of its flags and of its frames, and the time
 * to which that of the first event in every block is relative.  The length of the rest of what is
 * about the batch as a whole follows, in four octets, and that rest; then events, as in own blocks.
 */
#ifndef VRF_EVENTS_KINDS_H
#define VRF_EVENTS_KINDS_H

#include <stdint.h>

#include "batch.h"

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
    KIND_PLAIN, /* a message of the usual form: struct plain, then its payload */
    KINDS
};
#define KIND_MASK 7u /* in the first octet of any event */

/*
 * Any other event begins with a number, of its kind and what else is in put_start(), those of its
 * frame and time, and the length of the rest, in as many octets as a struct length has.
 */
struct length {
    uint32_t n;
};

/*
 * A message that nearly all are like: soon after the previous event; of the draft, whole, from port
 * 434 to 434, with its authenticator as the only extension, of which the payload has the SPI.
 */
struct plain {
    uint8_t kind;   /* KIND_PLAIN, in the bits of the kind of any event */
    uint8_t len;    /* octets of the payload */
    uint8_t index;  /* difference from the previous event, ... */
    uint8_t auth;   /* offset of the authenticator in the payload */
    uint16_t frame; /* ... as is this, ... */
    uint16_t ip_id;
    uint32_t time; /* ... and this */
    uint32_t src, dst, way;
    uint16_t association; /* its number, from 1; 0: none */
    uint8_t judged;       /* PLAIN_JUDGED() */
    uint8_t how;          /* PLAIN_HOW(); 0 without an association */
};
/* noticed: it may break a rule. */
#define PLAIN_JUDGED(verdict, hint, size_wrong, noticed)                                           \
    ((verdict) | (hint) << 3 | (size_wrong) << 5 | (noticed) << 6)
#define PLAIN_VERDICT(plain) ((plain)->judged & 7)
#define PLAIN_HINT(plain) ((plain)->judged >> 3 & 3)
#define PLAIN_SIZE_WRONG(plain) (((plain)->judged & 32) != 0)
#define PLAIN_NOTICED(plain) (((plain)->judged & 64) != 0)
#define PLAIN_HOW(algorithm, coverage) ((algorithm) | (coverage) << 4)
#define PLAIN_ALGORITHM(plain) ((plain)->how & 15)
#define PLAIN_COVERAGE(plain) ((plain)->how >> 4)
_Static_assert(sizeof(struct plain) == 28, "it has no octets in between, which would not be set");
_Static_assert(MIPRO_VERDICTS <= 8 && MIPRO_ALGORITHMS <= 15, "they have so many bits");

/* The previous values, to which the numbers of the next event are relative. */
struct context {
    uint32_t index;
    uint64_t frame;
    int64_t time;
    uint32_t src, dst;
};

/* Where the home address is in any plain message. */
#define PLAIN_HOMEADDR 4u

#endif
