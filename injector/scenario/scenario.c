/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario/parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
add_node(struct inj_scene *p, const char *name, const char *text)
{
    struct inj_scene_node *node = &p->nodes[p->n_nodes];

    if (!inj_is_name(name) || inj_find_node(p, name, strlen(name)) != NULL) {
        inj_complain("'%s': is not a name for a node, or is in use; a name has lower-case letters, "
                     "digits and -, "
                     "at most %u",
            name, NAME_SIZE - 1);
        return false;
    }
    if (p->n_nodes == MAX_NODES) {
        inj_complain("'%s': there are %u nodes already", name, MAX_NODES);
        return false;
    }
    if (!inj_parse_address(text, &node->addr)) {
        inj_complain("'%s': is not an IPv4 address such as 192.0.2.7", text);
        return false;
    }
    snprintf(node->name, sizeof(node->name), "%s", name);
    p->n_nodes++;
    return true;
}

/* Read a number of seconds into nanoseconds. */
static bool
read_seconds(const char *text, int64_t *ns)
{
    double seconds;

    if (!inj_parse_decimal(text, MAX_SECONDS, &seconds)) {
        inj_complain("'%s': is not a number of seconds from 0 to %.0f", text, MAX_SECONDS);
        return false;
    }
    *ns = (int64_t)(seconds * 1e9 + 0.5);
    return true;
}

static bool
is_special(const char *word)
{
    return strcmp(word, "forward") == 0 || strcmp(word, "resend") == 0 ||
           strcmp(word, "handoff") == 0;
}

static bool
complain_twice(const char *word)
{
    inj_complain("'%s': given twice; give it once", word);
    return false;
}

/* Read the words at the end that are not options: lost, as NAME. */
static bool
read_ending(struct inj_scene *p, struct inj_action *act)
{
    while (p->n_words > act->first_option) {
        const size_t last = p->n_words - 1;

        if (strcmp(p->word[last], "lost") == 0) {
            if (act->lost)
                return complain_twice("lost");
            act->lost = true;
            p->n_words--;
        } else if (last > act->first_option && strcmp(p->word[last - 1], "as") == 0) {
            if (act->as != NULL)
                return complain_twice("as");
            act->as = p->word[last];
            p->n_words -= 2;
        } else {
            break;
        }
    }
    return true;
}

/* count=N and every=S belong to the scenario; remove them from the options. */
static bool
read_repetition(struct inj_scene *p, struct inj_action *act)
{
    size_t kept = act->first_option;
    bool counted = false, spaced = false;

    act->count = 1;
    act->every = MIPRO_SECOND;
    for (size_t i = act->first_option; i < p->n_words; i++) {
        char *word = p->word[i];

        if (strncmp(word, "count=", 6) == 0) {
            if (counted)
                return complain_twice("count");
            counted = true;
            if (!inj_parse_number(word + 6, MAX_EVENTS, &act->count) || act->count == 0) {
                inj_complain("'%s': is not a number of packets from 1 to %u", word, MAX_EVENTS);
                return false;
            }
        } else if (strncmp(word, "every=", 6) == 0) {
            if (spaced)
                return complain_twice("every");
            spaced = true;
            if (!read_seconds(word + 6, &act->every))
                return false;
        } else {
            p->word[kept++] = word;
        }
    }
    p->n_words = kept;
    if (!spaced || act->count > 1)
        return true;
    inj_complain("'every': there is only one packet; give count=N too, or omit it");
    return false;
}

static bool
read_end(const struct inj_scene *p, const char *word)
{
    uint32_t addr;

    if (inj_find_node(p, word, strlen(word)) != NULL || inj_parse_address(word, &addr))
        return true;
    inj_complain("'%s': is not a node; define it above with 'node %s ADDRESS'", word, word);
    return false;
}

