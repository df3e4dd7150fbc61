/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_build.h - put a UDP payload together, from the tables that the parser reads.
 *
 * A builder writes into a buffer of the caller's.  The first thing that does not
 * fit, or is not in the tables, sets "failed"; everything after that does
 * nothing.  Build straight through and test once.  Authenticators: mipro_sign.h.
 */
#ifndef MIPRO_BUILD_H
#define MIPRO_BUILD_H

#include "mipro_wire.h"

struct mipro_build {
    uint8_t *buf;
    size_t size;
    size_t len; /* octets written */
    struct mipro_settings set;
    const struct mipro_msg_def *def;
    const struct mipro_ext_def *ext_def; /* of the last extension begun, or NULL */
    size_t ext_off;                      /* of its type octet */
    bool failed;
};

/* Begin a message: its fixed part is there, zero but for the type. */
struct mipro_build mipro_build(
    uint8_t *buf, size_t size, const struct mipro_msg_def *def, const struct mipro_settings *set);

/*
 * Write a field of the message.  Fails if v does not fit.  MIPRO_F_IDENT of a Binding
 * Update or Acknowledge appends the 8 octets the first time (and the caller
 * sets I); it and targets must come before any extension.
 */
void mipro_put(struct mipro_build *b, enum mipro_field id, uint64_t v);
/* Append a target address to a Binding Warning. */
void mipro_put_target(struct mipro_build *b, uint32_t addr);

/*
 * Begin an extension: header and fixed fields zero but for the type.  Its length
 * field follows what is put.  A type that is not known is type, length, value.
 */
void mipro_put_ext(struct mipro_build *b, uint8_t type);
/* Write a field of the extension begun last; a list field appends an address. */
void mipro_put_ext_field(struct mipro_build *b, enum mipro_field id, uint64_t v);
/* Append octets to its value (an unknown extension's data, an authenticator). */
void mipro_put_ext_octets(struct mipro_build *b, const uint8_t *octets, size_t n);

/* Octets of the header of the extension begun last, which its length field ends. */
size_t mipro_ext_header_len(const struct mipro_build *b);

#endif
