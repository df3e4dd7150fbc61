/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_mix.h"

#include <string.h>

#include "mipro_reader.h"

/*
 * Mix in 16 octets, in the order of the machine, which is the quickest; the caller has checked the
 * bounds.
 */
static inline uint64_t
mix_words(uint64_t h, const uint8_t *octets)
{
    uint64_t words[2];

    memcpy(words, octets, sizeof(words));
    return mipro_mix(h ^ words[0], words[1]);
}

uint64_t
mipro_mix_octets(const uint8_t *octets, size_t n)
{
    uint64_t h = mipro_mix(n, 0);

    if (n < 16) {
        uint64_t a = n > 0 ? mipro_be_at(octets, n, 0, n < 8 ? n : 8) : 0;
        uint64_t b = n > 8 ? mipro_be_at(octets, n, 8, n - 8) : 0;

        return mipro_mix(h ^ a, b);
    }
    for (const uint8_t *last = octets + n - 16;; octets += 16) {
        if (octets >= last)
            return mix_words(h, last); /* which may overlap with those before */
        h = mix_words(h, octets);
    }
}
