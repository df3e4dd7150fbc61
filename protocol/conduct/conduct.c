/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine: which shard each event belongs to, and what all shards have in common. */
#include "conduct/machine.h"
#include "conduct/registrations.h"
#include "mipro_begun.h"

#include <stdlib.h>

struct mipro_conduct_config
mipro_conduct_defaults(void)
{
    return (struct mipro_conduct_config){
        .set = MIPRO_SETTINGS,
        .update_rate = { 5, 10 * MIPRO_SECOND },
        .warning_rate = { 5, 10 * MIPRO_SECOND },
        .ack_timeout = 5 * MIPRO_SECOND,
        .tolerance = MIPRO_SECOND,
    };
}

static bool
make_shards(struct mipro_conduct *c)
{
    c->shards = calloc(c->n_shards, sizeof(struct shard *));
    if (c->shards == NULL)
        return false;
    for (unsigned i = 0; i < c->n_shards; i++) {
        if (c->config.parts > 1 && i % c->config.parts != c->config.part)
            continue;
        c->shards[i] = mipro_arena_take(&c->arena, sizeof(struct shard));
        if (c->shards[i] == NULL || !mipro_shard_init(c->shards[i], &c->config, &c->sink,
                                        c->namesakes, &c->arena, c->n_shards))
            return false;
        c->shards[i]->pieces = &c->pieces;
        c->shards[i]->ties = &c->ties;
        c->shards[i]->nameless = &c->nodes;
    }
    return true;
}

struct mipro_conduct *
mipro_conduct_new(const struct mipro_conduct_config *config, const struct mipro_conduct_sink *sink)
{
    struct mipro_conduct *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->config = *config;
    c->sink = *sink;
    if (c->config.update_rate.n > MIPRO_RATE_MAX)
        c->config.update_rate.n = MIPRO_RATE_MAX;
    if (c->config.warning_rate.n > MIPRO_RATE_MAX)
        c->config.warning_rate.n = MIPRO_RATE_MAX;
    c->n_shards = config->shards != 0 ? config->shards : MIPRO_SHARDS;
    mipro_clock_init(&c->clock);
    c->namesakes = mipro_namesakes_new(&c->config, &c->sink, c->undecided);
    if (c->namesakes == NULL || !make_shards(c)) {
        mipro_conduct_free(c);
        return NULL;
    }
    return c;
}

void
mipro_conduct_free(struct mipro_conduct *c)
{
    if (c == NULL)
        return;
    for (unsigned i = 0; c->shards != NULL && i < c->n_shards; i++)
        if (c->shards[i] != NULL)
            mipro_shard_free(c->shards[i]);
    free(c->shards);
    mipro_nodes_free(c->nodes);
    mipro_doubted_end(&c->doubted);
    mipro_arena_free(&c->arena);
    mipro_pieces_free(&c->pieces);
    mipro_ties_free(&c->ties);
    mipro_announced_free(&c->announced);
    mipro_challenges_free(&c->challenges);
    mipro_namesakes_free(c->namesakes);
    free(c);
}

unsigned
mipro_conduct_shard(uint32_t homeaddr, unsigned n)
{
    return shard_by(mix_home(homeaddr), n);
}

/* What the rules did not tie, though it looks like an answer. */
SELDOM static void
tie_unproven(struct mipro_conduct *c, const struct mipro_event *ev)
{
    enum mipro_tie kind;
    uint64_t question = mipro_ties_answer(&c->ties, ev, &kind);

    if (question != 0 && c->ties.tied != ev->frame)
        c->sink.tie(c->sink.ctx, kind, ev->frame, question, false);
    mipro_ties_ask(&c->ties, ev);
}

static inline void
tie_event(struct mipro_conduct *c, const struct mipro_event *ev)
{
    const struct mipro_msg_def *def = ev->message->def;

    if (c->sink.tie != NULL && ev->copy_of == 0 && def != NULL &&
        (def->in & (MIPRO_IN_DRAFT | MIPRO_IN_REQUEST | MIPRO_IN_REPLY)) != 0)
        tie_unproven(c, ev);
}

/* If a message was put aside, it takes effect now. */
SELDOM static void
see_doubted(struct mipro_conduct *c, const struct mipro_times *t, int64_t now)
{
    struct doubted *d = &c->doubted;

    if (d->frame == 0)
        return;
    mipro_doubted_see(d, t, now);
    tie_event(c, &d->event);
    mipro_doubted_end(d);
}

