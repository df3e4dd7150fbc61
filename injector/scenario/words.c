/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario/parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_reader.h"

bool
inj_is_name(const char *word)
{
    static const char *const taken[] = { "ipip", "minimal", "gre", "infinity", "body",
        "body-type-length" };

    if (!islower((unsigned char)word[0]) || strlen(word) >= NAME_SIZE ||
        strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(word))
        return false;
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (strcmp(word, taken[i]) == 0)
            return false;
    return true;
}

bool
inj_is_of_run(const char *word, size_t n)
{
    /* Options of the command itself, and options that the times of the lines replace. */
    static const char *const paces[] = { "rate", "duration" };

    for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++)
        if (strlen(paces[i]) == n && strncmp(paces[i], word, n) == 0)
            return true;
    return inj_command_knows(INJ_CMD_SCENARIO, word, n);
}

const struct inj_scene_node *
inj_find_node(const struct inj_scene *p, const char *name, size_t n)
{
    for (size_t i = 0; i < p->n_nodes; i++)
        if (strlen(p->nodes[i].name) == n && strncmp(p->nodes[i].name, name, n) == 0)
            return &p->nodes[i];
    return NULL;
}

const struct inj_payload *
inj_find_named(const struct inj_scene *p, const char *name)
{
    for (size_t i = p->n_named; i-- > 0;)
        if (strcmp(p->named[i].name, name) == 0)
            return p->named[i].payload;
    inj_complain("'%s': no earlier message has this name; end its line with 'as %s'", name, name);
    return NULL;
}

/* Append text with every name of a node, between commas and =, replaced by its address. */
static bool
append_resolved(const struct inj_scene *p, char *to, size_t size, const char *text)
{
    size_t used = strlen(to);

    while (*text != '\0') {
        const size_t n = strcspn(text, ",=");
        /* A word before = is the name of a field. */
        const struct inj_scene_node *node = text[n] == '=' ? NULL : inj_find_node(p, text, n);
        int wrote;

        if (node != NULL)
            wrote = snprintf(to + used, size - used, "%s", mipro_dotted(node->addr).s);
        else
            wrote = snprintf(to + used, size - used, "%.*s", (int)n, text);
        if ((size_t)wrote >= size - used - 1)
            return false;
        used += (size_t)wrote;
        text += n;
        if (*text != '\0') {
            to[used++] = *text++;
            to[used] = '\0';
        }
    }
    return true;
}

/* "ident=@NAME" copies the identification of a message above. */
static bool
append_ident(const struct inj_scene *p, char *to, size_t size, const char *name)
{
    const struct inj_payload *named = inj_find_named(p, name);
    size_t used = strlen(to), off, len;

    if (named == NULL)
        return false;
    if (!inj_find_field(named, MIPRO_F_IDENT, &off, &len)) {
        inj_complain("'@%s': that message has no identification", name);
        return false;
    }
    snprintf(
        to + used, size - used, "0x%" PRIx64, mipro_be_at(named->octets, named->len, off, len));
    return true;
}

/* Make a command line option from "word=value"; NULL after reporting an error. */
static char *
make_option(const struct inj_scene *p, const char *word)
{
    const char *eq = strchr(word, '=');
    char text[MAX_LINE];
    bool fits;

    if (eq == NULL) {
        inj_complain("'%s': is not of the form WORD=VALUE", word);
        return NULL;
    }
    if (inj_is_of_run(word, (size_t)(eq - word))) {
        inj_complain("'%s': applies to the whole scenario, not to one message; omit it", word);
        return NULL;
    }
    snprintf(text, sizeof(text), "--%.*s=", (int)(eq - word), word);
    if (strncmp(word, "ident=@", 7) == 0)
        return append_ident(p, text, sizeof(text), word + 7) ? strdup(text) : NULL;
    fits = append_resolved(p, text, sizeof(text), eq + 1);
    if (!fits)
        inj_complain("'%.20s...': is too long", word);
    return fits ? strdup(text) : NULL;
}

static bool
add_argument(struct inj_arguments *a, char *text)
{
    if (text == NULL)
        return false;
    a->v[a->n++] = text;
    return true;
}

static bool
has_option(const struct inj_arguments *a, const char *name, size_t n)
{
    for (int i = 1; i < a->n; i++)
        if (strncmp(a->v[i] + 2, name, n) == 0 && a->v[i][2 + n] == '=')
            return true;
    return false;
}

/* A message made from an earlier one has its length. */
static bool
is_settled(const struct inj_action *act, const char *word, size_t n)
{
    return act->of != NULL && n == 6 && strncmp(word, "length", n) == 0;
}

/* The line as arguments of a command; what "default" lines say goes in where it is wanted. */
bool
inj_make_arguments(const struct inj_scene *p, const struct inj_action *act,
    enum inj_command command, struct inj_arguments *a)
{
    char text[128];

    if (!add_argument(a, strdup(inj_command_name(command))))
        return false;
    snprintf(text, sizeof(text), "source=%s", act->src);
    if (!add_argument(a, make_option(p, text)))
        return false;
    snprintf(text, sizeof(text), "destination=%s", act->dst);
    if (!add_argument(a, make_option(p, text)))
        return false;
    for (size_t i = act->first_option; i < p->n_words; i++) {
        if (is_settled(act, p->word[i], strcspn(p->word[i], "="))) {
            inj_complain("'%s': the length of '%s' cannot be changed; omit it, or cut another "
                         "message",
                p->word[i], act->of);
            return false;
        }
        if (!add_argument(a, make_option(p, p->word[i])))
            return false;
    }
    for (size_t i = 0; i < p->n_defaults; i++) {
        const size_t n = strcspn(p->defaults[i], "=");

        if (inj_command_knows(command, p->defaults[i], n) && !is_settled(act, p->defaults[i], n) &&
            !has_option(a, p->defaults[i], n) && !add_argument(a, make_option(p, p->defaults[i])))
            return false;
    }
    if (p->keys != NULL && inj_command_knows(command, "keys", 4) &&
        (has_option(a, "spi", 3) || has_option(a, "previous-agent", 14))) {
        char *keys;

        if (asprintf(&keys, "--keys=%s", p->keys) < 0 || !add_argument(a, keys))
            return false;
    }
    /* The options require a sink; the scenario command has it. */
    return add_argument(a, strdup("--write=-"));
}

void
inj_free_arguments(struct inj_arguments *a)
{
    while (a->n > 0)
        free(a->v[--a->n]);
}
