/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_cut.h - parse an exact copy of a message, so that sanitizers notice a read after its end.
 */
#ifndef PARSE_CUT_H
#define PARSE_CUT_H

#include "unit.h"

#include "mipro_message.h"

static const struct mipro_settings set = MIPRO_SETTINGS;

/* Parse an exact copy, of which only the first octets were captured. */
static inline enum mipro_err
parse_cut(struct mipro_message *m, struct unit_exact *x, const uint8_t *octets, size_t captured,
    size_t len)
{
    *x = unit_exact(octets, captured);
    return mipro_message_parse(m, x->octets, captured, len, &set, MIPRO_IDENT_UNKNOWN);
}

#endif
