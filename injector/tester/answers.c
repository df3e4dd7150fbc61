/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/answers.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct inj_judgement
inj_judgement(enum inj_verdict verdict, const char *format, ...)
{
    struct inj_judgement j = { .verdict = verdict };
    va_list args;

    va_start(args, format);
    (void)vsnprintf(j.reason, sizeof(j.reason), format, args);
    va_end(args);
    return j;
}

struct inj_judgement
inj_pass(void)
{
    return (struct inj_judgement){ .verdict = INJ_PASS };
}

struct inj_judgement
inj_worse(const struct inj_judgement *a, const struct inj_judgement *b)
{
    return b->verdict > a->verdict ? *b : *a;
}

/* The name of a set of reactions: "Binding Acknowledge 134 or silence". */
static void
name_reactions(uint32_t reactions, char *text, size_t size)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        { INJ_ACK_0, "Binding Acknowledge 0" },
        { INJ_ACK_129, "Binding Acknowledge 129" },
        { INJ_ACK_131, "Binding Acknowledge 131" },
        { INJ_ACK_133, "Binding Acknowledge 133" },
        { INJ_ACK_134, "Binding Acknowledge 134" },
        { INJ_ACK_OTHER, "another Binding Acknowledge" },
        { INJ_UPDATE, "Binding Update" },
        { INJ_REPLY_0, "Registration Reply 0" },
        { INJ_REPLY_67, "Registration Reply 67" },
        { INJ_REPLY_70, "Registration Reply 70" },
        { INJ_REPLY_129, "Registration Reply 129" },
        { INJ_REPLY_133, "Registration Reply 133" },
        { INJ_REPLY_131, "Registration Reply 131" },
        { INJ_REPLY_134, "Registration Reply 134" },
        { INJ_REPLY_136, "Registration Reply 136" },
        { INJ_REPLY_OTHER, "another Registration Reply" },
        { INJ_RELAYED, "the request passed on" },
        { INJ_SILENCE, "silence" },
    };
    size_t at = 0;

    text[0] = '\0';
    if ((reactions & INJ_REPLY_NEGATIVE) == INJ_REPLY_NEGATIVE) {
        at += (size_t)snprintf(text, size, "a Registration Reply that denies");
        reactions &= ~INJ_REPLY_NEGATIVE;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && at < size; i++) {
        if (reactions & names[i].bit)
            at += (size_t)snprintf(
                text + at, size - at, "%s%s", at == 0 ? "" : " or ", names[i].name);
    }
}

__attribute__((format(printf, 2, 3))) static void
add_text(struct inj_text *text, const char *format, ...)
{
    const size_t at = strlen(text->s);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text->s + at, sizeof(text->s) - at, format, args);
    va_end(args);
}

/* The type of a message, and its most important value. */
static void
add_message(struct inj_text *text, const struct mipro_message *m)
{
    switch (mipro_message_type(m)) {
    case MIPRO_REGISTRATION_REPLY:
        add_text(text, "%s %u, lifetime %u", m->def->name, (unsigned)mipro_value(m, MIPRO_F_CODE),
            (unsigned)mipro_value(m, MIPRO_F_LIFE));
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        add_text(text, "%s %u", m->def->name, (unsigned)mipro_value(m, MIPRO_F_STATUS));
        break;
    case MIPRO_BINDING_UPDATE:
    case MIPRO_REGISTRATION_REQUEST:
        add_text(text, "%s about %s, care-of address %s, lifetime %u", m->def->name,
            mipro_dotted((uint32_t)mipro_value(m, MIPRO_F_HOMEADDR)).s,
            mipro_dotted((uint32_t)mipro_value(m, MIPRO_F_COA)).s,
            (unsigned)mipro_value(m, MIPRO_F_LIFE));
        break;
    default:
        add_text(text, "%s", m->def->name);
    }
}

struct inj_text
inj_name_message(const struct inj_bench *bench, const struct inj_answer *a)
{
    struct inj_text text = { "" };
    struct mipro_message m;

    if (a->protocol != INJ_UDP) {
        add_text(&text, "a packet of IP protocol %u", a->protocol);
        return text;
    }
    mipro_message_parse(&m, a->octets, a->len, a->len, &bench->set, MIPRO_IDENT_UNKNOWN);
    if (a->len == 0)
        add_text(&text, "an empty datagram");
    else if (m.def == NULL)
        add_text(&text, "a datagram of %zu octets and type %u", a->len, a->octets[0]);
    else
        add_message(&text, &m);
    if (m.def != NULL && m.err != MIPRO_OK)
        add_text(&text, " (malformed: %s at octet %u)", mipro_strerror(m.err), m.err_off);
    return text;
}

