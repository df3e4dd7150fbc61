/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - what a responder can be made to do wrong: one table, one row per fault.
 *
 * Most rows need no code of their own: they change an outgoing message, leave out
 * part of a comparison, crash on a message, or answer one code instead of another.  What is
 * particular to one place is a quirk, which the code in that place checks by name.
 */
#ifndef INJ_FAULT_H
#define INJ_FAULT_H

#include "mipro_keys.h"
#include "mipro_message.h"
#include "cases/manner.h"

enum inj_fault_kind {
    INJ_FAULT_NONE,
    INJ_FAULT_QUIRK,     /* at: enum inj_quirk */
    INJ_FAULT_BODY,      /* messages of type about: octet at is XORed with arg, then signed */
    INJ_FAULT_SIGNED,    /* the same, but after signing; a negative at counts from the end */
    INJ_FAULT_LENGTH,    /* messages of type about: at octets longer, or -at shorter */
    INJ_FAULT_SENDING,   /* how messages of type about are sent: at is an enum inj_sending */
    INJ_FAULT_COMPARE,   /* authenticators of extension about: arg has a bit per octet compared
                          */
    INJ_FAULT_DIES,      /* crashes on messages of type about (0: any): at is an enum inj_death */
    INJ_FAULT_WITHHOLDS, /* answers to messages of type about (0: any): at as above */
    INJ_FAULT_CODE /* messages of type about: code arg where at is correct (negative: see below) */
};

/* The codes that INJ_FAULT_CODE replaces. */
#define INJ_ANY_CODE (-1)
#define INJ_ANY_REFUSAL (-2)
/* As arg of INJ_FAULT_CODE: nothing is sent. */
#define INJ_NO_ANSWER 256

enum inj_sending {
    INJ_NOT_SENT,
    INJ_SENT_TWICE,
    INJ_SENT_UNSIGNED,
    INJ_SENT_SIGNED_TWICE,
    INJ_SENT_WITH_OTHER_SPI,   /* known to no node */
    INJ_SENT_WITH_UNKNOWN_EXT, /* arg: its type; signed */
    INJ_SENT_TO_434,           /* instead of the port that the request came from */
    INJ_SENT_TO_OTHER_PORT,
    INJ_SENT_TO_OTHER_NODE, /* the address below */
    INJ_SENT_LATE           /* arg: milliseconds */
};

/* The messages on which a responder crashes, or which it does not answer. */
enum inj_death {
    INJ_DIES_ALWAYS,
    INJ_DIES_OF_CUT,         /* ends in its fixed part */
    INJ_DIES_OF_OVERRUN,     /* an extension runs past the end */
    INJ_DIES_OF_TRAILING,    /* octets after the last whole extension */
    INJ_DIES_OF_LENGTH,      /* has exactly arg octets */
    INJ_DIES_OF_LONG,        /* has more than arg octets */
    INJ_DIES_OF_UNKNOWN_EXT, /* has an unknown extension of type arg or above */
    INJ_DIES_OF_NO_EXT,      /* has no extension at all */
    INJ_DIES_OF_TWO_AUTH,    /* is signed twice */
    INJ_DIES_OF_SHORT_AUTH,  /* an authentication extension without room for an SPI */
    INJ_DIES_OF_LIFE,        /* has lifetime arg */
    INJ_DIES_OF_FLAG,        /* has a flag of arg set */
    INJ_DIES_OF_TYPE,        /* has a type that is not assigned */
    INJ_DIES_OF_EXT,         /* has an extension of type arg */
    INJ_DIES_OF_LONG_AUTH    /* an authentication extension of length arg */
};

