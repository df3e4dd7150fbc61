/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of registrations: who asked whom, with what result, and what was granted.  No
 * rule is applied here.
 */
#include "conduct/private.h"
#include "conduct/registrations.h"

struct granted *
mipro_granted_find(struct registry *r, uint32_t agent)
{
    for (unsigned i = 0; r != NULL && i < GRANTS; i++)
        if (r->granted[i].frame != 0 && r->granted[i].agent == agent)
            return &r->granted[i];
    return NULL;
}

struct registry *
mipro_registry_make(struct shard *c, struct home *h)
{
    if (h->registry == NULL)
        h->registry = mipro_record_take(c, &c->registries, h);
    return h->registry;
}

bool
mipro_reply_answers(const struct asked *a, const struct registered *reply)
{
    bool low = (uint32_t)a->ident == (uint32_t)reply->ident;

    if (a->agent != reply->agent && !is_discovery(a->agent) && reply->code != 136)
        return false;
    if (a->ident == reply->ident)
        return true;
    /* The fraction of a timestamp may be zero, which would match too easily. */
    return low && (uint32_t)a->ident != 0 &&
           (reply->code == 133 || a->method != MIPRO_REPLAY_TIMESTAMP);
}

struct asked *
mipro_registry_find(struct registry *r, const struct registered *reply)
{
    struct asked *best = NULL;

    for (unsigned i = 0; i < REQUESTS; i++) {
        struct asked *a = &r->asked[(r->next_asked + REQUESTS - 1u - i) % REQUESTS];

        if (a->frame == 0 || !mipro_reply_answers(a, reply))
            continue;
        if (a->ident == reply->ident)
            return a;
        if (best == NULL)
            best = a;
    }
    return best;
}

enum mipro_replay
mipro_method_of(const struct view *v)
{
    for (size_t i = 0; i < v->ev->n_auth; i++) {
        const struct mipro_auth *a = &v->ev->auth[i];

        if (a->ext == MIPRO_EXT_MOBILE_HOME && a->association != NULL)
            return a->replay;
    }
    return MIPRO_REPLAY_NONE;
}

struct registered
mipro_reply_read(const struct view *v)
{
    return (struct registered){
        .frame = v->ev->frame,
        .ident = v->ident.value,
        .time = v->now,
        .agent = view_field(v, MIPRO_F_HOMEAGENT),
        .home = v->homeaddr,
        .life = (uint16_t)view_field(v, MIPRO_F_LIFE),
        .code = (uint8_t)view_field(v, MIPRO_F_CODE),
        .named = v->elsewhere->name != 0,
        .cut = v->verdict == MIPRO_TRUNCATED,
    };
}

static int64_t
end_of(const struct registered *reply)
{
    if (reply->life == MIPRO_LIFE_INFINITE)
        return INT64_MAX;
    return !is_time(reply->time) ? MIPRO_TIME_NONE
                                 : mipro_time_add(reply->time, reply->life * MIPRO_SECOND);
}

void
mipro_granted_know(struct granted *g, const struct asked *a)
{
    g->request_frame = a->frame;
    g->coa = a->coa;
    g->private = g->coa_private = a->private;
    g->private_known = true;
    g->request_cut = a->cut;
    g->name = a->name;
}

/*
 * May bindings from before this grant go on beside it?  Only if that was asked for, and its care-of
 * address is not that of the only one.
 */
static bool
may_go_on(const struct granted *last, const struct asked *a)
{
    if (a == NULL) /* the request was not captured */
        return true;
    return a->simultaneous && (last->several || last->crossed || last->coa != a->coa);
}

/* Was a request, perhaps a later one, cut before what it says, within the tolerance before now? */
static bool
was_begun(const struct shard *c, const struct registry *r)
{
    int64_t since = mipro_time_add(c->t.clock, c->config->ack_timeout - c->config->tolerance);

    return r->begun != 0 && r->begun >= seconds_of(since);
}

