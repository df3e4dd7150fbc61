/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture_pcap.c - plain pcap and pcapng, from a file or a pipe.
 *
 * A block is a piece of the file as it stands: read() fills it, and frames are
 * cut out of it in place.  What the end of a block cuts through is carried over
 * to the next.  Which records count as frames follows Wireshark 4.0, which gives
 * numbers to pcapng's custom blocks, system events and journal entries as well.
 */
#include "capture_backend.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mipro_keys.h"
#include "mipro_reader.h"

enum {
    BLOCK_OCTETS = 64 * 1024, /* stays in the second-level cache from reading to judging */
    MAX_FRAME = 262144,       /* Wireshark's limit for all link types that are unwrapped */
    MAX_RECORD = 128 * 1024 * 1024 + 131072, /* and its limit for a pcapng block, roughly */
    PCAP_HEADER = 24,
    PCAP_RECORD = 16
};

#define PCAP_MICRO 0xa1b2c3d4u
#define PCAP_NANO 0xa1b23c4du
#define PCAP_MODIFIED 0xa1b2cd34u /* Alexey Kuznetsov's: eight octets more a record */

/* The pcapng blocks that matter here (draft-ietf-opsawg-pcapng). */
enum {
    NG_INTERFACE = 1,
    NG_PACKET = 2, /* obsolete */
    NG_SIMPLE = 3,
    NG_ENHANCED = 6,
    NG_JOURNAL = 9,
    NG_SYSDIG = 0x204,
    NG_SYSDIG_2 = 0x216,
    NG_SYSDIG_2_LARGE = 0x221,
    NG_CUSTOM = 0xbad,
    NG_CUSTOM_NO_COPY = 0x40000bad
};
#define NG_SECTION 0x0a0d0d0au /* the same in either byte order */
#define NG_MAGIC 0x1a2b3c4du

#define PEN_NETFLIX 10949u /* its event records are no frames to Wireshark */

struct interface {
    enum vrf_link link;
    uint32_t snaplen;    /* 0: none */
    bool binary;         /* the resolution is a power of 2, else of 10 */
    unsigned resolution; /* its negative exponent */
    int64_t offset;      /* seconds */
};

/* How a step through the file went. */
enum cut {
    CUT_FRAME, /* a record that is a frame */
    CUT_NONE,  /* a record that is none */
    CUT_MORE,  /* more octets are needed: *size from the beginning of the record */
    CUT_BROKEN
};

struct pcap_file {
    int fd;
    bool eof;
    int64_t position;
    uint8_t *carry; /* read, and not cut yet */
    size_t n_carry, room_carry;

    /* Steps over the record at the beginning of r, and says how long it is. */
    enum cut (*step)(struct pcap_file *f, struct mipro_reader *r, size_t *size,
        struct vrf_frame *frame, char error[VRF_CAPTURE_ERROR]);
    bool little;
    /* pcap */
    bool nano;
    size_t record_header;
    enum vrf_link link;
    /* pcapng: the interfaces of the current section */
    struct interface *interfaces;
    size_t n_interfaces, max_interfaces;
};

/* A link type by its number in files (tcpdump.org/linktypes.html). */
static enum vrf_link
link_by_number(uint32_t number)
{
    switch (number) {
    case 0:
    case 108: /* the same in network order */
        return VRF_LINK_NULL;
    case 1:
        return VRF_LINK_ETHERNET;
    case 9:
    case 50:
        return VRF_LINK_PPP;
    case 51:
        return VRF_LINK_PPPOE;
    case 12:
    case 14:
    case 101:
    case 228:
        return VRF_LINK_RAW;
    case 104:
        return VRF_LINK_CHDLC;
    case 113:
        return VRF_LINK_SLL;
    case 204:
        return VRF_LINK_PPP_DIRECTION;
    case 219:
        return VRF_LINK_MPLS;
    case 276:
        return VRF_LINK_SLL2;
    default:
        return VRF_LINK_OTHER;
    }
}

static uint32_t
get_u32(const struct pcap_file *f, struct mipro_reader *r)
{
    uint32_t v = mipro_get_u32(r);

    return f->little ? GUINT32_SWAP_LE_BE(v) : v;
}

static uint16_t
get_u16(const struct pcap_file *f, struct mipro_reader *r)
{
    uint16_t v = mipro_get_u16(r);

    return (uint16_t)(f->little ? GUINT16_SWAP_LE_BE(v) : v);
}

