/* SPDX-License-Identifier: GPL-2.0-or-later */
/* assess.c - which check judges a case, and the three phases together: see assess.h. */
#include "tester/assess.h"

#include <stdio.h>

#include "tester/acknowledge.h"
#include "tester/answers.h"
#include "tester/handoff.h"
#include "tester/home.h"
#include "tester/registration.h"

struct inj_judgement
inj_judge_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    size_t n;

    switch (inj_manner(c->id)->check) {
    case INJ_CHECK_ACK:
        return inj_judge_ack(c, bench, trial);
    case INJ_CHECK_TARGETS:
        return inj_judge_targets(bench, trial);
    case INJ_CHECK_NO_UPDATE:
        return inj_judge_no_update(c, bench, trial);
    case INJ_CHECK_NO_STRANGER:
        return inj_judge_no_stranger(c, bench, trial);
    case INJ_CHECK_PRIVATE:
        return inj_judge_private(c, bench, trial);
    case INJ_CHECK_RATE:
    case INJ_CHECK_WARNING_RATE:
        return inj_judge_rate(c, bench, trial);
    case INJ_CHECK_REPLY:
        return inj_judge_reply(c, bench, trial);
    case INJ_CHECK_HANDOFF:
        return inj_judge_handoff(c, bench, trial);
    case INJ_CHECK_NO_HANDOFF:
        return inj_judge_no_handoff(c, bench, trial);
    case INJ_CHECK_STOPS:
        n = inj_count_updates(bench, trial, 0);
        return n == 0 ? inj_pass()
                      : inj_judgement(
                            INJ_FAIL, "%zu more Binding Updates after the one was acknowledged", n);
    case INJ_CHECK_GOES_ON:
        return inj_count_updates(bench, trial, 0) > 0
                   ? inj_pass()
                   : inj_judgement(INJ_FAIL, "the Binding Update is not sent again");
    case INJ_CHECK_REGISTERS:
    case INJ_CHECK_NO_REGISTRATION:
        return inj_judge_registration(c, bench, trial);
    }
    return inj_judgement(INJ_INCONCLUSIVE, "no check of this case");
}

struct inj_judgement
inj_judge_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    if (trial->src != bench->source && !bench->spoof)
        return inj_judgement(INJ_SKIP, "a source that is not our own needs --spoof");
    return inj_manner(c->id)->check == INJ_CHECK_ACK ? inj_judge_update_octets(c, bench, trial)
                                                     : inj_pass();
}

/* "home-agent, new-agent" */
static void
name_roles(unsigned set, char *text, size_t size)
{
    size_t at = 0;

    text[0] = '\0';
    for (unsigned role = 0; role < INJ_ROLES && at < size; role++) {
        if (set >> role & 1)
            at += (size_t)snprintf(text + at, size - at, "%s%s", at == 0 ? "" : ", ",
                inj_role_name((enum inj_role)role));
    }
}

struct inj_judgement
inj_judge_fitness(const struct inj_case *c, const struct inj_bench *bench)
{
    const struct inj_manner *manner = inj_manner(c->id);
    const char *missing = inj_case_missing(c, bench->set.draft);
    enum mipro_replay replay = bench->association->replay;
    char roles[96];

    if (missing != NULL)
        return inj_judgement(
            INJ_SKIP, "not in draft -%s: %s", inj_draft_name(bench->set.draft), missing);
    if (!(manner->roles >> bench->role & 1)) {
        name_roles(manner->roles, roles, sizeof(roles));
        return inj_judgement(
            INJ_SKIP, "not for the role %s: %s", inj_role_name(bench->role), roles);
    }
    if (c->need == INJ_NEEDS_REPLAY && replay == MIPRO_REPLAY_NONE)
        return inj_judgement(INJ_SKIP, "the association has no replay protection");
    if (c->need == INJ_NEEDS_TIMESTAMPS && replay != MIPRO_REPLAY_TIMESTAMP)
        return inj_judgement(INJ_SKIP, "the association's replay protection is not timestamp");
    if (c->need == INJ_NEEDS_NONCES && replay != MIPRO_REPLAY_NONCE)
        return inj_judgement(INJ_SKIP, "the association's replay protection is not nonce");
    if (c->need == INJ_NEEDS_MASTER && !bench->association->master)
        return inj_judgement(INJ_SKIP, "the association's key is no master key");
    if (manner->flags & INJ_BASE_AGENT)
        return inj_judgement(INJ_SKIP, "for an agent without route optimization");
    return inj_pass();
}

struct inj_control
inj_judge_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message m;
    const struct inj_answer *a;

    switch (bench->role) {
    case INJ_AS_HOME_AGENT:
        return inj_judge_home_control(bench, trial);
    case INJ_AS_NEW_AGENT:
        if (inj_registration_reaction(bench, trial, &a, &m) == INJ_RELAYED) {
            control.taken = INJ_TAKEN_GOOD;
        } else if (a != NULL) {
            bool granted = mipro_value(&m, MIPRO_F_CODE) < INJ_REFUSED_FROM;

            control.taken = granted ? INJ_TAKEN_FAULTY : INJ_TAKEN_REFUSED;
            (void)snprintf(control.reason, sizeof(control.reason), "%s with %u",
                granted ? "granted by the foreign agent itself" : "refused",
                (unsigned)mipro_value(&m, MIPRO_F_CODE));
        }
        return control;
    case INJ_AS_MOBILE_NODE:
        if (inj_find_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, &m) != NULL)
            control.taken = INJ_TAKEN_GOOD;
        return control;
    default:
        return inj_judge_update_control(bench, trial);
    }
}

struct inj_judgement
inj_judge_entry(const struct inj_case *c, bool tunnelled)
{
    unsigned flags = inj_manner(c->id)->flags;

    if ((flags & INJ_ENTRY_THERE) && !tunnelled)
        return inj_judgement(
            INJ_FAIL, "no entry: a datagram for the mobile node was not tunnelled on");
    if ((flags & INJ_ENTRY_GONE) && tunnelled)
        return inj_judgement(INJ_FAIL,
            "an entry: a datagram for the mobile node was tunnelled to the care-of address");
    return inj_pass();
}

struct inj_judgement
inj_judge_case(const struct inj_case *c, const struct inj_control *before,
    const struct inj_control *after, const struct inj_judgement *middle, bool unreachable)
{
    const char *port = unreachable ? ": nothing listens at its port" : "";

    if (before->taken == INJ_TAKEN_SILENT)
        return inj_judgement(
            INJ_INCONCLUSIVE, "the good message before it was not answered%s", port);
    if (after->taken == INJ_TAKEN_SILENT)
        return inj_judgement(INJ_FAIL,
            "it answered before, and leaves the good message after it unanswered%s", port);
    if (unreachable)
        return inj_judgement(
            INJ_FAIL, "it went away and came back: for a while nothing listened at its port");
    /* Who refuses all shows nothing by refusing this, but does by refusing what is good. */
    if (before->taken == INJ_TAKEN_REFUSED && !(c->expected & (INJ_ACK_0 | INJ_UPDATE)))
        return inj_judgement(INJ_INCONCLUSIVE, "the good message before it was %s", before->reason);
    if (before->taken != INJ_TAKEN_REFUSED && after->taken == INJ_TAKEN_REFUSED &&
        middle->verdict < INJ_FAIL)
        return inj_judgement(INJ_FAIL, "the good message after it was %s", after->reason);
    if (c->reach == INJ_DROPPED && middle->verdict == INJ_PASS)
        return inj_judgement(
            INJ_SKIP, "host stack: the kernel drops it before port 434, so silence proves nothing");
    return *middle;
}
