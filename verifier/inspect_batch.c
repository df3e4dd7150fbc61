/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inspect_batch.c - inspect a batch of frames, or of events, which were inspected before. */
#include "batch.h"
#include "events/codec.h"

#include <glib.h>

static void
inspect_events(struct vrf_batch *b, const struct vrf_options *o)
{
    if (b->lost || vrf_events_decode(b, o))
        return;
    b->lost = true;
    g_strlcpy(b->error, "its events are not what was written", sizeof(b->error));
}

void
vrf_inspect(struct vrf_batch *b, const struct vrf_options *o)
{
    if (b->of_events)
        inspect_events(b, o);
    else
        vrf_inspect_frames(b, o);
    vrf_share_out(b);
}
