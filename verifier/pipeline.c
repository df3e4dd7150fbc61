/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.c - who does what next.
 *
 * All threads are alike: each runs the most urgent stage that can run.  Batches go round
 * in a ring; a stage that must see batches in order is run by one thread at a time, on
 * the next batch that is due.  One thread does in turn what several do at once.
 */
#include "pipeline.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "capture/follow.h"
#include "events/archive.h"
#include "events/file.h"
#include "report/html/html.h"
#include "report/metrics.h"
#include "report/report.h"
#include "warn.h"

enum { MAX_SHIFTS = 4 * 1024 * 1024 }; /* parts of evidence files that are kept, 128 MiB */
enum { PATIENCE = 100 };               /* times to look for a change before sleeping */

enum state { EMPTY, BUSY, INSPECTED, SETTLED };

/* How far reading has come. */
struct reading {
    const struct vrf_options *o;
    struct vrf_capture *capture; /* NULL: the next file is to be opened */
    struct vrf_follow *follow;   /* NULL without --follow */
    struct vrf_archive *archive; /* NULL: captures are read, not events */
    const char *name;            /* of the capture */
    unsigned file;
    uint64_t next_frame;
    uint64_t in_file;     /* frames of this file so far */
    unsigned n_parts;     /* captures so far, those in an evidence file counted apart */
    const char *origin;   /* of an evidence file: the capture that its frames come from now */
    uint64_t shift;       /* from running numbers to those in that */
    uint64_t last_number; /* of the frame before, in that */
    uint64_t n_shifts;    /* parts so far */
};

enum stage { STAGE_READ, STAGE_SETTLE, STAGE_REPORT, STAGES_IN_ORDER };

struct pipeline {
    const struct vrf_options *o;
    struct reading reading;
    struct vrf_settler *settler;
    struct vrf_events_writer *writer; /* that takes the place of the settler; or NULL */
    struct vrf_report report;

    GMutex lock;
    GCond change;
    struct vrf_batch **ring;
    enum state *state;
    unsigned n;                     /* of the ring */
    uint64_t next[STAGES_IN_ORDER]; /* the batch that is due */
    bool running[STAGES_IN_ORDER];  /* a thread runs it */
    unsigned waiting;               /* threads that sleep because there was nothing to do */
    gint changes;                   /* counts what they wait for */
    bool all_read, stopped, no_memory;
};

static void
end_file(struct reading *r, struct vrf_batch *b)
{
    vrf_capture_close(r->capture);
    r->capture = NULL;
    r->file++;
    b->ends_file = true;
    if (r->follow != NULL)
        b->ends_state = !vrf_follow_goes_on(r->follow);
    else
        b->ends_state = !r->o->carry_on || r->file == r->o->n_files;
}

/* Open the capture that is next; if that fails, b says why. */
static void
begin_file(struct reading *r, struct vrf_batch *b)
{
    const char *path = r->o->files[r->follow != NULL ? 0 : r->file], *next = path;

    if (r->follow != NULL)
        next = vrf_follow_next(r->follow, b->error);
    r->name = next != NULL ? g_intern_string(next) : path;
    r->in_file = 0;
    r->origin = NULL;
    b->begins_file = true;
    *VRF_ARRAY_ADD(&b->parts) = (struct vrf_part){
        .before = r->next_frame - 1,
        .shift = 1 - r->next_frame,
        .name = r->name,
        .file = r->n_parts++,
        .begins = true,
        .counts = true,
    };
    if (next != NULL)
        r->capture = vrf_capture_open(next, r->follow, b->error);
}

/*
 * Frames of an evidence file are reported as those of the captures that they were copied from.
 * Frames that follow each other there make one part.
 */
static void
follow_origins(struct reading *r, struct vrf_batch *b)
{
    for (size_t i = 0; i < b->block.n_frames && r->n_shifts < MAX_SHIFTS; i++) {
        const struct vrf_origin *origin = &b->block.origins[i];
        uint64_t running = r->next_frame + i;
        const char *name = origin->name != NULL ? origin->name : r->name;
        uint64_t number = origin->name != NULL ? origin->number : r->in_file + i + 1;
        bool counts;

        if (name == r->origin && number - running == r->shift) {
            r->last_number = number;
            continue;
        }
        counts = name != r->origin || number <= r->last_number;
        r->n_parts += counts;
        r->origin = name;
        r->shift = number - running;
        r->last_number = number;
        r->n_shifts++;
        *VRF_ARRAY_ADD(&b->parts) = (struct vrf_part){
            .before = running - 1,
            .shift = r->shift,
            .name = name,
            .file = r->n_parts - 1,
            .counts = counts,
        };
    }
}

/* Was following stopped before the first frame of the capture?  Then the capture is not at fault.
 */
static bool
was_stopped(const struct reading *r, const struct vrf_batch *b)
{
    return r->follow != NULL && vrf_follow_stopped() && r->in_file == 0 &&
           (b->error[0] == '\0' || strcmp(b->error, "is empty") == 0);
}

