/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - records come out in capture order, in the format that was asked for.
 *
 * A record waits here until no later finding can be about its frame or an earlier one
 * (vrf_batch.horizon).
 */
#ifndef VRF_REPORT_H
#define VRF_REPORT_H

#include "batch.h"
#include "report/baseline.h"
#include "report/format.h"
#include "report/out.h"
#include "report/unopened.h"

struct vrf_archive;
struct vrf_html;

struct vrf_report {
    const struct vrf_options *o;
    struct vrf_html *html; /* NULL: no page is wanted */
    struct vrf_refresh *refresh;
    struct vrf_tally *tally;
    const struct vrf_archive *archive; /* NULL: captures are read, not events */
    struct vrf_out out;
    bool colour;
    void *own; /* the format's */

    VRF_ARRAY(struct vrf_part) parts; /* all that have begun, in order */
    const char **names;               /* of the captures begun */
    uint64_t *base; /* of each of them: the running number before its first frame */
    unsigned n_begun, max_begun;
    uint64_t packets;
    uint64_t types[256];
    uint64_t findings[3]; /* by enum mipro_severity */
    uint64_t by_rule[MIPRO_RULES];
    uint64_t mild_by_rule[MIPRO_RULES]; /* of these, which the baseline does not accept */
    /* Of the record that is being printed: its entry in the baseline, and whether it accepts. */
    const struct vrf_known *known;
    bool accepted;
    struct vrf_fingerprint fingerprint; /* its own */
    /* Of those counted, how many the baseline accepts. */
    uint64_t known_findings[3], known_by_rule[MIPRO_RULES], known_authenticators;
    struct vrf_evidence_notes *evidence; /* NULL without --write */
    uint64_t n_fragments;                /* seen */
    struct vrf_baseline_writer *writer;  /* NULL: no baseline is written */
    uint64_t messages;                   /* those of route optimization and registration */
    unsigned in;                         /* MIPRO_IN_ bits of them */
    struct vrf_unopened_counts unopened;
    uint64_t incomplete, overlaps;
    struct mipro_conduct_totals totals, ended; /* with the state at work; of those that ended */
    uint64_t open_undecided[MIPRO_UNDECIDED_REASONS]; /* unless another part decides */
    uint64_t hurried;                                 /* records printed before their time */
    unsigned unread; /* files that could not be read to their end */
    unsigned n_open; /* files of which something was read */

    /* In order, and those that came late. */
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
/* A batch has gone through all other stages. */
void vrf_report_batch(struct vrf_report *r, struct vrf_batch *b);
/* One record, whose turn it is; it is cleared. */
void vrf_report_print(struct vrf_report *r, struct vrf_record *record);
/* The summary.  False: the output could not be written. */
bool vrf_report_end(struct vrf_report *r);
/* Until then what was counted stands. */
void vrf_report_free(struct vrf_report *r);

/* Of a running number: which capture it is in, from 0, and *number, the frame's within it. */
unsigned vrf_report_file(const struct vrf_report *r, uint64_t frame, uint64_t *number);
/* How many captures there are: those named, or those that were followed. */
unsigned vrf_report_files(const struct vrf_report *r);
/* What that capture is called in the report. */
const char *vrf_report_name(const struct vrf_report *r, unsigned file);
/*
 * The entries of the baseline of which nothing was found, and whose rule was asked for: the
 * next from *i on, or NULL.  That nothing was found does not prove that it was mended.
 */
const struct vrf_known *vrf_report_absent(const struct vrf_report *r, size_t *i);
/* What --write asks for.  Returns 0 or an errno. */
int vrf_report_write_evidence(const struct vrf_report *r);
/* What --write-baseline asks for.  Returns 0 or an errno. */
int vrf_report_save_baseline(const struct vrf_report *r);
/* Why an authenticator is not good: as mipro_auth_explain(). */
void vrf_report_explain(
    const struct vrf_report *r, const struct vrf_record *record, char *text, size_t size);
uint64_t vrf_authenticators(const struct vrf_tally *tally);
/* Nothing that was judged so far is at fault, nor, with --strict, undecided. */
bool vrf_report_is_good(const struct vrf_report *r);
/* Why a rule that was not broken could not be judged either, in words; NULL: it was kept. */
const char *vrf_report_undecided(const struct vrf_report *r, enum mipro_rule rule);

#endif
