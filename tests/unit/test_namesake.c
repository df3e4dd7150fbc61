/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers with the wrong home address, compared with a model that checks everything each time.  The
 * file is compiled into the test, so that "too many" is a small number.
 */
#define MIPRO_NAMESAKES 500
#include "conduct/namesake.c"

#include "unit.h"

#define SECOND INT64_C(1000000000)
#define LIMIT (5 * SECOND)
#define N 400u

/* The open messages, and their outcome. */
static struct mipro_open all[N];
static bool added[N], over[N];
static unsigned partner[N]; /* for a matched answer: the request; otherwise N */

static struct {
    uint64_t frame, related;
} said[2 * N];
static unsigned n_said, n_matched, n_doubted;
static int64_t alone[N]; /* the times of those that remained alone */
static unsigned n_alone;

static void
take(void *ctx, const struct mipro_finding *f)
{
    (void)ctx;
    assert_true(n_said < COUNT(said));
    said[n_said].frame = f->frame;
    said[n_said++].related = f->n_related != 0 ? f->related[0] : 0;
}

static uint64_t seed;

static unsigned
random_below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33) % n;
}

/* Few values for each member, so that many match. */
static void
make_all(void)
{
    for (unsigned i = 0; i < N; i++) {
        bool answers = random_below(2) == 0, update = random_below(2) == 0;

        all[i] = (struct mipro_open){
            .kind = random_below(6) == 0 ? MIPRO_OPEN_CLAIM
                    : answers            ? MIPRO_OPEN_ANSWER
                                         : MIPRO_OPEN_QUESTION,
            .says = random_below(2) == 0,
            .undecided = random_below(3) == 0 ? MIPRO_UNDECIDED_END : MIPRO_UNDECIDED_REASONS,
            .time = SECOND / 4 * (i / 2 + random_below(3)),
            .ident = random_below(2),
            .finding = { .rule = MIPRO_RULE_UPDATE_UNACKNOWLEDGED,
                .frame = i + 1,
                .has_home = true,
                .home = random_below(3),
                .src = answers ? 20 + random_below(2) : 10 + random_below(2),
                .dst = answers ? 10 + random_below(2) : 20 + random_below(2),
                .message = answers ? (update ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_REGISTRATION_REPLY)
                                   : (update ? MIPRO_BINDING_UPDATE : MIPRO_REGISTRATION_REQUEST) },
        };
        added[i] = over[i] = false;
        partner[i] = N;
    }
}

static bool
is_before(const struct mipro_open *x, const struct mipro_open *y)
{
    if (x->time != y->time)
        return x->time < y->time;
    if (x->finding.frame != y->finding.frame)
        return x->finding.frame < y->finding.frame;
    return x->finding.home < y->finding.home;
}

/* The first of the pending ones, in order of time. */
static unsigned
first_of(enum mipro_open_kind kind)
{
    unsigned first = N;

    for (unsigned i = 0; i < N; i++) {
        if (added[i] && !over[i] && all[i].kind == kind &&
            (first == N || is_before(&all[i], &all[first])))
            first = i;
    }
    return first;
}

static unsigned
model_answer(unsigned q)
{
    unsigned best = N;

    for (unsigned i = 0; i < N; i++) {
        if (added[i] && !over[i] && all[i].kind == MIPRO_OPEN_ANSWER && partner[i] == N &&
            all[i].time >= all[q].time && all[i].time - all[q].time <= LIMIT &&
            all[i].finding.home != all[q].finding.home && is_answer(&all[i], &all[q]) &&
            (best == N || is_before(&all[i], &all[best])))
            best = i;
    }
    return best;
}

static int64_t
model_due(unsigned i)
{
    return all[i].time + (all[i].kind == MIPRO_OPEN_CLAIM ? 4 : 2) * LIMIT;
}

/* The pending one that is due next, or N. */
static unsigned
first_due(void)
{
    unsigned first = N;

    for (int kind = MIPRO_OPEN_QUESTION; kind <= MIPRO_OPEN_CLAIM; kind++) {
        unsigned i = first_of((enum mipro_open_kind)kind);

        if (i != N && (first == N || model_due(i) < model_due(first)))
            first = i;
    }
    return first;
}

