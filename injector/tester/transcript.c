/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/transcript.h"

#include <stdlib.h>
#include <string.h>

struct inj_transcript *
inj_transcript_new(void)
{
    return calloc(1, sizeof(struct inj_transcript));
}

void
inj_transcript_free(struct inj_transcript *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        free((void *)t->line[i].a.octets);
    free(t);
}

void
inj_transcript_add(struct inj_transcript *t, bool sent, const char *phase, int64_t time,
    const struct inj_answer *a)
{
    const size_t len = a->len < INJ_TRANSCRIPT_OCTETS ? a->len : INJ_TRANSCRIPT_OCTETS;
    struct inj_transcript_line *line;
    uint8_t *octets;

    if (t->n == INJ_TRANSCRIPT_MESSAGES) {
        t->omitted++;
        return;
    }
    octets = malloc(len + 1);
    if (octets == NULL)
        return;
    if (len > 0)
        memcpy(octets, a->octets, len);
    line = &t->line[t->n++];
    *line = (struct inj_transcript_line){
        .sent = sent, .phase = phase, .time = time, .a = *a, .omitted = a->len - len
    };
    line->a.octets = octets;
    line->a.len = len;
}
