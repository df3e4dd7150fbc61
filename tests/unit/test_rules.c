/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "mipro_rules.h"
#include "samples.h"

#include <stdio.h>

#define MAX_AUTHS 8

/* A message, and everything that its rules check.  No key is known unless a test gives one. */
#define REPLY_BODY "0708 0a010009 0a010001" IDENT /* after its type and code */

struct trial {
    uint8_t octets[SAMPLE_MAX];
    size_t captured, len;
    struct unit_exact exact;
    struct mipro_message message;
    struct mipro_auth auth[MAX_AUTHS];
    size_t n_auth;
    struct mipro_evidence evidence;
    struct mipro_finding finding[MIPRO_RULES_ON_ONE]; /* each with its text in text[] */
    char text[MIPRO_RULES_ON_ONE][1024];
    size_t n_findings;
    char ids[400]; /* of the findings, in order, separated by blanks */
};

static void
keep_auth(void *ctx, const struct mipro_auth *auth)
{
    struct trial *t = ctx;

    assert_true(t->n_auth < MAX_AUTHS);
    t->auth[t->n_auth++] = *auth;
}

static void
gather(struct trial *t, size_t captured, size_t len, const struct mipro_settings *set)
{
    const struct mipro_scene scene = { 0x0a010001, 0xc0000207, 0, NULL };

    t->captured = captured;
    t->len = len;
    t->n_auth = 0;
    t->exact = unit_exact(t->octets, captured);
    mipro_message_parse(&t->message, t->exact.octets, captured, len, set, MIPRO_IDENT_UNKNOWN);
    mipro_auth_each(&t->message, &scene, keep_auth, t);
    t->evidence = (struct mipro_evidence){ &t->message, t->auth, t->n_auth, MIPRO_PORT, MIPRO_PORT,
        7, 1000, scene.src, scene.dst };
}

static bool
is_about_auth(enum mipro_rule rule)
{
    return rule == MIPRO_RULE_SPI_RESERVED || rule == MIPRO_RULE_AUTH_LENGTH ||
           rule == MIPRO_RULE_KEY_EXPIRED || rule == MIPRO_RULE_KEY_WEAK;
}

/* If the authenticator is good, is a plain message that breaks a rule noticed without it, too? */
static void
check_usual(const struct trial *t, const char *name, const struct mipro_finding *found, size_t n)
{
    const struct mipro_association strong = { .usual = true }, weak = { .weak = MIPRO_WEAK_WORD };

    if (!t->message.plain || t->n_auth != 1)
        return;
    assert_true(mipro_rules_notice_usual(&t->message, &weak, MIPRO_PORT, MIPRO_PORT));
    for (size_t i = 0; i < n; i++)
        if (!is_about_auth(found[i].rule) &&
            !mipro_rules_notice_usual(&t->message, &strong, t->evidence.sport, t->evidence.dport))
            fail_msg("%s: the quickest path does not notice it", name);
}

/* Check, compare the fast path with every rule's function, and check each finding. */
static void
judge(struct trial *t, const char *name)
{
    struct mipro_finding each[MIPRO_RULES_ON_ONE];
    size_t n_each = mipro_rules_check_each(&t->evidence, each);

    t->n_findings = mipro_rules_check(&t->evidence, t->finding);
    t->ids[0] = '\0';
    if (t->n_findings != n_each)
        fail_msg("%s: the fast path finds %zu, the functions %zu", name, t->n_findings, n_each);
    check_usual(t, name, each, n_each);
    for (size_t i = 0; i < t->n_findings; i++) {
        const struct mipro_finding *f = &t->finding[i];
        const char *id = mipro_rule_def(f->rule)->id;

        if (f->rule != each[i].rule || strcmp(f->text, each[i].text) != 0)
            fail_msg("%s: the fast path finds %s, the functions %s", name, f->text, each[i].text);
        if (f->off > t->captured || f->len > t->captured - f->off)
            fail_msg("%s: %s: octets %zu+%zu of %zu", name, id, f->off, f->len, t->captured);
        if (f->text[0] == '\0' || strchr(f->text, '\n') != NULL || f->frame != 7 ||
            f->n_related != 0)
            fail_msg("%s: %s: \"%s\"", name, id, f->text);
        snprintf(t->ids + strlen(t->ids), sizeof(t->ids) - strlen(t->ids), "%s%s",
            i == 0 ? "" : " ", id);
        assert_true(strlen(f->text) < sizeof(t->text[i]));
        strcpy(t->text[i], f->text);
        mipro_finding_clear(&t->finding[i]);
        t->finding[i].text = t->text[i];
        mipro_finding_clear(&each[i]);
    }
    free(t->exact.block);
}

static void
try_hex(struct trial *t, const char *name, const char *hex, const struct mipro_settings *set)
{
    size_t n = unit_octets(hex, t->octets, sizeof(t->octets));

    gather(t, n, n, set);
    judge(t, name);
}

