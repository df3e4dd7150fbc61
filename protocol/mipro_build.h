/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_build.h - build a UDP payload from the tables that the parser reads.
 *
 * A builder writes into the caller's buffer.  The first item that does not fit, or is not in
 * the tables, sets "failed"; later calls then do nothing.  Build straight through and test
 * once.  Authenticators: mipro_sign.h.
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

/* Begin a message: writes its fixed part, all zero except the type. */
struct mipro_build mipro_build(
    uint8_t *buf, size_t size, const struct mipro_msg_def *def, const struct mipro_settings *set);

/*
 * Write a field of the message.  Fails if v does not fit.  In a Binding Update or Acknowledge,
 * the first write of MIPRO_F_IDENT appends the 8 octets (the caller sets I); identification
 * and targets must come before any extension.
 */
void mipro_put(struct mipro_build *b, enum mipro_field id, uint64_t v);
/* Append a target address to a Binding Warning. */
void mipro_put_target(struct mipro_build *b, uint32_t addr);

/*
 * Begin an extension: header and fixed fields, all zero except the type.  Its length field is
 * updated as octets are added.  An unknown type is encoded as type, length, value.
 */
void mipro_put_ext(struct mipro_build *b, uint8_t type);
/* Write a field of the current extension; in a list field, append an address. */
void mipro_put_ext_field(struct mipro_build *b, enum mipro_field id, uint64_t v);
/* Append octets to its value (an unknown extension's data, an authenticator). */
void mipro_put_ext_octets(struct mipro_build *b, const uint8_t *octets, size_t n);

/* Octets of the current extension's header, up to and including its length field. */
size_t mipro_ext_header_len(const struct mipro_build *b);

#endif
