/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/registration.h"

#include <stdio.h>
#include <string.h>

#include "tester/hint.h"

#define CODE_TOO_LONG 69     /* the lifetime is the longest that is accepted (RFC 2002 3.4) */
#define CODE_FULL_FOREIGN 66 /* insufficient resources: of the foreign agent, the home agent */
#define CODE_FULL_HOME 130
#define CODES_OF_HOME 128 /* from here on the home agent's: a foreign agent passes them back */
#define CODE_IDENT 133
#define CODE_UNKNOWN_AGENT 136 /* the reply names the home agent to ask (RFC 2002 3.4) */

static bool
is_unicast(uint32_t addr)
{
    return addr >> 24 != 0 && addr >> 24 != 127 && addr >> 28 < 0xe;
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
    case 129:
        return INJ_REPLY_129;
    case 131:
        return INJ_REPLY_131;
    case 133:
        return INJ_REPLY_133;
    case 134:
        return INJ_REPLY_134;
    case 136:
        return INJ_REPLY_136;
    default:
        return INJ_REPLY_OTHER;
    }
}

static bool
matches(const struct mipro_message *sent, const struct mipro_message *m)
{
    return mipro_value(m, MIPRO_F_HOMEADDR) == mipro_value(sent, MIPRO_F_HOMEADDR) &&
           (uint32_t)mipro_value(m, MIPRO_F_IDENT) == (uint32_t)mipro_value(sent, MIPRO_F_IDENT);
}

/*
 * The reply to this request: one that matches it, from any address; otherwise the first from the
 * node that does not answer an earlier request, which a foreign agent also passes on.  Of the
 * replies to many messages that count together a grant, if there is one.
 */
static const struct inj_answer *
find_reply(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, struct mipro_message *m)
{
    const struct inj_answer *a, *found = NULL;
    struct mipro_message other;

    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REPLY, &other, &i));) {
        const bool fits = matches(sent, &other);

        const bool stands_out =
            trial->count > 1 && mipro_value(&other, MIPRO_F_CODE) < INJ_REFUSED_FROM;

        if (!fits && ((found != NULL && !stands_out) || a->src != bench->destination ||
                         inj_is_late(bench, trial, sent, &other)))
            continue;
        found = a;
        *m = other;
        if (stands_out || (fits && trial->count == 1))
            break;
    }
    return found;
}

static const struct inj_answer *
find_relayed(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, struct mipro_message *m)
{
    const struct inj_answer *a;

    for (size_t i = 0; (a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, m, &i));) {
        if ((a->src == bench->destination || matches(sent, m)) &&
            !inj_is_late(bench, trial, sent, m))
            return a;
    }
    return NULL;
}

uint32_t
inj_registration_reaction(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer **answer, struct mipro_message *m)
{
    struct mipro_message sent, request;
    const struct inj_answer *relayed;

    inj_parse_sent(bench, trial, &sent);
    *answer = find_reply(bench, trial, &sent, m);
    relayed = find_relayed(bench, trial, &sent, &request);
    /* We grant what is forwarded to us, so our own grant is not the foreign agent's answer. */
    if (relayed != NULL &&
        (*answer == NULL || trial->count > 1 ||
            (bench->agent == bench->source && mipro_value(m, MIPRO_F_CODE) < INJ_REFUSED_FROM))) {
        *answer = relayed;
        *m = request;
        return INJ_RELAYED;
    }
    return *answer != NULL ? reaction_of_code(mipro_value(m, MIPRO_F_CODE)) : INJ_SILENCE;
}

/* Where the reply that comes back is what the case is about. */
static uint32_t
reply_that_comes_back(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer **answer, struct mipro_message *m)
{
    struct mipro_message sent;

    inj_parse_sent(bench, trial, &sent);
    *answer = find_reply(bench, trial, &sent, m);
    return *answer != NULL ? reaction_of_code(mipro_value(m, MIPRO_F_CODE)) : INJ_SILENCE;
}

/*
 * A denial may be any code, or silence; it should be the specified code (RFC 2002
 * 3.7.2.3, 3.8.2).  Only for the reserved bit does 3.8.2.3 have a home agent deny it "with a code
 * of 134".
 */
