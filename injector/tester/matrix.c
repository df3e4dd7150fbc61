/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/matrix.h"

#include <string.h>

static const struct inj_point *
find_point(const struct inj_point *points, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(points[i].c->id, id) == 0)
            return &points[i];
    }
    return NULL;
}

bool
inj_requirement_verdict(const struct inj_requirement *r, const struct inj_point *points, size_t n,
    enum inj_verdict *verdict)
{
    const char *list = r->cases;
    char id[INJ_ID_MAX];
    bool shown = false;

    *verdict = INJ_PASS;
    while (inj_next_id(&list, id)) {
        const struct inj_point *p = find_point(points, n, id);

        if (p == NULL || p->judgement.verdict == INJ_SKIP)
            continue;
        shown = true;
        if (p->judgement.verdict > *verdict)
            *verdict = p->judgement.verdict;
    }
    return shown;
}

void
inj_tap_requirements(FILE *out, const struct inj_point *points, size_t n)
{
    size_t count[INJ_FAIL + 1] = { 0 }, silent = 0;
    const struct inj_requirement *r;

    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        const char *list = r->cases, *between = ": ";
        enum inj_verdict verdict;
        char id[INJ_ID_MAX];

        if (!inj_requirement_verdict(r, points, n, &verdict)) {
            silent++;
            continue;
        }
        count[verdict]++;
        fprintf(out, "# requirement %s (%s, %s): %s", r->id, r->section, r->level,
            inj_verdict_name(verdict));
        while (inj_next_id(&list, id)) {
            const struct inj_point *p = find_point(points, n, id);

            if (p == NULL || p->judgement.verdict == INJ_SKIP)
                continue;
            fprintf(out, "%s%s %s", between, id, inj_verdict_name(p->judgement.verdict));
            between = ", ";
        }
        fprintf(out, ": %s\n", r->text);
    }
    fprintf(out,
        "# requirements: %zu passed, %zu warned, %zu failed, %zu inconclusive, %zu not tested by "
        "this run\n",
        count[INJ_PASS], count[INJ_WARN], count[INJ_FAIL], count[INJ_INCONCLUSIVE], silent);
}
