/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - buffered output that remembers its first failure.
 *
 * A report may have tens of millions of lines: printf would take longer than verifying.
 */
#ifndef VRF_OUT_H
#define VRF_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mipro_text.h"

struct vrf_out {
    int fd;    /* -1: throw all away */
    int error; /* errno of the first write that failed, after which nothing is written */
    size_t n;
    uint64_t flushed; /* octets that have left buf */
    char buf[65536];
};

void vrf_out_init(struct vrf_out *out, int fd);
void vrf_out_flush(struct vrf_out *out);
/* Where escaped text (mipro_text.h) goes into it. */
struct mipro_text_out vrf_out_text(struct vrf_out *out);
void vrf_put(struct vrf_out *out, const char *text);
void vrf_put_octets(struct vrf_out *out, const char *octets, size_t n);
void vrf_put_unsigned(struct vrf_out *out, uint64_t v);
void vrf_put_address(struct vrf_out *out, uint32_t addr);
/* RFC 3339 in UTC: 6 decimals, or 9 if there is anything in the last three. */
void vrf_put_time(struct vrf_out *out, int64_t time);
/* A JSON string, quotes included. */
void vrf_put_json(struct vrf_out *out, const char *text);
/* Text from elsewhere, for a terminal. */
void vrf_put_shown(struct vrf_out *out, const char *text);
/*
 * Text from elsewhere, for an element or an attribute of HTML: made fit for a terminal first, so
 * that nothing in it turns the direction of writing.  Of more than most characters the rest is an
 * ellipsis; 0: there is no limit.
 */
void vrf_put_html(struct vrf_out *out, const char *text, size_t most);
/* Octets that were put so far. */
uint64_t vrf_out_total(const struct vrf_out *out);
/* For what is printed once. */
void vrf_putf(struct vrf_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
