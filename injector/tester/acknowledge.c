/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/acknowledge.h"

#include <stdio.h>
#include <string.h>

#include "tester/answers.h"
#include "tester/hint.h"

#define NO_RESOURCES 130 /* of a status (4.4): of all messages it may refuse any */

static uint32_t
reaction_of_status(uint64_t status)
{
    switch (status) {
    case 0:
        return INJ_ACK_0;
    case 129:
        return INJ_ACK_129;
    case 131:
        return INJ_ACK_131;
    case 133:
        return INJ_ACK_133;
    case 134:
        return INJ_ACK_134;
    default:
        return INJ_ACK_OTHER;
    }
}

/*
 * The identification is copied "if present there" (4.4).  The answer to a Binding Update
 * without one is open: VAL-03 treats 16 octets with 0 as correct, 8 as tolerated.
 */
static struct inj_judgement
judge_copied_ident(const struct mipro_message *sent, const struct mipro_message *ack)
{
    bool has = mipro_has(ack, MIPRO_F_IDENT);
    uint64_t ident = mipro_value(ack, MIPRO_F_IDENT);

    if (sent->err == MIPRO_ERR_TRUNCATED || sent->err == MIPRO_ERR_NOT_OURS)
        return inj_pass(); /* there was none to copy, or only part of one */
    if (mipro_has(sent, MIPRO_F_IDENT)) {
        if (has && ident == mipro_value(sent, MIPRO_F_IDENT))
            return inj_pass();
        return has ? inj_judgement(INJ_FAIL,
                         "identification %016llx acknowledged, %016llx was sent",
                         (unsigned long long)ident,
                         (unsigned long long)mipro_value(sent, MIPRO_F_IDENT))
                   : inj_judgement(INJ_FAIL, "the identification is missing in the acknowledge");
    }
    if (!has)
        return mipro_value(ack, MIPRO_F_STATUS) == 0
                   ? inj_judgement(INJ_WARN, "a Binding Acknowledge of 8 octets: no identification")
                   : inj_pass();
    return ident == 0 ? inj_pass()
                      : inj_judgement(INJ_FAIL, "an identification that was never sent: %016llx",
                            (unsigned long long)ident);
}

/* What does not depend on a key: how it came, and its fields. */
static struct inj_judgement
judge_content(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, const struct mipro_message *sent, const struct mipro_message *ack)
{
    struct inj_judgement worst = inj_judge_carriage(bench, trial, a);
    struct inj_judgement j;

    if (mipro_value(ack, MIPRO_F_RESERVED) != 0) {
        j = inj_judgement(INJ_WARN, "the reserved octets of the acknowledge are 0x%04x, not 0",
            (unsigned)mipro_value(ack, MIPRO_F_RESERVED));
        worst = inj_worse(&worst, &j);
    }
    if (mipro_has(sent, MIPRO_F_HOMEADDR) &&
        mipro_value(ack, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR)) {
        j = inj_judgement(INJ_FAIL, "the acknowledge is about %s",
            mipro_dotted((uint32_t)mipro_value(ack, MIPRO_F_HOMEADDR)).s);
        worst = inj_worse(&worst, &j);
    }
    j = inj_judge_extensions(bench, a, ack);
    worst = inj_worse(&worst, &j);
    j = judge_copied_ident(sent, ack);
    return inj_worse(&worst, &j);
}

/* Is this acknowledge correct in itself, whatever its status? */
static struct inj_judgement
judge_acknowledge(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, const struct mipro_message *sent, const struct mipro_message *ack)
{
    struct inj_judgement worst =
        inj_judge_signature(bench, a, ack, mipro_auth_ext_type(&bench->set), false);
    struct inj_judgement j;

    if (ack->err != MIPRO_OK)
        return worst;
    if (worst.verdict == INJ_WARN && mipro_value(ack, MIPRO_F_STATUS) != 0)
        worst = inj_pass(); /* it may have no key for an unknown node */
    j = judge_content(bench, trial, a, sent, ack);
    return inj_worse(&worst, &j);
}

/* Does the acknowledge answer exactly this Binding Update? */
static bool
matches(const struct mipro_message *sent, const struct mipro_message *ack)
{
    return mipro_value(ack, MIPRO_F_HOMEADDR) == mipro_value(sent, MIPRO_F_HOMEADDR) &&
           (!mipro_has(sent, MIPRO_F_IDENT) || !mipro_has(ack, MIPRO_F_IDENT) ||
               mipro_value(ack, MIPRO_F_IDENT) == mipro_value(sent, MIPRO_F_IDENT));
}

/*
 * The acknowledge to be judged: the one that matches, from whatever address; otherwise the first
 * from the node that does not answer an earlier message.  Of the answers to many messages that
 * count together one with status 0, if there is one.  NULL: silence.
 */
