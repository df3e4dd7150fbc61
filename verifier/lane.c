/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lane.h"

#include "events/file.h"

enum { PATIENCE = 100 }; /* times to look for a change before sleeping */

/* If no thread sleeps, a system call is saved. */
void
vrf_crew_tell(struct vrf_crew *c)
{
    g_atomic_int_inc(&c->changes);
    if (c->waiting != 0)
        g_cond_broadcast(&c->change);
}

/*
 * There is nothing to do, but there soon will be: a batch takes a few tens of
 * microseconds, as long as it takes to be put to sleep and woken.  So look for a change for
 * that long, then sleep.  The lock is released meanwhile.
 */
void
vrf_crew_wait(struct vrf_crew *c)
{
    gint seen = g_atomic_int_get(&c->changes);

    g_mutex_unlock(&c->lock);
    for (unsigned i = 0; i < PATIENCE && g_atomic_int_get(&c->changes) == seen; i++)
        g_thread_yield();
    g_mutex_lock(&c->lock);
    if (g_atomic_int_get(&c->changes) != seen)
        return;
    c->waiting++;
    g_cond_wait(&c->change, &c->lock);
    c->waiting--;
}

static bool
take_in_order(struct vrf_lane *l, enum vrf_stage stage, enum vrf_lane_state wanted)
{
    unsigned slot = (unsigned)(l->next[stage] % l->n);

    if (l->running[stage] || l->state[slot] != wanted ||
        (stage != VRF_STAGE_READ && l->next[stage] >= l->next[VRF_STAGE_READ]))
        return false;
    l->running[stage] = true;
    l->state[slot] = VRF_BUSY;
    return true;
}

static void
finish_in_order(struct vrf_lane *l, enum vrf_stage stage, enum vrf_lane_state now)
{
    l->state[l->next[stage] % l->n] = now;
    l->next[stage]++;
    l->running[stage] = false;
    vrf_crew_tell(l->crew);
}

static void
fail(struct vrf_lane *l)
{
    l->crew->stopped = l->crew->no_memory = true;
}

/* A settler whose next batch was assembled; n_settlers: there is none. */
static unsigned
find_settler(const struct vrf_lane *l)
{
    unsigned best = l->n_settlers;

    for (unsigned i = 0; i < l->n_settlers; i++) {
        uint64_t next = l->next[VRF_STAGE_SETTLE + i];

        if (!l->running[VRF_STAGE_SETTLE + i] && next < l->next[VRF_STAGE_ASSEMBLE] &&
            (best == l->n_settlers || next < l->next[VRF_STAGE_SETTLE + best]))
            best = i;
    }
    return best;
}

/* The settlers are at work on one batch together. */
static void
run_settler(struct vrf_lane *l, unsigned i, struct vrf_tally *tally)
{
    unsigned slot = (unsigned)(l->next[VRF_STAGE_SETTLE + i] % l->n);
    struct vrf_batch *b = l->ring[slot];
    bool good = true;

    l->running[VRF_STAGE_SETTLE + i] = true;
    g_mutex_unlock(&l->crew->lock);
    if (l->writer != NULL)
        vrf_events_add(l->writer, b);
    else
        good = vrf_settle(l->settlers[i], b, tally);
    g_mutex_lock(&l->crew->lock);
    if (!good)
        fail(l);
    else
        l->octets[VRF_STAGE_SETTLE + i] = vrf_settler_octets(l->settlers[i]);
    l->next[VRF_STAGE_SETTLE + i]++;
    l->running[VRF_STAGE_SETTLE + i] = false;
    if (++l->settled[slot] == l->n_settlers) {
        l->settled[slot] = 0;
        l->state[slot] = VRF_SETTLED;
    }
    vrf_crew_tell(l->crew);
}

static void
run_assembler(struct vrf_lane *l)
{
    struct vrf_batch *b = l->ring[l->next[VRF_STAGE_ASSEMBLE] % l->n];
    bool good;

    g_mutex_unlock(&l->crew->lock);
    good = l->writer != NULL || vrf_assemble(l->assembler, b);
    g_mutex_lock(&l->crew->lock);
    if (!good)
        fail(l);
    else
        l->octets[VRF_STAGE_ASSEMBLE] = vrf_assembler_octets(l->assembler);
    finish_in_order(l, VRF_STAGE_ASSEMBLE, VRF_ASSEMBLED);
}

