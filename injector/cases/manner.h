/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manner.h - how the answers to each case are checked, and in which roles it runs.
 *
 * case.h says what is correct and what is tolerated; this says what else to check.
 */
#ifndef INJ_MANNER_H
#define INJ_MANNER_H

#include <stddef.h>

/* The role of the node under test. */
enum inj_role {
    INJ_AS_CORRESPONDENT,
    INJ_AS_PREVIOUS_AGENT,
    INJ_AS_NEW_AGENT,
    INJ_AS_HOME_AGENT,
    INJ_AS_MOBILE_NODE,
    INJ_ROLES
};
const char *inj_role_name(enum inj_role role); /* "previous-agent" */
enum inj_role inj_role_by_name(const char *name);

/* What is checked in the answers. */
enum inj_check {
    INJ_CHECK_ACK,          /* Binding Acknowledges for the Binding Update sent */
    INJ_CHECK_TARGETS,      /* one Binding Update to each target, or to the requester */
    INJ_CHECK_NO_UPDATE,    /* none to any node */
    INJ_CHECK_NO_STRANGER,  /* none except to a complete target */
    INJ_CHECK_PRIVATE,      /* only one that deletes */
    INJ_CHECK_RATE,         /* a bounded number of Binding Updates to one node */
    INJ_CHECK_WARNING_RATE, /* of Binding Warnings */
    INJ_CHECK_REPLY,        /* Registration Replies */
    INJ_CHECK_HANDOFF,      /* the Binding Update of a PFAN, once, octet for octet */
    INJ_CHECK_NO_HANDOFF,
    INJ_CHECK_STOPS, /* no Binding Update is retransmitted */
    INJ_CHECK_GOES_ON,
    INJ_CHECK_REGISTERS, /* a Registration Request with a PFAN */
    INJ_CHECK_NO_REGISTRATION,
    INJ_CHECK_SPACING /* unanswered Registration Requests are a second apart */
};

/* What else applies: bits. */
#define INJ_ENTRY_THERE 0x001u  /* there is an entry afterwards (visible in a previous agent) */
#define INJ_ENTRY_GONE 0x002u   /* there is no entry afterwards */
#define INJ_NO_ENTRY_YET 0x004u /* the entry of the control is deleted before the case */
#define INJ_LATER 0x008u        /* wait longer for answers: 2 s */
#define INJ_ASKS_AGAIN 0x010u   /* a Binding Request must follow */
#define INJ_BASE_AGENT 0x020u   /* for an agent without route optimization */
#define INJ_MAY_DELETE 0x040u   /* tolerated: a Binding Update that deletes */
#define INJ_MAY_UPDATE 0x080u   /* tolerated: any Binding Update (to a target: correct) */
#define INJ_MAY_RELAY 0x100u    /* tolerated: the registration goes on to the home agent */
#define INJ_ANY_REPLY 0x200u    /* any outcome of the registration */
#define INJ_AT_MOST 0x400u      /* at most one Binding Update */
#define INJ_HOME_DENIES 0x1000u /* the tester, as the home agent, denies the registration */
#define INJ_MAY_SKIP 0x800u     /* the extension may be skipped; the message is then good */

struct inj_manner {
    const char *id;
    unsigned roles; /* bits 1 << enum inj_role */
    enum inj_check check;
    unsigned flags;
};

/* How to check the answers to a case; never NULL. */
const struct inj_manner *inj_manner(const char *id);
const struct inj_manner *inj_manner_at(size_t i); /* NULL after the last */

#endif
