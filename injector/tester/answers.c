/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/answers.h"

#include <stdarg.h>
#include <stdio.h>

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
