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

/* What was noted of a frame: the place of a text, or the verdict of a good authenticator. */
struct vrf_note {
    uint64_t frame; /* running number */
    uint64_t text;  /* where it lies, or VRF_NOTE_GOOD | the type of the extension */
};
#define VRF_NOTE_GOOD (UINT64_C(1) << 63)

/* All notes in the order of frames, *n of them; and the text of one, or NULL: errno says why. */
const struct vrf_note *vrf_evidence_sorted(struct vrf_evidence_notes *e, size_t *n);
char *vrf_evidence_text(struct vrf_evidence_notes *e, const struct vrf_note *note);
/* Was something found about this home address? */
bool vrf_evidence_has_home(const struct vrf_evidence_notes *e, uint32_t home);
uint64_t vrf_evidence_left_out(const struct vrf_evidence_notes *e);
/* errno, if notes could not be kept; else 0. */
int vrf_evidence_error(const struct vrf_evidence_notes *e);

#endif