/* The same, of events. */
static bool
read_events(struct reading *r, struct vrf_batch *b)
{
    bool more;

    vrf_batch_empty(b);
    b->of_events = true;
    b->permille = 1000;
    b->first_frame = r->next_frame;
    (void)vrf_archive_read(r->archive, b);
    more = !vrf_archive_ends(r->archive);
    b->ends_state = !more;
    r->next_frame += b->block.n_frames;
    return more;
}

/* Fill the batch with what comes next.  False: that was the last of all files. */
static bool
read_batch(struct reading *r, struct vrf_batch *b)
{
    enum vrf_read how = VRF_READ_BROKEN;

    if (r->archive != NULL)
        return read_events(r, b);
    vrf_batch_empty(b);
    b->block.n_frames = b->block.used = 0;
    b->first_frame = r->next_frame;
    b->permille = -1;
    if (r->capture == NULL)
        begin_file(r, b);
    b->name = r->name;
    if (r->capture != NULL) {
        how = vrf_capture_read(r->capture, &b->block, b->error);
        b->permille = vrf_capture_permille(r->capture);
    }
    if (b->block.origins != NULL && b->block.n_frames != 0)
        follow_origins(r, b);
    r->next_frame += b->block.n_frames;
    r->in_file += b->block.n_frames;
    if (how != VRF_READ_MORE && was_stopped(r, b))
        how = VRF_READ_END;
    else if (how == VRF_READ_END && r->in_file == 0 && r->follow == NULL) {
        snprintf(b->error, sizeof(b->error), "has no frames");
        how = VRF_READ_BROKEN;
    }
    b->broken = how == VRF_READ_BROKEN;
    if (how != VRF_READ_MORE)
        end_file(r, b);
    else if (b->block.ends_origin)
        b->ends_state = !r->o->carry_on && r->follow == NULL;
    return r->follow != NULL ? !b->ends_state : r->file < r->o->n_files;
}

/* ---- threads ---- */

static bool
take_in_order(struct pipeline *p, enum stage stage, enum state wanted)
{
    unsigned slot = (unsigned)(p->next[stage] % p->n);

    if (p->running[stage] || p->state[slot] != wanted ||
        (stage != STAGE_READ && p->next[stage] >= p->next[STAGE_READ]))
        return false;
    p->running[stage] = true;
    p->state[slot] = BUSY;
    return true;
}

/* Something has changed.  If no thread sleeps, a system call is saved. */
static void
tell(struct pipeline *p)
{
    g_atomic_int_inc(&p->changes);
    if (p->waiting != 0)
        g_cond_broadcast(&p->change);
}

static void
finish_in_order(struct pipeline *p, enum stage stage, enum state now)
{
    p->state[p->next[stage] % p->n] = now;
    p->next[stage]++;
    p->running[stage] = false;
    tell(p);
}

/* The stage that must see batches in order.  False: no memory. */
static bool
settle(struct pipeline *p, struct vrf_batch *b)
{
    if (p->writer == NULL)
        return vrf_settle(p->settler, b);
    vrf_events_add(p->writer, b);
    b->horizon = UINT64_MAX;
    return true;
}

/* Run one stage of one batch; the lock is released meanwhile.  False: none can run. */
static bool
run_stage(struct pipeline *p)
{
    struct vrf_batch *b;
    bool more, settled;

    if (take_in_order(p, STAGE_REPORT, SETTLED)) {
        b = p->ring[p->next[STAGE_REPORT] % p->n];
        g_mutex_unlock(&p->lock);
        vrf_report_batch(&p->report, b);
        g_mutex_lock(&p->lock);
        if (p->report.out.error != 0) {
            p->stopped = true; /* nobody reads on */
            vrf_follow_stop(); /* nor need the thread that waits for more */
        }
        finish_in_order(p, STAGE_REPORT, EMPTY);
        return true;
    }
    if (take_in_order(p, STAGE_SETTLE, INSPECTED)) {
        b = p->ring[p->next[STAGE_SETTLE] % p->n];
        g_mutex_unlock(&p->lock);
        settled = settle(p, b);
        g_mutex_lock(&p->lock);
        if (!settled)
            p->stopped = p->no_memory = true;
        finish_in_order(p, STAGE_SETTLE, SETTLED);
        return true;
    }
    if (!p->all_read && take_in_order(p, STAGE_READ, EMPTY)) {
        unsigned slot = (unsigned)(p->next[STAGE_READ] % p->n);

        b = p->ring[slot];
        g_mutex_unlock(&p->lock);
        more = read_batch(&p->reading, b);
        g_mutex_lock(&p->lock);
        p->all_read = !more;
        finish_in_order(p, STAGE_READ, BUSY);
        g_mutex_unlock(&p->lock);
        vrf_inspect(b, p->o); /* here, where the frames are in the cache */
        g_mutex_lock(&p->lock);
        p->state[slot] = INSPECTED;
        tell(p);
        return true;
    }
    return false;
}

/*
 * There is nothing to do, but there soon will be: a batch takes a few tens of
 * microseconds, as long as it takes to be put to sleep and woken.  So look for a change for
 * that long, then sleep.  The lock is released meanwhile.
 */
