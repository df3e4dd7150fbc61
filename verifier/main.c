/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - options and exit status of mipro-verify; see mipro-verify(1). */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glib.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/md5/lanes.h"
#include "pipeline.h"

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

enum { STATUS_GOOD, STATUS_NOT_GOOD, STATUS_USAGE, STATUS_UNREAD };

static const char usage_text[] =
    "usage: mipro-verify [-k KEYS] [-o text|json|junit] [OPTIONS] CAPTURE...\n"
    "       mipro-verify --list-rules\n"
    "\n"
    "Check the authenticators and the conduct of Mobile IP route optimization in\n"
    "CAPTURE (- is standard input).\n"
    "\n"
    "  -k, --keys=FILE          mobility security associations; see mipro-keys(5)\n"
    "  -o, --output=FORMAT      text (default), json (one object a line), or junit\n"
    "  -r, --rules=LIST         only these rules; -ID leaves one out\n"
    "      --list-rules         list the rules, and stop\n"
    "      --draft=08|09|11     the draft's revision (08)\n"
    "      --warning-ext=N      type of the Binding Warning extension (16)\n"
    "      --reading=WORD       of types 16 to 19: auto (default), draft, or iana\n"
    "      --update-rate=N/S    Binding Updates allowed in any S seconds (5/10)\n"
    "      --warning-rate=N/S   Binding Warnings allowed in any S seconds (5/10)\n"
    "      --ack-timeout=S      how long an answer may take, in seconds (5)\n"
    "      --port=N[,N...]      UDP ports besides 434\n"
    "      --words=FILE         weak keys, one a line (rule key-weak)\n"
    "      --continue           carry what is known on from one capture to the next\n"
    "      --threads=N          threads (as many as processors, at most 8)\n"
    "  -q, --quiet              nothing on standard output\n"
    "  -h, --help               this text\n"
    "  -V, --version            the version\n"
    "\n"
    "Exit status: 0 all good, 1 something is not, 2 usage or keys, 3 a capture could\n"
    "not be read or the report could not be written.\n";

