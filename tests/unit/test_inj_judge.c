/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judging answers from octets only: no node, no network, no clock. */
#include "rings.h"

#include <stdio.h>

#include "tester/assess.h"
#include "tester/points.h"

#define US 0x0a090001u
#define NODE_UNDER_TEST 0x0a090002u
#define HOME 0x0a010009u
#define CARE_OF 0x0a030001u

static const char keys[] =
    "\"base\",\"10.9.0.1\",\"10.9.0.2\",\"0x1000\",\"text:an obvious test key\"\n"
    "\"registration\",\"10.1.0.9\",\"10.9.0.2\",\"0x1000\",\"text:another obvious key\"\n";

struct scenery {
    struct mipro_keyring *ring;
    struct inj_bench bench;
    struct inj_world world;
};

static void
set_up(struct scenery *s, enum inj_role role, enum inj_target target)
{
    struct mipro_key_error err;

    memset(s, 0, sizeof(*s));
    s->ring = mipro_keyring_parse(keys, strlen(keys), "keys", NULL, NULL, &err);
    assert_non_null(s->ring);
    s->bench = (struct inj_bench){ .role = role,
        .source = US,
        .destination = NODE_UNDER_TEST,
        .home = HOME,
        .care_of = CARE_OF,
        .set = MIPRO_SETTINGS,
        .ring = s->ring,
        .association = named(s->ring, "base"),
        .agent = US,
        .rate_limit = 5,
        .is_registered = true,
        .has_updated = UINT32_MAX };
    s->bench.set.reading = MIPRO_READING_DRAFT;
    s->world = (struct inj_world){ .set = s->bench.set,
        .ring = s->ring,
        .spi = 0x1000,
        .source = US,
        .destination = NODE_UNDER_TEST,
        .home = HOME,
        .care_of = CARE_OF,
        .agent = US,
        .previous = 0x0a020001,
        .other = 0xc6336407,
        .target = target,
        .signer = { .association = s->bench.association },
        .seed = 1,
        .time = INT64_C(1000000000) * MIPRO_SECOND };
}

/* A copy of one packet of a case. */
struct kept {
    unsigned step;
    bool found;
    uint8_t octets[2048];
    struct inj_trial trial;
};

static bool
keep(void *ctx, const struct inj_packet *packet)
{
    struct kept *k = ctx;

    if (packet->step != k->step || packet->len > sizeof(k->octets))
        return true;
    if (packet->len > 0)
        memcpy(k->octets, packet->payload, packet->len);
    k->found = true;
    k->trial = (struct inj_trial){ .lead = packet->phase == INJ_LEAD,
        .sent = k->octets,
        .len = packet->len,
        .count = 1,
        .src = packet->envelope.src,
        .dst = packet->envelope.dst };
    return true;
}

static void
make_trial(struct scenery *s, const char *id, unsigned step, struct kept *k)
{
    const struct inj_case *c = inj_case_by_id(id);

    memset(k, 0, sizeof(*k));
    k->step = step;
    assert_non_null(c);
    assert_true(inj_case_make(c, &s->world, keep, k));
    if (!k->found)
        fail_msg("case %s has no step %u", id, step);
}

/* A buffer for the octets of an answer, reused after many more. */
static uint8_t *
answer_octets(void)
{
    static uint8_t room[16][2048];
    static size_t next;

    return memset(room[next++ % COUNT(room)], 0, sizeof(room[0]));
}

enum flaw { RIGHT, UNSIGNED, BAD_SIGNATURE, OTHER_IDENT, NO_IDENT, OTHER_HOME, TRAILING };

/* A Binding Acknowledge for the message sent, with a flaw. */
static void
acknowledge(const struct scenery *s, const struct inj_trial *trial, int status, enum flaw flaw,
    struct inj_answer *a)
{
    struct mipro_message sent;
    struct mipro_build b;
    uint8_t *octets = answer_octets();