static void
wait_for_change(struct pipeline *p)
{
    gint seen = g_atomic_int_get(&p->changes);

    g_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < PATIENCE && g_atomic_int_get(&p->changes) == seen; i++)
        g_thread_yield();
    g_mutex_lock(&p->lock);
    if (g_atomic_int_get(&p->changes) != seen)
        return;
    p->waiting++;
    g_cond_wait(&p->change, &p->lock);
    p->waiting--;
}

static gpointer
work(gpointer arg)
{
    struct pipeline *p = arg;

    g_mutex_lock(&p->lock);
    while (!p->stopped && !(p->all_read && p->next[STAGE_REPORT] == p->next[STAGE_READ]))
        if (!run_stage(p))
            wait_for_change(p);
    g_mutex_unlock(&p->lock);
    return NULL;
}

static void
run_threads(struct pipeline *p)
{
    unsigned n = p->o->threads - 1;
    GThread **threads = g_new(GThread *, n + 1);

    for (unsigned i = 0; i < n; i++)
        threads[i] = g_thread_new("worker", work, p);
    (void)work(p);
    for (unsigned i = 0; i < n; i++)
        (void)g_thread_join(threads[i]);
    g_free(threads);
}

enum vrf_status
vrf_result_status(const struct vrf_options *o, const struct vrf_result *result)
{
    if (result->unread || result->no_memory || result->unwritten || result->output_error != 0)
        return STATUS_UNREAD;
    if (result->not_good)
        return STATUS_NOT_GOOD;
    return result->empty && !o->allow_empty ? STATUS_EMPTY : STATUS_GOOD;
}

/* Error is what writing a file beside the report ended with: an errno, or 0. */
static void
note_written(struct vrf_result *result, const char *path, int error)
{
    if (error == 0)
        return;
    result->unwritten = true;
    vrf_warn("%s: %s", path, strerror(error));
}

/* The files beside the report.  The metrics come last: they hold the exit status. */
static void
write_files(const struct vrf_report *r, struct vrf_result *result)
{
    const struct vrf_options *o = r->o;

    if (o->write != NULL)
        note_written(result, o->write, vrf_report_write_evidence(r));
    if (o->write_baseline != NULL)
        note_written(result, o->write_baseline, vrf_report_save_baseline(r));
    if (o->html != NULL)
        note_written(result, o->html,
            vrf_html_write(r->html, r, o->html, (int)vrf_result_status(o, result)));
    if (o->metrics != NULL)
        note_written(result, o->metrics,
            vrf_metrics_write(r, o->metrics, (int)vrf_result_status(o, result)));
}

/* What the report says about good and bad. */
static void
judge_result(const struct pipeline *p, struct vrf_result *result)
{
    const struct vrf_options *o = p->o;
    const struct vrf_report *r = &p->report;

    result->unread = r->unread != 0;
    if (o->events != NULL)
        return;
    result->empty = p->reading.archive != NULL ? vrf_archive_messages(p->reading.archive) == 0
                                               : r->messages == 0;
    result->not_good = !vrf_report_is_good(r);
}

/* What is read, or written, besides captures.  False: it cannot be, and why was said. */
static bool
open_events(struct pipeline *p)
{
    const struct vrf_options *o = p->o;

    if (o->events != NULL)
        return (p->writer = vrf_events_begin(o)) != NULL;
    if (o->n_parts != 0)
        return (p->reading.archive = vrf_archive_open(o)) != NULL;
    return true;
}

void
vrf_run(const struct vrf_options *o, struct vrf_result *result)
{
    struct pipeline *p = g_new0(struct pipeline, 1);
    struct vrf_tally tally;

    p->o = o;
    if (!open_events(p)) {
        result->unread = true;
        g_free(p);
        return;
    }
    vrf_tally_init(&tally, (o->format->for_people && !o->quiet) || o->html != NULL);
    p->reading.o = o;
    p->reading.next_frame = 1;
    if (o->follow)
        p->reading.follow = vrf_follow_new(o->files[0]);
    p->settler = vrf_settler_new(o, &tally);
    p->n = o->threads == 1 ? 1 : 8 * o->threads;
    p->ring = g_new(struct vrf_batch *, p->n);
    p->state = g_new0(enum state, p->n);
    for (unsigned i = 0; i < p->n; i++)
        p->ring[i] = vrf_batch_new();
    vrf_report_begin(&p->report, o, &tally, p->reading.archive);

    if (p->settler == NULL)
        p->no_memory = true;
    else
        run_threads(p);

    (void)vrf_report_end(&p->report);
    result->no_memory = p->no_memory;
    result->output_error = p->report.out.error;
    judge_result(p, result);
    if (p->writer != NULL && !vrf_events_finish(p->writer))
        result->unwritten = true;
    write_files(&p->report, result);
    vrf_report_free(&p->report);
    vrf_archive_close(p->reading.archive);
    vrf_capture_close(p->reading.capture);
    vrf_follow_free(p->reading.follow);
    for (unsigned i = 0; i < p->n; i++)
        vrf_batch_free(p->ring[i]);
    vrf_settler_free(p->settler);
    vrf_tally_clear(&tally);
    g_free(p->ring);
    g_free(p->state);
    g_free(p);
}