static const struct inj_answer *
find_acknowledge(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, struct mipro_message *ack, unsigned *n)
{
    const struct inj_answer *a, *found = NULL;
    struct mipro_message m;
    bool matched = false;

    *n = 0;
    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_ACKNOWLEDGE, &m, &i));) {
        const bool fits = matches(sent, &m);

        if (a->tunnelled || inj_is_late(bench, trial, sent, &m) ||
            (a->src != bench->destination && !fits))
            continue; /* the copy for the mobile node (8.1), an answer to another message, or from
                         another node */
        if (trial->count > 1) {
            if (*n == 0 || mipro_value(&m, MIPRO_F_STATUS) == 0) {
                found = a;
                *ack = m;
            }
            *n = 1; /* one for each message is due */
        } else if ((*n)++ == 0 || (!matched && fits)) {
            found = a;
            *ack = m;
        }
        matched = matched || fits;
    }
    return found;
}

/* Do the octets that we sent verify with our keys? */
static enum mipro_verdict
judge_own(
    const struct inj_bench *bench, const struct inj_trial *trial, const struct mipro_message *sent)
{
    struct mipro_scene scene = { trial->src, trial->dst, trial->time, bench->ring };
    struct mipro_ext e;
    struct mipro_auth auth;

    if (!mipro_ext_find(sent, mipro_auth_ext_type(&bench->set), &e))
        return MIPRO_MISSING;
    mipro_auth_judge(sent, &e, &scene, &auth);
    return auth.verdict;
}

/* The expectation of the table, adjusted to the octets, the profile of the run and its keys. */
static void
expect(const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, uint32_t *right, uint32_t *tolerated)
{
    bool good = judge_own(bench, trial, sent) == MIPRO_GOOD;
    bool open = sent->err == MIPRO_OK && inj_holds_unknown_ext(sent);

    *right = trial->lead ? INJ_ACK_0 : c->expected;
    *tolerated = trial->lead ? 0 : c->tolerated;
    if (trial->lead)
        return;
    if (mipro_has(sent, MIPRO_F_FLAGS) && !(mipro_value(sent, MIPRO_F_FLAGS) & MIPRO_BU_A))
        *right |= INJ_SILENCE; /* the message does not ask for an answer (TYP-02) */
    /* If the association has replay protection, a message without it is refused (IDN-05). */
    if (sent->err == MIPRO_OK && !mipro_has(sent, MIPRO_F_IDENT) && (*right & INJ_ACK_0) &&
        bench->association->replay != MIPRO_REPLAY_NONE) {
        *tolerated |= *right;
        *right = INJ_ACK_133;
    }
    /* The other algorithm or coverage: correct if it is the one agreed upon. */
    if (strcmp(c->id, "AUT-04") == 0 || strcmp(c->id, "AUT-05") == 0) {
        if (good)
            *right = INJ_ACK_0;
        else if (bench->profile == INJ_PROFILE_RFC3344)
            *tolerated |= INJ_ACK_0;
    }
    if (strcmp(c->id, "PFA-07") == 0) {
        bool body_only = bench->profile == INJ_PROFILE_BODY_ONLY;

        /* The coverage of 4.5, or only the body as in 5.1: one of them must be accepted. */
        *right = good != body_only ? INJ_ACK_0 : INJ_ACK_0 | INJ_ACK_131;
        *tolerated = good != body_only && body_only ? INJ_ACK_131 : 0;
    }
    /* The identification, read as extensions, happens to contain none that must be understood. */
    if (strcmp(c->id, "LEN-06") == 0 && !open)
        *right = sent->err == MIPRO_OK ? INJ_ACK_0 | INJ_ACK_131 : INJ_ACK_134;
    /* Likewise for an extension whose length is wrong: its type may have been read first. */
    if (sent->err == MIPRO_ERR_OVERRUN && sent->err_off < sent->len &&
        trial->sent[sent->err_off] < 128 &&
        mipro_ext_def(trial->sent[sent->err_off], &bench->set) == NULL)
        *right |= INJ_SILENCE;
    /* A refusal may be silence or any status; it should be the specified one (4.4). */
    if ((*right & INJ_ACK_NEGATIVE) != 0)
        *tolerated |= INJ_ACK_NEGATIVE | INJ_SILENCE;
    /* If a clause conflicts with RFC 2002's silent discard (1.9), silence wins. */
    if (open && !(*right & INJ_SILENCE)) {
        *tolerated |= *right;
        *right = INJ_SILENCE;
    }
}

/* The resynchronization that a wrong nonce must cause (4.3). */
static struct inj_judgement
judge_asking(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;

    if (inj_find_answer(bench, trial, MIPRO_BINDING_REQUEST, &m) != NULL)
        return inj_pass();
    return inj_judgement(INJ_FAIL, "no Binding Request to resynchronize the nonces");
}

