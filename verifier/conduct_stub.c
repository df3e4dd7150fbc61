/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conduct_stub.c - stands in until protocol/mipro_conduct.c is there: no rule over several messages. */
#include <stdlib.h>

#include "mipro_conduct.h"
#include "mipro_lanes.h"

struct mipro_conduct {
    struct mipro_conduct_sink sink;
};

struct mipro_conduct_config
mipro_conduct_defaults(void)
{
    return (struct mipro_conduct_config){ .set = MIPRO_SETTINGS,
        .update_rate = { 5, 10 * MIPRO_SECOND },
        .warning_rate = { 5, 10 * MIPRO_SECOND },
        .ack_timeout = 5 * MIPRO_SECOND };
}

struct mipro_conduct *
mipro_conduct_new(const struct mipro_conduct_config *config, const struct mipro_conduct_sink *sink)
{
    struct mipro_conduct *c = calloc(1, sizeof(*c));

    (void)config;
    if (c != NULL)
        c->sink = *sink;
    return c;
}

void
mipro_conduct_free(struct mipro_conduct *c)
{
    free(c);
}

void
mipro_conduct_prefetch(const struct mipro_conduct *c, uint32_t homeaddr, unsigned stage)
{
    (void)c;
    (void)homeaddr;
    (void)stage;
}

enum mipro_ident_hint
mipro_conduct_ident_hint(
    const struct mipro_conduct *c, uint32_t src, uint32_t dst, uint32_t homeaddr)
{
    (void)c;
    (void)src;
    (void)dst;
    (void)homeaddr;
    return MIPRO_IDENT_UNKNOWN;
}

void
mipro_conduct_see(struct mipro_conduct *c, struct mipro_event *event)
{
    for (size_t i = 0; i < event->n_auth; i++) {
        if (event->auth[i].ext == MIPRO_EXT_PFAN) {
            c->sink.pfan(c->sink.ctx, event->frame, NULL);
            return;
        }
    }
}

void
mipro_conduct_advert(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t agent,
    const struct mipro_advert *advert)
{
    (void)c;
    (void)frame;
    (void)time;
    (void)agent;
    (void)advert;
}

void
mipro_conduct_tunnel(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t src,
    uint32_t dst, uint32_t homeaddr)
{
    (void)c;
    (void)frame;
    (void)time;
    (void)src;
    (void)dst;
    (void)homeaddr;
}

void
mipro_conduct_tick(struct mipro_conduct *c, int64_t time)
{
    (void)c;
    (void)time;
}

void
mipro_conduct_end(struct mipro_conduct *c)
{
    (void)c;
}

uint64_t
mipro_conduct_horizon(const struct mipro_conduct *c)
{
    (void)c;
    return UINT64_MAX;
}

uint64_t
mipro_conduct_dropped(const struct mipro_conduct *c)
{
    (void)c;
    return 0;
}

__attribute__((weak)) bool
mipro_lanes_check(void)
{
    return true;
}
