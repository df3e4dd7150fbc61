/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include "events/file.h"

enum { PATIENCE = 100 }; /* times to look for a change before sleeping */

/* If no thread sleeps, a system call is saved. */
void
vrf_workers_notify(struct vrf_workers *w)
{
    g_atomic_int_inc(&w->changes);
    if (w->waiting != 0)
        g_cond_broadcast(&w->change);
}

/*
 * There is nothing to do, but there soon will be: a batch takes a few tens of
 * microseconds, as long as it takes to be put to sleep and woken.  So look for a change for
 * that long, then sleep.  The lock is released meanwhile.
 */
void
vrf_workers_wait(struct vrf_workers *w)
{
    gint seen = g_atomic_int_get(&w->changes);

    g_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < PATIENCE && g_atomic_int_get(&w->changes) == seen; i++)
        g_thread_yield();
    g_mutex_lock(&w->lock);
    if (g_atomic_int_get(&w->changes) != seen)
        return;
    w->waiting++;
    g_cond_wait(&w->change, &w->lock);
    w->waiting--;
}

static bool
take_in_order(struct vrf_stream *s, enum vrf_stage stage, enum vrf_stream_state wanted)
{
    unsigned slot = (unsigned)(s->next[stage] % s->n);

    if (s->running[stage] || s->state[slot] != wanted ||
        (stage != VRF_STAGE_READ && s->next[stage] >= s->next[VRF_STAGE_READ]))
        return false;
    s->running[stage] = true;
    s->state[slot] = VRF_BUSY;
    return true;
}

static void
finish_in_order(struct vrf_stream *s, enum vrf_stage stage, enum vrf_stream_state now)
{
    s->state[s->next[stage] % s->n] = now;
    s->next[stage]++;
    s->running[stage] = false;
    vrf_workers_notify(s->workers);
}

static void
fail(struct vrf_stream *s)
{
    s->workers->stopped = s->workers->no_memory = true;
}

/* Was the next batch of settler i assembled, and no thread is at work on it? */
static bool
may_settle(const struct vrf_stream *s, unsigned i)
{
    return !s->running[VRF_STAGE_SETTLE + i] &&
           s->next[VRF_STAGE_SETTLE + i] < s->next[VRF_STAGE_ASSEMBLE];
}

/*
 * The settler that is most behind, of those that have a batch: every step-th from first on;
 * n_settlers: there is none.
 */
static unsigned
find_settler(const struct vrf_stream *s, unsigned first, unsigned step)
{
    unsigned best = s->n_settlers;

    for (unsigned i = first; i < s->n_settlers; i += step)
        if (may_settle(s, i) && (best == s->n_settlers || s->next[VRF_STAGE_SETTLE + i] <
                                                              s->next[VRF_STAGE_SETTLE + best]))
            best = i;
    return best;
}

/* The settlers are at work on one batch together. */
static void
run_settler(struct vrf_stream *s, unsigned i, struct vrf_tally *tally)
{
    unsigned slot = (unsigned)(s->next[VRF_STAGE_SETTLE + i] % s->n);
    struct vrf_batch *b = s->ring[slot];
    bool good = true;

    s->running[VRF_STAGE_SETTLE + i] = true;
    g_mutex_unlock(&s->workers->lock);
    if (s->writer != NULL)
        vrf_events_add(s->writer, b);
    else
        good = vrf_settle(s->settlers[i], b, tally);
    g_mutex_lock(&s->workers->lock);
    if (!good)
        fail(s);
    else
        s->octets[VRF_STAGE_SETTLE + i] = vrf_settler_octets(s->settlers[i]);
    s->next[VRF_STAGE_SETTLE + i]++;
    s->running[VRF_STAGE_SETTLE + i] = false;
    if (++s->settled[slot] == s->n_settlers) {
        s->settled[slot] = 0;
        s->state[slot] = VRF_SETTLED;
    }
    vrf_workers_notify(s->workers);
}

static void
run_assembler(struct vrf_stream *s)
{
    struct vrf_batch *b = s->ring[s->next[VRF_STAGE_ASSEMBLE] % s->n];
    bool good;

    g_mutex_unlock(&s->workers->lock);
    good = s->writer != NULL || vrf_assemble(s->assembler, b);
    g_mutex_lock(&s->workers->lock);
    if (!good)
        fail(s);
    else
        s->octets[VRF_STAGE_ASSEMBLE] = vrf_assembler_octets(s->assembler);
    finish_in_order(s, VRF_STAGE_ASSEMBLE, VRF_ASSEMBLED);
}

/* Of the spare batches, the last used of those that this thread read before, or else the last. */
static struct vrf_batch *
take_spare(struct vrf_stream *s, unsigned thread)
{
    unsigned last = s->n_spare - 1, best = last;
    struct vrf_batch *b;

    while (best != 0 && s->spare[best]->thread != thread)
        best--;
    if (s->spare[best]->thread != thread)
        best = last;
    b = s->spare[best];
    for (s->n_spare--; best < s->n_spare; best++)
        s->spare[best] = s->spare[best + 1];
    b->thread = thread;
    return b;
}

