/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/forged.h"

#include "tester/acknowledge.h"
#include "tester/answers.h"

void
inj_note_forged(struct inj_tester *t, const struct inj_case *c, const struct inj_trial *trial)
{
    if (inj_is_forged_update(c, &t->bench, trial))
        t->bench.sent[(t->bench.n_sent - 1) % INJ_SENT].forged = c->id;
}

bool
inj_has_forged(const struct inj_tester *t)
{
    for (size_t i = 0; i < INJ_SENT; i++)
        if (t->bench.sent[i].forged != NULL)
            return true;
    return false;
}

void
inj_forget_forged(struct inj_tester *t, const char *id)
{
    for (size_t i = 0; i < INJ_SENT; i++)
        if (t->bench.sent[i].forged == id)
            t->bench.sent[i].forged = NULL;
}

struct inj_judgement
inj_blame_late_acceptance(struct inj_tester *t)
{
    const char *id = t->accepted_late;

    t->accepted_late = NULL;
    inj_forget_forged(t, id);
    return inj_judgement(INJ_FAIL,
        "the node accepts the forged Binding Update of %s late, by a Binding Acknowledge 0", id);
}
