/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_wire.h - the wire tables: every octet of route optimization, once.
 *
 * The layouts of messages are in wire/fields.h, those of extensions in wire/tables.c, and
 * nowhere else.  The parser, the builder, the rules, the plugin and the injector all find a
 * field by its enumerator below.  To add one: an enumerator here, its name in field_names[],
 * a row in the field list that holds it.
 *
 * All integers are big endian; addresses are IPv4, in host order once read.
 * Section numbers are those of draft-ietf-mobileip-optim-08 unless an RFC is
 * named.
 */
#ifndef MIPRO_WIRE_H
#define MIPRO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIPRO_PORT 434

enum mipro_type {
    MIPRO_REGISTRATION_REQUEST = 1,
    MIPRO_REGISTRATION_REPLY = 3,
    MIPRO_REVOCATION = 7,
    MIPRO_REVOCATION_ACKNOWLEDGE = 15,
    MIPRO_BINDING_WARNING = 16,
    MIPRO_BINDING_REQUEST = 17,
    MIPRO_BINDING_UPDATE = 18,
    MIPRO_BINDING_ACKNOWLEDGE = 19
};
#define MIPRO_LAST_TYPE 19u

enum mipro_ext_type {
    MIPRO_EXT_WARNING = 16, /* "TBD" in -08: struct mipro_settings may move it */
    MIPRO_EXT_MOBILE_HOME = 32,
    MIPRO_EXT_MOBILE_FOREIGN = 33,
    MIPRO_EXT_FOREIGN_HOME = 34,
    MIPRO_EXT_AUTH = 35,
    MIPRO_EXT_GENERALIZED = 36,
    MIPRO_EXT_PFAN = 96,
    MIPRO_EXT_NAI = 131,
    MIPRO_EXT_CHALLENGE = 132
};

enum mipro_field {
    MIPRO_F_END, /* ends a field list */

    /* Fields of messages. */
    MIPRO_F_TYPE,
    MIPRO_F_RESERVED,
    MIPRO_F_FLAGS,
    MIPRO_F_STATUS,
    MIPRO_F_CODE, /* of a Registration Reply */
    MIPRO_F_LIFE, /* seconds; MIPRO_LIFE_INFINITE, 0 deletes */
    MIPRO_F_HOMEADDR,
    MIPRO_F_HOMEAGENT,
    MIPRO_F_COA,
    MIPRO_F_IDENT,
    MIPRO_F_REVID,  /* of a revocation: 4 octets of time */
    MIPRO_F_TARGET, /* a list of addresses */
    MIPRO_F_MESSAGE_COUNT,

    /* Fields of extensions. */
    MIPRO_F_EXT_TYPE = MIPRO_F_MESSAGE_COUNT,
    MIPRO_F_EXT_SUBTYPE,
    MIPRO_F_EXT_LEN,
    MIPRO_F_EXT_DATA,
    MIPRO_F_SPI,
    MIPRO_F_AUTHENTICATOR,
    MIPRO_F_PFAN_LIFE,
    MIPRO_F_PFAN_AGENT,
    MIPRO_F_PFAN_COA,
    MIPRO_F_PFAN_SPI,
    MIPRO_F_PFAN_AUTHENTICATOR,
    MIPRO_F_WARN_RESERVED,
    MIPRO_F_WARN_HOMEADDR,
    MIPRO_F_WARN_TARGET, /* a list of addresses */

    /* Fields of the Mobility Agent Advertisement extension (5.2). */
    MIPRO_F_ADV_SEQUENCE,
    MIPRO_F_ADV_LIFE,
    MIPRO_F_ADV_FLAGS,
    MIPRO_F_ADV_COA, /* a list of addresses */

    MIPRO_F_COUNT
};

_Static_assert(MIPRO_F_EXT_TYPE == MIPRO_F_MESSAGE_COUNT && MIPRO_F_ADV_COA + 1 == MIPRO_F_COUNT,
    "fields of messages come first, then all others, without a gap");

#define MIPRO_LIFE_INFINITE 0xffffu
#define MIPRO_IDENT_LEN 8u /* octets of an identification */

/* "homeaddr", "auth.spi": the plugin's filter name without "mipro.". */
const char *mipro_field_name(enum mipro_field id);
/* MIPRO_F_END if no field has this name. */
enum mipro_field mipro_field_by_name(const char *name);