/* clang-format off */
/* Typed from the specification's table. */
static const struct {
    enum mipro_rule rule;
    const char *id;
    enum mipro_severity severity;
    const char *section;
} spec[] = {
    { MIPRO_RULE_MESSAGE_TRUNCATED,       "message-truncated",       MIPRO_ERROR,   "4.1–4.4" },
    { MIPRO_RULE_WARNING_NO_TARGET,       "warning-no-target",       MIPRO_ERROR,   "4.1, 6" },
    { MIPRO_RULE_TRAILING_OCTETS,         "trailing-octets",         MIPRO_ERROR,   "4, RFC 2002 1.9" },
    { MIPRO_RULE_EXTENSION_OVERRUN,       "extension-overrun",       MIPRO_ERROR,   "RFC 2002 1.9" },
    { MIPRO_RULE_EXTENSION_UNKNOWN,       "extension-unknown",       MIPRO_ERROR,   "RFC 2002 1.9" },
    { MIPRO_RULE_EXTENSION_MISPLACED,     "extension-misplaced",     MIPRO_WARNING, "4.5, 5.1, 6" },
    { MIPRO_RULE_UPDATE_NO_AUTH,          "update-no-auth",          MIPRO_ERROR,   "4.5" },
    { MIPRO_RULE_AUTH_NOT_LAST,           "auth-not-last",           MIPRO_WARNING, "4.5" },
    { MIPRO_RULE_AUTH_LENGTH,             "auth-length",             MIPRO_ERROR,   "4.5" },
    { MIPRO_RULE_SPI_RESERVED,            "spi-reserved",            MIPRO_ERROR,   "2" },
    { MIPRO_RULE_RESERVED_NONZERO,        "reserved-nonzero",        MIPRO_WARNING, "4.1–4.4, 6" },
    { MIPRO_RULE_STATUS_UNASSIGNED,       "status-unassigned",       MIPRO_WARNING, "4.4" },
    { MIPRO_RULE_PFAN_LENGTH,             "pfan-length",             MIPRO_ERROR,   "5.1" },
    { MIPRO_RULE_PFAN_CARE_OF,            "pfan-care-of",            MIPRO_WARNING, "5.1" },
    { MIPRO_RULE_DELETE_HALF,             "delete-half",             MIPRO_NOTE,    "4.3" },
    { MIPRO_RULE_PRIVATE_HALF,            "private-half",            MIPRO_NOTE,    "4.6, 6" },
    { MIPRO_RULE_PORT,                    "port",                    MIPRO_NOTE,    "4" },
    { MIPRO_RULE_ADDRESS_IMPLAUSIBLE,     "address-implausible",     MIPRO_NOTE,    "RFC 2002" },
    { MIPRO_RULE_KEY_EXPIRED,             "key-expired",             MIPRO_NOTE,    "RFC 2002 5.1" },
    { MIPRO_RULE_REGISTRATION_NO_AUTH,    "registration-no-auth",    MIPRO_ERROR,   "RFC 2002 3.3, 3.4, 3.5.2" },
    { MIPRO_RULE_KEY_WEAK,                "key-weak",                MIPRO_WARNING, "RFC 2002 5.1, RFC 5944 5.1" },
    { MIPRO_RULE_FORGED_ACCEPTED,         "forged-accepted",         MIPRO_ERROR,   "4.3, RFC 2002 3.8.2.1" },
    { MIPRO_RULE_GENUINE_REFUSED,         "genuine-refused",         MIPRO_WARNING, "4.4, RFC 2002 3.4" },
    { MIPRO_RULE_REPLY_MISMATCH,          "reply-mismatch",          MIPRO_ERROR,   "RFC 2002 3.8.3.1, 5.7" },
    { MIPRO_RULE_UPDATE_UNACKNOWLEDGED,   "update-unacknowledged",   MIPRO_WARNING, "4.4" },
    { MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED, "acknowledge-unsolicited", MIPRO_WARNING, "4.4" },
    { MIPRO_RULE_ACKNOWLEDGE_MISMATCH,    "acknowledge-mismatch",    MIPRO_ERROR,   "4.4" },
    { MIPRO_RULE_REQUEST_UNANSWERED,      "request-unanswered",      MIPRO_WARNING, "4.2" },
    { MIPRO_RULE_ANSWER_MISMATCH,         "answer-mismatch",         MIPRO_ERROR,   "4.3" },
    { MIPRO_RULE_WARNING_UNANSWERED,      "warning-unanswered",      MIPRO_NOTE,    "4.1" },
    { MIPRO_RULE_REPLAY,                  "replay",                  MIPRO_ERROR,   "4.2, 4.3, RFC 2002 5.6" },
    { MIPRO_RULE_NONCE_CHAIN,             "nonce-chain",             MIPRO_WARNING,  "4.3" },
    { MIPRO_RULE_PRIVACY,                 "privacy",                 MIPRO_ERROR,   "4.2, 4.6" },
    { MIPRO_RULE_RATE_UPDATES,            "rate-updates",            MIPRO_ERROR,   "7.1" },
    { MIPRO_RULE_RATE_WARNINGS,           "rate-warnings",           MIPRO_ERROR,   "8.3" },
    { MIPRO_RULE_LIFETIME_EXCEEDS,        "lifetime-exceeds",        MIPRO_WARNING, "4.3" },
    { MIPRO_RULE_HANDOFF_NO_UPDATE,       "handoff-no-update",       MIPRO_WARNING, "8.1" },
    { MIPRO_RULE_HANDOFF_NO_A,            "handoff-no-a",            MIPRO_ERROR,   "8.1" },
    { MIPRO_RULE_HANDOFF_ALTERED,         "handoff-altered",         MIPRO_ERROR,   "5.1" },
    { MIPRO_RULE_HANDOFF_ADVERTISED,      "handoff-advertised",      MIPRO_NOTE,    "5.2" },
    { MIPRO_RULE_STALE_FORWARDING,        "stale-forwarding",        MIPRO_NOTE,    "3.1" },
};

