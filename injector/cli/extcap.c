/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/extcap.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases/case.h"
#include "scenario/scenario.h"

static const struct {
    const char *name;
    const char *display;
    enum inj_command command;
} interfaces[] = {
    { "mipro-scenario", "Mobile IP route optimization: scenario", INJ_CMD_SCENARIO },
    { "mipro-cases", "Mobile IP route optimization: test cases", INJ_CMD_CASE },
};

#define ADDRESS "{validation=^([0-9]{1,3}[.]){3}[0-9]{1,3}$}"
#define SEED                                                                                       \
    "{type=unsigned}{range=0,4294967295}{default=1}"                                               \
    "{tooltip=Decides what is left open, such as identifications: the same seed gives the same "   \
    "octets}"

/* The arguments in the dialog. */
static const struct {
    enum inj_command command;
    const char *call; /* an option of ours, or --scenario or --cases, which are operands */
    const char *display;
    const char *form;      /* of extcap */
    const char *otherwise; /* the default if the user leaves it empty; NULL: omitted */
} arguments[] = {
    { INJ_CMD_SCENARIO, "--scenario", "Scenario",
        "{type=fileselect}{mustexist=true}{required=true}{fileext=Scenarios (*.scenario)}"
        "{tooltip=File that describes the exchange; see mipro-scenario(5)}",
        NULL },
    { INJ_CMD_SCENARIO, "--keys", "Key file",
        "{type=fileselect}{mustexist=true}"
        "{tooltip=Associations to sign with, instead of those of the key file that the scenario "
        "names; see mipro-keys(5)}",
        NULL },
    { INJ_CMD_SCENARIO, "--seed", "Seed", SEED, NULL },
    { INJ_CMD_CASE, "--cases", "Cases",
        "{type=multicheck}{tooltip=Cases to compose, by group; if none is chosen, all of them}",
        NULL },
    { INJ_CMD_CASE, "--keys", "Key file",
        "{type=fileselect}{mustexist=true}{required=true}"
        "{tooltip=Must have the association to sign with; see mipro-keys(5)}",
        NULL },
    { INJ_CMD_CASE, "--spi", "SPI",
        "{type=string}{default=0x1000}{validation=^(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})$}"
        "{tooltip=Security Parameter Index of the association: decimal, or hexadecimal with 0x}",
        "0x1000" },
    { INJ_CMD_CASE, "--source", "Source",
        "{type=string}{default=10.1.0.1}" ADDRESS "{tooltip=IPv4 address of the sender}",
        "10.1.0.1" },
    { INJ_CMD_CASE, "--destination", "Destination",
        "{type=string}{default=192.0.2.7}" ADDRESS "{tooltip=IPv4 address of the node under test}",
        "192.0.2.7" },
    { INJ_CMD_CASE, "--seed", "Seed", SEED, NULL },
};

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

bool
inj_extcap_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--extcap-", 9) == 0 || strcmp(argv[i], "--capture") == 0)
            return true;
    return false;
}

/* The argument of an option, given as --name=value or --name value; NULL if it is absent. */
static const char *
find_argument(int argc, char **argv, const char *name)
{
    const size_t n = strlen(name);

    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], name, n) == 0) {
            if (argv[i][n] == '=')
                return argv[i] + n + 1;
            if (argv[i][n] == '\0')
                return i + 1 < argc ? argv[i + 1] : NULL;
        }
    return NULL;
}

static bool
has_switch(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return false;
}

/*
 * The page about the dialogs: as installed with the documentation or, for a program that is not
 * installed, in the source tree.  False: there is none.
 */
