/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounds, and the queries of the state machine. */
#include "history.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static struct step
update(uint32_t home, uint32_t coa, int ms)
{
    return (struct step){ ms, BU, HA, CN, .home = home, .life = 60, .coa = coa };
}

static void
a_home_address_in_use_outlives_those_that_are_not(void **state)
{
    struct mipro_conduct_config config = history_config();
    struct mipro_belief belief;
    struct mipro_conduct_totals totals;
    struct history h;
    uint64_t frame = 0;

    (void)state;
    config.max_homes = 16;
    config.shards = 1;
    history_begin(&h, &config);
    for (uint32_t i = 0; i < 1000; i++) {
        struct step other = update(0x0b000000 + i, FA1, (int)i * 3000);
        struct step one = update(HOME, FA1, (int)i * 3000);

        history_step(&h, &one, ++frame);
        history_step(&h, &other, ++frame);
    }
    assert_int_equal(mipro_conduct_dropped(h.c), 1001 - 16);
    mipro_conduct_totals(h.c, &totals);
    assert_int_equal(totals.dropped[MIPRO_DROPPED_HOMES], 1001 - 16);
    assert_true(mipro_conduct_belief(h.c, CN, HOME, &belief));
    assert_true(mipro_conduct_belief(h.c, CN, 0x0b000000 + 999, &belief));
    assert_false(mipro_conduct_belief(h.c, CN, 0x0b000000, &belief));
    assert_int_equal(h.n_found, 0);
    history_end(&h);
}

/* A dropped home address leaves a slot that searches for others must pass. */
static void
home_addresses_that_were_not_dropped_are_found(void **state)
{
    enum { HOMES = 64, N = 3000 };
    struct mipro_conduct_config config = history_config();
    struct mipro_belief belief;
    struct history h;

    (void)state;
    config.max_homes = HOMES;
    config.shards = 1;
    history_begin(&h, &config);
    for (uint32_t i = 0; i < N; i++) {
        struct step one = update(0x0b000000 + i * 257, FA1, (int)i * 3000);
        unsigned found = 0;

        history_step(&h, &one, i + 1);
        for (uint32_t k = 0; k <= i; k++)
            found += mipro_conduct_belief(h.c, CN, 0x0b000000 + k * 257, &belief);
        assert_int_equal(found, i + 1 - mipro_conduct_dropped(h.c));
        assert_int_equal(found, i < HOMES ? i + 1 : HOMES);
    }
    history_end(&h);
}

static bool
same_findings(const struct history *a, const struct history *b)
{
    for (size_t i = 0; i < a->n_found && i < b->n_found; i++) {
        const struct mipro_finding *f = &a->found[i], *g = &b->found[i];

        if (f->rule != g->rule || f->frame != g->frame || f->off != g->off || f->len != g->len ||
            strcmp(f->text, g->text) != 0 || f->n_related != g->n_related ||
            memcmp(f->related, g->related, f->n_related * sizeof(f->related[0])) != 0)
            return false;
    }
    return a->n_found == b->n_found;
}

/*
 * A home address that was looked up may be dropped before its message is seen, and another take its
 * place; one that was not there may be added, and the table may grow.  The slot is looked up AHEAD
 * messages before its own, the home address found messages before.
 */
