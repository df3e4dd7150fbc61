/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_namesake.h"

#include "conduct/private.h"
#include "mipro_mix.h"

#include <stdlib.h>

#ifndef MIPRO_NAMESAKES
#define MIPRO_NAMESAKES (UINT32_C(1) << 20)
#endif
#define MOST ((size_t)MIPRO_NAMESAKES) /* if there are more, the older half is decided early */
#define MOST_PASSED 64u /* answers about its own home address, in the search for one question */

struct entry {
    struct mipro_open open;
    uint64_t lowest; /* frame of a possible finding, for this entry and those after it */
    /* In the chain of its bucket: the entries after and before it, 1 + their index; 0: none. */
    uint32_t next, previous;
    bool linked;
};

/* The entries with one hash, in the order of the list: 1 + the index of the first and the last. */
struct bucket {
    uint32_t first, last;
};

/*
 * The answers, the questions and what nothing can match, or the claims.  Entries from first up to n_sorted are in the order of
 * time and frame.  Shards add theirs in turn, so entries added since are not in order; but they
 * have late times, so that few of the sorted ones have to move.
 */
struct list {
    struct entry *at;
    size_t first, n_sorted, n, room;
    struct bucket *buckets; /* room of them, a power of two; NULL: not the answers */
};

struct namesakes {
    const struct mipro_conduct_config *config;
    const struct mipro_conduct_sink *sink;
    uint64_t (*undecided)[MIPRO_UNDECIDED_REASONS];
    struct list answers, questions, claims;
    int64_t alone[2]; /* the times of the last two questions or answers that remained alone */
    uint64_t secret;  /* mixed into the hashes, so that nobody can choose values that collide */
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
        n->secret = mipro_mix((uintptr_t)n, 0);
    }
    return n;
}

static void
free_list(struct list *l)
{
    for (size_t i = l->first; i < l->n; i++)
        mipro_finding_clear(&l->at[i].open.finding);
    free(l->at);
    free(l->buckets);
}

