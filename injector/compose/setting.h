/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setting.h - FIELD=VALUE of --set and --set-signed: replace octets of a composed message.
 */
#ifndef INJ_SETTING_H
#define INJ_SETTING_H

#include "compose/compose.h"

/* Parse octets in hexadecimal, at most size; false if hex is malformed. */
bool inj_parse_hex(const char *hex, uint8_t *octets, size_t size, size_t *n);

/* FIELD=VALUE, read once and applied to every packet. */
struct inj_setting {
    enum mipro_field field;
    const char *text; /* VALUE, borrowed */
    bool is_octets;   /* hex:...; otherwise number is set, an integer or address */
    uint64_t number;
    uint8_t octets[256];
    size_t n_octets;
};
/* False: why says what is wrong, quoting the word. */
bool inj_parse_setting(const char *text, struct inj_setting *s, char *why, size_t size);
/* Replace the octets; none are added or removed. */
bool inj_apply_setting(struct inj_payload *p, const struct inj_setting *s, char *why, size_t size);

#endif
