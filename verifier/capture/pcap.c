/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcap.c - plain pcap and pcapng, from a file or a pipe.
 *
 * A block is an unmodified piece of the file: read() fills it, and frames are used in place.  A
 * record that crosses the end of a block is carried over to the next.
 */
#include "capture/backend.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mipro_keys.h"
#include "capture/follow.h"
#include "capture/pcap.h"

enum {
    /*
     * Larger blocks need fewer system calls and thread switches; smaller ones stay in the cache
     * until they are settled, above all if another thread does that.  Two threads are fastest
     * with 32 to 64 KiB; for one thread there is little difference up to 128.
     */
    BLOCK_OCTETS = 64 * 1024,
    AHEAD = 512,        /* octets after the current frame from where to prefetch */
    MAX_FRAME = 262144, /* Wireshark's limit for all link types that are decoded */
    PCAP_HEADER = VRF_CAPTURE_START,
    PCAP_RECORD = 16
};

#define PCAP_MICRO 0xa1b2c3d4u
#define PCAP_NANO 0xa1b23c4du
#define PCAP_MODIFIED 0xa1b2cd34u /* Alexey Kuznetsov's: 8 more octets per record */

/* What the headers of all records have in common. */
struct record_form {
    size_t header;
    bool little;
    int64_t unit; /* of fractions, in nanoseconds */
    enum mipro_linktype link;
    uint16_t link_number;
};

static inline struct record_form
form_of(const struct vrf_pcap_file *f)
{
    return (struct record_form){ f->record_header, f->little, f->nano ? 1 : 1000, f->link,
        f->link_number };
}

/* Set a frame from the header of its record, except where its octets are. */
static inline void
take_header(
    const struct record_form *form, const uint8_t octets[PCAP_RECORD], struct vrf_frame *frame)
{
    uint32_t head[4]; /* seconds, fraction, captured, len */

    memcpy(head, octets, sizeof(head));
    for (unsigned i = 0; i < 4; i++)
        head[i] = form->little ? GUINT32_FROM_LE(head[i]) : GUINT32_FROM_BE(head[i]);
    frame->captured = head[2];
    frame->len = head[3] > head[2] ? head[3] : head[2];
    frame->time = head[0] * MIPRO_SECOND + head[1] * form->unit;
    frame->link = form->link;
    frame->link_number = form->link_number;
    frame->interface = 0;
}

static enum vrf_cut
step_pcap(struct vrf_pcap_file *f, struct mipro_reader *r, size_t *size, struct vrf_frame *frame,
    char error[VRF_CAPTURE_ERROR])
{
    const struct record_form form = form_of(f);

    *size = f->record_header;
    if (r->len < *size)
        return VRF_CUT_MORE;
    take_header(&form, mipro_get_octets(r, PCAP_RECORD), frame);
    if (frame->captured > MAX_FRAME) {
        snprintf(error, VRF_CAPTURE_ERROR, "a frame of %u octets; the limit is %d", frame->captured,
            MAX_FRAME);
        return VRF_CUT_BROKEN;
    }
    *size += frame->captured;
    frame->at = f->record_header;
    return r->len < *size ? VRF_CUT_MORE : VRF_CUT_FRAME;
}

static void
carry_over(struct vrf_pcap_file *f, const struct vrf_block *block, size_t from)
{
    f->n_carry = block->used - from;
    if (f->n_carry > f->room_carry) {
        f->room_carry = f->n_carry;
        f->carry = g_realloc(f->carry, f->room_carry);
    }
    if (f->n_carry != 0)
        memcpy(f->carry, block->octets + from, f->n_carry);
}

/* Read at least one more octet, or set eof. */
static bool
read_more(struct vrf_pcap_file *f, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    ssize_t n = vrf_follow_read(f->follow, f->fd, f->position, block->octets + block->used,
        block->room - block->used, error);

    if (n < 0)
        return false;
    f->eof = n == 0;
    f->position += n;
    block->used += (size_t)n;
    return true;
}

/* The kernel has just written the octets after this offset: prefetch them in time. */
static inline void
fetch_ahead(const struct mipro_reader *r)
{
    const uintptr_t at = (uintptr_t)r->buf + r->pos;

    __builtin_prefetch((const void *)(at + AHEAD));
    __builtin_prefetch((const void *)(at + AHEAD + 64));
}

/*
 * Record the origin of the last frame of the block.  False: it is from another capture than the
 * frames before, so the block ends before it.
 */
