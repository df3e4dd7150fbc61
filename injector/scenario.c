/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order.h"

#define MAX_WORDS 64u
#define MAX_LINE 2048u
#define MAX_NODES 256u
#define MAX_NAMES 512u /* messages that are named */
#define MAX_DEFAULTS 32u
#define MAX_EVENTS 100000u
#define MAX_FILE (1u << 20)
#define MAX_SECONDS 1000000.0
#define NAME_SIZE 32u

struct node {
    char name[NAME_SIZE];
    uint32_t addr;
};

/* A message that a later line forwards, answers or turns into a Binding Update. */
struct named {
    char name[NAME_SIZE];
    struct inj_payload *payload;
};

struct parser {
    struct inj_scenario *s;
    struct inj_stage *stage;
    const char *path;
    unsigned line;
    struct inj_framer *framer;
    struct inj_order *order;
    struct inj_frame *frame;
    char *keys; /* path of the key file, for the options */
    struct node nodes[MAX_NODES];
    size_t n_nodes;
    struct named named[MAX_NAMES];
    size_t n_named;
    char *defaults[MAX_DEFAULTS]; /* "home=mobile" */
    size_t n_defaults;
    size_t room, max_events; /* of s->events */
    int64_t clock;           /* of the line before */
    char *word[MAX_WORDS];
    size_t n_words;
};

/* One "at" line, taken apart. */
struct action {
    int64_t at;
    const char *src, *dst;
    const char *message; /* a command's word; forward, resend, handoff */
    const char *of;      /* what is forwarded, resent, handed off */
    const char *as;      /* its own name, or NULL */
    bool lost;
    size_t first_option; /* index of the words */
    uint64_t count;
    int64_t every;
};

static bool
is_name(const char *word)
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

static const struct node *
find_node(const struct parser *p, const char *name, size_t n)
{
    for (size_t i = 0; i < p->n_nodes; i++)
        if (strlen(p->nodes[i].name) == n && strncmp(p->nodes[i].name, name, n) == 0)
            return &p->nodes[i];
    return NULL;
}

static const struct inj_payload *
find_named(const struct parser *p, const char *name)
{
    for (size_t i = p->n_named; i-- > 0;)
        if (strcmp(p->named[i].name, name) == 0)
            return p->named[i].payload;
    inj_complain("'%s': no message above is named so; end its line with 'as %s'", name, name);
    return NULL;
}

static bool
add_node(struct parser *p, const char *name, const char *text)
{
    struct node *node = &p->nodes[p->n_nodes];

    if (!is_name(name) || find_node(p, name, strlen(name)) != NULL) {
        inj_complain("'%s': is no name for a node, or is taken; lower-case letters, digits and -, "
                     "at most %u",
            name, NAME_SIZE - 1);
        return false;
    }
    if (p->n_nodes == MAX_NODES) {
        inj_complain("'%s': there are %u nodes already", name, MAX_NODES);
        return false;
    }
    if (!inj_parse_address(text, &node->addr)) {
        inj_complain("'%s': is no IPv4 address; give it as 192.0.2.7", text);
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
        inj_complain("'%s': is no number of seconds from 0 to %.0f", text, MAX_SECONDS);
        return false;
    }
    *ns = (int64_t)(seconds * 1e9 + 0.5);
    return true;
}

