/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linktype.c - the link types of pcap and pcapng (tcpdump.org/linktypes.html). */
#include "capture/backend.h"
#include "capture/pcap.h"

static enum mipro_linktype
link_by_number(uint32_t number)
{
    switch (number) {
    case 0:
    case 108: /* the same in network byte order */
        return MIPRO_LINKTYPE_NULL;
    case 1:
        return MIPRO_LINKTYPE_ETHERNET;
    case 9:
    case 50:
        return MIPRO_LINKTYPE_PPP;
    case 51:
        return MIPRO_LINKTYPE_PPPOE;
    case 12:
    case 14:
    case 101:
    case 228:
        return MIPRO_LINKTYPE_RAW;
    case 104:
        return MIPRO_LINKTYPE_CHDLC;
    case 113:
        return MIPRO_LINKTYPE_SLL;
    case 204:
        return MIPRO_LINKTYPE_PPP_DIRECTION;
    case 219:
        return MIPRO_LINKTYPE_MPLS;
    case 276:
        return MIPRO_LINKTYPE_SLL2;
    default:
        return MIPRO_LINKTYPE_OTHER;
    }
}

void
vrf_set_link(enum mipro_linktype *link, uint16_t *link_number, uint32_t number)
{
    *link = link_by_number(number);
    *link_number = *link == MIPRO_LINKTYPE_OTHER ? vrf_link_number(number) : (uint16_t)number;
}