static bool
find_help(char *path, size_t size)
{
    static const char *const places[] = { "../share/doc/mipro/extcap.html", "../docs/extcap.html" };
    char program[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *slash;

    if (n < 0)
        return false;
    program[n] = '\0';
    slash = strrchr(program, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    for (size_t i = 0; i < COUNT(places); i++) {
        char *place, *real;
        bool found = false;

        if (asprintf(&place, "%s/%s", program, places[i]) < 0)
            return false;
        real = realpath(place, NULL);
        free(place);
        /* Wireshark encloses values in braces. */
        if (real != NULL && strpbrk(real, "{}") == NULL)
            found = (size_t)snprintf(path, size, "%s", real) < size;
        free(real);
        if (found)
            return true;
    }
    return false;
}

static void
list_interfaces(void)
{
    char help[PATH_MAX];

    printf("extcap {version=%s}", MIPRO_VERSION);
    if (find_help(help, sizeof(help)))
        printf("{help=file://%s}", help);
    puts("{display=mipro-inject}");
    for (size_t i = 0; i < COUNT(interfaces); i++)
        printf("interface {value=%s}{display=%s}\n", interfaces[i].name, interfaces[i].display);
}

/* List each case below its group, which cannot be selected itself. */
static void
list_cases(unsigned number)
{
    char group[8] = "";

    for (size_t i = 0; i < inj_n_cases; i++) {
        const struct inj_case *c = &inj_cases[i];
        char next[8];

        inj_case_group(c, next);
        if (strcmp(next, group) != 0)
            printf("value {arg=%u}{value=%s}{display=%s}{enabled=false}\n", number, next, next);
        memcpy(group, next, sizeof(group));
        printf("value {arg=%u}{value=%s}{display=%s: %s}{enabled=true}{parent=%s}\n", number, c->id,
            c->id, c->summary, group);
    }
}

static void
list_arguments(enum inj_command command)
{
    unsigned n = 0;

    for (size_t i = 0; i < COUNT(arguments); i++)
        if (arguments[i].command == command)
            printf("arg {number=%u}{call=%s}{display=%s}%s\n", n++, arguments[i].call,
                arguments[i].display, arguments[i].form);
    n = 0;
    for (size_t i = 0; i < COUNT(arguments); i++)
        if (arguments[i].command == command) {
            if (strcmp(arguments[i].call, "--cases") == 0)
                list_cases(n);
            n++;
        }
}

/* The words of a command, which owns them. */
struct command_line {
    char **words;
    int n;
};

static void __attribute__((format(printf, 2, 3)))
add_word(struct command_line *line, const char *format, ...)
{
    va_list ap;

    line->words = realloc(line->words, ((size_t)line->n + 1) * sizeof(line->words[0]));
    va_start(ap, format);
    if (line->words == NULL || vasprintf(&line->words[line->n], format, ap) < 0) {
        inj_complain("out of memory");
        exit(INJ_UNSENT);
    }
    va_end(ap);
    line->n++;
}

/* "a,b": each a word. */
static void
add_cases(struct command_line *line, const char *list)
{
    bool any = false;

    for (const char *p = list; p != NULL && *p != '\0'; any = true) {
        const size_t n = strcspn(p, ",");

        add_word(line, "%.*s", (int)n, p);
        p += p[n] == ',' ? n + 1 : n;
    }
    if (!any)
        add_word(line, "all");
}

static void
add_argument(struct command_line *line, size_t i, const char *value)
{
    const char *call = arguments[i].call;

    if (strcmp(call, "--cases") == 0)
        add_cases(line, value);
    else if (value == NULL || value[0] == '\0')
        value = arguments[i].otherwise;
    if (value == NULL || strcmp(call, "--cases") == 0)
        return;
    if (strcmp(call, "--scenario") == 0)
        add_word(line, "%s", value);
    else
        add_word(line, "%s=%s", call, value);
}

/* Turn what Wireshark passes into a command that writes to its pipe. */
static enum inj_status
capture(int argc, char **argv, enum inj_command command, const char *fifo)
{
    /*
     * Wireshark 4.0 waits until the pipe is opened, even if we exit before that: open it first, so
     * that error messages are shown.  If the path does not exist, the command creates it.
     */
    const int pipe = open(fifo, O_WRONLY | O_CLOEXEC);
    struct command_line line = { NULL, 0 };
    struct inj_options o;
    enum inj_status status;

    add_word(&line, "%s", inj_command_name(command));
    for (size_t i = 0; i < COUNT(arguments); i++)
        if (arguments[i].command == command)
            add_argument(&line, i, find_argument(argc, argv, arguments[i].call));
    add_word(&line, "--write=%s", fifo);
    status = inj_options_parse(&o, line.n, line.words);
    if (status == INJ_DONE)
        status = command == INJ_CMD_CASE ? inj_case_command(&o) : inj_scenario_command(&o);
    inj_options_free(&o);
    while (line.n > 0)
        free(line.words[--line.n]);
    free(line.words);
    if (pipe >= 0)
        close(pipe);
    return status;
}

/* Wireshark closes its pipe when it has enough: not a failure. */
static void
end_quietly(int signal)
{
    (void)signal;
    _exit(INJ_DONE);
}

enum inj_status
inj_extcap(int argc, char **argv)
{
    const char *name = find_argument(argc, argv, "--extcap-interface");
    const char *fifo = find_argument(argc, argv, "--fifo");
    size_t i = 0;

    signal(SIGPIPE, end_quietly);
    inj_complain_aloud(
        false, true); /* Wireshark treats any output on standard error as a failure */
    if (has_switch(argc, argv, "--extcap-interfaces")) {
        list_interfaces();
        return INJ_DONE;
    }
    while (name != NULL && i < COUNT(interfaces) && strcmp(interfaces[i].name, name) != 0)
        i++;
    if (name == NULL || i == COUNT(interfaces)) {
        inj_complain("--extcap-interface: no interface '%s'; the interfaces are mipro-scenario and "
                     "mipro-cases",
            name != NULL ? name : "");
        return INJ_USAGE;
    }
    if (has_switch(argc, argv, "--extcap-dlts")) {
        puts("dlt {number=1}{name=EN10MB}{display=Ethernet}");
        return INJ_DONE;
    }
    if (has_switch(argc, argv, "--extcap-config")) {
        list_arguments(interfaces[i].command);
        return INJ_DONE;
    }
    if (has_switch(argc, argv, "--capture") && fifo != NULL)
        return capture(argc, argv, interfaces[i].command, fifo);
    if (find_argument(argc, argv, "--extcap-capture-filter") != NULL)
        return INJ_DONE; /* accept any filter: Wireshark calls us to validate it */
    inj_complain("--capture: no pipe given; give --fifo=FILE");
    return INJ_USAGE;
}