static uint32_t
tolerate(const struct inj_bench *bench, uint32_t right, uint32_t tolerated)
{
    const bool denial =
        (right & INJ_REPLY_NEGATIVE) != 0 && (right & ~(INJ_REPLY_NEGATIVE | INJ_SILENCE)) == 0;

    if (!denial || (bench->role == INJ_AS_HOME_AGENT && right == INJ_REPLY_134))
        return tolerated;
    return tolerated | INJ_REPLY_NEGATIVE | INJ_SILENCE;
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
        return inj_weigh(bench, trial, a, reaction, UINT32_MAX & ~c->tolerated, c->tolerated);
    return inj_weigh(bench, trial, a, reaction, c->expected,
        tolerate(bench, c->expected, c->tolerated) | (flags & INJ_MAY_UPDATE ? INJ_REPLY_0 : 0));
}

/*
 * The identification (RFC 2002 5.6).  Its low half is always the request's.  With timestamps a
 * grant copies the high half too; with nonces that is the next nonce.
 */
static struct inj_judgement
judge_reply_ident(const struct inj_bench *bench, const struct mipro_message *sent,
    const struct mipro_message *reply)
{
    const uint64_t was = mipro_value(sent, MIPRO_F_IDENT), is = mipro_value(reply, MIPRO_F_IDENT);
    const bool granted = mipro_value(reply, MIPRO_F_CODE) < INJ_REFUSED_FROM;

    if ((uint32_t)is != (uint32_t)was)
        return inj_judgement(INJ_FAIL,
            "Registration Reply %u with identification %016llx, where %016llx was sent",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), (unsigned long long)is,
            (unsigned long long)was);
    if (is == was || !granted || bench->association->replay == MIPRO_REPLAY_NONCE)
        return inj_pass();
    return inj_judgement(bench->association->replay == MIPRO_REPLAY_TIMESTAMP ? INJ_FAIL : INJ_WARN,
        "Registration Reply %u with identification %016llx, where %016llx was sent: another high "
        "half, as with nonces",
        (unsigned)mipro_value(reply, MIPRO_F_CODE), (unsigned long long)is,
        (unsigned long long)was);
}

/* Addresses and identification are the request's (RFC 2002 3.4). */
static struct inj_judgement
judge_reply_fields(const struct inj_bench *bench, const struct mipro_message *sent,
    const struct mipro_message *reply)
{
    const uint32_t home = (uint32_t)mipro_value(sent, MIPRO_F_HOMEADDR);
    const uint32_t agent = (uint32_t)mipro_value(sent, MIPRO_F_HOMEAGENT);
    const uint32_t its_home = (uint32_t)mipro_value(reply, MIPRO_F_HOMEADDR);
    const uint32_t its_agent = (uint32_t)mipro_value(reply, MIPRO_F_HOMEAGENT);
    const unsigned life = (unsigned)mipro_value(sent, MIPRO_F_LIFE);
    const unsigned its_life = (unsigned)mipro_value(reply, MIPRO_F_LIFE);
    struct inj_judgement j;

    if (its_home != home)
        return inj_judgement(INJ_FAIL,
            "Registration Reply %u about home address %s, where %s asked",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), mipro_dotted(its_home).s,
            mipro_dotted(home).s);
    /* A foreign agent copies it (3.7.2.3); a home agent that is not the one named puts its own
     * (3.8.3.2). */
    if (bench->role == INJ_AS_NEW_AGENT ? its_agent != agent
                                        : agent != bench->destination && its_agent == agent)
        return inj_judgement(INJ_FAIL,
            bench->role == INJ_AS_NEW_AGENT
                ? "Registration Reply %u of home agent %s, where %s was asked"
                : "Registration Reply %u of home agent %s, the one that was asked for, which is "
                  "not the address %s of this one",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), mipro_dotted(its_agent).s,
            mipro_dotted(bench->role == INJ_AS_NEW_AGENT ? agent : bench->destination).s);
    /* A home agent addressed by another address replies with its own; it may have several. */
    if (its_agent != agent && its_agent != bench->destination &&
        mipro_value(reply, MIPRO_F_CODE) == CODE_UNKNOWN_AGENT && is_unicast(its_agent))
        return inj_judgement(INJ_WARN,
            "Registration Reply 136 of home agent %s, which is not the address that is tested",
            mipro_dotted(its_agent).s);
    if (its_agent != agent && its_agent != bench->destination)
        return inj_judgement(INJ_FAIL, "Registration Reply %u of home agent %s, where %s was asked",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), mipro_dotted(its_agent).s,
            mipro_dotted(agent).s);
    if (mipro_value(reply, MIPRO_F_CODE) < INJ_REFUSED_FROM && its_life > life)
        return inj_judgement(INJ_FAIL,
            "Registration Reply %u grants %u s, where %u were asked for (RFC 2002 3.8.3.2)",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), its_life, life);
    if (mipro_value(reply, MIPRO_F_CODE) < INJ_REFUSED_FROM && its_life == 0 && life > 0)
        return inj_judgement(INJ_FAIL, "Registration Reply %u grants 0 s, where %u were asked for",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), life);
    j = judge_reply_ident(bench, sent, reply);
    if (j.verdict == INJ_PASS && bench->role == INJ_AS_NEW_AGENT && its_life != life &&
        mipro_value(reply, MIPRO_F_CODE) >= INJ_REFUSED_FROM &&
        mipro_value(reply, MIPRO_F_CODE) < CODES_OF_HOME &&
        mipro_value(reply, MIPRO_F_CODE) != CODE_TOO_LONG)
        j = inj_judgement(INJ_WARN,
            "Registration Reply %u with lifetime %u, where it should copy %u (RFC 2002 3.7.2.3)",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), its_life, life);
    return j;
}