/* Read, and at once inspect, while the frames are in the cache. */
static void
run_reader(struct vrf_stream *s, unsigned thread)
{
    unsigned slot = (unsigned)(s->next[VRF_STAGE_READ] % s->n);
    struct vrf_batch *b = s->ring[slot] = take_spare(s, thread);
    bool more;

    g_mutex_unlock(&s->workers->lock);
    more = vrf_read_batch(&s->reading, b);
    g_mutex_lock(&s->workers->lock);
    s->all_read = !more;
    finish_in_order(s, VRF_STAGE_READ, VRF_BUSY);
    g_mutex_unlock(&s->workers->lock);
    vrf_inspect(b, s->o);
    g_mutex_lock(&s->workers->lock);
    s->state[slot] = VRF_INSPECTED;
    vrf_workers_notify(s->workers);
}

static bool
run_some_settler(struct vrf_stream *s, unsigned first, unsigned step, struct vrf_tally *tally)
{
    unsigned i = find_settler(s, first, step);

    if (i == s->n_settlers)
        return false;
    run_settler(s, i, tally);
    return true;
}

bool
vrf_stream_run(
    struct vrf_stream *s, const struct vrf_worker *worker, struct vrf_tally *tally, bool may_read)
{
    if (run_some_settler(s, worker->number, worker->of, tally))
        return true;
    if (take_in_order(s, VRF_STAGE_ASSEMBLE, VRF_INSPECTED)) {
        run_assembler(s);
        return true;
    }
    if (may_read && !s->all_read && take_in_order(s, VRF_STAGE_READ, VRF_EMPTY)) {
        run_reader(s, worker->number);
        return true;
    }
    return run_some_settler(s, 0, 1, tally);
}

size_t
vrf_stream_octets(const struct vrf_stream *s)
{
    size_t octets = 0;

    for (unsigned i = 0; i < VRF_STAGES; i++)
        octets += s->octets[i];
    return octets;
}

struct vrf_batch *
vrf_stream_take(struct vrf_stream *s)
{
    if (!take_in_order(s, VRF_STAGE_LAST, VRF_SETTLED))
        return NULL;
    return s->ring[s->next[VRF_STAGE_LAST] % s->n];
}

void
vrf_stream_give(struct vrf_stream *s)
{
    s->spare[s->n_spare++] = s->ring[s->next[VRF_STAGE_LAST] % s->n];
    finish_in_order(s, VRF_STAGE_LAST, VRF_EMPTY);
}

bool
vrf_stream_is_done(const struct vrf_stream *s)
{
    return s->all_read && s->next[VRF_STAGE_LAST] == s->next[VRF_STAGE_READ];
}

struct vrf_stream *
vrf_stream_new(
    const struct vrf_options *o, struct vrf_workers *workers, unsigned n, unsigned max_settlers)
{
    struct vrf_stream *s = g_new0(struct vrf_stream, 1);

    s->o = o;
    s->workers = workers;
    s->assembler = vrf_assembler_new(o);
    s->joiner = vrf_joiner_new(o);
    s->n = n;
    s->ring = g_new0(struct vrf_batch *, n);
    s->batches = g_new(struct vrf_batch *, n);
    s->spare = g_new(struct vrf_batch *, n);
    s->state = g_new0(enum vrf_stream_state, n);
    s->settled = g_new0(unsigned, n);
    for (unsigned i = 0; i < n; i++)
        s->spare[i] = s->batches[i] = vrf_batch_new(max_settlers);
    s->n_spare = n;
    g_queue_init(&s->ahead);
    if (s->assembler != NULL && s->joiner != NULL)
        return s;
    vrf_stream_free(s);
    return NULL;
}

static void
free_settlers(struct vrf_stream *s)
{
    for (unsigned i = 0; i < s->n_settlers; i++)
        vrf_settler_free(s->settlers[i]);
    s->n_settlers = 0;
}

static bool
make_settlers(struct vrf_stream *s, unsigned n)
{
    if (s->n_settlers == n)
        return true;
    free_settlers(s);
    for (unsigned i = 0; i < n; i++) {
        s->settlers[i] = vrf_settler_new(s->o, i, n);
        if (s->settlers[i] == NULL)
            return false;
        s->n_settlers++;
        s->next[VRF_STAGE_SETTLE + i] = s->next[VRF_STAGE_READ];
    }
    for (unsigned i = 0; i < s->n; i++)
        s->batches[i]->n_shares = n;
    return true;
}

void
vrf_stream_rest(struct vrf_stream *s)
{
    free_settlers(s);
    for (unsigned i = VRF_STAGE_SETTLE; i < VRF_STAGES; i++)
        s->octets[i] = 0;
}

bool
vrf_stream_begin(struct vrf_stream *s, unsigned first, unsigned end, struct vrf_archive *archive,
    unsigned n_settlers)
{
    vrf_reading_end(&s->reading);
    vrf_reading_begin(&s->reading, s->o, first, end, archive);
    s->all_read = false;
    s->n_frames = 0;
    return make_settlers(s, n_settlers);
}

static void
free_batch(gpointer p)
{
    vrf_batch_free(p);
}

void
vrf_stream_free(struct vrf_stream *s)
{
    if (s == NULL)
        return;
    for (unsigned i = 0; i < s->n; i++)
        vrf_batch_free(s->batches[i]);
    free_settlers(s);
    g_queue_clear_full(&s->ahead, free_batch);
    vrf_assembler_free(s->assembler);
    vrf_joiner_free(s->joiner);
    vrf_reading_end(&s->reading);
    g_free(s->ring);
    g_free(s->batches);
    g_free(s->spare);
    g_free(s->state);
    g_free(s->settled);
    g_free(s);
}
