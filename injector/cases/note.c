/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.c - the comment on a packet in a capture. */
#include "cases/case.h"

#include <stdio.h>

void
inj_case_note(
    const struct inj_case *c, unsigned step, enum inj_phase phase, char *text, size_t size)
{
    if (phase == INJ_LEAD)
        (void)snprintf(text, size, "%s (%s), packet %u of %zu: good, leads up to the case", c->id,
            c->slug, step + 1, c->n_steps);
    else
        (void)snprintf(text, size, "%s (%s), packet %u of %zu: the case, %s (%s); expected: %s",
            c->id, c->slug, step + 1, c->n_steps, c->summary, c->section, inj_case_expect(c));
}
