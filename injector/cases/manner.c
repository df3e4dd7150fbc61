/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manner.c - how the answers to each case are checked.
 *
 * The table of cases (case.h) says what is correct and what is tolerated; this table says
 * what that one cannot: which other roles a case suits, which answers are checked, and
 * what else must be observed.  A case without a row is checked by its
 * Binding Acknowledges.
 */
#include "cases/manner.h"

#include <string.h>

#define RECEIVERS (1u << INJ_AS_CORRESPONDENT | 1u << INJ_AS_PREVIOUS_AGENT)
#define FOREIGN (1u << INJ_AS_NEW_AGENT)
#define HOME (1u << INJ_AS_HOME_AGENT)
#define MOBILE (1u << INJ_AS_MOBILE_NODE)

/* clang-format off */
static const struct inj_manner manners[] = {
    { "VAL-02", RECEIVERS, INJ_CHECK_ACK,             INJ_NO_ENTRY_YET | INJ_ENTRY_THERE },
    { "FLG-01", RECEIVERS, INJ_CHECK_ACK,             INJ_NO_ENTRY_YET | INJ_ENTRY_GONE },
    { "LIF-01", RECEIVERS, INJ_CHECK_ACK,             INJ_ENTRY_GONE },
    { "LIF-02", RECEIVERS, INJ_CHECK_ACK,             INJ_ENTRY_GONE },
    { "LIF-03", RECEIVERS, INJ_CHECK_ACK,             INJ_ENTRY_THERE },
    { "LIF-04", RECEIVERS, INJ_CHECK_ACK,             INJ_ENTRY_GONE | INJ_LATER },
    { "LIF-05", RECEIVERS, INJ_CHECK_ACK,             INJ_ENTRY_THERE },
    { "IDN-02", RECEIVERS, INJ_CHECK_ACK,             INJ_ASKS_AGAIN },

    { "VAL-04", HOME,      INJ_CHECK_TARGETS,         0 },
    { "VAL-05", HOME,      INJ_CHECK_TARGETS,         0 },
    { "VAL-06", HOME,      INJ_CHECK_PRIVATE,         0 },
    { "LEN-07", HOME,      INJ_CHECK_NO_UPDATE,       0 },
    { "LEN-08", HOME,      INJ_CHECK_NO_UPDATE,       0 },
    { "LEN-09", HOME,      INJ_CHECK_NO_STRANGER,     0 },
    { "LEN-10", HOME,      INJ_CHECK_RATE,            0 },
    { "RSV-02", HOME,      INJ_CHECK_TARGETS,         0 },
    { "RSV-04", HOME | FOREIGN, INJ_CHECK_REPLY,      0 },
    { "RSV-05", HOME,      INJ_CHECK_REPLY,           INJ_BASE_AGENT },
    { "ADR-05", HOME,      INJ_CHECK_NO_UPDATE,       0 },
    { "ADR-06", HOME,      INJ_CHECK_TARGETS,         0 },
    { "ADR-07", HOME,      INJ_CHECK_NO_UPDATE,       INJ_MAY_DELETE },
    { "EXT-08", HOME,      INJ_CHECK_REPLY,           0 },
    { "EXT-10", HOME,      INJ_CHECK_NO_UPDATE,       INJ_ANY_REPLY },
    { "EXT-11", HOME,      INJ_CHECK_NO_UPDATE,       INJ_ANY_REPLY },
    { "EXT-12", HOME,      INJ_CHECK_NO_UPDATE,       INJ_MAY_UPDATE },
    { "TYP-01", HOME,      INJ_CHECK_NO_UPDATE,       0 },
    { "NET-11", HOME,      INJ_CHECK_REPLY,           0 },
    { "RTE-01", HOME,      INJ_CHECK_RATE,            0 },

    { "RUL-02", HOME,      INJ_CHECK_PRIVATE,         INJ_AT_MOST | INJ_ANY_REPLY },
    { "RUL-04", HOME,      INJ_CHECK_NO_STRANGER,     INJ_MAY_UPDATE },
    { "RUL-06", HOME,      INJ_CHECK_NO_UPDATE,       INJ_ANY_REPLY },
    { "RUL-08", HOME,      INJ_CHECK_NO_UPDATE,       INJ_MAY_DELETE },

    { "EXT-09", FOREIGN,   INJ_CHECK_REPLY,           INJ_MAY_RELAY },
    { "PFA-01", FOREIGN,   INJ_CHECK_HANDOFF,         0 },
    { "PFA-02", FOREIGN,   INJ_CHECK_NO_HANDOFF,      0 },
    { "PFA-03", FOREIGN,   INJ_CHECK_NO_HANDOFF,      INJ_ANY_REPLY },
    { "PFA-04", FOREIGN,   INJ_CHECK_NO_HANDOFF,      INJ_ANY_REPLY },
    { "PFA-05", FOREIGN,   INJ_CHECK_HANDOFF,         INJ_AT_MOST },
    { "PFA-06", FOREIGN,   INJ_CHECK_NO_HANDOFF,      0 },
    { "PFA-08", FOREIGN,   INJ_CHECK_HANDOFF,         INJ_LATER },
    { "RUL-05", FOREIGN,   INJ_CHECK_NO_HANDOFF,      0 },
    { "RUL-07", FOREIGN,   INJ_CHECK_NO_HANDOFF,      0 },
    { "RTE-02", FOREIGN | 1u << INJ_AS_PREVIOUS_AGENT, INJ_CHECK_WARNING_RATE, 0 },

    { "VAL-07", MOBILE,    INJ_CHECK_STOPS,           0 },
    { "RSV-03", MOBILE,    INJ_CHECK_STOPS,           0 },
    { "IDN-06", MOBILE,    INJ_CHECK_GOES_ON,         0 },
    { "RTE-03", MOBILE,    INJ_CHECK_GOES_ON,         0 },
    { "RUL-01", MOBILE,    INJ_CHECK_GOES_ON,         0 },
    { "ADV-01", MOBILE,    INJ_CHECK_REGISTERS,       0 },
    { "ADV-02", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "ADV-03", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "ADV-04", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "ADV-05", MOBILE,    INJ_CHECK_REGISTERS,       0 },
    { "ADV-06", MOBILE,    INJ_CHECK_NO_REGISTRATION, INJ_MAY_SKIP },

    { "REG-01", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-02", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-03", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-04", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-05", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-06", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-07", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-08", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-09", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-10", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-11", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-12", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-13", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-14", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-15", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-16", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-17", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-18", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-19", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-20", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-21", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-22", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-23", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-24", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-25", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-26", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-27", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-28", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-29", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-30", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-31", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-32", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-33", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-34", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-35", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-36", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-37", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-38", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-39", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-40", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-41", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-42", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-43", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-44", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-45", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-46", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-47", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-48", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-49", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-50", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-51", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-52", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-53", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-54", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-55", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-56", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-57", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-58", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-59", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-60", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-61", HOME,    INJ_CHECK_PRIVATE,         INJ_AT_MOST },
    { "REG-62", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-63", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-64", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-65", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-66", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-67", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-68", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-69", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-70", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-71", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-72", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-73", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-74", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-75", HOME,    INJ_CHECK_TARGETS,         0 },
    { "REG-76", HOME,    INJ_CHECK_TARGETS,         0 },
    { "REG-77", HOME,    INJ_CHECK_TARGETS,         0 },

    { "FWD-01", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-02", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-03", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-04", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-05", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-06", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-07", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-08", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-09", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-10", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-11", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-12", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-13", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-14", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-15", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-16", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-17", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-18", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-19", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-20", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-21", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-22", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-23", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-24", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-25", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-26", FOREIGN, INJ_CHECK_REPLY,           0 },

    { "RPL-01", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-02", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-03", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-04", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-05", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-06", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-07", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-08", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-09", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-10", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-11", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-12", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-13", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-14", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-15", MOBILE,  INJ_CHECK_SPACING, 0 },
    { "REG-78", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-79", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-80", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-82", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-83", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-84", HOME,    INJ_CHECK_REPLY,           0 },
    { "REG-81", HOME,    INJ_CHECK_TARGETS,         0 },
    { "REG-85", HOME,    INJ_CHECK_PRIVATE,         INJ_AT_MOST },
    { "FWD-27", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-28", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-29", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-30", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-31", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "FWD-32", FOREIGN, INJ_CHECK_REPLY,           0 },
    { "REG-86", HOME,    INJ_CHECK_REPLY,           0 },
    { "RPL-16", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-17", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-18", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-19", MOBILE,  INJ_CHECK_NO_REGISTRATION, 0 },
    { "AUT-19", RECEIVERS, INJ_CHECK_ACK, INJ_ENTRY_THERE },
    { "VAL-08", RECEIVERS, INJ_CHECK_ACK, INJ_NO_ENTRY_YET | INJ_ENTRY_THERE },
    { "LIF-06", RECEIVERS, INJ_CHECK_ACK, INJ_ENTRY_THERE },
    { "LIF-07", RECEIVERS, INJ_CHECK_ACK, INJ_ENTRY_THERE },
    { "REG-87", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-88", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-89", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-90", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-91", HOME,      INJ_CHECK_REPLY, 0 },
    { "FWD-33", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "FWD-34", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "FWD-35", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "FWD-36", FOREIGN,   INJ_CHECK_REPLY, INJ_HOME_DENIES },
    { "RPL-20", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-21", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-22", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "RPL-23", MOBILE,    INJ_CHECK_NO_REGISTRATION, INJ_ANY_REPLY },
    { "REG-92", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-93", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-94", HOME,      INJ_CHECK_REPLY, 0 },
    { "FWD-37", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "FWD-38", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "RPL-24", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
    { "REG-95", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-96", HOME,      INJ_CHECK_REPLY, 0 },
    { "REG-97", HOME,      INJ_CHECK_REPLY, 0 },
    { "FWD-39", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "FWD-40", FOREIGN,   INJ_CHECK_REPLY, 0 },
    { "RPL-25", MOBILE,    INJ_CHECK_NO_REGISTRATION, INJ_ANY_REPLY },
    { "RPL-26", MOBILE,    INJ_CHECK_NO_REGISTRATION, 0 },
};
/* clang-format on */

static const struct inj_manner ordinary = { "", RECEIVERS, INJ_CHECK_ACK, 0 };

#define N_MANNERS (sizeof(manners) / sizeof(manners[0]))

const struct inj_manner *
inj_manner_at(size_t i)
{
    return i < N_MANNERS ? &manners[i] : NULL;
}

const struct inj_manner *
inj_manner(const char *id)
{
    for (size_t i = 0; i < N_MANNERS; i++) {
        if (strcmp(manners[i].id, id) == 0)
            return &manners[i];
    }
    return &ordinary;
}

/* Names. */

static const char *const roles[INJ_ROLES] = {
    [INJ_AS_CORRESPONDENT] = "correspondent",
    [INJ_AS_PREVIOUS_AGENT] = "previous-agent",
    [INJ_AS_NEW_AGENT] = "new-agent",
    [INJ_AS_HOME_AGENT] = "home-agent",
    [INJ_AS_MOBILE_NODE] = "mobile-node",
};

static unsigned
find_name(const char *name, const char *const *names, unsigned n)
{
    unsigned i = 0;

    while (i < n && strcmp(names[i], name) != 0)
        i++;
    return i;
}

const char *
inj_role_name(enum inj_role role)
{
    return role < INJ_ROLES ? roles[role] : "";
}

enum inj_role
inj_role_by_name(const char *name)
{
    return (enum inj_role)find_name(name, roles, INJ_ROLES);
}
