/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings: what they are about, and where they go. */
#include "conduct/private.h"
#include "conduct/registrations.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct ident_text
mipro_ident_text(struct ident ident)
{
    struct ident_text t;

    if (ident.state == IDENT_SOME)
        snprintf(t.s, sizeof(t.s), "identification 0x%016" PRIx64, ident.value);
    else if (ident.state == IDENT_UNSEEN)
        snprintf(t.s, sizeof(t.s), "an identification that was not captured");
    else
        snprintf(t.s, sizeof(t.s), "no identification");
    return t;
}

/* A finding about a node that has no home address has its NAI. */
static void
name_node(struct mipro_finding *f, const struct home *h)
{
    struct mipro_nai nai;

    if (h == NULL || !h->is_node)
        return;
    nai = mipro_node_nai(h);
    mipro_finding_name(f, &nai);
}

struct mipro_finding
mipro_finding_of(const struct view *v, enum mipro_rule rule)
{
    struct mipro_finding f = {
        .rule = rule,
        .frame = v->ev->frame,
        .time = v->ev->time,
        .src = v->ev->src,
        .dst = v->ev->dst,
        .message = v->type,
        .unproven = (v->faults & FAULT_UNSEEN) != 0,
        .has_home = true,
        .home = v->homeaddr,
    };

    name_node(&f, v->home);
    return f;
}

/* Was the authenticator of the answer that waits not captured? */
static bool
is_unproven(const struct wait *w)
{
    return (w->kind == WAIT_UNMATCHED && w->u.unmatched.cut) ||
           (w->kind == WAIT_REPLY && w->u.reply.cut);
}

struct mipro_finding
mipro_finding_of_wait(const struct wait *w, enum mipro_rule rule)
{
    struct mipro_finding f = {
        .rule = rule,
        .frame = w->frame,
        .time = w->time,
        .src = w->src,
        .dst = w->dst,
        .message = w->type,
        .unproven = is_unproven(w),
        .has_home = true,
        .home = w->kind == WAIT_REPLY ? w->u.reply.home : w->home->addr,
    };

    name_node(&f, w->home);
    for (unsigned i = 0; i < w->n_again; i++)
        mipro_finding_relate(&f, w->again[i]);
    return f;
}

void
mipro_finding_at(struct mipro_finding *f, const struct view *v, enum mipro_field id)
{
    const struct mipro_field_def *def = mipro_find_field(v->m->def->fields, id);

    if (def == NULL || !mipro_has(v->m, id))
        return;
    f->off = def->off;
    f->len = def->len;
}

/* What expires now waited over a gap: say so. */
static void
mention_gap(const struct shard *c, struct mipro_finding *f)
{
    if (c->gap != 0)
        mipro_finding_appendf(
            f, ", in a capture that was silent for %.9g s", (double)(c->gap / MIPRO_SECOND));
}

void
mipro_finding_emit(struct shard *c, struct mipro_finding *f)
{
    mention_gap(c, f);
    if (f->nai != NULL)
        mipro_finding_appendf(f, "; the node is %s", f->nai);
    if (f->unproven) /* somebody else may have sent the message */
        undecided(c, f->rule, MIPRO_UNDECIDED_FORGOTTEN);
    else if (c->sink->finding != NULL)
        c->sink->finding(c->sink->ctx, f);
    mipro_finding_clear(f);
}

void
mipro_finding_report(struct shard *c, struct mipro_finding *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mipro_finding_append(f, format, args);
    va_end(args);
    mipro_finding_emit(c, f);
}

/* Why what was found is not said, if it is not: mipro_finding_emit() does the same. */
static enum mipro_undecided
doubt_of(bool found, const struct mipro_finding *f)
{
    return found && f->unproven ? MIPRO_UNDECIDED_FORGOTTEN : MIPRO_UNDECIDED_REASONS;
}

void
mipro_finding_open(struct shard *c, const struct wait *w, struct mipro_finding *f,
    enum open_end end, enum mipro_undecided reason, enum mipro_open_kind kind)
{
    struct mipro_open open = {
        .kind = kind,
        .says = end == OPEN_FOUND && !f->unproven,
        .undecided = end == OPEN_UNDECIDED ? reason : doubt_of(end == OPEN_FOUND, f),
        .time = mipro_time_add(w->deadline, -c->config->ack_timeout),
        .ident = w->ident.value,
        .finding = *f,
    };

    /*
     * Without a time nothing waits.  A node without home address can be told no wrong one, and
     * every part of an archive knows it.  No other answer came while the message waited over a gap.
     */
    if (!w->home->is_node && is_time(c->t.clock) && w->deadline != INT64_MIN) {
        if (w->gap != 0 || w->ident.state != IDENT_SOME)
            open.kind = MIPRO_OPEN_ALONE;
        if (open.says) {
            mention_gap(c, f);
            open.finding.text = f->text;
        }
        mipro_namesakes_add(c->namesakes, &open);
        f->text = f->nai = NULL;
        return;
    }
    if (end == OPEN_UNDECIDED)
        undecided(c, f->rule, reason);
    else if (end == OPEN_FOUND)
        mipro_finding_emit(c, f);
    mipro_finding_clear(f);
}

void
mipro_finding_claim(struct shard *c, const struct wait *w, struct mipro_finding *f)
{
    struct mipro_open open = {
        .kind = MIPRO_OPEN_CLAIM,
        .says = !f->unproven,
        .undecided = doubt_of(true, f),
        .time = mipro_time_add(w->deadline, -c->config->ack_timeout),
        .ident = w->ident.value,
        .finding = *f,
    };

    /* Without a time, there is no later. */
    if (w->home->is_node || !is_time(c->t.clock) || w->deadline == INT64_MIN) {
        mipro_finding_emit(c, f);
        return;
    }
    mention_gap(c, f);
    open.finding.text = f->text;
    mipro_namesakes_add(c->namesakes, &open);
    f->text = f->nai = NULL;
}
