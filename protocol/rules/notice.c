/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fast path: select the rules on one message whose functions must be called. */
#include "rules/checks.h"

#define BIT(rule) (UINT32_C(1) << (rule))
_Static_assert(MIPRO_RULES_ON_ONE < 32, "a set of rules on one message has a bit for each");

/*
 * Nearly all messages break no rule, so a cheap test of each message selects the rules whose
 * functions are called.  It may select rules that are not broken, but must select every one
 * that is (tests compare it with mipro_rules_check_each()).
 */
static uint32_t
notice_extension(const struct mipro_message *m, const struct mipro_ext *e)
{
    uint32_t noticed = 0;

    if (e->type == MIPRO_EXT_AUTH && e->type != mipro_auth_ext_type(&m->set))
        noticed |= BIT(MIPRO_RULE_EXTENSION_MISPLACED);
    if (e->def == NULL || (e->def->in & m->def->in) == 0)
        noticed |= BIT(MIPRO_RULE_EXTENSION_UNKNOWN) | BIT(MIPRO_RULE_EXTENSION_MISPLACED);
    if (mipro_is_pfan(e))
        noticed |= BIT(MIPRO_RULE_PFAN_LENGTH) | BIT(MIPRO_RULE_PFAN_CARE_OF) |
                   BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
    if (mipro_is_warning_ext(m, e))
        noticed |= BIT(MIPRO_RULE_WARNING_NO_TARGET) | BIT(MIPRO_RULE_TRAILING_OCTETS) |
                   BIT(MIPRO_RULE_RESERVED_NONZERO) | BIT(MIPRO_RULE_PRIVATE_HALF) |
                   BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
    return noticed;
}

static uint32_t
notice_extensions(const struct mipro_message *m)
{
    uint8_t signature = mipro_auth_ext_type(&m->set);
    uint32_t noticed = 0;
    bool is_signed = false, has_home = false;

    for (struct mipro_ext e = { 0 }; mipro_rule_next_ext(m, &e);) {
        has_home |= e.type == MIPRO_EXT_MOBILE_HOME;
        if (is_signed)
            noticed |= BIT(MIPRO_RULE_AUTH_NOT_LAST) | BIT(MIPRO_RULE_EXTENSION_MISPLACED);
        is_signed |= e.type == signature;
        noticed |= notice_extension(m, &e);
    }
    if (!has_home && mipro_is_registration(m))
        noticed |= BIT(MIPRO_RULE_REGISTRATION_NO_AUTH);
    if (!is_signed && mipro_is_type(m, MIPRO_BINDING_UPDATE))
        noticed |= BIT(MIPRO_RULE_UPDATE_NO_AUTH);
    return noticed;
}

/* Rules about framing and extensions. */
static uint32_t
notice_framing(const struct mipro_message *m)
{
    uint32_t noticed = notice_extensions(m);

    if (m->err == MIPRO_ERR_TRAILING)
        noticed |= BIT(MIPRO_RULE_TRAILING_OCTETS);
    if (m->err == MIPRO_ERR_OVERRUN)
        noticed |= BIT(MIPRO_RULE_EXTENSION_OVERRUN);
    return noticed;
}

static uint32_t
notice_fields(const struct mipro_message *m)
{
    uint32_t noticed = 0;

    switch (m->def->type) {
    case MIPRO_BINDING_WARNING:
        if (m->n_targets == 0)
            noticed |= BIT(MIPRO_RULE_WARNING_NO_TARGET);
        for (size_t i = 0; i < m->n_targets; i++)
            if (mipro_why_implausible(mipro_target(m, i)) != NULL)
                noticed |= BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
        break;
    case MIPRO_BINDING_UPDATE:
        if ((mipro_value(m, MIPRO_F_FLAGS) & MIPRO_BU_RESERVED) != 0)
            noticed |= BIT(MIPRO_RULE_RESERVED_NONZERO);
        if (mipro_is_half_deletion(m))
            noticed |= BIT(MIPRO_RULE_DELETE_HALF);
        break;
    case MIPRO_BINDING_ACKNOWLEDGE:
        if (mipro_value(m, MIPRO_F_STATUS) != 0)
            noticed |= BIT(MIPRO_RULE_STATUS_UNASSIGNED);
        break;
    default:
        break;
    }
    if (mipro_value(m, MIPRO_F_RESERVED) != 0)
        noticed |= BIT(MIPRO_RULE_RESERVED_NONZERO);
    if (mipro_why_implausible((uint32_t)mipro_value(m, MIPRO_F_HOMEADDR)) != NULL ||
        (mipro_has(m, MIPRO_F_COA) &&
            mipro_why_implausible((uint32_t)mipro_value(m, MIPRO_F_COA)) != NULL))
        noticed |= BIT(MIPRO_RULE_ADDRESS_IMPLAUSIBLE);
    return noticed;
}