/* Were two left alone until the claim is due, the earlier not long before the claim? */
static bool
lacks_messages(unsigned claim)
{
    return n_alone >= 2 && all[claim].time - alone[n_alone - 2] <= 600 * SECOND;
}

/* Compare the decisions that are due by this time with those made. */
static void
expect_decided(int64_t clock, uint64_t *undecided, uint64_t *doubted)
{
    unsigned n = 0, i;

    while ((i = first_due()) != N && model_due(i) < clock) {
        unsigned a = all[i].kind == MIPRO_OPEN_QUESTION ? model_answer(i) : N;

        over[i] = true;
        if (a != N) {
            partner[a] = i;
            n_matched++;
            assert_true(n < n_said);
            assert_int_equal(said[n].frame, all[a].finding.frame);
            assert_int_equal(said[n++].related, all[i].finding.frame);
            continue;
        }
        if (partner[i] != N)
            continue; /* it was matched to a request */
        if (all[i].kind == MIPRO_OPEN_CLAIM && lacks_messages(i)) {
            ++*doubted;
            continue;
        }
        if (all[i].kind == MIPRO_OPEN_QUESTION ||
            (all[i].kind == MIPRO_OPEN_ANSWER &&
                (all[i].says || all[i].undecided != MIPRO_UNDECIDED_REASONS)))
            alone[n_alone++] = all[i].time;
        if (all[i].undecided != MIPRO_UNDECIDED_REASONS) {
            ++*undecided;
        } else if (all[i].says) {
            assert_true(n < n_said);
            assert_int_equal(said[n].frame, all[i].finding.frame);
            assert_int_equal(said[n++].related, 0);
        }
    }
    assert_int_equal(n_said, n);
    n_said = 0;
}

static uint64_t
model_horizon(void)
{
    uint64_t horizon = UINT64_MAX;

    for (unsigned i = 0; i < N; i++)
        if (added[i] && !over[i] && (all[i].kind == MIPRO_OPEN_ANSWER || all[i].says) &&
            all[i].finding.frame < horizon)
            horizon = all[i].finding.frame;
    return horizon;
}

static void
decisions_and_their_times_agree_with_a_model(void **state)
{
    struct mipro_conduct_config config = mipro_conduct_defaults();
    const struct mipro_conduct_sink sink = { .finding = take };

    (void)state;
    config.ack_timeout = LIMIT;
    n_doubted = 0;
    for (seed = 1; seed < 60; seed++) {
        uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS] = { { 0 } }, n = 0, doubted = 0;
        struct namesakes *names = mipro_namesakes_new(&config, &sink, undecided);
        uint64_t start = seed;

        assert_non_null(names);
        make_all();
        n_alone = 0;
        for (unsigned i = 0; i < N;) { /* in runs, each in any order, as the shards add them */
            unsigned run = 1 + random_below(20), step = 1 + random_below(3);

            run = i + run > N ? N - i : run;
            for (unsigned k = 0; k < run; k++) {
                unsigned at = i + (step == 1                      ? k
                                      : step == 2 && run % 7 != 0 ? 7 * k % run
                                                                  : run - 1 - k);
                struct mipro_open open = all[at];

                assert_false(added[at]);
                added[at] = true;
                mipro_namesakes_add(names, &open);
            }
            i += run;
            if (random_below(3) == 0) {
                int64_t clock = all[i - 1].time + LIMIT;

                mipro_namesakes_decide(names, clock);
                expect_decided(clock, &n, &doubted);
                assert_int_equal(mipro_namesakes_horizon(names), model_horizon());
            }
        }
        mipro_namesakes_end(names);
        expect_decided(INT64_MAX, &n, &doubted);
        assert_int_equal(undecided[MIPRO_RULE_UPDATE_UNACKNOWLEDGED][MIPRO_UNDECIDED_END], n);
        assert_int_equal(
            undecided[MIPRO_RULE_UPDATE_UNACKNOWLEDGED][MIPRO_UNDECIDED_OUTCOME], doubted);
        n_doubted += (unsigned)doubted;
        assert_int_equal(mipro_namesakes_horizon(names), UINT64_MAX);
        assert_int_equal(mipro_namesakes_dropped(names), 0);
        mipro_namesakes_free(names);
        seed = start;
    }
    assert_true(n_matched > 1000 && n_doubted > 100);
}