    *a = (struct inj_answer){
        .src = NODE_UNDER_TEST, .dst = US, .protocol = INJ_UDP, .octets = octets
    };
    mipro_message_parse(
        &sent, trial->sent, trial->len, trial->len, &s->bench.set, MIPRO_IDENT_UNKNOWN);
    b = mipro_build(
        octets, 2048, mipro_msg_def(MIPRO_BINDING_ACKNOWLEDGE, MIPRO_SOURCE_DRAFT), &s->bench.set);
    mipro_put(&b, MIPRO_F_STATUS, (uint64_t)status);
    mipro_put(&b, MIPRO_F_HOMEADDR, mipro_value(&sent, MIPRO_F_HOMEADDR) ^ (flaw == OTHER_HOME));
    if (flaw != NO_IDENT)
        mipro_put(&b, MIPRO_F_IDENT, mipro_value(&sent, MIPRO_F_IDENT) ^ (flaw == OTHER_IDENT));
    if (flaw != UNSIGNED)
        mipro_put_auth(&b, MIPRO_EXT_AUTH, s->bench.association, 0, 0x1000);
    assert_false(b.failed);
    if (flaw == BAD_SIGNATURE)
        octets[b.len - 1] ^= 1;
    a->len = b.len + (flaw == TRAILING);
}

#define QUIET (-1)

/* clang-format off */
static const struct {
    const char *id;
    unsigned step;
    int status; /* of the acknowledge; QUIET: none */
    enum flaw flaw;
    enum inj_verdict want;
} acknowledged[] = {
    { "VAL-01", 0, 0,     RIGHT,         INJ_PASS },
    { "VAL-01", 0, 0,     UNSIGNED,      INJ_PASS },
    { "VAL-01", 0, 0,     BAD_SIGNATURE, INJ_FAIL },
    { "VAL-01", 0, 0,     OTHER_IDENT,   INJ_FAIL },
    { "VAL-01", 0, 0,     NO_IDENT,      INJ_FAIL },
    { "VAL-01", 0, 0,     OTHER_HOME,    INJ_FAIL },
    { "VAL-01", 0, 0,     TRAILING,      INJ_FAIL },
    { "VAL-01", 0, 131,   RIGHT,         INJ_FAIL },
    { "VAL-01", 0, QUIET, RIGHT,         INJ_FAIL },
    { "VAL-02", 0, QUIET, RIGHT,         INJ_PASS },
    { "VAL-02", 0, 0,     RIGHT,         INJ_FAIL },
    { "VAL-03", 0, 0,     RIGHT,         INJ_PASS }, /* 16 octets, identification 0 */
    { "VAL-03", 0, 0,     NO_IDENT,      INJ_WARN }, /* 8 octets */
    { "VAL-03", 0, 0,     OTHER_IDENT,   INJ_FAIL }, /* one that was never sent */
    { "LEN-01", 1, QUIET, RIGHT,         INJ_PASS },
    { "LEN-02", 0, 134,   RIGHT,         INJ_PASS },
    { "LEN-02", 0, QUIET, RIGHT,         INJ_WARN },
    { "LEN-02", 0, 131,   RIGHT,         INJ_WARN }, /* refused although silence is expected */
    { "LEN-02", 0, 0,     RIGHT,         INJ_FAIL },
    { "LEN-05", 0, 134,   RIGHT,         INJ_PASS },
    { "LEN-05", 0, 131,   RIGHT,         INJ_WARN },
    { "LEN-05", 0, 0,     RIGHT,         INJ_FAIL },
    { "LEN-06", 0, QUIET, RIGHT,         INJ_PASS }, /* silence wins */
    { "LEN-06", 0, 134,   RIGHT,         INJ_WARN },
    { "RSV-01", 0, 0,     RIGHT,         INJ_PASS },
    { "RSV-01", 4, 134,   RIGHT,         INJ_FAIL },
    { "FLG-02", 0, 0,     RIGHT,         INJ_PASS },
    { "FLG-02", 1, 129,   RIGHT,         INJ_WARN },
    { "FLG-02", 2, QUIET, RIGHT,         INJ_FAIL },
    { "ADR-04", 0, 129,   RIGHT,         INJ_PASS },
    { "ADR-04", 0, 134,   RIGHT,         INJ_WARN },
    { "ADR-04", 0, 0,     RIGHT,         INJ_FAIL },
    { "IDN-01", 0, 0,     RIGHT,         INJ_PASS }, /* leads up to the case */
    { "IDN-01", 0, 133,   RIGHT,         INJ_FAIL },
    { "IDN-01", 1, 133,   RIGHT,         INJ_PASS },
    { "IDN-01", 1, QUIET, RIGHT,         INJ_WARN },
    { "IDN-01", 1, 0,     RIGHT,         INJ_FAIL },
    { "AUT-02", 0, 131,   RIGHT,         INJ_PASS },
    { "AUT-02", 0, 131,   BAD_SIGNATURE, INJ_FAIL },
    { "AUT-02", 0, QUIET, RIGHT,         INJ_WARN },
    { "AUT-02", 0, 0,     RIGHT,         INJ_FAIL },
    { "AUT-07", 0, QUIET, RIGHT,         INJ_WARN }, /* saying so is not a MUST */
    { "AUT-07", 0, 0,     RIGHT,         INJ_FAIL },
    { "AUT-10", 0, 0,     RIGHT,         INJ_PASS },
    { "AUT-10", 0, 134,   RIGHT,         INJ_WARN },
    { "EXT-02", 0, QUIET, RIGHT,         INJ_PASS },
    { "EXT-02", 0, 134,   RIGHT,         INJ_FAIL },
    { "EXT-05", 0, QUIET, RIGHT,         INJ_PASS },
    { "EXT-05", 0, 134,   RIGHT,         INJ_WARN }, /* read as an extension that overruns */
    { "EXT-05", 0, 0,     RIGHT,         INJ_FAIL },
    { "TYP-02", 0, QUIET, RIGHT,         INJ_PASS }, /* A is clear */
};
/* clang-format on */