struct inj_text
inj_describe(const struct inj_bench *bench, const struct inj_answer *a)
{
    struct inj_text text = inj_name_message(bench, a);

    if (a->protocol == INJ_UDP)
        add_text(&text, " from %s:%u to %s:%u", mipro_dotted(a->src).s, a->sport,
            mipro_dotted(a->dst).s, a->dport);
    else
        add_text(&text, " from %s to %s", mipro_dotted(a->src).s, mipro_dotted(a->dst).s);
    if (a->tunnelled)
        add_text(&text, " in a tunnel from %s to %s", mipro_dotted(a->outer_src).s,
            mipro_dotted(a->outer_dst).s);
    return text;
}

/* RFC 792 */
static const char *
icmp_name(const struct inj_icmp_error *e)
{
    static const char *const unreachable[] = { "network unreachable", "host unreachable",
        "protocol unreachable", "port unreachable" };

    static const char *const others[] = {
        [4] = "source quench", [5] = "redirect", [11] = "time exceeded", [12] = "parameter problem"
    };

    if (e->type == 3 && e->code < sizeof(unreachable) / sizeof(unreachable[0]))
        return unreachable[e->code];
    if (e->type < sizeof(others) / sizeof(others[0]) && others[e->type] != NULL)
        return others[e->type];
    return "error";
}

#define MOST_TOLD 3 /* answers that are described if there are many */

struct inj_text
inj_describe_rest(const struct inj_bench *bench, const struct inj_trial *trial)
{
    struct inj_text text = { "silence" };
    size_t told = 0;

    for (size_t i = 0; i < trial->n_errors && told < MOST_TOLD; i++) {
        const struct inj_icmp_error *e = &trial->errors[i];

        add_text(&text, "%sICMP %s (type %u, code %u) from %s",
            told++ == 0 ? ", except for " : "; ", icmp_name(e), e->type, e->code,
            mipro_dotted(e->from).s);
    }
    for (size_t i = 0; i < trial->n_answers && told < MOST_TOLD; i++)
        add_text(&text, "%s%s", told++ == 0 ? ", except for " : "; ",
            inj_describe(bench, &trial->answers[i]).s);
    if (trial->n_errors + trial->n_answers > told)
        add_text(&text, "; and %zu more", trial->n_errors + trial->n_answers - told);
    return text;
}

/* Of the checks that consider more than one answer. */
static const char *const checks[] = {
    [INJ_CHECK_TARGETS] = "one Binding Update to each target",
    [INJ_CHECK_NO_UPDATE] = "no Binding Update",
    [INJ_CHECK_NO_STRANGER] = "no Binding Update to an address that the message does not name",
    [INJ_CHECK_PRIVATE] = "no Binding Update except one that deletes",
    [INJ_CHECK_RATE] = "no more Binding Updates to one node than the rate limit allows",
    [INJ_CHECK_WARNING_RATE] = "no more Binding Warnings to one node than the rate limit allows",
    [INJ_CHECK_HANDOFF] = "the Binding Update for the notification, once",
    [INJ_CHECK_NO_HANDOFF] = "no Binding Update for the notification",
    [INJ_CHECK_STOPS] = "the Binding Update is not retransmitted",
    [INJ_CHECK_GOES_ON] = "the Binding Update is retransmitted",
    [INJ_CHECK_REGISTERS] = "a Registration Request with a notification",
    [INJ_CHECK_NO_REGISTRATION] = "no Registration Request",
    [INJ_CHECK_SPACING] = "a Registration Request, and no other within a second",
};

struct inj_text
inj_expectation(const struct inj_case *c)
{
    const enum inj_check check = inj_manner(c->id)->check;
    const char *text =
        check < sizeof(checks) / sizeof(checks[0]) && checks[check] != NULL ? checks[check] : NULL;
    struct inj_text due = { "" };
    char names[160];

    if (text != NULL) {
        add_text(&due, "%s", text);
        return due;
    }
    name_reactions(c->expected, names, sizeof(names));
    add_text(&due, "%s", names);
    name_reactions(c->tolerated, names, sizeof(names));
    if (names[0] != '\0')
        add_text(&due, "; tolerated: %s", names);
    return due;
}

struct inj_judgement
inj_weigh(const struct inj_bench *bench, const struct inj_trial *trial, const struct inj_answer *a,
    uint32_t reaction, uint32_t right, uint32_t tolerated)
{
    char due[160];

    if (reaction & right)
        return inj_pass();
    name_reactions(right, due, sizeof(due));
    return inj_judgement(reaction & tolerated ? INJ_WARN : INJ_FAIL, "%s, where %s is due",
        a != NULL ? inj_describe(bench, a).s : inj_describe_rest(bench, trial).s, due);
}

