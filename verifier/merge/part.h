/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.h - the report of one part, line by line; see merge.h. */
#ifndef VRF_MERGE_PART_H
#define VRF_MERGE_PART_H

#include <glib.h>

#include "merge/lines.h"
#include "report/record.h"

/* Frames of all captures are numbered through: the capture above, its own frame below. */
#define VRF_CAPTURE_SHIFT 40

/* Where a record comes in the report. */
struct vrf_place {
    uint64_t frame; /* numbered through */
    unsigned kind;  /* enum vrf_record_kind */
    unsigned rule;
    char *text; /* of a finding; else NULL */
};

/* The report of a part. */
struct vrf_part_report {
    const char *path;
    struct vrf_lines lines;
    struct vrf_slice line; /* with its '\n' */
    size_t capture;        /* that the last record was about */
    struct vrf_place place;
    bool open;  /* another part may have what belongs to the record */
    bool ended; /* the summary is at hand */
};

/* What the reports of all parts say alike. */
struct vrf_parts {
    unsigned n;              /* how many there are */
    char *captures;          /* as they are listed; NULL until the first part has begun */
    struct vrf_slice *names; /* the same, one by one: as they stand in a record, */
    char **shown;            /* and as they are */
    size_t n_names;
    GHashTable *by_name; /* of the slices in names, to themselves */
    char *made;          /* what the parts were made with: keys and options, as a hash */
    int64_t ack_timeout, tolerance;
    bool rules[MIPRO_RULES]; /* that are reported */
};

/*
 * Read the first line of p, whose path is set: which part it is, and of what.  seen has a place for
 * each part.  False: it is another's, or none; why was said, as below.
 */
bool vrf_part_begin(struct vrf_parts *parts, struct vrf_part_report *p, bool *seen);
/* The next record, or the summary (p->ended). */
bool vrf_part_next(const struct vrf_parts *parts, struct vrf_part_report *p);
/* The same, but of the verdicts on authenticators, which leave nothing open, none. */
bool vrf_part_next_other(const struct vrf_parts *parts, struct vrf_part_report *p);
/* The summary was the last line. */
bool vrf_part_is_done(struct vrf_part_report *p);
/* To the first record again. */
bool vrf_part_rewind(struct vrf_part_report *p);
/* The line without its '\n'. */
struct vrf_slice vrf_part_line(const struct vrf_part_report *p);
/* Says what is wrong with the report; returns false. */
bool vrf_part_fault(const struct vrf_part_report *p, const char *text);
void vrf_part_end(struct vrf_part_report *p);
int vrf_place_compare(const struct vrf_place *a, const struct vrf_place *b);

#endif
