/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcap.h - a plain capture file being cut into frames: what pcap.c, which reads, and
 * pcapng.c, which knows the blocks of pcapng, share.
 */
#ifndef VRF_CAPTURE_PCAP_H
#define VRF_CAPTURE_PCAP_H

#include <glib.h>

#include "capture/capture.h"
#include "mipro_reader.h"

#define VRF_PCAPNG_SECTION 0x0a0d0d0au /* a file's first block; the same in either byte order */

struct vrf_interface {
    enum mipro_linktype link;
    uint16_t link_number;
    uint32_t snaplen;    /* 0: none */
    bool binary;         /* the resolution is a power of 2, else of 10 */
    unsigned resolution; /* its negative exponent */
    int64_t offset;      /* seconds */
    char *name;          /* as the capturing system calls it, or NULL */
};

/* How a step through the file went. */
enum vrf_cut {
    VRF_CUT_FRAME,   /* a record that is a frame */
    VRF_CUT_NONE,    /* a record that is none */
    VRF_CUT_SECTION, /* before a section: the block ends, whose frames are of the one before */
    VRF_CUT_MORE,    /* more octets are needed: *size from the beginning of the record */
    VRF_CUT_BROKEN
};

struct vrf_pcap_file {
    int fd;
    struct vrf_follow *follow; /* NULL: the end of the file is the end */
    bool eof;
    int64_t position;
    uint8_t *carry; /* read, and not cut yet */
    size_t n_carry, room_carry;

    /* Steps over the record at the beginning of r, and says how long it is. */
    enum vrf_cut (*step)(struct vrf_pcap_file *f, struct mipro_reader *r, size_t *size,
        struct vrf_frame *frame, char error[VRF_CAPTURE_ERROR]);
    bool little;
    /* pcap */
    bool nano;
    size_t record_header;
    enum mipro_linktype link;
    uint16_t link_number;
    /* of an evidence file */
    bool is_evidence;
    struct vrf_origin origin; /* of the frame that was just stepped over */
    const char *from;         /* the capture that the frames before it come from, or NULL */
    uint64_t last_number;     /* of the frame before, in that */
    unsigned n_names;         /* captures named so far */
    /* pcapng: the interfaces of the current section */
    struct vrf_interface *interfaces;
    size_t n_interfaces, max_interfaces;
    unsigned n_sections;
    bool block_has_frames;
};

/* Forget the interfaces of the section before. */
void vrf_forget_interfaces(struct vrf_pcap_file *f);

/* A link type by its number in files (tcpdump.org/linktypes.html), into two fields of a frame. */
void vrf_set_link(enum mipro_linktype *link, uint16_t *link_number, uint32_t number);

/* Take the block at the beginning of r: sets *size, and frame if it is one. */
enum vrf_cut vrf_step_pcapng(struct vrf_pcap_file *f, struct mipro_reader *r, size_t *size,
    struct vrf_frame *frame, char error[VRF_CAPTURE_ERROR]);

/* Integers in the file's byte order. */
static inline uint32_t
vrf_get_u32(const struct vrf_pcap_file *f, struct mipro_reader *r)
{
    uint32_t v = mipro_get_u32(r);

    return f->little ? GUINT32_SWAP_LE_BE(v) : v;
}

static inline uint16_t
vrf_get_u16(const struct vrf_pcap_file *f, struct mipro_reader *r)
{
    uint16_t v = mipro_get_u16(r);

    return (uint16_t)(f->little ? GUINT16_SWAP_LE_BE(v) : v);
}

#endif
