/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mipro_keys.h"
#include "mipro_text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* How an argument is read. */
enum kind {
    KIND_SWITCH, /* no argument */
    KIND_TEXT,
    KIND_LETTERS, /* a text that may be empty */
    KIND_WORDS,   /* a text; may be given more than once */
    KIND_NUMBER,
    KIND_LIFETIME, /* a number, or "infinity" */
    KIND_ADDRESS,
    KIND_ADDRESSES, /* separated by commas */
    KIND_DECIMAL,
    KIND_TIME
};

#define BIT(command) (1u << INJ_CMD_##command)
#define MESSAGES                                                                                   \
    (BIT(WARNING) | BIT(REQUEST) | BIT(UPDATE) | BIT(ACKNOWLEDGE) | BIT(REGISTRATION) |            \
        BIT(REPLY) | BIT(ADVERTISEMENT) | BIT(DATA))
#define ABOUT_A_NODE (MESSAGES & ~(BIT(ADVERTISEMENT) | BIT(DATA)))
#define SENDING (MESSAGES | BIT(CASE) | BIT(FUZZ) | BIT(SCENARIO))
#define CASES (BIT(CASE) | BIT(FUZZ) | BIT(TEST))
#define IDENTIFIED (BIT(REQUEST) | BIT(UPDATE) | BIT(ACKNOWLEDGE) | BIT(REGISTRATION) | BIT(REPLY))

struct option_def {
    const char *name;
    const char *argument;
    enum kind kind;
    uint64_t min, max; /* of a number; max of a decimal */
    unsigned commands; /* which have it */
    unsigned required; /* which require it */
    const char *help;
};

/* clang-format off */

static const struct {
    const char *name;
    const char *operands;
    const char *text;
} commands[INJ_COMMANDS] = {
    [INJ_CMD_WARNING]       = { "warning",       "",        "send a Binding Warning" },
    [INJ_CMD_REQUEST]       = { "request",       "",        "send a Binding Request" },
    [INJ_CMD_UPDATE]        = { "update",        "",        "send a Binding Update" },
    [INJ_CMD_ACKNOWLEDGE]   = { "acknowledge",   "",        "send a Binding Acknowledge" },
    [INJ_CMD_REGISTRATION]  = { "registration",  "",        "send a Registration Request" },
    [INJ_CMD_REPLY]         = { "reply",         "",        "send a Registration Reply" },
    [INJ_CMD_ADVERTISEMENT] = { "advertisement", "",        "send a Mobility Agent Advertisement" },
    [INJ_CMD_DATA]          = { "data",          "",        "send a plain UDP datagram, such as a tunnel carries" },
    [INJ_CMD_CASES]         = { "cases",         "",        "list the malformed and borderline cases" },
    [INJ_CMD_CASE]          = { "case",          " ID...",  "send the named cases, or all" },
    [INJ_CMD_FUZZ]          = { "fuzz",          "",        "send valid messages with pseudo-random mutations" },
    [INJ_CMD_SCENARIO]      = { "scenario",      " FILE",   "play an exchange that a file describes" },
    [INJ_CMD_TEST]          = { "test",          " [ID...]", "run cases against an implementation and judge its answers" },
    [INJ_CMD_RESPOND]       = { "respond",       "",        "act as a node to be tested, correct or with one fault" },
};

