/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes without a home address, which are known by their NAI until a reply assigns one. */
#include "history.h"

/* A row overrides what its macro says, and leaves out what is zero. */
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define STEPS 12
#define ALICE "alice@example.net"
#define BOB "bob@example.net"
/* A timestamp of this second of the history. */
#define T(second) ((UINT64_C(2208988800) + (second)) << 32 | 0x1234567u)
#define MN 0u /* the node's own source address */

/* Without a home address; from its agent to the home agent, and back. */
#define ASK(time, name, ident, ...)                                                                \
    {                                                                                              \
        time, RRQ, FA1, HA, .home = NO_HOME, .life = 60, .coa = FA1, .id = ident, .nai = name,     \
                            .replay = MIPRO_REPLAY_TIMESTAMP, __VA_ARGS__                          \
    }
#define ANSWER(time, name, ident, ...)                                                             \
    {                                                                                              \
        time, RRP, HA, FA1, .life = 60, .id = ident, .nai = name,                                  \
                            .replay = MIPRO_REPLAY_TIMESTAMP, __VA_ARGS__                          \
    }
#define UPDATE(time, ...)                                                                          \
    {                                                                                              \
        time, BU, HA, CN, .life = 10, .coa = FA1, .id = 9, __VA_ARGS__                             \
    }
/* Time passes, and nobody does anything that a rule looks at. */
#define LATER(ms)                                                                                  \
    {                                                                                              \
        ms, TUN, CN2, FA3, .home = HOME2                                                           \
    }

struct row {
    const char *name;
    struct step steps[STEPS];
    struct {
        enum mipro_rule rule; /* MIPRO_RULES: nothing is found */
        uint64_t frame, related[2];
        const char *nai;
    } expect;
    unsigned undecided;
};

#define NOTHING                                                                                    \
    {                                                                                              \
        MIPRO_RULES, 0, { 0 }, NULL                                                                \
    }
#define FIND(rule, frame, nai, ...)                                                                \
    {                                                                                              \
        MIPRO_RULE_##rule, frame, { __VA_ARGS__ }, nai                                             \
    }

static char long_one[256], long_other[256];

