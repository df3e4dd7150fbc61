/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of events: whatever their blocks contain, they are decoded and judged, or refused; and what
 * is decoded can be listed for the merge.  Two octets give the length of the common block; the
 * block of the part follows it.  Both are a run of frames, which is a batch of its own, and then,
 * twice, another.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "assemble.h"
#include "events/codec.h"
#include "events/goods.h"
#include "report/format.h"
#include "settle.h"

enum { BATCHES = 2 };

static const char keys[] = "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:secret\"\n";

static void
demand(bool holds)
{
    if (!holds)
        abort();
}

/* Add a run, as vrf_events_next() does. */
static void
add_run(struct vrf_batch *b, const uint8_t *octets, size_t len)
{
    struct vrf_encoded encoded = { (size_t)(octets[0] << 8 | octets[1]), 0, true };

    octets += 2;
    len -= 2;
    if (encoded.n_common > len)
        encoded.n_common = len;
    encoded.n_own = len - encoded.n_common;
    vrf_block_reserve(&b->block, len + 1);
    memcpy(b->block.octets + b->block.used, octets, len);
    b->block.used += len;
    *VRF_ARRAY_ADD(&b->encoded) = encoded;
}

/* List the blocks of the first batch, of which the inspected one is b. */
static void
list(const struct vrf_batch *b, const struct mipro_keyring *ring)
{
    const struct vrf_encoded *e = &b->encoded.at[0];
    const struct vrf_events_octets blocks[] = { { b->block.octets, e->n_common },
        { b->block.octets + e->n_common, e->n_own } };
    struct vrf_goods *goods = vrf_goods_new(NULL, 1, mipro_keyring_at(ring, 0), 1);
    bool good = vrf_goods_decode(goods, blocks, 2);
    struct vrf_record r;
    uint64_t number, most = 0;
    size_t capture;

    for (uint32_t i = 0; i < b->messages.n; i++)
        most += b->messages.at[i].listed;
    demand(good || b->lost);
    while (good && vrf_goods_next(goods, &r, &capture, &number) && !b->lost) {
        demand(most-- != 0 && number >= 1 && number <= b->block.n_frames);
        demand(r.ext == MIPRO_EXT_AUTH && r.association != NULL);
    }
    vrf_goods_free(goods);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static struct mipro_keyring *ring;
    static struct vrf_options o;
    static struct vrf_batch *b;
    struct mipro_key_error err;
    struct vrf_assembler *assembler;
    struct vrf_settler *settler;
    struct vrf_tally tally;
    uint64_t first;

    if (len < 2)
        return 0;
    if (ring == NULL) {
        ring = mipro_keyring_parse(keys, sizeof(keys) - 1, "keys", NULL, NULL, &err);
        demand(ring != NULL);
        o.format = &vrf_json_format;
        o.ring = ring;
        o.conduct = mipro_conduct_defaults();
        o.conduct.max_homes = 64;
        o.conduct.parts = o.n_parts = 2;
        memset(o.rules, true, sizeof(o.rules));
        mipro_ports_add(&o.ports, MIPRO_PORT);
        b = vrf_batch_new(1);
    }
    vrf_tally_init(&tally, false);
    assembler = vrf_assembler_new(&o);
    settler = vrf_settler_new(&o, 0, 1);
    demand(assembler != NULL && settler != NULL);
    first = 1;
    for (unsigned i = 0; i < BATCHES; i++) {
        vrf_batch_empty(b);
        b->of_events = true;
        b->first_frame = first;
        b->block.used = 0;
        for (unsigned runs = 0; runs <= i; runs++)
            add_run(b, octets, len);
        vrf_inspect(b, &o);
        if (b->block.n_frames > BATCHES * VRF_EVENTS_FRAMES)
            break; /* the reader refuses such a block */
        if (i == 0)
            list(b, ring);
        b->ends_state = i == BATCHES - 1;
        demand(vrf_assemble(assembler, b) && vrf_settle(settler, b, &tally));
        for (uint32_t r = 0; r < b->shares[0].records.n; r++)
            demand(b->shares[0].records.at[r].frame >= 1);
        first += b->block.n_frames;
    }
    vrf_batch_empty(b);
    vrf_assembler_free(assembler);
    vrf_settler_free(settler);
    vrf_tally_clear(&tally);
    return 0;
}
