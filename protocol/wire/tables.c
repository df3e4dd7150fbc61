/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/fields.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */

static const char *const field_names[MIPRO_F_COUNT] = {
    [MIPRO_F_TYPE]               = "type",
    [MIPRO_F_RESERVED]           = "reserved",
    [MIPRO_F_FLAGS]              = "flags",
    [MIPRO_F_STATUS]             = "status",
    [MIPRO_F_CODE]               = "code",
    [MIPRO_F_LIFE]               = "life",
    [MIPRO_F_HOMEADDR]           = "homeaddr",
    [MIPRO_F_HOMEAGENT]          = "haaddr",
    [MIPRO_F_COA]                = "coa",
    [MIPRO_F_IDENT]              = "ident",
    [MIPRO_F_REVID]              = "revid",
    [MIPRO_F_TARGET]             = "target",
    [MIPRO_F_EXT_TYPE]           = "ext.type",
    [MIPRO_F_EXT_SUBTYPE]        = "ext.subtype",
    [MIPRO_F_EXT_LEN]            = "ext.len",
    [MIPRO_F_EXT_DATA]           = "ext.data",
    [MIPRO_F_SPI]                = "auth.spi",
    [MIPRO_F_AUTHENTICATOR]      = "auth.authenticator",
    [MIPRO_F_PFAN_LIFE]          = "pfan.life",
    [MIPRO_F_PFAN_AGENT]         = "pfan.agent",
    [MIPRO_F_PFAN_COA]           = "pfan.coa",
    [MIPRO_F_PFAN_SPI]           = "pfan.spi",
    [MIPRO_F_PFAN_AUTHENTICATOR] = "pfan.authenticator",
    [MIPRO_F_WARN_RESERVED]      = "warn.reserved",
    [MIPRO_F_WARN_HOMEADDR]      = "warn.homeaddr",
    [MIPRO_F_WARN_TARGET]        = "warn.target",
    [MIPRO_F_ADV_SEQUENCE]       = "adv.sequence",
    [MIPRO_F_ADV_LIFE]           = "adv.life",
    [MIPRO_F_ADV_FLAGS]          = "adv.flags",
    [MIPRO_F_ADV_COA]            = "adv.coa",
};

/* Handoff Request and Handoff Reply (RFC 4881): flags, reserved, lifetime, reserved. */
static const struct mipro_field_def iana_handoff_request[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_FLAGS,      1, 1 },
    { MIPRO_F_LIFE,       4, 2 },
    { MIPRO_F_HOMEADDR,   8, 4 },
    { MIPRO_F_HOMEAGENT, 12, 4 },
    { MIPRO_F_IDENT,     16, 8 },
    MIPRO_FIELDS_END
};

static const struct mipro_field_def iana_handoff_reply[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_FLAGS,      1, 1 },
    { MIPRO_F_CODE,       3, 1 },
    { MIPRO_F_LIFE,       4, 2 },
    { MIPRO_F_HOMEADDR,   8, 4 },
    { MIPRO_F_HOMEAGENT, 12, 4 },
    { MIPRO_F_IDENT,     16, 8 },
    MIPRO_FIELDS_END
};

/*
 * Registration Revocation (RFC 3543 3.3), between the home agent and a foreign agent
 *
 *  0       1       2               4
 * |type 7 |reservd|A|I| reserved  |
 * |          home address         |  4
 * |      home domain address      |  8, of the home agent
 * |    foreign domain address     | 12, of the foreign agent, or the care-of address
 * |     revocation identifier     | 16
 */
static const struct mipro_field_def revocation[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_RESERVED,   1, 1 },
    { MIPRO_F_FLAGS,      2, 2 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_HOMEAGENT,  8, 4 },
    { MIPRO_F_COA,       12, 4 },
    { MIPRO_F_REVID,     16, 4 },
    MIPRO_FIELDS_END
};

/* Registration Revocation Acknowledgement (RFC 3543 3.4): no domain addresses. */
static const struct mipro_field_def revocation_acknowledge[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_RESERVED,   1, 1 },
    { MIPRO_F_FLAGS,      2, 2 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_REVID,      8, 4 },
    MIPRO_FIELDS_END
};

/* An extension of which only type and length are known. */
static const struct mipro_field_def plain_short[] = {
    { MIPRO_F_EXT_TYPE,   0, 1 },
    { MIPRO_F_EXT_LEN,    1, 1 },
    { MIPRO_F_EXT_DATA,   2, 0 },
    MIPRO_FIELDS_END
};