/* Read, and at once inspect, while the frames are in the cache. */
static void
run_reader(struct vrf_lane *l)
{
    unsigned slot = (unsigned)(l->next[VRF_STAGE_READ] % l->n);
    struct vrf_batch *b = l->ring[slot];
    bool more;

    g_mutex_unlock(&l->crew->lock);
    more = vrf_read_batch(&l->reading, b);
    g_mutex_lock(&l->crew->lock);
    l->all_read = !more;
    finish_in_order(l, VRF_STAGE_READ, VRF_BUSY);
    g_mutex_unlock(&l->crew->lock);
    vrf_inspect(b, l->o);
    g_mutex_lock(&l->crew->lock);
    l->state[slot] = VRF_INSPECTED;
    vrf_crew_tell(l->crew);
}

bool
vrf_lane_run(struct vrf_lane *l, struct vrf_tally *tally, bool may_read)
{
    unsigned settler = find_settler(l);

    if (settler != l->n_settlers)
        run_settler(l, settler, tally);
    else if (take_in_order(l, VRF_STAGE_ASSEMBLE, VRF_INSPECTED))
        run_assembler(l);
    else if (may_read && !l->all_read && take_in_order(l, VRF_STAGE_READ, VRF_EMPTY))
        run_reader(l);
    else
        return false;
    return true;
}

size_t
vrf_lane_octets(const struct vrf_lane *l)
{
    size_t octets = 0;

    for (unsigned i = 0; i < VRF_STAGES; i++)
        octets += l->octets[i];
    return octets;
}

struct vrf_batch *
vrf_lane_take(struct vrf_lane *l)
{
    if (!take_in_order(l, VRF_STAGE_LAST, VRF_SETTLED))
        return NULL;
    return l->ring[l->next[VRF_STAGE_LAST] % l->n];
}

void
vrf_lane_give(struct vrf_lane *l)
{
    finish_in_order(l, VRF_STAGE_LAST, VRF_EMPTY);
}

bool
vrf_lane_is_done(const struct vrf_lane *l)
{
    return l->all_read && l->next[VRF_STAGE_LAST] == l->next[VRF_STAGE_READ];
}

struct vrf_lane *
vrf_lane_new(const struct vrf_options *o, struct vrf_crew *crew, unsigned n, unsigned max_settlers)
{
    struct vrf_lane *l = g_new0(struct vrf_lane, 1);

    l->o = o;
    l->crew = crew;
    l->assembler = vrf_assembler_new(o);
    l->joiner = vrf_joiner_new(o);
    l->n = n;
    l->ring = g_new(struct vrf_batch *, n);
    l->state = g_new0(enum vrf_lane_state, n);
    l->settled = g_new0(unsigned, n);
    for (unsigned i = 0; i < n; i++)
        l->ring[i] = vrf_batch_new(max_settlers);
    g_queue_init(&l->ahead);
    if (l->assembler != NULL && l->joiner != NULL)
        return l;
    vrf_lane_free(l);
    return NULL;
}

static void
free_settlers(struct vrf_lane *l)
{
    for (unsigned i = 0; i < l->n_settlers; i++)
        vrf_settler_free(l->settlers[i]);
    l->n_settlers = 0;
}

static bool
make_settlers(struct vrf_lane *l, unsigned n)
{
    if (l->n_settlers == n)
        return true;
    free_settlers(l);
    for (unsigned i = 0; i < n; i++) {
        l->settlers[i] = vrf_settler_new(l->o, i, n);
        if (l->settlers[i] == NULL)
            return false;
        l->n_settlers++;
        l->next[VRF_STAGE_SETTLE + i] = l->next[VRF_STAGE_READ];
    }
    for (unsigned i = 0; i < l->n; i++)
        l->ring[i]->n_shares = n;
    return true;
}

bool
vrf_lane_begin(struct vrf_lane *l, unsigned first, unsigned end, struct vrf_archive *archive,
    unsigned n_settlers)
{
    vrf_reading_end(&l->reading);
    vrf_reading_begin(&l->reading, l->o, first, end, archive);
    l->all_read = false;
    l->n_frames = 0;
    return make_settlers(l, n_settlers);
}

static void
free_batch(gpointer p)
{
    vrf_batch_free(p);
}

void
vrf_lane_free(struct vrf_lane *l)
{
    if (l == NULL)
        return;
    for (unsigned i = 0; i < l->n; i++)
        vrf_batch_free(l->ring[i]);
    free_settlers(l);
    g_queue_clear_full(&l->ahead, free_batch);
    vrf_assembler_free(l->assembler);
    vrf_joiner_free(l->joiner);
    vrf_reading_end(&l->reading);
    g_free(l->ring);
    g_free(l->state);
    g_free(l->settled);
    g_free(l);
}
