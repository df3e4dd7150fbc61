/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - one message as the options describe it: read, composed, signed, framed.
 *
 * The options come from a command line or from a line of a scenario.
 */
#ifndef INJ_ORDER_H
#define INJ_ORDER_H

#include "compose/setting.h"
#include "cli/options.h"

struct inj_order {
    /* Set by the caller before inj_order_read(). */
    struct mipro_settings set;
    const struct mipro_keyring *ring; /* NULL: none */
    uint64_t seed;
    int64_t time;  /* at which associations must be valid */
    bool is_timed; /* identifications that are not given are that time, as in RFC 2002 5.6.1 */

    struct inj_content content;
    struct inj_envelope envelope;
    bool fresh_ident; /* none was given although one is required: from the seed */
    bool has_pfan;
    bool has_challenge;
    uint8_t challenge[UINT8_MAX];
    size_t challenge_len;
    struct inj_pfan pfan;
    size_t length;                      /* of a data datagram */
    struct inj_setting *before, *after; /* --set-signed and --set */
    size_t n_before, n_after;
    struct inj_payload payload;
    uint8_t intact[INJ_PAYLOAD_MAX]; /* its octets before --set, from which the next one is made */
};

/* Read the options; false after reporting an error.  o must outlive the order. */
bool inj_order_read(struct inj_order *w, const struct inj_options *o);
/* Compose the first payload; every error in the options is found here. */
bool inj_order_compose(struct inj_order *w, const struct inj_options *o);
/* Turn the previous payload into the n-th: a new identification, and new authenticators. */
void inj_order_renew(struct inj_order *w, uint64_t n);
/* Apply --set to the payload; false after reporting an error. */
bool inj_order_damage(struct inj_order *w);
/* Do its payloads differ from each other? */
bool inj_order_varies(const struct inj_order *w);
/* The frame of the payload; false after reporting that it is too long for a datagram. */
bool inj_order_frame(const struct inj_order *w, struct inj_framer *framer, struct inj_frame *frame);
void inj_order_free(struct inj_order *w);

#endif
