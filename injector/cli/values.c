/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/values.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mipro_keys.h"

bool
inj_parse_number(const char *text, uint64_t max, uint64_t *number)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;

    if (!isxdigit((unsigned char)text[hex ? 2 : 0]))
        return false; /* strtoull would skip blanks and take a sign */
    errno = 0;
    *number = strtoull(text, &end, hex ? 16 : 10);
    return *end == '\0' && errno == 0 && *number <= max;
}

bool
inj_parse_address(const char *text, uint32_t *addr)
{
    struct in_addr in;

    if (inet_pton(AF_INET, text, &in) != 1)
        return false;
    *addr = ntohl(in.s_addr);
    return true;
}

bool
inj_parse_decimal(const char *text, double max, double *decimal)
{
    char *end;

    if (strspn(text, "0123456789.") != strlen(text) || !isdigit((unsigned char)text[0]))
        return false;
    *decimal = strtod(text, &end); /* the locale is "C": setlocale() is never called */
    return *end == '\0' && *decimal <= max;
}

bool
inj_parse_time(const char *text, int64_t *time)
{
    return mipro_time_parse(text, strlen(text), time) && *time >= 0 &&
           *time / MIPRO_SECOND <= UINT32_MAX; /* a pcap file has 32 bits for the seconds */
}

static const char *const drafts[] = {
    [MIPRO_DRAFT_08] = "08", [MIPRO_DRAFT_09] = "09", [MIPRO_DRAFT_11] = "11"
};

bool
inj_parse_draft(const char *text, enum mipro_draft *draft)
{
    for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++)
        if (strcmp(drafts[i], text) == 0) {
            *draft = (enum mipro_draft)i;
            return true;
        }
    return false;
}

const char *
inj_draft_name(enum mipro_draft draft)
{
    return drafts[draft];
}

size_t
inj_distance(const char *a, size_t n, const char *b)
{
    size_t row[32]; /* of the table of distances between prefixes of a and b */
    const size_t m = strlen(b);

    if (n >= sizeof(row) / sizeof(row[0]) || m >= sizeof(row) / sizeof(row[0]))
        return SIZE_MAX;
    for (size_t k = 0; k <= m; k++)
        row[k] = k;
    for (size_t i = 1; i <= n; i++) {
        size_t across = row[0]; /* from the previous row and column */

        row[0] = i;
        for (size_t k = 1; k <= m; k++) {
            const bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[k - 1]);
            size_t least = across + (same ? 0 : 1);

            across = row[k];
            if (row[k] + 1 < least)
                least = row[k] + 1;
            if (row[k - 1] + 1 < least)
                least = row[k - 1] + 1;
            row[k] = least;
        }
    }
    return row[m];
}

bool
inj_parse_flags(const char *text, const struct mipro_flag_def *flags, uint16_t *bits, char *odd)
{
    *bits = 0;
    for (; *text != '\0'; text++) {
        const struct mipro_flag_def *f = flags;

        while (f->letter != 0 && f->letter != *text)
            f++;
        *odd = *text;
        if (f->letter == 0)
            return false;
        *bits |= f->mask;
    }
    return true;
}
