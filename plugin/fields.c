/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.c - registration of fields, subtrees and expert infos.
 *
 * Value names come from protocol/wire/tables.c, rules from protocol/rules/rules.c; both tables
 * are read at registration.
 */
#include "packet-mipro.h"

#include <epan/tfs.h>

int proto_mipro = -1;
int hf_mipro[MIPRO_F_COUNT];
int hf_mipro_reserved16 = -1;
int hf_mipro_ident_time = -1, hf_mipro_ident_next_nonce = -1, hf_mipro_ident_nonce = -1;
int hf_mipro_undecoded = -1;
int hf_mipro_ext = -1, hf_mipro_cache = -1, hf_mipro_auth_expected = -1;
int hf_mipro_rrq_p = -1, hf_mipro_rrq_p_09 = -1;
struct mipro_auth_hf hf_mipro_auth = { -1, -1, -1, -1, -1, -1 };
struct mipro_auth_hf hf_mipro_pfan = { -1, -1, -1, -1, -1, -1 };
int hf_mipro_response_in = -1, hf_mipro_response_to = -1, hf_mipro_response_time = -1;
int hf_mipro_clock_difference = -1;
int hf_mipro_retransmission_of = -1, hf_mipro_copy_of = -1, hf_mipro_update_in = -1,
    hf_mipro_warning_in = -1;
int hf_mipro_pfan_in = -1, hf_mipro_related = -1;
int hf_mipro_verdict = -1;
int hf_mipro_finding = -1, hf_mipro_finding_severity = -1;
int hf_mipro_party = -1, hf_mipro_party_from = -1, hf_mipro_party_to = -1;
int hf_mipro_cache_node = -1, hf_mipro_cache_coa = -1, hf_mipro_cache_expires = -1;
int hf_mipro_cache_supersedes = -1, hf_mipro_cache_superseded_in = -1;
int hf_mipro_cache_deleted_in = -1;
static int hf_flags_a = -1, hf_flags_i = -1, hf_flags_m = -1, hf_flags_g = -1;
static int hf_flags_reserved = -1;

#define ADV_FLAGS 16 /* including the terminating row */
static int adv_flags[ADV_FLAGS];
static int *adv_fields[ADV_FLAGS + 1];

int ett_mipro = ETT_INIT, ett_mipro_flags = ETT_INIT, ett_mipro_ident = ETT_INIT;
int ett_mipro_ext = ETT_INIT, ett_mipro_cache = ETT_INIT, ett_mipro_auth = ETT_INIT;
int ett_mipro_adv = ETT_INIT, ett_mipro_finding = ETT_INIT;

expert_field ei_mipro_rule[MIPRO_RULES];
expert_field ei_mipro_mild = EI_INIT;
expert_field ei_mipro_auth_bad = EI_INIT, ei_mipro_auth_no_key = EI_INIT;
expert_field ei_mipro_auth_truncated = EI_INIT, ei_mipro_keys_fault = EI_INIT;
expert_field ei_mipro_overlap = EI_INIT, ei_mipro_pfan_open = EI_INIT;
expert_field ei_mipro_iana = EI_INIT;

/* Room for the tables of protocol/ and a terminating row; checked when they are filled. */
static value_string type_names[16];
static value_string ext_names[64];
static value_string status_names[16];

/* clang-format off */
static const value_string life_names[] = {
    { 0, "delete" },
    { MIPRO_LIFE_INFINITE, "infinity" },
    { 0, NULL }
};

static const value_string pfan_life_names[] = {
    { 0, "create no entry" },
    { MIPRO_LIFE_INFINITE, "infinity" },
    { 0, NULL }
};

static const value_string lease_names[] = {
    { MIPRO_LIFE_INFINITE, "infinity" },
    { 0, NULL }
};
/* clang-format on */

static void
append_name(value_string *names, size_t room, size_t *n, uint32_t value, const char *name)
{
    if (*n + 1 >= room)
        ws_error("%s:%d: no room for the name of %s", __FILE__, __LINE__, name);
    names[*n].value = value;
    names[*n].strptr = name;
    ++*n;
}

