/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/compact.h"

#include <glib.h>
#include <string.h>

/* Which members a record has. */
enum { HAS_SPI = 1, HAS_HOME = 2 };

/* The octets of a record between the mark and the '\n'; numbers are least significant octet first.
 */
struct compact {
    uint64_t frame;
    int64_t time;
    uint32_t capture;
    uint32_t src, dst, home, spi;
    uint32_t association; /* its number, from 1; 0: none */
    uint8_t message, ext, algorithm, coverage, reading, has;
};
#define COMPACT_OCTETS (offsetof(struct compact, has) + 1)
_Static_assert(COMPACT_OCTETS + 2 == VRF_COMPACT_SIZE, "the mark, the record and '\\n'");

/* From the order of this machine to that of the file, or back. */
static void
order_octets(struct compact *c)
{
    c->frame = GUINT64_TO_LE(c->frame);
    c->time = GINT64_TO_LE(c->time);
    c->capture = GUINT32_TO_LE(c->capture);
    c->src = GUINT32_TO_LE(c->src);
    c->dst = GUINT32_TO_LE(c->dst);
    c->home = GUINT32_TO_LE(c->home);
    c->spi = GUINT32_TO_LE(c->spi);
    c->association = GUINT32_TO_LE(c->association);
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
    struct compact c = {
        .frame = frame,
        .time = r->time,
        .capture = capture,
        .src = r->src,
        .dst = r->dst,
        .home = r->has_home ? r->home : 0,
        .spi = r->has_spi ? r->spi : 0,
        .association = r->association != NULL ? r->association->index + 1 : 0,
        .message = r->message,
        .ext = r->ext,
        .algorithm = r->algorithm,
        .coverage = r->coverage,
        .reading = (uint8_t)(r->reading.ident | r->reading.minimal << 1 | r->reading.gre << 2 |
                             r->reading.from_update << 3),
        .has = (uint8_t)((r->has_spi ? HAS_SPI : 0) | (r->has_home ? HAS_HOME : 0)),
    };

    order_octets(&c);
    octets[0] = VRF_COMPACT_MARK;
    memcpy(octets + 1, &c, COMPACT_OCTETS);
    octets[VRF_COMPACT_SIZE - 1] = '\n';
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
    struct compact c = { 0 };

    memcpy(&c, octets + 1, COMPACT_OCTETS);
    order_octets(&c);
    *capture = c.capture;
    *frame = c.frame;
    r->time = c.time;
    r->src = c.src;
    r->dst = c.dst;
    r->home = c.home;
    r->has_home = (c.has & HAS_HOME) != 0;
    r->spi = c.spi;
    r->has_spi = (c.has & HAS_SPI) != 0;
    r->message = c.message;
    r->ext = c.ext;
    r->algorithm = c.algorithm;
    r->coverage = c.coverage;
    r->reading = (struct mipro_pfan_reading){ (c.reading & 1) != 0, (c.reading & 2) != 0,
        (c.reading & 4) != 0, (c.reading & 8) != 0 };
    r->association =
        c.association != 0 && c.association <= n ? &associations[c.association - 1] : NULL;
    return c.association <= n && octets[VRF_COMPACT_SIZE - 1] == '\n';
}
