/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.h - the report of one part, line by line; see merge.h. */
#ifndef VRF_MERGE_PART_H
#define VRF_MERGE_PART_H

#include <glib.h>

#include "digest.h"
#include "merge/lines.h"
#include "report/compact.h"
#include "report/record.h"

/* Running numbers: the number of the capture in the upper bits, its own frame in the lower. */
#define VRF_CAPTURE_SHIFT 40

/* The position of a record in the report. */
struct vrf_position {
    uint64_t frame; /* running number */
    unsigned kind;  /* enum vrf_record_kind */
    unsigned rule;
    char *text; /* of a finding; else NULL */
};

/* The report of a part. */
struct vrf_part_report {
    const char *path;
    struct vrf_input input;
    struct vrf_slice line; /* with its '\n', or a compact record */
    bool is_compact;
    struct vrf_record record; /* if it is compact */
    size_t capture;           /* of the last record */
    struct vrf_position position;
    struct vrf_digest digest; /* of the lines before, until the report is read again */
    bool rewound;
    bool open;  /* another part may have the match */
    bool ended; /* the current line is the summary */
};

/* What the reports of all parts have in common. */
struct vrf_parts {
    unsigned n;              /* number of parts */
    char *captures;          /* the list of captures; NULL until the first part has begun */
    struct vrf_slice *names; /* their names, as written in a record ... */
    char **shown;            /* ... and unescaped */
    size_t n_names;
    GHashTable *by_name; /* a set of the slices in names */
    /* What compact records refer to: only the names are set. */
    struct mipro_association *associations;
    size_t n_associations;
    char *made;    /* hashes of the keys and options used */
    char *options; /* hashes of each option */
    bool strict;
    char *events;      /* a hash of the events that list good authenticators, or NULL (events/goods.h) */
    bool without_good; /* they lack all good authenticators */
    int64_t ack_timeout, tolerance;
    bool rules[MIPRO_RULES]; /* those that are reported */
};

/*
 * Read the first line of p, whose path is set: the number of the part and what it is of.  seen
 * has an element for each part.  False: it is not a part of this archive, which was reported.
 */
bool vrf_part_begin(struct vrf_parts *parts, struct vrf_part_report *p, bool *seen);
/* Read the next record, or the summary (p->ended). */
bool vrf_part_next(const struct vrf_parts *parts, struct vrf_part_report *p);
/* The same, skipping verdicts on authenticators, which are never open. */
bool vrf_part_next_other(const struct vrf_parts *parts, struct vrf_part_report *p);
/* Check that the summary was the last line, and that the checksum in it fits what was read. */
bool vrf_part_is_done(struct vrf_part_report *p);
/* Go back to the first record. */
bool vrf_part_rewind(struct vrf_part_report *p);
/* The line without its '\n'. */
struct vrf_slice vrf_part_line(const struct vrf_part_report *p);
/* Report an error in the report; returns false. */
bool vrf_part_fault(const struct vrf_part_report *p, const char *text);
void vrf_part_end(struct vrf_part_report *p);
int vrf_position_compare(const struct vrf_position *a, const struct vrf_position *b);

#endif
