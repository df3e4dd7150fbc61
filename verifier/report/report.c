/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events/archive.h"
#include "evidence/evidence.h"
#include "report/html/html.h"
#include "report/order.h"
#include "report/refresh.h"
#include "warn.h"

enum { MAX_PARTS = 4 * 1024 * 1024 }; /* of evidence files, that are kept: 160 MiB */

/* Set the part of the record that is next; few are about an earlier one than the last. */
static inline void
go_to_part(struct vrf_report *r, uint64_t frame)
{
    while (r->part + 1 < r->parts.n && r->parts.at[r->part + 1].before < frame)
        r->part++;
}

static void
begin_part(struct vrf_report *r, const struct vrf_part *part)
{
    struct vrf_part *own;

    if (!part->begins && r->parts.n >= MAX_PARTS)
        return; /* what follows is reported as if it went on with the part before */
    own = VRF_ARRAY_ADD(&r->parts);
    *own = *part;
    own->file = r->n_begun - !part->counts;
    if (!part->counts)
        return;
    if (r->n_begun == r->max_begun) {
        r->max_begun = r->max_begun == 0 ? 64 : 2 * r->max_begun;
        r->names = g_renew(const char *, r->names, r->max_begun);
        r->base = g_renew(uint64_t, r->base, r->max_begun);
    }
    r->names[r->n_begun] = part->name;
    r->base[r->n_begun++] = part->before;
}

void
vrf_report_begin(struct vrf_report *r, const struct vrf_options *o, struct vrf_tally *tally,
    const struct vrf_archive *archive)
{
    memset(r, 0, sizeof(*r));
    r->o = o;
    r->archive = archive;
    r->tally = tally;
    vrf_out_init(&r->out, o->quiet ? -1 : STDOUT_FILENO);
    r->colour = !o->quiet && isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
    r->weak = g_new0(bool, o->ring != NULL ? mipro_keyring_count(o->ring) + 1 : 1);
    r->shows_progress = isatty(STDERR_FILENO) == 1 && !o->follow;
    r->started = g_get_monotonic_time();
    if (o->write != NULL)
        r->evidence = vrf_evidence_new(o);
    if (o->write_baseline != NULL)
        r->writer = vrf_baseline_writer_new();
    r->html = o->html != NULL ? vrf_html_new() : NULL;
    r->o->format->begin(r);
    r->refresh = vrf_refresh_start(r);
}

/* ---- records ---- */

/* Look up a record that is about to be printed in the baseline. */
static void
look_up(struct vrf_report *r, const struct vrf_record *record)
{
    uint64_t number;

    r->known = NULL;
    if (!vrf_is_finding(record) && record->verdict == MIPRO_GOOD)
        return;
    r->fingerprint = vrf_fingerprint(record);
    if (r->o->baseline != NULL)
        r->known = vrf_baseline_find(r->o->baseline, &r->fingerprint);
    r->accepted = r->known != NULL && vrf_known_accepts(r->known, record->time);
    if (r->accepted && vrf_is_finding(record)) {
        r->known_findings[mipro_finding_severity(record->finding)]++;
        r->known_by_rule[record->finding->rule]++;
        r->known_mild_by_rule[record->finding->rule] += record->finding->mild;
    } else if (r->accepted) {
        r->known_authenticators++;
    }
    if (r->writer != NULL) {
        unsigned file = vrf_report_file(r, record->frame, &number);

        vrf_baseline_writer_add(
            r->writer, &r->fingerprint, r->known, vrf_report_name(r, file), number);
    }
}

/* Pass the record to the outputs other than the report. */
static void
note(struct vrf_report *r, const struct vrf_record *record)
{
    if (r->evidence != NULL)
        vrf_evidence_note(r->evidence, r, record);
}

static void
print_finding(struct vrf_report *r, const struct vrf_record *record)
{
    enum mipro_rule rule = record->finding->rule;

    if (record->weak != NULL) {
        bool old = r->weak[record->weak->index];

        r->weak[record->weak->index] = true;
        if (old)
            return;
    }
    r->findings[mipro_finding_severity(record->finding)]++;
    r->by_rule[rule]++;
    r->mild_by_rule[rule] += record->finding->mild;
    look_up(r, record);
    note(r, record);
    r->o->format->finding(r, record);
    if (r->html != NULL)
        vrf_html_record(r->html, r, record);
}

static void
print_broken(struct vrf_report *r, const struct vrf_record *record)
{
    uint64_t number = record->copy_of; /* the frame up to which it could be read */

    r->o->format->broken(r, record->off, number, record->error);
    if (r->html != NULL)
        vrf_html_broken(r->html, record->off, number, record->error);
}

