/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - the table of faults: see fault.h.
 *
 * Names are stable.  A fault is kept only if some case can show it, or docs/testing.md says
 * why none does (scripts/mutants counts them).
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
#define LENGTH(type, n) INJ_FAULT_LENGTH, MIPRO_##type, n, 0
#define SENDING(type, how) INJ_FAULT_SENDING, MIPRO_##type, INJ_##how, 0
#define SENDING_ARG(type, how, arg) INJ_FAULT_SENDING, MIPRO_##type, INJ_##how, arg
#define COMPARES(ext, mask) INJ_FAULT_COMPARE, MIPRO_EXT_##ext, 0, UINT64_C(mask)
#define DIES(type, how, arg) INJ_FAULT_DIES, type, INJ_DIES_##how, arg
#define CODE(type, right, sent) INJ_FAULT_CODE, MIPRO_##type, right, sent

/* Offsets in fixed parts. */
#define ACK_HOME 4
#define ACK_IDENT 8
#define UPDATE_FLAGS 1
#define UPDATE_LIFE 2
#define UPDATE_HOME 4
#define UPDATE_COA 8
#define UPDATE_IDENT 12

/* clang-format off */
static const struct inj_fault faults[] = {
    { "none", "does everything right", RECEIVERS | N | H | M, INJ_FAULT_NONE, 0, 0, 0 },

    { "accepts-forged",      "takes a Binding Update whose authenticator is bad or missing", RECEIVERS, COMPARES(AUTH, 0) },
    { "compares-12-octets",  "compares all but the last 4 octets of the authenticator",      RECEIVERS, COMPARES(AUTH, 0xfff) },
    { "ignores-a",           "acknowledges though A is clear",                               RECEIVERS, QUIRK(ANSWERS_QUIET) },
    { "all-131",             "answers 131 to every Binding Update",                          RECEIVERS, CODE(BINDING_ACKNOWLEDGE, INJ_ANY_CODE, 131) },
    { "wrong-ident",         "acknowledges with another identification",                     RECEIVERS, BODY(BINDING_ACKNOWLEDGE, ACK_IDENT + 7, 1) },
    { "wrong-home",          "acknowledges with another home address",                       RECEIVERS, BODY(BINDING_ACKNOWLEDGE, ACK_HOME + 3, 1) },
    { "bad-ack-auth",        "signs its Binding Acknowledges wrongly",                       RECEIVERS, SIGNED(BINDING_ACKNOWLEDGE, -1, 1) },
    { "dies-on-cut",         "dies of a message that ends in its fixed part",                RECEIVERS | N | H, DIES(0, OF_CUT, 0) },
    { "dies-on-18",          "dies of any Binding Update",                                   RECEIVERS, DIES(MIPRO_BINDING_UPDATE, ALWAYS, 0) },
    { "dies-on-overrun",     "dies of an extension that runs past the end",                  RECEIVERS | N | H, DIES(0, OF_OVERRUN, 0) },
    { "answers-unknown-ext", "does not discard what has an unknown extension 0-127",         RECEIVERS | N | H, QUIRK(TAKES_UNKNOWN_EXT) },
    { "refuses-skippable",   "discards what has an unknown extension 128-255",               RECEIVERS | N | H, QUIRK(REFUSES_SKIPPABLE) },
    { "refuses-reserved",    "answers 134 where a reserved bit of a Binding Update is set",  RECEIVERS, QUIRK(REFUSES_RESERVED) },
    { "no-replay-check",     "takes any identification",                                     RECEIVERS | H, QUIRK(NO_REPLAY_CHECK) },
    { "ignores-nonce",       "asks for no new nonce after a wrong one",                      RECEIVERS, QUIRK(ASKS_NO_NONCE) },
    { "any-spi",             "takes any SPI for the one association it has",                 RECEIVERS | H, QUIRK(TAKES_ANY_SPI) },
    { "trusts-addresses",    "takes any home, care-of and agent address",                    RECEIVERS | N, QUIRK(TRUSTS_ADDRESSES) },
    { "keeps-deleted",       "acknowledges a deletion and deletes nothing",                  P, QUIRK(KEEPS_DELETED) },
    { "no-rate-limit",       "limits no rate",                                               P | H, QUIRK(NO_RATE_LIMIT) },
    { "discloses-private",   "tells the care-of address of a private node",                  H, QUIRK(DISCLOSES_PRIVATE) },
    { "answers-other-ident", "answers a Binding Request with another identification",        H, QUIRK(ANSWERS_OTHER_IDENT) },
    { "serves-anybody",      "sends Binding Updates about nodes that it does not serve",     H, QUIRK(SERVES_ANYBODY) },
    { "warns-unprotected",   "believes a Binding Warning extension that is not protected",   H, QUIRK(WARNS_UNPROTECTED) },
    { "alters-handoff",      "changes the lifetime of a handoff's Binding Update",           N, BODY(BINDING_UPDATE, UPDATE_LIFE + 1, 1) },
    { "clears-a",            "asks for no acknowledgement of a handoff's Binding Update",    N, BODY(BINDING_UPDATE, UPDATE_FLAGS, MIPRO_BU_A) },
    { "retransmits-handoff", "retransmits a handoff's Binding Update",                       N, QUIRK(RETRANSMITS_HANDOFF) },
    { "ignores-33",          "does not check the Mobile-Foreign authenticator",              N, QUIRK(IGNORES_33) },
    { "never-retransmits",   "sends a Binding Update to the previous agent once",            M, QUIRK(NEVER_RETRANSMITS) },
    { "never-stops",         "retransmits after the acknowledgement, too",                   M, QUIRK(NEVER_STOPS) },
    { "no-smooth-handoff",   "asks no agent for a smooth handoff",                           M, QUIRK(NO_SMOOTH_HANDOFF) },
    { "any-advertiser",      "takes any advertisement for a foreign agent's",                M, QUIRK(TAKES_ANY_ADVERTISER) },
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

/* How many authentication extensions it has; *short_one: one has no room for an SPI. */
static unsigned
count_authenticators(const struct mipro_message *m, bool *short_one)
{
    unsigned n = 0;

    *short_one = false;
    for (struct mipro_ext e = { 0 }; mipro_ext_next(m, &e);) {
        if (e.type < MIPRO_EXT_MOBILE_HOME || e.type > MIPRO_EXT_AUTH)
            continue;
        n++;
        *short_one |= e.body_len < 4;
    }
    return n;
}

bool
inj_fault_kills(const struct inj_fault *f, const struct mipro_message *m)
{
    bool short_one;

    if (f->kind != INJ_FAULT_DIES || (f->about != 0 && mipro_message_type(m) != f->about))
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
        return count_authenticators(m, &short_one) > 1;
    case INJ_DIES_OF_SHORT_AUTH:
        return count_authenticators(m, &short_one) > 0 && short_one;
    case INJ_DIES_OF_LIFE:
        return mipro_has(m, MIPRO_F_LIFE) && mipro_value(m, MIPRO_F_LIFE) == f->arg;
    case INJ_DIES_OF_TYPE:
        return m->len > 0 && m->def == NULL;
    }
    return false;
}

void
inj_fault_change(const struct inj_fault *f, uint8_t type, bool is_signed, uint8_t *octets, size_t n)
{
    const size_t at = f->at < 0 ? n - (size_t)-f->at : (size_t)f->at;

    if (f->kind == (is_signed ? INJ_FAULT_SIGNED : INJ_FAULT_BODY) && f->about == type && at < n)
        octets[at] ^= (uint8_t)f->arg;
}
