/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registrations: what a home agent granted, and what it may therefore tell (4.3, 4.6).
 *
 * A reply is matched to its request by identification and home address, at whatever
 * hop it is seen: a foreign agent makes two of each.  With nonces a reply bears the
 * low half only (RFC 2002 5.6.2).  A forged or replayed registration is none.
 */
#include "conduct/private.h"

/* A home agent's clock, and ours, round to seconds; and what it grants is under way a while. */
#define TRANSIT (2 * MIPRO_SECOND)

static struct registry *
registry_make(struct mipro_conduct *c, struct home *h)
{
    if (h->registry == NULL)
        h->registry = mipro_record_take(c, &c->registries, h);
    return h->registry;
}

static struct asked *
find_asked(struct registry *r, uint64_t ident, uint32_t agent)
{
    struct asked *low = NULL;

    for (unsigned i = 0; i < REQUESTS; i++) {
        struct asked *a = &r->asked[(r->next_asked + REQUESTS - 1u - i) % REQUESTS];

        if (a->frame == 0)
            continue;
        if (a->ident == ident)
            return a;
        /* With nonces; whole seconds of a timestamp end in zeros, and say nothing. */
        if (low == NULL && (uint32_t)ident != 0 && a->agent == agent &&
            (uint32_t)a->ident == (uint32_t)ident)
            low = a;
    }
    return low;
}

/* Registration Request (RFC 2002 3.3) */
void
mipro_see_registration(struct mipro_conduct *c, struct view *v)
{
    uint64_t hash;
    struct registry *r;
    struct asked *a;

    /* One without a home address yet shares it with all others. */
    if (v->homeaddr == 0 || view_unproven(v) || mipro_replay_check(c, v, false))
        return;
    r = registry_make(c, v->home);
    if (r == NULL)
        return;
    hash = mipro_mix_octets(v->m->buf, v->m->def->fixed_len);
    a = find_asked(r, v->ident.value, view_field(v, MIPRO_F_HOMEAGENT));
    if (a == NULL || a->hash != hash) {
        a = &r->asked[r->next_asked];
        r->next_asked = (uint8_t)((r->next_asked + 1u) % REQUESTS);
        *a = (struct asked){
            .frame = v->ev->frame,
            .ident = v->ident.value,
            .hash = hash,
            .agent = view_field(v, MIPRO_F_HOMEAGENT),
            .private = (view_field(v, MIPRO_F_FLAGS) & mipro_private_bit(&v->m->set)) != 0,
        };
    }
    mipro_handoff_asked(c, v);
}

static struct granted *
find_granted(struct registry *r, uint32_t agent)
{
    for (unsigned i = 0; i < GRANTS; i++)
        if (r->granted[i].frame != 0 && r->granted[i].agent == agent)
            return &r->granted[i];
    return NULL;
}

/* Registration Reply (RFC 2002 3.4) */
void
mipro_see_reply(struct mipro_conduct *c, struct view *v)
{
    uint32_t code = view_field(v, MIPRO_F_CODE);
    uint32_t agent = view_field(v, MIPRO_F_HOMEAGENT);
    struct registry *r;
    struct asked *a;
    struct granted *g;

    if (v->homeaddr == 0 || view_unproven(v) || mipro_replay_check(c, v, false))
        return;
    if (!mipro_has(v->m, MIPRO_F_CODE) || !mipro_has(v->m, MIPRO_F_LIFE))
        return;
    r = registry_make(c, v->home);
    if (r == NULL)
        return;
    a = find_asked(r, v->ident.value, agent);
    if (a != NULL)
        mipro_handoff_replied(c, v, a->ident, code <= 1);
    if (code == 133 && a != NULL)
        mipro_replay_refused(
            v->home, MIPRO_REGISTRATION_REQUEST, (struct ident){ a->ident, IDENT_SOME });
    if (a != NULL)
        a->settled = true;
    if (code > 1 || (a != NULL && a->granted))
        return;
    g = find_granted(r, agent);
    if (g == NULL) {
        g = &r->granted[r->next_granted];
        r->next_granted = (uint8_t)((r->next_granted + 1u) % GRANTS);
    } else if (a == NULL && g->ident == v->ident.value) {
        return; /* passed on */
    }
    *g = (struct granted){
        .frame = v->ev->frame,
        .ident = v->ident.value,
        .time = v->now,
        .agent = agent,
        .life = (uint16_t)view_field(v, MIPRO_F_LIFE),
    };
    if (a != NULL) {
        a->granted = true;
        g->request_frame = a->frame;
        g->private = a->private;
        g->private_known = true;
    }
}

