/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registration Replies that answer no request, and requests without a reply, once their time limit
 * is over: rule reply-mismatch (RFC 2002 3.8.3.1, 5.7).
 */
#include "conduct/private.h"
#include "conduct/registrations.h"

/* Did this request wait for the reply, by their hops and times? */
static bool
is_open_for(const struct shard *c, const struct asked *a, const struct registered *reply,
    uint32_t src, uint32_t dst)
{
    if (a->frame == 0 || a->settled || a->elsewhere || !is_time(a->time) || !is_time(reply->time) ||
        mipro_time_between(a->time, reply->time) > c->config->ack_timeout ||
        certainly_before(c, reply->time, a->time))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (a->src[i] == dst && a->dst[i] == src)
            return true;
    return false;
}

bool
mipro_reply_is_awaited(const struct shard *c, const struct view *v, const struct registry *r,
    const struct registered *reply)
{
    for (unsigned i = 0; i < REQUESTS; i++)
        if (is_open_for(c, &r->asked[i], reply, v->ev->src, v->ev->dst))
            return true;
    return false;
}

/* Does the reply come from another home agent than the request asks?  One may ask for any. */
static bool
names_other_agent(const struct asked *a, const struct registered *reply)
{
    return a->agent != reply->agent && !is_discovery(a->agent);
}

/*
 * Would another request, which the reply copies, have been made later than the reply allows?  The
 * time between the two and the tolerance are enough for any, and the time between them for one that
 * has the same fraction of a second, which a node hardly hits twice.  But a clock that is wrong may
 * have been corrected.
 */
static bool
is_of_later(const struct shard *c, const struct asked *a, const struct registered *reply)
{
    int64_t passed = mipro_time_between(a->time, reply->time);
    uint64_t ahead = reply->ident - a->ident;

    if (!is_later(reply->ident, a->ident) || !mipro_is_of_now(c, a->ident, a->time))
        return false;
    if ((uint32_t)reply->ident != (uint32_t)a->ident || (uint32_t)a->ident == 0)
        passed = mipro_time_add(passed, c->config->tolerance);
    return (int64_t)(ahead >> 32) > passed / MIPRO_SECOND;
}

/*
 * Is the reply perhaps that of another request, which was not captured?  By timestamps, both were
 * made at about the same time, or the other one a moment ago; by nonces, a later request goes on
 * from the one that the reply brought, and it may have been captured a little before the reply,
 * or before another hop of it.
 */
static bool
may_be_of_other(const struct shard *c, struct registry *r, const struct asked *a,
    const struct registered *reply)
{
    const struct granted *g = mipro_granted_find(r, reply->agent);
    bool relayed = g != NULL && g->ident == reply->ident && g->frame < reply->frame;

    if (names_other_agent(a, reply))
        return false;
    if (a->method != MIPRO_REPLAY_NONCE)
        return !is_of_later(c, a, reply) && (is_soon(c, a->ident, reply->ident) ||
                                                (is_apart(a->ident, reply->ident) &&
                                                    mipro_is_of_now(c, reply->ident, reply->time)));
    for (unsigned i = 0; a->method == MIPRO_REPLAY_NONCE && i < REQUESTS; i++)
        if (r->asked[i].frame != 0 && r->asked[i].ident >> 32 == reply->ident >> 32 &&
            (r->asked[i].frame > reply->frame ||
                (!certainly_before(c, r->asked[i].time, reply->time) &&
                    (!r->asked[i].goes_on || relayed))))
            return true;
    return false;
}

/* A reply that names another home agent is wrong, whatever its identification. */
static bool
is_proven(const struct shard *c, const struct wait *w, const struct asked *a)
{
    const struct ident asked = { a->ident, IDENT_SOME };

    return names_other_agent(a, &w->u.reply) ||
           mipro_is_proven(c, w->home, asked, w->ident, a->time, w->u.reply.time);
}

/* The octets of a field of a Registration Reply. */
static void
show_field(struct mipro_finding *f, enum mipro_field id)
{
    const struct mipro_msg_def *def = mipro_msg_def(MIPRO_REGISTRATION_REPLY, MIPRO_SOURCE_BASE);
    const struct mipro_field_def *field = mipro_find_field(def->fields, id);

    f->off = field->off;
    f->len = field->len;
}

