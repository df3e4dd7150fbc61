/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcap.h - a plain capture file being split into frames: shared by pcap.c, which reads the
 * file, and pcapng.c, which parses the blocks of pcapng.
 */
#ifndef VRF_CAPTURE_PCAP_H
#define VRF_CAPTURE_PCAP_H

#include <glib.h>

#include "capture/capture.h"
#include "mipro_reader.h"

#define VRF_PCAPNG_SECTION 0x0a0d0d0au /* the first block; equal in both byte orders */

struct vrf_interface {
    enum mipro_linktype link;
    uint16_t link_number;
    uint32_t snaplen;    /* 0: none */
    bool binary;         /* the resolution is a power of 2, else of 10 */
    unsigned resolution; /* its negative exponent */
    int64_t offset;      /* seconds */
    char *name;          /* on the capturing system, or NULL */
    uint16_t number;     /* in the capture; of an evidence file, in the one that it is from */
};

/* The result of a step through the file. */
enum vrf_cut {
    VRF_CUT_FRAME,   /* a record that is a frame */
    VRF_CUT_NONE,    /* a record that is not a frame */
    VRF_CUT_SECTION, /* a new section: the block ends with the frames of the previous one */
    VRF_CUT_MORE,    /* more octets are needed: *size from the beginning of the record */
    VRF_CUT_BROKEN
};

struct vrf_pcap_file {
    int fd;
    struct vrf_follow *follow; /* NULL: the end of the file is the end */
    bool eof;
    int64_t position;
    uint8_t *carry; /* octets read but not processed yet */
    size_t n_carry, room_carry;

    /* Parses the record at the beginning of r, and sets *size to its length. */
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
    struct vrf_origin origin; /* of the current frame */
    const char *from;         /* the capture that the previous frames are from, or NULL */
    uint64_t last_number;     /* number of the previous frame in that capture */
    size_t n_names;           /* octets of their names so far */
    /* pcapng: the interfaces of the current section */
    struct vrf_interface *interfaces;
    size_t n_interfaces, max_interfaces;
    unsigned n_sections;
    bool block_has_frames;
};

/* Forget the interfaces of the previous section. */
void vrf_forget_interfaces(struct vrf_pcap_file *f);

/* Set two fields of a frame from a link type's number in files (tcpdump.org/linktypes.html). */
void vrf_set_link(enum mipro_linktype *link, uint16_t *link_number, uint32_t number);

/* Parse the block at the beginning of r: sets *size, and *frame if it is a frame. */
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