static const struct mipro_field_def plain_long[] = {
    { MIPRO_F_EXT_TYPE,    0, 1 },
    { MIPRO_F_EXT_SUBTYPE, 1, 1 },
    { MIPRO_F_EXT_LEN,     2, 2 },
    { MIPRO_F_EXT_DATA,    4, 0 },
    MIPRO_FIELDS_END
};

/*
 * Authentication (4.5, RFC 2002 3.5.2)
 *
 *  0       1       2                               6
 * |type   |length |              SPI              | authenticator ...
 */
static const struct mipro_field_def authentication[] = {
    { MIPRO_F_EXT_TYPE,      0, 1 },
    { MIPRO_F_EXT_LEN,       1, 1 },
    { MIPRO_F_SPI,           2, 4 },
    { MIPRO_F_AUTHENTICATOR, 6, 0 },
    MIPRO_FIELDS_END
};

/* Generalized Authentication (RFC 4721 5) */
static const struct mipro_field_def generalized[] = {
    { MIPRO_F_EXT_TYPE,      0, 1 },
    { MIPRO_F_EXT_SUBTYPE,   1, 1 },
    { MIPRO_F_EXT_LEN,       2, 2 },
    { MIPRO_F_SPI,           4, 4 },
    { MIPRO_F_AUTHENTICATOR, 8, 0 },
    MIPRO_FIELDS_END
};

/*
 * Previous Foreign Agent Notification (5.1)
 *
 *  0       1       2               4
 * |type 96|length |cache lifetime |
 * |    previous foreign agent     |  4
 * |      new care-of address      |  8
 * |             SPI               | 12
 * |        authenticator ...      | 16
 */
static const struct mipro_field_def pfan[] = {
    { MIPRO_F_EXT_TYPE,            0, 1 },
    { MIPRO_F_EXT_LEN,             1, 1 },
    { MIPRO_F_PFAN_LIFE,           2, 2 },
    { MIPRO_F_PFAN_AGENT,          4, 4 },
    { MIPRO_F_PFAN_COA,            8, 4 },
    { MIPRO_F_PFAN_SPI,           12, 4 },
    { MIPRO_F_PFAN_AUTHENTICATOR, 16, 0 },
    MIPRO_FIELDS_END
};

/* Binding Warning extension (6) */
static const struct mipro_field_def warning_ext[] = {
    { MIPRO_F_EXT_TYPE,      0, 1 },
    { MIPRO_F_EXT_LEN,       1, 1 },
    { MIPRO_F_WARN_RESERVED, 2, 2 },
    { MIPRO_F_WARN_HOMEADDR, 4, 4 },
    { MIPRO_F_WARN_TARGET,   8, 0 },
    MIPRO_FIELDS_END
};

/*
 * Mobility Agent Advertisement (5.2), in an ICMP router advertisement
 *
 *  0       1       2               4               6               8
 * |type 16|length |   sequence    |   lifetime    |     flags     | care-of addresses ...
 */
static const struct mipro_field_def advertisement[] = {
    { MIPRO_F_EXT_TYPE,     0, 1 },
    { MIPRO_F_EXT_LEN,      1, 1 },
    { MIPRO_F_ADV_SEQUENCE, 2, 2 },
    { MIPRO_F_ADV_LIFE,     4, 2 },
    { MIPRO_F_ADV_FLAGS,    6, 2 },
    { MIPRO_F_ADV_COA,      8, 0 },
    MIPRO_FIELDS_END
};

/*
 * By source and type, which are in the row as well.
 *                              type  source              name                             section         fixed  tail                       bit               fields */
