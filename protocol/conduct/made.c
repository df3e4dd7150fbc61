/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * made.c - the Binding Update that the new foreign agent makes from a PFAN: find the PFAN, and
 * compare the two (5.1, 8.1).
 */
#include "conduct/handoffs.h"
#include "conduct/private.h"

#include <stdarg.h>

/* SPI and authenticator of the update's own extension; false if it was not captured whole. */
static bool
read_auth(const struct mipro_message *m, const struct mipro_ext *e, struct notice *n)
{
    uint64_t spi;
    size_t size;
    const uint8_t *octets = mipro_ext_octets(m, e, MIPRO_F_AUTHENTICATOR, &size);

    if (octets == NULL || !mipro_ext_value(m, e, MIPRO_F_SPI, &spi))
        return false;
    n->spi = (uint32_t)spi;
    n->hash = mipro_mix_octets(octets, size);
    n->size = (uint8_t)size;
    return true;
}

/*
 * A foreign agent's Binding Update has the authenticator of a PFAN, which may cover the body
 * alone: it is good with either coverage, even if the PFAN was not captured.
 */
void
mipro_handoff_rejudge(const struct view *v)
{
    struct mipro_scene scene = { v->ev->src, v->ev->dst, v->ev->time, v->ev->ring };
    struct mipro_ext e;

    for (size_t i = 0; i < v->ev->n_auth; i++) {
        struct mipro_auth *a = &v->ev->auth[i];

        if (a->verdict != MIPRO_BAD || a->ext != mipro_auth_ext_type(&v->m->set))
            continue;
        if (mipro_ext_at(v->m, a->off, &e))
            mipro_auth_judge_handoff(v->m, &e, &scene, a);
        v->ev->rejudged |= a->verdict != MIPRO_BAD;
    }
}

/* The Binding Update in this frame was made of h, and of its request on other hops. */
static void
tell_made(const struct shard *c, struct handoff *h, uint64_t frame)
{
    h->made_frame = frame;
    tie(c, MIPRO_TIE_NOTICE, frame, h->frame);
    for (unsigned i = 0; h->wait != NULL && i < h->wait->n_again; i++)
        tie(c, MIPRO_TIE_NOTICE, frame, h->wait->again[i]);
}

/* What flow p told within the time limit before v, as the PFAN of h asks for it; or NULL. */
static const struct belief *
find_made(
    const struct shard *c, const struct view *v, const struct flow *p, const struct handoff *h)
{
    const int64_t within = mipro_time_add(c->config->ack_timeout, 1); /* exactly the limit counts */

    for (unsigned i = 0; i < 2; i++) { /* the last update, and the one before it */
        const struct belief *b = &p->belief[p->now ^ i];

        if (b->frame != 0 && (h->life == 0 ? b->deletes : b->coa == h->coa) && is_time(b->time) &&
            is_time(v->now) &&
            (i == 0 ? mipro_rate_told(p, v, within) : mipro_time_between(b->time, v->now) < within))
            return b;
    }
    return NULL;
}

/*
 * Was the previous agent sent a Binding Update within the time limit before the PFAN was captured?
 * The update may have been captured by another tap, or have overtaken the request.
 */
static bool
told_before(const struct shard *c, const struct view *v, struct handoff *h)
{
    for (const struct flow *p = flow_first(c, v->home, h->previous); p != NULL;
         p = flow_next(v->home, p)) {
        const struct belief *b =
            p->kind == FLOW_UPDATES && p->dst == h->previous && p->src != v->homeaddr
                ? find_made(c, v, p, h)
                : NULL;

        if (b != NULL) {
            tell_made(c, h, b->frame);
            return true;
        }
    }
    return false;
}

/* Append one more difference between the update and its PFAN. */
__attribute__((format(printf, 2, 3))) static void
add_change(struct mipro_finding *f, const char *format, ...)
{
    va_list args;

    mipro_finding_appendf(f, f->text == NULL ? "not as the mobile node signed it: " : ", ");
    va_start(args, format);
    mipro_finding_append(f, format, args);
    va_end(args);
}

