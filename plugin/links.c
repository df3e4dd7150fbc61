/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * links.c - which message answers which.
 *
 *   Binding Request      -> Binding Update       ends, home address, identification
 *   Binding Update       -> Binding Acknowledge  ends, home address, identification
 *   Registration Request -> Registration Reply   ends, home address, low half of it
 *   Binding Warning      -> Binding Update       the target and the home address
 *   PFAN                 -> Binding Update       the previous agent and the home address
 *
 * Links are made in the first pass, in both directions: so a message that is
 * answered later knows it from the second pass on.  What answers what is shown,
 * not judged; that is the conduct's.
 */
#include "record.h"
#include "waiting.h"

static uint32_t
home_of(const struct mipro_view *view)
{
    return (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR);
}

static struct mipro_wait_key
key_of(enum mipro_wait_kind kind, uint32_t from, uint32_t to, uint32_t homeaddr, uint64_t ident)
{
    return (struct mipro_wait_key){ ident, from, to, homeaddr, kind };
}

/* The message waits; if it is a retransmission, beside the one that waits already. */
static void
wait_for(struct mipro_view *view, struct mipro_wait_key key)
{
    struct mipro_waiting *first =
        mipro_linked(view->record, MIPRO_RETRANSMISSION_OF) != 0 ? mipro_waiting_find(&key) : NULL;

    if (first != NULL)
        mipro_waiting_append(first, view->record);
    else
        mipro_waiting_put(&key, view->record)->u.sent = view->time;
}

/* Link all messages from w on that have no such link yet. */
static void
tell_all(struct mipro_waiting *w, enum mipro_link link, uint32_t frame)
{
    for (; w != NULL; w = w->next)
        if (mipro_linked(w->record, link) == 0)
            mipro_link(w->record, link, frame);
}

/* The message answers w: link both, and the retransmissions of w. */
static void
answer(struct mipro_view *view, struct mipro_waiting *w)
{
    int64_t passed;

    mipro_link(view->record, MIPRO_RESPONSE_TO, w->record->frame);
    if (view->time != MIPRO_TIME_NONE && w->u.sent != MIPRO_TIME_NONE &&
        !__builtin_sub_overflow(view->time, w->u.sent, &passed))
        mipro_keep_response_time(view->record, passed);
    tell_all(w, MIPRO_RESPONSE_IN, view->record->frame);
}

/* 0 where there is none. */
static uint64_t
ident_of(const struct mipro_view *view)
{
    return mipro_value(&view->m, MIPRO_F_IDENT);
}

static void
find_retransmission(struct mipro_view *view)
{
    struct mipro_wait_key key =
        key_of(LAST_SENT, view->src, view->dst, home_of(view), view->m.def->type);
    uint64_t octets = mipro_hash_octets(view->m.buf, view->m.captured);
    struct mipro_waiting *last = mipro_waiting_find(&key);

    if (last != NULL && last->u.octets == octets && view->m.captured == view->m.len) {
        mipro_link(view->record, MIPRO_RETRANSMISSION_OF, last->record->frame);
        return;
    }
    if (last == NULL)
        last = mipro_waiting_put(&key, view->record);
    last->record = view->record;
    last->u.octets = octets;
}

/* ---- messages that wait ---- */

static void
learn_request(struct mipro_view *view)
{
    wait_for(view, key_of(WAITS_FOR_UPDATE, view->src, view->dst, home_of(view), ident_of(view)));
}

static void
learn_warning(struct mipro_view *view)
{
    for (size_t i = 0; i < view->m.n_targets; i++)
        wait_for(
            view, key_of(WAITS_AS_WARNING, view->dst, mipro_target(&view->m, i), home_of(view), 0));
}

/* A Binding Warning extension goes to the home agent, through a foreign agent perhaps. */
static void
learn_warning_extension(struct mipro_view *view, const struct mipro_ext *e)
{
    size_t n = mipro_ext_addresses(&view->m, e, MIPRO_F_WARN_TARGET);
    uint64_t homeaddr;

    if (!mipro_ext_value(&view->m, e, MIPRO_F_WARN_HOMEADDR, &homeaddr))
        return;
    for (size_t i = 0; i < n; i++)
        wait_for(view,
            key_of(WAITS_AS_WARNING, (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEAGENT),
                mipro_ext_address(&view->m, e, MIPRO_F_WARN_TARGET, i), (uint32_t)homeaddr, 0));
}

/* The request goes on from the foreign agent to the home agent: both lead to one update. */
static void
learn_pfan(struct mipro_view *view, const struct mipro_ext *e)
{
    uint64_t agent;
    struct mipro_wait_key key;
    struct mipro_waiting *asked;

    if (!mipro_ext_value(&view->m, e, MIPRO_F_PFAN_AGENT, &agent))
        return;
    key = key_of(ASKED_BY_PFAN, 0, (uint32_t)agent, home_of(view), ident_of(view));
    asked = mipro_waiting_find(&key);
    if (asked != NULL) {
        mipro_waiting_append(asked, view->record);
        return;
    }
    asked = mipro_waiting_put(&key, view->record);
    /* The update may bear another identification, or none. */
    key = key_of(WAITS_AS_PFAN, 0, (uint32_t)agent, home_of(view), 0);
    mipro_waiting_put(&key, view->record)->u.asked = asked;
}