/* One extension 32, and none that makes a mobile node discard the reply (3.6.2.1, 1.9). */
static struct inj_judgement
judge_reply_extensions(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *reply)
{
    unsigned n = 0;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(reply, &e);)
        n += e.type == MIPRO_EXT_MOBILE_HOME;
    if (n > 1)
        return inj_judgement(INJ_FAIL, "Registration Reply %u has %u extensions 32, not one",
            (unsigned)mipro_value(reply, MIPRO_F_CODE), n);
    return inj_judge_extensions(bench, a, reply);
}

/*
 * With --foreign-spi: a reply to the foreign agent has extension 34, and one of a foreign agent to
 * the mobile node has 33 (3.8.1, 3.7.1).
 */
static struct inj_judgement
judge_foreign_signature(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *reply)
{
    const uint8_t type =
        bench->role == INJ_AS_HOME_AGENT ? MIPRO_EXT_FOREIGN_HOME : MIPRO_EXT_MOBILE_FOREIGN;

    return inj_judge_signature(
        bench, a, reply, type, mipro_value(reply, MIPRO_F_CODE) < INJ_REFUSED_FROM);
}

/* What does not depend on a key: how it came, and its fields. */
static struct inj_judgement
judge_reply_content(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, const struct inj_answer *a, const struct mipro_message *reply)
{
    struct inj_judgement worst = inj_judge_carriage(bench, trial, a);
    struct inj_judgement j;

    if (reply->err != MIPRO_OK || sent->err == MIPRO_ERR_TRUNCATED)
        return worst;
    j = judge_reply_fields(bench, sent, reply);
    return inj_worse(&j, &worst);
}

struct inj_judgement
inj_judge_reply_itself(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, const struct inj_answer *a, const struct mipro_message *reply)
{
    const bool granted = mipro_value(reply, MIPRO_F_CODE) < INJ_REFUSED_FROM;
    /* An identification is judged only after the authenticator, so the association is known. */
    const bool must = granted || mipro_value(reply, MIPRO_F_CODE) == CODE_IDENT;
    struct inj_judgement worst = inj_judge_signature(bench, a, reply, MIPRO_EXT_MOBILE_HOME, must);
    struct inj_judgement j = judge_reply_extensions(bench, a, reply);
    worst = inj_worse(&worst, &j);
    if (bench->has_foreign_spi) {
        j = judge_foreign_signature(bench, a, reply);
        worst = inj_worse(&worst, &j);
    }
    j = judge_reply_content(bench, trial, sent, a, reply);
    return inj_worse(&j, &worst);
}

