/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reading.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "capture/follow.h"
#include "events/archive.h"
#include "names.h"

void
vrf_reading_begin(struct vrf_reading *r, const struct vrf_options *o, unsigned first, unsigned end,
    struct vrf_archive *archive)
{
    *r = (struct vrf_reading){
        .o = o, .file = first, .end = end, .archive = archive, .next_frame = 1
    };
    if (o->follow)
        r->follow = vrf_follow_new(o->files[0]);
}

void
vrf_reading_end(struct vrf_reading *r)
{
    vrf_capture_close(r->capture);
    vrf_follow_free(r->follow);
}

static void
end_file(struct vrf_reading *r, struct vrf_batch *b)
{
    vrf_capture_close(r->capture);
    r->capture = NULL;
    r->file++;
    b->ends_file = true;
    if (r->follow != NULL)
        b->ends_state = !vrf_follow_goes_on(r->follow);
    else
        b->ends_state = !r->o->carry_on || r->file == r->end;
}

/* Open the capture that is next; if that fails, b says why. */
static void
begin_file(struct vrf_reading *r, struct vrf_batch *b)
{
    const char *path = r->o->files[r->follow != NULL ? 0 : r->file], *next = path;

    if (r->follow != NULL)
        next = vrf_follow_next(r->follow, b->error);
    r->name = next != NULL ? vrf_name_keep(next) : path;
    r->in_file = 0;
    r->origin = NULL;
    b->n_begun = 1;
    *VRF_ARRAY_ADD(&b->parts) = (struct vrf_part){
        .before = r->next_frame - 1,
        .shift = 1 - r->next_frame,
        .name = r->name,
        .begins = true,
        .counts = true,
    };
    if (next != NULL)
        r->capture = vrf_capture_open(next, r->follow, b->error);
}

/*
 * Frames of an evidence file are reported as those of the captures that they were copied from.
 * Frames that follow each other there make one part.
 */
static void
follow_origins(struct vrf_reading *r, struct vrf_batch *b)
{
    for (size_t i = 0; i < b->block.n_frames; i++) {
        const struct vrf_origin *origin = &b->block.origins[i];
        uint64_t running = r->next_frame + i;
        const char *name = origin->name != NULL ? origin->name : r->name;
        uint64_t number = origin->name != NULL ? origin->number : r->in_file + i + 1;
        bool counts;

        if (name == r->origin && number - running == r->shift) {
            r->last_number = number;
            continue;
        }
        counts = name != r->origin || number <= r->last_number;
        r->origin = name;
        r->shift = number - running;
        r->last_number = number;
        *VRF_ARRAY_ADD(&b->parts) = (struct vrf_part){
            .before = running - 1,
            .shift = r->shift,
            .name = name,
            .counts = counts,
        };
    }
}

/* Was following stopped before the first frame of the capture?  Then the capture is not at fault.
 */
static bool
was_stopped(const struct vrf_reading *r, const struct vrf_batch *b)
{
    return r->follow != NULL && vrf_follow_stopped() && r->in_file == 0 &&
           (b->error[0] == '\0' || strcmp(b->error, "is empty") == 0);
}

/* The metrics may be written while the capture is read. */
static bool
needs_totals(const struct vrf_reading *r, const struct vrf_batch *b)
{
    return b->ends_state || r->o->metrics != NULL;
}

/* The same as vrf_read_batch(), of events. */
static bool
read_events(struct vrf_reading *r, struct vrf_batch *b)
{
    bool more;

    vrf_batch_empty(b);
    b->of_events = true;
    b->permille = 1000;
    b->first_frame = r->next_frame;
    (void)vrf_archive_read(r->archive, b);
    more = !vrf_archive_ends(r->archive);
    b->ends_state = !more;
    b->has_totals = needs_totals(r, b);
    r->next_frame += b->block.n_frames;
    return more;
}

/* Not inlined: a stage of its own in the profile of the bench (tests/bench/verify-speed.sh). */
__attribute__((noinline)) bool
vrf_read_batch(struct vrf_reading *r, struct vrf_batch *b)
{
    enum vrf_read how = VRF_READ_BROKEN;

    if (r->archive != NULL)
        return read_events(r, b);
    vrf_batch_empty(b);
    b->block.n_frames = b->block.used = 0;
    b->first_frame = r->next_frame;
    b->permille = -1;
    if (r->capture == NULL)
        begin_file(r, b);
    b->name = r->name;
    if (r->capture != NULL) {
        how = vrf_capture_read(r->capture, &b->block, b->error);
        b->permille = vrf_capture_permille(r->capture);
    }
    if (b->block.origins != NULL && b->block.n_frames != 0)
        follow_origins(r, b);
    r->next_frame += b->block.n_frames;
    r->in_file += b->block.n_frames;
    if (how != VRF_READ_MORE && was_stopped(r, b))
        how = VRF_READ_END;
    else if (how == VRF_READ_END && r->in_file == 0 && r->follow == NULL) {
        snprintf(b->error, sizeof(b->error), "has no frames");
        how = VRF_READ_BROKEN;
    }
    b->broken = how == VRF_READ_BROKEN;
    if (how != VRF_READ_MORE)
        end_file(r, b);
    else if (b->block.ends_origin)
        b->ends_state = !r->o->carry_on && r->follow == NULL;
    b->has_totals = needs_totals(r, b);
    return r->follow != NULL ? !b->ends_state : r->file < r->end;
}
