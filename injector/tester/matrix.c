/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/matrix.h"

#include <string.h>

const struct inj_point *
inj_find_point(const struct inj_point *points, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(points[i].c->id, id) == 0)
            return &points[i];
    }
    return NULL;
}

/* The rank of a verdict: of two on one requirement, the higher one is reported. */
static unsigned
rank(enum inj_verdict verdict)
{
    static const enum inj_verdict order[] = { INJ_PASS, INJ_WARN, INJ_XPASS, INJ_FLAKY,
        INJ_INCONCLUSIVE, INJ_XFAIL, INJ_FAIL };
    unsigned i = 0;

    while (i + 1 < sizeof(order) / sizeof(order[0]) && order[i] != verdict)
        i++;
    return i;
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
        const struct inj_point *p = inj_find_point(points, n, id);

        if (p == NULL || p->judgement.verdict == INJ_SKIP)
            continue;
        shown = true;
        if (rank(p->judgement.verdict) > rank(*verdict))
            *verdict = p->judgement.verdict;
    }
    return shown;
}

void
inj_tap_requirements(FILE *out, const struct inj_point *points, size_t n)
{
    size_t count[INJ_VERDICTS] = { 0 };
    const struct inj_requirement *r;

    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++) {
        const char *list = r->cases, *between = ": ";
        enum inj_verdict verdict;
        char id[INJ_ID_MAX];

        if (!inj_requirement_verdict(r, points, n, &verdict)) {
            count[INJ_SKIP]++;
            continue;
        }
        count[verdict]++;
        fprintf(out, "# requirement %s (%s, %s): %s", r->id, r->section, r->level,
            inj_verdict_name(verdict));
        while (inj_next_id(&list, id)) {
            const struct inj_point *p = inj_find_point(points, n, id);

            if (p == NULL || p->judgement.verdict == INJ_SKIP)
                continue;
            fprintf(out, "%s%s %s", between, id, inj_verdict_name(p->judgement.verdict));
            between = ", ";
        }
        fprintf(out, ": %s\n", r->text);
    }
    fputs("# requirements: ", out);
    inj_tap_counts(out, count, "not tested by this run");
}
