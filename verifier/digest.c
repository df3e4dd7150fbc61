/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mipro_mix.h"

enum { BLOCK = sizeof((struct vrf_digest){ 0 }.rest) };

static inline uint64_t
add_pair(uint64_t lane, const uint8_t octets[16])
{
    uint64_t words[2];

    memcpy(words, octets, sizeof(words));
    return mipro_mix(lane ^ words[0], words[1]);
}

/* Add n blocks.  The lanes are variables meanwhile, for which there are registers. */
static void
add_blocks(struct vrf_digest *d, const uint8_t *octets, size_t n)
{
    uint64_t a = d->lanes[0], b = d->lanes[1], c = d->lanes[2], e = d->lanes[3];

    _Static_assert(VRF_DIGEST_LANES == 4, "these are all of them");
    for (; n != 0; n--, octets += BLOCK) {
        a = add_pair(a, octets);
        b = add_pair(b, octets + 16);
        c = add_pair(c, octets + 32);
        e = add_pair(e, octets + 48);
    }
    d->lanes[0] = a;
    d->lanes[1] = b;
    d->lanes[2] = c;
    d->lanes[3] = e;
}

void
vrf_digest_add(struct vrf_digest *d, const void *octets, size_t n)
{
    const uint8_t *at = octets;
    size_t old = d->n % BLOCK;

    if (n == 0)
        return; /* octets may be NULL */
    d->n += n;
    if (old != 0) {
        size_t more = n < BLOCK - old ? n : BLOCK - old;

        memcpy(d->rest + old, at, more);
        at += more;
        n -= more;
        if (old + more < BLOCK)
            return;
        add_blocks(d, d->rest, 1);
    }
    add_blocks(d, at, n / BLOCK);
    memcpy(d->rest, at + n / BLOCK * BLOCK, n % BLOCK);
}

uint64_t
vrf_digest_value(const struct vrf_digest *d)
{
    struct vrf_digest end = *d;
    size_t n = d->n % BLOCK;
    uint64_t value = d->n;

    memset(end.rest + n, 0, sizeof(end.rest) - n);
    add_blocks(&end, end.rest, 1);
    for (unsigned i = 0; i < VRF_DIGEST_LANES; i++)
        value = mipro_mix(value ^ end.lanes[i], i);
    return value;
}

void
vrf_digest_tail(const struct vrf_digest *d, char text[VRF_DIGEST_TAIL + 1])
{
    snprintf(text, VRF_DIGEST_TAIL + 1, ",\"checksum\":\"%016" PRIx64 "\"}\n", vrf_digest_value(d));
}
