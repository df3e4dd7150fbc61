/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registration Requests and Replies (RFC 2002 3.3, 3.4): which reply answers which request, and
 * what was granted.  Rules forged-accepted, genuine-refused and reply-mismatch.
 *
 * A foreign agent forwards both, so each may be captured on two hops.  With timestamps a reply
 * copies the identification, but only its low half if it refuses it (code 133); with nonces always
 * the low half only (RFC 2002 5.6, 5.7).  A reply may be captured shortly before its request: one
 * without a match waits for the time limit.
 */
#include "conduct/handoffs.h"
#include "conduct/private.h"
#include "conduct/registrations.h"

bool
mipro_reply_is_of(const struct shard *c, const struct view *v)
{
    const struct registered reply = mipro_reply_read(v);

    return (v->home->registry != NULL && mipro_registry_find(v->home->registry, &reply) != NULL) ||
           mipro_find_forged(c, v, &reply) != NULL;
}

/* forged-accepted: a request whose authenticator is bad or missing was granted. */
static void
note_accepted(struct mipro_finding *f, uint64_t request, bool bare)
{
    f->rule = MIPRO_RULE_FORGED_ACCEPTED;
    mipro_finding_relate(f, request);
    mipro_finding_appendf(f, "grants the Registration Request of %s whose authenticator is %s",
        mipro_dotted(f->home).s, bare ? "missing" : "bad");
}

/*
 * Anybody may send a refusal without authenticator, which this one may lack.  If the home agent
 * grants the request as well, it was not the home agent's.
 */
static void
hold_refused(struct shard *c, const struct view *v, struct mipro_finding *f, const struct asked *a)
{
    struct held held = { .kind = HELD_REFUSED, .granted_frame = a->frame, .finding = *f };

    f->text = f->nai = NULL; /* held owns them now */
    mipro_finding_keep(c, v, &held);
}

enum mipro_undecided
mipro_refused_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    const struct asked *a = mipro_registry_request(h->registry, held->granted_frame);

    (void)c;
    return a != NULL && a->granted ? MIPRO_UNDECIDED_OUTCOME : MIPRO_UNDECIDED_REASONS;
}

/* What a reply, v or early, which waited for v, says of the request that it answers. */
static void
settle(struct shard *c, struct view *v, const struct registered *reply, struct asked *a,
    struct mipro_finding *f, struct wait *early)
{
    if (reply->code == 131 && a->genuine && a->unchecked && !a->settled) {
        undecided(c, MIPRO_RULE_GENUINE_REFUSED, MIPRO_UNDECIDED_KEYS);
    } else if (reply->code == 131 && a->genuine && !a->settled) {
        const struct mipro_ends ends = { v->homeaddr, a->agent };

        mipro_finding_relate(f, a->frame);
        mipro_refused_write(f, "Registration Request of", &a->spi, &ends, v->ev->ring);
        if (v->verdict == MIPRO_GOOD)
            mipro_finding_unless_twin(c, v, f, early);
        else
            hold_refused(c, v, f, a);
    } else if (reply->code == 131 && a->cut && !a->settled) {
        undecided(c, MIPRO_RULE_GENUINE_REFUSED, MIPRO_UNDECIDED_FORGOTTEN);
    }
    mipro_handoff_replied(c, v, reply->frame, a->ident, reply->code <= 1);
    replay_outcome(c, v->home, MIPRO_REGISTRATION_REQUEST, (struct ident){ a->ident, IDENT_SOME },
        reply->code > 1);
    if (reply->code == 133)
        mipro_replay_refused(
            v->home, MIPRO_REGISTRATION_REQUEST, (struct ident){ a->ident, IDENT_SOME });
    /* If an older request was granted, the home agent may believe either. */
    a->settled = !a->backwards || reply->code > 1;
}

