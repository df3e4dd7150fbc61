/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.c - who does what next.
 *
 * All threads are alike: each runs the most urgent stage that can run.  One thread does in turn
 * what several do at once.
 *
 * Files that have nothing to do with each other are in several lanes (lane.h), in the order of
 * the command line.  The first lane has the turn in the report, and comes first in everything; the
 * others go ahead as far as memory allows, and fold what becomes of their batches (fold.h).
 */
#include "pipeline.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "events/archive.h"
#include "events/file.h"
#include "capture/follow.h"
#include "fold.h"
#include "lane.h"
#include "report/html/html.h"
#include "report/metrics.h"
#include "report/report.h"
#include "warn.h"

enum { MAX_LANES = 8 };
enum { MAX_AHEAD = 32 * 1024 * 1024 }; /* octets that all lanes but the first may fold, */
enum { MAX_SMALL = 4 * 1024 * 1024 };  /* octets of a file that is small */
enum { MAX_FOLD = 8192 };              /* and records in one fold */
enum { MAX_STATE = 96 * 1024 * 1024 }; /* octets that their states may take; one alone takes less */

struct pipeline {
    const struct vrf_options *o;
    struct vrf_crew crew;
    struct vrf_lane *lanes[MAX_LANES]; /* those at work, in the order of their files; the others */
    unsigned n_lanes, n_at_work;
    unsigned next_file;        /* that no lane has yet */
    bool next_is_small;        /* one settler is done with it before others would have begun */
    bool next_is_regular;      /* its octets do not depend on when others are read */
    uint64_t n_before;         /* frames of the files before that of the first lane */
    size_t n_ahead;            /* octets that are folded */
    struct vrf_tally *tallies; /* of each thread; the first is the report's */
    struct vrf_archive *archive;
    struct vrf_events_writer *writer;
    struct vrf_report report;
};

/* The number of settlers: one if latency matters more than throughput, or a part is judged. */
static unsigned
count_settlers(const struct vrf_options *o)
{
    if (o->follow || o->n_parts != 0)
        return 1;
    return o->threads < VRF_MAX_SHARES ? o->threads : VRF_MAX_SHARES;
}

/* ---- files ---- */

static void
look_at_next_file(struct pipeline *p)
{
    const char *path = p->next_file < p->o->n_files ? p->o->files[p->next_file] : "-";
    bool known;
    struct stat st;

    known = strcmp(path, "-") != 0 && stat(path, &st) == 0;
    p->next_is_regular = strcmp(path, "-") != 0 && (!known || S_ISREG(st.st_mode));
    p->next_is_small = known && S_ISREG(st.st_mode) && st.st_size <= MAX_SMALL;
}

/* A pipe is read when its turn has come, as its writer expects. */
static bool
may_begin(const struct pipeline *p)
{
    for (unsigned i = 0; i < p->n_at_work && !p->next_is_regular; i++)
        if (!p->lanes[i]->all_read)
            return false;
    return true;
}

/* Lanes without work get the next files. */
static void
hand_out_files(struct pipeline *p)
{
    while (p->n_at_work < p->n_lanes && p->next_file < p->o->n_files && may_begin(p)) {
        unsigned file = p->next_file, settlers = count_settlers(p->o);

        if (p->n_lanes != 1 && p->next_is_small)
            settlers = 1;
        p->next_file = p->n_lanes == 1 ? p->o->n_files : file + 1;
        if (!vrf_lane_begin(p->lanes[p->n_at_work++], file, p->next_file, p->archive, settlers))
            p->crew.stopped = p->crew.no_memory = true;
        look_at_next_file(p);
    }
}

/* The first lane has nothing more to say. */
static void
retire_first(struct pipeline *p)
{
    struct vrf_lane *first = p->lanes[0];

    p->n_before += first->n_frames;
    p->n_at_work--;
    memmove(&p->lanes[0], &p->lanes[1], p->n_at_work * sizeof(p->lanes[0]));
    p->lanes[p->n_at_work] = first;
}

/* ---- the report ---- */

/* Join the shares of the batch.  False: no memory. */
static bool
join_batch(struct vrf_lane *l, struct vrf_batch *b)
{
    if (l->writer == NULL)
        return vrf_join(l->joiner, b);
    b->horizon = UINT64_MAX;
    return true;
}

/* Not inlined: a stage of its own in the profile of the bench (tests/bench/verify-speed.sh). */
__attribute__((noinline)) static bool
report_batch(struct pipeline *p, struct vrf_lane *l, struct vrf_batch *b)
{
    bool good = join_batch(l, b);

    if (p->n_before != 0)
        vrf_renumber(b, p->n_before);
    vrf_report_batch(&p->report, b);
    return good;
}

