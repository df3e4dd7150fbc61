/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/registration.h"

#include "tester/answers.h"

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

/* Home address and the low half of the identification are the request's (RFC 2002 3.4, 5.6). */
struct inj_judgement
inj_judge_reply_itself(const struct inj_bench *bench, const struct mipro_message *sent,
    const struct inj_answer *a, const struct mipro_message *reply)
{
    if (reply->err == MIPRO_OK && sent->err != MIPRO_ERR_TRUNCATED &&
        (uint32_t)mipro_value(reply, MIPRO_F_IDENT) != (uint32_t)mipro_value(sent, MIPRO_F_IDENT))
        return inj_judgement(
            INJ_FAIL, "the Registration Reply does not have the identification of the request");
    if (reply->err == MIPRO_OK &&
        mipro_value(reply, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR))
        return inj_judgement(INJ_FAIL, "the Registration Reply is about another home address");
    return inj_judge_signature(bench, a, reply, MIPRO_EXT_MOBILE_HOME, false);
}

struct inj_judgement
inj_judge_reply(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    const struct inj_answer *a;
    uint32_t reaction = inj_registration_reaction(bench, trial, &a, &m);
    uint32_t right = c->expected, tolerated = c->tolerated;
    struct inj_judgement worst, j;

    inj_parse_sent(bench, trial, &sent);
    if (bench->role == INJ_AS_NEW_AGENT && right == INJ_REPLY_134)
        right = INJ_REPLY_70; /* what a foreign agent calls it (RSV-04) */
    if (inj_manner(c->id)->flags & INJ_MAY_RELAY)
        tolerated |= INJ_RELAYED;
    worst = inj_weigh(reaction, right, tolerated);
    if (a != NULL && reaction != INJ_RELAYED && worst.verdict < INJ_FAIL) {
        j = inj_judge_reply_itself(bench, &sent, a, &m);
        worst = inj_worse(&worst, &j);
    }
    return worst;
}
