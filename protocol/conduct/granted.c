/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a home agent may disclose about a mobile node whose registration it granted: rules privacy
 * and lifetime-exceeds (4.3, 4.6).
 */
#include "conduct/private.h"
#include "conduct/registrations.h"

/* Allowance for rounding to seconds on both sides, and for the time in transit. */
#define TRANSIT (2 * MIPRO_SECOND)

/* Seconds that are left of a registration with a finite lifetime. */
static unsigned
seconds_left(const struct granted *g, int64_t now)
{
    int64_t left;

    if (!is_time(g->until) || !is_time(now))
        return g->life; /* the upper bound: what was granted */
    left = mipro_time_between(now, g->until);
    return left <= 0 ? 0 : (unsigned)((left + MIPRO_SECOND - 1) / MIPRO_SECOND);
}

/*
 * A private node's binding is disclosed by any update that has its care-of address (4.6), even if
 * that deletes it.  Of simultaneous bindings each may be private or not.
 */
static bool
discloses(const struct granted *g, uint32_t homeaddr, uint32_t coa)
{
    if (!g->private_known || coa == homeaddr)
        return false;
    return coa == g->coa ? g->coa_private : g->private && !g->unending;
}

/* May it disclose a binding beside the newest, of which it is not known whether that is private? */
static bool
may_disclose(const struct granted *g, uint32_t homeaddr, uint32_t coa)
{
    return g->private_known && coa != homeaddr && coa != g->coa &&
           (g->private || g->old_private || (g->coa_private && g->perhaps));
}

static bool
outlives(const struct granted *g, int64_t now, uint32_t homeaddr, uint32_t coa, uint32_t life)
{
    if (g->life == MIPRO_LIFE_INFINITE || g->until == INT64_MAX || coa == homeaddr || life == 0)
        return false;
    return life == MIPRO_LIFE_INFINITE || life > seconds_left(g, now) + TRANSIT / MIPRO_SECOND;
}

/* Does it outlive all bindings but those that only perhaps go on? */
static bool
may_outlive(const struct granted *g, int64_t now, uint32_t homeaddr, uint32_t coa, uint32_t life)
{
    struct granted sure = *g;

    sure.until = g->sure_until;
    return g->perhaps && outlives(&sure, now, homeaddr, coa, life);
}

/*
 * Was the request sent after the one that was granted, by their timestamps?  Across a leap of the
 * clock, that of another tap may be captured first.
 */
static bool
is_newer(const struct asked *a, const struct granted *g)
{
    return g != NULL && (a->method == MIPRO_REPLAY_TIMESTAMP || a->cut) &&
           is_later(a->ident, g->ident);
}

/*
 * The request to this home agent, captured after this frame, or perhaps after this time, or newer
 * than what g granted, if that is not NULL, whose outcome was not captured; or NULL.
 */
static const struct asked *
find_later(const struct shard *c, const struct registry *r, uint32_t agent, uint64_t frame,
    int64_t time, const struct granted *g)
{
    for (unsigned i = 0; i < REQUESTS; i++) {
        const struct asked *a = &r->asked[i];

        if (a->frame != 0 && a->agent == agent && !a->settled &&
            (a->frame > frame || !certainly_before(c, a->time, time) || is_newer(a, g)))
            return a;
    }
    return NULL;
}

/*
 * Was it certainly granted before an update that is captured now?  The home agent decides between
 * the request and the reply, so it is enough that the request precedes the update, unless the
 * reply was slow: if it took longer than the time from the reply to the update, the decision may
 * be the later one.
 */
static bool
granted_before(const struct shard *c, const struct granted *g, int64_t now)
{
    if (certainly_before(c, g->time, now))
        return true;
    return is_time(g->asked) && is_time(g->time) && is_time(now) &&
           certainly_before(c, g->asked, now) &&
           mipro_time_between(g->asked, g->time) < mipro_time_between(g->time, now);
}

/*
 * Was a datagram between the home agent and where the update says that the node is, or the node
 * itself, not captured well enough to tell that it is no later registration?
 */
static bool
was_registered_unseen(const struct shard *c, const struct view *v, const struct granted *g)
{
    const uint32_t ends[] = { view_field(v, MIPRO_F_COA), v->homeaddr };
    int64_t from = mipro_time_add(g->time, -c->config->tolerance);

    if (!is_time(g->time) || !is_time(v->now))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (mipro_pieces_between(c->pieces, g->agent, ends[i], from, v->now) ||
            mipro_pieces_between(c->pieces, ends[i], g->agent, from, v->now))
            return true;
    return false;
}