static void
acknowledges_are_judged_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(acknowledged); i++) {
        struct scenery s;
        static struct kept k;
        struct inj_answer a;
        struct inj_judgement j;

        set_up(&s, INJ_AS_CORRESPONDENT, INJ_RECEIVER);
        make_trial(&s, acknowledged[i].id, acknowledged[i].step, &k);
        if (acknowledged[i].status != QUIET) {
            acknowledge(&s, &k.trial, acknowledged[i].status, acknowledged[i].flaw, &a);
            k.trial.answers = &a;
            k.trial.n_answers = 1;
        }
        j = inj_judge_trial(inj_case_by_id(acknowledged[i].id), &s.bench, &k.trial);
        if (j.verdict != acknowledged[i].want)
            fail_msg("row %zu: %s, step %u, status %d, flaw %d: %s (%s), not %s", i,
                acknowledged[i].id, acknowledged[i].step, acknowledged[i].status,
                acknowledged[i].flaw, inj_verdict_name(j.verdict), j.reason,
                inj_verdict_name(acknowledged[i].want));
        if ((j.verdict == INJ_PASS) != (j.reason[0] == '\0'))
            fail_msg("row %zu: %s: reason '%s'", i, inj_verdict_name(j.verdict), j.reason);
        mipro_keyring_free(s.ring);
    }
}

/* Answers of other nodes, and several answers: the matching acknowledge is judged. */
static void
of_several_acknowledges_the_matching_one_counts_and_the_others_warn(void **state)
{
    static const struct {
        const char *what;
        enum flaw flaw[2];
        uint32_t src; /* of the first */
        bool tunnelled;
        enum inj_verdict want;
    } rows[] = {
        { "two of them", { RIGHT, RIGHT }, NODE_UNDER_TEST, false, INJ_WARN },
        { "the second fits", { OTHER_IDENT, RIGHT }, NODE_UNDER_TEST, false, INJ_WARN },
        { "the first fits", { RIGHT, OTHER_IDENT }, NODE_UNDER_TEST, false, INJ_WARN },
        { "the first is another node's", { OTHER_IDENT, RIGHT }, CARE_OF, false, INJ_PASS },
        { "the first is the copy for the mobile node", { RIGHT, RIGHT }, NODE_UNDER_TEST, true,
            INJ_PASS },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scenery s;
        static struct kept k;
        static struct inj_answer a[2];
        struct inj_judgement j;

        set_up(&s, INJ_AS_CORRESPONDENT, INJ_RECEIVER);
        make_trial(&s, "VAL-01", 0, &k);
        for (size_t n = 0; n < 2; n++)
            acknowledge(&s, &k.trial, 0, rows[i].flaw[n], &a[n]);
        a[0].src = rows[i].src;
        a[0].tunnelled = rows[i].tunnelled;
        k.trial.answers = a;
        k.trial.n_answers = 2;
        j = inj_judge_trial(inj_case_by_id("VAL-01"), &s.bench, &k.trial);
        if (j.verdict != rows[i].want)
            fail_msg("%s: %s (%s), not %s", rows[i].what, inj_verdict_name(j.verdict), j.reason,
                inj_verdict_name(rows[i].want));
        mipro_keyring_free(s.ring);
    }
}