static void
look_ahead(size_t homes, size_t max_homes, unsigned found)
{
    enum { N = 20000, AHEAD = 16 };
    struct mipro_conduct_config config = history_config();
    static struct step step[N + AHEAD];
    static struct mipro_ahead ahead[N + AHEAD];
    struct history plain, looked;
    size_t findings = 0;

    srand(1605);
    for (unsigned i = 0; i < COUNT(step); i++) {
        step[i] = update(0x0b000000 + (uint32_t)((size_t)rand() % homes), FA1, (int)i * 400);
        step[i].flags = MIPRO_BU_A;
        step[i].id = (uint64_t)rand() % 4 + 1;
        if (rand() % 2 == 0)
            step[i] = (struct step){ (int)i * 400, BA, CN, HA, .home = step[i].home,
                .id = step[i].id, .verdict = rand() % 8 == 0 ? MIPRO_BAD : MIPRO_GOOD };
    }
    config.max_homes = max_homes;
    config.shards = 1;
    history_begin(&plain, &config);
    history_begin(&looked, &config);
    for (unsigned i = 0; i < N + AHEAD; i++) {
        const struct step *s = i < AHEAD ? NULL : &step[i - AHEAD];

        mipro_ahead_slot(looked.c, &ahead[i], step[i].home, i);
        if (i >= AHEAD - found)
            mipro_ahead_home(
                &ahead[i + found - AHEAD], step[i + found - AHEAD].home, i + found - AHEAD);
        if (s == NULL)
            continue;
        looked.ahead = i % 50 != 0 ? &ahead[i - AHEAD] : NULL;
        mipro_ahead_records(&ahead[i - AHEAD]);
        history_step(&plain, s, i);
        history_step(&looked, s, i);
        findings += plain.n_found;
        if (!same_findings(&plain, &looked) ||
            mipro_conduct_dropped(plain.c) != mipro_conduct_dropped(looked.c))
            fail_msg("step %u", i);
        plain.n_found = looked.n_found = 0;
    }
    assert_true((mipro_conduct_dropped(plain.c) > 1000) == (max_homes < homes));
    assert_true(findings > 1000);
    history_end(&plain);
    history_end(&looked);
}

static void
looking_ahead_changes_nothing(void **state)
{
    (void)state;
    look_ahead(40, 32, 8);
    look_ahead(40, 32, 0);
    look_ahead(4000, 8000, 8); /* the table grows several times */
    look_ahead(4000, 8000, 0);
}

/* A frame may contain a tunnelled packet and a message, and the caller reports both. */
static void
a_frame_reported_twice_does_not_confirm_its_own_time(void **state)
{
    const struct step one = { 0, BU, HA, CN, .life = 60, .coa = FA1, .flags = MIPRO_BU_A };
    const int64_t far = INT64_C(9000000) * MIPRO_SECOND;
    struct history h;

    (void)state;
    history_begin(&h, NULL);
    history_step(&h, &one, 1);
    mipro_conduct_tunnel(h.c, 2, far, CN2, FA3, HOME2);
    mipro_conduct_tick(h.c, 2, far);
    mipro_conduct_tick(h.c, 3, 4 * MIPRO_SECOND);
    assert_int_equal(mipro_conduct_clock(h.c), 4 * MIPRO_SECOND);
    mipro_conduct_tick(h.c, 4, 11 * MIPRO_SECOND);
    mipro_conduct_flush(h.c);
    assert_int_equal(h.n_found, 1);
    history_end(&h);
}

/* Timestamps may have any value: time only goes forward, and nothing waits in memory forever. */
static void
no_timestamp_turns_the_clock_back(void **state)
{
    static const int64_t stamps[] = { 0, INT64_MAX, INT64_MAX, INT64_MIN + 1, INT64_MIN + 2, 0, 1,
        INT64_MAX / 2, INT64_MAX / 2 + 1, MIPRO_TIME_NONE, -1, 0 };
    struct history h;
    int64_t clock = INT64_MIN;

    (void)state;
    history_begin(&h, NULL);
    for (size_t i = 0; i < COUNT(stamps) * COUNT(stamps); i++) {
        mipro_conduct_tick(h.c, 2 * i + 1, stamps[i % COUNT(stamps)]);
        assert_true(mipro_conduct_clock(h.c) >= clock);
        clock = mipro_conduct_clock(h.c);
        mipro_conduct_tick(h.c, 2 * i + 2, stamps[i / COUNT(stamps)]);
        assert_true(mipro_conduct_clock(h.c) >= clock);
        clock = mipro_conduct_clock(h.c);
    }
    history_end(&h);
}

