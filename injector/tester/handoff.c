/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/handoff.h"

#include <string.h>

#include "tester/answers.h"
#include "tester/home.h"
#include "tester/registration.h"

#define MS (MIPRO_SECOND / 1000)
#define LEAST_SPACING (900 * MS) /* a second, less the jitter of the network */
#define ONE_MESSAGE                                                                                \
    (100 * MS) /* the same octets within this time are a duplicate made by the link */

/* The octets of the message before once more, at once: a copy that the link made. */
static bool
is_copy(const struct inj_answer *a, const struct inj_answer *before)
{
    return before != NULL && a->len == before->len && a->dst == before->dst &&
           memcmp(a->octets, before->octets, a->len) == 0 && a->time - before->time < ONE_MESSAGE;
}

/* Lifetime, care-of address, SPI and authenticator, octet for octet (5.1, 8.1). */
static struct inj_judgement
judge_handoff_update(const struct mipro_message *sent, const struct mipro_ext *pfan,
    const struct inj_answer *a, const struct mipro_message *update)
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
        return inj_judgement(INJ_FAIL, "the Binding Update is malformed: %s at octet %u",
            mipro_strerror(update->err), update->err_off);
    if (a->dport != MIPRO_PORT)
        return inj_judgement(
            INJ_FAIL, "the Binding Update goes to port %u, not %u", a->dport, MIPRO_PORT);
    if (!(mipro_value(update, MIPRO_F_FLAGS) & MIPRO_BU_A))
        return inj_judgement(INJ_FAIL, "the Binding Update has A clear");
    if (mipro_value(update, MIPRO_F_HOMEADDR) != mipro_value(sent, MIPRO_F_HOMEADDR))
        return inj_judgement(INJ_FAIL, "the Binding Update is about another home address");
    if (mipro_has(update, MIPRO_F_IDENT) &&
        mipro_value(update, MIPRO_F_IDENT) != mipro_value(sent, MIPRO_F_IDENT))
        return inj_judgement(INJ_FAIL,
            "the Binding Update has identification %016llx, the registration %016llx",
            (unsigned long long)mipro_value(update, MIPRO_F_IDENT),
            (unsigned long long)mipro_value(sent, MIPRO_F_IDENT));
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

struct inj_judgement
inj_judge_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    bool at_most = (inj_manner(c->id)->flags & INJ_AT_MOST) != 0;
    struct mipro_message sent, m;
    struct mipro_ext pfan;
    uint64_t agent = 0;
    const struct inj_answer *a, *last = NULL;
    struct inj_judgement worst, j;
    uint32_t reaction;
    unsigned n = 0;

    inj_parse_sent(bench, trial, &sent);
    if (!mipro_ext_find(&sent, MIPRO_EXT_PFAN, &pfan) ||
        !mipro_ext_value(&sent, &pfan, MIPRO_F_PFAN_AGENT, &agent))
        return inj_judgement(INJ_INCONCLUSIVE, "the message sent has no notification");
    reaction = inj_registration_reaction(bench, trial, &a, &m);
    worst =
        inj_weigh(bench, trial, a, reaction, INJ_SILENCE | INJ_RELAYED | INJ_REPLY_0, c->tolerated);
    for (size_t i = 0; (a = inj_next_update(bench, trial, &m, &i));) {
        if ((a->dst != agent && !at_most) || is_copy(a, last))
            continue;
        last = a;
        n++;
        if (!at_most) {
            j = judge_handoff_update(&sent, &pfan, a, &m);
            worst = inj_worse(&worst, &j);
        }
    }
    if (n == 0 && !at_most)
        j = inj_missing_update(bench, trial, mipro_dotted((uint32_t)agent).s);
    else if (n > 1)
        j = inj_judgement(INJ_FAIL, "%u Binding Updates, where one is due", n);
    else
        return worst;
    return inj_worse(&worst, &j);
}

struct inj_judgement
inj_judge_no_handoff(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    size_t n = inj_count_updates(bench, trial, 0);

    if (n > 0)
        return inj_judgement(
            INJ_FAIL, "%zu Binding Update%s for this notification", n, n == 1 ? "" : "s");
    return inj_weigh_registration(c, bench, trial);
}

