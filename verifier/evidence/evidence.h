/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - the frames that show what was found, as a pcapng file with a comment per packet.
 *
 * While the report is made, what it says of each frame is noted; then the captures are read
 * once more, and the frames that were named, and the exchange around them, are copied with their
 * time, interface and link type.  A comment begins with the frame's origin, by which
 * mipro-verify reports the original file and frame when it reads the evidence (origin.h).
 *
 * A frame that only shows that time went on (which rules about missing answers depend on) is
 * there without its octets.
 */
#ifndef VRF_EVIDENCE_H
#define VRF_EVIDENCE_H

#include <glib.h>

#include "report/record.h"

struct vrf_report;
struct vrf_evidence_notes;

struct vrf_evidence_notes *vrf_evidence_new(void);
void vrf_evidence_free(struct vrf_evidence_notes *e);

/* A record that is printed, of a report that knows the names and numbers of its frames. */
void vrf_evidence_note(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const struct vrf_record *record);

/*
 * Write the file.  Returns 0 or an errno; EIO also where a capture is no longer what it was.
 * *left_out counts records that found no room.
 */
int vrf_evidence_write(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const char *path, uint64_t *left_out);

/* ---- for the files of this folder ---- */

/* What was noted of a frame: where its text is kept, or of a good authenticator its extension. */
struct vrf_note {
    uint64_t frame; /* running number */
    uint64_t text;  /* its place, or the type of the extension */
};

/* Notes in the order of frames. */
struct vrf_note_list {
    const struct vrf_note *at, *end;
};

/*
 * All that have a text, and those of good authenticators.  The good ones are kept apart because
 * every message may have one; they come in order, and the others do not.
 */
struct vrf_note_list vrf_evidence_texts(struct vrf_evidence_notes *e);
struct vrf_note_list vrf_evidence_good(struct vrf_evidence_notes *e);
/* Append the text of a note, of at most max octets.  False: errno says why not. */
bool vrf_evidence_append_text(
    struct vrf_evidence_notes *e, const struct vrf_note *note, size_t max, GString *to);
/* Was something found about this home address? */
bool vrf_evidence_has_home(const struct vrf_evidence_notes *e, uint32_t home);
uint64_t vrf_evidence_left_out(const struct vrf_evidence_notes *e);
/* errno, if notes could not be kept; else 0. */
int vrf_evidence_error(const struct vrf_evidence_notes *e);

#endif
