/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - the table of faults; see fault.h.
 *
 * Names are stable.  A fault is kept only if some case can detect it, or if docs/testing.md says
 * why none can (scripts/mutants counts them).
 */
#include "respond/fault.h"

#include <string.h>

#define C (1u << INJ_AS_CORRESPONDENT)
#define P (1u << INJ_AS_PREVIOUS_AGENT)
#define N (1u << INJ_AS_NEW_AGENT)
#define H (1u << INJ_AS_HOME_AGENT)
#define M (1u << INJ_AS_MOBILE_NODE)
#define RECEIVERS (C | P)

#define QUIRK(which) INJ_FAULT_QUIRK, 0, INJ_##which, 0
#define BODY(type, at, mask) INJ_FAULT_BODY, MIPRO_##type, at, mask
#define SIGNED(type, at, mask) INJ_FAULT_SIGNED, MIPRO_##type, at, mask
#define PFAN(at, mask) INJ_FAULT_SIGNED, MIPRO_EXT_PFAN, at, mask
#define LENGTH(type, n) INJ_FAULT_LENGTH, MIPRO_##type, n, 0
#define SENDING(type, how) INJ_FAULT_SENDING, MIPRO_##type, INJ_##how, 0
#define SENDING_ARG(type, how, arg) INJ_FAULT_SENDING, MIPRO_##type, INJ_##how, arg
#define COMPARES(ext, mask) INJ_FAULT_COMPARE, MIPRO_EXT_##ext, 0, UINT64_C(mask)
#define DIES(type, how, arg) INJ_FAULT_DIES, type, INJ_DIES_##how, arg
#define WITHHOLDS(type, how, arg) INJ_FAULT_WITHHOLDS, type, INJ_DIES_##how, arg
#define CODE(type, right, sent) INJ_FAULT_CODE, MIPRO_##type, right, sent

/* Offsets in messages. */
#define ACK_HOME 4
#define ACK_IDENT 8
#define UPDATE_FLAGS 1
#define UPDATE_LIFE 2
#define UPDATE_HOME 4
#define UPDATE_COA 8
#define UPDATE_AUTH 26 /* with an identification */
#define REPLY_HOME 4
#define REPLY_AGENT 8
#define REPLY_IDENT 12
#define REPLY_AUTH 26
#define RRQ_FLAGS 1
#define RRQ_LIFE 2
#define RRQ_HOME 4
#define RRQ_AGENT 8
#define RRQ_COA 12
#define RRQ_IDENT 16
#define RRQ_AUTH 30
/* Offsets in a notification. */
#define PFAN_AGENT 4
#define PFAN_COA 8
#define PFAN_SPI 12
#define PFAN_AUTH 16