/* "10.1.0.9", for the arguments of one call. */
struct mipro_dotted {
    char s[16];
};
struct mipro_dotted mipro_dotted(uint32_t addr);

struct mipro_field_def {
    enum mipro_field id;
    uint8_t off; /* from the first octet of the message or extension */
    uint8_t len; /* octets; 0: to the end of the message or extension */
};

/* The row of field id, or NULL.  The list fields ends with MIPRO_F_END. */
const struct mipro_field_def *mipro_find_field(
    const struct mipro_field_def *fields, enum mipro_field id);

/* One bit of a flags field, with its letter in the draft's diagram. */
struct mipro_flag_def {
    char letter; /* 0 ends the list */
    uint16_t mask;
    const char *name;
};

#define MIPRO_BU_A 0x80u
#define MIPRO_BU_I 0x40u
#define MIPRO_BU_M 0x20u
#define MIPRO_BU_G 0x10u
#define MIPRO_BU_RESERVED 0x0fu

#define MIPRO_RRQ_S 0x80u /* simultaneous bindings */
#define MIPRO_RRQ_B 0x40u /* broadcasts */
#define MIPRO_RRQ_D 0x20u /* the care-of address is co-located: the mobile node decapsulates */
#define MIPRO_RRQ_M 0x10u
#define MIPRO_RRQ_G 0x08u

#define MIPRO_ADV_H 0x2000u
#define MIPRO_ADV_F 0x1000u
#define MIPRO_ADV_S 0x0080u

enum mipro_draft {
    MIPRO_DRAFT_08,
    MIPRO_DRAFT_09, /* P is 0x01, extension 36 authenticates */
    MIPRO_DRAFT_11  /* as -09; a Binding Warning may name no target */
};

/* How types 16-19 are read: IANA later assigned them to RFC 4881 and RFC 4857. */
enum mipro_reading {
    MIPRO_READING_AUTO, /* the draft, unless only the RFCs' layout parses */
    MIPRO_READING_DRAFT,
    MIPRO_READING_IANA
};

/* The user's choices where the draft leaves them open.  {0} is not valid: use MIPRO_SETTINGS. */
struct mipro_settings {
    enum mipro_draft draft : 8;
    enum mipro_reading reading : 8;
    uint8_t warning_ext; /* type of the Binding Warning extension */
    bool reverse_tunnel; /* flag 0x02 of a registration is T (RFC 3024), not the P of -08 */
};

#define MIPRO_SETTINGS                                                                             \
    {                                                                                              \
        MIPRO_DRAFT_08, MIPRO_READING_AUTO, MIPRO_EXT_WARNING, false                               \
    }

/* The extension that authenticates types 16-19: 35 in -08, 36 later. */
uint8_t mipro_auth_ext_type(const struct mipro_settings *set);
/* The private bit of a Registration Request's flags (4.6); 0 if the settings make 0x02 T. */
uint8_t mipro_private_bit(const struct mipro_settings *set);

const struct mipro_flag_def *mipro_update_flags(void);
const struct mipro_flag_def *mipro_request_flags(const struct mipro_settings *set);
const struct mipro_flag_def *mipro_advert_flags(void);

/* Which specification a message definition is from. */
enum mipro_source {
    MIPRO_SOURCE_BASE,  /* RFC 2002: types 1 and 3; RFC 3543: 7 and 15 */
    MIPRO_SOURCE_DRAFT, /* types 16-19 */
    MIPRO_SOURCE_IANA   /* types 16-19 of RFC 4881 and RFC 4857 */
};

/* What may follow the fixed part, before the extensions. */
enum mipro_tail {
    MIPRO_TAIL_NONE,
    MIPRO_TAIL_TARGETS,       /* addresses to the end of the payload (4.1) */
    MIPRO_TAIL_IDENT_FLAGGED, /* an identification if the I bit is set (4.3) */
    MIPRO_TAIL_IDENT_OPEN     /* an identification, recognized only by how the rest parses (4.4) */
};