static const struct option_def options[INJ_OPTIONS] = {
    /*                           name                argument     kind            min max                  commands                                              required                                                              help */
    [INJ_OPT_HOME]             = { "home",             "ADDR",      KIND_ADDRESS,   0, 0,                    ABOUT_A_NODE | CASES | BIT(RESPOND),                  ABOUT_A_NODE,                                                         "home address of the mobile node" },
    [INJ_OPT_HOME_AGENT]       = { "home-agent",       "ADDR",      KIND_ADDRESS,   0, 0,                    BIT(REGISTRATION) | BIT(REPLY) | CASES | BIT(RESPOND), BIT(REGISTRATION) | BIT(REPLY),                                       "its home agent" },
    [INJ_OPT_CARE_OF]          = { "care-of",          "ADDR",      KIND_ADDRESS,   0, 0,                    BIT(UPDATE) | BIT(REGISTRATION) | CASES,              BIT(UPDATE) | BIT(REGISTRATION),                                      "its care-of address" },
    [INJ_OPT_CARE_OF_LIST]     = { "care-of",          "ADDR[,...]", KIND_ADDRESSES, 0, 0,                   BIT(ADVERTISEMENT),                                   0,                                                                    "care-of addresses that the agent offers" },
    [INJ_OPT_TARGET]           = { "target",           "ADDR[,...]", KIND_ADDRESSES, 0, 0,                   BIT(WARNING),                                         BIT(WARNING),                                                         "nodes that should learn the binding" },
    [INJ_OPT_LIFETIME]         = { "lifetime",         "S",         KIND_LIFETIME,  0, 0xffff,               BIT(UPDATE) | BIT(REGISTRATION) | BIT(REPLY) | BIT(ADVERTISEMENT) | BIT(TEST), BIT(UPDATE) | BIT(REGISTRATION) | BIT(REPLY) | BIT(ADVERTISEMENT), "lifetime in seconds, or infinity (test: of valid messages)" },
    [INJ_OPT_FLAGS]            = { "flags",            "LETTERS",   KIND_LETTERS,   0, 0,                    BIT(UPDATE) | BIT(REGISTRATION) | BIT(ADVERTISEMENT) | BIT(TEST), BIT(ADVERTISEMENT),                                                   "flags to set: update AIMG; registration SBDMGVP; advertisement RBHFMGVTS; test: those of the control message" },
    [INJ_OPT_IDENT]            = { "ident",            "N",         KIND_NUMBER,    0, UINT64_MAX,           IDENTIFIED,                                           0,                                                                    "identification; in an update it sets I (where one is needed: from the seed)" },
    [INJ_OPT_STATUS]           = { "status",           "N",         KIND_NUMBER,    0, 255,                  BIT(ACKNOWLEDGE),                                     BIT(ACKNOWLEDGE),                                                     "0 accepts; 128-131, 133 and 134 refuse" },
    [INJ_OPT_CODE]             = { "code",             "N",         KIND_NUMBER,    0, 255,                  BIT(REPLY),                                           BIT(REPLY),                                                           "0 or 1 grants; anything else denies" },
    [INJ_OPT_SEQUENCE]         = { "sequence",         "N",         KIND_NUMBER,    0, 0xffff,               BIT(ADVERTISEMENT),                                   0,                                                                    "sequence number of the first advertisement; it then counts up (0)" },
    [INJ_OPT_PREVIOUS_AGENT]   = { "previous-agent",   "ADDR",      KIND_ADDRESS,   0, 0,                    BIT(REGISTRATION) | CASES,                            0,                                                                    "the previous foreign agent; a registration gets a notification to it" },
    [INJ_OPT_NEW_CARE_OF]      = { "new-care-of",      "ADDR",      KIND_ADDRESS,   0, 0,                    BIT(REGISTRATION),                                    0,                                                                    "new care-of address in the notification (--care-of)" },
    [INJ_OPT_CACHE_LIFETIME]   = { "cache-lifetime",   "S",         KIND_LIFETIME,  0, 0xffff,               BIT(REGISTRATION),                                    0,                                                                    "cache lifetime in the notification (--lifetime)" },
    [INJ_OPT_PFAN_SPI]         = { "pfan-spi",         "N",         KIND_NUMBER,    0, UINT32_MAX,           BIT(REGISTRATION),                                    0,                                                                    "SPI of the notification, between mobile node and previous agent (--spi)" },
    [INJ_OPT_FOREIGN_SPI]      = { "foreign-spi",      "N",         KIND_NUMBER,    0, UINT32_MAX,           BIT(TEST),                                            0,                                                                    "sign valid registrations to a new agent by extension 33, and those to a home agent by 34, with the association that has this SPI" },
    [INJ_OPT_PFAN_READING]     = { "pfan-reading",     "WORDS",     KIND_TEXT,      0, 0,                    BIT(REGISTRATION),                                    0,                                                                    "what the notification's authenticator covers, if not the default: any of I=0|1 M=0|1 G=0|1 body|body-type-length" },
    [INJ_OPT_WARN]             = { "warn",             "ADDR[,...]", KIND_ADDRESSES, 0, 0,                   BIT(REGISTRATION),                                    0,                                                                    "append a Binding Warning extension for these targets" },
    [INJ_OPT_CHALLENGE]        = { "challenge",        "HEX",       KIND_LETTERS,   0, 0,                    BIT(REGISTRATION) | BIT(REPLY) | BIT(ADVERTISEMENT),  0,                                                                    "append a challenge of these octets (extension 132, in an advertisement 24; RFC 4721)" },
    [INJ_OPT_LENGTH]           = { "length",           "N",         KIND_NUMBER,    0, 65507,                BIT(DATA),                                            0,                                                                    "octets of UDP payload (32)" },
    [INJ_OPT_SOURCE]           = { "source",           "ADDR",      KIND_ADDRESS,   0, 0,                    ((SENDING | BIT(TEST)) & ~BIT(SCENARIO)) | BIT(RESPOND), (SENDING | BIT(TEST)) & ~BIT(SCENARIO),                               "IP source" },
    [INJ_OPT_DESTINATION]      = { "destination",      "ADDR",      KIND_ADDRESS,   0, 0,                    (SENDING | BIT(TEST)) & ~BIT(SCENARIO),               (SENDING | BIT(TEST)) & ~BIT(SCENARIO) & ~BIT(ADVERTISEMENT),         "IP destination (advertisement: 224.0.0.1)" },
    [INJ_OPT_SOURCE_PORT]      = { "source-port",      "N",         KIND_NUMBER,    0, 0xffff,               MESSAGES & ~BIT(ADVERTISEMENT),                       0,                                                                    "UDP source port (434; data: 5001)" },
    [INJ_OPT_DESTINATION_PORT] = { "destination-port", "N",         KIND_NUMBER,    0, 0xffff,               MESSAGES & ~BIT(ADVERTISEMENT),                       0,                                                                    "UDP destination port (434; data: 5001)" },
    [INJ_OPT_TTL]              = { "ttl",              "N",         KIND_NUMBER,    0, 255,                  MESSAGES,                                             0,                                                                    "time to live (64; advertisement: 1)" },
    [INJ_OPT_TUNNEL]           = { "tunnel",           "KIND,SRC,DST", KIND_WORDS,  0, 0,                    MESSAGES,                                             0,                                                                    "send through a tunnel; KIND is ipip, minimal or gre; repeat for a tunnel around that one" },
    [INJ_OPT_KEYS]             = { "keys",             "FILE",      KIND_TEXT,      0, 0,                    ABOUT_A_NODE | CASES | BIT(SCENARIO) | BIT(RESPOND),  BIT(CASE) | BIT(TEST) | BIT(FUZZ),                                    "mobility security associations; see mipro-keys(5)" },
    [INJ_OPT_SPI]              = { "spi",              "N",         KIND_NUMBER,    0, UINT32_MAX,           ABOUT_A_NODE | CASES,                                 CASES,                                                                "sign with the association that has this SPI: extension 35; in a registration or reply 32, or 36 with SPI 2 (CHAP)" },
    [INJ_OPT_SET_SIGNED]       = { "set-signed",       "FIELD=VALUE", KIND_WORDS,   0, 0,                    MESSAGES & ~BIT(DATA),                                0,                                                                    "replace a field's octets before the authenticator is computed" },
    [INJ_OPT_SET]              = { "set",              "FIELD=VALUE", KIND_WORDS,   0, 0,                    MESSAGES,                                             0,                                                                    "replace a field's octets after the authenticator was computed" },
    [INJ_OPT_DRAFT]            = { "draft",            "08|09|11",  KIND_TEXT,      0, 0,                    (MESSAGES & ~BIT(DATA)) | BIT(CASES) | CASES | BIT(SCENARIO) | BIT(RESPOND), 0,                                                                   "version of the draft (08)" },
    [INJ_OPT_WARNING_EXT]      = { "warning-ext",      "N",         KIND_NUMBER,    0, 255,                  (MESSAGES & ~BIT(DATA)) | CASES | BIT(SCENARIO) | BIT(RESPOND), 0,                                                                    "type of the Binding Warning extension (16)" },
    [INJ_OPT_SEED]             = { "seed",             "N",         KIND_NUMBER,    0, UINT64_MAX,           SENDING | BIT(TEST),                                  0,                                                                    "seed of everything that is not given (1)" },
    [INJ_OPT_COUNT]            = { "count",            "N",         KIND_NUMBER,    1, UINT64_MAX,           MESSAGES | BIT(FUZZ),                                 0,                                                                    "number of messages (1; with --duration: rate times duration)" },
    [INJ_OPT_RATE]             = { "rate",             "PPS",       KIND_DECIMAL,   0, 1000000000,           SENDING & ~BIT(SCENARIO),                             0,                                                                    "packets per second (in a file 1; live as fast as the interface takes them)" },
    [INJ_OPT_DURATION]         = { "duration",         "S",         KIND_DECIMAL,   0, 100000000,            MESSAGES | BIT(FUZZ),                                 0,                                                                    "stop after this many seconds" },
    [INJ_OPT_WRITE]            = { "write",            "FILE",      KIND_TEXT,      0, 0,                    SENDING,                                              0,                                                                    "write a pcap file, or pcapng if the name says so; - is standard output; needs no privilege" },
    [INJ_OPT_START]            = { "start",            "TIME",      KIND_TIME,      0, 0,                    SENDING,                                              0,                                                                    "time of the first packet in a file, RFC 3339 (1999-02-25T12:00:00Z)" },
    [INJ_OPT_INTERFACE]        = { "interface",        "IF",        KIND_TEXT,      0, 0,                    SENDING | BIT(TEST),                                  BIT(TEST),                                                            "send live on this interface and no other; needs CAP_NET_RAW" },
    [INJ_OPT_MAC]              = { "destination-mac",  "MAC",       KIND_TEXT,      0, 0,                    SENDING | BIT(TEST),                                  0,                                                                    "next hop on the link (the kernel's neighbour table, else broadcast)" },
    [INJ_OPT_MTU]              = { "mtu",              "N",         KIND_NUMBER,    68, 65535,               SENDING,                                              0,                                                                    "fragment longer packets (the interface's MTU; in a file 1500)" },
    [INJ_OPT_NUMBER]           = { "number",           "N",         KIND_NUMBER,    0, UINT64_MAX,           BIT(FUZZ),                                            0,                                                                    "the number of the first mutation (0)" },
    [INJ_OPT_JSON]             = { "json",             NULL,        KIND_SWITCH,    0, 0,                    BIT(CASES),                                           0,                                                                    "print one JSON array of objects" },
    [INJ_OPT_ROLE]             = { "role",             "ROLE",      KIND_TEXT,      0, 0,                    BIT(TEST) | BIT(RESPOND),                             0,                                                                    "role of the tested node: correspondent, previous-agent, new-agent, home-agent, mobile-node (correspondent)" },
    [INJ_OPT_TIMEOUT]          = { "timeout",          "S",         KIND_DECIMAL,   0, 3600,                 BIT(TEST),                                            0,                                                                    "how long to wait for an answer (1)" },
    [INJ_OPT_NAI]              = { "nai",              "NAI",       KIND_TEXT,      0, 0,                    BIT(TEST) | BIT(REGISTRATION) | BIT(REPLY),           0,                                                                    "network access identifier of the mobile node, in registrations (RFC 2794)" },
    [INJ_OPT_ADVERTISE]        = { "advertise",        NULL,        KIND_SWITCH,    0, 0,                    BIT(TEST),                                            0,                                                                    "send advertisements to 224.0.0.1 and 255.255.255.255 as well" },
    [INJ_OPT_ALLOW]            = { "allow",            "PREFIX",    KIND_WORDS,     0, 0,                    BIT(TEST),                                            0,                                                                    "addresses that packets may be sent to (--destination alone)" },
    [INJ_OPT_SPOOF]            = { "spoof",            NULL,        KIND_SWITCH,    0, 0,                    BIT(TEST),                                            0,                                                                    "allow source addresses that the interface does not have" },
    [INJ_OPT_JUNIT]            = { "junit",            "FILE",      KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "write a JUnit report" },
    [INJ_OPT_HTML]             = { "html",             "FILE",      KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "write the report as an HTML page" },
    [INJ_OPT_EXPECT]           = { "expect",           "FILE",      KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "known failures: they do not fail the run, unless they pass" },
    [INJ_OPT_WRITE_EXPECT]     = { "write-expect",     "FILE",      KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "write the results of this run for --expect" },
    [INJ_OPT_RETRY]            = { "retry",            "N",         KIND_NUMBER,    0, 100,                  BIT(TEST),                                            0,                                                                    "repeat a case that fails or is inconclusive up to N times; it is flaky if the results differ (0)" },
    [INJ_OPT_PCAP]             = { "pcap",             "DIR",       KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "write a capture of each case, with comments (pcapng)" },
    [INJ_OPT_REPLAY]           = { "replay",           "ID",        KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "run this case alone, with the same octets as in the whole run, and show each message" },
    [INJ_OPT_PROFILE]          = { "profile",          "PROFILE",   KIND_TEXT,      0, 0,                    BIT(TEST),                                            0,                                                                    "which reading is correct where the draft is open: draft, rfc3344 or body-only (by the association)" },
    [INJ_OPT_UPDATE_RATE]      = { "update-rate",      "N/S",       KIND_TEXT,      0, 0,                    BIT(TEST) | BIT(RESPOND),                             0,                                                                    "rate limit of the tested node: messages to one node about one binding, per seconds (5/10)" },
    [INJ_OPT_FAULT]            = { "fault",            "NAME",     KIND_TEXT,      0, 0,                    BIT(RESPOND),                                         0,                                                                    "the one thing to do wrong (none)" },
    [INJ_OPT_LIST_FAULTS]      = { "list-faults",      NULL,       KIND_SWITCH,    0, 0,                    BIT(RESPOND),                                         0,                                                                    "list the faults, and the roles in which they show" },
    [INJ_OPT_WINDOW]           = { "window",           "S",        KIND_DECIMAL,   0, 1000000,              BIT(TEST) | BIT(RESPOND),                             0,                                                                    "how many seconds a timestamp may differ from the clock of the node (7)" },
    [INJ_OPT_REVIVE]           = { "revive",           "S",        KIND_DECIMAL,   0, 3600,                 BIT(RESPOND),                                         0,                                                                    "seconds after which a node that crashed because of its fault restarts (1)" },
    [INJ_OPT_REQUIREMENTS]     = { "requirements",     NULL,       KIND_SWITCH,    0, 0,                    BIT(CASES) | BIT(TEST),                               0,                                                                    "cases: list the requirements and what tests them; test: report after the run what it showed about each" },
};
/* clang-format on */

