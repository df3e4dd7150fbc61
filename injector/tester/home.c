/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/home.h"

#include <stdio.h>
#include <string.h>

#include "tester/answers.h"
#include "tester/registration.h"

#define MAX_TARGETS 512

/* The nodes that a message asks the home agent to update, each once. */
struct targets {
    uint32_t addr[MAX_TARGETS];
    size_t n;
};

static bool
is_unicast(uint32_t addr)
{
    return addr >> 24 != 0 && addr >> 24 != 127 && addr >> 28 < 0xe;
}

static void
add_target(struct targets *t, uint32_t addr)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->addr[i] == addr)
            return;
    }
    if (t->n < MAX_TARGETS && is_unicast(addr))
        t->addr[t->n++] = addr;
}

static bool
is_target(const struct targets *t, uint32_t addr)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->addr[i] == addr)
            return true;
    }
    return false;
}

/* The targets of a Binding Warning or its extension, or the node that asks. */
static void
collect_targets(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, struct targets *t)
{
    struct mipro_ext e;

    t->n = 0;
    switch (mipro_message_type(sent)) {
    case MIPRO_BINDING_REQUEST:
        add_target(t, trial->src);
        break;
    case MIPRO_BINDING_WARNING:
        for (size_t i = 0; i < sent->n_targets; i++)
            add_target(t, mipro_target(sent, i));
        break;
    case MIPRO_REGISTRATION_REQUEST:
        if (!mipro_ext_find(sent, bench->set.warning_ext, &e))
            break;
        for (size_t i = 0; i < mipro_ext_addresses(sent, &e, MIPRO_F_WARN_TARGET); i++)
            add_target(t, mipro_ext_address(sent, &e, MIPRO_F_WARN_TARGET, i));
        break;
    }
}

static bool
deletes(const struct mipro_message *update)
{
    return mipro_value(update, MIPRO_F_LIFE) == 0 &&
           mipro_value(update, MIPRO_F_COA) == mipro_value(update, MIPRO_F_HOMEADDR);
}

bool
inj_is_named(const struct inj_bench *bench, uint32_t addr)
{
    return addr != 0 && addr >= bench->first_named && addr <= bench->last_named;
}

/*
 * A Binding Update that the message is no reason for.  A home agent may send some of its own accord
 * (7.3), or late; once it has been seen to, such a one no longer shows what the case did.
 */
static struct inj_judgement
blame_update(const struct inj_bench *bench, const struct inj_answer *a, struct inj_judgement j)
{
    const size_t n = strlen(j.reason);
    const bool named = inj_is_named(bench, a->dst);

    if (j.verdict != INJ_FAIL || (!bench->volunteers && !named))
        return j;
    j.verdict = INJ_INCONCLUSIVE;
    (void)snprintf(j.reason + n, sizeof(j.reason) - n, "; but %s",
        named ? "an earlier Binding Warning named that node"
              : "the home agent sends some that nothing asks for, or late");
    return j;
}

#define LIFE_SLACK 2u /* seconds */