/* Messages that break exactly these rules, in the order of the table. */
static const struct broken {
    const char *name, *hex;
    const char *ids;
    enum mipro_draft draft;
} broken[] = {
    { "warning cut",                "10000000 0a0100",                                    "message-truncated", MIPRO_DRAFT_08 },
    { "request cut",                "11000000 0a010009 e8000000",                         "message-truncated", MIPRO_DRAFT_08 },
    { "update cut, dirty",          "12cf 0000 00000000 7f",                              "message-truncated", MIPRO_DRAFT_08 },
    { "update, identification cut", "12c0 003c 0a010009 0a030001 e8000000",               "message-truncated", MIPRO_DRAFT_08 },
    { "acknowledge cut",            "13000007 0a0100",                                    "message-truncated", MIPRO_DRAFT_08 },
    { "acknowledge, id cut",        "13000000 0a010009 e80000",                           "message-truncated", MIPRO_DRAFT_08 },
    { "one octet",                  "12",                                                 "message-truncated", MIPRO_DRAFT_08 },

    { "no target",                  "10000000 0a010009",                                  "warning-no-target", MIPRO_DRAFT_08 },
    { "no target in -09",           "10000000 0a010009",                                  "warning-no-target", MIPRO_DRAFT_09 },
    { "no target in -11",           "10000000 0a010009",                                  "", MIPRO_DRAFT_11 },
    { "signed, no target",          "10000000 0a010009" AUTH_35,                          "warning-no-target", MIPRO_DRAFT_08 },
    { "extension without target",   REGISTRATION "1006 0000 0a010009" AUTH_32,            "warning-no-target", MIPRO_DRAFT_08 },
    { "extension of 2",             REGISTRATION "1002 0000" AUTH_32,                     "warning-no-target", MIPRO_DRAFT_08 },
    { "extension of 0",             REGISTRATION "1000" AUTH_32,                          "warning-no-target", MIPRO_DRAFT_08 },

    { "half a target",              "10000000 0a010009 c000",                             "trailing-octets", MIPRO_DRAFT_08 },
    { "half a second target",       "10000000 0a010009 c0000207 c000",                    "trailing-octets", MIPRO_DRAFT_08 },
    { "octet after a request",       "11000000 0a010009" IDENT "aa",                       "trailing-octets", MIPRO_DRAFT_08 },
    { "octet after 35",              UPDATE_IDENT AUTH_35 "aa",                            "trailing-octets", MIPRO_DRAFT_08 },
    { "one octet of 35",            UPDATE_IDENT "23",                                    "trailing-octets", MIPRO_DRAFT_08 },
    { "octet, no 35",               UPDATE_IDENT "aa",                                    "trailing-octets update-no-auth", MIPRO_DRAFT_08 },
    { "half a target, extension",   REGISTRATION "100c 0000 0a010009 c0000207 c000" AUTH_32, "trailing-octets", MIPRO_DRAFT_08 },
    { "octet after a reply",         REPLY AUTH_32 "aa",                                   "trailing-octets", MIPRO_DRAFT_08 },

    { "35 overruns",                UPDATE_IDENT "2314 00001000 aabbccdd",                "extension-overrun", MIPRO_DRAFT_08 },
    { "header of 35 only",          UPDATE_IDENT "2314",                                  "extension-overrun", MIPRO_DRAFT_08 },
    { "200 overruns, no 35",        UPDATE_IDENT "c8ff aabb",                             "extension-overrun", MIPRO_DRAFT_08 },
    { "200 overruns after 35",       UPDATE_IDENT AUTH_35 "c8ff aabb",                     "extension-overrun", MIPRO_DRAFT_08 },
    { "32 overruns",                REGISTRATION "2014 00001000 aabbccdd",                "extension-overrun", MIPRO_DRAFT_08 },
    { "96 overruns",                REGISTRATION "601e 003c 0a020001",                    "extension-overrun", MIPRO_DRAFT_08 },

    { "unknown 100",                UPDATE_IDENT "6402abcd" AUTH_35,                      "extension-unknown", MIPRO_DRAFT_08 },
    { "unknown 127",                UPDATE_IDENT "7f00" AUTH_35,                          "extension-unknown", MIPRO_DRAFT_08 },
    { "padding",                    UPDATE_IDENT "0000" AUTH_35,                          "extension-unknown", MIPRO_DRAFT_08 },
    { "later than the draft",       UPDATE_IDENT "2c00" AUTH_35,                          "", MIPRO_DRAFT_08 },
    { "unknown in a registration",  REGISTRATION "6402abcd" AUTH_32,                      "extension-unknown", MIPRO_DRAFT_08 },
    { "unknown after 35",            UPDATE_IDENT AUTH_35 "6402abcd",                      "extension-unknown auth-not-last", MIPRO_DRAFT_08 },

    { "96 in an update",            UPDATE_IDENT PFAN AUTH_35,                            "extension-misplaced", MIPRO_DRAFT_08 },
    { "96 in a reply",              REPLY PFAN AUTH_32,                                   "extension-misplaced", MIPRO_DRAFT_08 },
    { "16 in a request",            "11000000 0a010009" IDENT WARNING_EXT,                "extension-misplaced", MIPRO_DRAFT_08 },
    { "16 in a reply",              REPLY WARNING_EXT AUTH_32,                            "extension-misplaced", MIPRO_DRAFT_08 },
    { "35 in a registration",       REGISTRATION AUTH_35 AUTH_32,                         "extension-misplaced", MIPRO_DRAFT_08 },
    { "35 in a reply",              REPLY AUTH_35 AUTH_32,                                "extension-misplaced", MIPRO_DRAFT_08 },
    { "35 twice",                   UPDATE_IDENT AUTH_35 AUTH_35,                         "extension-misplaced", MIPRO_DRAFT_08 },
    { "35, 200, 35",                UPDATE_IDENT AUTH_35 "c800" AUTH_35,                  "extension-misplaced", MIPRO_DRAFT_08 },
    { "36 twice in -09",            UPDATE_IDENT AUTH_36 AUTH_36,                         "extension-misplaced", MIPRO_DRAFT_09 },
    { "35 in -09",                  UPDATE_IDENT AUTH_35 AUTH_36,                         "extension-misplaced", MIPRO_DRAFT_09 },
    { "36 in -09",                  UPDATE_IDENT AUTH_36,                                 "", MIPRO_DRAFT_09 },
    { "36 twice in -08",            UPDATE_IDENT AUTH_36 AUTH_36 AUTH_35,                 "", MIPRO_DRAFT_08 },

    { "no extension",               UPDATE_IDENT,                                         "update-no-auth", MIPRO_DRAFT_08 },
    { "only 32",                    UPDATE_IDENT AUTH_32,                                 "update-no-auth", MIPRO_DRAFT_08 },
    { "only 36",                    UPDATE_IDENT AUTH_36,                                 "update-no-auth", MIPRO_DRAFT_08 },
    { "only 35 in -09",             UPDATE_IDENT AUTH_35,                                 "extension-misplaced update-no-auth", MIPRO_DRAFT_09 },

    { "200 behind 35",              UPDATE_IDENT AUTH_35 "c802abcd",                      "auth-not-last", MIPRO_DRAFT_08 },
    { "200 after two",               UPDATE_IDENT AUTH_35 AUTH_35 "c802abcd",              "extension-misplaced auth-not-last", MIPRO_DRAFT_08 },
    { "32 behind 35",               "13000000 0a010009" IDENT AUTH_35 AUTH_32,            "auth-not-last", MIPRO_DRAFT_08 },
    { "200 after 36 in -11",         UPDATE_IDENT AUTH_36 "c802abcd",                      "auth-not-last", MIPRO_DRAFT_11 },

    { "35 of 0",                    UPDATE_IDENT "2300",                                  "auth-length", MIPRO_DRAFT_08 },
    { "35 of 3",                    UPDATE_IDENT "2303 000010",                           "auth-length", MIPRO_DRAFT_08 },
    { "35 of 4",                    UPDATE_IDENT "2304 00001000",                         "auth-length", MIPRO_DRAFT_08 },
    { "36 of 4 in -09",             UPDATE_IDENT "24000004 00001000",                     "auth-length", MIPRO_DRAFT_09 },
    { "36 of 4 in -08",             UPDATE_IDENT "24000004 00001000" AUTH_35,             "", MIPRO_DRAFT_08 },
    { "a size of no known key",      UPDATE_IDENT "2308 00001000 aabbccdd",                "", MIPRO_DRAFT_08 },

    { "SPI 0",                      UPDATE_IDENT "2314 00000000" AUTHENTICATOR,           "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 255",                    UPDATE_IDENT "2314 000000ff" AUTHENTICATOR,           "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 256",                    UPDATE_IDENT "2314 00000100" AUTHENTICATOR,           "", MIPRO_DRAFT_08 },
    { "SPI 255 in 32",              REGISTRATION "2014 000000ff" AUTHENTICATOR,           "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 255 in 33",              REGISTRATION AUTH_32 "2114 000000ff" AUTHENTICATOR,   "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 255 in 34",              REGISTRATION AUTH_32 "2214 000000ff" AUTHENTICATOR,   "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 1 in 36",                REGISTRATION AUTH_32 "24000014 00000001" AUTHENTICATOR, "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 4 in 36",                REGISTRATION AUTH_32 "24000014 00000004" AUTHENTICATOR, "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 2 in 36",                REGISTRATION AUTH_32 "24000014 00000002" AUTHENTICATOR, "", MIPRO_DRAFT_08 },
    { "SPI 3 in 36",                REGISTRATION AUTH_32 "24000014 00000003" AUTHENTICATOR, "", MIPRO_DRAFT_08 },
    { "SPI 2 in 32",                REGISTRATION "2014 00000002" AUTHENTICATOR,           "", MIPRO_DRAFT_08 },
    { "SPI 2 in 35",                UPDATE_IDENT "2314 00000002" AUTHENTICATOR,           "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 3 in 96",                REGISTRATION "601e 003c 0a020001 0a030001 00000003" AUTHENTICATOR AUTH_32, "spi-reserved", MIPRO_DRAFT_08 },
    { "SPI 255 in 96",              REGISTRATION "601e 003c 0a020001 0a030001 000000ff" AUTHENTICATOR AUTH_32, "spi-reserved", MIPRO_DRAFT_08 },

    { "registration, no more",      REGISTRATION,                                         "registration-no-auth", MIPRO_DRAFT_08 },
    { "33 and 34 are not 32",       REGISTRATION "2114 00001000" AUTHENTICATOR "2214 00001000" AUTHENTICATOR, "registration-no-auth", MIPRO_DRAFT_08 },
    { "36 in a registration",       REGISTRATION AUTH_36,                                 "registration-no-auth", MIPRO_DRAFT_08 },
    { "36 with SPI 2, alone",       REGISTRATION "24000014 00000002" AUTHENTICATOR,       "", MIPRO_DRAFT_08 },
    { "36 with SPI 3, alone",       REGISTRATION "24000014 00000003" AUTHENTICATOR,       "", MIPRO_DRAFT_08 },
    { "36 of a later draft",        REGISTRATION AUTH_36,                                 "", MIPRO_DRAFT_09 },
    { "36 in a reply, SPI 2",       REPLY "24000014 00000002" AUTHENTICATOR,              "registration-no-auth", MIPRO_DRAFT_08 },
    { "36 in a reply of -11",       REPLY AUTH_36,                                        "registration-no-auth", MIPRO_DRAFT_11 },
    { "reply, no more",             REPLY,                                                "registration-no-auth", MIPRO_DRAFT_08 },
    { "reply of 63",                "033f" REPLY_BODY,                                    "registration-no-auth", MIPRO_DRAFT_08 },
    { "reply of 64",                "0340" REPLY_BODY,                                    "", MIPRO_DRAFT_08 },
    { "reply of 127",               "037f" REPLY_BODY,                                    "", MIPRO_DRAFT_08 },
    { "reply of 128",               "0380" REPLY_BODY,                                    "registration-no-auth", MIPRO_DRAFT_08 },
    { "reply of 130",               "0382" REPLY_BODY,                                    "registration-no-auth", MIPRO_DRAFT_08 },
    { "reply of 131",               "0383" REPLY_BODY,                                    "", MIPRO_DRAFT_08 },
    { "reply of 132",               "0384" REPLY_BODY,                                    "", MIPRO_DRAFT_08 },
    { "reply of 133",               "0385" REPLY_BODY,                                    "registration-no-auth", MIPRO_DRAFT_08 },
    { "reply of 136",               "0388" REPLY_BODY,                                    "", MIPRO_DRAFT_08 },
    { "one octet too much, of 32",  REGISTRATION "20",                                    "trailing-octets", MIPRO_DRAFT_08 },
    { "one octet too much",         REGISTRATION "21",                                    "trailing-octets registration-no-auth", MIPRO_DRAFT_08 },
    { "revocation",                 "07008000 0a010009 0a010001 0a030001 38d0c1a2 2214 00001000" AUTHENTICATOR, "", MIPRO_DRAFT_08 },
    { "revocation of 18 octets",    "07008000 0a010009 0a010001 0a030001 38d0",           "", MIPRO_DRAFT_08 },
    { "revocation acknowledged",    "0f008000 0a010009 38d0c1a2 2214 00001000" AUTHENTICATOR, "", MIPRO_DRAFT_08 },
    { "48 of RFC 6245",             REGISTRATION "30000006 0000 00001234" AUTH_32,        "", MIPRO_DRAFT_08 },
    { "48 in the short form",       REGISTRATION "3006 0000 00001234" AUTH_32,            "", MIPRO_DRAFT_08 },
    { "39 and 50 of IANA",          REGISTRATION "2702abcd 32000002abcd" AUTH_32,         "", MIPRO_DRAFT_08 },
    { "51 is free",                 REGISTRATION "3302abcd" AUTH_32,                      "extension-unknown", MIPRO_DRAFT_08 },
    { "139, in its long form",      REGISTRATION AUTH_32 "8b010004 0a010001",             "", MIPRO_DRAFT_08 },

    { "reserved in a warning",      "10000001 0a010009 c0000207",                         "reserved-nonzero", MIPRO_DRAFT_08 },
    { "reserved in a request",      "11ffffff 0a010009" IDENT,                            "reserved-nonzero", MIPRO_DRAFT_08 },
    { "reserved in an update",      "12c1 003c 0a010009 0a030001" IDENT AUTH_35,          "reserved-nonzero", MIPRO_DRAFT_08 },
    { "reserved in an acknowledge", "13010000 0a010009",                                  "reserved-nonzero", MIPRO_DRAFT_08 },
    { "reserved in extension 16",   REGISTRATION "100a 0001 0a010009 c0000207" AUTH_32,   "reserved-nonzero", MIPRO_DRAFT_08 },
    { "bit r of a registration",    "0101 0708 0a010009 0a010001 0a030001" IDENT AUTH_32, "", MIPRO_DRAFT_08 },

    { "status 1",                   "13000001 0a010009",                                  "status-unassigned", MIPRO_DRAFT_08 },
    { "status 132",                 "13000084 0a010009" IDENT,                            "status-unassigned", MIPRO_DRAFT_08 },
    { "status 134",                 "13000086 0a010009" IDENT,                            "", MIPRO_DRAFT_08 },

    { "96 of 13",                   REGISTRATION "600d 003c 0a020001 0a030001 000010" AUTH_32, "pfan-length", MIPRO_DRAFT_08 },
    { "96 of 14",                   REGISTRATION "600e 003c 0a020001 0a030001 00001000" AUTH_32, "pfan-length", MIPRO_DRAFT_08 },
    { "96 of 0",                    REGISTRATION "6000" AUTH_32,                          "pfan-length", MIPRO_DRAFT_08 },
    { "96 of 15",                   REGISTRATION "600f 003c 0a020001 0a030001 00001000 aa" AUTH_32, "", MIPRO_DRAFT_08 },

    { "96 elsewhere",               REGISTRATION "601e 003c 0a020001 0a040001 00001000" AUTHENTICATOR AUTH_32, "pfan-care-of", MIPRO_DRAFT_08 },
    { "96 to home",                 REGISTRATION "601e 003c 0a020001 0a010009 00001000" AUTHENTICATOR AUTH_32, "", MIPRO_DRAFT_08 },

    { "lifetime 0 only",            "12c0 0000 0a010009 0a030001" IDENT AUTH_35,          "delete-half", MIPRO_DRAFT_08 },
    { "home as care-of only",       "12c0 003c 0a010009 0a010009" IDENT AUTH_35,          "delete-half", MIPRO_DRAFT_08 },
    { "infinite at home",            "12c0 ffff 0a010009 0a010009" IDENT AUTH_35,          "delete-half", MIPRO_DRAFT_08 },

    { "P and a warning",            "0102 0708 0a010009 0a010001 0a030001" IDENT WARNING_EXT AUTH_32, "private-half", MIPRO_DRAFT_08 },
    { "P of -09 and a warning",     "0101 0708 0a010009 0a010001 0a030001" IDENT WARNING_EXT AUTH_32, "private-half", MIPRO_DRAFT_09 },
    { "T of -09 and a warning",     "0102 0708 0a010009 0a010001 0a030001" IDENT WARNING_EXT AUTH_32, "", MIPRO_DRAFT_09 },

    { "home 0.0.0.0",               "12c0 003c 00000000 0a030001" IDENT AUTH_35,          "address-implausible", MIPRO_DRAFT_08 },
    { "home 224.0.0.5",             "11000000 e0000005" IDENT,                            "address-implausible", MIPRO_DRAFT_08 },
    { "home 127.0.0.1",             "13000000 7f000001",                                  "address-implausible", MIPRO_DRAFT_08 },
    { "care-of 255.255.255.255",    "12c0 003c 0a010009 ffffffff" IDENT AUTH_35,          "address-implausible", MIPRO_DRAFT_08 },
    { "care-of 239.255.255.255",    "12c0 003c 0a010009 efffffff" IDENT AUTH_35,          "address-implausible", MIPRO_DRAFT_08 },
    { "care-of 240.0.0.1",          "12c0 003c 0a010009 f0000001" IDENT AUTH_35,          "", MIPRO_DRAFT_08 },
    { "target 224.0.0.1",           "10000000 0a010009 c0000207 e0000001",                "address-implausible", MIPRO_DRAFT_08 },
    { "registration of 0.0.0.0",    "0100 0708 00000000 0a010001 0a030001" IDENT AUTH_32, "address-implausible", MIPRO_DRAFT_08 },
    { "home agent 255.255.255.255", "0100 0708 0a010009 ffffffff 0a030001" IDENT AUTH_32, "", MIPRO_DRAFT_08 },
    { "home of a reply",            "0300 0708 7f000001 0a010001" IDENT AUTH_32,          "address-implausible", MIPRO_DRAFT_08 },
    { "previous agent 224.0.0.1",   REGISTRATION "601e 003c e0000001 0a030001 00001000" AUTHENTICATOR AUTH_32, "address-implausible", MIPRO_DRAFT_08 },
    { "target in extension 16",     REGISTRATION "100e 0000 0a010009 c0000207 7f000001" AUTH_32, "address-implausible", MIPRO_DRAFT_08 },
    { "home in extension 16",       REGISTRATION "100a 0000 00000000 c0000207" AUTH_32,   "address-implausible", MIPRO_DRAFT_08 },

    { "registration cut",           "0100 0708 0a010009",                                 "", MIPRO_DRAFT_08 },
    { "many at once",                "12ff 0000 e0000001 7f000001" IDENT "6400" "2314 00000001" AUTHENTICATOR "1000" "c800",
      "warning-no-target extension-unknown extension-misplaced auth-not-last spi-reserved reserved-nonzero delete-half address-implausible", MIPRO_DRAFT_08 },
};
/* clang-format on */

