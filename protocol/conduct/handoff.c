/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Smooth handoffs: the Previous Foreign Agent Notification of a Registration Request (5.1, 8.1).
 * made.c has the Binding Update that the new foreign agent makes from it.
 */
#include "conduct/handoffs.h"
#include "conduct/private.h"

/* Is it really another agent, to which an update can be sent? */
static bool
is_previous(const struct view *v, uint32_t previous)
{
    return !is_no_node(previous) && previous != v->ev->dst &&
           previous != view_field(v, MIPRO_F_COA);
}

/* Forget the oldest handoff of h that waits for nothing. */
static void
make_room(struct shard *c, struct home *h)
{
    struct handoff **oldest = NULL;
    unsigned n = 0;

    for (struct handoff **at = &h->registry->handoffs; *at != NULL; at = &(*at)->next) {
        n++;
        if ((*at)->wait == NULL)
            oldest = at;
    }
    if (n < MAX_HANDOFFS)
        return;
    if (oldest == NULL) {
        for (oldest = &h->registry->handoffs; (*oldest)->next != NULL;)
            oldest = &(*oldest)->next;
        dropped(c, MIPRO_DROPPED_HANDOFFS);
        mipro_wait_end(c, (*oldest)->wait);
    }
    struct handoff *gone = *oldest;

    *oldest = gone->next;
    mipro_record_give(&c->handoffs, gone);
}

/*
 * Record the PFAN of a Registration Request that is valid and in the registry.
 */
void
mipro_handoff_asked(struct shard *c, struct view *v)
{
    uint32_t agent = view_field(v, MIPRO_F_HOMEAGENT);
    struct handoff *h;
    struct mipro_ext e;
    struct notice n;

    if (!mipro_ext_find(v->m, MIPRO_EXT_PFAN, &e) || !mipro_notice_read(v->m, &e, &n))
        return;
    for (h = handoff_first(v->home); h != NULL; h = h->next)
        if (h->ident == v->ident.value && h->previous == n.previous && h->spi == n.spi &&
            h->hash == n.hash && h->life == n.life && h->coa == n.coa)
            break;
    if (h != NULL) { /* retransmitted or forwarded */
        if (h->wait != NULL)
            mipro_wait_repeat(c, h->wait, v->ev->frame);
        if (h->made_frame != 0)
            tie(c, MIPRO_TIE_NOTICE, h->made_frame, v->ev->frame);
        return;
    }
    mipro_advertised_check(c, v);
    make_room(c, v->home);
    h = mipro_record_take(c, &c->handoffs, v->home);
    if (h == NULL)
        return;
    *h = (struct handoff){
        .next = v->home->registry->handoffs,
        .frame = v->ev->frame,
        .ident = v->ident.value,
        .agent = agent,
        .previous = n.previous,
        .asked = { v->ev->dst != agent ? v->ev->dst : v->ev->src, view_field(v, MIPRO_F_COA) },
        .coa = n.coa,
        .spi = n.spi,
        .hash = n.hash,
        .life = n.life,
        .size = n.size,
        .open = (v->faults & FAULT_UNSOUND) == 0 && is_previous(v, n.previous),
    };
    v->home->registry->handoffs = h;
    h->open = h->open && !mipro_handoff_made_before(c, v, h);
    if (!h->open)
        return;
    h->doubted = mipro_handoff_may_be_made(c, v, h);
    h->wait = mipro_wait_begin(c, v, WAIT_HANDOFF);
    if (h->wait == NULL)
        return;
    h->wait->u.handoff = h;
    wait_look_back(c, h->wait, h->previous, c->config->ack_timeout);
}

/* After a reply that grants the request the update is due; after a refusal it is not. */
void
mipro_handoff_replied(
    struct shard *c, const struct view *v, uint64_t frame, uint64_t ident, bool granted)
{
    for (struct handoff *h = handoff_first(v->home); h != NULL; h = h->next) {
        if (h->ident != ident || !h->open || h->granted_frame != 0)
            continue;
        if (granted) {
            h->granted_frame = frame;
            if (h->wait != NULL)
                mipro_wait_rearm(c, v, h->wait);
        } else {
            h->open = false;
            if (h->doubted)
                undecided(c, MIPRO_RULE_HANDOFF_ALTERED, MIPRO_UNDECIDED_ORDER);
            if (h->wait != NULL)
                mipro_wait_end(c, h->wait);
        }
    }
}

/*
 * handoff-no-update (8.1): the registration was granted, but no Binding Update from its foreign
 * agent to the previous one was seen.
 */
/* Before its registration is granted, no update is due. */
enum mipro_rule
mipro_handoff_rule(const struct shard *c, const struct wait *w)
{
    (void)c;
    return w->u.handoff->granted_frame != 0 ? MIPRO_RULE_HANDOFF_NO_UPDATE : MIPRO_RULES;
}

void
mipro_handoff_ended(struct shard *c, struct wait *w)
{
    (void)c;
    w->u.handoff->wait = NULL;
}

void
mipro_handoff_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_HANDOFF_NO_UPDATE);
    struct handoff *h = w->u.handoff;

    h->open = false;
    if (h->doubted) {
        undecided(c, MIPRO_RULE_HANDOFF_ALTERED, MIPRO_UNDECIDED_ORDER);
    } else if (mipro_wait_may_have_seen(c, w, 0, h->previous)) {
        undecided(c, f.rule, MIPRO_UNDECIDED_FORGOTTEN);
    } else if (h->granted_frame == 0) {
        undecided(c, f.rule, MIPRO_UNDECIDED_OUTCOME);
    } else {
        mipro_finding_relate(&f, h->granted_frame);
        mipro_finding_report(c, &f, "no Binding Update about %s to previous foreign agent %s seen",
            mipro_dotted(w->home->addr).s, mipro_dotted(h->previous).s);
    }
    mipro_wait_end(c, w);
}
