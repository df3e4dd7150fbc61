/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send/pcapng.h"

#include <pcap/pcap.h>
#include <string.h>

#define SNAPLEN 262144u

#define SECTION 0x0a0d0d0au
#define INTERFACE 1u
#define PACKET 6u
#define MAGIC 0x1a2b3c4du

#define FIXED 32u        /* octets of an Enhanced Packet Block without frame and options */
#define OPTION_COMMENT 1 /* opt_comment */
#define OPTION_HEAD 4u
#define COMMENT_MAX 65535u

static size_t
padded(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

static size_t
comment_len(const char *comment)
{
    const size_t n = comment != NULL ? strlen(comment) : 0;

    return n < COMMENT_MAX ? n : COMMENT_MAX;
}

size_t
inj_pcapng_size(size_t len, const char *comment)
{
    const size_t n = comment_len(comment);

    /* A list of options ends with an option of type and length 0. */
    return FIXED + padded(len) + (n > 0 ? OPTION_HEAD + padded(n) + OPTION_HEAD : 0);
}

static bool
put(FILE *file, const void *octets, size_t n)
{
    return n == 0 || fwrite(octets, 1, n, file) == n;
}

/* Pad to a multiple of four octets. */
static bool
put_padded(FILE *file, const void *octets, size_t n)
{
    static const uint8_t zeros[4];

    return put(file, octets, n) && put(file, zeros, padded(n) - n);
}

bool
inj_pcapng_header(FILE *file)
{
    const uint16_t link[2] = { DLT_EN10MB, 0 };
    const uint16_t version[2] = { 1, 0 };
    const uint16_t resolution[2] = { 9, 1 }; /* if_tsresol, one octet: 10^-9 s */
    uint32_t section[] = { SECTION, 28, MAGIC, 0, UINT32_MAX, UINT32_MAX, 28 };
    uint32_t interface[] = { INTERFACE, 32, 0, SNAPLEN, 0, 9, 0, 32 };

    memcpy(&section[3], version, sizeof(version));
    memcpy(&interface[2], link, sizeof(link));
    memcpy(&interface[4], resolution, sizeof(resolution));
    return put(file, section, sizeof(section)) && put(file, interface, sizeof(interface));
}

bool
inj_pcapng_packet(FILE *file, int64_t time, const uint8_t *frame, size_t len, const char *comment)
{
    const uint32_t total = (uint32_t)inj_pcapng_size(len, comment);
    const uint32_t head[] = { PACKET, total, 0, (uint32_t)((uint64_t)time >> 32),
        (uint32_t)(uint64_t)time, (uint32_t)len, (uint32_t)len };
    const size_t n = comment_len(comment);
    const uint16_t option[2] = { OPTION_COMMENT, (uint16_t)n };
    static const uint8_t end[OPTION_HEAD];

    return put(file, head, sizeof(head)) && put_padded(file, frame, len) &&
           (n == 0 || (put(file, option, sizeof(option)) && put_padded(file, comment, n) &&
                          put(file, end, sizeof(end)))) &&
           put(file, &total, sizeof(total));
}
