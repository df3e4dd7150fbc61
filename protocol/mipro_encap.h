/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_encap.h - map the link layers of Wireshark's wiretap to those of the decoder.
 *
 * For verifier and plugin, which read captures with wiretap: include <wiretap/wtap.h> first.
 * protocol/ itself does not depend on it.  Add a link layer here and to decap/link.c.
 */
#ifndef MIPRO_ENCAP_H
#define MIPRO_ENCAP_H

#include "mipro_decap.h"

/* MIPRO_LINKTYPE_OTHER if the decoder does not know it. */
static inline enum mipro_linktype
mipro_link_by_encap(int encap)
{
    switch (encap) {
    case WTAP_ENCAP_ETHERNET:
    case WTAP_ENCAP_NETTL_ETHERNET: /* HP-UX */
        return MIPRO_LINKTYPE_ETHERNET;
    case WTAP_ENCAP_RAW_IP:
    case WTAP_ENCAP_RAW_IP4:
    case WTAP_ENCAP_NETTL_RAW_IP:
        return MIPRO_LINKTYPE_RAW;
    case WTAP_ENCAP_NULL:
    case WTAP_ENCAP_LOOP:
        return MIPRO_LINKTYPE_NULL;
    case WTAP_ENCAP_SLL:
        return MIPRO_LINKTYPE_SLL;
    case WTAP_ENCAP_SLL2:
        return MIPRO_LINKTYPE_SLL2;
    case WTAP_ENCAP_PPP:
    case WTAP_ENCAP_PPP_WITH_PHDR: /* wiretap has moved the direction to the pseudo-header */
        return MIPRO_LINKTYPE_PPP;
    case WTAP_ENCAP_PPP_ETHER:
        return MIPRO_LINKTYPE_PPPOE;
    case WTAP_ENCAP_CHDLC:
    case WTAP_ENCAP_CHDLC_WITH_PHDR:
        return MIPRO_LINKTYPE_CHDLC;
    default:
        return MIPRO_LINKTYPE_OTHER;
    }
}

#endif
