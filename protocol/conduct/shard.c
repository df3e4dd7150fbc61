/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One shard: processes the messages about some home addresses.  The rules are in the files listed
 * in private.h.
 */
#include "conduct/handoffs.h"
#include "conduct/private.h"
#include "conduct/registrations.h"

#define CROWD 16u /* see mipro_conduct_config.crowd */

bool
mipro_shard_init(struct shard *c, const struct mipro_conduct_config *config,
    const struct mipro_conduct_sink *sink, struct namesakes *namesakes, struct arena *arena,
    unsigned n_shards)
{
    unsigned n = config->update_rate.n;

    c->config = config;
    c->sink = sink;
    c->kinds = &mipro_kinds;
    c->namesakes = namesakes;
    c->t.clock = c->t.started = MIPRO_TIME_NONE;
    c->t.paused = c->t.resumed = MIPRO_TIME_NONE;
    if (n < config->warning_rate.n)
        n = config->warning_rate.n;
    c->n_stamps = n != 0 ? n : 1;
    c->arena = arena;
    c->crowd = config->crowd != 0 ? config->crowd : CROWD;
    return mipro_copies_new(&c->copies, arena, config->tolerance) && mipro_tables_new(c, n_shards);
}

void
mipro_shard_free(struct shard *c)
{
    if (c->slots != NULL)
        mipro_tables_free(c);
}

/* Nearly always the message has a single authenticator of its own, which is good. */
static inline bool
is_plainly_good(const struct mipro_event *ev)
{
    const struct mipro_message *m = ev->message;

    return ev->n_auth == 1 && ev->auth->verdict == MIPRO_GOOD &&
           (m->plain || (mipro_is_draft(m) && ev->auth->ext == mipro_auth_ext_type(&m->set)));
}

/* Is it well-formed, without extensions for which a receiver discards it (RFC 2002 1.9)? */
static inline bool
is_sound(const struct mipro_message *m)
{
    return (m->err == MIPRO_OK || m->err == MIPRO_ERR_CUT) && m->n_unknown == 0;
}

static inline struct ident
read_ident(const struct mipro_message *m)
{
    bool due = true;

    if (mipro_has(m, MIPRO_F_IDENT))
        return (struct ident){ mipro_value(m, MIPRO_F_IDENT), IDENT_SOME };
    if (m->def->tail == MIPRO_TAIL_IDENT_FLAGGED)
        due = (mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_I) != 0;
    else if (m->def->tail == MIPRO_TAIL_IDENT_OPEN)
        due = m->len > m->def->fixed_len && m->captured < m->def->fixed_len + MIPRO_IDENT_LEN;
    return (struct ident){ 0, due ? IDENT_UNSEEN : IDENT_NONE };
}

/* How a message is processed, by its type. */
struct act {
    void (*see)(struct shard *c, struct view *v);
    uint32_t need;   /* the fields that are required to judge it: 1 << id */
    bool makes_home; /* its home address is added to the table */
};

#define HOMEADDR (UINT32_C(1) << MIPRO_F_HOMEADDR)
#define COA (UINT32_C(1) << MIPRO_F_COA)
#define IDENT (UINT32_C(1) << MIPRO_F_IDENT)

static const struct act acts[] = {
    [MIPRO_REGISTRATION_REQUEST] = { mipro_see_registration, HOMEADDR | COA | IDENT, true },
    [MIPRO_REGISTRATION_REPLY] = { mipro_see_reply, HOMEADDR | IDENT, true },
    [MIPRO_BINDING_WARNING] = { mipro_see_warning, HOMEADDR, true },
    [MIPRO_BINDING_REQUEST] = { mipro_see_request, HOMEADDR, true },
    [MIPRO_BINDING_UPDATE] = { mipro_see_update, HOMEADDR | COA, true },
    /* An acknowledge does not add a home address. */
    [MIPRO_BINDING_ACKNOWLEDGE] = { mipro_see_acknowledge, HOMEADDR, false },
};

/* NULL if it is not processed.  A plain message always is: it has all of its fields. */
static inline const struct act *
find_act(const struct mipro_message *m)
{
    const struct act *act;

    if (m->plain)
        return &acts[m->def->type];
    if (m->def == NULL || m->def->source == MIPRO_SOURCE_IANA || m->err == MIPRO_ERR_TRUNCATED ||
        m->def->type >= sizeof(acts) / sizeof(acts[0]))
        return NULL;
    act = &acts[m->def->type];
    return act->see != NULL && (m->present & act->need) == act->need ? act : NULL;
}

bool
mipro_message_acts(const struct mipro_message *m)
{
    return find_act(m) != NULL;
}

/*
 * Can w be waiting for this message, as far as its beginning shows?  An acknowledge may be captured
 * before its update.
 */
