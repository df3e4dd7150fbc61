/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse_plain.h - shared by the two parsers; no other file includes it.
 *
 *   parse.c        the general parser
 *   parse_plain.c  the fast path, which nearly all messages take
 */
#ifndef MIPRO_PARSE_PLAIN_H
#define MIPRO_PARSE_PLAIN_H

#include "mipro_message.h"

/*
 * The types with which a chain of extensions may begin after a Binding Acknowledge without
 * identification (ruling 1).
 */
static inline bool
mipro_begins_chain(uint8_t type, const struct mipro_settings *set)
{
    return type == set->warning_ext || (type >= 32 && type <= 36) || type == MIPRO_EXT_PFAN ||
           (type >= 131 && type <= 134);
}

/* The definition by which this type is read; NULL if it is not one of ours. */
static inline const struct mipro_msg_def *
mipro_def_of(uint8_t type, const struct mipro_settings *set)
{
    const struct mipro_msg_def *def = mipro_msg_def(
        type, set->reading == MIPRO_READING_IANA ? MIPRO_SOURCE_IANA : MIPRO_SOURCE_DRAFT);

    return def != NULL ? def : mipro_msg_def(type, MIPRO_SOURCE_BASE);
}

#endif
