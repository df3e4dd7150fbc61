/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng.c - the blocks of pcapng (draft-ietf-opsawg-pcapng).
 *
 * The same blocks count as frames as in Wireshark 4.0, which also numbers custom
 * blocks, system events and journal entries.
 */
#include "capture/pcap.h"

#include <stdio.h>
#include <string.h>

#include "evidence/origin.h"
#include "mipro_keys.h"
#include "names.h"

enum { MAX_BLOCK = 128 * 1024 * 1024 + 131072 }; /* Wireshark's limit, roughly */

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
/* Options: a comment; a section's application; an interface's name. */
enum { OPT_COMMENT = 1, OPT_APPLICATION = 4, OPT_IF_NAME = 2, OPT_IF_DESCRIPTION = 3 };
enum {
    MAX_INTERFACE_NAME = 255,
    MAX_SECTIONS = 1024 /* in later sections interfaces have no name, and blocks do not end */
};
/* Octets of names of captures in an evidence file, each time that they change; later frames are its
 * own. */
enum { MAX_NAMES = 16 * 1024 * 1024 };
#define NG_MAGIC 0x1a2b3c4du

#define PEN_NETFLIX 10949u
enum { NETFLIX_EVENT = 1, NETFLIX_TCP_INFO = 2 };

/* A pcapng timestamp in nanoseconds; MIPRO_TIME_NONE if it does not fit into 64 bits. */
static int64_t
interface_time(const struct vrf_interface *in, uint64_t stamp)
{
    const uint64_t limit = INT64_MAX / MIPRO_SECOND - 1;
    unsigned bits = in->resolution;
    uint64_t seconds, fraction, unit = 1;
    int64_t t;

    if (in->binary) {
        seconds = bits < 64 ? stamp >> bits : 0;
        fraction = bits < 64 ? stamp & ((UINT64_C(1) << bits) - 1) : stamp;
        /* 34 bits are finer than a nanosecond, and the product still fits. */
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

void
vrf_forget_interfaces(struct vrf_pcap_file *f)
{
    for (size_t i = 0; i < f->n_interfaces; i++)
        g_free(f->interfaces[i].name);
    f->n_interfaces = 0;
}

static bool
add_interface(struct vrf_pcap_file *f, struct mipro_reader *r, char error[VRF_CAPTURE_ERROR])
{
    struct vrf_interface in = { .resolution = 6, .number = (uint16_t)f->n_interfaces };

    vrf_set_link(&in.link, &in.link_number, vrf_get_u16(f, r));
    (void)vrf_get_u16(f, r);
    in.snaplen = vrf_get_u32(f, r);
    if (r->failed) {
        snprintf(error, VRF_CAPTURE_ERROR, "an interface description is too short");
        return false;
    }
    while (mipro_left(r) >= 4) {
        uint16_t code = vrf_get_u16(f, r), len = vrf_get_u16(f, r);
        struct mipro_reader value = mipro_reader(mipro_get_octets(r, len), r->failed ? 0 : len);

        if (r->failed || code == 0)
            break;
        if (code == OPT_IF_NAME && len != 0 && in.name == NULL && f->n_sections <= MAX_SECTIONS) {
            in.name = g_strndup((const char *)mipro_get_octets(&value, len),
                len < MAX_INTERFACE_NAME ? len : MAX_INTERFACE_NAME);
        } else if (code == OPT_IF_DESCRIPTION && f->is_evidence) {
            (void)vrf_origin_parse_interface(
                (const char *)mipro_get_octets(&value, len), len, &in.number);
        } else if (code == 9 && len >= 1) {
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

/* The first value of an option with this code, or NULL. */
static const char *
find_option(const struct vrf_pcap_file *f, struct mipro_reader r, uint16_t wanted, size_t *len)
{
    while (mipro_left(&r) >= 4) {
        uint16_t code = vrf_get_u16(f, &r), n = vrf_get_u16(f, &r);
        const uint8_t *value = mipro_get_octets(&r, n);

        if (value == NULL || code == 0)
            return NULL;
        *len = n;
        if (code == wanted)
            return (const char *)value;
        (void)mipro_get_octets(&r, (4 - n % 4u) % 4);
    }
    return NULL;
}

/* Read the origin of a frame of an evidence file; r is at the options of its block. */
static void
read_origin(struct vrf_pcap_file *f, struct mipro_reader r)
{
    size_t len = 0;
    const char *comment = find_option(f, r, OPT_COMMENT, &len);
    char *name = comment != NULL ? vrf_origin_parse(comment, len, &f->origin.number) : NULL;

    f->origin.name = NULL;
    if (name != NULL && f->from != NULL && strcmp(name, f->from) == 0) {
        f->origin.name = f->from;
    } else if (name != NULL && f->n_names < MAX_NAMES) {
        f->n_names += strlen(name);
        f->origin.name = vrf_name_keep(name);
    }
    g_free(name);
}

/* An Enhanced, Simple or obsolete Packet Block; r holds its body. */
static enum vrf_cut
packet_block(struct vrf_pcap_file *f, uint32_t type, struct mipro_reader *r,
    struct vrf_frame *frame, char error[VRF_CAPTURE_ERROR])
{
    const struct vrf_interface *in;
    uint32_t number = 0, high = 0, low = 0;

    if (type == NG_ENHANCED) {
        number = vrf_get_u32(f, r);
    } else if (type == NG_PACKET) {
        number = vrf_get_u16(f, r);
        (void)vrf_get_u16(f, r);
    }
    if (type != NG_SIMPLE) {
        high = vrf_get_u32(f, r);
        low = vrf_get_u32(f, r);
        frame->captured = vrf_get_u32(f, r);
    }
    frame->len = vrf_get_u32(f, r);
    if (number >= f->n_interfaces) {
        snprintf(error, VRF_CAPTURE_ERROR,
            "a packet of interface %u, which no interface description has described", number);
        return VRF_CUT_BROKEN;
    }
    in = &f->interfaces[number];
    if (type == NG_SIMPLE) {
        frame->captured = in->snaplen != 0 && frame->len > in->snaplen ? in->snaplen : frame->len;
        frame->time = MIPRO_TIME_NONE;
    } else {
        frame->time = interface_time(in, (uint64_t)high << 32 | low);
    }
    frame->link = in->link;
    frame->link_number = in->link_number;
    frame->interface = (uint16_t)number;
    frame->at = 8 + r->pos;
    if (r->failed || frame->captured > mipro_left(r)) {
        snprintf(error, VRF_CAPTURE_ERROR, "a packet block is too short for its packet");
        return VRF_CUT_BROKEN;
    }
    if (f->is_evidence) {
        (void)mipro_get_octets(r, (frame->captured + 3u) & ~UINT32_C(3));
        read_origin(f, *r);
        f->origin.interface = in->number;
    }
    return VRF_CUT_FRAME;
}

/* Determine the byte order of a new section, and forget the previous interfaces. */
static enum vrf_cut
begin_section(
    struct vrf_pcap_file *f, struct mipro_reader *r, size_t *size, char error[VRF_CAPTURE_ERROR])
{
    struct mipro_reader magic = *r;
    uint32_t magic_number;

    *size = 12;
    if (r->len < *size)
        return VRF_CUT_MORE;
    mipro_seek(&magic, 8);
    magic_number = mipro_get_u32(&magic);
    f->little = magic_number == GUINT32_SWAP_LE_BE(NG_MAGIC);
    if (!f->little && magic_number != NG_MAGIC) {
        snprintf(error, VRF_CAPTURE_ERROR, "a section header has no byte-order magic");
        return VRF_CUT_BROKEN;
    }
    return VRF_CUT_NONE;
}

static uint32_t
get_little(struct mipro_reader *r, size_t n)
{
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)mipro_get_u8(r) << 8 * i;
    return v;
}

static bool
is_custom_option(uint16_t code)
{
    return code == 2988 || code == 2989 || code == 19372 || code == 19373;
}

/*
 * A custom block; r holds its body.  Wireshark counts each as a frame, except Netflix's events
 * (always little endian) without the state of a connection.
 */
static bool
is_custom_frame(struct vrf_pcap_file *f, uint32_t type, struct mipro_reader *r)
{
    if (vrf_get_u32(f, r) != PEN_NETFLIX || get_little(r, 4) != NETFLIX_EVENT)
        return true;
    while (mipro_left(r) >= 4 && type == NG_CUSTOM) {
        uint16_t code = (uint16_t)get_little(r, 2), len = (uint16_t)get_little(r, 2);
        struct mipro_reader value = mipro_reader(mipro_get_octets(r, len), r->failed ? 0 : len);

        if (r->failed || code == 0)
            break;
        if (is_custom_option(code) && get_little(&value, 4) == PEN_NETFLIX &&
            get_little(&value, 4) == NETFLIX_TCP_INFO && !value.failed)
            return true;
        (void)mipro_get_octets(r, (4 - len % 4u) % 4);
    }
    return false;
}

enum vrf_cut
vrf_step_pcapng(struct vrf_pcap_file *f, struct mipro_reader *r, size_t *size,
    struct vrf_frame *frame, char error[VRF_CAPTURE_ERROR])
{
    struct mipro_reader head = *r, body;
    uint32_t type, total;
    uint16_t major, minor;
    const char *application;
    size_t len;
    enum vrf_cut cut;

    *size = 8;
    if (r->len < *size)
        return VRF_CUT_MORE;
    if (mipro_get_u32(&head) == VRF_PCAPNG_SECTION) {
        cut = begin_section(f, r, size, error);
        if (cut != VRF_CUT_NONE)
            return cut;
    }
    type = vrf_get_u32(f, r);
    total = vrf_get_u32(f, r);
    if (total < 12 || total > MAX_BLOCK) {
        snprintf(error, VRF_CAPTURE_ERROR, "a pcapng block of %u octets", total);
        return VRF_CUT_BROKEN;
    }
    total = (total + 3) & ~UINT32_C(3); /* some writers forget the padding */
    *size = total;
    if (r->len < *size)
        return VRF_CUT_MORE;
    mipro_seek(r, total - 4);
    if (((vrf_get_u32(f, r) + 3) & ~UINT32_C(3)) != total) {
        snprintf(error, VRF_CAPTURE_ERROR, "a pcapng block whose two lengths differ");
        return VRF_CUT_BROKEN;
    }
    mipro_seek(r, 8);
    body = mipro_reader(mipro_get_octets(r, total - 12), total - 12);

    switch (type) {
    case VRF_PCAPNG_SECTION:
        if (f->block_has_frames && f->n_sections < MAX_SECTIONS)
            return VRF_CUT_SECTION;
        vrf_forget_interfaces(f);
        f->n_sections += f->n_sections <= MAX_SECTIONS;
        (void)vrf_get_u32(f, &body);
        major = vrf_get_u16(f, &body);
        minor = vrf_get_u16(f, &body);
        if (major != 1 || (minor != 0 && minor != 2)) {
            snprintf(error, VRF_CAPTURE_ERROR, "a section of pcapng %u.%u, an unknown version",
                major, minor);
            return VRF_CUT_BROKEN;
        }
        (void)mipro_get_octets(&body, 8); /* the section's length */
        application = find_option(f, body, OPT_APPLICATION, &len);
        f->is_evidence =
            application != NULL && len >= strlen(VRF_ORIGIN_APPLICATION) &&
            memcmp(application, VRF_ORIGIN_APPLICATION, strlen(VRF_ORIGIN_APPLICATION)) == 0;
        f->from = NULL;
        return VRF_CUT_NONE;
    case NG_INTERFACE:
        return add_interface(f, &body, error) ? VRF_CUT_NONE : VRF_CUT_BROKEN;
    case NG_ENHANCED:
    case NG_SIMPLE:
    case NG_PACKET:
        return packet_block(f, type, &body, frame, error);
    case NG_CUSTOM:
    case NG_CUSTOM_NO_COPY:
        if (!is_custom_frame(f, type, &body))
            return VRF_CUT_NONE;
        break;
    case NG_JOURNAL:
    case NG_SYSDIG:
    case NG_SYSDIG_2:
    case NG_SYSDIG_2_LARGE:
        break;
    default:
        return VRF_CUT_NONE;
    }
    f->origin.name = NULL;
    *frame = (struct vrf_frame){ .time = MIPRO_TIME_NONE, .link = MIPRO_LINKTYPE_NONE };
    return VRF_CUT_FRAME;
}