/* The wrong source is wrong only if no association fits it, too. */
static void
a_wrong_source_that_a_key_fits_shows_nothing(void **state)
{
    struct scenery s;
    static struct kept k;

    (void)state;
    set_up(&s, INJ_AS_CORRESPONDENT, INJ_RECEIVER);
    s.bench.spoof = true;
    make_trial(&s, "ADR-08", 0, &k);
    assert_int_equal(
        inj_judge_octets(inj_case_by_id("ADR-08"), &s.bench, &k.trial).verdict, INJ_PASS);
    make_trial(&s, "VAL-01", 0, &k);
    s.bench.source = CARE_OF; /* so that our address is the wrong one, and a key fits it */
    assert_int_equal(
        inj_judge_octets(inj_case_by_id("ADR-08"), &s.bench, &k.trial).verdict, INJ_SKIP);
    mipro_keyring_free(s.ring);
}

/* clang-format off */
static const struct {
    const char *id;
    unsigned step;
    enum inj_profile profile;
    int status;
    enum inj_verdict want;
} readings[] = {
    { "PFA-07", 0, INJ_PROFILE_DRAFT,     0,   INJ_PASS }, /* only the body (5.1) */
    { "PFA-07", 0, INJ_PROFILE_DRAFT,     131, INJ_PASS },
    { "PFA-07", 0, INJ_PROFILE_DRAFT,     QUIET, INJ_WARN }, /* silently refused */
    { "PFA-07", 0, INJ_PROFILE_BODY_ONLY, 0,   INJ_PASS },
    { "PFA-07", 0, INJ_PROFILE_BODY_ONLY, 131, INJ_WARN },
    { "PFA-07", 1, INJ_PROFILE_DRAFT,     0,   INJ_PASS }, /* with type and length (4.5) */
    { "PFA-07", 1, INJ_PROFILE_DRAFT,     131, INJ_FAIL },
    { "PFA-07", 1, INJ_PROFILE_DRAFT,     QUIET, INJ_FAIL },
    { "PFA-07", 1, INJ_PROFILE_BODY_ONLY, QUIET, INJ_WARN },
    { "PFA-07", 1, INJ_PROFILE_BODY_ONLY, 131, INJ_PASS },
    { "AUT-05", 0, INJ_PROFILE_DRAFT,     131, INJ_PASS },
    { "AUT-05", 0, INJ_PROFILE_DRAFT,     0,   INJ_FAIL },
    { "AUT-05", 0, INJ_PROFILE_RFC3344,   0,   INJ_WARN },
};
/* clang-format on */

static void
where_the_draft_is_open_the_profile_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(readings); i++) {
        struct scenery s;
        static struct kept k;
        struct inj_answer a;
        struct inj_judgement j;

        set_up(&s, INJ_AS_PREVIOUS_AGENT, INJ_RECEIVER);
        s.bench.profile = readings[i].profile;
        make_trial(&s, readings[i].id, readings[i].step, &k);
        if (readings[i].status != QUIET) {
            acknowledge(&s, &k.trial, readings[i].status, RIGHT, &a);
            k.trial.answers = &a;
            k.trial.n_answers = 1;
        }
        j = inj_judge_trial(inj_case_by_id(readings[i].id), &s.bench, &k.trial);
        if (j.verdict != readings[i].want)
            fail_msg("row %zu: %s, step %u, profile %d, status %d: %s (%s), not %s", i,
                readings[i].id, readings[i].step, (int)readings[i].profile, readings[i].status,
                inj_verdict_name(j.verdict), j.reason, inj_verdict_name(readings[i].want));
        mipro_keyring_free(s.ring);
    }
}