static void
report_fold(struct pipeline *p, struct vrf_batch *b)
{
    vrf_renumber(b, p->n_before);
    vrf_report_batch(&p->report, b);
    vrf_batch_free(b);
}

static void
end_report(struct pipeline *p, struct vrf_lane *l, size_t n_frames)
{
    l->n_frames += n_frames;
    if (p->report.out.error != 0) {
        p->crew.stopped = true; /* the output cannot be written any more */
        vrf_follow_stop();      /* nor need the thread that waits for more */
    }
    if (vrf_lane_is_done(l) && g_queue_is_empty(&l->ahead))
        retire_first(p);
}

/* What became of batches while other lanes had their turn. */
static void
run_report_of_fold(struct pipeline *p, struct vrf_lane *l)
{
    struct vrf_batch *b = g_queue_pop_head(&l->ahead);
    size_t n_frames = b->block.n_frames;

    l->running[VRF_STAGE_LAST] = true;
    g_mutex_unlock(&p->crew.lock);
    report_fold(p, b);
    g_mutex_lock(&p->crew.lock);
    l->running[VRF_STAGE_LAST] = false;
    if (g_queue_is_empty(&l->ahead)) {
        p->n_ahead -= l->n_ahead;
        l->n_ahead = 0;
    }
    end_report(p, l, n_frames);
    vrf_crew_tell(&p->crew);
}

/* Of the first lane.  False: it has nothing to report. */
static bool
run_report(struct pipeline *p, struct vrf_lane *l)
{
    struct vrf_batch *b;
    size_t n_frames;
    bool good;

    if (!l->running[VRF_STAGE_LAST] && !g_queue_is_empty(&l->ahead)) {
        run_report_of_fold(p, l);
        return true;
    }
    b = vrf_lane_take(l);
    if (b == NULL)
        return false;
    g_mutex_unlock(&p->crew.lock);
    good = report_batch(p, l, b);
    n_frames = b->block.n_frames;
    g_mutex_lock(&p->crew.lock);
    if (!good)
        p->crew.stopped = p->crew.no_memory = true;
    vrf_lane_give(l);
    end_report(p, l, n_frames);
    return true;
}

/* Where the next batch of a lane goes whose turn has not come. */
static struct vrf_batch *
open_fold(struct vrf_lane *l)
{
    struct vrf_batch *last = g_queue_peek_tail(&l->ahead);

    if (last == NULL || last->ends_state || last->shares[0].records.n >= MAX_FOLD)
        g_queue_push_tail(&l->ahead, last = vrf_batch_new(1));
    return last;
}

/* Of another lane.  False: there is nothing to fold, or no room. */
static bool
run_fold(struct pipeline *p, struct vrf_lane *l)
{
    struct vrf_batch *b = p->n_ahead < MAX_AHEAD ? vrf_lane_take(l) : NULL;
    size_t octets;
    bool good;

    if (b == NULL)
        return false;
    g_mutex_unlock(&p->crew.lock);
    good = join_batch(l, b);
    octets = vrf_fold(open_fold(l), b);
    g_mutex_lock(&p->crew.lock);
    if (!good)
        p->crew.stopped = p->crew.no_memory = true;
    l->n_ahead += octets;
    p->n_ahead += octets;
    vrf_lane_give(l);
    return true;
}

/* ---- threads ---- */

/* Only the first lane, which everything waits for, reads on whatever there is in memory. */
static bool
may_read_ahead(const struct pipeline *p)
{
    size_t octets = 0;

    for (unsigned i = 1; i < p->n_at_work; i++)
        octets += vrf_lane_octets(p->lanes[i]);
    return octets < MAX_STATE;
}

/* Run one stage of one batch; the lock is released meanwhile.  False: none can run. */
static bool
run_stage(struct pipeline *p, struct vrf_tally *tally)
{
    hand_out_files(p);
    for (unsigned i = 0; i < p->n_at_work; i++) {
        struct vrf_lane *l = p->lanes[i];

        if ((i == 0 ? run_report(p, l) : run_fold(p, l)) ||
            vrf_lane_run(l, tally, i == 0 || may_read_ahead(p)))
            return true;
    }
    return false;
}

struct worker {
    struct pipeline *p;
    struct vrf_tally *tally;
};

static gpointer
work(gpointer arg)
{
    const struct worker *w = arg;
    struct pipeline *p = w->p;

    g_mutex_lock(&p->crew.lock);
    while (!p->crew.stopped && (p->next_file < p->o->n_files || p->n_at_work != 0))
        if (!run_stage(p, w->tally))
            vrf_crew_wait(&p->crew);
    g_mutex_unlock(&p->crew.lock);
    return NULL;
}