/* Each is checked in one place, or a few; the table says what it does. */
enum inj_quirk {
    INJ_QUIRK_NONE,
    /* Authentication. */
    INJ_TAKES_UNSIGNED,
    INJ_TAKES_ANY_SPI,
    INJ_TAKES_RESERVED_SPI,
    INJ_TAKES_SHORT_AUTHENTICATOR,
    INJ_TAKES_OTHER_COVERAGE,
    INJ_TAKES_OTHER_ALGORITHM,
    INJ_TAKES_ANY_SOURCE,
    INJ_TAKES_LAST_OF_TWO,
    /* Identifications. */
    INJ_NO_REPLAY_CHECK,
    INJ_NO_PAST_CHECK,
    INJ_NO_FUTURE_CHECK,
    INJ_NO_ORDER_CHECK,
    INJ_TAKES_EQUAL_IDENT,
    INJ_REMEMBERS_REFUSED,
    INJ_ASKS_NO_NONCE,
    /* Form. */
    INJ_TAKES_UNKNOWN_EXT,
    INJ_TAKES_EXT_127,
    INJ_REFUSES_SKIPPABLE,
    INJ_REFUSES_EXT_128,
    INJ_REFUSES_RESERVED,
    INJ_TAKES_RESERVED,
    INJ_TAKES_OVERRUN,
    INJ_TAKES_CUT_IDENT,
    INJ_REFUSES_INFINITE,
    INJ_REFUSES_ZERO_LIFE,
    INJ_REFUSES_NO_IDENT,
    INJ_TAKES_ANY_TYPE,
    INJ_TAKES_BROADCAST,
    INJ_ANSWERS_434_ONLY,
    /* Addresses. */
    INJ_TRUSTS_ADDRESSES,
    INJ_TRUSTS_HOME,
    INJ_TRUSTS_CARE_OF,
    INJ_TAKES_ITSELF,
    INJ_SERVES_ANYBODY,
    /* Bindings. */
    INJ_ANSWERS_QUIET,
    INJ_KEEPS_ZERO_LIFE,
    INJ_KEEPS_HOME_CARE_OF,
    INJ_KEEPS_DELETED,
    INJ_NEVER_EXPIRES,
    INJ_EXPIRES_INFINITE,
    INJ_KEEPS_FIRST_LIFE,
    INJ_INSTALLS_NOTHING,
    INJ_DROPS_QUIET,
    INJ_NO_RATE_LIMIT,
    INJ_WARNS_NOBODY,
    /* Home agent. */
    INJ_DISCLOSES_PRIVATE,
    INJ_PRIVATE_LIFE,
    INJ_PRIVATE_CARE_OF,
    INJ_SILENT_IF_PRIVATE,
    INJ_ANSWERS_OTHER_IDENT,
    INJ_ANSWERS_NO_IDENT,
    INJ_FIRST_TARGET_ONLY,
    INJ_WARNS_UNPROTECTED,
    INJ_IGNORES_WARNING_EXT,
    INJ_GRANTS_MORE,
    INJ_GRANTS_ZERO,
    /* New agent. */
    INJ_IGNORES_33,
    INJ_IGNORES_33_ORDER,
    INJ_RETRANSMITS_HANDOFF,
    INJ_HANDS_OFF_TWICE,
    INJ_TRUSTS_PFAN_LENGTH,
    INJ_GRANTS_ITSELF,
    INJ_RELAYS_ALL_EXT,
    INJ_RELAYS_STRAY_REPLY,
    /* Mobile node. */
    INJ_NEVER_RETRANSMITS,
    INJ_NEVER_STOPS,
    INJ_STOPS_ON_ANY_ACK,
    INJ_STOPS_ON_OTHER_IDENT,
    INJ_STOPS_ON_OTHER_HOME,
    INJ_STOPS_ON_REFUSAL,
    INJ_STOPS_ON_NO_IDENT,
    INJ_STOPS_NEVER_IF_RESERVED,
    INJ_NO_SMOOTH_HANDOFF,
    INJ_TAKES_ANY_ADVERTISER,
    INJ_TAKES_ADVERT_NO_F,
    INJ_TAKES_ADVERT_NO_COA,
    INJ_TAKES_ADVERT_UNKNOWN,
    INJ_REFUSES_ADVERT_RESERVED,
    INJ_REFUSES_ADVERT_SKIPPABLE,
    INJ_TAKES_ANY_REPLY,
    INJ_TAKES_OTHER_REPLY,
    INJ_TAKES_UNSIGNED_REPLY,
    INJ_HURRIES_REQUESTS,
    INJ_QUIRKS
};

struct inj_fault {
    const char *name;
    const char *summary; /* as in "answers 131 to every Binding Update" */
    unsigned roles;      /* that can show it: bits 1 << enum inj_role */
    enum inj_fault_kind kind;
    uint8_t about;
    int at;
    uint64_t arg;
    enum mipro_replay replay; /* it shows with an association that has this replay method */
};

/* NULL if no fault has this name; "none" is the first. */
const struct inj_fault *inj_fault_by_name(const char *name);
const struct inj_fault *inj_fault_at(size_t i); /* NULL after the last */

static inline bool
inj_fault_is(const struct inj_fault *f, enum inj_quirk quirk)
{
    return f->kind == INJ_FAULT_QUIRK && f->at == (int)quirk;
}
static inline bool
inj_fault_sends(const struct inj_fault *f, uint8_t type, enum inj_sending how)
{
    return f->kind == INJ_FAULT_SENDING && f->about == type && f->at == (int)how;
}

/* Which octets of the authenticator of an extension of this type are compared: a bit each. */
uint64_t inj_fault_compares(const struct inj_fault *f, uint8_t ext);
/* The code that is sent in a message of this type where code would be correct. */
int inj_fault_code(const struct inj_fault *f, uint8_t type, int code);
/* Does the responder crash on this message?  Does it silently drop it? */
bool inj_fault_kills(const struct inj_fault *f, const struct mipro_message *m);
bool inj_fault_withholds(const struct inj_fault *f, const struct mipro_message *m);
/* Change the octets of a message before (signed false) or after it is signed. */
void inj_fault_change(
    const struct inj_fault *f, uint8_t type, bool is_signed, uint8_t *octets, size_t n);

#endif
