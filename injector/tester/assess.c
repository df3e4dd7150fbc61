/* SPDX-License-Identifier: GPL-2.0-or-later */
/* assess.c - which check judges a case, and the three phases together; see assess.h. */
#include "tester/assess.h"

#include <stdio.h>
#include <string.h>

#include "tester/acknowledge.h"
#include "tester/answers.h"
#include "tester/handoff.h"
#include "tester/home.h"
#include "tester/mobile.h"
#include "tester/registration.h"

static struct inj_judgement
judge_answers(
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
        if (inj_count_updates(bench, trial, 0) > 0)
            return inj_pass();
        return bench->has_updated != 0 || bench->has_notified
                   ? inj_judgement(INJ_FAIL, "the Binding Update is not retransmitted")
                   : inj_judgement(INJ_INCONCLUSIVE, "no Binding Update, nor any earlier one: does "
                                                     "it support smooth handoffs?");
    case INJ_CHECK_REGISTERS:
    case INJ_CHECK_NO_REGISTRATION:
        return inj_judge_registration(c, bench, trial);
    case INJ_CHECK_SPACING:
        return inj_judge_spacing(bench, trial);
    }
    return inj_judgement(INJ_INCONCLUSIVE, "this case has no check");
}

struct inj_judgement
inj_judge_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_judgement j = judge_answers(c, bench, trial);
    const size_t n = strlen(j.reason);

    /* How far timestamps may differ is a matter of the association (RFC 2002 5.6.1). */
    if (j.verdict == INJ_FAIL && inj_case_leaves_window(c))
        (void)snprintf(j.reason + n, sizeof(j.reason) - n,
            "; if the node is configured to accept such timestamps, see --window");
    return j;
}

struct inj_judgement
inj_judge_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    if (trial->src != bench->source && !bench->spoof)
        return inj_judgement(
            INJ_SKIP, "a source address that the interface does not have needs --spoof");
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
        return inj_judgement(INJ_SKIP, "the association's key is not a master key");
    if (c->need == INJ_NEEDS_FOREIGN && !bench->has_foreign_spi)
        return inj_judgement(
            INJ_SKIP, "for agents that share an association with a foreign agent: --foreign-spi");
    if (manner->flags & INJ_BASE_AGENT)
        return inj_judgement(INJ_SKIP, "for an agent without route optimization");
    return inj_pass();
}

/* The result of a control, from how it was taken and the judgement of the answer to it. */
static struct inj_control
take_control(enum inj_taken taken, const struct inj_judgement *j)
{
    struct inj_control control = { .taken = j->verdict == INJ_FAIL ? INJ_TAKEN_FAULTY : taken };

    (void)snprintf(control.reason, sizeof(control.reason), "%s", j->reason);
    return control;
}

/* A request that a foreign agent must pass on to its home agent, unchanged. */
static struct inj_control
judge_foreign_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message sent, m;
    const struct inj_answer *a;
    struct inj_judgement j;
    const uint32_t reaction = inj_registration_reaction(bench, trial, &a, &m);

    if (a == NULL)
        return control;
    if (reaction == INJ_RELAYED) {
        j = inj_judge_relayed(bench, trial, a);
        return take_control(INJ_TAKEN_GOOD, &j);
    }
    if (mipro_value(&m, MIPRO_F_CODE) >= INJ_REFUSED_FROM)
        return inj_refused(bench, trial, a, &m);
    /* The home agent is another node: the foreign agent passes its reply back. */
    if (bench->agent != bench->source) {
        inj_parse_sent(bench, trial, &sent);
        j = inj_judge_reply_itself(bench, trial, &sent, a, &m);
        return take_control(INJ_TAKEN_GOOD, &j);
    }
    j = inj_judgement(
        INJ_FAIL, "%s: granted by the foreign agent itself", inj_describe(bench, a).s);
    return take_control(INJ_TAKEN_GOOD, &j);
}

/* A Registration Request of a mobile node; its extension 32 is for its home agent. */
static struct inj_control
judge_mobile_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message m;
    const struct inj_answer *a = inj_find_request(bench, trial, &m);
    struct inj_judgement j, worst;

    if (a == NULL && (a = inj_find_stale_request(bench, trial)) != NULL) {
        j = inj_judgement(INJ_FAIL,
            "%s: it has the identification of an earlier request (RFC 2002 3.6.1.2)",
            inj_describe(bench, a).s);
        return take_control(INJ_TAKEN_GOOD, &j);
    }
    if (a == NULL)
        return control;
    j = inj_judge_request(bench, trial, a, &m);
    worst = inj_judge_request_signature(bench, a, &m);
    j = inj_worse(&worst, &j);
    if (a->ip_sum_bad || a->udp_sum_bad)
        j = inj_judgement(INJ_FAIL, "%s: its checksum is wrong", inj_describe(bench, a).s);
    return take_control(INJ_TAKEN_GOOD, &j);
}

struct inj_control
inj_judge_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control;

    switch (bench->role) {
    case INJ_AS_HOME_AGENT:
        control = inj_judge_home_control(bench, trial);
        break;
    case INJ_AS_NEW_AGENT:
        control = judge_foreign_control(bench, trial);
        break;
    case INJ_AS_MOBILE_NODE:
        control = judge_mobile_control(bench, trial);
        break;
    default:
        control = inj_judge_update_control(bench, trial);
    }
    if (control.taken == INJ_TAKEN_SILENT)
        (void)snprintf(
            control.reason, sizeof(control.reason), "%s", inj_describe_rest(bench, trial).s);
    return control;
}

struct inj_judgement
inj_judge_entry(const struct inj_case *c, const struct inj_bench *bench, bool tunnelled)
{
    unsigned flags = inj_manner(c->id)->flags;

    if ((flags & INJ_ENTRY_THERE) && !tunnelled && !bench->has_tunnelled)
        return inj_judgement(INJ_INCONCLUSIVE,
            "a datagram for the mobile node was not tunnelled on, nor any before: the node need "
            "not keep bindings (3.1)");
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
    const char *port = unreachable ? "; nothing listens on its port" : "";

    if (before->taken == INJ_TAKEN_SILENT)
        return inj_judgement(INJ_INCONCLUSIVE, "the good message before it was not answered: %s%s",
            before->reason, port);
    /* A node that refuses a good message shows nothing by its answer to the case. */
    if (before->taken == INJ_TAKEN_REFUSED)
        return inj_judgement(
            INJ_INCONCLUSIVE, "the good message before it was refused: %s", before->reason);
    if (after->taken == INJ_TAKEN_SILENT)
        return inj_judgement(INJ_FAIL,
            "it answered before, but not the good message after the case: %s%s", after->reason,
            port);
    if (unreachable)
        return inj_judgement(
            INJ_FAIL, "it went away and came back: for a while nothing listened on its port");
    if (after->taken == INJ_TAKEN_REFUSED && middle->verdict < INJ_FAIL)
        return inj_judgement(INJ_FAIL, "the good message after it was refused: %s", after->reason);
    if (c->reach == INJ_DROPPED && middle->verdict == INJ_PASS)
        return inj_judgement(
            INJ_SKIP, "host stack: the kernel drops it before port 434, so silence proves nothing");
    return *middle;
}
