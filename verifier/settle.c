/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settler.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Make conduct's event from a message and its authenticators; for the rest, vrf_settler_event(). */
static inline void
set_event(struct mipro_event *event, const struct vrf_message *message, struct mipro_auth *auths)
{
    event->frame = message->frame;
    event->time = message->time;
    event->src = message->src;
    event->dst = message->dst;
    event->message = &message->m;
    event->auth = auths;
    event->n_auth = message->n_auth;
    event->content = message->content;
    event->datagram = message->datagram;
    event->ip_id = message->ip_id;
    event->way = message->way;
}

/* Did conduct change a verdict (of a Binding Update sent for a PFAN)? */
static inline bool
see(struct vrf_settler *s, struct vrf_message *message, struct mipro_auth *auths)
{
    struct mipro_event *event = &s->event;

    set_event(event, message, auths);
    event->rejudged = false;
    event->refused = (struct mipro_clock_difference){ 0, MIPRO_CLOCK_UNKNOWN };
    mipro_conduct_see(s->conduct, event);
    s->conclusion.refused = event->refused;
    if (event->copy_of != 0) /* it is 0: other settlers read the messages beside it in the cache */
        message->copy_of = event->copy_of;
    return event->rejudged;
}

/*
 * A message that others must know of, while their settlers may be at work on it.  So nothing of it
 * is changed: conduct may change a copy of the authenticators, as its own settler does.
 */
__attribute__((noinline)) static void
see_foreign(struct vrf_settler *s, const struct vrf_message *message)
{
    const struct mipro_auth *auths = s->b->judged.auths.at + message->first_auth;
    struct mipro_event event = vrf_settler_event(s);

    s->auths.n = 0;
    (void)VRF_ARRAY_ADD(&s->auths); /* auths.at must not be NULL, even without authenticators */
    s->auths.n = 0;
    for (uint32_t i = 0; i < message->n_auth; i++)
        *VRF_ARRAY_ADD(&s->auths) = auths[i];
    event.ahead = s->event.ahead;
    set_event(&event, message, s->auths.at);
    mipro_conduct_see(s->conduct, &event);
}

/* Copy its authenticators for the use of its settler alone. */
__attribute__((noinline)) static void
copy_auths(struct vrf_settler *s, struct vrf_message *message)
{
    message->share_auth = s->conclusion.share->judged.auths.n;
    for (uint32_t i = 0; i < message->n_auth; i++) {
        struct mipro_auth *copy = VRF_ARRAY_ADD(&s->conclusion.share->judged.auths);

        *copy = s->b->judged.auths.at[message->first_auth + i];
    }
    message->in_share = true;
}

static void
find_next_tick(struct vrf_settler *s)
{
    const struct vrf_batch *b = s->b;

    s->next_tick = s->passed < b->ticks.n ? b->ticks.at[s->passed].frame : UINT64_MAX;
}

__attribute__((noinline)) static void
pass_ticks(struct vrf_settler *s, uint64_t frame)
{
    while (s->next_tick < frame) {
        const struct vrf_tick *tick = &s->b->ticks.at[s->passed++];

        mipro_conduct_tick(s->conduct, tick->frame, tick->time);
        find_next_tick(s);
    }
}

/* Advance conduct's clock up to this frame, which is the next one passed to conduct. */
static inline void
pass_time(struct vrf_settler *s, uint64_t frame)
{
    if (s->next_tick < frame)
        pass_ticks(s, frame);
}

/* Where the findings of a message are; if it is open, its settler judged it. */
static const struct vrf_judged *
judged_of(const struct vrf_settler *s, const struct vrf_message *message)
{
    return message->open ? &s->conclusion.share->judged : &s->b->judged;
}

/*
 * Prepare an unusual message for conduct.  False: it is not passed to conduct.
 */
static bool
prepare(struct vrf_settler *s, struct vrf_message *message)
{
    if (message->open) {
        struct mipro_message *m = &message->m;
        enum mipro_ident_hint hint = mipro_conduct_ident_hint(
            s->conduct, message->src, message->dst, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));

        mipro_message_parse(m, m->buf, m->captured, m->len, &s->o->conduct.set, hint);
        vrf_judge_message(&s->conclusion.share->judged, message, s->o);
        message->share_auth = message->first_auth;
        message->in_share = true;
    }
    if (message->late)
        vrf_conclude(&s->conclusion, message, vrf_auths(s->b, message),
            vrf_findings_in(judged_of(s, message), message));
    else if (message->has_pfan)
        vrf_waiting_add(s->waiting, message, vrf_auths(s->b, message));
    return !message->late;
}

