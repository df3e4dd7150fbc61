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

static void
empty_judged(struct vrf_judged *judged)
{
    for (uint32_t i = 0; i < judged->findings.n; i++)
        mipro_finding_clear(&judged->findings.at[i]);
    judged->auths.n = judged->findings.n = 0;
}

static void
free_judged(struct vrf_judged *judged)
{
    g_free(judged->auths.at);
    g_free(judged->findings.at);
}

static void
empty_share(struct vrf_share *share)
{
    for (uint32_t i = 0; i < share->records.n; i++)
        vrf_record_clear(&share->records.at[i]);
    for (uint32_t i = 0; i < share->opens.n; i++)
        mipro_finding_clear(&share->opens.at[i].finding);
    share->own.n = share->records.n = share->opens.n = share->traces.n = 0;
    empty_judged(&share->judged);
}

static void
free_share(struct vrf_share *share)
{
    g_free(share->own.at);
    g_free(share->records.at);
    g_free(share->opens.at);
    g_free(share->traces.at);
    free_judged(&share->judged);
}

struct vrf_batch *
vrf_batch_new(unsigned n_shares)
{
    struct vrf_batch *b = g_new0(struct vrf_batch, 1);

    /* Allocated even without authenticators: messages compute offsets from it. */
    b->judged.auths.at = vrf_array_grow(NULL, &b->judged.auths.max, sizeof(*b->judged.auths.at));
    b->n_shares = b->max_shares = n_shares;
    b->shares = g_new0(struct vrf_share, n_shares);
    for (unsigned i = 0; i < n_shares; i++)
        b->shares[i].judged.auths.at = vrf_array_grow(
            NULL, &b->shares[i].judged.auths.max, sizeof(*b->shares[i].judged.auths.at));
    return b;
}

void
vrf_batch_empty(struct vrf_batch *b)
{
    for (uint32_t i = 0; i < b->owned.n; i++)
        g_free(b->owned.at[i]);
    empty_judged(&b->judged);
    for (unsigned i = 0; i < b->n_shares; i++)
        empty_share(&b->shares[i]);
    b->events.n = b->messages.n = b->noticed.n = 0;
    b->tunnels.n = b->adverts.n = b->fragments.n = b->owned.n = b->overlaps.n = 0;
    b->begun.n = b->pieces.n = 0;
    for (uint32_t i = 0; i < b->joined.n; i++)
        vrf_record_clear(&b->joined.at[i]);
    b->joined.n = 0;
    b->unopened.n = b->parts.n = b->ticks.n = b->encoded.n = 0;
    b->n_foreign = b->n_begun = 0;
    b->of_events = b->lost = false;
    b->incomplete = 0;
    b->in = 0;
    b->folded.messages = b->folded.fragments = 0;
    b->error[0] = '\0';
    b->ends_file = b->ends_state = b->broken = false;
    memset(b->types, 0, sizeof(b->types));
}

void
vrf_batch_free(struct vrf_batch *b)
{
    if (b == NULL)
        return;
    vrf_batch_empty(b);
    vrf_block_free(&b->block);
    free_judged(&b->judged);
    for (unsigned i = 0; i < b->max_shares; i++)
        free_share(&b->shares[i]);
    g_free(b->shares);
    g_free(b->joined.at);
    g_free(b->parts.at);
    g_free(b->events.at);
    g_free(b->messages.at);
    g_free(b->noticed.at);
    g_free(b->tunnels.at);
    g_free(b->adverts.at);
    g_free(b->fragments.at);
    g_free(b->begun.at);
    g_free(b->pieces.at);
    g_free(b->unopened.at);
    g_free(b->owned.at);
    g_free(b->overlaps.at);
    g_free(b->ticks.at);
    g_free(b->encoded.at);
    g_free(b);
}

bool
vrf_is_own(const struct mipro_conduct_config *config, const struct vrf_message *message)
{
    uint32_t home = (uint32_t)mipro_value(&message->m, MIPRO_F_HOMEADDR);

    return config->parts <= 1 ||
           mipro_conduct_shard(home, MIPRO_SHARDS) % config->parts == config->part;
}

void
vrf_disown(struct vrf_batch *b, struct vrf_message *message)
{
    b->types[message->m.buf[0]]--;
    b->n_foreign++;
    message->foreign = true;
}

bool
vrf_announces(const struct vrf_batch *b, const struct vrf_message *message)
{
    for (uint32_t i = 0; i < message->n_auth; i++)
        if (b->judged.auths.at[message->first_auth + i].replay == MIPRO_REPLAY_NONCE)
            return true;
    return false;
}

struct mipro_auth *
vrf_auths(const struct vrf_batch *b, const struct vrf_message *message)
{
    return message->in_share ? b->shares[message->share].judged.auths.at + message->share_auth
                             : b->judged.auths.at + message->first_auth;
}

static unsigned
share_of(const struct vrf_batch *b, uint32_t homeaddr)
{
    return mipro_conduct_shard(homeaddr, MIPRO_SHARDS) % b->n_shares;
}

static void
share_with(struct vrf_batch *b, unsigned first, unsigned end, uint32_t event)
{
    for (unsigned i = first; i < end; i++)
        *VRF_ARRAY_ADD(&b->shares[i].own) = event;
}

