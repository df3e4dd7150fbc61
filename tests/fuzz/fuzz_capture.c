/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as a capture, and as frames: through reading, decapsulation,
 * reassembly, judging and conduct without crash, hang or leak; and no record is
 * about a frame that does not exist, or is already finished.
 *
 * The first octet chooses: even, the rest is a file; odd, it is frames, each of
 * link type, octets captured, octets more on the wire, seconds later, and the octets.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "assemble.h"
#include "batch.h"
#include "capture/backend.h"
#include "join.h"
#include "settle.h"

static const char keys[] = "\"plain\",\"*\",\"*\",\"0x1000\",\"text:abcd\",\"any\"\n"
                           "\"time\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:abcd\","
                           "\"keyed-md5\",\"\",\"timestamp\"\n"
                           "\"nonce\",\"10.1.0.1\",\"192.0.2.8\",\"0x1000\",\"text:abcd\","
                           "\"hmac-md5\",\"\",\"nonce\"\n";

enum { SHARES = 2 };

struct run {
    struct vrf_options o;
    struct vrf_assembler *assembler;
    struct vrf_tally tally[SHARES];
    struct vrf_settler *settler[SHARES];
    struct vrf_joiner *joiner;
    struct vrf_batch *b;
    uint64_t horizon;
    unsigned in; /* MIPRO_IN_ bits of the messages so far */
};

static void
demand(bool holds)
{
    if (!holds)
        abort();
}

/* The record must be about an unfinished frame, of a message that can break the rule. */
static void
demand_record(const struct run *run, const struct vrf_record *record, uint64_t next)
{
    const struct mipro_finding *f = record->finding;

    demand(record->frame >= 1 && record->frame < next);
    demand(record->frame >= run->horizon || record->frame >= run->b->first_frame);
    if (f != NULL && f->message != 0)
        demand((run->in & mipro_rule_def(f->rule)->in) != 0);
}

/* Judge the contents of the batch's block. */
static void
settle_block(struct run *run, bool end)
{
    struct vrf_batch *b = run->b;
    uint64_t next = b->first_frame + b->block.n_frames;

    b->ends_state = end;
    vrf_inspect(b, &run->o);
    demand(vrf_assemble(run->assembler, b));
    for (unsigned i = 0; i < SHARES; i++)
        demand(vrf_settle(run->settler[i], b, &run->tally[i]));
    demand(vrf_join(run->joiner, b));
    run->in |= b->in;
    for (unsigned i = 0; i < SHARES; i++)
        for (uint32_t k = 0; k < b->shares[i].records.n; k++)
            demand_record(run, &b->shares[i].records.at[k], next);
    for (uint32_t i = 0; i < b->joined.n; i++)
        demand_record(run, &b->joined.at[i], next);
    run->horizon = b->horizon;
    vrf_batch_empty(b);
    b->first_frame = next;
}

static void
run_file(struct run *run, const uint8_t *octets, size_t len)
{
    static int fd = -1;
    const struct vrf_backend *backend;
    char error[VRF_CAPTURE_ERROR] = "";
    enum vrf_read how;
    size_t start;
    void *file;

    if (fd < 0)
        fd = memfd_create("capture", 0);
    demand(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    demand(write(fd, octets, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
    start = len < VRF_CAPTURE_START ? len : VRF_CAPTURE_START;
    demand(lseek(fd, (off_t)start, SEEK_SET) == (off_t)start);
    file = vrf_pcap_open(fd, NULL, octets, start, &backend, error);
    if (file == NULL)
        return;
    do {
        struct vrf_block *block = &run->b->block;

        block->used = block->n_frames = 0;
        how = backend->read(file, block, error);
        demand(how != VRF_READ_BROKEN || error[0] != '\0');
        demand(how != VRF_READ_MORE || block->n_frames != 0);
        for (size_t i = 0; i < block->n_frames; i++)
            demand(block->frames[i].at + block->frames[i].captured <= block->used &&
                   block->frames[i].captured <= block->frames[i].len);
        settle_block(run, how != VRF_READ_MORE);
    } while (how == VRF_READ_MORE);
    backend->close(file);
}

static void
run_frames(struct run *run, const uint8_t *octets, size_t len)
{
    struct mipro_reader r = mipro_reader(octets, len);
    struct vrf_block *block = &run->b->block;
    int64_t time = 0;

    block->used = block->n_frames = 0;
    while (mipro_left(&r) >= 4) {
        unsigned link = mipro_get_u8(&r) % (MIPRO_LINKTYPE_MPLS + 1);
        size_t captured = mipro_get_u8(&r), more = mipro_get_u8(&r);
        struct vrf_frame *frame;

        time += mipro_get_u8(&r) * MIPRO_SECOND;
        if (captured > mipro_left(&r))
            captured = mipro_left(&r);
        vrf_block_reserve(block, captured);
        frame = vrf_block_room(block);
        *frame = (struct vrf_frame){ .at = block->used,
            .captured = (uint32_t)captured,
            .len = (uint32_t)(captured + more),
            .time = time,
            .link = (enum mipro_linktype)link };
        block->n_frames++;
        if (captured != 0)
            memcpy(block->octets + block->used, mipro_get_octets(&r, captured), captured);
        block->used += captured;
        if (block->n_frames == 8) {
            settle_block(run, false);
            block->used = block->n_frames = 0;
        }
    }
    settle_block(run, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static struct mipro_keyring *ring;
    static struct run run;
    struct mipro_key_error err;

    if (len < 2)
        return 0;
    if (ring == NULL) {
        ring = mipro_keyring_parse(keys, sizeof(keys) - 1, "keys", NULL, NULL, &err);
        demand(ring != NULL);
        run.o.format = &vrf_json_format;
        run.o.ring = ring;
        run.o.conduct = mipro_conduct_defaults();
        run.o.conduct.max_homes = 64; /* a large table takes longer than judging a few frames */
        memset(run.o.rules, true, sizeof(run.o.rules));
        mipro_ports_add(&run.o.ports, MIPRO_PORT);
        run.b = vrf_batch_new(SHARES);
    }
    run.assembler = vrf_assembler_new(&run.o);
    run.joiner = vrf_joiner_new(&run.o);
    demand(run.assembler != NULL && run.joiner != NULL);
    for (unsigned i = 0; i < SHARES; i++) {
        vrf_tally_init(&run.tally[i], false);
        run.settler[i] = vrf_settler_new(&run.o, i, SHARES);
        demand(run.settler[i] != NULL);
    }
    run.b->first_frame = 1;
    run.horizon = 0;
    run.in = 0;
    if ((octets[0] & 1) == 0)
        run_file(&run, octets + 1, len - 1);
    else
        run_frames(&run, octets + 1, len - 1);
    for (unsigned i = 0; i < SHARES; i++) {
        vrf_settler_free(run.settler[i]);
        vrf_tally_clear(&run.tally[i]);
    }
    vrf_joiner_free(run.joiner);
    vrf_assembler_free(run.assembler);
    return 0;
}