/*
 * Is the request older than the one that was granted last, by their timestamps?  Then it would not
 * be granted after that: across a leap of the clock, what another tap saw may be captured first.
 */
static bool
is_older(const struct asked *a, const struct granted *last)
{
    return a != NULL && a->method == MIPRO_REPLAY_TIMESTAMP && is_later(last->ident, a->ident);
}

/*
 * A registration was granted.  With simultaneous bindings those before it go on, so that the
 * longest lifetime counts; so it does where it is unknown whether they were asked for.  By code 1
 * the home agent has no simultaneous bindings (RFC 2002 3.4), but some say so where they go on.
 */
void
mipro_registry_grant(
    const struct shard *c, struct registry *r, const struct registered *reply, struct asked *a)
{
    struct granted *g = mipro_granted_find(r, reply->agent);
    struct granted last = { 0 };

    if (g != NULL && g->ident == reply->ident)
        g->reply_cut &= reply->cut; /* it may be whole on another hop */
    if (a != NULL && a->granted)
        return; /* a forwarded reply */
    if (g == NULL) {
        g = &r->granted[r->next_granted];
        r->next_granted = (uint8_t)((r->next_granted + 1u) % GRANTS);
    } else if (a == NULL && g->ident == reply->ident) {
        return; /* a forwarded reply */
    } else {
        last = *g;
    }
    *g = (struct granted){
        .frame = reply->frame,
        .ident = reply->ident,
        .asked = a != NULL ? a->time : reply->time,
        .time = reply->time,
        .until = end_of(reply),
        .sure_until = end_of(reply),
        .agent = reply->agent,
        .life = reply->life,
        .reply_cut = reply->cut,
        .overtaken = a != NULL && was_begun(c, r), /* else it may be the one that is granted */
    };
    if (a != NULL) {
        a->granted = true;
        mipro_granted_know(g, a);
    }
    g->crossed =
        last.frame != 0 && (!certainly_before(c, last.time, reply->time) || is_older(a, &last));
    g->unending = last.frame == 0 && a != NULL && may_go_on(&last, a);
    if (last.frame == 0 || !may_go_on(&last, a))
        return;
    g->several = true;
    g->perhaps = reply->code == 1 || last.perhaps;
    if (reply->code != 1 && last.sure_until > g->sure_until)
        g->sure_until = last.sure_until;
    g->crossed |= last.crossed;
    g->overtaken |= last.overtaken;
    g->unending = last.unending;
    if (last.life > g->life)
        g->life = last.life;
    if (is_time(last.until) && is_time(g->until) && last.until > g->until)
        g->until = last.until;
    g->private = g->private && last.private;
    g->old_private = last.coa_private || last.old_private;
}

bool
mipro_is_early_answer(
    const struct shard *c, const struct wait *w, const struct asked *a, int64_t now)
{
    return w->kind == WAIT_REPLY && mipro_reply_answers(a, &w->u.reply) && is_time(now) &&
           is_time(w->u.reply.time) && !certainly_before(c, w->u.reply.time, now);
}

const struct asked *
mipro_registry_request(const struct registry *r, uint64_t frame)
{
    for (unsigned i = 0; r != NULL && i < REQUESTS; i++)
        if (r->asked[i].frame == frame)
            return &r->asked[i];
    return NULL;
}

bool
mipro_was_replied(const struct home *h, uint64_t frame)
{
    const struct asked *a = mipro_registry_request(h->registry, frame);

    return a == NULL || a->settled; /* without it, it was long ago */
}

bool
mipro_was_granted(const struct home *h, uint64_t frame)
{
    const struct asked *a = mipro_registry_request(h->registry, frame);

    return a != NULL && a->granted;
}

uint64_t
mipro_frame_on_hop(const struct asked *a, uint32_t src, uint32_t dst)
{
    for (unsigned i = 0; i < 2; i++)
        if (a->src[i] == dst && a->dst[i] == src)
            return a->hop[i];
    return a->frame;
}