/* clang-format off */
static const struct {
    const char *id;
    enum inj_taken before, after;
    enum inj_verdict middle, want;
    bool unreachable;
} phases[] = {
    { "AUT-02", INJ_TAKEN_GOOD,    INJ_TAKEN_GOOD,    INJ_PASS, INJ_PASS, false },
    { "AUT-02", INJ_TAKEN_FAULTY,  INJ_TAKEN_FAULTY,  INJ_PASS, INJ_PASS, false },
    { "AUT-02", INJ_TAKEN_GOOD,    INJ_TAKEN_GOOD,    INJ_WARN, INJ_WARN, false },
    { "AUT-02", INJ_TAKEN_SILENT,  INJ_TAKEN_SILENT,  INJ_PASS, INJ_INCONCLUSIVE, false },
    { "AUT-02", INJ_TAKEN_SILENT,  INJ_TAKEN_GOOD,    INJ_FAIL, INJ_INCONCLUSIVE, false },
    { "AUT-02", INJ_TAKEN_GOOD,    INJ_TAKEN_SILENT,  INJ_PASS, INJ_FAIL, false },
    { "AUT-02", INJ_TAKEN_GOOD,    INJ_TAKEN_SILENT,  INJ_WARN, INJ_FAIL, false },
    { "AUT-02", INJ_TAKEN_GOOD,    INJ_TAKEN_GOOD,    INJ_PASS, INJ_FAIL, true }, /* restarted */
    { "AUT-02", INJ_TAKEN_GOOD,    INJ_TAKEN_REFUSED, INJ_PASS, INJ_FAIL, false },
    { "AUT-02", INJ_TAKEN_REFUSED, INJ_TAKEN_REFUSED, INJ_PASS, INJ_INCONCLUSIVE, false },
    { "VAL-01", INJ_TAKEN_REFUSED, INJ_TAKEN_REFUSED, INJ_FAIL, INJ_INCONCLUSIVE, false },
    { "NET-02", INJ_TAKEN_GOOD,    INJ_TAKEN_GOOD,    INJ_PASS, INJ_SKIP, false },
    { "NET-02", INJ_TAKEN_GOOD,    INJ_TAKEN_GOOD,    INJ_FAIL, INJ_FAIL, false },
    { "NET-02", INJ_TAKEN_GOOD,    INJ_TAKEN_SILENT,  INJ_PASS, INJ_FAIL, false },
};
/* clang-format on */

static void
silence_counts_only_between_two_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(phases); i++) {
        struct inj_control before = { .taken = phases[i].before };
        struct inj_control after = { .taken = phases[i].after };
        struct inj_judgement middle = { .verdict = phases[i].middle };
        struct inj_judgement j = inj_judge_case(
            inj_case_by_id(phases[i].id), &before, &after, &middle, phases[i].unreachable);

        if (j.verdict != phases[i].want)
            fail_msg("row %zu, case %s: %s, not %s", i, phases[i].id, inj_verdict_name(j.verdict),
                inj_verdict_name(phases[i].want));
    }
}

static void
what_the_kernel_drops_never_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < inj_n_cases; i++) {
        const struct inj_control good = { .taken = INJ_TAKEN_GOOD };
        const struct inj_judgement silence = { .verdict = INJ_PASS };

        if (inj_cases[i].reach == INJ_DROPPED &&
            inj_judge_case(&inj_cases[i], &good, &good, &silence, false).verdict == INJ_PASS)
            fail_msg("case %s passes", inj_cases[i].id);
    }
}

static unsigned
roles_of(enum inj_target target)
{
    switch (target) {
    case INJ_HOME_AGENT:
        return 1u << INJ_AS_HOME_AGENT;
    case INJ_FOREIGN_AGENT:
        return 1u << INJ_AS_NEW_AGENT;
    case INJ_MOBILE_NODE:
        return 1u << INJ_AS_MOBILE_NODE;
    default:
        return 1u << INJ_AS_CORRESPONDENT | 1u << INJ_AS_PREVIOUS_AGENT;
    }
}

static void
every_case_is_judged_in_the_role_that_it_targets(void **state)
{
    const struct inj_manner *manner;

    (void)state;
    for (size_t i = 0; i < inj_n_cases; i++) {
        unsigned roles = roles_of(inj_cases[i].target);

        if ((inj_manner(inj_cases[i].id)->roles & roles) != roles)
            fail_msg("case %s: manner.c has no row for its target", inj_cases[i].id);
    }
    for (size_t i = 0; (manner = inj_manner_at(i)) != NULL; i++) {
        if (inj_case_by_id(manner->id) == NULL)
            fail_msg("row %s of manner.c is not a case", manner->id);
    }
}

/* Cases whose needs are not met are skipped, with a reason. */
static void
cases_that_need_more_are_skipped(void **state)
{
    static const char *const ids[] = { "IDN-01", "IDN-02", "IDN-03", "IDN-04", "IDN-05", "AUT-11",
        "VAL-04", "PFA-01", "ADV-01" };
    struct scenery s;

    (void)state;
    set_up(&s, INJ_AS_CORRESPONDENT, INJ_RECEIVER);
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct inj_judgement j = inj_judge_fitness(inj_case_by_id(ids[i]), &s.bench);

        if (j.verdict != INJ_SKIP || j.reason[0] == '\0')
            fail_msg("case %s: %s '%s'", ids[i], inj_verdict_name(j.verdict), j.reason);
    }
    mipro_keyring_free(s.ring);
}