enum inj_command
inj_command_by_name(const char *name)
{
    size_t i = 0;

    while (i < INJ_COMMANDS && strcmp(commands[i].name, name) != 0)
        i++;
    return (enum inj_command)i;
}

const char *
inj_command_name(enum inj_command command)
{
    return commands[command].name;
}

bool
inj_command_knows(enum inj_command command, const char *name, size_t n)
{
    for (size_t i = 0; i < INJ_OPTIONS; i++)
        if ((options[i].commands >> command & 1) != 0 && strlen(options[i].name) == n &&
            strncmp(options[i].name, name, n) == 0)
            return true;
    return false;
}

const char *
inj_option_name(enum inj_option option)
{
    static char text[INJ_OPTIONS][24];

    snprintf(text[option], sizeof(text[option]), "--%s", options[option].name);
    return text[option];
}

static void
print_option(const struct option_def *d, bool required)
{
    char word[64];

    snprintf(word, sizeof(word), "--%s%s%s", d->name, d->argument != NULL ? "=" : "",
        d->argument != NULL ? d->argument : "");
    printf("  %-27s %s%s\n", word, d->help, required ? " (required)" : "");
}

void
inj_help(enum inj_command command)
{
    if (command == INJ_COMMANDS) {
        puts("usage: mipro-inject COMMAND [OPTIONS] --write=FILE | --interface=IF\n"
             "\n"
             "Craft messages of Mobile IP route optimization, valid and invalid; write them to\n"
             "a capture file, or send them on an interface.\n");
        for (size_t i = 0; i < INJ_COMMANDS; i++)
            printf("  %-14s %s\n", commands[i].name, commands[i].text);
        puts("\nmipro-inject COMMAND --help, or help COMMAND, lists the options of a command.\n"
             "  -h, --help, help        this text\n"
             "  -V, --version, version  the version");
    } else {
        printf("usage: mipro-inject %s%s [OPTIONS]\n\n%c%s.\n\n", commands[command].name,
            commands[command].operands, toupper((unsigned char)commands[command].text[0]),
            commands[command].text + 1);
        for (size_t i = 0; i < INJ_OPTIONS; i++)
            if ((options[i].commands >> command & 1) != 0)
                print_option(&options[i], (options[i].required >> command & 1) != 0);
    }
    puts("\nExit status: 0 done (test: all passed), 1 test: some failed, 2 usage, key file, no\n"
         "fitting association, or privilege, 3 sending or writing failed.");
}

