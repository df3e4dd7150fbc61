/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_agents.c - what home agents, foreign agents and mobile nodes answer: see judge.h. */
#include "judge_parts.h"

#include <stdio.h>
#include <string.h>

#define MAX_TARGETS 512
#define REFUSED_FROM 64 /* codes of a Registration Reply below it accept (RFC 2002 3.4) */

/* Whom a message asks the home agent to tell, each once. */
struct targets {
    uint32_t addr[MAX_TARGETS];
    size_t n;
};

static const struct inj_answer *
find_answer(const struct inj_bench *bench, const struct inj_trial *trial, uint8_t type,
    struct mipro_message *m)
{
    size_t i = 0;

    return inj_next_answer(bench, trial, type, m, &i);
}

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

/* Those of a Binding Warning, of its extension, or the one who asks. */
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

/* The Binding Updates that the tested node sent, to whom (0: to anybody). */
static size_t
count_updates(const struct inj_bench *bench, const struct inj_trial *trial, uint32_t dst)
{
    struct mipro_message m;
    const struct inj_answer *a;
    size_t n = 0;

    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, &m, &i));)
        n += a->src == bench->destination && (dst == 0 || a->dst == dst);
    return n;
}

/* One Binding Update that tells where the mobile node is. */
static struct inj_judgement
judge_update(const struct inj_bench *bench, const struct mipro_message *sent,
    const struct inj_answer *a, const struct mipro_message *update)
{
    struct inj_judgement j =
        inj_judge_signature(bench, a, update, mipro_auth_ext_type(&bench->set), true);
    char is[16], should[16];

    if (j.verdict != INJ_PASS)
        return j;
    if (mipro_value(update, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR))
        return inj_judgement(INJ_FAIL, "the Binding Update is about %s, not %s",
            inj_address_text((uint32_t)mipro_value(update, MIPRO_F_HOMEADDR), is),
            inj_address_text((uint32_t)mipro_value(sent, MIPRO_F_HOMEADDR), should));
    if (mipro_value(update, MIPRO_F_COA) != bench->care_of)
        return inj_judgement(INJ_FAIL, "the Binding Update names care-of address %s, not %s",
            inj_address_text((uint32_t)mipro_value(update, MIPRO_F_COA), is),
            inj_address_text(bench->care_of, should));
    if (mipro_value(update, MIPRO_F_LIFE) == 0)
        return inj_judgement(INJ_FAIL, "the Binding Update has lifetime 0");
    if (mipro_message_type(sent) == MIPRO_BINDING_REQUEST &&
        (!mipro_has(update, MIPRO_F_IDENT) ||
            mipro_value(update, MIPRO_F_IDENT) != mipro_value(sent, MIPRO_F_IDENT)))
        return inj_judgement(
            INJ_FAIL, "the Binding Update does not have the identification of the request");
    return j;
}

static bool
is_asked(const struct inj_trial *trial, uint32_t addr)
{
    for (size_t i = 0; i < trial->n_asked; i++) {
        if (trial->asked[i].addr == addr)
            return true;
    }
    return false;
}

