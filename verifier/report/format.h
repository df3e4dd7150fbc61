/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format.h - the formats of the report: each has a row of operations, in a file of its name.
 *
 * To add one: the file, its declaration and the number below, and its row in formats.c.
 * tests/verifier/formats.sh compares it with the others.
 */
#ifndef VRF_FORMAT_H
#define VRF_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

struct vrf_report;
struct vrf_record;

struct vrf_format {
    const char *name; /* the argument of --output */
    bool lists_good;  /* good authenticators are also records, not only counted */
    bool for_people;  /* it counts by association and by pair, and ends with a summary in words */
    bool lists_open; /* for a part of an archive: cases that another part must decide are records */
    void (*begin)(struct vrf_report *r);
    /* Records come in capture order. */
    void (*authenticator)(struct vrf_report *r, const struct vrf_record *record);
    void (*finding)(struct vrf_report *r, const struct vrf_record *record);
    void (*open)(struct vrf_report *r, const struct vrf_record *record); /* if lists_open */
    /* A file could be read only up to this frame. */
    void (*broken)(struct vrf_report *r, unsigned file, uint64_t frame, const char *error);
    void (*end)(struct vrf_report *r);
};

extern const struct vrf_format vrf_text_format, vrf_json_format, vrf_junit_format, vrf_sarif_format;

enum { VRF_FORMATS = 4 };
/* All of them; the first is the default. */
extern const struct vrf_format *const vrf_formats[VRF_FORMATS];

#endif
