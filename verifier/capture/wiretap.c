/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wiretap.c - all formats that Wireshark reads, with its library:
 * compressed files, old variants of pcap, and the files of other tools.
 */
#include "capture/backend.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "capture/compat.h"

#include "mipro_encap.h"
#include "mipro_keys.h"

enum { BLOCK_FRAMES = 1024, BLOCK_OCTETS = 256 * 1024 };

/*
 * libwiretap was not made for threads: its readers may share what they do not show.  Several files
 * are read at once, so each call waits for the others.  Only the readers of pcap and pcapng,
 * which compressed captures nearly always are, share nothing while they read.
 */
static GMutex one_at_a_time;

struct wiretap_file {
    wtap *w;
    bool shares_nothing;
    struct vrf_wtap_record record;
};

/* The link type, as in files, of a frame from which libwiretap has removed a pseudo-header. */
static uint16_t
number_of(enum mipro_linktype link)
{
    switch (link) {
    case MIPRO_LINKTYPE_NULL:
        return 0;
    case MIPRO_LINKTYPE_PPP:
        return 9;
    case MIPRO_LINKTYPE_PPPOE:
        return 51;
    case MIPRO_LINKTYPE_RAW:
        return 101;
    case MIPRO_LINKTYPE_CHDLC:
        return 104;
    case MIPRO_LINKTYPE_SLL:
        return 113;
    case MIPRO_LINKTYPE_SLL2:
        return 276;
    default:
        return 1; /* Ethernet */
    }
}

static void
start_wiretap(void)
{
    static gsize once;

    if (g_once_init_enter(&once)) {
        vrf_wtap_init();
        g_once_init_leave(&once, 1);
    }
}

/* Above libwiretap's numbers: a link type in files that libwiretap does not know. */
enum { UNKNOWN_LINK = 0x8000 };

uint16_t
vrf_link_number(uint32_t number)
{
    int encap = number < INT_MAX ? wtap_pcap_encap_to_wtap_encap((int)number) : WTAP_ENCAP_UNKNOWN;

    if (encap > WTAP_ENCAP_UNKNOWN && encap < UNKNOWN_LINK)
        return (uint16_t)encap;
    return (uint16_t)(UNKNOWN_LINK | (number & (UNKNOWN_LINK - 1)));
}

const char *
vrf_link_name(uint16_t link_number, char room[32])
{
    const char *name;

    start_wiretap();
    name = link_number < UNKNOWN_LINK ? wtap_encap_description(link_number) : NULL;
    if (name != NULL)
        return name;
    snprintf(room, 32, "link type %u", link_number & (UNKNOWN_LINK - 1u));
    return room;
}

static void
describe_error(int err, char *text, char error[VRF_CAPTURE_ERROR])
{
    const char *reason = err == WTAP_ERR_SHORT_READ
                             ? "the file is cut short in the middle of a record"
                             : wtap_strerror(err);

    snprintf(error, VRF_CAPTURE_ERROR, "%s%s%s%s", reason, text != NULL ? " (" : "",
        text != NULL ? text : "", text != NULL ? ")" : "");
    g_free(text);
}

static int64_t
record_time(const wtap_rec *rec)
{
    const int64_t limit = INT64_MAX / MIPRO_SECOND - 1;

    if ((rec->presence_flags & WTAP_HAS_TS) == 0 || rec->ts.secs > limit || rec->ts.secs < -limit)
        return MIPRO_TIME_NONE;
    return rec->ts.secs * MIPRO_SECOND + rec->ts.nsecs;
}