/* One home address with endless ends, identifications and targets. */
static void
one_home_address_is_bounded_too(void **state)
{
    struct history h;

    (void)state;
    history_begin(&h, NULL);
    for (uint32_t i = 0; i < 20000; i++) {
        struct step s[] = {
            { 0, BU, HA + i, CN + i, .life = 60, .coa = FA2, .flags = A, .id = i + 1,
                .replay = MIPRO_REPLAY_TIMESTAMP },
            { 0, BR, CN + i, HA, .id = i + 1 },
            { 0, BW, FA1 + i, HA, .target = { i + 1, i + 2 } },
            { 0, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = i + 1,
                .pfan = { FA1, FA2, 30, (uint8_t)i, MIPRO_BAD } },
        };

        history_step(&h, &s[i % COUNT(s)], i + 1);
    }
    assert_true(mipro_conduct_dropped(h.c) > 0);
    history_end(&h);
    if (h.fault != NULL)
        fail_msg("%s", h.fault);
}

static void
an_acknowledge_is_read_by_the_update_that_it_answers(void **state)
{
    struct history h;
    struct step with = { 0, BU, HA, CN, .life = 60, .coa = FA2, .id = 5 };
    struct step without = { 1, BU, HA, CN, .life = 60, .coa = FA2 };
    struct step cut = { 2, BU, HA, CN2, .life = 60, .coa = FA2, .id = 5, .lacks = 30 };

    (void)state;
    history_begin(&h, NULL);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN, HA, HOME), MIPRO_IDENT_UNKNOWN);
    history_step(&h, &with, 1);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN, HA, HOME), MIPRO_IDENT_PRESENT);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN, HOME, HOME), MIPRO_IDENT_PRESENT);
    assert_int_equal(mipro_conduct_ident_hint(h.c, HA, CN, HOME), MIPRO_IDENT_UNKNOWN);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN, HA, HOME2), MIPRO_IDENT_UNKNOWN);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN2, HA, HOME), MIPRO_IDENT_UNKNOWN);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN, FA1, HOME), MIPRO_IDENT_UNKNOWN);
    history_step(&h, &without, 2);
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN, HA, HOME), MIPRO_IDENT_ABSENT);
    history_step(&h, &cut, 3);
    /* The I bit was captured, and decides. */
    assert_int_equal(mipro_conduct_ident_hint(h.c, CN2, HA, HOME), MIPRO_IDENT_PRESENT);
    history_end(&h);
}

static void
a_node_believes_the_last_update(void **state)
{
    static const struct {
        const char *name;
        struct step step;
        struct mipro_belief after;
    } rows[] = {
        { "the first", { 0, BU, HA, CN, .life = 60, .coa = FA1 },
            { .frame = 1, .coa = FA1, .expires = 60 * MIPRO_SECOND } },
        { "a retransmission", { 10, BU, HA, CN, .life = 60, .coa = FA1 },
            { .frame = 1, .coa = FA1, .expires = 60 * MIPRO_SECOND } },
        { "a second", { 1000, BU, HA, CN, .life = 0xffff, .coa = FA2 },
            { .frame = 3,
                .coa = FA2,
                .expires = INT64_MAX,
                .had_previous = true,
                .previous_frame = 1 } },
        { "a forged one", { 2000, BU, HA, CN, .life = 9, .coa = FA3, .verdict = MIPRO_BAD },
            { .frame = 3,
                .coa = FA2,
                .expires = INT64_MAX,
                .had_previous = true,
                .previous_frame = 1 } },
        { "one without authenticator",
            { 2000, BU, HA, CN, .life = 9, .coa = FA3, .verdict = MIPRO_MISSING },
            { .frame = 3,
                .coa = FA2,
                .expires = INT64_MAX,
                .had_previous = true,
                .previous_frame = 1 } },
        { "from another", { 3000, BU, FA1, CN, .life = 10, .coa = FA3, .flags = A },
            { .frame = 6,
                .coa = FA3,
                .expires = 13 * MIPRO_SECOND,
                .had_previous = true,
                .previous_frame = 3 } },
        { "which is refused", { 3001, BA, CN, FA1, .status = 130 },
            { .frame = 3,
                .coa = FA2,
                .expires = INT64_MAX,
                .had_previous = true,
                .previous_frame = 1 } },
        { "a deletion", { 4000, BU, HA, CN, .life = 0, .coa = HOME },
            { .frame = 8,
                .coa = HOME,
                .expires = 4 * MIPRO_SECOND,
                .deletes = true,
                .had_previous = true,
                .previous_frame = 3 } },
        { "after a deletion", { 14000, BU, HA, CN, .life = 5, .coa = FA1 },
            { .frame = 9, .coa = FA1, .expires = 19 * MIPRO_SECOND } },
        { "after its end", { 34000, BU, HA, CN, .life = 5, .coa = FA2 },
            { .frame = 10, .coa = FA2, .expires = 39 * MIPRO_SECOND } },
    };
    struct mipro_belief b;
    struct history h;

    (void)state;
    history_begin(&h, NULL);
    assert_false(mipro_conduct_belief(h.c, CN, HOME, &b));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mipro_belief *want = &rows[i].after;

        history_step(&h, &rows[i].step, i + 1);
        if (!mipro_conduct_belief(h.c, CN, HOME, &b))
            fail_msg("%s: no binding is believed", rows[i].name);
        if (b.frame != want->frame || b.coa != want->coa || b.expires != want->expires ||
            b.deletes != want->deletes || b.had_previous != want->had_previous ||
            b.previous_frame != want->previous_frame)
            fail_msg("%s: frame %u, care-of 0x%08x, expires %lld, deletes %d, previous %u",
                rows[i].name, (unsigned)b.frame, b.coa, (long long)b.expires, b.deletes,
                (unsigned)b.previous_frame);
    }
    history_end(&h);
}

