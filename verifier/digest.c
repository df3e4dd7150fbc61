/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mipro_mix.h"

static void
add_block(struct vrf_digest *d, const uint8_t octets[sizeof(d->rest)])
{
    uint64_t words[2 * VRF_DIGEST_LANES];

    memcpy(words, octets, sizeof(words));
    for (unsigned i = 0; i < VRF_DIGEST_LANES; i++)
        d->lanes[i] = mipro_mix(d->lanes[i] ^ words[2 * i], words[2 * i + 1]);
}

void
vrf_digest_add(struct vrf_digest *d, const void *octets, size_t n)
{
    const uint8_t *at = octets;
    size_t old = d->n % sizeof(d->rest);

    if (n == 0)
        return; /* octets may be NULL */
    d->n += n;
    if (old != 0) {
        size_t more = n < sizeof(d->rest) - old ? n : sizeof(d->rest) - old;

        memcpy(d->rest + old, at, more);
        at += more;
        n -= more;
        if (old + more < sizeof(d->rest))
            return;
        add_block(d, d->rest);
    }
    for (; n >= sizeof(d->rest); at += sizeof(d->rest), n -= sizeof(d->rest))
        add_block(d, at);
    memcpy(d->rest, at, n);
}

uint64_t
vrf_digest_value(const struct vrf_digest *d)
{
    struct vrf_digest end = *d;
    size_t n = d->n % sizeof(d->rest);
    uint64_t value = d->n;

    memset(end.rest + n, 0, sizeof(end.rest) - n);
    add_block(&end, end.rest);
    for (unsigned i = 0; i < VRF_DIGEST_LANES; i++)
        value = mipro_mix(value ^ end.lanes[i], i);
    return value;
}

void
vrf_digest_tail(const struct vrf_digest *d, char text[VRF_DIGEST_TAIL + 1])
{
    snprintf(text, VRF_DIGEST_TAIL + 1, ",\"checksum\":\"%016" PRIx64 "\"}\n", vrf_digest_value(d));
}