/*
 * Why an update seen now cannot be judged by the registration g, or MIPRO_UNDECIDED_REASONS: it
 * was granted too recently for their order to be known, it has ended, its authenticators were not
 * captured, or the outcome of a later request was not.
 */
static enum mipro_undecided
doubt_of(const struct shard *c, const struct view *v, const struct granted *g)
{
    int64_t now = v->now;

    if (g->crossed || !granted_before(c, g, now))
        return MIPRO_UNDECIDED_ORDER;
    if (is_time(g->until) && is_time(now) && !certainly_before(c, now, g->until))
        return MIPRO_UNDECIDED_OUTCOME;
    if (g->request_cut || g->reply_cut || g->overtaken || was_registered_unseen(c, v, g))
        return MIPRO_UNDECIDED_FORGOTTEN;
    return find_later(c, v->home->registry, g->agent, g->frame, g->time, g) != NULL
               ? MIPRO_UNDECIDED_OUTCOME
               : MIPRO_UNDECIDED_REASONS;
}

void
mipro_registration_begun(struct shard *c, const struct mipro_message *m, bool may_go_on)
{
    const uint32_t homeaddr = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    bool request = m->def->type == MIPRO_REGISTRATION_REQUEST;
    struct home *h = NULL;
    struct registry *r;

    if (!request && mipro_value(m, MIPRO_F_CODE) > 1) /* it grants nothing */
        return;
    if (!is_no_home(homeaddr))
        h = request ? mipro_home_make(c, homeaddr) : mipro_home_peek(c, homeaddr);
    if (h == NULL)
        return;
    r = request ? mipro_registry_make(c, h) : h->registry;
    if (r == NULL)
        return;
    for (unsigned i = 0; i < GRANTS; i++)
        r->granted[i].overtaken = true;
    if (request && !may_go_on)
        r->begun = seconds_of(mipro_time_add(c->t.clock, c->config->ack_timeout));
}

/* May the update be one from before the grant, on a tap that is late? */
SELDOM static bool
is_late_copy(const struct shard *c, const struct view *v, const struct granted *g)
{
    const struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_UPDATES);

    return (p != NULL && mipro_rate_was_seen(p, v)) ||
           (view_late(c, v) && !granted_before(c, g, c->copies.late_since));
}

/* Was the same found in what may be a copy, which was cut? */
static bool
is_found_in_stub(const struct view *v, const struct held *held)
{
    for (struct wait *w = wait_first(v->home); w != NULL; w = wait_next(v->home, w)) {
        const struct held *o = w->kind == WAIT_HELD ? w->u.held : NULL;

        if (o != NULL && o->kind == HELD_REGISTRATION && o->stub && !o->finding.unproven &&
            o->coa == held->coa && o->life == held->life && o->finding.src == v->ev->src &&
            o->finding.dst == v->ev->dst)
            return true;
    }
    return false;
}

static void
hold_privacy(struct shard *c, const struct view *v, const struct granted *g, struct held *held)
{
    struct mipro_finding *f = &held->finding;
    uint32_t coa = view_field(v, MIPRO_F_COA);

    *f = mipro_finding_of(v, MIPRO_RULE_PRIVACY);
    mipro_finding_relate(f, g->request_frame);
    mipro_finding_relate(f, g->frame);
    mipro_finding_at(f, v, coa != v->homeaddr ? MIPRO_F_COA : MIPRO_F_LIFE);
    mipro_finding_hold(c, v, held,
        "%s is registered as private, and the update discloses care-of address %s, lifetime "
        "%u%s",
        mipro_dotted(v->homeaddr).s, mipro_dotted(coa).s, view_field(v, MIPRO_F_LIFE),
        mipro_private_bit(&v->m->set) == 0x02
            ? "; if 0x02 means reverse tunneling here, use --p-bit=reverse-tunnel"
            : "");
}

/*
 * Even if the times are unknown, a lifetime longer than granted is too long.
 */
static void
hold_lifetime(struct shard *c, const struct view *v, const struct granted *g, struct held *held)
{
    struct mipro_finding *f = &held->finding;
    uint32_t life = view_field(v, MIPRO_F_LIFE);
    unsigned left = seconds_left(g, v->now);

    *f = mipro_finding_of(v, MIPRO_RULE_LIFETIME_EXCEEDS);
    mipro_finding_relate(f, g->request_frame);
    mipro_finding_relate(f, g->frame);
    mipro_finding_at(f, v, MIPRO_F_LIFE);
    if (life == MIPRO_LIFE_INFINITE)
        mipro_finding_hold(c, v, held,
            "lifetime infinity, and %u s of the registration of %s are left", left,
            mipro_dotted(v->homeaddr).s);
    else
        mipro_finding_hold(c, v, held, "lifetime %u s, and %u s of the registration of %s are left",
            life, left, mipro_dotted(v->homeaddr).s);
}