/* Was the update with this authenticator made from the PFAN? */
static bool
is_made_of(const struct handoff *h, uint32_t dst, uint32_t spi, uint64_t hash, uint8_t size)
{
    return h->previous == dst && h->spi == spi && h->hash == hash && h->size == size;
}

/* Was its PFAN captured after the update, within the tolerance? */
enum mipro_undecided
mipro_handoff_doubt(const struct shard *c, const struct home *h, const struct held *held)
{
    (void)c;
    for (const struct handoff *o = handoff_first(h); o != NULL; o = o->next) {
        /* A forged one had the agent's address; the true one came, too. */
        if (held->excused && o->frame == held->granted_frame && o->made)
            return MIPRO_UNDECIDED_OUTCOME;
        if (o->frame > held->finding.frame && o->frame != held->granted_frame &&
            is_made_of(o, held->finding.dst, held->spi, held->hash, held->size))
            return MIPRO_UNDECIDED_ORDER;
    }
    return MIPRO_UNDECIDED_REASONS;
}

/* Set the finding's octets to those of a field of a Binding Update. */
static void
show_field(struct mipro_finding *f, enum mipro_field id)
{
    const struct mipro_msg_def *def = mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT);
    const struct mipro_field_def *field = mipro_find_field(def->fields, id);

    f->off = field->off;
    f->len = field->len;
}

/* A Binding Update that was, or should have been, made from a PFAN. */
struct made {
    struct mipro_finding finding; /* about it, without a rule yet */
    struct notice notice;         /* its fields; size 0: it has no authenticator */
    struct wait *wait;            /* its own, if it was captured before its PFAN; or NULL */
    bool asks, has_life;
};

/* A finding about the update, which is held against PFANs that are captured after it. */
static struct held
hold_made(const struct handoff *h, const struct made *made, enum mipro_rule rule)
{
    struct held held = {
        .kind = HELD_HANDOFF,
        .finding = made->finding,
        .granted_frame = h->frame,
        .spi = made->notice.spi,
        .hash = made->notice.hash,
        .size = made->notice.size,
    };

    held.finding.rule = rule;
    mipro_finding_relate(&held.finding, h->frame);
    return held;
}

/* handoff-altered (5.1): compare the update with its PFAN. */
static void
compare_fields(
    struct shard *c, const struct view *v, const struct handoff *h, const struct made *made)
{
    struct held held = hold_made(h, made, MIPRO_RULE_HANDOFF_ALTERED);
    struct mipro_finding *f = &held.finding;
    const struct notice *n = &made->notice;

    if (made->has_life && n->life != h->life) {
        show_field(f, MIPRO_F_LIFE);
        add_change(f, "lifetime %u not %u", n->life, h->life);
    }
    if (n->coa != h->coa) {
        if (f->len == 0)
            show_field(f, MIPRO_F_COA);
        add_change(f, "care-of address %s not %s", mipro_dotted(n->coa).s, mipro_dotted(h->coa).s);
    }
    if (n->size != 0 && n->spi != h->spi)
        add_change(f, "SPI 0x%08x not 0x%08x", n->spi, h->spi);
    if (n->size != 0 && (n->hash != h->hash || n->size != h->size))
        add_change(f, "another authenticator");
    /* If its own authenticator is good it is not altered; that of a cut update may be. */
    if (f->text != NULL && v->verdict == MIPRO_TRUNCATED) {
        undecided(c, f->rule, MIPRO_UNDECIDED_FORGOTTEN);
        mipro_finding_clear(f);
    } else if (f->text != NULL) {
        held.excused = view_unproven(v);
        mipro_finding_keep_for(c, v, &held, made->wait);
    }
}

/* handoff-no-a (8.1) and handoff-altered. */
static void
compare_update(
    struct shard *c, const struct view *v, const struct handoff *h, const struct made *made)
{
    if (!made->asks) {
        struct held held = hold_made(h, made, MIPRO_RULE_HANDOFF_NO_A);

        show_field(&held.finding, MIPRO_F_FLAGS);
        mipro_finding_appendf(&held.finding,
            "the Binding Update of a Previous Foreign Agent Notification has A clear");
        mipro_finding_keep_for(c, v, &held, made->wait);
    }
    compare_fields(c, v, h, made);
}

