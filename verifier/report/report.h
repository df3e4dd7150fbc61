/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - print records in capture order, in the selected format.
 *
 * A record is kept until no later finding can be about its frame or an earlier one
 * (vrf_batch.horizon).
 */
#ifndef VRF_REPORT_H
#define VRF_REPORT_H

#include "batch.h"
#include "report/baseline.h"
#include "report/form.h"
#include "report/format.h"
#include "report/out.h"
#include "report/unopened.h"

struct vrf_archive;
struct vrf_html;

struct vrf_report {
    const struct vrf_options *o;
    struct vrf_html *html; /* NULL without --html */
    struct vrf_refresh *refresh;
    struct vrf_tally *tally;
    const struct vrf_archive *archive; /* NULL if captures are read, not events */
    struct vrf_out out;
    struct vrf_digest digest; /* of the report of a part */
    bool colour;
    struct vrf_forms forms; /* in JSON */
    void *own;              /* owned by the format */

    VRF_ARRAY(struct vrf_part) parts; /* all that have begun, in order */
    uint32_t part;                    /* of the record being printed, or near it */
    const char **names;               /* of the captures that have begun */
    uint64_t *base; /* for each of them: the running number before its first frame */
    unsigned n_begun, max_begun;
    uint64_t packets;
    uint64_t types[256];
    uint64_t findings[3]; /* by enum mipro_severity */
    uint64_t by_rule[MIPRO_RULES];
    uint64_t mild_by_rule[MIPRO_RULES]; /* those of them that are mild */
    /* Of the record being printed: its entry in the baseline, and whether that accepts it. */
    const struct vrf_known *known;
    bool accepted;
    struct vrf_fingerprint fingerprint; /* of the record being printed */
    /* How many of those counted the baseline accepts. */
    uint64_t known_findings[3], known_by_rule[MIPRO_RULES], known_mild_by_rule[MIPRO_RULES];
    uint64_t known_authenticators;
    struct vrf_evidence_notes *evidence; /* NULL without --write */
    uint64_t n_fragments;                /* seen */
    struct vrf_baseline_writer *writer;  /* NULL: no baseline is written */
    uint64_t messages;                   /* those of route optimization and registration */
    unsigned in;                         /* MIPRO_IN_ bits of them */
    struct vrf_unopened_counts unopened;
    uint64_t incomplete, overlaps;
    struct mipro_conduct_totals totals, ended; /* of all machines; of those that have ended */
    uint64_t open_undecided[MIPRO_UNDECIDED_REASONS]; /* unless another part decides */
    uint64_t hurried;                                 /* records printed early */
    unsigned unread; /* files that could not be read to their end */
    bool lost;       /* events could not be read: what is reported of the part has no end */
    unsigned n_open; /* files that could be read, at least in part */

    /* Records that arrived in order, and those that arrived late. */
    struct vrf_record *queue;
    size_t head, tail, room;
    struct vrf_record *heap;
    size_t n_heap, max_heap;
    size_t waiting; /* octets in both */
    bool *weak;     /* associations whose key-weak was printed */

    bool shows_progress, progress_shown;
    int64_t started, progressed; /* monotonic time in microseconds */
};

void vrf_report_begin(struct vrf_report *r, const struct vrf_options *o, struct vrf_tally *tally,
    const struct vrf_archive *archive);
/* Take a batch that has gone through all other stages. */
void vrf_report_batch(struct vrf_report *r, struct vrf_batch *b);
/* Print the summary.  False: the output could not be written. */
bool vrf_report_end(struct vrf_report *r);
/* The counts remain valid until this is called. */
void vrf_report_free(struct vrf_report *r);

/* Write the file of --write.  Returns 0 or an errno. */
int vrf_report_write_evidence(const struct vrf_report *r);
/* Write the file of --write-baseline.  Returns 0 or an errno. */
int vrf_report_save_baseline(const struct vrf_report *r);

/* ---- query.c: what the formats ask ---- */

/* The capture, from 0, that contains a running number; *number: the frame number within it. */
unsigned vrf_report_file(const struct vrf_report *r, uint64_t frame, uint64_t *number);
/* The number of captures: those on the command line, or those that were followed. */
unsigned vrf_report_files(const struct vrf_report *r);
/* The name of that capture in the report. */
const char *vrf_report_name(const struct vrf_report *r, unsigned file);
/* The severity of the worst finding of a rule that was broken: mild ones are less severe than it.
 */
enum mipro_severity vrf_report_severity(const struct vrf_report *r, enum mipro_rule rule);
/* How many findings of the rule's own severity the baseline does not accept. */
uint64_t vrf_report_new_of_rule(const struct vrf_report *r, enum mipro_rule rule);
/*
 * The entries of the baseline that matched nothing, although their rule was applied: the next
 * one from *i on, or NULL.  Their absence does not prove that the fault was corrected.
 */
const struct vrf_known *vrf_report_absent(const struct vrf_report *r, size_t *i);
/* Why an authenticator is not good: as mipro_auth_explain(). */
void vrf_report_explain(
    const struct vrf_report *r, const struct vrf_record *record, char *text, size_t size);
uint64_t vrf_authenticators(const struct vrf_tally *tally);
/* No fault was found so far, nor, with --strict, an undecided case. */
bool vrf_report_is_good(const struct vrf_report *r);
/* Why a rule could not be judged, in words; NULL if it was judged. */
const char *vrf_report_undecided(const struct vrf_report *r, enum mipro_rule rule);
/* Why a case of the rule is undecided, even if others were judged; NULL if none is. */
const char *vrf_report_doubt(const struct vrf_report *r, enum mipro_rule rule);

#endif
