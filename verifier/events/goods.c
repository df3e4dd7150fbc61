/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events/goods.h"

#include <glib.h>

#include "events/archive.h"
#include "events/stream.h"
#include "mipro_reader.h"

/* A plain message with a good authenticator. */
struct good {
    const uint8_t *octets; /* struct plain, and the payload; NULL: the frame has none */
    int64_t time;
};

struct vrf_goods {
    struct vrf_archive *archive;
    unsigned n_files; /* of a task */
    const struct mipro_association *associations;
    size_t n_associations;
    struct good *frames; /* of the batch that was read */
    size_t n_frames, room;
    size_t next;     /* the frame that comes next */
    size_t capture;  /* of the batch */
    uint64_t before; /* number of the frame before the batch */
    bool damaged;
};

struct vrf_goods *
vrf_goods_new(struct vrf_archive *archive, unsigned n_parts,
    const struct mipro_association *associations, size_t n_associations)
{
    struct vrf_goods *g = g_new0(struct vrf_goods, 1);

    g->archive = archive;
    g->n_files = n_parts + 1;
    g->associations = associations;
    g->n_associations = n_associations;
    return g;
}

/* Is everything there that the record is made of? */
static inline bool
is_valid(const struct vrf_goods *g, const struct plain *plain)
{
    return plain->association != 0 && plain->association <= g->n_associations &&
           plain->len >= PLAIN_HOMEADDR + 4 && plain->auth + 6u <= plain->len;
}

/* Note the good ones among the events of a block at their frames.  False: it is damaged. */
static bool
note_block(struct vrf_goods *g, struct stream *s)
{
    for (get_start(s); s->kind != KIND_END && !s->u.failed; get_start(s)) {
        const uint8_t *octets = s->u.octets;

        if (s->kind != KIND_PLAIN) {
            (void)vrf_unpack_octets(&s->u, s->n);
            continue;
        }
        (void)vrf_unpack_octets(&s->u, s->plain.len);
        if (PLAIN_VERDICT(&s->plain) != MIPRO_GOOD)
            continue;
        if (!is_valid(g, &s->plain))
            return false;
        g->frames[s->c.frame] = (struct good){ octets - sizeof(s->plain), s->time };
    }
    return !s->u.failed && s->u.left == 0;
}

static void
begin_frames(struct vrf_goods *g, size_t n)
{
    if (n > g->room) {
        g->room = 2 * n;
        g->frames = g_renew(struct good, g->frames, g->room);
    }
    g->n_frames = n;
    for (size_t i = 0; i < n; i++)
        g->frames[i].octets = NULL;
}

bool
vrf_goods_decode(struct vrf_goods *g, const struct vrf_events_octets *blocks, unsigned n)
{
    struct vrf_unpack u = { blocks[0].octets, blocks[0].n, false };
    const struct batch_start start = get_batch_start(&u);

    g->next = g->n_frames = 0;
    if (u.failed || start.n_frames > VRF_EVENTS_FRAMES)
        return false;
    (void)vrf_unpack_octets(&u, start.n);
    begin_frames(g, (size_t)start.n_frames);
    for (unsigned i = 0; i < n; i++) {
        struct stream s = { .u = u, .c.time = start.time, .end = start.n_frames };

        if (!note_block(g, &s))
            return false;
        if (i + 1 < n)
            u = (struct vrf_unpack){ blocks[i + 1].octets, blocks[i + 1].n, false };
    }
    return true;
}

/* Read the next batch.  False: it is damaged. */
static bool
read_batch(struct vrf_goods *g)
{
    const struct vrf_events_octets *blocks;
    struct vrf_archive_place place;
    const bool good = vrf_archive_take(g->archive, &blocks, &place);

    g->before = place.begins ? 0 : g->before + g->n_frames;
    g->capture = place.capture;
    return good && vrf_goods_decode(g, blocks, place.lists ? g->n_files : 0);
}

static inline void
set_record(const struct vrf_goods *g, struct vrf_record *r, const struct good *good)
{
    struct plain plain;
    const uint8_t *payload = good->octets + sizeof(plain);

    memcpy(&plain, good->octets, sizeof(plain));
    r->time = good->time;
    r->src = plain.src;
    r->dst = plain.dst;
    r->message = payload[0];
    r->ext = payload[plain.auth];
    r->algorithm = PLAIN_ALGORITHM(&plain);
    r->coverage = PLAIN_COVERAGE(&plain);
    r->spi = mipro_be32(payload + plain.auth + 2);
    r->home = mipro_be32(payload + PLAIN_HOMEADDR);
    r->has_spi = r->has_home = true;
    r->reading = (struct mipro_pfan_reading){ false, false, false, false };
    r->association = &g->associations[plain.association - 1u];
}

bool
vrf_goods_next(struct vrf_goods *g, struct vrf_record *r, size_t *capture, uint64_t *number)
{
    for (;;) {
        while (g->next < g->n_frames) {
            const struct good *good = &g->frames[g->next++];

            if (good->octets == NULL)
                continue;
            set_record(g, r, good);
            *capture = g->capture;
            *number = g->before + g->next;
            return true;
        }
        if (g->archive == NULL || vrf_archive_ends(g->archive))
            return false;
        g->damaged = !read_batch(g);
        if (g->damaged)
            return false;
    }
}

bool
vrf_goods_are_damaged(const struct vrf_goods *g)
{
    return g->damaged;
}

void
vrf_goods_free(struct vrf_goods *g)
{
    if (g == NULL)
        return;
    g_free(g->frames);
    g_free(g);
}
