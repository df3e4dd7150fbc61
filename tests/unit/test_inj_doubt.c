/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tester must not conclude from what it sees, and what it must not overlook. */
#include "rings.h"

#include "tester/assess.h"
#include "tester/handoff.h"
#include "tester/mobile.h"
#include "tester/points.h"

#define US 0x0a090001u
#define NODE_UNDER_TEST 0x0a090002u
#define HOME 0x0a01000au
#define AGENT 0x0a0900c8u

static const char keys[] =
    "\"base\",\"10.9.0.1\",\"10.9.0.2\",\"0x1000\",\"text:an obvious test key\"\n";

/* A Registration Request of the home address 10.1.0.10, of extension 32 only its header. */
#define REQUEST "0120003c0a01000a0a0900010a090002e000000000000007"
/* The reply that denies it with 131, and the one that grants it. */
#define DENIAL "038300000a01000a0a090002e000000000000007"
#define GRANT "0300003c0a01000a0a090002e000000000000007"
/* A Binding Update with A and identification, and its acknowledges 131 and 0. */
#define UPDATE "12c000780a01000a0a0300010000000700000008"
#define REFUSAL "130000830a01000a0000000700000008"
#define ACCEPTANCE "130000000a01000a0000000700000008"
/* An advertisement of the care-of address 10.9.0.200 for 300 s, with F. */
#define ADVERTISEMENT "0910000000000000100a0001012c10000a0900c8"

struct scenery {
    struct mipro_keyring *ring;
    struct inj_bench bench;
    uint8_t sent[64], octets[4][64];
    struct inj_answer answers[4];
    struct inj_trial trial;
};

static void
set_up(struct scenery *s, enum inj_role role, const char *sent)
{
    memset(s, 0, sizeof(*s));
    s->ring = load_ring(keys);
    s->bench = (struct inj_bench){ .role = role,
        .source = US,
        .destination = NODE_UNDER_TEST,
        .home = HOME,
        .set = MIPRO_SETTINGS,
        .ring = s->ring,
        .association = named(s->ring, "base"),
        .agent = US,
        .rate_limit = 5 };
    s->bench.set.reading = MIPRO_READING_DRAFT;
    s->trial = (struct inj_trial){ .sent = s->sent,
        .len = unit_octets(sent, s->sent, sizeof(s->sent)),
        .count = 1,
        .src = US,
        .dst = NODE_UNDER_TEST,
        .sport = MIPRO_PORT,
        .dport = MIPRO_PORT,
        .answers = s->answers };
}

static void
answer(struct scenery *s, const char *hex)
{
    const size_t i = s->trial.n_answers++;

    s->answers[i] = (struct inj_answer){ .src = NODE_UNDER_TEST,
        .dst = US,
        .sport = MIPRO_PORT,
        .dport = MIPRO_PORT,
        .protocol = INJ_UDP,
        .octets = s->octets[i],
        .len = unit_octets(hex, s->octets[i], sizeof(s->octets[i])) };
}

static void
expect(struct scenery *s, const char *id, enum inj_verdict want)
{
    const struct inj_judgement j = inj_judge_trial(inj_case_by_id(id), &s->bench, &s->trial);

    if (j.verdict != want)
        fail_msg("%s: %s (%s)", id, inj_verdict_name(j.verdict), j.reason);
}

static void
a_grant_among_the_denials_of_a_sweep_is_noticed(void **state)
{
    static const struct {
        enum inj_role role;
        const char *id, *sent, *refusal, *acceptance;
    } rows[] = {
        { INJ_AS_HOME_AGENT, "REG-78", REQUEST, DENIAL, GRANT },
        { INJ_AS_CORRESPONDENT, "AUT-15", UPDATE, REFUSAL, ACCEPTANCE },
    };
    struct scenery s;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        set_up(&s, rows[i].role, rows[i].sent);
        s.trial.count = 16;
        answer(&s, rows[i].refusal);
        answer(&s, rows[i].refusal);
        expect(&s, rows[i].id, INJ_PASS);
        answer(&s, rows[i].acceptance);
        answer(&s, rows[i].refusal);
        expect(&s, rows[i].id, INJ_FAIL);
        mipro_keyring_free(s.ring);
    }
}

static void
a_node_that_never_tunnelled_may_keep_no_bindings(void **state)
{
    const struct inj_case *c = inj_case_by_id("VAL-02");
    struct scenery s;

    (void)state;
    set_up(&s, INJ_AS_PREVIOUS_AGENT, UPDATE);
    assert_int_equal(inj_judge_entry(c, &s.bench, false).verdict, INJ_INCONCLUSIVE);
    assert_int_equal(inj_judge_entry(c, &s.bench, true).verdict, INJ_PASS);
    s.bench.has_tunnelled = true;
    assert_int_equal(inj_judge_entry(c, &s.bench, false).verdict, INJ_FAIL);
    mipro_keyring_free(s.ring);
}

/* Only the last 64 identifications are kept; the new one takes the place of the oldest. */
static void
after_many_requests_a_new_one_is_still_new(void **state)
{
    struct scenery s;
    struct mipro_message m;

    (void)state;
    set_up(&s, INJ_AS_MOBILE_NODE, ADVERTISEMENT);
    answer(&s, REQUEST);
    for (size_t before = 0; before < 3 * INJ_EARLIER; before++) {
        s.trial.n_requests = s.bench.n_requests;
        s.bench.requests[s.bench.n_requests++ % INJ_EARLIER] = UINT64_C(0xe000000000000007);
        if (inj_find_request(&s.bench, &s.trial, &m) == NULL)
            fail_msg("after %zu requests it is taken for an earlier one", before);
        s.bench.requests[(s.bench.n_requests - 1) % INJ_EARLIER] = before;
    }
    mipro_keyring_free(s.ring);
}