/* Judge one Binding Update about the mobile node. */
static struct inj_judgement
judge_update(const struct inj_bench *bench, const struct mipro_message *sent,
    const struct inj_answer *a, const struct mipro_message *update)
{
    struct inj_judgement j =
        inj_judge_signature(bench, a, update, mipro_auth_ext_type(&bench->set), true);

    if (j.verdict == INJ_FAIL)
        return j;
    /* A request may be answered where it came from, as a registration is. */
    if (a->dport != MIPRO_PORT && mipro_message_type(sent) != MIPRO_BINDING_REQUEST)
        return inj_judgement(
            INJ_FAIL, "the Binding Update goes to port %u, not %u", a->dport, MIPRO_PORT);
    if (mipro_value(update, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR))
        return inj_judgement(INJ_FAIL, "the Binding Update is about %s, not %s",
            mipro_dotted((uint32_t)mipro_value(update, MIPRO_F_HOMEADDR)).s,
            mipro_dotted((uint32_t)mipro_value(sent, MIPRO_F_HOMEADDR)).s);
    if (a->src != bench->destination)
        j = inj_judgement(INJ_WARN, "%s: the message that it answers went to %s",
            inj_describe(bench, a).s, mipro_dotted(bench->destination).s);
    if (deletes(update) && !bench->is_registered)
        return inj_judgement(INJ_INCONCLUSIVE,
            "the Binding Update says that there is no binding, and no registration of ours was "
            "granted");
    if (mipro_value(update, MIPRO_F_COA) != bench->care_of)
        return inj_judgement(INJ_FAIL, "the Binding Update names care-of address %s, not %s",
            mipro_dotted((uint32_t)mipro_value(update, MIPRO_F_COA)).s,
            mipro_dotted(bench->care_of).s);
    if (mipro_value(update, MIPRO_F_LIFE) == 0)
        return inj_judgement(INJ_FAIL, "the Binding Update has lifetime 0");
    if (bench->ends != 0 &&
        mipro_value(update, MIPRO_F_LIFE) >
            (uint64_t)(bench->ends > a->time ? (bench->ends - a->time) / MIPRO_SECOND : 0) +
                LIFE_SLACK)
        j = inj_judgement(INJ_WARN,
            "the Binding Update has lifetime %u, where less than that remains of the registration",
            (unsigned)mipro_value(update, MIPRO_F_LIFE));
    if (mipro_message_type(sent) == MIPRO_BINDING_REQUEST &&
        (!mipro_has(update, MIPRO_F_IDENT) ||
            mipro_value(update, MIPRO_F_IDENT) != mipro_value(sent, MIPRO_F_IDENT)))
        return inj_judgement(
            INJ_FAIL, "the Binding Update does not have the identification of the request");
    return j;
}

struct inj_judgement
inj_missing_update(const struct inj_bench *bench, const struct inj_trial *trial, const char *to)
{
    const struct inj_text rest = inj_describe_rest(bench, trial);

    if (bench->has_updated == 0)
        return inj_judgement(INJ_INCONCLUSIVE,
            "no Binding Update to %s, nor any earlier one: %s; is route optimization enabled?", to,
            rest.s);
    /* It should send one (4.3), but a node that has never done so on such an occasion need not. */
    if ((bench->has_updated >> inj_occasion(trial) & 1) == 0)
        return inj_judgement(INJ_INCONCLUSIVE,
            "no Binding Update to %s, and none to any other node after such a message: %s", to,
            rest.s);
    return inj_judgement(INJ_FAIL, "no Binding Update to %s: %s", to, rest.s);
}

/*
 * A Binding Update without identification answers no request (4.3): it may be a late one, or one
 * that nothing asks for, beside the one that does answer.
 */
static bool
is_beside_the_answer(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, const struct mipro_message *update)
{
    struct mipro_message other;

    if (mipro_message_type(sent) != MIPRO_BINDING_REQUEST || mipro_has(update, MIPRO_F_IDENT))
        return false;
    for (size_t i = 0; inj_next_update(bench, trial, &other, &i) != NULL;) {
        if (mipro_has(&other, MIPRO_F_IDENT) &&
            mipro_value(&other, MIPRO_F_IDENT) == mipro_value(sent, MIPRO_F_IDENT))
            return true;
    }
    return false;
}

/* Exactly one Binding Update to each target, and none to others. */
struct inj_judgement
inj_judge_targets(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    struct targets targets;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;

    if (trial->lead && inj_registration_reaction(bench, trial, &a, &m) != INJ_REPLY_0)
        return inj_judgement(INJ_INCONCLUSIVE, "the registration before was not granted: %s",
            a != NULL ? inj_describe(bench, a).s : inj_describe_rest(bench, trial).s);
    inj_parse_sent(bench, trial, &sent);
    collect_targets(bench, trial, &sent, &targets);
    for (size_t i = 0; (a = inj_next_update(bench, trial, &m, &i));) {
        if (is_beside_the_answer(bench, trial, &sent, &m))
            continue;
        j = is_target(&targets, a->dst)
                ? judge_update(bench, &sent, a, &m)
                : blame_update(bench, a,
                      inj_judgement(INJ_FAIL, "a Binding Update to %s, which is not a target",
                          mipro_dotted(a->dst).s));
        worst = inj_worse(&worst, &j);
    }
    for (size_t i = 0; i < targets.n; i++) {
        const struct mipro_dotted to = mipro_dotted(targets.addr[i]);
        size_t n = inj_count_updates(bench, trial, targets.addr[i]);

        if (targets.addr[i] == bench->destination)
            continue; /* which it need not update */
        if (n == 0 && inj_is_asked(trial, targets.addr[i]))
            j = inj_judgement(INJ_WARN,
                "the Binding Update to %s cannot be seen: no node on the link has that address",
                to.s);
        else if (n == 0 && trial->held_back)
            j = inj_judgement(
                INJ_INCONCLUSIVE, "no Binding Update to %s; its rate limit may prevent it", to.s);
        else if (n == 0)
            j = inj_missing_update(bench, trial, to.s);
        else if (n > 1)
            j = inj_judgement(
                n > bench->rate_limit ? INJ_FAIL : INJ_WARN, "%zu Binding Updates to %s", n, to.s);
        else
            continue;
        worst = inj_worse(&worst, &j);
    }
    return worst;
}