/* Print one record, which is the next in order, and clear it. */
static void
print_record(struct vrf_report *r, struct vrf_record *record)
{
    go_to_part(r, record->frame);
    switch ((enum vrf_record_kind)record->kind) {
    case VRF_RECORD_BROKEN:
        print_broken(r, record);
        break;
    case VRF_RECORD_AUTHENTICATOR:
        look_up(r, record);
        note(r, record);
        if (record->verdict != MIPRO_GOOD || !r->o->without_good)
            r->o->format->authenticator(r, record);
        if (r->html != NULL)
            vrf_html_record(r->html, r, record);
        break;
    case VRF_RECORD_FINDING:
        print_finding(r, record);
        break;
    case VRF_RECORD_OPEN:
        if (record->open->undecided < MIPRO_UNDECIDED_REASONS)
            r->open_undecided[record->open->undecided]++;
        r->o->format->open(r, record);
        break;
    }
    vrf_record_clear(record);
}

/* ---- progress ---- */

static void
clear_progress(struct vrf_report *r)
{
    if (r->progress_shown)
        fputs("\r\033[K", stderr);
    r->progress_shown = false;
}

/* A bar on a terminal, once the work has taken a second. */
static void
show_progress(struct vrf_report *r, const struct vrf_batch *b)
{
    static const char bar[] = "####################....................";
    int64_t now;

    if (!r->shows_progress)
        return;
    now = g_get_monotonic_time();
    if (now - r->started < 1000000 || now - r->progressed < 200000)
        return;
    r->progressed = now;
    r->progress_shown = true;
    fputc('\r', stderr);
    if (b->permille < 0)
        vrf_show("%s: %" PRIu64 " frames", b->name, r->packets);
    else
        vrf_show("%s: [%.20s] %d %%, %" PRIu64 " frames", b->name, bar + 20 - b->permille / 50,
            b->permille / 10, r->packets);
    fputs("\033[K", stderr);
}

/* ---- batches ---- */

static void
count_batch(struct vrf_report *r, const struct vrf_batch *b)
{
    r->packets += r->o->conduct.part == 0 ? b->block.n_frames : 0;
    r->n_fragments += b->fragments.n + b->folded.fragments;
    for (unsigned i = 0; i < 256; i++)
        r->types[i] += b->types[i];
    r->messages += b->messages.n - b->n_foreign + b->folded.messages;
    r->in |= b->in;
    for (uint32_t i = 0; i < b->unopened.n; i++)
        vrf_unopened_add(&r->unopened, &b->unopened.at[i]);
    r->incomplete += b->incomplete;
    r->overlaps += b->overlaps.n;
    if (!b->has_totals)
        return;
    r->totals = r->ended;
    mipro_conduct_totals_add(&r->totals, &b->totals);
}

static void
warn_of_overlaps(struct vrf_report *r, const struct vrf_batch *b)
{
    for (uint32_t i = 0; i < b->overlaps.n; i++) {
        uint64_t number;
        unsigned file = vrf_report_file(r, b->overlaps.at[i], &number);

        clear_progress(r);
        vrf_warn("%s: frame %" PRIu64 ": fragments overlap; the octets that came first are used",
            vrf_report_name(r, file), number);
    }
}

static void
report_broken(struct vrf_report *r, const struct vrf_batch *b)
{
    uint64_t number;
    unsigned file = vrf_report_file(r, b->first_frame + b->block.n_frames, &number);

    r->unread++;
    clear_progress(r);
    if (number > 1)
        vrf_warn("%s: frame %" PRIu64 ": %s", b->name, number, b->error);
    else
        vrf_warn("%s: %s", b->name, b->error);
    /* It takes its place among the records at the frame that could not be read. */
    vrf_order_insert(r, &(struct vrf_record){
                            .kind = VRF_RECORD_BROKEN,
                            .frame = b->first_frame + b->block.n_frames,
                            .off = file,
                            .copy_of = number,
                            .error = g_strdup(b->error),
                        });
}

/* Print the records about frames below the horizon. */
static void
print_until(struct vrf_report *r, uint64_t horizon)
{
    struct vrf_record record;

    while (vrf_order_next(r, horizon, &record))
        print_record(r, &record);
}

/* Without its events a part is not judged; nothing that follows is reported. */
static void
report_lost(struct vrf_report *r, const struct vrf_batch *b)
{
    if (!r->lost)
        vrf_warn("%s: %s", b->name, b->error);
    r->lost = true;
    r->unread++;
}

