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

#include "assemble.h"
#include "batch.h"
#include "capture/follow.h"
#include "events/archive.h"
#include "events/file.h"
#include "join.h"
#include "report/html/html.h"
#include "report/metrics.h"
#include "report/report.h"
#include "settle.h"
#include "warn.h"

enum { MAX_SHIFTS = 4 * 1024 * 1024 }; /* parts of evidence files that are kept, 128 MiB */
enum { PATIENCE = 100 };               /* times to look for a change before sleeping */

enum state { EMPTY, BUSY, INSPECTED, ASSEMBLED, SETTLED };

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

/* The last stands for as many stages as there are settlers. */
enum stage { STAGE_READ, STAGE_ASSEMBLE, STAGE_REPORT, STAGE_SETTLE };
#define STAGES (STAGE_SETTLE + VRF_MAX_SHARES)

struct pipeline {
    const struct vrf_options *o;
    struct reading reading;
    struct vrf_assembler *assembler;
    struct vrf_settler *settlers[VRF_MAX_SHARES];
    struct vrf_tally tallies[VRF_MAX_SHARES]; /* of each of them; the first is the report's */
    unsigned n_settlers;
    struct vrf_joiner *joiner;
    struct vrf_events_writer *writer; /* that takes the place of the settlers; or NULL */
    struct vrf_report report;