/* Where an extension may appear: one bit for each message definition. */
#define MIPRO_IN_REQUEST 0x01u /* Registration Request */
#define MIPRO_IN_REPLY 0x02u
#define MIPRO_IN_BW 0x04u
#define MIPRO_IN_BR 0x08u
#define MIPRO_IN_BU 0x10u
#define MIPRO_IN_BA 0x20u
#define MIPRO_IN_IANA 0x40u
#define MIPRO_IN_REVOCATION 0x80u
#define MIPRO_IN_REVOCATION_ACK 0x100u
#define MIPRO_IN_DRAFT (MIPRO_IN_BW | MIPRO_IN_BR | MIPRO_IN_BU | MIPRO_IN_BA)
#define MIPRO_IN_REGISTRATION (MIPRO_IN_REQUEST | MIPRO_IN_REPLY)
#define MIPRO_IN_BASE (MIPRO_IN_REGISTRATION | MIPRO_IN_REVOCATION | MIPRO_IN_REVOCATION_ACK)

/*
 * A message.  Whether it has the fields of the list that begin at fixed_len or later depends
 * on the tail.
 */
struct mipro_msg_def {
    uint8_t type;
    enum mipro_source source;
    const char *name; /* "Binding Update" */
    const char *section;
    uint8_t fixed_len; /* octets, without identification and targets of the tail */
    enum mipro_tail tail;
    unsigned in; /* its MIPRO_IN_ bit */
    const struct mipro_field_def *fields;
};

/* NULL if the type is not one of ours. */
const struct mipro_msg_def *mipro_msg_def(uint8_t type, enum mipro_source source);
/* The i-th definition, NULL past the last. */
const struct mipro_msg_def *mipro_msg_def_at(size_t i);

/* SPIs below this are reserved (section 2); some of them were assigned later. */
#define MIPRO_FIRST_SPI 256u
#define MIPRO_SPI_CHAP 2u /* CHAP_SPI (RFC 4721 8) */
#define MIPRO_SPI_CDMA 3u /* what some CDMA devices use */

/* Is this reserved SPI used nevertheless, in extensions that the draft does not define? */
static inline bool
mipro_spi_is_assigned(uint32_t spi)
{
    return spi == MIPRO_SPI_CHAP || spi == MIPRO_SPI_CDMA;
}

/* How the header of an extension is laid out (RFC 2002 1.9, RFC 4721). */
enum mipro_shape {
    MIPRO_SHAPE_TLV,   /* type, length (1) */
    MIPRO_SHAPE_LONG,  /* type, subtype, length (2) */
    MIPRO_SHAPE_EITHER /* long, or short where only that leads to another extension or the end */
};

struct mipro_ext_def {
    uint8_t type;
    enum mipro_shape shape;
    uint8_t min_len; /* smallest value of the length field that holds all its fields */
    unsigned in;     /* MIPRO_IN_ bits: where it belongs */
    bool auth;       /* has an SPI and an authenticator: MIPRO_F_SPI, MIPRO_F_AUTHENTICATOR */
    const char *name;
    const char *section;
    const struct mipro_field_def *fields;
    uint8_t spi_off; /* offset of its SPI, which the authenticator follows; 0: has none */
};

/* NULL if the type is unknown.  set gives the type of the Binding Warning extension. */
const struct mipro_ext_def *mipro_ext_def(uint8_t type, const struct mipro_settings *set);
/* The extension that needs this type itself; NULL: the Binding Warning extension may have it. */
const char *mipro_warning_ext_clash(uint8_t type);
/* The fields of an extension that is unknown or has no list: type, length, value. */
const struct mipro_field_def *mipro_plain_ext_fields(enum mipro_shape shape);
/* The i-th definition, NULL past the last. */
const struct mipro_ext_def *mipro_ext_def_at(size_t i);

/* The Mobility Agent Advertisement extension: type 16 in ICMP, fields of 5.2. */
#define MIPRO_ADVERT_TYPE 16u
#define MIPRO_ADVERT_CHALLENGE 24u /* RFC 4721 2 */
#define MIPRO_ADVERT_MIN_LEN 6u
const struct mipro_field_def *mipro_advert_fields(void);

/* "administratively prohibited"; NULL if the draft assigns no such status (4.4). */
const char *mipro_status_name(uint8_t status);
/* The i-th status that the draft assigns; false after the last. */
bool mipro_status_at(size_t i, uint8_t *status, const char **name);

#endif