/* The extension by which a home agent accepts a request: extension 32, or 36 with an SPI of RFC
 * 4721. */
static bool
find_authorizing(const struct mipro_message *request, struct mipro_ext *e)
{
    uint64_t spi;

    if (mipro_ext_find(request, MIPRO_EXT_MOBILE_HOME, e))
        return true;
    return mipro_ext_find(request, MIPRO_EXT_GENERALIZED, e) &&
           mipro_ext_value(request, e, MIPRO_F_SPI, &spi) && mipro_spi_is_assigned((uint32_t)spi);
}

struct inj_judgement
inj_judge_request_signature(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *request)
{
    struct inj_judgement worst, j;
    struct mipro_ext e;
    const bool by_challenge = find_authorizing(request, &e) && e.type == MIPRO_EXT_GENERALIZED;

    worst = inj_judge_signature(bench, a, request, MIPRO_EXT_MOBILE_HOME, !by_challenge);
    j = inj_judge_signature(bench, a, request, MIPRO_EXT_GENERALIZED, false);
    return inj_worse(&worst, &j);
}

struct inj_judgement
inj_judge_relayed(
    const struct inj_bench *bench, const struct inj_trial *trial, const struct inj_answer *a)
{
    struct mipro_message sent, m;
    struct mipro_ext e;
    size_t end;

    if (a->ip_sum_bad || a->udp_sum_bad)
        return inj_judgement(INJ_FAIL, "%s: its checksum is wrong", inj_describe(bench, a).s);
    inj_parse_sent(bench, trial, &sent);
    if (a->dst != (uint32_t)mipro_value(&sent, MIPRO_F_HOMEAGENT))
        return inj_judgement(INJ_FAIL, "%s: the home agent of the request is %s",
            inj_describe(bench, a).s,
            mipro_dotted((uint32_t)mipro_value(&sent, MIPRO_F_HOMEAGENT)).s);
    if (a->dport != MIPRO_PORT)
        return inj_judgement(
            INJ_FAIL, "%s: a home agent listens on port %u", inj_describe(bench, a).s, MIPRO_PORT);
    if (!find_authorizing(&sent, &e))
        return inj_pass();
    end = e.off + mipro_ext_len(&e);
    for (size_t i = 0; i < end; i++) {
        if (i >= a->len || a->octets[i] != trial->sent[i])
            return inj_judgement(INJ_FAIL,
                "%s: it differs from the request that was sent at octet "
                "%zu, which its extension 32 protects",
                inj_describe(bench, a).s, i);
    }
    /* It may append its own extensions, but not those that were for itself (3.7.2.2). */
    if (trial->len > end && a->len >= trial->len &&
        memcmp(a->octets + end, trial->sent + end, trial->len - end) == 0)
        return inj_judgement(INJ_FAIL,
            "%s: it still has what followed extension 32, which is for the foreign agent",
            inj_describe(bench, a).s);
    mipro_message_parse(&m, a->octets, a->len, a->len, &bench->set, MIPRO_IDENT_UNKNOWN);
    if (m.err != MIPRO_OK && sent.err == MIPRO_OK)
        return inj_judgement(INJ_FAIL, "%s, which is malformed", inj_describe(bench, a).s);
    return inj_pass();
}

/*
 * That it refuses may be a matter of its configuration, and so may an authenticator that we find
 * bad; but what it says is about our request in any case.
 */
struct inj_control
inj_refused(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, const struct mipro_message *reply)
{
    struct inj_control control = { .taken = INJ_TAKEN_REFUSED,
        .status = (unsigned)mipro_value(reply, MIPRO_F_CODE),
        .ident = mipro_value(reply, MIPRO_F_IDENT) };
    struct mipro_message sent;
    struct inj_judgement j;

    inj_parse_sent(bench, trial, &sent);
    j = judge_reply_content(bench, trial, &sent, a, reply);
    if (j.verdict == INJ_FAIL)
        (void)snprintf(control.fault, sizeof(control.fault), "%s", j.reason);
    control.is_authentic =
        inj_judge_signature(bench, a, reply, MIPRO_EXT_MOBILE_HOME, true).verdict == INJ_PASS;
    (void)snprintf(control.reason, sizeof(control.reason), "%s%s", inj_describe(bench, a).s,
        inj_reply_hint(bench, reply, control.is_authentic).s);
    return control;
}

