/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys from manuals and sample files.  People copy them, so everyone who has read those knows
 * the key (rule key-weak).  To add one: a row with its source.
 */
#include "keys/keyring.h"

#include <string.h>

/* clang-format off */
#define OCTETS(octets) (const uint8_t *)(octets), sizeof(octets) - 1

static const struct {
    const uint8_t *octets;
    size_t len;
    const char *publisher;
} published[] = {
    { OCTETS("\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"),
      "Solaris, /etc/inet/mipagent.conf-sample, SPI 257" },
    { OCTETS("\x15\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"),
      "Solaris, /etc/inet/mipagent.conf-sample, SPI 258" },
    { OCTETS("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"),
      "Solaris, System Administration Guide: IP Services, SPI section" },
    { OCTETS("\x12\x34\x56\x78\x90\xab\xcd\xef\x12\x34\x56\x78\x90\xab\xcd\xef"),
      "Raab and Chandra, Mobile IP Technology and Applications, chapter 4" },
    { OCTETS("q397F65"),
      "Cisco ASR 5000, Command Line Interface Reference, mn-ha-spi" },
    { OCTETS("1234567812345678"),
      "github.com/mkiol/MobileIP, examples/ha.cfg" },
};
/* clang-format on */

const char *
mipro_key_publisher(const struct mipro_key *key)
{
    for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++)
        if (key->len == published[i].len && memcmp(key->octets, published[i].octets, key->len) == 0)
            return published[i].publisher;
    return NULL;
}