/* clang-format off */
static const struct row rows[] = {
    { "an address is assigned",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0)), LATER(9000) },
      NOTHING, 0 },
    { "a foreign agent passes on the request and the reply",
      { ASK(0, ALICE, T(0), .src = MN, .dst = FA1), ASK(5, ALICE, T(0)), ANSWER(10, ALICE, T(0)),
        ANSWER(15, ALICE, T(0), .src = FA1, .dst = HOME), LATER(9000) },
      NOTHING, 0 },
    { "any home address may be assigned, and 255.255.255.255 is none either",
      { ASK(0, ALICE, T(0), .home = ROUTER), ANSWER(10, ALICE, T(0), .home = HOME2), LATER(9000) },
      NOTHING, 0 },
    { "a reply without an NAI: what it answers is not known",
      { ASK(0, ALICE, T(0)), ANSWER(10, NULL, T(0)), LATER(9000) },
      NOTHING, 1 },
    { "a reply that is captured before its request is undecided",
      { ANSWER(0, ALICE, T(0)), ASK(10, ALICE, T(0)), LATER(9000) },
      NOTHING, 1 },
    { "a request that has neither home address nor NAI is not judged",
      { ASK(0, NULL, T(0)), ASK(10, NULL, T(0), .coa = FA2), LATER(9000) },
      NOTHING, 0 },

    /* replay */
    { "an identification is used again by its node",
      { ASK(0, ALICE, T(0)), ASK(10, ALICE, T(0), .coa = FA2), LATER(9000) },
      FIND(REPLAY, 2, ALICE, 1), 0 },
    { "an identification is used by another node too",
      { ASK(0, ALICE, T(0)), ASK(10, BOB, T(0), .coa = FA2), LATER(9000) },
      NOTHING, 0 },
    { "the realm has no case",
      { ASK(0, "alice@EXAMPLE.net", T(0)), ASK(10, ALICE, T(0), .coa = FA2), LATER(9000) },
      FIND(REPLAY, 2, ALICE, 1), 0 },
    { "the user part has",
      { ASK(0, "Alice@example.net", T(0)), ASK(10, ALICE, T(0), .coa = FA2), LATER(9000) },
      NOTHING, 0 },
    { "0.0.0.0 and 255.255.255.255 are the same node's",
      { ASK(0, ALICE, T(0)), ASK(10, ALICE, T(0), .home = ROUTER), LATER(9000) },
      FIND(REPLAY, 2, ALICE, 1), 0 },
    { "an NAI may hold NUL octets, and differ after them",
      { ASK(0, "a\0b@c", T(0), .nai_len = 5), ASK(10, "a\0x@c", T(0), .nai_len = 5, .coa = FA2), LATER(9000) },
      NOTHING, 0 },
    { "an NAI may hold NUL octets, and be the same",
      { ASK(0, "a\0b@c", T(0), .nai_len = 5), ASK(10, "a\0b@c", T(0), .nai_len = 5, .coa = FA2), LATER(9000) },
      FIND(REPLAY, 2, "a\\x00b@c", 1), 0 },
    { "an NAI need not be UTF-8",
      { ASK(0, "\xff\x80", T(0)), ASK(10, "\xff\x80", T(0), .coa = FA2), LATER(9000) },
      FIND(REPLAY, 2, "\\xff\\x80", 1), 0 },
    { "NAIs of 255 octets differ in the last",
      { ASK(0, long_one, T(0)), ASK(10, long_other, T(0), .coa = FA2), LATER(9000) },
      NOTHING, 0 },
    { "one NAI is the beginning of another",
      { ASK(0, "a", T(0)), ASK(10, "a\0", T(0), .nai_len = 2, .coa = FA2), LATER(9000) },
      NOTHING, 0 },
    { "a timestamp goes back, and is accepted",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(10000, ALICE, T(2)), ANSWER(10010, ALICE, T(2)), LATER(20000) },
      FIND(REPLAY, 3, ALICE, 1), 0 },
    { "a timestamp goes back, and is refused",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(10000, ALICE, T(2)), ANSWER(10010, ALICE, T(2), .status = 133), LATER(20000) },
      NOTHING, 1 },
    { "the timestamp of another node is older",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(10000, BOB, T(2)), ANSWER(10010, BOB, T(2)), LATER(20000) },
      NOTHING, 0 },
    { "what is bad moves nothing",
      { ASK(0, ALICE, T(0)), ASK(10, ALICE, T(0), .coa = FA2, .verdict = MIPRO_BAD), LATER(9000) },
      NOTHING, 0 },

    /* reply-mismatch */
    { "the reply has another identification",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0) ^ 1), LATER(9000) },
      FIND(REPLY_MISMATCH, 2, ALICE, 1), 0 },
    { "the reply has another home agent",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0), .agent = CN), LATER(9000) },
      FIND(REPLY_MISMATCH, 2, ALICE, 1), 0 },
    { "no home agent was named, so any will do",
      { ASK(0, ALICE, T(0), .agent = ROUTER), ANSWER(10, ALICE, T(0)), LATER(9000) },
      NOTHING, 0 },
    { "the right reply follows",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0) ^ 1), ANSWER(20, ALICE, T(0)), LATER(9000) },
      NOTHING, 1 },
    { "the reply with another identification is another node's",
      { ASK(0, ALICE, T(0)), ASK(5, BOB, T(0) ^ 2), ANSWER(8, BOB, T(0) ^ 2), ANSWER(10, BOB, T(0) ^ 1), LATER(9000) },
      NOTHING, 1 },
    { "a reply to a later request of the node, which has a home address by now",
      { ASK(0, ALICE, 0x100000001, .replay = MIPRO_REPLAY_NONCE),
        ASK(10, ALICE, 0x700000009, .home = HOME, .replay = MIPRO_REPLAY_NONCE),
        ANSWER(20, ALICE, 0x800000009, .replay = MIPRO_REPLAY_NONCE), LATER(9000) },
      NOTHING, 0 },

    /* 131, and what is forged */
    { "a genuine request is refused",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0), .home = NO_HOME, .status = 131), LATER(9000) },
      FIND(GENUINE_REFUSED, 2, ALICE, 1), 0 },
    { "another node's request is refused",
      { ASK(0, ALICE, T(0)), ASK(5, BOB, T(0), .verdict = MIPRO_NO_KEY),
        ANSWER(10, BOB, T(0), .home = NO_HOME, .status = 131), LATER(9000) },
      NOTHING, 0 },
    { "a forged request is granted",
      { ASK(0, ALICE, T(0), .verdict = MIPRO_BAD), ANSWER(10, ALICE, T(0)), LATER(9000) },
      FIND(FORGED_ACCEPTED, 2, ALICE, 1), 0 },
    { "one node's request is forged, another's granted",
      { ASK(0, ALICE, T(0), .verdict = MIPRO_BAD), ASK(5, BOB, T(0)), ANSWER(10, BOB, T(0)), LATER(9000) },
      NOTHING, 0 },

    /* under the assigned home address */
    { "a private registration goes on under the assigned home address",
      { ASK(0, ALICE, T(0), .flags = P), ANSWER(10, ALICE, T(0)), UPDATE(2000), LATER(20000) },
      FIND(PRIVACY, 3, NULL, 1, 2), 0 },
    { "one that is not private too",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0)), UPDATE(2000), LATER(20000) },
      NOTHING, 0 },
    { "another node's registration is private",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0)), ASK(20, BOB, T(0), .flags = P),
        ANSWER(30, BOB, T(0), .home = HOME2), UPDATE(2000), LATER(20000) },
      NOTHING, 0 },
    { "what an update tells is limited by what was granted",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0), .life = 7), UPDATE(2000, .life = 100), LATER(20000) },
      FIND(LIFETIME_EXCEEDS, 3, NULL, 1, 2), 0 },
    { "its timestamps go on",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(10000, ALICE, T(2), .home = HOME),
        ANSWER(10010, ALICE, T(2)), LATER(20000) },
      FIND(REPLAY, 3, NULL, 1), 0 },
    { "its timestamps go on though the NAI is left out",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(10000, NULL, T(2), .home = HOME),
        ANSWER(10010, NULL, T(2)), LATER(20000) },
      FIND(REPLAY, 3, NULL, 1), 0 },
    { "the home agent was not named when they began",
      { ASK(9000, ALICE, T(9), .agent = ROUTER), ANSWER(9010, ALICE, T(9)),
        ASK(10000, ALICE, T(2), .home = HOME), ANSWER(10010, ALICE, T(2)), LATER(20000) },
      FIND(REPLAY, 3, NULL, 1), 0 },
    { "a request without an address returns after newer ones with one",
      { ASK(0, ALICE, T(0)), ANSWER(10, ALICE, T(0)), ASK(2000, ALICE, T(2), .home = HOME),
        ANSWER(2010, ALICE, T(2)), ASK(4000, ALICE, T(0)), LATER(20000) },
      FIND(REPLAY, 5, ALICE, 1), 0 },
    { "another node is given the home address, and its clock is behind",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(12000, BOB, T(2)), ANSWER(12010, BOB, T(2)),
        ASK(14000, BOB, T(4), .home = HOME), ANSWER(14010, BOB, T(4)), LATER(20000) },
      NOTHING, 0 },
    { "another node is given the home address, under another extension",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(12000, BOB, T(2), .ext = 33), ANSWER(12010, BOB, T(2)),
        ASK(14000, BOB, T(4), .home = HOME), ANSWER(14010, BOB, T(4)), LATER(20000) },
      NOTHING, 0 },
    { "another node is given the home address, for a shorter time",
      { ASK(0, ALICE, T(0), .life = 600), ANSWER(10, ALICE, T(0), .life = 600), ASK(2000, BOB, T(2), .flags = MIPRO_RRQ_S),
        ANSWER(2010, BOB, T(2), .life = 7), UPDATE(4000, .life = 100), LATER(20000) },
      FIND(LIFETIME_EXCEEDS, 5, NULL, 3, 4), 0 },
    { "another node is given the home address, as only its next request shows",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(12000, BOB, T(2)),
        ASK(14000, BOB, T(4), .home = HOME), ANSWER(14010, BOB, T(4)), LATER(20000) },
      NOTHING, 0 },
    { "two nodes have the home address by turns, and one of them goes back",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(12000, BOB, T(2)), ANSWER(12010, BOB, T(2)),
        ASK(14000, ALICE, T(14), .home = HOME), ANSWER(14010, ALICE, T(14)),
        ASK(16000, BOB, T(1), .home = HOME), ANSWER(16010, BOB, T(1)), LATER(30000) },
      FIND(REPLAY, 7, NULL, 3), 0 },
    { "whether another node was given the home address of a private one is not known",
      { ASK(0, ALICE, T(0), .flags = P), ANSWER(10, ALICE, T(0)), ASK(2000, BOB, T(2)), UPDATE(4000), LATER(20000) },
      NOTHING, 1 },
    { "another node was given another home address than that of a private one",
      { ASK(0, ALICE, T(0), .flags = P), ANSWER(10, ALICE, T(0)), ASK(2000, BOB, T(2)),
        ANSWER(2010, BOB, T(2), .home = HOME2), UPDATE(4000), LATER(20000) },
      FIND(PRIVACY, 5, NULL, 1, 2), 0 },
    { "a home address that was not assigned is nobody else's",
      { ASK(0, ALICE, T(0), .flags = P, .home = HOME), ANSWER(10, ALICE, T(0)), ASK(2000, BOB, T(2)), UPDATE(4000), LATER(20000) },
      FIND(PRIVACY, 4, NULL, 1, 2), 0 },
    { "the same node is given the home address again, and keeps both bindings",
      { ASK(0, ALICE, T(0), .life = 600), ANSWER(10, ALICE, T(0), .life = 600), ASK(2000, ALICE, T(2), .flags = MIPRO_RRQ_S, .coa = FA2),
        ANSWER(2010, ALICE, T(2), .life = 7), UPDATE(4000, .life = 100), LATER(20000) },
      NOTHING, 0 },
    { "a node is given another home address, and its timestamps go on there",
      { ASK(9000, ALICE, T(9)), ANSWER(9010, ALICE, T(9)), ASK(10000, ALICE, T(10)),
        ANSWER(10010, ALICE, T(10), .home = HOME2), ASK(12000, ALICE, T(3), .home = HOME2),
        ANSWER(12010, ALICE, T(3), .home = HOME2), LATER(20000) },
      FIND(REPLAY, 5, NULL, 3), 0 },
    { "a handoff without a home address is not followed",
      { ASK(0, ALICE, T(0), .pfan = { FA2, FA1, 60, 1, MIPRO_GOOD }), ANSWER(10, ALICE, T(0)), LATER(20000) },
      NOTHING, 0 },
};
/* clang-format on */