void
inj_list_options(void)
{
    for (size_t i = 0; i < INJ_OPTIONS; i++)
        printf("--%s%s%s\n", options[i].name, options[i].argument != NULL ? "=" : "",
            options[i].argument != NULL ? options[i].argument : "");
}

static bool
parse_addresses(const struct option_def *d, struct inj_value *v)
{
    char word[INET_ADDRSTRLEN];
    const char *p = v->text;

    v->list = calloc(INJ_MAX_LIST, sizeof(*v->list));
    if (v->list == NULL)
        return false;
    for (;;) {
        size_t n = strcspn(p, ",");

        if (v->n_list == INJ_MAX_LIST) {
            inj_complain("--%s: more than %d addresses", d->name, INJ_MAX_LIST);
            return false;
        }
        snprintf(word, sizeof(word), "%.*s", (int)n, p);
        if (n >= sizeof(word) || !inj_parse_address(word, &v->list[v->n_list++])) {
            inj_complain("--%s: '%.*s' is not an IPv4 address; give one, or several "
                         "separated by commas",
                d->name, (int)n, p);
            return false;
        }
        if (p[n] == '\0')
            return true;
        p += n + 1;
    }
}

/* Parse v->text as the row says; false after reporting an error. */
static bool
parse_value(const struct option_def *d, struct inj_value *v)
{
    uint32_t addr;

    switch (d->kind) {
    case KIND_SWITCH:
    case KIND_LETTERS:
        return true;
    case KIND_TEXT:
    case KIND_WORDS:
        if (v->text[0] != '\0')
            return true;
        inj_complain("--%s: has no value; give %s", d->name, d->argument);
        return false;
    case KIND_LIFETIME:
        if (strcmp(v->text, "infinity") == 0) {
            v->number = MIPRO_LIFE_INFINITE;
            return true;
        }
        if (inj_parse_number(v->text, d->max, &v->number))
            return true;
        inj_complain("--%s: '%s' is neither a number of seconds from 0 to 65535 nor infinity",
            d->name, v->text);
        return false;
    case KIND_NUMBER:
        if (inj_parse_number(v->text, d->max, &v->number) && v->number >= d->min)
            return true;
        inj_complain(
            "--%s: '%s' is not a number from %llu to %llu (decimal, or hexadecimal with 0x)",
            d->name, v->text, (unsigned long long)d->min, (unsigned long long)d->max);
        return false;
    case KIND_ADDRESS:
        if (inj_parse_address(v->text, &addr)) {
            v->number = addr;
            return true;
        }
        inj_complain("--%s: '%s' is not an IPv4 address such as 192.0.2.7", d->name, v->text);
        return false;
    case KIND_ADDRESSES:
        return parse_addresses(d, v);
    case KIND_DECIMAL:
        if (inj_parse_decimal(v->text, (double)d->max, &v->decimal) && v->decimal > 0)
            return true;
        inj_complain("--%s: '%s' is not a number greater than 0 and up to %llu", d->name, v->text,
            (unsigned long long)d->max);
        return false;
    case KIND_TIME:
        if (inj_parse_time(v->text, &v->time))
            return true;
        inj_complain("--%s: '%s' is not a time from 1970 to 2106, such as 1999-02-25T12:00:00Z",
            d->name, v->text);
        return false;
    }
    return false;
}