static void
leap_all(struct mipro_conduct *c, const struct mipro_leap *leap)
{
    for (unsigned i = 0; i < c->n_shards; i++)
        if (c->shards[i] != NULL)
            mipro_shard_leap(c->shards[i], leap, &c->clock.t);
    if (c->nodes != NULL)
        mipro_shard_leap(c->nodes, leap, &c->clock.t);
}

/* Process a timestamp that is not an ordinary step of time. */
SELDOM static int64_t
leap_time(struct mipro_conduct *c, uint64_t frame, int64_t stamp)
{
    const struct mipro_times before = c->clock.t;
    struct mipro_leap leap;
    int64_t now;

    if (stamp == MIPRO_TIME_NONE) {
        see_doubted(c, &before, TIME_DOUBTED);
        return MIPRO_TIME_NONE;
    }
    now = mipro_clock_take(&c->clock, &c->config, frame, stamp, &leap);
    if (leap.leaps && leap.doubted != 0) {
        if (c->doubted.frame != 0 && leap.reason == MIPRO_UNDECIDED_CLOCK)
            mipro_rate_restart(c->doubted.shard, &c->doubted.view);
        leap_all(c, &leap);
        see_doubted(c, &c->clock.t, now);
        now = mipro_clock_take(&c->clock, &c->config, frame, stamp, &leap);
    } else if (frame != c->doubted.frame) {
        see_doubted(c, &before, TIME_DOUBTED);
    }
    if (leap.leaps)
        leap_all(c, &leap);
    return now;
}

/* Process the timestamp of a frame.  Returns its time by the clock: see struct elsewhere. */
static inline int64_t
pass_time(struct mipro_conduct *c, uint64_t frame, int64_t stamp)
{
    int64_t now;

    return mipro_clock_step(&c->clock, stamp, &now) ? now : leap_time(c, frame, stamp);
}

/* Note a piece, after settling what became due before it. */
static void
note_piece(struct mipro_conduct *c, const struct mipro_datagram_id *d, bool known, int64_t now)
{
    int64_t reach = mipro_time_add(MIPRO_PIECES_REACH * c->config.ack_timeout, c->config.tolerance);
    const struct mipro_times *t = &c->clock.t;

    if (!is_time(t->clock))
        return;
    /* What waited over a gap is decided a little after it, and looks back before it. */
    if (t->resumed != MIPRO_TIME_NONE && mipro_time_between(t->resumed, t->clock) <= reach)
        reach = mipro_time_add(reach, mipro_time_between(t->paused, t->resumed));
    for (unsigned i = 0; i < c->n_shards; i++)
        if (c->shards[i] != NULL)
            shard_advance(c->shards[i], &c->clock.t);
    if (c->nodes != NULL)
        shard_advance(c->nodes, &c->clock.t);
    mipro_pieces_note(&c->pieces, d->src, d->dst, d->id, known,
        is_time(now) ? now : c->clock.t.clock, reach, c->config.tolerance);
}

void
mipro_conduct_piece(struct mipro_conduct *c, uint64_t frame, int64_t time,
    const struct mipro_datagram_id *d, bool known)
{
    note_piece(c, d, known, pass_time(c, frame, time));
}

void
mipro_conduct_whole(
    struct mipro_conduct *c, uint64_t frame, int64_t time, const struct mipro_datagram_id *d)
{
    int64_t now = pass_time(c, frame, time);

    mipro_pieces_whole(&c->pieces, d->src, d->dst, d->id, is_time(now) ? now : c->clock.t.clock,
        c->config.tolerance);
}

/* Is it a registration or a reply, and whose? */
static bool
is_registration(const struct mipro_message *m)
{
    return m->def != NULL && (m->def->in & (MIPRO_IN_REQUEST | MIPRO_IN_REPLY)) != 0 &&
           mipro_has(m, MIPRO_F_HOMEADDR);
}

void
mipro_conduct_begun(struct mipro_conduct *c, struct mipro_event *ev)
{
    const struct mipro_message *m = ev->message;
    int64_t now = pass_time(c, ev->frame, ev->time);
    struct shard *s;

    if (is_registration(m)) {
        s = shard_of(c, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));
        if (s != NULL) {
            shard_advance(s, &c->clock.t);
            mipro_registration_begun(s, m, true);
        }
    }
    if (mipro_begun_hides_home(m)) { /* it cannot be assigned to a home address */
        const struct mipro_datagram_id d = { ev->src, ev->dst,
            UINT32_C(1) << 31 | (uint32_t)ev->frame };

        note_piece(c, &d, false, now);
        return;
    }
    if (!mipro_is_draft(m))
        return;
    s = shard_of(c, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));
    if (s == NULL)
        return;
    shard_advance(s, &c->clock.t);
    mipro_shard_begun(s, ev, now);
}

