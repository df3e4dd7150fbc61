/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mipro_time.h"

#include <string.h>
#include <time.h>

struct mipro_time_text
mipro_time_text(int64_t time)
{
    struct mipro_time_text t = { "" };
    time_t seconds = (time_t)(time / MIPRO_SECOND - (time % MIPRO_SECOND < 0));
    struct tm tm;

    if (gmtime_r(&seconds, &tm) != NULL)
        strftime(t.s, sizeof(t.s), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return t;
}

static bool
is_leap_year(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/*
 * Days from 1970-01-01.  Leap years are every 4th from year 0 on, less every 100th, plus every
 * 400th.
 */
static int64_t
days_since_1970(unsigned year, unsigned month, unsigned day)
{
    static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    unsigned leaps = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;

    if (month > 2 && is_leap_year(year))
        leaps++;
    return (int64_t)year * 365 + leaps + before[month - 1] + day - 1 - 719528;
}

static unsigned
days_of_month(unsigned year, unsigned month)
{
    if (month == 2)
        return is_leap_year(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* The part of the text not read yet. */
struct text {
    const char *at;
    size_t len;
};

static bool
take(struct text *c, char wanted)
{
    if (c->len == 0 || *c->at != wanted)
        return false;
    c->at++;
    c->len--;
    return true;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly n digits, of a value between least and most. */
static bool
take_digits(struct text *c, size_t n, unsigned least, unsigned most, unsigned *value)
{
    *value = 0;
    for (; n > 0; n--, c->at++, c->len--) {
        if (c->len == 0 || !is_digit(*c->at))
            return false;
        *value = *value * 10 + (unsigned)(*c->at - '0');
    }
    return *value >= least && *value <= most;
}

bool
mipro_time_parse(const char *text, size_t len, int64_t *time)
{
    struct text c = { text, len };
    unsigned year, month, day, hour, minute, second, off_hour = 0, off_minute = 0;
    int64_t nanos = 0, seconds, sign = 0;

    if (!take_digits(&c, 4, 0, 9999, &year) || !take(&c, '-') ||
        !take_digits(&c, 2, 1, 12, &month) || !take(&c, '-') ||
        !take_digits(&c, 2, 1, days_of_month(year, month), &day) ||
        (!take(&c, 'T') && !take(&c, 't')) || !take_digits(&c, 2, 0, 23, &hour) || !take(&c, ':') ||
        !take_digits(&c, 2, 0, 59, &minute) || !take(&c, ':') ||
        !take_digits(&c, 2, 0, 60, &second))
        return false;
    if (take(&c, '.')) {
        int64_t unit = MIPRO_SECOND / 10;

        if (c.len == 0 || !is_digit(*c.at))
            return false;
        for (; c.len > 0 && is_digit(*c.at); c.at++, c.len--, unit /= 10)
            nanos += (*c.at - '0') * unit;
    }
    if (!take(&c, 'Z') && !take(&c, 'z')) {
        sign = take(&c, '+') ? 1 : take(&c, '-') ? -1 : 0;
        if (sign == 0 || !take_digits(&c, 2, 0, 23, &off_hour) || !take(&c, ':') ||
            !take_digits(&c, 2, 0, 59, &off_minute))
            return false;
    }
    if (c.len != 0)
        return false;
    seconds = days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
              sign * (off_hour * 3600 + off_minute * 60);
    if (second == 60 && seconds % 86400 != 0) /* a leap second ends a day of UTC */
        return false;
    if (seconds > INT64_MAX / MIPRO_SECOND - 1)
        *time = INT64_MAX;
    else if (seconds < INT64_MIN / MIPRO_SECOND + 1)
        *time = INT64_MIN;
    else
        *time = seconds * MIPRO_SECOND + nanos;
    return true;
}