static void
check_row(const struct row *r, unsigned shards, unsigned parts)
{
    struct mipro_conduct_totals totals;
    uint64_t undecided = 0, copies = 0;
    size_t n_found = 0;
    struct history h;

    for (unsigned part = 0; part < parts; part++) {
        struct mipro_conduct_config config = history_config();

        config.shards = shards;
        config.part = part;
        config.parts = parts > 1 ? parts : 0;
        history_begin(&h, &config);
        mipro_conduct_tick(h.c, 0, -30 * MIPRO_SECOND);
        for (size_t i = 0; i < STEPS && r->steps[i].kind != STOP; i++)
            history_step(&h, &r->steps[i], i + 1);
        mipro_conduct_end(h.c);
        mipro_conduct_totals(h.c, &totals);
        mipro_conduct_free(h.c);
        undecided += mipro_undecided_of_all(&totals);
        copies += totals.copies;
        if (h.fault != NULL)
            fail_msg("%s: %s", r->name, h.fault);
        for (size_t i = 0; i < h.n_found; i++, n_found++) {
            const struct mipro_finding *f = &h.found[i];
            const struct step *s = &r->steps[f->frame - 1];
            uint32_t home = s->home == NO_HOME ? 0 : s->home != 0 ? s->home : HOME;

            if (n_found != 0 || f->rule != r->expect.rule || f->frame != r->expect.frame)
                fail_msg("%s: frame %u has %s (%s), and should not", r->name, (unsigned)f->frame,
                    mipro_rule_def(f->rule)->id, f->text);
            if (f->home != home)
                fail_msg("%s: it is about another home address", r->name);
            for (unsigned k = 0; k < COUNT(r->expect.related); k++)
                if ((k < f->n_related ? f->related[k] : 0) != r->expect.related[k])
                    fail_msg("%s: related is not what it should be: %s", r->name, f->text);
            if ((f->nai == NULL) != (r->expect.nai == NULL) ||
                (f->nai != NULL && strcmp(f->nai, r->expect.nai) != 0))
                fail_msg("%s: the node is %s", r->name, f->nai != NULL ? f->nai : "not named");
            if (f->nai != NULL && strstr(f->text, f->nai) == NULL)
                fail_msg("%s: nothing is said of the node: %s", r->name, f->text);
        }
    }
    if (n_found == 0 && r->expect.rule != MIPRO_RULES)
        fail_msg("%s: %s is not found", r->name, mipro_rule_def(r->expect.rule)->id);
    if (undecided != r->undecided || copies != 0)
        fail_msg("%s: %u cases are undecided, not %u", r->name, (unsigned)undecided, r->undecided);
}