/* Exactly one Binding Update to each target, and none to others. */
static struct inj_judgement
judge_targets(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    struct targets targets;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;
    char text[16];

    inj_parse_sent(bench, trial, &sent);
    collect_targets(bench, trial, &sent, &targets);
    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, &m, &i));) {
        if (a->src != bench->destination)
            continue;
        j = is_target(&targets, a->dst)
                ? judge_update(bench, &sent, a, &m)
                : inj_judgement(INJ_FAIL, "a Binding Update to %s, which is no target",
                      inj_address_text(a->dst, text));
        worst = inj_worse(&worst, &j);
    }
    for (size_t i = 0; i < targets.n; i++) {
        size_t n = count_updates(bench, trial, targets.addr[i]);

        if (targets.addr[i] == bench->destination)
            continue; /* whom it need not tell */
        inj_address_text(targets.addr[i], text);
        if (n == 0 && is_asked(trial, targets.addr[i]))
            j = inj_judgement(INJ_WARN,
                "the Binding Update to %s cannot be seen: nobody on the link has that address",
                text);
        else if (n == 0 && trial->held_back)
            j = inj_judgement(
                INJ_INCONCLUSIVE, "no Binding Update to %s; its rate limit may hold it back", text);
        else if (n == 0)
            j = inj_judgement(INJ_FAIL, "no Binding Update to %s", text);
        else if (n > 1)
            j = inj_judgement(
                n > bench->rate_limit ? INJ_FAIL : INJ_WARN, "%zu Binding Updates to %s", n, text);
        else
            continue;
        worst = inj_worse(&worst, &j);
    }
    return worst;
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
static uint32_t
reaction_to_registration(const struct inj_bench *bench, const struct inj_trial *trial,
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

/* Home address and the low half of the identification are the request's (RFC 2002 3.4, 5.6). */
static struct inj_judgement
judge_reply_itself(const struct inj_bench *bench, const struct mipro_message *sent,
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

/* What became of the registration, unless that is all the same. */
static struct inj_judgement
weigh_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;
    const struct inj_answer *a;
    uint32_t reaction = reaction_to_registration(bench, trial, &a, &m);
    unsigned flags = inj_manner(c->id)->flags;

    if (flags & INJ_ANY_REPLY)
        return inj_weigh(reaction, UINT32_MAX & ~c->tolerated, c->tolerated);
    return inj_weigh(
        reaction, c->expected, c->tolerated | (flags & INJ_MAY_UPDATE ? INJ_REPLY_0 : 0));
}

static struct inj_judgement
judge_reply(const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    const struct inj_answer *a;
    uint32_t reaction = reaction_to_registration(bench, trial, &a, &m);
    uint32_t right = c->expected, tolerated = c->tolerated;
    struct inj_judgement worst, j;

    inj_parse_sent(bench, trial, &sent);
    if (bench->role == INJ_AS_NEW_AGENT && right == INJ_REPLY_134)
        right = INJ_REPLY_70; /* what a foreign agent calls it (RSV-04) */
    if (inj_manner(c->id)->flags & INJ_MAY_RELAY)
        tolerated |= INJ_RELAYED;
    worst = inj_weigh(reaction, right, tolerated);
    if (a != NULL && reaction != INJ_RELAYED && worst.verdict < INJ_FAIL) {
        j = judge_reply_itself(bench, &sent, a, &m);
        worst = inj_worse(&worst, &j);
    }
    return worst;
}

/* No Binding Update; what else comes is weighed. */
static struct inj_judgement
judge_no_update(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    unsigned flags = inj_manner(c->id)->flags;
    struct mipro_message m;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;
    char text[16];

    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, &m, &i));) {
        bool tolerated = (flags & INJ_MAY_UPDATE) || (deletes(&m) && (flags & INJ_MAY_DELETE));

        if (a->src != bench->destination)
            continue;
        j = inj_judgement(tolerated ? INJ_WARN : INJ_FAIL, "a Binding Update to %s",
            inj_address_text(a->dst, text));
        worst = inj_worse(&worst, &j);
    }
    j = weigh_registration(c, bench, trial);
    return inj_worse(&worst, &j);
}

static struct inj_judgement
judge_no_stranger(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    struct targets targets;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass(), j;
    char text[16];

    inj_parse_sent(bench, trial, &sent);
    collect_targets(bench, trial, &sent, &targets);
    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, &m, &i));) {
        if (a->src != bench->destination)
            continue;
        if (is_target(&targets, a->dst) && (inj_manner(c->id)->flags & INJ_MAY_UPDATE))
            continue;
        j = inj_judgement(is_target(&targets, a->dst) ? INJ_WARN : INJ_FAIL,
            "a Binding Update to %s", inj_address_text(a->dst, text));
        worst = inj_worse(&worst, &j);
    }
    return worst;
}