/* Settle replies on all hops that were captured before the request: they are not a mismatch. */
static void
settle_early_reply(struct shard *c, struct view *v, struct asked *a)
{
    for (struct wait *w = peer_wait_first(c, v->home, 0); w != NULL;) {
        struct wait *next = peer_wait_next(c, w, 0);

        if (mipro_is_early_answer(c, w, a, v->now) && !w->u.reply.forged) {
            struct registered reply = w->u.reply;
            struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_GENUINE_REFUSED);
            struct granted *g = mipro_granted_find(v->home->registry, reply.agent);

            tie(c, MIPRO_TIE_REPLY, reply.frame, mipro_frame_on_hop(a, w->src, w->dst));
            settle(c, v, &reply, a, &f, w);
            mipro_wait_end(c, w);
            mipro_finding_clear(&f);
            if (reply.code <= 1 && g != NULL && g->frame == reply.frame && !a->backwards) {
                a->granted = true;
                mipro_granted_know(g, a);
            }
        }
        w = next;
    }
}

/* Forged requests are kept separately, so that chaff does not displace genuine ones. */
SELDOM static void
see_forged(struct shard *c, struct view *v)
{
    struct asked a = {
        .ident = v->ident.value,
        .agent = view_field(v, MIPRO_F_HOMEAGENT),
        .method = (uint8_t)mipro_method_of(v),
    };
    struct wait *forged;

    for (struct wait *w = peer_wait_first(c, v->home, 0); w != NULL; w = peer_wait_next(c, w, 0)) {
        if (!mipro_is_early_answer(c, w, &a, v->now) || w->u.reply.code > 1 || w->u.reply.forged)
            continue;
        struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_FORGED_ACCEPTED);

        w->u.reply.forged = true;
        tie(c, MIPRO_TIE_REPLY, w->frame, v->ev->frame);
        note_accepted(&f, v->ev->frame, v->verdict == MIPRO_MISSING);
        mipro_finding_unless_twin(c, v, &f, w);
        return;
    }
    mipro_twin_of_granted(c, v, &a);
    forged = mipro_wait_begin(c, v, WAIT_FORGED);
    if (forged == NULL) {
        mipro_forgery_keep_request(c, &(struct forged){
                                          .frame = v->ev->frame,
                                          .ident = v->ident,
                                          .homeaddr = v->homeaddr,
                                          .dst = a.agent,
                                          .bare = v->verdict == MIPRO_MISSING,
                                      });
        return;
    }
    forged->flags = v->verdict == MIPRO_MISSING ? RECENT_FORGED | RECENT_BARE : RECENT_FORGED;
    forged->u.asked.agent = a.agent;
    forged->u.asked.method = a.method;
    if (!forged->done)
        mipro_wait_done(c, forged);
}

static void
note_hop(struct asked *a, const struct view *v)
{
    for (unsigned i = 0, hops = a->relayed ? 2 : 1; i < hops && a->hop[i] != 0; i++)
        if (a->src[i] == v->ev->src && a->dst[i] == v->ev->dst)
            return; /* sent again */
    a->src[a->relayed] = v->ev->src;
    a->dst[a->relayed] = v->ev->dst;
    a->hop[a->relayed] = v->ev->frame;
    a->relayed = true;
}

/* It needs no answer, but a reply with another home address may be for it. */
static void
keep_asked(struct shard *c, const struct view *v)
{
    struct wait *w = mipro_wait_begin(c, v, WAIT_ASKED);

    if (w != NULL && !w->done)
        mipro_wait_done(c, w);
}

/*
 * v shows the authenticator of the request a, which was cut until now: only now does it move the
 * sequence of its identifications, which the answer may have taken back already.
 */
SELDOM static void
complete(const struct shard *c, struct registry *r, struct asked *a, const struct view *v)
{
    a->cut = false;
    if (a->settled)
        mipro_replay_answered(c, v, a->granted);
    a->method = (uint8_t)mipro_method_of(v);
    a->genuine = v->verdict == MIPRO_GOOD;
    a->unchecked = mipro_is_unchecked(v->ev);
    (void)mipro_vouching_spi(v->ev, &a->spi);
    for (unsigned i = 0; i < GRANTS; i++)
        if (r->granted[i].request_frame == a->frame)
            r->granted[i].request_cut = false;
}

