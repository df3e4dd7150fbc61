/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"

#include <getopt.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mipro_text.h"
#include "option_table.h"
#include "pipeline.h"
#include "report/whole.h"
#include "values.h"
#include "warn.h"

#define FIRST_LONG 256 /* what getopt() returns for an option without a letter */

/* Report an option that getopt() rejects: a letter, or else the argument before next. */
static _Noreturn void
refuse_option(char *argv[], int next, int letter)
{
    struct mipro_guess guess = { .word = NULL };

    if (letter >= FIRST_LONG)
        vrf_reproach("option '%s' takes no argument", argv[next - 1]);
    if (letter != 0)
        vrf_reproach("unrecognized option '-%c'", letter);
    guess.word = argv[next - 1] + strlen("--");
    guess.n = strcspn(guess.word, "=");
    for (size_t i = 0; vrf_option_table[i].name != NULL; i++)
        mipro_guess_try(&guess, vrf_option_table[i].name);
    if (guess.meant != NULL)
        vrf_reproach("unrecognized option '%s'; did you mean --%s?", argv[next - 1], guess.meant);
    vrf_reproach("unrecognized option '%s'", argv[next - 1]);
}

/* The options as given, by their rows; one may be repeated only with the same value. */
struct given {
    const char *text[VRF_OPTIONS_MAX];
};

static void
give(struct given *g, size_t row, const char *text)
{
    if (text == NULL)
        text = "";
    if (g->text[row] != NULL && strcmp(g->text[row], text) != 0)
        vrf_reproach("--%s is given twice, as '%s' and as '%s'", vrf_option_table[row].name,
            g->text[row], text);
    g->text[row] = text;
}

static bool
is_given(const struct given *g, const char *name)
{
    for (size_t i = 0; vrf_option_table[i].name != NULL; i++)
        if (strcmp(vrf_option_table[i].name, name) == 0)
            return g->text[i] != NULL;
    return false;
}

/* What getopt() returns for the option in this row: its letter, or a number. */
static int
code_of(size_t row)
{
    return vrf_option_table[row].letter != 0 ? vrf_option_table[row].letter : FIRST_LONG + (int)row;
}

static size_t
row_of(int code)
{
    size_t row = 0;

    while (code_of(row) != code)
        row++;
    return row;
}

/* Read the options up to the first that only asks for help or the version: true if there is one. */
static bool
read_options(struct vrf_arguments *a, struct given *g, int argc, char *argv[])
{
    struct option longs[VRF_OPTIONS_MAX] = { { NULL, 0, NULL, 0 } };
    GString *letters = g_string_new(":");
    int code;

    for (size_t i = 0; vrf_option_table[i].name != NULL; i++) {
        const struct vrf_option *o = &vrf_option_table[i];

        g_assert(i + 1 < VRF_OPTIONS_MAX);
        longs[i] = (struct option){ o->name, o->argument != NULL ? required_argument : no_argument,
            NULL, code_of(i) };
        if (o->letter != 0)
            g_string_append_printf(letters, "%c%s", o->letter, o->argument != NULL ? ":" : "");
    }
    opterr = 0;
    while (a->task == VRF_VERIFY &&
           (code = getopt_long(argc, argv, letters->str, longs, NULL)) != -1) {
        if (code == '?')
            refuse_option(argv, optind, optopt);
        if (code == ':')
            vrf_reproach("option '%s' requires an argument", argv[optind - 1]);
        give(g, row_of(code), optarg);
        if (code == 'h' || code == 'V')
            vrf_option_table[row_of(code)].set(a, "", "");
    }
    g_string_free(letters, TRUE);
    return a->task != VRF_VERIFY;
}

/* Refuse options that would have no effect on a step of an archive. */
static void
check_step(const struct given *g)
{
    static const struct {
        const char *option;
        enum vrf_step step;
    } steps[] = { { "merge", VRF_STEP_MERGE }, { "events", VRF_STEP_MAP },
        { "shard", VRF_STEP_REDUCE } };
    size_t k = 0;

    while (k < G_N_ELEMENTS(steps) && !is_given(g, steps[k].option))
        k++;
    for (size_t i = 0; k < G_N_ELEMENTS(steps) && vrf_option_table[i].name != NULL; i++)
        if (g->text[i] != NULL && (vrf_option_table[i].steps & steps[k].step) == 0)
            vrf_reproach(
                "--%s cannot be used with --%s", vrf_option_table[i].name, steps[k].option);
}

static void
set_defaults(struct vrf_options *o)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    o->format = vrf_formats[0];
    o->conduct = mipro_conduct_defaults();
    mipro_ports_add(&o->ports, MIPRO_PORT);
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        o->rules[i] = true;
    o->threads = cpus < 1 ? 1 : cpus > 8 ? 8 : (unsigned)cpus;
}

static void
set_options(struct vrf_arguments *a, const struct given *g)
{
    uint64_t rows = 0;

    for (size_t i = 0; vrf_option_table[i].name != NULL; i++)
        if (g->text[i] != NULL) {
            vrf_option_table[i].set(a, vrf_option_table[i].name, g->text[i]);
            rows |= UINT64_C(1) << i;
        }
    vrf_options_settle(&a->o, rows);
    if (a->o.events != NULL && a->o.n_parts == 0)
        vrf_reproach("--events needs --shard=N: for how many parts");
    if (a->o.compact &&
        (a->o.n_parts == 0 || a->o.events != NULL || a->o.format != &vrf_json_format))
        vrf_reproach("--compact is for the report of a part: it needs --shard=K/N and -o json");
    if (a->words != NULL && a->keys == NULL)
        vrf_reproach("--words needs --keys");
    if (is_given(g, "write-what") && a->o.write == NULL)
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
            if (is_same_file(path, strcmp(o->files[j], "-") == 0 ? "/dev/stdin" : o->files[j]))
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

    memset(a, 0, sizeof(*a));
    if (read_options(a, &given, argc, argv))
        return;
    if (is_given(&given, "list-rules")) {
        a->task = VRF_PRINT_RULES;
        return;
    }
    a->o.files = (const char *const *)argv + optind;
    a->o.n_files = (unsigned)(argc - optind);
    set_defaults(&a->o);
    check_step(&given);
    set_options(a, &given);
    if (a->task == VRF_MERGE) {
        if (is_given(&given, "output") && a->o.format != &vrf_json_format)
            vrf_reproach("--merge: the report is in JSON, as those of the parts are");
        return;
    }
    check_captures(&a->o);
    check_written(a);
}