static void
learn_registration(struct mipro_view *view)
{
    struct mipro_ext e = { 0 };

    wait_for(view,
        key_of(WAITS_FOR_REPLY, view->src, view->dst, home_of(view), ident_of(view) & UINT32_MAX));
    while (mipro_ext_next(&view->m, &e)) {
        if (e.type == MIPRO_EXT_PFAN)
            learn_pfan(view, &e);
        else if (e.type == view->m.set.warning_ext)
            learn_warning_extension(view, &e);
    }
}

/* ---- messages that answer ---- */

/* All messages from w on led to this Binding Update.  Returns the frame of the first. */
static uint32_t
settle(struct mipro_view *view, struct mipro_waiting *w)
{
    tell_all(w, MIPRO_UPDATE_IN, view->record->frame);
    return w->record->frame;
}

/* What led to this Binding Update, other than a Binding Request. */
static void
learn_cause(struct mipro_view *view)
{
    struct mipro_wait_key warning =
        key_of(WAITS_AS_WARNING, view->src, view->dst, home_of(view), 0);
    struct mipro_wait_key pfan = key_of(WAITS_AS_PFAN, 0, view->dst, home_of(view), 0);
    struct mipro_waiting *w = mipro_waiting_find(&warning);

    if (w != NULL) {
        mipro_link(view->record, MIPRO_WARNING_IN, settle(view, w));
        mipro_waiting_forget(&warning);
    }
    /* The first update to that agent is the one, whatever its SPI. */
    w = mipro_waiting_find(&pfan);
    if (w != NULL) {
        mipro_link(view->record, MIPRO_PFAN_IN, settle(view, w->u.asked));
        mipro_waiting_forget(&pfan);
    }
}

static void
learn_update(struct mipro_view *view)
{
    struct mipro_wait_key question =
        key_of(WAITS_FOR_UPDATE, view->dst, view->src, home_of(view), ident_of(view));
    struct mipro_waiting *w =
        mipro_has(&view->m, MIPRO_F_IDENT) ? mipro_waiting_find(&question) : NULL;

    if (w != NULL && mipro_linked(view->record, MIPRO_RETRANSMISSION_OF) == 0) {
        answer(view, w);
        mipro_waiting_forget(&question);
    }
    learn_cause(view);
    if ((mipro_value(&view->m, MIPRO_F_FLAGS) & MIPRO_BU_A) == 0)
        return;
    wait_for(
        view, key_of(WAITS_FOR_ACKNOWLEDGE, view->src, view->dst, home_of(view), ident_of(view)));
    wait_for(view, key_of(WAITS_FOR_ANY_IDENT, view->src, view->dst, home_of(view), 0));
    wait_for(view, key_of(WAITS_FOR_HANDOFF, 0, view->dst, home_of(view), ident_of(view)));
}

static void
learn_acknowledge(struct mipro_view *view)
{
    struct mipro_wait_key exact =
        key_of(WAITS_FOR_ACKNOWLEDGE, view->dst, view->src, home_of(view), ident_of(view));
    struct mipro_wait_key any = key_of(WAITS_FOR_ANY_IDENT, view->dst, view->src, home_of(view), 0);
    struct mipro_wait_key handoff =
        key_of(WAITS_FOR_HANDOFF, 0, view->src, home_of(view), ident_of(view));
    struct mipro_waiting *w = mipro_waiting_find(&exact);
    struct mipro_waiting *last = mipro_waiting_find(&any);

    if (w == NULL && view->dst == home_of(view))
        w = mipro_waiting_find(&handoff);
    if (w == NULL)
        w = last;
    if (w == NULL)
        return;
    answer(view, w);
    mipro_waiting_forget(&exact);
    mipro_waiting_forget(&handoff);
    if (last != NULL && mipro_linked(last->record, MIPRO_RESPONSE_IN) != 0)
        mipro_waiting_forget(&any);
}

static void
learn_reply(struct mipro_view *view)
{
    struct mipro_wait_key key =
        key_of(WAITS_FOR_REPLY, view->dst, view->src, home_of(view), ident_of(view) & UINT32_MAX);
    struct mipro_waiting *w = mipro_waiting_find(&key);

    if (w == NULL)
        return;
    answer(view, w);
    mipro_waiting_forget(&key);
}

void
mipro_learn_exchange(struct mipro_view *view)
{
    if (!mipro_has(&view->m, MIPRO_F_HOMEADDR))
        return;
    find_retransmission(view);
    switch (view->m.def->type) {
    case MIPRO_REGISTRATION_REQUEST:
        learn_registration(view);
        break;
    case MIPRO_REGISTRATION_REPLY:
        learn_reply(view);
        break;
    case MIPRO_BINDING_WARNING:
        learn_warning(view);
        break;
    case MIPRO_BINDING_REQUEST:
        learn_request(view);
        break;
    case MIPRO_BINDING_UPDATE:
        learn_update(view);
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        learn_acknowledge(view);
        break;
    default:
        break;
    }
}

void
mipro_learn_cache(struct mipro_view *view, const struct mipro_belief *belief)
{
    struct mipro_record *record = view->record;
    struct mipro_record *previous =
        belief->had_previous ? mipro_believed_record((uint32_t)belief->previous_frame) : NULL;

    record->belief = belief->deletes ? MIPRO_BELIEF_NONE : MIPRO_BELIEF_BINDING;
    if (previous == NULL)
        return;
    mipro_link(record, MIPRO_SUPERSEDES, previous->frame);
    mipro_link(previous, MIPRO_ENDED_IN, record->frame);
    previous->deleted = belief->deletes;
}