/* "73 65 63" */
static void
print_octets(const uint8_t *octets, size_t n, char *text, size_t size)
{
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < n && at < size; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%02x", i == 0 ? "" : " ", octets[i]);
}

bool
inj_is_asked(const struct inj_trial *trial, uint32_t addr)
{
    for (size_t i = 0; i < trial->n_asked; i++) {
        if (trial->asked[i].addr == addr && addr != trial->src)
            return true;
    }
    return false;
}

/*
 * A foreign agent answers the sender (RFC 2002 3.7.2.3) or, by later RFCs, the home address
 * (RFC 5944 3.7.2.3).
 */
static bool
goes_home(const struct inj_bench *bench, const struct inj_answer *a)
{
    return bench->role == INJ_AS_NEW_AGENT && a->dst == bench->home;
}

struct inj_judgement
inj_judge_carriage(
    const struct inj_bench *bench, const struct inj_trial *trial, const struct inj_answer *a)
{
    const struct inj_text what = inj_describe(bench, a);
    char octets[3 * INJ_STRAY + 1];

    if (a->ip_sum_bad)
        return inj_judgement(INJ_FAIL, "%s: its IP header has a wrong checksum", what.s);
    if (a->udp_len_bad != 0)
        return inj_judgement(INJ_FAIL, "%s: its UDP length is %u, where %zu octets are there",
            what.s, a->udp_len_bad, a->len + 8);
    if (a->udp_sum_bad)
        return inj_judgement(INJ_FAIL, "%s: its UDP checksum is 0x%04x, where 0x%04x is correct",
            what.s, a->udp_sum, a->udp_sum_due);
    if (a->dst != trial->src && !a->tunnelled && !goes_home(bench, a))
        return inj_judgement(INJ_FAIL, "%s: the message that it answers came from %s", what.s,
            mipro_dotted(trial->src).s);
    if (trial->sport != 0 && a->dport != trial->sport)
        return inj_judgement(
            INJ_FAIL, "%s: the message that it answers came from port %u", what.s, trial->sport);
    if (a->src != bench->destination)
        return inj_judgement(INJ_WARN, "%s: the message that it answers went to %s", what.s,
            mipro_dotted(bench->destination).s);
    if (a->n_stray > 0) {
        print_octets(
            a->stray, a->n_stray < INJ_STRAY ? a->n_stray : INJ_STRAY, octets, sizeof(octets));
        return inj_judgement(INJ_WARN,
            "%s: %zu octet%s of its padding %s not 0: %s%s; memory of the node?", what.s,
            a->n_stray, a->n_stray == 1 ? "" : "s", a->n_stray == 1 ? "is" : "are", octets,
            a->n_stray > INJ_STRAY ? " ..." : "");
    }
    if (a->udp_sum_none)
        return inj_judgement(
            INJ_WARN, "%s: it has no UDP checksum, and should (RFC 2002 3.1)", what.s);
    return inj_pass();
}

const struct inj_earlier *
inj_answered(const struct inj_bench *bench, size_t before, const struct mipro_message *m)
{
    const uint64_t ident = mipro_value(m, MIPRO_F_IDENT);
    /* A Registration Reply may have its own high half (RFC 2002 5.6). */
    const uint64_t mask =
        mipro_message_type(m) == MIPRO_REGISTRATION_REPLY ? UINT32_MAX : UINT64_MAX;

    if (!mipro_has(m, MIPRO_F_IDENT))
        return NULL;
    /* The newest counts: a case that is repeated has the same identifications again. */
    for (size_t i = bench->n_sent, n = 0; i > 0 && n < INJ_SENT; i--, n++) {
        const struct inj_earlier *e = &bench->sent[(i - 1) % INJ_SENT];

        if (((e->ident ^ ident) & mask) == 0)
            return i <= before ? e : NULL;
    }
    return NULL;
}

bool
inj_is_late(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct mipro_message *sent, const struct mipro_message *m)
{
    /* Only the low half of a Registration Reply's need be ours: see inj_answered(). */
    if (mipro_has(m, MIPRO_F_IDENT) && mipro_has(sent, MIPRO_F_IDENT) &&
        (uint32_t)mipro_value(sent, MIPRO_F_IDENT) == (uint32_t)mipro_value(m, MIPRO_F_IDENT) &&
        (mipro_message_type(m) == MIPRO_REGISTRATION_REPLY ||
            mipro_value(sent, MIPRO_F_IDENT) == mipro_value(m, MIPRO_F_IDENT)))
        return false;
    return inj_answered(bench, trial->n_sent, m) != NULL;
}

