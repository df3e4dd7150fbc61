/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/compact.h"

#include <glib.h>
#include <string.h>

/* Which members a record has. */
enum { HAS_SPI = 1, HAS_HOME = 2 };

/*
 * A record is six words, least significant octet first.  They are stored one by one: members put
 * together in memory and read at once as something larger are slow.
 *
 *   the mark, message, extension, algorithm (an octet each), capture
 *   frame
 *   time
 *   source, destination
 *   home address, SPI
 *   association (its number, from 1; 0: none), coverage, reading, which members it has, '\n'
 */
static inline void
put_word(char octets[VRF_COMPACT_SIZE], unsigned i, uint64_t low, uint64_t high)
{
    const uint64_t word = GUINT64_TO_LE(low | high << 32);

    memcpy(octets + 8 * (size_t)i, &word, sizeof(word));
}

static inline uint64_t
get_word(const char octets[VRF_COMPACT_SIZE], unsigned i)
{
    uint64_t word;

    memcpy(&word, octets + 8 * (size_t)i, sizeof(word));
    return GUINT64_FROM_LE(word);
}

bool
vrf_compact_fits(const struct vrf_record *r)
{
    return r->kind == VRF_RECORD_AUTHENTICATOR && r->verdict == MIPRO_GOOD && r->nai == NULL &&
           r->copy_of == 0 && r->refused.of == MIPRO_CLOCK_UNKNOWN;
}

void
vrf_compact_put(
    char octets[VRF_COMPACT_SIZE], const struct vrf_record *r, uint32_t capture, uint64_t frame)
{
    const unsigned reading = (unsigned)r->reading.ident | (unsigned)r->reading.minimal << 1 |
                             (unsigned)r->reading.gre << 2 | (unsigned)r->reading.from_update << 3;
    const unsigned has = (r->has_spi ? HAS_SPI : 0u) | (r->has_home ? HAS_HOME : 0u);

    put_word(octets, 0,
        VRF_COMPACT_MARK | (uint32_t)r->message << 8 | (uint32_t)r->ext << 16 |
            (uint32_t)r->algorithm << 24,
        capture);
    put_word(octets, 1, frame, 0);
    put_word(octets, 2, (uint64_t)r->time, 0);
    put_word(octets, 3, r->src, r->dst);
    put_word(octets, 4, r->has_home ? r->home : 0, r->has_spi ? r->spi : 0);
    put_word(octets, 5, r->association != NULL ? r->association->index + 1 : 0,
        r->coverage | (uint32_t)reading << 8 | (uint32_t)has << 16 |
            (uint32_t)'\n'
                << 24);
}

void
vrf_compact_begin(struct vrf_record *r)
{
    *r = (struct vrf_record){ .kind = VRF_RECORD_AUTHENTICATOR, .verdict = MIPRO_GOOD };
}

bool
vrf_compact_get(const char octets[VRF_COMPACT_SIZE], struct vrf_record *r, uint32_t *capture,
    uint64_t *frame, const struct mipro_association *associations, size_t n)
{
    const uint64_t first = get_word(octets, 0), ends = get_word(octets, 3),
                   node = get_word(octets, 4), last = get_word(octets, 5);
    const uint32_t association = (uint32_t)last;
    const unsigned reading = (unsigned)(last >> 40), has = (unsigned)(last >> 48);

    *capture = (uint32_t)(first >> 32);
    *frame = get_word(octets, 1);
    r->time = (int64_t)get_word(octets, 2);
    r->src = (uint32_t)ends;
    r->dst = (uint32_t)(ends >> 32);
    r->home = (uint32_t)node;
    r->has_home = (has & HAS_HOME) != 0;
    r->spi = (uint32_t)(node >> 32);
    r->has_spi = (has & HAS_SPI) != 0;
    r->message = (uint8_t)(first >> 8);
    r->ext = (uint8_t)(first >> 16);
    r->algorithm = (uint8_t)(first >> 24);
    r->coverage = (uint8_t)(last >> 32);
    r->reading = (struct mipro_pfan_reading){ (reading & 1) != 0, (reading & 2) != 0,
        (reading & 4) != 0, (reading & 8) != 0 };
    r->association = association != 0 && association <= n ? &associations[association - 1] : NULL;
    return association <= n && octets[VRF_COMPACT_SIZE - 1] == '\n';
}
