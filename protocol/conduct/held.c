/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings that depend on an order: they are held for the tolerance, during which a message that
 * excuses them may still be captured, and are then checked again.
 */
#include "conduct/private.h"

#include <stdarg.h>
#include <stdlib.h>

/* Why it cannot be reported at all, or MIPRO_UNDECIDED_REASONS.  Its wait is *at. */
static enum mipro_undecided
keep(struct shard *c, const struct view *v, const struct held *held, struct wait **at)
{
    struct held *copy;
    struct wait *w;

    if (v->now == TIME_DOUBTED)
        return MIPRO_UNDECIDED_CLOCK;
    if (c->n_held >= c->max_held || (copy = malloc(sizeof(*copy))) == NULL)
        return MIPRO_UNDECIDED_FORGOTTEN;
    w = mipro_wait_begin(c, v, WAIT_HELD);
    if (w == NULL) {
        free(copy);
        return MIPRO_UNDECIDED_FORGOTTEN;
    }
    *copy = *held;
    w->u.held = copy;
    c->n_held++;
    c->n_advertised += held->kind == HELD_ADVERTISED;
    *at = w;
    return MIPRO_UNDECIDED_REASONS;
}

/* Hold it, or count it as undecided. */
static struct wait *
hold(struct shard *c, const struct view *v, struct held *held)
{
    struct wait *w = NULL;
    enum mipro_undecided reason = keep(c, v, held, &w);

    if (w == NULL && held->kind == HELD_TWIN) { /* chaff must not hide it */
        mipro_finding_emit(c, &held->finding);
    } else if (w == NULL) {
        undecided(c, held->finding.rule, reason);
        mipro_finding_clear(&held->finding);
    }
    held->finding.text = held->finding.nai = NULL; /* the copy's by now */
    return w;
}

void
mipro_finding_keep_for(
    struct shard *c, const struct view *v, struct held *held, struct wait *waited)
{
    struct wait *w;

    /* What is done delays no later findings, unless it is forged: neither can this one wait. */
    if (v->now == MIPRO_TIME_NONE || c->config->tolerance <= 0 ||
        (waited != NULL && waited->done && waited->kind != WAIT_FORGED)) {
        mipro_finding_emit(c, &held->finding);
        return;
    }
    w = hold(c, v, held);
    if (w == NULL)
        return;
    if (waited != NULL)
        mipro_wait_take_place(c, w, waited);
    mipro_wait_hold(c, w);
}

void
mipro_finding_keep(struct shard *c, const struct view *v, struct held *held)
{
    mipro_finding_keep_for(c, v, held, NULL);
}

void
mipro_finding_hold(
    struct shard *c, const struct view *v, struct held *held, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mipro_finding_append(&held->finding, format, args);
    va_end(args);
    mipro_finding_keep(c, v, held);
}

void
mipro_finding_await(
    struct shard *c, const struct view *v, struct held *held, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mipro_finding_append(&held->finding, format, args);
    va_end(args);
    (void)hold(c, v, held);
}

void
mipro_held_ended(struct shard *c, struct wait *w)
{
    c->n_held--;
    c->n_advertised -= w->u.held->kind == HELD_ADVERTISED;
    mipro_finding_clear(&w->u.held->finding);
    free(w->u.held);
}

/* It is decided by what was seen so far, if that has an order, or was proven before. */
void
mipro_held_dropped(struct shard *c, struct wait *w, enum mipro_undecided reason)
{
    if (reason != MIPRO_UNDECIDED_CLOCK || w->u.held->kind == HELD_TWIN) {
        mipro_held_expired(c, w);
        return;
    }
    undecided(c, w->u.held->finding.rule, reason);
    mipro_wait_end(c, w);
}

void
mipro_held_expired(struct shard *c, struct wait *w)
{
    struct held *held = w->u.held;
    enum mipro_undecided reason = c->kinds->doubts[held->kind](c, w->home, held);

    if (reason == MIPRO_UNDECIDED_REASONS) {
        mipro_finding_emit(c, &held->finding);
    } else {
        undecided(c, held->finding.rule, reason);
    }
    mipro_wait_end(c, w);
}