void
vrf_share_out(struct vrf_batch *b)
{
    if (b->n_shares == 1)
        return;
    for (unsigned i = 0; i < b->n_shares; i++)
        b->shares[i].own.n = 0;
    for (uint32_t i = 0; i < b->events.n; i++) {
        struct vrf_event *ev = &b->events.at[i];
        unsigned share = VRF_ALL_SHARES;

        if (ev->kind == VRF_EVENT_MESSAGE) {
            struct vrf_message *message = &b->messages.at[ev->at];

            message->share = (uint8_t)share_of(b, ev->homeaddr);
            if (message->late || !vrf_is_common(b, message))
                share = message->share;
        } else if (ev->kind == VRF_EVENT_TUNNEL) {
            share = share_of(b, b->tunnels.at[ev->at].homeaddr);
        }
        ev->share = share & 31;
        if (share == VRF_ALL_SHARES)
            share_with(b, 0, b->n_shares, i);
        else
            share_with(b, share, share + 1, i);
    }
}

/* In a block in which time advances as usual: the first, the second and the last frame. */
static bool
find_usual_ticks(struct vrf_batch *b)
{
    const struct vrf_frame *frames = b->block.frames, *frame;
    size_t n = b->block.n_frames;

    if (n < 3 || frames[0].time == MIPRO_TIME_NONE ||
        mipro_time_between(frames[0].time, frames[n - 1].time) > MIPRO_RUN_STEP)
        return false;
    for (frame = frames + 1; frame < frames + n; frame++)
        if (frame->time < frame[-1].time)
            return false;
    *VRF_ARRAY_ADD(&b->ticks) = (struct vrf_tick){ b->first_frame, frames[0].time };
    *VRF_ARRAY_ADD(&b->ticks) = (struct vrf_tick){ b->first_frame + 1, frames[1].time };
    *VRF_ARRAY_ADD(&b->ticks) = (struct vrf_tick){ b->first_frame + n - 1, frames[n - 1].time };
    return true;
}

/* Find the frames whose timestamps determine the clock: see conduct/clock.h. */
void
vrf_find_ticks(struct vrf_batch *b)
{
    int64_t put = 0, before = 0;
    uint64_t in_run = 0;

    if (find_usual_ticks(b))
        return;
    for (size_t i = 0; i < b->block.n_frames; i++) {
        int64_t time = b->block.frames[i].time;
        bool ends = i + 1 == b->block.n_frames;
        int64_t step;

        if (time == MIPRO_TIME_NONE)
            continue;
        step = mipro_time_between(before, time);
        in_run = in_run == 0 || step < 0 || step > MIPRO_RUN_STEP ? 1 : in_run + 1;
        before = time;
        for (size_t k = i + 1; !ends && k < b->block.n_frames; k++) {
            int64_t next = b->block.frames[k].time;

            if (next == MIPRO_TIME_NONE) {
                ends = k + 1 == b->block.n_frames;
                continue;
            }
            step = mipro_time_between(time, next);
            ends =
                step < 0 || step > MIPRO_RUN_STEP || mipro_time_between(put, next) > MIPRO_RUN_STEP;
            break;
        }
        if (in_run > 2 && !ends)
            continue;
        *VRF_ARRAY_ADD(&b->ticks) = (struct vrf_tick){ b->first_frame + i, time };
        put = time;
    }
}

void
vrf_runs_begin(struct vrf_runs *runs, struct vrf_batch *b)
{
    runs->n = 0;
    for (unsigned i = 0; i < b->n_shares; i++) {
        struct vrf_share *share = &b->shares[i];

        if (share->records.n == 0)
            continue;
        runs->run[runs->n].at = share->records.at;
        runs->run[runs->n++].end = share->records.at + share->records.n;
        share->records.n = 0;
    }
}

const struct vrf_record *
vrf_runs_next(struct vrf_runs *runs)
{
    unsigned first = runs->n;

    for (unsigned i = 0; i < runs->n; i++)
        if (runs->run[i].at != runs->run[i].end &&
            (first == runs->n || vrf_record_compare(runs->run[i].at, runs->run[first].at) < 0))
            first = i;
    return first != runs->n ? runs->run[first].at++ : NULL;
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
        .nai = g_strdup(finding->nai),
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
        return 0; /* their order does not matter */
    if (a->kind != VRF_RECORD_FINDING)
        return a->off < b->off ? -1 : a->off > b->off;
    if (a->finding->rule != b->finding->rule)
        return a->finding->rule < b->finding->rule ? -1 : 1;
    if (a->off != b->off)
        return a->off < b->off ? -1 : 1;
    return strcmp(a->finding->text, b->finding->text);
}

size_t
vrf_record_weight(const struct vrf_record *r)
{
    size_t n = sizeof(*r) + (r->nai != NULL ? strlen(r->nai) + 1 : 0);

    if (r->finding != NULL && r->finding->text != NULL)
        n += sizeof(*r->finding) + strlen(r->finding->text) + 1;
    return n;
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
    g_free(r->nai);
    r->nai = NULL;
}
