/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_namesake.h"

#include "conduct/private.h"

#include <stdlib.h>

#ifndef MIPRO_NAMESAKES
#define MIPRO_NAMESAKES (UINT32_C(1) << 20)
#endif
#define MOST ((size_t)MIPRO_NAMESAKES) /* if there are more, the older half is decided early */

struct entry {
    struct mipro_open open;
    uint64_t lowest; /* frame of a possible finding, for this entry and those after it */
};

/*
 * The answers, or the questions.  Entries from first up to n_sorted are in the order of time and
 * frame.  Shards add theirs in turn, so entries added since are not in order; but they have late
 * times, so that few of the sorted ones have to move.
 */
struct list {
    struct entry *at;
    size_t first, n_sorted, n, room;
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
    for (size_t i = l->first; i < l->n; i++)
        mipro_finding_clear(&l->at[i].open.finding);
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

/* It has no match: report the finding, or count it as undecided. */
static void
say_alone(struct namesakes *n, struct mipro_open *o)
{
    if (o->undecided != MIPRO_UNDECIDED_REASONS)
        n->undecided[o->finding.rule][o->undecided]++;
    else if (o->says && n->sink->finding != NULL)
        n->sink->finding(n->sink->ctx, &o->finding);
    mipro_finding_clear(&o->finding);
}

/* The answer has the wrong home address: acknowledge-mismatch (4.4), or reply-mismatch. */
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
    const struct mipro_open *x = &((const struct entry *)a)->open;
    const struct mipro_open *y = &((const struct entry *)b)->open;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->finding.frame != y->finding.frame)
        return x->finding.frame < y->finding.frame ? -1 : 1;
    return x->finding.home < y->finding.home ? -1 : x->finding.home > y->finding.home;
}

/* The frame of an entry, if there may be a finding about it. */
static uint64_t
own_frame(const struct mipro_open *o)
{
    return o->answers || o->says ? o->finding.frame : UINT64_MAX;
}

/* Update lowest, after entries from this one on were added or moved. */
static void
note_lowest(struct list *l, size_t from)
{
    uint64_t lowest = UINT64_MAX;

    for (size_t i = l->n; i-- > l->first;) {
        uint64_t own = own_frame(&l->at[i].open);

        if (own < lowest)
            lowest = own;
        if (i < from && l->at[i].lowest == lowest)
            return; /* earlier entries do not change either */
        l->at[i].lowest = lowest;
    }
}

