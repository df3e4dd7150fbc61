/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/ties.h"

#include "mipro_mix.h"

#include <stdlib.h>

#define QUESTIONS 8192u /* a power of 2 */

/* All zero: none.  The answer goes from "to" to "from". */
struct question {
    uint64_t frame;
    uint64_t ident;
    uint32_t from, to, homeaddr;
    uint8_t answer; /* its type */
    bool has_ident;
};

void
mipro_ties_free(struct ties *ties)
{
    free(ties->questions);
}

/* Its place in the table. */
static struct question *
place_of(const struct ties *ties, const struct question *q)
{
    uint64_t h = mipro_mix((uint64_t)q->from << 32 | q->to, q->ident);

    h = mipro_mix(h, (uint64_t)q->homeaddr << 32 | q->answer);
    return &ties->questions[h & (QUESTIONS - 1)];
}

static struct question
make_question(const struct mipro_event *ev, uint32_t from, uint32_t to, uint8_t answer)
{
    const struct mipro_message *m = ev->message;
    bool has_ident = mipro_has(m, MIPRO_F_IDENT);

    return (struct question){
        .frame = ev->frame,
        /* Of a registration the low half is copied, whatever protects it. */
        .ident = !has_ident                           ? 0
                 : answer == MIPRO_REGISTRATION_REPLY ? (uint32_t)mipro_value(m, MIPRO_F_IDENT)
                                                      : mipro_value(m, MIPRO_F_IDENT),
        .from = from,
        .to = to,
        .homeaddr = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR),
        .answer = answer,
        .has_ident = has_ident,
    };
}

static bool
is_of_same(const struct question *a, const struct question *b)
{
    return a->frame != 0 && a->ident == b->ident && a->from == b->from && a->to == b->to &&
           a->homeaddr == b->homeaddr && a->answer == b->answer && a->has_ident == b->has_ident;
}

/* Which message answers this one, 0: none. */
static uint8_t
answer_to(const struct mipro_message *m)
{
    switch (mipro_message_type(m)) {
    case MIPRO_REGISTRATION_REQUEST:
        return MIPRO_REGISTRATION_REPLY;
    case MIPRO_BINDING_REQUEST:
        return MIPRO_BINDING_UPDATE;
    case MIPRO_BINDING_UPDATE:
        return (mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_A) != 0 ? MIPRO_BINDING_ACKNOWLEDGE : 0;
    default:
        return 0;
    }
}

void
mipro_ties_ask(struct ties *ties, const struct mipro_event *ev)
{
    uint8_t answer = answer_to(ev->message);
    struct question q, *at;

    if (answer == 0 || !mipro_has(ev->message, MIPRO_F_HOMEADDR))
        return;
    if (ties->questions == NULL)
        ties->questions = calloc(QUESTIONS, sizeof(*ties->questions));
    if (ties->questions == NULL)
        return;
    q = make_question(ev, ev->src, ev->dst, answer);
    at = place_of(ties, &q);
    if (!is_of_same(at, &q)) /* else it is sent again: the first is answered */
        *at = q;
}

uint64_t
mipro_ties_answer(struct ties *ties, const struct mipro_event *ev, enum mipro_tie *tie)
{
    uint8_t type = mipro_message_type(ev->message);
    struct question q, *at;

    switch (type) {
    case MIPRO_REGISTRATION_REPLY:
        *tie = MIPRO_TIE_REPLY;
        break;
    case MIPRO_BINDING_UPDATE: /* without an identification it is unasked for */
        if (!mipro_has(ev->message, MIPRO_F_IDENT))
            return 0;
        *tie = MIPRO_TIE_ANSWER;
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        *tie = MIPRO_TIE_ACKNOWLEDGE;
        break;
    default:
        return 0;
    }
    if (ties->questions == NULL || !mipro_has(ev->message, MIPRO_F_HOMEADDR))
        return 0;
    q = make_question(ev, ev->dst, ev->src, type);
    at = place_of(ties, &q);
    if (!is_of_same(at, &q))
        return 0;
    q.frame = at->frame;
    at->frame = 0;
    return q.frame;
}