static enum vrf_read
read_frames(struct wiretap_file *f, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    while (block->n_frames < BLOCK_FRAMES && block->used < BLOCK_OCTETS) {
        const wtap_rec *rec = &f->record.rec;
        struct vrf_frame *frame;
        char *text = NULL;
        int err = 0;

        if (!vrf_wtap_read(f->w, &f->record, &err, &text)) {
            if (err == 0)
                return VRF_READ_END;
            describe_error(err, text, error);
            return VRF_READ_BROKEN;
        }
        frame = vrf_block_room(block);
        *frame = (struct vrf_frame){
            .at = block->used, .time = record_time(rec), .link = MIPRO_LINKTYPE_NONE
        };
        block->n_frames++;
        if (rec->rec_type != REC_TYPE_PACKET)
            continue;
        frame->captured = rec->rec_header.packet_header.caplen;
        frame->len = rec->rec_header.packet_header.len;
        if (frame->len < frame->captured)
            frame->len = frame->captured;
        frame->link = mipro_link_by_encap(rec->rec_header.packet_header.pkt_encap);
        if (frame->link == MIPRO_LINKTYPE_OTHER)
            frame->link_number = (uint16_t)rec->rec_header.packet_header.pkt_encap;
        else
            frame->link_number = number_of(frame->link);
        if ((rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0)
            frame->interface = (uint16_t)rec->rec_header.packet_header.interface_id;
        vrf_block_reserve(block, frame->captured);
        if (frame->captured != 0)
            memcpy(block->octets + block->used, vrf_wtap_octets(&f->record), frame->captured);
        block->used += frame->captured;
    }
    return VRF_READ_MORE;
}

static enum vrf_read
read_wiretap(void *self, struct vrf_block *block, char error[VRF_CAPTURE_ERROR])
{
    struct wiretap_file *f = self;
    enum vrf_read how;

    if (f->shares_nothing)
        return read_frames(f, block, error);
    g_mutex_lock(&one_at_a_time);
    how = read_frames(f, block, error);
    g_mutex_unlock(&one_at_a_time);
    return how;
}

static int64_t
wiretap_position(const void *self)
{
    const struct wiretap_file *f = self;

    return wtap_read_so_far(f->w);
}

static const char *
wiretap_interface_name(const void *self, uint16_t number)
{
    const struct wiretap_file *f = self;
    wtapng_iface_descriptions_t *all = wtap_file_get_idb_info(f->w);
    char *name = NULL;

    /* With several sections, libwiretap numbers all interfaces consecutively, frames do not. */
    if (wtap_file_get_num_shbs(f->w) == 1 && number < all->interface_data->len &&
        wtap_block_get_string_option_value(g_array_index(all->interface_data, wtap_block_t, number),
            OPT_IDB_NAME, &name) != WTAP_OPTTYPE_SUCCESS)
        name = NULL;
    g_free(all); /* the file owns the array */
    return name;
}

static void
close_wiretap(void *self)
{
    struct wiretap_file *f = self;

    g_mutex_lock(&one_at_a_time);
    vrf_wtap_record_cleanup(&f->record);
    wtap_close(f->w);
    g_mutex_unlock(&one_at_a_time);
    g_free(f);
}

static const struct vrf_backend wiretap_backend = { read_wiretap, wiretap_position,
    wiretap_interface_name, close_wiretap };

static bool
shares_nothing(wtap *w)
{
    int type = wtap_file_type_subtype(w);

    return type == wtap_pcap_file_type_subtype() || type == wtap_pcap_nsec_file_type_subtype() ||
           type == wtap_pcapng_file_type_subtype();
}

/* libwiretap also opens images, films, programs, certificates and the like, as a single frame. */
static bool
is_shown_file(int encap)
{
    return encap == WTAP_ENCAP_MIME || encap == WTAP_ENCAP_JSON || encap == WTAP_ENCAP_MP4 ||
           encap == WTAP_ENCAP_RFC7468 || encap == WTAP_ENCAP_RUBY_MARSHAL;
}

static struct wiretap_file *
open_file(const char *path, char error[VRF_CAPTURE_ERROR])
{
    struct wiretap_file *f;
    char *text = NULL;
    int err = 0;
    wtap *w = wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &text, FALSE);

    if (w == NULL) {
        if (err == WTAP_ERR_FILE_UNKNOWN_FORMAT) {
            g_free(text);
            snprintf(error, VRF_CAPTURE_ERROR, "is not a capture in any known format");
        } else {
            describe_error(err, text, error);
        }
        return NULL;
    }
    if (is_shown_file(wtap_file_encap(w))) {
        wtap_close(w);
        snprintf(error, VRF_CAPTURE_ERROR, "is a file that Wireshark shows, but not a capture");
        return NULL;
    }
    f = g_new0(struct wiretap_file, 1);
    f->w = w;
    f->shares_nothing = shares_nothing(w);
    vrf_wtap_record_init(&f->record);
    return f;
}

void *
vrf_wiretap_open(
    const char *path, const struct vrf_backend **backend, char error[VRF_CAPTURE_ERROR])
{
    struct wiretap_file *f;

    start_wiretap();
    g_mutex_lock(&one_at_a_time);
    f = open_file(path, error);
    g_mutex_unlock(&one_at_a_time);
    if (f != NULL)
        *backend = &wiretap_backend;
    return f;
}