static bool
take_origin(struct vrf_pcap_file *f, struct vrf_block *block)
{
    const char *former = f->from;
    uint64_t last = f->last_number;

    f->from = f->origin.name;
    f->last_number = 0;
    if (former != NULL && (former != f->from || f->origin.number <= last)) {
        block->ends_origin = true; /* the same name and lower numbers: a capture given twice */
        return false;
    }
    f->last_number = f->origin.name != NULL ? f->origin.number : 0;
    if (block->n_frames >= block->max_origins) {
        block->max_origins = block->max_origins == 0 ? 1024 : 2 * block->max_origins;
        block->origins = g_renew(struct vrf_origin, block->origins, block->max_origins);
    }
    block->origins[block->n_frames] = f->origin;
    return true;
}

/*
 * Take the records of plain pcap from pos on that the block has whole.  Returns the position after
 * them; what is there, if anything, is for step_pcap().
 */
static size_t
take_records(const struct vrf_pcap_file *f, struct vrf_block *block, size_t pos)
{
    const struct record_form form = form_of(f);
    const struct vrf_frame *end = block->frames + block->max_frames;
    struct vrf_frame *frame = block->frames + block->n_frames;
    struct mipro_reader r = mipro_reader(block->octets, block->used);

    for (mipro_seek(&r, pos); frame < end; frame++) {
        const uint8_t *header = mipro_get_octets(&r, form.header);

        if (r.failed)
            break;
        fetch_ahead(&r);
        take_header(&form, header, frame);
        frame->at = r.pos;
        (void)mipro_get_octets(&r, frame->captured);
        if (r.failed || frame->captured > MAX_FRAME)
            break;
        pos = r.pos;
    }
    block->n_frames = (size_t)(frame - block->frames);
    return pos;
}

static enum vrf_read
read_pcap(void *self, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    struct vrf_pcap_file *f = self;
    size_t pos = 0;

    vrf_block_reserve(block, BLOCK_OCTETS > 2 * f->n_carry ? BLOCK_OCTETS : 2 * f->n_carry);
    if (f->n_carry != 0)
        memcpy(block->octets, f->carry, f->n_carry);
    block->used = f->n_carry;
    f->n_carry = 0;
    f->block_has_frames = false;
    for (;;) {
        struct vrf_frame *frame = vrf_block_room(block);
        struct mipro_reader r;
        size_t size = 0;

        if (f->step == step_pcap && !f->is_evidence) {
            pos = take_records(f, block, pos);
            f->block_has_frames |= block->n_frames != 0;
            frame = vrf_block_room(block);
        }
        r = mipro_reader(block->octets, block->used);
        mipro_seek(&r, pos);
        fetch_ahead(&r);
        r = mipro_reader(mipro_get_octets(&r, block->used - pos), block->used - pos);
        switch (f->step(f, &r, &size, frame, error)) {
        case VRF_CUT_FRAME:
            if (f->is_evidence && !take_origin(f, block)) {
                carry_over(f, block, pos);
                return VRF_READ_MORE;
            }
            frame->at += pos;
            if (frame->len < frame->captured)
                frame->len = frame->captured;
            block->n_frames++;
            f->block_has_frames = true;
            /* fall through */
        case VRF_CUT_NONE:
            pos += size;
            continue;
        case VRF_CUT_SECTION:
            carry_over(f, block, pos);
            return VRF_READ_MORE;
        case VRF_CUT_BROKEN:
            return VRF_READ_BROKEN;
        case VRF_CUT_MORE:
            break;
        }
        if (f->eof) {
            /* A partial record at the end is normal while it is being written. */
            if (pos == block->used || (f->follow != NULL && vrf_follow_stopped()))
                return VRF_READ_END;
            snprintf(error, VRF_CAPTURE_ERROR, "the file is cut short in the middle of a record");
            return VRF_READ_BROKEN;
        }
        if (block->n_frames != 0) {
            carry_over(f, block, pos);
            return VRF_READ_MORE;
        }
        /* Only double the room: a false length must not cause a huge allocation. */
        vrf_block_reserve(block, block->used == block->room ? block->used : 1);
        if (!read_more(f, block, error))
            return VRF_READ_BROKEN;
    }
}

static int64_t
pcap_position(const void *self)
{
    const struct vrf_pcap_file *f = self;

    return f->position;
}