static void
fill_long_ones(void)
{
    memset(long_one, 'n', 255);
    memset(long_other, 'n', 255);
    long_other[254] = 'm';
}

static void
nodes_without_a_home_address_are_told_apart_by_their_names(void **state)
{
    (void)state;
    fill_long_ones();
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i], 0, 1);
}

/* 0.0.0.0, the assigned address and the others may be in the same part or in different ones. */
static void
parts_find_together_what_one_machine_finds(void **state)
{
    (void)state;
    fill_long_ones();
    for (size_t i = 0; i < COUNT(rows); i++)
        for (unsigned parts = 2; parts <= 64; parts = parts < 8 ? parts + 1 : 2 * parts)
            check_row(&rows[i], 64, parts);
}

/* What had to be dropped is counted, and leads to no finding. */
static void
nodes_give_way_to_others_and_blame_nobody(void **state)
{
    struct mipro_conduct_config config = history_config();
    struct mipro_conduct_totals totals;
    struct history h;
    char name[16];
    uint64_t frame = 0;

    (void)state;
    config.max_homes = 64;
    history_begin(&h, &config);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 1000; i++) {
            const struct step ask = ASK((int)(60000 * round + i), name, T(60 * round));

            snprintf(name, sizeof(name), "%u@example.net", i);
            history_step(&h, &ask, ++frame);
        }
    mipro_conduct_totals(h.c, &totals);
    assert_true(totals.dropped[MIPRO_DROPPED_HOMES] > 1800);
    history_end(&h);
    assert_null(h.fault);
    assert_int_equal(h.n_found, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_without_a_home_address_are_told_apart_by_their_names),
        cmocka_unit_test(parts_find_together_what_one_machine_finds),
        cmocka_unit_test(nodes_give_way_to_others_and_blame_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