/* The registration with P is granted; then nobody is told (4.2, 4.6). */
static struct inj_judgement
judge_private(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;
    const struct inj_answer *a;
    struct inj_judgement worst = inj_pass();
    unsigned n = 0;
    char text[16];

    if (trial->lead) {
        uint32_t reaction = reaction_to_registration(bench, trial, &a, &m);

        return inj_weigh(reaction, INJ_REPLY_0, 0);
    }
    for (size_t at = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, &m, &at));) {
        if (a->src != bench->destination)
            continue;
        n++;
        if (!deletes(&m))
            return inj_judgement(INJ_FAIL,
                "a Binding Update discloses care-of address %s, lifetime %u, of a private node",
                inj_address_text((uint32_t)mipro_value(&m, MIPRO_F_COA), text),
                (unsigned)mipro_value(&m, MIPRO_F_LIFE));
        worst = inj_judge_signature(bench, a, &m, mipro_auth_ext_type(&bench->set), true);
    }
    if (n == 0 && (inj_manner(c->id)->flags & INJ_AT_MOST))
        return worst;
    if (n == 0)
        return trial->held_back
                   ? inj_judgement(INJ_INCONCLUSIVE, "no answer; its rate limit may hold it back")
                   : inj_judgement(INJ_FAIL, "silence, where a Binding Update that deletes is due");
    return worst;
}

/* As many as one node got about one binding. */
static struct inj_judgement
judge_rate(const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    bool warnings = inj_manner(c->id)->check == INJ_CHECK_WARNING_RATE;
    uint8_t type = warnings ? MIPRO_BINDING_WARNING : MIPRO_BINDING_UPDATE;
    const char *name = warnings ? "Binding Warnings" : "Binding Updates";
    struct mipro_message m;
    const struct inj_answer *a;
    size_t most = 0;
    char text[16];

    for (size_t i = 0; (a = inj_next_answer(bench, trial, type, &m, &i));) {
        struct mipro_message other;
        const struct inj_answer *b;
        size_t n = 0;

        for (size_t k = 0; (b = inj_next_answer(bench, trial, type, &other, &k));)
            n += b->dst == a->dst && b->src == bench->destination &&
                 mipro_value(&other, MIPRO_F_HOMEADDR) == mipro_value(&m, MIPRO_F_HOMEADDR);
        if (n > most) {
            most = n;
            inj_address_text(a->dst, text);
        }
    }
    if (most == 0 && trial->count > 1 && !trial->held_back)
        return inj_judgement(INJ_WARN, "no %s at all for %zu occasions", name, trial->count);
    if (most <= bench->rate_limit)
        return inj_pass();
    /* A mechanism is required, its figure is not: far fewer than were asked for is one. */
    return inj_judgement(most < trial->count / 2 ? INJ_WARN : INJ_FAIL,
        "%zu %s to %s for %zu occasions, more than %u", most, name, text, trial->count,
        bench->rate_limit);
}

/* Lifetime, care-of address, SPI and authenticator, octet for octet (5.1, 8.1). */
static struct inj_judgement
judge_handoff_update(const struct mipro_message *sent, const struct mipro_ext *pfan,
    const struct mipro_message *update)
{
    struct mipro_ext e;
    uint64_t life = 0, coa = 0, spi = 0, its_spi = 0;
    size_t n = 0, its_n = 0;
    const uint8_t *mac, *its_mac;

    (void)mipro_ext_value(sent, pfan, MIPRO_F_PFAN_LIFE, &life);
    (void)mipro_ext_value(sent, pfan, MIPRO_F_PFAN_COA, &coa);
    (void)mipro_ext_value(sent, pfan, MIPRO_F_PFAN_SPI, &spi);
    mac = mipro_ext_octets(sent, pfan, MIPRO_F_PFAN_AUTHENTICATOR, &n);
    if (update->err != MIPRO_OK)
        return inj_judgement(INJ_FAIL, "the Binding Update is malformed: %s at octet %zu",
            mipro_strerror(update->err), update->err_off);
    if (!(mipro_value(update, MIPRO_F_FLAGS) & MIPRO_BU_A))
        return inj_judgement(INJ_FAIL, "the Binding Update has A clear");
    if (mipro_value(update, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR))
        return inj_judgement(INJ_FAIL, "the Binding Update is about another home address");
    if (mipro_value(update, MIPRO_F_LIFE) != life)
        return inj_judgement(INJ_FAIL, "the Binding Update has lifetime %u, the notification %u",
            (unsigned)mipro_value(update, MIPRO_F_LIFE), (unsigned)life);
    if (mipro_value(update, MIPRO_F_COA) != coa)
        return inj_judgement(
            INJ_FAIL, "the care-of address of the Binding Update is not the notification's");
    if (!mipro_ext_find(update, mipro_auth_ext_type(&update->set), &e))
        return inj_judgement(INJ_FAIL, "the Binding Update has no authentication extension");
    its_mac = mipro_ext_octets(update, &e, MIPRO_F_AUTHENTICATOR, &its_n);
    if (!mipro_ext_value(update, &e, MIPRO_F_SPI, &its_spi) || its_spi != spi)
        return inj_judgement(INJ_FAIL, "the SPI of the Binding Update is not the notification's");
    if (mac == NULL || its_mac == NULL || n != its_n || memcmp(mac, its_mac, n) != 0)
        return inj_judgement(
            INJ_FAIL, "the authenticator of the Binding Update is not the notification's");
    return inj_pass();
}

