/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - shared by the files of the interpreter of recipes, and private to them.
 *
 *   interpret.c the good message of each type, a step, a case
 *   content.c  operations on its content and destination; composing it
 *   octets.c   operations on its octets
 *   frames.c   the frames of the resulting packet
 */
#ifndef INJ_CASE_PARTS_H
#define INJ_CASE_PARTS_H

#include "cases/case.h"

#define MAX_TARGETS 365u

/* How the next signature differs. */
struct inj_signature {
    bool has_spi;
    uint32_t spi;
    bool flips_spi, flips_algorithm, body_only;
    uint32_t spi_bits; /* inverted in the SPI */
};

struct inj_maker {
    struct inj_world *w;
    inj_packet_fn *fn;
    void *ctx;
    unsigned step;
    unsigned attempt; /* of the search for octets that OP_BALANCE or OP_OVERRUN needs */
    uint64_t ident;   /* of the step: the same in each attempt */

    struct inj_content content;
    uint32_t targets[MAX_TARGETS];
    uint32_t pfan_agent, pfan_care_of;
    struct inj_signature signature;
    struct inj_packet packet;
    unsigned repeat, round; /* number of packets of the step, and index of this one */
    bool sweeps;            /* they share one identification */
    bool composed, resend, balance, nul_auth, overrun, no_foreign;
    struct inj_payload payload;
    size_t former_len;
    uint8_t former[INJ_PAYLOAD_MAX]; /* the payload of the previous step */
};

uint32_t inj_resolve(const struct inj_world *w, uint64_t arg);
uint64_t inj_next_time_ident(struct inj_world *w, int64_t shift);
void inj_set_targets(struct inj_maker *k, size_t n, uint32_t first, bool same);
/* Compose the message, if that is not done yet. */
bool inj_compose_step(struct inj_maker *k);

/* Append what --foreign-spi asks for, to a whole registration that does not have it yet. */
bool inj_sign_foreign(struct inj_maker *k);

/* Run an operation on the content or destination of the message; false: op is of another kind. */
bool inj_run_on_content(struct inj_maker *k, const struct inj_op *op);
/* Run an operation on its octets; false: the recipe does not fit the message. */
bool inj_run_on_octets(struct inj_maker *k, const struct inj_op *op);

#endif