void
mipro_namesakes_free(struct namesakes *n)
{
    if (n == NULL)
        return;
    free_list(&n->answers);
    free_list(&n->questions);
    free_list(&n->claims);
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
    return o->kind == MIPRO_OPEN_ANSWER || o->says ? o->finding.frame : UINT64_MAX;
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

/* The bucket of answers with these values. */
static struct bucket *
bucket_of(const struct namesakes *n, uint8_t message, uint32_t src, uint32_t dst, uint64_t ident)
{
    uint64_t hash = mipro_mix(mipro_mix((uint64_t)src << 32 | dst, n->secret) ^ message, ident);

    return &n->answers.buckets[hash & (n->answers.room - 1)];
}

static struct bucket *
bucket_of_entry(const struct namesakes *n, const struct entry *e)
{
    const struct mipro_finding *f = &e->open.finding;

    return bucket_of(n, f->message, f->src, f->dst, e->open.ident);
}

/* Remove an answer from the chain of its bucket. */
static void
unlink_entry(struct namesakes *n, struct entry *e)
{
    struct entry *at = n->answers.at;
    struct bucket *b;

    if (!e->linked)
        return;
    b = bucket_of_entry(n, e);
    *(e->previous != 0 ? &at[e->previous - 1].next : &b->first) = e->next;
    *(e->next != 0 ? &at[e->next - 1].previous : &b->last) = e->previous;
    e->next = e->previous = 0;
    e->linked = false;
}

/* Append the answers from this one on, which are sorted and in no chain yet, to their chains. */
static void
link_entries(struct namesakes *n, size_t from)
{
    struct list *l = &n->answers;

    for (size_t i = from; i < l->n_sorted; i++) {
        struct entry *e = &l->at[i];
        struct bucket *b = bucket_of_entry(n, e);

        e->next = e->previous = 0;
        e->linked = !e->open.taken;
        if (!e->linked)
            continue;
        e->previous = b->last;
        *(b->last != 0 ? &l->at[b->last - 1].next : &b->first) = (uint32_t)(i + 1);
        b->last = (uint32_t)(i + 1);
    }
}

static void
sort(struct namesakes *n, struct list *l)
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
    if (l->buckets != NULL)
        for (size_t i = low; i < l->n_sorted; i++) /* they are the last of their chains */
            unlink_entry(n, &l->at[i]);
    qsort(&l->at[low], l->n - low, sizeof(l->at[0]), compare);
    l->n_sorted = l->n;
    if (l->buckets != NULL)
        link_entries(n, low);
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

/* The first of the answers to dst that were seen while the question waited; or NULL. */
static struct entry *
find_answer_to(const struct namesakes *n, const struct mipro_open *q, uint32_t dst, bool *gave_up)
{
    bool update = q->finding.message == MIPRO_BINDING_UPDATE;
    const struct list *l = &n->answers;
    unsigned passed = 0;

    if (l->first == l->n)
        return NULL;
    for (uint32_t i = bucket_of(n, update ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_REGISTRATION_REPLY,
             q->finding.dst, dst, q->ident)
                          ->first;
         i != 0; i = l->at[i - 1].next) {
        struct entry *e = &l->at[i - 1];

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
static struct entry *
find_answer(const struct namesakes *n, const struct mipro_open *q, bool *gave_up)
{
    struct entry *e = find_answer_to(n, q, q->finding.src, gave_up), *to_home;

    if (q->finding.message != MIPRO_BINDING_UPDATE)
        return e;
    to_home = find_answer_to(n, q, q->finding.home, gave_up);
    return e == NULL || (to_home != NULL && to_home < e) ? to_home : e;
}

/* When the first entry of the list is decided: after two time limits, a claim after four. */
static int64_t
due_of_first(const struct namesakes *n, const struct list *l)
{
    int64_t limit = n->config->ack_timeout;
    int64_t due = mipro_time_add(mipro_time_add(l->at[l->first].open.time, limit), limit);

    return l == &n->claims ? mipro_time_add(mipro_time_add(due, limit), limit) : due;
}

/*
 * The list whose first entry is to be decided next, by this time; or NULL.  What is due together is
 * decided in the order of the lists.
 */
static struct list *
next_due(struct namesakes *n, int64_t clock)
{
    struct list *const lists[] = { &n->questions, &n->answers, &n->claims };
    struct list *best = NULL;
    int64_t due = 0;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct list *l = lists[i];

        if (l->first == l->n || (clock != INT64_MAX && due_of_first(n, l) >= clock) ||
            (best != NULL && due_of_first(n, l) >= due))
            continue;
        best = l;
        due = due_of_first(n, l);
    }
    return best;
}

/* Remove the first entry. */
static void
drop_first(struct list *l)
{
    if (++l->first == l->n)
        l->first = l->n_sorted = l->n = 0;
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
    struct entry *a = q->kind == MIPRO_OPEN_QUESTION ? find_answer(n, q, &gave_up) : NULL;

    if (a != NULL) {
        a->open.taken = true;
        unlink_entry(n, a);
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
    struct list *l;

    sort(n, &n->questions);
    sort(n, &n->answers);
    sort(n, &n->claims);
    while ((l = next_due(n, clock)) != NULL) {
        struct entry *e = &l->at[l->first];

        if (l == &n->questions) {
            decide_question(n, &e->open);
        } else if (l == &n->claims) {
            decide_claim(n, &e->open);
        } else {
            unlink_entry(n, e);
            if (!e->open.taken)
                remain_alone(n, &e->open);
        }
        drop_first(l);
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
decide_early(struct namesakes *n, struct list *l)
{
    const size_t before = n_open(n), half = (l->n - l->first) / 2;
    int64_t later;

    sort(n, l);
    later = mipro_time_between(l->at[l->first].open.time, l->at[l->first + half].open.time);
    mipro_namesakes_decide(n, mipro_time_add(mipro_time_add(due_of_first(n, l), later), 1));
    n->dropped += before - n_open(n);
}

/* The answers were moved: make their chains again. */
static void
link_again(struct namesakes *n)
{
    struct list *l = &n->answers;

    for (size_t i = 0; i < l->room; i++)
        l->buckets[i] = (struct bucket){ 0 };
    link_entries(n, l->first);
}

/* Make room for one more.  False if out of memory. */
static bool
make_room(struct namesakes *n, struct list *l)
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
    } else {
        at = realloc(l->at, room * sizeof(*at));
        if (at == NULL)
            return false;
        l->at = at;
        if (l == &n->answers) {
            struct bucket *buckets = realloc(l->buckets, room * sizeof(*buckets));

            if (buckets == NULL)
                return false;
            l->buckets = buckets;
        }
        l->room = room;
    }
    if (l == &n->answers)
        link_again(n);
    return true;
}

void
mipro_namesakes_add(struct namesakes *n, struct mipro_open *open)
{
    struct list *const lists[] = { [MIPRO_OPEN_QUESTION] = &n->questions,
        [MIPRO_OPEN_ANSWER] = &n->answers,
        [MIPRO_OPEN_ALONE] = &n->questions,
        [MIPRO_OPEN_CLAIM] = &n->claims };
    struct list *l = lists[open->kind];

    if (n->sink->open != NULL) {
        n->sink->open(n->sink->ctx, open);
        mipro_finding_clear(&open->finding);
        return;
    }
    if (l->n - l->first >= MOST)
        decide_early(n, l);
    if (!make_room(n, l)) {
        n->dropped++;
        say_alone(n, open);
        return;
    }
    l->at[l->n++] = (struct entry){ .open = *open, .lowest = own_frame(open) };
}

uint64_t
mipro_namesakes_horizon(struct namesakes *n)
{
    const struct list *lists[] = { &n->answers, &n->questions, &n->claims };
    uint64_t horizon = UINT64_MAX;

    sort(n, &n->answers);
    sort(n, &n->questions);
    sort(n, &n->claims);
    for (size_t i = 0; i < 3; i++) {
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
