/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the command line: one table of commands, one of options.
 *
 * Parsing, --help and the check of the man page all follow the tables in
 * options.c.  An option that a command does not know, a value out of range, or
 * options.c.  An option that a command does not have, a value out of range, or
 * one that contradicts another is refused, naming the word and the remedy, before
 */
#ifndef INJ_OPTIONS_H
#define INJ_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/values.h"

/* Exit status, as returned by a command. */
enum inj_status {
    INJ_DONE = 0,
    INJ_FAILED = 1, /* test: some case failed */
    INJ_USAGE = 2,  /* usage, key file, no fitting association, privilege */
    INJ_UNSENT = 3  /* sending or writing failed */
};

enum inj_command {
    INJ_CMD_WARNING,
    INJ_CMD_REQUEST,
    INJ_CMD_UPDATE,
    INJ_CMD_ACKNOWLEDGE,
    INJ_CMD_REGISTRATION,
    INJ_CMD_REPLY,
    INJ_CMD_ADVERTISEMENT,
    INJ_CMD_DATA,
    INJ_CMD_CASES,
    INJ_CMD_CASE,
    INJ_CMD_FUZZ,
    INJ_CMD_SCENARIO,
    INJ_CMD_TEST,
    INJ_CMD_RESPOND,
    INJ_COMMANDS
};

enum inj_option {
    INJ_OPT_HOME,
    INJ_OPT_HOME_AGENT,
    INJ_OPT_CARE_OF,
    INJ_OPT_CARE_OF_LIST,
    INJ_OPT_TARGET,
    INJ_OPT_LIFETIME,
    INJ_OPT_FLAGS,
    INJ_OPT_IDENT,
    INJ_OPT_STATUS,
    INJ_OPT_CODE,
    INJ_OPT_SEQUENCE,
    INJ_OPT_PREVIOUS_AGENT,
    INJ_OPT_NEW_CARE_OF,
    INJ_OPT_CACHE_LIFETIME,
    INJ_OPT_PFAN_SPI,
    INJ_OPT_FOREIGN_SPI,
    INJ_OPT_PFAN_READING,
    INJ_OPT_WARN,
    INJ_OPT_CHALLENGE,
    INJ_OPT_LENGTH,
    INJ_OPT_SOURCE,
    INJ_OPT_DESTINATION,
    INJ_OPT_SOURCE_PORT,
    INJ_OPT_DESTINATION_PORT,
    INJ_OPT_TTL,
    INJ_OPT_TUNNEL,
    INJ_OPT_KEYS,
    INJ_OPT_SPI,
    INJ_OPT_SET_SIGNED,
    INJ_OPT_SET,
    INJ_OPT_DRAFT,
    INJ_OPT_WARNING_EXT,
    INJ_OPT_SEED,
    INJ_OPT_COUNT,
    INJ_OPT_RATE,
    INJ_OPT_DURATION,
    INJ_OPT_WRITE,
    INJ_OPT_START,
    INJ_OPT_INTERFACE,
    INJ_OPT_MAC,
    INJ_OPT_MTU,
    INJ_OPT_NUMBER,
    INJ_OPT_JSON,
    INJ_OPT_ROLE,
    INJ_OPT_TIMEOUT,
    INJ_OPT_NAI,
    INJ_OPT_ADVERTISE,
    INJ_OPT_ALLOW,
    INJ_OPT_SPOOF,
    INJ_OPT_JUNIT,
    INJ_OPT_HTML,
    INJ_OPT_EXPECT,
    INJ_OPT_WRITE_EXPECT,
    INJ_OPT_RETRY,
    INJ_OPT_PCAP,
    INJ_OPT_REPLAY,
    INJ_OPT_PROFILE,
    INJ_OPT_UPDATE_RATE,
    INJ_OPT_FAULT,
    INJ_OPT_LIST_FAULTS,
    INJ_OPT_WINDOW,
    INJ_OPT_REVIVE,
    INJ_OPT_REQUIREMENTS,
    INJ_OPTIONS
};

#define INJ_MAX_LIST 366 /* one more than the targets that fit in an Ethernet frame */

/* The value given for one option.  Texts are borrowed from the argument vector. */
struct inj_value {
    bool given;
    const char *text; /* as given; the last one if given more than once */
    uint64_t number;  /* a number, an address, a lifetime */
    double decimal;   /* seconds, a rate */
    int64_t time;     /* nanoseconds since 1970 */
    uint32_t *list;   /* addresses */
    size_t n_list;
    const char **words; /* all texts of an option that may be given more than once */
    size_t n_words;
};

struct inj_options {
    enum inj_command command;
    struct inj_value value[INJ_OPTIONS];
    const char **operands; /* arguments that are not options: IDs, a file */
    size_t n_operands;
};

/* Set *o from argv (the command's word first).  INJ_DONE, or INJ_USAGE after reporting an error. */
enum inj_status inj_options_parse(struct inj_options *o, int argc, char **argv);
/* The same in two steps: read the options; check that none is missing or excludes another. */
enum inj_status inj_options_read(struct inj_options *o, int argc, char **argv);
enum inj_status inj_options_complete(const struct inj_options *o);
void inj_options_free(struct inj_options *o);

/* INJ_COMMANDS if no command has this name. */
enum inj_command inj_command_by_name(const char *name);
void inj_complain_of_command(const char *word); /* no command has this name */
const char *inj_command_name(enum inj_command command);
/* Does the command have an option of this name (n octets, without dashes)? */
bool inj_command_knows(enum inj_command command, const char *name, size_t n);
const char *inj_option_name(enum inj_option option); /* "--care-of" */
void inj_help(enum inj_command command); /* to standard output; INJ_COMMANDS: all of them */
/* Print every option once, one per line: for the check of the man page. */
void inj_list_options(void);

static inline bool
inj_given(const struct inj_options *o, enum inj_option option)
{
    return o->value[option].given;
}

/* The number given, or the default. */
static inline uint64_t
inj_number(const struct inj_options *o, enum inj_option option, uint64_t otherwise)
{
    return o->value[option].given ? o->value[option].number : otherwise;
}

/* Print "mipro-inject: ..." and a newline on standard error. */
void inj_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/*
 * From now on messages refer to this line of a file, whose words are options
 * without their dashes; NULL: to the command line.
 */
void inj_complain_about(const char *file, unsigned line);
/* Was all output written to standard output?  If not, report it. */
bool inj_printed(void);
/* Choose whether warnings (messages that begin with "warning:"), and whether any messages, are
 * printed. */
void inj_complain_aloud(bool warnings, bool anything);

#endif