static void
read_tables(void)
{
    const struct mipro_msg_def *msg;
    const struct mipro_ext_def *ext;
    uint8_t status;
    const char *name;
    size_t n = 0;

    for (size_t i = 0; (msg = mipro_msg_def_at(i)) != NULL; i++)
        if (msg->source != MIPRO_SOURCE_IANA)
            append_name(type_names, array_length(type_names), &n, msg->type, msg->name);
    n = 0;
    for (size_t i = 0; (ext = mipro_ext_def_at(i)) != NULL; i++)
        append_name(ext_names, array_length(ext_names), &n, ext->type, ext->name);
    n = 0;
    for (size_t i = 0; mipro_status_at(i, &status, &name); i++)
        append_name(status_names, array_length(status_names), &n, status, name);
}

static void
register_fields(void)
{
    /* clang-format off */
    static hf_register_info hf[] = {
        /* Messages 16-19 (4.1-4.4). */
        { &hf_mipro[MIPRO_F_TYPE],
          { "Message Type", "mipro.type", FT_UINT8, BASE_DEC, VALS(type_names), 0,
            "Type of the message", HFILL } },
        { &hf_mipro[MIPRO_F_RESERVED],
          { "Reserved", "mipro.reserved", FT_UINT24, BASE_HEX, NULL, 0,
            "Sent as 0, ignored on reception", HFILL } },
        { &hf_mipro_reserved16,
          { "Reserved", "mipro.reserved", FT_UINT16, BASE_HEX, NULL, 0,
            "Sent as 0, ignored on reception (Binding Acknowledge)", HFILL } },
        { &hf_mipro[MIPRO_F_FLAGS],
          { "Flags", "mipro.flags", FT_UINT8, BASE_HEX, NULL, 0,
            "Flags of a Binding Update", HFILL } },
        { &hf_flags_a,
          { "Acknowledge (A)", "mipro.flags.a", FT_BOOLEAN, 8, TFS(&tfs_set_notset), MIPRO_BU_A,
            "The sender asks for a Binding Acknowledge", HFILL } },
        { &hf_flags_i,
          { "Identification Present (I)", "mipro.flags.i", FT_BOOLEAN, 8, TFS(&tfs_set_notset), MIPRO_BU_I,
            "The identification follows the care-of address", HFILL } },
        { &hf_flags_m,
          { "Minimal Encapsulation (M)", "mipro.flags.m", FT_BOOLEAN, 8, TFS(&tfs_set_notset), MIPRO_BU_M,
            "Datagrams may be tunnelled with minimal encapsulation (RFC 2004)", HFILL } },
        { &hf_flags_g,
          { "GRE (G)", "mipro.flags.g", FT_BOOLEAN, 8, TFS(&tfs_set_notset), MIPRO_BU_G,
            "Datagrams may be tunnelled with generic routing encapsulation", HFILL } },
        { &hf_flags_reserved,
          { "Reserved", "mipro.flags.reserved", FT_UINT8, BASE_HEX, NULL, MIPRO_BU_RESERVED,
            "Sent as 0, ignored on reception", HFILL } },
        { &hf_mipro[MIPRO_F_STATUS],
          { "Status", "mipro.status", FT_UINT8, BASE_DEC, VALS(status_names), 0,
            "Whether the node accepted the Binding Update", HFILL } },
        { &hf_mipro[MIPRO_F_CODE],
          { "Code", "mipro.code", FT_UINT8, BASE_DEC, NULL, 0,
            "Result in a reply of RFC 4857 or RFC 4881", HFILL } },
        { &hf_mipro[MIPRO_F_LIFE],
          { "Lifetime", "mipro.life", FT_UINT16, BASE_DEC|BASE_SPECIAL_VALS, VALS(life_names), 0,
            "Seconds that the binding may be kept; 0 deletes it, 65535 is infinity", HFILL } },
        { &hf_mipro[MIPRO_F_HOMEADDR],
          { "Home Address", "mipro.homeaddr", FT_IPv4, BASE_NONE, NULL, 0,
            "Home address of the mobile node whose binding this is about", HFILL } },
        { &hf_mipro[MIPRO_F_HOMEAGENT],
          { "Home Agent", "mipro.haaddr", FT_IPv4, BASE_NONE, NULL, 0,
            "Home agent, or gateway, in a message of RFC 4857 or RFC 4881", HFILL } },
        { &hf_mipro[MIPRO_F_COA],
          { "Care-of Address", "mipro.coa", FT_IPv4, BASE_NONE, NULL, 0,
            "Where the mobile node is; if it equals the home address, the binding is deleted", HFILL } },
        { &hf_mipro[MIPRO_F_REVID],
          { "Revocation Identifier", "mipro.revid", FT_UINT32, BASE_DEC_HEX, NULL, 0,
            "Time of the sender, in a revocation of RFC 3543", HFILL } },
        { &hf_mipro[MIPRO_F_TARGET],
          { "Target", "mipro.target", FT_IPv4, BASE_NONE, NULL, 0,
            "Node that should be sent a Binding Update", HFILL } },
        { &hf_mipro[MIPRO_F_IDENT],
          { "Identification", "mipro.ident", FT_UINT64, BASE_HEX, NULL, 0,
            "Matches answers to questions, and protects against replay", HFILL } },
        { &hf_mipro_ident_time,
          { "Timestamp", "mipro.ident.time", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
            "The identification read as an NTP timestamp", HFILL } },
        { &hf_mipro_ident_next_nonce,
          { "Next Nonce", "mipro.ident.next_nonce", FT_UINT32, BASE_HEX, NULL, 0,
            "High half: the nonce that the next Binding Update to this node must bear", HFILL } },
        { &hf_mipro_ident_nonce,
          { "Nonce", "mipro.ident.nonce", FT_UINT32, BASE_HEX, NULL, 0,
            "Low half: the nonce of this Binding Update", HFILL } },
        { &hf_mipro_undecoded,
          { "Undecoded", "mipro.undecoded", FT_BYTES, BASE_NONE, NULL, 0,
            "Octets of the message that are part of no field and no extension", HFILL } },

        /* Extensions. */
        { &hf_mipro_ext,
          { "Extension", "mipro.ext", FT_NONE, BASE_NONE, NULL, 0,
            "An extension, with its fields and the verdict on its authenticator", HFILL } },
        { &hf_mipro_auth_expected,
          { "Expected Authentication", "mipro.auth.expected", FT_NONE, BASE_NONE, NULL, 0,
            "An authentication extension that is not there, or that the capture cut off", HFILL } },
        { &hf_mipro[MIPRO_F_EXT_TYPE],
          { "Extension Type", "mipro.ext.type", FT_UINT8, BASE_DEC, VALS(ext_names), 0,
            "0-127 must be understood by the receiver, 128-255 may be skipped", HFILL } },
        { &hf_mipro[MIPRO_F_EXT_SUBTYPE],
          { "Extension Subtype", "mipro.ext.subtype", FT_UINT8, BASE_DEC, NULL, 0,
            "Subtype, in extensions that have one", HFILL } },
        { &hf_mipro[MIPRO_F_EXT_LEN],
          { "Extension Length", "mipro.ext.len", FT_UINT16, BASE_DEC, NULL, 0,
            "Octets of the extension's value", HFILL } },
        { &hf_mipro[MIPRO_F_EXT_DATA],
          { "Extension Data", "mipro.ext.data", FT_BYTES, BASE_NONE, NULL, 0,
            "The extension's value", HFILL } },
        { &hf_mipro[MIPRO_F_SPI],
          { "SPI", "mipro.auth.spi", FT_UINT32, BASE_HEX_DEC, NULL, 0,
            "Chooses the mobility security association; 0-255 are reserved", HFILL } },
        { &hf_mipro[MIPRO_F_AUTHENTICATOR],
          { "Authenticator", "mipro.auth.authenticator", FT_BYTES, BASE_NONE, NULL, 0,
            "Computed over the message up to and including the type and length of this extension", HFILL } },
        { &hf_mipro_auth.status,
          { "Authenticator Status", "mipro.auth.status", FT_UINT8, BASE_NONE, VALS(proto_checksum_vals), 0,
            "Good if the authenticator is the one that the association's key gives", HFILL } },
        { &hf_mipro_auth.association,
          { "Association", "mipro.auth.association", FT_STRING, BASE_NONE, NULL, 0,
            "Name of the mobility security association that the authenticator was verified with", HFILL } },
        { &hf_mipro_auth.algorithm,
          { "Algorithm", "mipro.auth.algorithm", FT_STRING, BASE_NONE, NULL, 0,
            "How the authenticator was computed", HFILL } },
        { &hf_mipro_auth.coverage,
          { "Coverage", "mipro.auth.coverage", FT_STRING, BASE_NONE, NULL, 0,
            "What of its own extension the authenticator covers", HFILL } },
        { &hf_mipro_auth.calculated,
          { "Calculated Authenticator", "mipro.auth.calculated", FT_BYTES, BASE_NONE, NULL, 0,
            "What the authenticator should be, by the association", HFILL } },

        /* Previous Foreign Agent Notification (5.1). */
        { &hf_mipro[MIPRO_F_PFAN_LIFE],
          { "Cache Lifetime", "mipro.pfan.life", FT_UINT16, BASE_DEC|BASE_SPECIAL_VALS, VALS(pfan_life_names), 0,
            "Seconds that the previous foreign agent may keep the binding; 65535 is infinity", HFILL } },
        { &hf_mipro[MIPRO_F_PFAN_AGENT],
          { "Previous Foreign Agent", "mipro.pfan.agent", FT_IPv4, BASE_NONE, NULL, 0,
            "The agent to which the new foreign agent is to send the Binding Update", HFILL } },
        { &hf_mipro[MIPRO_F_PFAN_COA],
          { "New Care-of Address", "mipro.pfan.coa", FT_IPv4, BASE_NONE, NULL, 0,
            "Copied into the Binding Update: the one being registered, or the home address", HFILL } },
        { &hf_mipro[MIPRO_F_PFAN_SPI],
          { "SPI", "mipro.pfan.spi", FT_UINT32, BASE_HEX_DEC, NULL, 0,
            "Copied into the Binding Update's authentication extension", HFILL } },
        { &hf_mipro[MIPRO_F_PFAN_AUTHENTICATOR],
          { "Authenticator", "mipro.pfan.authenticator", FT_BYTES, BASE_NONE, NULL, 0,
            "The mobile node's, over a Binding Update that the foreign agent will send", HFILL } },
        { &hf_mipro_pfan.status,
          { "Authenticator Status", "mipro.pfan.status", FT_UINT8, BASE_NONE, VALS(proto_checksum_vals), 0,
            "Whether the authenticator fits a Binding Update that this notification may lead to", HFILL } },
        { &hf_mipro_pfan.association,
          { "Association", "mipro.pfan.association", FT_STRING, BASE_NONE, NULL, 0,
            "Name of the mobility security association that the authenticator was verified with", HFILL } },
        { &hf_mipro_pfan.algorithm,
          { "Algorithm", "mipro.pfan.algorithm", FT_STRING, BASE_NONE, NULL, 0,
            "How the authenticator was computed", HFILL } },
        { &hf_mipro_pfan.coverage,
          { "Coverage", "mipro.pfan.coverage", FT_STRING, BASE_NONE, NULL, 0,
            "Body of the Binding Update, or with the header of its extension 35 (from draft -09 on, 36)", HFILL } },
        { &hf_mipro_pfan.reading,
          { "Reading", "mipro.pfan.reading", FT_STRING, BASE_NONE, NULL, 0,
            "Flags I, M and G of the Binding Update body that the authenticator fits", HFILL } },
        { &hf_mipro_pfan.calculated,
          { "Calculated Authenticator", "mipro.pfan.calculated", FT_BYTES, BASE_NONE, NULL, 0,
            "What the authenticator should have been by the association, in the first reading", HFILL } },

        /* Binding Warning extension (6). */
        { &hf_mipro[MIPRO_F_WARN_RESERVED],
          { "Reserved", "mipro.warn.reserved", FT_UINT16, BASE_HEX, NULL, 0,
            "Sent as 0, ignored on reception", HFILL } },
        { &hf_mipro[MIPRO_F_WARN_HOMEADDR],
          { "Home Address", "mipro.warn.homeaddr", FT_IPv4, BASE_NONE, NULL, 0,
            "Home address of the mobile node that the targets should be told about", HFILL } },
        { &hf_mipro[MIPRO_F_WARN_TARGET],
          { "Target", "mipro.warn.target", FT_IPv4, BASE_NONE, NULL, 0,
            "Node that should be sent a Binding Update", HFILL } },

        /* Changed bits of registration and advertisement (4.6, 5.2). */
        { &hf_mipro_rrq_p,
          { "Private (P) or Reverse Tunneling (T)", "mipro.rrq.p", FT_BOOLEAN, 8, TFS(&tfs_set_notset), 0x02,
            "Route optimization: the home agent must not reveal where this mobile node is; RFC 3024: reverse tunneling is requested", HFILL } },
        { &hf_mipro[MIPRO_F_ADV_SEQUENCE],
          { "Sequence Number", "mipro.adv.sequence", FT_UINT16, BASE_DEC, NULL, 0,
            "Advertisements that the agent sent since it started", HFILL } },
        { &hf_mipro[MIPRO_F_ADV_LIFE],
          { "Registration Lifetime", "mipro.adv.life", FT_UINT16, BASE_DEC|BASE_SPECIAL_VALS, VALS(lease_names), 0,
            "Longest lifetime, in seconds, that the agent accepts in a registration", HFILL } },
        { &hf_mipro[MIPRO_F_ADV_FLAGS],
          { "Flags", "mipro.adv.flags", FT_UINT16, BASE_HEX, NULL, 0,
            "Flags of the Mobility Agent Advertisement", HFILL } },
        { &hf_mipro[MIPRO_F_ADV_COA],
          { "Care-of Address", "mipro.adv.coa", FT_IPv4, BASE_NONE, NULL, 0,
            "Care-of address that the foreign agent offers", HFILL } },

        /* Links between messages. */
        { &hf_mipro_response_in,
          { "Response In", "mipro.response_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0,
            "Frame of the message that answers this one", HFILL } },
        { &hf_mipro_response_to,
          { "Request In", "mipro.response_to", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
            "Frame of the message that this one answers", HFILL } },
        { &hf_mipro_response_time,
          { "Response Time", "mipro.response_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "Time from the message that this one answers", HFILL } },
        { &hf_mipro_clock_difference,
          { "Clock Difference", "mipro.clock_difference", FT_INT32, BASE_DEC, NULL, 0,
            "Seconds that the clock which stamped the refused message is ahead of the home agent's, or the capture's", HFILL } },
        { &hf_mipro_retransmission_of,
          { "Retransmission of", "mipro.retransmission_of", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV), 0,
            "Frame in which the same octets were sent between the same nodes", HFILL } },
        { &hf_mipro_rrq_p_09,
          { "Private (P)", "mipro.rrq.p", FT_BOOLEAN, 8, TFS(&tfs_set_notset), 0x01,
            "The home agent must not reveal where this mobile node is (draft -09 and later)", HFILL } },
        { &hf_mipro_copy_of,
          { "Copy of", "mipro.copy_of", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_NONE), 0,
            "Frame in which this same datagram was captured first; the rules over several messages ignore copies", HFILL } },
        { &hf_mipro_warning_in,
          { "Binding Warning In", "mipro.warning_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
            "Frame of the Binding Warning that this Binding Update follows", HFILL } },
        { &hf_mipro_pfan_in,
          { "Previous Foreign Agent Notification In", "mipro.pfan_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
            "Frame of the registration whose notification led to this Binding Update", HFILL } },
        { &hf_mipro_update_in,
          { "Binding Update In", "mipro.update_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0,
            "Frame of the Binding Update that this warning or notification led to", HFILL } },
        { &hf_mipro_finding,
          { "Finding", "mipro.finding", FT_STRING, BASE_NONE, NULL, 0,
            "Id of a rule that is broken, as mipro-verify has it", HFILL } },
        { &hf_mipro_finding_severity,
          { "Severity of the Finding", "mipro.finding.severity", FT_STRING, BASE_NONE, NULL, 0,
            "error, warning or note", HFILL } },
        { &hf_mipro_verdict,
          { "Verdict", "mipro.verdict", FT_STRING, BASE_NONE, NULL, 0,
            "good, bad, expired, no-key, truncated or missing, as mipro-verify has it", HFILL } },
        { &hf_mipro_related,
          { "Related Frame", "mipro.related", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "Another frame that a finding is about", HFILL } },
        { &hf_mipro_party,
          { "Party", "mipro.party", FT_IPv4, BASE_NONE, NULL, 0,
            "Home address of the mobile node, or the address of the node that is notified or asks; as in Conversations", HFILL } },
        { &hf_mipro_party_from,
          { "Party (Source)", "mipro.party.from", FT_IPv4, BASE_NONE, NULL, 0,
            "The party that sends the message, or whose agents do", HFILL } },
        { &hf_mipro_party_to,
          { "Party (Destination)", "mipro.party.to", FT_IPv4, BASE_NONE, NULL, 0,
            "The party that receives the message, or whose agents do", HFILL } },

        /* What a node now believes. */
        { &hf_mipro_cache,
          { "Binding Cache", "mipro.cache", FT_NONE, BASE_NONE, NULL, 0,
            "What the receiver of this Binding Update believes from now on", HFILL } },
        { &hf_mipro_cache_node,
          { "Node", "mipro.cache.node", FT_IPv4, BASE_NONE, NULL, 0,
            "Node whose binding cache the Binding Update changes, if it believes it", HFILL } },
        { &hf_mipro_cache_coa,
          { "Care-of Address", "mipro.cache.coa", FT_IPv4, BASE_NONE, NULL, 0,
            "Where the node tunnels datagrams for the home address from now on", HFILL } },
        { &hf_mipro_cache_expires,
          { "Expires", "mipro.cache.expires", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
            "When the binding ends, unless it is superseded or deleted", HFILL } },
        { &hf_mipro_cache_supersedes,
          { "Supersedes", "mipro.cache.supersedes", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "Frame of the Binding Update that the node believed until now", HFILL } },
        { &hf_mipro_cache_superseded_in,
          { "Superseded In", "mipro.cache.superseded_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "Frame of the Binding Update that replaces this binding", HFILL } },
        { &hf_mipro_cache_deleted_in,
          { "Deleted In", "mipro.cache.deleted_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "Frame of the Binding Update that deletes this binding", HFILL } },
    };
    /* clang-format on */

    proto_register_field_array(proto_mipro, hf, array_length(hf));
    for (int f = MIPRO_F_END + 1; f < MIPRO_F_COUNT; f++)
        if (hf_mipro[f] <= 0)
            ws_error("%s:%d: field %s of mipro_wire.h has no row in the table above", __FILE__,
                __LINE__, mipro_field_name((enum mipro_field)f));
}

/* "Registration Required (R)" of "Registration required" and R. */
static const char *
flag_title(const struct mipro_flag_def *flag)
{
    char *title = wmem_strdup_printf(wmem_epan_scope(), "%s (%c)", flag->name, flag->letter);

    for (char *p = title; *p != '\0'; p++)
        if (p != title && p[-1] == ' ')
            *p = g_ascii_toupper(*p);
    return title;
}

/* Register a field for each flag of the agent advertisement, and one for the reserved bits. */
static void
register_advert_flags(void)
{
    static const hf_register_info blank = { NULL,
        { NULL, NULL, FT_BOOLEAN, 16, NULL, 0, NULL, HFILL } };
    static hf_register_info hf[ADV_FLAGS];
    const struct mipro_flag_def *flag = mipro_advert_flags();
    uint16_t rest = UINT16_MAX;
    int n = 0;

    for (; flag->letter != 0; flag++, n++) {
        if (n + 1 >= ADV_FLAGS)
            ws_error("%s:%d: no room for flag %c", __FILE__, __LINE__, flag->letter);
        hf[n] = blank;
        hf[n].hfinfo.name = flag_title(flag);
        hf[n].hfinfo.abbrev =
            wmem_strdup_printf(wmem_epan_scope(), "mipro.adv.%c", g_ascii_tolower(flag->letter));
        hf[n].hfinfo.strings = TFS(&tfs_set_notset);
        hf[n].hfinfo.bitmask = flag->mask;
        hf[n].hfinfo.blurb = flag->mask == MIPRO_ADV_S
                                 ? "The foreign agent accepts Previous Foreign Agent Notifications"
                                 : "Flag of the Mobility Agent Advertisement";
        rest &= (uint16_t)~flag->mask;
    }
    hf[n] = blank;
    hf[n].hfinfo = (header_field_info){ "Reserved", "mipro.adv.reserved", FT_UINT16, BASE_HEX, NULL,
        rest, "Sent as 0, ignored on reception", HFILL };
    n++;
    for (int i = 0; i < n; i++) {
        adv_flags[i] = -1;
        hf[i].p_id = &adv_flags[i];
        adv_fields[i] = &adv_flags[i];
    }
    proto_register_field_array(proto_mipro, hf, n);
}

int *const *
mipro_advert_flag_fields(void)
{
    return adv_fields;
}

int *const *
mipro_update_flag_fields(void)
{
    static int *const fields[] = { &hf_flags_a, &hf_flags_i, &hf_flags_m, &hf_flags_g,
        &hf_flags_reserved, NULL };

    return fields;
}

/* The expert group of a rule; rules not about framing are in the group Protocol unless listed. */
static int
rule_group(enum mipro_rule rule)
{
    switch (rule) {
    case MIPRO_RULE_MESSAGE_TRUNCATED:
    case MIPRO_RULE_TRAILING_OCTETS:
    case MIPRO_RULE_EXTENSION_OVERRUN:
    case MIPRO_RULE_AUTH_LENGTH:
    case MIPRO_RULE_PFAN_LENGTH:
        return PI_MALFORMED;
    case MIPRO_RULE_EXTENSION_UNKNOWN:
        return PI_UNDECODED;
    case MIPRO_RULE_UPDATE_NO_AUTH:
    case MIPRO_RULE_AUTH_NOT_LAST:
    case MIPRO_RULE_KEY_EXPIRED:
    case MIPRO_RULE_KEY_WEAK:
    case MIPRO_RULE_FORGED_ACCEPTED:
    case MIPRO_RULE_GENUINE_REFUSED:
    case MIPRO_RULE_REPLAY:
    case MIPRO_RULE_NONCE_CHAIN:
    case MIPRO_RULE_PRIVACY:
    case MIPRO_RULE_HANDOFF_ALTERED:
        return PI_SECURITY;
    case MIPRO_RULE_UPDATE_UNACKNOWLEDGED:
    case MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED:
    case MIPRO_RULE_ACKNOWLEDGE_MISMATCH:
    case MIPRO_RULE_REQUEST_UNANSWERED:
    case MIPRO_RULE_ANSWER_MISMATCH:
    case MIPRO_RULE_WARNING_UNANSWERED:
    case MIPRO_RULE_RATE_UPDATES:
    case MIPRO_RULE_RATE_WARNINGS:
    case MIPRO_RULE_HANDOFF_NO_UPDATE:
    case MIPRO_RULE_STALE_FORWARDING:
        return PI_SEQUENCE;
    default:
        return PI_PROTOCOL;
    }
}

static int
rule_severity(enum mipro_severity severity)
{
    switch (severity) {
    case MIPRO_ERROR:
        return PI_ERROR;
    case MIPRO_WARNING:
        return PI_WARN;
    case MIPRO_NOTE:
        break;
    }
    return PI_NOTE;
}

/* Register one expert info for each rule in the table. */
static void
register_rules(expert_module_t *expert)
{
    static const ei_register_info blank = { NULL, { NULL, 0, 0, NULL, EXPFILL } };
    static const expert_field unset = EI_INIT;
    static ei_register_info ei[MIPRO_RULES];

    for (int i = 0; i < MIPRO_RULES; i++) {
        const struct mipro_rule_def *rule = mipro_rule_def((enum mipro_rule)i);
        char *name = wmem_strdup_printf(wmem_epan_scope(), "mipro.rule.%s", rule->id);

        for (char *p = name; *p != '\0'; p++)
            if (*p == '-')
                *p = '_';
        ei_mipro_rule[i] = unset;
        ei[i] = blank;
        ei[i].ids = &ei_mipro_rule[i];
        ei[i].eiinfo.name = name;
        ei[i].eiinfo.group = rule_group((enum mipro_rule)i);
        ei[i].eiinfo.severity = rule_severity(rule->severity);
        ei[i].eiinfo.summary = rule->violation;
    }
    expert_register_field_array(expert, ei, array_length(ei));
}

void
mipro_register_fields(void)
{
    static int *ett[] = {
        &ett_mipro,
        &ett_mipro_flags,
        &ett_mipro_ident,
        &ett_mipro_ext,
        &ett_mipro_cache,
        &ett_mipro_auth,
        &ett_mipro_adv,
        &ett_mipro_finding,
    };
    /* clang-format off */
    static ei_register_info ei[] = {
        { &ei_mipro_auth_bad,
          { "mipro.auth.bad", PI_CHECKSUM, PI_ERROR,
            "Bad: the authenticator does not match the association", EXPFILL } },
        { &ei_mipro_auth_no_key,
          { "mipro.auth.no_key", PI_CHECKSUM, PI_NOTE,
            "No key: no association has this SPI and these addresses, or there is no challenge", EXPFILL } },
        { &ei_mipro_auth_truncated,
          { "mipro.auth.truncated", PI_CHECKSUM, PI_NOTE,
            "Truncated: the capture lacks octets that the authenticator covers", EXPFILL } },
        { &ei_mipro_pfan_open,
          { "mipro.pfan.open", PI_CHECKSUM, PI_NOTE,
            "Bad so far: the Binding Update of this notification, if it is captured later, may show that the authenticator is good (two passes wait for it)", EXPFILL } },
        { &ei_mipro_overlap,
          { "mipro.overlap", PI_REASSEMBLE, PI_WARN,
            "Fragments overlap with other octets: the message is of those that were captured first", EXPFILL } },
        { &ei_mipro_keys_fault,
          { "mipro.keys.fault", PI_SECURITY, PI_WARN,
            "The associations have a fault: no authenticator is verified", EXPFILL } },
        { &ei_mipro_mild,
          { "mipro.rule.spi_reserved.other", PI_PROTOCOL, PI_WARN,
            "Reserved SPI in an extension that is not the draft's", EXPFILL } },
        { &ei_mipro_iana,
          { "mipro.iana", PI_ASSUMPTION, PI_CHAT,
            "Read as the message to which the type was assigned later", EXPFILL } },
    };
    /* clang-format on */
    expert_module_t *expert;

    read_tables();
    register_fields();
    register_advert_flags();
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_mipro);
    expert_register_field_array(expert, ei, array_length(ei));
    register_rules(expert);
}