static const struct mipro_msg_def msg_defs[][MIPRO_LAST_TYPE + 1] = {
    [MIPRO_SOURCE_BASE][1]  = {  1, MIPRO_SOURCE_BASE,  "Registration Request",           "4.6",          24, MIPRO_TAIL_NONE,          MIPRO_IN_REQUEST, mipro_registration_request_fields },
    [MIPRO_SOURCE_BASE][3]  = {  3, MIPRO_SOURCE_BASE,  "Registration Reply",             "RFC 2002 3.4", 20, MIPRO_TAIL_NONE,          MIPRO_IN_REPLY,   mipro_registration_reply_fields },
    [MIPRO_SOURCE_BASE][7]  = {  7, MIPRO_SOURCE_BASE,  "Registration Revocation",        "RFC 3543 3.3", 20, MIPRO_TAIL_NONE,          MIPRO_IN_REVOCATION,     revocation },
    [MIPRO_SOURCE_BASE][15] = { 15, MIPRO_SOURCE_BASE,  "Registration Revocation Acknowledgement", "RFC 3543 3.4", 12, MIPRO_TAIL_NONE, MIPRO_IN_REVOCATION_ACK, revocation_acknowledge },
    [MIPRO_SOURCE_DRAFT][16] = { 16, MIPRO_SOURCE_DRAFT, "Binding Warning",                "4.1",           8, MIPRO_TAIL_TARGETS,       MIPRO_IN_BW,      mipro_binding_warning_fields },
    [MIPRO_SOURCE_DRAFT][17] = { 17, MIPRO_SOURCE_DRAFT, "Binding Request",                "4.2",          16, MIPRO_TAIL_NONE,          MIPRO_IN_BR,      mipro_binding_request_fields },
    [MIPRO_SOURCE_DRAFT][18] = { 18, MIPRO_SOURCE_DRAFT, "Binding Update",                 "4.3",          12, MIPRO_TAIL_IDENT_FLAGGED, MIPRO_IN_BU,      mipro_binding_update_fields },
    [MIPRO_SOURCE_DRAFT][19] = { 19, MIPRO_SOURCE_DRAFT, "Binding Acknowledge",            "4.4",           8, MIPRO_TAIL_IDENT_OPEN,    MIPRO_IN_BA,      mipro_binding_acknowledge_fields },
    [MIPRO_SOURCE_IANA][16] = { 16, MIPRO_SOURCE_IANA,  "Handoff Request",                "RFC 4881",     24, MIPRO_TAIL_NONE,          MIPRO_IN_IANA,    iana_handoff_request },
    [MIPRO_SOURCE_IANA][17] = { 17, MIPRO_SOURCE_IANA,  "Handoff Reply",                  "RFC 4881",     24, MIPRO_TAIL_NONE,          MIPRO_IN_IANA,    iana_handoff_reply },
    [MIPRO_SOURCE_IANA][18] = { 18, MIPRO_SOURCE_IANA,  "Regional Registration Request",  "RFC 4857",     24, MIPRO_TAIL_NONE,          MIPRO_IN_IANA,    mipro_registration_request_fields },
    [MIPRO_SOURCE_IANA][19] = { 19, MIPRO_SOURCE_IANA,  "Regional Registration Reply",    "RFC 4857",     20, MIPRO_TAIL_NONE,          MIPRO_IN_IANA,    mipro_registration_reply_fields },
};

#define EVERYWHERE (MIPRO_IN_BASE | MIPRO_IN_DRAFT | MIPRO_IN_IANA)
#define ELSEWHERE  (MIPRO_IN_BASE | MIPRO_IN_IANA)

/*
 * By type, which is in the row as well.
 *                               type                       shape                least belongs in                  auth   name                                      section           fields          SPI at */
