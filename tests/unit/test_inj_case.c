/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>

#include "cases/case.h"
#include "cases/fuzz.h"
#include "mipro_rules.h"

static struct mipro_keyring *ring;
static struct mipro_settings set = MIPRO_SETTINGS;

static int
start(void **state)
{
    static const char keys[] =
        "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:0123456789abcdef\"\n";
    struct mipro_key_error error;

    (void)state;
    ring = mipro_keyring_parse(keys, strlen(keys), "keys", NULL, NULL, &error);
    return ring == NULL;
}

static int
finish(void **state)
{
    (void)state;
    mipro_keyring_free(ring);
    return 0;
}

static struct inj_world
world(uint64_t seed)
{
    struct inj_options o = { 0 };
    struct inj_world w;

    o.value[INJ_OPT_SOURCE] = (struct inj_value){ .given = true, .number = 0x0a010001 };
    o.value[INJ_OPT_DESTINATION] = (struct inj_value){ .given = true, .number = 0xc0000207 };
    o.value[INJ_OPT_SPI] = (struct inj_value){ .given = true, .number = 0x1000 };
    o.value[INJ_OPT_SEED] = (struct inj_value){ .given = true, .number = seed };
    assert_true(inj_world_begin(&w, &o, INJ_RECEIVER, &set, ring, INT64_C(919944000000000000)));
    return w;
}

/* The packets of a case: their number, and a checksum. */
struct tally {
    unsigned packets, judged;
    uint64_t octets;
};

static bool
count(void *ctx, const struct inj_packet *packet)
{
    struct tally *t = ctx;

    t->packets++;
    t->judged += packet->phase == INJ_JUDGED;
    for (size_t i = 0; i < packet->len; i++)
        t->octets = t->octets * 31 + packet->payload[i] + 1;
    return true;
}

static void
the_catalogue_has_all_cases_of_the_specification(void **state)
{
    static const struct {
        const char *group;
        unsigned n;
    } floor_of[] = { { "VAL", 7 }, { "LEN", 11 }, { "RSV", 5 }, { "FLG", 1 }, { "LIF", 5 },
        { "ADR", 8 }, { "IDN", 6 }, { "SPI", 4 }, { "AUT", 14 }, { "EXT", 12 }, { "PFA", 8 },
        { "ADV", 6 }, { "TYP", 2 }, { "NET", 11 }, { "RTE", 3 }, { "REG", 73 }, { "FWD", 23 },
        { "RPL", 14 } };
    unsigned total = 0;

    (void)state;
    for (size_t g = 0; g < COUNT(floor_of); g++) {
        for (unsigned i = 1; i <= floor_of[g].n; i++) {
            char id[16];

            snprintf(id, sizeof(id), "%s-%02u", floor_of[g].group, i);
            if (inj_case_by_id(id) == NULL)
                fail_msg("case %s is missing", id);
        }
        total += floor_of[g].n;
    }
    assert_int_equal(total, 213);
    assert_null(inj_case_by_id("VAL-99"));
}

static void
every_row_is_sound(void **state)
{
    static const char *const words[] = { "accepted", "ignored", "refused", "refused-131",
        "refused-133", "refused-134", "any" };

    (void)state;
    for (size_t i = 0; i < inj_n_cases; i++) {
        const struct inj_case *c = &inj_cases[i];
        bool known = false;

        if (inj_case_by_id(c->id) != c)
            fail_msg("case %s: its id is used twice", c->id);
        if (strpbrk(c->id, " \t#") != NULL || strchr(c->summary, '"') != NULL)
            fail_msg("case %s: a character that breaks TAP or JSON", c->id);
        if (c->rule != NULL && mipro_rule_by_id(c->rule) == MIPRO_RULES)
            fail_msg("case %s: there is no rule %s", c->id, c->rule);
        if (c->expected == 0)
            fail_msg("case %s: expects nothing", c->id);
        if ((c->expected & c->tolerated) != 0)
            fail_msg("case %s: an expected answer is also tolerated", c->id);
        for (size_t w = 0; w < COUNT(words); w++)
            known |= strcmp(inj_case_expect(c), words[w]) == 0;
        if (!known)
            fail_msg("case %s: expects '%s'", c->id, inj_case_expect(c));
    }
}

