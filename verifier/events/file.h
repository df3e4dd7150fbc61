/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - events files, written by --events and read by --shard=K/N.
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
 * (codec.h) that is not empty, and a last block with the offset of each capture.  The
 * checksums detect accidental damage, not forgery.
 */
#ifndef VRF_EVENTS_FILE_H
#define VRF_EVENTS_FILE_H

#include "batch.h"
#include "events/pack.h"
#include "mipro_mix.h"

#define VRF_EVENTS_FRAMES                                                                          \
    (UINT64_C(1) << 20)       /* maximum of a batch: no block has room for so many */
#define VRF_EVENTS_PARTS 256u /* maximum; parts beyond MIPRO_SHARDS are empty */

/* Keys and options that must be the same in all tasks, whether they write events or judge them. */
struct vrf_events_maker {
    uint64_t options; /* a hash of the options that conduct and verdicts depend on */
    uint32_t keys;    /* a hash of the key file, too short to confirm a guessed key */
};
struct vrf_events_maker vrf_events_maker(const struct vrf_options *o);

/* ---- writing ---- */

struct vrf_events_writer;
/* NULL on error, which was reported. */
struct vrf_events_writer *vrf_events_begin(const struct vrf_options *o);
/* Write the next batch. */
void vrf_events_add(struct vrf_events_writer *w, const struct vrf_batch *b);
/* Rename the files to their final names.  False on error, which was reported. */
bool vrf_events_finish(struct vrf_events_writer *w);

/* ---- reading ---- */

/* A capture that was read by a task. */
struct vrf_events_capture {
    const char *name;
    uint64_t n_batches, n_frames, n_messages;
    uint64_t content; /* a hash of all frames, to find duplicates */
    uint64_t cut;     /* a hash of where batches end: it may differ if the capture is read again */
    int64_t first, last; /* timestamps; MIPRO_TIME_NONE: none */
    bool broken;         /* it was not read to its end */
    bool renamed;        /* its frames are reported as those of other captures (evidence) */
    const uint64_t *at;  /* offset of its blocks in each file of the task */
};

/* What the file of a part has of a capture, so that it is not taken for one of another run. */
static inline uint64_t
vrf_events_bond(const struct vrf_events_capture *capture)
{
    return mipro_mix(capture->content, capture->cut);
}

/* The files of one task: the common one, then those of one part or of several. */
struct vrf_events_task {
    char **path;
    unsigned n_files;
    struct vrf_events_capture *captures;
    size_t n_captures;
    uint64_t *at; /* the offsets of all captures */
};

/* Which parts' files of a task are read: those from first on, of n_parts. */
struct vrf_events_parts {
    unsigned first, n, n_parts;
};

/*
 * Read the ends of all files of a task, whose paths are set, and check all their blocks.
 * Returns NULL if they are valid, else the error, to be freed by the caller; *path is the file
 * concerned.
 */
char *vrf_events_check(struct vrf_events_task *task, const struct vrf_events_parts *parts,
    const struct vrf_events_maker *maker, const char **path);
void vrf_events_task_clear(struct vrf_events_task *task);

/* The octets of a block, which stay until the next ones are read; n is 0 if there is none. */
struct vrf_events_octets {
    const uint8_t *octets;
    size_t n;
};

/* Reads the batches of one capture after another, in order. */
struct vrf_events_reader;
/* Of tasks with so many files. */
struct vrf_events_reader *vrf_events_reader_new(unsigned n_files);
/* Go to a capture, which is quick if it follows the last one.  False: its files are not there. */
bool vrf_events_open(struct vrf_events_reader *r, const struct vrf_events_task *task,
    const struct vrf_events_capture *capture);
/* Read the next batch of the capture, a block of each file.  False: it is damaged. */
bool vrf_events_take(struct vrf_events_reader *r, const struct vrf_events_octets **blocks);
/*
 * Add the next batch of the capture to b, for vrf_events_decode(), with the number of its frames.
 * False: it is damaged.
 */
bool vrf_events_next(struct vrf_events_reader *r, struct vrf_batch *b);
/* Were all batches of the capture read? */
bool vrf_events_end(const struct vrf_events_reader *r);
void vrf_events_reader_free(struct vrf_events_reader *r);

#endif
