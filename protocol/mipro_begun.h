/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mipro_begun.h - what the first fragment of a datagram tells while others are missing.
 *
 * For verifier and plugin, so that both tell mipro_conduct_piece() and mipro_conduct_begun() the
 * same.
 */
#ifndef MIPRO_BEGUN_H
#define MIPRO_BEGUN_H

#include "mipro_conduct.h"
#include "mipro_decap.h"

enum mipro_beginning {
    MIPRO_BEGINS_UNKNOWN, /* it may be any message */
    MIPRO_BEGINS_OTHER,   /* it is none of ours */
    MIPRO_BEGINS_MESSAGE  /* of begun */
};

/* The message, as far as the fragment goes, between its innermost ends. */
struct mipro_begun {
    uint32_t src, dst;
    struct mipro_message m; /* of the octets of the fragment */
};

/* fragment: of kind MIPRO_FRAGMENT, with offset 0. */
/* Was a message that has a home address cut before it? */
bool mipro_begun_hides_home(const struct mipro_message *m);
enum mipro_beginning mipro_begun_read(const struct mipro_leaf *fragment,
    const struct mipro_ports *ports, const struct mipro_settings *set, struct mipro_begun *begun);

#endif
