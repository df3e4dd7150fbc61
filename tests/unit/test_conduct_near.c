/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Near misses: histories where one value, one condition or one octet makes the difference
 * between a finding and none.  Each row detects an edit of tests/mutants/table.
 */
#include "history.h"

/* A row overrides members of its macro, and omits those that are zero. */
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define LATER(ms)                                                                                  \
    {                                                                                              \
        ms, TUN, CN2, FA3, .home = HOME2                                                           \
    }
#define UPDATE(ms, ...)                                                                            \
    {                                                                                              \
        ms, BU, HA, CN, .life = 60, .coa = FA2, .flags = A, __VA_ARGS__                            \
    }
#define ACK(ms, ...)                                                                               \
    {                                                                                              \
        ms, BA, CN, HA, __VA_ARGS__                                                                \
    }
#define MOVE(ms, ...)                                                                              \
    {                                                                                              \
        ms, RRQ, HOME, FA2, .life = 600, .coa = FA2, .id = 1, .pfan = { FA1, FA2, 30, 0x77 },      \
                            __VA_ARGS__                                                            \
    }
#define MOVED(ms)                                                                                  \
    {                                                                                              \
        ms, RRP, HA, FA2, .life = 600, .id = 1                                                     \
    }
#define TELL(ms, ...)                                                                              \
    {                                                                                              \
        ms, BU, FA2, FA1, .life = 30, .coa = FA2, .flags = A, .mac = 0x77, __VA_ARGS__             \
    }

/* clang-format off */
static const struct row {
    const char *name;
    int tolerance; /* seconds; 0: nearly none */
    struct step steps[8];
    enum mipro_rule rule; /* the only finding; MIPRO_RULES: none */
    uint64_t frame;
} rows[] = {
    { "an update three seconds back in time, with a tolerance of five", 5,
      { LATER(10000), UPDATE(7000, .id = 7), LATER(20000) },
      MIPRO_RULE_UPDATE_UNACKNOWLEDGED, 2 },
    { "the same with a tolerance of two: its time is unknown", 2,
      { LATER(10000), UPDATE(7000, .id = 7), LATER(20000) },
      MIPRO_RULES, 0 },
    { "an acknowledge that is the first frame after 100 seconds", 0,
      { UPDATE(0, .id = 7), ACK(100000, .id = 7), LATER(120000) },
      MIPRO_RULES, 0 },
    { "a forged registration whose reply, captured before it, grants without simultaneous bindings", 2,
      { LATER(0), { 20000, RRP, HA, HOME, .life = 600, .id = 1, .status = 1 }, { 20500, RRQ, HOME, HA, .life = 600, .coa = FA2, .id = 1, .verdict = MIPRO_BAD }, LATER(30000) },
      MIPRO_RULE_FORGED_ACCEPTED, 2 },
    { "after 100 seconds the time limit starts again", 0,
      { UPDATE(0, .id = 7), LATER(100000), LATER(105001) },
      MIPRO_RULE_UPDATE_UNACKNOWLEDGED, 1 },
    { "the identification of an acknowledge with an octet too many is not compared", 0,
      { UPDATE(0, .id = 7), ACK(10, .id = 8, .tail = true), LATER(9000) },
      MIPRO_RULES, 0 },
    { "a reply with an older identification than the previous reply", 0,
      { { 0, RRQ, HOME, HA, .life = 300, .coa = FA2, .id = 50 }, { 1, RRQ, HOME, HA, .life = 300, .coa = FA2, .id = 100 },
        { 2, RRP, HA, HOME, .life = 300, .id = 100, .replay = MIPRO_REPLAY_TIMESTAMP },
        { 3, RRP, HA, HOME, .life = 300, .id = 50, .replay = MIPRO_REPLAY_TIMESTAMP }, LATER(9000) },
      MIPRO_RULES, 0 },
    { "the home agent, whose key is unknown, sends the previous agent a different update", 0,
      { MOVE(0), { 3, BU, HA, FA1, .life = 60, .coa = FA2, .verdict = MIPRO_NO_KEY }, TELL(5), { 8, BA, FA1, HOME }, MOVED(10), LATER(9000) },
      MIPRO_RULES, 0 },
    { "another node sends the previous agent a different update, with a good authenticator", 0,
      { MOVE(0), { 3, BU, FA3, FA1, .life = 60, .coa = FA3 }, TELL(5), { 8, BA, FA1, HOME }, MOVED(10), LATER(9000) },
      MIPRO_RULES, 0 },
};
/* clang-format on */