/* at TIME SOURCE > DESTINATION MESSAGE [OF] [WORD=VALUE ...] [as NAME] [lost] */
static bool
read_at(struct inj_scene *p)
{
    struct inj_action act = { .first_option = 6 };
    struct inj_arguments arguments = { .n = 0 };
    enum inj_command command;
    struct inj_options o;
    bool good;

    if (p->n_words < 6 || strcmp(p->word[3], ">") != 0) {
        inj_complain("'at': the form is: at TIME SOURCE > DESTINATION MESSAGE [WORD=VALUE ...]");
        return false;
    }
    if (!read_seconds(p->word[1] + (p->word[1][0] == '+'), &act.at) || !read_end(p, p->word[2]) ||
        !read_end(p, p->word[4]))
        return false;
    if (p->word[1][0] == '+')
        act.at += p->clock;
    p->clock = act.at;
    act.src = p->word[2];
    act.dst = p->word[4];
    act.message = p->word[5];
    command = is_special(act.message) ? INJ_CMD_DATA : inj_command_by_name(act.message);
    if (command > INJ_CMD_DATA) {
        inj_complain("'%s': is not a message; the messages are warning request update acknowledge "
                     "registration "
                     "reply advertisement data, and forward resend handoff of a named one",
            act.message);
        return false;
    }
    if (is_special(act.message)) {
        if (p->n_words < 7) {
            inj_complain("'%s': needs the name of an earlier message", act.message);
            return false;
        }
        act.of = p->word[6];
        act.first_option = 7;
    }
    if (!read_ending(p, &act) || !read_repetition(p, &act))
        return false;
    good = inj_make_arguments(p, &act, command, &arguments);
    if (good) {
        good = inj_options_parse(&o, arguments.n, arguments.v) == INJ_DONE &&
               inj_carry_out(p, &act, &o);
        inj_options_free(&o);
    }
    inj_free_arguments(&arguments);
    return good;
}

static void
warn_of_keys(void *ctx, const char *text)
{
    (void)ctx;
    inj_complain("warning: %s", text);
}

/* keys FILE, relative to the scenario's folder; a key file on the command line takes precedence. */
static bool
read_keys(struct inj_scene *p)
{
    const char *slash = strrchr(p->path, '/');
    const size_t folder = slash != NULL && p->word[1][0] != '/' ? (size_t)(slash - p->path) + 1 : 0;
    struct mipro_key_error error;
    char text[600];
    char *path;

    if (p->s->ring != NULL) {
        inj_complain("'%s': the scenario already has a key file", p->word[1]);
        return false;
    }
    if (p->stage->ring != NULL || !p->stage->may_open)
        return true;
    path = malloc(folder + strlen(p->word[1]) + 1);
    if (path == NULL)
        return false;
    memcpy(path, p->path, folder);
    strcpy(path + folder, p->word[1]);
    free(p->keys);
    p->keys = path;
    p->s->ring = mipro_keyring_load(path, warn_of_keys, NULL, &error);
    if (p->s->ring == NULL) {
        mipro_key_error_text(&error, text, sizeof(text));
        inj_complain("%s", text);
        return false;
    }
    p->stage->ring = p->s->ring;
    return true;
}

static bool
read_title(struct inj_scene *p)
{
    size_t used = 0;

    for (size_t i = 1; i < p->n_words && used < sizeof(p->s->title); i++)
        used += (size_t)snprintf(
            p->s->title + used, sizeof(p->s->title) - used, "%s%s", i > 1 ? " " : "", p->word[i]);
    return true;
}

static bool
read_node(struct inj_scene *p)
{
    return add_node(p, p->word[1], p->word[2]);
}

/* May a "default" line have this word (its first n octets)? */
static bool
may_default(const char *word, size_t n)
{
    /* Words that each line has to give itself. */
    static const char *const of_line[] = { "source", "destination", "count", "every" };
    bool known = false;

    for (size_t i = 0; i < sizeof(of_line) / sizeof(of_line[0]); i++)
        if (strlen(of_line[i]) == n && strncmp(of_line[i], word, n) == 0) {
            inj_complain("'%s': is not for 'default'; give it in each 'at' line", word);
            return false;
        }
    if (inj_is_of_run(word, n)) {
        inj_complain("'%s': applies to the whole scenario, not to one message; omit it", word);
        return false;
    }
    for (int c = 0; c <= INJ_CMD_DATA; c++)
        known |= inj_command_knows((enum inj_command)c, word, n);
    if (word[n] == '=' && known)
        return true;
    inj_complain("'%s': is not a WORD=VALUE of any message", word);
    return false;
}

