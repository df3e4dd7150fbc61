/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_plain.h - what the two ways to parse share; nobody else includes it.
 *
 *   parse.c        the general way
 *   parse_plain.c  a short one, for what nearly all messages are
 */
#ifndef MIPRO_PLAIN_H
#define MIPRO_PLAIN_H

#include "mipro_message.h"

/* The types with which a chain of extensions may begin behind a short acknowledge (ruling 1). */
static inline bool
mipro_begins_chain(uint8_t type, const struct mipro_settings *set)
{
    return type == set->warning_ext || (type >= 32 && type <= 36) || type == MIPRO_EXT_PFAN ||
           (type >= 131 && type <= 134);
}

/* How a message of this type is read; NULL if it is not ours. */
static inline const struct mipro_msg_def *
mipro_def_of(uint8_t type, const struct mipro_settings *set)
{
    const struct mipro_msg_def *def = mipro_msg_def(
        type, set->reading == MIPRO_READING_IANA ? MIPRO_SOURCE_IANA : MIPRO_SOURCE_DRAFT);

    return def != NULL ? def : mipro_msg_def(type, MIPRO_SOURCE_BASE);
}

#endif
