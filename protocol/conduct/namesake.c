/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_namesake.h"

#include "conduct/open_list.h"
#include "conduct/private.h"
#include "mipro_mix.h"

#include <stdlib.h>

#ifndef MIPRO_NAMESAKES
#define MIPRO_NAMESAKES (UINT32_C(1) << 20)
#endif
#define MOST ((size_t)MIPRO_NAMESAKES) /* if there are more, the older half is decided early */
#define MOST_PASSED 64u /* answers about its own home address, in the search for one question */

struct namesakes {
    const struct mipro_conduct_config *config;
    const struct mipro_conduct_sink *sink;
    uint64_t (*undecided)[MIPRO_UNDECIDED_REASONS];
    struct open_list answers;   /* chained by type, ends and identification */
    struct open_list questions; /* and what nothing can match */
    struct open_list claims;
    int64_t alone[2]; /* the times of the last two questions or answers that remained alone */
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
        n->alone[0] = n->alone[1] = MIPRO_TIME_NONE;
        n->answers.chained = true;
        n->answers.secret = mipro_mix((uintptr_t)n, 0);
    }
    return n;
}

void
mipro_namesakes_free(struct namesakes *n)
{
    if (n == NULL)
        return;
    mipro_open_list_free(&n->answers);
    mipro_open_list_free(&n->questions);
    mipro_open_list_free(&n->claims);
    free(n);
}

static void
tell(struct namesakes *n, const struct mipro_finding *f)
{
    if (f->unproven)
        n->undecided[f->rule][MIPRO_UNDECIDED_FORGOTTEN]++;
    else if (n->sink->finding != NULL)
        n->sink->finding(n->sink->ctx, f);
}

/* It has no match: report the finding, or count it as undecided. */
static void
say_alone(struct namesakes *n, struct mipro_open *o)
{
    if (o->undecided != MIPRO_UNDECIDED_REASONS)
        n->undecided[o->finding.rule][o->undecided]++;
    else if (o->says)
        tell(n, &o->finding);
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
    tell(n, f);
    mipro_finding_clear(f);
    mipro_finding_clear(&question->finding);
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

/* The first of the answers to dst that were seen while the question waited; or NULL. */
static struct open_entry *
find_answer_to(const struct namesakes *n, const struct mipro_open *q, uint32_t dst, bool *gave_up)
{
    bool update = q->finding.message == MIPRO_BINDING_UPDATE;
    struct open_entry *e = mipro_open_list_find(&n->answers,
        update ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_REGISTRATION_REPLY, q->finding.dst, dst,
        q->ident);
    unsigned passed = 0;

    for (; e != NULL; e = mipro_open_list_next(&n->answers, e)) {
        if (mipro_time_between(q->time, e->open.time) > n->config->ack_timeout)
            return NULL;
        if (is_answer(&e->open, q))
            return e;
        if (e->open.finding.home == q->finding.home && ++passed > MOST_PASSED) {
            *gave_up = true;
            return NULL;
        }
    }
    return NULL;
}

/*
 * The first answer seen while the question waited that is not matched yet; or NULL.  The chains
 * have no answer from before the question, as that was decided earlier.  It can be passed over only
 * for one about its own home address; so many of these are state that is not searched, and then the
 * question is undecided.
 */
static struct open_entry *
find_answer(const struct namesakes *n, const struct mipro_open *q, bool *gave_up)
{
    struct open_entry *e = find_answer_to(n, q, q->finding.src, gave_up), *to_home;

    if (q->finding.message != MIPRO_BINDING_UPDATE)
        return e;
    to_home = find_answer_to(n, q, q->finding.home, gave_up);
    return e == NULL || (to_home != NULL && to_home < e) ? to_home : e;
}

/* When the first entry of the list is decided: after two time limits, a claim after four. */
static int64_t
due_of_first(const struct namesakes *n, const struct open_list *l)
{
    int64_t limit = n->config->ack_timeout;
    int64_t due = mipro_time_add(mipro_time_add(l->at[l->first].open.time, limit), limit);

    return l == &n->claims ? mipro_time_add(mipro_time_add(due, limit), limit) : due;
}

/*
 * The list whose first entry is to be decided next, by this time; or NULL.  What is due together is
 * decided in the order of the lists.
 */
static struct open_list *
next_due(struct namesakes *n, int64_t clock)
{
    struct open_list *const lists[] = { &n->questions, &n->answers, &n->claims };
    struct open_list *best = NULL;
    int64_t due = 0;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct open_list *l = lists[i];

        if (l->first == l->n || (clock != INT64_MAX && due_of_first(n, l) >= clock) ||
            (best != NULL && due_of_first(n, l) >= due))
            continue;
        best = l;
        due = due_of_first(n, l);
    }
    return best;
}

