/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settler.h - what settle.c and settler.c share: the state of a settler. */
#ifndef VRF_SETTLER_H
#define VRF_SETTLER_H

#include "conclude.h"
#include "settle.h"
#include "waiting.h"

struct vrf_settler {
    const struct vrf_options *o;
    struct vrf_conclusion conclusion;   /* its tally and share are set while vrf_settle() runs */
    struct mipro_conduct_config config; /* says which home addresses are its own */
    unsigned at;                        /* its share in each batch */
    bool shared;                        /* there are other settlers */
    struct mipro_conduct *conduct;
    struct vrf_waiting *waiting;
    VRF_ARRAY(struct mipro_auth) auths; /* of a message that is not its own: a copy */
    struct vrf_batch *b;                /* while vrf_settle() runs */
    uint32_t passed;                    /* ticks of the batch that conduct knows of, ... */
    uint64_t next_tick;                 /* ... and the frame of the next; UINT64_MAX: none */
    struct mipro_event event;           /* of the last own message */
    const struct mipro_event *seen;     /* that one, while conduct sees it */
};

/* An event of which nothing is known yet. */
static inline struct mipro_event
vrf_settler_event(const struct vrf_settler *s)
{
    return (struct mipro_event){ .has_datagram = true, .ring = s->o->ring };
}

/* Begin the state of conduct, and end it.  False: no memory. */
bool vrf_settler_begin(struct vrf_settler *s);
void vrf_settler_end(struct vrf_settler *s);

#endif
