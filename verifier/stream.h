/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - one continuous capture on its way through the stages, from reading to joining
 * (batch.h).
 *
 * Its batches form a ring.  A stage that must see batches in order is run by one thread at a time,
 * on the next batch that is due.  A thread continues with what is in its caches: its own settlers
 * have priority, and it reads into a batch that it used before, the last one if possible.
 *
 * Files that do not continue each other are streams of their own,
 * each with its own state, and several are processed at once.
 */
#ifndef VRF_STREAM_H
#define VRF_STREAM_H

#include <glib.h>

#include "assemble.h"
#include "join.h"
#include "reading.h"
#include "settle.h"

/* What all threads have in common. */
struct vrf_workers {
    GMutex lock;
    GCond change;
    unsigned waiting; /* threads that sleep because there is nothing to do */
    gint changes;     /* counts what they wait for */
    bool stopped, no_memory;
};

/* Which of them a thread is. */
struct vrf_worker {
    unsigned number, of;
};

/* Something has changed. */
void vrf_workers_notify(struct vrf_workers *w);
/* There is nothing to do: wait for a change. */
void vrf_workers_wait(struct vrf_workers *w);

enum vrf_stream_state { VRF_EMPTY, VRF_BUSY, VRF_INSPECTED, VRF_ASSEMBLED, VRF_SETTLED };

/* The last stands for as many stages as there are settlers. */
enum vrf_stage { VRF_STAGE_READ, VRF_STAGE_ASSEMBLE, VRF_STAGE_LAST, VRF_STAGE_SETTLE };
#define VRF_STAGES (VRF_STAGE_SETTLE + VRF_MAX_SHARES)

struct vrf_stream {
    const struct vrf_options *o;
    struct vrf_workers *workers;
    struct vrf_reading reading;
    struct vrf_assembler *assembler;
    struct vrf_settler *settlers[VRF_MAX_SHARES];
    unsigned n_settlers;
    struct vrf_joiner *joiner;
    struct vrf_events_writer *writer;   /* that takes the place of the settlers; or NULL */
    struct vrf_batch **batches, **ring; /* all; those on their way, in order */
    struct vrf_batch **spare;           /* n_spare others, the last used last */
    enum vrf_stream_state *state;
    unsigned *settled;         /* by batch: the settlers that finished it */
    unsigned n, n_spare;       /* batches in all, and of them spare */
    uint64_t next[VRF_STAGES]; /* the batch that is due */
    bool running[VRF_STAGES];  /* a thread runs it */
    bool all_read;
    size_t octets[VRF_STAGES]; /* memory of the states of the stages */
    GQueue ahead;              /* struct vrf_batch: outcomes (fold.h) that wait for other streams */
    size_t n_ahead;            /* octets in ahead */
    uint64_t n_frames;         /* reported since the stream began */
};

/* With a ring of n batches, for at most so many settlers.  NULL: no memory. */
struct vrf_stream *vrf_stream_new(
    const struct vrf_options *o, struct vrf_workers *workers, unsigned n, unsigned max_settlers);
void vrf_stream_free(struct vrf_stream *s);

/* The caller of the following holds the lock. */

/*
 * Begin with the files first to end - 1, after others are done; so many settlers share the home
 * addresses.  False: no memory.
 */
bool vrf_stream_begin(struct vrf_stream *s, unsigned first, unsigned end,
    struct vrf_archive *archive, unsigned n_settlers);

/* It was reported to its end, and there is nothing more to begin with: give its memory back. */
void vrf_stream_rest(struct vrf_stream *s);

/*
 * Run the most urgent stage that can run, except the last; the lock is released meanwhile.  What
 * is counted goes into the tally.  Nothing is read unless may_read.  False: none can run.
 */
bool vrf_stream_run(
    struct vrf_stream *s, const struct vrf_worker *worker, struct vrf_tally *tally, bool may_read);
/* Memory of its state. */
size_t vrf_stream_octets(const struct vrf_stream *s);
/* The next batch for the last stage, of which this thread is in charge from now on; or NULL. */
struct vrf_batch *vrf_stream_take(struct vrf_stream *s);
/* The last stage has finished that batch. */
void vrf_stream_give(struct vrf_stream *s);
/* Were all its batches taken? */
bool vrf_stream_is_done(const struct vrf_stream *s);

#endif
