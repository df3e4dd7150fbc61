/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - one line of the report: a verdict on an authenticator, or a finding.
 *
 * It is small, because millions of records may wait for records about earlier frames.
 */
#ifndef VRF_RECORD_H
#define VRF_RECORD_H

#include "mipro_conduct.h"

/* In the order in which records of the same frame are printed. */
enum vrf_record_kind {
    VRF_RECORD_BROKEN, /* the capture before this frame was not read to its end */
    VRF_RECORD_AUTHENTICATOR,
    VRF_RECORD_FINDING,
    VRF_RECORD_OPEN /* nothing, or an undecided case, unless another part has the match */
};

struct vrf_record {
    uint64_t frame; /* running number */
    int64_t time;
    uint32_t src, dst;
    uint8_t message; /* its type */
    uint8_t kind;    /* enum vrf_record_kind */
    /* of an authenticator */
    uint8_t ext;
    uint8_t verdict;   /* enum mipro_verdict */
    uint8_t algorithm; /* enum mipro_algorithm */
    uint8_t coverage;  /* enum mipro_coverage */
    uint8_t hint;      /* enum mipro_hint */
    bool size_wrong;
    uint8_t n_ends; /* with MIPRO_NO_KEY: pairs of ends for which it was looked up */
    bool has_spi, has_home;
    struct mipro_pfan_reading reading;
    struct mipro_clock_difference refused; /* of the first record of an answer with 133 */
    uint32_t home;                         /* the home address of the message, if it has one */
    char *nai;        /* by which it names its node, or NULL; freed with the record */
    uint64_t copy_of; /* the frame (running number) of which this is a copy, or 0 */
    uint32_t off;     /* offset of the extension, or of what breaks the rule */
    uint32_t spi;
    const struct mipro_association *association; /* or NULL */
    struct mipro_ends ends; /* the first pair; the second is home address and destination */
    /* of a finding: owned by the record, freed with it */
    struct mipro_finding *finding;
    const struct mipro_association *weak; /* with key-weak: the association with the key */
    struct mipro_open *open; /* another part may have the match; its finding is the one above */
    char *error;             /* with VRF_RECORD_BROKEN */
};

static inline bool
vrf_is_finding(const struct vrf_record *record)
{
    return record->kind == VRF_RECORD_FINDING;
}

/* A record of a finding about several messages, with its own copy of it. */
struct vrf_record vrf_record_of(const struct mipro_finding *finding);
/* In capture order: by frame, then by kind, then by rule and place. */
int vrf_record_compare(const struct vrf_record *a, const struct vrf_record *b);
/* Octets that it takes. */
size_t vrf_record_weight(const struct vrf_record *r);
void vrf_record_clear(struct vrf_record *r);

#endif
