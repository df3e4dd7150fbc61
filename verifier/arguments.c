/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"

#include <getopt.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "events/file.h"
#include "pipeline.h"
#include "report/whole.h"
#include "values.h"
#include "warn.h"

enum long_only {
    OPT_LIST_RULES = 256,
    OPT_DRAFT,
    OPT_WARNING_EXT,
    OPT_READING,
    OPT_UPDATE_RATE,
    OPT_WARNING_RATE,
    OPT_ACK_TIMEOUT,
    OPT_TOLERANCE,
    OPT_P_BIT,
    OPT_PORT,
    OPT_WORDS,
    OPT_WRITE,
    OPT_WRITE_WHAT,
    OPT_FOLLOW,
    OPT_BASELINE,
    OPT_WRITE_BASELINE,
    OPT_CONTINUE,
    OPT_STRICT,
    OPT_ALLOW_EMPTY,
    OPT_WITHOUT_GOOD,
    OPT_METRICS,
    OPT_HTML,
    OPT_THREADS,
    OPT_EVENTS,
    OPT_SHARD,
    OPT_MERGE,
    OPT_COUNT
};

static const struct option long_options[] = {
    { "keys", required_argument, NULL, 'k' },
    { "output", required_argument, NULL, 'o' },
    { "rules", required_argument, NULL, 'r' },
    { "list-rules", no_argument, NULL, OPT_LIST_RULES },
    { "draft", required_argument, NULL, OPT_DRAFT },
    { "warning-ext", required_argument, NULL, OPT_WARNING_EXT },
    { "reading", required_argument, NULL, OPT_READING },
    { "update-rate", required_argument, NULL, OPT_UPDATE_RATE },
    { "warning-rate", required_argument, NULL, OPT_WARNING_RATE },
    { "ack-timeout", required_argument, NULL, OPT_ACK_TIMEOUT },
    { "tolerance", required_argument, NULL, OPT_TOLERANCE },
    { "p-bit", required_argument, NULL, OPT_P_BIT },
    { "port", required_argument, NULL, OPT_PORT },
    { "words", required_argument, NULL, OPT_WORDS },
    { "write", required_argument, NULL, OPT_WRITE },
    { "write-what", required_argument, NULL, OPT_WRITE_WHAT },
    { "baseline", required_argument, NULL, OPT_BASELINE },
    { "write-baseline", required_argument, NULL, OPT_WRITE_BASELINE },
    { "follow", no_argument, NULL, OPT_FOLLOW },
    { "continue", no_argument, NULL, OPT_CONTINUE },
    { "strict", no_argument, NULL, OPT_STRICT },
    { "allow-empty", no_argument, NULL, OPT_ALLOW_EMPTY },
    { "without-good", no_argument, NULL, OPT_WITHOUT_GOOD },
    { "metrics", required_argument, NULL, OPT_METRICS },
    { "html", required_argument, NULL, OPT_HTML },
    { "threads", required_argument, NULL, OPT_THREADS },
    { "events", required_argument, NULL, OPT_EVENTS },
    { "shard", required_argument, NULL, OPT_SHARD },
    { "merge", no_argument, NULL, OPT_MERGE },
    { "quiet", no_argument, NULL, 'q' },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

/* Report an option that getopt() rejects: a letter, or else the argument before next. */
static _Noreturn void
refuse_option(char *argv[], int next, int letter)
{
    if (letter >= OPT_LIST_RULES)
        vrf_reproach("option '%s' takes no argument", argv[next - 1]);
    if (letter != 0)
        vrf_reproach("unrecognized option '-%c'", letter);
    vrf_reproach("unrecognized option '%s'", argv[next - 1]);
}

/* The options as given; one may be repeated only with the same value. */
struct given {
    const char *value[OPT_COUNT];
};

static void
give(struct given *g, int option, const char *value, const char *name)
{
    if (value == NULL)
        value = "";
    if (g->value[option] != NULL && strcmp(g->value[option], value) != 0)
        vrf_reproach("--%s is given twice, as '%s' and as '%s'", name, g->value[option], value);
    g->value[option] = value;
}

static const char *
long_name(int option)
{
    for (const struct option *o = long_options; o->name != NULL; o++)
        if (o->val == option)
            return o->name;
    return "?";
}

/* With --events the number of parts, "N"; else the part to judge, "K/N". */
static void
settle_shard(struct vrf_options *o, const char *text)
{
    const char *slash = text != NULL ? strchr(text, '/') : NULL;
    char *which;

    if (o->events != NULL && *o->events == '\0')
        vrf_reproach("--events: no folder given");
    if (o->events != NULL && (text == NULL || slash != NULL))
        vrf_reproach("--events needs --shard=N: for how many parts");
    if (text == NULL)
        return;
    o->carry_on = true; /* the captures of an archive form one continuous capture */
    if (o->events != NULL) {
        o->n_parts = (unsigned)vrf_parse_number("shard", text, 1, VRF_EVENTS_PARTS);
        o->quiet = true;
        return;
    }
    if (slash == NULL)
        vrf_reproach(
            "--shard: '%s' does not have the form K/N (part K of N); N alone goes with --events",
            text);
    o->n_parts = (unsigned)vrf_parse_number("shard", slash + 1, 1, VRF_EVENTS_PARTS);
    which = g_strndup(text, (gsize)(slash - text));
    o->conduct.part = (unsigned)vrf_parse_number("shard", which, 0, o->n_parts) + o->n_parts - 1;
    o->conduct.part %= o->n_parts; /* parts count from 1; part 0 is part N */
    o->conduct.parts = o->n_parts;
    g_free(which);
}

/* Options that need the captures themselves cannot be used with parts of an archive or --merge. */
static void
check_parts(const struct given *g, const char *with)
{
    static const int others[] = { OPT_WRITE, OPT_FOLLOW, OPT_HTML, OPT_BASELINE, OPT_WRITE_BASELINE,
        OPT_METRICS };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (g->value[others[i]] != NULL)
            vrf_reproach("--%s: --%s does not go with it", with, long_name(others[i]));
}

static void
check_merge(const struct vrf_options *o, const struct given *g)
{
    check_parts(g, "merge");
    if (o->n_parts != 0)
        vrf_reproach("--merge: --shard does not go with it; the reports say which parts they are");
    if (g->value['o'] != NULL && o->format != &vrf_json_format)
        vrf_reproach("--merge: the report is in JSON, as those of the parts are");
    if (o->n_files == 0)
        vrf_reproach("--merge: no report of a part given");
}

static void
settle_options(struct vrf_options *o, const struct given *g)
{
    static const char *const drafts[] = { "08", "09", "11" };
    static const char *const readings[] = { "auto", "draft", "iana" };
    static const char *const whats[] = { "findings", "messages" };
    static const char *const p_bits[] = { "private", "reverse-tunnel" };
    const char *const *v = g->value;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    o->conduct = mipro_conduct_defaults();
    if (v['o'] != NULL)
        o->format = vrf_parse_format("output", v['o']);
    if (v[OPT_DRAFT] != NULL)
        o->conduct.set.draft = (enum mipro_draft)vrf_parse_word("draft", v[OPT_DRAFT], drafts, 3);
    if (v[OPT_READING] != NULL)
        o->conduct.set.reading =
            (enum mipro_reading)vrf_parse_word("reading", v[OPT_READING], readings, 3);
    if (v[OPT_WARNING_EXT] != NULL)
        o->conduct.set.warning_ext = vrf_parse_warning_ext("warning-ext", v[OPT_WARNING_EXT]);
    if (v[OPT_UPDATE_RATE] != NULL)
        o->conduct.update_rate = vrf_parse_rate("update-rate", v[OPT_UPDATE_RATE]);
    if (v[OPT_WARNING_RATE] != NULL)
        o->conduct.warning_rate = vrf_parse_rate("warning-rate", v[OPT_WARNING_RATE]);
    if (v[OPT_ACK_TIMEOUT] != NULL)
        o->conduct.ack_timeout = vrf_parse_seconds("ack-timeout", v[OPT_ACK_TIMEOUT]);
    if (v[OPT_TOLERANCE] != NULL)
        o->conduct.tolerance = vrf_parse_tolerance("tolerance", v[OPT_TOLERANCE]);
    if (v[OPT_P_BIT] != NULL)
        o->conduct.set.reverse_tunnel = vrf_parse_word("p-bit", v[OPT_P_BIT], p_bits, 2) == 1;
    mipro_ports_add(&o->ports, MIPRO_PORT);
    if (v[OPT_PORT] != NULL)
        vrf_parse_ports(&o->ports, v[OPT_PORT]);
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        o->rules[i] = true;
    if (v['r'] != NULL)
        vrf_parse_rules(o->rules, v['r']);
    o->threads = cpus < 1 ? 1 : cpus > 8 ? 8 : (unsigned)cpus;
    if (v[OPT_THREADS] != NULL)
        o->threads = (unsigned)vrf_parse_number("threads", v[OPT_THREADS], 1, 64);
    o->carry_on = v[OPT_CONTINUE] != NULL;
    o->strict = v[OPT_STRICT] != NULL;
    o->allow_empty = v[OPT_ALLOW_EMPTY] != NULL;
    o->without_good = v[OPT_WITHOUT_GOOD] != NULL;
    o->quiet = v['q'] != NULL;
    o->follow = v[OPT_FOLLOW] != NULL;
    o->metrics = v[OPT_METRICS];
    o->write = v[OPT_WRITE];
    if (v[OPT_WRITE_WHAT] != NULL)
        o->write_messages = vrf_parse_word("write-what", v[OPT_WRITE_WHAT], whats, 2) == 1;
    o->write_baseline = v[OPT_WRITE_BASELINE];
    o->html = v[OPT_HTML];
    o->events = v[OPT_EVENTS];
    settle_shard(o, v[OPT_SHARD]);
    if (v[OPT_WORDS] != NULL && v['k'] == NULL)
        vrf_reproach("--words needs --keys");
    if (v[OPT_WRITE_WHAT] != NULL && o->write == NULL)
        vrf_reproach("--write-what needs --write");
}

/*
 * The captures are read once for the report and once for the evidence.  Standard input is
 * copied, unless it is followed.
 */
static void
check_readable_twice(const struct vrf_options *o)
{
    for (unsigned i = 0; i < o->n_files; i++) {
        bool is_stdin = strcmp(o->files[i], "-") == 0;
        struct stat st;

        if ((is_stdin && !o->follow) ||
            (is_stdin ? fstat(STDIN_FILENO, &st) : stat(o->files[i], &st)) != 0 ||
            S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
            continue;
        if (o->follow)
            vrf_reproach(
                "--write reads what was followed again at the end, and '%s' is not a file; let "
                "dumpcap write a file or ring files, and follow those",
                o->files[i]);
        vrf_reproach(
            "--write reads each capture twice, and '%s' is not a file; give it as standard input "
            "(-), which is copied",
            o->files[i]);
    }
}

static void
check_captures(const struct vrf_options *o)
{
    unsigned n_stdin = 0;

    if (o->n_files == 0)
        vrf_reproach("no capture given");
    for (unsigned i = 0; i < o->n_files; i++)
        n_stdin += strcmp(o->files[i], "-") == 0;
    if (n_stdin > 1)
        vrf_reproach("standard input (-) can be read only once");
    if (o->follow && o->n_files > 1)
        vrf_reproach("--follow takes one capture, or one directory");
    if (o->write != NULL)
        check_readable_twice(o);
}

static bool
is_same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

static bool
is_in_folder(const char *path, const char *folder)
{
    char *parent = g_path_get_dirname(path);
    struct stat x, y;
    bool same = stat(parent, &x) == 0 && stat(folder, &y) == 0 && x.st_dev == y.st_dev &&
                x.st_ino == y.st_ino;

    g_free(parent);
    return same;
}

/* Do two paths name the same file, which need not exist yet? */
static bool
names_same_file(const char *a, const char *b)
{
    char *folder = g_path_get_dirname(b), *x = g_path_get_basename(a), *y = g_path_get_basename(b);
    const bool same = is_same_file(a, b) || (strcmp(x, y) == 0 && is_in_folder(a, folder));

    g_free(folder);
    g_free(x);
    g_free(y);
    return same;
}

/* Refuse output files that would replace an input or another output. */
static void
check_written(const struct vrf_arguments *a)
{
    const struct vrf_options *o = &a->o;
    const struct {
        const char *option, *path;
    } written[] = { { "metrics", o->metrics }, { "html", o->html },
        { "write-baseline", o->write_baseline }, { "write", o->write } };

    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        const char *path = written[i].path, *option = written[i].option;
        int error;

        if (path == NULL)
            continue;
        if (*path == '\0')
            vrf_reproach("--%s: no file given", option);
        for (unsigned j = 0; j < o->n_files; j++)
            if (is_same_file(path, o->files[j]))
                vrf_reproach("--%s: '%s' is the capture that is to be read", option, path);
        if (o->follow && is_in_folder(path, o->files[0]))
            vrf_reproach("--%s: '%s' is in the directory that is followed", option, path);
        if (a->keys != NULL && is_same_file(path, a->keys))
            vrf_reproach("--%s: '%s' is the key file", option, path);
        if (a->words != NULL && is_same_file(path, a->words))
            vrf_reproach("--%s: '%s' is the list of weak keys", option, path);
        if (a->baseline != NULL && path != o->write_baseline && is_same_file(path, a->baseline))
            vrf_reproach(
                "--%s: '%s' is the baseline; only --write-baseline may replace it", option, path);
        for (size_t j = 0; j < i; j++)
            if (written[j].path != NULL && names_same_file(path, written[j].path))
                vrf_reproach("--%s and --%s name the same file", written[j].option, option);
        /* Fail now, rather than after hours of work. */
        error = vrf_whole_try(path);
        if (error != 0) {
            vrf_warn("%s: %s", path, strerror(error));
            exit(STATUS_UNREAD);
        }
    }
}

void
vrf_arguments_read(struct vrf_arguments *a, int argc, char *argv[])
{
    struct given given = { { NULL } };
    int option;

    memset(a, 0, sizeof(*a));
    a->o.format = vrf_formats[0];
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":k:o:r:qhV", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
            a->task = VRF_PRINT_HELP;
            return;
        case 'V':
            a->task = VRF_PRINT_VERSION;
            return;
        case '?':
            refuse_option(argv, optind, optopt);
        case ':':
            vrf_reproach("option '%s' requires an argument", argv[optind - 1]);
        default:
            give(&given, option, optarg, long_name(option));
            break;
        }
    }
    if (given.value[OPT_LIST_RULES] != NULL) {
        a->task = VRF_PRINT_RULES;
        return;
    }
    a->o.files = (const char *const *)argv + optind;
    a->o.n_files = (unsigned)(argc - optind);
    a->keys = given.value['k'];
    a->words = given.value[OPT_WORDS];
    a->baseline = given.value[OPT_BASELINE];
    settle_options(&a->o, &given);
    if (given.value[OPT_MERGE] != NULL) {
        a->task = VRF_MERGE;
        check_merge(&a->o, &given);
        return;
    }
    if (a->o.n_parts != 0)
        check_parts(&given, "shard");
    check_captures(&a->o);
    check_written(a);
}