static void
what_a_draft_does_not_know_is_skipped_with_the_reason(void **state)
{
    static const struct {
        const char *id;
        enum mipro_draft draft;
        bool skipped;
    } rows[] = { { "LEN-08", MIPRO_DRAFT_08, false }, { "LEN-08", MIPRO_DRAFT_09, false },
        { "LEN-08", MIPRO_DRAFT_11, true }, { "RSV-04", MIPRO_DRAFT_08, false },
        { "RSV-04", MIPRO_DRAFT_09, true }, { "EXT-12", MIPRO_DRAFT_11, true },
        { "VAL-06", MIPRO_DRAFT_11, false } };
    struct scenery s;

    (void)state;
    set_up(&s, INJ_AS_HOME_AGENT, INJ_HOME_AGENT);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct inj_judgement j;

        s.bench.set.draft = rows[i].draft;
        j = inj_judge_fitness(inj_case_by_id(rows[i].id), &s.bench);
        if ((j.verdict == INJ_SKIP) != rows[i].skipped ||
            (rows[i].skipped && strstr(j.reason, "not in draft -") == NULL))
            fail_msg("case %s, draft %d: %s '%s'", rows[i].id, rows[i].draft,
                inj_verdict_name(j.verdict), j.reason);
    }
    mipro_keyring_free(s.ring);
}

/* Unanswered Registration Requests: when they are sent, and whether with the same octets as the
 * previous one. */
static void
requests_without_a_reply_are_a_second_apart(void **state)
{
    static const struct {
        unsigned n;
        struct {
            unsigned after; /* milliseconds from the first */
            uint8_t ident;
        } request[3];
        enum inj_verdict want;
    } rows[] = {
        { 0, { { 0, 0 } }, INJ_INCONCLUSIVE },
        { 1, { { 0, 1 } }, INJ_PASS },
        { 2, { { 0, 1 }, { 1000, 2 } }, INJ_PASS },
        { 2, { { 0, 1 }, { 1000, 1 } }, INJ_PASS },
        { 2, { { 0, 1 }, { 950, 2 } }, INJ_PASS }, /* a second, less network jitter */
        { 2, { { 0, 1 }, { 300, 2 } }, INJ_FAIL },
        { 2, { { 0, 1 }, { 300, 1 } }, INJ_FAIL },
        { 2, { { 0, 1 }, { 40, 2 } }, INJ_FAIL },
        { 2, { { 0, 1 }, { 40, 1 } }, INJ_PASS }, /* a duplicate made by the link */
        { 3, { { 0, 1 }, { 40, 1 }, { 1030, 2 } }, INJ_PASS },
        { 3, { { 0, 1 }, { 1000, 2 }, { 1500, 3 } }, INJ_FAIL },
    };
    struct scenery s;

    (void)state;
    set_up(&s, INJ_AS_MOBILE_NODE, INJ_MOBILE_NODE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct inj_answer answers[3];
        struct inj_trial trial = { .count = 1, .answers = answers, .n_answers = rows[i].n };
        struct inj_judgement j;

        for (unsigned k = 0; k < rows[i].n; k++) {
            uint8_t *octets = answer_octets();
            const size_t n = unit_octets(
                "0100003c0a0900021010101010101010101010100000000000000000", octets, 2048);

            octets[23] = rows[i].request[k].ident;
            answers[k] =
                (struct inj_answer){ .time = rows[i].request[k].after * (MIPRO_SECOND / 1000),
                    .src = NODE_UNDER_TEST,
                    .dst = US,
                    .protocol = INJ_UDP,
                    .octets = octets,
                    .len = n - 4 };
        }
        j = inj_judge_trial(inj_case_by_id("RPL-15"), &s.bench, &trial);
        if (j.verdict != rows[i].want)
            fail_msg("row %zu: %s (%s)", i, inj_verdict_name(j.verdict), j.reason);
    }
    mipro_keyring_free(s.ring);
}

#define OTHER_HOME_ADDRESS 1 /* in told.flaw */
#define UNKNOWN_SPI 2
#define ELSEWHERE 0xc6336409u
#define FORGED 4
#define OTHER_PORT 8

