/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identifications that are timestamps: replay (4.2, RFC 2002 5.6.1), and what they say of clocks.
 */
#include "conduct/private.h"
#include "conduct/registrations.h"

/*
 * Its timestamp is in the future, and v's is not: the receiver will have refused it (133), by
 * RFC 2002 5.6.1 from 7 s on, although the refusal was not captured.
 */
static bool
was_refused(const struct shard *c, const struct view *v, const struct seen *past)
{
    int32_t ahead;

    if (!is_time(v->now) || !is_time(past->time))
        return false;
    ahead = mipro_ident_ahead(c, v->ident.value, v->now);
    return ahead >= -MIPRO_CLOCKS_APART && ahead <= MIPRO_CLOCKS_APART &&
           mipro_ident_ahead(c, past->ident, past->time) > MIPRO_CLOCKS_APART;
}

/* Was an answer captured that accepts it? */
static bool
was_accepted(const struct shard *c, const struct view *v, const struct seen *past)
{
    const struct flow *p;

    if (v->type == MIPRO_REGISTRATION_REQUEST)
        return mipro_was_granted(v->home, past->frame);
    p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);
    return p != NULL && mipro_belief_was_acknowledged(p, past->frame);
}

/*
 * May it have been refused (133)?  Then v is correct.  A refusal that was captured counts; one that
 * was not is possible only of registrations and of messages that ask for an acknowledge, and only
 * if their timestamp does not match the time of capture.
 */
static bool
may_be_refused(
    const struct shard *c, const struct view *v, const struct sequence *s, const struct seen *past)
{
    struct flow *p;
    const struct recent *r;

    if (mipro_sequence_is_refused(s, past->frame))
        return true;
    if (was_accepted(c, v, past))
        return false;
    if (was_refused(c, v, past))
        return true;
    if (is_time(past->time)) {
        int32_t ahead = mipro_ident_ahead(c, past->ident, past->time);

        if (ahead >= -MIPRO_CLOCKS_APART && ahead <= MIPRO_CLOCKS_APART)
            return false;
    }
    if (v->type == MIPRO_REGISTRATION_REQUEST)
        return !mipro_was_replied(v->home, past->frame);
    if (v->type != MIPRO_BINDING_UPDATE)
        return false;
    p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);
    r = p != NULL ? mipro_recent_find(p, past->frame) : NULL;
    if (r != NULL)
        return (r->flags & (RECENT_A | RECENT_ANSWERED)) == RECENT_A;
    return p == NULL || mipro_flow_may_have_forgotten(p, (struct ident){ past->ident, IDENT_SOME });
}

/*
 * May the update answer a request that was not captured?  Then it has the timestamp of the
 * requester, made within the time limit before it, and other updates may have overtaken it.  That
 * is assumed only where the capture is known to lack messages: otherwise none could go backwards.
 */
static bool
may_answer_lost(const struct shard *c, const struct view *v)
{
    int32_t ahead;

    if (v->type != MIPRO_BINDING_UPDATE || !v->home->lossy || !is_time(v->now))
        return false;
    ahead = mipro_ident_ahead(c, v->ident.value, v->now);
    return ahead <= 0 && -ahead <= c->config->ack_timeout / MIPRO_SECOND;
}

/*
 * A node whose clock was set back sends older timestamps: the receiver refuses them (133, RFC 2002
 * 5.6.1), and the sender corrects its clock.  So the answer decides, if there must be one: every
 * registration has a reply, and an update with A an acknowledge.  Returns whether v counts as
 * replayed until then.
 */
static bool
report_backwards(struct shard *c, struct view *v, uint64_t frame)
{
    static const char *const what = "is before one used earlier";
    bool registration = v->type == MIPRO_REGISTRATION_REQUEST;
    bool acknowledged =
        v->type == MIPRO_BINDING_UPDATE && (view_field(v, MIPRO_F_FLAGS) & MIPRO_BU_A) != 0;
    struct held held = { .kind = HELD_REPLAY };

    if (!is_time(v->now) || (!registration && !acknowledged) || mipro_may_be_seen_before(c, v)) {
        mipro_replay_report(c, v, frame, what);
        return true;
    }
    held.finding = mipro_finding_of(v, MIPRO_RULE_REPLAY);
    mipro_finding_relate(&held.finding, frame);
    mipro_finding_at(&held.finding, v, MIPRO_F_IDENT);
    v->backwards = true;
    mipro_finding_await(c, v, &held, "%s %s", mipro_ident_text(v->ident).s, what);
    return !registration;
}

/*
 * Was it, which has a newer timestamp than v, certainly captured before v?  If the clock was set
 * between the two, they may have been close together, and so may what the nodes wrote into them.
 */
static bool
precedes(const struct shard *c, const struct view *v, const struct seen *past)
{
    return certainly_before(c, past->time, v->now) &&
           !(spans_gap(c, past->time, v->now) &&
               distance_of(past->ident, v->ident.value) >> 32 <=
                   (uint64_t)(c->config->tolerance / MIPRO_SECOND));
}

/*
 * v is older than the newest: was it replayed?  Messages within the tolerance may be out of order,
 * and the newest may have been refused; then the one before counts.
 */
SELDOM static bool
judge_older(struct shard *c, struct view *v, struct sequence *s)
{
    const struct seen newest = { s->newest, s->newest_frame, s->newest_time };
    const struct seen before = { s->before, s->before_frame, s->before_time };
    const bool after_newest = precedes(c, v, &newest);
    const bool after_before =
        s->has_before && is_later(s->before, v->ident.value) && precedes(c, v, &before);
    const struct seen *proof = NULL;

    if (after_newest && !may_be_refused(c, v, s, &newest))
        proof = &newest;
    else if (after_before && !may_be_refused(c, v, s, &before))
        proof = &before;
    if (proof == NULL && after_newest) {
        s->newest = v->ident.value;
        s->newest_frame = v->ev->frame;
        s->newest_time = v->now;
        s->has_before = false;
    }
    if (proof != NULL && !may_answer_lost(c, v))
        return report_backwards(c, v, proof->frame);
    undecided(c, MIPRO_RULE_REPLAY,
        proof != NULL || after_newest || after_before ? MIPRO_UNDECIDED_OUTCOME
                                                      : MIPRO_UNDECIDED_ORDER);
    return false;
}

bool
mipro_timestamp_judge(struct shard *c, struct view *v, struct sequence *s, bool answers)
{
    /*
     * An answer has the timestamp of the requester, and a refusing reply that of the home agent:
     * neither moves the sequence.
     */
    if (answers || v->type == MIPRO_REGISTRATION_REPLY)
        return false;
    if (s->has_newest && is_later(s->newest, v->ident.value))
        return judge_older(c, v, s);
    /* Of messages within the tolerance, the first stands for all of them. */
    if (!s->has_newest || certainly_before(c, s->newest_time, v->now) || !s->has_before) {
        s->has_before = s->has_newest;
        s->before = s->newest;
        s->before_frame = s->newest_frame;
        s->before_time = s->newest_time;
    }
    s->newest_time = v->now;
    s->has_newest = true;
    s->newest = v->ident.value;
    s->newest_frame = v->ev->frame;
    return false;
}
