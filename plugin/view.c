/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view.c - addresses, times and parties, in epan's types and in ours. */
#include "packet-mipro.h"

uint32_t
mipro_addr(const address *addr)
{
    uint32_t v;

    if (addr->type != AT_IPv4 || addr->len != 4)
        return 0;
    memcpy(&v, addr->data, 4);
    return g_ntohl(v);
}

int64_t
mipro_time(const packet_info *pinfo)
{
    int64_t s = (int64_t)pinfo->abs_ts.secs;

    if ((pinfo->presence_flags & PINFO_HAS_TS) == 0 || s > INT64_MAX / MIPRO_SECOND - 1 ||
        s < INT64_MIN / MIPRO_SECOND + 1)
        return MIPRO_TIME_NONE;
    return s * MIPRO_SECOND + pinfo->abs_ts.nsecs;
}

nstime_t
mipro_nstime(int64_t ns)
{
    nstime_t t = { (time_t)(ns / MIPRO_SECOND), (int)(ns % MIPRO_SECOND) };

    return t;
}

/* Messages of the mobile node or its agents are from home; questions and answers go to home. */
struct mipro_parties
mipro_parties(const struct mipro_view *view)
{
    uint8_t type = view->m.def->type;
    bool from_home = type == MIPRO_BINDING_UPDATE || type == MIPRO_REGISTRATION_REQUEST;

    return (struct mipro_parties){ .home = (uint32_t)mipro_value(&view->m, MIPRO_F_HOMEADDR),
        .peer = from_home ? view->dst : view->src,
        .from_home = from_home };
}
