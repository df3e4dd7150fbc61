/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that were taken for what they seem to be, because the frame was cut, until a copy of it,
 * on another tap, say, shows that they are forged, or have an unknown SPI.  Otherwise a frame that
 * ends early, sent just before a forged message, would hide it.
 */
#include "conduct/private.h"

static void
forget_waits(struct shard *c, struct home *h, uint64_t frame)
{
    for (struct wait *w = wait_first(h), *next; w != NULL; w = next) {
        next = wait_next(h, w);
        if (w->frame == frame && (w->kind == WAIT_ACK || w->kind == WAIT_ANSWER))
            mipro_wait_end(c, w);
    }
    for (struct wait *w = target_first(h), *next; w != NULL; w = next) {
        next = wait_next(h, w);
        if (w->frame == frame)
            mipro_wait_end(c, w);
    }
}

static void
forget_sent(struct flow *p, uint64_t frame)
{
    struct recent *r = mipro_recent_find(p, frame);

    mipro_rate_withdraw(p, frame);
    if (r != NULL)
        *r = (struct recent){ 0 };
}

static void
forget_asked(struct registry *r, uint64_t frame)
{
    for (unsigned i = 0; i < REQUESTS; i++)
        if (r->asked[i].frame == frame && r->asked[i].cut)
            r->asked[i] = (struct asked){ 0 };
}

bool
mipro_unmask(struct shard *c, const struct view *v)
{
    uint64_t frame = v->ev->copy_of;
    enum flow_kind kind = v->type == MIPRO_BINDING_WARNING ? FLOW_WARNINGS : FLOW_UPDATES;
    struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, kind);

    if (!view_unproven(v) || v->type == MIPRO_BINDING_ACKNOWLEDGE ||
        v->type == MIPRO_REGISTRATION_REPLY)
        return false;
    forget_waits(c, v->home, frame);
    if (p != NULL)
        forget_sent(p, frame);
    if (v->home->registry != NULL)
        forget_asked(v->home->registry, frame);
    return true;
}
