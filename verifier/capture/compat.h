/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat.h - one interface for libwiretap of Wireshark 4.0, 4.4 and 4.6.
 *
 * Since 4.6 a record contains its buffer, and may be from a Stratoshark build;
 * before, buffer and record were separate.
 */
#ifndef VRF_CAPTURE_COMPAT_H
#define VRF_CAPTURE_COMPAT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <wiretap/wtap.h>
#include <wiretap/pcap-encap.h>
#include <ws_version.h>
#include <wsutil/wslog.h>

#define WIRETAP_AT_LEAST(major, minor)                                                             \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
        (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

static inline void
vrf_wtap_init(void)
{
    /* Without this, all debug messages are printed. */
#if WIRETAP_AT_LEAST(4, 6)
    ws_log_init(NULL);
#else
    ws_log_init("mipro-verify", NULL);
#endif
    wtap_init(false);
}

struct vrf_wtap_record {
    wtap_rec rec;
#if !WIRETAP_AT_LEAST(4, 6)
    Buffer buffer;
#endif
};

static inline void
vrf_wtap_record_init(struct vrf_wtap_record *r)
{
#if WIRETAP_AT_LEAST(4, 6)
    wtap_rec_init(&r->rec, 2048);
#else
    wtap_rec_init(&r->rec);
    ws_buffer_init(&r->buffer, 2048);
#endif
}

static inline void
vrf_wtap_record_cleanup(struct vrf_wtap_record *r)
{
    wtap_rec_cleanup(&r->rec);
#if !WIRETAP_AT_LEAST(4, 6)
    ws_buffer_free(&r->buffer);
#endif
}

static inline bool
vrf_wtap_read(wtap *w, struct vrf_wtap_record *r, int *err, char **err_text)
{
    int64_t offset;

    wtap_rec_reset(&r->rec); /* frees the options of the last record */
#if WIRETAP_AT_LEAST(4, 6)
    return wtap_read(w, &r->rec, err, err_text, &offset);
#else
    return wtap_read(w, &r->rec, &r->buffer, err, err_text, &offset);
#endif
}

static inline const uint8_t *
vrf_wtap_octets(struct vrf_wtap_record *r)
{
#if WIRETAP_AT_LEAST(4, 6)
    return ws_buffer_start_ptr(&r->rec.data);
#else
    return ws_buffer_start_ptr(&r->buffer);
#endif
}

#endif