/* Read v as an update made from a PFAN. */
static struct made
read_made(const struct view *v)
{
    struct made made = {
        .finding = mipro_finding_of(v, MIPRO_RULE_HANDOFF_ALTERED),
        .asks = (view_field(v, MIPRO_F_FLAGS) & MIPRO_BU_A) != 0,
        .has_life = mipro_has(v->m, MIPRO_F_LIFE),
    };
    struct mipro_ext e;

    if (mipro_ext_find(v->m, mipro_auth_ext_type(&v->m->set), &e))
        (void)read_auth(v->m, &e, &made.notice);
    made.notice.life = (uint16_t)view_field(v, MIPRO_F_LIFE);
    made.notice.coa = view_field(v, MIPRO_F_COA);
    return made;
}

/* The authenticator of v is bad for its content, but may be that of a PFAN captured later. */
void
mipro_handoff_keep_made(const struct view *v, struct wait *w)
{
    const struct made made = read_made(v);

    w->u.made.hash = made.notice.hash;
    w->u.made.spi = made.notice.spi;
    w->u.made.size = made.notice.size;
    w->u.made.coa = made.notice.coa;
    w->u.made.life = made.notice.life;
    w->u.made.asks = made.asks;
}

/* Was the update made from a PFAN that is captured after it, and altered?  Then report that. */
static bool
was_altered_before(struct shard *c, const struct view *v, struct handoff *h)
{
    for (struct wait *w = peer_wait_first(c, v->home, h->previous); w != NULL;
         w = peer_wait_next(c, w, h->previous)) {
        struct made made;

        if (w->kind != WAIT_FORGED || w->type != MIPRO_BINDING_UPDATE || w->dst != h->previous ||
            w->u.made.size != h->size || w->u.made.spi != h->spi || w->u.made.hash != h->hash)
            continue;
        made = (struct made){
            .finding = mipro_finding_of_wait(w, MIPRO_RULE_HANDOFF_ALTERED),
            .notice = { w->u.made.life, h->previous, w->u.made.coa, w->u.made.spi, w->u.made.hash,
                w->u.made.size },
            .wait = w,
            .asks = w->u.made.asks,
            .has_life = true,
        };
        tell_made(c, h, w->frame);
        compare_update(c, v, h, &made);
        return true;
    }
    return false;
}

bool
mipro_handoff_made_before(struct shard *c, const struct view *v, struct handoff *h)
{
    return told_before(c, v, h) || was_altered_before(c, v, h);
}

/* Is it the foreign agent that was asked?  What others forge is not its update, altered. */
static bool
is_asked(const struct handoff *h, uint32_t src)
{
    return src == h->asked[0] || src == h->asked[1];
}

/*
 * Was the previous agent sent an update within the time limit before the PFAN whose authenticator
 * is bad?  It may be the PFAN's, with another authenticator.
 */
bool
mipro_handoff_may_be_made(const struct shard *c, const struct view *v, const struct handoff *h)
{
    for (struct wait *w = peer_wait_first(c, v->home, h->previous); w != NULL;
         w = peer_wait_next(c, w, h->previous))
        if (w->kind == WAIT_FORGED && w->type == MIPRO_BINDING_UPDATE && w->dst == h->previous &&
            w->src != h->agent && w->src != v->homeaddr && is_asked(h, w->src))
            return true;
    return false;
}

/*
 * The Binding Update of a PFAN has its SPI and authenticator, and may be from any sender.
 * Otherwise the first update to the previous agent about the home address may be an altered one,
 * unless its own authenticator is good, or it is from the home agent or the mobile node, which
 * may send updates for other reasons, or it is forged by anyone but the agent that was asked.
 */
