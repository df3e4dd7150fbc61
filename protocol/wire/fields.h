/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.h - the offsets and lengths of the fields of messages.
 *
 * For tables.c, which points to these lists, and for parse_plain.c, where the compiler turns
 * each list into a few loads and stores.  All other files use mipro_wire.h.
 */
#ifndef MIPRO_WIRE_FIELDS_H
#define MIPRO_WIRE_FIELDS_H

#include "mipro_wire.h"

/* clang-format off */

/* Its offset is beyond any message, so that a loop over the fields up to an offset stops here. */
#define MIPRO_FIELDS_END { MIPRO_F_END, UINT8_MAX, 0 }

/*
 * Registration Request (RFC 2002 3.3, draft 4.6)
 *
 *  0       1       2               4
 * |type 1 |flags  |   lifetime    |
 * |          home address         |  4
 * |          home agent           |  8
 * |        care-of address        | 12
 * |     identification (8)        | 16
 */
static const struct mipro_field_def mipro_registration_request_fields[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_FLAGS,      1, 1 },
    { MIPRO_F_LIFE,       2, 2 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_HOMEAGENT,  8, 4 },
    { MIPRO_F_COA,       12, 4 },
    { MIPRO_F_IDENT,     16, 8 },
    MIPRO_FIELDS_END
};

/* Registration Reply (RFC 2002 3.4): no care-of address; the code where the flags were. */
static const struct mipro_field_def mipro_registration_reply_fields[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_CODE,       1, 1 },
    { MIPRO_F_LIFE,       2, 2 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_HOMEAGENT,  8, 4 },
    { MIPRO_F_IDENT,     12, 8 },
    MIPRO_FIELDS_END
};

/*
 * Binding Warning (4.1)
 *
 *  0       1       2               4
 * |type 16|       reserved        |
 * |          home address         |  4
 * |      target addresses ...     |  8
 */
/* Unused in parse_plain.c: a Binding Warning is never a plain message. */
__attribute__((unused)) static const struct mipro_field_def mipro_binding_warning_fields[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_RESERVED,   1, 3 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_TARGET,     8, 0 },
    MIPRO_FIELDS_END
};

/* Binding Request (4.2) */
static const struct mipro_field_def mipro_binding_request_fields[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_RESERVED,   1, 3 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_IDENT,      8, 8 },
    MIPRO_FIELDS_END
};

/*
 * Binding Update (4.3)
 *
 *  0       1       2               4
 * |type 18|AIMG   |   lifetime    |
 * |          home address         |  4
 * |        care-of address        |  8
 * |     identification (8)        | 12, only if I is set
 */
static const struct mipro_field_def mipro_binding_update_fields[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_FLAGS,      1, 1 },
    { MIPRO_F_LIFE,       2, 2 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_COA,        8, 4 },
    { MIPRO_F_IDENT,     12, 8 },
    MIPRO_FIELDS_END
};

/*
 * Binding Acknowledge (4.4)
 *
 *  0       1               3       4
 * |type 19|   reserved    |status |
 * |          home address         |  4
 * |     identification (8)        |  8, if the Binding Update had one
 */
static const struct mipro_field_def mipro_binding_acknowledge_fields[] = {
    { MIPRO_F_TYPE,       0, 1 },
    { MIPRO_F_RESERVED,   1, 2 },
    { MIPRO_F_STATUS,     3, 1 },
    { MIPRO_F_HOMEADDR,   4, 4 },
    { MIPRO_F_IDENT,      8, 8 },
    MIPRO_FIELDS_END
};

/* clang-format on */

#endif