static void
the_table_matches_the_specification(void **state)
{
    (void)state;
    assert_int_equal(COUNT(spec), MIPRO_RULES);
    assert_int_equal(MIPRO_RULES_ON_ONE, 21);
    for (size_t i = 0; i < COUNT(spec); i++) {
        const struct mipro_rule_def *def = mipro_rule_def(spec[i].rule);

        if (spec[i].rule != i || strcmp(def->id, spec[i].id) != 0 ||
            def->severity != spec[i].severity || strcmp(def->section, spec[i].section) != 0)
            fail_msg("%s: %s, %s, %s", spec[i].id, def->id, mipro_severity_name(def->severity),
                def->section);
        if (mipro_rule_by_id(spec[i].id) != spec[i].rule)
            fail_msg("%s: not found by its id", spec[i].id);
        if (def->text == NULL || def->text[strlen(def->text) - 1] != '.')
            fail_msg("%s: no sentence for the requirement", spec[i].id);
        if (def->violation == NULL || strcmp(def->violation, def->text) == 0 ||
            def->violation[strlen(def->violation) - 1] == '.')
            fail_msg("%s: no title for the violation", spec[i].id);
    }
    assert_int_equal(mipro_rule_by_id("no-such-rule"), MIPRO_RULES);
    assert_int_equal(mipro_rule_by_id(""), MIPRO_RULES);
    assert_string_equal(mipro_severity_name(MIPRO_NOTE), "note");
    assert_string_equal(mipro_severity_name(MIPRO_WARNING), "warning");
    assert_string_equal(mipro_severity_name(MIPRO_ERROR), "error");
}