struct inj_judgement
inj_judge_ack(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, ack;
    uint32_t right, tolerated;
    unsigned n;
    const struct inj_answer *a;
    struct inj_judgement worst, j;

    inj_parse_sent(bench, trial, &sent);
    expect(c, bench, trial, &sent, &right, &tolerated);
    a = find_acknowledge(bench, trial, &sent, &ack, &n);
    worst = inj_weigh(bench, trial, a,
        a == NULL ? INJ_SILENCE : reaction_of_status(mipro_value(&ack, MIPRO_F_STATUS)), right,
        tolerated);
    if (a != NULL && worst.verdict == INJ_FAIL && right == INJ_ACK_0 &&
        mipro_value(&ack, MIPRO_F_STATUS) == NO_RESOURCES)
        return inj_judgement(
            INJ_INCONCLUSIVE, "%s: it says that it lacks resources", inj_describe(bench, a).s);
    if (a != NULL && worst.verdict < INJ_FAIL && trial->count == 1) {
        j = judge_acknowledge(bench, trial, a, &sent, &ack);
        worst = inj_worse(&worst, &j);
    }
    if (n > 1) {
        j = inj_judgement(INJ_WARN, "%u acknowledges of one Binding Update", n);
        worst = inj_worse(&worst, &j);
    }
    if ((inj_manner(c->id)->flags & INJ_ASKS_AGAIN) && !trial->lead) {
        j = judge_asking(bench, trial);
        worst = inj_worse(&worst, &j);
    }
    return worst;
}

struct inj_judgement
inj_judge_update_octets(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent;
    uint32_t right, tolerated;
    enum mipro_verdict verdict;

    inj_parse_sent(bench, trial, &sent);
    expect(c, bench, trial, &sent, &right, &tolerated);
    verdict = judge_own(bench, trial, &sent);
    if (right == INJ_ACK_0 && verdict == MIPRO_NO_KEY)
        return inj_judgement(INJ_SKIP, "no association has the SPI of this case");
    if (trial->src != bench->source && verdict == MIPRO_GOOD)
        return inj_judgement(INJ_SKIP, "an association fits the wrong source, too");
    return inj_pass();
}

bool
inj_is_forged_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent;
    uint32_t right, tolerated;
    enum mipro_verdict verdict;

    inj_parse_sent(bench, trial, &sent);
    if (sent.err != MIPRO_OK || mipro_message_type(&sent) != MIPRO_BINDING_UPDATE || trial->lead)
        return false;
    expect(c, bench, trial, &sent, &right, &tolerated);
    verdict = judge_own(bench, trial, &sent);
    return (verdict == MIPRO_BAD || verdict == MIPRO_MISSING) &&
           ((right | tolerated) & INJ_ACK_0) == 0;
}

bool
inj_is_acceptance(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *m)
{
    return m->def != NULL && mipro_message_type(m) == MIPRO_BINDING_ACKNOWLEDGE &&
           m->err == MIPRO_OK && mipro_value(m, MIPRO_F_STATUS) == 0 &&
           inj_judge_signature(bench, a, m, mipro_auth_ext_type(&bench->set), true).verdict ==
               INJ_PASS;
}

/* A good Binding Update with A: was it acknowledged with 0, by a correct answer? */
struct inj_control
inj_judge_update_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message sent, ack;
    unsigned n;
    const struct inj_answer *a;
    struct inj_judgement j;

    inj_parse_sent(bench, trial, &sent);
    a = find_acknowledge(bench, trial, &sent, &ack, &n);
    if (a == NULL)
        return control;
    control.status = (unsigned)mipro_value(&ack, MIPRO_F_STATUS);
    if (control.status != 0) {
        control.taken = INJ_TAKEN_REFUSED;
        j = inj_judge_signature(bench, a, &ack, mipro_auth_ext_type(&bench->set), true);
        (void)snprintf(control.reason, sizeof(control.reason), "%s%s", inj_describe(bench, a).s,
            inj_ack_hint(&ack, j.verdict == INJ_PASS).s);
        j = judge_content(bench, trial, a, &sent, &ack);
        if (ack.err == MIPRO_OK && j.verdict == INJ_FAIL)
            (void)snprintf(control.fault, sizeof(control.fault), "%s", j.reason);
        return control;
    }
    j = judge_acknowledge(bench, trial, a, &sent, &ack);
    control.taken = j.verdict == INJ_FAIL ? INJ_TAKEN_FAULTY : INJ_TAKEN_GOOD;
    (void)snprintf(control.reason, sizeof(control.reason), "%s", j.reason);
    return control;
}