static struct inj_judgement
judge_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    bool at_most = (inj_manner(c->id)->flags & INJ_AT_MOST) != 0;
    struct mipro_message sent, m;
    struct mipro_ext pfan;
    uint64_t agent = 0;
    const struct inj_answer *a;
    struct inj_judgement worst, j;
    unsigned n = 0;

    inj_parse_sent(bench, trial, &sent);
    if (!mipro_ext_find(&sent, MIPRO_EXT_PFAN, &pfan) ||
        !mipro_ext_value(&sent, &pfan, MIPRO_F_PFAN_AGENT, &agent))
        return inj_judgement(INJ_INCONCLUSIVE, "the message sent has no notification");
    worst = inj_weigh(reaction_to_registration(bench, trial, &a, &m),
        INJ_SILENCE | INJ_RELAYED | INJ_REPLY_0, c->tolerated);
    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, &m, &i));) {
        if (a->src != bench->destination || (a->dst != agent && !at_most))
            continue;
        n++;
        if (!at_most) {
            j = judge_handoff_update(&sent, &pfan, &m);
            worst = inj_worse(&worst, &j);
        }
    }
    if (n == 0 && !at_most)
        j = inj_judgement(INJ_FAIL, "no Binding Update to the previous foreign agent");
    else if (n > 1)
        j = inj_judgement(INJ_FAIL, "%u Binding Updates, where one is due", n);
    else
        return worst;
    return inj_worse(&worst, &j);
}

static struct inj_judgement
judge_no_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    size_t n = count_updates(bench, trial, 0);

    if (n > 0)
        return inj_judgement(
            INJ_FAIL, "%zu Binding Update%s of this notification", n, n == 1 ? "" : "s");
    return weigh_registration(c, bench, trial);
}

/* Does a router advertisement bear an extension that must be understood, and is not? */
static bool
must_be_discarded(const uint8_t *icmp, size_t n)
{
    size_t at = n < 8 ? n : 8 + (size_t)icmp[4] * icmp[5] * 4;

    while (at + 2 <= n) {
        if (icmp[at] == 0) {
            at++;
            continue;
        }
        if (icmp[at] != MIPRO_ADVERT_TYPE && icmp[at] != 19 && icmp[at] != 24 && icmp[at] < 128)
            return true;
        at += 2u + icmp[at + 1];
    }
    return false;
}