static void
good_messages_break_nothing(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        try_hex(&t, samples[i].name, samples[i].hex, &set);
        if (t.n_findings != 0)
            fail_msg("%s: %s: %s", samples[i].name, t.ids, t.finding[0].text);
    }
}

static void
a_reserved_spi_is_an_error_in_the_drafts_own_extensions_only(void **state)
{
    static const struct {
        const char *hex;
        enum mipro_severity severity;
        size_t off;
    } rows[] = {
        { UPDATE_IDENT "2314 000000ff" AUTHENTICATOR, MIPRO_ERROR, 22 },
        { REGISTRATION "2014 00000001" AUTHENTICATOR, MIPRO_WARNING, 26 },
        { REGISTRATION AUTH_32 "24000014 00000004" AUTHENTICATOR, MIPRO_WARNING, 50 },
        /* Of both kinds the draft's own counts, in any position. */
        { REGISTRATION "2014 000000ff" AUTHENTICATOR
                       "601e 003c 0a020001 0a030001 000000ff" AUTHENTICATOR,
            MIPRO_ERROR, 58 },
    };
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        try_hex(&t, "reserved SPI", rows[i].hex, &set);
        if (t.n_findings != 1 || t.finding[0].rule != MIPRO_RULE_SPI_RESERVED ||
            mipro_finding_severity(&t.finding[0]) != rows[i].severity ||
            t.finding[0].off != rows[i].off)
            fail_msg("row %zu: [%s], %s, at %zu", i, t.ids,
                mipro_severity_name(mipro_finding_severity(&t.finding[0])), t.finding[0].off);
    }
}