/* Of all requests it may deny any for that. */
static bool
lacks_resources(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *m)
{
    return a != NULL && mipro_message_type(m) == MIPRO_REGISTRATION_REPLY &&
           mipro_value(m, MIPRO_F_CODE) ==
               (bench->role == INJ_AS_NEW_AGENT ? CODE_FULL_FOREIGN : CODE_FULL_HOME);
}

struct inj_judgement
inj_judge_reply(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message sent, m;
    const struct inj_answer *a;
    uint32_t right = c->expected, tolerated = c->tolerated;
    const bool comes_back =
        right == INJ_REPLY_0 || (inj_manner(c->id)->flags & INJ_HOME_DENIES) != 0;
    uint32_t reaction = bench->role == INJ_AS_NEW_AGENT && comes_back && !trial->lead
                            ? reply_that_comes_back(bench, trial, &a, &m)
                            : inj_registration_reaction(bench, trial, &a, &m);
    struct inj_judgement worst, j;

    inj_parse_sent(bench, trial, &sent);
    if (trial->lead) {
        right = bench->role == INJ_AS_NEW_AGENT ? INJ_RELAYED : INJ_REPLY_0;
        tolerated = 0;
    }
    if (bench->role == INJ_AS_NEW_AGENT && right == INJ_REPLY_134) {
        right = INJ_REPLY_70; /* the foreign agent's code for it (RSV-04) */
    }
    tolerated = tolerate(bench, right, tolerated);
    /* RFC 3344 and later require at least one authentication extension, RFC 2002 exactly one. */
    if (strcmp(c->id, "EXT-08") == 0 && bench->profile == INJ_PROFILE_RFC3344)
        tolerated |= INJ_REPLY_0;
    /* RFC 3344 also has the bit ignored (3.3), against its own 3.7.2.1 and 3.8.2.3. */
    if (bench->profile == INJ_PROFILE_RFC3344 &&
        (strcmp(c->id, "RSV-04") == 0 || strcmp(c->id, "FWD-19") == 0))
        tolerated |= INJ_REPLY_0 | INJ_RELAYED;
    if (inj_manner(c->id)->flags & INJ_MAY_RELAY)
        tolerated |= INJ_RELAYED;
    worst = inj_weigh(bench, trial, a, reaction, right, tolerated);
    if (worst.verdict == INJ_FAIL && (right == INJ_REPLY_0 || right == INJ_RELAYED) &&
        lacks_resources(bench, a, &m))
        return inj_judgement(
            INJ_INCONCLUSIVE, "%s: it says that it lacks resources", inj_describe(bench, a).s);
    if (a == NULL && right == INJ_REPLY_0 && bench->role == INJ_AS_NEW_AGENT && bench->withheld)
        return inj_judgement(INJ_INCONCLUSIVE,
            "no reply came back, for the tester sent none to the agent: see --allow");
    if (a == NULL && worst.verdict != INJ_PASS && bench->role == INJ_AS_NEW_AGENT &&
        inj_is_asked(trial, bench->home))
        return inj_judgement(INJ_INCONCLUSIVE,
            "the foreign agent looks on the link for %s, to which its reply goes: with --spoof the "
            "tester has that address",
            mipro_dotted(bench->home).s);
    /* The answers to many messages are not all about the last of them. */
    if (a != NULL && worst.verdict < INJ_FAIL && trial->count == 1) {
        j = reaction == INJ_RELAYED ? inj_judge_relayed(bench, trial, a)
                                    : inj_judge_reply_itself(bench, trial, &sent, a, &m);
        worst = inj_worse(&worst, &j);
    }
    return worst;
}