/* A question or answer remained alone.  One that anybody may have forged shows nothing. */
static void
remain_alone(struct namesakes *n, struct mipro_open *o)
{
    if (o->kind == MIPRO_OPEN_QUESTION || o->says || o->undecided != MIPRO_UNDECIDED_REASONS) {
        n->alone[1] = n->alone[0];
        n->alone[0] = o->time;
    }
    say_alone(n, o);
}

static void
decide_question(struct namesakes *n, struct mipro_open *q)
{
    bool gave_up = false;
    struct open_entry *a = q->kind == MIPRO_OPEN_QUESTION ? find_answer(n, q, &gave_up) : NULL;

    if (a != NULL) {
        a->open.taken = true;
        mipro_open_list_unlink(&n->answers, a);
        say_mismatch(n, &a->open, q);
        return;
    }
    if (gave_up) {
        q->undecided = MIPRO_UNDECIDED_FORGOTTEN;
        n->dropped++;
    }
    remain_alone(n, q);
}

/* How long before a claim the capture is known to have lacked messages, for it to be undecided. */
#define LACKED_LATELY (600 * MIPRO_SECOND)

static void
decide_claim(struct namesakes *n, struct mipro_open *o)
{
    if (n->alone[1] != MIPRO_TIME_NONE && mipro_time_between(n->alone[1], o->time) <= LACKED_LATELY)
        o->undecided = MIPRO_UNDECIDED_OUTCOME;
    say_alone(n, o);
}

void
mipro_namesakes_decide(struct namesakes *n, int64_t clock)
{
    struct open_list *l;

    mipro_open_list_sort(&n->questions);
    mipro_open_list_sort(&n->answers);
    mipro_open_list_sort(&n->claims);
    while ((l = next_due(n, clock)) != NULL) {
        struct open_entry *e = &l->at[l->first];

        if (l == &n->questions) {
            decide_question(n, &e->open);
        } else if (l == &n->claims) {
            decide_claim(n, &e->open);
        } else {
            mipro_open_list_unlink(&n->answers, e);
            if (!e->open.taken)
                remain_alone(n, &e->open);
        }
        mipro_open_list_drop_first(l);
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
    return n->questions.n - n->questions.first + n->answers.n - n->answers.first + n->claims.n -
           n->claims.first;
}

/* There are too many: decide the older half now, without waiting for later messages. */
static void
decide_early(struct namesakes *n, struct open_list *l)
{
    const size_t before = n_open(n), half = (l->n - l->first) / 2;
    int64_t later;

    mipro_open_list_sort(l);
    later = mipro_time_between(l->at[l->first].open.time, l->at[l->first + half].open.time);
    mipro_namesakes_decide(n, mipro_time_add(mipro_time_add(due_of_first(n, l), later), 1));
    n->dropped += before - n_open(n);
}

void
mipro_namesakes_add(struct namesakes *n, struct mipro_open *open)
{
    struct open_list *const lists[] = { [MIPRO_OPEN_QUESTION] = &n->questions,
        [MIPRO_OPEN_ANSWER] = &n->answers,
        [MIPRO_OPEN_ALONE] = &n->questions,
        [MIPRO_OPEN_CLAIM] = &n->claims };
    struct open_list *l = lists[open->kind];

    if (n->sink->open != NULL) {
        n->sink->open(n->sink->ctx, open);
        mipro_finding_clear(&open->finding);
        return;
    }
    if (l->n - l->first >= MOST)
        decide_early(n, l);
    if (!mipro_open_list_add(l, open)) {
        n->dropped++;
        say_alone(n, open);
    }
}

uint64_t
mipro_namesakes_horizon(struct namesakes *n)
{
    const struct open_list *lists[] = { &n->answers, &n->questions, &n->claims };
    uint64_t horizon = UINT64_MAX;

    mipro_open_list_sort(&n->answers);
    mipro_open_list_sort(&n->questions);
    mipro_open_list_sort(&n->claims);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        uint64_t lowest = mipro_open_list_lowest(lists[i]);

        if (lowest < horizon)
            horizon = lowest;
    }
    return horizon;
}

uint64_t
mipro_namesakes_dropped(const struct namesakes *n)
{
    return n->dropped;
}
