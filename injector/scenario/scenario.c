/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_text.h"

/* Copy the line at *at, without its end, and advance *at past it. */
static bool
take_line(const char *text, size_t len, size_t *at, char *line, size_t size)
{
    const char *from = text + *at;
    const char *end = memchr(from, '\n', len - *at);
    size_t n = end != NULL ? (size_t)(end - from) : len - *at;

    *at += n + 1;
    if (n > 0 && from[n - 1] == '\r')
        n--; /* a CR before the LF */
    if (n >= size || memchr(from, '\0', n) != NULL) {
        inj_complain("the line is longer than %u octets, or contains a NUL octet", MAX_LINE - 1);
        return false;
    }
    memcpy(line, from, n);
    line[n] = '\0';
    return true;
}

static bool
read_lines(struct inj_scene *p, const char *text, size_t len)
{
    const char *encoding = mipro_text_encoding(text, len);
    char line[MAX_LINE];

    inj_complain_about(p->path, 1);
    if (encoding != NULL) {
        inj_complain("is %s; save it again as UTF-8", encoding);
        return false;
    }
    for (size_t at = mipro_text_mark(text, len); at < len;) {
        unsigned more = 0; /* lines that a backslash joins to this one */
        size_t used = 0;

        inj_complain_about(p->path, ++p->line);
        for (;;) {
            if (!take_line(text, len, &at, line + used, sizeof(line) - used))
                return false;
            used += strlen(line + used);
            if (used == 0 || line[used - 1] != '\\' || at >= len)
                break;
            line[used - 1] = ' ';
            more++;
        }
        if (!inj_read_statement(p, line))
            return false;
        p->line += more;
    }
    if (p->s->n_events > 0)
        return true;
    inj_complain("the scenario sends nothing; add a line: at TIME SOURCE > DESTINATION MESSAGE");
    return false;
}

/* By time; if times are equal, in the order of the file. */
static int
compare_events(const void *a, const void *b)
{
    const struct inj_event *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->serial < y->serial ? -1 : x->serial > y->serial;
}

bool
inj_scenario_parse(
    struct inj_scenario *s, const char *text, size_t len, const char *path, struct inj_stage *stage)
{
    struct inj_scene *p = calloc(1, sizeof(*p));
    bool good = false;

    memset(s, 0, sizeof(*s));
    if (p == NULL)
        return false;
    p->s = s;
    p->stage = stage;
    p->path = path;
    p->max_events = stage->max_events != 0 ? stage->max_events : MAX_EVENTS;
    p->keys = stage->ring != NULL && stage->keys != NULL ? strdup(stage->keys) : NULL;
    p->framer = inj_framer_new();
    p->order = calloc(1, sizeof(*p->order));
    p->frame = malloc(sizeof(*p->frame));
    if (p->framer != NULL && p->order != NULL && p->frame != NULL)
        good = inj_add_node(p, "all", "224.0.0.1") &&
               inj_add_node(p, "broadcast", "255.255.255.255") && read_lines(p, text, len);
    inj_complain_about(NULL, 0);
    if (good)
        qsort(s->events, s->n_events, sizeof(*s->events), compare_events);
    for (size_t i = 0; i < p->n_named; i++)
        free(p->named[i].payload);
    for (size_t i = 0; i < p->n_defaults; i++)
        free(p->defaults[i]);
    inj_framer_free(p->framer);
    free(p->order);
    free(p->frame);
    free(p->keys);
    free(p);
    return good;
}

bool
inj_scenario_load(struct inj_scenario *s, const char *path, struct inj_stage *stage)
{
    FILE *file = fopen(path, "rb");
    char *text = file != NULL ? malloc(MAX_FILE) : NULL;
    size_t n = text != NULL ? fread(text, 1, MAX_FILE, file) : 0;
    bool good = false;

    memset(s, 0, sizeof(*s));
    if (text == NULL || ferror(file))
        inj_complain("%s: %s", path, strerror(errno));
    else if (n == MAX_FILE)
        inj_complain("%s: is longer than %u octets, the limit of a scenario", path, MAX_FILE - 1);
    else
        good = inj_scenario_parse(s, text, n, path, stage);
    free(text);
    if (file != NULL)
        fclose(file);
    return good;
}

void
inj_scenario_free(struct inj_scenario *s)
{
    for (size_t i = 0; i < s->n_events; i++)
        free(s->events[i].octets);
    free(s->events);
    mipro_keyring_free(s->ring);
    memset(s, 0, sizeof(*s));
}
