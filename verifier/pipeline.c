/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.c - schedule the stages.
 *
 * All threads are alike: each runs the most urgent stage that can run.  A single thread runs them
 * one after the other.
 *
 * Files that do not continue each other are several streams (stream.h), in the order of the command
 * line.  The first stream is the one being reported, and has priority; the others run ahead as far
 * as memory allows, and the results of their batches are kept in folds (fold.h).
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
#include "stream.h"
#include "report/html/html.h"
#include "report/metrics.h"
#include "report/report.h"
#include "warn.h"

/*
 * All threads work on each stream.  More at once were no faster on two processors, and each has a
 * state of its own.
 */
enum { MAX_STREAMS = 3 };
/* Octets of all streams but the first, which alone may take most of what the program may. */
enum { MAX_AHEAD = 12 * 1024 * 1024 }; /* in folds */
enum { MAX_STATE = 16 * 1024 * 1024 }; /* of states; then they read no further */
enum { MAX_FOLD = 8192 };              /* records in one fold */
enum { MAX_SMALL = 4 * 1024 * 1024 };  /* octets of a small file */

/*
 * Batches of all streams, for any number of threads: in a flood of faults a batch takes 1.6 MiB.
 * On two processors, more were no faster.
 */
enum { MAX_BATCHES = 16 };

