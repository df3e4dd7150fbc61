/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_agents.c - whoever is no receiver of Binding Updates: which check judges it. */
#include "tester/assess_parts.h"

#include <stdio.h>

const struct inj_answer *
inj_find_answer(const struct inj_bench *bench, const struct inj_trial *trial, uint8_t type,
    struct mipro_message *m)
{
    size_t i = 0;

    return inj_next_answer(bench, trial, type, m, &i);
}

const struct inj_answer *
inj_next_update(const struct inj_bench *bench, const struct inj_trial *trial,
    struct mipro_message *m, size_t *i)
{
    const struct inj_answer *a;

    do
        a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, m, i);
    while (a != NULL && a->src != bench->destination);
    return a;
}

/* The Binding Updates that the tested node sent, to whom (0: to anybody). */
size_t
inj_count_updates(const struct inj_bench *bench, const struct inj_trial *trial, uint32_t dst)
{
    struct mipro_message m;
    const struct inj_answer *a;
    size_t n = 0;

    for (size_t i = 0; (a = inj_next_update(bench, trial, &m, &i));)
        n += dst == 0 || a->dst == dst;
    return n;
}

static uint32_t
reaction_of_code(uint64_t code)
{
    switch (code) {
    case 0:
    case 1:
        return INJ_REPLY_0;
    case 67:
        return INJ_REPLY_67;
    case 70:
        return INJ_REPLY_70;
    case 131:
        return INJ_REPLY_131;
    case 134:
        return INJ_REPLY_134;
    case 136:
        return INJ_REPLY_136;
    default:
        return INJ_REPLY_OTHER;
    }
}

/* A Registration Reply, or the request that went on to the home agent, or nothing. */
uint32_t
inj_registration_reaction(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer **answer, struct mipro_message *m)
{
    const struct inj_answer *a;
    struct mipro_message sent;

    inj_parse_sent(bench, trial, &sent);
    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REPLY, m, &i));) {
        /* A foreign agent passes on what came of an earlier request, too. */
        bool late = bench->role == INJ_AS_NEW_AGENT && mipro_has(&sent, MIPRO_F_IDENT) &&
                    mipro_value(m, MIPRO_F_IDENT) != mipro_value(&sent, MIPRO_F_IDENT);

        if (a->src == bench->destination && !late) {
            *answer = a;
            return reaction_of_code(mipro_value(m, MIPRO_F_CODE));
        }
    }
    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, m, &i));) {
        if (a->src == bench->destination) {
            *answer = a;
            return INJ_RELAYED;
        }
    }
    *answer = NULL;
    return INJ_SILENCE;
}

/* What became of the registration, unless that is all the same. */
struct inj_judgement
inj_weigh_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;
    const struct inj_answer *a;
    uint32_t reaction = inj_registration_reaction(bench, trial, &a, &m);
    unsigned flags = inj_manner(c->id)->flags;

    if (flags & INJ_ANY_REPLY)
        return inj_weigh(reaction, UINT32_MAX & ~c->tolerated, c->tolerated);
    return inj_weigh(
        reaction, c->expected, c->tolerated | (flags & INJ_MAY_UPDATE ? INJ_REPLY_0 : 0));
}

struct inj_judgement
inj_judge_agents_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    size_t n;

    switch (inj_manner(c->id)->check) {
    case INJ_CHECK_ACK:
        break;
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
    return inj_judgement(INJ_INCONCLUSIVE, "nobody judges this");
}

struct inj_control
inj_judge_agents_control(const struct inj_bench *bench, const struct inj_trial *trial)
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
        return control;
    }
}
