/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "batch.h"

#include <glib.h>
#include <string.h>

__attribute__((noinline, cold)) void *
vrf_array_grow(void *at, uint32_t *max, size_t size)
{
    *max = *max == 0 ? 64 : 2 * *max;
    return g_realloc_n(at, *max, size);
}

struct vrf_batch *
vrf_batch_new(void)
{
    struct vrf_batch *b = g_new0(struct vrf_batch, 1);

    /* Messages without authenticators too count their place from here. */
    b->auths.at = vrf_array_grow(NULL, &b->auths.max, sizeof(*b->auths.at));
    return b;
}

void
vrf_batch_empty(struct vrf_batch *b)
{
    for (uint32_t i = 0; i < b->owned.n; i++)
        g_free(b->owned.at[i]);
    for (uint32_t i = 0; i < b->findings.n; i++)
        mipro_finding_clear(&b->findings.at[i]);
    b->events.n = b->messages.n = b->auths.n = b->findings.n = b->noticed.n = 0;
    b->tunnels.n = b->adverts.n = b->fragments.n = b->owned.n = b->overlaps.n = 0;
    for (uint32_t i = 0; i < b->records.n; i++)
        vrf_record_clear(&b->records.at[i]);
    b->records.n = 0;
    b->unopened.n = b->parts.n = b->ticks.n = 0;
    b->n_foreign = 0;
    b->of_events = false;
    b->incomplete = 0;
    b->in = 0;
    b->error[0] = '\0';
    b->begins_file = b->ends_file = b->ends_state = b->broken = false;
    memset(b->types, 0, sizeof(b->types));
}

void
vrf_batch_free(struct vrf_batch *b)
{
    if (b == NULL)
        return;
    vrf_batch_empty(b);
    vrf_block_free(&b->block);
    g_free(b->parts.at);
    g_free(b->events.at);
    g_free(b->messages.at);
    g_free(b->auths.at);
    g_free(b->findings.at);
    g_free(b->noticed.at);
    g_free(b->tunnels.at);
    g_free(b->adverts.at);
    g_free(b->fragments.at);
    g_free(b->unopened.at);
    g_free(b->owned.at);
    g_free(b->overlaps.at);
    g_free(b->records.at);
    g_free(b->ticks.at);
    g_free(b);
}

struct vrf_record
vrf_record_of(const struct mipro_finding *finding)
{
    return (struct vrf_record){
        .kind = VRF_RECORD_FINDING,
        .frame = finding->frame,
        .time = finding->time,
        .src = finding->src,
        .dst = finding->dst,
        .message = finding->message,
        .off = (uint32_t)finding->off,
        .has_home = finding->has_home,
        .home = finding->home,
        .finding = mipro_finding_copy(finding),
    };
}

int
vrf_record_compare(const struct vrf_record *a, const struct vrf_record *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == VRF_RECORD_OPEN)
        return 0; /* their order says nothing */
    if (a->kind != VRF_RECORD_FINDING)
        return a->off < b->off ? -1 : a->off > b->off;
    if (a->finding->rule != b->finding->rule)
        return a->finding->rule < b->finding->rule ? -1 : 1;
    if (a->off != b->off)
        return a->off < b->off ? -1 : 1;
    return strcmp(a->finding->text, b->finding->text);
}

void
vrf_record_clear(struct vrf_record *r)
{
    mipro_finding_free(r->finding);
    r->finding = NULL;
    g_free(r->open);
    r->open = NULL;
    g_free(r->error);
    r->error = NULL;
}