struct pipeline {
    const struct vrf_options *o;
    struct vrf_workers workers;
    /* First those at work, in the order of their files. */
    struct vrf_stream *streams[MAX_STREAMS];
    unsigned n_streams, n_at_work;
    unsigned next_file;        /* not assigned to a stream yet */
    bool next_is_small;        /* one settler finishes it before others would have started */
    bool next_is_regular;      /* its content does not depend on when it is read */
    uint64_t n_before;         /* frames of the files before that of the first stream */
    size_t n_ahead;            /* octets in folds */
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

/* A pipe is not read before the files that precede it were, as its writer expects. */
static bool
may_begin(const struct pipeline *p)
{
    for (unsigned i = 0; i < p->n_at_work && !p->next_is_regular; i++)
        if (!p->streams[i]->all_read)
            return false;
    return true;
}

/* Streams without work get the next files. */
static void
hand_out_files(struct pipeline *p)
{
    while (p->n_at_work < p->n_streams && p->next_file < p->o->n_files && may_begin(p)) {
        unsigned file = p->next_file, settlers = count_settlers(p->o);

        if (p->n_streams != 1 && p->next_is_small)
            settlers = 1;
        p->next_file = p->n_streams == 1 ? p->o->n_files : file + 1;
        if (!vrf_stream_begin(p->streams[p->n_at_work++], file, p->next_file, p->archive, settlers))
            p->workers.stopped = p->workers.no_memory = true;
        look_at_next_file(p);
    }
}

/* The first stream was reported to its end. */
static void
retire_first(struct pipeline *p)
{
    struct vrf_stream *first = p->streams[0];

    p->n_before += first->n_frames;
    p->n_at_work--;
    memmove(&p->streams[0], &p->streams[1], p->n_at_work * sizeof(p->streams[0]));
    p->streams[p->n_at_work] = first;
    if (p->n_streams != 1 && p->next_file == p->o->n_files)
        vrf_stream_rest(first);
}

/* ---- the report ---- */

/* Join the shares of the batch.  False: no memory. */
static bool
join_batch(struct vrf_stream *s, struct vrf_batch *b)
{
    if (s->writer == NULL)
        return vrf_join(s->joiner, b);
    b->horizon = UINT64_MAX;
    return true;
}

/* Not inlined: a stage of its own in the profile of the bench (tests/bench/verify-speed.sh). */
__attribute__((noinline)) static bool
report_batch(struct pipeline *p, struct vrf_stream *s, struct vrf_batch *b)
{
    bool good = join_batch(s, b);

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
end_report(struct pipeline *p, struct vrf_stream *s, size_t n_frames)
{
    s->n_frames += n_frames;
    if (p->report.out.error != 0) {
        p->workers.stopped = true; /* the output cannot be written any more */
        vrf_follow_stop();         /* and nobody needs to wait for more */
    }
    if (vrf_stream_is_done(s) && g_queue_is_empty(&s->ahead))
        retire_first(p);
}

/* Report batches that were judged while other streams were being reported. */
static void
run_report_of_fold(struct pipeline *p, struct vrf_stream *s)
{
    struct vrf_batch *b = g_queue_pop_head(&s->ahead);
    size_t n_frames = b->block.n_frames;

    s->running[VRF_STAGE_LAST] = true;
    g_mutex_unlock(&p->workers.lock);
    report_fold(p, b);
    g_mutex_lock(&p->workers.lock);
    s->running[VRF_STAGE_LAST] = false;
    if (g_queue_is_empty(&s->ahead)) {
        p->n_ahead -= s->n_ahead;
        s->n_ahead = 0;
    }
    end_report(p, s, n_frames);
    vrf_workers_notify(&p->workers);
}

/* Of the first stream.  False: it has nothing to report. */
static bool
run_report(struct pipeline *p, struct vrf_stream *s)
{
    struct vrf_batch *b;
    size_t n_frames;
    bool good;

    if (!s->running[VRF_STAGE_LAST] && !g_queue_is_empty(&s->ahead)) {
        run_report_of_fold(p, s);
        return true;
    }
    b = vrf_stream_take(s);
    if (b == NULL)
        return false;
    g_mutex_unlock(&p->workers.lock);
    good = report_batch(p, s, b);
    n_frames = b->block.n_frames;
    g_mutex_lock(&p->workers.lock);
    if (!good)
        p->workers.stopped = p->workers.no_memory = true;
    vrf_stream_give(s);
    end_report(p, s, n_frames);
    return true;
}

/* The fold for the next batch of a stream that is not being reported yet. */
static struct vrf_batch *
open_fold(struct vrf_stream *s)
{
    struct vrf_batch *last = g_queue_peek_tail(&s->ahead);

    if (last == NULL || last->ends_state || last->shares[0].records.n >= MAX_FOLD)
        g_queue_push_tail(&s->ahead, last = vrf_batch_new(1));
    return last;
}

/* Of another stream.  False: there is nothing to fold, or no room. */
static bool
run_fold(struct pipeline *p, struct vrf_stream *s)
{
    struct vrf_batch *b = p->n_ahead < MAX_AHEAD ? vrf_stream_take(s) : NULL;
    size_t octets;
    bool good;

    if (b == NULL)
        return false;
    g_mutex_unlock(&p->workers.lock);
    good = join_batch(s, b);
    octets = vrf_fold(open_fold(s), b);
    g_mutex_lock(&p->workers.lock);
    if (!good)
        p->workers.stopped = p->workers.no_memory = true;
    s->n_ahead += octets;
    p->n_ahead += octets;
    vrf_stream_give(s);
    return true;
}

/* ---- threads ---- */

/* The first stream, which everything waits for, may always read; the others while memory lasts. */
static bool
may_read_ahead(const struct pipeline *p)
{
    size_t octets = 0;

    for (unsigned i = 1; i < p->n_at_work; i++)
        octets += vrf_stream_octets(p->streams[i]);
    return octets < MAX_STATE;
}

/* Run one stage of one batch; the lock is released meanwhile.  False: none can run. */
static bool
run_stage(struct pipeline *p, const struct vrf_worker *worker, struct vrf_tally *tally)
{
    hand_out_files(p);
    for (unsigned i = 0; i < p->n_at_work; i++) {
        struct vrf_stream *s = p->streams[i];

        if ((i == 0 ? run_report(p, s) : run_fold(p, s)) ||
            vrf_stream_run(s, worker, tally, i == 0 || may_read_ahead(p)))
            return true;
    }
    return false;
}

struct worker {
    struct pipeline *p;
    struct vrf_worker is;
    struct vrf_tally *tally;
};

static gpointer
work(gpointer arg)
{
    const struct worker *w = arg;
    struct pipeline *p = w->p;

    g_mutex_lock(&p->workers.lock);
    while (!p->workers.stopped && (p->next_file < p->o->n_files || p->n_at_work != 0))
        if (!run_stage(p, &w->is, w->tally))
            vrf_workers_wait(&p->workers);
    g_mutex_unlock(&p->workers.lock);
    return NULL;
}

static void
run_threads(struct pipeline *p)
{
    unsigned n = p->o->threads;
    struct worker *workers = g_new(struct worker, n);
    GThread **threads = g_new(GThread *, n);
    bool alone = p->n_streams == 1 && count_settlers(p->o) == 1;

    look_at_next_file(p);
    /* A single settler has a single tally, which --follow reads in between. */
    for (unsigned i = 0; i < n; i++)
        workers[i] = (struct worker){ p, { i, n }, &p->tallies[alone ? 0 : i] };
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
    if (o->n_parts != 0) {
        const struct vrf_events_parts part = { o->conduct.part, 1, o->n_parts };
        const struct vrf_events_maker maker = vrf_events_maker(o);

        p->archive = vrf_archive_open(o->files, o->n_files, &part, &maker);
        return p->archive != NULL;
    }
    return true;
}

/* How many files are judged at once.  --html needs all batches in the order of the report. */
static unsigned
count_streams(const struct vrf_options *o)
{
    unsigned n = o->threads < MAX_STREAMS ? o->threads : MAX_STREAMS;

    if (o->follow || o->carry_on || o->n_parts != 0 || o->html != NULL)
        return 1;
    return n < o->n_files ? n : o->n_files;
}

/* Batches in the ring of a stream. */
static unsigned
count_batches(const struct pipeline *p)
{
    const unsigned threads = p->o->threads;

    if (threads == 1)
        return 1;
    if (p->n_streams != 1) /* together they occupy all threads */
        return 1 + MIN(2 * ((threads + p->n_streams - 1) / p->n_streams),
                       (MAX_BATCHES - 1) / p->n_streams);
    return MAX_BATCHES;
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
    p->n_streams = count_streams(o);
    for (unsigned i = 0; i < p->n_streams && good; i++) {
        p->streams[i] = vrf_stream_new(o, &p->workers, count_batches(p), count_settlers(o));
        good = p->streams[i] != NULL;
        if (good)
            p->streams[i]->writer = p->writer;
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
    for (unsigned i = 0; i < p->n_streams; i++)
        vrf_stream_free(p->streams[i]);
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
    p->workers.no_memory = !begin_stages(p);
    vrf_report_begin(&p->report, o, &p->tallies[0], p->archive);
    if (!p->workers.no_memory)
        run_threads(p);
    add_tallies(p);

    (void)vrf_report_end(&p->report);
    result->no_memory = p->workers.no_memory;
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