static bool
may_wait_for(const struct wait *w, const struct view *v)
{
    switch ((enum wait_kind)w->kind) {
    case WAIT_ACK:
        return v->type == MIPRO_BINDING_ACKNOWLEDGE &&
               mipro_goes_back(v, w->src, w->dst, v->homeaddr);
    case WAIT_ANSWER:
        return v->type == MIPRO_BINDING_UPDATE && w->src == v->ev->dst && w->dst == v->ev->src;
    case WAIT_TARGET:
        return v->type == MIPRO_BINDING_UPDATE && w->u.target == v->ev->dst;
    case WAIT_HANDOFF:
        return v->type == MIPRO_BINDING_UPDATE && w->u.handoff->previous == v->ev->dst;
    case WAIT_UNMATCHED:
        return v->type == MIPRO_BINDING_UPDATE &&
               wait_goes_back(w, v->ev->src, v->ev->dst, v->homeaddr);
    case WAIT_PFAN:
    case WAIT_FORGED:
    case WAIT_ASKED:
    case WAIT_REPLY:
    case WAIT_HELD:
        return false;
    }
    return false;
}

/* An acknowledge that waits for its update was captured before it: within the tolerance, then. */
static bool
is_too_late(const struct shard *c, const struct view *v, const struct wait *w)
{
    int64_t came = mipro_time_add(w->deadline, -c->config->ack_timeout);

    return w->kind == WAIT_UNMATCHED && is_time(w->deadline) &&
           mipro_time_between(came, is_time(v->now) ? v->now : c->t.clock) >= c->config->tolerance;
}

/* Nobody is blamed for want of an answer that may be incomplete; if it is not, it will be seen. */
static void
note_begun_with(struct shard *c, const struct view *v, uint32_t peer)
{
    for (struct wait *w = peer_wait_first(c, v->home, peer); w != NULL;
         w = peer_wait_next(c, w, peer))
        w->begun |= !w->done && may_wait_for(w, v) && !is_too_late(c, v, w);
}

void
mipro_shard_begun(struct shard *c, struct mipro_event *ev, int64_t now)
{
    struct view v = { .ev = ev, .m = ev->message, .type = mipro_message_type(ev->message) };
    struct flow *p;

    v.now = now;
    v.homeaddr = view_field(&v, MIPRO_F_HOMEADDR);
    v.home = mipro_home_make(c, v.homeaddr);
    if (v.home == NULL)
        return;
    note_begun_with(c, &v, v.type == MIPRO_BINDING_ACKNOWLEDGE ? ev->src : ev->dst);
    if (v.type == MIPRO_BINDING_ACKNOWLEDGE || v.type == MIPRO_BINDING_UPDATE)
        mipro_answer_lose(c, v.type, v.homeaddr, ev->src, c->t.clock);
    if (v.type == MIPRO_BINDING_UPDATE)
        mipro_answer_lose(c, v.type, v.homeaddr, ev->dst, c->t.clock);
    note_begun_with(c, &v, 0);
    for (struct wait *w = target_first(v.home); w != NULL; w = wait_next(v.home, w))
        w->begun |= !w->done && may_wait_for(w, &v);
    if (v.type == MIPRO_BINDING_UPDATE && (p = mipro_flow_make(c, &v, FLOW_UPDATES)) != NULL)
        p->begun = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout));
}

SELDOM static void
note_doubted(struct shard *c, struct view *v)
{
    const struct mipro_sighting s = view_sighting(v, mipro_time_add(v->ev->time, c->t.skew), true);

    if (v->ev->time != MIPRO_TIME_NONE)
        v->ev->copy_of = mipro_copies_note(&c->copies, &s, &v->may_be_copy);
}

/* Was this datagram seen before, within the tolerance?  Sets ev->copy_of. */
static inline __attribute__((always_inline)) void
note_copy(struct shard *c, struct view *v)
{
    if (!v->ev->has_datagram)
        return;
    if (is_time(v->now)) {
        const struct mipro_sighting s = view_sighting(v, v->now, false);

        v->ev->copy_of = copies_note(&c->copies, &s, &v->may_be_copy);
    } else {
        note_doubted(c, v);
    }
}

static inline bool
has_bad(const struct mipro_event *ev)
{
    for (size_t i = 0; i < ev->n_auth; i++)
        if (ev->auth[i].verdict == MIPRO_BAD)
            return true;
    return false;
}

static inline bool
lacks_challenge(const struct mipro_event *ev)
{
    for (size_t i = 0; i < ev->n_auth; i++)
        if (ev->auth[i].verdict == MIPRO_NO_KEY && ev->auth[i].hint == MIPRO_HINT_CHALLENGE)
            return true;
    return false;
}

/*
 * The verdict on the message as a whole, after other messages may have changed its verdicts.
 * Returns whether it has a PFAN.
 */
SELDOM static bool
judge_closely(const struct shard *c, struct view *v)
{
    struct mipro_event *ev = v->ev;
    bool pfan = false, unknown_spi = false;

    if (has_bad(ev)) {
        if (ev->ring != NULL)
            mipro_judge_rekeyed(c, ev);
        if (v->type == MIPRO_BINDING_UPDATE)
            mipro_handoff_rejudge(v);
    }
    if (v->type == MIPRO_REGISTRATION_REQUEST && lacks_challenge(ev))
        mipro_judge_challenged(v);
    v->verdict = (uint8_t)mipro_judge_all(ev, &pfan, &unknown_spi);
    v->flags &= RECENT_CUT;
    if (v->verdict == MIPRO_GOOD)
        v->flags |= RECENT_GENUINE;
    if (v->verdict == MIPRO_MISSING)
        v->flags |= RECENT_BARE;
    if (v->verdict == MIPRO_BAD || v->verdict == MIPRO_MISSING) {
        v->flags |= RECENT_FORGED;
        v->faults |= FAULT_FORGED;
    }
    if (v->verdict == MIPRO_TRUNCATED)
        v->faults |= FAULT_UNSEEN;
    if (unknown_spi)
        v->faults |= FAULT_UNKNOWN_SPI;
    return pfan;
}