static void
every_case_makes_the_same_packets_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < inj_n_cases; i++) {
        struct tally first = { 0 }, again = { 0 };
        struct inj_world w = world(1);

        if (!inj_case_make(&inj_cases[i], &w, count, &first) || first.judged == 0)
            fail_msg("case %s: makes no packet to be judged", inj_cases[i].id);
        w = world(1);
        inj_case_make(&inj_cases[i], &w, count, &again);
        if (first.octets != again.octets)
            fail_msg("case %s: other octets on the second run", inj_cases[i].id);
    }
}

/* The packets of a sweep: each length and each type, and whether all share an identification. */
struct sweep {
    unsigned n;
    size_t shortest, longest;
    unsigned types[256];
    uint64_t ident;
    bool differs;
};

static bool
note_sweep(void *ctx, const struct inj_packet *packet)
{
    struct sweep *s = ctx;

    s->shortest = s->n == 0 || packet->len < s->shortest ? packet->len : s->shortest;
    s->longest = packet->len > s->longest ? packet->len : s->longest;
    s->types[packet->payload[0]]++;
    s->differs |= s->n++ > 0 && packet->ident != s->ident;
    s->ident = packet->ident;
    return true;
}

static void
a_sweep_makes_each_length_and_each_type_once(void **state)
{
    const struct inj_step cut = { MIPRO_REGISTRATION_REQUEST,
        { { OP_SIGN, 0, 0 }, { OP_SWEEP, 22, 0 }, { OP_CUT_ROUND, 2, 0 } } };
    const struct inj_step type = { MIPRO_REGISTRATION_REQUEST,
        { { OP_SIGN, 0, 0 }, { OP_SWEEP, 236, 0 }, { OP_TYPE_ROUND, 0, 20 } } };
    struct inj_case c = { .id = "sweep", .target = INJ_HOME_AGENT, .steps = &cut, .n_steps = 1 };
    struct sweep s = { 0 };
    struct inj_world w = world(1);

    (void)state;
    assert_true(inj_case_make(&c, &w, note_sweep, &s));
    assert_int_equal(s.n, 22);
    assert_int_equal(s.shortest, 2);
    assert_int_equal(s.longest, 23);
    assert_false(s.differs);
    s = (struct sweep){ 0 };
    c.steps = &type;
    assert_true(inj_case_make(&c, &w, note_sweep, &s));
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(s.types[i], i >= 20);
    assert_false(s.differs);
}

/* Extension 36 of the later drafts is longer than 35: filling a datagram leaves room for it. */
static void
every_case_is_made_in_the_later_drafts_too(void **state)
{
    (void)state;
    for (int draft = MIPRO_DRAFT_09; draft <= MIPRO_DRAFT_11; draft++) {
        set.draft = (enum mipro_draft)draft;
        for (size_t i = 0; i < inj_n_cases; i++) {
            struct tally t = { 0 };
            struct inj_world w = world(1);

            if (!inj_case_make(&inj_cases[i], &w, count, &t) || t.judged == 0)
                fail_msg("case %s, draft %d: makes no packet to be judged", inj_cases[i].id, draft);
        }
    }
    set.draft = MIPRO_DRAFT_08;
}

/* After a cut there is no room for a signature: sanitizers detect writes there. */
static void
what_was_cut_off_is_not_signed_again(void **state)
{
    (void)state;
    for (int to = 25; to < 24 + 32 + 22; to++) {
        const struct inj_step step = { MIPRO_REGISTRATION_REQUEST,
            { { OP_PFAN, 0, 0 }, { OP_SIGN, 0, 0 }, { OP_CUT, to, 0 }, { OP_SIGN_AGAIN, 0, 0 } } };
        const struct inj_case c = {
            .id = "cut", .target = INJ_FOREIGN_AGENT, .steps = &step, .n_steps = 1
        };
        struct tally t = { 0 };
        struct inj_world w = world(1);

        if (!inj_case_make(&c, &w, count, &t) || t.packets != 1)
            fail_msg("cut to %d: %u packets", to, t.packets);
    }
}