static const char *
pcap_interface_name(const void *self, uint16_t number)
{
    const struct vrf_pcap_file *f = self;

    return number < f->n_interfaces ? f->interfaces[number].name : NULL;
}

static void
close_pcap(void *self)
{
    struct vrf_pcap_file *f = self;

    vrf_forget_interfaces(f);
    g_free(f->carry);
    g_free(f->interfaces);
    g_free(f);
}

static const struct vrf_backend pcap_backend = { read_pcap, pcap_position, pcap_interface_name,
    close_pcap };

/* Is this the header of a plain pcap file?  If so, prepare f for its records. */
static bool
begin_pcap(struct vrf_pcap_file *f, const uint8_t *octets, size_t n)
{
    struct mipro_reader r = mipro_reader(octets, n);
    uint32_t magic = mipro_get_u32(&r);
    uint16_t major, minor;

    f->little = magic == GUINT32_SWAP_LE_BE(PCAP_MICRO) || magic == GUINT32_SWAP_LE_BE(PCAP_NANO) ||
                magic == GUINT32_SWAP_LE_BE(PCAP_MODIFIED);
    if (f->little)
        magic = GUINT32_SWAP_LE_BE(magic);
    if (magic != PCAP_MICRO && magic != PCAP_NANO && magic != PCAP_MODIFIED)
        return false;
    major = vrf_get_u16(f, &r);
    minor = vrf_get_u16(f, &r);
    /* Versions before 2.4, and those of some systems, differ: libwiretap supports them. */
    if (r.failed || major != 2 || minor != 4)
        return false;
    mipro_seek(&r, 20);
    /* The upper bits hold the length of the FCS. */
    vrf_set_link(&f->link, &f->link_number, vrf_get_u32(f, &r) & 0x03ffffff);
    f->nano = magic == PCAP_NANO;
    f->record_header = magic == PCAP_MODIFIED ? PCAP_RECORD + 8 : PCAP_RECORD;
    f->step = step_pcap;
    return !r.failed;
}

/* Does a record begin at this offset, or the file end?  *next: the offset of the next record. */
static bool
is_record(const struct vrf_pcap_file *f, off_t at, off_t *next)
{
    uint8_t head[PCAP_RECORD];
    struct mipro_reader r;
    ssize_t n = pread(f->fd, head, sizeof(head), at);
    uint32_t fraction, captured;

    *next = at;
    if (n < PCAP_RECORD)
        return n == 0;
    r = mipro_reader(head, sizeof(head));
    mipro_seek(&r, 4);
    fraction = vrf_get_u32(f, &r);
    captured = vrf_get_u32(f, &r);
    *next += (off_t)(f->record_header + captured);
    return captured <= MAX_FRAME && captured <= vrf_get_u32(f, &r) &&
           fraction < (f->nano ? 1000000000u : 1000000u);
}

/*
 * Some systems of 1999, and some routers, wrote record headers 4 or 8 octets longer than the
 * magic number implies.  If the second record shows this, libwiretap determines the variant.
 * A pipe cannot be checked, because we cannot read ahead.
 */
static bool
has_longer_records(const struct vrf_pcap_file *f)
{
    off_t second, third;

    return is_record(f, PCAP_HEADER, &second) && !is_record(f, second, &third) &&
           (is_record(f, second + 4, &third) || is_record(f, second + 8, &third));
}

void *
vrf_pcap_open(int fd, struct vrf_follow *follow, const uint8_t *start, size_t n,
    const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR])
{
    struct vrf_pcap_file *f = g_new0(struct vrf_pcap_file, 1);
    struct mipro_reader r = mipro_reader(start, n);

    /* While it is being written, its header may not be there yet. */
    if (n == 0 || (n < VRF_CAPTURE_START && follow != NULL && vrf_follow_stopped()))
        snprintf(error, VRF_CAPTURE_ERROR, "is empty");
    f->fd = fd;
    f->position = (int64_t)n;
    f->follow = follow;
    if (begin_pcap(f, start, n)) {
        if (follow != NULL || !has_longer_records(f)) {
            *backend = &pcap_backend;
            return f;
        }
    } else if (n >= 12 && mipro_get_u32(&r) == VRF_PCAPNG_SECTION) {
        f->step = vrf_step_pcapng;
        f->carry = g_memdup2(start, n);
        f->n_carry = f->room_carry = n;
        *backend = &pcap_backend;
        return f;
    }
    close_pcap(f);
    return NULL;
}