/* The agent that a PFAN is sent to; if that hop was not captured, the agent that forwarded it. */
static const struct agent *
agent_of(const struct mipro_conduct *c, const struct mipro_event *ev)
{
    struct mipro_ext e;

    if (!mipro_ext_find(ev->message, MIPRO_EXT_PFAN, &e))
        return NULL;
    return mipro_agents_find(
        &c->agents, ev->dst != mipro_value(ev->message, MIPRO_F_HOMEAGENT) ? ev->dst : ev->src);
}

/* The shard of nodes without a home address, or NULL if no such node was seen. */
SELDOM static struct shard *
shard_of_nodes(struct mipro_conduct *c, uint32_t homeaddr)
{
    if (c->nodes == NULL && is_no_home(homeaddr))
        c->nodes = mipro_nodes_new(&c->config, &c->sink, &c->arena, &c->pieces, &c->ties,
            &c->clock.t, shard_of(c, 0) != NULL);
    if (c->nodes != NULL)
        shard_advance(c->nodes, &c->clock.t);
    return c->nodes;
}

/* A message that names its node.  True if there is more to it: see mipro_nodes_see(). */
SELDOM static bool
see_node(struct mipro_conduct *c, struct mipro_event *ev, int64_t now, struct elsewhere *elsewhere)
{
    struct shard *nodes = shard_of_nodes(c, (uint32_t)mipro_value(ev->message, MIPRO_F_HOMEADDR));

    return nodes == NULL || mipro_nodes_see(nodes, ev, now, elsewhere);
}

static inline bool
has_elsewhere(const struct mipro_event *ev)
{
    return mipro_message_type(ev->message) <= MIPRO_REGISTRATION_REPLY || may_announce(ev);
}

/* What is known elsewhere about a message, besides its node. */
static inline void
know_elsewhere(struct mipro_conduct *c, const struct mipro_event *ev, struct elsewhere *elsewhere)
{
    *elsewhere = (struct elsewhere){
        .challenges = &c->challenges,
        .name = mipro_conduct_names_node(ev->message) ? mipro_node_name(ev->message) : 0,
    };
    if (mipro_message_type(ev->message) == MIPRO_REGISTRATION_REQUEST)
        elsewhere->agent = agent_of(c, ev);
    if (may_announce(ev))
        elsewhere->nonce = mipro_announced_see(&c->announced, ev);
}

/* What is known elsewhere about a message that may have any.  True if there is more to it. */
__attribute__((noinline)) static bool
look_elsewhere(
    struct mipro_conduct *c, struct mipro_event *ev, int64_t now, struct elsewhere *elsewhere)
{
    know_elsewhere(c, ev, elsewhere);
    return elsewhere->name == 0 || see_node(c, ev, now, elsewhere);
}

/* A message that was cut so short that it does nothing by itself. */
SELDOM static void
see_cut(struct mipro_conduct *c, struct mipro_event *ev)
{
    const struct mipro_message *m = ev->message;
    struct shard *s;

    if (!is_registration(m)) {
        mipro_conduct_begun(c, ev);
        return;
    }
    s = shard_of(c, (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR));
    if (s == NULL)
        return;
    shard_advance(s, &c->clock.t);
    mipro_registration_begun(s, m, false);
}

/* Look at a message that is to be put aside.  NULL: it has no shard here; else sets v and pfan. */
SELDOM static struct shard *
look_doubted(struct mipro_conduct *c, struct mipro_event *ev, struct elsewhere *elsewhere,
    struct view *v, bool *pfan)
{
    const uint32_t homeaddr = (uint32_t)mipro_value(ev->message, MIPRO_F_HOMEADDR);
    bool homeless = mipro_conduct_names_node(ev->message) && is_no_home(homeaddr);
    struct shard *s = homeless ? shard_of_nodes(c, homeaddr) : shard_of(c, homeaddr);

    if (s == NULL)
        return NULL;
    shard_advance(s, &c->clock.t);
    know_elsewhere(c, ev, elsewhere);
    if (homeless)
        return mipro_nodes_look(s, ev, elsewhere, v, pfan) ? s : NULL;
    if (elsewhere->name != 0)
        (void)see_node(c, ev, TIME_DOUBTED, elsewhere);
    *pfan = mipro_shard_look(s, ev, TIME_DOUBTED, elsewhere, NULL, v);
    return s;
}

/*
 * Put aside a message whose timestamp is doubted, or process it: an answer to what was captured
 * before it is processed.  False: it is another.
 */
