/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing identifications with each other, and with the clock. */
#include "conduct/private.h"

int32_t
mipro_ident_ahead(const struct shard *c, uint64_t ident, int64_t time)
{
    int64_t stamp = mipro_time_add(time, -c->t.skew);

    return (int32_t)((uint32_t)(ident >> 32) -
                     (uint32_t)((uint64_t)(stamp / MIPRO_SECOND) + UINT64_C(2208988800)));
}

bool
mipro_is_of_now(const struct shard *c, uint64_t ident, int64_t time)
{
    int32_t most = MIPRO_CLOCKS_APART + (int32_t)(c->config->ack_timeout / MIPRO_SECOND);
    int32_t ahead;

    if (!is_time(time))
        return false;
    ahead = mipro_ident_ahead(c, ident, time);
    return ahead >= -most && ahead <= most;
}

/* Two timestamps, in seconds, that are no further apart have their first octets in common. */
#define A_DAY (24u * 3600u)

bool
mipro_is_like(struct ident x, struct ident y)
{
    uint64_t a = x.value, b = y.value;

    if (x.state != IDENT_SOME || y.state != IDENT_SOME)
        return false;
    if (a == 0 || b == 0 || distance_of(a, b) >> 32 == 0 || __builtin_bswap64(a) == b)
        return true;
    if ((uint32_t)a == (uint32_t)b || a >> 32 == b >> 32 || (uint32_t)a == (uint32_t)(b >> 32) ||
        a >> 32 == (uint32_t)b)
        return true;
    /* Of any two random numbers with 64, or 32, bits, one pair in 10^5 has as many in common. */
    return distance_of(a, b) >> 32 > A_DAY ? __builtin_popcountll(a ^ b) < 16
                                           : __builtin_popcount((uint32_t)(a ^ b)) < 5;
}
