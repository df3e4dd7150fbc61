/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command `cases`: the catalogue as text or JSON, and the requirements.
 */
#include <stdio.h>

#include "cases/case.h"
#include "cases/requirement.h"
#include "cli/session.h"

static const char *const target_names[] = { "receiver", "home-agent", "new-agent", "mobile-node" };

static const char *const need_names[] = {
    [INJ_NEEDS_NOTHING] = NULL,
    [INJ_NEEDS_TIMESTAMPS] = "timestamp",
    [INJ_NEEDS_NONCES] = "nonce",
    [INJ_NEEDS_REPLAY] = "replay",
    [INJ_NEEDS_MASTER] = "master",
    [INJ_NEEDS_EDGE_SPI] = "edge-spi",
    [INJ_NEEDS_FOREIGN] = "foreign-spi",
    [INJ_NEEDS_OBSERVER] = "observer",
};

static const char *
reach_text(const struct inj_case *c)
{
    switch (c->reach) {
    case INJ_ALTERED:
        return " (the host's stack alters it on the way to port 434)";
    case INJ_DROPPED:
        return " (the host's stack drops it before port 434)";
    default:
        return "";
    }
}

static void
print_string(const char *name, const char *text, const char *more, const char *end)
{
    printf("\"%s\":", name);
    if (text == NULL) {
        printf("null%s", end);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    printf("%s\"%s", more, end);
}

static void
print_json(enum mipro_draft draft)
{
    char group[8];

    puts("[");
    for (size_t i = 0; i < inj_n_cases; i++) {
        const struct inj_case *c = &inj_cases[i];

        inj_case_group(c, group);
        fputs(" {", stdout);
        print_string("id", c->id, "", ",");
        print_string("group", group, "", ",");
        print_string("rule", c->rule, "", ",");
        print_string("section", c->section, "", ",");
        print_string("expect", inj_case_expect(c), "", ",");
        print_string("summary", c->summary, reach_text(c), ",");
        print_string("slug", c->slug, "", ",");
        print_string("target", target_names[c->target], "", ",");
        print_string("needs", need_names[c->need], "", ",");
        print_string("absent", inj_case_missing(c, draft), "", ",");
        printf("\"reaches_port\":%s}%s\n", c->reach == INJ_DROPPED ? "false" : "true",
            i + 1 < inj_n_cases ? "," : "");
    }
    puts("]");
}

static void
print_row(const struct inj_case *c, enum mipro_draft draft)
{
    const char *missing = inj_case_missing(c, draft);

    if (missing != NULL) {
        printf("%-7s %-11s %-11s %-19s not in draft -%s: %s\n", c->id, target_names[c->target], "-",
            "-", inj_draft_name(draft), missing);
        return;
    }
    printf("%-7s %-11s %-11s %-19s %s%s", c->id, target_names[c->target], inj_case_expect(c),
        c->rule != NULL ? c->rule : "-", c->summary, reach_text(c));
    if (c->gone_why != NULL)
        printf(" (does not exist from draft -%s on: %s)", inj_draft_name(c->gone), c->gone_why);
    putchar('\n');
}

/* One line each, for scripts/references: fields are separated by tabs. */
static void
print_requirements(void)
{
    const struct inj_requirement *r;

    for (size_t i = 0; (r = inj_requirement_at(i)) != NULL; i++)
        printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r->id, r->section, r->level, r->text,
            r->cases[0] != '\0' ? r->cases : "-", r->rules[0] != '\0' ? r->rules : "-",
            r->why != NULL ? r->why : "-");
}

enum inj_status
inj_cases_command(const struct inj_options *o)
{
    enum mipro_draft draft;

    if (!inj_read_draft(o, &draft))
        return INJ_USAGE;
    if (inj_given(o, INJ_OPT_JSON) && inj_given(o, INJ_OPT_REQUIREMENTS)) {
        inj_complain("--json: lists cases; omit it or --requirements");
        return INJ_USAGE;
    }
    if (inj_given(o, INJ_OPT_REQUIREMENTS))
        print_requirements();
    else if (inj_given(o, INJ_OPT_JSON))
        print_json(draft);
    else
        for (size_t i = 0; i < inj_n_cases; i++)
            print_row(&inj_cases[i], draft);
    return inj_printed() ? INJ_DONE : INJ_UNSENT;
}