/* A Binding Update of the home agent to the requester. */
static void
tell(const struct scenery *s, const struct inj_trial *trial, uint32_t dst, uint32_t coa,
    uint64_t flip, unsigned flaw, struct inj_answer *a)
{
    struct mipro_message sent;
    struct mipro_build b;
    uint8_t *octets = answer_octets();

    *a = (struct inj_answer){ .src = NODE_UNDER_TEST,
        .dst = dst,
        .dport = (flaw & OTHER_PORT) != 0 ? 435 : MIPRO_PORT,
        .protocol = INJ_UDP,
        .octets = octets };
    mipro_message_parse(
        &sent, trial->sent, trial->len, trial->len, &s->bench.set, MIPRO_IDENT_UNKNOWN);
    b = mipro_build(
        octets, 2048, mipro_msg_def(MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT), &s->bench.set);
    mipro_put(&b, MIPRO_F_FLAGS, MIPRO_BU_I);
    mipro_put(&b, MIPRO_F_LIFE, coa == HOME ? 0 : 60);
    mipro_put(&b, MIPRO_F_HOMEADDR, (flaw & OTHER_HOME_ADDRESS) != 0 ? HOME + 1 : HOME);
    mipro_put(&b, MIPRO_F_COA, coa);
    mipro_put(&b, MIPRO_F_IDENT, mipro_value(&sent, MIPRO_F_IDENT) ^ flip);
    mipro_put_auth(
        &b, MIPRO_EXT_AUTH, s->bench.association, 0, (flaw & UNKNOWN_SPI) != 0 ? 0x4711 : 0x1000);
    assert_false(b.failed);
    if ((flaw & FORGED) != 0)
        b.buf[b.len - 1] ^= 1;
    a->len = b.len;
}

/* clang-format off */
static const struct {
    const char *id;
    unsigned step;
    unsigned n; /* number of Binding Updates */
    uint32_t dst, coa;
    uint64_t flip;
    enum inj_verdict want;
    unsigned flaw; /* of the first of them */
} told[] = {
    { "VAL-04", 0, 1, US,           CARE_OF, 0, INJ_PASS, 0 },
    { "VAL-04", 0, 0, US,           CARE_OF, 0, INJ_FAIL, 0 },
    { "VAL-04", 0, 2, US,           CARE_OF, 0, INJ_WARN, 0 },
    { "VAL-04", 0, 1, US,           CARE_OF, 1, INJ_FAIL, 0 }, /* another identification */
    { "VAL-04", 0, 1, US,           HOME,    0, INJ_FAIL, 0 }, /* it is not at home */
    { "VAL-04", 0, 1, 0x0a090009u,  CARE_OF, 0, INJ_FAIL, 0 }, /* not the requester */
    { "VAL-06", 1, 1, US,           HOME,    0, INJ_PASS, 0 },
    { "VAL-04", 0, 1, US,           CARE_OF, 0, INJ_FAIL, OTHER_HOME_ADDRESS },
    { "VAL-04", 0, 1, US,           CARE_OF, 0, INJ_WARN, UNKNOWN_SPI },
    { "VAL-04", 0, 1, US,           ELSEWHERE,  0, INJ_FAIL, UNKNOWN_SPI }, /* and another care-of address */
    { "VAL-04", 0, 1, US,           CARE_OF, 0, INJ_FAIL, FORGED },
    { "VAL-06", 1, 1, US,           CARE_OF, 0, INJ_FAIL, 0 }, /* private */
    { "VAL-06", 1, 2, US,           HOME,    0, INJ_FAIL, FORGED },
    { "LEN-07", 0, 0, US,           CARE_OF, 0, INJ_PASS, 0 },
    { "LEN-07", 0, 1, US,           CARE_OF, 0, INJ_FAIL, 0 },
    { "LEN-09", 0, 1, US,           CARE_OF, 0, INJ_WARN, 0 }, /* the complete target */
    { "LEN-09", 0, 1, 0x0a090009u,  CARE_OF, 0, INJ_FAIL, 0 }, /* a made-up one */
    { "ADR-05", 0, 0, US,           CARE_OF, 0, INJ_PASS, 0 }, /* none is owed to a group */
    { "ADR-06", 0, 1, US,           CARE_OF, 0, INJ_PASS, 0 },
    { "ADR-06", 0, 1, US,           CARE_OF, 0, INJ_FAIL, OTHER_PORT }, /* not to port 434 */
    { "VAL-04", 0, 1, US,           CARE_OF, 0, INJ_PASS, OTHER_PORT }, /* where the request may come from */
    { "ADR-06", 0, 5, US,           CARE_OF, 0, INJ_WARN, 0 },
    { "ADR-06", 0, 6, US,           CARE_OF, 0, INJ_FAIL, 0 },
    { "ADR-07", 0, 1, US,           HOME,    0, INJ_WARN, 0 },
    { "ADR-07", 0, 1, US,           CARE_OF, 0, INJ_FAIL, 0 },
    { "RTE-01", 0, 5, US,           CARE_OF, 0, INJ_PASS, 0 },
    { "RTE-01", 0, 8, US,           CARE_OF, 0, INJ_WARN, 0 },
};
/* clang-format on */