/* clang-format off */
static const struct inj_fault faults[] = {
    { "none", "does everything right", RECEIVERS | N | H | M, INJ_FAULT_NONE, 0, 0, 0, MIPRO_REPLAY_NONE },

    /* Authenticators of Binding Updates. */
    { "accepts-forged",              "accepts a Binding Update whose authenticator is bad or missing", RECEIVERS, COMPARES(AUTH, 0), MIPRO_REPLAY_NONE },
    { "compares-12-octets",          "compares only the first 12 octets of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xfff), MIPRO_REPLAY_NONE },
    { "update-compares-first-8",     "compares only the first 8 octets of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xff), MIPRO_REPLAY_NONE },
    { "update-compares-first-4",     "compares only the first 4 octets of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xf), MIPRO_REPLAY_NONE },
    { "update-compares-first-octet", "compares only the first octet of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0x1), MIPRO_REPLAY_NONE },
    { "update-compares-last-12",     "compares only the last 12 octets of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xfff0), MIPRO_REPLAY_NONE },
    { "update-compares-last-4",      "compares only the last 4 octets of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xf000), MIPRO_REPLAY_NONE },
    { "update-compares-not-first",   "compares all octets except the first of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xfffffffe), MIPRO_REPLAY_NONE },
    { "update-compares-not-middle",  "compares all octets except the ninth of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xfffffeff), MIPRO_REPLAY_NONE },
    { "update-compares-not-last",    "compares only the first 15 octets of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0x7fff), MIPRO_REPLAY_NONE },
    { "update-compares-even",        "compares only every second octet of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0x55555555), MIPRO_REPLAY_NONE },
    { "update-compares-odd",         "compares only every other octet of the authenticator of a Binding Update", RECEIVERS, COMPARES(AUTH, 0xaaaaaaaa), MIPRO_REPLAY_NONE },
    { "takes-unsigned",              "accepts a message without an authentication extension", RECEIVERS | H, QUIRK(TAKES_UNSIGNED), MIPRO_REPLAY_NONE },
    { "any-spi",                     "accepts any SPI for its only association", RECEIVERS | H, QUIRK(TAKES_ANY_SPI), MIPRO_REPLAY_NONE },
    { "takes-reserved-spi",          "accepts an SPI from 0 to 255 for its only association", RECEIVERS | H, QUIRK(TAKES_RESERVED_SPI), MIPRO_REPLAY_NONE },
    { "takes-short-auth",            "compares only as many octets as the message has", RECEIVERS | H, QUIRK(TAKES_SHORT_AUTHENTICATOR), MIPRO_REPLAY_NONE },
    { "takes-other-coverage",        "accepts an authenticator with another coverage", RECEIVERS | H, QUIRK(TAKES_OTHER_COVERAGE), MIPRO_REPLAY_NONE },
    { "takes-other-algorithm",       "accepts an authenticator by another algorithm", RECEIVERS | H, QUIRK(TAKES_OTHER_ALGORITHM), MIPRO_REPLAY_NONE },
    { "takes-any-source",            "looks for the association by the SPI alone", RECEIVERS, QUIRK(TAKES_ANY_SOURCE), MIPRO_REPLAY_NONE },
    { "takes-last-of-two",           "checks only the last of two authentication extensions", RECEIVERS | H | N, QUIRK(TAKES_LAST_OF_TWO), MIPRO_REPLAY_NONE },

    /* Authenticators of registrations. */
    { "registration-forged",         "accepts a registration whose authenticator is bad or missing", H, COMPARES(MOBILE_HOME, 0), MIPRO_REPLAY_NONE },
    { "registration-compares-first-12", "compares only the first 12 octets of extension 32", H | M, COMPARES(MOBILE_HOME, 0xfff), MIPRO_REPLAY_NONE },
    { "registration-compares-first-8", "compares only the first 8 octets of extension 32", H, COMPARES(MOBILE_HOME, 0xff), MIPRO_REPLAY_NONE },
    { "registration-compares-first-4", "compares only the first 4 octets of extension 32", H, COMPARES(MOBILE_HOME, 0xf), MIPRO_REPLAY_NONE },
    { "registration-compares-first-octet", "compares only the first octet of extension 32", H | M, COMPARES(MOBILE_HOME, 0x1), MIPRO_REPLAY_NONE },
    { "registration-compares-last-12", "compares only the last 12 octets of extension 32", H | M, COMPARES(MOBILE_HOME, 0xfff0), MIPRO_REPLAY_NONE },
    { "registration-compares-last-4", "compares only the last 4 octets of extension 32", H, COMPARES(MOBILE_HOME, 0xf000), MIPRO_REPLAY_NONE },
    { "registration-compares-not-first", "compares all octets except the first of extension 32", H | M, COMPARES(MOBILE_HOME, 0xfffffffe), MIPRO_REPLAY_NONE },
    { "registration-compares-not-middle", "compares all octets except the ninth of extension 32", H | M, COMPARES(MOBILE_HOME, 0xfffffeff), MIPRO_REPLAY_NONE },
    { "registration-compares-not-last", "compares only the first 15 octets of extension 32", H | M, COMPARES(MOBILE_HOME, 0x7fff), MIPRO_REPLAY_NONE },
    { "registration-compares-even",  "compares only every second octet of extension 32", H, COMPARES(MOBILE_HOME, 0x55555555), MIPRO_REPLAY_NONE },
    { "registration-compares-odd",   "compares only every other octet of extension 32", H, COMPARES(MOBILE_HOME, 0xaaaaaaaa), MIPRO_REPLAY_NONE },
    { "ignores-33",                  "does not check the Mobile-Foreign extension", N, QUIRK(IGNORES_33), MIPRO_REPLAY_NONE },
    { "ignores-33-order",            "accepts extension 33 before 32", N, QUIRK(IGNORES_33_ORDER), MIPRO_REPLAY_NONE },
    { "foreign-compares-first-12",   "compares only the first 12 octets of extension 33", N, COMPARES(MOBILE_FOREIGN, 0xfff), MIPRO_REPLAY_NONE },
    { "foreign-compares-first-octet", "compares only the first octet of extension 33", N, COMPARES(MOBILE_FOREIGN, 0x1), MIPRO_REPLAY_NONE },
    { "foreign-compares-last-12",    "compares only the last 12 octets of extension 33", N, COMPARES(MOBILE_FOREIGN, 0xfff0), MIPRO_REPLAY_NONE },
    { "foreign-compares-not-first",  "compares all octets except the first of extension 33", N, COMPARES(MOBILE_FOREIGN, 0xfffffffe), MIPRO_REPLAY_NONE },
    { "foreign-compares-not-middle", "compares all octets except the ninth of extension 33", N, COMPARES(MOBILE_FOREIGN, 0xfffffeff), MIPRO_REPLAY_NONE },
    { "foreign-compares-not-last",   "compares only the first 15 octets of extension 33", N, COMPARES(MOBILE_FOREIGN, 0x7fff), MIPRO_REPLAY_NONE },

    /* Identifications. */
    { "no-replay-check",             "accepts any identification", RECEIVERS | H, QUIRK(NO_REPLAY_CHECK), MIPRO_REPLAY_TIMESTAMP },
    { "no-past-check",               "accepts a timestamp however old", RECEIVERS | H, QUIRK(NO_PAST_CHECK), MIPRO_REPLAY_TIMESTAMP },
    { "no-future-check",             "accepts a timestamp however far ahead", RECEIVERS | H, QUIRK(NO_FUTURE_CHECK), MIPRO_REPLAY_TIMESTAMP },
    { "no-order-check",              "accepts a timestamp before the last one", RECEIVERS | H, QUIRK(NO_ORDER_CHECK), MIPRO_REPLAY_TIMESTAMP },
    { "takes-equal-ident",           "accepts the last identification again", RECEIVERS | H, QUIRK(TAKES_EQUAL_IDENT), MIPRO_REPLAY_TIMESTAMP },
    { "remembers-refused",           "remembers a timestamp that it refused as the last one", RECEIVERS | H, QUIRK(REMEMBERS_REFUSED), MIPRO_REPLAY_TIMESTAMP },
    { "ignores-nonce",               "asks for no new nonce after a wrong one", RECEIVERS, QUIRK(ASKS_NO_NONCE), MIPRO_REPLAY_NONCE },
    { "takes-any-nonce",             "accepts any nonce", RECEIVERS | H, QUIRK(NO_REPLAY_CHECK), MIPRO_REPLAY_NONCE },
    { "says-0-for-133",              "acknowledges a wrong identification with 0", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, 133, 0), MIPRO_REPLAY_TIMESTAMP },
    { "grants-for-133",              "grants a registration with a wrong identification", H, CODE(REGISTRATION_REPLY, 133, 0), MIPRO_REPLAY_TIMESTAMP },

    /* Form. */
    { "answers-unknown-ext",         "does not discard a message with an unknown extension 0-127", RECEIVERS | H | N, QUIRK(TAKES_UNKNOWN_EXT), MIPRO_REPLAY_NONE },
    { "takes-ext-127",               "treats 127 as an extension that may be skipped", RECEIVERS | H | N | M, QUIRK(TAKES_EXT_127), MIPRO_REPLAY_NONE },
    { "refuses-skippable",           "discards a message with an unknown extension 128-255", RECEIVERS | H | N, QUIRK(REFUSES_SKIPPABLE), MIPRO_REPLAY_NONE },
    { "refuses-ext-128",             "treats 128 as an extension that must be understood", RECEIVERS, QUIRK(REFUSES_EXT_128), MIPRO_REPLAY_NONE },
    { "refuses-reserved",            "answers 134 where a reserved bit of a Binding Update is set", RECEIVERS, QUIRK(REFUSES_RESERVED), MIPRO_REPLAY_NONE },
    { "takes-reserved",              "ignores the reserved bit of a registration", H | N, QUIRK(TAKES_RESERVED), MIPRO_REPLAY_NONE },
    { "takes-overrun",               "accepts a message whose last extension runs past the end", RECEIVERS | N, QUIRK(TAKES_OVERRUN), MIPRO_REPLAY_NONE },
    { "takes-cut-ident",             "accepts a Binding Update that ends within its identification", RECEIVERS, QUIRK(TAKES_CUT_IDENT), MIPRO_REPLAY_NONE },
    { "refuses-infinite",            "refuses an infinite lifetime as malformed", RECEIVERS | H, QUIRK(REFUSES_INFINITE), MIPRO_REPLAY_NONE },
    { "refuses-zero-life",           "refuses lifetime 0 as malformed", RECEIVERS | H, QUIRK(REFUSES_ZERO_LIFE), MIPRO_REPLAY_NONE },
    { "refuses-no-ident",            "refuses a Binding Update without identification", RECEIVERS, QUIRK(REFUSES_NO_IDENT), MIPRO_REPLAY_NONE },
    { "takes-any-type",              "answers a message of an unknown type", H, QUIRK(TAKES_ANY_TYPE), MIPRO_REPLAY_NONE },
    { "takes-broadcast",             "accepts messages sent to the broadcast address", RECEIVERS | H, QUIRK(TAKES_BROADCAST), MIPRO_REPLAY_NONE },

    /* Crashes. */
    { "dies-on-cut",                 "crashes on a message that ends within its fixed part", RECEIVERS | H | N | M, DIES(0, OF_CUT, 0), MIPRO_REPLAY_NONE },
    { "dies-on-18",                  "crashes on any Binding Update", RECEIVERS, DIES(MIPRO_BINDING_UPDATE, ALWAYS, 0), MIPRO_REPLAY_NONE },
    { "dies-on-1",                   "crashes on any Registration Request", H | N, DIES(MIPRO_REGISTRATION_REQUEST, ALWAYS, 0), MIPRO_REPLAY_NONE },
    { "dies-on-3",                   "crashes on any Registration Reply", H | N | M, DIES(MIPRO_REGISTRATION_REPLY, ALWAYS, 0), MIPRO_REPLAY_NONE },
    { "dies-on-19",                  "crashes on any Binding Acknowledge", M, DIES(MIPRO_BINDING_ACKNOWLEDGE, ALWAYS, 0), MIPRO_REPLAY_NONE },
    { "dies-on-17",                  "crashes on any Binding Request", H, DIES(MIPRO_BINDING_REQUEST, ALWAYS, 0), MIPRO_REPLAY_NONE },
    { "dies-on-16",                  "crashes on any Binding Warning", H, DIES(MIPRO_BINDING_WARNING, ALWAYS, 0), MIPRO_REPLAY_NONE },
    { "dies-on-overrun",             "crashes on an extension that runs past the end", RECEIVERS | H | N | M, DIES(0, OF_OVERRUN, 0), MIPRO_REPLAY_NONE },
    { "dies-on-trailing",            "crashes on one octet after the last extension", RECEIVERS | H, DIES(0, OF_TRAILING, 0), MIPRO_REPLAY_NONE },
    { "dies-on-empty",               "crashes on an empty datagram", RECEIVERS | H | N, DIES(0, OF_LENGTH, 0), MIPRO_REPLAY_NONE },
    { "dies-on-one-octet",           "crashes on a datagram of one octet", RECEIVERS | H | N, DIES(0, OF_LENGTH, 1), MIPRO_REPLAY_NONE },
    { "dies-on-8",                   "crashes on a datagram of 8 octets", RECEIVERS | H | N | M, DIES(0, OF_LENGTH, 8), MIPRO_REPLAY_NONE },
    { "dies-on-23",                  "crashes on a Registration Request one octet short", H | N, DIES(MIPRO_REGISTRATION_REQUEST, OF_LENGTH, 23), MIPRO_REPLAY_NONE },
    { "dies-on-45",                  "crashes on a Registration Request whose extension 32 is one octet short", H | N, DIES(MIPRO_REGISTRATION_REQUEST, OF_LENGTH, 45), MIPRO_REPLAY_NONE },
    { "dies-on-long",                "crashes on a message of more than 2,000 octets", RECEIVERS | H | N, DIES(0, OF_LONG, 2000), MIPRO_REPLAY_NONE },
    { "dies-on-unknown-ext",         "crashes on any unknown extension", RECEIVERS | H | N | M, DIES(0, OF_UNKNOWN_EXT, 0), MIPRO_REPLAY_NONE },
    { "dies-on-skippable",           "crashes on an unknown extension 200 or above", RECEIVERS | H | N, DIES(0, OF_UNKNOWN_EXT, 200), MIPRO_REPLAY_NONE },
    { "dies-on-no-ext",              "crashes on a Binding Update without extensions", RECEIVERS, DIES(MIPRO_BINDING_UPDATE, OF_NO_EXT, 0), MIPRO_REPLAY_NONE },
    { "dies-on-unsigned",            "crashes on a registration without extensions", H, DIES(MIPRO_REGISTRATION_REQUEST, OF_NO_EXT, 0), MIPRO_REPLAY_NONE },
    { "dies-on-two-auth",            "crashes on two authentication extensions", RECEIVERS | H | N | M, DIES(0, OF_TWO_AUTH, 0), MIPRO_REPLAY_NONE },
    { "dies-on-short-auth",          "crashes on an authentication extension without room for an SPI", RECEIVERS | H, DIES(0, OF_SHORT_AUTH, 0), MIPRO_REPLAY_NONE },
    { "dies-on-ext-0",               "crashes on an extension of type 0", RECEIVERS | H | N | M, DIES(0, OF_EXT, 0), MIPRO_REPLAY_NONE },
    { "dies-on-ext-36",              "crashes on an extension of type 36", RECEIVERS | H | N | M, DIES(0, OF_EXT, MIPRO_EXT_GENERALIZED), MIPRO_REPLAY_NONE },
    { "dies-on-ext-38",              "crashes on an extension of type 38", RECEIVERS | H | N | M, DIES(0, OF_EXT, 38), MIPRO_REPLAY_NONE },
    { "dies-on-auth-255",            "crashes on an authentication extension of length 255", RECEIVERS | H | N | M, DIES(0, OF_LONG_AUTH, 255), MIPRO_REPLAY_NONE },
    { "dies-on-life-0",              "crashes on lifetime 0", RECEIVERS | H | N, DIES(0, OF_LIFE, 0), MIPRO_REPLAY_NONE },
    { "dies-on-infinity",            "crashes on an infinite lifetime", RECEIVERS | H | N, DIES(0, OF_LIFE, MIPRO_LIFE_INFINITE), MIPRO_REPLAY_NONE },
    { "dies-on-type",                "crashes on a message of an unknown type", H | N | M, DIES(0, OF_TYPE, 0), MIPRO_REPLAY_NONE },

    /* Required answers that are never sent, although the controls are answered. */
    { "withholds-deletion",          "drops lifetime 0 without an answer", RECEIVERS | H | N, WITHHOLDS(0, OF_LIFE, 0), MIPRO_REPLAY_NONE },
    { "withholds-infinite",          "drops an infinite lifetime without an answer", RECEIVERS | H | N, WITHHOLDS(0, OF_LIFE, MIPRO_LIFE_INFINITE), MIPRO_REPLAY_NONE },
    { "withholds-skippable",         "drops an unknown extension 200 or above without an answer", RECEIVERS | H | N, WITHHOLDS(0, OF_UNKNOWN_EXT, 200), MIPRO_REPLAY_NONE },
    { "withholds-reserved",          "drops a Binding Update with a reserved bit without an answer", RECEIVERS, WITHHOLDS(MIPRO_BINDING_UPDATE, OF_FLAG, MIPRO_BU_RESERVED), MIPRO_REPLAY_NONE },
    { "withholds-encapsulation",     "drops a Binding Update with M or G without an answer", RECEIVERS, WITHHOLDS(MIPRO_BINDING_UPDATE, OF_FLAG, MIPRO_BU_M | MIPRO_BU_G), MIPRO_REPLAY_NONE },
    { "withholds-simultaneous",      "drops a registration with S without an answer", H, WITHHOLDS(MIPRO_REGISTRATION_REQUEST, OF_FLAG, MIPRO_RRQ_S), MIPRO_REPLAY_NONE },
    { "withholds-broadcasts",        "drops a registration with B without an answer", H, WITHHOLDS(MIPRO_REGISTRATION_REQUEST, OF_FLAG, MIPRO_RRQ_B), MIPRO_REPLAY_NONE },
    { "withholds-other-port",        "drops a registration that does not come from port 434 without an answer", H | N, QUIRK(ANSWERS_434_ONLY), MIPRO_REPLAY_NONE },
    { "withholds-refusals",          "sends no Binding Acknowledge that refuses", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, INJ_ANY_REFUSAL, INJ_NO_ANSWER), MIPRO_REPLAY_NONE },
    { "withholds-denials",           "sends no Registration Reply that denies", H, CODE(REGISTRATION_REPLY, INJ_ANY_REFUSAL, INJ_NO_ANSWER), MIPRO_REPLAY_NONE },
    { "withholds-133",               "sends no Registration Reply about a wrong identification", H, CODE(REGISTRATION_REPLY, 133, INJ_NO_ANSWER), MIPRO_REPLAY_TIMESTAMP },

    /* Addresses. */
    { "trusts-addresses",            "accepts any home, care-of and agent address", RECEIVERS | N, QUIRK(TRUSTS_ADDRESSES), MIPRO_REPLAY_NONE },
    { "trusts-home",                 "accepts any home address, or previous agent", RECEIVERS | N, QUIRK(TRUSTS_HOME), MIPRO_REPLAY_NONE },
    { "trusts-care-of",              "accepts any care-of address", RECEIVERS | N, QUIRK(TRUSTS_CARE_OF), MIPRO_REPLAY_NONE },
    { "takes-itself",                "accepts itself as the care-of address", RECEIVERS, QUIRK(TAKES_ITSELF), MIPRO_REPLAY_NONE },
    { "serves-anybody",              "serves mobile nodes that are not its own", H, QUIRK(SERVES_ANYBODY), MIPRO_REPLAY_NONE },

    /* Bindings. */
    { "ignores-a",                   "acknowledges though A is clear", RECEIVERS, QUIRK(ANSWERS_QUIET), MIPRO_REPLAY_NONE },
    { "keeps-zero-life",             "acknowledges lifetime 0 and keeps the entry", P, QUIRK(KEEPS_ZERO_LIFE), MIPRO_REPLAY_NONE },
    { "keeps-home-care-of",          "keeps the entry where the care-of address is the home address", P, QUIRK(KEEPS_HOME_CARE_OF), MIPRO_REPLAY_NONE },
    { "keeps-deleted",               "acknowledges a deletion and deletes nothing", P | H, QUIRK(KEEPS_DELETED), MIPRO_REPLAY_NONE },
    { "never-expires",               "never lets an entry expire", P, QUIRK(NEVER_EXPIRES), MIPRO_REPLAY_NONE },
    { "expires-infinite",            "lets an infinite lifetime expire at once", P, QUIRK(EXPIRES_INFINITE), MIPRO_REPLAY_NONE },
    { "keeps-first-life",            "does not shorten a lifetime", P, QUIRK(KEEPS_FIRST_LIFE), MIPRO_REPLAY_NONE },
    { "installs-nothing",            "acknowledges, and records nothing", P | H, QUIRK(INSTALLS_NOTHING), MIPRO_REPLAY_NONE },
    { "drops-quiet",                 "ignores a Binding Update without A", P, QUIRK(DROPS_QUIET), MIPRO_REPLAY_NONE },
    { "no-rate-limit",               "has no rate limit", P | H, QUIRK(NO_RATE_LIMIT), MIPRO_REPLAY_NONE },
    { "warns-nobody",                "sends no Binding Warning", P, QUIRK(WARNS_NOBODY), MIPRO_REPLAY_NONE },

    /* Binding Acknowledges. */
    { "all-131",                     "answers 131 to every Binding Update", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, INJ_ANY_CODE, 131), MIPRO_REPLAY_NONE },
    { "all-0",                       "answers 0 to every Binding Update", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, INJ_ANY_REFUSAL, 0), MIPRO_REPLAY_NONE },
    { "says-0-for-131",              "answers 0 where 131 is correct", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, 131, 0), MIPRO_REPLAY_NONE },
    { "says-0-for-134",              "answers 0 where 134 is correct", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, 134, 0), MIPRO_REPLAY_NONE },
    { "says-0-for-129",              "answers 0 where 129 is correct", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, 129, 0), MIPRO_REPLAY_NONE },
    { "says-128-for-0",              "answers 128 where 0 is correct", RECEIVERS, CODE(BINDING_ACKNOWLEDGE, 0, 128), MIPRO_REPLAY_NONE },
    { "wrong-ident",                 "acknowledges with another identification", RECEIVERS, BODY(BINDING_ACKNOWLEDGE, ACK_IDENT + 7, 1), MIPRO_REPLAY_NONE },
    { "wrong-ident-high",            "acknowledges with a different high half of the identification", RECEIVERS, BODY(BINDING_ACKNOWLEDGE, ACK_IDENT, 0x80), MIPRO_REPLAY_NONE },
    { "wrong-home",                  "acknowledges with another home address", RECEIVERS, BODY(BINDING_ACKNOWLEDGE, ACK_HOME + 3, 1), MIPRO_REPLAY_NONE },
    { "ack-reserved",                "sets a reserved bit of its Binding Acknowledges", RECEIVERS, BODY(BINDING_ACKNOWLEDGE, 1, 1), MIPRO_REPLAY_NONE },
    { "ack-wrong-type",              "sends its Binding Acknowledges as Binding Updates", RECEIVERS, BODY(BINDING_ACKNOWLEDGE, 0, 1), MIPRO_REPLAY_NONE },
    { "bad-ack-auth",                "signs its Binding Acknowledges wrongly", RECEIVERS, SIGNED(BINDING_ACKNOWLEDGE, -1, 1), MIPRO_REPLAY_NONE },
    { "bad-ack-auth-first",          "signs its Binding Acknowledges wrongly: in the first octet", RECEIVERS, SIGNED(BINDING_ACKNOWLEDGE, ACK_IDENT + 14, 1), MIPRO_REPLAY_NONE },
    { "ack-cut",                     "sends its Binding Acknowledges an octet short", RECEIVERS, LENGTH(BINDING_ACKNOWLEDGE, -1), MIPRO_REPLAY_NONE },
    { "ack-long",                    "sends its Binding Acknowledges with one octet too many", RECEIVERS, LENGTH(BINDING_ACKNOWLEDGE, 1), MIPRO_REPLAY_NONE },
    { "ack-never",                   "acknowledges nothing", RECEIVERS, SENDING(BINDING_ACKNOWLEDGE, NOT_SENT), MIPRO_REPLAY_NONE },
    { "ack-other-spi",               "signs its Binding Acknowledges with an unknown SPI", RECEIVERS, SENDING(BINDING_ACKNOWLEDGE, SENT_WITH_OTHER_SPI), MIPRO_REPLAY_NONE },
    { "ack-other-port",              "sends its Binding Acknowledges to another port", RECEIVERS, SENDING(BINDING_ACKNOWLEDGE, SENT_TO_OTHER_PORT), MIPRO_REPLAY_NONE },
    { "ack-other-node",              "sends its Binding Acknowledges to another node", RECEIVERS, SENDING(BINDING_ACKNOWLEDGE, SENT_TO_OTHER_NODE), MIPRO_REPLAY_NONE },
    { "ack-late",                    "sends its Binding Acknowledges 3 s late", RECEIVERS, SENDING_ARG(BINDING_ACKNOWLEDGE, SENT_LATE, 3000), MIPRO_REPLAY_NONE },

    /* Registration Replies. */
    { "denies-all",                  "denies every registration with 131", H, CODE(REGISTRATION_REPLY, INJ_ANY_CODE, 131), MIPRO_REPLAY_NONE },
    { "grants-all",                  "grants every registration that it should deny", H, CODE(REGISTRATION_REPLY, INJ_ANY_REFUSAL, 0), MIPRO_REPLAY_NONE },
    { "grants-for-131",              "grants a registration that is not authentic", H, CODE(REGISTRATION_REPLY, 131, 0), MIPRO_REPLAY_NONE },
    { "grants-for-134",              "grants a registration that is malformed", H, CODE(REGISTRATION_REPLY, 134, 0), MIPRO_REPLAY_NONE },
    { "grants-for-136",              "grants a registration with another home agent", H, CODE(REGISTRATION_REPLY, 136, 0), MIPRO_REPLAY_NONE },
    { "denies-for-0",                "denies good registrations with 128", H, CODE(REGISTRATION_REPLY, 0, 128), MIPRO_REPLAY_NONE },
    { "reply-ident-low",             "replies with a different low half of the identification", H, BODY(REGISTRATION_REPLY, REPLY_IDENT + 7, 1), MIPRO_REPLAY_NONE },
    { "reply-ident-high",            "replies with a different high half of the identification", H, BODY(REGISTRATION_REPLY, REPLY_IDENT, 0x80), MIPRO_REPLAY_TIMESTAMP },
    { "reply-home",                  "replies about another home address", H, BODY(REGISTRATION_REPLY, REPLY_HOME + 3, 1), MIPRO_REPLAY_NONE },
    { "reply-agent",                 "replies as another home agent", H, BODY(REGISTRATION_REPLY, REPLY_AGENT + 3, 1), MIPRO_REPLAY_NONE },
    { "reply-wrong-type",            "sends its replies with another type", H, BODY(REGISTRATION_REPLY, 0, 1), MIPRO_REPLAY_NONE },
    { "reply-auth-first",            "signs its replies wrongly: in the first octet", H, SIGNED(REGISTRATION_REPLY, REPLY_AUTH, 1), MIPRO_REPLAY_NONE },
    { "reply-auth-middle",           "signs its replies wrongly: in the middle", H, SIGNED(REGISTRATION_REPLY, REPLY_AUTH + 8, 1), MIPRO_REPLAY_NONE },
    { "reply-auth-last",             "signs its replies wrongly: in the last octet", H, SIGNED(REGISTRATION_REPLY, -1, 1), MIPRO_REPLAY_NONE },
    { "reply-unsigned",              "signs no reply", H, SENDING(REGISTRATION_REPLY, SENT_UNSIGNED), MIPRO_REPLAY_NONE },
    { "reply-other-spi",             "signs its replies with an unknown SPI", H, SENDING(REGISTRATION_REPLY, SENT_WITH_OTHER_SPI), MIPRO_REPLAY_NONE },
    { "reply-signed-twice",          "signs its replies twice", H, SENDING(REGISTRATION_REPLY, SENT_SIGNED_TWICE), MIPRO_REPLAY_NONE },
    { "reply-unknown-ext",           "puts an unknown extension 127 in its replies", H, SENDING_ARG(REGISTRATION_REPLY, SENT_WITH_UNKNOWN_EXT, 127), MIPRO_REPLAY_NONE },
    { "reply-cut",                   "sends its replies an octet short", H, LENGTH(REGISTRATION_REPLY, -1), MIPRO_REPLAY_NONE },
    { "reply-long",                  "sends its replies with one octet too many", H, LENGTH(REGISTRATION_REPLY, 1), MIPRO_REPLAY_NONE },
    { "reply-never",                 "replies to nothing", H, SENDING(REGISTRATION_REPLY, NOT_SENT), MIPRO_REPLAY_NONE },
    { "reply-to-434",                "sends its replies to port 434, whichever port the request came from", H | N, SENDING(REGISTRATION_REPLY, SENT_TO_434), MIPRO_REPLAY_NONE },
    { "reply-other-port",            "sends its replies to another port", H, SENDING(REGISTRATION_REPLY, SENT_TO_OTHER_PORT), MIPRO_REPLAY_NONE },
    { "reply-other-node",            "sends its replies to another node", H, SENDING(REGISTRATION_REPLY, SENT_TO_OTHER_NODE), MIPRO_REPLAY_NONE },
    { "grants-more",                 "grants a second more than was asked", H, QUIRK(GRANTS_MORE), MIPRO_REPLAY_NONE },
    { "grants-zero",                 "grants with lifetime 0", H, QUIRK(GRANTS_ZERO), MIPRO_REPLAY_NONE },

    /* What a home agent sends. */
    { "discloses-private",           "discloses the care-of address of a private node", H, QUIRK(DISCLOSES_PRIVATE), MIPRO_REPLAY_NONE },
    { "private-life",                "discloses the lifetime of a private node", H, QUIRK(PRIVATE_LIFE), MIPRO_REPLAY_NONE },
    { "private-care-of",             "discloses the care-of address of a private node, with lifetime 0", H, QUIRK(PRIVATE_CARE_OF), MIPRO_REPLAY_NONE },
    { "silent-if-private",           "answers no Binding Request about a private node", H, QUIRK(SILENT_IF_PRIVATE), MIPRO_REPLAY_NONE },
    { "answers-other-ident",         "answers a Binding Request with another identification", H, QUIRK(ANSWERS_OTHER_IDENT), MIPRO_REPLAY_NONE },
    { "answers-no-ident",            "answers a Binding Request without identification", H, QUIRK(ANSWERS_NO_IDENT), MIPRO_REPLAY_NONE },
    { "first-target-only",           "updates only the first target of a Binding Warning", H, QUIRK(FIRST_TARGET_ONLY), MIPRO_REPLAY_NONE },
    { "warns-unprotected",           "believes a Binding Warning extension that is not protected", H, QUIRK(WARNS_UNPROTECTED), MIPRO_REPLAY_NONE },
    { "ignores-warning-ext",         "ignores Binding Warning extensions", H, QUIRK(IGNORES_WARNING_EXT), MIPRO_REPLAY_NONE },
    { "update-home",                 "sends Binding Updates with another home address", H, BODY(BINDING_UPDATE, UPDATE_HOME + 3, 1), MIPRO_REPLAY_NONE },
    { "update-care-of",              "sends Binding Updates with another care-of address", H, BODY(BINDING_UPDATE, UPDATE_COA + 3, 1), MIPRO_REPLAY_NONE },
    { "update-flag-i",               "inverts flag I of its Binding Updates", H, BODY(BINDING_UPDATE, UPDATE_FLAGS, MIPRO_BU_I), MIPRO_REPLAY_NONE },
    { "update-auth-first",           "signs its Binding Updates wrongly: in the first octet", H, SIGNED(BINDING_UPDATE, UPDATE_AUTH, 1), MIPRO_REPLAY_NONE },
    { "update-auth-last",            "signs its Binding Updates wrongly: in the last octet", H, SIGNED(BINDING_UPDATE, -1, 1), MIPRO_REPLAY_NONE },
    { "update-unsigned",             "signs no Binding Update", H, SENDING(BINDING_UPDATE, SENT_UNSIGNED), MIPRO_REPLAY_NONE },
    { "update-other-spi",            "signs its Binding Updates with an unknown SPI", H, SENDING(BINDING_UPDATE, SENT_WITH_OTHER_SPI), MIPRO_REPLAY_NONE },
    { "update-cut",                  "sends its Binding Updates an octet short", H, LENGTH(BINDING_UPDATE, -1), MIPRO_REPLAY_NONE },
    { "update-long",                 "sends its Binding Updates with one octet too many", H, LENGTH(BINDING_UPDATE, 1), MIPRO_REPLAY_NONE },
    { "update-never",                "sends no Binding Update", H, SENDING(BINDING_UPDATE, NOT_SENT), MIPRO_REPLAY_NONE },
    { "update-other-port",           "sends its Binding Updates to another port", H, SENDING(BINDING_UPDATE, SENT_TO_OTHER_PORT), MIPRO_REPLAY_NONE },
    { "update-twice",                "sends its Binding Updates twice", H, SENDING(BINDING_UPDATE, SENT_TWICE), MIPRO_REPLAY_NONE },
    { "update-other-node",           "sends its Binding Updates to another node", H, SENDING(BINDING_UPDATE, SENT_TO_OTHER_NODE), MIPRO_REPLAY_NONE },

    /* The Binding Update that a new foreign agent makes from a notification. */
    { "alters-handoff",              "changes the lifetime of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_LIFE + 1, 1), MIPRO_REPLAY_NONE },
    { "handoff-home",                "changes the home address of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_HOME + 3, 1), MIPRO_REPLAY_NONE },
    { "handoff-care-of",             "changes the care-of address of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_COA + 3, 1), MIPRO_REPLAY_NONE },
    { "handoff-spi",                 "changes the SPI of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_AUTH - 1, 1), MIPRO_REPLAY_NONE },
    { "handoff-auth-first",          "changes the first octet of the authenticator of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_AUTH, 1), MIPRO_REPLAY_NONE },
    { "handoff-auth-middle",         "changes the middle of the authenticator of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_AUTH + 8, 1), MIPRO_REPLAY_NONE },
    { "handoff-auth-last",           "changes the last octet of the authenticator of a handoff's Binding Update", N, SIGNED(BINDING_UPDATE, -1, 1), MIPRO_REPLAY_NONE },
    { "clears-a",                    "asks for no acknowledgement of a handoff's Binding Update", N, BODY(BINDING_UPDATE, UPDATE_FLAGS, MIPRO_BU_A), MIPRO_REPLAY_NONE },
    { "handoff-cut",                 "sends a handoff's Binding Update an octet short", N, LENGTH(BINDING_UPDATE, -1), MIPRO_REPLAY_NONE },
    { "handoff-never",               "does not send a handoff's Binding Update", N, SENDING(BINDING_UPDATE, NOT_SENT), MIPRO_REPLAY_NONE },
    { "handoff-other-node",          "sends a handoff's Binding Update to another node", N, SENDING(BINDING_UPDATE, SENT_TO_OTHER_NODE), MIPRO_REPLAY_NONE },
    { "retransmits-handoff",         "retransmits a handoff's Binding Update", N, QUIRK(RETRANSMITS_HANDOFF), MIPRO_REPLAY_NONE },
    { "handoff-other-port",          "sends a handoff's Binding Update to another port", N, SENDING(BINDING_UPDATE, SENT_TO_OTHER_PORT), MIPRO_REPLAY_NONE },
    { "hands-off-twice",             "sends a Binding Update for each of two notifications", N, QUIRK(HANDS_OFF_TWICE), MIPRO_REPLAY_NONE },
    { "trusts-pfan-length",          "does not check the length of a notification", N, QUIRK(TRUSTS_PFAN_LENGTH), MIPRO_REPLAY_NONE },

    /* The requests that a new foreign agent passes on. */
    { "relay-flags",                 "changes the flags of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_FLAGS, MIPRO_RRQ_G), MIPRO_REPLAY_NONE },
    { "relay-life",                  "changes the lifetime of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_LIFE + 1, 1), MIPRO_REPLAY_NONE },
    { "relay-home",                  "changes the home address of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_HOME + 3, 1), MIPRO_REPLAY_NONE },
    { "relay-agent",                 "changes the home agent of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_AGENT + 3, 1), MIPRO_REPLAY_NONE },
    { "relay-care-of",               "changes the care-of address of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_COA + 3, 1), MIPRO_REPLAY_NONE },
    { "relay-ident-high",            "changes the high half of the identification of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_IDENT, 0x80), MIPRO_REPLAY_NONE },
    { "relay-ident-low",             "changes the low half of the identification of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_IDENT + 7, 1), MIPRO_REPLAY_NONE },
    { "relay-auth",                  "changes the authenticator of extension 32 of the requests it passes on", N, BODY(REGISTRATION_REQUEST, RRQ_AUTH, 1), MIPRO_REPLAY_NONE },
    { "relay-cut",                   "passes requests on an octet short", N, LENGTH(REGISTRATION_REQUEST, -1), MIPRO_REPLAY_NONE },
    { "relay-never",                 "passes nothing on", N, SENDING(REGISTRATION_REQUEST, NOT_SENT), MIPRO_REPLAY_NONE },
    { "relay-other-node",            "passes requests on to another node", N, SENDING(REGISTRATION_REQUEST, SENT_TO_OTHER_NODE), MIPRO_REPLAY_NONE },
    { "relays-all-ext",              "passes on the extensions after 32, too", N, QUIRK(RELAYS_ALL_EXT), MIPRO_REPLAY_NONE },
    { "relays-stray-reply",          "passes on a reply to no pending request", N, QUIRK(RELAYS_STRAY_REPLY), MIPRO_REPLAY_NONE },
    { "grants-itself",               "grants registrations itself", N, QUIRK(GRANTS_ITSELF), MIPRO_REPLAY_NONE },

    /* Mobile node. */
    { "never-retransmits",           "sends a Binding Update to the previous agent once", M, QUIRK(NEVER_RETRANSMITS), MIPRO_REPLAY_NONE },
    { "never-stops",                 "retransmits after the acknowledgement, too", M, QUIRK(NEVER_STOPS), MIPRO_REPLAY_NONE },
    { "stops-on-any-ack",            "treats any Binding Acknowledge as its own", M, QUIRK(STOPS_ON_ANY_ACK), MIPRO_REPLAY_NONE },
    { "stops-on-other-ident",        "accepts a Binding Acknowledge with another identification", M, QUIRK(STOPS_ON_OTHER_IDENT), MIPRO_REPLAY_NONE },
    { "stops-on-other-home",         "accepts a Binding Acknowledge for another home address", M, QUIRK(STOPS_ON_OTHER_HOME), MIPRO_REPLAY_NONE },
    { "stops-on-refusal",            "treats a refusal as an acceptance", M, QUIRK(STOPS_ON_REFUSAL), MIPRO_REPLAY_NONE },
    { "stops-on-no-ident",           "accepts a Binding Acknowledge without identification", M, QUIRK(STOPS_ON_NO_IDENT), MIPRO_REPLAY_NONE },
    { "ack-reserved-refused",        "ignores a Binding Acknowledge with reserved bits", M, QUIRK(STOPS_NEVER_IF_RESERVED), MIPRO_REPLAY_NONE },
    { "no-smooth-handoff",           "never asks for a smooth handoff", M, QUIRK(NO_SMOOTH_HANDOFF), MIPRO_REPLAY_NONE },
    { "any-advertiser",              "treats any advertisement as a foreign agent's", M, QUIRK(TAKES_ANY_ADVERTISER), MIPRO_REPLAY_NONE },
    { "advert-no-f",                 "registers with an agent that is neither foreign nor home agent", M, QUIRK(TAKES_ADVERT_NO_F), MIPRO_REPLAY_NONE },
    { "advert-no-care-of",           "registers with an agent that offers no care-of address", M, QUIRK(TAKES_ADVERT_NO_COA), MIPRO_REPLAY_NONE },
    { "advert-unknown-ext",          "accepts an advertisement with an unknown extension 0-127", M, QUIRK(TAKES_ADVERT_UNKNOWN), MIPRO_REPLAY_NONE },
    { "advert-reserved",             "ignores an advertisement with reserved bits", M, QUIRK(REFUSES_ADVERT_RESERVED), MIPRO_REPLAY_NONE },
    { "advert-skippable",            "ignores an advertisement with an unknown extension 128-255", M, QUIRK(REFUSES_ADVERT_SKIPPABLE), MIPRO_REPLAY_NONE },
    { "pfan-care-of",                "notifies a care-of address other than the one it registers", M, PFAN(PFAN_COA + 3, 1), MIPRO_REPLAY_NONE },
    { "pfan-agent",                  "notifies an agent other than the previous one", M, PFAN(PFAN_AGENT + 3, 1), MIPRO_REPLAY_NONE },
    { "pfan-spi",                    "notifies with an unknown SPI", M, PFAN(PFAN_SPI + 1, 1), MIPRO_REPLAY_NONE },
    { "pfan-auth-first",             "signs its notification wrongly: in the first octet", M, PFAN(PFAN_AUTH, 1), MIPRO_REPLAY_NONE },
    { "pfan-auth-last",              "signs its notification wrongly: in the last octet", M, PFAN(-1, 1), MIPRO_REPLAY_NONE },
    { "registers-never",             "sends no Registration Request", M, SENDING(REGISTRATION_REQUEST, NOT_SENT), MIPRO_REPLAY_NONE },
    { "registers-unsigned",          "signs no Registration Request", M, SENDING(REGISTRATION_REQUEST, SENT_UNSIGNED), MIPRO_REPLAY_NONE },
    { "takes-any-reply",             "believes any Registration Reply", M, QUIRK(TAKES_ANY_REPLY), MIPRO_REPLAY_NONE },
    { "takes-other-reply",           "believes a Registration Reply to another request or node", M, QUIRK(TAKES_OTHER_REPLY), MIPRO_REPLAY_NONE },
    { "takes-unsigned-reply",        "believes a Registration Reply without extension 32", M, QUIRK(TAKES_UNSIGNED_REPLY), MIPRO_REPLAY_NONE },
    { "hurries-requests",            "repeats an unanswered Registration Request after 0.3 s", M, QUIRK(HURRIES_REQUESTS), MIPRO_REPLAY_NONE },
};
/* clang-format on */

#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))

const struct inj_fault *
inj_fault_at(size_t i)
{
    return i < N_FAULTS ? &faults[i] : NULL;
}

const struct inj_fault *
inj_fault_by_name(const char *name)
{
    for (size_t i = 0; i < N_FAULTS; i++) {
        if (strcmp(faults[i].name, name) == 0)
            return &faults[i];
    }
    return NULL;
}

uint64_t
inj_fault_compares(const struct inj_fault *f, uint8_t ext)
{
    return f->kind == INJ_FAULT_COMPARE && f->about == ext ? f->arg : UINT64_MAX;
}

int
inj_fault_code(const struct inj_fault *f, uint8_t type, int code)
{
    if (f->kind != INJ_FAULT_CODE || f->about != type)
        return code;
    if (f->at == code || f->at == INJ_ANY_CODE || (f->at == INJ_ANY_REFUSAL && code != 0))
        return (int)f->arg;
    return code;
}

/* The number of its authentication extensions whose length is from least to most. */
static unsigned
count_authenticators(const struct mipro_message *m, uint64_t least, uint64_t most)
{
    unsigned n = 0;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);)
        n += e.type >= MIPRO_EXT_MOBILE_HOME && e.type <= MIPRO_EXT_AUTH && e.body_len >= least &&
             e.body_len <= most;
    return n;
}

/* Does the fault make the node crash on this message, or withhold the answer? */
static bool
is_about(const struct inj_fault *f, const struct mipro_message *m)
{
    if (f->about != 0 && mipro_message_type(m) != f->about)
        return false;
    switch ((enum inj_death)f->at) {
    case INJ_DIES_ALWAYS:
        return true;
    case INJ_DIES_OF_CUT:
        return m->err == MIPRO_ERR_TRUNCATED;
    case INJ_DIES_OF_OVERRUN:
        return m->err == MIPRO_ERR_OVERRUN;
    case INJ_DIES_OF_TRAILING:
        return m->err != MIPRO_OK && m->err_off + 1 == m->len;
    case INJ_DIES_OF_LENGTH:
        return m->len == f->arg;
    case INJ_DIES_OF_LONG:
        return m->len > f->arg;
    case INJ_DIES_OF_UNKNOWN_EXT:
        for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
            if (e.def == NULL && e.type >= f->arg)
                return true;
        }
        return false;
    case INJ_DIES_OF_NO_EXT:
        return m->err == MIPRO_OK && m->n_ext == 0;
    case INJ_DIES_OF_TWO_AUTH:
        return count_authenticators(m, 0, UINT16_MAX) > 1;
    case INJ_DIES_OF_SHORT_AUTH:
        return count_authenticators(m, 0, 3) > 0;
    case INJ_DIES_OF_LIFE:
        return mipro_has(m, MIPRO_F_LIFE) && mipro_value(m, MIPRO_F_LIFE) == f->arg;
    case INJ_DIES_OF_FLAG:
        return mipro_has(m, MIPRO_F_FLAGS) && (mipro_value(m, MIPRO_F_FLAGS) & f->arg) != 0;
    case INJ_DIES_OF_TYPE:
        return m->len > 0 && m->def == NULL;
    case INJ_DIES_OF_EXT:
        for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
            if (e.type == f->arg)
                return true;
        }
        return false;
    case INJ_DIES_OF_LONG_AUTH:
        return count_authenticators(m, f->arg, f->arg) > 0;
    }
    return false;
}

bool
inj_fault_kills(const struct inj_fault *f, const struct mipro_message *m)
{
    return f->kind == INJ_FAULT_DIES && is_about(f, m);
}

bool
inj_fault_withholds(const struct inj_fault *f, const struct mipro_message *m)
{
    return f->kind == INJ_FAULT_WITHHOLDS && is_about(f, m);
}

void
inj_fault_change(const struct inj_fault *f, uint8_t type, bool is_signed, uint8_t *octets, size_t n)
{
    const size_t at = f->at < 0 ? n - (size_t)-f->at : (size_t)f->at;

    if (f->kind == (is_signed ? INJ_FAULT_SIGNED : INJ_FAULT_BODY) && f->about == type && at < n)
        octets[at] ^= (uint8_t)f->arg;
}
