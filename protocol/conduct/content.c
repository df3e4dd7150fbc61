/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes of messages and datagrams, by which they are recognized. */
#include "conduct/state.h"
#include "mipro_reader.h"

/* Mix 16 octets of a message into a hash, which is never likely to be 0. */
static inline uint64_t
mix_content(uint64_t h, const uint8_t *octets)
{
    uint64_t words[2];

    memcpy(words, octets, sizeof(words));
    return mipro_fold(h ^ words[0], words[1] ^ UINT64_C(0x9e3779b97f4a7c15));
}

/* As mipro_mix_octets(), but quicker: each message has this hash. */
uint64_t
mipro_conduct_content(const uint8_t *octets, size_t captured)
{
    uint64_t h = ~captured * UINT64_C(0xd1342543de82ef95);

    if (captured < 16)
        return mipro_mix_octets(octets, captured);
    for (const uint8_t *last = octets + captured - 16;; octets += 16) {
        if (octets >= last)
            return mix_content(h, last); /* which may overlap with those before */
        h = mix_content(h, octets);
    }
}

uint64_t
mipro_conduct_datagram(
    const uint8_t *octets, size_t captured, size_t len, uint32_t src, uint32_t dst, uint16_t ip_id)
{
    size_t shown = shown_of(ip_id);
    uint64_t hash = shown == SHOWN && captured >= SHOWN
                        ? mipro_be64(octets)
                        : mipro_mix_octets(octets, captured < shown ? captured : shown);

    /* The factor is odd, and random to the eye: no two headers differ by a multiple of it. */
    hash += ((uint64_t)len << 16 | ip_id) * UINT64_C(0xd1342543de82ef95);
    return mipro_mix(hash, (uint64_t)src << 32 | dst);
}