/* Does a router advertisement have an unknown extension that must be understood? */
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

bool
inj_is_repeated(const struct inj_bench *bench, const struct mipro_message *request, size_t n)
{
    const size_t all = bench->n_requests;

    /* The oldest was replaced by a later one. */
    for (size_t i = all > INJ_EARLIER ? all - INJ_EARLIER : 0; i < n; i++) {
        if (bench->requests[i % INJ_EARLIER] == mipro_value(request, MIPRO_F_IDENT))
            return true;
    }
    return false;
}

const struct inj_answer *
inj_find_request(
    const struct inj_bench *bench, const struct inj_trial *trial, struct mipro_message *m)
{
    const struct inj_answer *a;
    size_t i = 0;

    do
        a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, m, &i);
    while (a != NULL && inj_is_repeated(bench, m, trial->n_requests));
    return a;
}

/* The mobile node's Registration Request, with a good notification for its old agent. */
struct inj_judgement
inj_judge_registration(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct mipro_message m;
    const struct inj_answer *a = inj_find_request(bench, trial, &m);
    enum inj_check check = inj_manner(c->id)->check;
    bool wanted = check == INJ_CHECK_REGISTERS || trial->lead;
    struct mipro_ext pfan;
    struct mipro_scene scene = { bench->home, bench->source, trial->time, bench->ring };
    struct mipro_auth auth;

    if (inj_manner(c->id)->flags & INJ_ANY_REPLY)
        return inj_pass(); /* it need only survive */
    if (inj_manner(c->id)->flags & INJ_MAY_SKIP)
        wanted = !must_be_discarded(trial->sent, trial->len);
    if (!wanted && a != NULL)
        return inj_judgement(bench->renews ? INJ_INCONCLUSIVE : INJ_FAIL, "%s, after this %s%s",
            inj_describe(bench, a).s, trial->sport != 0 ? "Registration Reply" : "advertisement",
            bench->renews ? "; but it also registers again of its own accord" : "");
    if (!wanted)
        return inj_pass();
    if (a == NULL)
        return inj_judgement(INJ_FAIL, "no Registration Request after this advertisement: %s",
            inj_describe_rest(bench, trial).s);
    if (check != INJ_CHECK_REGISTERS || trial->lead)
        return inj_pass();
    if (!mipro_ext_find(&m, MIPRO_EXT_PFAN, &pfan))
        return inj_judgement(bench->has_notified ? INJ_FAIL : INJ_INCONCLUSIVE,
            "the Registration Request has no Previous Foreign Agent Notification%s",
            bench->has_notified ? "" : ", nor had any before: does it do smooth handoffs?");
    mipro_auth_judge(&m, &pfan, &scene, &auth);
    if (auth.verdict == MIPRO_BAD)
        return inj_judgement(INJ_FAIL, "the authenticator of the notification is bad");
    if (auth.verdict == MIPRO_NO_KEY)
        return inj_judgement(
            INJ_WARN, "the notification cannot be checked: no association has SPI %u", auth.spi);
    return inj_pass();
}

struct inj_judgement
inj_judge_spacing(const struct inj_bench *bench, const struct inj_trial *trial)
{
    const struct inj_answer *a, *last = NULL;
    struct mipro_message m;

    for (size_t i = 0;
         (a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, &m, &i)) != NULL;
         last = a) {
        const int64_t gap = last != NULL ? a->time - last->time : INT64_MAX;

        if (gap < LEAST_SPACING && !is_copy(a, last))
            return inj_judgement(INJ_FAIL,
                "%s, %.1f s after the one before: they must be at least a second apart",
                inj_describe(bench, a).s, (double)gap / (double)MIPRO_SECOND);
    }
    return last != NULL ? inj_pass()
                        : inj_judgement(INJ_INCONCLUSIVE,
                              "no Registration Request after this advertisement: %s",
                              inj_describe_rest(bench, trial).s);
}
