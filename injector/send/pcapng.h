/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng.h - capture files with a comment on each packet (draft-tuexen-opsawg-pcapng), which
 * libpcap cannot write.
 *
 * One section, one Ethernet interface with times in nanoseconds, one Enhanced Packet Block per
 * frame; in the octet order of the host, as the format allows.
 */
#ifndef INJ_PCAPNG_H
#define INJ_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define INJ_PCAPNG_HEADER 60u /* octets of the section and the interface */

/* Octets of the block of a frame; comment may be NULL. */
size_t inj_pcapng_size(size_t len, const char *comment);

/* False: errno says why it could not be written. */
bool inj_pcapng_header(FILE *file);
bool inj_pcapng_packet(
    FILE *file, int64_t time, const uint8_t *frame, size_t len, const char *comment);

#endif
