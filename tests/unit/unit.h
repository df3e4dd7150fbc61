/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - shared by all unit tests. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Octets from hexadecimal digits; blanks are skipped. */
static inline size_t
unit_octets(const char *hex, uint8_t *out, size_t size)
{
    size_t n = 0;
    unsigned digits = 0;

    for (; *hex != '\0'; hex++) {
        static const char digit[] = "0123456789abcdef";
        const char *at = strchr(digit, *hex);

        if (*hex == ' ')
            continue;
        if (at == NULL || n >= size)
            fail_msg("a test's own octets are wrong: %s", hex);
        out[n] = (uint8_t)(digits % 2 == 0 ? (at - digit) << 4 : out[n] | (at - digit));
        n += digits++ % 2;
    }
    if (digits % 2 != 0)
        fail_msg("a test's own octets are odd");
    return n;
}

/* A copy that ends where the block ends, so that a sanitizer detects every overread. */
struct unit_exact {
    void *block;
    uint8_t *octets;
};

static inline struct unit_exact
unit_exact(const uint8_t *octets, size_t n)
{
    struct unit_exact x;

    x.block = malloc(n + 1);
    assert_non_null(x.block);
    x.octets = (uint8_t *)x.block + 1;
    if (n > 0)
        memcpy(x.octets, octets, n);
    return x;
}

#endif
