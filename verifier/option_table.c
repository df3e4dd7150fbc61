/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "option_table.h"

#include <glib.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "events/file.h"
#include "mipro_mix.h"
#include "values.h"

static void
set_keys(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->keys = text;
}

static void
set_output(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.format = vrf_parse_format(name, text);
}

static void
set_rules(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    vrf_parse_rules(a->o.rules, text);
}

static void
set_draft(struct vrf_arguments *a, const char *name, const char *text)
{
    static const char *const drafts[] = { "08", "09", "11" };

    a->o.conduct.set.draft = (enum mipro_draft)vrf_parse_word(name, text, drafts, 3);
}

static void
set_warning_ext(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.conduct.set.warning_ext = vrf_parse_warning_ext(name, text);
}

static void
set_reading(struct vrf_arguments *a, const char *name, const char *text)
{
    static const char *const readings[] = { "auto", "draft", "iana" };

    a->o.conduct.set.reading = (enum mipro_reading)vrf_parse_word(name, text, readings, 3);
}

static void
set_update_rate(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.conduct.update_rate = vrf_parse_rate(name, text);
}

static void
set_warning_rate(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.conduct.warning_rate = vrf_parse_rate(name, text);
}

static void
set_ack_timeout(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.conduct.ack_timeout = vrf_parse_seconds(name, text);
}

static void
set_tolerance(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.conduct.tolerance = vrf_parse_tolerance(name, text);
}

static void
set_p_bit(struct vrf_arguments *a, const char *name, const char *text)
{
    static const char *const p_bits[] = { "private", "reverse-tunnel" };

    a->o.conduct.set.reverse_tunnel = vrf_parse_word(name, text, p_bits, 2) == 1;
}

static void
set_port(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    vrf_parse_ports(&a->o.ports, text);
}

static void
set_words(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->words = text;
}

static void
set_write(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->o.write = text;
}

static void
set_write_what(struct vrf_arguments *a, const char *name, const char *text)
{
    static const char *const whats[] = { "findings", "messages" };

    a->o.write_messages = vrf_parse_word(name, text, whats, 2) == 1;
}

static void
set_baseline(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->baseline = text;
}

static void
set_write_baseline(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->o.write_baseline = text;
}

static void
set_html(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->o.html = text;
}

static void
set_metrics(struct vrf_arguments *a, const char *name, const char *text)
{
    (void)name;
    a->o.metrics = text;
}

static void
set_threads(struct vrf_arguments *a, const char *name, const char *text)
{
    a->o.threads = (unsigned)vrf_parse_number(name, text, 1, 64);
}

static void
set_events(struct vrf_arguments *a, const char *name, const char *text)
{
    if (*text == '\0')
        vrf_reproach("--%s: no folder given", name);
    a->o.events = text;
}

/* With --events the number of parts, "N"; else the part to judge, "K/N". */
static void
set_shard(struct vrf_arguments *a, const char *name, const char *text)
{
    struct vrf_options *o = &a->o;
    const char *slash = strchr(text, '/');
    char *which;

    o->carry_on = true; /* the captures of an archive form one continuous capture */
    if (o->events != NULL) {
        if (slash != NULL)
            vrf_reproach("--events needs --%s=N: for how many parts", name);
        o->n_parts = (unsigned)vrf_parse_number(name, text, 1, VRF_EVENTS_PARTS);
        o->quiet = true;
        return;
    }
    if (slash == NULL)
        vrf_reproach(
            "--%s: '%s' does not have the form K/N (part K of N); N alone goes with --events", name,
            text);
    o->n_parts = (unsigned)vrf_parse_number(name, slash + 1, 1, VRF_EVENTS_PARTS);
    which = g_strndup(text, (gsize)(slash - text));
    o->conduct.part = (unsigned)vrf_parse_number(name, which, 0, o->n_parts) + o->n_parts - 1;
    o->conduct.part %= o->n_parts; /* parts count from 1; part 0 is part N */
    o->conduct.parts = o->n_parts;
    g_free(which);
}

/* A switch sets a member to true, or chooses what is done. */
#define SWITCH(function, member, to)                                                               \
    static void function(struct vrf_arguments *a, const char *name, const char *text)              \
    {                                                                                              \
        (void)name;                                                                                \
        (void)text;                                                                                \
        a->member = to;                                                                            \
    }