/*
 * lifetime-exceeds (4.3).  Where the times are not known, more than was ever granted is
 * still too much.
 */
static void
check_lifetime(struct mipro_conduct *c, const struct view *v, const struct granted *g)
{
    struct mipro_finding f = mipro_finding_of(v, MIPRO_RULE_LIFETIME_EXCEEDS);
    uint32_t life = view_field(v, MIPRO_F_LIFE);
    int64_t elapsed = 0;
    int64_t left;

    if (g->life == MIPRO_LIFE_INFINITE)
        return;
    if (g->time != MIPRO_TIME_NONE && v->now != MIPRO_TIME_NONE)
        elapsed = mipro_time_between(g->time, v->now) / MIPRO_SECOND;
    if (elapsed < 0)
        elapsed = 0;
    left = g->life > elapsed ? g->life - elapsed : 0;
    if (life != MIPRO_LIFE_INFINITE && life <= left + TRANSIT / MIPRO_SECOND)
        return;
    mipro_finding_relate(&f, g->request_frame);
    mipro_finding_relate(&f, g->frame);
    mipro_finding_at(&f, v, MIPRO_F_LIFE);
    if (life == MIPRO_LIFE_INFINITE)
        mipro_finding_report(c, &f,
            "lifetime infinity, and %u s of the registration of %s are left", (unsigned)left,
            mipro_dotted(v->homeaddr).s);
    else
        mipro_finding_report(c, &f, "lifetime %u s, and %u s of the registration of %s are left",
            life, (unsigned)left, mipro_dotted(v->homeaddr).s);
}

/*
 * Why the registration g cannot be held against the update v, or MIPRO_UNDECIDED_REASONS: it
 * was granted too short ago for an order, it has ended, or a later one was asked for, of which
 * nobody saw what became.
 */
static enum mipro_undecided
doubt_of(const struct mipro_conduct *c, const struct view *v, const struct granted *g)
{
    const struct registry *r = v->home->registry;

    if (!certainly_before(c, g->time, v->now))
        return MIPRO_UNDECIDED_ORDER;
    if (g->life != MIPRO_LIFE_INFINITE && g->time != MIPRO_TIME_NONE && v->now != MIPRO_TIME_NONE &&
        mipro_time_between(g->time, v->now) > mipro_time_add(g->life * MIPRO_SECOND, TRANSIT))
        return MIPRO_UNDECIDED_OUTCOME;
    for (unsigned i = 0; i < REQUESTS; i++)
        if (r->asked[i].frame > g->frame && r->asked[i].agent == g->agent && !r->asked[i].settled)
            return MIPRO_UNDECIDED_OUTCOME;
    return MIPRO_UNDECIDED_REASONS;
}

/*
 * privacy (4.2, 4.6): a home agent tells of a private node no more than "delete".  A
 * forged update is not the home agent's (the caller keeps it out); one that cannot be
 * checked is taken for what its source says.
 */
void
mipro_registry_check(struct mipro_conduct *c, const struct view *v, bool known)
{
    struct granted *g = find_granted(v->home->registry, v->ev->src);
    uint32_t coa = view_field(v, MIPRO_F_COA);
    uint32_t life = view_field(v, MIPRO_F_LIFE);
    enum mipro_undecided reason;

    if (g == NULL)
        return;
    reason = doubt_of(c, v, g);
    if (reason != MIPRO_UNDECIDED_REASONS) {
        if (!known && (coa != v->homeaddr || life != 0))
            undecided(c,
                g->private_known && g->private ? MIPRO_RULE_PRIVACY : MIPRO_RULE_LIFETIME_EXCEEDS,
                reason);
        return;
    }
    if (g->private_known && g->private && (coa != v->homeaddr || life != 0)) {
        struct mipro_finding f = mipro_finding_of(v, MIPRO_RULE_PRIVACY);

        mipro_finding_relate(&f, g->request_frame);
        mipro_finding_relate(&f, g->frame);
        mipro_finding_at(&f, v, coa != v->homeaddr ? MIPRO_F_COA : MIPRO_F_LIFE);
        mipro_finding_report(c, &f,
            "%s is registered as private, and the update discloses care-of address %s, lifetime "
            "%u%s",
            mipro_dotted(v->homeaddr).s, mipro_dotted(coa).s, life,
            mipro_private_bit(&v->m->set) == 0x02
                ? "; if 0x02 means reverse tunnelling here, use --p-bit=reverse-tunnel"
                : "");
        return;
    }
    /* The same octets have the same lifetime, however late they are sent again. */
    if (!known && coa != v->homeaddr && life != 0)
        check_lifetime(c, v, g);
}