static bool
count_frame(void *ctx, const uint8_t *frame, size_t len)
{
    (void)frame;
    *(unsigned *)ctx += len > 0;
    return true;
}

static void
a_payload_too_short_for_three_fragments_is_refused(void **state)
{
    static const uint8_t octets[64];
    struct inj_framer *framer = inj_framer_new();

    (void)state;
    assert_non_null(framer);
    for (int how = INJ_IN_ORDER; how <= INJ_OVERLAPPING; how++)
        for (size_t len = 0; len <= sizeof(octets); len++) {
            /* With the UDP header: 16 octets, 16 more, and at least one; 8 more if they overlap.
             */
            const size_t least = how == INJ_OVERLAPPING ? 32 : 25;
            const struct inj_packet packet = { .fragments = (enum inj_fragments)how,
                .envelope = { .src = 0x0a010001, .dst = 0xc0000207, .protocol = INJ_UDP },
                .payload = octets,
                .len = len };
            unsigned n = 0;
            const bool made = inj_packet_frames(framer, &packet, 1500, count_frame, &n);

            if (made != (len >= least) || (made && n != 3))
                fail_msg("%zu octets, fragments %d: %u of them", len, how, n);
        }
    inj_framer_free(framer);
}

static void
every_control_is_one_good_message(void **state)
{
    (void)state;
    for (int target = INJ_RECEIVER; target <= INJ_MOBILE_NODE; target++) {
        struct tally t = { 0 };
        struct inj_world w = world(1);

        if (!inj_case_make(&inj_controls[target], &w, count, &t) || t.judged != 1 ||
            inj_controls[target].target != (enum inj_target)target)
            fail_msg("control %d: %u packets", target, t.packets);
    }
}

static bool
note_ident(void *ctx, const struct inj_packet *packet)
{
    *(uint64_t *)ctx = packet->ident;
    return true;
}

static void
identifications_increase(void **state)
{
    struct inj_world w = world(1);
    uint64_t last = 0;

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        uint64_t ident = 0;

        assert_true(inj_case_make(&inj_controls[INJ_RECEIVER], &w, note_ident, &ident));
        if (ident <= last)
            fail_msg("identification %u does not increase", i);
        last = ident;
    }
}

static void
a_mutation_is_reproduced_from_seed_and_number(void **state)
{
    unsigned differ = 0;

    (void)state;
    for (uint64_t n = 0; n < 2000; n++) {
        struct inj_step a, b, c;
        unsigned ops = 0;

        inj_fuzz_step(7, n, &a);
        inj_fuzz_step(7, n, &b);
        inj_fuzz_step(8, n, &c);
        assert_memory_equal(&a, &b, sizeof(a));
        differ += memcmp(&a, &c, sizeof(a)) != 0;
        while (ops < INJ_OPS && a.ops[ops].kind != OP_END)
            ops++;
        if (ops == 0 || ops == INJ_OPS)
            fail_msg("mutation %u: %u operations", (unsigned)n, ops);
    }
    assert_true(differ > 1900);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalogue_has_all_cases_of_the_specification),
        cmocka_unit_test(every_row_is_sound),
        cmocka_unit_test(every_case_makes_the_same_packets_again),
        cmocka_unit_test(a_sweep_makes_each_length_and_each_type_once),
        cmocka_unit_test(every_case_is_made_in_the_later_drafts_too),
        cmocka_unit_test(what_was_cut_off_is_not_signed_again),
        cmocka_unit_test(a_payload_too_short_for_three_fragments_is_refused),
        cmocka_unit_test(every_control_is_one_good_message),
        cmocka_unit_test(identifications_increase),
        cmocka_unit_test(a_mutation_is_reproduced_from_seed_and_number),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