/* However often the clock is set back, later messages are remembered. */
static void
endless_steps_back_forget_no_more_than_necessary(void **state)
{
    enum { STEPS = 70000 };
    struct history h;
    uint64_t frame = 0;

    (void)state;
    history_begin(&h, NULL);
    for (int i = 0; i < STEPS; i++) {
        history_step(&h, &(struct step){ 10000, TUN, CN, FA3 }, ++frame);
        history_step(&h, &(struct step){ 0, TUN, CN, FA3 }, ++frame);
        history_step(&h, &(struct step){ 1, TUN, CN, FA3 }, ++frame);
    }
    history_step(&h,
        &(struct step){ 2000, BU, HA, CN, .coa = FA2, .life = 60, .id = 7, .verdict = MIPRO_BAD },
        ++frame);
    history_step(&h, &(struct step){ 2100, BA, CN, HA, .id = 7 }, ++frame);
    history_step(&h, &(struct step){ 3200, TUN, CN, FA3 }, ++frame);
    assert_int_equal(h.n_found, 1);
    assert_int_equal(h.found[0].rule, MIPRO_RULE_FORGED_ACCEPTED);
    history_end(&h);
    if (h.fault != NULL)
        fail_msg("%s", h.fault);
}

/* Each asks a new agent that advertised without S; the most recently heard agents are known. */
static void
agents_that_advertise_are_bounded(void **state)
{
    enum { AGENTS = 5000, KNOWN = 4096 };
    struct mipro_conduct_totals totals;
    struct history h;
    uint64_t frame = 0;

    (void)state;
    history_begin(&h, NULL);
    for (uint32_t i = 0; i < AGENTS; i++) {
        struct step s = { 0, ADV, 0x0b000000 + i * 512, .flags = MIPRO_ADV_F };

        history_step(&h, &s, ++frame);
    }
    assert_int_equal(mipro_conduct_dropped(h.c), AGENTS - KNOWN);
    mipro_conduct_totals(h.c, &totals);
    assert_int_equal(totals.dropped[MIPRO_DROPPED_AGENTS], AGENTS - KNOWN);
    for (uint32_t i = AGENTS - 4; i < AGENTS + 2; i++) {
        uint32_t agent = 0x0b000000 + i % AGENTS * 512;
        struct step s = { 0, RRQ, HOME, agent, .life = 600, .coa = agent, .id = i,
            .pfan = { FA1, agent, 30, 0x77 } };

        history_step(&h, &s, ++frame);
    }
    history_step(&h, &(struct step){ 5000, TUN, CN, FA3 }, ++frame); /* after the tolerance */
    assert_int_equal(h.n_found, 4);
    for (size_t i = 0; i < h.n_found; i++)
        assert_int_equal(h.found[i].related[0], AGENTS - 4 + i + 1);
    history_end(&h);
    if (h.fault != NULL)
        fail_msg("%s", h.fault);
}