__attribute__((noinline)) static void
settle_changed(struct vrf_settler *s, struct vrf_message *message)
{
    const struct mipro_auth *auths = vrf_auths(s->b, message);

    message->listed = false; /* not with this verdict */
    vrf_check_rules(&s->conclusion.share->judged, message, auths);
    vrf_conclude(
        &s->conclusion, message, auths, vrf_findings_in(&s->conclusion.share->judged, message));
}

static inline void
see_and_conclude(struct vrf_settler *s, struct vrf_message *message, struct mipro_auth *auths,
    const struct vrf_judged *judged)
{
    if (see(s, message, auths))
        settle_changed(s, message);
    else
        vrf_conclude(&s->conclusion, message, auths, vrf_findings_in(judged, message));
}

/* A message with a PFAN waits for conduct's final verdict. */
static void
see_pfan(struct vrf_settler *s, struct vrf_message *message)
{
    s->seen = &s->event;
    (void)see(s, message, vrf_auths(s->b, message));
    s->seen = NULL;
    vrf_waiting_tell(s->waiting, message, &s->event);
}

/* A message that is unusual, or that others must know of: shared. */
__attribute__((noinline)) static void
settle_unusual(struct vrf_settler *s, struct vrf_message *message, bool shared)
{
    if (message->foreign || (shared && !vrf_is_own(&s->config, message))) {
        if (!message->late)
            see_foreign(s, message);
        return;
    }
    if (shared)
        copy_auths(s, message);
    if (!prepare(s, message))
        return;
    if (message->has_pfan)
        see_pfan(s, message);
    else
        see_and_conclude(s, message, vrf_auths(s->b, message), judged_of(s, message));
}

static inline void
settle_message(struct vrf_settler *s, struct vrf_message *message, bool shared)
{
    struct vrf_judged *judged = &s->b->judged;

    if (shared || message->foreign || message->open || message->late || message->has_pfan)
        settle_unusual(s, message, shared);
    else
        see_and_conclude(s, message, judged->auths.at + message->first_auth, judged);
}

/* For --write: one of the settlers that take the event leaves a trace of it. */
static void
leave_aside(struct vrf_settler *s, const struct vrf_event *ev, enum vrf_aside aside)
{
    if (s->conclusion.traces && (ev->share != VRF_ALL_SHARES || s->at == 0))
        *VRF_ARRAY_ADD(&s->conclusion.share->traces) =
            (struct vrf_trace){ .frame = ev->frame, .home = aside, .good = VRF_ASIDE };
}

/* Pass events other than messages to conduct. */
__attribute__((noinline)) static void
settle_sight(struct vrf_settler *s, const struct vrf_event *ev)
{
    const struct vrf_batch *b = s->b;

    switch (ev->kind) {
    case VRF_EVENT_TUNNEL: {
        const struct mipro_tunnel *t = &b->tunnels.at[ev->at];

        mipro_conduct_tunnel(s->conduct, ev->frame, ev->time, t->src, t->dst, t->homeaddr);
        break;
    }
    case VRF_EVENT_ADVERT: {
        const struct vrf_advert *a = &b->adverts.at[ev->at];

        leave_aside(s, ev, VRF_ASIDE_ADVERT);
        mipro_conduct_advert(s->conduct, ev->frame, ev->time, a->agent, &a->advert);
        break;
    }
    case VRF_EVENT_BEGUN: {
        const struct mipro_begun *begun = &b->begun.at[ev->at];
        struct mipro_event event = { .frame = ev->frame,
            .time = ev->time,
            .src = begun->src,
            .dst = begun->dst,
            .message = &begun->m };

        leave_aside(s, ev, VRF_ASIDE_PART);
        mipro_conduct_begun(s->conduct, &event);
        break;
    }
    case VRF_EVENT_PIECE: {
        const struct vrf_piece *piece = &b->pieces.at[ev->at];

        if (!piece->known)
            leave_aside(s, ev, VRF_ASIDE_PART);
        mipro_conduct_piece(s->conduct, ev->frame, ev->time, &piece->id, piece->known);
        break;
    }
    case VRF_EVENT_WHOLE:
        mipro_conduct_whole(s->conduct, ev->frame, ev->time, &b->pieces.at[ev->at].id);
        break;
    case VRF_EVENT_MESSAGE:
    case VRF_EVENT_FRAGMENT:
        break;
    }
}