/* The command's option with this name of n octets; reports an error if there is none. */
static enum inj_option
find_option(enum inj_command command, const char *name, size_t n)
{
    struct mipro_guess guess = { .word = name, .n = n };
    bool elsewhere = false;

    for (size_t i = 0; i < INJ_OPTIONS; i++) {
        const bool known = (options[i].commands >> command & 1) != 0;

        if (strlen(options[i].name) == n && memcmp(options[i].name, name, n) == 0) {
            if (known)
                return (enum inj_option)i;
            elsewhere = true;
        } else if (known) {
            mipro_guess_try(&guess, options[i].name);
        }
    }
    if (guess.meant != NULL && !elsewhere)
        inj_complain("--%.*s: no such option; did you mean --%s?", (int)n, name, guess.meant);
    else
        inj_complain("--%.*s: %s; 'mipro-inject %s --help' lists its options", (int)n, name,
            elsewhere ? "not an option of this command" : "no such option", commands[command].name);
    return INJ_OPTIONS;
}

static bool
take_option(struct inj_options *o, int argc, char **argv, int *at)
{
    const char *word = argv[*at] + 2;
    size_t n = strcspn(word, "=");
    enum inj_option option = find_option(o->command, word, n);
    const struct option_def *d = &options[option];
    struct inj_value *v;

    if (option == INJ_OPTIONS)
        return false;
    v = &o->value[option];
    if (v->given && d->kind != KIND_WORDS) {
        inj_complain("--%s: given twice; give it once", d->name);
        return false;
    }
    if (d->argument == NULL && word[n] == '=') {
        inj_complain("--%s: takes no value; omit '%s'", d->name, word + n);
        return false;
    }
    if (d->argument != NULL) {
        if (word[n] == '=') {
            v->text = word + n + 1;
        } else if (*at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0) {
            v->text = argv[++*at];
        } else {
            inj_complain("--%s: has no value; give --%s=%s", d->name, d->name, d->argument);
            return false;
        }
    }
    v->given = true;
    if (!parse_value(d, v))
        return false;
    if (d->kind == KIND_WORDS) {
        const char **more = realloc(v->words, (v->n_words + 1) * sizeof(*more));

        if (more == NULL)
            return false;
        v->words = more;
        v->words[v->n_words++] = v->text;
    }
    return true;
}