static enum cut
step_pcap(struct pcap_file *f, struct mipro_reader *r, size_t *size, struct vrf_frame *frame,
    char error[VRF_CAPTURE_ERROR])
{
    uint32_t head[4]; /* seconds, fraction, captured, len */

    *size = f->record_header;
    if (r->len < *size)
        return CUT_MORE;
    memcpy(head, mipro_get_octets(r, sizeof(head)), sizeof(head));
    for (unsigned i = 0; i < 4; i++)
        head[i] = f->little ? GUINT32_FROM_LE(head[i]) : GUINT32_FROM_BE(head[i]);
    frame->captured = head[2];
    frame->len = head[3];
    if (frame->captured > MAX_FRAME) {
        snprintf(error, VRF_CAPTURE_ERROR, "a frame of %u octets, more than the %d that may be",
            frame->captured, MAX_FRAME);
        return CUT_BROKEN;
    }
    *size += frame->captured;
    frame->at = f->record_header;
    frame->time = head[0] * MIPRO_SECOND + (f->nano ? head[1] : head[1] * INT64_C(1000));
    frame->link = f->link;
    return r->len < *size ? CUT_MORE : CUT_FRAME;
}

/* A pcapng time stamp in nanoseconds; MIPRO_TIME_NONE if it lies outside what 64 bits hold. */
static int64_t
interface_time(const struct interface *in, uint64_t stamp)
{
    const uint64_t limit = INT64_MAX / MIPRO_SECOND - 1;
    unsigned bits = in->resolution;
    uint64_t seconds, fraction, unit = 1;
    int64_t t;

    if (in->binary) {
        seconds = bits < 64 ? stamp >> bits : 0;
        fraction = bits < 64 ? stamp & ((UINT64_C(1) << bits) - 1) : stamp;
        /* 34 bits are finer than a nanosecond, and leave room for the product. */
        if (bits > 34)
            fraction = bits - 34 < 64 ? fraction >> (bits - 34) : 0;
        fraction = fraction * MIPRO_SECOND >> (bits > 34 ? 34 : bits);
    } else {
        for (unsigned i = 0; i < in->resolution && i < 19; i++)
            unit *= 10;
        seconds = in->resolution <= 19 ? stamp / unit : 0;
        fraction = in->resolution <= 19 ? stamp % unit : 0;
        fraction = unit <= MIPRO_SECOND ? fraction * (MIPRO_SECOND / unit)
                                        : fraction / (unit / MIPRO_SECOND);
    }
    if (seconds > limit || in->offset > (int64_t)limit || in->offset < -(int64_t)limit)
        return MIPRO_TIME_NONE;
    t = (int64_t)seconds + in->offset;
    return t <= (int64_t)limit ? t * MIPRO_SECOND + (int64_t)fraction : MIPRO_TIME_NONE;
}

static bool
add_interface(struct pcap_file *f, struct mipro_reader *r, char error[VRF_CAPTURE_ERROR])
{
    struct interface in = { .resolution = 6 };

    in.link = link_by_number(get_u16(f, r));
    (void)get_u16(f, r);
    in.snaplen = get_u32(f, r);
    if (r->failed) {
        snprintf(error, VRF_CAPTURE_ERROR, "an interface description is too short");
        return false;
    }
    while (mipro_left(r) >= 4) {
        uint16_t code = get_u16(f, r), len = get_u16(f, r);
        struct mipro_reader value = mipro_reader(mipro_get_octets(r, len), r->failed ? 0 : len);

        if (r->failed || code == 0)
            break;
        if (code == 9 && len >= 1) {
            uint8_t v = mipro_get_u8(&value);

            in.binary = (v & 0x80) != 0;
            in.resolution = v & 0x7f;
        } else if (code == 14 && len >= 8) {
            uint64_t v = mipro_get_be(&value, 8);

            in.offset = (int64_t)(f->little ? GUINT64_SWAP_LE_BE(v) : v);
        }
        (void)mipro_get_octets(r, (4 - len % 4u) % 4);
    }
    if (f->n_interfaces == f->max_interfaces) {
        f->max_interfaces = f->max_interfaces == 0 ? 8 : 2 * f->max_interfaces;
        f->interfaces = g_realloc_n(f->interfaces, f->max_interfaces, sizeof(in));
    }
    f->interfaces[f->n_interfaces++] = in;
    return true;
}