/* What it discloses outlives the bindings that are known. */
static void
judge_lifetime(struct shard *c, const struct view *v, const struct granted *g, struct held *held)
{
    if (g->unending)
        undecided(c, MIPRO_RULE_LIFETIME_EXCEEDS, MIPRO_UNDECIDED_BEGINNING);
    else
        hold_lifetime(c, v, g, held);
}

/*
 * About a private node, a home agent sends only deletions.  A forged update is not from the home
 * agent (the caller excludes it); one that cannot be checked is assumed to be from its source
 * address.  known: the same octets were sent before, so that their lifetime was judged already.
 */
void
mipro_registry_check(struct shard *c, const struct view *v, bool known)
{
    const struct registry *r = v->home->registry;
    const struct granted *g = mipro_granted_find(v->home->registry, v->ev->src);
    struct held held = {
        .kind = HELD_REGISTRATION,
        .coa = view_field(v, MIPRO_F_COA),
        .life = view_field(v, MIPRO_F_LIFE),
        .stub = v->is_stub,
    };
    enum mipro_undecided reason;
    bool assigned;

    if (r == NULL || (known && v->may_be_copy)) /* a copy was judged already */
        return;
    if (g == NULL) {
        const struct asked *a =
            known ? NULL : find_later(c, r, v->ev->src, 0, MIPRO_TIME_NONE, NULL);

        if (a != NULL && (held.coa != v->homeaddr || held.life != 0))
            undecided(c, a->private ? MIPRO_RULE_PRIVACY : MIPRO_RULE_LIFETIME_EXCEEDS,
                MIPRO_UNDECIDED_OUTCOME);
        return;
    }
    held.agent = g->agent;
    held.granted_frame = g->frame;
    held.now = v->now;
    assigned = r->node != 0 || r->assigned;
    reason = doubt_of(c, v, g);
    /* What was assigned once may be assigned to another node by now. */
    if (reason == MIPRO_UNDECIDED_REASONS && (assigned || g->name != 0) &&
        mipro_nodes_await(*c->nameless, g->agent, g->frame, assigned ? ANY_NAME : g->name))
        reason = MIPRO_UNDECIDED_OUTCOME;
    if (reason != MIPRO_UNDECIDED_REASONS) {
        if (!known && (held.coa != v->homeaddr || held.life != 0))
            undecided(c,
                g->private_known && g->private ? MIPRO_RULE_PRIVACY : MIPRO_RULE_LIFETIME_EXCEEDS,
                reason);
    } else if (discloses(g, v->homeaddr, held.coa)) {
        if (known && is_late_copy(c, v, g)) /* from before the grant, perhaps */
            undecided(c, MIPRO_RULE_PRIVACY, MIPRO_UNDECIDED_ORDER);
        else if (!known || !is_found_in_stub(v, &held))
            hold_privacy(c, v, g, &held);
    } else {
        if (may_disclose(g, v->homeaddr, held.coa))
            undecided(c, MIPRO_RULE_PRIVACY,
                g->unending ? MIPRO_UNDECIDED_BEGINNING : MIPRO_UNDECIDED_FORGOTTEN);
        if (!known && outlives(g, v->now, v->homeaddr, held.coa, held.life))
            judge_lifetime(c, v, g, &held);
        else if (!known && may_outlive(g, v->now, v->homeaddr, held.coa, held.life))
            undecided(c, MIPRO_RULE_LIFETIME_EXCEEDS, MIPRO_UNDECIDED_OUTCOME);
    }
}

enum mipro_undecided
mipro_registry_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    const struct registry *r = h->registry;
    const struct granted *g = mipro_granted_find(h->registry, held->agent);
    bool broken;

    if (g == NULL)
        return MIPRO_UNDECIDED_FORGOTTEN;
    if (find_later(c, r, g->agent, held->granted_frame,
            g->frame == held->granted_frame ? g->time : MIPRO_TIME_NONE, g) != NULL)
        return MIPRO_UNDECIDED_OUTCOME;
    if (g->overtaken)
        return MIPRO_UNDECIDED_FORGOTTEN;
    if (g->frame == held->granted_frame)
        return MIPRO_UNDECIDED_REASONS;
    if (g->crossed) /* there was another between the two, which may be the one that counts */
        return MIPRO_UNDECIDED_ORDER;
    broken = held->finding.rule == MIPRO_RULE_PRIVACY
                 ? discloses(g, h->addr, held->coa)
                 : outlives(g, held->now, h->addr, held->coa, held->life);
    return broken ? MIPRO_UNDECIDED_REASONS : MIPRO_UNDECIDED_ORDER;
}