static void
broken_messages_break_exactly_the_listed_rules(void **state)
{
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        struct mipro_settings set = MIPRO_SETTINGS;

        set.draft = broken[i].draft;
        set.reading = MIPRO_READING_DRAFT;
        try_hex(&t, broken[i].name, broken[i].hex, &set);
        if (strcmp(t.ids, broken[i].ids) != 0)
            fail_msg("%s: [%s], not [%s]", broken[i].name, t.ids, broken[i].ids);
    }
}

/* Does a row of broken[] break it alone?  The last three need ports or keys. */
static void
every_rule_on_one_message_is_broken_alone(void **state)
{
    (void)state;
    for (int rule = 0; rule < MIPRO_RULES_ON_ONE; rule++) {
        const char *id = mipro_rule_def((enum mipro_rule)rule)->id;
        bool found = rule == MIPRO_RULE_PORT || rule == MIPRO_RULE_KEY_EXPIRED ||
                     rule == MIPRO_RULE_KEY_WEAK;

        for (size_t i = 0; i < COUNT(broken); i++)
            found = found || strcmp(broken[i].ids, id) == 0;
        if (!found)
            fail_msg("%s: no message breaks it alone", id);
    }
}

static void
a_cut_capture_causes_no_finding_about_what_it_lacks(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        size_t n = unit_octets(samples[i].hex, t.octets, sizeof(t.octets));

        for (size_t captured = 1; captured < n; captured++) {
            gather(&t, captured, n, &set);
            judge(&t, samples[i].name);
            if (t.n_findings != 0)
                fail_msg("%s, %zu octets captured: %s", samples[i].name, captured, t.ids);
        }
    }
}

/* A rule broken by the captured octets stays broken; no finding is added. */
static void
a_cut_capture_adds_no_finding(void **state)
{
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        struct mipro_settings set = MIPRO_SETTINGS;
        size_t n = unit_octets(broken[i].hex, t.octets, sizeof(t.octets));

        set.draft = broken[i].draft;
        set.reading = MIPRO_READING_DRAFT;
        for (size_t captured = 1; captured < n; captured++) {
            gather(&t, captured, n, &set);
            judge(&t, broken[i].name);
            for (size_t k = 0; k < t.n_findings; k++)
                if (strstr(broken[i].ids, mipro_rule_def(t.finding[k].rule)->id) == NULL)
                    fail_msg("%s, %zu octets captured: %s", broken[i].name, captured, t.ids);
        }
    }
}

static void
every_prefix_breaks_what_its_framing_says(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        size_t full = unit_octets(samples[i].hex, t.octets, sizeof(t.octets));

        for (size_t len = 0; len < full; len++) {
            const char *want = NULL;

            gather(&t, len, len, &set);
            judge(&t, samples[i].name);
            if (t.message.err == MIPRO_ERR_NOT_OURS)
                want = "";
            else if (t.message.err == MIPRO_ERR_TRUNCATED)
                want = t.octets[0] < 16 ? "" : "message-truncated";
            else if (t.message.err == MIPRO_ERR_OVERRUN)
                want = "extension-overrun";
            if (want != NULL && strcmp(t.ids, want) != 0)
                fail_msg("%s, prefix of %zu: [%s], not [%s]", samples[i].name, len, t.ids, want);
            if (t.message.err == MIPRO_ERR_TRAILING && strstr(t.ids, "trailing-octets") == NULL)
                fail_msg("%s, prefix of %zu: [%s]", samples[i].name, len, t.ids);
        }
    }
}

static void
messages_read_as_iana_s_break_nothing(void **state)
{
    struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    set.reading = MIPRO_READING_IANA;
    for (size_t i = 0; i < COUNT(broken); i++) {
        try_hex(&t, broken[i].name, broken[i].hex, &set);
        if (t.octets[0] >= 16 && t.n_findings != 0)
            fail_msg("%s: %s", broken[i].name, t.ids);
    }
}

static void
the_binding_warning_extension_is_judged_where_it_was_moved(void **state)
{
    struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    set.warning_ext = 200;
    try_hex(&t, "200", REGISTRATION "c806 0000 0a010009" AUTH_32, &set);
    assert_string_equal(t.ids, "warning-no-target");
    try_hex(&t, "16", REGISTRATION WARNING_EXT AUTH_32, &set);
    assert_string_equal(t.ids, "extension-unknown");
}

static void
one_port_is_434(void **state)
{
    static const struct {
        uint16_t sport, dport;
        const char *ids;
    } rows[] = { { 434, 434, "" }, { 434, 5000, "" }, { 5000, 434, "" }, { 5000, 5001, "port" } };
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = unit_octets(UPDATE_IDENT AUTH_35, t.octets, sizeof(t.octets));

        gather(&t, n, n, &set);
        t.evidence.sport = rows[i].sport;
        t.evidence.dport = rows[i].dport;
        judge(&t, "ports");
        if (strcmp(t.ids, rows[i].ids) != 0)
            fail_msg("ports %u and %u: [%s]", rows[i].sport, rows[i].dport, t.ids);
    }
}