    GMutex lock;
    GCond change;
    struct vrf_batch **ring;
    enum state *state;
    unsigned *settled;     /* settlers that are done with each of it */
    unsigned n;            /* of the ring */
    uint64_t next[STAGES]; /* the batch that is due */
    bool running[STAGES];  /* a thread runs it */
    unsigned waiting;      /* threads that sleep because there was nothing to do */
    gint changes;          /* counts what they wait for */
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

/* A stage of its own in the profile of the bench (tests/bench/verify-speed.sh). */
#define STAGE __attribute__((noinline))

/* Fill the batch with what comes next.  False: that was the last of all files. */
STAGE static bool
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
take_in_order(struct pipeline *p, unsigned stage, enum state wanted)
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
finish_in_order(struct pipeline *p, unsigned stage, enum state now)
{
    p->state[p->next[stage] % p->n] = now;
    p->next[stage]++;
    p->running[stage] = false;
    tell(p);
}

/* A settler whose next batch was assembled; n_settlers: there is none. */
static unsigned
find_settler(const struct pipeline *p)
{
    unsigned best = p->n_settlers;

    for (unsigned i = 0; i < p->n_settlers; i++) {
        uint64_t next = p->next[STAGE_SETTLE + i];

        if (!p->running[STAGE_SETTLE + i] && next < p->next[STAGE_ASSEMBLE] &&
            (best == p->n_settlers || next < p->next[STAGE_SETTLE + best]))
            best = i;
    }
    return best;
}

/* The settlers are at work on one batch together. */
static void
run_settler(struct pipeline *p, unsigned i)
{
    unsigned slot = (unsigned)(p->next[STAGE_SETTLE + i] % p->n);
    struct vrf_batch *b = p->ring[slot];
    bool good = true;

    p->running[STAGE_SETTLE + i] = true;
    g_mutex_unlock(&p->lock);
    if (p->writer != NULL)
        vrf_events_add(p->writer, b);
    else
        good = vrf_settle(p->settlers[i], b);
    g_mutex_lock(&p->lock);
    if (!good)
        p->stopped = p->no_memory = true;
    p->next[STAGE_SETTLE + i]++;
    p->running[STAGE_SETTLE + i] = false;
    if (++p->settled[slot] == p->n_settlers) {
        p->settled[slot] = 0;
        p->state[slot] = SETTLED;
    }
    tell(p);
}

/* Join the shares of the batch, and report it. */
STAGE static bool
report_batch(struct pipeline *p, struct vrf_batch *b)
{
    bool good = true;

    if (p->writer != NULL)
        b->horizon = UINT64_MAX;
    else
        good = vrf_join(p->joiner, b);
    vrf_report_batch(&p->report, b);
    return good;
}

/* Run one stage of one batch; the lock is released meanwhile.  False: none can run. */
static bool
run_stage(struct pipeline *p)
{
    struct vrf_batch *b;
    unsigned settler;
    bool more, good;

    if (take_in_order(p, STAGE_REPORT, SETTLED)) {
        b = p->ring[p->next[STAGE_REPORT] % p->n];
        g_mutex_unlock(&p->lock);
        good = report_batch(p, b);
        g_mutex_lock(&p->lock);
        if (!good)
            p->stopped = p->no_memory = true;
        if (p->report.out.error != 0) {
            p->stopped = true; /* nobody reads on */
            vrf_follow_stop(); /* nor need the thread that waits for more */
        }
        finish_in_order(p, STAGE_REPORT, EMPTY);
        return true;
    }
    settler = find_settler(p);
    if (settler != p->n_settlers) {
        run_settler(p, settler);
        return true;
    }
    if (take_in_order(p, STAGE_ASSEMBLE, INSPECTED)) {
        b = p->ring[p->next[STAGE_ASSEMBLE] % p->n];
        g_mutex_unlock(&p->lock);
        good = p->writer != NULL || vrf_assemble(p->assembler, b);
        g_mutex_lock(&p->lock);
        if (!good)
            p->stopped = p->no_memory = true;
        finish_in_order(p, STAGE_ASSEMBLE, ASSEMBLED);
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

/* How many share the home addresses.  Where time matters more than speed, or a part is judged: one.
 */
static unsigned
count_settlers(const struct vrf_options *o)
{
    if (o->follow || o->n_parts != 0)
        return 1;
    return o->threads < VRF_MAX_SHARES ? o->threads : VRF_MAX_SHARES;
}

/* False: no memory. */
static bool
begin_stages(struct pipeline *p)
{
    const struct vrf_options *o = p->o;
    bool good;

    p->n_settlers = count_settlers(o);
    p->assembler = vrf_assembler_new(o);
    p->joiner = vrf_joiner_new(o);
    good = p->assembler != NULL && p->joiner != NULL;
    for (unsigned i = 0; i < p->n_settlers; i++) {
        vrf_tally_init(&p->tallies[i], (o->format->for_people && !o->quiet) || o->html != NULL);
        p->settlers[i] = vrf_settler_new(o, i, p->n_settlers, &p->tallies[i]);
        good = good && p->settlers[i] != NULL;
    }
    p->n = o->threads == 1 ? 1 : 8 * o->threads;
    p->ring = g_new(struct vrf_batch *, p->n);
    p->state = g_new0(enum state, p->n);
    p->settled = g_new0(unsigned, p->n);
    for (unsigned i = 0; i < p->n; i++)
        p->ring[i] = vrf_batch_new(p->n_settlers);
    return good;
}

/* From now on the first tally has all that was counted. */
static void
add_tallies(struct pipeline *p)
{
    for (unsigned i = 1; i < p->n_settlers; i++)
        vrf_tally_add(&p->tallies[0], &p->tallies[i]);
    vrf_tally_limit(&p->tallies[0]);
}

static void
end_stages(struct pipeline *p)
{
    for (unsigned i = 0; i < p->n; i++)
        vrf_batch_free(p->ring[i]);
    for (unsigned i = 0; i < p->n_settlers; i++) {
        vrf_settler_free(p->settlers[i]);
        vrf_tally_clear(&p->tallies[i]);
    }
    vrf_assembler_free(p->assembler);
    vrf_joiner_free(p->joiner);
    g_free(p->ring);
    g_free(p->state);
    g_free(p->settled);
}

void
vrf_run(const struct vrf_options *o, struct vrf_result *result)
{
    struct pipeline *p = g_new0(struct pipeline, 1);

    p->o = o;
    if (!open_events(p)) {
        result->unread = true;
        g_free(p);
        return;
    }
    p->reading.o = o;
    p->reading.next_frame = 1;
    if (o->follow)
        p->reading.follow = vrf_follow_new(o->files[0]);
    p->no_memory = !begin_stages(p);
    vrf_report_begin(&p->report, o, &p->tallies[0], p->reading.archive);
    if (!p->no_memory)
        run_threads(p);
    add_tallies(p);

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
    end_stages(p);
    g_free(p);
}