void
inj_parse_sent(
    const struct inj_bench *bench, const struct inj_trial *trial, struct mipro_message *sent)
{
    mipro_message_parse(
        sent, trial->sent, trial->len, trial->len, &bench->set, MIPRO_IDENT_UNKNOWN);
}

const struct inj_answer *
inj_next_answer(const struct inj_bench *bench, const struct inj_trial *trial, uint8_t type,
    struct mipro_message *m, size_t *i)
{
    enum mipro_ident_hint hint = MIPRO_IDENT_UNKNOWN;
    struct mipro_message sent;

    inj_parse_sent(bench, trial, &sent);
    if (sent.err == MIPRO_OK)
        hint = mipro_has(&sent, MIPRO_F_IDENT) ? MIPRO_IDENT_PRESENT : MIPRO_IDENT_ABSENT;
    for (; *i < trial->n_answers; (*i)++) {
        const struct inj_answer *a = &trial->answers[*i];

        if (a->protocol != INJ_UDP)
            continue;
        mipro_message_parse(m, a->octets, a->len, a->len, &bench->set, hint);
        if (m->def != NULL && m->def->type == type) {
            (*i)++;
            return a;
        }
    }
    return NULL;
}

struct inj_judgement
inj_judge_signature(const struct inj_bench *bench, const struct inj_answer *a,
    const struct mipro_message *m, uint8_t type, bool must)
{
    /* Whichever of the node's addresses it came from, its key is that of the address we know. */
    const bool ours = a->dst == bench->source && !a->tunnelled;
    struct mipro_scene scene = { ours ? bench->destination : a->src, a->dst, a->time, bench->ring };
    struct mipro_ext e;
    struct mipro_auth auth;

    if (m->err != MIPRO_OK)
        return inj_judgement(INJ_FAIL, "%s, which is malformed", inj_describe(bench, a).s);
    if (!mipro_ext_find(m, type, &e))
        return must ? inj_judgement(INJ_FAIL, "the %s has no extension %u", m->def->name, type)
                    : inj_pass();
    mipro_auth_judge(m, &e, &scene, &auth);
    switch (auth.verdict) {
    case MIPRO_GOOD:
        return inj_pass();
    case MIPRO_EXPIRED:
        return inj_judgement(
            INJ_WARN, "the %s is signed with an association outside its validity", m->def->name);
    case MIPRO_NO_KEY:
        return inj_judgement(INJ_WARN,
            "the %s cannot be checked: no association has SPI %u between its ends", m->def->name,
            auth.spi);
    default:
        return inj_judgement(INJ_FAIL, "the authenticator of the %s is bad", m->def->name);
    }
}

bool
inj_holds_unknown_ext(const struct mipro_message *m)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.def == NULL && e.type < 128)
            return true;
    }
    return false;
}

struct inj_judgement
inj_judge_extensions(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *m)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (mipro_ext_discards(m, &e))
            return inj_judgement(INJ_WARN,
                "%s: it has extension %u, for which a node that does not know it discards the "
                "message",
                inj_describe(bench, a).s, e.type);
    }
    return inj_pass();
}

const struct inj_answer *
inj_find_answer(const struct inj_bench *bench, const struct inj_trial *trial, uint8_t type,
    struct mipro_message *m)
{
    size_t i = 0;

    return inj_next_answer(bench, trial, type, m, &i);
}

bool
inj_is_own_update(
    const struct inj_bench *bench, const struct inj_answer *a, const struct mipro_message *update)
{
    return a->src == bench->destination ||
           (uint32_t)mipro_value(update, MIPRO_F_HOMEADDR) == bench->home;
}

unsigned
inj_occasion(const struct inj_trial *trial)
{
    return trial->len > 0 && trial->sent[0] < 32 ? trial->sent[0] : 0;
}

const struct inj_answer *
inj_next_update(const struct inj_bench *bench, const struct inj_trial *trial,
    struct mipro_message *m, size_t *i)
{
    struct mipro_message sent;
    const struct inj_answer *a;

    inj_parse_sent(bench, trial, &sent);
    do
        a = inj_next_answer(bench, trial, MIPRO_BINDING_UPDATE, m, i);
    while (a != NULL && (!inj_is_own_update(bench, a, m) || inj_is_late(bench, trial, &sent, m)));
    return a;
}

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
