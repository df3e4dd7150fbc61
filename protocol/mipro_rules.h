/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_rules.h - the rules of the draft: a table with one row per rule.
 *
 * Rules on one message are checked here; rules over several messages by the state machine of
 * mipro_conduct.h, whose rows are also in this table.  Ids never change.  To add a rule on one
 * message: an enumerator, a row, a function in one of rules/check_*.c, and a case that breaks
 * it.
 *
 * A rule that cannot be judged because the capture lacks octets counts as not broken.
 * A message breaks a rule at most once, at the first place; the text gives the number of
 * further places.
 */
#ifndef MIPRO_RULES_H
#define MIPRO_RULES_H

#include "mipro_auth.h"

#include <stdarg.h>

enum mipro_severity { MIPRO_NOTE, MIPRO_WARNING, MIPRO_ERROR };
const char *mipro_severity_name(enum mipro_severity severity);

enum mipro_rule {
    /* one message */
    MIPRO_RULE_MESSAGE_TRUNCATED,
    MIPRO_RULE_WARNING_NO_TARGET,
    MIPRO_RULE_TRAILING_OCTETS,
    MIPRO_RULE_EXTENSION_OVERRUN,
    MIPRO_RULE_EXTENSION_UNKNOWN,
    MIPRO_RULE_EXTENSION_MISPLACED,
    MIPRO_RULE_UPDATE_NO_AUTH,
    MIPRO_RULE_AUTH_NOT_LAST,
    MIPRO_RULE_AUTH_LENGTH,
    MIPRO_RULE_SPI_RESERVED,
    MIPRO_RULE_RESERVED_NONZERO,
    MIPRO_RULE_STATUS_UNASSIGNED,
    MIPRO_RULE_PFAN_LENGTH,
    MIPRO_RULE_PFAN_CARE_OF,
    MIPRO_RULE_DELETE_HALF,
    MIPRO_RULE_PRIVATE_HALF,
    MIPRO_RULE_PORT,
    MIPRO_RULE_ADDRESS_IMPLAUSIBLE,
    MIPRO_RULE_KEY_EXPIRED,
    MIPRO_RULE_REGISTRATION_NO_AUTH,
    MIPRO_RULE_KEY_WEAK,
    /* several messages */
    MIPRO_RULE_FORGED_ACCEPTED,
    MIPRO_RULE_GENUINE_REFUSED,
    MIPRO_RULE_REPLY_MISMATCH,
    MIPRO_RULE_UPDATE_UNACKNOWLEDGED,
    MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED,
    MIPRO_RULE_ACKNOWLEDGE_MISMATCH,
    MIPRO_RULE_REQUEST_UNANSWERED,
    MIPRO_RULE_ANSWER_MISMATCH,
    MIPRO_RULE_WARNING_UNANSWERED,
    MIPRO_RULE_REPLAY,
    MIPRO_RULE_NONCE_CHAIN,
    MIPRO_RULE_PRIVACY,
    MIPRO_RULE_RATE_UPDATES,
    MIPRO_RULE_RATE_WARNINGS,
    MIPRO_RULE_LIFETIME_EXCEEDS,
    MIPRO_RULE_HANDOFF_NO_UPDATE,
    MIPRO_RULE_HANDOFF_NO_A,
    MIPRO_RULE_HANDOFF_ALTERED,
    MIPRO_RULE_HANDOFF_ADVERTISED,
    MIPRO_RULE_STALE_FORWARDING,
    MIPRO_RULES
};
#define MIPRO_RULES_ON_ONE MIPRO_RULE_FORGED_ACCEPTED /* how many: they come first */
_Static_assert(MIPRO_RULE_KEY_WEAK + 1 == MIPRO_RULES_ON_ONE, "no rule on several messages before");

