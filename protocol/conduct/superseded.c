/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests and updates that wait no longer, because a newer one takes their place. */
#include "conduct/private.h"

/*
 * w is between the ends of v, and older.  If one of them may have an authenticator that was not
 * captured, it is unknown whether v supersedes w: the frame of v is kept, until a copy shows it
 * all.
 */
SELDOM static void
supersede_one(const struct view *v, struct wait *w, bool bare)
{
    uint64_t *by = mipro_wait_unseen(w);

    if ((w->flags & RECENT_BARE) != 0 || (!bare && v->verdict != MIPRO_TRUNCATED))
        w->superseded = true;
    else if (!bare || (w->flags & RECENT_CUT) != 0)
        *by = *by == 0 ? v->ev->frame : SEVERAL_FRAMES;
}

void
mipro_supersede(const struct shard *c, const struct view *v, enum wait_kind kind, bool bare)
{
    uint32_t peer = kind == WAIT_ACK ? v->ev->dst : v->ev->src;

    for (struct wait *w = peer_wait_first(c, v->home, peer); w != NULL;
         w = peer_wait_next(c, w, peer))
        if (w->kind == kind && w->src == v->ev->src && w->dst == v->ev->dst)
            supersede_one(v, w, bare);
}

void
mipro_complete_superseding(
    const struct shard *c, const struct view *v, enum wait_kind kind, bool bare)
{
    uint32_t peer = kind == WAIT_ACK ? v->ev->dst : v->ev->src;

    for (struct wait *w = peer_wait_first(c, v->home, peer); w != NULL;
         w = peer_wait_next(c, w, peer))
        if (w->kind == kind && *mipro_wait_unseen(w) == v->ev->copy_of) {
            *mipro_wait_unseen(w) = 0;
            if (w->frame != v->ev->copy_of)
                supersede_one(v, w, bare);
        }
}