/* An Enhanced, Simple or obsolete Packet Block; r holds its body. */
static enum cut
packet_block(struct pcap_file *f, uint32_t type, struct mipro_reader *r, struct vrf_frame *frame,
    char error[VRF_CAPTURE_ERROR])
{
    const struct interface *in;
    uint32_t number = 0, high = 0, low = 0;

    if (type == NG_ENHANCED) {
        number = get_u32(f, r);
    } else if (type == NG_PACKET) {
        number = get_u16(f, r);
        (void)get_u16(f, r);
    }
    if (type != NG_SIMPLE) {
        high = get_u32(f, r);
        low = get_u32(f, r);
        frame->captured = get_u32(f, r);
    }
    frame->len = get_u32(f, r);
    if (number >= f->n_interfaces) {
        snprintf(error, VRF_CAPTURE_ERROR,
            "a packet of interface %u, which no interface description has described", number);
        return CUT_BROKEN;
    }
    in = &f->interfaces[number];
    if (type == NG_SIMPLE) {
        frame->captured = in->snaplen != 0 && frame->len > in->snaplen ? in->snaplen : frame->len;
        frame->time = MIPRO_TIME_NONE;
    } else {
        frame->time = interface_time(in, (uint64_t)high << 32 | low);
    }
    frame->link = in->link;
    frame->at = 8 + r->pos;
    if (r->failed || frame->captured > mipro_left(r)) {
        snprintf(error, VRF_CAPTURE_ERROR, "a packet block is too short for its packet");
        return CUT_BROKEN;
    }
    return CUT_FRAME;
}

/* The byte order of a section; then its interfaces are those that follow. */
static enum cut
begin_section(
    struct pcap_file *f, struct mipro_reader *r, size_t *size, char error[VRF_CAPTURE_ERROR])
{
    struct mipro_reader magic = *r;
    uint32_t magic_number;

    *size = 12;
    if (r->len < *size)
        return CUT_MORE;
    mipro_seek(&magic, 8);
    magic_number = mipro_get_u32(&magic);
    f->little = magic_number == GUINT32_SWAP_LE_BE(NG_MAGIC);
    if (!f->little && magic_number != NG_MAGIC) {
        snprintf(error, VRF_CAPTURE_ERROR, "a section header has no byte-order magic");
        return CUT_BROKEN;
    }
    return CUT_NONE;
}

static enum cut
step_pcapng(struct pcap_file *f, struct mipro_reader *r, size_t *size, struct vrf_frame *frame,
    char error[VRF_CAPTURE_ERROR])
{
    struct mipro_reader head = *r, body;
    uint32_t type, total;
    uint16_t major, minor;
    enum cut cut;

    *size = 8;
    if (r->len < *size)
        return CUT_MORE;
    if (mipro_get_u32(&head) == NG_SECTION) {
        cut = begin_section(f, r, size, error);
        if (cut != CUT_NONE)
            return cut;
    }
    type = get_u32(f, r);
    total = get_u32(f, r);
    if (total < 12 || total > MAX_RECORD) {
        snprintf(error, VRF_CAPTURE_ERROR, "a pcapng block of %u octets", total);
        return CUT_BROKEN;
    }
    total = (total + 3) & ~UINT32_C(3); /* some writers forget the padding */
    *size = total;
    if (r->len < *size)
        return CUT_MORE;
    mipro_seek(r, total - 4);
    if (((get_u32(f, r) + 3) & ~UINT32_C(3)) != total) {
        snprintf(error, VRF_CAPTURE_ERROR, "a pcapng block whose two lengths differ");
        return CUT_BROKEN;
    }
    mipro_seek(r, 8);
    body = mipro_reader(mipro_get_octets(r, total - 12), total - 12);

    switch (type) {
    case NG_SECTION:
        f->n_interfaces = 0;
        (void)get_u32(f, &body);
        major = get_u16(f, &body);
        minor = get_u16(f, &body);
        if (major != 1 || (minor != 0 && minor != 2)) {
            snprintf(error, VRF_CAPTURE_ERROR, "a section of pcapng %u.%u, which is not known",
                major, minor);
            return CUT_BROKEN;
        }
        return CUT_NONE;
    case NG_INTERFACE:
        return add_interface(f, &body, error) ? CUT_NONE : CUT_BROKEN;
    case NG_ENHANCED:
    case NG_SIMPLE:
    case NG_PACKET:
        return packet_block(f, type, &body, frame, error);
    case NG_CUSTOM:
    case NG_CUSTOM_NO_COPY:
        /* Netflix's: type 1 is an event, of type 2 (records left out) Wireshark makes a frame. */
        if (get_u32(f, &body) == PEN_NETFLIX && GUINT32_SWAP_LE_BE(mipro_get_u32(&body)) == 1)
            return CUT_NONE;
        break;
    case NG_JOURNAL:
    case NG_SYSDIG:
    case NG_SYSDIG_2:
    case NG_SYSDIG_2_LARGE:
        break;
    default:
        return CUT_NONE;
    }
    *frame = (struct vrf_frame){ .time = MIPRO_TIME_NONE, .link = VRF_LINK_NONE };
    return CUT_FRAME;
}

static void
carry_over(struct pcap_file *f, const struct vrf_block *block, size_t from)
{
    f->n_carry = block->used - from;
    if (f->n_carry > f->room_carry) {
        f->room_carry = f->n_carry;
        f->carry = g_realloc(f->carry, f->room_carry);
    }
    if (f->n_carry != 0)
        memcpy(f->carry, block->octets + from, f->n_carry);
}