static void
expired_and_weak_keys_are_found_whatever_the_verdict(void **state)
{
    static const struct {
        enum mipro_verdict verdict;
        unsigned weak;
        const char *ids;
    } rows[] = {
        { MIPRO_GOOD, 0, "" },
        { MIPRO_BAD, 0, "" },
        { MIPRO_EXPIRED, 0, "key-expired" },
        { MIPRO_GOOD, MIPRO_WEAK_SHORT, "key-weak" },
        { MIPRO_BAD, MIPRO_WEAK_WORD, "key-weak" },
        { MIPRO_EXPIRED, MIPRO_WEAK_UNIFORM, "key-expired key-weak" },
        { MIPRO_NO_KEY, MIPRO_WEAK_SHORT, "" },
        { MIPRO_TRUNCATED, MIPRO_WEAK_SHORT, "" },
    };
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_association s = { .name = "ha-to-correspondent" };
    struct mipro_finding weak = { .text = NULL };
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = unit_octets(UPDATE_IDENT AUTH_35, t.octets, sizeof(t.octets));

        gather(&t, n, n, &set);
        s.weak = rows[i].weak;
        t.auth[0].verdict = rows[i].verdict;
        t.auth[0].association = &s;
        judge(&t, "keys");
        if (strcmp(t.ids, rows[i].ids) != 0)
            fail_msg("%s, weak %u: [%s], not [%s]", mipro_verdict_name(rows[i].verdict),
                rows[i].weak, t.ids, rows[i].ids);
        assert_ptr_equal(mipro_weak_association(&t.evidence, 0, &weak),
            strstr(rows[i].ids, "key-weak") != NULL ? &s : NULL);
        mipro_finding_clear(&weak);
        assert_null(mipro_weak_association(&t.evidence, 1, &weak));
    }
}

/*
 * The fast path passes plain messages that are signed with a good key: in such
 * messages, try each octet with any value, from and to any port.
 */
static void
nothing_of_a_signed_message_is_overlooked(void **state)
{
    static const char *const messages[] = { UPDATE_IDENT AUTH_35,
        "1280012c0a0109090a030002" AUTH_35, "130000000a0109090000000000000001" AUTH_35,
        "1280012c0000000900000008" AUTH_35, "1280012c0a0109090a010908" AUTH_35,
        "1280012c0a0109090a0300022315 00001000" AUTHENTICATOR "00" };
    static const uint16_t ports[][2] = { { MIPRO_PORT, MIPRO_PORT }, { MIPRO_PORT, 9 },
        { 9, MIPRO_PORT }, { 9, 10 } };
    const struct mipro_settings set = MIPRO_SETTINGS;
    const struct mipro_association s = { .name = "ha-to-correspondent" };
    unsigned clean = 0, found = 0;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        size_t n = unit_octets(messages[i], t.octets, sizeof(t.octets));

        for (unsigned k = 0; k < 256 * n; k++) {
            uint8_t was = t.octets[k / 256];
            char name[40];

            snprintf(name, sizeof(name), "message %zu, octet %u as %u", i, k / 256, k % 256);
            t.octets[k / 256] = (uint8_t)k;
            gather(&t, n, n, &set);
            t.octets[k / 256] = was;
            for (size_t a = 0; a < t.n_auth; a++) { /* as its key would show */
                t.auth[a].association = &s;
                t.auth[a].size_wrong |= t.auth[a].len != 22;
            }
            t.evidence.sport = ports[k / 7 % COUNT(ports)][0];
            t.evidence.dport = ports[k / 7 % COUNT(ports)][1];
            judge(&t, name);
            clean += t.n_findings == 0;
            found += t.n_findings != 0;
        }
    }
    assert_true(clean > 1000 && found > 1000);
}

static void
a_key_that_has_expired_says_when(void **state)
{
    static const struct {
        int64_t not_before, not_after, time;
        const char *text;
    } rows[] = {
        { INT64_MIN, 0, 1, "which ended 1970-01-01T00:00:00Z" },
        { INT64_MIN, INT64_C(922320000999999999), INT64_C(922320001000000000),
            "which ended 1999-03-25T00:00:00Z" },
        { -1, INT64_MAX, -2, "which begins 1969-12-31T23:59:59Z" },
        { INT64_MAX, INT64_MAX, 0, "which begins 2262-04-11T23:47:16Z" },
        { INT64_MIN, INT64_MIN, 0, "which ended 1677-09-21T00:12:43Z" },
    };
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_association s = { .name = "old" };
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = unit_octets(UPDATE_IDENT AUTH_35, t.octets, sizeof(t.octets));

        gather(&t, n, n, &set);
        s.not_before = rows[i].not_before;
        s.not_after = rows[i].not_after;
        t.evidence.time = rows[i].time;
        t.auth[0].verdict = MIPRO_EXPIRED;
        t.auth[0].association = &s;
        judge(&t, "expired");
        if (strstr(t.finding[0].text, rows[i].text) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", t.finding[0].text, rows[i].text);
    }
}

static void
each_weak_key_of_a_message_has_its_own_finding(void **state)
{
    static const char *const texts[] = {
        "the key of association \"first\" is shorter than 16 octets",
        "the key of association \"second\" is in the list of words",
    };
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct mipro_association s[] = {
        { .name = "first", .weak = MIPRO_WEAK_SHORT },
        { .name = "second", .weak = MIPRO_WEAK_WORD },
    };
    struct trial t;
    size_t n = unit_octets(UPDATE_IDENT AUTH_35 AUTH_35, t.octets, sizeof(t.octets));

    (void)state;
    gather(&t, n, n, &set);
    for (size_t i = 0; i < 2; i++) {
        t.auth[i].verdict = MIPRO_GOOD;
        t.auth[i].association = &s[i];
    }
    for (size_t i = 0; i < 2; i++) {
        struct mipro_finding f = { .rule = MIPRO_RULE_KEY_WEAK };

        assert_ptr_equal(mipro_weak_association(&t.evidence, i, &f), &s[i]);
        assert_string_equal(f.text, texts[i]);
        assert_int_equal(f.off, t.auth[i].off);
        mipro_finding_clear(&f);
    }
    free(t.exact.block);
}

