/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_fragment.h - reassemble IPv4 datagrams (RFC 791).
 *
 * Fragments may arrive in any order.  Where they overlap, the octets that arrived first are
 * kept, and the overlap is reported to the caller.  A datagram belongs to the frame that
 * completes it; one that is given up, because of its age, lack of room or the end of the
 * capture, to the frame of its last fragment.
 *
 * Memory is bounded in datagrams and in octets: the oldest datagram is given up first.
 */
#ifndef MIPRO_FRAGMENT_H
#define MIPRO_FRAGMENT_H

#include "mipro_decap.h"

#define MIPRO_FRAGMENT_DATAGRAMS 2048
#define MIPRO_FRAGMENT_OCTETS (16u * 1024 * 1024)
/* From the first fragment seen; RFC 1122, 3.3.2 requires 60 to 120 s. */
#define MIPRO_FRAGMENT_SECONDS 60

struct mipro_fragments;

struct mipro_datagram {
    struct mipro_leaf leaf; /* as for mipro_unwrap_payload() */
    struct mipro_span span; /* captured: up to the first missing octet */
    uint8_t *octets;        /* the memory of span; the caller frees it with g_free() */
    uint64_t frame;
    int64_t time;
};

/* If no more was captured of it than its UDP header, it is unknown which message it is. */
static inline bool
mipro_datagram_is_shown(const struct mipro_datagram *d)
{
    return d->leaf.protocol != 17 || d->span.captured > 8;
}

struct mipro_fragments *mipro_fragments_new(void);
void mipro_fragments_free(struct mipro_fragments *f);

/*
 * Add a fragment (leaf->kind is MIPRO_FRAGMENT) of this frame.  True: it completes a datagram.
 * *overlap becomes true if it overlapped others with different octets, or partly.
 */
bool mipro_fragments_add(struct mipro_fragments *f, const struct mipro_leaf *leaf, uint64_t frame,
    int64_t time, int64_t clock, struct mipro_datagram *out, bool *overlap);

/*
 * Remove a datagram that will not be completed: too old at clock, displaced by newer
 * ones, or any at the end of the capture.  Datagrams without their first fragment, and copies of
 * fragments of a datagram that was completed, are dropped silently.  False: there is none.
 */
bool mipro_fragments_give_up(
    struct mipro_fragments *f, int64_t clock, bool end, struct mipro_datagram *out);

/* Octets of fragments that wait for others. */
size_t mipro_fragments_octets(const struct mipro_fragments *f);
/* The lowest frame that a datagram given up later may belong to; UINT64_MAX: there is none. */
uint64_t mipro_fragments_horizon(const struct mipro_fragments *f);

#endif
