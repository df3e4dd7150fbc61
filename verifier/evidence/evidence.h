/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - the frames that prove the findings, as a pcapng file with a comment per packet.
 *
 * While the report is written, its records are noted by frame, and in which frame each message
 * is (traces.h).  Then the captures are read once more, and the frames of the report and the
 * exchanges around them are copied with their time, interface and link type.  A comment begins with
 * the frame's origin, so that mipro-verify reports the original file and frame when it reads the
 * evidence (origin.h).
 *
 * A frame that only shows that time passed (rules about missing answers depend on that) is
 * included without its octets.
 */
#ifndef VRF_EVIDENCE_H
#define VRF_EVIDENCE_H

#include <glib.h>

#include "evidence/traces.h"
#include "mipro_keys.h"

struct vrf_options;
struct vrf_report;
struct vrf_evidence_notes;

/* Before the first capture is read. */
struct vrf_evidence_notes *vrf_evidence_new(const struct vrf_options *o);
void vrf_evidence_free(struct vrf_evidence_notes *e);

/* Note a record that is printed; r provides the names and numbers of its frames. */
void vrf_evidence_note(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const struct vrf_record *record);
/* Note the messages of a batch, which is numbered as in the report. */
void vrf_evidence_note_batch(struct vrf_evidence_notes *e, const struct vrf_batch *b);

/*
 * Write the file.  Returns 0 or an errno; EIO also if a capture has changed since it was read.
 * *left_out counts the records that did not fit.
 */
int vrf_evidence_write(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const char *path, uint64_t *left_out);

/* ---- for the files of this folder ---- */

/* A note about a frame. */
struct vrf_note {
    uint64_t frame;        /* running number */
    uint64_t text : 63;    /* offset of the text */
    uint64_t is_fault : 1; /* so the frame belongs to the evidence */
};

#define VRF_NOTE_TEXT (UINT64_MAX >> 1) /* the bits of text */

/* Notes in the order of frames. */
struct vrf_note_list {
    const struct vrf_note *at, *end;
};

struct vrf_note_list vrf_evidence_texts(struct vrf_evidence_notes *e);
/* What is known of the messages in each frame. */
struct vrf_traces *vrf_evidence_traces(struct vrf_evidence_notes *e);
/* Append the text of a note, at most max octets.  On error false, with the reason in errno. */
bool vrf_evidence_append_text(
    struct vrf_evidence_notes *e, const struct vrf_note *note, size_t max, GString *to);
/* Was something found about this home address? */
bool vrf_evidence_has_home(const struct vrf_evidence_notes *e, uint32_t home);
/* The same for a node that names itself; a reply may have given it a home address since. */
bool vrf_evidence_has_nai(const struct vrf_evidence_notes *e, const struct mipro_nai *nai);
/*
 * Is the file of that number on the command line as it was at the beginning, or longer, or gone?
 * If not, that was reported.
 */
bool vrf_evidence_is_unchanged(
    const struct vrf_evidence_notes *e, const struct vrf_options *o, unsigned file);
uint64_t vrf_evidence_left_out(const struct vrf_evidence_notes *e);
/* The errno if notes could not be stored; else 0. */
int vrf_evidence_error(const struct vrf_evidence_notes *e);

#endif
