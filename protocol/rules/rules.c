/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of rules, and the checks on one message that are called by it. */
#include "rules/checks.h"

#include <string.h>

#define ANY (MIPRO_IN_BASE | MIPRO_IN_DRAFT | MIPRO_IN_IANA)

/* ---- the table ---- */

/* clang-format off */
static const struct {
    struct mipro_rule_def def;
    mipro_check_fn *check; /* NULL: a rule over several messages, see conduct/ */
} rules[MIPRO_RULES] = {
[MIPRO_RULE_MESSAGE_TRUNCATED] = {
    { "message-truncated", MIPRO_ERROR, "4.1–4.4",
      "A message contains all of its fixed part.",
      "Message ends within its fixed part",
      MIPRO_IN_DRAFT, false }, mipro_check_message_truncated },
[MIPRO_RULE_WARNING_NO_TARGET] = {
    { "warning-no-target", MIPRO_ERROR, "4.1, 6",
      "A Binding Warning, message or extension, names at least one target.",
      "Binding Warning names no target",
      ANY, false }, mipro_check_warning_no_target },
[MIPRO_RULE_TRAILING_OCTETS] = {
    { "trailing-octets", MIPRO_ERROR, "4, RFC 2002 1.9",
      "A message ends with its last field, target or extension.",
      "Trailing octets after the last complete element",
      ANY, false }, mipro_check_trailing_octets },
[MIPRO_RULE_EXTENSION_OVERRUN] = {
    { "extension-overrun", MIPRO_ERROR, "RFC 2002 1.9",
      "An extension ends within the payload.",
      "Extension runs past the end of the payload",
      ANY, false }, mipro_check_extension_overrun },
[MIPRO_RULE_EXTENSION_UNKNOWN] = {
    { "extension-unknown", MIPRO_ERROR, "RFC 2002 1.9",
      "An extension of type 0-127 is one that the receiver knows; otherwise it discards the message.",
      "Unknown extension that the receiver must understand",
      ANY, false }, mipro_check_extension_unknown },
[MIPRO_RULE_EXTENSION_MISPLACED] = {
    { "extension-misplaced", MIPRO_WARNING, "4.5, 5.1, 6",
      "Extension 96 and the Binding Warning extension appear only in Registration Requests, and 35 only in messages 16-19, once.",
      "Extension does not belong in this message",
      ANY, false }, mipro_check_extension_misplaced },
[MIPRO_RULE_UPDATE_NO_AUTH] = {
    { "update-no-auth", MIPRO_ERROR, "4.5",
      "A Binding Update carries extension 35.",
      "Binding Update without an authentication extension",
      MIPRO_IN_BU, false }, mipro_check_update_no_auth },
[MIPRO_RULE_AUTH_NOT_LAST] = {
    { "auth-not-last", MIPRO_WARNING, "4.5",
      "No extension follows extension 35, because it would not be protected.",
      "Extension after the authentication extension is not protected",
      MIPRO_IN_DRAFT, false }, mipro_check_auth_not_last },
[MIPRO_RULE_AUTH_LENGTH] = {
    { "auth-length", MIPRO_ERROR, "4.5",
      "Extension 35 has room for an SPI and an authenticator of the algorithm's size.",
      "Authentication extension has the wrong length",
      ANY, false }, mipro_check_auth_length },
[MIPRO_RULE_SPI_RESERVED] = {
    { "spi-reserved", MIPRO_ERROR, "2",
      "An SPI is 256 or more.",
      "Reserved SPI",
      ANY, false }, mipro_check_spi_reserved },
[MIPRO_RULE_RESERVED_NONZERO] = {
    { "reserved-nonzero", MIPRO_WARNING, "4.1–4.4, 6",
      "Reserved fields and bits are sent as 0.",
      "Reserved bits are not zero",
      ANY, false }, mipro_check_reserved_nonzero },
[MIPRO_RULE_STATUS_UNASSIGNED] = {
    { "status-unassigned", MIPRO_WARNING, "4.4",
      "The status of a Binding Acknowledge is one that the draft lists.",
      "Unassigned status",
      MIPRO_IN_BA, false }, mipro_check_status_unassigned },
[MIPRO_RULE_PFAN_LENGTH] = {
    { "pfan-length", MIPRO_ERROR, "5.1",
      "A Previous Foreign Agent Notification contains all its fields and an authenticator.",
      "Previous Foreign Agent Notification is too short",
      ANY, false }, mipro_check_pfan_length },
[MIPRO_RULE_PFAN_CARE_OF] = {
    { "pfan-care-of", MIPRO_WARNING, "5.1",
      "The new care-of address is the one being registered, or the home address.",
      "New care-of address is neither the one being registered nor the home address",
      MIPRO_IN_REQUEST, false }, mipro_check_pfan_care_of },
[MIPRO_RULE_DELETE_HALF] = {
    { "delete-half", MIPRO_NOTE, "4.3",
      "A deletion is marked twice: by lifetime 0, and by the home address as care-of address.",
      "Deletion is marked by only one of lifetime and care-of address",
      MIPRO_IN_BU, false }, mipro_check_delete_half },
[MIPRO_RULE_PRIVATE_HALF] = {
    { "private-half", MIPRO_NOTE, "4.6, 6",
      "A private mobile node names no targets, which could only be told to delete.",
      "Private mobile node names targets",
      MIPRO_IN_REQUEST, false }, mipro_check_private_half },
[MIPRO_RULE_PORT] = {
    { "port", MIPRO_NOTE, "4",
      "One of the UDP ports is 434.",
      "Neither UDP port is 434",
      ANY, false }, mipro_check_port },
[MIPRO_RULE_ADDRESS_IMPLAUSIBLE] = {
    { "address-implausible", MIPRO_NOTE, "RFC 2002",
      "Home, care-of and target addresses are those of a single node.",
      "Address that no single node can have",
      ANY, false }, mipro_check_address_implausible },
[MIPRO_RULE_KEY_EXPIRED] = {
    { "key-expired", MIPRO_NOTE, "RFC 2002 5.1",
      "An association is used within its validity period.",
      "Association used outside its validity period",
      ANY, true }, mipro_check_key_expired },
[MIPRO_RULE_REGISTRATION_NO_AUTH] = {
    { "registration-no-auth", MIPRO_ERROR, "RFC 2002 3.3, 3.4, 3.5.2",
      "A Registration Request or Reply carries an authenticator of the mobile node and its home agent.",
      "Registration without authentication",
      MIPRO_IN_REGISTRATION, false }, mipro_check_registration_no_auth },
[MIPRO_RULE_KEY_WEAK] = {
    { "key-weak", MIPRO_WARNING, "RFC 2002 5.1, RFC 5944 5.1",
      "A key has 16 octets or more, not all equal, and is neither a word that can be guessed nor a published sample.",
      "Weak key",
      ANY, true }, mipro_check_key_weak },

[MIPRO_RULE_FORGED_ACCEPTED] = {
    { "forged-accepted", MIPRO_ERROR, "4.3, RFC 2002 3.8.2.1",
      "A Binding Update or Registration Request whose authenticator is bad is not accepted.",
      "Message with a bad or missing authenticator was accepted",
      MIPRO_IN_BA | MIPRO_IN_REPLY, true }, NULL },
[MIPRO_RULE_GENUINE_REFUSED] = {
    { "genuine-refused", MIPRO_WARNING, "4.4, RFC 2002 3.4",
      "A Binding Update or Registration Request whose authenticator is good is not answered with 131.",
      "Message with a good authenticator was refused as not authentic",
      MIPRO_IN_BA | MIPRO_IN_REPLY, true }, NULL },
[MIPRO_RULE_REPLY_MISMATCH] = {
    { "reply-mismatch", MIPRO_ERROR, "RFC 2002 3.8.3.1, 5.7",
      "A Registration Reply has the identification, home address and home agent of its request.",
      "Registration Reply does not match its request",
      MIPRO_IN_REPLY, false }, NULL },
[MIPRO_RULE_UPDATE_UNACKNOWLEDGED] = {
    { "update-unacknowledged", MIPRO_WARNING, "4.4",
      "A Binding Update with A is acknowledged within the time limit.",
      "Binding Update was not acknowledged",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED] = {
    { "acknowledge-unsolicited", MIPRO_WARNING, "4.4",
      "A Binding Acknowledge answers a Binding Update with A.",
      "Binding Acknowledge answers no Binding Update",
      MIPRO_IN_BA, false }, NULL },
[MIPRO_RULE_ACKNOWLEDGE_MISMATCH] = {
    { "acknowledge-mismatch", MIPRO_ERROR, "4.4",
      "A Binding Acknowledge copies home address and identification from the Binding Update.",
      "Binding Acknowledge does not match its Binding Update",
      MIPRO_IN_BA, false }, NULL },
[MIPRO_RULE_REQUEST_UNANSWERED] = {
    { "request-unanswered", MIPRO_WARNING, "4.2",
      "A Binding Request is answered by a Binding Update.",
      "Binding Request was not answered",
      MIPRO_IN_BR, false }, NULL },
[MIPRO_RULE_ANSWER_MISMATCH] = {
    { "answer-mismatch", MIPRO_ERROR, "4.3",
      "A Binding Update has the identification of the Binding Request that it answers.",
      "Binding Update answers with another identification",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_WARNING_UNANSWERED] = {
    { "warning-unanswered", MIPRO_NOTE, "4.1",
      "Each target of a Binding Warning is sent a Binding Update.",
      "No Binding Update to a target of the Binding Warning",
      MIPRO_IN_BW | MIPRO_IN_REQUEST, false }, NULL },
[MIPRO_RULE_REPLAY] = {
    { "replay", MIPRO_ERROR, "4.2, 4.3, RFC 2002 5.6",
      "Where the association has a replay method, identifications are new and increase.",
      "Identification was used before, or is older than the last",
      ANY, true }, NULL },
[MIPRO_RULE_NONCE_CHAIN] = {
    { "nonce-chain", MIPRO_WARNING, "4.3",
      "With nonces, the low half of an identification is the high half of the previous one.",
      "Nonce is not the one that was announced",
      MIPRO_IN_BU, true }, NULL },
[MIPRO_RULE_PRIVACY] = {
    { "privacy", MIPRO_ERROR, "4.2, 4.6",
      "The binding of a mobile node that registered with P is not disclosed.",
      "Binding of a private mobile node is disclosed",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_RATE_UPDATES] = {
    { "rate-updates", MIPRO_ERROR, "7.1",
      "Binding Updates to one node about one binding are limited in rate.",
      "Too many Binding Updates",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_RATE_WARNINGS] = {
    { "rate-warnings", MIPRO_ERROR, "8.3",
      "Binding Warnings to one node about one binding are limited in rate.",
      "Too many Binding Warnings",
      MIPRO_IN_BW | MIPRO_IN_REQUEST, false }, NULL },
[MIPRO_RULE_LIFETIME_EXCEEDS] = {
    { "lifetime-exceeds", MIPRO_WARNING, "4.3",
      "A Binding Update does not outlive the registration that it reports.",
      "Binding outlives its registration",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_HANDOFF_NO_UPDATE] = {
    { "handoff-no-update", MIPRO_WARNING, "8.1",
      "A granted registration with extension 96 leads to a Binding Update to the previous foreign agent.",
      "Previous foreign agent was not sent a Binding Update",
      MIPRO_IN_REQUEST, false }, NULL },
[MIPRO_RULE_HANDOFF_NO_A] = {
    { "handoff-no-a", MIPRO_ERROR, "8.1",
      "The Binding Update built from an extension 96 has A set.",
      "Binding Update for a handoff does not ask for an acknowledge",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_HANDOFF_ALTERED] = {
    { "handoff-altered", MIPRO_ERROR, "5.1",
      "That Binding Update has the lifetime, care-of address, SPI and authenticator of the extension 96.",
      "Binding Update differs from the notification that it was built from",
      MIPRO_IN_BU, false }, NULL },
[MIPRO_RULE_HANDOFF_ADVERTISED] = {
    { "handoff-advertised", MIPRO_NOTE, "5.2",
      "A smooth handoff is requested only from a foreign agent that advertises S.",
      "Smooth handoff requested from an agent that does not advertise it",
      MIPRO_IN_REQUEST, false }, NULL },
[MIPRO_RULE_STALE_FORWARDING] = {
    { "stale-forwarding", MIPRO_NOTE, "3.1",
      "A node that was told of a new care-of address no longer tunnels to the old one.",
      "Packet tunneled to a former care-of address",
      MIPRO_IN_BU, false }, NULL },
};
/* clang-format on */

const char *
mipro_severity_name(enum mipro_severity severity)
{
    static const char *const names[] = { "note", "warning", "error" };

    return names[severity];
}

enum mipro_severity
mipro_finding_severity(const struct mipro_finding *f)
{
    enum mipro_severity severity = mipro_rule_def(f->rule)->severity;

    return f->mild && severity == MIPRO_ERROR ? MIPRO_WARNING : severity;
}

const struct mipro_rule_def *
mipro_rule_def(enum mipro_rule rule)
{
    return &rules[rule].def;
}

enum mipro_rule
mipro_rule_by_id(const char *id)
{
    size_t i = 0;

    while (i < MIPRO_RULES && strcmp(rules[i].def.id, id) != 0)
        i++;
    return (enum mipro_rule)i;
}

size_t
mipro_rules_check_these(
    const struct mipro_evidence *ev, uint32_t these, struct mipro_finding out[MIPRO_RULES_ON_ONE])
{
    size_t n = 0;

    for (unsigned rule = 0; these >> rule != 0; rule++) {
        struct mipro_finding *f = &out[n];
        struct mipro_breach b = { f, 0 };

        if ((these >> rule & 1) == 0)
            continue;
        f->text = f->nai = NULL;
        f->mild = false;
        f->has_home = false;
        f->home = 0;
        rules[rule].check(ev, &b);
        if (b.places == 0)
            continue;
        if (b.places > 1)
            mipro_finding_appendf(f, ", and %u more", b.places - 1);
        f->rule = (enum mipro_rule)rule;
        f->frame = ev->frame;
        f->time = ev->time;
        f->src = ev->src;
        f->dst = ev->dst;
        f->message = ev->message->def->type;
        f->n_related = 0;
        n++;
    }
    return n;
}
