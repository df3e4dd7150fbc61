/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tester/html.h"

static const enum inj_option reports[INJ_REPORTS] = {
    [INJ_REPORT_JUNIT] = INJ_OPT_JUNIT,
    [INJ_REPORT_HTML] = INJ_OPT_HTML,
    [INJ_REPORT_EXPECT] = INJ_OPT_WRITE_EXPECT,
};

void
inj_plan_free(struct inj_plan *p)
{
    for (size_t i = 0; p->captures != NULL && i < p->n; i++) {
        if (p->captures[i] != NULL)
            fclose(p->captures[i]);
    }
    for (size_t i = 0; i < INJ_REPORTS; i++) {
        if (p->reports[i] != NULL)
            fclose(p->reports[i]);
    }
    for (size_t i = 0; p->points != NULL && i < p->n; i++)
        inj_transcript_free(p->points[i].transcript);
    inj_expected_free(p->expected);
    free(p->cases);
    free(p->captures);
    free(p->points);
}

/* Add a case once, because a point of the report and a capture have its name. */
static bool
add_case(struct inj_plan *p, const char *id)
{
    const struct inj_case *c = inj_case_by_id(id);

    if (c == NULL && strcmp(id, "all") == 0)
        inj_complain("all: includes every case; omit the other IDs");
    else if (c == NULL)
        inj_complain_of_id(id);
    if (c == NULL)
        return false;
    for (size_t i = 0; i < p->n; i++)
        if (p->cases[i] == c) {
            inj_complain("%s: given twice; give it once", id);
            return false;
        }
    p->cases[p->n++] = c;
    return true;
}

/* The given IDs, in their order; none, or "all": every case. */
enum inj_status
inj_plan_make(struct inj_plan *p, const struct inj_options *o)
{
    const char *replay = inj_given(o, INJ_OPT_REPLAY) ? o->value[INJ_OPT_REPLAY].text : NULL;
    const size_t most = inj_n_cases + o->n_operands + 1;

    p->cases = calloc(most, sizeof(*p->cases));
    p->captures = calloc(most, sizeof(*p->captures));
    p->points = calloc(most, sizeof(*p->points));
    if (p->cases == NULL || p->captures == NULL || p->points == NULL) {
        inj_complain("out of memory");
        return INJ_UNSENT;
    }
    if (replay != NULL && o->n_operands > 0) {
        inj_complain("--replay=%s runs one case alone; omit '%s'", replay, o->operands[0]);
        return INJ_USAGE;
    }
    for (size_t i = 0; i < o->n_operands + (replay != NULL); i++) {
        const char *id = replay != NULL ? replay : o->operands[i];

        if (strcmp(id, "all") == 0 && o->n_operands == 1)
            break;
        if (!add_case(p, id)) {
            p->n = 0;
            return INJ_USAGE;
        }
    }
    for (size_t i = 0; p->n == 0 && i < inj_n_cases; i++)
        p->cases[i] = &inj_cases[i];
    p->is_whole = p->n == 0;
    if (p->n == 0)
        p->n = inj_n_cases;
    if (!inj_given(o, INJ_OPT_EXPECT))
        return INJ_DONE;
    p->expected = inj_expected_read(o->value[INJ_OPT_EXPECT].text);
    return p->expected != NULL ? INJ_DONE : INJ_USAGE;
}

/* keeps: the old contents stay until the end of the run, which may be interrupted. */
static FILE *
open_report(const char *name, bool keeps)
{
    int fd;

    if (!keeps)
        return fopen(name, "we");
    fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

enum inj_status
inj_plan_open(struct inj_plan *p, const struct inj_options *o, const struct inj_bench *bench)
{
    const char *dir = o->value[INJ_OPT_PCAP].text;
    char path[4096];

    for (size_t i = 0; i < INJ_REPORTS; i++) {
        const char *name = o->value[reports[i]].text;

        if (!inj_given(o, reports[i]))
            continue;
        p->reports[i] = open_report(name, reports[i] == INJ_OPT_WRITE_EXPECT);
        if (p->reports[i] == NULL) {
            inj_complain("%s: %s: %s", inj_option_name(reports[i]), name, strerror(errno));
            return INJ_UNSENT;
        }
    }
    if (!inj_given(o, INJ_OPT_PCAP))
        return INJ_DONE;
    if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
        inj_complain("--pcap: %s: %s", dir, strerror(errno));
        return INJ_UNSENT;
    }
    for (size_t i = 0; i < p->n; i++) {
        if (inj_judge_fitness(p->cases[i], bench).verdict != INJ_PASS)
            continue; /* it will not be run */
        (void)snprintf(path, sizeof(path), "%s/%s.pcapng", dir, p->cases[i]->id);
        p->captures[i] = fopen(path, "we");
        if (p->captures[i] == NULL) {
            inj_complain("--pcap: %s: %s", path, strerror(errno));
            return INJ_UNSENT;
        }
    }
    return INJ_DONE;
}

static bool
write_report(struct inj_plan *p, enum inj_report which, const struct inj_bench *bench, size_t n)
{
    const char *role = inj_role_name(bench->role);
    FILE *out = p->reports[which];

    switch (which) {
    case INJ_REPORT_JUNIT:
        return inj_junit_write(out, role, p->points, n);
    case INJ_REPORT_HTML:
        return inj_html_write(out, bench, p->points, n);
    case INJ_REPORT_EXPECT:
        return n < p->n || inj_expected_write(out, role, p->points, n);
    case INJ_REPORTS:
        break;
    }
    return false;
}

enum inj_status
inj_plan_report(
    struct inj_plan *p, const struct inj_options *o, const struct inj_bench *bench, size_t n)
{
    for (unsigned i = 0; i < INJ_REPORTS; i++) {
        if (p->reports[i] != NULL && !write_report(p, (enum inj_report)i, bench, n)) {
            inj_complain("%s: could not be written completely", o->value[reports[i]].text);
            return INJ_UNSENT;
        }
    }
    if (!p->unwritten)
        return INJ_DONE;
    inj_complain(
        "--pcap: %s: not all captures could be written completely", o->value[INJ_OPT_PCAP].text);
    return INJ_UNSENT;
}