/* A Registration Request of the mobile node; with a good notification of its old agent. */
static struct inj_judgement
judge_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;
    const struct inj_answer *a = find_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, &m);
    enum inj_check check = inj_manner(c->id)->check;
    bool wanted = check == INJ_CHECK_REGISTERS || trial->lead;
    struct mipro_ext pfan;
    struct mipro_scene scene = { bench->home, bench->source, trial->time, bench->ring };
    struct mipro_auth auth;

    if (inj_manner(c->id)->flags & INJ_MAY_SKIP)
        wanted = !must_be_discarded(trial->sent, trial->len);
    if (!wanted)
        return a == NULL
                   ? inj_pass()
                   : inj_judgement(INJ_FAIL, "a Registration Request after this advertisement");
    if (a == NULL)
        return inj_judgement(INJ_FAIL, "no Registration Request after this advertisement");
    if (check != INJ_CHECK_REGISTERS || trial->lead)
        return inj_pass();
    if (!mipro_ext_find(&m, MIPRO_EXT_PFAN, &pfan))
        return inj_judgement(
            INJ_FAIL, "the Registration Request has no Previous Foreign Agent Notification");
    mipro_auth_judge(&m, &pfan, &scene, &auth);
    if (auth.verdict == MIPRO_BAD)
        return inj_judgement(INJ_FAIL, "the authenticator of the notification is bad");
    if (auth.verdict == MIPRO_NO_KEY)
        return inj_judgement(
            INJ_WARN, "the notification cannot be checked: no association has SPI %u", auth.spi);
    return inj_pass();
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
        return judge_targets(bench, trial);
    case INJ_CHECK_NO_UPDATE:
        return judge_no_update(c, bench, trial);
    case INJ_CHECK_NO_STRANGER:
        return judge_no_stranger(c, bench, trial);
    case INJ_CHECK_PRIVATE:
        return judge_private(c, bench, trial);
    case INJ_CHECK_RATE:
    case INJ_CHECK_WARNING_RATE:
        return judge_rate(c, bench, trial);
    case INJ_CHECK_REPLY:
        return judge_reply(c, bench, trial);
    case INJ_CHECK_HANDOFF:
        return judge_handoff(c, bench, trial);
    case INJ_CHECK_NO_HANDOFF:
        return judge_no_handoff(c, bench, trial);
    case INJ_CHECK_STOPS:
        n = count_updates(bench, trial, 0);
        return n == 0 ? inj_pass()
                      : inj_judgement(
                            INJ_FAIL, "%zu more Binding Updates after the one was acknowledged", n);
    case INJ_CHECK_GOES_ON:
        return count_updates(bench, trial, 0) > 0
                   ? inj_pass()
                   : inj_judgement(INJ_FAIL, "the Binding Update is not sent again");
    case INJ_CHECK_REGISTERS:
    case INJ_CHECK_NO_REGISTRATION:
        return judge_registration(c, bench, trial);
    }
    return inj_judgement(INJ_INCONCLUSIVE, "nobody judges this");
}

/* A good Registration Request to the home agent. */
static struct inj_control
judge_home_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message sent, m;
    const struct inj_answer *a;
    uint32_t reaction = reaction_to_registration(bench, trial, &a, &m);
    struct inj_judgement j;

    if (a == NULL || reaction == INJ_RELAYED)
        return control;
    inj_parse_sent(bench, trial, &sent);
    if (mipro_value(&m, MIPRO_F_CODE) >= REFUSED_FROM) {
        control.taken = INJ_TAKEN_REFUSED;
        (void)snprintf(control.reason, sizeof(control.reason), "refused with %u",
            (unsigned)mipro_value(&m, MIPRO_F_CODE));
        return control;
    }
    j = judge_reply_itself(bench, &sent, a, &m);
    control.taken = j.verdict == INJ_FAIL ? INJ_TAKEN_FAULTY : INJ_TAKEN_GOOD;
    (void)snprintf(control.reason, sizeof(control.reason), "%.180s", j.reason);
    return control;
}

struct inj_control
inj_judge_agents_control(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_control control = { .taken = INJ_TAKEN_SILENT };
    struct mipro_message m;
    const struct inj_answer *a;

    switch (bench->role) {
    case INJ_AS_HOME_AGENT:
        return judge_home_control(bench, trial);
    case INJ_AS_NEW_AGENT:
        if (reaction_to_registration(bench, trial, &a, &m) == INJ_RELAYED) {
            control.taken = INJ_TAKEN_GOOD;
        } else if (a != NULL) {
            bool granted = mipro_value(&m, MIPRO_F_CODE) < REFUSED_FROM;

            control.taken = granted ? INJ_TAKEN_FAULTY : INJ_TAKEN_REFUSED;
            (void)snprintf(control.reason, sizeof(control.reason), "%s with %u",
                granted ? "granted by the foreign agent itself" : "refused",
                (unsigned)mipro_value(&m, MIPRO_F_CODE));
        }
        return control;
    case INJ_AS_MOBILE_NODE:
        if (find_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, &m) != NULL)
            control.taken = INJ_TAKEN_GOOD;
        return control;
    default:
        return control;
    }
}