SWITCH(set_follow, o.follow, true)
SWITCH(set_continue, o.carry_on, true)
SWITCH(set_strict, o.strict, true)
SWITCH(set_allow_empty, o.allow_empty, true)
SWITCH(set_without_good, o.without_good, true)
SWITCH(set_compact, o.compact, true)
SWITCH(set_quiet, o.quiet, true)
SWITCH(set_merge, task, VRF_MERGE)
SWITCH(set_list_rules, task, VRF_PRINT_RULES)
SWITCH(set_help, task, VRF_PRINT_HELP)
SWITCH(set_version, task, VRF_PRINT_VERSION)

#define TASK VRF_SCOPE_TASK
#define REPORT VRF_SCOPE_REPORT
#define KEYS VRF_SCOPE_KEYS
#define JUDGEMENT VRF_SCOPE_JUDGEMENT
#define MAP VRF_STEP_MAP
#define REDUCE VRF_STEP_REDUCE
#define MERGE VRF_STEP_MERGE
#define ALL (MAP | REDUCE | MERGE)
#define AT(member)                                                                                 \
    {                                                                                              \
        offsetof(struct vrf_options, member), sizeof(((struct vrf_options *)0)->member)            \
    }
/* Of struct mipro_settings, which begins with fields of 8 bits. */
#define SETTING(octet)                                                                             \
    {                                                                                              \
        offsetof(struct vrf_options, conduct.set) + (octet), 1                                     \
    }
#define NONE                                                                                       \
    {                                                                                              \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }

_Static_assert(sizeof(struct mipro_settings) == 4, "it has no padding: its octets are hashed");

/* clang-format off */
const struct vrf_option vrf_option_table[] = {
    { "keys",            "FILE",      "mobility security associations; see mipro-keys(5)",                                            set_keys,           KEYS,      ALL,            NONE, 'k' },
    { "output",          "FORMAT",    "text (default), json (one object per line), junit, or sarif",                                  set_output,         REPORT,    REDUCE | MERGE, NONE, 'o' },
    { "rules",           "LIST",      "report only these rules; -ID leaves one out",                                                  set_rules,          JUDGEMENT, ALL,            { AT(rules) }, 'r' },
    { "list-rules",      NULL,        "list the rules and exit",                                                                      set_list_rules,     TASK,      ALL,            NONE, 0 },
    { "draft",           "08|09|11",  "revision of the draft (08)",                                                                   set_draft,          JUDGEMENT, ALL,            { SETTING(0) }, 0 },
    { "warning-ext",     "N",         "type of the Binding Warning extension (16)",                                                   set_warning_ext,    JUDGEMENT, ALL,            { SETTING(2) }, 0 },
    { "reading",         "WORD",      "of types 16 to 19: auto (default), draft, or iana",                                            set_reading,        JUDGEMENT, ALL,            { SETTING(1) }, 0 },
    { "update-rate",     "N/S",       "Binding Updates allowed in any S seconds (5/10)",                                              set_update_rate,    JUDGEMENT, ALL,            { AT(conduct.update_rate.n), AT(conduct.update_rate.interval) }, 0 },
    { "warning-rate",    "N/S",       "Binding Warnings allowed in any S seconds (5/10)",                                             set_warning_rate,   JUDGEMENT, ALL,            { AT(conduct.warning_rate.n), AT(conduct.warning_rate.interval) }, 0 },
    { "ack-timeout",     "S",         "how long an answer may take, in seconds (5)",                                                  set_ack_timeout,    JUDGEMENT, ALL,            { AT(conduct.ack_timeout) }, 0 },
    { "tolerance",       "S",         "frames less than this far apart have no order (1)",                                            set_tolerance,      JUDGEMENT, ALL,            { AT(conduct.tolerance) }, 0 },
    { "p-bit",           "WORD",      "flag 0x02 of a registration: private (default), or reverse-tunnel",                            set_p_bit,          JUDGEMENT, ALL,            { SETTING(3) }, 0 },
    { "port",            "N[,N...]",  "UDP ports besides 434",                                                                        set_port,           JUDGEMENT, ALL,            { AT(ports) }, 0 },
    { "words",           "FILE",      "weak keys, one per line (rule key-weak)",                                                      set_words,          KEYS,      ALL,            NONE, 0 },
    { "write",           "FILE",      "write the frames that show what was found, as pcapng",                                         set_write,          REPORT,    0,              NONE, 0 },
    { "write-what",      "WORD",      "findings (default), or messages: all of them",                                                 set_write_what,     REPORT,    0,              NONE, 0 },
    { "baseline",        "FILE",      "findings that are known: only others affect the status",                                       set_baseline,       REPORT,    0,              NONE, 0 },
    { "write-baseline",  "FILE",      "write such a file of what is found",                                                           set_write_baseline, REPORT,    0,              NONE, 0 },
    { "follow",          NULL,        "read on while the capture is written, or a directory of ring files, until SIGINT or SIGTERM",  set_follow,         REPORT,    0,              NONE, 0 },
    { "continue",        NULL,        "the captures are parts of one, in this order",                                                 set_continue,       REPORT,    ALL,            NONE, 0 },
    { "strict",          NULL,        "what could not be decided counts as a fault",                                                  set_strict,         JUDGEMENT, ALL,            { AT(strict) }, 0 },
    { "allow-empty",     NULL,        "accept an input without any message",                                                          set_allow_empty,    REPORT,    ALL,            NONE, 0 },
    { "without-good",    NULL,        "do not list good authenticators; they are still counted",                                      set_without_good,   REPORT,    REDUCE | MERGE, NONE, 0 },
    { "html",            "FILE",      "write the report as one page for people, too",                                                 set_html,           REPORT,    0,              NONE, 0 },
    { "metrics",         "FILE",      "write the counts for Prometheus, too",                                                         set_metrics,        REPORT,    0,              NONE, 0 },
    { "threads",         "N",         "threads (default: one per processor, at most 8)",                                              set_threads,        REPORT,    ALL,            NONE, 0 },
    { "events",          "DIR",       "write what the captures hold into DIR, for N parts",                                           set_events,         TASK,      MAP,            NONE, 0 },
    { "shard",           "N, =K/N",   "with --events: N parts; else: judge part K of N in DIR",                                       set_shard,          TASK,      MAP | REDUCE,   NONE, 0 },
    { "compact",         NULL,        "with --shard=K/N -o json: a small report, which only --merge can read, with the events",        set_compact,        REPORT,    REDUCE,         NONE, 0 },
    { "merge",           NULL,        "make one report of the JSON reports of all N parts; with --compact, of their events too",     set_merge,          TASK,      MERGE,          NONE, 0 },
    { "quiet",           NULL,        "print nothing on standard output",                                                             set_quiet,          REPORT,    ALL,            NONE, 'q' },
    { "help",            NULL,        "print this help",                                                                              set_help,           TASK,      ALL,            NONE, 'h' },
    { "version",         NULL,        "print the version",                                                                            set_version,        TASK,      ALL,            NONE, 'V' },
    { NULL, NULL, NULL, NULL, REPORT, 0, NONE, 0 },
};
/* clang-format on */