/* No Binding Update; other answers are judged. */
struct inj_judgement
inj_judge_no_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    unsigned flags = inj_manner(c->id)->flags;
    struct mipro_message m;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;

    for (size_t i = 0; (a = inj_next_update(bench, trial, &m, &i));) {
        bool tolerated = (flags & INJ_MAY_UPDATE) || (deletes(&m) && (flags & INJ_MAY_DELETE));

        j = inj_judgement(
            tolerated ? INJ_WARN : INJ_FAIL, "%s, where none is due", inj_describe(bench, a).s);
        j = blame_update(bench, a, j);
        worst = inj_worse(&worst, &j);
    }
    j = inj_weigh_registration(c, bench, trial);
    return inj_worse(&worst, &j);
}

struct inj_judgement
inj_judge_no_stranger(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    struct targets targets;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;

    inj_parse_sent(bench, trial, &sent);
    collect_targets(bench, trial, &sent, &targets);
    for (size_t i = 0; (a = inj_next_update(bench, trial, &m, &i));) {
        if (is_target(&targets, a->dst) && (inj_manner(c->id)->flags & INJ_MAY_UPDATE))
            continue;
        j = inj_judgement(is_target(&targets, a->dst) ? INJ_WARN : INJ_FAIL,
            "%s, where none is due", inj_describe(bench, a).s);
        j = blame_update(bench, a, j);
        worst = inj_worse(&worst, &j);
    }
    return worst;
}

static bool
is_answer(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *update)
{
    struct mipro_message sent;

    inj_parse_sent(bench, trial, &sent);
    return mipro_message_type(&sent) == MIPRO_BINDING_REQUEST && mipro_has(update, MIPRO_F_IDENT) &&
           mipro_value(update, MIPRO_F_IDENT) == mipro_value(&sent, MIPRO_F_IDENT);
}

/* The registration with P is granted; then its location is not disclosed (4.2, 4.6). */
struct inj_judgement
inj_judge_private(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;
    unsigned n = 0;

    if (trial->lead) {
        uint32_t reaction = inj_registration_reaction(bench, trial, &a, &m);

        /* P is a reserved bit to an agent without route optimization, which denies it. */
        if ((reaction & INJ_REPLY_NEGATIVE) != 0 && bench->has_updated == 0)
            return inj_judgement(INJ_INCONCLUSIVE,
                "%s, for a registration with P, and no Binding Update before: is route "
                "optimization enabled?",
                inj_describe(bench, a).s);
        /* A lifetime of 1 s may be too short for it (REG-54). */
        if ((reaction & INJ_REPLY_NEGATIVE) != 0 && strcmp(c->id, "REG-85") == 0)
            return inj_judgement(INJ_INCONCLUSIVE, "the registration before was not granted: %s",
                inj_describe(bench, a).s);
        return inj_weigh(bench, trial, a, reaction, INJ_REPLY_0, 0);
    }
    for (size_t at = 0; (a = inj_next_update(bench, trial, &m, &at));) {
        n++;
        if (!deletes(&m)) {
            j = inj_judgement(INJ_FAIL,
                "a Binding Update discloses care-of address %s, lifetime %u, of a node that %s",
                mipro_dotted((uint32_t)mipro_value(&m, MIPRO_F_COA)).s,
                (unsigned)mipro_value(&m, MIPRO_F_LIFE),
                strncmp(c->id, "REG-", 4) == 0 ? "is not registered any more" : "is private");
            /* One with the identification of our request answers it, however late. */
            return is_answer(bench, trial, &m) ? j : blame_update(bench, a, j);
        }
        j = inj_judge_signature(bench, a, &m, mipro_auth_ext_type(&bench->set), true);
        worst = inj_worse(&worst, &j);
    }
    if (n == 0 && (inj_manner(c->id)->flags & INJ_AT_MOST))
        return worst;
    if (n > 0)
        return worst;
    if (trial->held_back)
        return inj_judgement(INJ_INCONCLUSIVE, "no answer; its rate limit may prevent it");
    j = inj_missing_update(bench, trial, mipro_dotted(trial->src).s);
    if (j.verdict == INJ_FAIL) /* that it answers at all is a "should" (4.2) */
        j.verdict = INJ_WARN;
    return j;
}