static struct handoff *
find_handoff(const struct view *v, const struct notice *n, bool has_auth)
{
    struct handoff *newest = NULL;

    for (struct handoff *h = handoff_first(v->home); h != NULL; h = h->next) {
        if (h->previous != v->ev->dst)
            continue;
        /* From any sender: a home agent may be the new foreign agent.  It may be retransmitted. */
        if (has_auth && is_made_of(h, v->ev->dst, n->spi, n->hash, n->size)) {
            h->made |= !view_forged(v);
            return h->open ? h : NULL;
        }
        if (!h->open) { /* by a forged one, perhaps, and this may be the true one */
            h->made |= v->verdict == MIPRO_TRUNCATED && !has_auth && n->coa == h->coa &&
                       n->life == h->life;
            continue;
        }
        if (h->agent == v->ev->src || v->ev->src == v->homeaddr ||
            (view_forged(v) && !is_asked(h, v->ev->src)))
            continue;
        /* A good authenticator of its own shows that it was not altered. */
        if (newest == NULL && v->verdict != MIPRO_GOOD)
            newest = h;
    }
    return newest;
}

/* Decide the PFANs that the update settles: those with its authenticator, or all to this agent. */
static void
settle_pending(struct shard *c, const struct view *v, const struct notice *n, bool has_auth)
{
    bool like = false;

    for (struct wait *w = peer_wait_first(c, v->home, 0); w != NULL && has_auth;
         w = peer_wait_next(c, w, 0))
        if (w->kind == WAIT_PFAN && w->u.pending->previous == v->ev->dst &&
            w->u.pending->hash == n->hash)
            like = true;
    for (struct wait *w = peer_wait_first(c, v->home, 0); w != NULL;) {
        struct wait *next = peer_wait_next(c, w, 0);

        if (w->kind == WAIT_PFAN && w->u.pending->previous == v->ev->dst &&
            (!like || w->u.pending->hash == n->hash))
            mipro_pending_settle(c, w, v);
        w = next;
    }
}

/* The update was seen, for h: no earlier PFAN to this agent is reported as unanswered. */
static void
close_until(struct shard *c, const struct view *v, const struct handoff *h)
{
    for (struct handoff *o = handoff_first(v->home); o != NULL; o = o->next) {
        if (!o->open || o->previous != v->ev->dst || o->frame > h->frame)
            continue;
        o->open = false;
        if (o->wait != NULL)
            mipro_wait_end(c, o->wait);
    }
}

bool
mipro_handoff_update(struct shard *c, const struct view *v)
{
    struct made made;
    struct handoff *h;

    if (handoff_first(v->home) == NULL && v->home->waits == NULL)
        return false;
    made = read_made(v);
    settle_pending(c, v, &made.notice, made.notice.size != 0);
    h = find_handoff(v, &made.notice, made.notice.size != 0);
    if (h == NULL)
        return false;
    tell_made(c, h, v->ev->frame);
    compare_update(c, v, h, &made);
    close_until(c, v, h);
    return true;
}

/*
 * The SPI of v is unknown, so anybody may have sent it; but what the agent that was asked sends
 * with the authenticator of a PFAN is its update, with another SPI.
 */
void
mipro_handoff_other_spi(struct shard *c, const struct view *v)
{
    const struct made made = read_made(v);

    for (struct handoff *h = handoff_first(v->home); h != NULL; h = h->next) {
        if (!h->open || h->previous != v->ev->dst || !is_asked(h, v->ev->src) ||
            made.notice.size != h->size || made.notice.hash != h->hash)
            continue;
        tell_made(c, h, v->ev->frame);
        compare_update(c, v, h, &made);
        close_until(c, v, h);
        return;
    }
}

/*
 * v shows the authenticator of an update that was taken for that of a PFAN.  If it has another one,
 * it was altered, or it is an update of its own, and that of the PFAN is missing.
 */
void
mipro_handoff_complete(struct shard *c, const struct view *v)
{
    const struct made made = read_made(v);

    for (struct handoff *h = handoff_first(v->home); h != NULL; h = h->next) {
        if (h->made_frame != v->ev->copy_of)
            continue;
        if (is_made_of(h, v->ev->dst, made.notice.spi, made.notice.hash, made.notice.size))
            return;
        if (v->verdict == MIPRO_GOOD || (view_unproven(v) && !is_asked(h, v->ev->src)))
            undecided(c, MIPRO_RULE_HANDOFF_NO_UPDATE, MIPRO_UNDECIDED_FORGOTTEN);
        else
            compare_fields(c, v, h, &made);
        return;
    }
}