static uint32_t
notice_authenticators(const struct mipro_auth *auth, size_t n_auth)
{
    uint32_t noticed = 0;

    for (const struct mipro_auth *a = auth; n_auth != 0; a++, n_auth--) {
        if (a->size_wrong)
            noticed |= BIT(MIPRO_RULE_AUTH_LENGTH);
        if (a->has_spi && a->spi < MIPRO_FIRST_SPI)
            noticed |= BIT(MIPRO_RULE_SPI_RESERVED);
        if (a->verdict == MIPRO_EXPIRED)
            noticed |= BIT(MIPRO_RULE_KEY_EXPIRED);
        if (a->association != NULL && a->association->weak != 0)
            noticed |= BIT(MIPRO_RULE_KEY_WEAK);
    }
    return noticed;
}

/* Rules about the content of a draft message that is not truncated. */
static uint32_t
notice_content(const struct mipro_message *m, const struct mipro_auth *auth, size_t n_auth,
    uint16_t sport, uint16_t dport)
{
    uint32_t noticed = notice_fields(m) | notice_authenticators(auth, n_auth);

    if (sport != MIPRO_PORT && dport != MIPRO_PORT)
        noticed |= BIT(MIPRO_RULE_PORT);
    return noticed;
}

/* The rules that apply to the message, one bit each. */
static uint32_t
applicable(const struct mipro_message *m)
{
    if (m->def == NULL || m->def->source == MIPRO_SOURCE_IANA)
        return 0; /* not a message of this draft */
    if (m->err == MIPRO_ERR_TRUNCATED)
        return BIT(MIPRO_RULE_MESSAGE_TRUNCATED);
    return BIT(MIPRO_RULES_ON_ONE) - 1;
}

/* Might the address be implausible?  A cheap test of its first octet, done before the exact one. */
static inline bool
is_suspect(uint32_t addr)
{
    uint32_t first = addr >> 24;

    return first - 1 >= 0xdf || first == 127; /* 0, and 224 or more */
}

/*
 * A plain Binding Update or Acknowledge that certainly breaks no rule, if its authenticator does
 * not.  False does not mean that it breaks one.
 */
static inline bool
is_ordinary(const struct mipro_message *m, uint16_t sport, uint16_t dport)
{
    if ((sport != MIPRO_PORT && dport != MIPRO_PORT) || is_suspect(m->value[MIPRO_F_HOMEADDR]))
        return false;
    if (m->value[MIPRO_F_TYPE] == MIPRO_BINDING_ACKNOWLEDGE)
        return (m->value[MIPRO_F_STATUS] | m->value[MIPRO_F_RESERVED]) == 0;
    return m->value[MIPRO_F_TYPE] == MIPRO_BINDING_UPDATE &&
           (m->value[MIPRO_F_FLAGS] & MIPRO_BU_RESERVED) == 0 && m->value[MIPRO_F_LIFE] != 0 &&
           m->value[MIPRO_F_COA] != m->value[MIPRO_F_HOMEADDR] &&
           !is_suspect(m->value[MIPRO_F_COA]);
}

/* The same of its authenticator. */
static inline bool
is_ordinary_auth(const struct mipro_auth *auth)
{
    return !auth->size_wrong && auth->spi >= MIPRO_FIRST_SPI && auth->verdict != MIPRO_EXPIRED &&
           auth->association != NULL && auth->association->weak == 0;
}

/* The rules to check for a message that is not ordinary. */
__attribute__((noinline)) static uint32_t
look_closer(const struct mipro_message *m, const struct mipro_auth *auth, size_t n_auth,
    uint16_t sport, uint16_t dport)
{
    uint32_t these;

    if (m->plain)
        return notice_content(m, auth, n_auth, sport, dport);
    these = applicable(m);
    if (these == BIT(MIPRO_RULES_ON_ONE) - 1)
        these = notice_framing(m) | notice_content(m, auth, n_auth, sport, dport);
    return these;
}

static inline uint32_t
noticeable(const struct mipro_message *m, const struct mipro_auth *auth, size_t n_auth,
    uint16_t sport, uint16_t dport)
{
    if (m->plain && n_auth == 1 && is_ordinary_auth(auth) && is_ordinary(m, sport, dport))
        return 0;
    return look_closer(m, auth, n_auth, sport, dport);
}

bool
mipro_rules_notice(const struct mipro_message *m, const struct mipro_auth *auth, size_t n_auth,
    uint16_t sport, uint16_t dport)
{
    return noticeable(m, auth, n_auth, sport, dport) != 0;
}

bool
mipro_rules_notice_usual(const struct mipro_message *m, const struct mipro_association *association,
    uint16_t sport, uint16_t dport)
{
    return association->weak != 0 || !is_ordinary(m, sport, dport);
}

size_t
mipro_rules_check(const struct mipro_evidence *ev, struct mipro_finding out[MIPRO_RULES_ON_ONE])
{
    return mipro_rules_check_these(
        ev, noticeable(ev->message, ev->auth, ev->n_auth, ev->sport, ev->dport), out);
}

size_t
mipro_rules_check_each(
    const struct mipro_evidence *ev, struct mipro_finding out[MIPRO_RULES_ON_ONE])
{
    return mipro_rules_check_these(ev, applicable(ev->message), out);
}