static bool
complete(const struct inj_options *o)
{
    const unsigned bit = 1u << o->command;

    for (size_t i = 0; i < INJ_OPTIONS; i++)
        if ((options[i].required & bit) != 0 && !o->value[i].given) {
            inj_complain("%s: --%s is missing; give --%s=%s (%s)", commands[o->command].name,
                options[i].name, options[i].name, options[i].argument, options[i].help);
            return false;
        }
    if ((bit & SENDING) != 0 && inj_given(o, INJ_OPT_WRITE) == inj_given(o, INJ_OPT_INTERFACE)) {
        inj_complain("%s: %s; give one of --write=FILE (a capture) and --interface=IF (live)",
            commands[o->command].name,
            inj_given(o, INJ_OPT_WRITE) ? "--write and --interface exclude each other"
                                        : "neither --write nor --interface is given");
        return false;
    }
    if (inj_given(o, INJ_OPT_START) && !inj_given(o, INJ_OPT_WRITE)) {
        inj_complain("--start: sets the time in a file; give --write=FILE, or omit it");
        return false;
    }
    if (inj_given(o, INJ_OPT_MAC) && !inj_given(o, INJ_OPT_INTERFACE)) {
        inj_complain(
            "--destination-mac: is only for live sending; give --interface=IF, or omit it");
        return false;
    }
    return true;
}

