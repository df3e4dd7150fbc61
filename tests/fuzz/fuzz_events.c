/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of events: whatever their blocks contain, they are decoded and judged, or refused.  Two
 * octets give the length of the common block; the block of the part follows it.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "assemble.h"
#include "events/codec.h"
#include "report/format.h"
#include "settle.h"

static const char keys[] = "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:secret\"\n";

static void
demand(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static struct mipro_keyring *ring;
    static struct vrf_options o;
    static struct vrf_batch *b;
    struct mipro_key_error err;
    struct vrf_encoded encoded;
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
    for (unsigned i = 0; i < 2; i++) {
        vrf_batch_empty(b);
        b->of_events = true;
        b->first_frame = first;
        b->block.used = 0;
        vrf_block_reserve(&b->block, len - 2 + 1);
        memcpy(b->block.octets, octets + 2, len - 2);
        b->block.used = len - 2;
        encoded.n_common = (size_t)(octets[0] << 8 | octets[1]);
        if (encoded.n_common > b->block.used)
            encoded.n_common = b->block.used;
        encoded.n_own = b->block.used - encoded.n_common;
        *VRF_ARRAY_ADD(&b->encoded) = encoded;
        vrf_inspect(b, &o);
        if (b->block.n_frames > 1u << 20)
            break; /* the reader refuses such a block */
        b->ends_state = i == 1;
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