SELDOM static bool
put_aside(struct mipro_conduct *c, struct mipro_event *ev)
{
    struct elsewhere elsewhere;
    struct shard *s;
    struct view v;
    bool pfan;

    if (c->doubted.frame != 0 || !mipro_doubted_waits(ev->message))
        return false;
    ev->copy_of = 0;
    s = look_doubted(c, ev, &elsewhere, &v, &pfan);
    if (s == NULL || !mipro_shard_answers(s, &v))
        return s != NULL && mipro_doubted_keep(&c->doubted, s, &v, pfan);
    mipro_shard_act(s, &v, pfan);
    tie_event(c, ev);
    return true;
}

void
mipro_conduct_see(struct mipro_conduct *c, struct mipro_event *ev)
{
    static const struct elsewhere nowhere;
    const struct mipro_message *m = ev->message;
    uint32_t homeaddr = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    int64_t now;
    const struct mipro_ahead *a = ev->ahead;
    struct shard *s = a != NULL ? a->shard : shard_of(c, homeaddr);
    const struct elsewhere *about = &nowhere;
    struct elsewhere elsewhere;

    if (!mipro_clock_step(&c->clock, ev->time, &now)) {
        now = leap_time(c, ev->frame, ev->time);
        if (now == TIME_DOUBTED && put_aside(c, ev))
            return;
    }
    ev->copy_of = 0;
    if (has_elsewhere(ev)) {
        about = &elsewhere;
        if (!look_elsewhere(c, ev, now, &elsewhere))
            s = NULL; /* it has no home address */
    }
    if (s != NULL) {
        shard_advance(s, &c->clock.t);
        mipro_shard_see(s, ev, now, about,
            a != NULL && mipro_home_changes(s, a->u.home) == a->changes
                ? a->u.home
                : mipro_home_peek(s, homeaddr));
    }
    tie_event(c, ev);
    if (m->err == MIPRO_ERR_CUT && !mipro_message_acts(m))
        see_cut(c, ev);
}

/* Record a challenge under the agent's own address, and under each of its care-of addresses. */
SELDOM static void
see_challenge(struct mipro_conduct *c, uint32_t agent, const struct mipro_advert *advert)
{
    if (agent != 0)
        mipro_challenges_see(&c->challenges, agent, advert->challenge, advert->challenge_len);
    for (size_t i = 0; i < advert->n_coa; i++) {
        const uint32_t coa = mipro_advert_coa(advert, i);

        if (coa != 0)
            mipro_challenges_see(&c->challenges, coa, advert->challenge, advert->challenge_len);
    }
}

void
mipro_conduct_advert(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t agent,
    const struct mipro_advert *advert)
{
    (void)pass_time(c, frame, time);
    if (advert->challenge != NULL)
        see_challenge(c, agent, advert);
    if (!mipro_agents_see(&c->agents, frame, time, agent, (advert->flags & MIPRO_ADV_S) != 0))
        return;
    for (unsigned i = 0; i < c->n_shards; i++)
        if (c->shards[i] != NULL) {
            shard_advance(c->shards[i], &c->clock.t);
            mipro_shard_smooth(c->shards[i], agent);
        }
}

void
mipro_conduct_tunnel(struct mipro_conduct *c, uint64_t frame, int64_t time, uint32_t src,
    uint32_t dst, uint32_t homeaddr)
{
    struct mipro_event ev = { .frame = frame, .time = time, .src = src, .dst = dst };
    int64_t now = pass_time(c, frame, time);
    struct shard *s = shard_of(c, homeaddr);

    if (s == NULL)
        return;
    shard_advance(s, &c->clock.t);
    mipro_shard_tunnel(s, &ev, homeaddr, now);
}

void
mipro_conduct_tick(struct mipro_conduct *c, uint64_t frame, int64_t time)
{
    (void)pass_time(c, frame, time);
}

void
mipro_conduct_flush(struct mipro_conduct *c)
{
    for (unsigned i = 0; i < c->n_shards; i++)
        if (c->shards[i] != NULL)
            shard_advance(c->shards[i], &c->clock.t);
    if (c->nodes != NULL)
        shard_advance(c->nodes, &c->clock.t);
    mipro_namesakes_decide(c->namesakes, c->clock.t.clock);
}

void
mipro_conduct_end(struct mipro_conduct *c)
{
    see_doubted(c, &c->clock.t, TIME_DOUBTED);
    if (c->nodes != NULL)
        mipro_shard_end(c->nodes, &c->clock.t, mipro_clock_end(&c->clock));
    for (unsigned i = 0; i < c->n_shards; i++)
        if (c->shards[i] != NULL)
            mipro_shard_end(c->shards[i], &c->clock.t, mipro_clock_end(&c->clock));
    mipro_namesakes_end(c->namesakes);
}
