/* SPDX-License-Identifier: GPL-2.0-or-later */
/* await.c - when an answer decides, so that there is nothing more to wait for. */
#include "tester/await.h"

#include "tester/answers.h"
#include "tester/assess.h"
#include "tester/peers.h"
#include "tester/registration.h"

/* Refused for its nonce: a Binding Request is to follow (4.3). */
static bool
awaits_request(const struct inj_exchange *x)
{
    const struct inj_bench *bench = &x->t->bench;
    struct mipro_message m;
    size_t i = 0, k = 0;

    return bench->association->replay == MIPRO_REPLAY_NONCE &&
           inj_next_answer(bench, &x->trial, MIPRO_BINDING_ACKNOWLEDGE, &m, &i) != NULL &&
           mipro_value(&m, MIPRO_F_STATUS) == 133 &&
           inj_next_answer(bench, &x->trial, MIPRO_BINDING_REQUEST, &m, &k) == NULL;
}

/*
 * Is it known how a control was taken?  A refusal that does not have its identification may be a
 * late one: the identification of a message that was forged, or cut, is not known to be ours.
 */
static bool
is_settled(const struct inj_bench *bench, const struct inj_trial *trial)
{
    const enum inj_taken taken = inj_judge_control(bench, trial).taken;
    struct mipro_message sent, m;

    if (taken == INJ_TAKEN_SILENT || taken == INJ_TAKEN_GOOD || bench->role == INJ_AS_MOBILE_NODE)
        return taken != INJ_TAKEN_SILENT;
    inj_parse_sent(bench, trial, &sent);
    for (size_t i = 0; i < trial->n_answers; i++) {
        const struct inj_answer *a = &trial->answers[i];

        if (a->protocol != INJ_UDP)
            continue;
        mipro_message_parse(&m, a->octets, a->len, a->len, &bench->set, MIPRO_IDENT_UNKNOWN);
        if (mipro_has(&m, MIPRO_F_IDENT) &&
            (uint32_t)mipro_value(&m, MIPRO_F_IDENT) == (uint32_t)mipro_value(&sent, MIPRO_F_IDENT))
            return true;
    }
    return false;
}

/* Has an answer arrived that ends the wait? */
static bool
has_answer(struct inj_exchange *x)
{
    struct inj_trial *trial = &x->trial;
    const struct inj_bench *bench = &x->t->bench;
    const struct inj_answer *a;
    struct mipro_message m, sent;
    size_t i = 0;

    trial->answers = x->t->heard->answers;
    trial->n_answers = x->t->heard->n;
    if (awaits_request(x))
        return false;
    if (x->c == NULL)
        return is_settled(bench, trial);
    switch (inj_manner(x->c->id)->check) {
    case INJ_CHECK_ACK:
        inj_parse_sent(bench, trial, &sent);
        while (inj_next_answer(bench, trial, MIPRO_BINDING_ACKNOWLEDGE, &m, &i) != NULL) {
            if (trial->count == 1 && !inj_is_late(bench, trial, &sent, &m))
                return true;
        }
        return false;
    case INJ_CHECK_REPLY: /* a wrong one may be a late one that was passed on */
        return trial->count == 1 &&
               inj_registration_reaction(bench, trial, &a, &m) != INJ_SILENCE &&
               inj_judge_trial(x->c, bench, trial).verdict == INJ_PASS;
    case INJ_CHECK_PRIVATE:
        return trial->lead && inj_registration_reaction(bench, trial, &a, &m) != INJ_SILENCE;
    default:
        return false;
    }
}

static bool
enough(void *ctx)
{
    struct inj_exchange *x = ctx;

    inj_serve(x);
    return has_answer(x);
}

void
inj_listen_for(struct inj_exchange *x, int64_t wait)
{
    struct inj_tester *t = x->t;

    inj_listen(t->ear, &t->scope, inj_monotonic() + wait, t->heard, enough, x);
    inj_serve(x);
    x->trial.answers = t->heard->answers;
    x->trial.n_answers = t->heard->n;
    x->trial.asked = t->heard->asked;
    x->trial.n_asked = t->heard->n_asked;
    x->trial.errors = t->heard->errors;
    x->trial.n_errors = t->heard->n_errors;
}