static void
updates_that_the_home_agent_volunteers_blame_no_case(void **state)
{
    struct scenery s;

    (void)state;
    set_up(&s, INJ_AS_HOME_AGENT, "160000000a01000a0a090001");
    answer(&s, UPDATE);
    expect(&s, "LEN-08", INJ_FAIL);
    s.bench.volunteers = true;
    expect(&s, "LEN-08", INJ_INCONCLUSIVE);
    s.bench.volunteers = false;
    s.bench.first_named = s.bench.last_named = US; /* by a Binding Warning with many targets */
    expect(&s, "LEN-08", INJ_INCONCLUSIVE);
    mipro_keyring_free(s.ring);
}

static void
a_request_is_judged_by_what_was_advertised(void **state)
{
    static const struct {
        const char *request;
        enum inj_verdict want;
    } rows[] = {
        /* flags, lifetime and care-of address; all else is right */
        { "0100003c0a01000a0a0900010a0900c8e000000000000007", INJ_PASS },
        { "0100012d0a01000a0a0900010a0900c8e000000000000007", INJ_WARN }, /* 301 s */
        { "0100003c0a01000a0a0900010a0900c9e000000000000007", INJ_FAIL }, /* never offered */
        { "0120003c0a01000a0a0900010a0900c8e000000000000007", INJ_FAIL }, /* D */
        { "0120003c0a01000a0a0900010a0900c9e000000000000007", INJ_PASS }, /* D: its own address */
        { "0110003c0a01000a0a0900010a0900c8e000000000000007", INJ_FAIL }, /* M, not offered */
        { "010000000a01000a0a0900010a01000ae000000000000007", INJ_PASS }, /* deregisters */
        { "0100003c0a01000a0a0900010a0900c8e0000000000000072104000010002004000010"
          "00",
            INJ_FAIL }, /* 33 before 32 */
        { "0100003c0a01000a0a0900010a0900c8e0000000000000072004000010002004000010"
          "00",
            INJ_FAIL }, /* two extensions 32 */
    };
    struct mipro_message m;
    struct inj_judgement j;
    struct scenery s;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        set_up(&s, INJ_AS_MOBILE_NODE, ADVERTISEMENT);
        inj_note_offers(&s.bench, s.trial.sent, s.trial.len);
        answer(&s, rows[i].request);
        mipro_message_parse(&m, s.answers[0].octets, s.answers[0].len, s.answers[0].len,
            &s.bench.set, MIPRO_IDENT_UNKNOWN);
        j = inj_judge_request(&s.bench, &s.trial, &s.answers[0], &m);
        if (j.verdict != rows[i].want)
            fail_msg("row %zu: %s (%s)", i, inj_verdict_name(j.verdict), j.reason);
        mipro_keyring_free(s.ring);
    }
}

/* The seconds by which the identification of the last packet is ahead of the time. */
struct shifted {
    const struct inj_world *world;
    int64_t ahead[2];
    unsigned n;
};

static bool
take_shift(void *ctx, const struct inj_packet *packet)
{
    struct shifted *s = ctx;

    s->ahead[s->n++ % 2] =
        (int64_t)(packet->ident >> 32) - (int64_t)(s->world->time / MIPRO_SECOND + 2208988800);
    return true;
}

static void
timestamps_are_out_of_a_window_of_any_size(void **state)
{
    static const struct {
        uint32_t window;
        int64_t past, future;
    } rows[] = { { 7, -3600, 3600 }, { 1800, -3600, 3600 }, { 7200, -14400, 14400 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scenery s;
        struct inj_world w;
        struct shifted got = { .world = &w };

        set_up(&s, INJ_AS_CORRESPONDENT, UPDATE);
        w = (struct inj_world){ .set = s.bench.set,
            .ring = s.ring,
            .spi = 0x1000,
            .source = US,
            .destination = NODE_UNDER_TEST,
            .home = HOME,
            .care_of = AGENT,
            .agent = US,
            .target = INJ_RECEIVER,
            .signer = { .association = s.bench.association },
            .replay = MIPRO_REPLAY_TIMESTAMP,
            .window = rows[i].window,
            .seed = 1,
            .time = INT64_C(1000000000) * MIPRO_SECOND };
        assert_true(inj_case_make(inj_case_by_id("IDN-03"), &w, take_shift, &got));
        assert_int_equal(got.ahead[0], rows[i].past);
        assert_int_equal(got.ahead[1], rows[i].future);
        mipro_keyring_free(s.ring);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grant_among_the_denials_of_a_sweep_is_noticed),
        cmocka_unit_test(a_node_that_never_tunnelled_may_keep_no_bindings),
        cmocka_unit_test(after_many_requests_a_new_one_is_still_new),
        cmocka_unit_test(updates_that_the_home_agent_volunteers_blame_no_case),
        cmocka_unit_test(a_request_is_judged_by_what_was_advertised),
        cmocka_unit_test(timestamps_are_out_of_a_window_of_any_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