static const struct mipro_ext_def ext_defs[] = {
    [MIPRO_EXT_WARNING]        = { MIPRO_EXT_WARNING,         MIPRO_SHAPE_TLV,    10, MIPRO_IN_REQUEST,           false, "Binding Warning",                        "6",              warning_ext,    0 },
    [MIPRO_EXT_MOBILE_HOME]    = { MIPRO_EXT_MOBILE_HOME,     MIPRO_SHAPE_TLV,     5, EVERYWHERE,                 true,  "Mobile-Home Authentication",             "RFC 2002 3.5.2", authentication, 2 },
    [MIPRO_EXT_MOBILE_FOREIGN] = { MIPRO_EXT_MOBILE_FOREIGN,  MIPRO_SHAPE_TLV,     5, EVERYWHERE,                 true,  "Mobile-Foreign Authentication",          "RFC 2002 3.5.3", authentication, 2 },
    [MIPRO_EXT_FOREIGN_HOME]   = { MIPRO_EXT_FOREIGN_HOME,    MIPRO_SHAPE_TLV,     5, EVERYWHERE,                 true,  "Foreign-Home Authentication",            "RFC 2002 3.5.4", authentication, 2 },
    [MIPRO_EXT_AUTH]           = { MIPRO_EXT_AUTH,            MIPRO_SHAPE_TLV,     5, MIPRO_IN_DRAFT,             true,  "Route Optimization Authentication",      "4.5",            authentication, 2 },
    [MIPRO_EXT_GENERALIZED]    = { MIPRO_EXT_GENERALIZED,     MIPRO_SHAPE_LONG,    5, EVERYWHERE,                 true,  "Generalized Authentication",             "RFC 4721 5",     generalized,    4 },
    [MIPRO_EXT_PFAN]           = { MIPRO_EXT_PFAN,            MIPRO_SHAPE_TLV,    15, MIPRO_IN_REQUEST,           false, "Previous Foreign Agent Notification",    "5.1",            pfan,          12 },
    /*
     * Assigned by IANA since.  Those below 128 may appear in registrations; a receiver of the
     * draft's messages does not know them.  Where the layout is unknown, either shape may be
     * meant.
     */
    [37]                       = { 37,                        MIPRO_SHAPE_LONG,    0, ELSEWHERE,                  false, "Critical Vendor/Organization Specific (RFC 3025)", "RFC 3025", NULL,           0 },
    [38]                       = { 38,                        MIPRO_SHAPE_LONG,    0, ELSEWHERE,                  false, "Critical Vendor/Organization Specific",  "RFC 3115",       NULL,           0 },
    [39]                       = { 39,                        MIPRO_SHAPE_EITHER,  0, ELSEWHERE,                  false, "Assigned (39)",                            "IANA",           NULL,           0 },
    [40]                       = { 40,                        MIPRO_SHAPE_LONG,    0, ELSEWHERE,                  false, "MN-FA Key Generation Nonce Request",     "RFC 3957",       NULL,           0 },
    [41]                       = { 41,                        MIPRO_SHAPE_LONG,    0, ELSEWHERE,                  false, "MN-FA Key Generation Nonce Reply",       "RFC 3957",       NULL,           0 },
    [42]                       = { 42,                        MIPRO_SHAPE_LONG,    0, ELSEWHERE,                  false, "MN-HA Key Generation Nonce Request",     "RFC 3957",       NULL,           0 },
    [43]                       = { 43,                        MIPRO_SHAPE_LONG,    0, ELSEWHERE,                  false, "MN-HA Key Generation Nonce Reply",       "RFC 3957",       NULL,           0 },
    [44]                       = { 44,                        MIPRO_SHAPE_TLV,     0, ELSEWHERE,                  false, "UDP Tunnel Reply",                       "RFC 3519",       NULL,           0 },
    [45]                       = { 45,                        MIPRO_SHAPE_TLV,     0, ELSEWHERE,                  false, "FA Error",                               "RFC 4636",       NULL,           0 },
    [46]                       = { 46,                        MIPRO_SHAPE_TLV,     0, ELSEWHERE,                  false, "GFA IP Address",                         "RFC 4857",       NULL,           0 },
    [47]                       = { 47,                        MIPRO_SHAPE_EITHER,  0, ELSEWHERE,                  false, "Proxy Mobile IPv4 Non-skippable",        "RFC 5563",       NULL,           0 },
    [48]                       = { 48,                        MIPRO_SHAPE_EITHER,  0, ELSEWHERE,                  false, "GRE Key",                                  "RFC 6245",       NULL,           0 },
    [49]                       = { 49,                        MIPRO_SHAPE_EITHER,  0, ELSEWHERE,                  false, "Assigned (49)",                            "IANA",           NULL,           0 },
    [50]                       = { 50,                        MIPRO_SHAPE_EITHER,  0, ELSEWHERE,                  false, "Assigned (50)",                            "IANA",           NULL,           0 },
    [128]                      = { 128,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Deprecated",                               "IANA",           NULL,           0 },
    [129]                      = { 129,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "SKIP Firewall Traversal",                  "IANA",           NULL,           0 },
    [130]                      = { 130,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Encapsulating Delivery Style",             "RFC 3024",       NULL,           0 },
    [MIPRO_EXT_NAI]            = { MIPRO_EXT_NAI,             MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Mobile Node NAI",                        "RFC 2794",       NULL,           0 },
    [MIPRO_EXT_CHALLENGE]      = { MIPRO_EXT_CHALLENGE,       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "MN-FA Challenge",                        "RFC 4721 4",     NULL,           0 },
    [133]                      = { 133,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Normal Vendor/Organization Specific (RFC 3025)", "RFC 3025", NULL,           0 },
    [134]                      = { 134,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Normal Vendor/Organization Specific",    "RFC 3115",       NULL,           0 },
    [135]                      = { 135,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Assigned (135)",                           "IANA",           NULL,           0 },
    [136]                      = { 136,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "NAI Carrying",                             "RFC 3846",       NULL,           0 },
    [137]                      = { 137,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Revocation Support",                       "RFC 3543",       NULL,           0 },
    [138]                      = { 138,                       MIPRO_SHAPE_EITHER,  0, EVERYWHERE,                 false, "Generalized Link Layer Address Registration","RFC 4881",       NULL,           0 },
    [139]                      = { 139,                       MIPRO_SHAPE_EITHER,  0, EVERYWHERE,                 false, "Dynamic HA",                               "RFC 4433",       NULL,           0 },
    [140]                      = { 140,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Hierarchical Foreign Agent",               "RFC 4857",       NULL,           0 },
    [141]                      = { 141,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Replay Protection Style",                  "RFC 4857",       NULL,           0 },
    [142]                      = { 142,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Regional Registration Lifetime",           "RFC 4857",       NULL,           0 },
    [143]                      = { 143,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Assigned (143)",                           "IANA",           NULL,           0 },
    [144]                      = { 144,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "UDP Tunnel Request",                       "RFC 3519",       NULL,           0 },
    [145]                      = { 145,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Message String",                           "RFC 4917",       NULL,           0 },
    [147]                      = { 147,                       MIPRO_SHAPE_EITHER,  0, EVERYWHERE,                 false, "Proxy Mobile IPv4 Skippable",              "RFC 5563",       NULL,           0 },
    [148]                      = { 148,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Mobile Network",                           "RFC 5177",       NULL,           0 },
    [149]                      = { 149,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Trusted Networks Configured (TNC)",        "RFC 5265",       NULL,           0 },
    [151]                      = { 151,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Service Selection",                        "RFC 5446",       NULL,           0 },
    [152]                      = { 152,                       MIPRO_SHAPE_TLV,     0, EVERYWHERE,                 false, "Dual Stack (DSMIPv4)",                     "RFC 5454",       NULL,           0 },
};

static const struct mipro_flag_def update_flags[] = {
    { 'A', MIPRO_BU_A, "Acknowledge" },
    { 'I', MIPRO_BU_I, "Identification present" },
    { 'M', MIPRO_BU_M, "Minimal encapsulation" },
    { 'G', MIPRO_BU_G, "GRE" },
    { 0, 0, NULL }
};

static const struct mipro_flag_def request_flags_08[] = {
    { 'S', 0x80, "Simultaneous bindings" },
    { 'B', 0x40, "Broadcast datagrams" },
    { 'D', 0x20, "Decapsulation by mobile node" },
    { 'M', MIPRO_RRQ_M, "Minimal encapsulation" },
    { 'G', MIPRO_RRQ_G, "GRE" },
    { 'V', 0x04, "Van Jacobson header compression" },
    { 'P', 0x02, "Private" },
    { 0, 0, NULL }
};

static const struct mipro_flag_def request_flags_09[] = {
    { 'S', 0x80, "Simultaneous bindings" },
    { 'B', 0x40, "Broadcast datagrams" },
    { 'D', 0x20, "Decapsulation by mobile node" },
    { 'M', MIPRO_RRQ_M, "Minimal encapsulation" },
    { 'G', MIPRO_RRQ_G, "GRE" },
    { 'V', 0x04, "Van Jacobson header compression" },
    { 'T', 0x02, "Reverse tunneling" },
    { 'P', 0x01, "Private" },
    { 0, 0, NULL }
};

static const struct mipro_flag_def advert_flags[] = {
    { 'R', 0x8000, "Registration required" },
    { 'B', 0x4000, "Busy" },
    { 'H', MIPRO_ADV_H, "Home agent" },
    { 'F', MIPRO_ADV_F, "Foreign agent" },
    { 'M', 0x0800, "Minimal encapsulation" },
    { 'G', 0x0400, "GRE" },
    { 'V', 0x0200, "Van Jacobson header compression" },
    { 'T', 0x0100, "Reverse tunneling" },
    { 'S', MIPRO_ADV_S, "Smooth handoff" },
    { 0, 0, NULL }
};

static const struct {
    uint8_t status;
    const char *name;
} statuses[] = {
    {   0, "accepted" },
    { 128, "reason unspecified" },
    { 129, "administratively prohibited" },
    { 130, "insufficient resources" },
    { 131, "sending node failed authentication" },
    { 133, "identification mismatch" },
    { 134, "poorly formed Binding Update" },
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct mipro_dotted
mipro_dotted(uint32_t addr)
{
    struct mipro_dotted d;

    snprintf(d.s, sizeof(d.s), "%u.%u.%u.%u", addr >> 24, addr >> 16 & 0xff, addr >> 8 & 0xff,
        addr & 0xff);
    return d;
}

const char *
mipro_field_name(enum mipro_field id)
{
    return id > MIPRO_F_END && id < MIPRO_F_COUNT ? field_names[id] : NULL;
}

enum mipro_field
mipro_field_by_name(const char *name)
{
    for (size_t i = MIPRO_F_END + 1; i < MIPRO_F_COUNT; i++)
        if (strcmp(field_names[i], name) == 0)
            return (enum mipro_field)i;
    return MIPRO_F_END;
}

const struct mipro_field_def *
mipro_find_field(const struct mipro_field_def *fields, enum mipro_field id)
{
    for (; fields->id != MIPRO_F_END; fields++)
        if (fields->id == id)
            return fields;
    return NULL;
}

uint8_t
mipro_auth_ext_type(const struct mipro_settings *set)
{
    return set->draft == MIPRO_DRAFT_08 ? MIPRO_EXT_AUTH : MIPRO_EXT_GENERALIZED;
}

uint8_t
mipro_private_bit(const struct mipro_settings *set)
{
    if (set->draft == MIPRO_DRAFT_08)
        return set->reverse_tunnel ? 0 : 0x02;
    return 0x01;
}

const struct mipro_flag_def *
mipro_update_flags(void)
{
    return update_flags;
}

const struct mipro_flag_def *
mipro_request_flags(const struct mipro_settings *set)
{
    return set->draft == MIPRO_DRAFT_08 ? request_flags_08 : request_flags_09;
}

const struct mipro_flag_def *
mipro_advert_flags(void)
{
    return advert_flags;
}

const struct mipro_msg_def *
mipro_msg_def(uint8_t type, enum mipro_source source)
{
    if (type > MIPRO_LAST_TYPE || msg_defs[source][type].name == NULL)
        return NULL;
    return &msg_defs[source][type];
}

const struct mipro_msg_def *
mipro_msg_def_at(size_t i)
{
    for (size_t source = 0; source < COUNT(msg_defs); source++)
        for (size_t type = 0; type <= MIPRO_LAST_TYPE; type++)
            if (msg_defs[source][type].name != NULL && i-- == 0)
                return &msg_defs[source][type];
    return NULL;
}

static bool
is_defined(size_t type)
{
    return type < COUNT(ext_defs) && ext_defs[type].name != NULL;
}

const struct mipro_ext_def *
mipro_ext_def(uint8_t type, const struct mipro_settings *set)
{
    if (type == set->warning_ext)
        return &ext_defs[MIPRO_EXT_WARNING];
    return is_defined(type) && type != MIPRO_EXT_WARNING ? &ext_defs[type] : NULL;
}

const char *
mipro_warning_ext_clash(uint8_t type)
{
    const struct mipro_settings set = MIPRO_SETTINGS;
    const struct mipro_ext_def *def = mipro_ext_def(type, &set);

    if (type == 0)
        return "One-octet Padding"; /* it has no length (RFC 2002 1.9) */
    return def != NULL && (def->auth || type == MIPRO_EXT_PFAN) ? def->name : NULL;
}

const struct mipro_ext_def *
mipro_ext_def_at(size_t i)
{
    for (size_t type = 0; type < COUNT(ext_defs); type++)
        if (is_defined(type) && i-- == 0)
            return &ext_defs[type];
    return NULL;
}

const struct mipro_field_def *
mipro_plain_ext_fields(enum mipro_shape shape)
{
    return shape == MIPRO_SHAPE_LONG ? plain_long : plain_short;
}

const struct mipro_field_def *
mipro_advert_fields(void)
{
    return advertisement;
}

const char *
mipro_status_name(uint8_t status)
{
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (statuses[i].status == status)
            return statuses[i].name;
    return NULL;
}

bool
mipro_status_at(size_t i, uint8_t *status, const char **name)
{
    if (i >= COUNT(statuses))
        return false;
    *status = statuses[i].status;
    *name = statuses[i].name;
    return true;
}
