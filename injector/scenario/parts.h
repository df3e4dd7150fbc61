/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - shared by the files that read a scenario, and private to them.
 *
 *   scenario.c    a file, its lines, the events in order
 *   statements.c  the statement of each line
 *   words.c       the words of an "at" line -> options
 *   packets.c     options -> frames
 */
#ifndef INJ_SCENARIO_PARTS_H
#define INJ_SCENARIO_PARTS_H

#include "compose/order.h"
#include "scenario/scenario.h"

#define MAX_WORDS 64u
#define MAX_LINE 2048u
#define MAX_NODES 256u
#define MAX_NAMES 512u /* named messages */
#define MAX_DEFAULTS 32u
#define MAX_EVENTS 100000u
#define MAX_FILE (1u << 20)
#define MAX_OCTETS (256u << 20) /* of all frames */
#define MAX_SECONDS 1000000.0
/* Latest time of a packet from the start; MAX_SECONDS later is still representable. */
#define MAX_AT (10000 * 24 * 3600 * MIPRO_SECOND)
#define NAME_SIZE 32u

struct inj_scene_node {
    char name[NAME_SIZE];
    uint32_t addr;
};

/* A named message, which a later line forwards, answers or turns into a Binding Update. */
struct inj_scene_named {
    char name[NAME_SIZE];
    struct inj_payload *payload;
};

struct inj_scene {
    struct inj_scenario *s;
    struct inj_stage *stage;
    const char *path;
    unsigned line;
    struct inj_framer *framer;
    struct inj_order *order;
    struct inj_frame *frame;
    char *keys; /* path of the key file, for the options */
    struct inj_scene_node nodes[MAX_NODES];
    size_t n_nodes;
    struct inj_scene_named named[MAX_NAMES];
    size_t n_named;
    char *defaults[MAX_DEFAULTS]; /* "home=mobile" */
    size_t n_defaults;
    size_t room, max_events; /* of s->events */
    size_t n_made, octets;   /* packets of all lines; octets of the frames of s->events */
    int64_t clock;           /* of the previous line */
    char *word[MAX_WORDS];
    size_t n_words;
};

/* One parsed "at" line. */
struct inj_action {
    int64_t at;
    const char *src, *dst;
    const char *message; /* a command's word; forward, resend, handoff */
    const char *of;      /* what is forwarded, resent, handed off */
    const char *as;      /* its own name, or NULL */
    bool lost;
    size_t first_option; /* index of its first option among the words */
    uint64_t count;
    int64_t every;
};

struct inj_arguments {
    char *v[MAX_WORDS + MAX_DEFAULTS + 8];
    int n;
};

/* Give an address a name; false after reporting an error. */
bool inj_add_node(struct inj_scene *p, const char *name, const char *text);
/* Read a line, which is changed; false after reporting an error. */
bool inj_read_statement(struct inj_scene *p, char *line);

/* Can this word be the name of a node or a message? */
bool inj_is_name(const char *word);
/* Is the word (its first n octets) an option of the whole run, not of a single message? */
bool inj_is_of_run(const char *word, size_t n);
const struct inj_scene_node *inj_find_node(const struct inj_scene *p, const char *name, size_t n);
/* The earlier message of this name; NULL after reporting an error. */
const struct inj_payload *inj_find_named(const struct inj_scene *p, const char *name);

/* Turn the line into arguments of a command, with the values of "default" lines that it needs. */
bool inj_make_arguments(const struct inj_scene *p, const struct inj_action *act,
    enum inj_command command, struct inj_arguments *a);
void inj_free_arguments(struct inj_arguments *a);

/* Compose the action's packets; false after reporting an error. */
bool inj_carry_out(struct inj_scene *p, const struct inj_action *act, const struct inj_options *o);

#endif