static inline void
settle_event(struct vrf_settler *s, const struct vrf_event *ev, const struct mipro_ahead *ahead)
{
    pass_time(s, ev->frame);
    s->event.ahead = ahead;
    if (ev->kind == VRF_EVENT_MESSAGE)
        settle_message(s, &s->b->messages.at[ev->at], ev->share == VRF_ALL_SHARES);
    else
        settle_sight(s, ev);
}

/* Prefetch a message, which another thread may have made, then its first authenticator. */
static inline void
fetch_message(const struct vrf_batch *b, const struct vrf_event *ev)
{
    const char *at;

    if (ev->kind != VRF_EVENT_MESSAGE)
        return;
    at = (const char *)&b->messages.at[ev->at];
    for (size_t i = 0; i < sizeof(struct vrf_message); i += 64)
        __builtin_prefetch(at + i);
}

static inline void
fetch_auth(const struct vrf_batch *b, const struct vrf_event *ev)
{
    if (ev->kind == VRF_EVENT_MESSAGE)
        __builtin_prefetch(b->judged.auths.at + b->messages.at[ev->at].first_auth);
}

/* Events are looked up ahead in three steps, so many events apart. */
enum { APART = 8, STEPS = 3 };

/*
 * Settle n events: those selected by own, or if that is NULL, all of the batch.  Inlined, so that
 * there is a loop for each.
 */
static inline __attribute__((always_inline)) void
settle_events(struct vrf_settler *s, const uint32_t *own, uint32_t n)
{
    const struct vrf_batch *b = s->b;
    const struct vrf_event *events = b->events.at;
    struct mipro_ahead ahead[(STEPS + 1) * APART];

#define EVENT(i) (&events[own != NULL ? own[i] : (i)])
#define AHEAD(i) (&ahead[(i) % ((STEPS + 1) * APART)])
    /*
     * An index before the first wraps around, and so lies beyond the last.  If there is a single
     * settler, messages and authenticators are in its own cache.
     */
    for (uint32_t i = 0; i < n + STEPS * APART; i++) {
        const uint32_t home = i - APART, records = home - APART, now = records - APART;

        if (i < n) {
            mipro_ahead_slot(s->conduct, AHEAD(i), EVENT(i)->homeaddr, EVENT(i)->datagram);
            if (own != NULL)
                fetch_message(b, EVENT(i));
        }
        if (home < n) {
            mipro_ahead_home(AHEAD(home), EVENT(home)->homeaddr, EVENT(home)->datagram);
            if (own != NULL)
                fetch_auth(b, EVENT(home));
        }
        if (records < n)
            mipro_ahead_records(AHEAD(records));
        if (now < n)
            settle_event(s, EVENT(now), AHEAD(now));
    }
#undef AHEAD
#undef EVENT
}

/* Settle what the settler takes of a batch that others settle, too. */
__attribute__((noinline)) static void
settle_own(struct vrf_settler *s, const struct vrf_share *share)
{
    if (share->own.n != 0)
        settle_events(s, share->own.at, share->own.n);
}

static int
compare_records(const void *a, const void *b)
{
    return vrf_record_compare(a, b);
}

/* Sort the records, which are nearly always in order already. */
static void
sort_records(struct vrf_share *share)
{
    for (uint32_t i = 1; i < share->records.n; i++)
        if (vrf_record_compare(&share->records.at[i - 1], &share->records.at[i]) > 0) {
            qsort(share->records.at, share->records.n, sizeof(*share->records.at), compare_records);
            return;
        }
}

__attribute__((noinline)) bool
vrf_settle(struct vrf_settler *s, struct vrf_batch *b, struct vrf_tally *tally)
{
    struct vrf_share *share = &b->shares[s->at];

    s->b = b;
    s->conclusion.tally = tally;
    s->conclusion.share = share;
    s->passed = 0;
    find_next_tick(s);
    if (s->shared)
        settle_own(s, share);
    else
        settle_events(s, NULL, b->events.n);
    pass_time(s, UINT64_MAX);
    if (b->ends_state)
        mipro_conduct_end(s->conduct);
    mipro_conduct_flush(s->conduct);
    if (b->has_totals)
        mipro_conduct_totals(s->conduct, &share->totals);
    share->horizon = mipro_conduct_horizon(s->conduct);
    share->clock = mipro_conduct_clock(s->conduct);
    sort_records(share);
    if (!b->ends_state)
        return true;
    share->horizon = UINT64_MAX;
    vrf_settler_end(s);
    return vrf_settler_begin(s);
}