static void
sort(struct list *l)
{
    size_t low = l->first, high = l->n_sorted;

    if (l->n_sorted == l->n)
        return;
    for (size_t i = l->n_sorted + 1; i < l->n; i++) /* the earliest of the new ones */
        if (compare(&l->at[i], &l->at[l->n_sorted]) < 0) {
            struct entry earliest = l->at[i];

            l->at[i] = l->at[l->n_sorted];
            l->at[l->n_sorted] = earliest;
        }
    while (low < high) { /* find its position */
        size_t middle = low + (high - low) / 2;

        if (compare(&l->at[middle], &l->at[l->n_sorted]) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    qsort(&l->at[low], l->n - low, sizeof(l->at[0]), compare);
    l->n_sorted = l->n;
    note_lowest(l, low);
}

/* Can a answer q?  An acknowledge is sent to the sender of the update, or to its mobile node. */
static bool
is_answer(const struct mipro_open *a, const struct mipro_open *q)
{
    bool update = q->finding.message == MIPRO_BINDING_UPDATE;

    return a->finding.message == (update ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_REGISTRATION_REPLY) &&
           a->finding.src == q->finding.dst && a->ident == q->ident &&
           a->finding.home != q->finding.home &&
           (a->finding.dst == q->finding.src || (update && a->finding.dst == q->finding.home));
}

/* The first answer seen while the question waited that is not matched yet; or NULL. */
static struct mipro_open *
find_answer(struct namesakes *n, const struct mipro_open *q)
{
    struct list *l = &n->answers;
    size_t low = l->first, high = l->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (l->at[middle].open.time < q->time)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < l->n; low++) {
        struct mipro_open *a = &l->at[low].open;

        if (mipro_time_between(q->time, a->time) > n->config->ack_timeout)
            break;
        if (!a->taken && is_answer(a, q))
            return a;
    }
    return NULL;
}

/* Has it been open for two time limits? */
static bool
is_over(const struct namesakes *n, const struct list *l, int64_t clock)
{
    int64_t limit = n->config->ack_timeout;

    return l->first < l->n &&
           (clock == INT64_MAX ||
               mipro_time_add(mipro_time_add(l->at[l->first].open.time, limit), limit) < clock);
}

/* Remove the first entry. */
static void
drop_first(struct list *l)
{
    if (++l->first == l->n)
        l->first = l->n_sorted = l->n = 0;
}

void
mipro_namesakes_decide(struct namesakes *n, int64_t clock)
{
    sort(&n->questions);
    sort(&n->answers);
    for (; is_over(n, &n->questions, clock); drop_first(&n->questions)) {
        struct mipro_open *q = &n->questions.at[n->questions.first].open;
        struct mipro_open *a = find_answer(n, q);

        if (a == NULL) {
            say_alone(n, q);
        } else {
            a->taken = true;
            say_mismatch(n, a, q);
        }
    }
    for (; is_over(n, &n->answers, clock); drop_first(&n->answers)) {
        struct mipro_open *a = &n->answers.at[n->answers.first].open;

        if (!a->taken)
            say_alone(n, a);
    }
}

void
mipro_namesakes_end(struct namesakes *n)
{
    mipro_namesakes_decide(n, INT64_MAX);
}

static size_t
n_open(const struct namesakes *n)
{
    return n->questions.n - n->questions.first + n->answers.n - n->answers.first;
}

/* There are too many: decide the older half now, without waiting for later messages. */
static void
decide_early(struct namesakes *n, struct list *l)
{
    const int64_t limit = n->config->ack_timeout;
    const size_t before = n_open(n);
    int64_t middle;

    sort(l);
    middle = l->at[l->first + (l->n - l->first) / 2].open.time;
    mipro_namesakes_decide(
        n, mipro_time_add(mipro_time_add(mipro_time_add(middle, limit), limit), 1));
    n->dropped += before - n_open(n);
}

/* Make room for one more.  False if out of memory. */
static bool
make_room(struct list *l)
{
    size_t room = l->room != 0 ? 2 * l->room : 64;
    struct entry *at;

    if (l->n < l->room)
        return true;
    if (l->first >= l->room / 2 && l->first != 0) { /* at most one move for each entry dropped */
        for (size_t i = l->first; i < l->n; i++)
            l->at[i - l->first] = l->at[i];
        l->n -= l->first;
        l->n_sorted -= l->first;
        l->first = 0;
        return true;
    }
    at = realloc(l->at, room * sizeof(*at));
    if (at == NULL)
        return false;
    l->at = at;
    l->room = room;
    return true;
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
    if (l->n - l->first >= MOST)
        decide_early(n, l);
    if (!make_room(l)) {
        n->dropped++;
        say_alone(n, open);
        return;
    }
    l->at[l->n++] = (struct entry){ *open, own_frame(open) };
}

uint64_t
mipro_namesakes_horizon(struct namesakes *n)
{
    const struct list *lists[] = { &n->answers, &n->questions };
    uint64_t horizon = UINT64_MAX;

    sort(&n->answers);
    sort(&n->questions);
    for (size_t i = 0; i < 2; i++) {
        const struct list *l = lists[i];

        if (l->first < l->n && l->at[l->first].lowest < horizon)
            horizon = l->at[l->first].lowest;
    }
    return horizon;
}

uint64_t
mipro_namesakes_dropped(const struct namesakes *n)
{
    return n->dropped;
}