#define TEXT_COLUMN 27 /* of --help */
#define WIDTH 80

/* Print the words of text from TEXT_COLUMN on, where the first line already is. */
static void
put_wrapped(const char *text)
{
    size_t column = TEXT_COLUMN;

    while (*text != '\0') {
        size_t n = strcspn(text, " ");

        if (column != TEXT_COLUMN && column + 1 + n > WIDTH) {
            printf("\n%*s", TEXT_COLUMN, "");
            column = TEXT_COLUMN;
        }
        column += (size_t)printf("%s%.*s", column != TEXT_COLUMN ? " " : "", (int)n, text);
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

void
vrf_option_help(void)
{
    for (const struct vrf_option *o = vrf_option_table; o->name != NULL; o++) {
        int n;

        if (o->letter != 0)
            n = printf("  -%c, ", o->letter);
        else
            n = printf("      ");
        n += printf("--%s%s%s", o->name, o->argument != NULL ? "=" : "",
            o->argument != NULL ? o->argument : "");
        if (n + 2 > TEXT_COLUMN) {
            putchar('\n');
            n = 0;
        }
        printf("%*s", TEXT_COLUMN - n, "");
        put_wrapped(o->help);
    }
}

/* A hash of the values in a row. */
static uint64_t
hash_of(const struct vrf_option *row, const struct vrf_options *o)
{
    uint64_t hash = (uint64_t)(row - vrf_option_table);

    for (size_t i = 0; i < G_N_ELEMENTS(row->value); i++)
        if (row->value[i].size != 0)
            hash = mipro_mix(
                hash, mipro_mix_octets((const uint8_t *)o + row->value[i].at, row->value[i].size));
    return hash;
}

void
vrf_options_settle(struct vrf_options *o, uint64_t given)
{
    o->n_settings = 0;
    o->hash = 0;
    for (size_t i = 0; vrf_option_table[i].name != NULL; i++) {
        const struct vrf_option *row = &vrf_option_table[i];

        if (row->scope != VRF_SCOPE_JUDGEMENT)
            continue;
        g_assert(o->n_settings < VRF_MAX_SETTINGS);
        o->settings[o->n_settings] =
            (struct vrf_setting){ row->name, hash_of(row, o), (given >> i & 1) != 0 };
        o->hash = mipro_mix(o->hash, o->settings[o->n_settings++].hash);
    }
}