static void
rates_are_what_the_user_says(void **state)
{
    static const struct {
        unsigned n;
        int64_t interval;
        unsigned messages;
        int ms; /* between messages */
        size_t found;
    } rows[] = {
        { 0, MIPRO_SECOND, 3, 5000, 3 },
        { 1, MIPRO_SECOND, 3, 999, 2 },
        { 1, MIPRO_SECOND, 3, 1000, 0 },
        { 12, 10 * MIPRO_SECOND, 13, 1, 1 },
        { 100000, 10 * MIPRO_SECOND, 1010, 1, 10 },
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        struct mipro_conduct_config config = history_config();
        bool warnings = i >= COUNT(rows);
        size_t row = i % COUNT(rows);
        struct mipro_rate rate = { rows[row].n, rows[row].interval };
        struct history h;

        if (warnings)
            config.warning_rate = rate;
        else
            config.update_rate = rate;
        history_begin(&h, &config);
        for (unsigned k = 0; k < rows[row].messages; k++) {
            struct step s = update(HOME, FA1, (int)k * rows[row].ms);

            if (warnings)
                s = (struct step){ s.ms, BW, FA1, HA, .target = { 0xe0000001u } };
            history_step(&h, &s, k + 1);
        }
        if (h.n_found != rows[row].found)
            fail_msg("%u %s, %d ms apart, at most %u: %zu findings", rows[row].messages,
                warnings ? "warnings" : "updates", rows[row].ms, rows[row].n, h.n_found);
        history_end(&h);
    }
}

/* In draft -09, 36 is the draft's own extension in 16-19; in a registration it is like 32. */
static void
a_registration_with_36_is_replayed_on_any_hop(void **state)
{
    struct mipro_conduct_config config = history_config();
    const struct step steps[] = {
        { 0, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 7, .ext = 36,
            .replay = MIPRO_REPLAY_TIMESTAMP },
        { 1, RRQ, HOME, FA1, .life = 600, .coa = FA1, .id = 8, .ext = 36,
            .replay = MIPRO_REPLAY_TIMESTAMP },
        { 10000, RRQ, FA1, HA, .life = 600, .coa = FA1, .id = 7, .ext = 36,
            .replay = MIPRO_REPLAY_TIMESTAMP },
    };
    struct history h;

    (void)state;
    config.set.draft = MIPRO_DRAFT_09;
    history_begin(&h, &config);
    for (size_t i = 0; i < COUNT(steps); i++)
        history_step(&h, &steps[i], i + 1);
    assert_int_equal(h.n_found, 1);
    assert_int_equal(h.found[0].rule, MIPRO_RULE_REPLAY);
    assert_int_equal(h.found[0].frame, 3);
    history_end(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_address_in_use_outlives_those_that_are_not),
        cmocka_unit_test(home_addresses_that_were_not_dropped_are_found),
        cmocka_unit_test(looking_ahead_changes_nothing),
        cmocka_unit_test(a_frame_reported_twice_does_not_confirm_its_own_time),
        cmocka_unit_test(no_timestamp_turns_the_clock_back),
        cmocka_unit_test(one_home_address_is_bounded_too),
        cmocka_unit_test(an_acknowledge_is_read_by_the_update_that_it_answers),
        cmocka_unit_test(a_node_believes_the_last_update),
        cmocka_unit_test(endless_steps_back_forget_no_more_than_necessary),
        cmocka_unit_test(agents_that_advertise_are_bounded),
        cmocka_unit_test(rates_are_what_the_user_says),
        cmocka_unit_test(a_registration_with_36_is_replayed_on_any_hop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
