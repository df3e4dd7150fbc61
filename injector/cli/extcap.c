/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/extcap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases/case.h"
#include "scenario/scenario.h"

#define MAX_ARGUMENTS 24

static const struct {
    const char *name;
    const char *display;
    enum inj_command command;
} interfaces[] = {
    { "mipro-scenario", "Mobile IP route optimization: a scenario", INJ_CMD_SCENARIO },
    { "mipro-cases", "Mobile IP route optimization: the catalogue of cases", INJ_CMD_CASE },
};

/* What the dialogue asks for; the scenario's file is an operand of its command. */
static const struct {
    enum inj_command command;
    const char *call; /* an option of ours, or --scenario */
    const char *display;
    const char *form;      /* of extcap */
    const char *otherwise; /* NULL: left out, if the user leaves it empty */
} arguments[] = {
    { INJ_CMD_SCENARIO, "--scenario", "Scenario",
        "{type=fileselect}{mustexist=true}{required=true}"
        "{fileext=Scenarios (*.scenario)}",
        NULL },
    { INJ_CMD_SCENARIO, "--keys", "Key file, if not the scenario's own",
        "{type=fileselect}{mustexist=true}", NULL },
    { INJ_CMD_SCENARIO, "--seed", "Seed", "{type=unsigned}{default=1}", NULL },
    { INJ_CMD_CASE, "--keys", "Key file", "{type=fileselect}{mustexist=true}{required=true}",
        NULL },
    { INJ_CMD_CASE, "--spi", "SPI", "{type=string}{default=0x1000}", "0x1000" },
    { INJ_CMD_CASE, "--source", "Source", "{type=string}{default=10.1.0.1}", "10.1.0.1" },
    { INJ_CMD_CASE, "--destination", "Destination (tested)", "{type=string}{default=192.0.2.7}",
        "192.0.2.7" },
    { INJ_CMD_CASE, "--seed", "Seed", "{type=unsigned}{default=1}", NULL },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

bool
inj_extcap_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--extcap-", 9) == 0 || strcmp(argv[i], "--capture") == 0)
            return true;
    return false;
}

/* The argument of an option, given as --name=value or --name value; NULL if it is not there. */
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

static void
list_interfaces(void)
{
    puts("extcap {version=1.0}{help=https://www.rfc-editor.org/}{display=mipro-inject}");
    for (size_t i = 0; i < COUNT(interfaces); i++)
        printf("interface {value=%s}{display=%s}\n", interfaces[i].name, interfaces[i].display);
}

static void
list_arguments(enum inj_command command)
{
    unsigned n = 0;

    for (size_t i = 0; i < COUNT(arguments); i++)
        if (arguments[i].command == command)
            printf("arg {number=%u}{call=%s}{display=%s}%s\n", n++, arguments[i].call,
                arguments[i].display, arguments[i].form);
}

/* Turn what Wireshark passes into a command that writes to its pipe. */
static enum inj_status
capture(int argc, char **argv, enum inj_command command, const char *fifo)
{
    char *words[MAX_ARGUMENTS];
    struct inj_options o;
    enum inj_status status;
    int n = 0;

    words[n++] = strdup(inj_command_name(command));
    if (command == INJ_CMD_CASE)
        words[n++] = strdup("all");
    for (size_t i = 0; i < COUNT(arguments); i++) {
        const char *value =
            arguments[i].command == command ? find_argument(argc, argv, arguments[i].call) : NULL;
        const bool is_operand = strcmp(arguments[i].call, "--scenario") == 0;

        if (arguments[i].command == command && (value == NULL || value[0] == '\0'))
            value = arguments[i].otherwise;
        if (value == NULL)
            continue;
        if (asprintf(&words[n], "%s%s%s", is_operand ? "" : arguments[i].call,
                is_operand ? "" : "=", value) < 0)
            return INJ_UNSENT;
        n++;
    }
    if (asprintf(&words[n], "--write=%s", fifo) < 0)
        return INJ_UNSENT;
    n++;
    status = inj_options_parse(&o, n, words);
    if (status == INJ_DONE)
        status = command == INJ_CMD_CASE ? inj_case_command(&o) : inj_scenario_command(&o);
    inj_options_free(&o);
    while (n > 0)
        free(words[--n]);
    return status;
}

/* Wireshark closes its pipe when it has enough: that is no failure. */
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
    inj_complain_aloud(false, true); /* Wireshark takes any word on standard error for a failure */
    if (has_switch(argc, argv, "--extcap-interfaces")) {
        list_interfaces();
        return INJ_DONE;
    }
    while (name != NULL && i < COUNT(interfaces) && strcmp(interfaces[i].name, name) != 0)
        i++;
    if (name == NULL || i == COUNT(interfaces)) {
        inj_complain("--extcap-interface: '%s' is none; there are mipro-scenario and mipro-cases",
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
        return INJ_DONE; /* any filter will do: Wireshark validates one by asking for it */
    inj_complain("--capture: its pipe is missing; give --fifo=FILE");
    return INJ_USAGE;
}
