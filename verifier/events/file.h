/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - files of events, as --events writes them and --shard=K/N reads them.
 *
 * A task that reads captures writes one file for each of N parts, and a common one:
 *
 *   DIR/ID-all-of-NN.events    DIR/ID-KK-of-NN.events
 *
 * ID is a hash of the captures' names and sizes, the keys and the options, so that a task that is
 * run again writes the same files.  They get these names once they are
 * complete, the common file last.
 *
 * A file has a header and blocks, each with its length and a checksum: a block for each batch
 * (codec.h) that is not empty, and a last block that tells where each capture begins.  The
 * checksums detect accidental damage, not forgery.
 */
#ifndef VRF_EVENTS_FILE_H
#define VRF_EVENTS_FILE_H

#include "batch.h"
#include "events/pack.h"

#define VRF_EVENTS_PARTS 256u /* at most; beyond MIPRO_SHARDS they are empty */

/* What all tasks must agree on, whether they write events or judge them. */
struct vrf_events_maker {
    uint64_t options; /* a hash of those that conduct and verdicts depend on */
    uint32_t keys;    /* of the key file: short, so that it does not give a guess away */
};
struct vrf_events_maker vrf_events_maker(const struct vrf_options *o);

/* ---- writing ---- */

struct vrf_events_writer;
/* NULL: why was said. */
struct vrf_events_writer *vrf_events_begin(const struct vrf_options *o);
/* The next batch. */
void vrf_events_add(struct vrf_events_writer *w, const struct vrf_batch *b);
/* Give the files their names, if all went well.  False: why was said. */
bool vrf_events_finish(struct vrf_events_writer *w);

/* ---- reading ---- */

/* A capture, as a task read it. */
struct vrf_events_capture {
    const char *name;
    uint64_t n_batches, n_frames, n_messages, content; /* content: to know it again */
    int64_t first, last;                               /* stamps; MIPRO_TIME_NONE: none */
    bool broken;                                       /* it was not read to its end */
    uint64_t at[2]; /* where its blocks begin, in the common file and the part's */
};

/* One task's files, of one part. */
struct vrf_events_task {
    char *path[2]; /* common, and the part's */
    struct vrf_events_capture *captures;
    size_t n_captures;
};

/*
 * Read the ends of both files of a task, whose paths are set, and check all their blocks.  NULL if
 * they are in order, else why not, to be freed; *path is the file at fault.
 */
char *vrf_events_check(struct vrf_events_task *task, unsigned part, unsigned n_parts,
    const struct vrf_events_maker *maker, const char **path);
void vrf_events_task_clear(struct vrf_events_task *task);

/* The batches of one capture, one after the other. */
struct vrf_events_reader;
struct vrf_events_reader *vrf_events_open(
    const struct vrf_events_task *task, const struct vrf_events_capture *capture);
/* The next batch into b's block, for vrf_events_decode(); sets its n_frames.  False: damaged. */
bool vrf_events_next(struct vrf_events_reader *r, struct vrf_batch *b);
void vrf_events_close(struct vrf_events_reader *r);

#endif