static void
a_text_is_as_long_as_the_names_in_it(void **state)
{
    static const enum mipro_verdict verdicts[] = { MIPRO_GOOD, MIPRO_EXPIRED };
    const struct mipro_settings set = MIPRO_SETTINGS;
    char name[701] = "";
    struct mipro_association s = { .name = name, .weak = MIPRO_WEAK_WORD };
    struct trial t;
    size_t n = unit_octets(UPDATE_IDENT AUTH_35 AUTH_35, t.octets, sizeof(t.octets));

    (void)state;
    for (size_t i = 0; i + 14 < sizeof(name); i += 14)
        memcpy(name + i, "2001:db8::1\xc3\xa9,", 14);
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        gather(&t, n, n, &set);
        for (size_t k = 0; k < 2; k++) {
            t.auth[k].verdict = verdicts[i];
            t.auth[k].association = &s;
        }
        judge(&t, "long names");
        for (size_t k = 0; k < t.n_findings; k++)
            if (t.finding[k].rule == MIPRO_RULE_KEY_WEAK ||
                t.finding[k].rule == MIPRO_RULE_KEY_EXPIRED) {
                assert_non_null(strstr(t.finding[k].text, name));
                assert_non_null(strstr(t.finding[k].text, ", and 1 more"));
            }
    }
}

static void
an_authenticator_of_another_size_than_the_algorithm_s_is_auth_length(void **state)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    size_t n;
    struct trial t;

    (void)state;
    n = unit_octets(UPDATE_IDENT "230c 00001000 aabbccddeeff0011", t.octets, sizeof(t.octets));
    gather(&t, n, n, &set);
    t.auth[0].size_wrong = true;
    judge(&t, "8 octets");
    assert_string_equal(t.ids, "auth-length");
    assert_string_equal(
        t.finding[0].text, "authenticator of 8 octets in extension 35; the algorithm makes 16");
    /* The draft says nothing about 32 in a registration. */
    n = unit_octets(REGISTRATION "200c 00001000 aabbccddeeff0011", t.octets, sizeof(t.octets));
    gather(&t, n, n, &set);
    t.auth[0].size_wrong = true;
    judge(&t, "8 octets in 32");
    assert_string_equal(t.ids, "");
}

static void
a_finding_says_where_what_and_which_value(void **state)
{
    /* clang-format off */
    static const struct {
        const char *hex, *text;
        size_t off, len;
    } rows[] = {
        { "12c0 003c 0a010009 e0000005" IDENT AUTH_35, "care-of address 224.0.0.5 is multicast", 8, 4 },
        { "12c0 003c 00000000 e0000005" IDENT AUTH_35, "home address 0.0.0.0 is unspecified, and 1 more", 4, 4 },
        { "10000000 0a010009 c0000207 e0000001 7f000001 ffffffff", "target 224.0.0.1 is multicast, and 2 more", 12, 4 },
        { "12c0 003c 0a0100", "Binding Update ends after 7 octets; its fixed part has 12", 0, 7 },
        { "12c0 003c 0a010009 0a030001", "Binding Update ends after 12 octets; its fixed part has 12, and 8 of identification as I is set", 0, 12 },
        { "13000000 0a010009 aa", "Binding Acknowledge ends after 9 octets; its fixed part has 8, or 16 with an identification", 0, 9 },
        { "10000000 0a010009 c0000207 aabb", "2 octets after the last whole target", 12, 2 },
        { UPDATE_IDENT AUTH_35 "aa", "1 octet after the last extension", 42, 1 },
        { UPDATE_IDENT "2314 00001000 aabb", "extension 35 at octet 20 runs past the end: 8 octets are left of the payload", 20, 8 },
        { UPDATE_IDENT AUTH_35 "c800 c900", "extension 200 follows extension 35 and is not protected, and 1 more", 42, 2 },
        { UPDATE_IDENT "2314 000000ff" AUTHENTICATOR, "SPI 255 in extension 35 is reserved (0-255)", 22, 4 },
        { "10000102 0a010009 c0000207", "reserved field is 0x000102", 1, 3 },
        { "13000084 0a010009", "status 132 is not assigned", 3, 1 },
        { "12c0 0000 0a010009 0a030001" IDENT AUTH_35, "lifetime 0 deletes, but the care-of address is 10.3.0.1", 2, 2 },
        { "12c0 003c 0a010009 0a010009" IDENT AUTH_35, "care-of = home address deletes, but the lifetime is 60 s", 8, 4 },
        { REGISTRATION "601e 003c 0a020001 0a040001 00001000" AUTHENTICATOR AUTH_32,
          "new care-of address 10.4.0.1 is neither the registration's 10.3.0.1 nor the home address 10.1.0.9", 32, 4 },
        { REPLY PFAN AUTH_32, "Previous Foreign Agent Notification extension in a Registration Reply", 20, 32 },
    };
    /* clang-format on */
    const struct mipro_settings set = MIPRO_SETTINGS;
    struct trial t;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        try_hex(&t, rows[i].text, rows[i].hex, &set);
        if (t.n_findings != 1 || strcmp(t.finding[0].text, rows[i].text) != 0 ||
            t.finding[0].off != rows[i].off || t.finding[0].len != rows[i].len)
            fail_msg("[%s] \"%s\" at %zu+%zu, not \"%s\" at %zu+%zu", t.ids, t.finding[0].text,
                t.finding[0].off, t.finding[0].len, rows[i].text, rows[i].off, rows[i].len);
        assert_int_equal(t.finding[0].message, t.octets[0]);
    }
}

static void
each_rule_names_the_messages_that_can_break_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        if (mipro_rule_def(i)->in == 0)
            fail_msg("rule %s: no message can break it", mipro_rule_def(i)->id);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_matches_the_specification),
        cmocka_unit_test(good_messages_break_nothing),
        cmocka_unit_test(a_reserved_spi_is_an_error_in_the_drafts_own_extensions_only),
        cmocka_unit_test(broken_messages_break_exactly_the_listed_rules),
        cmocka_unit_test(every_rule_on_one_message_is_broken_alone),
        cmocka_unit_test(a_cut_capture_causes_no_finding_about_what_it_lacks),
        cmocka_unit_test(a_cut_capture_adds_no_finding),
        cmocka_unit_test(every_prefix_breaks_what_its_framing_says),
        cmocka_unit_test(messages_read_as_iana_s_break_nothing),
        cmocka_unit_test(the_binding_warning_extension_is_judged_where_it_was_moved),
        cmocka_unit_test(one_port_is_434),
        cmocka_unit_test(expired_and_weak_keys_are_found_whatever_the_verdict),
        cmocka_unit_test(nothing_of_a_signed_message_is_overlooked),
        cmocka_unit_test(a_key_that_has_expired_says_when),
        cmocka_unit_test(each_weak_key_of_a_message_has_its_own_finding),
        cmocka_unit_test(a_text_is_as_long_as_the_names_in_it),
        cmocka_unit_test(an_authenticator_of_another_size_than_the_algorithm_s_is_auth_length),
        cmocka_unit_test(each_rule_names_the_messages_that_can_break_it),
        cmocka_unit_test(a_finding_says_where_what_and_which_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