/* From here on; it replaces earlier defaults for the same word. */
static bool
read_default(struct inj_scene *p)
{
    for (size_t i = 1; i < p->n_words; i++) {
        const size_t n = strcspn(p->word[i], "=");
        size_t at = 0;

        if (!may_default(p->word[i], n))
            return false;
        for (size_t k = 1; k < i; k++)
            if (strncmp(p->word[k], p->word[i], n + 1) == 0)
                return complain_twice(p->word[i]);
        while (at < p->n_defaults && strncmp(p->defaults[at], p->word[i], n + 1) != 0)
            at++;
        if (at == MAX_DEFAULTS) {
            inj_complain("'%s': there are %u defaults already", p->word[i], MAX_DEFAULTS);
            return false;
        }
        if (at == p->n_defaults)
            p->n_defaults++;
        free(p->defaults[at]);
        p->defaults[at] = strdup(p->word[i]);
        if (p->defaults[at] == NULL)
            return false;
    }
    return true;
}

static bool
read_draft(struct inj_scene *p)
{
    enum mipro_draft draft;

    if (!inj_parse_draft(p->word[1], &draft)) {
        inj_complain("'%s': is not one of 08, 09, 11", p->word[1]);
        return false;
    }
    if (!p->stage->has_draft)
        p->stage->set.draft = draft;
    return true;
}

static bool
read_warning_ext(struct inj_scene *p)
{
    const char *clash;
    uint64_t n;

    if (!inj_parse_number(p->word[1], 255, &n)) {
        inj_complain("'%s': is not the type of an extension, from 1 to 255", p->word[1]);
        return false;
    }
    clash = mipro_warning_ext_clash((uint8_t)n);
    if (clash != NULL) {
        inj_complain("'%s': is the type of another extension, %s", p->word[1], clash);
        return false;
    }
    if (!p->stage->has_warning_ext)
        p->stage->set.warning_ext = (uint8_t)n;
    return true;
}

static const struct {
    const char *word;
    size_t least, most; /* words of the line */
    bool (*read)(struct inj_scene *p);
    const char *form;
} statements[] = {
    { "at", 6, MAX_WORDS, read_at, "at TIME SOURCE > DESTINATION MESSAGE [WORD=VALUE ...]" },
    { "node", 3, 3, read_node, "node NAME ADDRESS" },
    { "default", 2, MAX_WORDS, read_default, "default WORD=VALUE ..." },
    { "keys", 2, 2, read_keys, "keys FILE" },
    { "title", 2, MAX_WORDS, read_title, "title TEXT" },
    { "draft", 2, 2, read_draft, "draft 08|09|11" },
    { "warning-ext", 2, 2, read_warning_ext, "warning-ext N" },
};

static bool
read_line(struct inj_scene *p, char *line)
{
    char *rest = NULL;

    p->n_words = 0;
    line[strcspn(line, "#")] = '\0';
    for (char *w = strtok_r(line, " \t\r", &rest); w != NULL; w = strtok_r(NULL, " \t\r", &rest)) {
        if (p->n_words == MAX_WORDS) {
            inj_complain("'%s': unexpected word at the end of the line", w);
            return false;
        }
        p->word[p->n_words++] = w;
    }
    if (p->n_words == 0)
        return true;
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        if (strcmp(p->word[0], statements[i].word) != 0)
            continue;
        if (p->n_words >= statements[i].least && p->n_words <= statements[i].most)
            return statements[i].read(p);
        inj_complain("'%s': the form is: %s", p->word[0], statements[i].form);
        return false;
    }
    inj_complain("'%s': a line begins with at, node, default, keys, title, draft or warning-ext",
        p->word[0]);
    return false;
}

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
    char line[MAX_LINE];

    inj_complain_about(p->path, 1);
    for (size_t at = 0; at < len;) {
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
        if (!read_line(p, line))
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
        good = add_node(p, "all", "224.0.0.1") && add_node(p, "broadcast", "255.255.255.255") &&
               read_lines(p, text, len);
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
