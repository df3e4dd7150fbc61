/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/session.h"
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

/* What the file holds stays until the run is over: it may fail to start, or be interrupted. */
static FILE *
open_report(const char *name, bool *is_new)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    *is_new = fd >= 0;
    if (fd < 0 && errno == EEXIST)
        fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

/* The run does not take place: nothing is left of the files that were opened for it. */
void
inj_plan_undo(struct inj_plan *p, const struct inj_options *o)
{
    for (size_t i = 0; i < INJ_REPORTS; i++) {
        if (p->is_new[i])
            (void)unlink(o->value[reports[i]].text);
        p->is_new[i] = false;
    }
}

/* Two reports in one file, or a report in a file that was read, would leave neither. */
static bool
is_taken(const struct inj_options *o, enum inj_option option)
{
    static const enum inj_option others[] = { INJ_OPT_KEYS, INJ_OPT_EXPECT, INJ_OPT_JUNIT,
        INJ_OPT_HTML, INJ_OPT_WRITE_EXPECT };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (option == INJ_OPT_WRITE_EXPECT && others[i] == INJ_OPT_EXPECT)
            continue; /* brought up to date */
        if (others[i] == option || !inj_given(o, others[i]) ||
            !inj_is_same_file(o->value[option].text, o->value[others[i]].text))
            continue;
        inj_complain("%s: %s is the file of %s as well; give another", inj_option_name(option),
            o->value[option].text, inj_option_name(others[i]));
        return true;
    }
    return false;
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
        if (is_taken(o, reports[i]))
            return INJ_USAGE;
        p->reports[i] = open_report(name, &p->is_new[i]);
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
    struct stat st;

    if (fstat(fileno(out), &st) == 0 && S_ISREG(st.st_mode) && which != INJ_REPORT_EXPECT &&
        ftruncate(fileno(out), 0) != 0)
        return false;
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
