/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.h - findings that are known and accepted, each with a reason and perhaps an end date.
 *
 * The file has one entry per line, quoted like the key file (mipro-verify(1), BASELINES):
 *
 *   "what","source","destination","home address","reason","until"
 *
 * A known record is marked, not hidden; only the others affect the exit status.  An expired
 * entry accepts nothing.  If a line is malformed, no entry of its file is used.
 */
#ifndef VRF_BASELINE_H
#define VRF_BASELINE_H

#include <glib.h>

#include "report/fingerprint.h"

struct vrf_known {
    struct vrf_fingerprint f;
    unsigned line; /* of the file, from 1 */
    const char *reason;
    const char *until_text; /* as written in the file; NULL: it never expires */
    int64_t until;          /* the first time that it no longer accepts */
    bool seen;              /* a record matched it in this run */
};

struct vrf_baseline;

/* On error NULL, with file, line and reason in *error, which the caller frees. */
struct vrf_baseline *vrf_baseline_load(const char *path, char **error);
void vrf_baseline_free(struct vrf_baseline *b);

/* The entry that matches this record, which is then marked as seen, or NULL. */
const struct vrf_known *vrf_baseline_find(struct vrf_baseline *b, const struct vrf_fingerprint *f);
/* Does it accept a record of this time?  A record without a time only if it never expires. */
bool vrf_known_accepts(const struct vrf_known *known, int64_t time);
/* Its file, as given to vrf_baseline_load(). */
const char *vrf_baseline_path(const struct vrf_baseline *b);
/* The entries in the order of the file: entry i, or NULL past the last. */
const struct vrf_known *vrf_baseline_at(const struct vrf_baseline *b, size_t i);

/* ---- writing one ---- */

struct vrf_baseline_writer;
struct vrf_baseline_writer *vrf_baseline_writer_new(void);
void vrf_baseline_writer_free(struct vrf_baseline_writer *w);
/* known: the entry in the baseline that was read, whose reason and end are kept, or NULL. */
void vrf_baseline_writer_add(struct vrf_baseline_writer *w, const struct vrf_fingerprint *f,
    const struct vrf_known *known, const char *file, uint64_t frame);
/* Returns 0 or an errno.  *left_out counts the records that did not fit. */
int vrf_baseline_writer_save(
    const struct vrf_baseline_writer *w, const char *path, uint64_t *left_out);

#endif