static void
updates_are_judged_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(told); i++) {
        struct scenery s;
        static struct kept k;
        static struct inj_answer answers[8];
        struct inj_judgement j;

        set_up(&s, INJ_AS_HOME_AGENT, INJ_HOME_AGENT);
        make_trial(&s, told[i].id, told[i].step, &k);
        if (strcmp(told[i].id, "RTE-01") == 0)
            k.trial.count = 100;
        for (unsigned n = 0; n < told[i].n; n++)
            tell(&s, &k.trial, told[i].dst, told[i].coa, told[i].flip, n == 0 ? told[i].flaw : 0,
                &answers[n]);
        k.trial.answers = answers;
        k.trial.n_answers = told[i].n;
        j = inj_judge_trial(inj_case_by_id(told[i].id), &s.bench, &k.trial);
        if (j.verdict != told[i].want)
            fail_msg("row %zu, case %s: %s (%s), not %s", i, told[i].id,
                inj_verdict_name(j.verdict), j.reason, inj_verdict_name(told[i].want));
        mipro_keyring_free(s.ring);
    }
}

/* A Binding Request may be the control before and after a case. */
static void
a_good_request_is_answered_about_its_mobile_node(void **state)
{
    static const struct {
        uint32_t src;
        unsigned flaw;
        uint64_t flip;
        enum inj_taken want;
    } rows[] = {
        { NODE_UNDER_TEST, 0, 0, INJ_TAKEN_GOOD },
        { CARE_OF, 0, 0, INJ_TAKEN_GOOD }, /* from another of its addresses */
        { CARE_OF, OTHER_HOME_ADDRESS, 0, INJ_TAKEN_SILENT },
        { NODE_UNDER_TEST, OTHER_HOME_ADDRESS, 0, INJ_TAKEN_FAULTY },
        { NODE_UNDER_TEST, FORGED, 0, INJ_TAKEN_FAULTY },
        { NODE_UNDER_TEST, 0, 1, INJ_TAKEN_FAULTY },
    };
    struct scenery s;
    static struct kept k;
    struct inj_answer a;

    (void)state;
    set_up(&s, INJ_AS_HOME_AGENT, INJ_HOME_AGENT);
    make_trial(&s, "VAL-04", 0, &k);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct inj_control control;

        tell(&s, &k.trial, US, CARE_OF, rows[i].flip, rows[i].flaw, &a);
        a.src = rows[i].src;
        k.trial.answers = &a;
        k.trial.n_answers = 1;
        control = inj_judge_control(&s.bench, &k.trial);
        if (control.taken != rows[i].want)
            fail_msg("row %zu: taken as %d (%s), not %d", i, (int)control.taken, control.reason,
                (int)rows[i].want);
    }
    mipro_keyring_free(s.ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acknowledges_are_judged_as_the_table_says),
        cmocka_unit_test(of_several_acknowledges_the_matching_one_counts_and_the_others_warn),
        cmocka_unit_test(a_wrong_source_that_a_key_fits_shows_nothing),
        cmocka_unit_test(where_the_draft_is_open_the_profile_decides),
        cmocka_unit_test(updates_are_judged_as_the_table_says),
        cmocka_unit_test(silence_counts_only_between_two_answers),
        cmocka_unit_test(what_the_kernel_drops_never_passes),
        cmocka_unit_test(every_case_is_judged_in_the_role_that_it_targets),
        cmocka_unit_test(cases_that_need_more_are_skipped),
        cmocka_unit_test(what_a_draft_does_not_know_is_skipped_with_the_reason),
        cmocka_unit_test(requests_without_a_reply_are_a_second_apart),
        cmocka_unit_test(a_good_request_is_answered_about_its_mobile_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
