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