/*
 * reply-mismatch: between the same ends a request waited for its reply, and no other came in
 * time.
 */
void
mipro_reply_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_REPLY_MISMATCH);
    struct registry *r = w->home->registry;
    const struct asked *a = NULL;

    for (unsigned i = 0; r != NULL && i < REQUESTS; i++)
        if (is_open_for(c, &r->asked[i], &w->u.reply, w->src, w->dst) &&
            (a == NULL || r->asked[i].frame > a->frame))
            a = &r->asked[i];
    if (a != NULL &&
        (a->frame > w->frame || may_be_of_other(c, r, a, &w->u.reply) || !is_proven(c, w, a))) {
        undecided(c, f.rule, a->frame > w->frame ? MIPRO_UNDECIDED_ORDER : MIPRO_UNDECIDED_OUTCOME);
        mipro_finding_clear(&f);
        mipro_wait_end(c, w);
        return;
    }
    if (r != NULL && a == NULL && w->u.reply.code <= 1)
        r->assigned |= w->u.reply.named;
    if (a != NULL && (mipro_wait_may_have_seen(c, w, w->src, w->dst) ||
                         mipro_wait_may_have_seen(c, w, w->dst, w->src)))
        undecided(c, f.rule, MIPRO_UNDECIDED_FORGOTTEN);
    else if (a == NULL || w->gap != 0) {
        enum mipro_undecided reason = MIPRO_UNDECIDED_BEGINNING;

        if ((r != NULL && r->forgotten >= seconds_of(w->u.reply.time)) ||
            mipro_forgery_may_be_lost(c, w->u.reply.time))
            reason = MIPRO_UNDECIDED_FORGOTTEN;
        else if (mipro_may_answer_until(c, w->home->unknown_spis, w->u.reply.time))
            reason = MIPRO_UNDECIDED_KEYS;

        w->home->lossy |= reason == MIPRO_UNDECIDED_BEGINNING && !w->u.reply.forged;
        mipro_finding_open(
            c, w, &f, w->u.reply.forged ? OPEN_NOTHING : OPEN_UNDECIDED, reason, MIPRO_OPEN_ANSWER);
    } else {
        const struct ident asked = { a->ident, IDENT_SOME };

        tie(c, MIPRO_TIE_REPLY, w->frame, mipro_frame_on_hop(a, w->src, w->dst));
        mipro_finding_relate(&f, a->frame);
        if (names_other_agent(a, &w->u.reply)) {
            show_field(&f, MIPRO_F_HOMEAGENT);
            mipro_finding_report(c, &f, "has home agent %s, the Registration Request has %s",
                mipro_dotted(w->u.reply.agent).s, mipro_dotted(a->agent).s);
        } else {
            show_field(&f, MIPRO_F_IDENT);
            mipro_finding_appendf(&f, "has %s, the Registration Request has %s",
                mipro_ident_text(w->ident).s, mipro_ident_text(asked).s);
            mipro_mismatch_say(c, w, &f, asked, w->ident);
        }
    }
    mipro_finding_clear(&f);
    mipro_wait_end(c, w);
}

/* Is there a reply that answers nothing seen, and may be a wrong answer? */
static bool
has_open_reply(const struct shard *c, const struct home *h)
{
    for (struct wait *w = peer_wait_first(c, h, 0); w != NULL; w = peer_wait_next(c, w, 0))
        if (w->kind == WAIT_REPLY)
            return true;
    return false;
}

/* A request that no reply about its home address settled: one about another may be its. */
void
mipro_asked_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_REPLY_MISMATCH);
    const struct registry *r = w->home->registry;

    for (unsigned i = 0; r != NULL && i < REQUESTS; i++)
        if (r->asked[i].frame != 0 && r->asked[i].ident == w->ident.value && !r->asked[i].settled) {
            w->home->lossy |= !has_open_reply(c, w->home);
            mipro_finding_open(
                c, w, &f, OPEN_NOTHING, MIPRO_UNDECIDED_REASONS, MIPRO_OPEN_QUESTION);
            break;
        }
    mipro_wait_end(c, w);
}
