/* SPDX-License-Identifier: GPL-2.0-or-later */
/* values.h - parse words into values, for options and scenarios. */
#ifndef INJ_VALUES_H
#define INJ_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "mipro_wire.h"

/* False if text is not of that form. */
bool inj_parse_number(const char *text, uint64_t max, uint64_t *number); /* decimal, or 0x */
bool inj_parse_address(const char *text, uint32_t *addr);
bool inj_parse_time(const char *text, int64_t *time); /* RFC 3339, UTC */
bool inj_parse_decimal(const char *text, double max, double *decimal);
bool inj_parse_draft(const char *text, enum mipro_draft *draft); /* 08, 09, 11 */
const char *inj_draft_name(enum mipro_draft draft);
/* Parse flag letters into bits; false, with *odd set, at the first letter that is not a flag. */
bool inj_parse_flags(
    const char *text, const struct mipro_flag_def *flags, uint16_t *bits, char *odd);

#endif