/* The greatest number that one node received about one binding. */
struct inj_judgement
inj_judge_rate(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    bool warnings = inj_manner(c->id)->check == INJ_CHECK_WARNING_RATE;
    uint8_t type = warnings ? MIPRO_BINDING_WARNING : MIPRO_BINDING_UPDATE;
    const char *name = warnings ? "Binding Warnings" : "Binding Updates";
    struct mipro_message m;
    const struct inj_answer *a;
    uint32_t whom = 0;
    size_t most = 0;

    for (size_t i = 0; (a = inj_next_answer(bench, trial, type, &m, &i));) {
        struct mipro_message other;
        const struct inj_answer *b;
        size_t n = 0;

        for (size_t k = 0; (b = inj_next_answer(bench, trial, type, &other, &k));)
            n += b->dst == a->dst && b->src == bench->destination &&
                 mipro_value(&other, MIPRO_F_HOMEADDR) == mipro_value(&m, MIPRO_F_HOMEADDR);
        if (n > most) {
            most = n;
            whom = a->dst;
        }
    }
    if (most == 0 && trial->count > 1 && !trial->held_back)
        return inj_judgement(INJ_WARN, "no %s at all for %zu occasions", name, trial->count);
    if (most <= bench->rate_limit)
        return inj_pass();
    /* A mechanism is required, but no figure: far fewer than requested shows one. */
    return inj_judgement(most < trial->count / 2 ? INJ_WARN : INJ_FAIL,
        "%zu %s to %s for %zu occasions, more than %u", most, name, mipro_dotted(whom).s,
        trial->count, bench->rate_limit);
}

/* A good Binding Request: its answer is about the node, signed, and copies the identification. */
static struct inj_control
judge_asking_control(
    const struct inj_bench *bench, const struct inj_trial *trial, const struct mipro_message *sent)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message m;
    const struct inj_answer *a;
    struct inj_judgement j;
    size_t i = 0;

    a = inj_next_update(bench, trial, &m, &i);
    if (a == NULL)
        return control;
    j = inj_judge_signature(bench, a, &m, mipro_auth_ext_type(&bench->set), true);
    if (j.verdict == INJ_PASS)
        j = inj_judge_carriage(bench, trial, a);
    if (j.verdict != INJ_FAIL && mipro_value(&m, MIPRO_F_IDENT) != mipro_value(sent, MIPRO_F_IDENT))
        j = inj_judgement(INJ_FAIL, "the Binding Update has another identification");
    if (j.verdict != INJ_FAIL &&
        mipro_value(&m, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR))
        j = inj_judgement(INJ_FAIL, "the Binding Update is about another home address");
    control.taken = j.verdict == INJ_FAIL ? INJ_TAKEN_FAULTY : INJ_TAKEN_GOOD;
    (void)snprintf(control.reason, sizeof(control.reason), "%s", j.reason);
    return control;
}

/* A good Registration Request to the home agent, or a Binding Request. */
struct inj_control
inj_judge_home_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message sent, m;
    const struct inj_answer *a;
    uint32_t reaction = inj_registration_reaction(bench, trial, &a, &m);
    struct inj_judgement j;

    inj_parse_sent(bench, trial, &sent);
    if (mipro_message_type(&sent) == MIPRO_BINDING_REQUEST)
        return judge_asking_control(bench, trial, &sent);
    if (a == NULL || reaction == INJ_RELAYED)
        return control;
    if (mipro_value(&m, MIPRO_F_CODE) >= INJ_REFUSED_FROM)
        return inj_refused(bench, trial, a, &m);
    j = inj_judge_reply_itself(bench, trial, &sent, a, &m);
    control.taken = j.verdict == INJ_FAIL ? INJ_TAKEN_FAULTY : INJ_TAKEN_GOOD;
    (void)snprintf(control.reason, sizeof(control.reason), "%s", j.reason);
    return control;
}
