/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/expect.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "mipro_text.h"

#define LINE_MAX_OCTETS 4096
#define ID_MAX 63

struct line {
    char id[ID_MAX + 1];
    enum inj_verdict verdict;
};

struct inj_expected {
    const char *path; /* borrowed */
    GArray *lines;    /* of struct line */
};

static const struct line *
find_line(const struct inj_expected *e, const char *id)
{
    for (guint i = 0; i < e->lines->len; i++) {
        const struct line *line = &g_array_index(e->lines, struct line, i);

        if (strcmp(line->id, id) == 0)
            return line;
    }
    return NULL;
}

/* INJ_VERDICTS if no verdict has this name, or a case cannot have it by itself. */
static enum inj_verdict
find_verdict(const char *name)
{
    for (int v = 0; v < INJ_VERDICTS; v++) {
        if (v != INJ_XFAIL && v != INJ_XPASS &&
            strcmp(inj_verdict_name((enum inj_verdict)v), name) == 0)
            return (enum inj_verdict)v;
    }
    return INJ_VERDICTS;
}

/* Read a line; NULL, or what is wrong with it. */
static const char *
read_line(struct inj_expected *e, const char *text)
{
    struct line line;
    char verdict[16];
    int n = sscanf(text, "%63s %15s", line.id, verdict);

    if (n < 1 || line.id[0] == '#')
        return NULL;
    if (n < 2)
        return "a verdict is missing; give 'ID VERDICT'";
    line.verdict = find_verdict(verdict);
    if (line.verdict == INJ_VERDICTS)
        return "the word after the ID is not one of PASS, WARN, FAIL, INCONCLUSIVE, SKIP, FLAKY";
    if (find_line(e, line.id) != NULL)
        return "the case is listed twice";
    g_array_append_val(e->lines, line);
    return NULL;
}

static bool
read_lines(struct inj_expected *e, FILE *file)
{
    char text[LINE_MAX_OCTETS] = "";

    for (unsigned number = 1; fgets(text, sizeof(text), file) != NULL; number++) {
        const char *why, *encoding = NULL;
        size_t mark = 0;

        if (number == 1) {
            mark = mipro_text_mark(text, strlen(text));
            encoding = mipro_text_encoding(text, strlen(text));
        }
        if (encoding != NULL) {
            inj_complain("--expect: %s: is %s; save it again as UTF-8", e->path, encoding);
            return false;
        }
        if (strchr(text, '\n') == NULL && !feof(file))
            why = strlen(text) + 1 < sizeof(text) ? "the line holds an octet of value 0"
                                                  : "the line is too long";
        else
            why = read_line(e, text + mark);

        if (why != NULL) {
            inj_complain("--expect: %s:%u: %s", e->path, number, why);
            return false;
        }
    }
    if (!ferror(file))
        return true;
    inj_complain("--expect: %s: %s", e->path, strerror(errno));
    return false;
}

struct inj_expected *
inj_expected_read(const char *path)
{
    FILE *file = fopen(path, "re");
    struct inj_expected *e;
    bool good;

    if (file == NULL) {
        inj_complain("--expect: %s: %s", path, strerror(errno));
        return NULL;
    }
    e = g_new0(struct inj_expected, 1);
    e->path = path;
    e->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
    good = read_lines(e, file);
    fclose(file);
    if (good)
        return e;
    inj_expected_free(e);
    return NULL;
}

void
inj_expected_free(struct inj_expected *e)
{
    if (e == NULL)
        return;
    g_array_free(e->lines, TRUE);
    g_free(e);
}

static struct inj_judgement
retold(enum inj_verdict verdict, const char *format, const char *name, const char *reason)
{
    struct inj_judgement j = { .verdict = verdict };

    (void)snprintf(j.reason, sizeof(j.reason), format, name, reason);
    return j;
}

struct inj_judgement
inj_expected_apply(struct inj_expected *e, const struct inj_case *c, const struct inj_judgement *j)
{
    const struct line *line = find_line(e, c->id);
    const char *name = line != NULL ? inj_verdict_name(line->verdict) : "";
    const bool fails = inj_is_not_ok(j->verdict);

    if (line == NULL || !inj_is_not_ok(line->verdict) || j->verdict == INJ_SKIP)
        return *j;
    if (fails && (j->verdict == line->verdict || line->verdict == INJ_FLAKY))
        return retold(INJ_XFAIL, "%s, as expected: %.900s", name, j->reason);
    if (fails)
        return retold(j->verdict, "where %s is expected: %.900s", name, j->reason);
    if (line->verdict == INJ_FLAKY)
        return *j;
    return retold(INJ_XPASS, "it passes, where %s is expected%s", name,
        "; remove it from the file of expected results");
}

void
inj_expected_report(
    const struct inj_expected *e, FILE *out, const struct inj_point *points, size_t n, bool all)
{
    for (size_t i = 0; i < n; i++) {
        const struct line *line = find_line(e, points[i].c->id);

        if (line == NULL)
            inj_tap_comment(out, "%s: appeared: %s does not list it", points[i].c->id, e->path);
        else if (line->verdict != INJ_SKIP && points[i].judgement.verdict == INJ_SKIP)
            inj_tap_comment(out, "%s: skipped, where %s is expected", line->id,
                inj_verdict_name(line->verdict));
    }
    for (guint k = 0; k < e->lines->len; k++) {
        const struct line *line = &g_array_index(e->lines, struct line, k);
        size_t i = 0;

        while (i < n && strcmp(points[i].c->id, line->id) != 0)
            i++;
        if (i == n && (all || inj_case_by_id(line->id) == NULL))
            inj_tap_comment(out, "%s: disappeared: %s lists it, but the run does not have it",
                line->id, e->path);
    }
}

bool
inj_expected_write(FILE *out, const char *role, const struct inj_point *points, size_t n)
{
    if (fflush(out) != 0 || ftruncate(fileno(out), 0) != 0)
        return false;
    rewind(out);
    fprintf(out, "# mipro-inject test --role=%s: what is expected; see --expect\n", role);
    for (size_t i = 0; i < n; i++) {
        const struct inj_judgement *j = &points[i].found;

        fprintf(out, "%s %s%s%s\n", points[i].c->id, inj_verdict_name(j->verdict),
            j->reason[0] != '\0' ? " " : "", j->reason);
    }
    return fflush(out) == 0 && ferror(out) == 0;
}