void
vrf_report_batch(struct vrf_report *r, struct vrf_batch *b)
{
    if (b->lost || r->lost) {
        report_lost(r, b);
        return;
    }
    vrf_refresh_lock(r->refresh);
    for (uint32_t i = 0; i < b->parts.n; i++)
        begin_part(r, &b->parts.at[i]);
    r->n_open += b->n_begun;
    if (b->n_begun != 0 && b->broken && b->block.n_frames == 0)
        r->n_open--;
    count_batch(r, b);
    if (r->html != NULL)
        vrf_html_batch(r->html, b);
    warn_of_overlaps(r, b);
    if (r->evidence != NULL)
        vrf_evidence_note_batch(r->evidence, b);
    vrf_order_take(r, b);
    if (b->broken)
        report_broken(r, b);
    if (b->ends_state) {
        print_until(r, UINT64_MAX);
        r->ended = r->totals;
        if (r->o->ring != NULL)
            memset(r->weak, 0, mipro_keyring_count(r->o->ring) * sizeof(*r->weak));
    } else {
        print_until(r, r->o->follow ? UINT64_MAX : b->horizon); /* at once, in any order */
    }
    if (b->permille < 0) /* a pipe: the output may be watched live */
        vrf_out_flush(&r->out);
    show_progress(r, b);
    vrf_refresh_unlock(r->refresh);
}

int
vrf_report_write_evidence(const struct vrf_report *r)
{
    uint64_t left_out;
    int error;

    if (r->out.error != 0)
        return ECANCELED; /* the run ended early */
    error = vrf_evidence_write(r->evidence, r, r->o->write, &left_out);
    if (error == 0 && left_out != 0)
        vrf_warn("%s: %" PRIu64 " records did not fit in it", r->o->write, left_out);
    return error;
}

int
vrf_report_save_baseline(const struct vrf_report *r)
{
    uint64_t left_out;
    int error;

    if (r->out.error != 0)
        return ECANCELED; /* the run ended early */
    error = vrf_baseline_writer_save(r->writer, r->o->write_baseline, &left_out);
    if (error == 0 && left_out != 0)
        vrf_warn("%s: %" PRIu64 " records did not fit in it", r->o->write_baseline, left_out);
    return error;
}

/* The text format has the same on standard output. */
static void
warn_of_nothing(const struct vrf_report *r)
{
    if (!r->o->quiet && r->o->format->for_people)
        return;
    if (r->n_open == 0 || r->o->events != NULL || r->archive != NULL)
        return; /* the reason was given for each file, or this is only a part */
    if (r->messages == 0)
        vrf_warn("no message in the input");
    else if (vrf_authenticators(r->tally) == 0)
        vrf_warn("no authenticator in the input");
}

/* The user can sort frames or files that are not in the order of time. */
static void
warn_of_disorder(const struct vrf_report *r)
{
    const struct mipro_disorder *d = &r->totals.disorder;
    uint64_t n = d->n != 0 ? d->n : d->n_little;
    uint64_t number;
    unsigned file;

    if (n == 0 || r->o->conduct.part != 0)
        return;
    file = vrf_report_file(r, d->n != 0 ? d->frame : d->frame_little, &number);
    vrf_warn("%s: frame %" PRIu64 ": timestamps run backwards here%s, %" PRIu64
             " %s in all; %s: reordercap sorts frames, ls -v files",
        vrf_report_name(r, file), number, d->n != 0 ? "" : " by less than the tolerance", n,
        n == 1 ? "time" : "times",
        d->n != 0 ? "nothing is reported across such a step"
                  : "frames so close together have no order");
}

bool
vrf_report_end(struct vrf_report *r)
{
    vrf_refresh_stop(r->refresh);
    clear_progress(r);
    if (!r->lost)
        r->o->format->end(r);
    vrf_out_flush(&r->out);
    warn_of_nothing(r);
    if (r->incomplete != 0)
        vrf_warn("fragmented datagrams that were never complete: %" PRIu64, r->incomplete);
    if (mipro_dropped_of_all(&r->totals) != 0)
        vrf_warn("state about mobile nodes was dropped %" PRIu64
                 " times because the tables were full; findings may be missing",
            mipro_dropped_of_all(&r->totals));
    warn_of_disorder(r);
    if (r->hurried != 0)
        vrf_warn("%" PRIu64 " records were printed before everything was known about them, because "
                 "the memory for waiting records was full",
            r->hurried);
    return r->out.error == 0;
}

void
vrf_report_free(struct vrf_report *r)
{
    vrf_html_free(r->html);
    vrf_forms_clear(&r->forms);
    vrf_unopened_clear(&r->unopened);
    vrf_baseline_writer_free(r->writer);
    vrf_evidence_free(r->evidence);
    g_free(r->parts.at);
    g_free(r->names);
    g_free(r->base);
    g_free(r->weak);
    vrf_order_clear(r); /* some are left if the output failed */
}