static void
each_row_is_judged_by_its_one_value(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct mipro_conduct_config config = history_config();
        struct history h;

        if (rows[r].tolerance != 0)
            config.tolerance = rows[r].tolerance * MIPRO_SECOND;
        history_begin(&h, &config);
        mipro_conduct_tick(h.c, 0, -30 * MIPRO_SECOND);
        for (size_t k = 0; k < COUNT(rows[r].steps) && rows[r].steps[k].kind != STOP; k++)
            history_step(&h, &rows[r].steps[k], k + 1);
        history_end(&h);
        if (h.fault != NULL)
            fail_msg("%s: %s", rows[r].name, h.fault);
        if (h.n_found != (rows[r].rule != MIPRO_RULES) ||
            (h.n_found == 1 &&
                (h.found[0].rule != rows[r].rule || h.found[0].frame != rows[r].frame)))
            fail_msg("%s: %zu found%s%s", rows[r].name, h.n_found, h.n_found != 0 ? ": " : "",
                h.n_found != 0 ? h.found[0].text : "");
    }
}

/* What a capture leaves open because it ends too early is counted for the rule that might be
 * broken. */
static void
a_mismatched_answer_is_undecided_under_its_own_rule(void **state)
{
    static const struct step steps[] = {
        { 0, BR, CN, HA, .id = 7 },
        UPDATE(10, .flags = 0, .id = 8),
    };

    (void)state;
    for (size_t n = 1; n <= COUNT(steps); n++) {
        struct mipro_conduct_totals totals;
        struct history h;

        history_begin(&h, NULL);
        mipro_conduct_tick(h.c, 0, -30 * MIPRO_SECOND);
        for (size_t k = 0; k < n; k++)
            history_step(&h, &steps[k], k + 1);
        mipro_conduct_end(h.c);
        mipro_conduct_totals(h.c, &totals);
        mipro_conduct_free(h.c);
        assert_int_equal(
            totals.undecided[MIPRO_RULE_REQUEST_UNANSWERED][MIPRO_UNDECIDED_END], n == 1);
        assert_int_equal(totals.undecided[MIPRO_RULE_ANSWER_MISMATCH][MIPRO_UNDECIDED_END], n == 2);
    }
}

/* Two extensions 35: a good one does not make up for a bad one, in either order. */
static void
one_bad_authenticator_makes_an_update_forged(void **state)
{
    static const struct step update = UPDATE(0, .id = 7), ack = ACK(10, .id = 7);

    (void)state;
    for (size_t bad = 0; bad < 2; bad++) {
        struct mipro_auth auth[2] = { 0 };
        struct mipro_message m;
        struct mipro_event ev = {
            .frame = 1, .src = HA, .dst = CN, .message = &m, .auth = auth, .n_auth = 2
        };
        struct octets b;
        struct history h;

        history_begin(&h, NULL);
        history_payload(&update, &b);
        for (size_t i = 0; i < 2; i++) {
            auth[i] = (struct mipro_auth){ .ext = 35,
                .off = b.n,
                .len = 22,
                .has_spi = true,
                .spi = 0x1000,
                .verdict = i == bad ? MIPRO_BAD : MIPRO_GOOD,
                .association = &history_associations[0] };
            put_mac(&b, 35, 0x1000, (uint8_t)(i + 1));
        }
        mipro_message_parse(&m, b.o, b.n, b.n, &h.config.set, MIPRO_IDENT_UNKNOWN);
        mipro_conduct_see(h.c, &ev);
        history_step(&h, &ack, 2);
        history_end(&h);
        if (h.n_found != 1 || h.found[0].rule != MIPRO_RULE_FORGED_ACCEPTED)
            fail_msg("the %s one is bad: %zu found", bad == 0 ? "first" : "second", h.n_found);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_judged_by_its_one_value),
        cmocka_unit_test(a_mismatched_answer_is_undecided_under_its_own_rule),
        cmocka_unit_test(one_bad_authenticator_makes_an_update_forged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
