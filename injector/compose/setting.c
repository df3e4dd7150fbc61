/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compose/setting.h"

#include <stdio.h>
#include <string.h>

#include "mipro_reader.h"
#include "cli/values.h"

static int
hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

bool
inj_parse_hex(const char *hex, uint8_t *octets, size_t size, size_t *n)
{
    for (*n = 0; hex[0] != '\0'; hex += 2) {
        const int high = hex_digit(hex[0]);
        const int low = high >= 0 ? hex_digit(hex[1]) : -1;

        if (low < 0 || *n == size)
            return false;
        octets[(*n)++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool
inj_parse_setting(const char *text, struct inj_setting *s, char *why, size_t size)
{
    const char *eq = strchr(text, '=');
    char name[32];
    uint32_t addr;

    if (eq == NULL || eq == text || (size_t)(eq - text) >= sizeof(name)) {
        snprintf(why, size, "'%s' is not of the form FIELD=VALUE, such as life=60", text);
        return false;
    }
    memcpy(name, text, (size_t)(eq - text));
    name[eq - text] = '\0';
    *s = (struct inj_setting){ .field = mipro_field_by_name(name), .text = eq + 1 };
    if (s->field == MIPRO_F_END) {
        snprintf(why, size,
            "'%s' is not a field; the fields are type reserved flags life homeaddr haaddr coa "
            "ident "
            "status "
            "code target ext.type ext.len ext.data auth.spi auth.authenticator pfan.* warn.* adv.*",
            name);
        return false;
    }
    if (inj_parse_address(s->text, &addr)) {
        s->number = addr;
        return true;
    }
    if (inj_parse_number(s->text, UINT64_MAX, &s->number))
        return true;
    if (strcmp(s->text, "infinity") == 0) {
        s->number = MIPRO_LIFE_INFINITE;
        return true;
    }
    /* In hexadecimal, because an authenticator is longer than any number. */
    s->is_octets = true;
    if (strncmp(s->text, "hex:", 4) == 0 || strncmp(s->text, "0x", 2) == 0) {
        if (inj_parse_hex(s->text + (s->text[0] == 'h' ? 4 : 2), s->octets, sizeof(s->octets),
                &s->n_octets) &&
            s->n_octets > 0)
            return true;
    }
    snprintf(why, size, "'%s' is not a value for %s; give a number, an address, or hex: and octets",
        s->text, name);
    return false;
}

bool
inj_apply_setting(struct inj_payload *p, const struct inj_setting *s, char *why, size_t size)
{
    const char *name = mipro_field_name(s->field);
    size_t off, len;

    if (!inj_find_field(p, s->field, &off, &len)) {
        snprintf(why, size, "this message has no field %s", name);
        return false;
    }
    if (s->is_octets) {
        if (s->n_octets != len) {
            snprintf(why, size, "%s has %zu octet%s, not %zu", name, len, len == 1 ? "" : "s",
                s->n_octets);
            return false;
        }
        memcpy(p->octets + off, s->octets, len);
        return true;
    }
    if (s->field == MIPRO_F_TARGET || s->field == MIPRO_F_WARN_TARGET ||
        s->field == MIPRO_F_ADV_COA)
        len = len < 4 ? len : 4; /* the first address of the list */
    if (len > 8) {
        snprintf(why, size, "%s has %zu octets; give hex: and %zu digits", name, len, 2 * len);
        return false;
    }
    if (len < 8 && s->number >> 8 * len != 0) {
        snprintf(why, size, "%s does not fit the %zu octet%s of %s", s->text, len,
            len == 1 ? "" : "s", name);
        return false;
    }
    mipro_store_be(p->octets + off, len, s->number);
    return true;
}