struct mipro_rule_def {
    const char *id; /* "update-no-auth" */
    enum mipro_severity severity;
    const char *section;
    const char *text;      /* the requirement, one sentence */
    const char *violation; /* what is wrong if it is broken: a title, without a full stop */
    unsigned in;           /* MIPRO_IN_ bits: messages that can break it */
    bool keyed;            /* it can be judged only if an authenticator was verified */
};

const struct mipro_rule_def *mipro_rule_def(enum mipro_rule rule);
/* MIPRO_RULES if no rule has this id. */
enum mipro_rule mipro_rule_by_id(const char *id);

#define MIPRO_RELATED 8

/* A rule that was broken.  A copy by assignment shares the text. */
struct mipro_finding {
    enum mipro_rule rule;
    uint64_t frame; /* number of the message that breaks it, assigned by the caller */
    int64_t time;
    uint32_t src, dst;
    uint8_t message; /* its type */
    bool mild;       /* less severe than the rule: an error becomes a warning */
    bool unproven;   /* the message may be forged: its authenticator was not captured */
    bool has_home;   /* set for rules over several messages; then ... */
    uint32_t home;   /* ... the home address concerned */
    char *nai;       /* the node's, if it has no home address; owned by the finding, or NULL */
    size_t off, len; /* octets of the payload that break it; len 0: none to show */
    char *text;      /* owned by the finding: what is wrong, in words, with the values */
    uint64_t related[MIPRO_RELATED]; /* other frames, ascending */
    unsigned n_related;
};

/* How severe it is: its rule's severity, unless it is mild. */
enum mipro_severity mipro_finding_severity(const struct mipro_finding *f);
/* Append to the text, which may be NULL; it grows as needed. */
void mipro_finding_append(struct mipro_finding *f, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void mipro_finding_appendf(struct mipro_finding *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Add a related frame: kept in ascending order, without duplicates or its own; excess ignored. */
void mipro_finding_relate(struct mipro_finding *f, uint64_t frame);
/* It is about a node of this name. */
void mipro_finding_name(struct mipro_finding *f, const struct mipro_nai *nai);
/* Free the text and the NAI, which become NULL. */
void mipro_finding_clear(struct mipro_finding *f);
/* Make a copy with its own text and NAI, and free such a copy; NULL allowed. */
struct mipro_finding *mipro_finding_copy(const struct mipro_finding *f);
void mipro_finding_free(struct mipro_finding *f);

/* The input of the rules on one message. */
struct mipro_evidence {
    const struct mipro_message *message;
    const struct mipro_auth *auth; /* results of mipro_auth_each() */
    size_t n_auth;
    uint16_t sport, dport;
    uint64_t frame;
    int64_t time;
    uint32_t src, dst;
};

/*
 * Find the rules that the message breaks, in the order of the table.  key-weak is found for
 * every authenticator judged with a weak key: the caller reports only the first of each
 * association, with mipro_weak_association().  Returns the number of findings; the caller
 * clears each.
 */
size_t mipro_rules_check(
    const struct mipro_evidence *ev, struct mipro_finding out[MIPRO_RULES_ON_ONE]);
/* A quick first check: false if it is certain that no rule is broken. */
bool mipro_rules_notice(const struct mipro_message *m, const struct mipro_auth *auth, size_t n_auth,
    uint16_t sport, uint16_t dport);
/* The same for a plain message that mipro_auth_queue_add_usual() has added. */
bool mipro_rules_notice_usual(const struct mipro_message *m,
    const struct mipro_association *association, uint16_t sport, uint16_t dport);

/* As mipro_rules_check(), without the fast path, for tests: calls every rule's function. */
size_t mipro_rules_check_each(
    const struct mipro_evidence *ev, struct mipro_finding out[MIPRO_RULES_ON_ONE]);

/*
 * The i-th association with a weak key with which an authenticator of ev was judged, or NULL.
 * f, a finding of key-weak about ev, becomes one about this association alone; its old text is
 * freed, and the caller clears the new one.
 */
const struct mipro_association *mipro_weak_association(
    const struct mipro_evidence *ev, size_t i, struct mipro_finding *f);

#endif