static void
run_threads(struct pipeline *p)
{
    unsigned n = p->o->threads;
    struct worker *workers = g_new(struct worker, n);
    GThread **threads = g_new(GThread *, n);
    bool alone = p->n_lanes == 1 && count_settlers(p->o) == 1;

    look_at_next_file(p);
    /* What one settler counts is in one tally: with --follow it is looked at meanwhile. */
    for (unsigned i = 0; i < n; i++)
        workers[i] = (struct worker){ p, &p->tallies[alone ? 0 : i] };
    for (unsigned i = 1; i < n; i++)
        threads[i] = g_thread_new("worker", work, &workers[i]);
    (void)work(&workers[0]);
    for (unsigned i = 1; i < n; i++)
        (void)g_thread_join(threads[i]);
    g_free(threads);
    g_free(workers);
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

/* Record the result of writing a file other than the report: an errno, or 0. */
static void
note_written(struct vrf_result *result, const char *path, int error)
{
    if (error == 0)
        return;
    result->unwritten = true;
    vrf_warn("%s: %s", path, strerror(error));
}

/* Write the files other than the report; metrics last, because they have the exit status. */
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

/* Set the result from the counts of the report. */
static void
judge_result(const struct pipeline *p, struct vrf_result *result)
{
    const struct vrf_options *o = p->o;
    const struct vrf_report *r = &p->report;

    result->unread = r->unread != 0;
    if (o->events != NULL)
        return;
    result->empty = p->archive != NULL ? vrf_archive_messages(p->archive) == 0 : r->messages == 0;
    result->not_good = !vrf_report_is_good(r);
}

/* Open the events to be read or written.  False: failed, and the reason was reported. */
static bool
open_events(struct pipeline *p)
{
    const struct vrf_options *o = p->o;

    if (o->events != NULL)
        return (p->writer = vrf_events_begin(o)) != NULL;
    if (o->n_parts != 0)
        return (p->archive = vrf_archive_open(o)) != NULL;
    return true;
}

/* How many files are judged at once.  The page of --html looks at each batch in its turn. */
static unsigned
count_lanes(const struct vrf_options *o)
{
    unsigned n = o->threads < MAX_LANES ? o->threads : MAX_LANES;

    if (o->follow || o->carry_on || o->n_parts != 0 || o->html != NULL)
        return 1;
    return n < o->n_files ? n : o->n_files;
}

/* Batches in the ring of a lane. */
static unsigned
count_batches(const struct pipeline *p)
{
    if (p->o->threads == 1)
        return 1;
    return p->n_lanes == 1 ? 8 * p->o->threads : p->o->threads + 2;
}

/* False if out of memory. */
static bool
begin_stages(struct pipeline *p)
{
    const struct vrf_options *o = p->o;
    bool good = true;

    p->tallies = g_new(struct vrf_tally, o->threads);
    for (unsigned i = 0; i < o->threads; i++)
        vrf_tally_init(&p->tallies[i], (o->format->for_people && !o->quiet) || o->html != NULL);
    p->n_lanes = count_lanes(o);
    for (unsigned i = 0; i < p->n_lanes && good; i++) {
        p->lanes[i] = vrf_lane_new(o, &p->crew, count_batches(p), count_settlers(o));
        good = p->lanes[i] != NULL;
        if (good)
            p->lanes[i]->writer = p->writer;
    }
    return good;
}

/* Add all counts to the first tally. */
static void
add_tallies(struct pipeline *p)
{
    for (unsigned i = 1; i < p->o->threads; i++)
        vrf_tally_add(&p->tallies[0], &p->tallies[i]);
    vrf_tally_limit(&p->tallies[0]);
}

static void
end_stages(struct pipeline *p)
{
    for (unsigned i = 0; i < p->n_lanes; i++)
        vrf_lane_free(p->lanes[i]);
    for (unsigned i = 0; i < p->o->threads; i++)
        vrf_tally_clear(&p->tallies[i]);
    g_free(p->tallies);
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
    p->crew.no_memory = !begin_stages(p);
    vrf_report_begin(&p->report, o, &p->tallies[0], p->archive);
    if (!p->crew.no_memory)
        run_threads(p);
    add_tallies(p);

    (void)vrf_report_end(&p->report);
    result->no_memory = p->crew.no_memory;
    result->output_error = p->report.out.error;
    judge_result(p, result);
    if (p->writer != NULL && !vrf_events_finish(p->writer))
        result->unwritten = true;
    write_files(&p->report, result);
    vrf_report_free(&p->report);
    vrf_archive_close(p->archive);
    end_stages(p);
    g_free(p);
}
