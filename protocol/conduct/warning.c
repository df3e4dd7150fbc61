/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding Warnings (4.1): whether their targets are sent a Binding Update. */
#include "conduct/private.h"

#define LOOK_BACK 16

/* Is target i a repetition?  In a long list only nearby targets are compared. */
static bool
is_named(const struct mipro_message *m, size_t i)
{
    uint32_t target = mipro_target(m, i);

    for (size_t k = i; k > 0 && i - k < LOOK_BACK; k--)
        if (mipro_target(m, k - 1) == target)
            return true;
    return false;
}

/* A newer warning of the same node names it: it is due once. */
static void
supersede(const struct view *v, uint32_t target)
{
    for (struct wait *w = target_first(v->home); w != NULL; w = wait_next(v->home, w))
        if (w->u.target == target && w->src == v->ev->src && w->dst == v->ev->dst)
            w->superseded = true;
}

static void
await_target(struct shard *c, const struct view *v, uint32_t target)
{
    struct wait *w;

    if (is_no_node(target))
        return;
    supersede(v, target);
    w = mipro_wait_begin(c, v, WAIT_TARGET);
    if (w == NULL)
        return;
    w->u.target = target;
    w->excused = mipro_rate_excuses(c, v, 0, target);
    wait_look_back(c, w, target, c->config->tolerance);
}

/*
 * Each target of the warning waits for a Binding Update from any sender.  In draft -11 a warning
 * may name no target: then its receiver is the target.
 */
void
mipro_see_warning(struct shard *c, struct view *v)
{
    struct flow *p = mipro_flow_make(c, v, FLOW_WARNINGS);
    bool again = false;

    if (p != NULL && v->faults == 0)
        mipro_rate_check(c, v, p, &c->config->warning_rate);
    else if (p != NULL)
        mipro_rate_check_odd(c, v, p, &c->config->warning_rate);
    if (!view_believed(v))
        return;
    for (struct wait *w = target_first(v->home); w != NULL; w = wait_next(v->home, w))
        if (w->hash == v->hash && w->src == v->ev->src && w->dst == v->ev->dst) {
            mipro_wait_repeat(c, w, v->ev->frame);
            again = true;
        }
    if (again)
        return;
    for (size_t i = 0; i < v->m->n_targets; i++)
        if (!is_named(v->m, i))
            await_target(c, v, mipro_target(v->m, i));
    if (v->m->n_targets == 0 && v->m->err == MIPRO_OK && v->m->set.draft == MIPRO_DRAFT_11)
        await_target(c, v, v->ev->dst);
}

/* Does this target wait since the first sighting of v? */
static bool
is_begun(const struct view *v, uint32_t target)
{
    for (struct wait *w = target_first(v->home); w != NULL; w = wait_next(v->home, w))
        if (w->frame == v->ev->copy_of && w->u.target == target) {
            w->hash = v->hash;
            return true;
        }
    return false;
}

void
mipro_complete_warning(struct shard *c, struct view *v)
{
    struct flow *p = mipro_flow_find(c, v->home, v->ev->src, v->ev->dst, FLOW_WARNINGS);

    if (p != NULL)
        mipro_rate_prove(p, v->ev->copy_of);
    for (size_t i = 0; i < v->m->n_targets; i++)
        if (!is_named(v->m, i) && !is_begun(v, mipro_target(v->m, i)))
            await_target(c, v, mipro_target(v->m, i));
}

/* The time limit is over.  Is the missing update a fault?  Else it is counted, and done. */
static bool
is_fault(struct shard *c, struct wait *w)
{
    bool begun = !w->superseded && mipro_wait_may_have_seen(c, w, 0, w->u.target);

    if (!w->superseded && !w->excused && !begun) {
        mipro_wait_reported(c, w);
        return true;
    }
    if (!w->superseded)
        undecided(c, MIPRO_RULE_WARNING_UNANSWERED,
            w->excused ? MIPRO_UNDECIDED_OUTCOME : MIPRO_UNDECIDED_FORGOTTEN);
    mipro_wait_done(c, w);
    return false;
}

/*
 * warning-unanswered (4.1).  The targets of one warning wait side by side, and are
 * one finding.
 */
void
mipro_target_expired(struct shard *c, struct wait *w)
{
    struct mipro_finding f = mipro_finding_of_wait(w, MIPRO_RULE_WARNING_UNANSWERED);
    const struct home *h = w->home;
    uint32_t homeaddr = h->addr, target = 0;
    unsigned n = 0;

    for (;;) {
        struct list_link *next = w->by.time.next;

        if (is_fault(c, w) && n++ == 0)
            target = w->u.target;
        if (next == &c->by_time)
            break;
        w = RECORD(next, struct wait, by.time);
        if (w->kind != WAIT_TARGET || w->frame != f.frame || w->home != h ||
            w->deadline >= c->t.clock)
            break;
    }
    if (n == 0) {
        mipro_finding_clear(&f);
        return;
    }
    if (n == 1)
        mipro_finding_report(c, &f, "no Binding Update about %s to target %s seen",
            mipro_dotted(homeaddr).s, mipro_dotted(target).s);
    else
        mipro_finding_report(c, &f, "no Binding Update about %s to target %s and %u more seen",
            mipro_dotted(homeaddr).s, mipro_dotted(target).s, n - 1);
}

bool
mipro_warnings_answer(struct shard *c, const struct view *v)
{
    struct wait *w = target_first(v->home);
    bool called = false;

    while (w != NULL) {
        struct wait *next = wait_next(v->home, w);

        if (w->u.target == v->ev->dst) {
            tie(c, MIPRO_TIE_WARNED, v->ev->frame, w->frame);
            mipro_wait_end(c, w);
            called = true;
        }
        w = next;
    }
    return called;
}
