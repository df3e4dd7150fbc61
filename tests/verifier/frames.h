/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.h - frames as octets typed from the RFCs, around one Binding Update from
 * 10.1.0.1 to 192.0.2.7 about 10.1.0.9.  Checksums are 0, because they are not verified.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "../unit/unit.h"
#include "batch.h"

#define MESSAGE "1280 003c 0a010009 0a030001 2314 00001000 aabbccddeeff00112233445566778899"
#define MESSAGE_LEN 34u
#define UDP "01b201b2 002a 0000" MESSAGE
#define INNER "4500 003e 0000 0000 4011 0000 0a010001 c0000207" UDP /* 62 octets */
#define ETHER "020000000001 020000000002"

#define HOME_AGENT 0x0a010001u
#define CORRESPONDENT 0xc0000207u
#define OUTER_SRC 0x0a020001u
#define OUTER_DST 0x0a030001u
#define OUTER(len, proto) "4500" len "0000 0000 40" proto "0000 0a020001 0a030001"

static inline struct mipro_ports
frame_ports(void)
{
    struct mipro_ports ports = { { 0 } };

    mipro_ports_add(&ports, MIPRO_PORT);
    return ports;
}

#endif
