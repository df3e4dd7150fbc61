/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - buffered output that remembers its first error.
 *
 * A report may have tens of millions of lines: printf() would take longer than the verification.
 */
#ifndef VRF_OUT_H
#define VRF_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digest.h"
#include "mipro_text.h"

struct vrf_out {
    int fd;    /* -1: discard everything */
    int error; /* errno of the first write that failed; afterwards nothing is written */
    struct vrf_digest *digest; /* of what has left buf; borrowed, or NULL */
    size_t n;
    uint64_t flushed; /* octets flushed from buf so far */
    int64_t second;   /* of the last time that was written, since 1970 ... */
    size_t n_second;  /* ... and its text, which most times share with the one before; 0: none */
    char second_text[28];
    char buf[65536];
};

void vrf_out_init(struct vrf_out *out, int fd);
void vrf_out_flush(struct vrf_out *out);
/* The output for escaped text (mipro_text.h) that writes to out. */
struct mipro_text_out vrf_out_text(struct vrf_out *out);
/* Where n octets can be written in one piece; the caller adds what it has written to out->n. */
char *vrf_out_room(struct vrf_out *out, size_t n);
/* Octets of any number. */
void vrf_put_many(struct vrf_out *out, const char *octets, size_t n);
void vrf_put_unsigned(struct vrf_out *out, uint64_t v);
void vrf_put_address(struct vrf_out *out, uint32_t addr);
/* RFC 3339 in UTC: 6 decimals, or 9 if the last three are not all zero. */
void vrf_put_time(struct vrf_out *out, int64_t time);
/* A JSON string, with its quotes. */
void vrf_put_json(struct vrf_out *out, const char *text);
/* Untrusted text, for a terminal. */
void vrf_put_shown(struct vrf_out *out, const char *text);
/*
 * Untrusted text, for an element or an attribute of HTML: first escaped as for a terminal, so
 * that it cannot change the direction of writing.  Text of more than most characters is cut and
 * ends with an ellipsis; 0: no limit.
 */
void vrf_put_html(struct vrf_out *out, const char *text, size_t most);
/* The number of octets written so far. */
uint64_t vrf_out_total(const struct vrf_out *out);

static inline void
vrf_put_octets(struct vrf_out *out, const char *octets, size_t n)
{
    if (n >= sizeof(out->buf) - out->n) {
        vrf_put_many(out, octets, n);
        return;
    }
    memcpy(out->buf + out->n, octets, n);
    out->n += n;
}

/* Inline, so that the length of a literal is known when it is compiled. */
static inline void
vrf_put(struct vrf_out *out, const char *text)
{
    vrf_put_octets(out, text, strlen(text));
}

/* Formatted output, for text that is printed only once: it is slow. */
void vrf_putf(struct vrf_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
