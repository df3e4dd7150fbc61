/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.h - the beginning of an encoded event, for encode.c and decode.c. */
#ifndef VRF_EVENTS_KINDS_H
#define VRF_EVENTS_KINDS_H

#include <stdint.h>

/*
 * Events in own[] and in common are numbered as in the batch; each begins with the difference
 * from the number of the previous event in the same stream.
 */
enum kind { KIND_END, KIND_MESSAGE, KIND_TUNNEL, KIND_ADVERT, KIND_FRAGMENT };

/* The previous values, to which the numbers of the next event are relative. */
struct context {
    uint32_t index;
    uint64_t frame;
    int64_t time;
    uint32_t src, dst;
};

#endif
