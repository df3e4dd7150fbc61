/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_namesake.h"

#include "conduct/private.h"

#include <stdlib.h>

#define MOST (UINT32_C(1) << 20) /* beyond, the oldest are decided early */

/* The answers, then the questions, each in the order of time and frame once it is sorted. */
struct list {
    struct mipro_open *at;
    size_t n, room;
    bool sorted;
};

struct namesakes {
    const struct mipro_conduct_config *config;
    const struct mipro_conduct_sink *sink;
    uint64_t (*undecided)[MIPRO_UNDECIDED_REASONS];
    struct list answers, questions;
    uint64_t dropped;
};

struct namesakes *
mipro_namesakes_new(const struct mipro_conduct_config *config,
    const struct mipro_conduct_sink *sink, uint64_t (*undecided)[MIPRO_UNDECIDED_REASONS])
{
    struct namesakes *n = calloc(1, sizeof(*n));

    if (n != NULL) {
        n->config = config;
        n->sink = sink;
        n->undecided = undecided;
    }
    return n;
}

static void
free_list(struct list *l)
{
    for (size_t i = 0; i < l->n; i++)
        mipro_finding_clear(&l->at[i].finding);
    free(l->at);
}

void
mipro_namesakes_free(struct namesakes *n)
{
    if (n == NULL)
        return;
    free_list(&n->answers);
    free_list(&n->questions);
    free(n);
}

/* It belongs to no other: what is to be said of it then. */
static void
say_alone(struct namesakes *n, struct mipro_open *o)
{
    if (o->undecided != MIPRO_UNDECIDED_REASONS)
        n->undecided[o->finding.rule][o->undecided]++;
    else if (o->says && n->sink->finding != NULL)
        n->sink->finding(n->sink->ctx, &o->finding);
    mipro_finding_clear(&o->finding);
}

/* The answer bears the wrong home address: acknowledge-mismatch (4.4), or reply-mismatch. */
static void
say_mismatch(struct namesakes *n, struct mipro_open *answer, struct mipro_open *question)
{
    struct mipro_finding *f = &answer->finding;
    bool reply = f->message == MIPRO_REGISTRATION_REPLY;
    const struct mipro_msg_def *def =
        mipro_msg_def(f->message, reply ? MIPRO_SOURCE_BASE : MIPRO_SOURCE_DRAFT);
    const struct mipro_field_def *field = mipro_find_field(def->fields, MIPRO_F_HOMEADDR);

    mipro_finding_clear(f);
    f->rule = reply ? MIPRO_RULE_REPLY_MISMATCH : MIPRO_RULE_ACKNOWLEDGE_MISMATCH;
    mipro_finding_relate(f, question->finding.frame);
    f->off = field->off;
    f->len = field->len;
    mipro_finding_appendf(f, "has home address %s, the %s has %s", mipro_dotted(f->home).s,
        reply ? "Registration Request" : "Binding Update", mipro_dotted(question->finding.home).s);
    if (n->sink->finding != NULL)
        n->sink->finding(n->sink->ctx, f);
    mipro_finding_clear(f);
    mipro_finding_clear(&question->finding);
}

static int
compare(const void *a, const void *b)
{
    const struct mipro_open *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->finding.frame != y->finding.frame)
        return x->finding.frame < y->finding.frame ? -1 : 1;
    return x->finding.home < y->finding.home ? -1 : x->finding.home > y->finding.home;
}

static void
sort(struct list *l)
{
    if (!l->sorted && l->n > 1)
        qsort(l->at, l->n, sizeof(l->at[0]), compare);
    l->sorted = true;
}

/* Where an acknowledge goes: to the sender of the update, or through a tunnel to its mobile node.
 */
static bool
is_answer(const struct mipro_open *a, const struct mipro_open *q)
{
    bool update = q->finding.message == MIPRO_BINDING_UPDATE;

    return a->finding.message == (update ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_REGISTRATION_REPLY) &&
           a->finding.src == q->finding.dst && a->ident == q->ident &&
           a->finding.home != q->finding.home &&
           (a->finding.dst == q->finding.src || (update && a->finding.dst == q->finding.home));
}

/* The first answer that came while the question waited, and that is nobody else's; or NULL. */
static struct mipro_open *
find_answer(struct namesakes *n, const struct mipro_open *q)
{
    struct list *l = &n->answers;
    size_t low = 0, high = l->n;

    sort(l);
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (l->at[middle].time < q->time)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < l->n && mipro_time_between(q->time, l->at[low].time) <= n->config->ack_timeout;
         low++)
        if (!l->at[low].taken && is_answer(&l->at[low], q))
            return &l->at[low];
    return NULL;
}

static bool
is_over(const struct namesakes *n, const struct mipro_open *o, int64_t clock)
{
    int64_t limit = n->config->ack_timeout;

    return clock == INT64_MAX || mipro_time_add(mipro_time_add(o->time, limit), limit) < clock;
}

/* The first of them are done with. */
static void
drop_first(struct list *l, size_t n)
{
    for (size_t i = n; i < l->n; i++)
        l->at[i - n] = l->at[i];
    l->n -= n;
}

void
mipro_namesakes_decide(struct namesakes *n, int64_t clock)
{
    size_t i;

    if (n->questions.n + n->answers.n == 0)
        return;
    sort(&n->questions);
    for (i = 0; i < n->questions.n && is_over(n, &n->questions.at[i], clock); i++) {
        struct mipro_open *q = &n->questions.at[i];
        struct mipro_open *a = find_answer(n, q);

        if (a == NULL) {
            say_alone(n, q);
        } else {
            a->taken = true;
            say_mismatch(n, a, q);
        }
    }
    drop_first(&n->questions, i);
    sort(&n->answers);
    for (i = 0; i < n->answers.n && is_over(n, &n->answers.at[i], clock); i++)
        if (!n->answers.at[i].taken)
            say_alone(n, &n->answers.at[i]);
    drop_first(&n->answers, i);
}

void
mipro_namesakes_end(struct namesakes *n)
{
    mipro_namesakes_decide(n, INT64_MAX);
}

void
mipro_namesakes_add(struct namesakes *n, struct mipro_open *open)
{
    struct list *l = open->answers ? &n->answers : &n->questions;

    if (n->sink->open != NULL) {
        n->sink->open(n->sink->ctx, open);
        mipro_finding_clear(&open->finding);
        return;
    }
    if (l->n >= MOST) {
        sort(l);
        mipro_namesakes_decide(n, l->at[MOST / 2].time);
    }
    if (l->n == l->room) {
        size_t room = l->room != 0 ? 2 * l->room : 64;
        struct mipro_open *at = l->n < MOST ? realloc(l->at, room * sizeof(*at)) : NULL;

        if (at == NULL) {
            n->dropped++;
            say_alone(n, open);
            return;
        }
        l->at = at;
        l->room = room;
    }
    l->sorted = l->n == 0 || (l->sorted && compare(&l->at[l->n - 1], open) <= 0);
    l->at[l->n++] = *open;
}

uint64_t
mipro_namesakes_horizon(const struct namesakes *n)
{
    uint64_t horizon = UINT64_MAX;

    for (size_t i = 0; i < n->answers.n; i++)
        if (n->answers.at[i].finding.frame < horizon)
            horizon = n->answers.at[i].finding.frame;
    for (size_t i = 0; i < n->questions.n; i++)
        if (n->questions.at[i].says && n->questions.at[i].finding.frame < horizon)
            horizon = n->questions.at[i].finding.frame;
    return horizon;
}

uint64_t
mipro_namesakes_dropped(const struct namesakes *n)
{
    return n->dropped;
}