void
inj_complain_of_command(const char *word)
{
    struct mipro_guess guess = { .word = word, .n = strlen(word) };

    for (size_t i = 0; i < INJ_COMMANDS; i++)
        mipro_guess_try(&guess, commands[i].name);
    if (guess.meant != NULL)
        inj_complain("'%s' is not a command; did you mean %s?", word, guess.meant);
    else
        inj_complain("'%s' is not a command; 'mipro-inject --help' lists them", word);
}

enum inj_status
inj_options_read(struct inj_options *o, int argc, char **argv)
{
    bool operands_only = false;
    bool wants_operands;

    *o = (struct inj_options){ .command = inj_command_by_name(argv[0]) };
    if (o->command == INJ_COMMANDS) {
        inj_complain_of_command(argv[0]);
        return INJ_USAGE;
    }
    o->operands = calloc((size_t)argc + 1, sizeof(*o->operands));
    if (o->operands == NULL)
        return INJ_USAGE;
    wants_operands = commands[o->command].operands[0] != '\0';
    for (int i = 1; i < argc; i++) {
        if (!operands_only && strcmp(argv[i], "--") == 0) {
            operands_only = true;
        } else if (!operands_only && strncmp(argv[i], "--", 2) == 0) {
            if (!take_option(o, argc, argv, &i))
                return INJ_USAGE;
        } else if (wants_operands && (operands_only || argv[i][0] != '-')) {
            o->operands[o->n_operands++] = argv[i];
        } else {
            inj_complain("'%s': %s does not take this argument; options begin with --", argv[i],
                commands[o->command].name);
            return INJ_USAGE;
        }
    }
    return INJ_DONE;
}

enum inj_status
inj_options_complete(const struct inj_options *o)
{
    const bool wants_operands = commands[o->command].operands[0] != '\0';

    if (wants_operands && o->n_operands == 0 && commands[o->command].operands[1] != '[') {
        inj_complain("%s:%s is missing; 'mipro-inject %s --help' says more",
            commands[o->command].name, commands[o->command].operands, commands[o->command].name);
        return INJ_USAGE;
    }
    return complete(o) ? INJ_DONE : INJ_USAGE;
}

enum inj_status
inj_options_parse(struct inj_options *o, int argc, char **argv)
{
    const enum inj_status status = inj_options_read(o, argc, argv);

    return status == INJ_DONE ? inj_options_complete(o) : status;
}

void
inj_options_free(struct inj_options *o)
{
    for (size_t i = 0; i < INJ_OPTIONS; i++) {
        free(o->value[i].list);
        free(o->value[i].words);
    }
    free(o->operands);
}
