/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro-inject - craft messages of Mobile IP route optimization, and send them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cases/case.h"
#include "cli/extcap.h"
#include "cases/fuzz.h"
#include "commands/message.h"
#include "cli/options.h"
#include "respond/respond.h"
#include "scenario/scenario.h"

static enum inj_status
run(const struct inj_options *o)
{
    switch (o->command) {
    case INJ_CMD_WARNING:
    case INJ_CMD_REQUEST:
    case INJ_CMD_UPDATE:
    case INJ_CMD_ACKNOWLEDGE:
    case INJ_CMD_REGISTRATION:
    case INJ_CMD_REPLY:
    case INJ_CMD_ADVERTISEMENT:
    case INJ_CMD_DATA:
        return inj_message_command(o);
    case INJ_CMD_CASES:
        return inj_cases_command(o);
    case INJ_CMD_CASE:
        return inj_case_command(o);
    case INJ_CMD_FUZZ:
        return inj_fuzz_command(o);
    case INJ_CMD_TEST:
        return inj_test_command(o);
    case INJ_CMD_RESPOND:
        return inj_respond_command(o);
    case INJ_CMD_SCENARIO:
        return inj_scenario_command(o);
    case INJ_COMMANDS:
        break;
    }
    return INJ_USAGE;
}

static enum inj_status
show_help(enum inj_command command)
{
    inj_help(command);
    return inj_printed() ? INJ_DONE : INJ_UNSENT;
}

/* "help", "help COMMAND" */
static enum inj_status
help_on(int argc, char **argv)
{
    if (argc < 3)
        return show_help(INJ_COMMANDS);
    if (inj_command_by_name(argv[2]) != INJ_COMMANDS)
        return show_help(inj_command_by_name(argv[2]));
    inj_complain_of_command(argv[2]);
    return INJ_USAGE;
}

static bool
is_word(const char *text, const char *brief, const char *full)
{
    return strcmp(text, brief) == 0 || strcmp(text, full) == 0;
}

/*
 * If a standard stream is closed, no file or socket opened later may get its descriptor, since what
 * is printed would go into that file or onto the wire.  Reading from 0 and writing to 1 remain
 * errors.
 */
static void
occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            (void)open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

int
main(int argc, char **argv)
{
    struct inj_options o;
    enum inj_status status;

    occupy_streams();
    if (argc < 2) {
        fputs("usage: mipro-inject COMMAND [OPTIONS] --write=FILE | --interface=IF\n"
              "       mipro-inject --help\n",
            stderr);
        return INJ_USAGE;
    }
    if (inj_extcap_wanted(argc, argv)) {
        status = inj_extcap(argc, argv);
        return (int)(status == INJ_DONE && !inj_printed() ? INJ_UNSENT : status);
    }
    if (is_word(argv[1], "-V", "--version") || strcmp(argv[1], "version") == 0) {
        puts("mipro-inject " MIPRO_VERSION);
        return inj_printed() ? INJ_DONE : INJ_UNSENT;
    }
    if (is_word(argv[1], "-h", "--help"))
        return (int)show_help(INJ_COMMANDS);
    if (strcmp(argv[1], "help") == 0)
        return (int)help_on(argc, argv);
    if (strcmp(argv[1], "--list-options") == 0) {
        inj_list_options();
        return inj_printed() ? INJ_DONE : INJ_UNSENT;
    }
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_word(argv[i], "-h", "--help") && inj_command_by_name(argv[1]) != INJ_COMMANDS)
            return (int)show_help(inj_command_by_name(argv[1]));
    status = inj_options_read(&o, argc - 1, argv + 1);
    /* Wrong names are reported before missing options. */
    if (status == INJ_DONE && !inj_names_exist(&o))
        status = INJ_USAGE;
    if (status == INJ_DONE)
        status = inj_options_complete(&o);
    if (status == INJ_DONE)
        status = run(&o);
    inj_options_free(&o);
    return (int)status;
}
