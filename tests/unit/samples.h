/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * samples.h - correct messages, as octets typed from the
 * specification.  Authenticators have the right size, but fit no key.
 *
 * home 10.1.0.9, home agent 10.1.0.1, care-of 10.3.0.1, previous agent 10.2.0.1,
 * correspondents 192.0.2.7 to 9; SPI 0x1000.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_MAX 160

#define AUTHENTICATOR "aabbccddeeff00112233445566778899"
#define AUTH_35 "2314 00001000" AUTHENTICATOR
#define AUTH_32 "2014 00001000" AUTHENTICATOR
#define AUTH_36 "24000014 00001000" AUTHENTICATOR
#define PFAN "601e 003c 0a020001 0a030001 00001000" AUTHENTICATOR
#define WARNING_EXT "100e 0000 0a010009 c0000207 c0000208"
#define IDENT " e800000000000001 "

#define UPDATE "1280 003c 0a010009 0a030001"
#define UPDATE_IDENT "12c0 003c 0a010009 0a030001" IDENT
#define REGISTRATION "0100 0708 0a010009 0a010001 0a030001" IDENT
#define REPLY "0300 0708 0a010009 0a010001" IDENT

struct sample {
    const char *name;
    const char *hex;
    /*
     * The lengths of the prefixes that are complete messages; shorter than the
     * first or than "fixed", they end in the fixed part.
     */
    size_t fixed;
    size_t whole[8];
};

/* clang-format off */
static const struct sample samples[] = {
    { "warning, one target",           "10000000 0a010009 c0000207", 8, { 8, 12 } },
    { "warning, three targets",        "10000000 0a010009 c0000207 c0000208 c0000209", 8, { 8, 12, 16, 20 } },
    { "request",                       "11000000 0a010009" IDENT, 16, { 16 } },
    { "update, no identification",     UPDATE AUTH_35, 12, { 12, 34 } },
    { "update",                        UPDATE_IDENT AUTH_35, 20, { 20, 42 } },
    { "update, infinite",              "12c0 ffff 0a010009 0a030001" IDENT AUTH_35, 20, { 20, 42 } },
    { "update, deletion",              "12c0 0000 0a010009 0a010009" IDENT AUTH_35, 20, { 20, 42 } },
    { "update, skippable extensions",  UPDATE_IDENT "c802abcd 8000 8303612e62" AUTH_35, 20, { 20, 24, 26, 31, 53 } },
    { "acknowledge, short",            "13000000 0a010009", 8, { 8 } },
    { "acknowledge",                   "13000000 0a010009" IDENT, 16, { 8, 16 } },
    { "acknowledge, refused",          "13000083 0a010009" IDENT, 16, { 8, 16 } },
    { "acknowledge, signed",           "13000000 0a010009" IDENT AUTH_35, 16, { 8, 16, 38 } },
    { "registration",                  REGISTRATION AUTH_32, 24, { 24, 46 } },
    { "registration, later types",     REGISTRATION "2c020000 25000002abcd" AUTH_32, 24, { 24, 28, 34, 56 } },
    { "registration, smooth handoff",  REGISTRATION PFAN AUTH_32, 24, { 24, 56, 78 } },
    { "registration, warning",         REGISTRATION WARNING_EXT AUTH_32 AUTH_36, 24, { 24, 40, 62, 86 } },
    { "registration, by name",         "0100 0708 00000000 ffffffff 0a030001" IDENT "8303612e62" AUTH_32, 24, { 24, 29, 51 } },
    { "registration, private",         "0102 0708 0a010009 0a010001 0a030001" IDENT AUTH_32, 24, { 24, 46 } },
    { "reply",                         REPLY AUTH_32, 20, { 20, 42 } },
};
/* clang-format on */

#endif
