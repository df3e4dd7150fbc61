/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge.c - what all judgements share, and the three phases together: see judge.h. */
#include "tester/assess_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UDP 17

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

/* What a set of reactions is called: "Binding Acknowledge 134 or silence". */
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
        { INJ_ACK_OTHER, "another status" },
        { INJ_UPDATE, "Binding Update" },
        { INJ_REPLY_0, "Registration Reply 0" },
        { INJ_REPLY_67, "Registration Reply 67" },
        { INJ_REPLY_70, "Registration Reply 70" },
        { INJ_REPLY_131, "Registration Reply 131" },
        { INJ_REPLY_134, "Registration Reply 134" },
        { INJ_REPLY_136, "Registration Reply 136" },
        { INJ_REPLY_OTHER, "another code" },
        { INJ_RELAYED, "the registration passed on" },
        { INJ_SILENCE, "silence" },
    };
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && at < size; i++) {
        if (reactions & names[i].bit)
            at += (size_t)snprintf(
                text + at, size - at, "%s%s", at == 0 ? "" : " or ", names[i].name);
    }
}

/* Right, tolerated, or neither. */
struct inj_judgement
inj_weigh(uint32_t reaction, uint32_t right, uint32_t tolerated)
{
    char got[64], due[160];

    if (reaction & right)
        return inj_pass();
    name_reactions(reaction, got, sizeof(got));
    name_reactions(right, due, sizeof(due));
    return inj_judgement(
        reaction & tolerated ? INJ_WARN : INJ_FAIL, "%s, where %s is due", got, due);
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

        if (a->protocol != UDP)
            continue;
        mipro_message_parse(m, a->octets, a->len, a->len, &bench->set, hint);
        if (m->def != NULL && m->def->type == type) {
            (*i)++;
            return a;
        }
    }
    return NULL;
}

/*
 * The authenticator of an answer.  A Binding Acknowledge may lack one; a
 * Binding Update and a Registration Reply may not (must).
 */
struct inj_judgement
inj_judge_signature(const struct inj_bench *bench, const struct inj_answer *a,
    const struct mipro_message *m, uint8_t type, bool must)
{
    struct mipro_scene scene = { a->src, a->dst, a->time, bench->ring };
    struct mipro_ext e;
    struct mipro_auth auth;

    if (m->err != MIPRO_OK)
        return inj_judgement(INJ_FAIL, "the %s is malformed: %s at octet %u", m->def->name,
            mipro_strerror(m->err), m->err_off);
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
inj_judge_trial(
    const struct inj_case *c, const struct inj_bench *bench, const struct inj_trial *trial)
{
    if (inj_manner(c->id)->check == INJ_CHECK_ACK)
        return inj_judge_ack(c, bench, trial);
    return inj_judge_agents_trial(c, bench, trial);
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
    if (bench->role == INJ_AS_CORRESPONDENT || bench->role == INJ_AS_PREVIOUS_AGENT)
        return inj_judge_update_control(bench, trial);
    return inj_judge_agents_control(bench, trial);
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