struct asked *
mipro_registry_ask(struct shard *c, const struct view *v, struct registry *r)
{
    const struct granted *g;
    struct asked *a = NULL;
    uint64_t hash;

    hash = mipro_mix_octets(v->m->buf, v->m->def->fixed_len);
    for (unsigned i = 0; i < REQUESTS; i++)
        if (r->asked[i].frame != 0 && r->asked[i].hash == hash)
            a = &r->asked[i];
    if (a == NULL) {
        uint32_t flags = view_field(v, MIPRO_F_FLAGS);

        a = &r->asked[r->next_asked];
        r->next_asked = (uint8_t)((r->next_asked + 1u) % REQUESTS);
        if (a->frame != 0 && !a->settled)
            r->forgotten = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout));
        *a = (struct asked){
            .frame = v->ev->frame,
            .time = v->now,
            .ident = v->ident.value,
            .hash = hash,
            .agent = view_field(v, MIPRO_F_HOMEAGENT),
            .coa = view_field(v, MIPRO_F_COA),
            .method = (uint8_t)mipro_method_of(v),
            .genuine = v->verdict == MIPRO_GOOD,
            .unchecked = mipro_is_unchecked(v->ev),
            .cut = v->verdict == MIPRO_TRUNCATED,
            .backwards = v->backwards,
            .name = v->elsewhere->name,
            .private = (flags & mipro_private_bit(&v->m->set)) != 0,
            .simultaneous = (flags & MIPRO_RRQ_S) != 0 && view_field(v, MIPRO_F_COA) != v->homeaddr,
        };
        (void)mipro_vouching_spi(v->ev, &a->spi);
        g = mipro_granted_find(r, a->agent);
        a->goes_on = g != NULL && g->ident >> 32 == a->ident >> 32;
    } else if (a->cut && v->verdict != MIPRO_TRUNCATED) {
        complete(c, r, a, v);
    }
    note_hop(a, v);
    return a;
}

/* Whose sequence does it belong to?  A home address that was assigned may be so to others. */
static uint64_t
whose_sequence(const struct view *v)
{
    const struct registry *r = v->home->registry;

    if (v->home->is_node)
        return 0;
    if (v->elsewhere->node != 0) /* that it was assigned may not have been captured */
        return v->elsewhere->node;
    return r != NULL ? r->node : 0;
}

/* The home agent may answer the replayed request v, as it answered the original. */
SELDOM static void
note_replayed(struct shard *c, const struct view *v)
{
    struct registry *r = mipro_registry_make(c, v->home);

    if (r == NULL)
        return;
    r->replayed = v->ident.value;
    r->replayed_until = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout));
}

/* Is the reply v the answer to a replayed request?  Then that one was reported, which is enough. */
static bool
answers_replayed(const struct shard *c, const struct view *v)
{
    const struct registry *r = v->home->registry;

    return r != NULL && r->replayed_until >= seconds_of(c->t.clock) &&
           (r->replayed == v->ident.value ||
               ((uint32_t)r->replayed != 0 && (uint32_t)r->replayed == (uint32_t)v->ident.value));
}

void
mipro_see_registration(struct shard *c, struct view *v)
{
    struct registry *r;
    struct asked *a;

    /* A node that has no home address yet shares 0.0.0.0 with all others, unless it has a name. */
    if (is_no_home(v->homeaddr) && !v->home->is_node)
        return;
    if (view_forged(v))
        see_forged(c, v);
    v->node = whose_sequence(v);
    if (view_unproven(v)) {
        if (!view_forged(v))
            v->home->unknown_spis = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout));
        return;
    }
    if (mipro_replay_check(c, v, false)) {
        note_replayed(c, v);
        return;
    }
    r = mipro_registry_make(c, v->home);
    if (r == NULL)
        return;
    a = mipro_registry_ask(c, v, r);
    if (!v->home->is_node) {
        if (v->ev->copy_of == 0)
            keep_asked(c, v);
        mipro_handoff_asked(c, v);
    }
    settle_early_reply(c, v, a);
    if (c->n_of[WAIT_FORGED] != 0 && a->frame == v->ev->frame && a->genuine && !a->settled)
        mipro_twin_of_refused(c, v, a);
}

void
mipro_reply_keep(struct shard *c, const struct view *v, const struct registered *reply)
{
    struct wait *w = v->may_be_copy || view_late(c, v) ? NULL : mipro_wait_begin(c, v, WAIT_REPLY);

    if (w == NULL) {
        undecided(c, MIPRO_RULE_REPLY_MISMATCH, MIPRO_UNDECIDED_FORGOTTEN);
        return;
    }
    w->u.reply = *reply;
    if (!is_time(v->now))
        mipro_reply_expired(c, w);
}

