/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_time.h - capture time: nanoseconds since 1970-01-01T00:00:00Z.
 */
#ifndef MIPRO_TIME_H
#define MIPRO_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIPRO_TIME_NONE INT64_MIN /* unknown: a pcapng Simple Packet Block has no time */
#define MIPRO_SECOND INT64_C(1000000000)

/*
 * Arithmetic on times from captures, which may be hostile: saturates instead of overflowing.
 */
static inline int64_t
mipro_time_add(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static inline int64_t
mipro_time_between(int64_t from, int64_t to)
{
    int64_t d;

    if (__builtin_sub_overflow(to, from, &d))
        return to > from ? INT64_MAX : INT64_MIN;
    return d;
}

/*
 * Parse RFC 3339 5.6, as nanoseconds; finer fractions are truncated.  Times outside the range
 * of int64_t (1678 to 2261) become INT64_MIN or INT64_MAX: no capture has such times.
 */
bool mipro_time_parse(const char *text, size_t len, int64_t *time);

/* A time in RFC 3339, to the second: "1999-03-25T00:00:00Z". */
struct mipro_time_text {
    char s[24];
};
struct mipro_time_text mipro_time_text(int64_t time);

#endif