/* What is under judgement is not plain. */
static inline void
look_closely(struct view *v)
{
    const struct mipro_message *m = v->m;

    if (!is_sound(m))
        v->faults = FAULT_UNSOUND;
    if (m->captured < m->len) {
        v->flags |= RECENT_CUT;
        if (v->ev->has_datagram && v->ev->time != MIPRO_TIME_NONE)
            v->may_be_copy = v->is_stub = m->captured < shown_of(v->ev->ip_id);
    }
}

/* What is under judgement, so far without its home address, and as if it were good. */
static inline __attribute__((always_inline)) void
begin_view(struct shard *c, struct mipro_event *ev, int64_t now, const struct elsewhere *elsewhere,
    struct view *v)
{
    const struct mipro_message *m = ev->message;

    v->ev = ev;
    v->m = m;
    v->elsewhere = elsewhere;
    v->now = now;
    v->hash = ev->content != 0 ? ev->content : mipro_conduct_content(m->buf, m->captured);
    v->ident = read_ident(m);
    v->node = 0;
    v->homeaddr = view_field(v, MIPRO_F_HOMEADDR);
    v->type = m->def->type;
    v->verdict = MIPRO_GOOD;
    v->flags = RECENT_GENUINE;
    v->faults = 0;
    v->may_be_copy = v->is_stub = v->backwards = false;
    if (!m->plain)
        look_closely(v);
    note_copy(c, v);
}

bool
mipro_shard_look(struct shard *c, struct mipro_event *ev, int64_t now,
    const struct elsewhere *elsewhere, struct home *h, struct view *v)
{
    begin_view(c, ev, now, elsewhere, v);
    v->home = h;
    return judge_closely(c, v);
}

bool
mipro_shard_answers(const struct shard *c, struct view *v)
{
    v->home = mipro_home_peek(c, v->homeaddr);
    if (v->home == NULL)
        return false;
    return (v->type == MIPRO_BINDING_ACKNOWLEDGE && mipro_acknowledge_is_of(c, v)) ||
           (v->type == MIPRO_REGISTRATION_REPLY && mipro_reply_is_of(c, v));
}

/* What is not processed may still have a PFAN. */
SELDOM static void
see_other(const struct shard *c, const struct mipro_event *ev)
{
    bool pfan = false, unknown_spi;

    (void)mipro_judge_all(ev, &pfan, &unknown_spi);
    if (pfan && c->sink->pfan != NULL)
        c->sink->pfan(c->sink->ctx, ev->frame, NULL);
}

/* v is a copy.  True if it is to be processed all the same. */
SELDOM static bool
see_copy(struct shard *c, struct view *v)
{
    if (c->copies.whole == v->ev->frame && v->home != NULL)
        return mipro_unmask(c, v);
    if (v->ev->ip_id == 0 && v->type == MIPRO_BINDING_ACKNOWLEDGE)
        mipro_doubt_copy(c, v);
    return false;
}

/* The message takes effect.  Its home address is there if it needs one, and there is room. */
static inline __attribute__((always_inline)) void
take_effect(struct shard *c, struct view *v, const struct act *act, bool pfan)
{
    if (pfan && c->sink->pfan != NULL)
        mipro_pending_begin(c, v);
    if (v->ev->copy_of == 0 ? v->home != NULL || !act->makes_home : see_copy(c, v))
        act->see(c, v);
}

void
mipro_shard_act(struct shard *c, struct view *v, bool pfan)
{
    const struct act *act = find_act(v->m);

    if (v->ev->has_datagram && v->ev->copy_of == 0 && is_time(v->now)) {
        const struct mipro_sighting s = view_sighting(v, v->now, false);

        v->ev->copy_of = mipro_copies_find(&c->copies, &s);
    }
    v->home = act->makes_home ? mipro_home_make(c, v->homeaddr)
                              : home_use(c, mipro_home_peek(c, v->homeaddr));
    take_effect(c, v, act, pfan);
}

void
mipro_shard_see(struct shard *c, struct mipro_event *ev, int64_t now,
    const struct elsewhere *elsewhere, struct home *found)
{
    const struct act *act = find_act(ev->message);
    struct home *h;
    struct view v;

    if (act == NULL) {
        see_other(c, ev);
        return;
    }
    begin_view(c, ev, now, elsewhere, &v);
    h = home_use(c, found);
    if (h == NULL && act->makes_home)
        h = mipro_home_add(c, v.homeaddr);
    v.home = h;
    take_effect(c, &v, act, !is_plainly_good(ev) && judge_closely(c, &v));
}