enum reply_of
mipro_reply_settle(struct shard *c, struct view *v, struct registry *r,
    const struct registered *reply, struct asked **asked)
{
    struct mipro_finding f;
    struct asked *a;
    struct wait *forged;
    uint64_t request;
    bool bare;

    a = *asked = mipro_registry_find(r, reply);
    if (a != NULL && a->elsewhere) {
        a->settled = true;
        if (reply->code == 133)
            mipro_replay_refused(
                v->home, MIPRO_REGISTRATION_REQUEST, (struct ident){ a->ident, IDENT_SOME });
        return REPLY_OF_REQUEST;
    }
    f = mipro_finding_of(v, MIPRO_RULE_REPLY_MISMATCH);
    mipro_finding_at(&f, v, MIPRO_F_CODE);
    forged = a == NULL || c->n_of[WAIT_FORGED] != 0 ? mipro_find_forged(c, v, reply) : NULL;
    if (forged != NULL && a != NULL) {
        bool answered = (forged->flags & RECENT_ANSWERED) != 0;

        /* A genuine request has the same identification: it may grant either, but only once. */
        if (reply->code <= 1 && !a->granted && !answered)
            undecided(c, MIPRO_RULE_FORGED_ACCEPTED, MIPRO_UNDECIDED_OUTCOME);
        if (reply->code == 131 && (!answered || forged->u.asked.answer == v->hash)) {
            if (!answered && a->genuine && !a->settled)
                undecided(c, MIPRO_RULE_GENUINE_REFUSED, MIPRO_UNDECIDED_OUTCOME);
            mipro_answer_forged(c, v, forged);
            mipro_finding_clear(&f);
            return REPLY_OF_FORGED;
        }
    } else if (forged != NULL) {
        mipro_answer_forged(c, v, forged);
        if (reply->code <= 1 && (forged->flags & RECENT_REPORTED) == 0) {
            note_accepted(&f, forged->frame, (forged->flags & RECENT_BARE) != 0);
            if (!reply->cut)
                forged->flags |= RECENT_REPORTED;
            mipro_finding_unless_twin(c, v, &f, NULL);
        }
        mipro_finding_clear(&f);
        return REPLY_OF_FORGED;
    }
    if (a != NULL && reply->code == 133)
        mipro_refused_reply(c, v, a->ident, a->method);
    if (a != NULL) {
        tie(c, MIPRO_TIE_REPLY, v->ev->frame, mipro_frame_on_hop(a, v->ev->src, v->ev->dst));
        settle(c, v, reply, a, &f, NULL);
    }
    if (a == NULL && reply->code <= 1 && mipro_forgery_granted(c, v, reply, &request, &bare)) {
        if (request != 0) {
            note_accepted(&f, request, bare);
            mipro_finding_unless_twin(c, v, &f, NULL);
        }
        mipro_finding_clear(&f);
        return REPLY_OF_FORGED;
    }
    mipro_finding_clear(&f);
    return a != NULL ? REPLY_OF_REQUEST : REPLY_OF_NOTHING;
}

void
mipro_see_reply(struct shard *c, struct view *v)
{
    struct registered reply = mipro_reply_read(v);
    struct registry *r;
    struct asked *a;
    enum reply_of of;

    if (is_no_home(v->homeaddr))
        return;
    mipro_challenge_given(c, v);
    if (view_unproven(v))
        return;
    v->node = whose_sequence(v);
    if (answers_replayed(c, v) || mipro_replay_check(c, v, false))
        return;
    if (!mipro_has(v->m, MIPRO_F_CODE) || !mipro_has(v->m, MIPRO_F_LIFE))
        return;
    r = mipro_registry_make(c, v->home);
    if (r == NULL)
        return;
    of = mipro_reply_settle(c, v, r, &reply, &a);
    if (of == REPLY_OF_FORGED)
        return; /* what the home agent believes now is unknown */
    if (of == REPLY_OF_NOTHING && mipro_node_assigned(c, v, r, &reply))
        return;
    if (reply.code <= 1 && (a == NULL || !a->backwards))
        mipro_registry_grant(c, r, &reply, a);
    if (a == NULL)
        mipro_reply_keep(c, v, &reply);
}