/* All at one time, so that no time limit helps. */
static void
if_there_are_too_many_half_are_decided_early_and_none_is_lost(void **state)
{
    struct mipro_conduct_config config = mipro_conduct_defaults();
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS] = { { 0 } };
    const struct mipro_conduct_sink sink = { 0 };
    struct namesakes *names = mipro_namesakes_new(&config, &sink, undecided);
    const unsigned n = 100 * MIPRO_NAMESAKES;

    (void)state;
    assert_non_null(names);
    for (unsigned i = 0; i < n; i++) {
        struct mipro_open open = { .undecided = MIPRO_UNDECIDED_END,
            .time = i / 3,
            .finding = { .rule = MIPRO_RULE_UPDATE_UNACKNOWLEDGED, .frame = i + 1 } };

        mipro_namesakes_add(names, &open);
        assert_true(names->questions.n - names->questions.first <= MIPRO_NAMESAKES);
        assert_true(names->questions.room <= 4 * MIPRO_NAMESAKES);
    }
    assert_true(mipro_namesakes_dropped(names) >= n - MIPRO_NAMESAKES);
    mipro_namesakes_end(names);
    assert_int_equal(undecided[MIPRO_RULE_UPDATE_UNACKNOWLEDGED][MIPRO_UNDECIDED_END], n);
    mipro_namesakes_free(names);
}

/* Messages that remain alone at these seconds, and a claim at 1000: is it reported? */
static bool
is_claim_said(const int *alone_at, unsigned n)
{
    struct mipro_conduct_config config = mipro_conduct_defaults();
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS] = { { 0 } };
    const struct mipro_conduct_sink sink = { .finding = take };
    struct namesakes *names;
    bool said_it = false;

    config.ack_timeout = LIMIT;
    names = mipro_namesakes_new(&config, &sink, undecided);
    assert_non_null(names);
    n_said = 0;
    for (unsigned i = 0; i <= n; i++) {
        struct mipro_open open = {
            .kind = i == n       ? MIPRO_OPEN_CLAIM
                    : i % 2 == 0 ? MIPRO_OPEN_ALONE
                                 : MIPRO_OPEN_ANSWER,
            .says = true,
            .undecided = MIPRO_UNDECIDED_REASONS,
            .time = SECOND * (i == n ? 1000 : alone_at[i]),
            .finding = { .rule = MIPRO_RULE_REPLY_MISMATCH, .frame = i + 1 },
        };

        mipro_namesakes_add(names, &open);
    }
    for (int64_t clock = 0; clock < 1100; clock += 3)
        mipro_namesakes_decide(names, clock * SECOND);
    for (unsigned i = 0; i < n_said; i++)
        said_it |= said[i].frame == n + 1;
    assert_int_equal(undecided[MIPRO_RULE_REPLY_MISMATCH][MIPRO_UNDECIDED_OUTCOME], !said_it);
    mipro_namesakes_free(names);
    n_said = 0;
    return said_it;
}

static void
a_claim_holds_unless_two_messages_remained_alone_lately(void **state)
{
    (void)state;
    assert_true(is_claim_said(NULL, 0));
    assert_true(is_claim_said((const int[]){ 990 }, 1));
    assert_false(is_claim_said((const int[]){ 990, 991 }, 2));
    assert_false(is_claim_said((const int[]){ 990, 1009 }, 2));
    assert_false(is_claim_said((const int[]){ 401, 402 }, 2));
    assert_true(is_claim_said((const int[]){ 398, 1001 }, 2));
    assert_true(is_claim_said((const int[]){ 990, 1012 }, 2)); /* it is decided before that */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_and_their_times_agree_with_a_model),
        cmocka_unit_test(if_there_are_too_many_half_are_decided_early_and_none_is_lost),
        cmocka_unit_test(a_claim_holds_unless_two_messages_remained_alone_lately),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