/* Read at least one octet more, or set eof. */
static bool
read_more(struct pcap_file *f, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    ssize_t n;

    do
        n = read(f->fd, block->octets + block->used, block->room - block->used);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        snprintf(error, VRF_CAPTURE_ERROR, "%s", strerror(errno));
        return false;
    }
    f->eof = n == 0;
    f->position += n;
    block->used += (size_t)n;
    return true;
}

static enum vrf_read
read_pcap(void *self, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    struct pcap_file *f = self;
    size_t pos = 0;

    vrf_block_reserve(block, BLOCK_OCTETS > 2 * f->n_carry ? BLOCK_OCTETS : 2 * f->n_carry);
    if (f->n_carry != 0)
        memcpy(block->octets, f->carry, f->n_carry);
    block->used = f->n_carry;
    f->n_carry = 0;
    for (;;) {
        struct mipro_reader r = mipro_reader(block->octets, block->used);
        struct vrf_frame frame;
        size_t size = 0;
        enum cut cut;

        mipro_seek(&r, pos);
        r = mipro_reader(mipro_get_octets(&r, block->used - pos), block->used - pos);
        cut = f->step(f, &r, &size, &frame, error);
        switch (cut) {
        case CUT_FRAME:
            frame.at += pos;
            if (frame.len < frame.captured)
                frame.len = frame.captured;
            *vrf_block_frame(block) = frame;
            /* fall through */
        case CUT_NONE:
            pos += size;
            continue;
        case CUT_BROKEN:
            return VRF_READ_BROKEN;
        case CUT_MORE:
            break;
        }
        if (f->eof) {
            if (pos == block->used)
                return VRF_READ_END;
            snprintf(error, VRF_CAPTURE_ERROR, "the file is cut short in the middle of a record");
            return VRF_READ_BROKEN;
        }
        if (block->n_frames != 0) {
            carry_over(f, block, pos);
            return VRF_READ_MORE;
        }
        /* Twice what is used, no more: a length that lies makes no room before octets do. */
        vrf_block_reserve(block, block->used == block->room ? block->used : 1);
        if (!read_more(f, block, error))
            return VRF_READ_BROKEN;
    }
}

static int64_t
pcap_position(const void *self)
{
    const struct pcap_file *f = self;

    return f->position;
}

static void
close_pcap(void *self)
{
    struct pcap_file *f = self;

    g_free(f->carry);
    g_free(f->interfaces);
    g_free(f);
}

static const struct vrf_backend pcap_backend = { read_pcap, pcap_position, close_pcap };

/* Is this the header of a plain pcap file?  Then f is set for its records. */
static bool
begin_pcap(struct pcap_file *f, const uint8_t *octets, size_t n)
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
    major = get_u16(f, &r);
    minor = get_u16(f, &r);
    /* Files of before 2.4, or of other systems, have their own twists: libwiretap knows them. */
    if (r.failed || major != 2 || minor != 4)
        return false;
    mipro_seek(&r, 20);
    f->link = link_by_number(get_u32(f, &r) & 0x03ffffff); /* above lies the length of the FCS */
    f->nano = magic == PCAP_NANO;
    f->record_header = magic == PCAP_MODIFIED ? PCAP_RECORD + 8 : PCAP_RECORD;
    f->step = step_pcap;
    return !r.failed;
}

void *
vrf_pcap_open(int fd, const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR])
{
    struct pcap_file *f = g_new0(struct pcap_file, 1);
    uint8_t start[PCAP_HEADER];
    struct mipro_reader r;
    size_t n = 0;

    while (n < sizeof(start)) {
        ssize_t got = read(fd, start + n, sizeof(start) - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            snprintf(error, VRF_CAPTURE_ERROR, "%s", strerror(errno));
            goto fail;
        }
        if (got == 0)
            break;
        n += (size_t)got;
    }
    if (n == 0) {
        snprintf(error, VRF_CAPTURE_ERROR, "is empty");
        goto fail;
    }
    f->fd = fd;
    f->position = (int64_t)n;
    r = mipro_reader(start, n);
    if (begin_pcap(f, start, n)) {
        *backend = &pcap_backend;
        return f;
    }
    if (n >= 12 && mipro_get_u32(&r) == NG_SECTION) {
        f->step = step_pcapng;
        f->carry = g_memdup2(start, n);
        f->n_carry = f->room_carry = n;
        *backend = &pcap_backend;
        return f;
    }
    (void)lseek(fd, 0, SEEK_SET);
fail:
    close_pcap(f);
    return NULL;
}