/* Append text with every name of a node, between commas and =, replaced by its address. */
static bool
append_resolved(const struct parser *p, char *to, size_t size, const char *text)
{
    size_t used = strlen(to);

    while (*text != '\0') {
        const size_t n = strcspn(text, ",=");
        const struct node *node = find_node(p, text, n);
        int wrote;

        if (node != NULL)
            wrote = snprintf(to + used, size - used, "%u.%u.%u.%u", node->addr >> 24,
                node->addr >> 16 & 255, node->addr >> 8 & 255, node->addr & 255);
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
append_ident(const struct parser *p, char *to, size_t size, const char *name)
{
    const struct inj_payload *named = find_named(p, name);
    size_t used = strlen(to), off, len;
    uint64_t ident = 0;

    if (named == NULL)
        return false;
    if (!inj_find_field(named, MIPRO_F_IDENT, &off, &len)) {
        inj_complain("'@%s': that message has no identification", name);
        return false;
    }
    for (size_t i = 0; i < len; i++)
        ident = ident << 8 | named->octets[off + i];
    snprintf(to + used, size - used, "0x%llx", (unsigned long long)ident);
    return true;
}

/* An option of the command line made of "word=value"; NULL once it has complained. */
static char *
make_option(const struct parser *p, const char *word)
{
    const char *eq = strchr(word, '=');
    char text[MAX_LINE];
    bool fits;

    if (eq == NULL) {
        inj_complain("'%s': is no WORD=VALUE", word);
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

struct arguments {
    char *v[MAX_WORDS + MAX_DEFAULTS + 8];
    int n;
};

static bool
add_argument(struct arguments *a, char *text)
{
    if (text == NULL)
        return false;
    a->v[a->n++] = text;
    return true;
}

static bool
has_option(const struct arguments *a, const char *name, size_t n)
{
    for (int i = 1; i < a->n; i++)
        if (strncmp(a->v[i] + 2, name, n) == 0 && a->v[i][2 + n] == '=')
            return true;
    return false;
}

/* The line as arguments of a command; what "default" lines say goes in where it is wanted. */
static bool
make_arguments(
    const struct parser *p, const struct action *act, enum inj_command command, struct arguments *a)
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
    for (size_t i = act->first_option; i < p->n_words; i++)
        if (!add_argument(a, make_option(p, p->word[i])))
            return false;
    for (size_t i = 0; i < p->n_defaults; i++) {
        const size_t n = strcspn(p->defaults[i], "=");

        if (inj_command_knows(command, p->defaults[i], n) && !has_option(a, p->defaults[i], n) &&
            !add_argument(a, make_option(p, p->defaults[i])))
            return false;
    }
    if (p->keys != NULL && inj_command_knows(command, "keys", 4) &&
        (has_option(a, "spi", 3) || has_option(a, "previous-agent", 14))) {
        snprintf(text, sizeof(text), "--keys=%.100s", p->keys);
        if (!add_argument(a, strdup(text)))
            return false;
    }
    /* Options demand a sink; the scenario's command has it. */
    return add_argument(a, strdup("--write=-"));
}

static void
free_arguments(struct arguments *a)
{
    while (a->n > 0)
        free(a->v[--a->n]);
}

static bool
add_event(struct parser *p, int64_t at)
{
    const struct inj_envelope *e = &p->order->envelope;
    struct inj_scenario *s = p->s;
    struct inj_event *event;

    if (!inj_frame_build(p->framer, p->frame, e, p->order->payload.octets, p->order->payload.len)) {
        inj_complain("%zu octets fit no datagram", p->order->payload.len);
        return false;
    }
    if (s->n_events == p->room) {
        struct inj_event *more;

        p->room = p->room == 0 ? 64 : 2 * p->room;
        more = realloc(s->events, p->room * sizeof(*more));
        if (more == NULL)
            return false;
        s->events = more;
    }
    event = &s->events[s->n_events];
    *event = (struct inj_event){ .at = at,
        .serial = s->n_events,
        .next_hop = e->n_tunnels > 0 ? e->tunnel[e->n_tunnels - 1].dst : e->dst,
        .len = p->frame->len,
        .octets = malloc(p->frame->len) };
    if (event->octets == NULL)
        return false;
    memcpy(event->octets, p->frame->octets, event->len);
    s->n_events++;
    return true;
}

static void
copy_payload(struct inj_payload *to, const struct inj_payload *from)
{
    memcpy(to, from, offsetof(struct inj_payload, octets) + from->len);
    to->b.buf = to->octets;
}

static bool
name_payload(struct parser *p, const char *name)
{
    struct named *named = &p->named[p->n_named];

    if (!is_name(name) || p->n_named == MAX_NAMES) {
        inj_complain("'%s': is no name for a message, or there are %u already", name, MAX_NAMES);
        return false;
    }
    named->payload = malloc(sizeof(*named->payload));
    if (named->payload == NULL)
        return false;
    copy_payload(named->payload, &p->order->payload);
    snprintf(named->name, sizeof(named->name), "%s", name);
    p->n_named++;
    return true;
}

static uint64_t
read_field(const struct inj_payload *payload, enum mipro_field id)
{
    uint64_t v = 0;
    size_t off, len;

    if (inj_find_field(payload, id, &off, &len))
        for (size_t i = 0; i < len; i++)
            v = v << 8 | payload->octets[off + i];
    return v;
}

/*
 * The Binding Update that a foreign agent makes of a notification (8.1): its SPI
 * and authenticator are copied, the rest rebuilt as the authenticator has it.
 */
static bool
compose_handoff(struct parser *p, const struct inj_payload *request)
{
    struct inj_payload *to = &p->order->payload;
    const struct mipro_pfan_reading *r = &request->pfan.reading;
    const struct inj_content c = { .type = MIPRO_BINDING_UPDATE,
        .flags = (uint16_t)(MIPRO_BU_A | (r->minimal ? MIPRO_BU_M : 0) | (r->gre ? MIPRO_BU_G : 0)),
        .life = (uint16_t)read_field(request, MIPRO_F_PFAN_LIFE),
        .home = (uint32_t)read_field(request, MIPRO_F_HOMEADDR),
        .care_of = (uint32_t)read_field(request, MIPRO_F_PFAN_COA),
        .has_ident = r->ident,
        .ident = read_field(request, MIPRO_F_IDENT) };
    uint8_t value[4 + MIPRO_AUTH_LEN];
    size_t off, len;

    if (request->pfan_off == 0 || !inj_find_field(request, MIPRO_F_PFAN_SPI, &off, &len)) {
        inj_complain(
            "'handoff': that message bears no Previous Foreign Agent Notification; give it "
            "previous-agent=NODE");
        return false;
    }
    memcpy(value, request->octets + off, sizeof(value)); /* SPI and authenticator */
    if (!inj_compose(to, &c, &p->stage->set))
        return false;
    mipro_put_ext(&to->b, mipro_auth_ext_type(&p->stage->set));
    to->last_off = to->body_len;
    to->last_def = to->b.ext_def;
    mipro_put_ext_field(&to->b, MIPRO_F_SPI, read_field(request, MIPRO_F_PFAN_SPI));
    mipro_put_ext_octets(&to->b, value + 4, MIPRO_AUTH_LEN);
    to->len = to->b.len;
    return !to->b.failed;
}

/* Compose the action's payload for its k-th packet. */
static bool
compose(struct parser *p, const struct action *act, const struct inj_options *o)
{
    struct inj_order *w = p->order;
    const struct inj_payload *of;

    if (act->of == NULL)
        return inj_order_compose(w, o);
    of = find_named(p, act->of);
    if (of == NULL)
        return false;
    if (!inj_given(o, INJ_OPT_SOURCE_PORT))
        w->envelope.sport = MIPRO_PORT;
    if (!inj_given(o, INJ_OPT_DESTINATION_PORT))
        w->envelope.dport = MIPRO_PORT;
    if (strcmp(act->message, "handoff") != 0)
        copy_payload(&w->payload, of);
    else if (!compose_handoff(p, of))
        return false;
    return inj_order_damage(w);
}

static bool
carry_out(struct parser *p, const struct action *act, const struct inj_options *o)
{
    struct inj_order *w = p->order;
    bool good = true;

    for (uint64_t k = 0; good && k < act->count; k++) {
        const int64_t at = act->at + (int64_t)k * act->every;

        w->set = p->stage->set;
        w->ring = p->stage->ring;
        w->seed = inj_random(p->stage->seed, (uint64_t)p->line << 32 | k);
        w->time = p->stage->start + at;
        w->is_timed = true;
        good = (k > 0 || inj_order_read(w, o)) && compose(p, act, o) &&
               (act->lost || add_event(p, at));
    }
    if (good && act->as != NULL)
        good = name_payload(p, act->as);
    inj_order_free(w);
    return good;
}

static bool
is_special(const char *word)
{
    return strcmp(word, "forward") == 0 || strcmp(word, "resend") == 0 ||
           strcmp(word, "handoff") == 0;
}

/* Take the words of the end, which are no options: lost, as NAME. */
static bool
read_ending(struct parser *p, struct action *act)
{
    while (p->n_words > act->first_option) {
        const size_t last = p->n_words - 1;

        if (strcmp(p->word[last], "lost") == 0) {
            act->lost = true;
            p->n_words--;
        } else if (last > act->first_option && strcmp(p->word[last - 1], "as") == 0) {
            act->as = p->word[last];
            p->n_words -= 2;
        } else {
            break;
        }
    }
    return true;
}

/* count=N every=S are the scenario's own; take them out. */
static bool
read_repetition(struct parser *p, struct action *act)
{
    size_t kept = act->first_option;

    act->count = 1;
    act->every = MIPRO_SECOND;
    for (size_t i = act->first_option; i < p->n_words; i++) {
        char *word = p->word[i];

        if (strncmp(word, "count=", 6) == 0) {
            if (!inj_parse_number(word + 6, MAX_EVENTS, &act->count) || act->count == 0) {
                inj_complain("'%s': is no number of packets from 1 to %u", word, MAX_EVENTS);
                return false;
            }
        } else if (strncmp(word, "every=", 6) == 0) {
            if (!read_seconds(word + 6, &act->every))
                return false;
        } else {
            p->word[kept++] = word;
        }
    }
    p->n_words = kept;
    return true;
}

static bool
read_end(const struct parser *p, const char *word)
{
    uint32_t addr;

    if (find_node(p, word, strlen(word)) != NULL || inj_parse_address(word, &addr))
        return true;
    inj_complain("'%s': is no node; give 'node %s ADDRESS' above", word, word);
    return false;
}

/* at TIME SOURCE > DESTINATION MESSAGE [OF] [WORD=VALUE ...] [as NAME] [lost] */
static bool
read_at(struct parser *p)
{
    struct action act = { .first_option = 6 };
    struct arguments arguments = { .n = 0 };
    enum inj_command command;
    struct inj_options o;
    bool good;

    if (p->n_words < 6 || strcmp(p->word[3], ">") != 0) {
        inj_complain("'at': its line is: at TIME SOURCE > DESTINATION MESSAGE [WORD=VALUE ...]");
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
        inj_complain(
            "'%s': is no message; there are warning request update acknowledge registration "
            "reply advertisement data, and forward resend handoff of a named one",
            act.message);
        return false;
    }
    if (is_special(act.message)) {
        if (p->n_words < 7) {
            inj_complain("'%s': of what? give the name of a message above", act.message);
            return false;
        }
        act.of = p->word[6];
        act.first_option = 7;
    }
    if (!read_ending(p, &act) || !read_repetition(p, &act))
        return false;
    good = make_arguments(p, &act, command, &arguments);
    if (good) {
        good =
            inj_options_parse(&o, arguments.n, arguments.v) == INJ_DONE && carry_out(p, &act, &o);
        inj_options_free(&o);
    }
    free_arguments(&arguments);
    return good;
}

static void
warn_of_keys(void *ctx, const char *text)
{
    (void)ctx;
    inj_complain("warning: %s", text);
}

/* keys FILE, relative to the scenario's folder; the command line's comes before it. */
static bool
read_keys(struct parser *p)
{
    const char *slash = strrchr(p->path, '/');
    const size_t folder = slash != NULL && p->word[1][0] != '/' ? (size_t)(slash - p->path) + 1 : 0;
    struct mipro_key_error error;
    char text[600];
    char *path;

    if (p->s->ring != NULL) {
        inj_complain("'%s': the scenario has a key file already", p->word[1]);
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
read_title(struct parser *p)
{
    size_t used = 0;

    for (size_t i = 1; i < p->n_words && used < sizeof(p->s->title); i++)
        used += (size_t)snprintf(
            p->s->title + used, sizeof(p->s->title) - used, "%s%s", i > 1 ? " " : "", p->word[i]);
    return true;
}

static bool
read_node(struct parser *p)
{
    return add_node(p, p->word[1], p->word[2]);
}

static bool
read_default(struct parser *p)
{
    for (size_t i = 1; i < p->n_words; i++) {
        const size_t n = strcspn(p->word[i], "=");
        bool known = false;

        for (int c = 0; c <= INJ_CMD_DATA; c++)
            known |= inj_command_knows((enum inj_command)c, p->word[i], n);
        if (p->word[i][n] != '=' || !known || p->n_defaults == MAX_DEFAULTS) {
            inj_complain("'%s': is no WORD=VALUE of a message, or there are %u defaults already",
                p->word[i], MAX_DEFAULTS);
            return false;
        }
        p->defaults[p->n_defaults++] = strdup(p->word[i]);
    }
    return true;
}

static bool
read_draft(struct parser *p)
{
    if (inj_parse_draft(p->word[1], &p->stage->set.draft))
        return true;
    inj_complain("'%s': is none of 08, 09, 11", p->word[1]);
    return false;
}

static bool
read_warning_ext(struct parser *p)
{
    uint64_t n;

    if (inj_parse_number(p->word[1], 255, &n) && n > 0) {
        p->stage->set.warning_ext = (uint8_t)n;
        return true;
    }
    inj_complain("'%s': is no type from 1 to 255", p->word[1]);
    return false;
}

static const struct {
    const char *word;
    size_t least, most; /* words of the line */
    bool (*read)(struct parser *p);
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
read_line(struct parser *p, char *line)
{
    char *rest = NULL;

    p->n_words = 0;
    line[strcspn(line, "#")] = '\0';
    for (char *w = strtok_r(line, " \t\r", &rest); w != NULL; w = strtok_r(NULL, " \t\r", &rest)) {
        if (p->n_words == MAX_WORDS) {
            inj_complain("'%s': is one word too many", w);
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
        inj_complain("'%s': its line is: %s", p->word[0], statements[i].form);
        return false;
    }
    inj_complain("'%s': a line begins with at, node, default, keys, title, draft or warning-ext",
        p->word[0]);
    return false;
}

/* Take the line at *at off the text, without its end; *at moves behind it. */
static bool
take_line(const char *text, size_t len, size_t *at, char *line, size_t size)
{
    const char *from = text + *at;
    const char *end = memchr(from, '\n', len - *at);
    const size_t n = end != NULL ? (size_t)(end - from) : len - *at;

    *at += n + 1;
    if (n >= size || memchr(from, '\0', n) != NULL) {
        inj_complain("the line is longer than %u octets, or holds an octet 0", MAX_LINE - 1);
        return false;
    }
    memcpy(line, from, n);
    line[n] = '\0';
    return true;
}

static bool
read_lines(struct parser *p, const char *text, size_t len)
{
    char line[MAX_LINE];

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
    inj_complain("nothing is sent; give a line: at TIME SOURCE > DESTINATION MESSAGE");
    return false;
}

/* By time; of equal times in the order of the file. */
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
    struct parser *p = calloc(1, sizeof(*p));
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
        inj_complain("%s: longer than a scenario may be (%u octets)", path, MAX_FILE - 1);
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
