/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * links.c - which message belongs to which.
 *
 * Conduct says which answers which, and which Binding Update is due to a Binding Warning or made of
 * a notification: what is shown here is what the rules go by.  Here are only retransmissions, which
 * the rules have another use for, and the Binding Warning extension, which they do not follow.
 *
 * Links are made in the first pass, in both directions: so a message that is answered later
 * knows it from the second pass on.
 */
#include "record.h"
#include "waiting.h"

/* What is linked for each tie: the types of both messages, and the link of either to the other. */
static const struct {
    uint8_t type, to_type;
    enum mipro_link link, back;
} ties[] = {
    [MIPRO_TIE_ANSWER] = { MIPRO_BINDING_UPDATE, MIPRO_BINDING_REQUEST, MIPRO_RESPONSE_TO,
        MIPRO_RESPONSE_IN },
    [MIPRO_TIE_ACKNOWLEDGE] = { MIPRO_BINDING_ACKNOWLEDGE, MIPRO_BINDING_UPDATE, MIPRO_RESPONSE_TO,
        MIPRO_RESPONSE_IN },
    [MIPRO_TIE_REPLY] = { MIPRO_REGISTRATION_REPLY, MIPRO_REGISTRATION_REQUEST, MIPRO_RESPONSE_TO,
        MIPRO_RESPONSE_IN },
    [MIPRO_TIE_WARNED] = { MIPRO_BINDING_UPDATE, MIPRO_BINDING_WARNING, MIPRO_WARNING_IN,
        MIPRO_UPDATE_IN },
    [MIPRO_TIE_NOTICE] = { MIPRO_BINDING_UPDATE, MIPRO_REGISTRATION_REQUEST, MIPRO_PFAN_IN,
        MIPRO_UPDATE_IN },
};

/* The first that it is linked to stays. */
static void
link_first(struct mipro_record *record, enum mipro_link link, uint32_t frame)
{
    if (mipro_linked(record, link) == 0)
        mipro_link(record, link, frame);
}

void
mipro_take_tie(enum mipro_tie tie, uint32_t frame, uint32_t to, bool proven)
{
    struct mipro_record *record = mipro_find_record_of(frame, ties[tie].type);
    struct mipro_record *other = mipro_find_record_of(to, ties[tie].to_type);

    if (record == NULL || other == NULL)
        return;
    if (ties[tie].back != MIPRO_RESPONSE_IN) { /* it may belong to several */
        link_first(record, ties[tie].link, to);
        link_first(other, ties[tie].back, frame);
        return;
    }
    if (mipro_linked(record, ties[tie].link) != 0)
        return; /* it answers one */
    mipro_link(record, ties[tie].link, to);
    if (mipro_linked(other, ties[tie].back) != 0 && !(proven && other->unproven))
        return;
    mipro_link(other, ties[tie].back, frame);
    other->unproven = !proven;
}

uint32_t
mipro_linked_like_first(const struct mipro_record *record, enum mipro_link link)
{
    uint32_t frame = mipro_linked(record, link);
    uint32_t first = mipro_linked(record, MIPRO_RETRANSMISSION_OF);
    const struct mipro_record *of =
        frame == 0 && first != 0 ? mipro_find_record_of(first, record->type) : NULL;

    return of != NULL ? mipro_linked(of, link) : frame;
}

static uint32_t
home_of(const struct mipro_view *view)
{
    return (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR);
}

static void
find_retransmission(struct mipro_view *view)
{
    const struct mipro_wait_key key = { .kind = LAST_SENT,
        .from = view->src,
        .to = view->dst,
        .homeaddr = home_of(view),
        .type = view->m.def->type };
    uint64_t octets = mipro_hash_octets(view->m.buf, view->m.captured);
    struct mipro_waiting *last = mipro_waiting_find(&key);

    if (last != NULL && last->octets == octets && view->m.captured == view->m.len) {
        mipro_link(view->record, MIPRO_RETRANSMISSION_OF, last->record->frame);
        return;
    }
    if (last == NULL)
        last = mipro_waiting_put(&key, view->record);
    last->record = view->record;
    last->octets = octets;
}

/* The home agent tells the targets, perhaps, that a Binding Warning extension names. */
static void
learn_warning_extension(struct mipro_view *view, const struct mipro_ext *e)
{
    size_t n = mipro_ext_addresses(&view->m, e, MIPRO_F_WARN_TARGET);
    struct mipro_wait_key key = { .kind = WAITS_AS_WARNING,
        .from = (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEAGENT) };
    uint64_t homeaddr;

    if (!mipro_ext_value(&view->m, e, MIPRO_F_WARN_HOMEADDR, &homeaddr))
        return;
    key.homeaddr = (uint32_t)homeaddr;
    for (size_t i = 0; i < n; i++) {
        key.to = mipro_ext_address(&view->m, e, MIPRO_F_WARN_TARGET, i);
        if (mipro_linked(view->record, MIPRO_RETRANSMISSION_OF) == 0)
            mipro_waiting_put(&key, view->record);
    }
}

static void
learn_warnings(struct mipro_view *view)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(&view->m, &e);)
        if (e.type == view->m.set.warning_ext)
            learn_warning_extension(view, &e);
}

static void
find_warning(struct mipro_view *view)
{
    const struct mipro_wait_key key = {
        .kind = WAITS_AS_WARNING, .from = view->src, .to = view->dst, .homeaddr = home_of(view)
    };
    struct mipro_waiting *warning = mipro_waiting_find(&key);

    if (warning == NULL)
        return;
    link_first(view->record, MIPRO_WARNING_IN, warning->record->frame);
    link_first(warning->record, MIPRO_UPDATE_IN, view->record->frame);
    mipro_waiting_forget(&key);
}

void
mipro_learn_exchange(struct mipro_view *view)
{
    if (!mipro_has(&view->m, MIPRO_F_HOMEADDR))
        return;
    find_retransmission(view);
    if (view->m.def->type == MIPRO_REGISTRATION_REQUEST)
        learn_warnings(view);
    else if (view->m.def->type == MIPRO_BINDING_UPDATE)
        find_warning(view);
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