enum long_only {
    OPT_LIST_RULES = 256,
    OPT_DRAFT,
    OPT_WARNING_EXT,
    OPT_READING,
    OPT_UPDATE_RATE,
    OPT_WARNING_RATE,
    OPT_ACK_TIMEOUT,
    OPT_PORT,
    OPT_WORDS,
    OPT_CONTINUE,
    OPT_THREADS,
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
    { "port", required_argument, NULL, OPT_PORT },
    { "words", required_argument, NULL, OPT_WORDS },
    { "continue", no_argument, NULL, OPT_CONTINUE },
    { "threads", required_argument, NULL, OPT_THREADS },
    { "quiet", no_argument, NULL, 'q' },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

/* What was wrong, then how it is done; never returns. */
static _Noreturn void __attribute__((format(printf, 1, 2))) reproach(const char *format, ...)
{
    va_list ap;

    fputs("mipro-verify: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputs("\ntry 'mipro-verify --help'\n", stderr);
    exit(STATUS_USAGE);
}

/* A whole number from low to high, and nothing behind it. */
static unsigned long
parse_number(const char *name, const char *text, unsigned long low, unsigned long high)
{
    char *end;
    unsigned long v;

    errno = 0;
    v = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || v < low || v > high)
        reproach("--%s: '%s' is no number from %lu to %lu", name, text, low, high);
    return v;
}

/* Seconds, with decimals if need be, in nanoseconds; at most a year. */
static int64_t
parse_seconds(const char *name, const char *text)
{
    char *end;
    double v = g_ascii_strtod(text, &end); /* whatever the locale writes for a point */

    /* The conversion takes "0x10", "nan" and blanks too. */
    if (text[strspn(text, "0123456789.")] != '\0' || end == text || *end != '\0')
        reproach("--%s: '%s' is no number of seconds", name, text);
    if (v < 1 / (double)MIPRO_SECOND || v > 366.0 * 86400)
        reproach("--%s: '%s' is not from a nanosecond to 366 days", name, text);
    return (int64_t)llround(v * (double)MIPRO_SECOND);
}

static struct mipro_rate
parse_rate(const char *name, const char *text)
{
    const char *slash = strchr(text, '/');
    struct mipro_rate rate;
    char *count;

    if (slash == NULL)
        reproach("--%s: '%s' is not of the form N/S, messages in seconds", name, text);
    count = g_strndup(text, (gsize)(slash - text));
    rate.n = (unsigned)parse_number(name, count, 1, MIPRO_RATE_MAX);
    rate.interval = parse_seconds(name, slash + 1);
    g_free(count);
    return rate;
}

static int
parse_word(const char *name, const char *text, const char *const words[], int n)
{
    GString *known;

    for (int i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    known = g_string_new(words[0]);
    for (int i = 1; i < n; i++)
        g_string_append_printf(known, ", %s", words[i]);
    reproach("--%s: '%s' is none of %s", name, text, known->str);
}

static uint8_t
parse_warning_ext(const char *name, const char *text)
{
    uint8_t type = (uint8_t)parse_number(name, text, 0, 255);
    const char *clash = mipro_warning_ext_clash(type);

    if (clash != NULL)
        reproach("--%s: %u is the type of another extension, %s", name, type, clash);
    return type;
}

static void
parse_ports(struct mipro_ports *ports, const char *text)
{
    char **parts;

    if (*text == '\0')
        reproach("--port: no port given");
    parts = g_strsplit(text, ",", -1);
    for (char **p = parts; *p != NULL; p++)
        mipro_ports_add(ports, (uint16_t)parse_number("port", *p, 1, 65535));
    g_strfreev(parts);
}

/* "a,b": only these.  "-a": all but it.  Both: of those named, all but it. */
static void
parse_rules(bool rules[MIPRO_RULES], const char *text)
{
    char **parts;
    bool named[MIPRO_RULES] = { false }, left_out[MIPRO_RULES] = { false }, any = false;

    if (*text == '\0')
        reproach("--rules: no rule given; --list-rules lists them");
    parts = g_strsplit(text, ",", -1);
    for (char **p = parts; *p != NULL; p++) {
        bool out = **p == '-';
        enum mipro_rule rule = mipro_rule_by_id(out ? *p + 1 : *p);

        if (rule == MIPRO_RULES)
            reproach("--rules: there is no rule '%s'; --list-rules lists them", out ? *p + 1 : *p);
        if (out)
            left_out[rule] = true;
        else
            any = named[rule] = true;
        if (named[rule] && left_out[rule])
            reproach("--rules: '%s' is both named and left out", mipro_rule_def(rule)->id);
    }
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        rules[i] = any ? named[i] : !left_out[i];
    g_strfreev(parts);
}

static void
list_rules(void)
{
    for (unsigned i = 0; i < MIPRO_RULES; i++) {
        const struct mipro_rule_def *rule = mipro_rule_def(i);
        /* "4.1–4.4" has more octets than characters. */
        int pad = 26 - (int)g_utf8_strlen(rule->section, -1);

        printf("%-24s %-8s %s%*s %s\n", rule->id, mipro_severity_name(rule->severity),
            rule->section, pad > 0 ? pad : 0, "", rule->text);
    }
}

static void
warn_of_keys(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "mipro-verify: %s\n", text);
}

static _Noreturn void
refuse_keys(const struct mipro_key_error *err)
{
    char text[1024];

    mipro_key_error_text(err, text, sizeof(text));
    fprintf(stderr, "mipro-verify: %s\n", text);
    exit(STATUS_USAGE);
}

static struct mipro_keyring *
load_keys(const char *path, const char *words)
{
    struct mipro_key_error err;
    struct mipro_keyring *ring = mipro_keyring_load(path, warn_of_keys, NULL, &err);

    if (ring == NULL)
        refuse_keys(&err);
    if (words != NULL && !mipro_keyring_words(ring, words, &err))
        refuse_keys(&err);
    return ring;
}

/* The options as they were given: each at most once, or twice alike. */
struct given {
    const char *value[OPT_COUNT];
};

static void
give(struct given *g, int option, const char *value, const char *name)
{
    if (value == NULL)
        value = "";
    if (g->value[option] != NULL && strcmp(g->value[option], value) != 0)
        reproach("--%s is given twice, as '%s' and as '%s'", name, g->value[option], value);
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

static void
settle_options(struct vrf_options *o, const struct given *g)
{
    static const char *const formats[] = { "text", "json", "junit" };
    static const char *const drafts[] = { "08", "09", "11" };
    static const char *const readings[] = { "auto", "draft", "iana" };
    const char *const *v = g->value;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    o->conduct = mipro_conduct_defaults();
    if (v['o'] != NULL)
        o->format = (enum vrf_format)parse_word("output", v['o'], formats, 3);
    if (v[OPT_DRAFT] != NULL)
        o->conduct.set.draft = (enum mipro_draft)parse_word("draft", v[OPT_DRAFT], drafts, 3);
    if (v[OPT_READING] != NULL)
        o->conduct.set.reading =
            (enum mipro_reading)parse_word("reading", v[OPT_READING], readings, 3);
    if (v[OPT_WARNING_EXT] != NULL)
        o->conduct.set.warning_ext = parse_warning_ext("warning-ext", v[OPT_WARNING_EXT]);
    if (v[OPT_UPDATE_RATE] != NULL)
        o->conduct.update_rate = parse_rate("update-rate", v[OPT_UPDATE_RATE]);
    if (v[OPT_WARNING_RATE] != NULL)
        o->conduct.warning_rate = parse_rate("warning-rate", v[OPT_WARNING_RATE]);
    if (v[OPT_ACK_TIMEOUT] != NULL)
        o->conduct.ack_timeout = parse_seconds("ack-timeout", v[OPT_ACK_TIMEOUT]);
    mipro_ports_add(&o->ports, MIPRO_PORT);
    if (v[OPT_PORT] != NULL)
        parse_ports(&o->ports, v[OPT_PORT]);
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        o->rules[i] = true;
    if (v['r'] != NULL)
        parse_rules(o->rules, v['r']);
    o->threads = cpus < 1 ? 1 : cpus > 8 ? 8 : (unsigned)cpus;
    if (v[OPT_THREADS] != NULL)
        o->threads = (unsigned)parse_number("threads", v[OPT_THREADS], 1, 64);
    o->carry_on = v[OPT_CONTINUE] != NULL;
    o->quiet = v['q'] != NULL;
    if (v[OPT_WORDS] != NULL && v['k'] == NULL)
        reproach("--words is of no use without --keys");
}

static void
check_captures(const struct vrf_options *o)
{
    unsigned n_stdin = 0;

    if (o->n_files == 0)
        reproach("no capture is given");
    for (unsigned i = 0; i < o->n_files; i++)
        n_stdin += strcmp(o->files[i], "-") == 0;
    if (n_stdin > 1)
        reproach("standard input (-) can be read once only");
}

static void
tell_output_error(int error)
{
    fprintf(stderr, "mipro-verify: standard output: %s\n", strerror(error));
}

/* What was asked for and needs no capture is written. */
static int
finish_text(void)
{
    if (fflush(stdout) == 0)
        return STATUS_GOOD;
    tell_output_error(errno);
    return STATUS_UNREAD;
}

static int
finish(const struct vrf_result *result)
{
    if (result->output_error != 0)
        tell_output_error(result->output_error);
    if (result->unread || result->output_error != 0)
        return STATUS_UNREAD;
    return result->not_good ? STATUS_NOT_GOOD : STATUS_GOOD;
}

/*
 * No file of ours may take the place of a standard stream that is closed: what is said on
 * the stream would go into it.  Reading from 0 and writing to 1 stay errors.
 */
static void
occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            (void)open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

int
main(int argc, char *argv[])
{
    struct vrf_options o = { .format = VRF_TEXT };
    struct vrf_result result = { .unread = false };
    struct mipro_keyring *ring = NULL;
    struct given given = { { NULL } };
    char program[] = "mipro-verify";
    int option;

    occupy_streams();
    argv[0] = program; /* as getopt() names it where it finds fault */
    while ((option = getopt_long(argc, argv, "k:o:r:qhV", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
            fputs(usage_text, stdout);
            return finish_text();
        case 'V':
            puts("mipro-verify " MIPRO_VERSION);
            return finish_text();
        case '?':
            fputs("try 'mipro-verify --help'\n", stderr);
            return STATUS_USAGE;
        default:
            give(&given, option, optarg, long_name(option));
            break;
        }
    }
    if (given.value[OPT_LIST_RULES] != NULL) {
        list_rules();
        return finish_text();
    }
    o.files = (const char *const *)argv + optind;
    o.n_files = (unsigned)(argc - optind);
    settle_options(&o, &given);
    check_captures(&o);
    if (given.value['k'] != NULL)
        o.ring = ring = load_keys(given.value['k'], given.value[OPT_WORDS]);
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to be told, not a death */
    if (!mipro_lanes_check())
        fputs("mipro-verify: a width of vectors computes wrong hashes here; it is not used\n",
            stderr);
    vrf_run(&o, &result);
    mipro_keyring_free(ring);
    return finish(&result);
}
