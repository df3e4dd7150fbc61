/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statements of a scenario, one per line. */
#include "scenario/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
inj_add_node(struct inj_scene *p, const char *name, const char *text)
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
    return inj_add_node(p, p->word[1], p->word[2]);
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

bool
inj_read_statement(struct inj_scene *p, char *line)
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
