/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lane.h - a stretch of the input on its way from reading to joining (batch.h).
 *
 * Batches go round in a ring.  A stage that must see batches in order is run by one thread at a
 * time, on the next batch that is due.  A lane has its own state; several are at work at once where
 * several files have nothing to do with each other.
 */
#ifndef VRF_LANE_H
#define VRF_LANE_H

#include <glib.h>

#include "assemble.h"
#include "join.h"
#include "reading.h"
#include "settle.h"

/* What all threads have in common. */
struct vrf_crew {
    GMutex lock;
    GCond change;
    unsigned waiting; /* threads that sleep because there was nothing to do */
    gint changes;     /* counts what they wait for */
    bool stopped, no_memory;
};

/* Something has changed. */
void vrf_crew_tell(struct vrf_crew *c);
/* There was nothing to do: wait for a change. */
void vrf_crew_wait(struct vrf_crew *c);

enum vrf_lane_state { VRF_EMPTY, VRF_BUSY, VRF_INSPECTED, VRF_ASSEMBLED, VRF_SETTLED };

/* The last stands for as many stages as there are settlers. */
enum vrf_stage { VRF_STAGE_READ, VRF_STAGE_ASSEMBLE, VRF_STAGE_LAST, VRF_STAGE_SETTLE };
#define VRF_STAGES (VRF_STAGE_SETTLE + VRF_MAX_SHARES)

struct vrf_lane {
    const struct vrf_options *o;
    struct vrf_crew *crew;
    struct vrf_reading reading;
    struct vrf_assembler *assembler;
    struct vrf_settler *settlers[VRF_MAX_SHARES];
    unsigned n_settlers;
    struct vrf_joiner *joiner;
    struct vrf_events_writer *writer; /* that takes the place of the settlers; or NULL */
    struct vrf_batch **ring;
    enum vrf_lane_state *state;
    unsigned *settled;         /* settlers that are done with each of it */
    unsigned n;                /* of the ring */
    uint64_t next[VRF_STAGES]; /* the batch that is due */
    bool running[VRF_STAGES];  /* a thread runs it */
    bool all_read;
    size_t octets[VRF_STAGES]; /* that the states of the stages take */
    GQueue ahead;              /* struct vrf_batch: outcomes (fold.h) that wait for other lanes */
    size_t n_ahead;            /* octets in them */
    uint64_t n_frames;         /* that left the lane since it began */
};

/* With a ring of n batches, for at most so many settlers.  NULL: no memory. */
struct vrf_lane *vrf_lane_new(
    const struct vrf_options *o, struct vrf_crew *crew, unsigned n, unsigned max_settlers);
void vrf_lane_free(struct vrf_lane *l);

/* The following have the lock. */

/*
 * Files first to end - 1 take it, which those before have left; so many settlers share the home
 * addresses.  False: no memory.
 */
bool vrf_lane_begin(struct vrf_lane *l, unsigned first, unsigned end, struct vrf_archive *archive,
    unsigned n_settlers);

/*
 * Run the most urgent stage that can run, but for the last; the lock is released meanwhile.  What
 * is counted goes into the tally.  Nothing is read unless may_read.  False: none can run.
 */
bool vrf_lane_run(struct vrf_lane *l, struct vrf_tally *tally, bool may_read);
/* Memory that its state takes. */
size_t vrf_lane_octets(const struct vrf_lane *l);
/* The next batch for the last stage, of which this thread is in charge from now on; or NULL. */
struct vrf_batch *vrf_lane_take(struct vrf_lane *l);
/* The last stage is done with it. */
void vrf_lane_give(struct vrf_lane *l);
/* Everything has left it that will come. */
bool vrf_lane_is_done(const struct vrf_lane *l);

#endif
