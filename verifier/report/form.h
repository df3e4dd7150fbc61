/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * form.h - text that many lines of JSON share, written once.
 *
 * Nearly all of a report is good authenticators.  Two thirds of such a line depend only on the pair
 * of nodes and how they authenticate, of which there are few: that text is the form of the line.
 * As many forms are kept as pairs that send at a time in a large network; others are written again.
 */
#ifndef VRF_REPORT_FORM_H
#define VRF_REPORT_FORM_H

#include <stddef.h>

#include "report/record.h"

enum { VRF_FORM_TEXT = 348 };

struct vrf_form_key {
    const struct mipro_association *association;
    uint32_t src, dst, spi;
    uint8_t message, ext, algorithm, coverage, reading, has;
    uint8_t zero[6];
};
_Static_assert(sizeof(struct vrf_form_key) <= 32, "it has no octets in between");

struct vrf_form {
    struct vrf_form_key key;
    uint32_t n;
    char text[VRF_FORM_TEXT];
};

struct vrf_forms {
    struct vrf_form *sets; /* pairs of forms, the younger first; NULL until the first is kept */
    /* What the lines of a capture begin with. */
    const char *name; /* of the capture; the pointer tells it from others */
    char *place;
    size_t n_place;
};

struct vrf_form_key vrf_form_key(const struct vrf_record *record);
/* NULL: it is not kept. */
const struct vrf_form *vrf_forms_find(const struct vrf_forms *f, const struct vrf_form_key *key);
/* Keep this text, unless it is too long. */
void vrf_forms_keep(
    struct vrf_forms *f, const struct vrf_form_key *key, const char *text, size_t n);
void vrf_forms_clear(struct vrf_forms *f);

#endif
